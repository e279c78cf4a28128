/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attach_put - a file as a part of the reply
 *
 * The bytes come out as they went in.  Text stays readable in transit where
 * that is certain: its line ends are LF, and no line is too long.  All else
 * is base64, carriage returns too, as quoted-printable would lose track of
 * them.  A message must not be encoded (RFC 2046 5.2.1): attach_type() has
 * made sure that it need not be.
 *
 * Failures: the output buffer's sticky error.
 */
#include "attach.h"

#include <string.h>

#include "mime.h"
#include "text.h"

#define UTF16_MARK 2

/* The charset of a text, NULL: not known. */
static const char *
charset_of(const struct attachment *a)
{
	if (text_is_ascii(a->bytes, a->len))
		return "us-ascii";
	if (a->len >= UTF16_MARK && (memcmp(a->bytes, "\xff\xfe", UTF16_MARK) == 0 || memcmp(a->bytes, "\xfe\xff", UTF16_MARK) == 0))
		return "utf-16";
	return text_utf8_valid(a->bytes, a->len) ? "utf-8" : NULL;
}

static enum mime_encoding
encoding_of(const struct attachment *a)
{
	if (text_begins(a->type, "message/"))
		return MIME_7BIT;
	if (!text_begins(a->type, "text/") || memchr(a->bytes, '\r', a->len) != NULL || !text_utf8_valid(a->bytes, a->len))
		return MIME_BASE64;
	return mime_choose_encoding(a->bytes, a->len, false);
}

/* Its lines are all ended by CRLF or all by LF: in the reply it is LF, on the wire CRLF. */
static void
put_message(struct buf *out, const struct attachment *a)
{
	const char *p = a->bytes, *end = a->bytes + a->len, *eol;
	size_t n;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		n = (size_t)(eol - p);
		buf_add(out, p, n > 0 && p[n - 1] == '\r' ? n - 1 : n);
		if (eol == end)
			break;
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
}

static void
put_contents(struct buf *out, const struct attachment *a, enum mime_encoding encoding)
{
	if (text_begins(a->type, "message/"))
		put_message(out, a);
	else if (encoding == MIME_BASE64)
		mime_put_base64(out, a->bytes, a->len);
	else {
		mime_put_body(out, a->bytes, a->len, encoding);
		/* One that belongs to the file, and one that belongs to the boundary. */
		if (a->len > 0 && a->bytes[a->len - 1] == '\n')
			buf_addc(out, '\n');
	}
}

void
attach_put(struct buf *out, const struct attachment *a)
{
	bool text = text_begins(a->type, "text/");
	enum mime_encoding encoding = encoding_of(a);

	buf_addf(out, "Content-Type: %s", a->type);
	if (text && charset_of(a) != NULL)
		buf_addf(out, "; charset=%s", charset_of(a));
	mime_put_plain_param(out, "name", a->name);
	buf_addf(out, "\nContent-Transfer-Encoding: %s\nContent-Disposition: %s", mime_encoding_name(encoding),
	    a->inlined ? "inline" : "attachment");
	mime_put_param(out, "filename", a->name);
	buf_addc(out, '\n');
	if (a->id != NULL)
		buf_addf(out, "Content-ID: <%s>\n", a->id);
	buf_addc(out, '\n');
	put_contents(out, a, encoding);
}
