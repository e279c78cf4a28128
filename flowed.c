/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flowed - format=flowed, both ways (RFC 3676)
 *
 * A line that ends with a blank goes on in the next one, if that has the same
 * quote depth.  The blank stays when lines are joined, so that a long line is
 * parted behind its blanks.  Lines that would be misread (a blank, `>' or
 * `From ' at the front) have a blank put before them, which is taken away again.
 *
 * Failures: memory, by the buffer.  Everything is linear in the length of the
 * text.  A word that is longer than a line is not parted, nor are
 * quotes deeper than FLOWED_DEPTH_MAX.
 */
#include "flowed.h"

#include <string.h>

#include "text.h"

#define FLOWED_DEPTH_MAX 20	/* marks of a quote whose lines are parted: each part has them all */
#define FLOWED_LEAST 20		/* columns that deep quoting leaves to the text */

static const char signature[] = "-- ";

static bool
is_signature(const char *s, size_t len)
{
	return len == strlen(signature) && memcmp(s, signature, len) == 0;
}

static size_t
count_marks(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] == '>')
		n++;
	return n;
}

/* The quote marks of a line of ours: those that a blank follows, or nothing. */
static size_t
quote_depth(const char *s, size_t len)
{
	size_t n = count_marks(s, len);

	return n < len && s[n] != ' ' ? 0 : n;
}

static void
put_marks(struct buf *out, size_t depth, bool blank)
{
	for (size_t i = 0; i < depth; i++)
		buf_addc(out, '>');
	if (blank)
		buf_addc(out, ' ');
}

static bool
must_be_stuffed(const char *s, size_t len)
{
	return len > 0 && (s[0] == ' ' || s[0] == '>' || (len >= 5 && memcmp(s, "From ", 5) == 0));
}

/* What comes before a line's text: quote marks, and the blank that goes with them or that keeps it from being misread. */
static size_t
put_front(struct buf *out, size_t depth, const char *s, size_t len)
{
	bool blank = (depth > 0 && len > 0) || must_be_stuffed(s, len);

	put_marks(out, depth, blank);
	return depth + blank;
}

/*
 * How much of s goes into a line of so many columns: up to behind the last
 * blanks that fit, or the first ones when none do; all of it when there is no
 * place to part it.
 */
static size_t
first_part(const char *s, size_t len, size_t columns)
{
	size_t used = 0, best = 0, width, n;

	for (size_t i = 0; i < len; i += n) {
		n = text_width_next(s + i, len - i, &width);
		used += width;
		if (s[i] != ' ' && best > 0 && used > columns)
			return best;
		/* Blanks stay together, and no line of ours is to be taken for a signature's. */
		if (s[i] != ' ' || (i + 1 < len && s[i + 1] == ' ') || is_signature(s, i + 1))
			continue;
		if (used > columns && best > 0)
			return best;
		best = i + 1;
		if (used > columns)
			return best;
	}
	return len;
}

static void
put_line(struct buf *out, const char *s, size_t len)
{
	size_t depth = quote_depth(s, len), front, n;
	bool whole;

	s += depth;
	len -= depth;
	if (depth > 0 && len > 0) {
		s++;
		len--;
	}
	while (len > 0 && s[len - 1] == ' ' && !is_signature(s, len))
		len--;
	/* A quote within is parted badly: its own marks are not known to who joins the lines. */
	whole = depth + (depth > 0) + must_be_stuffed(s, len) + text_width(s, len) <= FLOWED_LINE_MAX ||
	    (depth > 0 && len > 0 && *s == '>') || depth > FLOWED_DEPTH_MAX;
	do {
		front = put_front(out, depth, s, len);
		n = whole ? len : first_part(s, len, FLOWED_BREAK > front + FLOWED_LEAST ? FLOWED_BREAK - front : FLOWED_LEAST);
		buf_add(out, s, n);
		s += n;
		len -= n;
		if (len > 0)
			buf_addc(out, '\n');
	} while (len > 0);
}

void
flowed_put(struct buf *out, const char *text, size_t len, bool *changed)
{
	size_t start = out->len;
	const char *end = text + len, *line, *stop;

	for (line = text; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		put_line(out, line, (size_t)((stop != NULL ? stop : end) - line));
		if (stop == NULL)
			break;
		buf_addc(out, '\n');
	}
	*changed = out->failed || out->len - start != len || (len > 0 && memcmp(out->data + start, text, len) != 0);
}

/* A paragraph that waits for its next line. */
struct paragraph {
	struct buf *out;
	size_t depth;
	size_t begin;		/* where its text begins in out */
	bool open;
};

static void
end_paragraph(struct paragraph *p)
{
	if (!p->open)
		return;
	while (p->out->len > p->begin && p->out->data[p->out->len - 1] == ' ')
		buf_truncate(p->out, p->out->len - 1);
	if (p->depth > 0 && p->out->len == p->begin)
		buf_truncate(p->out, p->out->len - 1);
	buf_addc(p->out, '\n');
	p->open = false;
}

static void
join_line(struct paragraph *p, const char *s, size_t len, bool delsp)
{
	size_t depth = count_marks(s, len);
	bool fixed, flows;

	s += depth;
	len -= depth;
	if (len > 0 && *s == ' ') {
		s++;
		len--;
	}
	fixed = is_signature(s, len);
	flows = !fixed && len > 0 && s[len - 1] == ' ';
	if (p->open && (fixed || depth != p->depth))
		end_paragraph(p);
	if (!p->open) {
		put_marks(p->out, depth, depth > 0 && len > 0);
		p->depth = depth;
		p->begin = p->out->len;
	}
	buf_add(p->out, s, len - (flows && delsp));
	p->open = flows;
}

void
flowed_join(struct buf *out, const char *text, size_t len, bool delsp)
{
	struct paragraph p = { .out = out };
	const char *end = text + len, *stop;
	size_t n;

	for (const char *line = text; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		n = (size_t)((stop != NULL ? stop : end) - line);
		join_line(&p, line, n > 0 && line[n - 1] == '\r' ? n - 1 : n, delsp);
		if (stop == NULL)
			break;
		if (!p.open)
			buf_addc(out, '\n');
	}
	end_paragraph(&p);
}
