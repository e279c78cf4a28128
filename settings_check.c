/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings_check - what a text must look like, where any text would be too much
 *
 * Asked while file and line are known.  Each complaint has an example of what would do.
 */
#include <string.h>

#include "address.h"
#include "i18n.h"
#include "langtag.h"
#include "settings.h"
#include "settings_value.h"
#include "text.h"

static bool
is_address(const char *text)
{
	struct address a = { NULL, NULL, NULL };
	bool good = address_parse(text, strlen(text), &a) || address_first(text, strlen(text), &a);

	address_free(&a);
	return good;
}

/* What has an @ is to have an address; all else is a name. */
static bool
is_author(const char *text)
{
	struct address a = { NULL, NULL, NULL };
	bool good = strchr(text, '@') == NULL || (address_first(text, strlen(text), &a) && a.domain != NULL);

	address_free(&a);
	return good;
}

/* No pattern: `*' would make an insider of everybody. */
static bool
is_domain(const char *text)
{
	if (text[0] == '.')
		text++;
	return address_domain_ok(text, strlen(text));
}

/* RFC 8601 2.5: one word, mostly a host's name. */
static bool
is_host(const char *text)
{
	return text[strcspn(text, " \t,;()<>@\"")] == '\0';
}

void
setting_check(struct settings *s, const char *where, const char *name, enum setting_form form, const char *value)
{
	const char *meant;

	switch (form) {
	case SETTING_ADDRESS:
		if (!is_address(value))
			settings_problem(s, _("%s: %s: \"%s\" is not an address, as anna@example.org is"), where, name, value);
		break;
	case SETTING_AUTHOR:
		if (!is_author(value))
			settings_problem(s, _("%s: %s: \"%s\" has no whole address, as in Anna Smith <anna@example.org>"), where, name, value);
		break;
	case SETTING_RETURN_PATH:
		if (strcmp(value, "<>") != 0 && !is_address(value))
			settings_problem(s, _("%s: %s: \"%s\" is neither an address, as bounces@example.org, nor <>"), where, name, value);
		break;
	case SETTING_LANGUAGE:
		meant = langtag_meant(value);
		if (!langtag_ok(value) && meant != NULL)
			settings_problem(s, _("%s: %s: \"%s\" is no language: did you mean %s?"), where, name, value, meant);
		else if (!langtag_ok(value))
			settings_problem(s, _("%s: %s: \"%s\" is no language tag, as de or pt-BR"), where, name, value);
		break;
	case SETTING_DOMAIN:
		if (!is_domain(value))
			settings_problem(s, _("%s: %s: \"%s\" is not a domain, as example.org is, or .example.org with all below it"), where, name, value);
		break;
	case SETTING_HOST:
		if (!is_host(value))
			settings_problem(s, _("%s: %s: \"%s\" is not one name, as mx.example.org is; a second one has a line of its own"), where, name, value);
		break;
	}
}
