/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address_list - from text to mailboxes
 *
 * Two layers.  The list scanner splits at commas, finds angle brackets,
 * collects the display name and drops group names; it is lenient, for one bad mailbox must
 * not spoil the others.  The spec parser takes what stands between
 * brackets or commas and is strict about what may become an envelope
 * address.  The visitor sees strings in buffers that are used again for the
 * next mailbox, so that a long list costs a handful of allocations.
 *
 * Limits: ADDRESS_MAX, ADDRESS_LIST_MAX, TEXT_COMMENT_DEPTH.  Linear in the
 * list's length: an unclosed quote is looked for once, unclosed parentheses
 * and brackets a bounded number of times.  A mailbox for which there
 * is no memory counts as bad.
 */
#include "address.h"

#include <string.h>

#include "text.h"

struct spec {
	struct buf local, domain;
	bool has_domain;
};

struct list {
	const char *p, *end;
	const char *start;		/* of what may turn out to be a bare address */
	const char *comment, *comment_end;	/* the last one seen in it, without parentheses */
	struct buf name;
	bool blank;			/* the next word of the name is set off by a space */
	bool done;			/* this element has had its angle brackets */
	bool no_quotes;			/* an unclosed quote was met: from there on they are ordinary */
	struct spec spec;
	address_visit *visit;
	void *ctx;
	size_t good, bad;
	bool stop;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum { ATOM = 1, DOMAIN = 2 };

/* RFC 5322 3.2.3 atext; letters, digits, - and _ of domains.  8-bit bytes are of both (RFC 6532). */
static const unsigned char classes[128] = {
	['!'] = ATOM, ['#'] = ATOM, ['$'] = ATOM, ['%'] = ATOM, ['&'] = ATOM, ['\''] = ATOM, ['*'] = ATOM, ['+'] = ATOM,
	['-'] = ATOM | DOMAIN, ['/'] = ATOM, ['0' ... '9'] = ATOM | DOMAIN, ['='] = ATOM, ['?'] = ATOM,
	['A' ... 'Z'] = ATOM | DOMAIN, ['^'] = ATOM, ['_'] = ATOM | DOMAIN, ['`'] = ATOM, ['a' ... 'z'] = ATOM | DOMAIN,
	['{'] = ATOM, ['|'] = ATOM, ['}'] = ATOM, ['~'] = ATOM,
};

static bool
is_atom_char(char c)
{
	return (unsigned char)c >= 0x80 || (classes[(unsigned char)c] & ATOM) != 0;
}

static bool
is_domain_char(char c)
{
	return (unsigned char)c >= 0x80 || (classes[(unsigned char)c] & DOMAIN) != 0;
}

/* p stands on `['; behind the closing bracket, or NULL. */
static const char *
literal_end(const char *p, const char *end)
{
	const char *start = p;

	for (p++; p < end && *p > ' ' && *p < 0x7f && *p != '[' && *p != '\\'; p++)
		if (*p == ']')
			return p > start + 1 ? p + 1 : NULL;
	return NULL;
}

bool
address_domain_ok(const char *s, size_t len)
{
	bool label = false;

	if (len > 0 && s[0] == '[')
		return literal_end(s, s + len) == s + len;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '.' ? !label : !is_domain_char(s[i]))
			return false;
		label = s[i] != '.';
	}
	return len > 0 && text_is_clean(s, len);
}

static void
skip_cfws(struct text_cursor *c, bool lenient)
{
	if (lenient)
		text_skip_cfws(c);
}

static void
add_unquoted(struct buf *out, const char *p, const char *end)
{
	for (p++, end--; p < end; p++)
		buf_addc(out, *p == '\\' && p + 1 < end ? *++p : *p);
}

/* One word or dot of a local part; false when none comes next. */
static bool
take_local_piece(struct text_cursor *c, struct buf *out, bool *word)
{
	const char *start = c->p, *end;

	*word = true;
	if (c->p == c->end)
		return false;
	if (*c->p == '.') {
		*word = false;
		buf_addc(out, '.');
		c->p++;
	} else if (*c->p == '"') {
		if ((end = text_quoted_end(c->p, c->end)) == NULL)
			return false;
		add_unquoted(out, c->p, end);
		c->p = end;
	} else {
		while (c->p < c->end && is_atom_char(*c->p))
			c->p++;
		buf_add(out, start, (size_t)(c->p - start));
	}
	return c->p > start;
}

static bool
take_local(struct text_cursor *c, struct buf *out, bool lenient)
{
	bool after_word = false, word, any = false;

	for (skip_cfws(c, lenient); take_local_piece(c, out, &word); skip_cfws(c, lenient)) {
		if (word && after_word)
			return false;
		after_word = word;
		any = any || word;
	}
	/* An empty quoted string is grammar, but nobody's address, and its key would look like a domain's. */
	return any && out->len > 0;
}

static bool
take_domain(struct text_cursor *c, struct buf *out, bool lenient)
{
	const char *start, *end;
	bool after_label = false, label;

	skip_cfws(c, lenient);
	if (c->p < c->end && *c->p == '[') {
		if ((end = literal_end(c->p, c->end)) == NULL)
			return false;
		buf_add(out, c->p, (size_t)(end - c->p));
		c->p = end;
	} else {
		for (; c->p < c->end && (*c->p == '.' || is_domain_char(*c->p)); skip_cfws(c, lenient)) {
			label = *c->p != '.';
			if (label && after_label)
				return false;
			after_label = label;
			for (start = c->p++; label && c->p < c->end && is_domain_char(*c->p);)
				c->p++;
			buf_add(out, start, (size_t)(c->p - start));
		}
	}
	skip_cfws(c, lenient);
	return true;
}

/* RFC 5321 4.1.2 A-d-l: `@one,@two:' before the address, ignored.  false: it has no end. */
static bool
skip_route(struct text_cursor *c, struct buf *scratch, bool lenient)
{
	skip_cfws(c, lenient);
	if (c->p == c->end || *c->p != '@')
		return true;
	for (; c->p < c->end && (*c->p == '@' || *c->p == ','); skip_cfws(c, lenient))
		if (*c->p++ == '@' && !take_domain(c, scratch, lenient))
			return false;
	buf_reset(scratch);
	return c->p < c->end && *c->p++ == ':';
}

static bool
spec_fits(const struct spec *spec)
{
	return !spec->local.failed && !spec->domain.failed &&
	    spec->local.len + (spec->has_domain ? 1 + spec->domain.len : 0) <= ADDRESS_MAX &&
	    text_is_clean(buf_str(&spec->local), spec->local.len) &&
	    (!spec->has_domain || address_domain_ok(buf_str(&spec->domain), spec->domain.len));
}

/* All of s as route and address; comments and blanks are allowed when lenient. */
static bool
parse_spec(struct spec *spec, const char *s, const char *end, bool route, bool lenient)
{
	struct text_cursor c;

	text_cursor_init(&c, s, (size_t)(end - s));
	buf_reset(&spec->local);
	buf_reset(&spec->domain);
	spec->has_domain = false;
	if (route && !skip_route(&c, &spec->domain, lenient))
		return false;
	if (!take_local(&c, &spec->local, lenient))
		return false;
	if (c.p < c.end && *c.p == '@') {
		c.p++;
		spec->has_domain = true;
		if (!take_domain(&c, &spec->domain, lenient))
			return false;
	}
	return c.p == c.end && !c.bad && spec_fits(spec);
}

static void
trim(const char **s, const char **end)
{
	while (*s < *end && is_blank(**s))
		++*s;
	while (*end > *s && is_blank((*end)[-1]))
		--*end;
}

/* An address of a list, where some programs put the whole of it into quotes or apostrophes. */
static bool
parse_list_spec(struct spec *spec, const char *s, const char *end, bool route)
{
	trim(&s, &end);
	if (end - s > 2 && (*s == '"' || *s == '\'') && end[-1] == *s &&
	    parse_spec(spec, s + 1, end - 1, false, true) && spec->has_domain)
		return true;
	return parse_spec(spec, s, end, route, true);
}

static bool
is_all_cfws(const char *s, const char *end)
{
	struct text_cursor c;

	text_cursor_init(&c, s, (size_t)(end - s));
	return text_at_end(&c) && !c.bad;
}

static void
visit(struct list *l)
{
	struct address a = { l->spec.local.data, NULL, NULL };

	if (l->spec.has_domain)
		a.domain = l->spec.domain.data;
	if (l->name.len > 0)
		a.name = l->name.data;
	l->good++;
	if (!l->visit(l->ctx, &a))
		l->stop = true;
}

static void
begin_element(struct list *l)
{
	l->start = l->p;
	l->comment = NULL;
	l->blank = false;
	l->done = false;
	buf_reset(&l->name);
}

static void
add_name(struct list *l, const char *s, size_t n)
{
	if (l->blank && l->name.len > 0)
		buf_addc(&l->name, ' ');
	l->blank = false;
	buf_add(&l->name, s, n);
}

/* The element ends at l->p: without angle brackets it must have been a bare address. */
static void
end_element(struct list *l)
{
	if (l->done || is_all_cfws(l->start, l->p))
		return;
	if (!parse_list_spec(&l->spec, l->start, l->p, false)) {
		l->bad++;
		return;
	}
	buf_reset(&l->name);
	if (l->comment != NULL) {
		trim(&l->comment, &l->comment_end);
		add_name(l, l->comment, (size_t)(l->comment_end - l->comment));
	}
	visit(l);
}

static const char *
quoted_end(struct list *l, const char *p)
{
	const char *end;

	if (l->no_quotes)
		return NULL;
	end = text_quoted_end(p, l->end);
	l->no_quotes = end == NULL;
	return end;
}

/* Behind the quoted string, comment or literal that begins at p, or NULL. */
static const char *
nested_end(struct list *l, const char *p)
{
	switch (*p) {
	case '"':
		return quoted_end(l, p);
	case '(':
		return text_comment_end(p, l->end);
	case '[':
		return literal_end(p, l->end);
	default:
		return NULL;
	}
}

/*
 * Where the address behind the `<' at l->p ends: at its `>', or, when
 * another `<' or the end comes before that, at the first comma (somebody forgot
 * the `>').  NULL: this `<' is just a character.
 */
static const char *
angle_end(struct list *l)
{
	const char *p = l->p + 1, *comma = NULL, *end;

	while (p < l->end && *p != '>' && *p != '<') {
		if (comma == NULL && (*p == ',' || *p == ';'))
			comma = p;
		end = nested_end(l, p);
		p = end != NULL ? end : p + 1;
	}
	if (comma != NULL && (p == l->end || *p == '<'))
		return comma;
	return p == l->end || *p == '>' ? p : NULL;
}

static void
take_angle(struct list *l)
{
	const char *end = angle_end(l);

	if (end == NULL) {
		add_name(l, l->p++, 1);
		return;
	}
	if (parse_list_spec(&l->spec, l->p + 1, end, true) && !l->name.failed)
		visit(l);
	else
		l->bad++;
	l->p = end < l->end && *end == '>' ? end + 1 : end;
	begin_element(l);
	l->done = true;
}

static void
take_word(struct list *l)
{
	const char *start = l->p++;

	while (l->p < l->end && is_atom_char(*start) && is_atom_char(*l->p))
		l->p++;
	add_name(l, start, (size_t)(l->p - start));
}

static void
take_nested(struct list *l, const char *end)
{
	if (*l->p == '(') {
		l->comment = l->p + 1;
		l->comment_end = end - 1;
		l->blank = true;
	} else if (*l->p == '"') {
		add_name(l, "", 0);
		add_unquoted(&l->name, l->p, end);
	} else {
		add_name(l, l->p, (size_t)(end - l->p));
	}
	l->p = end;
}

static void
take_piece(struct list *l)
{
	const char *end = nested_end(l, l->p);

	if (end != NULL) {
		take_nested(l, end);
	} else if (is_blank(*l->p)) {
		l->blank = true;
		l->p++;
	} else if (*l->p == '<') {
		take_angle(l);
	} else if (*l->p == ':') {
		/* A group's name: it is no part of its first member's. */
		l->p++;
		begin_element(l);
	} else if (*l->p == ',' || *l->p == ';') {
		end_element(l);
		l->p++;
		begin_element(l);
	} else {
		take_word(l);
	}
}

size_t
address_each(const char *s, size_t len, address_visit *visitor, void *ctx, size_t *bad)
{
	struct list l = { .p = s, .end = s + len, .visit = visitor, .ctx = ctx };

	begin_element(&l);
	while (l.p < l.end && !l.stop && l.good + l.bad < ADDRESS_LIST_MAX)
		take_piece(&l);
	if (l.p == l.end && !l.stop)
		end_element(&l);
	buf_free(&l.name);
	buf_free(&l.spec.local);
	buf_free(&l.spec.domain);
	if (bad != NULL)
		*bad += l.bad;
	return l.good;
}

struct first {
	struct address *out;
	bool failed;
};

static bool
keep_first(void *ctx, const struct address *a)
{
	struct first *first = ctx;

	if (first->out->local != NULL && a->domain == NULL)
		return true;
	address_free(first->out);
	first->failed = !address_copy(first->out, a);
	return !first->failed && a->domain == NULL;
}

bool
address_first(const char *s, size_t len, struct address *out)
{
	struct first first = { out, false };

	*out = (struct address){ NULL, NULL, NULL };
	return address_each(s, len, keep_first, &first, NULL) > 0 && !first.failed;
}

bool
address_parse(const char *s, size_t len, struct address *out)
{
	struct spec spec = { BUF_INIT, BUF_INIT, false };
	const char *end = s + len;
	bool good;

	*out = (struct address){ NULL, NULL, NULL };
	trim(&s, &end);
	if (end - s >= 2 && s[0] == '<' && end[-1] == '>') {
		s++;
		end--;
		trim(&s, &end);
	}
	good = parse_spec(&spec, s, end, true, false);
	if (good) {
		struct address a = { spec.local.data, spec.has_domain ? spec.domain.data : NULL, NULL };

		good = address_copy(out, &a);
	}
	buf_free(&spec.local);
	buf_free(&spec.domain);
	return good;
}
