/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * envelope_sender - who sent it
 *
 * The envelope sender is known from many places, none of them everywhere: an
 * option, the MTA's environment, the mbox line, a Return-Path.  The first
 * source that is there decides, even when it is empty; but when any source
 * says that there is no sender (a bounce), there is none: to answer a
 * bounce is the worse mistake.
 */
#include "envelope_sender.h"

#include <string.h>

#include "text.h"

#define SENDER_TEXT_MAX 2048	/* longer ones are cut for the log; they are `bad-sender' anyway */

struct source {
	const char *text;
	size_t len;
	const char *name;
};

#define SOURCES_MAX 8

bool
envelope_is_qmail(envelope_env *env)
{
	return env("RPLINE") != NULL;
}

/* MTAs that tell the sender reliably in $SENDER, and write no reliable
 * Return-Path: qmail, Exim, OpenSMTPD (LOCAL and DOMAIN, but none of what Postfix's local(8) adds). */
static bool
trusts_environment(envelope_env *env)
{
	if (envelope_is_qmail(env) || env("LOCAL_PART") != NULL)
		return true;
	return env("LOCAL") != NULL && env("DOMAIN") != NULL && env("ORIGINAL_RECIPIENT") == NULL &&
	    env("CLIENT_ADDRESS") == NULL;
}

static void
add_source(struct source *list, size_t *n, const char *text, size_t len, const char *name)
{
	if (text != NULL && *n < SOURCES_MAX)
		list[(*n)++] = (struct source){ text, len, name };
}

static void
add_text(struct source *list, size_t *n, const char *text, const char *name)
{
	if (text != NULL)
		add_source(list, n, text, strlen(text), name);
}

static size_t
word_length(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0' && s[n] != ' ' && s[n] != '\t')
		n++;
	return n;
}

static void
find_sources(struct source *list, size_t *n, const struct message *m, const struct settings *s, envelope_env *env)
{
	const struct field *f;
	bool trusted = trusts_environment(env);

	add_text(list, n, s->sender, "--sender");
	if (trusted)
		add_text(list, n, env("SENDER"), "$SENDER");
	if (m->from_line != NULL)
		add_source(list, n, m->from_line, word_length(m->from_line), "From line");
	for (f = NULL; (f = message_find(m, "Return-Path", f)) != NULL && message_is_trace(m, f);)
		add_source(list, n, f->value, f->value_len, "Return-Path");
	if (!trusted)
		add_text(list, n, env("SENDER"), "$SENDER");
	/* maildrop's name for it; LOCKEXT tells maildrop's FROM from anybody's. */
	if (env("LOCKEXT") != NULL)
		add_text(list, n, env("FROM"), "$FROM");
}

static void
trim(struct source *s)
{
	while (s->len > 0 && (s->text[0] == ' ' || s->text[0] == '\t')) {
		s->text++;
		s->len--;
	}
	while (s->len > 0 && (s->text[s->len - 1] == ' ' || s->text[s->len - 1] == '\t'))
		s->len--;
}

/* For the log: <bob@example.net> is bob@example.net. */
static void
drop_brackets(struct source *s)
{
	if (s->len > 2 && s->text[0] == '<' && s->text[s->len - 1] == '>') {
		s->text++;
		s->len -= 2;
	}
}

static bool
is_null(const struct source *s)
{
	return s->len == 0 || (s->len == 2 && memcmp(s->text, "<>", 2) == 0) ||
	    (s->len == 4 && memcmp(s->text, "#@[]", 4) == 0) || text_equal_n(s->text, s->len, "MAILER-DAEMON") ||
	    text_equal_n(s->text, s->len, "<MAILER-DAEMON>");
}

bool
envelope_decide_sender(struct envelope *e, const struct settings *s, envelope_env *env)
{
	struct source list[SOURCES_MAX], *use;
	size_t n = 0, i;
	bool null;

	find_sources(list, &n, e->message, s, env);
	e->state = SENDER_ABSENT;
	if (n == 0)
		return true;
	use = &list[0];
	for (i = 0; i < n; i++) {
		trim(&list[i]);
		if (is_null(&list[i]) && !is_null(use))
			use = &list[i];
	}
	e->source = use->name;
	null = is_null(use);
	drop_brackets(use);
	e->text = text_copy(use->text, use->len < SENDER_TEXT_MAX ? use->len : SENDER_TEXT_MAX);
	if (e->text == NULL)
		return false;
	if (null)
		e->state = SENDER_NULL;
	else if (address_parse(use->text, use->len, &e->sender)) {
		e->state = SENDER_GIVEN;
		e->wrapping = address_unwrap(&e->sender, &e->original);
		return e->original.local != NULL;
	} else
		e->state = SENDER_BAD;
	return true;
}
