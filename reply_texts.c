/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply_texts - what a person reads of a reply: the plain text, the HTML, the quotation
 *
 * The owner's texts come from the message file (one text, or the parts of a
 * multipart) and from the HTML file; a plain text that is not there is made of the HTML.
 * The quotation is of the original's first text, decoded; it stands below the text
 * and is escaped in HTML.  A plain text with long lines is
 * written as format=flowed, so that each reader breaks its lines himself.
 *
 * Failures: the buffers' sticky error.  Limits: REPLY_EXPANDED_MAX, QUOTED_MAX.
 */
#include <string.h>

#include "flowed.h"
#include "html_text.h"
#include "quote.h"
#include "reply_parts.h"
#include "reply_report.h"
#include "text.h"

#define LONG_LINE 78			/* RFC 5322 2.1.1: a line should not be longer */
#define QUOTED_FIRST ((size_t)16 * 1024)	/* bytes of the original's text that are looked at: */
#define QUOTED_STEP 4				/* ... as many times more when that was not enough, */
#define QUOTED_MAX ((size_t)256 * 1024)	/* ... up to this */
#define CHARACTER_MAX 4				/* bytes of a character */
#define HEADER_LINE_MAX 500		/* bytes of a quoted header field */

/* Whether it is worth it: some line is long.  Blanks at the end of a line would be lost, so they keep their text as it is. */
static bool
is_to_flow(const struct buf *text)
{
	const char *p = buf_str(text), *end = p + text->len, *eol;
	bool is_long = false;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		if (eol > p && (eol[-1] == ' ' || eol[-1] == '\t') && !(eol - p == 3 && memcmp(p, "-- ", 3) == 0))
			return false;
		is_long = is_long || eol - p > LONG_LINE;
	}
	return is_long;
}

static void
end_line(struct buf *text)
{
	if (text->len > 0 && text->data[text->len - 1] != '\n')
		buf_addc(text, '\n');
}

static void
expand(const struct composition *c, struct buf *out, const struct buf *text, bool markup)
{
	template_expand(out, buf_str(text), text->len, c->values.table, markup, REPLY_EXPANDED_MAX);
}

static bool
says(const struct composition *c, const struct mime_part *part, const char *parameter, const char *want)
{
	struct buf value = BUF_INIT;
	bool is = mime_part_param(part, c->mime, "Content-Type", parameter, &value) && text_equal(buf_str(&value), want);

	buf_free(&value);
	return is;
}

/* A plain text with its author's paragraphs, where he has said what they are; HTML as text.  `max' bytes of it are looked at. */
static bool
put_part(const struct composition *c, struct buf *out, const struct mime_part *part, size_t max)
{
	struct buf text = BUF_INIT;
	bool more;

	mime_part_text(part, c->mime, &text, max);
	more = text.len + CHARACTER_MAX > max;
	if (text_equal(part->type, "text/html"))
		html_to_text(out, buf_str(&text), text.len, 0, max);
	else if (says(c, part, "format", "flowed"))
		flowed_join(out, buf_str(&text), text.len, says(c, part, "delsp", "yes"));
	else
		buf_add(out, buf_str(&text), text.len);
	out->failed = out->failed || text.failed;
	buf_free(&text);
	return more;
}

/* More lines than are wanted, so that what follows does not matter.  Empty ones may be left out. */
static bool
is_enough(const struct buf *text, unsigned lines)
{
	const char *p = buf_str(text), *end = p + text->len, *eol;
	unsigned n = 0;

	for (; n <= lines && (eol = memchr(p, '\n', (size_t)(end - p))) != NULL; p = eol + 1)
		n += eol > p;
	return n > lines;
}

/* The first text of the original, plain where there is one, else made of its HTML; so much of it as `lines' (0: all) lines take. */
static void
original_text(const struct composition *c, struct buf *out, unsigned lines)
{
	const struct mime_part *part;
	struct mime_tree tree;
	size_t max = lines == 0 ? QUOTED_MAX : QUOTED_FIRST;

	if (c->msg->kept_len == 0 || !mime_tree_read(&tree, c->msg->kept, c->msg->kept_len))
		return;
	part = mime_tree_text(&tree, "text/plain");
	if (part == NULL)
		part = mime_tree_text(&tree, "text/html");
	while (part != NULL && put_part(c, out, part, max) && max < QUOTED_MAX && !is_enough(out, lines) && !out->failed) {
		buf_reset(out);
		max *= QUOTED_STEP;
	}
	mime_tree_free(&tree);
}

/* Those that a person looks at. */
static void
original_header(const struct composition *c, struct buf *out)
{
	static const char names[][8] = { "From", "To", "Date", "Subject" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct field *f = message_find(c->msg, names[i], NULL);
		struct buf value = BUF_INIT;

		if (f == NULL)
			continue;
		mime_decode_header(c->mime, &value, f->value, f->value_len);
		buf_addf(out, "%s: %.*s\n", names[i], (int)text_utf8_cut(buf_str(&value), value.len, HEADER_LINE_MAX), buf_str(&value));
		out->failed = out->failed || value.failed;
		buf_free(&value);
	}
}

/* Clean text of one field of the original, "" when it has none. */
static const char *
field_text(const struct composition *c, const char *name, struct buf *out)
{
	const struct field *f = message_find(c->msg, name, NULL);

	if (f != NULL)
		mime_decode_header(c->mime, out, f->value, f->value_len);
	return buf_str(out);
}

/* A line of the owner's, from a file or a command line that may be older than UTF-8. */
static const char *
own_line(const char *line, struct buf *out)
{
	if (text_utf8_valid(line, strlen(line)))
		buf_adds(out, line);
	else
		text_latin1_to_utf8(out, line, strlen(line));
	return buf_str(out);
}

static void
put_attribution(const struct composition *c, struct buf *out)
{
	struct buf id = BUF_INIT, groups = BUF_INIT, group = BUF_INIT, format = BUF_INIT;
	struct quote_source source = {
		.name = c->values.table[REPLY_FROM_NAME].value,
		.address = c->values.table[REPLY_FROM].value,
		.subject = c->values.table[REPLY_SUBJECT].value,
		.when = c->rq->original_when,
		.local = c->rq->original_local,
	};

	source.message_id = field_text(c, "Message-ID", &id);
	source.newsgroups = field_text(c, "Newsgroups", &groups);
	source.newsgroup = field_text(c, "X-Newsgroup", &group);
	quote_attribution(out, own_line(c->rq->attribution, &format), &source);
	end_line(out);
	out->failed = out->failed || id.failed || groups.failed || group.failed || format.failed;
	buf_free(&format);
	buf_free(&id);
	buf_free(&groups);
	buf_free(&group);
}

/* The attribution and the quotation, apart, as the plain text has them; false: there is nothing to quote. */
static bool
quotation(const struct composition *c, struct buf *attribution, struct buf *quoted)
{
	struct buf original = BUF_INIT;

	if (c->rq->quote == ORIGINAL_NONE)
		return false;
	if (c->rq->quote == ORIGINAL_HEADER)
		original_header(c, &original);
	else
		original_text(c, &original, c->rq->quote_lines);
	quote_text(quoted, buf_str(&original), original.len, c->rq->quote_lines);
	quoted->failed = quoted->failed || original.failed;
	buf_free(&original);
	if (quoted->len == 0)
		return false;
	put_attribution(c, attribution);
	return true;
}

/* Without the marks of the first depth: the element says it. */
static void
put_unquoted(struct buf *out, const struct buf *quoted)
{
	const char *p = buf_str(quoted), *end = p + quoted->len, *eol;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		if (p < eol && *p == '>')
			p++;
		if (p < eol && *p == ' ')
			p++;
		template_put_escaped(out, p, (size_t)(eol - p));
		buf_addc(out, '\n');
	}
}

static size_t
last_tag(const struct buf *html, const char *tag)
{
	const char *s = buf_str(html);
	size_t i = html->len;

	while (i-- > 0)
		if (s[i] == '<' && text_begins(s + i, tag))
			return i;
	return html->len;
}

/* Where the document ends for the eye: before </body>, </html>, or at its end. */
static size_t
end_of_body(const struct buf *html)
{
	size_t at = last_tag(html, "</body");

	return at < html->len ? at : last_tag(html, "</html");
}

static void
quote_in_html(struct buf *html, const struct buf *attribution, const struct buf *quoted)
{
	struct buf whole = BUF_INIT;
	size_t at = end_of_body(html);

	buf_add(&whole, buf_str(html), at);
	buf_adds(&whole, "\n<div style=\"margin-top:1em\">");
	template_put_escaped(&whole, buf_str(attribution), attribution->len);
	buf_adds(&whole, "</div>\n<blockquote type=\"cite\" style=\"margin:0 0 0 0.8ex;border-left:2px solid #ccc;padding-left:1ex\">"
	    "<div style=\"white-space:pre-wrap\">");
	put_unquoted(&whole, quoted);
	buf_adds(&whole, "</div></blockquote>\n");
	buf_add(&whole, buf_str(html) + at, html->len - at);
	whole.failed = whole.failed || html->failed;
	buf_free(html);
	*html = whole;
}

/* Behind the owner's text, in place of a quotation. */
static void
forward(struct reply_texts *t, const struct composition *c)
{
	struct buf original = BUF_INIT, marker = BUF_INIT;

	original_text(c, &original, 0);
	end_line(&t->plain);
	buf_addc(&t->plain, '\n');
	report_put_forwarded(&t->plain, c->mime, c->msg, own_line(c->rq->forward_marker != NULL ? c->rq->forward_marker : REPORT_MARKER, &marker),
	    buf_str(&original), c->template.parameters.len > 0);
	t->plain.failed = t->plain.failed || original.failed || marker.failed;
	buf_free(&original);
	buf_free(&marker);
}

/* Where the owner's signature begins: his own, the last one; or the end. */
static size_t
signature(const struct buf *text)
{
	static const char mark[] = "\n-- \n";
	const char *s = buf_str(text), *end = s + text->len, *found = NULL, *p;

	for (p = s; (p = memmem(p, (size_t)(end - p), mark, sizeof mark - 1)) != NULL; p++)
		found = p;
	return found != NULL ? (size_t)(found + 1 - s) : text->len;
}

/* Above the signature: mail programs take what is below it for a part of it. */
static void
quote_in_plain(struct buf *text, const struct buf *attribution, const struct buf *quoted)
{
	size_t at = signature(text);
	struct buf below = BUF_INIT;

	buf_add(&below, buf_str(text) + at, text->len - at);
	buf_truncate(text, at);
	end_line(text);
	buf_addc(text, '\n');
	buf_add(text, buf_str(attribution), attribution->len);
	buf_add(text, buf_str(quoted), quoted->len);
	if (below.len > 0)
		buf_addc(text, '\n');
	buf_add(text, buf_str(&below), below.len);
	text->failed = text->failed || below.failed;
	buf_free(&below);
}

static void
quote(struct reply_texts *t, const struct composition *c)
{
	struct buf attribution = BUF_INIT, quoted = BUF_INIT;

	if (quotation(c, &attribution, &quoted)) {
		quote_in_plain(&t->plain, &attribution, &quoted);
		if (t->has_html)
			quote_in_html(&t->html, &attribution, &quoted);
	}
	t->plain.failed = t->plain.failed || attribution.failed || quoted.failed;
	buf_free(&attribution);
	buf_free(&quoted);
}

static void
note(struct reply_texts *t, const char *line)
{
	struct buf plain = BUF_INIT, html = BUF_INIT;
	size_t at = last_tag(&t->html, "<body");

	buf_addf(&plain, "%s\n\n", line);
	buf_add(&plain, buf_str(&t->plain), t->plain.len);
	plain.failed = plain.failed || t->plain.failed;
	buf_free(&t->plain);
	t->plain = plain;
	if (!t->has_html)
		return;
	at = at < t->html.len ? at + strcspn(buf_str(&t->html) + at, ">") : at;
	at = at < t->html.len ? at + 1 : 0;
	buf_add(&html, buf_str(&t->html), at);
	buf_adds(&html, "<p>");
	template_put_escaped(&html, line, strlen(line));
	buf_adds(&html, "</p>\n");
	buf_add(&html, buf_str(&t->html) + at, t->html.len - at);
	html.failed = html.failed || t->html.failed;
	buf_free(&t->html);
	t->html = html;
}

/* Its author may have said himself how his lines are meant. */
static void
flow(struct reply_texts *t, const struct composition *c)
{
	struct buf flowed = BUF_INIT;

	if (c->template.parameters.len > 0) {
		t->flowed = false;
		return;
	}
	if (!is_to_flow(&t->plain))
		return;
	flowed_put(&flowed, buf_str(&t->plain), t->plain.len, &t->flowed);
	if (!t->flowed) {
		buf_free(&flowed);
		return;
	}
	flowed.failed = flowed.failed || t->plain.failed;
	buf_free(&t->plain);
	t->plain = flowed;
}

void
reply_texts_make(struct reply_texts *t, const struct composition *c)
{
	const struct template *template = &c->template;

	*t = (struct reply_texts){ .has_html = true };
	if (c->html.len > 0)
		expand(c, &t->html, &c->html, true);
	else if (template->html.len > 0)
		expand(c, &t->html, &template->html, true);
	else
		t->has_html = false;
	t->has_plain = template->has_plain && (template->body.len > 0 || !t->has_html);
	if (t->has_plain)
		expand(c, &t->plain, &template->body, template->markup);
	else if (t->has_html)
		html_to_text(&t->plain, buf_str(&t->html), t->html.len, 0, REPLY_EXPANDED_MAX);
	t->has_plain = t->has_plain || t->plain.len > 0;
	if (c->rq->report.form == REPLY_FORM_FORWARD)
		forward(t, c);
	else if (!template->markup)
		quote(t, c);
	if (c->rq->note != NULL)
		note(t, c->rq->note);
	end_line(&t->plain);
	end_line(&t->html);
	if (!template->markup)
		flow(t, c);
}

void
reply_texts_free(struct reply_texts *t)
{
	buf_free(&t->plain);
	buf_free(&t->html);
}
