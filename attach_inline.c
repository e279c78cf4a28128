/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attach_inline - pictures that the owner's HTML names by cid:
 *
 * A URL `cid:NAME' (RFC 2392) in an attribute or in a style's url() names a
 * file by its name, since that is what an owner knows.  In the message it
 * needs an id that no other message has: the name's letters, and behind the
 * @ a hash of the picture, as mail programs make them; attach_put_html() puts
 * it in place of the name.
 *
 * This is no parser of HTML: `cid:' counts behind a quote, = or (, and ends
 * where that would end it.
 *
 * Failures: as attach_open(); a name that nobody has is noted in `missing'.
 * Limits: ATTACH_CIDS_MAX, ATTACH_ESCAPES_MAX, ATTACH_NAME_MAX.
 */
#include "attach_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "text.h"

#define SCHEME "cid:"
#define ENTITY "&quot;"
#define AMPERSAND "&amp;"
#define ID_LETTERS 40		/* of the name in an id */
#define FNV_START UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

static bool
stands(const char *html, size_t len, size_t at, const char *what)
{
	return at <= len && len - at >= strlen(what) && text_equal_n(html + at, strlen(what), what);
}

/* What ends a URL that begins at `at': its quote, or else blanks and the like. */
static size_t
url_length(const char *html, size_t len, size_t at)
{
	char before = html[at - 1];
	size_t end = at;

	if (before == '"' || before == '\'') {
		const char *quote = memchr(html + at, before, len - at);

		return quote != NULL ? (size_t)(quote - html) - at : len - at;
	}
	while (end < len && strchr(" \t\r\n\f\"'<>()", html[end]) == NULL && html[end] != '\0' && !stands(html, len, end, ENTITY))
		end++;
	return end - at;
}

/* Prose that speaks of cid: has a blank before it. */
static bool
may_begin(const char *html, size_t len, size_t at)
{
	return memchr("\"'=(", html[at - 1], 4) != NULL ||
	    (at >= strlen(ENTITY) && stands(html, len, at - strlen(ENTITY), ENTITY));
}

/* The next `cid:' of an HTML text from *at on: where its name stands, still encoded.  false: there is no more. */
static bool
next_cid(const char *html, size_t len, size_t *at, size_t *name_len)
{
	const size_t scheme = strlen(SCHEME);
	const char *colon;
	size_t start, url;

	for (; *at < len; *at = start + scheme) {
		colon = memchr(html + *at, ':', len - *at);
		if (colon == NULL)
			break;
		start = (size_t)(colon - html) + 1 - scheme;	/* may wrap round, and then wraps back */
		if ((size_t)(colon - html) < scheme || !stands(html, len, start, SCHEME) || !may_begin(html, len, start))
			continue;
		url = url_length(html, len, start);
		if (url > scheme) {
			*at = start + scheme;
			*name_len = url - scheme;
			return true;
		}
	}
	return false;
}

/* Its name decoded, appended.  false: no file may have that name. */
static bool
cid_name(struct buf *out, const char *cid, size_t len)
{
	size_t first = out->len, escapes = 0, i;

	for (i = 0; i < len && out->len - first <= ATTACH_NAME_MAX; i++) {
		if (cid[i] == '%' && len - i > 2 && text_hex(cid[i + 1]) >= 0 && text_hex(cid[i + 2]) >= 0) {
			if (++escapes > ATTACH_ESCAPES_MAX)
				return false;
			buf_addc(out, text_hex(cid[i + 1]) << 4 | text_hex(cid[i + 2]));
			i += 2;
		} else if (stands(cid, len, i, AMPERSAND)) {
			buf_addc(out, '&');
			i += strlen(AMPERSAND) - 1;
		} else {
			buf_addc(out, cid[i]);
		}
	}
	len = out->len - first;
	/* A name in one directory, that no shell or terminal stumbles over. */
	return !out->failed && len > 0 && len <= ATTACH_NAME_MAX && out->data[first] != '.' &&
	    memchr(out->data + first, '/', len) == NULL && text_is_clean(out->data + first, len);
}

static struct attachment *
find(const struct attachments *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (strcmp(a->item[i].name, name) == 0)
			return &a->item[i];
	return NULL;
}

/* Letters of the name, for people, and who it is, for programs: `logo.png@5f0c2a1b.3d4e5f60'. */
static bool
make_id(struct attachment *item)
{
	uint64_t hash = FNV_START;
	struct buf id = BUF_INIT;
	size_t i;
	char c;

	for (i = 0; i < item->len; i++)
		hash = (hash ^ (unsigned char)item->bytes[i]) * FNV_PRIME;
	for (i = 0; item->name[i] != '\0'; i++)
		hash = (hash ^ (unsigned char)item->name[i]) * FNV_PRIME;
	for (i = 0; item->name[i] != '\0' && id.len < ID_LETTERS; i++) {
		c = item->name[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c == '.' && id.len > 0 && id.data[id.len - 1] != '.'))
			buf_addc(&id, c);
	}
	if (id.len == 0 || id.data[id.len - 1] == '.')
		buf_addc(&id, 'x');
	buf_addf(&id, "@%08x.%08x", (unsigned)(hash >> 32), (unsigned)(hash & 0xffffffff));
	item->id = id.failed ? NULL : text_copy(buf_str(&id), id.len);
	buf_free(&id);
	return item->id != NULL;
}

/* The file beside the HTML file: NULL and ENOENT when there is none. */
static struct attachment *
add_beside(struct attachments *a, const struct home *h, const char *name, const char *html_file, uint64_t max_total, struct buf *why)
{
	const char *slash = html_file != NULL ? strrchr(html_file, '/') : NULL;
	struct buf path = BUF_INIT, trouble = BUF_INIT;
	bool good = false;
	int error = ENOMEM;

	if (slash != NULL)
		buf_add(&path, html_file, (size_t)(slash - html_file) + 1);
	buf_adds(&path, name);
	if (!path.failed) {
		good = attach_add(a, h, buf_str(&path), max_total, &trouble);
		error = errno;
	}
	if (!good && error != ENOENT)
		buf_addf(why, "%s", path.failed ? _("not enough memory") : buf_str(&trouble));
	buf_free(&path);
	buf_free(&trouble);
	errno = error;
	return good ? &a->item[a->n - 1] : NULL;
}

static bool
is_noted(const struct buf *lines, const struct buf *line)
{
	const char *p, *end;

	for (p = buf_str(lines); *p != '\0'; p = end + 1) {
		end = strchrnul(p, '\n');
		if ((size_t)(end - p) == line->len && memcmp(p, buf_str(line), line->len) == 0)
			return true;
		if (*end == '\0')
			break;
	}
	return false;
}

static void
note_missing(struct attachments *a, const char *cid, size_t len)
{
	struct buf line = BUF_INIT;

	text_clean_line(&line, cid, len, ATTACH_NAME_MAX);
	if (line.len > 0 && !is_noted(&a->missing, &line))
		buf_addf(&a->missing, "%s\n", buf_str(&line));
	buf_free(&line);
}

static bool
take_cid(struct attachments *a, const struct home *h, const char *cid, size_t len, const char *html_file, uint64_t max_total, struct buf *why)
{
	struct buf name = BUF_INIT;
	bool possible = cid_name(&name, cid, len), good = true;
	struct attachment *item = possible ? find(a, buf_str(&name)) : NULL;

	if (possible && item == NULL) {
		item = add_beside(a, h, buf_str(&name), html_file, max_total, why);
		good = item != NULL || errno == ENOENT;
	}
	if (good && item == NULL)
		note_missing(a, possible ? buf_str(&name) : cid, possible ? name.len : len);
	if (item != NULL && item->id == NULL) {
		item->inlined = true;
		good = make_id(item);
		if (!good) {
			buf_adds(why, _("not enough memory"));
			errno = ENOMEM;
		}
	}
	buf_free(&name);
	return good;
}

bool
attach_inline(struct attachments *a, const struct home *h, const char *html, size_t len, const char *html_file, uint64_t max_total,
    struct buf *why)
{
	size_t at = 0, name_len, n;

	for (n = 0; n < ATTACH_CIDS_MAX && next_cid(html, len, &at, &name_len); n++, at += name_len)
		if (!take_cid(a, h, html + at, name_len, html_file, max_total, why))
			return false;
	return true;
}

void
attach_put_html(struct buf *out, const struct attachments *a, const char *html, size_t len)
{
	struct buf name = BUF_INIT;
	const struct attachment *item;
	size_t at = 0, done = 0, name_len;

	while (next_cid(html, len, &at, &name_len)) {
		buf_reset(&name);
		item = cid_name(&name, html + at, name_len) ? find(a, buf_str(&name)) : NULL;
		if (item != NULL && item->id != NULL) {
			buf_add(out, html + done, at - done);
			buf_adds(out, item->id);
			done = at + name_len;
		}
		at += name_len;
	}
	buf_add(out, html + done, len - done);
	if (name.failed)
		out->failed = true;
	buf_free(&name);
}
