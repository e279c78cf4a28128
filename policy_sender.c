/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_sender - the rules that look at the sender's address
 *
 * A robot is known by its whole local part, by how it begins or ends, or by
 * its domain's first label, never by something in between: joe@live.example
 * and bouncer@ are people.  Envelope (as given and unwrapped) and From are
 * both asked; a hidden sender (bounces+SRS=...) is judged by From alone.
 */
#include "policy_tests.h"

#include <string.h>

#include "text.h"

#define VALUE_MAX 200		/* bytes of a value that are kept for the log */
#define EXCHANGE_ROBOT "microsoftexchange"
#define EXCHANGE_DIGITS 32

void
policy_show(struct buf *value, const char *name, const char *text, size_t len)
{
	buf_reset(value);
	buf_adds(value, name);
	buf_adds(value, ": ");
	buf_add(value, text, text_utf8_cut(text, len, VALUE_MAX));
}

void
policy_show_field(struct buf *value, const struct field *f)
{
	policy_show(value, f->name, f->value, f->value_len);
}

void
policy_show_sender(const struct envelope *e, struct buf *value)
{
	if (e->source != NULL)
		policy_show(value, e->source, e->text, strlen(e->text));
}

/* Without a domain it is a user of this host: not |command, not /a/file, not an option. */
static bool
is_login(const char *local)
{
	size_t i;

	for (i = 0; local[i] != '\0'; i++)
		if (!(local[i] >= 'a' && local[i] <= 'z') && !(local[i] >= 'A' && local[i] <= 'Z') &&
		    !(local[i] >= '0' && local[i] <= '9') && local[i] != '_' &&
		    (i == 0 || (local[i] != '.' && local[i] != '+' && local[i] != '-')))
			return false;
	return i > 0;
}

bool
policy_test_sender_state(const struct rule *r, const struct facts *facts, struct buf *value)
{
	const struct envelope *e = facts->envelope;

	policy_show_sender(e, value);
	return (r->test == TEST_NO_SENDER && e->state == SENDER_ABSENT) ||
	    (r->test == TEST_NULL_SENDER && e->state == SENDER_NULL) ||
	    (r->test == TEST_BAD_SENDER && (e->state == SENDER_BAD ||
	    /* Many a reader decodes encoded words before it takes an address apart: To would say something else to it. */
	    (e->state == SENDER_GIVEN && (text_has_encoded_word(e->sender.local, strlen(e->sender.local)) ||
	    (e->sender.domain == NULL && !is_login(e->sender.local))))));
}

bool
policy_test_own_address(const struct rule *r, const struct facts *facts, struct buf *value)
{
	const struct envelope *e = facts->envelope;

	(void)r;
	if (e->state != SENDER_GIVEN || !envelope_is_sender_own(e))
		return false;
	policy_show_sender(e, value);
	return true;
}

static bool
is_hex_run(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strchr("0123456789abcdefABCDEF", s[i]) == NULL || s[i] == '\0')
			return false;
	return s[n] == '\0';
}

/* What may stand behind a robot's ending: +anything, -anything=domain. */
static bool
is_return_tail(const char *s)
{
	return s[0] == '\0' || (s[0] == '+' && s[1] != '\0') || (s[0] == '-' && strchr(s + 1, '=') != NULL && s[1] != '=');
}

/* Every ending begins with one of - + _ and a dot (a test holds them to it). */
static bool
has_robot_ending(const char *local, const char (*endings)[ROBOT_WORD_MAX])
{
	const char *at;
	size_t i;

	if (local[0] == '\0')
		return false;
	for (at = local + 1; *at != '\0'; at++) {
		if (*at != '-' && *at != '+' && *at != '_' && *at != '.')
			continue;
		for (i = 0; endings[i][0] != '\0'; i++)
			if (text_begins(at, endings[i]) && is_return_tail(at + strlen(endings[i])))
				return true;
	}
	return false;
}

static bool
is_robot_local(const char *local)
{
	size_t i, whole = 0;

	while (local[whole] != '\0' && (local[whole] != '+' || whole == 0))
		whole++;
	for (i = 0; robot_whole[i][0] != '\0'; i++)
		if (text_equal_n(local, whole, robot_whole[i]))
			return true;
	for (i = 0; robot_begins[i][0] != '\0'; i++)
		if (text_begins(local, robot_begins[i]))
			return true;
	if (text_begins(local, EXCHANGE_ROBOT) && is_hex_run(local + strlen(EXCHANGE_ROBOT), EXCHANGE_DIGITS))
		return true;
	return has_robot_ending(local, robot_ends);
}

static bool
is_robot_domain(const char *domain)
{
	size_t i, len;

	if (domain == NULL)
		return false;
	for (len = 0; domain[len] != '.' && domain[len] != '\0'; len++)
		;
	for (i = 0; domain[len] == '.' && robot_domain_labels[i][0] != '\0'; i++)
		if (text_equal_n(domain, len, robot_domain_labels[i]))
			return true;
	return false;
}

bool
policy_is_listed(const struct setting_list *patterns, const struct address *a)
{
	size_t i;

	for (i = 0; a->local != NULL && i < patterns->n; i++)
		if (address_match(patterns->item[i], a))
			return true;
	return false;
}

static bool
is_robot_envelope(struct envelope *e)
{
	if (e->wrapping == ADDRESS_HIDDEN)
		return false;
	if (is_robot_local(e->original.local) || is_robot_domain(e->original.domain))
		return true;
	if (e->wrapping == ADDRESS_PLAIN && is_robot_local(e->sender.local))
		return true;
	return has_robot_ending(e->original.local, robot_envelope_ends) && envelope_from(e)->local != NULL &&
	    !address_equal(&e->original, envelope_from(e), NULL);
}

struct author_search {
	policy_author_fn *is;
	const struct setting_list *list;
	bool found;
};

static bool
ask_author(void *ctx, const struct address *a)
{
	struct author_search *s = ctx;

	s->found = s->is(a, s->list);
	return !s->found;
}

/* Two authors, or two From fields, are rare, and made by broken robots: each mailbox counts. */
bool
policy_any_author(const struct facts *facts, policy_author_fn *is, const struct setting_list *list)
{
	struct author_search s = { is, list, false };
	struct envelope *e = facts->envelope;
	const struct field *f;

	if (envelope_authors(e) <= 1)
		return envelope_from(e)->local != NULL && is(envelope_from(e), list);
	for (f = NULL; !s.found && (f = message_find(facts->message, "From", f)) != NULL;)
		address_each(f->value, f->value_len, ask_author, &s, NULL);
	return s.found;
}

static bool
is_robot_author(const struct address *a, const struct setting_list *ignored)
{
	return is_robot_local(a->local) || policy_is_listed(ignored, a);
}

bool
policy_test_robot_sender(const struct rule *r, const struct facts *facts, struct buf *value)
{
	struct envelope *e = facts->envelope;
	const struct setting_list *ignored = &facts->settings->ignore_sender;
	const struct field *f = message_find(facts->message, "From", NULL);

	(void)r;
	if (e->state != SENDER_GIVEN)
		return false;
	policy_show_sender(e, value);
	if (is_robot_envelope(e) || policy_is_listed(ignored, &e->original) || policy_is_listed(ignored, &e->sender))
		return true;
	if (!policy_any_author(facts, is_robot_author, ignored))
		return false;
	policy_show_field(value, f);
	return true;
}
