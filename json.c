/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - a small writer of JSON (RFC 8259)
 *
 * Everything goes to a struct buf, whose sticky error is the only failure
 * there is.  The writer keeps two facts (is a comma due, does a key wait for
 * its value) and trusts the caller to close what it opened.
 *
 * Strings come from mail, so they may hold anything: bytes that are not
 * UTF-8 become U+FFFD, and every character that a terminal could obey is
 * written as an escape.  U+0000 is such a character and survives as \u0000.
 */
#include "json.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

#define JSON_INDENT 2

void
json_init(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out };
}

void
json_end(struct json *j)
{
	buf_addc(j->out, '\n');
}

static void
new_line(struct json *j)
{
	buf_addc(j->out, '\n');
	for (unsigned i = 0; i < j->depth * JSON_INDENT; i++)
		buf_addc(j->out, ' ');
}

/* What stands between the previous token and the next value or key. */
static void
separate(struct json *j)
{
	if (j->keyed) {
		j->keyed = false;
		return;
	}
	if (j->filled)
		buf_addc(j->out, ',');
	if (j->depth > 0)
		new_line(j);
	j->filled = true;
}

static void
open_with(struct json *j, int bracket)
{
	separate(j);
	buf_addc(j->out, bracket);
	j->depth++;
	j->filled = false;
}

static void
close_with(struct json *j, int bracket)
{
	j->depth--;
	if (j->filled)
		new_line(j);
	buf_addc(j->out, bracket);
	j->filled = true;
}

void
json_object_begin(struct json *j)
{
	open_with(j, '{');
}

void
json_object_end(struct json *j)
{
	close_with(j, '}');
}

void
json_array_begin(struct json *j)
{
	open_with(j, '[');
}

void
json_array_end(struct json *j)
{
	close_with(j, ']');
}

/* s holds one valid sequence of n bytes. */
static uint32_t
code_point(const char *s, size_t n)
{
	static const unsigned char lead[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = (unsigned char)s[0] & lead[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	return c;
}

/* Controls, line separators, and what changes the direction of writing. */
static bool
is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

static void
put_character(struct buf *out, const char *s, size_t n)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	uint32_t c = code_point(s, n);

	for (const char *p = named; *p != '\0'; p += 2) {
		if ((unsigned char)*p == c) {
			buf_addc(out, '\\');
			buf_addc(out, p[1]);
			return;
		}
	}
	if (is_unsafe(c))
		buf_addf(out, "\\u%04" PRIx32, c);
	else
		buf_add(out, s, n);
}

static void
put_quoted(struct buf *out, const char *s, size_t len)
{
	buf_addc(out, '"');
	while (len > 0) {
		size_t n = text_utf8_len(s, len);

		if (n == 0) {
			buf_adds(out, "\xef\xbf\xbd");
			n = 1;
		} else
			put_character(out, s, n);
		s += n;
		len -= n;
	}
	buf_addc(out, '"');
}

void
json_key(struct json *j, const char *key)
{
	separate(j);
	put_quoted(j->out, key, strlen(key));
	buf_adds(j->out, ": ");
	j->keyed = true;
}

void
json_string_n(struct json *j, const char *s, size_t len)
{
	separate(j);
	put_quoted(j->out, s, len);
}

void
json_string(struct json *j, const char *s)
{
	if (s == NULL)
		json_null(j);
	else
		json_string_n(j, s, strlen(s));
}

void
json_int(struct json *j, int64_t n)
{
	separate(j);
	buf_addf(j->out, "%" PRId64, n);
}

void
json_bool(struct json *j, bool b)
{
	separate(j);
	buf_adds(j->out, b ? "true" : "false");
}

void
json_null(struct json *j)
{
	separate(j);
	buf_adds(j->out, "null");
}

void
json_put_string(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_string(j, s);
}

void
json_put_int(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	json_int(j, n);
}

void
json_put_bool(struct json *j, const char *key, bool b)
{
	json_key(j, key);
	json_bool(j, b);
}
