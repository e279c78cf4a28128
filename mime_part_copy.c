/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_part_copy - a part of one message for another one
 *
 * What may travel is copied as it is.  Where a body may not, only that is
 * encoded again: a multipart and a forwarded message may not be encoded as a whole (RFC 2046 5,
 * 5.2.1), so their parts are, each on its own.  What could not be opened
 * goes as application/octet-stream.
 *
 * Failures: the output buffer's sticky error.  Limits: multiparts and
 * messages in one another are opened MIME_DEPTH_MAX deep in all; a field with a line over 998 bytes is left out.
 */
#include "mime_tree_parts.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

#define LINE_LIMIT 998			/* RFC 5322 2.1.1, without the line end */
#define BOUNDARY_LEGAL ((size_t)70)	/* RFC 2046 5.1.1 */
#define FNV_START 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL

enum fields { CONTENT_FIELDS, ALL_FIELDS };

struct copy {
	const struct mime_tree *tree;
	bool eight_bit;
	unsigned depth;			/* what lies around the tree's root in an outer tree */
};

static void copy_part(struct buf *, const struct copy *, const struct mime_part *, enum fields);

static bool
may_travel(const struct copy *c, const char *s, size_t len)
{
	const char *end = s + len, *eol, *next;

	if (memchr(s, '\0', len) != NULL || (!c->eight_bit && !text_is_ascii(s, len)))
		return false;
	for (; s < end; s = next) {
		eol = mime_line_end(s, end, &next);
		if (eol < next && eol > s && eol[-1] == '\r')
			eol--;
		if (eol - s > LINE_LIMIT || memchr(s, '\r', (size_t)(eol - s)) != NULL)
			return false;
	}
	return true;
}

/* One field with its folds.  Nothing in it may end its line but what did. */
static void
put_field(struct buf *out, const struct mime_field *f)
{
	const char *next, *eol;
	size_t mark = out->len;

	for (const char *line = f->name; line < f->end; line = next) {
		eol = mime_line_end(line, f->end, &next);
		while (eol > line && eol[-1] == '\r')
			eol--;
		if (eol - line > LINE_LIMIT) {
			buf_truncate(out, mark);
			return;
		}
		for (const char *p = line; p < eol; p++)
			buf_addc(out, *p == '\r' || *p == '\0' ? ' ' : *p);
		buf_addc(out, '\n');
	}
}

/* The part's fields but `without', which may be NULL. */
static void
put_fields(struct buf *out, const struct mime_part *part, enum fields which, const char *without, const char *without_too)
{
	const char *p = part->head;
	struct mime_field f;

	while (mime_next_field(&p, part->head + part->head_len, &f)) {
		bool content = f.name_len > 8 && text_equal_n(f.name, 8, "Content-");

		if ((content || which == ALL_FIELDS) &&
		    !(without != NULL && text_equal_n(f.name, f.name_len, without)) &&
		    !(without_too != NULL && text_equal_n(f.name, f.name_len, without_too)))
			put_field(out, &f);
	}
}

/* The fields with another transfer encoding, and the empty line. */
static void
put_head(struct buf *out, const struct mime_part *part, enum fields which, const char *encoding)
{
	put_fields(out, part, which, "Content-Transfer-Encoding", NULL);
	buf_addf(out, "Content-Transfer-Encoding: %s\n\n", encoding);
}

static void
put_opaque(struct buf *out, const struct mime_part *part, enum fields which)
{
	if (which == ALL_FIELDS)
		put_fields(out, part, which, "Content-Type", "Content-Transfer-Encoding");
	buf_adds(out, "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n");
	mime_put_base64(out, part->body, part->body_len);
}

static bool
is_identity(const char *encoding)
{
	return encoding[0] == '\0' || text_equal(encoding, "7bit") || text_equal(encoding, "8bit") || text_equal(encoding, "binary");
}

static void
put_as_it_is(struct buf *out, const struct mime_part *part, enum fields which)
{
	struct buf encoding = BUF_INIT;
	bool high = !text_is_ascii(part->body, part->body_len);

	mime_part_encoding(part, &encoding);
	/* The label is what the path goes by: it has to be true. */
	if (text_equal(buf_str(&encoding), "binary") ||
	    (high && is_identity(buf_str(&encoding)) && !text_equal(buf_str(&encoding), "8bit"))) {
		put_head(out, part, which, high ? "8bit" : "7bit");
	} else {
		put_fields(out, part, which, NULL, NULL);
		buf_addc(out, '\n');
	}
	mime_put_lf(out, part->body, part->body_len);
	out->failed = out->failed || encoding.failed;
	buf_free(&encoding);
}

/* Text whose line ends are line ends; UTF-16 and its like are bytes. */
static void
put_text(struct buf *out, const struct copy *c, const struct mime_part *part, enum fields which, const struct buf *raw)
{
	struct buf text = BUF_INIT;
	enum mime_encoding encoding;

	mime_put_lf(&text, buf_str(raw), raw->len);
	encoding = mime_choose_encoding(buf_str(&text), text.len, c->eight_bit);
	put_head(out, part, which, mime_encoding_name(encoding));
	mime_put_body(out, buf_str(&text), text.len, encoding);
	/* It has ended the last line, which may have had no end. */
	if (text.len > 0 && text.data[text.len - 1] != '\n' && encoding != MIME_BASE64 && !out->failed)
		buf_truncate(out, out->len - 1);
	out->failed = out->failed || text.failed;
	buf_free(&text);
}

static void
put_encoded_again(struct buf *out, const struct copy *c, const struct mime_part *part, enum fields which)
{
	struct buf encoding = BUF_INIT, raw = BUF_INIT;

	mime_part_encoding(part, &encoding);
	if (!mime_decode_body(&raw, buf_str(&encoding), part->body, part->body_len))
		buf_add(&raw, part->body, part->body_len);
	if ((mime_part_is(part, "text") || mime_part_is(part, "message")) && memchr(buf_str(&raw), '\0', raw.len) == NULL) {
		put_text(out, c, part, which, &raw);
	} else {
		put_head(out, part, which, "base64");
		mime_put_base64(out, buf_str(&raw), raw.len);
	}
	out->failed = out->failed || encoding.failed || raw.failed;
	buf_free(&encoding);
	buf_free(&raw);
}

/* false: it cannot be opened. */
static bool
put_message(struct buf *out, const struct copy *c, const struct mime_part *part, enum fields which)
{
	struct mime_tree tree;
	struct copy inner = { &tree, c->eight_bit, c->depth + part->depth + 1 };
	struct buf encoding = BUF_INIT, text = BUF_INIT;
	bool good;

	mime_part_encoding(part, &encoding);
	good = is_identity(buf_str(&encoding));
	if (good && !mime_tree_read(&tree, part->body, part->body_len)) {
		out->failed = true;
	} else if (good) {
		copy_part(&text, &inner, &tree.part[0], ALL_FIELDS);
		put_head(out, part, which, text_is_ascii(buf_str(&text), text.len) ? "7bit" : "8bit");
		buf_add(out, buf_str(&text), text.len);
		mime_tree_free(&tree);
	}
	out->failed = out->failed || encoding.failed || text.failed;
	buf_free(&encoding);
	buf_free(&text);
	return good;
}

/* Whether a boundary is legal, and nothing in the parts looks like it. */
static bool
serves(const struct buf *boundary, const struct buf *parts)
{
	char delimiter[2 + BOUNDARY_LEGAL] = "--";	/* no memory is asked for: make_boundary() has to come to an end */

	if (boundary->len == 0 || boundary->len > BOUNDARY_LEGAL || boundary->data[boundary->len - 1] == ' ')
		return false;
	for (size_t i = 0; i < boundary->len; i++)
		if (boundary->data[i] < ' ' || boundary->data[i] > '~' || memchr("\"\\", boundary->data[i], 2) != NULL)
			return false;
	memcpy(delimiter + 2, boundary->data, boundary->len);
	return memmem(buf_str(parts), parts->len, delimiter, 2 + boundary->len) == NULL;
}

/* Out of what it is to part, so that nobody can know it before; `=_' is in no text that is quoted-printable or base64. */
static void
make_boundary(struct buf *boundary, const struct buf *parts)
{
	uint64_t hash = FNV_START;

	for (size_t i = 0; i < parts->len; i++)
		hash = (hash ^ (unsigned char)parts->data[i]) * FNV_PRIME;
	do {
		buf_reset(boundary);
		buf_addf(boundary, "=_%016llx", (unsigned long long)hash);
		hash = (hash ^ 1) * FNV_PRIME;
	} while (!boundary->failed && !serves(boundary, parts));
}

/* Head of a multipart that is encoded again; boundary is the one that it had, or becomes another. */
static void
put_multipart_head(struct buf *out, const struct mime_part *part, enum fields which, struct buf *boundary, const struct buf *parts)
{
	const char *encoding = text_is_ascii(buf_str(parts), parts->len) ? "7bit" : "8bit";
	struct buf value = BUF_INIT;

	if (serves(boundary, parts)) {
		put_head(out, part, which, encoding);
		return;
	}
	make_boundary(boundary, parts);
	mime_part_field(part, "Content-Type", &value);
	put_fields(out, part, which, "Content-Type", "Content-Transfer-Encoding");
	buf_addf(out, "Content-Type: %s;\n boundary=\"%s\"", part->type, buf_str(boundary));
	mime_put_other_params(out, &value, "boundary");
	buf_addf(out, "\nContent-Transfer-Encoding: %s\n\n", encoding);
	out->failed = out->failed || value.failed;
	buf_free(&value);
}

static void
put_multipart(struct buf *out, const struct copy *c, const struct mime_part *part, enum fields which)
{
	const struct mime_part *parts = c->tree->part;
	struct buf text = BUF_INIT, ends = BUF_INIT, boundary = BUF_INIT;
	size_t start = 0, end;

	for (size_t i = (size_t)(part - parts) + 1; i < part->next && !text.failed; i = parts[i].next) {
		copy_part(&text, c, &parts[i], ALL_FIELDS);
		buf_add(&ends, &text.len, sizeof text.len);
	}
	mime_part_param(part, NULL, "Content-Type", "boundary", &boundary);
	put_multipart_head(out, part, which, &boundary, &text);
	for (size_t i = 0; i < ends.len; i += sizeof end, start = end) {
		memcpy(&end, ends.data + i, sizeof end);
		buf_addf(out, "%s--%s\n", start > 0 ? "\n" : "", buf_str(&boundary));
		buf_add(out, buf_str(&text) + start, end - start);
	}
	buf_addf(out, "\n--%s--\n", buf_str(&boundary));
	out->failed = out->failed || text.failed || ends.failed || boundary.failed;
	buf_free(&text);
	buf_free(&ends);
	buf_free(&boundary);
}

static void
copy_part(struct buf *out, const struct copy *c, const struct mime_part *part, enum fields which)
{
	/* What a limit left over has no head. */
	bool deep = c->depth + part->depth >= MIME_DEPTH_MAX, rest = part->head_len == 0 && strcmp(part->type, "application/octet-stream") == 0;

	if (rest)
		put_opaque(out, part, which);
	else if (may_travel(c, part->body, part->body_len))
		put_as_it_is(out, part, which);
	else if (mime_part_has_parts(c->tree, part) && !deep)
		put_multipart(out, c, part, which);
	else if (mime_part_is(part, "multipart"))
		put_opaque(out, part, which);
	else if (strcmp(part->type, "message/rfc822") != 0)
		put_encoded_again(out, c, part, which);
	else if (deep || !put_message(out, c, part, which))
		put_opaque(out, part, which);
}

bool
mime_part_copy(struct buf *out, const struct mime_tree *tree, const struct mime_part *part, bool eight_bit)
{
	struct copy c = { tree, eight_bit, 0 };

	copy_part(out, &c, part, CONTENT_FIELDS);
	return !out->failed;
}
