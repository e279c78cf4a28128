/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply - request and message become a complete reply
 *
 * Runs in the confined child.  prepare() reads what the owner wrote and opens
 * charsets and libmailutils where this reply needs them (most need neither);
 * work() looks at the stranger's values.  These reach the reply in three
 * ways only: decoded, cleaned, bounded text (reply_values.c), message-ids
 * that passed a syntax check (reply_ids.c),
 * and the address that is
 * answered, which the caller has parsed and which is checked again here.
 *
 * Failures: BAD_INPUT (addresses that cannot stand in a header, a template
 * that is too large), NO_LIBRARY, NO_MEMORY.  Limits: REPLY_*_MAX, MIME_*_MAX.
 */
#include "reply.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "reply_ids.h"
#include "reply_parts.h"
#include "reply_report.h"
#include "text.h"

#define FOLD_AT 78
#define REPLY_TO_MAX 50		/* mailboxes of an address field of the template */
#define NO_DOMAIN "backsoon.invalid"

#define FIELD_NAME_MAX 20	/* fixed widths: see rules.h */
static const char address_fields[][FIELD_NAME_MAX] = { "Reply-To", "Mail-Reply-To", "Mail-Followup-To", "Errors-To" };

static bool
is_address_field(const char *name)
{
	for (size_t i = 0; i < sizeof address_fields / sizeof address_fields[0]; i++)
		if (text_equal(name, address_fields[i]))
			return true;
	return false;
}

/* Nothing that could end the line, and something at all. */
static bool
is_wire_address(const char *s)
{
	return s != NULL && *s != '\0' && strlen(s) <= ADDRESS_MAX && text_is_clean(s, strlen(s));
}

/* `$TO' as an address stands for the address that was written to: the one variable that may. */
static bool
is_own_variable(const struct address *a)
{
	static const char names[][FIELD_NAME_MAX] = { "$TO", "${TO}", "$RECIPIENT", "${RECIPIENT}" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (a->domain == NULL && strcmp(a->local, names[i]) == 0)
			return true;
	return false;
}

/* Only a message that needs SMTPUTF8 anyway, for the address that it answers, may hold one more that does. */
static bool
is_writable(const struct composition *c, const struct address *a)
{
	return !address_needs_utf8(a) || !text_is_ascii(c->rq->to, strlen(c->rq->to));
}

/* Takes name and address from a From value; one without an address is a name. */
static bool
take_from(struct composition *c, const char *value)
{
	struct address a = { NULL, NULL, NULL };
	bool found = value != NULL && address_first(value, strlen(value), &a), own;
	const char *name = a.name;
	char *whole = NULL;

	if (found && a.domain != NULL && !is_writable(c, &a)) {
		address_free(&a);
		return false;
	}
	/* It is one address, whatever commas stand before it: Smith, Anna <anna@example.org>. */
	if (found && a.domain != NULL && name != NULL && strchr(value, '<') != NULL && strchr(value, '"') == NULL)
		name = whole = text_copy(value, (size_t)(strchr(value, '<') - value));
	own = found && is_own_variable(&a);
	if (found && a.domain == NULL && !own)
		name = value;
	else if (!found && value != NULL && *value != '\0' && strchr(value, '@') == NULL)
		name = value;
	else if (!found)
		return false;
	if (name != NULL)
		mime_decode_header(c->mime, &c->name, name, strlen(name));
	if (found && a.domain != NULL)
		address_format(&c->address, &a);
	else
		buf_adds(&c->address, c->rq->from_address);
	address_free(&a);
	free(whole);
	return true;
}

static void
choose_from(struct composition *c)
{
	const char *own = c->rq->draft ? NULL : template_value(&c->template, "From");

	if (c->rq->own_head && take_from(c, own))
		return;
	if (take_from(c, c->rq->from) || (!c->rq->own_head && take_from(c, own)))
		return;
	c->verbatim = c->rq->draft;
	if (c->verbatim && c->rq->from_name != NULL)
		mime_decode_header(c->mime, &c->name, c->rq->from_name, strlen(c->rq->from_name));
	else if (c->rq->from_name != NULL)
		buf_adds(&c->name, c->rq->from_name);
	buf_adds(&c->address, c->rq->from_address);
}

static bool
needs(const char *s)
{
	return s != NULL && mime_text_needs_library(s, strlen(s));
}

static bool
has_variable(const char *s, size_t len)
{
	return memchr(s, '$', len) != NULL;
}

/* Whether the library must read that field of the message, or write what it holds. */
static bool
value_needs(const struct message *msg, const char *name, bool written)
{
	const struct field *f = message_find(msg, name, NULL);

	return f != NULL && (mime_value_needs_library(f->value, f->value_len) ||
	    (written && mime_text_needs_library(f->value, f->value_len)));
}

/* Whether something that is to be read or written here needs libmailutils: most replies go without. */
static bool
needs_library(const struct composition *c)
{
	const struct request *rq = c->rq;
	const struct buf *head = &c->template.head, *body = &c->template.body, *html = &c->template.html;
	const char *subject = rq->subject != NULL ? rq->subject : "";
	bool in_head = has_variable(buf_str(head), head->len) || has_variable(buf_str(&c->name), c->name.len) ||
	    has_variable(subject, strlen(subject));
	bool shown = in_head || has_variable(buf_str(body), body->len) || has_variable(buf_str(html), html->len) ||
	    has_variable(buf_str(&c->html), c->html.len) || rq->quote != ORIGINAL_NONE;
	bool by_default = rq->subject == NULL && template_value(&c->template, "Subject") == NULL;

	if (mime_text_needs_library(buf_str(head), head->len) || needs(subject) || needs(buf_str(&c->name)))
		return true;
	if (in_head && (needs(rq->recipient) || needs(rq->text_date) || needs(rq->text_from_date) ||
	    needs(rq->text_until) || needs(rq->to)))
		return true;
	return ((shown || by_default) && value_needs(c->msg, "Subject", in_head || by_default)) ||
	    (shown && value_needs(c->msg, "From", in_head));
}

/* libidn2 cannot be loaded inside: an address field of the owner's with a domain that needs it loads it now. */
static void
warm_idn(const struct composition *c)
{
	struct buf scratch = BUF_INIT;

	for (size_t i = 0; i < c->template.nfields; i++) {
		const char *value = template_at(&c->template, c->template.fields[i].value);

		if (!text_is_ascii(value, strlen(value)) &&
		    is_address_field(template_at(&c->template, c->template.fields[i].name))) {
			address_domain_key(&scratch, "\xc3\xa4.example");
			break;
		}
	}
	buf_free(&scratch);
}

static void
expect_charsets(struct mime *m, const struct message *msg, const char *name)
{
	const struct field *f = message_find(msg, name, NULL);

	if (f != NULL)
		mime_expect_charsets(m, f->value, f->value_len < MIME_VALUE_MAX ? f->value_len : MIME_VALUE_MAX);
}

static enum confine_verdict
prepare(void *ctx)
{
	struct composition *c = ctx;
	enum confine_verdict verdict;

	if (!is_wire_address(c->rq->to) || !is_wire_address(c->rq->from_address))
		return CONFINE_BAD_INPUT;
	c->mime = mime_new();
	if (c->mime == NULL)
		return CONFINE_NO_MEMORY;
	verdict = template_read(&c->template, c->mime, c->rq->template_bytes, c->rq->template_len, c->rq->draft);
	if (verdict == CONFINE_OK)
		verdict = reply_prepare_body(c);
	if (verdict != CONFINE_OK)
		return verdict;
	if (c->template.nfields > 0)
		mime_expect_charsets(c->mime, template_at(&c->template, 0), c->template.head.len);
	choose_from(c);
	expect_charsets(c->mime, c->msg, "Subject");
	expect_charsets(c->mime, c->msg, "From");
	if (needs_library(c) || (c->rq->report.form == REPLY_FORM_FORWARD && report_expect_forwarded(c->mime, c->msg)))
		mime_load(c->mime);
	warm_idn(c);
	return c->name.failed || c->address.failed ? CONFINE_NO_MEMORY : CONFINE_OK;
}

/* Decoded, then expanded: what a variable holds is not decoded twice. */
static void
expand_value(struct composition *c, struct buf *out, const char *value)
{
	struct buf text = BUF_INIT;

	mime_decode_header(c->mime, &text, value, strlen(value));
	if (c->rq->draft)
		buf_add(out, buf_str(&text), text.len);
	else
		template_expand(out, buf_str(&text), text.len, c->values.table, false, MIME_FIELD_MAX);
	out->failed = out->failed || text.failed;
	buf_free(&text);
}

static bool
put_mailbox(struct composition *c, struct buf *out, const char *name, const char *address)
{
	size_t start = out->len;
	bool good = true;

	if (name != NULL && *name != '\0') {
		good = mime_put_phrase(c->mime, out, name);
		buf_adds(out, out->len - start + strlen(address) > FOLD_AT ? "\n <" : " <");
		buf_adds(out, address);
		buf_adds(out, ">");
	} else {
		buf_adds(out, " ");
		buf_adds(out, address);
	}
	return good;
}

static bool
put_from(struct composition *c, struct buf *out)
{
	struct buf name = BUF_INIT, clean = BUF_INIT;
	bool good;

	if (c->verbatim)
		buf_add(&name, buf_str(&c->name), c->name.len);
	else
		template_expand(&name, buf_str(&c->name), c->name.len, c->values.table, false, MIME_FIELD_MAX);
	text_clean_line(&clean, buf_str(&name), name.len, MIME_PHRASE_MAX);
	buf_adds(out, "From:");
	good = put_mailbox(c, out, buf_str(&clean), buf_str(&c->address));
	buf_adds(out, "\n");
	out->failed = out->failed || name.failed || clean.failed;
	buf_free(&name);
	buf_free(&clean);
	return good;
}

struct address_writer {
	struct composition *c;
	struct buf *out;
	size_t written;
	bool good;
};

static bool
put_one_address(void *ctx, const struct address *a)
{
	struct address_writer *w = ctx;
	struct buf name = BUF_INIT, wire = BUF_INIT;

	if (a->domain == NULL ? !is_own_variable(a) : !is_writable(w->c, a))
		return true;
	if (a->name != NULL)
		expand_value(w->c, &name, a->name);
	if (a->domain == NULL)
		buf_adds(&wire, w->c->values.table[REPLY_TO].value);
	else
		address_format(&wire, a);
	if (w->written++ > 0)
		buf_adds(w->out, ",\n");
	w->good = put_mailbox(w->c, w->out, buf_str(&name), buf_str(&wire)) && w->good;
	w->out->failed = w->out->failed || name.failed || wire.failed;
	buf_free(&name);
	buf_free(&wire);
	return w->written < REPLY_TO_MAX;
}

/* An address field of the template; one without a usable address is left out. */
static bool
put_addresses(struct composition *c, struct buf *out, const char *name, const char *value)
{
	struct address_writer w = { c, out, 0, true };
	size_t start = out->len;

	buf_adds(out, name);
	buf_adds(out, ":");
	address_each(value, strlen(value), put_one_address, &w, NULL);
	buf_adds(out, "\n");
	if (w.written == 0)
		buf_truncate(out, start);
	return w.good;
}

static size_t
cut_characters(const char *s, size_t len, size_t max)
{
	size_t i = 0, n;

	while (i < len && max-- > 0 && (n = text_utf8_len(s + i, len - i)) > 0)
		i += n;
	return i;
}

static bool
put_subject(struct composition *c, struct buf *out)
{
	const char *wanted = template_value(&c->template, "Subject");
	struct buf text = BUF_INIT, clean = BUF_INIT;
	bool good;

	if (c->rq->subject != NULL && (!c->rq->own_head || wanted == NULL))
		template_expand(&text, c->rq->subject, strlen(c->rq->subject), c->values.table, false, MIME_FIELD_MAX);
	else if (wanted != NULL)
		expand_value(c, &text, wanted);
	text_clean_line(&clean, buf_str(&text), text.len, MIME_FIELD_MAX);
	if (clean.len == 0 && !report_subject(&clean, c->rq->report.form, c->values.table[REPLY_SUBJECT].value))
		reply_default_subject(&clean, c->values.table[REPLY_SUBJECT].value);
	buf_truncate(&clean, cut_characters(buf_str(&clean), clean.len, REPLY_SUBJECT_MAX));
	good = mime_put_text_field(c->mime, out, "Subject", buf_str(&clean));
	out->failed = out->failed || text.failed || clean.failed;
	buf_free(&text);
	buf_free(&clean);
	return good;
}

static void
put_message_id(struct composition *c, struct buf *out)
{
	const char *at = strrchr(buf_str(&c->address), '@');
	struct buf id = BUF_INIT;

	buf_addf(&id, "<%" PRIx64 ".%" PRIx64 "@%s>", (uint64_t)c->rq->now, (uint64_t)c->rq->message_id_random,
	    at != NULL ? at + 1 : NO_DOMAIN);
	if (at != NULL && !reply_id_ok(buf_str(&id), id.len)) {
		buf_truncate(&id, id.len - strlen(at + 1) - 1);
		buf_adds(&id, NO_DOMAIN ">");
	}
	buf_addf(out, "Message-ID: %s\n", buf_str(&id));
	out->failed = out->failed || id.failed;
	buf_free(&id);
}

/* The template's other fields, then what it did not say itself. */
static bool
put_other_fields(struct composition *c, struct buf *out)
{
	const char *language = c->rq->language;
	bool good = true;

	for (size_t i = 0; i < c->template.nfields; i++) {
		const char *name = template_at(&c->template, c->template.fields[i].name);
		const char *value = template_at(&c->template, c->template.fields[i].value);
		struct buf text = BUF_INIT;

		if (text_equal(name, "From") || text_equal(name, "Subject"))
			continue;
		if (is_address_field(name)) {
			good = put_addresses(c, out, name, value) && good;
			continue;
		}
		expand_value(c, &text, value);
		good = mime_put_text_field(c->mime, out, name, buf_str(&text)) && good;
		out->failed = out->failed || text.failed;
		buf_free(&text);
	}
	if (template_value(&c->template, "X-Auto-Response-Suppress") == NULL)
		buf_adds(out, "X-Auto-Response-Suppress: All\n");
	if (language != NULL && template_value(&c->template, "Content-Language") == NULL &&
	    language[strspn(language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] == '\0')
		good = mime_put_text_field(c->mime, out, "Content-Language", language) && good;
	return good;
}

static enum confine_verdict
work(void *ctx, struct buf *out)
{
	struct composition *c = ctx;
	bool good;

	if (!reply_values_set(&c->values, c->mime, c->rq, c->msg))
		return CONFINE_NO_MEMORY;
	good = put_from(c, out);
	buf_addf(out, "To: %s\n", c->rq->to);
	if (c->rq->copies != NULL)
		buf_addf(out, "Cc: %s\n", c->rq->copies);
	good = put_subject(c, out) && good;
	good = mime_put_text_field(c->mime, out, "Date", c->rq->date) && good;
	put_message_id(c, out);
	if (!report_is_for_others(c->rq->report.form))
		reply_put_thread(out, c->msg);
	buf_addf(out, "Auto-Submitted: %s\nX-Backsoon: auto-reply\n", report_auto_submitted(c->rq->report.form));
	good = put_other_fields(c, out) && good;
	reply_put_body(c, out);
	if (out->failed)
		return CONFINE_NO_MEMORY;
	return good ? CONFINE_OK : CONFINE_NO_LIBRARY;
}

void
reply_begin(const struct request *rq, const struct message *msg, struct confinement *composer)
{
	struct composition c = { .rq = rq, .msg = msg };
	struct confine_task task = { prepare, work, &c };

	confine_begin(composer, &task);
}

enum confine_verdict
reply_build(const struct request *rq, const struct message *msg, struct buf *out)
{
	struct composition c = { .rq = rq, .msg = msg };
	enum confine_verdict verdict = prepare(&c);

	if (verdict == CONFINE_OK)
		verdict = work(&c, out);
	mime_free(c.mime);
	template_free(&c.template);
	buf_free(&c.name);
	buf_free(&c.address);
	buf_free(&c.html);
	reply_values_free(&c.values);
	return verdict;
}
