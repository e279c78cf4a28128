/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_text_lines - words put into lines
 *
 * A word is collected until something may part it from the next; only then
 * is it known whether it still fits into its line.  Line ends are not
 * written but owed (`need'), so that nested blocks that end together make one
 * blank line and none is left at the end.
 *
 * Failures: memory, by the buffers.  Limits: `max' bytes of output, after
 * which all is ignored; the prefix of a line is HTML_QUOTES_MAX quote marks
 * and HTML_INDENT_MAX blanks, whatever the depth.
 */
#include "html_text_parts.h"

#include <string.h>

#include "text.h"

#define HTML_QUOTES_MAX 16
#define HTML_INDENT_MAX 32
#define HTML_BLANK_LINES_MAX 20	/* one after the other */
#define HTML_TEXT_LEAST 20	/* columns that a prefix leaves to the text, whatever the width */
#define HTML_RULE_COLUMNS 40	/* columns of an <hr> */
#define HTML_RULE_DEFAULT 60	/* of a line, when lines have no width */

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static size_t
room(const struct html_lines *l)
{
	size_t used = l->out->len - l->start;

	return used < l->max ? l->max - used : 0;
}

static void
quote_marks(struct html_lines *l, unsigned n)
{
	for (n = least(n, HTML_QUOTES_MAX); n > 0; n--)
		buf_addc(l->out, '>');
}

static void
prefix(struct html_lines *l)
{
	size_t begin = l->out->len, marker = strlen(l->marker);
	unsigned indent = least(l->indent, HTML_INDENT_MAX);

	quote_marks(l, l->quotes);
	if (l->quotes > 0)
		buf_addc(l->out, ' ');
	for (size_t i = marker; i < indent; i++)
		buf_addc(l->out, ' ');
	buf_add(l->out, l->marker, marker);
	l->marker[0] = '\0';
	l->content = l->out->len;
	l->column = l->prefix = l->content - begin;
	l->line_quotes = l->quotes;
	l->space = l->bar = false;
}

/* The line ends that are due, and what the new line begins with. */
static void
begin_line(struct html_lines *l)
{
	if (l->any) {
		buf_addc(l->out, '\n');
		for (; l->need > 1; l->need--) {
			quote_marks(l, least(l->quotes, l->line_quotes));
			buf_addc(l->out, '\n');
		}
	}
	if (!l->fresh)
		l->breaks++;
	l->need = 0;
	l->any = true;
	prefix(l);
}

/* Blanks that <pre> has put at the end of the line, which is whole; whether there were any. */
static bool
strip_end(struct html_lines *l)
{
	size_t end = l->out->len;

	if (!l->any || l->need > 0)
		return false;
	while (end > l->content && l->out->data[end - 1] == ' ')
		end--;
	if (end == l->out->len)
		return false;
	buf_truncate(l->out, end);
	return true;
}

static bool
fits(const struct html_lines *l)
{
	size_t most = l->width;

	if (l->width == 0 || l->exact || l->out->len == l->content)
		return true;
	if (most < l->prefix + HTML_TEXT_LEAST)
		most = l->prefix + HTML_TEXT_LEAST;
	return l->column + l->space + l->word_width <= most;
}

static void
end_word(struct html_lines *l)
{
	if (l->word.len == 0 || l->full)
		return;
	if (l->need > 0 || !l->any) {
		if (!l->solid)
			return;
		begin_line(l);
	} else {
		if (l->bar) {
			buf_adds(l->out, " |");
			l->column += 2;
			l->space = true;
			l->bar = false;
		}
		if (!fits(l)) {
			strip_end(l);
			buf_addc(l->out, '\n');
			prefix(l);
		}
	}
	if (l->space)
		buf_addc(l->out, ' ');
	l->column += l->space + l->word_width;
	l->full = l->word.len + 1 >= room(l);
	buf_add(l->out, buf_str(&l->word), l->word.len);
	buf_reset(&l->word);
	l->word_width = 0;
	l->space = l->fresh = l->solid = false;
	l->written++;
}

/* Whether a line must not begin with this East Asian mark. */
static bool
clings(const char *s, size_t n)
{
	static const uint16_t marks[] = {
		0x2019, 0x201d, 0x3001, 0x3002, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011, 0x3015, 0x30fc, 0xff01, 0xff09, 0xff0c,
		0xff0e, 0xff1a, 0xff1b, 0xff1f
	};
	uint32_t c = text_utf8_char(s, n);

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		if (marks[i] == c)
			return true;
	}
	return false;
}

/* What was left between this character and what stands before it. */
static void
take_gap(struct html_lines *l)
{
	if (l->gap == HTML_BLANK) {
		end_word(l);
		l->space = l->any && l->need == 0;
	} else if (l->gap == HTML_FIRM && l->word.len > 0) {
		buf_addc(&l->word, ' ');
		l->word_width++;
	} else if (l->gap == HTML_FIRM) {
		l->space = l->any && l->need == 0;
	}
	l->gap = HTML_NO_GAP;
}

void
html_put(struct html_lines *l, const char *s, size_t n)
{
	size_t columns;

	if (l->full)
		return;
	take_gap(l);
	text_width_next(s, n, &columns);
	/* Wide characters are words by themselves. */
	if (columns == 2 && !l->exact && !clings(s, n))
		end_word(l);
	buf_add(&l->word, s, n);
	l->solid = true;
	l->word_width += columns;
	if (l->word.len >= room(l))
		end_word(l);
}

void
html_put_word(struct html_lines *l, const char *s, size_t len)
{
	if (l->full)
		return;
	take_gap(l);
	buf_add(&l->word, s, len);
	l->solid = true;
	l->word_width += text_width(s, len);
}

void
html_gap(struct html_lines *l, enum html_gap gap)
{
	if (l->gap != HTML_BLANK)
		l->gap = gap;
}

void
html_exact_blanks(struct html_lines *l, unsigned n)
{
	if (l->full)
		return;
	for (; n > 0; n--, l->word_width++)
		buf_addc(&l->word, ' ');
	if (l->word.len >= room(l))
		end_word(l);
}

/* Within a list, it is none. */
static bool
is_signature(const struct html_lines *l)
{
	return l->any && l->need == 0 && !l->full && l->prefix == l->line_quotes + (l->line_quotes > 0) &&
	    l->out->len - l->content == 2 && memcmp(l->out->data + l->content, "--", 2) == 0;
}

/* The line is whole: blanks at its end go, but for the signature's. */
static void
end_line(struct html_lines *l)
{
	bool blank = l->gap != HTML_NO_GAP;

	while (l->word.len > 0 && l->word.data[l->word.len - 1] == ' ') {
		buf_truncate(&l->word, l->word.len - 1);
		l->word_width--;
		blank = true;
	}
	end_word(l);
	blank = strip_end(l) || blank;
	if (blank && is_signature(l))
		buf_addc(l->out, ' ');
	l->gap = HTML_NO_GAP;
	l->space = false;
}

void
html_break(struct html_lines *l, unsigned need)
{
	if (need == 0) {
		end_word(l);
		return;
	}
	end_line(l);
	if (l->any && !l->fresh && l->need < need)
		l->need = need;
}

void
html_newline(struct html_lines *l, unsigned most)
{
	end_line(l);
	if (l->any && !l->fresh && l->need < least(most, HTML_BLANK_LINES_MAX + 1))
		l->need++;
}

void
html_rule(struct html_lines *l)
{
	unsigned n = least(l->width != 0 ? l->width : HTML_RULE_DEFAULT, HTML_RULE_COLUMNS);

	html_break(l, 2);
	for (; n > 0 && !l->full; n--)
		html_put(l, "-", 1);
	html_break(l, 2);
}

void
html_finish(struct html_lines *l)
{
	size_t used, cut;

	end_line(l);
	if (l->word.failed)
		l->out->failed = true;
	if (!l->any || l->out->failed)
		return;
	used = l->out->len - l->start;
	if (used + 1 <= l->max) {
		buf_addc(l->out, '\n');
		return;
	}
	cut = l->max > 0 ? text_utf8_cut(l->out->data + l->start, used, l->max - 1) : 0;
	buf_truncate(l->out, l->start + cut);
	if (l->max > 0)
		buf_addc(l->out, '\n');
}
