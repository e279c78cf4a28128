/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_headers - header fields against the data of a rule's row
 *
 * Values compare without regard to case and by whole tokens: an empty
 * Precedence is not `junk', and Listening-To is no list.  A field that
 * occurs twice counts if any occurrence does.
 */
#include "policy_tests.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static bool
same_bytes(const char *a, const char *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (text_lower(a[i]) != text_lower(b[i]))
			return false;
	return true;
}

/* Whether word is one of the words of `one|two|three'. */
static bool
is_one_of(const char *words, const char *word, size_t len)
{
	size_t n;

	for (; *words != '\0'; words += n + (words[n] == '|')) {
		n = strcspn(words, "|");
		if (n == len && same_bytes(words, word, n))
			return true;
	}
	return false;
}

static bool
begins_with_one_of(const char *words, const char *text)
{
	size_t n, len = strlen(text);

	for (; *words != '\0'; words += n + (words[n] == '|')) {
		n = strcspn(words, "|");
		if (n <= len && same_bytes(words, text, n))
			return true;
	}
	return false;
}

/* Words between any of the separators, compared whole. */
static bool
holds_one_of(const char *words, const char *text, const char *separators)
{
	size_t n;

	for (; *text != '\0'; text += n) {
		text += strspn(text, separators);
		n = strcspn(text, separators);
		while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
			n--;
		if (is_one_of(words, text, n))
			return true;
		n = strcspn(text, separators);
	}
	return false;
}

static bool
first_word_is(const char *words, const struct field *f)
{
	struct text_cursor c;
	const char *tok;
	size_t len;

	text_cursor_init(&c, f->value, f->value_len);
	len = text_token(&c, &tok);
	return is_one_of(words, tok, len);
}

struct own_search {
	const struct envelope *envelope;
	bool found;
};

static bool
own_mailbox(void *ctx, const struct address *a)
{
	struct own_search *s = ctx;

	s->found = s->found || envelope_is_own(s->envelope, a);
	return !s->found;
}

static bool
holds_own_address(const struct envelope *e, const struct field *f)
{
	struct own_search s = { e, false };

	address_each(f->value, f->value_len, own_mailbox, &s, NULL);
	return s.found;
}

/* A number, quoted or not; -1 for none, LONG_MAX for one that is too large. */
static long
number_of(const char *text)
{
	text += text[0] == '"';
	return text[0] >= '0' && text[0] <= '9' ? strtol(text, NULL, 10) : -1;
}

static bool
field_matches(const struct rule_header *h, const struct field *f, const struct facts *facts)
{
	switch (h->match) {
	case MATCH_PRESENT:
	case MATCH_PREFIX:
		return true;
	case MATCH_WORD:
		return first_word_is(h->words, f);
	case MATCH_LISTED:
		return holds_one_of(h->words, f->value, " \t,;\"");
	case MATCH_BEGINS:
		return begins_with_one_of(h->words, f->value);
	case MATCH_CONTAINS:
		return holds_one_of(h->words, f->value, " \t,;\"()");
	case MATCH_AT_LEAST:
		return number_of(f->value) >= number_of(h->words);
	case MATCH_OWN:
		return holds_own_address(facts->envelope, f);
	}
	return false;
}

static const struct field *
find_prefixed(const struct message *m, const char *prefix)
{
	size_t i;

	for (i = 0; i < m->nfields; i++)
		if (text_begins(m->fields[i].name, prefix))
			return &m->fields[i];
	return NULL;
}

bool
policy_test_headers(const struct rule *r, const struct facts *facts, struct buf *value)
{
	const struct rule_header *h;
	const struct field *f;

	for (h = rules_headers(r->headers); h->name[0] != '\0'; h++) {
		if (h->match == MATCH_PREFIX) {
			f = find_prefixed(facts->message, h->name);
			if (f != NULL) {
				policy_show_field(value, f);
				return true;
			}
			continue;
		}
		for (f = NULL; (f = message_find(facts->message, h->name, f)) != NULL;)
			if (field_matches(h, f, facts)) {
				policy_show_field(value, f);
				return true;
			}
	}
	return false;
}
