/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply_body - the texts, the files and the original become one body
 *
 *	report (RFC 6522)
 *	  mixed
 *	    alternative
 *	      the plain text
 *	      related
 *	        the HTML
 *	        pictures that the HTML shows
 *	    files
 *	    the original, where it is no report
 *	  what a program reads of a report
 *	  the original
 *
 * Each level is there only where it has two parts to hold together.  A draft goes out as it
 * is: its whole structure, re-encoded where mail could not carry it.
 *
 * Failures: out->failed.  Limits: those of the parts; CONFINE_OUTPUT_MAX for all.
 */
#include <string.h>

#include "attach.h"
#include "html_charset.h"
#include "reply_parts.h"
#include "reply_report.h"
#include "text.h"

#define CHARSETS_LOOKED_AT ((size_t)64 * 1024)	/* bytes of the original in which charsets are looked for */
#define CLOSING_MAX ((size_t)4096)	/* bytes of boundaries and fields around the original */

enum level { REPORT, MIXED, RELATED, ALTERNATIVE, LEVELS };

struct body {
	const struct composition *c;
	struct buf *out;
	struct reply_texts texts;
	bool wanted[LEVELS];
	struct mime_multipart multipart[LEVELS];
};

static size_t
looked_at(const struct composition *c)
{
	return c->msg->kept_len < CHARSETS_LOOKED_AT ? c->msg->kept_len : CHARSETS_LOOKED_AT;
}

/* Where a part of a multipart message file goes when it is none of the texts. */
enum destination { NOWHERE, BESIDE_HTML, BESIDE_ALL };

static bool
is_container(const struct mime_part *p)
{
	return text_equal(p->type, "multipart/mixed") || text_equal(p->type, "multipart/related") ||
	    text_equal(p->type, "multipart/alternative");
}

static enum destination
destination_of(const struct template *t, size_t i)
{
	const struct mime_part *p = &t->tree.part[i];
	struct buf id = BUF_INIT;
	bool shown;

	if (p == t->plain_part || p == t->html_part || is_container(p))
		return NOWHERE;
	shown = t->html_part != NULL && i > 0 && text_equal(t->tree.part[p->parent].type, "multipart/related") &&
	    mime_part_field(p, "Content-ID", &id);
	buf_free(&id);
	return shown ? BESIDE_HTML : BESIDE_ALL;
}

/* The next part behind i that goes there; tree.n when there is none.  What is no container of ours goes whole. */
static size_t
next_part(const struct template *t, size_t i, enum destination where)
{
	while (i < t->tree.n && destination_of(t, i) != where)
		i = is_container(&t->tree.part[i]) ? i + 1 : t->tree.part[i].next;
	return i;
}

static bool
has_part(const struct template *t, enum destination where)
{
	return next_part(t, 0, where) < t->tree.n;
}

/* The next part behind i that is a file; tree->n when there is none. */
static size_t
next_file(const struct mime_tree *tree, size_t i)
{
	while (i < tree->n && !mime_part_is_attachment(&tree->part[i]))
		i++;
	return i;
}

static bool
has_attachment(const struct composition *c, bool inlined)
{
	const struct attachments *files = c->rq->attachments;

	for (size_t i = 0; files != NULL && i < files->n; i++)
		if (files->item[i].inlined == inlined)
			return true;
	return false;
}

static void
begin(struct body *b, enum level level, const char *subtype, const char *parameters)
{
	if (b->wanted[level])
		mime_multipart_begin(b->out, &b->multipart[level], subtype, parameters, (uint64_t)b->c->rq->message_id_random ^ level);
}

/* Before each part of that level, in which there may be no other part. */
static void
part(struct body *b, enum level level)
{
	if (b->wanted[level])
		mime_multipart_part(b->out, &b->multipart[level]);
}

static void
end(struct body *b, enum level level)
{
	if (b->wanted[level])
		mime_multipart_end(b->out, &b->multipart[level]);
}

/* A text with its Content-* fields, in the charset of the reply where it fits, in UTF-8 else. */
static void
put_text(struct body *b, const char *type, const char *parameters, struct buf *text)
{
	struct buf coded = BUF_INIT;
	bool fits = mime_from_utf8(b->c->mime, &coded, buf_str(text), text->len);
	const char *charset = fits ? mime_output_name(b->c->mime) : "utf-8";
	enum mime_encoding encoding;

	/* The names are ASCII and fit wherever the text does. */
	if (text_begins(type, "text/html") || text_contains(type, "xml"))
		html_charset_set(fits ? &coded : text, charset);
	text = fits ? &coded : text;
	encoding = mime_choose_encoding_in(charset, buf_str(text), text->len, b->c->rq->eight_bit);
	buf_addf(b->out, "Content-Type: %s; charset=%s%s\nContent-Transfer-Encoding: %s\n\n", type, charset, parameters,
	    mime_encoding_name(encoding));
	mime_put_body(b->out, buf_str(text), text->len, encoding);
	b->out->failed = b->out->failed || text->failed || coded.failed;
	buf_free(&coded);
}

static void
put_plain(struct body *b)
{
	const struct template *t = &b->c->template;

	put_text(b, buf_str(&t->type), b->texts.flowed ? "; format=flowed" : buf_str(&t->parameters), &b->texts.plain);
}

static void
put_html(struct body *b)
{
	struct buf html = BUF_INIT;

	if (b->c->rq->attachments != NULL)
		attach_put_html(&html, b->c->rq->attachments, buf_str(&b->texts.html), b->texts.html.len);
	put_text(b, "text/html", "", b->c->rq->attachments != NULL ? &html : &b->texts.html);
	buf_free(&html);
}

static void
put_files(struct body *b, enum level level, bool inlined)
{
	const struct attachments *files = b->c->rq->attachments;
	const struct template *t = &b->c->template;
	enum destination where = inlined ? BESIDE_HTML : BESIDE_ALL;

	for (size_t i = b->c->rq->draft ? t->tree.n : next_part(t, 0, where); i < t->tree.n; i = next_part(t, t->tree.part[i].next, where)) {
		part(b, level);
		mime_part_copy(b->out, &t->tree, &t->tree.part[i], b->c->rq->eight_bit);
	}
	for (size_t i = 0; files != NULL && i < files->n; i++)
		if (files->item[i].inlined == inlined) {
			part(b, level);
			attach_put(b->out, &files->item[i]);
		}
}

static void
put_texts(struct body *b)
{
	begin(b, ALTERNATIVE, "alternative", "");
	part(b, ALTERNATIVE);
	if (b->texts.has_plain || !b->texts.has_html)
		put_plain(b);
	if (!b->texts.has_html)
		return;
	if (b->texts.has_plain)
		part(b, ALTERNATIVE);
	begin(b, RELATED, "related", "");
	part(b, RELATED);
	put_html(b);
	put_files(b, RELATED, true);
	end(b, RELATED);
	end(b, ALTERNATIVE);
}

/* In a form that a path of 7 bits carries, which takes another header where the body is encoded again. */
static void
copy_original(const struct body *b, struct buf *out)
{
	struct mime_tree tree;

	if (!mime_tree_read(&tree, b->c->msg->kept, b->c->msg->kept_len)) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < b->c->msg->nfields; i++) {
		const struct field *f = &b->c->msg->fields[i];

		if (!text_begins(f->name, "Content-") && text_is_ascii(f->value, f->value_len))
			mime_put_text_field(b->c->mime, out, f->name, f->value);
	}
	mime_part_copy(out, &tree, &tree.part[0], false);
	mime_tree_free(&tree);
}

/* For the original, which may come to half as much again where it is encoded anew. */
static bool
has_room(const struct body *b)
{
	size_t most = b->c->msg->kept_len + b->c->msg->kept_len / 2 + CLOSING_MAX;

	return b->out->len < CONFINE_OUTPUT_MAX && most <= CONFINE_OUTPUT_MAX - b->out->len;
}

static void
put_original(struct body *b)
{
	struct report_original o = {
		.bytes = b->c->msg->kept, .len = b->c->msg->kept_len, .eight_bit = b->c->rq->eight_bit, .attachment = true,
		/* Half a message is none, and one that makes the reply too large would be none either. */
		.whole = b->c->msg->kept_len == b->c->msg->size && has_room(b) &&
		    (b->c->rq->attach_original == ORIGINAL_WHOLE || b->c->rq->report.form == REPLY_FORM_FORWARDATT),
	};
	struct buf copy = BUF_INIT;

	if (report_wants_copy(&o)) {
		copy_original(b, &copy);
		o.copy = &copy;
	}
	part(b, b->wanted[REPORT] ? REPORT : MIXED);
	report_put_original(b->out, &o);
	b->out->failed = b->out->failed || copy.failed;
	buf_free(&copy);
}

/* The files of a message that is forwarded as text, which has no place for them. */
static void
put_forwarded_files(struct body *b, const struct mime_tree *tree)
{
	for (size_t i = next_file(tree, 0); i < tree->n; i = next_file(tree, tree->part[i].next)) {
		part(b, MIXED);
		mime_part_copy(b->out, tree, &tree->part[i], b->c->rq->eight_bit);
	}
}

/* A draft is one part, whatever it is made of. */
static void
put_main(struct body *b)
{
	struct buf note = BUF_INIT;

	if (b->c->rq->draft && b->c->rq->note != NULL) {
		buf_addf(&note, "%s\n", b->c->rq->note);
		put_text(b, "text/plain", "", &note);
		part(b, MIXED);
		buf_free(&note);
	}
	if (b->c->rq->draft && b->c->template.tree.n > 0)
		mime_part_copy(b->out, &b->c->template.tree, &b->c->template.tree.part[0], b->c->rq->eight_bit);
	else
		put_texts(b);
}

/* Which levels there are: each holds two parts at least, but for a report, whose parts are given. */
static void
find_levels(struct body *b, bool draft, bool original, bool forwarded)
{
	const struct template *t = &b->c->template;
	const char *parameters, *subtype = report_multipart(b->c->rq->report.form, &parameters);

	b->wanted[REPORT] = subtype != NULL && text_equal(subtype, "report");
	b->wanted[ALTERNATIVE] = b->texts.has_plain && b->texts.has_html;
	b->wanted[RELATED] = b->texts.has_html && (has_attachment(b->c, true) || has_part(t, BESIDE_HTML));
	b->wanted[MIXED] = has_attachment(b->c, false) || (!draft && has_part(t, BESIDE_ALL)) || (original && !b->wanted[REPORT]) || forwarded ||
	    (draft && b->c->rq->note != NULL);
}

static void
put_report(struct body *b)
{
	if (!b->wanted[REPORT])
		return;
	part(b, REPORT);
	report_put_fields(b->out, &b->c->rq->report);
}

void
reply_put_body(struct composition *c, struct buf *out)
{
	struct body b = { .c = c, .out = out };
	const char *parameters, *subtype = report_multipart(c->rq->report.form, &parameters);
	bool original = (c->rq->attach_original != ORIGINAL_NONE || c->rq->report.form == REPLY_FORM_FORWARDATT) && c->msg->kept_len > 0;
	bool draft = c->rq->draft && c->template.tree.n > 0;

	struct mime_tree forwarded = { .n = 0 };

	if (!draft)
		reply_texts_make(&b.texts, c);
	if (c->rq->report.form == REPLY_FORM_FORWARD && c->msg->kept_len == c->msg->size)
		mime_tree_read(&forwarded, c->msg->kept, c->msg->kept_len);
	find_levels(&b, draft, original, next_file(&forwarded, 0) < forwarded.n);
	buf_adds(out, "MIME-Version: 1.0\n");
	begin(&b, REPORT, subtype, parameters);
	part(&b, REPORT);
	begin(&b, MIXED, "mixed", "");
	part(&b, MIXED);
	put_main(&b);
	put_files(&b, MIXED, false);
	put_forwarded_files(&b, &forwarded);
	if (original && !b.wanted[REPORT])
		put_original(&b);
	end(&b, MIXED);
	put_report(&b);
	if (original && b.wanted[REPORT])
		put_original(&b);
	end(&b, REPORT);
	mime_tree_free(&forwarded);
	reply_texts_free(&b.texts);
}

/* What the first part that says something says of itself. */
static void
find_charset_of_part(const struct composition *c, struct buf *name)
{
	static const char parameter[] = "harset=";	/* or with a capital letter */
	const char *p = memmem(c->msg->kept, looked_at(c), parameter, strlen(parameter));
	struct text_cursor at;
	size_t left;

	if (p == NULL)
		return;
	p += strlen(parameter);
	left = (size_t)(c->msg->kept + looked_at(c) - p);
	text_cursor_init(&at, p, left < MIME_CHARSET_NAME_MAX ? left : MIME_CHARSET_NAME_MAX);
	text_value(&at, name);
}

static void
expect_output(struct composition *c)
{
	const char *wanted = c->rq->charset, *type = message_value(c->msg, "Content-Type"), *word;
	struct buf name = BUF_INIT;
	struct text_cursor at;

	if (wanted == NULL || text_equal(wanted, "utf-8"))
		return;
	text_cursor_init(&at, type != NULL ? type : "", type != NULL ? strlen(type) : 0);
	if (!text_equal(wanted, SETTINGS_CHARSET_SENDER))
		buf_adds(&name, wanted);
	else if (type != NULL && text_begins(type, "multipart/") && c->msg->kept_len > 0)
		find_charset_of_part(c, &name);
	else if (text_token(&at, &word) > 0 && text_take(&at, '/') && text_token(&at, &word) > 0)
		text_param(at, "charset", &name);
	mime_expect_output(c->mime, buf_str(&name));
	buf_free(&name);
}

/* The HTML file in UTF-8 with LF line ends. */
static bool
read_html(struct composition *c)
{
	struct buf charset = BUF_INIT, bytes = BUF_INIT;

	buf_add(&bytes, c->rq->html, c->rq->html_len);
	template_from_wide(&bytes);
	html_charset(&charset, buf_str(&bytes), bytes.len);
	template_to_utf8(&bytes, c->mime, buf_str(&charset));
	template_normalise(&c->html, buf_str(&bytes), bytes.len);
	c->html.failed = c->html.failed || bytes.failed || charset.failed;
	buf_free(&bytes);
	buf_free(&charset);
	return !c->html.failed;
}

enum confine_verdict
reply_prepare_body(struct composition *c)
{
	expect_output(c);
	if (c->msg->kept_len > 0 && (c->rq->quote != ORIGINAL_NONE || c->rq->report.form == REPLY_FORM_FORWARD))
		mime_expect_charsets(c->mime, c->msg->kept, looked_at(c));
	return c->rq->html == NULL || read_html(c) ? CONFINE_OK : CONFINE_NO_MEMORY;
}
