/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BUF_H
#define BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A growable byte string with a sticky error: writers return nothing, the
 * first failure (memory, or BUF_MAX exceeded) is remembered in `failed', and
 * later writes do nothing.  Check once, at the end.  Zero-initialise with
 * BUF_INIT; buf_free() leaves it ready for use again.
 *
 * buf_str() always gives a NUL-terminated string that belongs to the buffer
 * and lives until its next write ("" when nothing was written).
 */

#define BUF_MAX ((size_t)64 * 1024 * 1024)
#define BUF_INIT { NULL, 0, 0, false }

struct buf {
	char *data;
	size_t len;		/* bytes in use, the closing NUL apart */
	size_t cap;
	bool failed;
};

/* Whether any buffer, or any piece of memory that buf_memory_short() was told of, could not be had so far.  Who judges a message by
 * what was read must ask: "not there" may have been "no memory". */
bool buf_was_short(void);
void buf_memory_short(void);

void buf_free(struct buf *);
void buf_reset(struct buf *);			/* empties, keeps the memory and clears `failed' */
void buf_add(struct buf *, const void *, size_t);
void buf_adds(struct buf *, const char *);
void buf_addc(struct buf *, int);
void buf_addf(struct buf *, const char *, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *, const char *, va_list) __attribute__((format(printf, 2, 0)));
void buf_truncate(struct buf *, size_t);	/* to at most that many bytes */
const char *buf_str(const struct buf *);
bool buf_equal(const struct buf *, const struct buf *);

#endif
