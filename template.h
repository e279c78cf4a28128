/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "confine.h"
#include "mime.h"
#include "mime_tree.h"

/*
 * The message file, as vacation(1) knows it: header fields, a blank line,
 * text.  One whose first line is no header field is all text.  What reply.c gets is
 * UTF-8 with LF line ends; fields that the reply must not take from it are gone.
 */

#define TEMPLATE_FIELDS_MAX 100		/* fields kept */
#define TEMPLATE_NAME_MAX 76		/* a longer field name is dropped with its field */

struct template_field {
	size_t name, value;		/* where they begin in `head', both terminated */
};

struct template {
	struct template_field fields[TEMPLATE_FIELDS_MAX];
	size_t nfields;
	struct buf head;		/* names and unfolded values; encoded words as they were written */
	struct buf type;		/* type and subtype of the reply's Content-Type */
	struct buf parameters;		/* what goes behind its charset: `; format=flowed', or nothing */
	struct buf charset;		/* what the file declares, or nothing; the texts below are UTF-8 */
	bool misread;			/* it is not, or not all of it, what it declares */
	struct buf body;
	struct buf html;		/* the text in HTML, empty when it has none */
	bool has_plain;			/* the body counts: false where the file has HTML alone */
	bool markup;			/* the body is neither plain nor HTML: values put into it are escaped all the same */
	struct buf file;		/* of a multipart or a draft: what the tree points into */
	struct mime_tree tree;		/* n == 0: the file is one text */
	const struct mime_part *plain_part, *html_part;	/* the texts' place in the tree, or NULL */
};

/* Zeroes the struct first; a template_free() is due either way.  draft: it has no texts, its parts are kept as they are. */
enum confine_verdict template_read(struct template *, struct mime *, const char *bytes, size_t len, bool draft);
/* Appends with LF line ends, without NUL and without a byte order mark. */
void template_normalise(struct buf *out, const char *, size_t);
void template_free(struct template *);

/* Whether it can be a text: it has no NUL, or is UTF-16 or UTF-32. */
bool template_is_text(const char *, size_t);

/* A whole file in UTF-16 or UTF-32 becomes UTF-8; all others stay as they are. */
void template_from_wide(struct buf *);

/* Text in the charset that it declares ("": none) becomes UTF-8; true when it is not, or not all of it, what it declares.
 * Ahead of the sandbox: opens the charset. */
bool template_to_utf8(struct buf *, struct mime *, const char *charset);

/* Without reading it whole: the first line of the field's value in its head, NULL when there is none. */
const char *template_head_value(const char *bytes, size_t len, const char *name, size_t *value_len);

/* Likewise: whether its head has a From field that names an address. */
bool template_names_author(const char *bytes, size_t len);

/* The first field of that name, without regard to case, or NULL. */
const char *template_value(const struct template *, const char *name);
static inline const char *
template_at(const struct template *t, size_t offset)
{
	return buf_str(&t->head) + offset;
}

/* A `$NAME' and what stands for it.  The last row of a table has no name. */
struct variable {
	const char *name;
	const char *value;
};

/* Whether that variable stands in s, as $NAME or ${NAME}. */
bool template_uses(const char *s, size_t len, const char *name);

/*
 * Appends s with its variables replaced, in one pass: what a value holds is
 * never looked at again.  Beyond `max' bytes of output values are left out, the text
 * itself stays whole.
 */
void template_expand(struct buf *out, const char *s, size_t len, const struct variable *, bool markup, size_t max);

/* A text as HTML shows it, in elements and in values of attributes, appended. */
void template_put_escaped(struct buf *, const char *, size_t len);

#endif
