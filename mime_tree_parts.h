/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MIME_TREE_PARTS_H
#define MIME_TREE_PARTS_H

#include "mime_tree.h"

/* What the files of mime_tree share. */

struct mime_field {
	const char *name, *value, *end;		/* value: as written, folded; end: behind its last line end */
	size_t name_len, value_len;
};

/* The end of the line's text, without its LF; *next is where the following line begins. */
const char *mime_line_end(const char *line, const char *end, const char **next);
/* Whether a field begins at the line: its name's length and the colon, else 0. */
size_t mime_field_name(const char *line, const char *eol, const char **colon);
/* The next field from *p on; lines that belong to no field are passed over.  false: no more. */
bool mime_next_field(const char **p, const char *end, struct mime_field *);

bool mime_part_is(const struct mime_part *, const char *major);		/* `text', `multipart' */
bool mime_part_has_parts(const struct mime_tree *, const struct mime_part *);
/* The first word of Content-Transfer-Encoding; empty: none.  Resets out. */
void mime_part_encoding(const struct mime_part *, struct buf *out);
/* Appends the parameters of a field's value, without those of that name, each behind `; '. */
void mime_put_other_params(struct buf *out, const struct buf *value, const char *name);
/* Appends with every line end (LF, CRLF, CR) as LF and without NUL. */
void mime_put_lf(struct buf *out, const char *, size_t);

#endif
