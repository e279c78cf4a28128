/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * template - reads the owner's message file
 *
 * The file was written for a program that passed it to sendmail as it is, so
 * it may be all that a message may be: folded fields, encoded words, CRLF, a
 * transfer encoding, any charset.  What it declares is believed when it can be
 * read as that, but not against what is plainly UTF-8 or UTF-16: template_charset.c.
 * Fields that would make the reply look like something else, or send it
 * elsewhere, are dropped here.
 *
 * Failures: no memory; BAD_INPUT above REPLY_FILE_MAX bytes, REPLY_TEMPLATE_MAX of a text.
 * Limits: TEMPLATE_FIELDS_MAX, TEMPLATE_NAME_MAX.
 */
#include "template.h"

#include <string.h>

#include "html_charset.h"
#include "reply.h"
#include "text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define FIELD_DROPPED_MAX 32
#define ESCAPE 0x1b	/* begins the shifts of ISO 2022, whose text is valid ASCII */

/* Ours, or absent (DESIGN.md, What leaves the program); the transport's own traces. */
static const char dropped[][FIELD_DROPPED_MAX] = {
	"Auto-Submitted", "In-Reply-To", "References", "To", "Cc", "Bcc", "Dcc", "Fcc", "Apparently-To", "Return-Path",
	"Received", "Message-ID", "Date", "Sender", "Return-Receipt-To", "Disposition-Notification-To",
	"X-Confirm-Reading-To", "Delivered-To", "Envelope-To", "X-Original-To", "MIME-Version", "Content-Length", "Lines",
	"X-Backsoon",
};

static bool
is_dropped(const char *name)
{
	for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
		if (text_equal(name, dropped[i]))
			return true;
	if (text_begins(name, "Content-"))
		return !text_equal(name, "Content-Language");
	return text_begins(name, "Resent-") || strlen(name) > TEMPLATE_NAME_MAX;
}

void
template_normalise(struct buf *out, const char *s, size_t len)
{
	const char *end = s + len, *p = s;

	if (len >= strlen(BYTE_ORDER_MARK) && memcmp(s, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		p = s += strlen(BYTE_ORDER_MARK);
	for (; p < end; p++) {
		if (*p != '\r' && *p != '\0')
			continue;
		buf_add(out, s, (size_t)(p - s));
		if (*p == '\r' && (p + 1 == end || p[1] != '\n'))
			buf_addc(out, '\n');
		s = p + 1;
	}
	buf_add(out, s, (size_t)(end - s));
}

/* The whole file with its line ends; what is in UTF-16 or UTF-32 is so from its first byte on. */
static void
read_file(struct buf *out, const char *bytes, size_t len)
{
	const char *wide = mime_guess_wide(bytes, len);
	struct buf text = BUF_INIT;

	if (wide == NULL) {
		template_normalise(out, bytes, len);
		return;
	}
	buf_add(&text, bytes, len);
	template_from_wide(&text);
	template_normalise(out, buf_str(&text), text.len);
	out->failed = out->failed || text.failed;
	buf_free(&text);
}

static const char *
line_end(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol != NULL ? eol : end;
}

static bool
is_blank_line(const char *p, const char *eol)
{
	while (p < eol && (*p == ' ' || *p == '\t'))
		p++;
	return p == eol;
}

/* The colon behind a field name (RFC 5322 2.2), or NULL. */
static const char *
name_end(const char *p, const char *eol)
{
	const char *start = p;

	while (p < eol && *p > ' ' && *p < 0x7f && *p != ':')
		p++;
	return p > start && p < eol && *p == ':' ? p : NULL;
}

/* The field at p, unfolded, into head; returns where the next line begins. */
static const char *
read_field(struct template *t, const char *p, const char *colon, const char *end)
{
	struct template_field f;
	const char *eol;

	f.name = t->head.len;
	buf_add(&t->head, p, (size_t)(colon - p));
	buf_addc(&t->head, '\0');
	f.value = t->head.len;
	p = colon + 1;
	for (;;) {
		eol = line_end(p, end);
		buf_add(&t->head, p, (size_t)(eol - p));
		p = eol + (eol < end);
		if (p == end || (*p != ' ' && *p != '\t') || is_blank_line(p, line_end(p, end)))
			break;
	}
	buf_addc(&t->head, '\0');
	if (t->nfields < TEMPLATE_FIELDS_MAX && !t->head.failed)
		t->fields[t->nfields++] = f;
	return p;
}

/* The header fields; returns where they end.  `*body' is behind the blank line. */
static const char *
read_head(struct template *t, const char *p, const char *end, const char **body)
{
	const char *colon, *eol;

	buf_reset(&t->head);
	t->nfields = 0;
	for (*body = p; p < end; *body = p) {
		eol = line_end(p, end);
		if (is_blank_line(p, eol)) {
			*body = eol + (eol < end);
			return p;
		}
		colon = name_end(p, eol);
		if (colon == NULL)
			return p;
		p = read_field(t, p, colon, end);
	}
	return p;
}

const char *
template_head_value(const char *bytes, size_t len, const char *name, size_t *value_len)
{
	const char *p = bytes, *end = bytes + len, *eol, *colon;

	if (len >= strlen(BYTE_ORDER_MARK) && memcmp(p, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		p += strlen(BYTE_ORDER_MARK);
	for (; p < end; p = eol + 1) {
		eol = line_end(p, end);
		if (p > bytes && (*p == ' ' || *p == '\t') && !is_blank_line(p, eol))
			continue;
		colon = name_end(p, eol);
		if (colon == NULL)
			return NULL;
		if (text_equal_n(p, (size_t)(colon - p), name)) {
			*value_len = (size_t)(eol - colon - 1);
			return colon + 1;
		}
	}
	return NULL;
}

bool
template_names_author(const char *bytes, size_t len)
{
	size_t value_len;
	const char *value = template_head_value(bytes, len, "From", &value_len);

	return value != NULL && memchr(value, '@', value_len) != NULL;
}

const char *
template_value(const struct template *t, const char *name)
{
	for (size_t i = 0; i < t->nfields; i++)
		if (text_equal(template_at(t, t->fields[i].name), name))
			return template_at(t, t->fields[i].value);
	return NULL;
}

static void
drop_fields(struct template *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->nfields; i++)
		if (!is_dropped(template_at(t, t->fields[i].name)))
			t->fields[kept++] = t->fields[i];
	t->nfields = kept;
}

/* Of a file that does not say what it is: who saves a page has a page. */
static bool
looks_like_html(const char *p, const char *end)
{
	size_t left;

	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n'))
		p++;
	left = (size_t)(end - p);
	return (left > 14 && text_equal_n(p, 14, "<!doctype html")) || (left > 5 && text_equal_n(p, 5, "<html"));
}

/* Takes the charset and, for the reply, a text subtype and RFC 3676's parameters; all else is text/plain. */
static void
read_type(struct template *t, bool is_html)
{
	static const char kept[][8] = { "format", "delsp" };
	const char *value = template_value(t, "Content-Type"), *type, *subtype = "";
	struct text_cursor c;
	size_t len, sublen = 0;
	struct buf parameter = BUF_INIT;

	if (value == NULL && is_html)
		value = "text/html";
	text_cursor_init(&c, value != NULL ? value : "", value != NULL ? strlen(value) : 0);
	len = text_token(&c, &type);
	if (text_equal_n(type, len, "text") && text_take(&c, '/'))
		sublen = text_token(&c, &subtype);
	t->markup = sublen > 0 && !text_equal_n(subtype, sublen, "plain");
	t->has_plain = !text_equal_n(subtype, sublen, "html");
	t->markup = t->markup && t->has_plain;
	buf_adds(&t->type, "text/");
	buf_add(&t->type, t->markup ? subtype : "plain", t->markup ? sublen : 5);
	text_param(c, "charset", &t->charset);
	for (size_t i = 0; i < sizeof kept / sizeof kept[0] && sublen > 0; i++) {
		struct text_cursor token;
		const char *word;

		if (!text_param(c, kept[i], &parameter))
			continue;
		text_cursor_init(&token, buf_str(&parameter), parameter.len);
		len = text_token(&token, &word);
		if (len > 0 && text_at_end(&token))
			buf_addf(&t->parameters, "; %s=%.*s", kept[i], (int)len, word);
	}
	t->type.failed = t->type.failed || t->parameters.failed || parameter.failed;
	buf_free(&parameter);
}

/* The text with its transfer encoding undone, in UTF-8; an unknown encoding is left alone. */
static void
read_body(struct template *t, struct mime *m, const char *body, size_t len)
{
	const char *value = template_value(t, "Content-Transfer-Encoding"), *name;
	struct buf encoding = BUF_INIT, decoded = BUF_INIT;
	struct text_cursor c;
	size_t n;

	text_cursor_init(&c, value != NULL ? value : "", value != NULL ? strlen(value) : 0);
	n = text_token(&c, &name);
	buf_add(&encoding, name, n);
	if (n == 0 || !mime_decode_body(&decoded, buf_str(&encoding), body, len)) {
		buf_add(&t->body, body, len);
		n = 0;
	}
	if (t->charset.len == 0 && (t->markup || !t->has_plain))
		html_charset(&t->charset, n > 0 ? buf_str(&decoded) : body, n > 0 ? decoded.len : len);
	if (n > 0) {
		t->misread |= template_to_utf8(&decoded, m, buf_str(&t->charset));
		template_normalise(&t->body, buf_str(&decoded), decoded.len);
	} else {
		t->misread |= template_to_utf8(&t->body, m, buf_str(&t->charset));
	}
	t->body.failed = t->body.failed || encoding.failed || decoded.failed;
	buf_free(&encoding);
	buf_free(&decoded);
}

/* What somebody who means a header begins it with. */
static bool
is_known_field(const struct template *t)
{
	static const char begin[][16] = { "Subject", "From", "Reply-To", "Organization", "Precedence", "Content-", "X-" };
	size_t i;

	for (i = 0; i < sizeof begin / sizeof begin[0]; i++)
		if (text_begins(buf_str(&t->head) + t->fields[0].name, begin[i]))
			return true;
	return false;
}

/* A multipart, as a mail program saves it: its texts, and the parts beside them. */
static void
read_parts(struct template *t, struct mime *m, struct buf *file)
{
	t->file = *file;
	*file = (struct buf)BUF_INIT;
	if (t->file.failed || !mime_tree_read(&t->tree, buf_str(&t->file), t->file.len)) {
		t->file.failed = true;
		return;
	}
	mime_tree_expect(&t->tree, m);
	t->plain_part = mime_tree_text(&t->tree, "text/plain");
	t->html_part = mime_tree_text(&t->tree, "text/html");
	t->has_plain = t->plain_part != NULL;
	t->markup = false;
	if (t->plain_part != NULL)
		mime_part_text(t->plain_part, m, &t->body, REPLY_TEMPLATE_MAX);
	if (t->html_part != NULL)
		mime_part_text(t->html_part, m, &t->html, REPLY_TEMPLATE_MAX);
}

static bool
is_multipart(const struct template *t)
{
	const char *type = template_value(t, "Content-Type");

	return type != NULL && text_begins(type + strspn(type, " \t"), "multipart/");
}

enum confine_verdict
template_read(struct template *t, struct mime *m, const char *bytes, size_t len, bool draft)
{
	struct buf file = BUF_INIT, head = BUF_INIT;
	const char *start, *body, *end, *head_end;
	bool failed, parts, too_large = false;

	*t = (struct template){ .nfields = 0 };
	if (len > REPLY_FILE_MAX)
		return CONFINE_BAD_INPUT;
	read_file(&file, bytes, len);
	start = buf_str(&file);
	end = start + file.len;
	head_end = read_head(t, start, end, &body);
	if (body == end && t->nfields > 0 && !is_known_field(t)) {
		/* `Note: I am away', and nothing else: a text that only looks like a header field. */
		read_head(t, start, start, &body);
		head_end = start;
	}
	read_type(t, looks_like_html(body, end));
	parts = draft || is_multipart(t);
	if (!parts && end - body > (ptrdiff_t)REPLY_TEMPLATE_MAX)
		too_large = true;
	else if (!parts)
		read_body(t, m, body, (size_t)(end - body));
	if (t->charset.len > 0 || !text_utf8_valid(start, (size_t)(head_end - start)) ||
	    memchr(start, ESCAPE, (size_t)(head_end - start)) != NULL) {
		buf_add(&head, start, (size_t)(head_end - start));
		t->misread |= template_to_utf8(&head, m, buf_str(&t->charset));
		read_head(t, buf_str(&head), buf_str(&head) + head.len, &body);
	}
	if (parts)
		read_parts(t, m, &file);
	else if (!t->has_plain) {
		t->html = t->body;
		t->body = (struct buf)BUF_INIT;
	}
	drop_fields(t);
	failed = file.failed || t->file.failed || t->html.failed || head.failed || t->charset.failed || t->head.failed || t->type.failed ||
	    t->body.failed;
	buf_free(&file);
	buf_free(&head);
	if (too_large)
		return CONFINE_BAD_INPUT;
	return failed ? CONFINE_NO_MEMORY : CONFINE_OK;
}

void
template_free(struct template *t)
{
	buf_free(&t->head);
	buf_free(&t->type);
	buf_free(&t->parameters);
	buf_free(&t->charset);
	buf_free(&t->body);
	buf_free(&t->html);
	mime_tree_free(&t->tree);
	buf_free(&t->file);
}

static size_t
variable_name_len(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && ((*p >= 'A' && *p <= 'Z') || *p == '_'))
		p++;
	return (size_t)(p - s);
}

bool
template_uses(const char *s, size_t len, const char *name)
{
	const char *end = s + len, *p, *word;
	size_t n;

	for (; (p = memchr(s, '$', (size_t)(end - s))) != NULL; s = word) {
		word = p + 1;
		if (word < end && *word == '$') {
			word++;
			continue;
		}
		word += word < end && *word == '{';
		n = variable_name_len(word, end);
		if (n == strlen(name) && memcmp(word, name, n) == 0 && (p[1] != '{' || (word + n < end && word[n] == '}')))
			return true;
	}
	return false;
}

static const struct variable *
find_variable(const struct variable *v, const char *name, size_t len)
{
	for (; v->name != NULL; v++)
		if (strlen(v->name) == len && memcmp(v->name, name, len) == 0)
			return v;
	return NULL;
}

void
template_put_escaped(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len, *done = text;

	for (; text < end; text++) {
		const char *reference = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" :
		    *text == '"' ? "&quot;" : *text == '\'' ? "&#39;" : NULL;

		if (reference == NULL)
			continue;
		buf_add(out, done, (size_t)(text - done));
		buf_adds(out, reference);
		done = text + 1;
	}
	buf_add(out, done, (size_t)(end - done));
}

void
template_expand(struct buf *out, const char *s, size_t len, const struct variable *table, bool markup, size_t max)
{
	const char *end = s + len, *p, *name, *after;

	for (; (p = memchr(s, '$', (size_t)(end - s))) != NULL; s = after) {
		const struct variable *v;
		bool braces = end - p > 1 && p[1] == '{';
		size_t n;

		buf_add(out, s, (size_t)(p - s));
		name = p + 1 + braces;
		n = variable_name_len(name, end);
		after = name + n;
		v = find_variable(table, name, n);
		if (braces && (after == end || *after++ != '}'))
			v = NULL;
		if (end - p > 1 && p[1] == '$') {
			buf_addc(out, '$');
			after = p + 2;
		} else if (v == NULL) {
			buf_addc(out, '$');
			after = p + 1;
		} else if (out->len + strlen(v->value) <= max) {
			if (markup)
				template_put_escaped(out, v->value, strlen(v->value));
			else
				buf_adds(out, v->value);
		}
	}
	buf_add(out, s, (size_t)(end - s));
}
