/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_text_token - HTML in pieces: text, start tags, end tags
 *
 * By the rules of HTML's own tokeniser as far as they decide what is text and
 * what is not: a `<' begins markup only before a letter, `/', `!' or `?'; a
 * `>' within a quoted attribute ends nothing; a tag that has no end
 * swallows the rest.  CDATA sections end at `]]>' here.
 *
 * Each byte is looked at once, and again for each attribute that is asked
 * for.  Nothing fails but memory, by the caller's buffer.
 */
#include "html_text_parts.h"

#include <string.h>

#include "text.h"

static bool
is_letter(char c)
{
	return text_lower(c) >= 'a' && text_lower(c) <= 'z';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

struct attribute {
	const char *name, *value;
	size_t name_len, value_len;
};

/* The attribute at p, or its end when there is none: *next stands behind it. */
static bool
read_attribute(const char *p, const char *end, struct attribute *a, const char **next)
{
	const char *close;

	while (p < end && (is_blank(*p) || *p == '/'))
		p++;
	*a = (struct attribute){ p, p, 0, 0 };
	if (p == end || *p == '>') {
		*next = p;
		return false;
	}
	/* An equals sign at the front belongs to the name. */
	for (p++; p < end && !is_blank(*p) && *p != '=' && *p != '>' && *p != '/'; p++)
		continue;
	a->name_len = (size_t)(p - a->name);
	*next = p;
	while (p < end && is_blank(*p))
		p++;
	if (p == end || *p != '=')
		return true;
	for (p++; p < end && is_blank(*p); p++)
		continue;
	a->value = p;
	if (p < end && (*p == '"' || *p == '\'')) {
		close = memchr(p + 1, *p, (size_t)(end - p - 1));
		a->value++;
		p = close != NULL ? close : end;
		a->value_len = (size_t)(p - a->value);
		*next = close != NULL ? close + 1 : end;
		return true;
	}
	while (p < end && !is_blank(*p) && *p != '>')
		p++;
	a->value_len = (size_t)(p - a->value);
	*next = p;
	return true;
}

/* p stands behind `<' or `</', on a letter. */
static void
read_tag(struct html_source *s, const char *p, struct html_token *t)
{
	struct attribute a;

	t->name = p;
	while (p < s->end && !is_blank(*p) && *p != '>' && *p != '/')
		p++;
	t->name_len = (size_t)(p - t->name);
	if (t->name_len > HTML_NAME_MAX)
		t->name_len = HTML_NAME_MAX;
	t->text = p;
	while (read_attribute(p, s->end, &a, &p))
		continue;
	t->len = (size_t)(p - t->text);
	if (p == s->end) {
		t->kind = HTML_END;
		s->p = p;
		return;
	}
	s->p = p + 1;
}

static const char *
behind(const char *p, const char *end, const char *mark)
{
	const char *at = memmem(p, (size_t)(end - p), mark, strlen(mark));

	return at != NULL ? at + strlen(mark) : end;
}

/* p stands behind `<!--'. */
static const char *
comment_end(const char *p, const char *end)
{
	if (p < end && *p == '>')
		return p + 1;
	if (end - p >= 2 && memcmp(p, "->", 2) == 0)
		return p + 2;
	for (const char *begin = p; (p = memchr(p, '>', (size_t)(end - p))) != NULL; p++) {
		if (p - begin >= 2 && memcmp(p - 2, "--", 2) == 0)
			return p + 1;
		if (p - begin >= 3 && memcmp(p - 3, "--!", 3) == 0)
			return p + 1;
	}
	return end;
}

/* Comments, declarations and whatever else is no text and no tag: where it ends, or NULL when p is none. */
static const char *
passed_over(const char *p, const char *end)
{
	size_t left = (size_t)(end - p);

	if (left >= 4 && memcmp(p, "<!--", 4) == 0)
		return comment_end(p + 4, end);
	if (left >= 9 && memcmp(p, "<![CDATA[", 9) == 0)
		return behind(p, end, "]]>");
	if (left >= 2 && (p[1] == '!' || p[1] == '?'))
		return behind(p, end, ">");
	if (left >= 3 && p[1] == '/' && !is_letter(p[2]))
		return behind(p, end, ">");
	return NULL;
}

void
html_next(struct html_source *s, struct html_token *t)
{
	const char *p = s->p, *past;

	*t = (struct html_token){ .kind = HTML_TEXT };
	while (p < s->end && *p == '<' && (past = passed_over(p, s->end)) != NULL)
		p = past;
	s->p = p;
	if (p == s->end) {
		t->kind = HTML_END;
		return;
	}
	if (s->end - p >= 2 && *p == '<' && is_letter(p[1])) {
		t->kind = HTML_OPEN;
		read_tag(s, p + 1, t);
		return;
	}
	if (s->end - p >= 3 && *p == '<' && p[1] == '/') {
		t->kind = HTML_CLOSE;
		read_tag(s, p + 2, t);
		return;
	}
	/* A `<' that begins nothing is text. */
	t->text = p;
	p = memchr(p + 1, '<', (size_t)(s->end - p - 1));
	s->p = p != NULL ? p : s->end;
	t->len = (size_t)(s->p - t->text);
}

void
html_skip_raw(struct html_source *s, const char *name)
{
	size_t len = strlen(name);
	struct html_token t = { .kind = HTML_CLOSE };
	const char *p = s->p;

	for (; (p = memmem(p, (size_t)(s->end - p), "</", 2)) != NULL; p += 2) {
		if ((size_t)(s->end - p) > len + 2 && text_equal_n(p + 2, len, name) &&
		    (is_blank(p[len + 2]) || p[len + 2] == '>' || p[len + 2] == '/')) {
			read_tag(s, p + 2, &t);
			return;
		}
	}
	s->p = s->end;
}

static bool
find_attribute(const struct html_token *t, const char *name, struct attribute *a)
{
	const char *p = t->text, *end = p + t->len;

	while (read_attribute(p, end, a, &p)) {
		if (text_equal_n(a->name, a->name_len, name))
			return true;
	}
	return false;
}

bool
html_has_attribute(const struct html_token *t, const char *name)
{
	struct attribute a;

	return find_attribute(t, name, &a);
}

bool
html_attribute(const struct html_token *t, const char *name, struct buf *value)
{
	struct attribute a;
	const char *end;
	uint32_t c;
	size_t n;

	if (!find_attribute(t, name, &a))
		return false;
	end = a.value + a.value_len;
	for (const char *p = a.value; p < end; p += n) {
		n = *p == '&' ? html_reference(p, (size_t)(end - p), true, &c) : 0;
		if (n > 0) {
			text_utf8_add(value, c);
			continue;
		}
		for (n = 1; p + n < end && p[n] != '&'; n++)
			continue;
		buf_add(value, p, n);
	}
	return true;
}
