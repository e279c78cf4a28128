/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_word - encoded words in another charset than UTF-8 (RFC 2047)
 *
 * Each is converted by itself: it begins and ends in ASCII where the charset
 * has shifts, and holds whole characters.  How many fit is measured, because
 * a character's length is not known before it is written.
 *
 * Failures: the output buffer's sticky error.  Limits: WORD_MAX; at least one character goes into a word.
 */
#include "mime_parts.h"

#include <string.h>

#include "text.h"

#define WORD_MAX ((size_t)75)		/* RFC 2047 2 */
#define FRAME ((size_t)7)		/* =??B??= */
#define UTF8_MAX ((size_t)4)
#define ISO_2022 "ISO-2022-"

static void
convert(struct mime *m, struct buf *out, const char *s, size_t len)
{
	buf_reset(out);
	if (m->output.kind == OUTPUT_ICONV)
		mime_convert(m->output.to, out, s, len);
	else
		buf_add(out, s, len);
}

/* What both header fields and phrases may hold as it is. */
static bool
is_plain(char c)
{
	return (text_lower(c) >= 'a' && text_lower(c) <= 'z') || (c >= '0' && c <= '9');
}

static size_t
encoded_length(const struct buf *coded, bool base64)
{
	size_t n = 0;

	if (base64)
		return (coded->len + 2) / 3 * 4;
	for (size_t i = 0; i < coded->len; i++)
		n += is_plain(coded->data[i]) || coded->data[i] == ' ' ? 1 : 3;
	return n;
}

/* The most of s that fits: whole characters, at least one. */
static size_t
share_of(struct mime *m, struct buf *coded, const char *s, size_t len, bool base64, size_t room)
{
	size_t low = text_utf8_len(s, len), high = len < UTF8_MAX * room ? len : UTF8_MAX * room;

	if (low == 0)
		low = 1;
	while (low < high) {
		size_t middle = text_utf8_cut(s, len, low + (high - low + 1) / 2);

		/* The middle of a character: the next one up, if that is still in question. */
		if (middle <= low)
			middle = low + text_utf8_len(s + low, len - low);
		if (middle > high || middle == low)
			break;
		convert(m, coded, s, middle);
		if (encoded_length(coded, base64) <= room)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static void
put_word(struct mime *m, struct buf *out, const struct buf *coded, bool base64)
{
	static const char hex[] = "0123456789ABCDEF";

	buf_addf(out, "=?%s?%c?", m->output.name, base64 ? 'B' : 'Q');
	if (base64)
		mime_put_base64_run(out, buf_str(coded), coded->len);
	for (size_t i = 0; i < coded->len && !base64; i++) {
		unsigned char c = (unsigned char)coded->data[i];

		if (is_plain(coded->data[i])) {
			buf_addc(out, c);
		} else if (c == ' ') {
			buf_addc(out, '_');
		} else {
			buf_addc(out, '=');
			buf_addc(out, hex[c >> 4]);
			buf_addc(out, hex[c & 15]);
		}
	}
	buf_adds(out, "?=");
}

void
mime_put_output_words(struct mime *m, struct buf *out, const char *s, size_t len, bool phrase, size_t room)
{
	size_t frame = FRAME + strlen(m->output.name), share;
	struct buf coded = BUF_INIT;
	bool base64;

	convert(m, &coded, s, len);
	/* A phrase has many special characters, none of them B's; shifts are written as B (RFC 1468). */
	base64 = phrase || text_begins(m->output.name, ISO_2022) || encoded_length(&coded, true) < encoded_length(&coded, false);
	for (; len > 0 && !out->failed; s += share, len -= share) {
		buf_adds(out, room == 0 ? "\n " : " ");
		if (room == 0 || room > WORD_MAX)
			room = WORD_MAX;
		share = share_of(m, &coded, s, len, base64, room - frame);
		convert(m, &coded, s, share);
		put_word(m, out, &coded, base64);
		out->failed = out->failed || coded.failed;
		room = 0;
	}
	buf_free(&coded);
}
