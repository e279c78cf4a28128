/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_part_text - what a message says: which part somebody reads, and its text
 *
 * The choice is made in one walk that gives the plain and the HTML text of
 * every part that has parts.  Decoding stops when there is as much text as was asked for: a
 * piece is decoded, converted, and where it came to less than that (UTF-16, escapes of
 * ISO-2022-JP) all of it again at twice the size, which is never
 * more than twice the work.
 *
 * Failures: no memory; a transfer encoding that nobody knows.  Limits: the
 * walk goes MIME_DEPTH_MAX deep; EXPECT_MISSES.
 */
#include "mime_tree_parts.h"

#include <string.h>

#include "text.h"

#define EXPECT_MISSES 16	/* unknown charsets that are tried: each one is a search of directories */
#define SLACK ((size_t)16)	/* more than a character that a cut may have spoilt */
#define BOM "\xef\xbb\xbf"

struct shown {
	const struct mime_part *plain, *html;
};

bool
mime_part_has_parts(const struct mime_tree *tree, const struct mime_part *part)
{
	return part->next > (size_t)(part - tree->part) + 1;
}

static bool
is_all_blank(const struct mime_part *part)
{
	for (size_t i = 0; i < part->body_len; i++)
		if (memchr(" \t\r\n", part->body[i], 4) == NULL)
			return false;
	return true;
}

static bool
is_type(const struct mime_part *part, const char *type)
{
	return strcmp(part->type, type) == 0;
}

static struct shown
shown_leaf(const struct mime_part *part)
{
	struct shown shown = { NULL, NULL };

	if (is_type(part, "text/html"))
		shown.html = part;
	else if (is_type(part, "text/plain") || is_type(part, "text/markdown"))
		shown.plain = part;
	else
		return shown;
	if (mime_part_is_attachment(part) || is_all_blank(part))
		return (struct shown){ NULL, NULL };
	return shown;
}

/* Without the angle brackets that one of them may have and the other not. */
static bool
same_id(const struct buf *a, const struct buf *b)
{
	const char *s = buf_str(a), *t = buf_str(b);
	size_t n = a->len, m = b->len;

	if (n > 1 && *s == '<' && s[n - 1] == '>') {
		s++;
		n -= 2;
	}
	if (m > 1 && *t == '<' && t[m - 1] == '>') {
		t++;
		m -= 2;
	}
	return n == m && memcmp(s, t, n) == 0;
}

/* RFC 2387: the part whose Content-ID `start' names, else the first one. */
static size_t
related_root(const struct mime_tree *tree, size_t index)
{
	const struct mime_part *part = &tree->part[index];
	struct buf start = BUF_INIT, id = BUF_INIT;
	size_t root = index + 1;

	if (mime_part_param(part, NULL, "Content-Type", "start", &start))
		for (size_t i = index + 1; i < part->next; i = tree->part[i].next)
			if (mime_part_field(&tree->part[i], "Content-ID", &id) && same_id(&id, &start)) {
				root = i;
				break;
			}
	buf_free(&start);
	buf_free(&id);
	return root;
}

/* Of several alternatives the later is the better (RFC 2046 5.1.4), and one that is the text better than one that has it in some part. */
static void
choose(const struct mime_part **best, const struct mime_part *one, unsigned depth)
{
	if (one != NULL && (*best == NULL || one->depth == depth || (*best)->depth != depth))
		*best = one;
}

static struct shown
shown_part(const struct mime_tree *tree, size_t index)
{
	const struct mime_part *part = &tree->part[index];
	bool alternative = is_type(part, "multipart/alternative");
	struct shown shown = { NULL, NULL }, child;

	if (!mime_part_has_parts(tree, part))
		return shown_leaf(part);
	if (mime_part_is_attachment(part) || is_type(part, "multipart/encrypted"))
		return shown;
	if (is_type(part, "multipart/related"))
		return shown_part(tree, related_root(tree, index));
	if (is_type(part, "multipart/signed") || is_type(part, "multipart/report"))
		return shown_part(tree, index + 1);
	for (size_t i = index + 1; i < part->next; i = tree->part[i].next) {
		child = shown_part(tree, i);
		if (alternative) {
			choose(&shown.plain, child.plain, part->depth + 1);
			choose(&shown.html, child.html, part->depth + 1);
		} else if (child.plain != NULL || child.html != NULL) {
			return child;
		}
	}
	return shown;
}

const struct mime_part *
mime_tree_text(const struct mime_tree *tree, const char *type)
{
	struct shown shown = { NULL, NULL };

	if (tree->n > 0)
		shown = shown_part(tree, 0);
	return text_equal(type, "text/html") ? shown.html : text_equal(type, "text/plain") ? shown.plain : NULL;
}

/* Counts the misses; NULL is no part. */
static void
expect_part(const struct mime_part *part, struct mime *m, unsigned *misses)
{
	struct buf charset = BUF_INIT;

	if (part != NULL && *misses < EXPECT_MISSES && mime_part_is(part, "text") &&
	    mime_part_param(part, NULL, "Content-Type", "charset", &charset))
		*misses += !mime_expect_charset(m, buf_str(&charset));
	buf_free(&charset);
}

/* A name that ends at one of those characters. */
static void
expect_name(const char *s, const char *ends, struct mime *m, unsigned *misses)
{
	char charset[MIME_CHARSET_NAME_MAX + 1];
	size_t len = strcspn(s, ends);

	if (len == 0 || len > MIME_CHARSET_NAME_MAX || s[len] == '\0' || *misses == EXPECT_MISSES)
		return;
	memcpy(charset, s, len);
	charset[len] = '\0';
	*misses += !mime_expect_charset(m, charset);
}

/* Those of RFC 2231 parameters and of encoded words. */
static void
expect_field(const struct mime_part *part, const char *field, struct mime *m, unsigned *misses)
{
	struct buf value = BUF_INIT;

	if (mime_part_field(part, field, &value))
		for (const char *p = buf_str(&value); (p = strchr(p, '=')) != NULL; p++) {
			if (p[1] == '?')
				expect_name(p + 2, "?*", m, misses);
			else if (p > buf_str(&value) && p[-1] == '*')
				expect_name(p + 1 + (p[1] == '"'), "'\"", m, misses);
		}
	buf_free(&value);
}

void
mime_tree_expect(const struct mime_tree *tree, struct mime *m)
{
	unsigned misses = 0;

	expect_part(mime_tree_text(tree, "text/plain"), m, &misses);
	expect_part(mime_tree_text(tree, "text/html"), m, &misses);
	for (size_t i = 0; i < tree->n; i++)
		expect_part(&tree->part[i], m, &misses);
	for (size_t i = 0; i < tree->n; i++) {
		expect_field(&tree->part[i], "Content-Disposition", m, &misses);
		expect_field(&tree->part[i], "Content-Type", m, &misses);
	}
}

void
mime_put_lf(struct buf *out, const char *s, size_t len)
{
	const char *end = s + len, *run;

	while (s < end && !out->failed) {
		for (run = s; s < end && *s != '\r' && *s != '\0';)
			s++;
		buf_add(out, run, (size_t)(s - run));
		for (; s < end && *s == '\0';)
			s++;
		for (run = s; s < end && *s == '\r';)
			s++;
		/* Before LF any number of them is one line end, which the LF will bring. */
		for (; run < s && (s == end || *s != '\n'); run++)
			buf_addc(out, '\n');
	}
}

/* Whether the charset says nothing about bytes of 8 bits: where there are some, something else was meant. */
static bool
is_ascii_name(const char *charset)
{
	return charset[0] == '\0' || text_equal(charset, "us-ascii") || text_equal(charset, "ascii");
}

/* `whole': the bytes are not cut short. */
static void
put_converted(struct mime *m, struct buf *out, const char *charset, const struct buf *raw, bool whole)
{
	size_t len = raw->len;

	if (!is_ascii_name(charset) && mime_to_utf8(m, out, charset, buf_str(raw), raw->len))
		return;
	if (!whole && len > SLACK)
		len = text_utf8_cut(buf_str(raw), len, len - SLACK / 2);
	if (text_utf8_valid(buf_str(raw), len))
		buf_add(out, buf_str(raw), len);
	else
		text_latin1_to_utf8(out, buf_str(raw), raw->len);
}

/* Text from the first piece bytes that the body decodes to.  *whole: that was all.  false: an unknown encoding. */
static bool
read_text(const struct mime_part *part, struct mime *m, const char *const names[2], size_t piece, struct buf *out, bool *whole)
{
	struct buf raw = BUF_INIT, text = BUF_INIT;
	const char *s;
	bool known = mime_decode_some(&raw, names[0], part->body, part->body_len, piece);

	*whole = raw.len < piece;
	put_converted(m, &text, names[1], &raw, *whole);
	buf_reset(out);
	s = buf_str(&text);
	s += text_begins(s, BOM) ? strlen(BOM) : 0;
	mime_put_lf(out, s, text.len - (size_t)(s - buf_str(&text)));
	out->failed = out->failed || raw.failed || text.failed;
	buf_free(&raw);
	buf_free(&text);
	return known;
}

void
mime_part_encoding(const struct mime_part *part, struct buf *out)
{
	struct buf value = BUF_INIT;
	struct text_cursor c;

	buf_reset(out);
	if (mime_part_field(part, "Content-Transfer-Encoding", &value)) {
		text_cursor_init(&c, buf_str(&value), value.len);
		text_value(&c, out);
	}
	out->failed = out->failed || value.failed;
	buf_free(&value);
}

bool
mime_part_text(const struct mime_part *part, struct mime *m, struct buf *out, size_t max)
{
	struct buf encoding = BUF_INIT, charset = BUF_INIT, text = BUF_INIT;
	size_t piece;
	bool known, whole = false;

	mime_part_encoding(part, &encoding);
	mime_part_param(part, NULL, "Content-Type", "charset", &charset);
	if (max > BUF_MAX / 4)
		max = BUF_MAX / 4;
	piece = max + SLACK;
	do {
		known = read_text(part, m, (const char *const[2]){ buf_str(&encoding), buf_str(&charset) }, piece, &text, &whole);
		piece *= 2;
	} while (known && !whole && !text.failed && text.len < max + SLACK / 2);
	if (known)
		buf_add(out, buf_str(&text), text_utf8_cut(buf_str(&text), text.len, max));
	out->failed = out->failed || encoding.failed || charset.failed || text.failed;
	buf_free(&encoding);
	buf_free(&charset);
	buf_free(&text);
	return known && !out->failed;
}
