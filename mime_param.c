/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_param - parameters of Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2231)
 *
 * A name in UTF-8 becomes name*=UTF-8''%..; one that is too long for a line
 * becomes name*0*=, name*1*= and so on, split on characters; long ASCII does
 * without the charset.  A value that looks like an encoded word is encoded,
 * because many programs would decode it in a quoted string, and so is one
 * with a quote or a backslash in it, which they unquote differently.
 *
 * Failures: the output buffer's sticky error.  Limits: MIME_PARAM_MAX.
 */
#include "mime.h"

#include <string.h>

#include "text.h"

#define LINE 76			/* the `;' behind the value included */
#define CHARSET "UTF-8''"
#define EXTENSION_MAX 16	/* bytes of an extension that stays when a name is cut */
#define LATIN_FIRST 0xc0	/* U+00C0 to U+017F: Latin-1's letters and Latin Extended-A */
#define LATIN_END 0x180
#define COMBINING_FIRST 0x300	/* accents that follow their letter, as some systems write names */
#define COMBINING_END 0x370

static const char hex[] = "0123456789ABCDEF";
static const char token[] = "!#$&+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~";
static const char latin[LATIN_END - LATIN_FIRST][3] = {
	"A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I",
	"D", "N", "O", "O", "O", "O", "O", "x", "O", "U", "U", "U", "U", "Y", "TH", "ss",
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", "_", "o", "u", "u", "u", "u", "y", "th", "y",
	"A", "a", "A", "a", "A", "a", "C", "c", "C", "c", "C", "c", "C", "c", "D", "d",
	"D", "d", "E", "e", "E", "e", "E", "e", "E", "e", "E", "e", "G", "g", "G", "g",
	"G", "g", "G", "g", "H", "h", "H", "h", "I", "i", "I", "i", "I", "i", "I", "i",
	"I", "i", "IJ", "ij", "J", "j", "K", "k", "k", "L", "l", "L", "l", "L", "l", "L",
	"l", "L", "l", "N", "n", "N", "n", "N", "n", "n", "N", "n", "O", "o", "O", "o",
	"O", "o", "OE", "oe", "R", "r", "R", "r", "R", "r", "S", "s", "S", "s", "S", "s",
	"S", "s", "T", "t", "T", "t", "T", "t", "U", "u", "U", "u", "U", "u", "U", "u",
	"U", "u", "U", "u", "W", "w", "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z", "s",
};

/* The extension of a name, with its dot, where it is a short one: its length. */
static size_t
extension_length(const char *name, size_t len)
{
	const char *dot = strrchr(name, '.');
	size_t n = dot != NULL ? (size_t)(name + len - dot) : 0;

	return n <= EXTENSION_MAX && n < len ? n : 0;
}

void
mime_cut_name(struct buf *name, size_t max)
{
	char kept[EXTENSION_MAX];
	size_t n = extension_length(buf_str(name), name->len);

	if (name->failed || name->len <= max)
		return;
	memcpy(kept, name->data + name->len - n, n);
	buf_truncate(name, text_utf8_cut(name->data, name->len, max - n));
	buf_add(name, kept, n);
}

static void
clean(struct buf *value, const char *utf8)
{
	text_clean_line(value, utf8, strlen(utf8), MIME_VALUE_MAX);
	mime_cut_name(value, MIME_PARAM_MAX);
}

/* Whether a quoted string says it to every program. */
static bool
is_simple(const struct buf *value)
{
	return text_is_ascii(buf_str(value), value->len) && strpbrk(buf_str(value), "\"\\") == NULL &&
	    strstr(buf_str(value), "=?") == NULL;
}

static void
put_quoted(struct buf *out, const char *s, size_t len)
{
	bool bare = len > 0 && strspn(s, token) >= len;

	if (!bare)
		buf_addc(out, '"');
	buf_add(out, s, len);
	if (!bare)
		buf_addc(out, '"');
}

/* The pieces that a quoted string of one line is too short for. */
static void
put_long(struct buf *out, const char *name, const char *s, size_t len)
{
	unsigned section = 0;
	size_t start, n;

	for (; len > 0 && !out->failed; s += n, len -= n) {
		start = out->len;
		buf_addf(out, ";\n %s*%u=", name, section++);
		n = LINE - (out->len - start - 2) - 3;
		n = len < n ? len : n;
		put_quoted(out, s, n);
	}
}

static size_t
put_escaped(char *to, const char *s, size_t len)
{
	/* RFC 2231 attribute-char: a token's characters without these. */
	static const char not[] = "*'%";
	size_t n = 0, i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x80 && strchr(token, c) != NULL && strchr(not, c) == NULL) {
			to[n++] = (char)c;
		} else {
			to[n++] = '%';
			to[n++] = hex[c >> 4];
			to[n++] = hex[c & 15];
		}
	}
	return n;
}

/* By RFC 2231, from the first piece on: in one line where it fits. */
static void
put_extended(struct buf *out, const char *name, const char *s, size_t len)
{
	char escaped[3 * MIME_PARAM_MAX], *p = escaped;
	size_t left = put_escaped(escaped, s, len), start, n;
	unsigned section = 0;

	if (strlen(name) + strlen(" *=;" CHARSET) + left <= LINE) {
		buf_addf(out, ";\n %s*=" CHARSET, name);
		buf_add(out, escaped, left);
		return;
	}
	for (; left > 0 && !out->failed; p += n, left -= n) {
		start = out->len;
		buf_addf(out, ";\n %s*%u*=%s", name, section, section == 0 ? CHARSET : "");
		section++;
		n = LINE - (out->len - start - 2) - 1;
		n = left < n ? left : n;
		/* Neither an escape nor a character is cut: %8x to %Bx go on with one. */
		while (n < left && n > 2 && (p[n - 1] == '%' || p[n - 2] == '%' || (p[n] == '%' && p[n + 1] >= '8' && p[n + 1] <= 'B')))
			n--;
		buf_add(out, p, n);
	}
}

void
mime_put_param(struct buf *out, const char *name, const char *utf8)
{
	struct buf value = BUF_INIT;

	clean(&value, utf8);
	if (value.failed)
		out->failed = true;
	else if (!is_simple(&value))
		put_extended(out, name, buf_str(&value), value.len);
	else if (strlen(name) + strlen(" =\"\";") + value.len > LINE)
		put_long(out, name, buf_str(&value), value.len);
	else {
		buf_addf(out, ";\n %s=", name);
		put_quoted(out, buf_str(&value), value.len);
	}
	buf_free(&value);
}

/* The character at s, which is valid UTF-8. */
static unsigned
character(const char *s, size_t width)
{
	unsigned c = width == 1 ? (unsigned char)*s : (unsigned char)*s & (0x7fu >> width);
	size_t i;

	for (i = 1; i < width; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	return c;
}

static void
put_plain(struct buf *out, unsigned c)
{
	bool after = out->len > 0 && out->data[out->len - 1] == '_';

	if (c >= COMBINING_FIRST && c < COMBINING_END)
		return;
	if (c < 0x80 && c != '"' && c != '\\' && c != '?')
		buf_addc(out, (int)c);
	else if (c >= LATIN_FIRST && c < LATIN_END)
		buf_adds(out, latin[c - LATIN_FIRST]);
	else if (c >= 0x2010 && c <= 0x2015)	/* dashes */
		buf_addc(out, '-');
	else if (c == 0x2018 || c == 0x2019)	/* apostrophes */
		buf_addc(out, '\'');
	else if (!after)
		buf_addc(out, '_');
}

void
mime_put_plain_param(struct buf *out, const char *name, const char *utf8)
{
	struct buf value = BUF_INIT, plain = BUF_INIT;
	size_t i, width;

	clean(&value, utf8);
	for (i = 0; i < value.len; i += width) {
		width = text_utf8_len(value.data + i, value.len - i);
		put_plain(&plain, character(value.data + i, width));
	}
	mime_cut_name(&plain, LINE - strlen(name) - strlen(" =\"\";"));
	buf_addf(out, ";\n %s=", name);
	put_quoted(out, buf_str(&plain), plain.len);
	if (value.failed || plain.failed)
		out->failed = true;
	buf_free(&value);
	buf_free(&plain);
}
