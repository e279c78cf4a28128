/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_wide - UTF-16 and UTF-32, read by hand
 *
 * Editors write message files in them, with a byte order mark or without;
 * a mail may not be in them, but some are.  They are told by the mark, or by the NULs
 * of an ASCII beginning, because whoever has one of these files does not know it.
 *
 * Failures: half a character becomes U+FFFD and is counted; the output
 * buffer's sticky error.  Limits: GUESS_BYTES are looked at.
 */
#include "mime_parts.h"

#include <string.h>

#include "text.h"

#define GUESS_BYTES ((size_t)512)
#define WIDE_NAME_MAX 18
#define REPLACEMENT_CHARACTER 0xfffd
#define CHARACTER_MAX 0x10ffff

/* Width in bytes and byte order of one form. */
struct form {
	unsigned int width;
	bool big;
};

static const struct {
	char name[WIDE_NAME_MAX];
	unsigned int width;
	char order;		/* b, l, or 0: not said */
} names[] = {
	{ "utf-16", 2, 0 }, { "utf-16le", 2, 'l' }, { "utf-16be", 2, 'b' }, { "utf16", 2, 0 }, { "utf16le", 2, 'l' }, { "utf16be", 2, 'b' },
	{ "ucs-2", 2, 0 }, { "ucs-2le", 2, 'l' }, { "ucs-2be", 2, 'b' }, { "iso-10646-ucs-2", 2, 0 }, { "csunicode", 2, 0 }, { "unicode", 2, 0 },
	{ "utf-32", 4, 0 }, { "utf-32le", 4, 'l' }, { "utf-32be", 4, 'b' }, { "utf32", 4, 0 }, { "utf32le", 4, 'l' }, { "utf32be", 4, 'b' },
	{ "ucs-4", 4, 0 }, { "ucs-4le", 4, 'l' }, { "ucs-4be", 4, 'b' }, { "iso-10646-ucs-4", 4, 0 },
};

static const struct {
	char mark[4];
	size_t len;
	struct form form;
	char name[WIDE_NAME_MAX];
} marks[] = {
	{ { '\xff', '\xfe', 0, 0 }, 4, { 4, false }, "UTF-32LE" },	/* before the shorter one that it begins with */
	{ { 0, 0, '\xfe', '\xff' }, 4, { 4, true }, "UTF-32BE" },
	{ { '\xff', '\xfe', 0, 0 }, 2, { 2, false }, "UTF-16LE" },
	{ { '\xfe', '\xff', 0, 0 }, 2, { 2, true }, "UTF-16BE" },
};

bool
mime_is_wide(const char *charset)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (text_equal(charset, names[i].name))
			return true;
	return false;
}

static uint32_t
unit_at(const char *p, struct form f)
{
	uint32_t unit = 0;

	for (unsigned int i = 0; i < f.width; i++)
		unit |= (uint32_t)(unsigned char)p[i] << 8 * (f.big ? f.width - 1 - i : i);
	return unit;
}

static bool
begins_with_ascii(const char *bytes, size_t len, struct form f)
{
	if (len % f.width != 0 || len < 2 * f.width)
		return false;
	for (size_t i = 0; i < 2 * f.width; i += f.width) {
		uint32_t c = unit_at(bytes + i, f);

		if (c == 0 || c >= 0x7f)
			return false;
	}
	return true;
}

const char *
mime_guess_wide(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (len >= marks[i].len && len % marks[i].form.width == 0 && memcmp(bytes, marks[i].mark, marks[i].len) == 0)
			return marks[i].name;
	for (i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (begins_with_ascii(bytes, len, marks[i].form))
			return marks[i].name;
	return NULL;
}

/* Where the text says nothing of its byte order: its blanks and line ends have a NUL on one side.  RFC 2781 4.3 else. */
static bool
is_big(const char *bytes, size_t len, unsigned int width)
{
	size_t first = 0, last = 0;

	for (size_t i = 0; i + width <= len && i < GUESS_BYTES; i += width) {
		first += bytes[i] == '\0';
		last += bytes[i + width - 1] == '\0';
	}
	return first >= last;
}

/* The form, and the length of a mark that is no part of the text. */
static struct form
form_of(const char *charset, const char *bytes, size_t len, size_t *mark)
{
	struct form f = { 2, true };
	char order = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (text_equal(charset, names[i].name)) {
			f.width = names[i].width;
			order = names[i].order;
			break;
		}
	}
	*mark = 0;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		if (marks[i].form.width == f.width && len >= marks[i].len && memcmp(bytes, marks[i].mark, marks[i].len) == 0) {
			*mark = marks[i].len;
			return marks[i].form;
		}
	}
	f.big = order == 'b' || (order == 0 && is_big(bytes, len, f.width));
	return f;
}

static bool
is_surrogate(uint32_t c)
{
	return c >= 0xd800 && c <= 0xdfff;
}

size_t
mime_read_wide(struct buf *out, const char *charset, const char *bytes, size_t len)
{
	size_t i, wrong = 0;
	struct form f = form_of(charset, bytes, len, &i);

	for (; len - i >= f.width && !out->failed; i += f.width) {
		uint32_t c = unit_at(bytes + i, f), low;

		if (f.width == 2 && c >= 0xd800 && c < 0xdc00 && len - i >= 4) {
			low = unit_at(bytes + i + 2, f);
			if (low >= 0xdc00 && low <= 0xdfff) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		if (is_surrogate(c) || c > CHARACTER_MAX) {
			c = REPLACEMENT_CHARACTER;
			wrong++;
		}
		text_utf8_add(out, c);
	}
	if (i < len) {
		text_utf8_add(out, REPLACEMENT_CHARACTER);
		wrong++;
	}
	return wrong;
}
