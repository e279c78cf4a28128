/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_SURVEY_H
#define COMMANDS_SURVEY_H

#include <stdbool.h>
#include <stddef.h>

#include "../draft.h"
#include "../journal.h"
#include "../load.h"
#include "../outcome.h"
#include "../schedule.h"
#include "../submit.h"
#include "../wiring.h"
#include "findings.h"

/*
 * Looks at somebody's whole set-up and writes nothing: what `status' shows
 * in short and `check' in full.  Whatever is missing or unreadable becomes a
 * finding, never a failure of the survey.
 */

#define SURVEY_DAY "%Y-%m-%d"
#define SURVEY_TIME "%Y-%m-%d %H:%M"

/* Whether mail will be answered: the exit statuses of `status' and `check'. */
enum survey_state {
	SURVEY_ON,
	SURVEY_OFF,		/* no, by choice */
	SURVEY_BROKEN		/* no, although it should be */
};

struct survey {
	struct load *load;	/* given */

	struct findings findings;
	struct buf facts[FINDING_AREAS];	/* what was looked at: a phrase each, "" for nothing */
	enum survey_state state;
	char *login;				/* NULL: not known */
	struct buf owner;			/* an address of the owner's, "" when none is known */
	struct wiring_plan wiring;
	bool wiring_known;			/* wiring_look() has found out */
	struct journal *journal;		/* NULL: there is none, or it is unreadable */
	const struct journal_entry *entries;	/* newest first */
	size_t nentries;
	bool have_text;
	struct draft_about draft;		/* of a text that is one; its time INT64_MIN when that is not known */
	bool never_on;				/* nothing has been set up */
	struct buf subject, body;		/* of the message file, UTF-8, variables as they are; subject also from the settings */
	struct schedule *schedule;		/* NULL: no dates, or wrong ones */
	struct submitter submitter;
	bool have_submitter;
	size_t answered, excluded;		/* entries of the table */
	bool rehearsed;				/* whether a stranger would be answered now is known: */
	bool due;
};

/* false: no memory.  survey_free() is due either way.  It changes the load's settings: the load is good for nothing else after it. */
bool survey_run(struct survey *, struct load *);
void survey_free(struct survey *);

/* The newest record that has (or has not) this property, NULL when there is none. */
const struct journal_entry *survey_last_answered(const struct survey *);
const struct journal_entry *survey_last_failed(const struct survey *);

/* The login of who runs us, owned by the caller; NULL: not in the user database.  false: no memory. */
bool survey_login(char **login);

/* Appends the time in the owner's zone. */
void survey_time(const struct survey *, struct buf *, int64_t t);
/* The same of a date as it was set: one without a time of day is a day.  The end of a period is its last day. */
void survey_date(const struct survey *, struct buf *, const char *setting, int64_t t);
void survey_end(const struct survey *, struct buf *);

/*
 * What `status', `check' and `test' do first: settings and home from the
 * command line.  0: go on; else an exit status, and it was said why.  What is wrong
 * in files is no failure: the survey finds it.
 */
int survey_load(struct load *, int argc, char **argv);

/* A command that shows a survey, or with --json its JSON: an exit status, which is the state when all went well. */
typedef void survey_show(const struct survey *, struct buf *out);
int survey_command(int argc, char **argv, survey_show *show, survey_show *json);

#endif
