/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings_text - texts for some people only: message.* and internal-message.*
 *
 * Behind the first dot stands an address of the owner's, a language tag, or
 * both with a slash between: sales@example.org/de.  `sales@' is that local
 * part in every domain, as `alias = sales' is.  A dot would not do in place of the slash: example.org.de is a domain.
 *
 * Failures: problems of the settings.  Limits: SETTINGS_TEXTS_MAX.
 */
#include "settings_text.h"

#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "i18n.h"
#include "langtag.h"
#include "settings_value.h"
#include "text.h"

#define INTERNAL "internal-"

static void
complain_of_language(struct settings *s, const char *where, const char *name, const char *tag)
{
	const char *meant = langtag_meant(tag);

	if (meant != NULL)
		settings_problem(s, _("%s: %s: \"%s\" is no language: did you mean %s?"), _(where), name, tag, meant);
	else
		settings_problem(s, _("%s: %s: \"%s\" is no language tag, as de or pt-BR"), _(where), name, tag);
}

/* An address of the owner's; `sales@' without the @. */
static const char *
take_alias(struct settings *s, const char *text, size_t len)
{
	struct address a = { NULL, NULL, NULL };
	char *copy = text_copy(text, len);
	const char *kept = NULL;

	if (copy == NULL)
		return NULL;
	if (len > 1 && copy[len - 1] == '@')
		copy[len - 1] = '\0';
	if (address_parse(copy, strlen(copy), &a) && (a.domain != NULL || copy[len - 1] == '\0'))
		kept = settings_keep(s, copy);
	address_free(&a);
	free(copy);
	return kept;
}

/* Takes the name apart; false: it was a problem. */
static bool
take_name(struct settings *s, const char *where, struct setting_text *t)
{
	const char *selector = strchr(t->name, '.') + 1, *at = strrchr(selector, '@'), *slash;

	t->internal = text_begins(t->name, INTERNAL);
	if (at == NULL) {
		t->language = selector;
		if (langtag_ok(selector))
			return true;
		if (langtag_meant(selector) != NULL)
			complain_of_language(s, where, t->name, selector);
		else
			settings_problem(s, _("%s: %s: \"%s\" is neither an address of yours nor a language,"
			    " as in sales@example.org, de, or sales@example.org/de"), _(where), t->name, selector);
		return false;
	}
	slash = strchr(at, '/');
	t->alias = take_alias(s, selector, slash != NULL ? (size_t)(slash - selector) : strlen(selector));
	if (t->alias == NULL) {
		settings_problem(s, _("%s: %s: \"%s\" is no address of yours, as sales@example.org is"), _(where), t->name, selector);
		return false;
	}
	t->language = slash != NULL ? slash + 1 : NULL;
	if (t->language == NULL || langtag_ok(t->language))
		return true;
	complain_of_language(s, where, t->name, t->language);
	return false;
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : text_equal(a, b);
}

static bool
same_alias(const char *a, const char *b)
{
	struct address x = { NULL, NULL, NULL }, y = { NULL, NULL, NULL };
	bool equal;

	if (a == NULL || b == NULL || text_equal(a, b))
		return same(a, b);
	equal = address_parse(a, strlen(a), &x) && address_parse(b, strlen(b), &y) && x.domain != NULL && address_equal(&x, &y, NULL);
	address_free(&x);
	address_free(&y);
	return equal;
}

/* ~/.vacation.conf:3 and ~/.vacation.conf:7; the command line has no lines, and its last word counts. */
static bool
same_file(const char *a, const char *b)
{
	const char *colon = strrchr(a, ':');

	return colon != NULL && strncmp(a, b, (size_t)(colon + 1 - a)) == 0;
}

static struct setting_text *
find(struct settings *s, const struct setting_text *wanted)
{
	struct setting_text *t;

	for (t = s->texts.item; t < s->texts.item + s->texts.n; t++)
		if (t->internal == wanted->internal && same(t->language, wanted->language) && same_alias(t->alias, wanted->alias))
			return t;
	return NULL;
}

static void
append(struct settings *s, const char *where, const struct setting_text *t)
{
	struct setting_text *grown;

	if (s->texts.n == SETTINGS_TEXTS_MAX) {
		settings_problem(s, _("%s: %s: more than %d texts"), _(where), t->name, SETTINGS_TEXTS_MAX);
		return;
	}
	grown = realloc(s->texts.item, (s->texts.n + 1) * sizeof *grown);
	if (grown == NULL) {
		settings_problem(s, _("not enough memory for the settings"));
		return;
	}
	s->texts.item = grown;
	s->texts.item[s->texts.n++] = *t;
}

void
setting_add_text(struct settings *s, const char *where, const char *name, const char *file)
{
	struct setting_text t = { .name = settings_keep(s, name), .file = settings_keep(s, file), .where = where }, *before;

	if (t.name == NULL || t.file == NULL || where == NULL || !take_name(s, where, &t))
		return;
	before = find(s, &t);
	if (before == NULL)
		append(s, where, &t);
	else if (same_file(before->where, where))
		settings_problem(s, _("%s: %s: it is set at %s already"), _(where), name, before->where);
	else
		*before = t;
}

const char *
setting_text_where(const struct settings *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->texts.n; i++)
		if (text_equal(s->texts.item[i].name, name))
			return s->texts.item[i].where;
	return NULL;
}
