/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply_report - delivery status notifications, feedback reports, forwards
 *
 * What stands in a machine's part is the owner's own or checked (feedback.c);
 * of the stranger's message only what the form is there for is carried:
 * its bytes in a part of their own, or decoded and cleaned lines in a text.
 *
 * A report says `delivered': the message is in the mailbox, or on its way
 * into it, when we are asked to answer it (RFC 3464 2.3.3).
 *
 * Failures: the buffer's sticky error.  Limits: REPORT_*_MAX.
 */
#include "reply_report.h"

#include <string.h>

#include "address.h"
#include "text.h"

#define STATUS_DELIVERED "2.0.0"	/* RFC 3463 */
#define AGENT "backsoon/" BACKSOON_VERSION
#define NO_HOST "backsoon.invalid"
#define FORWARDED " (fwd)"
#define CUT "[...]\n"
#define MBOX_FROM "From "

const char *
report_multipart(enum reply_form form, const char **parameters)
{
	*parameters = "";
	switch (form) {
	case REPLY_FORM_DSN:
		*parameters = "; report-type=delivery-status";
		return "report";
	case REPLY_FORM_FEEDBACK:
	case REPLY_FORM_REPLYFEEDBACK:
		*parameters = "; report-type=feedback-report";
		return "report";
	case REPLY_FORM_FORWARDATT:
		return "mixed";
	case REPLY_FORM_REPLY:
	case REPLY_FORM_REPLYALL:
	case REPLY_FORM_FORWARD:
		break;
	}
	return NULL;
}

bool
report_is_for_others(enum reply_form form)
{
	return form == REPLY_FORM_FEEDBACK || form == REPLY_FORM_FORWARD || form == REPLY_FORM_FORWARDATT;
}

const char *
report_auto_submitted(enum reply_form form)
{
	return report_is_for_others(form) ? "auto-generated" : "auto-replied";
}

/* RFC 5965 2: a feedback report SHOULD have the subject of what it is about. */
bool
report_subject(struct buf *out, enum reply_form form, const char *original)
{
	if (!report_is_for_others(form) && form != REPLY_FORM_REPLYFEEDBACK)
		return false;
	buf_adds(out, original);
	if (form == REPLY_FORM_FORWARD || form == REPLY_FORM_FORWARDATT)
		buf_adds(out, original[0] != '\0' ? FORWARDED : &FORWARDED[1]);
	return true;
}

/*
 * RFC 6533 3, utf-8-addr-xtext: an address with UTF-8 in a part that is ASCII.  Three ASCII characters are
 * written as numbers too, because they mean something there.
 */
static void
put_xtext(struct buf *out, const char *address)
{
	size_t len = strlen(address), n;
	unsigned long c;

	for (const char *p = address; *p != '\0'; p += n, len -= n) {
		n = text_utf8_len(p, len);
		if (n <= 1 && *p > ' ' && *p != '\\' && *p != '+' && *p != '=' && *p != 0x7f) {
			buf_addc(out, *p);
			n = 1;
			continue;
		}
		if (n == 0)
			n = 1;
		c = (unsigned char)*p & (n > 1 ? 0xffU >> (n + 1) : 0x7f);
		for (size_t i = 1; i < n; i++)
			c = c << 6 | ((unsigned char)p[i] & 0x3f);
		buf_addf(out, "\\x{%lX}", c);
	}
}

static void
put_recipient(struct buf *out, const char *name, const char *address)
{
	buf_addf(out, "%s: ", name);
	if (text_is_ascii(address, strlen(address)))
		buf_addf(out, "rfc822; %s", address);
	else {
		buf_adds(out, "utf-8; ");
		put_xtext(out, address);
	}
	buf_addc(out, '\n');
}

/* A name of a host is asked for; the domain of who answers tells nothing that his address does not. */
static void
put_reporting_mta(struct buf *out, const struct report *r)
{
	const char *at = strrchr(r->recipient, '@');
	struct buf domain = BUF_INIT;

	if (r->reporting_mta != NULL) {
		buf_addf(out, "Reporting-MTA: %s\n", r->reporting_mta);
		return;
	}
	if (at != NULL)
		address_domain_key(&domain, at + 1);
	if (domain.len == 0 || domain.data[0] == '[' || !text_is_ascii(domain.data, domain.len))
		buf_addf(out, "Reporting-MTA: dns; %s\n", NO_HOST);
	else
		buf_addf(out, "Reporting-MTA: dns; %s\n", buf_str(&domain));
	out->failed = out->failed || domain.failed;
	buf_free(&domain);
}

static void
put_status(struct buf *out, const struct report *r)
{
	buf_adds(out, "Content-Type: message/delivery-status\n\n");
	put_reporting_mta(out, r);
	buf_addf(out, "Arrival-Date: %s\n\n", r->date);
	put_recipient(out, "Final-Recipient", r->recipient);
	buf_adds(out, "Action: delivered\nStatus: " STATUS_DELIVERED "\n");
}

/* RFC 5965 3: the three that must stand there, and what was given. */
static void
put_feedback(struct buf *out, const struct report *r)
{
	buf_adds(out, "Content-Type: message/feedback-report\n\nFeedback-Type: ");
	for (const char *p = r->feedback_type; *p != '\0'; p++)
		buf_addc(out, text_lower(*p));
	buf_addf(out, "\nUser-Agent: " AGENT "\nVersion: 1\nArrival-Date: %s\n", r->date);
	for (size_t i = 0; i < r->nfields; i++)
		buf_addf(out, "%s\n", r->fields[i]);
}

bool
report_put_fields(struct buf *out, const struct report *r)
{
	if (r->form == REPLY_FORM_DSN)
		put_status(out, r);
	else if (r->form == REPLY_FORM_FEEDBACK || r->form == REPLY_FORM_REPLYFEEDBACK)
		put_feedback(out, r);
	return !out->failed;
}

static void
put_decoded(struct buf *out, struct mime *m, const struct message *msg, const char *name)
{
	const struct field *f = message_find(msg, name, NULL);
	size_t len;

	if (f == NULL)
		return;
	len = f->value_len < MIME_VALUE_MAX ? f->value_len : MIME_VALUE_MAX;
	buf_addf(out, "%s: ", name);
	mime_decode_header(m, out, f->value, len);
	buf_addc(out, '\n');
}

#define SHOWN_NAME_MAX 16	/* fixed widths: see rules.h */
static const char shown[][SHOWN_NAME_MAX] = { "From", "To", "Cc", "Subject", "Date", "Message-ID" };
#define SHOWN (sizeof shown / sizeof shown[0])

/* Each line with its end; as flowed text has it, fixed: no blank at its end, one more where it begins with one. */
static void
put_text_lines(struct buf *out, const char *p, size_t len, bool flowed)
{
	const char *end = p + len, *eol;
	size_t n;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		n = (size_t)(eol - p);
		while (flowed && n > 0 && p[n - 1] == ' ')
			n--;
		if (flowed && n > 0 && (*p == ' ' || text_begins(p, MBOX_FROM)))
			buf_addc(out, ' ');
		buf_add(out, p, n);
		buf_addc(out, '\n');
	}
}

bool
report_put_forwarded(struct buf *out, struct mime *m, const struct message *msg, const char *marker, const char *text, bool flowed)
{
	size_t len = text != NULL ? strlen(text) : 0, cut = text_utf8_cut(text != NULL ? text : "", len, REPORT_TEXT_MAX);
	struct buf head = BUF_INIT;

	buf_addf(&head, "%s\n", marker != NULL ? marker : REPORT_MARKER);
	for (size_t i = 0; i < SHOWN; i++)
		put_decoded(&head, m, msg, shown[i]);
	if (len > 0)
		buf_addc(&head, '\n');
	put_text_lines(out, buf_str(&head), head.len, flowed);
	put_text_lines(out, text, cut, flowed);
	if (cut < len)
		buf_adds(out, CUT);
	out->failed = out->failed || head.failed;
	buf_free(&head);
	return !out->failed;
}

bool
report_expect_forwarded(struct mime *m, const struct message *msg)
{
	const struct field *f;
	bool needed = false;
	size_t len;

	for (size_t i = 0; i < SHOWN; i++) {
		f = message_find(msg, shown[i], NULL);
		if (f == NULL)
			continue;
		len = f->value_len < MIME_VALUE_MAX ? f->value_len : MIME_VALUE_MAX;
		mime_expect_charsets(m, f->value, len);
		needed = mime_value_needs_library(f->value, len) || needed;
	}
	return needed;
}

struct copies {
	struct buf *out;
	struct buf *seen;	/* `|' key `|' ... */
	report_skip *skip;
	void *ctx;
	size_t n;
};

static bool
put_copy(void *ctx, const struct address *a)
{
	struct copies *c = ctx;
	struct buf key = BUF_INIT;

	if (c->n == REPORT_COPIES_MAX)
		return false;
	if (a->domain == NULL || address_needs_utf8(a) || c->skip(c->ctx, a))
		return true;
	buf_addc(&key, '\n');
	address_key(&key, a, NULL);
	buf_addc(&key, '\n');
	if (!key.failed && strstr(buf_str(c->seen), buf_str(&key)) == NULL) {
		buf_adds(c->seen, buf_str(&key));
		buf_adds(c->out, c->n++ > 0 ? ",\n " : "");
		address_format(c->out, a);
	}
	c->out->failed = c->out->failed || key.failed || c->seen->failed;
	buf_free(&key);
	return true;
}

bool
report_copies(struct buf *out, const struct message *msg, report_skip *skip, void *ctx)
{
	static const char names[][3] = { "To", "Cc" };
	struct buf seen = BUF_INIT;
	struct copies c = { out, &seen, skip, ctx, 0 };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (const struct field *f = NULL; (f = message_find(msg, names[i], f)) != NULL && c.n < REPORT_COPIES_MAX;)
			address_each(f->value, f->value_len, put_copy, &c, NULL);
	buf_free(&seen);
	return !out->failed;
}
