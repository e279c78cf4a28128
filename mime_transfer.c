/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_transfer - content transfer encodings (RFC 2045 6), written; mime_decode.c reads them
 *
 * Quoted-printable and base64 by our own code: the
 * library's quoted-printable never breaks lines softly and leaves trailing
 * blanks, and a plain text must not cost a library.  Text comes with lines
 * that end in LF, bytes as they are; the lines written end in LF.
 *
 * Failures: the output buffer's sticky error.  Limits: BUF_MAX.
 */
#include "mime_parts.h"

#include <string.h>

#include "text.h"

#define LINE_LIMIT 998		/* RFC 5322 2.1.1, without the line end */
#define ESCAPE 0x1b
#define QP_LINE 76		/* RFC 2045 6.7 (5), the soft break's `=' included */

static const char hex[] = "0123456789ABCDEF";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const char *
mime_encoding_name(enum mime_encoding encoding)
{
	switch (encoding) {
	case MIME_8BIT:
		return "8bit";
	case MIME_QUOTED_PRINTABLE:
		return "quoted-printable";
	case MIME_BASE64:
		return "base64";
	case MIME_7BIT:
		break;
	}
	return "7bit";
}

/* A line that some mailer on the way would change: mbox writers quote `From ', SMTP clients that forget to stuff lose a dot. */
static bool
line_is_fragile(const char *line, size_t len)
{
	return len > LINE_LIMIT || (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t')) ||
	    (len >= 5 && memcmp(line, "From ", 5) == 0) || (len > 0 && line[0] == '.');
}

/* ESC and what makes it a shift of ISO 2022, which mail carries as it is (RFC 1468). */
static bool
is_shift(const char *p, const char *eol)
{
	return eol - p > 2 && p[0] == ESCAPE && (p[1] == '$' || p[1] == '(') && p[2] >= '@' && p[2] <= 'J';
}

static enum mime_encoding
choose_encoding(const char *text, size_t len, bool eight_bit, bool shifts)
{
	const char *end = text + len, *eol;
	bool fragile = false;
	size_t high = 0, control = 0;

	for (const char *line = text; line < end; line = eol + (eol < end)) {
		eol = memchr(line, '\n', (size_t)(end - line));
		if (eol == NULL)
			eol = end;
		fragile = fragile || line_is_fragile(line, (size_t)(eol - line));
		for (const char *p = line; p < eol; p++) {
			high += (unsigned char)*p >= 0x80;
			control += ((unsigned char)*p < ' ' && *p != '\t' && !(shifts && is_shift(p, eol))) || *p == 0x7f;
		}
	}
	if (!fragile && control == 0 && (high == 0 || eight_bit))
		return high == 0 ? MIME_7BIT : MIME_8BIT;
	/* Three characters for each such byte, against four for every three bytes. */
	return 6 * (high + control) <= len ? MIME_QUOTED_PRINTABLE : MIME_BASE64;
}

enum mime_encoding
mime_choose_encoding(const char *text, size_t len, bool eight_bit)
{
	return choose_encoding(text, len, eight_bit, false);
}

enum mime_encoding
mime_choose_encoding_in(const char *charset, const char *text, size_t len, bool eight_bit)
{
	return choose_encoding(text, len, eight_bit, text_begins(charset, "iso-2022-"));
}

/* Whether the byte at p must be escaped; `start': nothing stands before it on the encoded line. */
static bool
qp_escape(const char *p, const char *end, bool start)
{
	unsigned char c = (unsigned char)*p;

	if (c == ' ' || c == '\t')
		return p + 1 == end || p[1] == '\n';
	if (c < ' ' || c > '~' || c == '=')
		return true;
	return start && (c == '.' || (end - p >= 5 && memcmp(p, "From ", 5) == 0));
}

/* How many characters at p go out as they are, at most `room'; not one at the end of its line, where the width counts for more. */
static size_t
qp_run(const char *p, const char *end, size_t room)
{
	size_t n = 0, left = (size_t)(end - p);

	/* A blank is followed by what is no line end, or is not in the run. */
	while (n < room && left - n > 1 && p[n] >= ' ' && p[n] <= '~' && p[n] != '=' && p[n + 1] != '\n')
		n++;
	return n;
}

static void
put_quoted_printable(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len;
	size_t column = 0, run;

	for (const char *p = text; p < end && !out->failed; p++) {
		bool last = p + 1 == end || p[1] == '\n', escape;

		if (*p == '\n') {
			buf_addc(out, '\n');
			column = 0;
			continue;
		}
		escape = qp_escape(p, end, column == 0);
		if (column + (escape ? 3 : 1) > (size_t)(last ? QP_LINE : QP_LINE - 1)) {
			buf_add(out, "=\n", 2);
			column = 0;
			escape = qp_escape(p, end, true);
		}
		if (escape) {
			char escaped[3] = { '=', hex[(unsigned char)*p >> 4], hex[(unsigned char)*p & 15] };

			buf_add(out, escaped, sizeof escaped);
			column += sizeof escaped;
			continue;
		}
		/* The character itself, and what follows it in the same way: only the first one of a line is special. */
		run = 1 + (last ? 0 : qp_run(p + 1, end, QP_LINE - 2 - column));
		buf_add(out, p, run);
		column += run;
		p += run - 1;
	}
}

void
mime_put_base64_run(struct buf *out, const char *s, size_t len)
{
	char line[MIME_BASE64_LINE_BYTES / 3 * 4], *q = line;

	for (const unsigned char *p = (const unsigned char *)s; len > 0; p += 3) {
		size_t n = len < 3 ? len : 3;
		unsigned int bits = (unsigned int)p[0] << 16 | (n > 1 ? (unsigned int)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);

		*q++ = base64[bits >> 18];
		*q++ = base64[bits >> 12 & 63];
		*q++ = n > 1 ? base64[bits >> 6 & 63] : '=';
		*q++ = n > 2 ? base64[bits & 63] : '=';
		len -= n;
	}
	buf_add(out, line, (size_t)(q - line));
}

static void
put_base64_line(struct buf *out, const char *line, size_t len)
{
	mime_put_base64_run(out, line, len);
	buf_addc(out, '\n');
}

void
mime_put_base64(struct buf *out, const void *bytes, size_t len)
{
	const char *p = bytes;
	size_t n;

	for (; len > 0 && !out->failed; p += n, len -= n) {
		n = len < MIME_BASE64_LINE_BYTES ? len : MIME_BASE64_LINE_BYTES;
		put_base64_line(out, p, n);
	}
}

/* Text with its line ends as CRLF. */
static void
put_base64(struct buf *out, const char *text, size_t len)
{
	struct buf lines = BUF_INIT;
	const char *end = text + len, *eol;

	for (const char *p = text; p < end && !lines.failed; p = eol + (eol < end)) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		buf_add(&lines, p, (size_t)(eol - p));
		if (eol < end)
			buf_add(&lines, "\r\n", 2);
	}
	mime_put_base64(out, buf_str(&lines), lines.len);
	out->failed = out->failed || lines.failed;
	buf_free(&lines);
}

bool
mime_put_body(struct buf *out, const char *text, size_t len, enum mime_encoding encoding)
{
	if (encoding == MIME_BASE64)
		put_base64(out, text, len);
	else if (encoding == MIME_QUOTED_PRINTABLE)
		put_quoted_printable(out, text, len);
	else
		buf_add(out, text, len);
	if (len > 0 && !out->failed && out->data[out->len - 1] != '\n')
		buf_addc(out, '\n');
	return !out->failed;
}
