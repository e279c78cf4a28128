/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_words - encoded words of header fields (RFC 2047)
 *
 * Lenient about where they stand (anywhere, in quoted strings too), about
 * blanks inside, missing padding and wrong escapes; what is no encoded word
 * stays as it is.  Adjacent words of one charset are a run: their bytes are
 * joined before they are converted, because senders cut characters in two.
 *
 * Limits: a charset's name has TEXT_CHARSET_MAX bytes at most.  Linear: the
 * search for a word's end never passes the beginning of the next word.
 * Failures: the output buffer's sticky error.
 */
#include "text.h"

#include <string.h>

#define TEXT_CHARSET_MAX 64

struct word {
	const char *end;		/* behind the closing ?= */
	const char *text;
	size_t len;
	char charset[TEXT_CHARSET_MAX + 1];
	bool base64;
};

struct run {
	struct buf *out;
	text_charset_fn *other;
	void *ctx;
	const char *gap;		/* start of the white space between the previous run and this one */
	const char *start, *end;	/* of the words as they were written; NULL: no run open */
	struct buf bytes;
	char charset[TEXT_CHARSET_MAX + 1];
	bool previous_decoded;		/* the run on the other side of the gap */
	bool left;			/* some run was left as it was */
};

static bool
is_charset_char(char c)
{
	return (c >= '0' && c <= '9') || (text_lower(c) >= 'a' && text_lower(c) <= 'z') ||
	    (c != '\0' && strchr("-_.:+", c) != NULL);
}

/* The charset's name without an RFC 2231 language; returns the `?' behind it or NULL. */
static const char *
read_charset(struct word *w, const char *p, const char *end)
{
	size_t n = 0;

	for (; p < end && is_charset_char(*p); p++) {
		if (n == TEXT_CHARSET_MAX)
			return NULL;
		w->charset[n++] = *p;
	}
	w->charset[n] = '\0';
	if (p < end && *p == '*')
		for (p++; p < end && is_charset_char(*p);)
			p++;
	return n > 0 && p < end && *p == '?' ? p : NULL;
}

/* p stands on =?; false when this is no encoded word. */
static bool
read_word(struct word *w, const char *p, const char *end)
{
	p = read_charset(w, p + 2, end);
	if (p == NULL || end - p < 5 || p[2] != '?')
		return false;
	w->base64 = text_lower(p[1]) == 'b';
	if (!w->base64 && text_lower(p[1]) != 'q')
		return false;
	w->text = p += 3;
	for (; end - p >= 2; p++) {
		if (p[0] == '?' && p[1] == '=') {
			w->len = (size_t)(p - w->text);
			w->end = p + 2;
			return true;
		}
		/* The next word begins and this one never ended; but in `=?=' the second two are an end. */
		if (p[0] == '=' && p[1] == '?' && !(end - p > 2 && p[2] == '='))
			return false;
	}
	return false;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)text_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
decode_q(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '_') {
			buf_addc(out, ' ');
		} else if (s[i] == '=' && len - i > 2 && hex_value(s[i + 1]) >= 0 && hex_value(s[i + 2]) >= 0) {
			buf_addc(out, hex_value(s[i + 1]) << 4 | hex_value(s[i + 2]));
			i += 2;
		} else {
			buf_addc(out, s[i]);
		}
	}
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Padding only drops the bits left over: some senders encode in pieces and pad each. */
static void
decode_b(struct buf *out, const char *s, size_t len)
{
	unsigned int bits = 0, have = 0;

	for (size_t i = 0; i < len; i++) {
		int v = base64_value(s[i]);

		if (s[i] == '=')
			have = 0;
		if (v < 0)
			continue;
		bits = (bits << 6 | (unsigned int)v) & 0xfff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_addc(out, (int)(bits >> have & 0xff));
		}
	}
}

static bool
is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (text_equal(name, *names))
			return true;
	return false;
}

static bool
convert(struct run *r)
{
	static const char *const as_is[] = { "utf-8", "us-ascii", "utf8", "ascii", "ansi_x3.4-1968", NULL };
	static const char *const latin1[] = { "iso-8859-1", "windows-1252", "iso8859-1", "iso_8859-1", "latin1",
	    "cp1252", NULL };

	if (is_one_of(r->charset, as_is)) {
		buf_add(r->out, buf_str(&r->bytes), r->bytes.len);
		return true;
	}
	if (is_one_of(r->charset, latin1)) {
		text_latin1_to_utf8(r->out, buf_str(&r->bytes), r->bytes.len);
		return true;
	}
	return r->other != NULL && r->other(r->ctx, r->charset, buf_str(&r->bytes), r->bytes.len, r->out);
}

/*
 * Ends the open run.  The gap before it goes only when both sides are
 * decoded: a word left as it was is ordinary text to a reader.
 */
static void
finish_run(struct run *r)
{
	size_t mark = r->out->len;
	struct buf text = BUF_INIT, *out = r->out;
	bool decoded;

	if (r->start == NULL)
		return;
	r->out = &text;
	decoded = convert(r);
	r->out = out;
	if (!decoded || !r->previous_decoded)
		buf_add(out, r->gap, (size_t)(r->start - r->gap));
	if (decoded)
		buf_add(out, buf_str(&text), text.len);
	else
		buf_add(out, r->start, (size_t)(r->end - r->start));
	if (text.failed || r->bytes.failed) {
		buf_truncate(out, mark);
		out->failed = true;
	}
	buf_free(&text);
	r->left = r->left || !decoded;
	r->previous_decoded = decoded;
	r->start = NULL;
}

static void
add_word(struct run *r, const struct word *w, const char *start)
{
	if (r->start == NULL || !text_equal(r->charset, w->charset)) {
		const char *gap = r->start != NULL ? r->end : start;

		finish_run(r);
		r->gap = gap;
		r->start = start;
		memcpy(r->charset, w->charset, sizeof r->charset);
		buf_reset(&r->bytes);
	}
	if (w->base64)
		decode_b(&r->bytes, w->text, w->len);
	else
		decode_q(&r->bytes, w->text, w->len);
	r->end = w->end;
}

static bool
is_all_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p == end;
}

bool
text_decode_words(struct buf *out, const char *s, size_t len, text_charset_fn *other, void *ctx)
{
	struct run r = { .out = out, .other = other, .ctx = ctx, .bytes = BUF_INIT };
	const char *end = s + len, *plain = s, *p = s;
	struct word w;

	while (end - p >= 2 && (p = memmem(p, (size_t)(end - p), "=?", 2)) != NULL) {
		if (!read_word(&w, p, end)) {
			p += 2;
			continue;
		}
		if (r.start == NULL || !is_all_blank(plain, p)) {
			finish_run(&r);
			r.previous_decoded = false;
			buf_add(out, plain, (size_t)(p - plain));
		}
		add_word(&r, &w, p);
		plain = p = w.end;
	}
	finish_run(&r);
	buf_add(out, plain, (size_t)(end - plain));
	buf_free(&r.bytes);
	return !r.left;
}

bool
text_has_encoded_word(const char *s, size_t len)
{
	const char *end = s + len;

	for (; (s = memchr(s, '=', (size_t)(end - s))) != NULL; s++)
		if (s + 1 < end && s[1] == '?')
			return true;
	return false;
}
