/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_decode - content transfer encodings (RFC 2045 6), read; mime_transfer.c writes them
 *
 * Lenient, because it reads what people keep in a message file and what
 * strangers send: wrong escapes stay, foreign characters in base64 are
 * skipped, padding in the middle only ends a group.  Whoever wants only the beginning
 * says so: no more is decoded.
 *
 * Failures: the output buffer's sticky error.  Limits: BUF_MAX.
 */
#include "mime.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

#define CHUNK 1024

/* Each character's value and one more; 0: not of base64. */
static const unsigned char base64[256] = {
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,
	['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
	['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
	['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
	['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* One line without its blanks at the end, and what its escapes stand for. */
static void
decode_line(struct buf *out, const char *p, const char *end)
{
	const char *run;

	while (p < end) {
		run = p;
		p = memchr(p, '=', (size_t)(end - p));
		if (p == NULL)
			p = end;
		buf_add(out, run, (size_t)(p - run));
		if (end - p > 2 && text_hex(p[1]) >= 0 && text_hex(p[2]) >= 0) {
			buf_addc(out, text_hex(p[1]) << 4 | text_hex(p[2]));
			p += 3;
		} else if (p < end) {
			/* At the end it is a soft break. */
			buf_add(out, p, p + 1 < end);
			p++;
		}
	}
}

static void
decode_quoted_printable(struct buf *out, const char *s, size_t len, size_t enough)
{
	const char *end = s + len, *eol, *last;

	for (const char *p = s; p < end && out->len < enough && !out->failed; p = eol + (eol < end)) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		/* Blanks before a line end were added on the way (RFC 2045 6.7 (3)). */
		for (last = eol; last > p && (last[-1] == ' ' || last[-1] == '\t' || last[-1] == '\r');)
			last--;
		/* One escape is three characters: no more of a line without an end than that can be wanted. */
		if ((size_t)(last - p) / 3 > enough - out->len) {
			decode_line(out, p, p + 3 * (enough - out->len) + 3);
			return;
		}
		decode_line(out, p, last);
		if (eol < end && !(last > s && last[-1] == '='))
			buf_addc(out, '\n');
	}
}

/* The groups of four at s that are nothing but base64, at most n of them: how many there were. */
static size_t
decode_groups(char *to, const unsigned char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++, s += 4, to += 3) {
		unsigned a = base64[s[0]], b = base64[s[1]], c = base64[s[2]], d = base64[s[3]], bits;

		if (a == 0 || b == 0 || c == 0 || d == 0)
			break;
		bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
		to[0] = (char)(bits >> 16);
		to[1] = (char)(bits >> 8);
		to[2] = (char)bits;
	}
	return i;
}

static void
decode_base64(struct buf *out, const char *text, size_t len, size_t enough)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + len;
	unsigned bits = 0, have = 0;
	char chunk[CHUNK];
	size_t n, room = sizeof chunk / 3;

	while (s < end && out->len < enough && !out->failed) {
		if (have == 0) {
			n = (size_t)(end - s) / 4;
			n = decode_groups(chunk, s, n < room ? n : room);
			buf_add(out, chunk, 3 * n);
			s += 4 * n;
			if (n == room || s == end)
				continue;
		}
		/* Line ends, padding, and what does not belong there. */
		if (*s == '=')
			have = 0;
		if (base64[*s] != 0) {
			bits = (bits << 6 | (base64[*s] - 1U)) & 0xfff;
			have += 6;
		}
		s++;
		if (have >= 8) {
			have -= 8;
			buf_addc(out, (int)(bits >> have & 0xff));
		}
	}
}

static bool
is_identity(const char *encoding)
{
	static const char names[][8] = { "", "7bit", "8bit", "binary" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (text_equal(encoding, names[i]))
			return true;
	return false;
}

bool
mime_decode_some(struct buf *out, const char *encoding, const char *bytes, size_t len, size_t max)
{
	size_t before = out->len, enough = max < SIZE_MAX - before ? before + max : SIZE_MAX;

	if (encoding != NULL && text_equal(encoding, "quoted-printable"))
		decode_quoted_printable(out, bytes, len, enough);
	else if (encoding != NULL && text_equal(encoding, "base64"))
		decode_base64(out, bytes, len, enough);
	else if (encoding == NULL || is_identity(encoding))
		buf_add(out, bytes, len < max ? len : max);
	else
		return false;
	buf_truncate(out, enough);
	return true;
}

bool
mime_decode_body(struct buf *out, const char *encoding, const char *bytes, size_t len)
{
	return mime_decode_some(out, encoding, bytes, len, SIZE_MAX);
}
