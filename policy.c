/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy - walks the rows of rules.c
 *
 * One small function a kind of test; a row's data says what it compares.
 * Each is given the facts and a buffer for the field or value that decided,
 * and returns whether the row refuses.  A value that cannot be kept for
 * lack of memory does not change a verdict.
 */
#include "policy.h"

#include <string.h>

#include "authres.h"
#include "policy_tests.h"
#include "text.h"
#include "vacation_db.h"

#define SUBJECT_MAX 1000

typedef bool test_fn(const struct rule *, const struct facts *, struct buf *);

static bool
test_no_message(const struct rule *r, const struct facts *facts, struct buf *value)
{
	(void)r;
	if (facts->message->nfields > 0 || facts->message->problem != NULL)
		return false;
	buf_adds(value, facts->message->size == 0 ? "the input is empty" : "no header field was found");
	return true;
}

static bool
test_unreadable(const struct rule *r, const struct facts *facts, struct buf *value)
{
	(void)r;
	if (facts->message->problem == NULL)
		return false;
	buf_adds(value, facts->message->problem);
	return true;
}

static bool
test_not_active(const struct rule *r, const struct facts *facts, struct buf *value)
{
	(void)r;
	if (facts->active)
		return false;
	if (facts->inactive_why != NULL)
		buf_adds(value, facts->inactive_why);
	return true;
}

/* Auto-Submitted: the keyword `no', with comments and parameters, is a person's (RFC 3834 5). */
static bool
says_not_automatic(const struct field *f)
{
	struct text_cursor c;
	struct buf parameter = BUF_INIT;
	const char *tok;
	size_t len;
	bool good;

	text_cursor_init(&c, f->value, f->value_len);
	len = text_token(&c, &tok);
	good = text_equal_n(tok, len, "no");
	while (good && !text_at_end(&c))
		good = text_take(&c, ';') && (text_at_end(&c) ||
		    (text_token(&c, &tok) > 0 && text_take(&c, '=') && text_value(&c, &parameter)));
	buf_free(&parameter);
	return good && !c.bad;
}

static bool
test_auto_submitted(const struct rule *r, const struct facts *facts, struct buf *value)
{
	const struct field *f;

	(void)r;
	for (f = NULL; (f = message_find(facts->message, "Auto-Submitted", f)) != NULL;) {
		policy_show_field(value, f);
		if (!says_not_automatic(f))
			return true;
	}
	return false;
}

static bool
content_type_is(const struct field *f, const char *type, const char *subtype)
{
	struct text_cursor c;
	const char *tok;
	size_t len;

	text_cursor_init(&c, f->value, f->value_len);
	text_take(&c, '"');	/* some robots quote the whole of it */
	len = text_token(&c, &tok);
	if (!text_equal_n(tok, len, type) || !text_take(&c, '/'))
		return false;
	len = text_token(&c, &tok);
	return text_equal_n(tok, len, subtype);
}

static bool
test_report(const struct rule *r, const struct facts *facts, struct buf *value)
{
	static const char *const types[][2] = {
		{ "multipart", "report" }, { "message", "delivery-status" }, { "message", "disposition-notification" },
		{ "message", "feedback-report" }, { "message", "global-delivery-status" },
		{ "message", "global-disposition-notification" },
	};
	const struct field *f;
	size_t i;

	for (f = NULL; (f = message_find(facts->message, "Content-Type", f)) != NULL;)
		for (i = 0; i < sizeof types / sizeof types[0]; i++)
			if (content_type_is(f, types[i][0], types[i][1])) {
				policy_show_field(value, f);
				return true;
			}
	return policy_test_headers(r, facts, value);
}

static bool
test_calendar(const struct rule *r, const struct facts *facts, struct buf *value)
{
	struct buf method = BUF_INIT;
	struct text_cursor c;
	const struct field *f;
	bool refuse = false;

	(void)r;
	for (f = NULL; !refuse && (f = message_find(facts->message, "Content-Type", f)) != NULL;) {
		text_cursor_init(&c, f->value, f->value_len);
		if (!content_type_is(f, "text", "calendar") || !text_param(c, "method", &method))
			continue;
		policy_show_field(value, f);
		refuse = !text_equal(buf_str(&method), "REQUEST") && !text_equal(buf_str(&method), "PUBLISH") && method.len > 0;
	}
	buf_free(&method);
	return refuse;
}

bool
policy_subject(const struct message *m, struct buf *out)
{
	const struct field *f = message_find(m, "Subject", NULL);
	struct buf raw = BUF_INIT;
	bool whole = true;

	buf_reset(out);
	if (f == NULL)
		return true;
	if (!text_has_encoded_word(f->value, f->value_len))
		text_clean_line(out, f->value, f->value_len, SUBJECT_MAX);
	else {
		whole = text_decode_words(&raw, f->value, f->value_len, NULL, NULL);
		text_clean_line(out, buf_str(&raw), raw.len, SUBJECT_MAX);
		buf_free(&raw);
	}
	return whole;
}

static bool
begins_listed(const struct setting_list *list, const char *subject)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (text_begins(subject, list->item[i]))
			return true;
	return false;
}

static bool
is_robot_subject(const struct settings *s, const char *subject)
{
	size_t i;

	if (begins_listed(&s->ignore_subject, subject))
		return true;
	for (i = 0; robot_subject_begins[i][0] != '\0'; i++)
		if (text_begins(subject, robot_subject_begins[i]))
			return true;
	for (i = 0; robot_subject_whole[i][0] != '\0'; i++)
		if (text_equal(subject, robot_subject_whole[i]))
			return true;
	return false;
}

/* French programs write a no-break space before the colon. */
static void
blank_wide_spaces(struct buf *b)
{
	static const char no_break[] = "\xc2\xa0", narrow[] = "\xe2\x80\xaf";
	char *from, *to;
	size_t n;

	if (b->len == 0)
		return;
	for (from = to = b->data; *from != '\0'; from += n) {
		n = text_begins(from, no_break) ? strlen(no_break) : text_begins(from, narrow) ? strlen(narrow) : 1;
		*to++ = n > 1 ? ' ' : *from;
	}
	buf_truncate(b, (size_t)(to - b->data));
}

static bool
test_robot_subject(const struct rule *r, const struct facts *facts, struct buf *value)
{
	struct buf own = BUF_INIT;
	const char *subject;
	bool refuse;

	(void)r;
	if (facts->subject != NULL)
		buf_adds(&own, facts->subject);
	else
		policy_subject(facts->message, &own);
	blank_wide_spaces(&own);
	subject = buf_str(&own);
	if (subject[0] != '\0')
		policy_show(value, "Subject", subject, strlen(subject));
	refuse = is_robot_subject(facts->settings, subject) && !begins_listed(&facts->settings->answer_subject, subject);
	buf_free(&own);
	return refuse;
}

static bool
test_forged(const struct rule *r, const struct facts *facts, struct buf *value)
{
	const struct settings *s = facts->settings;
	enum authres_verdict v;

	(void)r;
	if (s->trust_auth.n == 0 || facts->envelope->state != SENDER_GIVEN)
		return false;
	v = authres_judge(facts->message, &s->trust_auth, &facts->envelope->original, envelope_from(facts->envelope), value);
	if (value->len == 0)
		buf_adds(value, "no trusted Authentication-Results passes or fails it");
	return v == AUTHRES_FAIL || (s->require_authenticated && v != AUTHRES_PASS);
}

struct required {
	const struct setting_list *list;
	bool found;
};

static bool
is_required(void *ctx, const struct address *a)
{
	struct required *r = ctx;
	struct address wanted;

	for (size_t i = 0; i < r->list->n && !r->found; i++)
		if (address_parse(r->list->item[i], strlen(r->list->item[i]), &wanted)) {
			r->found = address_equal(&wanted, a, NULL);
			address_free(&wanted);
		}
	return !r->found;
}

/* Any of those addresses in To or Cc. */
static bool
is_to_required(const struct facts *facts)
{
	static const char names[][3] = { "To", "Cc" };
	struct required r = { &facts->settings->required, false };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (const struct field *f = NULL; !r.found && (f = message_find(facts->message, names[i], f)) != NULL;)
			address_each(f->value, f->value_len, is_required, &r, NULL);
	return r.found;
}

static bool
test_not_addressed(const struct rule *r, const struct facts *facts, struct buf *value)
{
	const struct address *which;

	(void)r;
	if (facts->settings->required.n > 0 && !is_to_required(facts)) {
		buf_adds(value, "none of the addresses of -r is in To or Cc");
		return true;
	}
	if (facts->settings->any_recipient || facts->settings->required.n > 0)
		return false;
	which = envelope_addressed(facts->envelope);
	if (which != NULL) {
		buf_adds(value, "written to ");
		address_format(value, which);
	} else if (message_value(facts->message, "To") != NULL)
		policy_show_field(value, message_find(facts->message, "To", NULL));
	else
		buf_adds(value, "there is no To");
	return which == NULL;
}

static bool
test_too_many_recipients(const struct rule *r, const struct facts *facts, struct buf *value)
{
	size_t count;

	(void)r;
	if (facts->settings->max_recipients == 0)
		return false;
	count = envelope_recipients(facts->envelope);
	buf_addf(value, "%zu recipients", count);
	return count > facts->settings->max_recipients;
}

static bool
test_hop_count(const struct rule *r, const struct facts *facts, struct buf *value)
{
	const struct field *f;
	size_t n = 0;

	(void)r;
	for (f = NULL; (f = message_find(facts->message, "Received", f)) != NULL;)
		n++;
	buf_addf(value, "%zu Received field%s", n, n == 1 ? "" : "s");
	return n > facts->settings->max_hops;
}

static bool
is_listed_author(const struct address *a, const struct setting_list *list)
{
	return policy_is_listed(list, a);
}

static bool
test_excluded(const struct rule *r, const struct facts *facts, struct buf *value)
{
	const struct envelope *e = facts->envelope;
	const struct setting_list *list = &facts->settings->exclude;

	if (e->state != SENDER_GIVEN)
		return false;
	if (!policy_is_listed(list, &e->original) && !policy_any_author(facts, is_listed_author, list) && facts->table != r->result)
		return false;
	policy_show_sender(e, value);
	return true;
}

static bool
test_stranger(const struct rule *r, const struct facts *facts, struct buf *value)
{
	(void)r;
	if (!facts->settings->only_known || facts->known)
		return false;
	policy_show_sender(facts->envelope, value);
	return true;
}

static bool
test_unsendable(const struct rule *r, const struct facts *facts, struct buf *value)
{
	(void)r;
	if (facts->sendable)
		return false;
	if (address_needs_utf8(&facts->envelope->sender))
		policy_show_sender(facts->envelope, value);
	else
		address_format(value, &facts->envelope->addressed);
	return true;
}

static bool
test_table(const struct rule *r, const struct facts *facts, struct buf *value)
{
	if (facts->table == r->result && facts->table_why != NULL)
		buf_adds(value, facts->table_why);
	return facts->table == r->result;
}

static test_fn *const tests[RULE_TESTS] = {
	[TEST_NO_MESSAGE] = test_no_message,
	[TEST_UNREADABLE] = test_unreadable,
	[TEST_NOT_ACTIVE] = test_not_active,
	[TEST_NO_SENDER] = policy_test_sender_state,
	[TEST_NULL_SENDER] = policy_test_sender_state,
	[TEST_BAD_SENDER] = policy_test_sender_state,
	[TEST_OWN_ADDRESS] = policy_test_own_address,
	[TEST_ROBOT_SENDER] = policy_test_robot_sender,
	[TEST_AUTO_SUBMITTED] = test_auto_submitted,
	[TEST_HEADERS] = policy_test_headers,
	[TEST_REPORT] = test_report,
	[TEST_CALENDAR] = test_calendar,
	[TEST_ROBOT_SUBJECT] = test_robot_subject,
	[TEST_FORGED] = test_forged,
	[TEST_NOT_ADDRESSED] = test_not_addressed,
	[TEST_TOO_MANY_RECIPIENTS] = test_too_many_recipients,
	[TEST_HOP_COUNT] = test_hop_count,
	[TEST_EXCLUDED] = test_excluded,
	[TEST_STRANGER] = test_stranger,
	[TEST_UNSENDABLE] = test_unsendable,
	[TEST_TABLE] = test_table,
};

bool
policy_answers_anyway(const struct facts *facts)
{
	const struct envelope *e = facts->envelope;
	const struct setting_list *list = &facts->settings->answer_sender;

	return e->state == SENDER_GIVEN && (policy_is_listed(list, &e->original) || policy_is_listed(list, &e->sender));
}

enum verdict
policy_test(const struct rule *r, const struct facts *facts, struct buf *value)
{
	buf_reset(value);
	if ((!facts->looked_up && (r->flags & RULE_LOOKED_UP) != 0) || (!facts->owner_known && r->test == TEST_NOT_ADDRESSED))
		return VERDICT_LATER;
	if (!tests[r->test](r, facts, value))
		return VERDICT_PASS;
	if ((r->flags & RULE_OVERRIDABLE) != 0 && policy_answers_anyway(facts))
		return VERDICT_OVERRIDDEN;
	return VERDICT_REFUSE;
}

/* The first row that refuses, among those with one of the flags; 0: all. */
static void
decide(const struct facts *facts, unsigned flags, struct decision *d)
{
	size_t i;

	for (i = 0; i < rules_count; i++) {
		if (flags != 0 && (rules[i].flags & flags) == 0)
			continue;
		if (policy_test(&rules[i], facts, &d->value) == VERDICT_REFUSE) {
			d->rule = &rules[i];
			return;
		}
	}
	d->rule = NULL;
	buf_reset(&d->value);
}

void
policy_decide(const struct facts *facts, struct decision *d)
{
	decide(facts, 0, d);
}

void
policy_decide_again(const struct facts *facts, unsigned flag, struct decision *d)
{
	decide(facts, flag, d);
}
