/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_text_element - what elements and their text become
 *
 * Lists, quotes and details change the indent and give it back; a cell
 * knows whether it held text, and of how many lines, so that cells of one line
 * stand in one line, and those that hold more do not.  An element that is not shown does none
 * of this.
 *
 * Failures: memory, by the buffers.  Limits: HTML_URL_MAX for what is compared with an address.
 */
#include "html_text_page.h"

#include <string.h>

#include "text.h"

#define TAB 8

/* One character of the text, which may be any. */
static void
put_char(struct html_page *p, const char *s, size_t n)
{
	uint32_t c = text_utf8_char(s, n);

	if (c == 0xa0) {
		html_gap(&p->lines, HTML_FIRM);
		return;
	}
	/* Soft hyphens and other marks without a width fill the previews of newsletters. */
	if (c == 0xad || c == 0x34f || c == 0x200b || c == 0x2060 || !text_is_clean(s, n))
		return;
	if ((c == 0x200c || c == 0x200d) && p->lines.word.len == 0)
		return;
	if (p->link && p->link_text.len < HTML_URL_MAX)
		buf_add(&p->link_text, s, n);
	html_put(&p->lines, s, n);
}

static void
put_white(struct html_page *p, char c)
{
	if (p->white != HTML_COLLAPSE && c == '\n') {
		if (!p->first_line_end)
			html_newline(&p->lines, p->lines.need + 1);
	} else if (p->white == HTML_KEEP_ALL && c != '\r' && c != '\n') {
		html_exact_blanks(&p->lines, c == '\t' ? TAB - (unsigned)(p->lines.word_width % TAB) : 1);
	} else if (p->white != HTML_KEEP_ALL) {
		html_gap(&p->lines, HTML_BLANK);
	}
}

static size_t
put_reference(struct html_page *p, const char *s, size_t len)
{
	uint32_t c;
	size_t n = html_reference(s, len, false, &c);

	if (n == 0)
		return 0;
	buf_reset(&p->scratch);
	text_utf8_add(&p->scratch, c);
	if (c == ' ' || c == '\t' || c == '\n')
		put_white(p, (char)c);
	else if (!p->scratch.failed)
		put_char(p, p->scratch.data, p->scratch.len);
	return n;
}

void
html_page_text(struct html_page *p, const char *s, size_t len)
{
	size_t n;

	if (html_page_hidden(p))
		return;
	for (const char *end = s + len; s < end && !p->lines.full; s += n) {
		n = 1;
		if (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' || *s == '\f') {
			put_white(p, *s);
		} else if (*s != '&' || (n = put_reference(p, s, (size_t)(end - s))) == 0) {
			n = text_utf8_len(s, (size_t)(end - s));
			if (n > 0)
				put_char(p, s, n);
			else
				put_char(p, "\xef\xbf\xbd", 3);
			n += n == 0;
		}
		p->first_line_end = false;
	}
}

static void
end_link(struct html_page *p)
{
	struct buf shown = BUF_INIT;

	if (!p->link)
		return;
	p->link = false;
	if (p->link_text.len == 0 || html_link_same(&p->link_text, &p->href))
		return;
	buf_addf(&shown, "<%s>", buf_str(&p->href));
	if (p->lines.need == 0)
		html_gap(&p->lines, HTML_BLANK);
	html_put_word(&p->lines, buf_str(&shown), shown.len);
	p->lines.word.failed |= shown.failed;
	buf_free(&shown);
}

static struct html_element *
innermost(struct html_page *p, enum html_element_kind kind)
{
	for (size_t i = p->depth; i > 0; i--) {
		if (p->stack[i - 1].kind == kind && !p->stack[i - 1].quiet)
			return &p->stack[i - 1];
		if (p->stack[i - 1].kind == HTML_TABLE)
			break;
	}
	return NULL;
}

/* Lists within lists have no blank lines around them. */
static bool
is_in_list(struct html_page *p)
{
	return innermost(p, HTML_LIST) != NULL || innermost(p, HTML_NUMBERS) != NULL;
}

static void
end_cell(struct html_page *p, const struct html_element *e)
{
	struct html_element *row = innermost(p, HTML_ROW);
	bool empty, several;

	html_break(&p->lines, 0);
	empty = p->lines.written == e->written;
	several = p->lines.breaks != e->breaks;
	p->lines.gap = HTML_NO_GAP;
	p->lines.fresh = empty && e->was_fresh;
	if (empty || row == NULL)
		return;
	row->filled = true;
	row->several = row->several || several;
	/* Paragraphs around the text of a cell are not meant to part it from the next. */
	if (!several)
		p->lines.need = 0;
}

static void
end_item(struct html_page *p, const struct html_element *e)
{
	html_break(&p->lines, 1);
	p->lines.marker[0] = '\0';
	p->lines.fresh = p->lines.written == e->written && e->was_fresh;
}

void
html_element_end(struct html_page *p, const struct html_element *e)
{
	struct html_lines *l = &p->lines;

	p->hidden -= e->hides;
	if (e->quiet)
		return;
	switch (e->kind) {
	case HTML_LINK:
		end_link(p);
		break;
	case HTML_MARKS:
		html_page_text(p, "\xe2\x80\x9d", 3);
		break;
	case HTML_CELL:
		end_cell(p, e);
		break;
	case HTML_ITEM:
		end_item(p, e);
		break;
	case HTML_BLOCK:
	case HTML_TERM:
	case HTML_DETAIL:
	case HTML_TABLE:
	case HTML_ROW:
		html_break(l, 1);
		break;
	case HTML_LIST:
	case HTML_NUMBERS:
		html_break(l, is_in_list(p) ? 1 : 2);
		break;
	case HTML_PARAGRAPH:
	case HTML_QUOTE:
	case HTML_PREFORMATTED:
		html_break(l, 2);
		break;
	default:
		break;
	}
	l->quotes -= e->kind == HTML_QUOTE;
	l->indent -= e->indent;
	if (p->white != e->white)
		html_break(l, 0);
	p->white = e->white;
	l->exact = p->white == HTML_KEEP_ALL;
}

static void
begin_link(struct html_page *p, const struct html_token *t)
{
	end_link(p);
	buf_reset(&p->href);
	buf_reset(&p->link_text);
	p->link = html_attribute(t, "href", &p->href) && html_link_address(&p->href);
}

static void
begin_list(struct html_page *p, const struct html_token *t, struct html_element *e)
{
	struct html_element *list = &p->stack[p->depth > 0 ? p->depth - 1 : 0];

	html_break(&p->lines, is_in_list(p) ? 1 : 2);
	if (p->depth > 0 && (list->kind == HTML_LIST || list->kind == HTML_NUMBERS))
		e->indent = 2;
	if (e->kind != HTML_NUMBERS)
		return;
	e->number = html_number(t, "start", &p->scratch, 1);
	buf_reset(&p->scratch);
	e->type = html_attribute(t, "type", &p->scratch) && p->scratch.len == 1 ? p->scratch.data[0] : '1';
}

static void
begin_item(struct html_page *p, const struct html_token *t, struct html_element *e)
{
	struct html_lines *l = &p->lines;
	struct html_element *list = NULL;

	for (size_t i = p->depth; i > 0 && list == NULL && p->stack[i - 1].kind != HTML_TABLE; i--) {
		if (p->stack[i - 1].kind == HTML_LIST || p->stack[i - 1].kind == HTML_NUMBERS)
			list = &p->stack[i - 1];
	}
	html_break(l, 1);
	if (list != NULL && list->kind == HTML_NUMBERS) {
		list->number = html_number(t, "value", &p->scratch, list->number);
		html_item_marker(l->marker, sizeof l->marker, list->type, list->number++);
	} else {
		memcpy(l->marker, "* ", sizeof "* ");
	}
	e->indent = (unsigned)strlen(l->marker);
	e->was_fresh = l->fresh;
	e->written = l->written;
	l->fresh = true;
}

static void
begin_cell(struct html_page *p, struct html_element *e)
{
	struct html_lines *l = &p->lines;
	struct html_element *row = innermost(p, HTML_ROW), *table = innermost(p, HTML_TABLE);

	if (row != NULL && row->filled) {
		if (row->several || (table != NULL && table->lone))
			html_break(l, 1);
		else
			l->bar = true;
	} else if (row == NULL) {
		html_break(l, 1);
	}
	html_break(l, 0);
	e->was_fresh = l->fresh;
	e->written = l->written;
	e->breaks = l->breaks;
	l->fresh = true;
}

static void
begin_table(struct html_page *p, const struct html_token *t, struct html_element *e)
{
	html_break(&p->lines, 1);
	buf_reset(&p->scratch);
	e->lone = html_attribute(t, "role", &p->scratch) &&
	    (text_equal(buf_str(&p->scratch), "presentation") || text_equal(buf_str(&p->scratch), "none"));
}

void
html_element_begin(struct html_page *p, const struct html_token *t, struct html_element *e)
{
	struct html_lines *l = &p->lines;
	enum html_white white = html_white_space(t, &p->scratch, e->kind == HTML_PREFORMATTED ? HTML_KEEP_ALL : p->white);

	switch (e->kind) {
	case HTML_LINK:
		begin_link(p, t);
		break;
	case HTML_MARKS:
		html_page_text(p, "\xe2\x80\x9c", 3);
		break;
	case HTML_LIST:
	case HTML_NUMBERS:
		begin_list(p, t, e);
		break;
	case HTML_ITEM:
		begin_item(p, t, e);
		break;
	case HTML_TABLE:
		begin_table(p, t, e);
		break;
	case HTML_CELL:
		begin_cell(p, e);
		break;
	case HTML_DETAIL:
		e->indent = 4;
		html_break(l, 1);
		break;
	case HTML_BLOCK:
	case HTML_TERM:
	case HTML_ROW:
		html_break(l, 1);
		break;
	case HTML_PARAGRAPH:
	case HTML_QUOTE:
	case HTML_PREFORMATTED:
		html_break(l, 2);
		break;
	default:
		break;
	}
	if (white != p->white)
		html_break(l, 0);
	l->quotes += e->kind == HTML_QUOTE;
	l->indent += e->indent;
	p->white = white;
	l->exact = white == HTML_KEEP_ALL;
	p->first_line_end = e->kind == HTML_PREFORMATTED;
}

void
html_page_image(struct html_page *p, const struct html_token *t)
{
	int width = html_number(t, "width", &p->scratch, -1), height = html_number(t, "height", &p->scratch, -1);
	struct buf alt = BUF_INIT;

	/* Pictures of one point are there to be counted, not to be seen. */
	if (width == 0 || width == 1 || height == 0 || height == 1)
		return;
	if (html_attribute(t, "alt", &alt)) {
		/* Its references are resolved: an ampersand is one. */
		for (size_t i = 0, n; i < alt.len && !html_page_hidden(p) && !p->lines.full; i += n) {
			n = text_utf8_len(alt.data + i, alt.len - i);
			if ((unsigned char)alt.data[i] <= ' ')
				html_gap(&p->lines, HTML_BLANK);
			else if (n > 0)
				put_char(p, alt.data + i, n);
			n += n == 0;
		}
	}
	p->lines.word.failed |= alt.failed;
	buf_free(&alt);
}
