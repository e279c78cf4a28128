/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "envelope.h"
#include "message.h"
#include "rules.h"
#include "settings.h"

/*
 * Walks the rows of rules.c: facts in, decision out.  No I/O, no clock: what
 * must be looked up is put into the facts between the two passes.
 */

struct facts {
	const struct message *message;
	const struct settings *settings;
	struct envelope *envelope;	/* not const: it remembers what it has searched */
	bool active;			/* within the owner's dates and hours */
	const char *inactive_why;

	/* Of the second pass: looked up only when the first let the message through. */
	bool looked_up;
	bool owner_known;		/* nothing more will name the owner's addresses */
	const char *subject;		/* decoded, where that needed a charset of iconv's; NULL: policy decodes it */
	bool known;			/* the sender is in the contacts file */
	bool sendable;			/* the submission program takes the address */
	int table;			/* enum vacation_db_result of the peek */
	const char *table_why;		/* what explain shows beside it */
};

enum verdict {
	VERDICT_PASS,
	VERDICT_REFUSE,
	VERDICT_OVERRIDDEN,	/* it would refuse, but answer-sender names the sender */
	VERDICT_LATER		/* not asked in the first pass */
};

struct decision {
	const struct rule *rule;	/* which refused, NULL: answer */
	struct buf value;		/* the field or value behind it */
};

/* One row; value gets what it was decided on (also for PASS where there is something to show). */
enum verdict policy_test(const struct rule *, const struct facts *, struct buf *value);

/* The first row that refuses. */
void policy_decide(const struct facts *, struct decision *);
/* A later pass: only the rows with this flag, whose verdict the look-ups can have changed; the others let the message pass before. */
void policy_decide_again(const struct facts *, unsigned flag, struct decision *);

/* Whether the owner's word (answer-sender) speaks for this sender. */
bool policy_answers_anyway(const struct facts *);

/* The decoded subject as rules see it; false: it needs a charset that only iconv has. */
bool policy_subject(const struct message *, struct buf *out);

#endif
