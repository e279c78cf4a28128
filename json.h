/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/*
 * Writes JSON (RFC 8259) to a buffer, indented by two spaces.  Commas, line
 * breaks and escaping are the writer's; the order of calls is the caller's:
 *
 *	struct json j;
 *
 *	json_init(&j, &buf);
 *	json_object_begin(&j);
 *	json_key(&j, "rule"); json_string(&j, "mailing-list");
 *	json_object_end(&j);
 *	json_end(&j);
 *
 * Errors stick to the buffer: test its `failed' once, at the end.
 */
struct json {
	struct buf *out;
	unsigned depth;
	bool filled;		/* the innermost object or array has a member */
	bool keyed;		/* a key was written, its value comes next */
};

void json_init(struct json *, struct buf *);	/* the buffer stays the caller's */
void json_end(struct json *);			/* closes the text with a newline */

void json_object_begin(struct json *);
void json_object_end(struct json *);
void json_array_begin(struct json *);
void json_array_end(struct json *);
void json_key(struct json *, const char *);

/* Any bytes will do: what is not UTF-8 becomes U+FFFD; control, bidi and
 * line separating characters are written as \u escapes, so that the text is harmless on
 * a terminal too.  NULL is null. */
void json_string(struct json *, const char *);
void json_string_n(struct json *, const char *, size_t);
void json_int(struct json *, int64_t);
void json_bool(struct json *, bool);
void json_null(struct json *);

/* A key and its value in one call. */
void json_put_string(struct json *, const char *key, const char *);
void json_put_int(struct json *, const char *key, int64_t);
void json_put_bool(struct json *, const char *key, bool);

#endif
