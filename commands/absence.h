/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_ABSENCE_H
#define COMMANDS_ABSENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../journal.h"
#include "../json.h"
#include "../load.h"

/* What the journal says of the time since `begun'; all of it where there is no such time. */
struct absence {
	const struct load *load;	/* borrowed */
	struct journal *journal;
	const struct journal_entry *entries;
	size_t count;			/* of the entries that belong to it: the first ones */
	int64_t since;			/* 0: nothing says */
	size_t people;			/* different senders that were answered */
	bool at_least;			/* older records have been overwritten: there may be more */
};

/* EX_OK, also without a journal; else an exit status, and why on diag.  To be closed either way. */
int absence_open(struct absence *, const struct load *);
void absence_close(struct absence *);

/* For people, on standard output: how many were answered, and who wrote (limit 0: all). */
void absence_show(const struct absence *, size_t limit);

/* Members of the object that is open: since, people_answered, at_least, messages. */
void absence_json(const struct absence *, size_t limit, struct json *);

/* --limit.  false, and said: no number. */
bool absence_limit(const char *text, size_t *limit);

#endif
