/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_text - HTML to text that people read
 *
 * One pass over the source, with a stack of the elements that are open.  What
 * an element does when it begins and when it ends is a matter of its kind, in a
 * table; elements that are not there are as good as <span>.  End tags that are
 * left out are added where HTML adds them; those that match nothing are ignored, and
 * none reaches out of its table cell.
 *
 * Failures: memory, by the buffer.  Limits: HTML_DEPTH_MAX elements on the stack;
 * what is deeper than that counts as text of the deepest one, so that the
 * time for each tag has a bound.
 */
#include "html_text.h"

#include <string.h>

#include "html_text_page.h"
#include "text.h"

struct kind_of {
	char name[11];
	unsigned char kind;
};

/* In the order of strcmp(3). */
static const struct kind_of kinds[] = {
	{ "a", HTML_LINK }, { "address", HTML_BLOCK }, { "area", HTML_VOID }, { "article", HTML_BLOCK },
	{ "aside", HTML_BLOCK }, { "base", HTML_VOID }, { "blockquote", HTML_QUOTE }, { "body", HTML_IGNORED },
	{ "br", HTML_LINE_BREAK }, { "caption", HTML_BLOCK }, { "center", HTML_BLOCK }, { "col", HTML_VOID },
	{ "colgroup", HTML_IGNORED }, { "dd", HTML_DETAIL }, { "details", HTML_BLOCK }, { "dir", HTML_LIST },
	{ "div", HTML_BLOCK }, { "dl", HTML_PARAGRAPH }, { "dt", HTML_TERM }, { "embed", HTML_VOID },
	{ "fieldset", HTML_BLOCK }, { "figcaption", HTML_BLOCK }, { "figure", HTML_BLOCK }, { "footer", HTML_BLOCK },
	{ "form", HTML_BLOCK }, { "h1", HTML_PARAGRAPH }, { "h2", HTML_PARAGRAPH }, { "h3", HTML_PARAGRAPH },
	{ "h4", HTML_PARAGRAPH }, { "h5", HTML_PARAGRAPH }, { "h6", HTML_PARAGRAPH }, { "head", HTML_IGNORED },
	{ "header", HTML_BLOCK }, { "hr", HTML_RULE }, { "html", HTML_IGNORED }, { "iframe", HTML_RAW }, { "img", HTML_IMAGE },
	{ "input", HTML_VOID }, { "legend", HTML_BLOCK }, { "li", HTML_ITEM }, { "link", HTML_VOID }, { "main", HTML_BLOCK },
	{ "menu", HTML_LIST }, { "meta", HTML_VOID }, { "nav", HTML_BLOCK }, { "noembed", HTML_RAW }, { "noframes", HTML_RAW },
	{ "ol", HTML_NUMBERS }, { "p", HTML_PARAGRAPH }, { "param", HTML_VOID }, { "pre", HTML_PREFORMATTED },
	{ "q", HTML_MARKS }, { "script", HTML_RAW }, { "section", HTML_BLOCK }, { "source", HTML_VOID }, { "style", HTML_RAW },
	{ "summary", HTML_BLOCK }, { "svg", HTML_UNSEEN }, { "table", HTML_TABLE }, { "tbody", HTML_IGNORED },
	{ "td", HTML_CELL }, { "template", HTML_UNSEEN }, { "tfoot", HTML_IGNORED }, { "th", HTML_CELL },
	{ "thead", HTML_IGNORED }, { "title", HTML_RAW }, { "tr", HTML_ROW }, { "track", HTML_VOID }, { "ul", HTML_LIST },
	{ "wbr", HTML_VOID }, { "xml", HTML_UNSEEN },
};

static enum html_element_kind
kind_of(const struct html_token *t)
{
	size_t low = 0, high = sizeof kinds / sizeof kinds[0], middle;
	char name[sizeof kinds[0].name];
	int order;

	if (t->name_len >= sizeof name)
		return HTML_INLINE;
	for (size_t i = 0; i < t->name_len; i++)
		name[i] = (char)text_lower(t->name[i]);
	name[t->name_len] = '\0';
	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(name, kinds[middle].name);
		if (order == 0)
			return (enum html_element_kind)kinds[middle].kind;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return HTML_INLINE;
}

static bool
is_inline(enum html_element_kind kind)
{
	return kind == HTML_INLINE || kind == HTML_LINK || kind == HTML_MARKS;
}

static bool
holds_something(enum html_element_kind kind)
{
	return kind != HTML_LINE_BREAK && kind != HTML_RULE && kind != HTML_IMAGE && kind != HTML_VOID && kind != HTML_IGNORED && kind != HTML_RAW;
}

static bool
is_part_of_table(enum html_element_kind kind)
{
	return kind == HTML_TABLE || kind == HTML_ROW || kind == HTML_CELL;
}

/* All from that one on. */
static void
close_from(struct html_page *p, size_t index)
{
	while (p->depth > index) {
		p->depth--;
		html_element_end(p, &p->stack[p->depth]);
	}
}

/* An inline element that ends although a block within it does not. */
static void
close_across(struct html_page *p, size_t index)
{
	struct html_element e = p->stack[index];

	if (e.indent != 0 || p->white != e.white)
		return;
	memmove(&p->stack[index], &p->stack[index + 1], (p->depth - index - 1) * sizeof p->stack[0]);
	p->depth--;
	html_element_end(p, &e);
}

static bool
is_named(const struct html_element *e, const struct html_token *t)
{
	if (e->name_len != t->name_len || text_lower(*e->name) != text_lower(*t->name))
		return false;
	for (size_t i = 1; i < t->name_len; i++) {
		if (text_lower(e->name[i]) != text_lower(t->name[i]))
			return false;
	}
	return true;
}

static void
end_tag(struct html_page *p, const struct html_token *t)
{
	enum html_element_kind kind = kind_of(t);
	bool across = false;

	if (p->deeper > 0 && holds_something(kind)) {
		p->deeper--;
		p->hidden_deeper = p->hidden_deeper && p->deeper >= p->deeper_at;
		return;
	}
	if (kind == HTML_LINE_BREAK && !html_page_hidden(p))
		html_newline(&p->lines, 2);
	for (size_t i = p->depth; i > 0; i--) {
		struct html_element *e = &p->stack[i - 1];

		if (is_named(e, t)) {
			if (across && is_inline(kind))
				close_across(p, i - 1);
			else
				close_from(p, i - 1);
			return;
		}
		if (e->kind == HTML_TABLE || (e->kind == HTML_CELL && !is_part_of_table(kind)))
			return;
		across = across || !is_inline(e->kind);
	}
}

/* Ends the innermost element of that kind, unless one of the others stands before it. */
static void
close_implied(struct html_page *p, enum html_element_kind kind, enum html_element_kind but, enum html_element_kind or)
{
	for (size_t i = p->depth; i > 0; i--) {
		enum html_element_kind now = p->stack[i - 1].kind;

		if (now == kind) {
			close_from(p, i - 1);
			return;
		}
		if (now == HTML_TABLE || now == but || now == or)
			return;
	}
}

/* A paragraph ends where a block begins. */
static void
close_paragraph(struct html_page *p)
{
	for (size_t i = p->depth; i > 0; i--) {
		const struct html_element *e = &p->stack[i - 1];

		if (e->name_len == 1 && text_lower(*e->name) == 'p') {
			close_from(p, i - 1);
			return;
		}
		if (!is_inline(e->kind))
			return;
	}
}

static void
close_what_ends(struct html_page *p, enum html_element_kind kind)
{
	if (!is_inline(kind) && kind != HTML_LINE_BREAK && kind != HTML_IMAGE && kind != HTML_VOID)
		close_paragraph(p);
	switch (kind) {
	case HTML_ITEM:
		close_implied(p, HTML_ITEM, HTML_LIST, HTML_NUMBERS);
		break;
	case HTML_TERM:
	case HTML_DETAIL:
		close_implied(p, HTML_TERM, HTML_DETAIL, HTML_PARAGRAPH);
		close_implied(p, HTML_DETAIL, HTML_TERM, HTML_PARAGRAPH);
		break;
	case HTML_CELL:
		close_implied(p, HTML_CELL, HTML_ROW, HTML_ROW);
		break;
	case HTML_ROW:
		close_implied(p, HTML_ROW, HTML_TABLE, HTML_TABLE);
		break;
	case HTML_LINK:
		close_implied(p, HTML_LINK, HTML_CELL, HTML_CELL);
		break;
	default:
		break;
	}
}

/* Elements that hold nothing. */
static void
void_tag(struct html_page *p, const struct html_token *t, enum html_element_kind kind)
{
	if (html_page_hidden(p) || html_is_hidden(t, &p->scratch))
		return;
	if (kind == HTML_LINE_BREAK)
		html_newline(&p->lines, p->white == HTML_COLLAPSE ? 2 : p->lines.need + 1);
	else if (kind == HTML_RULE)
		html_rule(&p->lines);
	else if (kind == HTML_IMAGE)
		html_page_image(p, t);
}

static void
start_tag(struct html_page *p, const struct html_token *t)
{
	enum html_element_kind kind = kind_of(t);
	struct html_element e = { .name = t->name, .name_len = t->name_len, .kind = kind };

	if (kind == HTML_RAW) {
		buf_reset(&p->scratch);
		for (size_t i = 0; i < t->name_len; i++)
			buf_addc(&p->scratch, text_lower(t->name[i]));
		html_skip_raw(&p->source, buf_str(&p->scratch));
		return;
	}
	if (kind == HTML_IGNORED)
		return;
	if (p->deeper == 0)
		close_what_ends(p, kind);
	if (!holds_something(kind)) {
		void_tag(p, t, kind);
		return;
	}
	e.hides = kind == HTML_UNSEEN || html_is_hidden(t, &p->scratch);
	if (p->depth == HTML_DEPTH_MAX) {
		p->deeper++;
		if (e.hides && !p->hidden_deeper) {
			p->hidden_deeper = true;
			p->deeper_at = p->deeper;
		}
		return;
	}
	e.white = p->white;
	e.quiet = e.hides || html_page_hidden(p);
	if (!e.quiet)
		html_element_begin(p, t, &e);
	p->hidden += e.hides;
	p->stack[p->depth++] = e;
}

bool
html_to_text(struct buf *out, const char *html, size_t len, unsigned width, size_t max)
{
	struct html_page p = { .source = { html, html + len }, .lines = { .out = out, .start = out->len, .max = max, .width = width } };
	struct html_token t;

	do {
		html_next(&p.source, &t);
		if (t.kind == HTML_TEXT)
			html_page_text(&p, t.text, t.len);
		else if (t.kind == HTML_OPEN)
			start_tag(&p, &t);
		else if (t.kind == HTML_CLOSE)
			end_tag(&p, &t);
	} while (t.kind != HTML_END && !p.lines.full);
	close_from(&p, 0);
	html_finish(&p.lines);
	buf_free(&p.lines.word);
	buf_free(&p.href);
	buf_free(&p.link_text);
	buf_free(&p.scratch);
	return !out->failed;
}
