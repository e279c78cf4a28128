/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MIME_TREE_H
#define MIME_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "mime.h"

/*
 * The structure of a whole message, for reading what a stranger or the owner
 * wrote: the parts in reading order, each a window on the caller's bytes,
 * which stay where they are as long as the tree is used.  Nothing here trusts
 * the message: work is linear in its size, memory is bounded by the limits.
 */

#define MIME_DEPTH_MAX 20		/* multiparts one in another that are opened */
#define MIME_PARTS_MAX ((size_t)500)	/* the last one is then all the rest, as application/octet-stream */
#define MIME_TYPE_MAX 80		/* with its end; a longer type counts as application/octet-stream */
#define MIME_BOUNDARY_MAX 250		/* bytes; legal are 70 (RFC 2046 5.1.1), and some write more */
#define MIME_SECTIONS_MAX 100		/* of one parameter (RFC 2231 3) */
#define MIME_NAME_MAX ((size_t)255)	/* bytes of a file's name */

struct mime_part {
	const char *head;	/* its fields with their line ends; the empty line behind them belongs to nothing */
	size_t head_len;
	const char *body;	/* without the line end that belongs to the delimiter behind it */
	size_t body_len;
	char type[MIME_TYPE_MAX];	/* lower case; text/plain where there is none or no usable one (RFC 2045 5.2), and where a
					 * multipart has no usable boundary; message/rfc822 in a digest (RFC 2046 5.1.5) */
	unsigned depth;		/* 0: the message itself */
	size_t parent;		/* index; the root is its own */
	size_t next;		/* index behind its last descendant */
};

struct mime_tree {
	struct mime_part *part;		/* pre-order; part[0] is the message */
	size_t n;
	bool cut;			/* a limit was reached: some part that has parts stands there closed */
};

/*
 * Takes a message apart: LF, CRLF or mixed; an mbox `From ' line, a byte order mark, lines without a
 * colon, missing delimiters are put up with.  message/rfc822 stays a leaf.
 * false: no memory, and an empty tree.
 */
bool mime_tree_read(struct mime_tree *, const char *bytes, size_t len);
void mime_tree_free(struct mime_tree *);

/* The part that somebody sees first when text of that kind (text/plain, for which text/markdown does too, or text/html) is shown:
 * of alternatives the last of the kind, of related parts the root, of a signed message or a report what is
 * signed or reported; NULL when there is none, or when other text comes before it that is no alternative to it. */
const struct mime_part *mime_tree_text(const struct mime_tree *, const char *type);

/* Ahead of the sandbox: opens the charsets of the texts, of those that are seen first before others, and of file names. */
void mime_tree_expect(const struct mime_tree *, struct mime *);

/* All of the following reset out but mime_part_text() and mime_part_copy(), which append. */

/* The unfolded value of the part's first field of that name, cut at MIME_VALUE_MAX; false: none, or no memory. */
bool mime_part_field(const struct mime_part *, const char *name, struct buf *out);

/*
 * A parameter of a field in UTF-8 (may hold any character): RFC 2231 forms in any order, which win over
 * the plain form unless their charset is unknown; bytes that declare no charset are UTF-8 or else windows-1252.
 * Without a struct mime the bytes come as they are.  false: none, or no memory.
 */
bool mime_part_param(const struct mime_part *, struct mime *, const char *field, const char *name, struct buf *out);

/* The part's file name: filename of Content-Disposition, else name of Content-Type, in any of the ways people write it, encoded words
 * too; one clean line, no directories, MIME_NAME_MAX bytes at most.  false: none, or no memory. */
bool mime_part_name(const struct mime_part *, struct mime *, struct buf *out);

/* Whether a reader would list it as a file: by its disposition (RFC 2183 2), else what is neither text nor
 * multipart nor a picture that a text refers to. */
bool mime_part_is_attachment(const struct mime_part *);

/*
 * Appends at most max bytes of the part's text in UTF-8, lines ending in LF, no NUL; decodes no more than that
 * takes.  Undeclared, unknown and ASCII charsets: UTF-8 when it is valid, else windows-1252.
 * false: an unknown transfer encoding (out untouched), or no memory.
 */
bool mime_part_text(const struct mime_part *, struct mime *, struct buf *out, size_t max);

/*
 * Appends a part for another message: its Content-* fields, an empty line and the body, with lines ending in LF
 * and without the line end that a delimiter behind it brings: put a newline behind it whatever it ends with.
 * The body stays as it is, signed parts to the byte, when it may travel (lines of 998, no NUL, no bare CR, 8 bits only with
 * eight_bit).  Otherwise it is encoded again; a multipart part by part, under its own boundary if that still serves.
 * Fields stay as they are even where they hold 8 bits.  false: no memory.
 */
bool mime_part_copy(struct buf *out, const struct mime_tree *, const struct mime_part *, bool eight_bit);

#endif
