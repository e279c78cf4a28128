/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_EXPLAIN_H
#define COMMANDS_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "../answer.h"
#include "../json.h"

#define EXPLAIN_ID_WIDTH 20	/* columns of a rule's name */

/* What `backsoon explain' has found, for people (explain_text.c) and for programs (explain_json.c). */
struct explain {
	struct answer *a;
	struct buf reply;		/* empty when none could be composed */
	bool colour;
	bool due;			/* the reply would go out */
};

/* On standard output. */
void explain_text(const struct explain *);
void explain_json(const struct explain *);

/* The verdict's word in English, which _() knows. */
const char *explain_verdict(enum verdict);
/* Appends the decision as a sentence, in the language of the messages. */
void explain_decision(const struct explain *, struct buf *);
/* Which text was chosen and why, also as the member `text' (null when there is none); and the why alone. */
void explain_audience(const struct answer *, struct buf *);
void explain_audience_json(struct json *, const struct answer *);
void explain_reasons(const struct audience *, const struct audience_choice *, const struct settings *, struct buf *);
/* Dates that the reply shows and that are not set: how many. */
size_t explain_unset(const struct explain *, const struct answer_dated *found[ANSWER_DATED_MAX]);

#endif
