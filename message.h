/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/*
 * Reads one message from a descriptor.  Lenient: LF, CRLF and bare CR before LF mixed, an mbox
 * `From ' line (also `>From '), lines without a colon (skipped), NUL (taken
 * as a space), 8-bit bytes, no blank line, no header at all.  Values are
 * unfolded (RFC 5322 2.2.3: the line break goes, its white space stays),
 * trimmed, NUL-terminated, otherwise untouched.
 */

#define MESSAGE_HEADER_MAX ((size_t)1024 * 1024)	/* bytes of header block */
#define MESSAGE_FIELDS_MAX ((size_t)5000)		/* fields kept */

struct field {
	const char *name;	/* as written, terminated */
	const char *value;
	uint32_t name_len;
	uint32_t value_len;
};

struct message {
	struct field *fields;
	size_t nfields;
	const char *from_line;	/* the `From ' line without these five bytes, or NULL */
	size_t first_received;	/* index of the first Received field, nfields when there is none */
	uint64_t size;		/* bytes of the whole input */
	const char *problem;	/* NULL, or why it could not be read safely (a limit, EIO): rule `unreadable' */
	uint64_t names;		/* which names can be there at all: message_find() asks this first */
	char *block;
	const char *kept;	/* the input's first bytes as they came, not terminated, or NULL */
	size_t kept_len;
};

/*
 * Always reads to the end of input, even when it runs out of memory or over a
 * limit (then `problem' says so).  keep: how many of its first bytes are kept, less only where that fails.
 * Returns false only with `problem' set.  A message_free() is due either way.
 */
bool message_read(struct message *, int fd, size_t keep);
void message_free(struct message *);

/* The next field of that name behind `after' (NULL: the first), or NULL.  Names compare without regard to case. */
const struct field *message_find(const struct message *, const char *name, const struct field *after);
const char *message_value(const struct message *, const char *name);	/* the first one's value, or NULL */

/* Whether a field stands above the first Received: written by the delivering site, not by the sender. */
bool message_is_trace(const struct message *, const struct field *);

#endif
