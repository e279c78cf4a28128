/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HTML_TEXT_PARTS_H
#define HTML_TEXT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* What the files of html_text share, and nobody else includes. */

#define HTML_NAME_MAX 32	/* bytes of a tag's name that count */
#define HTML_URL_MAX ((size_t)2048)	/* a longer address is not shown */

/* --- html_text_token.c: the source in pieces ------------------------------------- */

enum html_kind { HTML_TEXT, HTML_OPEN, HTML_CLOSE, HTML_END };

struct html_token {
	enum html_kind kind;
	const char *name;	/* of a tag */
	size_t name_len;
	const char *text;	/* the text, or what stands behind the tag's name */
	size_t len;
};

struct html_source {
	const char *p, *end;
};

/* The next piece; comments and declarations are passed over. */
void html_next(struct html_source *, struct html_token *);
/* Behind the end tag of that name (in lower case), where no other tag counts; to the end when there is none. */
void html_skip_raw(struct html_source *, const char *name);
/* Appends the value of a tag's attribute with its references resolved; false when it has none of that name. */
bool html_attribute(const struct html_token *, const char *name, struct buf *value);
/* Whether it has the attribute at all. */
bool html_has_attribute(const struct html_token *, const char *name);

/* --- html_text_names.c: character references --------------------------------------- */

/* The reference at s, which is an ampersand: its bytes, 0 when it is none.  Attributes have stricter rules. */
size_t html_reference(const char *s, size_t len, bool attribute, uint32_t *c);

/* --- html_text_lines.c: the lines ---------------------------------------------------- */

enum html_gap { HTML_NO_GAP, HTML_BLANK, HTML_FIRM };	/* FIRM: &nbsp;, no line is broken there */

struct html_lines {
	struct buf *out;
	size_t start, max;	/* where our text begins in out, and its bytes */
	unsigned width;
	struct buf word;	/* what no line break may part */
	bool solid;		/* it is more than the blanks of <pre> */
	size_t word_width, column, prefix;	/* columns: of the word, of the line so far, of what it begins with */
	size_t content;		/* where the line's text begins in out, behind its prefix */
	enum html_gap gap;
	bool space;		/* a blank is due before the word */
	bool bar;		/* ` |' is due before it */
	bool any;		/* something stands there */
	bool fresh;		/* an item or a cell has begun and holds nothing: line breaks do not count */
	bool exact;		/* <pre>: nothing is broken */
	bool full;
	unsigned need;		/* line ends that are due before the next word: 2 make a blank line */
	unsigned quotes, line_quotes;	/* depth now, and of the last line */
	unsigned indent;
	unsigned long breaks;	/* lines that were begun, but not by wrapping or by a fresh cell */
	unsigned long written;	/* words */
	char marker[16];	/* stands before the next word, within the indent */
};

void html_put(struct html_lines *, const char *s, size_t n);	/* one character, no blank */
void html_put_word(struct html_lines *, const char *s, size_t len);	/* many, never parted */
void html_gap(struct html_lines *, enum html_gap);
void html_exact_blanks(struct html_lines *, unsigned n);
void html_break(struct html_lines *, unsigned need);	/* a block's border: 0 ends the word, 1 the line, 2 asks for a blank line */
void html_newline(struct html_lines *, unsigned most);	/* <br>: one more, up to so many */
void html_rule(struct html_lines *);
void html_finish(struct html_lines *);

/* --- html_text_style.c: what attributes say --------------------------------------- */

enum html_white { HTML_COLLAPSE, HTML_KEEP_LINES, HTML_KEEP_ALL };

/* Whether the element is not shown. */
bool html_is_hidden(const struct html_token *, struct buf *scratch);
/* What it says of white space, or `now' when nothing. */
enum html_white html_white_space(const struct html_token *, struct buf *scratch, enum html_white now);
/* A number of an attribute, `otherwise' when there is none. */
int html_number(const struct html_token *, const char *name, struct buf *scratch, int otherwise);
/* The marker of an item: type 1, a, A, i or I. */
void html_item_marker(char *marker, size_t size, char type, int number);

/* --- html_text_link.c: addresses ------------------------------------------------- */

/* Makes of an href what is shown, in place; false when it is none that is shown. */
bool html_link_address(struct buf *href);
/* Whether that text says the address already. */
bool html_link_same(const struct buf *text, const struct buf *address);

#endif
