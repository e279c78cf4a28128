/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_part - the fields, parameters and file name of one part of a message
 *
 * libmailutils crashes on parameters that senders really write, so they are
 * read here: RFC 2231 pieces in any order, encoded words in quoted strings
 * (wrong, and what many write), raw bytes, blanks without quotes, backslashes of
 * Windows paths.
 *
 * Failures: no memory, then false.  Limits: MIME_VALUE_MAX of a field,
 * MIME_SECTIONS_MAX of a parameter, MIME_NAME_MAX.
 */
#include "mime_tree_parts.h"

#include <string.h>

#include "text.h"

#define SECTION_DIGITS 4
#define PLAIN (-1)		/* in place of a section's number */

struct section {
	int number;
	bool extended;		/* has %XX, and in the first one charset'language' */
	size_t start, len;
};

/* All that a field has of one parameter. */
struct sections {
	const char *name;
	bool loose;		/* a file's name: blanks and backslashes are part of it */
	struct buf text;
	size_t n;
	struct section section[MIME_SECTIONS_MAX];
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t
mime_field_name(const char *line, const char *eol, const char **colon)
{
	const char *p = line, *at;

	while (p < eol && (unsigned char)*p > ' ' && (unsigned char)*p < 0x7f && *p != ':')
		p++;
	for (at = p; at < eol && (*at == ' ' || *at == '\t');)
		at++;
	*colon = at;
	return at < eol && *at == ':' ? (size_t)(p - line) : 0;
}

bool
mime_next_field(const char **p, const char *end, struct mime_field *f)
{
	const char *next, *eol, *colon;

	for (const char *line = *p; line < end; line = next) {
		eol = mime_line_end(line, end, &next);
		f->name = line;
		f->name_len = mime_field_name(line, eol, &colon);
		if (f->name_len == 0)
			continue;
		f->value = colon + 1;
		while (next < end && (*next == ' ' || *next == '\t'))
			eol = mime_line_end(next, end, &next);
		f->value_len = (size_t)(eol - f->value);
		f->end = *p = next;
		return true;
	}
	*p = end;
	return false;
}

bool
mime_part_field(const struct mime_part *part, const char *name, struct buf *out)
{
	const char *p = part->head, *end = p + part->head_len, *s, *eol;
	struct mime_field f;

	buf_reset(out);
	do
		if (!mime_next_field(&p, end, &f))
			return false;
	while (!text_equal_n(f.name, f.name_len, name));
	end = f.value + (f.value_len < MIME_VALUE_MAX ? f.value_len : MIME_VALUE_MAX);
	for (s = f.value; s < end && is_blank(*s);)
		s++;
	while (end > s && is_blank(end[-1]))
		end--;
	while (s < end && !out->failed) {
		const char *next, *text = s;

		eol = mime_line_end(text, end, &next);
		while (eol > text && eol[-1] == '\r')
			eol--;
		buf_add(out, text, (size_t)(eol - text));
		s = next;
	}
	return !out->failed;
}

bool
mime_part_is(const struct mime_part *part, const char *major)
{
	size_t len = strlen(major);

	return strncmp(part->type, major, len) == 0 && part->type[len] == '/';
}

/* Whether the name is that parameter's, with or without RFC 2231's *N and *. */
static bool
read_section_name(const struct sections *all, const char *tok, size_t len, struct section *section)
{
	size_t n = strlen(all->name), digits;

	*section = (struct section){ PLAIN, false, 0, 0 };
	if (len < n || !text_equal_n(tok, n, all->name))
		return false;
	tok += n;
	len -= n;
	if (len == 0)
		return true;
	if (*tok != '*')
		return false;
	section->extended = tok[len - 1] == '*';
	section->number = 0;
	tok++;
	len -= 1 + (section->extended && len > 1);
	for (digits = 0; digits < len && digits < SECTION_DIGITS && tok[digits] >= '0' && tok[digits] <= '9'; digits++)
		section->number = 10 * section->number + (tok[digits] - '0');
	return digits == len;
}

/* c->p stands on the opening quote. */
static void
take_quoted(struct text_cursor *c, bool loose, struct buf *out)
{
	for (c->p++; c->p < c->end && *c->p != '"'; c->p++) {
		if (*c->p == '\\' && c->end - c->p > 1 && (!loose || c->p[1] == '"' || c->p[1] == '\\'))
			c->p++;
		buf_addc(out, *c->p);
	}
	if (c->p < c->end)
		c->p++;
}

/* Unquoted values often hold what RFC 2045 wants quoted. */
static void
take_value(struct text_cursor *c, bool loose, struct buf *out)
{
	const char *start, *end;

	text_skip_cfws(c);
	if (c->p < c->end && *c->p == '"') {
		take_quoted(c, loose, out);
		return;
	}
	for (start = c->p; c->p < c->end && *c->p != ';' && (loose || !is_blank(*c->p));)
		c->p++;
	for (end = c->p; end > start && is_blank(end[-1]);)
		end--;
	buf_add(out, start, (size_t)(end - start));
}

/* To behind the next semicolon outside comments and quotes; false when there is none. */
static bool
next_param(struct text_cursor *c)
{
	const char *close;

	while (!text_at_end(c)) {
		if (*c->p == '"') {
			close = text_quoted_end(c->p, c->end);
			c->p = close != NULL ? close : c->end;
		} else if (*c->p++ == ';') {
			return true;
		}
	}
	return false;
}

static void
collect(struct sections *all, const char *value, size_t len)
{
	struct text_cursor c;
	struct section section;
	const char *tok;
	size_t tok_len;

	text_cursor_init(&c, value, len);
	while (all->n < MIME_SECTIONS_MAX && next_param(&c)) {
		tok_len = text_token(&c, &tok);
		if (tok_len == 0 || !read_section_name(all, tok, tok_len, &section) || !text_take(&c, '='))
			continue;
		section.start = all->text.len;
		take_value(&c, all->loose, &all->text);
		section.len = all->text.len - section.start;
		all->section[all->n++] = section;
	}
}

void
mime_put_other_params(struct buf *out, const struct buf *value, const char *name)
{
	struct sections all = { .name = name };
	struct section section;
	struct text_cursor c;
	const char *tok;
	size_t len;

	text_cursor_init(&c, buf_str(value), value->len);
	while (next_param(&c)) {
		len = text_token(&c, &tok);
		if (len == 0 || read_section_name(&all, tok, len, &section) || !text_take(&c, '='))
			continue;
		take_value(&c, false, &all.text);
		buf_adds(out, ";\n ");
		buf_add(out, tok, (size_t)(c.p - tok));
	}
	out->failed = out->failed || all.text.failed;
	buf_free(&all.text);
}

static const struct section *
find_section(const struct sections *all, int number)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->section[i].number == number)
			return &all->section[i];
	return NULL;
}

static void
put_percent(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '%' && len - i > 2 && text_hex(s[i + 1]) >= 0 && text_hex(s[i + 2]) >= 0) {
			buf_addc(out, text_hex(s[i + 1]) << 4 | text_hex(s[i + 2]));
			i += 2;
		} else {
			buf_addc(out, s[i]);
		}
	}
}

/* charset'language' at the beginning of the first section: how much of it that is. */
static size_t
read_charset(struct buf *charset, const char *s, size_t len)
{
	const char *language = memchr(s, '\'', len), *text;

	if (language == NULL)
		return 0;
	text = memchr(language + 1, '\'', len - (size_t)(language + 1 - s));
	if (text == NULL)
		return 0;
	buf_add(charset, s, (size_t)(language - s));
	return (size_t)(text + 1 - s);
}

/* UTF-8 where it is valid, else what old programs write.  Without a struct mime as it is. */
static void
put_undeclared(const struct mime *m, struct buf *out, const char *s, size_t len)
{
	if (m == NULL || text_utf8_valid(s, len))
		buf_add(out, s, len);
	else
		text_latin1_to_utf8(out, s, len);
}

/* The numbered sections as far as there is no gap; false: there is no first one, or its charset is not to be had. */
static bool
put_sections(const struct sections *all, struct mime *m, struct buf *out, bool any_charset)
{
	struct buf raw = BUF_INIT, charset = BUF_INIT;
	const struct section *section;
	bool good = true;
	int number;

	for (number = 0; (section = find_section(all, number)) != NULL; number++) {
		const char *s = buf_str(&all->text) + section->start;
		size_t skip = section->extended && number == 0 ? read_charset(&charset, s, section->len) : 0;

		if (section->extended)
			put_percent(&raw, s + skip, section->len - skip);
		else
			buf_add(&raw, s, section->len);
	}
	good = number > 0;
	if (good && (m == NULL || charset.len == 0 || !mime_to_utf8(m, out, buf_str(&charset), buf_str(&raw), raw.len))) {
		good = m == NULL || charset.len == 0 || any_charset;
		if (good)
			put_undeclared(m, out, buf_str(&raw), raw.len);
	}
	out->failed = out->failed || raw.failed || charset.failed;
	buf_free(&raw);
	buf_free(&charset);
	return good;
}

static bool
read_param(const struct mime_part *part, struct mime *m, const char *field, const char *name, bool loose, struct buf *out)
{
	struct sections all = { .name = name, .loose = loose, .text = BUF_INIT };
	struct buf value = BUF_INIT;
	const struct section *plain;
	bool found = mime_part_field(part, field, &value);

	buf_reset(out);
	if (found)
		collect(&all, buf_str(&value), value.len);
	plain = find_section(&all, PLAIN);
	if (found && !put_sections(&all, m, out, plain == NULL)) {
		found = plain != NULL;
		if (found)
			put_undeclared(m, out, buf_str(&all.text) + plain->start, plain->len);
	}
	out->failed = out->failed || value.failed || all.text.failed;
	buf_free(&value);
	buf_free(&all.text);
	return found && !out->failed;
}

bool
mime_part_param(const struct mime_part *part, struct mime *m, const char *field, const char *name, struct buf *out)
{
	return read_param(part, m, field, name, false, out);
}

/* What stands behind the last slash, as one clean line. */
static void
put_base_name(struct mime *m, struct buf *out, const struct buf *name)
{
	struct buf text = BUF_INIT;
	const char *base;

	if (text_has_encoded_word(buf_str(name), name->len))
		mime_decode_header(m, &text, buf_str(name), name->len);
	else
		text_clean_line(&text, buf_str(name), name->len, 3 * name->len);	/* one wrong byte is three of U+FFFD */
	base = buf_str(&text) + text.len;
	while (base > buf_str(&text) && base[-1] != '/' && base[-1] != '\\')
		base--;
	if (strcmp(base, ".") != 0 && strcmp(base, "..") != 0)
		text_clean_line(out, base, strlen(base), MIME_NAME_MAX);
	out->failed = out->failed || text.failed;
	buf_free(&text);
}

bool
mime_part_name(const struct mime_part *part, struct mime *m, struct buf *out)
{
	static const char where[][2][20] = { { "Content-Disposition", "filename" }, { "Content-Type", "name" } };
	struct buf name = BUF_INIT;

	buf_reset(out);
	for (size_t i = 0; i < sizeof where / sizeof where[0] && out->len == 0; i++) {
		if (read_param(part, m, where[i][0], where[i][1], true, &name))
			put_base_name(m, out, &name);
		out->failed = out->failed || name.failed;
	}
	buf_free(&name);
	return out->len > 0 && !out->failed;
}

bool
mime_part_is_attachment(const struct mime_part *part)
{
	struct buf value = BUF_INIT;
	struct text_cursor c;
	const char *tok = "";
	size_t len = 0;
	bool disposed, referred;

	if (mime_part_field(part, "Content-Disposition", &value)) {
		text_cursor_init(&c, buf_str(&value), value.len);
		len = text_token(&c, &tok);
	}
	disposed = len > 0 && !text_equal_n(tok, len, "inline");
	referred = len > 0 || mime_part_field(part, "Content-ID", &value);
	buf_free(&value);
	if (disposed || mime_part_is(part, "text") || mime_part_is(part, "multipart"))
		return disposed;
	return !(mime_part_is(part, "image") && referred);
}
