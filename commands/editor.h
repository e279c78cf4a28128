/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_EDITOR_H
#define COMMANDS_EDITOR_H

#include <stdbool.h>

#include "../buf.h"

/*
 * A directory of our own for one text: under TMPDIR or /tmp, for its owner
 * alone.  What is tried out is there, so that the home stays as it is.
 */
struct scratch {
	struct buf directory;
	struct buf file;		/* in it */
};

#define SCRATCH_INIT { BUF_INIT, BUF_INIT }

/* Makes it, or only the text anew.  false: why. */
bool scratch_write(struct scratch *, const struct buf *text, struct buf *why);
bool scratch_read(const struct scratch *, size_t max, struct buf *text, struct buf *why);
/*
 * What an editor that was ended has left: the newest file, which may be its
 * safety copy (vacation.msg.save).  *hidden: there is one besides that only
 * the editor can read, as vi's .vacation.msg.swp.
 */
bool scratch_rescue(const struct scratch *, size_t max, struct buf *text, bool *hidden, struct buf *why);
/* It stays for its owner. */
void scratch_leave(struct scratch *);
/* Removes all that is in it, also what an editor has left there. */
void scratch_remove(struct scratch *);

/* Words of $VISUAL, $EDITOR: blanks separate, quotes and backslashes keep them; no shell. */
#define EDITOR_WORDS_MAX 32	/* with the file and the end */
bool editor_split(const char *command, struct buf *mem, const char *words[EDITOR_WORDS_MAX]);

/* The editor that would be run (its first word), NULL: there is none; mem holds it. */
const char *editor_name(struct buf *mem);

/* Opens the file in it.  false: why it could not, or how it failed. */
bool editor_run(const char *file, struct buf *why);

#endif
