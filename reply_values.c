/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply_values - the values of a template's variables, and the subject that is made of the original's
 *
 * Every value is decoded, cleaned (text_clean_line: one line, no control
 * characters, valid UTF-8) and cut at REPLY_VARIABLE_MAX bytes before
 * anything is done with it: what stands here may go into a header
 * field or a text as it is.
 *
 * Failures: memory.
 */
#include "reply_values.h"

#include <string.h>

#include "address.h"
#include "text.h"

#define AUTO "Auto: "
#define NO_SUBJECT AUTO "your message"

static void
set_variable(struct reply_values *v, int which, const char *name, const char *value)
{
	if (value != NULL)
		text_clean_line(&v->text[which], value, strlen(value), REPLY_VARIABLE_MAX);
	v->table[which] = (struct variable){ name, buf_str(&v->text[which]) };
}

/* The display name of who wrote, or the answered address. */
static void
set_from_name(struct reply_values *v, struct mime *m, const char *to, const struct message *msg)
{
	const struct field *f = message_find(msg, "From", NULL);
	struct address a = { NULL, NULL, NULL };
	struct buf name = BUF_INIT;

	if (f != NULL && address_first(f->value, f->value_len, &a) && a.name != NULL)
		mime_decode_header(m, &name, a.name, strlen(a.name));
	set_variable(v, REPLY_FROM_NAME, "FROM_NAME", name.len > 0 ? buf_str(&name) : to);
	v->text[REPLY_FROM_NAME].failed = v->text[REPLY_FROM_NAME].failed || name.failed;
	address_free(&a);
	buf_free(&name);
}

bool
reply_values_set(struct reply_values *v, struct mime *m, const struct request *rq, const struct message *msg)
{
	const struct field *f = message_find(msg, "Subject", NULL);
	const char *to = rq->recipient != NULL ? rq->recipient : rq->from_address;
	struct buf subject = BUF_INIT;
	bool failed;

	*v = (struct reply_values){ .table = { { NULL, NULL } } };
	if (f != NULL)
		mime_decode_header(m, &subject, f->value, f->value_len);
	set_variable(v, REPLY_SUBJECT, "SUBJECT", buf_str(&subject));
	failed = subject.failed;
	buf_free(&subject);
	set_from_name(v, m, rq->to, msg);
	set_variable(v, REPLY_FROM, "FROM", rq->to);
	set_variable(v, REPLY_TO, "TO", to);
	set_variable(v, REPLY_RECIPIENT, "RECIPIENT", to);
	set_variable(v, REPLY_DATE, "DATE", rq->text_date);
	set_variable(v, REPLY_FROM_DATE, "FROM_DATE", rq->text_from_date);
	set_variable(v, REPLY_UNTIL, "UNTIL", rq->text_until);
	for (int i = 0; i < REPLY_VARIABLES; i++)
		failed = failed || v->text[i].failed;
	return !failed;
}

void
reply_values_free(struct reply_values *v)
{
	for (int i = 0; i < REPLY_VARIABLES; i++)
		buf_free(&v->text[i]);
}

/* Behind a prefix that a mailer put there, and blanks: `Re:', `RE[2]:', `Auto:'. */
static const char *
behind_prefix(const char *s, const char *prefix)
{
	const char *p;

	if (!text_begins(s, prefix))
		return s;
	p = s + strlen(prefix);
	if (*p == '[')
		p += strspn(p, "[0123456789]");
	if (*p++ != ':')
		return s;
	return p + strspn(p, " ");
}

/* `Auto: ' once, `Re: ' once at most, and the original's subject. */
void
reply_default_subject(struct buf *out, const char *original)
{
	const char *s = original, *next;
	bool re = false;

	for (;; s = next) {
		next = behind_prefix(s, "Auto");
		if (next != s)
			continue;
		next = behind_prefix(s, "Re");
		if (next == s)
			break;
		re = true;
	}
	if (*s == '\0') {
		buf_adds(out, NO_SUBJECT);
		return;
	}
	buf_adds(out, re ? AUTO "Re: " : AUTO);
	buf_adds(out, s);
}
