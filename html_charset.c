/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_charset - the charset that an HTML text says of itself
 *
 * A scan for tags, not a parser: what stands in comments does not count, and
 * what stands in a script would.  Linear: no byte is looked at more than a few times.
 *
 * Failures: the buffer's sticky error.  Limits: none of its own.
 */
#include "html_charset.h"

#include <string.h>

#include "text.h"

struct range {
	const char *p;		/* NULL: not there */
	size_t len;
};

/* What of a tag's attributes tells a charset. */
struct tag {
	struct range charset, content, encoding;
	bool is_type;		/* http-equiv=Content-Type */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && (is_blank(*p) || *p == '/' || *p == '?'))
		p++;
	return p;
}

/* The value behind an equals sign, quoted or not; returns what is behind it. */
static const char *
read_value(const char *p, const char *end, struct range *value)
{
	const char *close;

	while (p < end && is_blank(*p))
		p++;
	if (p < end && (*p == '"' || *p == '\'')) {
		close = memchr(p + 1, *p, (size_t)(end - p - 1));
		if (close == NULL)
			close = end;
		*value = (struct range){ p + 1, (size_t)(close - p - 1) };
		return close + (close < end);
	}
	for (close = p; close < end && !is_blank(*close) && *close != '>';)
		close++;
	*value = (struct range){ p, (size_t)(close - p) };
	return close;
}

static void
take_attribute(struct tag *t, struct range name, struct range value)
{
	if (text_equal_n(name.p, name.len, "charset"))
		t->charset = value;
	else if (text_equal_n(name.p, name.len, "content"))
		t->content = value;
	else if (text_equal_n(name.p, name.len, "encoding"))
		t->encoding = value;
	else if (text_equal_n(name.p, name.len, "http-equiv"))
		t->is_type = text_equal_n(value.p, value.len, "content-type");
}

/* The attributes from p on; returns where the tag ends. */
static const char *
read_tag(struct tag *t, const char *p, const char *end)
{
	*t = (struct tag){ .is_type = false };
	for (p = skip_blanks(p, end); p < end && *p != '>'; p = skip_blanks(p, end)) {
		struct range name = { p, 0 }, value = { p, 0 };

		/* An equals sign with no name before it is a name's first character. */
		for (p++; p < end && !is_blank(*p) && *p != '=' && *p != '>' && *p != '/';)
			p++;
		name.len = (size_t)(p - name.p);
		while (p < end && is_blank(*p))
			p++;
		if (p < end && *p == '=')
			p = read_value(p + 1, end, &value);
		take_attribute(t, name, value);
	}
	return p;
}

/* `text/html; charset=NAME': the name. */
static struct range
in_content(struct range content)
{
	static const char word[] = "charset";
	const char *p = content.p, *end = content.p + content.len;
	struct range name = { NULL, 0 };

	for (; end - p > (ptrdiff_t)strlen(word); p++) {
		const char *q = p + strlen(word);

		if (!text_equal_n(p, strlen(word), word))
			continue;
		while (q < end && is_blank(*q))
			q++;
		if (q == end || *q != '=')
			continue;
		for (q++; q < end && (is_blank(*q) || *q == '"' || *q == '\'');)
			q++;
		for (name.p = q; q < end && !is_blank(*q) && *q != ';' && *q != '"' && *q != '\'' && *q != ',';)
			q++;
		name.len = (size_t)(q - name.p);
		break;
	}
	return name;
}

/* The charset that the tag at p tells; *next is behind it. */
static struct range
in_tag(const char *html, const char *p, const char *end, const char **next)
{
	static const char meta[] = "<meta", xml[] = "<?xml";
	struct range name = { NULL, 0 };
	struct tag t;

	*next = p + 1;
	if (end - p < (ptrdiff_t)sizeof meta || !is_blank(p[strlen(meta)]))
		return name;
	if (text_equal_n(p, strlen(meta), meta)) {
		*next = read_tag(&t, p + strlen(meta), end);
		name = t.charset.p != NULL ? t.charset : t.is_type && t.content.p != NULL ? in_content(t.content) : name;
	} else if (p == html && text_equal_n(p, strlen(xml), xml)) {
		*next = read_tag(&t, p + strlen(xml), end);
		name = t.encoding;
	}
	return name;
}

bool
html_charset_find(const char *html, size_t len, size_t from, size_t *at, size_t *name_len)
{
	static const char comment[] = "<!--", comment_end[] = "-->";
	const char *end = html + len, *p = html + from, *next;
	struct range name;

	for (; (p = memchr(p, '<', (size_t)(end - p))) != NULL; p = next) {
		if (end - p >= (ptrdiff_t)strlen(comment) && memcmp(p, comment, strlen(comment)) == 0) {
			next = memmem(p, (size_t)(end - p), comment_end, strlen(comment_end));
			if (next == NULL)
				return false;
			continue;
		}
		name = in_tag(html, p, end, &next);
		if (name.len > 0) {
			*at = (size_t)(name.p - html);
			*name_len = name.len;
			return true;
		}
	}
	return false;
}

bool
html_charset(struct buf *out, const char *html, size_t len)
{
	size_t at, n;

	buf_reset(out);
	if (!html_charset_find(html, len, 0, &at, &n))
		return false;
	buf_add(out, html + at, n);
	return !out->failed;
}

void
html_charset_set(struct buf *html, const char *name)
{
	struct buf out = BUF_INIT;
	const char *s = buf_str(html);
	size_t done = 0, at = 0, n = 0;

	while (html_charset_find(s, html->len, at + n, &at, &n)) {
		if (text_equal_n(s + at, n, name))
			continue;
		buf_add(&out, s + done, at - done);
		buf_adds(&out, name);
		done = at + n;
	}
	if (done == 0)
		return;
	buf_add(&out, s + done, html->len - done);
	out.failed = out.failed || html->failed;
	buf_free(html);
	*html = out;
}
