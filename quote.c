/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quote - a stranger's text and name in our reply
 *
 * The text is the stranger's: it is cleaned character by character, and
 * nothing in it can be mistaken for ours, because each line of it
 * has its mark.  The attribution is the owner's, with the stranger's values
 * in it: each is one line, bounded, and never the front of what looks like
 * something else.
 *
 * Failures: memory, by the buffer.  Limits: QUOTE_*_MAX.  Linear in the length of the text.
 */
#include "quote.h"

#include <string.h>

#include "text.h"

#define QUOTE_DEPTH_MAX 20	/* marks of one line */
#define QUOTE_DATE "%a, %d %b %Y %H:%M:%S %z"
#define QUOTE_UNDATED "(no date)"

static size_t
without_end(const char *s, size_t len)
{
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t' || s[len - 1] == '\r'))
		len--;
	return len;
}

static bool
is_signature(const char *s, size_t len)
{
	return (len == 3 || (len == 4 && s[3] == '\r')) && memcmp(s, "-- ", 3) == 0;
}

/* The marks of a line that is a quote already, the blanks between them included; a `>' before a digit or a sign is text. */
static size_t
quote_marks(const char *s, size_t len, unsigned *depth)
{
	size_t i = 0, behind = 0;
	unsigned n = 0;

	while (i < len && s[i] == '>') {
		n++;
		behind = ++i;
		if (i < len && s[i] == ' ')
			i++;
	}
	*depth = 0;
	if (n == 0)
		return 0;
	if (i == behind && i < len && !(text_lower(s[i]) >= 'a' && text_lower(s[i]) <= 'z') && (unsigned char)s[i] < 0x80)
		return 0;
	*depth = n < QUOTE_DEPTH_MAX ? n : QUOTE_DEPTH_MAX;
	return i;
}

/* The line without control characters; tabs stay. */
static void
add_clean(struct buf *out, const char *s, size_t len)
{
	size_t n, run = 0;

	for (size_t i = 0; i < len; i += n) {
		n = text_utf8_len(s + i, len - i);
		if (s[i] == '\t' || (n > 0 && text_is_clean(s + i, n))) {
			run += n;
			continue;
		}
		buf_add(out, s + i - run, run);
		run = 0;
		if (n == 0)
			buf_adds(out, "\xef\xbf\xbd");
		n += n == 0;
	}
	buf_add(out, s + len - run, run);
}

static void
quote_line(struct buf *out, const char *s, size_t len)
{
	unsigned depth;
	size_t marks = quote_marks(s, len, &depth);

	for (unsigned i = 0; i <= depth; i++)
		buf_addc(out, '>');
	if (len > marks)
		buf_addc(out, ' ');
	add_clean(out, s + marks, len - marks);
	buf_addc(out, '\n');
}

void
quote_text(struct buf *out, const char *text, size_t len, unsigned max_lines)
{
	const char *end = text + len, *stop;
	unsigned lines = 0, blank = 0, most = max_lines > 0 && max_lines < QUOTE_LINES_MAX ? max_lines : QUOTE_LINES_MAX;
	size_t n;

	for (const char *line = text; line < end && !out->failed; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		if (stop == NULL)
			stop = end;
		n = (size_t)(stop - line);
		if (is_signature(line, n))
			break;
		n = without_end(line, n);
		if (n == 0) {
			blank += lines > 0;
			continue;
		}
		/* Empty lines count only when another comes behind them. */
		for (; blank > 0 && lines < most; blank--, lines++)
			buf_adds(out, ">\n");
		if (lines == most) {
			buf_adds(out, "> [...]\n");
			break;
		}
		quote_line(out, line, n);
		lines++;
	}
}

/* Whether a line that begins with it could be taken for a header field, a quote, mbox's From or a signature. */
static bool
misleads(const char *s)
{
	size_t n = 0;

	while (s[n] > ' ' && s[n] < 0x7f && s[n] != ':')
		n++;
	return s[n] == ':' || *s == '>' || text_equal(s, "From") || text_begins(s, "From ") || strncmp(s, "--", 2) == 0;
}

static void
add_value(struct buf *out, size_t start, const char *value)
{
	struct buf clean = BUF_INIT;
	bool first = out->len == start || out->data[out->len - 1] == '\n', quoted;

	if (value == NULL)
		return;
	text_clean_line(&clean, value, strlen(value), QUOTE_VALUE_MAX);
	quoted = first && clean.len > 0 && misleads(buf_str(&clean));
	if (quoted)
		buf_addc(out, '"');
	buf_add(out, buf_str(&clean), clean.len);
	if (quoted)
		buf_addc(out, '"');
	out->failed = out->failed || clean.failed;
	buf_free(&clean);
}

/* The owner's own form, so that it needs no quotes; but it is one line as well. */
static void
add_date(struct buf *out, const char *format, size_t len, const struct quote_source *q)
{
	struct buf date = BUF_INIT;

	if (q->when == QUOTE_NO_TIME)
		buf_adds(&date, QUOTE_UNDATED);
	else
		quote_strftime(&date, format, len, &q->local);
	text_clean_line(out, buf_str(&date), date.len, QUOTE_VALUE_MAX);
	out->failed = out->failed || date.failed;
	buf_free(&date);
}

static bool
is_empty(const char *s)
{
	return s == NULL || s[strspn(s, " \t")] == '\0';
}

/* One letter; false when it means nothing. */
static bool
add_letter(struct buf *out, size_t start, char letter, const struct quote_source *q)
{
	switch (letter) {
	case '%':
	case 'n':
		buf_addc(out, letter == 'n' ? '\n' : '%');
		return true;
	case 'f':
		add_value(out, start, q->address);
		return true;
	case 'F':
		add_value(out, start, is_empty(q->name) ? q->address : q->name);
		return true;
	case 'S':
		add_value(out, start, q->subject);
		return true;
	case 'i':
		add_value(out, start, q->message_id);
		return true;
	case 'N':
		add_value(out, start, q->newsgroups);
		return true;
	case 'C':
		add_value(out, start, q->newsgroup);
		return true;
	case 'd':
		add_date(out, QUOTE_DATE, strlen(QUOTE_DATE), q);
		return true;
	default:
		return false;
	}
}

void
quote_attribution(struct buf *out, const char *format, const struct quote_source *q)
{
	size_t start = out->len;
	const char *close;

	for (const char *p = format; *p != '\0' && out->len - start < QUOTE_ATTRIBUTION_MAX; p++) {
		if (*p != '%') {
			buf_addc(out, *p);
			continue;
		}
		close = p[1] == '{' ? strchr(p, '}') : NULL;
		if (close != NULL && close[1] == 'd') {
			add_date(out, p + 2, (size_t)(close - p - 2), q);
			p = close + 1;
		} else if (p[1] != '\0' && add_letter(out, start, p[1], q)) {
			p++;
		} else {
			buf_addc(out, '%');
		}
	}
	if (out->len - start > QUOTE_ATTRIBUTION_MAX)
		buf_truncate(out, start + text_utf8_cut(out->data + start, out->len - start, QUOTE_ATTRIBUTION_MAX));
	if (out->len > start && out->data[out->len - 1] != '\n')
		buf_addc(out, '\n');
}
