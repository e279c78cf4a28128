/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OUTCOME_H
#define OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"

/*
 * One vocabulary for what became of a message.  Modules report a kind of
 * failure; this table alone knows exit status, log level and sentence.  The
 * manual prints it (EXIT STATUS), and a test holds the two together.
 */
enum outcome {
	OUTCOME_ANSWERED,
	OUTCOME_REFUSED,		/* a rule said no: see the decision */
	OUTCOME_NO_MESSAGE_FILE,
	OUTCOME_MESSAGE_FILE,		/* there, but not usable */
	OUTCOME_SETTINGS,
	OUTCOME_WRONG_USER,
	OUTCOME_HOME_MISSING,
	OUTCOME_HOME_FOREIGN,
	OUTCOME_TABLE_BUSY,
	OUTCOME_TABLE_UNREADABLE,
	OUTCOME_TABLE_FULL,
	OUTCOME_TABLE_ERROR,
	OUTCOME_LIBRARY,
	OUTCOME_UNREADABLE,		/* the composer refused, crashed or hung on it */
	OUTCOME_SENDMAIL_MISSING,
	OUTCOME_SENDMAIL_REFUSED,
	OUTCOME_SENDMAIL_DEFERRED,
	OUTCOME_SENDMAIL_UNKNOWN,
	OUTCOME_NO_TIME,
	OUTCOME_SYSTEM,			/* memory, processes, descriptors */
	OUTCOMES
};

enum failure_policy { FAILURE_SAFE, FAILURE_SOFT, FAILURE_HARD };

/* Fixed widths: pointers would be relocated at every start. */
#define OUTCOME_NAME_MAX 24
#define OUTCOME_SENTENCE_MAX 56

struct outcome_row {
	char name[OUTCOME_NAME_MAX];	/* stable: log, journal, explain, manual */
	enum diag_level level;
	bool failure;			/* a reply was due and something broke */
	bool temporary;			/* waiting may cure it */
	bool uncertain;			/* the reply may have gone: no retry, no bounce, ever */
	char sentence[OUTCOME_SENTENCE_MAX];
};

const struct outcome_row *outcome_row(enum outcome);

/*
 * The exit status in delivery.  SAFE: always 0.  SOFT: 75 for what waiting
 * can cure.  HARD: 75 likewise, 69 for other failures (100 under qmail,
 * where 69 would be tried again for days).  A refusal by a rule is never a failure.
 */
int outcome_exit(enum outcome, enum failure_policy, bool under_qmail);

#endif
