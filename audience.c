/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audience - which text for whom
 *
 * Four levels, the first that has a text decides: for insiders who wrote to an
 * address with a text of its own; for all who wrote to it; for insiders; for
 * everybody.  At each level there may be texts in several languages, and one without.
 *
 * Who is an insider is asked of the address that gets the reply, as it stands: what is
 * wrapped in it (SRS) is a stranger's word, and the text would go to him.
 *
 * A file that cannot be used gives way to one that more people may see, never
 * to one that fewer may: a language to the text without one, an insider's to
 * everybody's.  A text for one address gives way to nothing but itself:
 * who knows the owner by that address alone need not know of the others.
 */
#include "audience.h"

#include <string.h>

#include "text.h"

#define MESSAGE "message"
#define INTERNAL_MESSAGE "internal-message"

bool
audience_is_divided(const struct settings *s)
{
	return s->texts.n > 0 || s->internal_message != NULL;
}

bool
audience_counts_from(const struct address *answered, const struct address *from)
{
	return from != NULL && from->local != NULL && from->domain != NULL && answered->domain != NULL &&
	    address_domain_below(answered->domain, from->domain);
}

static bool
is_in(const char *domain, const char *setting)
{
	if (setting[0] == '.')
		return address_domain_below(domain, setting + 1);
	return address_domain_below(domain, setting) && address_domain_below(setting, domain);
}

static const char *
internal_domain(const struct settings *s, const struct address *a)
{
	size_t i;

	for (i = 0; a->domain != NULL && i < s->internal_domain.n; i++)
		if (is_in(a->domain, s->internal_domain.item[i]))
			return s->internal_domain.item[i];
	return NULL;
}

static void
find_insider(const struct audience_facts *f, struct audience *a)
{
	if (f->answered == NULL || f->settings->internal_domain.n == 0)
		return;
	a->internal_by = internal_domain(f->settings, f->answered);
	if (a->internal_by != NULL || !audience_counts_from(f->answered, f->from))
		return;
	a->internal_by = internal_domain(f->settings, f->from);
	a->by_from = a->internal_by != NULL;
}

/* What the sender wants comes before what he writes. */
static void
read_languages(const struct message *m, struct langtag_list *l)
{
	static const char fields[2][20] = { "Accept-Language", "Content-Language" };
	const struct field *f;
	size_t i;

	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		for (f = NULL; (f = message_find(m, fields[i], f)) != NULL;)
			langtag_read(l, f->value, f->value_len, fields[i]);
}

/* How well the text's alias fits the address: 0 not at all; the domain weighs more than the detail. */
static int
fit(const struct audience_facts *f, const struct setting_text *t)
{
	struct address a = { NULL, NULL, NULL };
	int n = 0;

	if (f->own == NULL || t->alias == NULL || !address_parse(t->alias, strlen(t->alias), &a))
		return 0;
	if (address_equal(&a, f->own, f->settings->delimiter))
		n = 1 + (a.domain != NULL ? 2 : 0) + (text_equal(a.local, f->own->local) ? 1 : 0);
	address_free(&a);
	return n;
}

/* Of those for one address: only the best fitting ones are of the level. */
static int
best_fit(const struct audience_facts *f, bool internal)
{
	const struct setting_texts *l = &f->settings->texts;
	int n, best = 0;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->item[i].internal == internal && (n = fit(f, &l->item[i])) > best)
			best = n;
	return best;
}

static void
add(struct audience *a, const struct audience_choice *c)
{
	if (a->n < AUDIENCE_CHOICES_MAX)
		a->choice[a->n++] = *c;
}

/*
 * One level: the text in a language that is asked for, then the one without.
 * wanted: how well its alias fits, 0 for the levels without; plain: the file of the
 * setting without anything behind its name, or NULL.  Returns whether the level has a text.
 */
static bool
add_level(const struct audience_facts *f, struct audience *a, bool internal, int wanted, const char *plain)
{
	const struct setting_texts *l = &f->settings->texts;
	const struct setting_text *level[SETTINGS_TEXTS_MAX + 1], *rest = NULL;
	const char *tags[SETTINGS_TEXTS_MAX + 1];
	const struct langtag_range *asked = NULL;
	struct audience_choice fallback = { .name = internal ? INTERNAL_MESSAGE : MESSAGE, .file = plain,
		.language = f->settings->language, .internal = internal, .own_head = internal };
	size_t i, n = 0, before = a->n;
	int found;

	for (i = 0; i < l->n; i++) {
		if (l->item[i].internal != internal || (wanted > 0 ? fit(f, &l->item[i]) != wanted : l->item[i].alias != NULL))
			continue;
		if (l->item[i].language == NULL)
			rest = &l->item[i];
		else {
			tags[n] = l->item[i].language;
			level[n++] = &l->item[i];
		}
	}
	if (rest != NULL) {
		fallback.name = rest->name;
		fallback.file = rest->file;
		fallback.alias = rest->alias;
		fallback.own_head = true;
	}
	/* The text without a language has one: it is chosen where it is the one that is asked for. */
	tags[n] = fallback.file != NULL ? f->settings->language : NULL;
	found = n > 0 ? langtag_lookup(&a->asked, tags, n + 1, &asked) : -1;
	if (found >= 0 && (size_t)found < n)
		add(a, &(struct audience_choice){ .name = level[found]->name, .file = level[found]->file, .language = tags[found],
		    .alias = level[found]->alias, .internal = internal, .own_head = true, .asked = asked });
	else
		fallback.asked = asked;
	if (fallback.file != NULL)
		add(a, &fallback);
	return a->n > before;
}

void
audience_choose(const struct audience_facts *f, struct audience *a)
{
	const struct settings *s = f->settings;
	int fits;

	*a = (struct audience){ .n = 0 };
	find_insider(f, a);
	if (s->texts.n > 0)
		read_languages(f->message, &a->asked);
	if (a->internal_by != NULL && (fits = best_fit(f, true)) > 0)
		add_level(f, a, true, fits, NULL);
	if ((fits = best_fit(f, false)) > 0 && add_level(f, a, false, fits, NULL))
		return;
	if (a->internal_by != NULL)
		add_level(f, a, true, 0, s->internal_message);
	add_level(f, a, false, 0, s->message);
}
