/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply_original - the message that is answered, carried in a part of the reply
 *
 * As it came: only its line ends become those of the reply.  Which of the
 * four media types fits is found in one pass over the bytes (RFC 2046 5.2.1,
 * RFC 6522, RFC 6532, RFC 6533).  What nothing fits whole, a message of more
 * than REPORT_ORIGINAL_MAX bytes, or one with bytes in its header that are no
 * UTF-8, is carried by its header, which may be encoded.
 *
 * Failures: the buffer's sticky error.  Limits: REPORT_ORIGINAL_MAX, REPORT_HEADER_MAX.
 */
#include "reply_report.h"

#include <string.h>

#include "text.h"

#define LINE_LIMIT 998		/* RFC 5322 2.1.1, without the line end */
#define FROM_ "From "

/* What stands in a stretch of a message. */
struct traits {
	bool high;		/* bytes over 127 */
	bool utf8;		/* ... and all of it is UTF-8 */
	bool unfit;		/* NUL, a CR that ends no line, a line that is too long: binary, for MIME */
};

/* Without the mbox line in front. */
static void
skip_from_line(const char **p, size_t *len)
{
	const char *eol;
	size_t quoted = *len > 0 && **p == '>';

	if (*len < quoted + strlen(FROM_) || memcmp(*p + quoted, FROM_, strlen(FROM_)) != 0)
		return;
	eol = memchr(*p, '\n', *len);
	if (eol == NULL)
		eol = *p + *len - 1;
	*len -= (size_t)(eol + 1 - *p);
	*p = eol + 1;
}

/* A line without its end; *next is behind it. */
static size_t
line_at(const char *p, const char *end, const char **next)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	*next = eol != NULL ? eol + 1 : end;
	if (eol == NULL)
		eol = end;
	return (size_t)(eol - p) - (eol > p && eol[-1] == '\r' && *next > eol);
}

/* Bytes of the header: up to the blank line, which is not of it. */
static size_t
header_length(const char *p, size_t len)
{
	const char *next;

	for (const char *line = p; line < p + len; line = next)
		if (line_at(line, p + len, &next) == 0)
			return (size_t)(line - p);
	return len;
}

static struct traits
look(const char *p, size_t len)
{
	struct traits t = { false, false, false };
	const char *next;
	size_t n;

	for (const char *line = p; line < p + len; line = next) {
		n = line_at(line, p + len, &next);
		t.unfit = t.unfit || n > LINE_LIMIT || memchr(line, '\0', n) != NULL || memchr(line, '\r', n) != NULL;
		t.high = t.high || !text_is_ascii(line, n);
	}
	t.utf8 = t.high && text_utf8_valid(p, len);
	return t;
}

/* With LF, and one at its end. */
static void
put_lines(struct buf *out, const char *p, size_t len)
{
	const char *next;

	for (const char *line = p; line < p + len; line = next) {
		buf_add(out, line, line_at(line, p + len, &next));
		buf_addc(out, '\n');
	}
}

static void
put_head(struct buf *out, const char *type, enum mime_encoding encoding, bool attachment)
{
	buf_addf(out, "Content-Type: %s\n", type);
	if (attachment)
		buf_adds(out, "Content-Disposition: attachment\n");
	if (encoding != MIME_7BIT)
		buf_addf(out, "Content-Transfer-Encoding: %s\n", mime_encoding_name(encoding));
	buf_addc(out, '\n');
}

/* Both kinds of part that may be encoded. */
static bool
put_encoded(struct buf *out, const char *type, const struct report_original *o, const char *p, size_t len)
{
	struct buf lines = BUF_INIT;
	enum mime_encoding encoding;

	put_lines(&lines, p, len);
	encoding = mime_choose_encoding(buf_str(&lines), lines.len, o->eight_bit);
	/* RFC 6522 4: quoted-printable is the one encoding of rfc822-headers. */
	if (encoding == MIME_BASE64 && text_begins(type, "text/"))
		encoding = MIME_QUOTED_PRINTABLE;
	put_head(out, type, encoding, o->attachment);
	mime_put_body(out, buf_str(&lines), lines.len, encoding);
	out->failed = out->failed || lines.failed;
	buf_free(&lines);
	return !out->failed;
}

/* At most max bytes of it, whole fields. */
static size_t
cut_fields(const char *p, size_t len, size_t max)
{
	size_t cut = max;

	if (len <= max)
		return len;
	while (cut > 0 && !(p[cut - 1] == '\n' && p[cut] != ' ' && p[cut] != '\t'))
		cut--;
	return cut;
}

static bool
put_header_alone(struct buf *out, const struct report_original *o, const char *p, size_t len)
{
	struct traits t;

	len = cut_fields(p, len, REPORT_HEADER_MAX);
	t = look(p, len);
	return put_encoded(out, t.utf8 ? "message/global-headers" : "text/rfc822-headers", o, p, len);
}

enum carriage { AS_IT_IS, AS_GLOBAL, AS_COPY, AS_HEADER };

static enum carriage
choose(const struct report_original *o, const char *p, size_t len, size_t header)
{
	struct traits head, body;

	if (!o->whole || len > REPORT_ORIGINAL_MAX)
		return AS_HEADER;
	head = look(p, header);
	body = look(p + header, len - header);
	if (head.high)
		return head.utf8 ? AS_GLOBAL : AS_HEADER;
	if (!head.unfit && !body.unfit && (!body.high || o->eight_bit))
		return AS_IT_IS;
	return head.unfit ? AS_HEADER : AS_COPY;
}

bool
report_wants_copy(const struct report_original *o)
{
	const char *p = o->bytes;
	size_t len = o->len;

	skip_from_line(&p, &len);
	return choose(o, p, len, header_length(p, len)) == AS_COPY;
}

static bool
put_whole(struct buf *out, const struct report_original *o, const char *p, size_t len)
{
	put_head(out, "message/rfc822", text_is_ascii(p, len) ? MIME_7BIT : MIME_8BIT, o->attachment);
	put_lines(out, p, len);
	return !out->failed;
}

bool
report_put_original(struct buf *out, const struct report_original *o)
{
	const char *p = o->bytes;
	size_t len = o->len, header;
	struct traits t;

	skip_from_line(&p, &len);
	header = header_length(p, len);
	switch (choose(o, p, len, header)) {
	case AS_IT_IS:
		return put_whole(out, o, p, len);
	case AS_GLOBAL:
		return put_encoded(out, "message/global", o, p, len);
	case AS_COPY:
		if (o->copy == NULL)
			break;
		t = look(buf_str(o->copy), o->copy->len);
		if (!t.unfit && (!t.high || o->eight_bit))
			return put_whole(out, o, buf_str(o->copy), o->copy->len);
		break;
	case AS_HEADER:
		break;
	}
	return put_header_alone(out, o, p, header);
}
