/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_header - header fields that we write: folding, phrases, encoded words (RFC 5322 2.2.3, RFC 2047)
 *
 * Text is cleaned here, at the last place before the output, so that no
 * caller can let a line break through.  What is ASCII stays as it is; from
 * the first word that is not to the last one, libmailutils encodes (mime.c), or
 * mime_word.c where another charset than UTF-8 is written and the text fits.  In a
 * phrase always as base64, which has none of the characters that are
 * special there.
 *
 * Failures: false when encoded words are needed and libmailutils was not
 * loaded; the output buffer's sticky error.  Limits: MIME_FIELD_MAX, MIME_PHRASE_MAX.
 */
#include "mime_parts.h"

#include <string.h>

#include "text.h"

#define FOLD_AT 76	/* RFC 2047 2; RFC 5322 2.1.1 would have 78 without encoded words */
#define WORD_ROOM_MIN 48	/* less is left on the line: the first word goes on the next one */
#define UNBROKEN_MAX 900	/* a run without blanks is broken there: no line may exceed 998 */

bool
mime_text_needs_library(const char *s, size_t len)
{
	return !text_is_ascii(s, len) || memmem(s, len, "=?", 2) != NULL;
}

static size_t
column(const struct buf *out)
{
	const char *line = out->len > 0 ? memrchr(out->data, '\n', out->len) : NULL;

	return line != NULL ? (size_t)(out->data + out->len - line - 1) : out->len;
}

/* Words of ASCII text behind what stands there, each after a blank; the first word of a field stays on its line. */
static void
put_plain(struct buf *out, const char *s, size_t len, bool first)
{
	const char *end = s + len, *next;

	for (; s < end; s = next + (next < end), first = false) {
		size_t n;

		next = memchr(s, ' ', (size_t)(end - s));
		if (next == NULL)
			next = end;
		n = (size_t)(next - s);
		buf_adds(out, !first && column(out) + 1 + n > FOLD_AT ? "\n " : " ");
		for (; n > UNBROKEN_MAX; s += UNBROKEN_MAX, n -= UNBROKEN_MAX) {
			buf_add(out, s, UNBROKEN_MAX);
			buf_adds(out, "\n ");
		}
		buf_add(out, s, n);
	}
}

/* How many bytes of s surely go into an encoded word of `room' characters: whole UTF-8 characters. */
static size_t
word_share(const char *s, size_t len, bool base64, size_t room)
{
	size_t n = 0, cost = 0;

	room -= MIME_WORD_FRAME;
	if (base64)
		return text_utf8_cut(s, len, room / 4 * 3);
	for (; n < len; n++) {
		bool plain = (text_lower(s[n]) >= 'a' && text_lower(s[n]) <= 'z') || s[n] == ' ';

		cost += plain ? 1 : 3;
		if (cost > room)
			break;
	}
	return text_utf8_cut(s, len, n);
}

/* Q for mostly ASCII, where it stays legible, else B. */
static bool
base64_is_shorter(const char *s, size_t len)
{
	size_t high = 0;

	for (size_t i = 0; i < len; i++)
		high += (unsigned char)s[i] >= 0x80;
	return 6 * high > len;
}

static bool
fits_output(struct mime *m, const char *s, size_t len)
{
	struct buf coded = BUF_INIT;
	bool fits = m->output.kind != OUTPUT_NONE && mime_from_utf8(m, &coded, s, len);

	buf_free(&coded);
	return fits;
}

/*
 * Encoded words behind what stands there, cut by us: the library cuts at
 * any byte.  The first one is made to fit on the line, because a field
 * whose first line holds only its name is legal, and mishandled by many.
 */
static bool
put_encoded(struct mime *m, struct buf *out, const char *s, size_t len, bool phrase)
{
	bool base64 = phrase || base64_is_shorter(s, len);
	size_t share, used = column(out) + 1;
	size_t room = used + WORD_ROOM_MIN <= FOLD_AT ? FOLD_AT - used : 0;

	if (fits_output(m, s, len)) {
		mime_put_output_words(m, out, s, len, phrase, room);
		return true;
	}
	for (; len > 0; s += share, len -= share) {
		buf_adds(out, room == 0 ? "\n " : " ");
		if (room == 0 || room > MIME_WORD_MAX)
			room = MIME_WORD_MAX;
		share = word_share(s, len, base64, room);
		if (!mime_encode_word(m, out, s, share, base64))
			return false;
		room = 0;
	}
	return true;
}

/* Text on one line: what stands before the first and behind the last word that needs it stays as it is. */
static bool
put_text(struct mime *m, struct buf *out, const char *s, size_t len)
{
	size_t from = len, to = 0;

	for (size_t i = 0, n; i < len; i += n + 1) {
		const char *blank = memchr(s + i, ' ', len - i);

		n = blank != NULL ? (size_t)(blank - (s + i)) : len - i;
		if (!mime_text_needs_library(s + i, n))
			continue;
		if (from == len)
			from = i;
		to = i + n;
	}
	if (from == len) {
		put_plain(out, s, len, true);
		return true;
	}
	if (from > 0)
		put_plain(out, s, from - 1, true);
	if (!put_encoded(m, out, s + from, to - from, false))
		return false;
	if (to < len)
		put_plain(out, s + to + 1, len - to - 1, false);
	return true;
}

bool
mime_put_text_field(struct mime *m, struct buf *out, const char *name, const char *utf8)
{
	struct buf text = BUF_INIT;
	bool good;

	text_clean_line(&text, utf8, strlen(utf8), MIME_FIELD_MAX);
	buf_adds(out, name);
	buf_addc(out, ':');
	good = put_text(m, out, buf_str(&text), text.len);
	buf_addc(out, '\n');
	out->failed = out->failed || text.failed;
	buf_free(&text);
	return good && !out->failed;
}

static void
put_quoted(struct buf *out, const char *s)
{
	buf_addc(out, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_addc(out, '"');
}

static bool
is_atoms(const char *s)
{
	return s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~ ")] == '\0';
}

bool
mime_put_phrase(struct mime *m, struct buf *out, const char *utf8)
{
	struct buf text = BUF_INIT;
	bool good = true;

	text_clean_line(&text, utf8, strlen(utf8), MIME_PHRASE_MAX);
	if (mime_text_needs_library(buf_str(&text), text.len)) {
		good = put_encoded(m, out, buf_str(&text), text.len, true);
	} else {
		buf_addc(out, ' ');
		if (is_atoms(buf_str(&text)))
			buf_add(out, buf_str(&text), text.len);
		else
			put_quoted(out, buf_str(&text));
	}
	out->failed = out->failed || text.failed;
	buf_free(&text);
	return good && !out->failed;
}

