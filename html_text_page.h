/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HTML_TEXT_PAGE_H
#define HTML_TEXT_PAGE_H

#include "html_text_parts.h"

/* The elements that are open, for html_text.c and html_text_element.c alone. */

#define HTML_DEPTH_MAX 512

/* By what they do, not by their names. */
enum html_element_kind {
	HTML_INLINE, HTML_BLOCK, HTML_PARAGRAPH, HTML_LIST, HTML_NUMBERS, HTML_ITEM, HTML_TERM, HTML_DETAIL, HTML_QUOTE, HTML_PREFORMATTED, HTML_TABLE, HTML_ROW, HTML_CELL, HTML_LINK, HTML_MARKS,
	HTML_LINE_BREAK, HTML_RULE, HTML_IMAGE, HTML_VOID, HTML_IGNORED, HTML_UNSEEN, HTML_RAW
};

struct html_element {
	const char *name;
	size_t name_len;
	enum html_element_kind kind;
	bool quiet;		/* hidden, or within what is: it leaves no trace */
	bool hides;
	bool was_fresh;		/* items and cells: as it was around them */
	bool filled, several;	/* rows: a cell has text; one has several lines */
	bool lone;		/* tables for layout only: each cell on a line of its own */
	char type;		/* of numbers */
	int number;
	unsigned indent;	/* what is given back at the end */
	unsigned long breaks, written;
	enum html_white white;	/* as it was around it */
};

struct html_page {
	struct html_source source;
	struct html_lines lines;
	struct html_element stack[HTML_DEPTH_MAX];
	size_t depth;
	size_t deeper;		/* open elements beyond the stack */
	size_t hidden;
	bool hidden_deeper;	/* one of those was hidden, */
	size_t deeper_at;	/* at this depth beyond */
	enum html_white white;
	bool first_line_end;	/* of a <pre>, which does not count */
	bool link;
	struct buf href, link_text;
	struct buf scratch;
};

/* Whether what comes now is not shown. */
static inline bool
html_page_hidden(const struct html_page *p)
{
	return p->hidden > 0 || p->hidden_deeper;
}

void html_page_text(struct html_page *, const char *s, size_t len);	/* from the source, with references */
void html_page_image(struct html_page *, const struct html_token *);
/* What an element does: at its beginning before, at its end after it is on the stack. */
void html_element_begin(struct html_page *, const struct html_token *, struct html_element *);
void html_element_end(struct html_page *, const struct html_element *);

#endif
