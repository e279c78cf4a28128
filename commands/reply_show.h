/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_REPLY_SHOW_H
#define COMMANDS_REPLY_SHOW_H

#include <stdbool.h>

#include "../answer.h"
#include "../buf.h"
#include "../load.h"

/* The reply that answer_prepare() was about, rehearsed, appended to out.  false: the answer's outcome and why. */
bool reply_take(struct answer *, struct buf *out);

/* For people, on standard output, indented: encoded words and transfer encoding undone, control bytes made visible.
 * all_fields: also those of the header that mail programs don't show. */
void reply_show(const struct buf *reply, bool all_fields);

/*
 * The reply to a message, whatever the rules say of it.  sample: the message,
 * NULL: one that a stranger might write.  message_file: what to take for the owner's text (its
 * name, see home_open_file()).  The table is only read.  false: why.
 */
struct rehearsal {
	struct buf reply;
	struct buf owner;	/* the address that it comes from, or "" */
};
#define REHEARSAL_SAMPLE_MAX 4096	/* bytes: a pipe takes it whole, without a reader */
bool rehearse(const struct load *, struct settings *, const char *message_file, const char *sample, struct rehearsal *, struct buf *why);
void rehearsal_free(struct rehearsal *);

#endif
