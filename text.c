/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text - ASCII, UTF-8 and structured header fields by hand
 *
 * Everything here works on bytes with a length, knows no locale and loads no
 * library, because it runs for every message.  Nothing allocates but what
 * writes into the caller's buffer, whose sticky error reports a lack of memory.
 *
 * Limits: comments nested deeper than TEXT_COMMENT_DEPTH, like unclosed ones,
 * swallow the rest of the field and set the cursor's `bad'.  All functions
 * are linear in the length of their input.  Encoded words: text_words.c.
 */
#include "text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"	/* U+FFFD */

/* windows-1252, 0x80 to 0x9f; what it leaves undefined is U+FFFD. */
static const uint16_t cp1252[32] = {
	0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
	0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178
};

int
text_lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool
text_is_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

bool
text_equal(const char *a, const char *b)
{
	while (*a != '\0' && text_lower(*a) == text_lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

bool
text_equal_n(const char *s, size_t len, const char *want)
{
	for (size_t i = 0; i < len; i++)
		if (want[i] == '\0' || text_lower(s[i]) != text_lower(want[i]))
			return false;
	return want[len] == '\0';
}

int
text_hex(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = text_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
text_begins(const char *s, const char *prefix)
{
	for (; *prefix != '\0'; s++, prefix++)
		if (text_lower(*s) != text_lower(*prefix))
			return false;
	return true;
}

bool
text_contains(const char *s, const char *part)
{
	for (; *s != '\0'; s++)
		if (text_begins(s, part))
			return true;
	return *part == '\0';
}

bool
text_ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), want = strlen(suffix);

	return len >= want && text_equal(s + len - want, suffix);
}

char *
text_copy(const char *s, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy == NULL) {
		buf_memory_short();
		return NULL;
	}
	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

size_t
text_utf8_len(const char *str, size_t left)
{
	const unsigned char *s = (const unsigned char *)str;
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (left == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (left < n)
		return 0;
	/* The second byte's range shuts out overlong forms, surrogates and what lies above U+10FFFF. */
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

bool
text_utf8_valid(const char *s, size_t len)
{
	for (size_t n; len > 0; s += n, len -= n)
		if ((n = text_utf8_len(s, len)) == 0)
			return false;
	return true;
}

uint32_t
text_utf8_char(const char *str, size_t n)
{
	static const unsigned char first[5] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const unsigned char *s = (const unsigned char *)str;
	uint32_t c = s[0] & first[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (s[i] & 0x3f);
	return c;
}

void
text_utf8_add(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(out, (int)c);
		return;
	}
	if (c < 0x800) {
		buf_addc(out, (int)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_addc(out, (int)(0xe0 | c >> 12));
		} else {
			buf_addc(out, (int)(0xf0 | c >> 18));
			buf_addc(out, (int)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_addc(out, (int)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_addc(out, (int)(0x80 | (c & 0x3f)));
}

uint32_t
text_windows1252(int c)
{
	return cp1252[c & 0x1f];
}

void
text_latin1_to_utf8(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		text_utf8_add(out, c >= 0x80 && c < 0xa0 ? cp1252[c - 0x80] : c);
	}
}

size_t
text_utf8_cut(const char *s, size_t len, size_t max)
{
	size_t start;

	if (len <= max)
		return len;
	start = max;
	while (start > 0 && max - start < 3 && (s[start] & 0xc0) == 0x80)
		start--;
	return start + text_utf8_len(s + start, len - start) > max ? start : max;
}

enum keep { KEEP, BLANK, DROP };

/* What is to become of a character in one line of text for people. */
static enum keep
classify(uint32_t c)
{
	if (c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\r' || c == ' ' ||
	    c == 0x85 || c == 0x2028 || c == 0x2029)
		return BLANK;
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return DROP;
	/* Bidirectional controls (UAX #9) and the byte order mark. */
	if (c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff)
		return DROP;
	return KEEP;
}

/* Bytes of plain ASCII at the start: nearly all text is, and needs no look at characters. */
static size_t
plain_run(const char *s, size_t len, char first)
{
	size_t n = 0;

	while (n < len && s[n] >= first && s[n] < 0x7f)
		n++;
	return n;
}

bool
text_is_clean(const char *s, size_t len)
{
	for (size_t n = plain_run(s, len, ' '); n < len; n += plain_run(s + n, len - n, ' ')) {
		size_t width = text_utf8_len(s + n, len - n);

		if (width == 0 || classify(text_utf8_char(s + n, width)) != KEEP)
			return false;
		n += width;
	}
	return true;
}

void
text_clean_line(struct buf *out, const char *s, size_t len, size_t max)
{
	size_t used = 0, n, width;
	bool blank = false;

	for (const char *end = s + len; s < end && !out->failed; s += n) {
		const char *what = s;
		enum keep keep = KEEP;

		n = width = plain_run(s, (size_t)(end - s), '!');
		if (n > 0 && blank + n > max - used && max - used > blank)
			n = width = max - used - blank;
		else if (n == 0)
			n = width = text_utf8_len(s, (size_t)(end - s));
		if (*s > ' ' && *s < 0x7f)
			keep = KEEP;
		else if (n == 0) {
			what = REPLACEMENT;
			n = 1;
			width = strlen(REPLACEMENT);
		} else {
			keep = classify(text_utf8_char(s, n));
		}
		if (keep == BLANK && used > 0)
			blank = true;
		if (keep != KEEP)
			continue;
		if (blank + width > max - used)
			break;
		if (blank)
			buf_addc(out, ' ');
		buf_add(out, what, width);
		used += blank + width;
		blank = false;
	}
}

void
text_cursor_init(struct text_cursor *c, const char *s, size_t len)
{
	*c = (struct text_cursor){ s, s + len, false };
}

const char *
text_comment_end(const char *p, const char *end)
{
	int depth = 0;

	for (; p < end; p++) {
		if (*p == '\\')
			p++;
		else if (*p == '(' && ++depth > TEXT_COMMENT_DEPTH)
			return NULL;
		else if (*p == ')' && --depth == 0)
			return p + 1;
	}
	return NULL;
}

const char *
text_quoted_end(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p == '\\')
			p++;
		else if (*p == '"')
			return p + 1;
	}
	return NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void
text_skip_cfws(struct text_cursor *c)
{
	const char *close;

	for (;;) {
		while (c->p < c->end && is_blank(*c->p))
			c->p++;
		if (c->p == c->end || *c->p != '(')
			return;
		close = text_comment_end(c->p, c->end);
		c->bad = c->bad || close == NULL;
		c->p = close != NULL ? close : c->end;
	}
}

static bool
is_token_char(char c)
{
	return c > ' ' && c < 0x7f && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

size_t
text_token(struct text_cursor *c, const char **tok)
{
	text_skip_cfws(c);
	*tok = c->p;
	while (c->p < c->end && is_token_char(*c->p))
		c->p++;
	return (size_t)(c->p - *tok);
}

/* c->p stands on the opening quote; out may be NULL. */
static void
take_quoted(struct text_cursor *c, struct buf *out)
{
	for (c->p++; c->p < c->end; c->p++) {
		if (*c->p == '"') {
			c->p++;
			return;
		}
		if (*c->p == '\\' && ++c->p == c->end)
			break;
		if (out != NULL)
			buf_addc(out, *c->p);
	}
	c->bad = true;
}

bool
text_value(struct text_cursor *c, struct buf *out)
{
	const char *tok;
	size_t len = text_token(c, &tok);

	buf_reset(out);
	if (len > 0)
		buf_add(out, tok, len);
	else if (c->p < c->end && *c->p == '"')
		take_quoted(c, out);
	else
		return false;
	return !out->failed;
}

bool
text_take(struct text_cursor *c, int want)
{
	text_skip_cfws(c);
	if (c->p == c->end || *c->p != (char)want)
		return false;
	c->p++;
	return true;
}

bool
text_at_end(struct text_cursor *c)
{
	text_skip_cfws(c);
	return c->p == c->end;
}

/* To behind the next semicolon outside comments and quotes; false when there is none. */
static bool
next_param(struct text_cursor *c)
{
	while (!text_at_end(c)) {
		if (*c->p == '"')
			take_quoted(c, NULL);
		else if (*c->p++ == ';')
			return true;
	}
	return false;
}

/* Unquoted values often hold what RFC 2045 wants quoted (`boundary=a=b/c'): they end at a blank or semicolon. */
static void
take_param_value(struct text_cursor *c, struct buf *out)
{
	const char *start;

	text_skip_cfws(c);
	if (c->p < c->end && *c->p == '"') {
		take_quoted(c, out);
		return;
	}
	for (start = c->p; c->p < c->end && *c->p != ';' && !is_blank(*c->p);)
		c->p++;
	buf_add(out, start, (size_t)(c->p - start));
}

/* Whether tok is name*, name*N or name*N* with the N that comes next (RFC 2231 3, 4). */
static bool
is_extended(const char *tok, size_t len, const char *name, unsigned int *section)
{
	size_t n = strlen(name);
	unsigned int number = 0;

	if (len <= n || !text_equal_n(tok, n, name) || tok[n] != '*')
		return false;
	if (tok[len - 1] == '*' && len > n + 1)
		len--;
	for (n++; n < len && number <= *section; n++) {
		if (tok[n] < '0' || tok[n] > '9')
			return false;
		number = number * 10 + (unsigned int)(tok[n] - '0');
	}
	return number == *section && ++*section > 0;
}

bool
text_param(struct text_cursor c, const char *name, struct buf *out)
{
	unsigned int section = 0;
	const char *tok;
	size_t len;

	buf_reset(out);
	while (next_param(&c)) {
		bool plain;

		if ((len = text_token(&c, &tok)) == 0)
			continue;
		plain = text_equal_n(tok, len, name);
		if (!plain && !is_extended(tok, len, name, &section))
			continue;
		if (!text_take(&c, '='))
			continue;
		if (plain)
			buf_reset(out);
		take_param_value(&c, out);
		if (plain)
			return !out->failed;
	}
	return section > 0 && !out->failed;
}
