/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * i18n - messages of the commands in the user's language
 *
 * gettext is part of the C library here.  It translates nothing while the
 * locale is C, which it stays when the one that LANG names is not installed;
 * then C.UTF-8 is taken, and LANGUAGE says what LANG would have said.
 * The catalogues are under LOCALEDIR; TEXTDOMAINDIR names another place, as for gettext(1).
 *
 * Failures: none; what cannot be translated is English.
 */
#include "i18n.h"

#include <libintl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "backsoon"

static bool started;

/* What decides about messages: POSIX's order of the variables. */
static const char *
wanted(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value;
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		value = getenv(names[i]);
		if (value != NULL && value[0] != '\0')
			return value;
	}
	return NULL;
}

void
i18n_start(void)
{
	const char *directory = getenv("TEXTDOMAINDIR"), *language = wanted();

	if (setlocale(LC_MESSAGES, "") == NULL && setlocale(LC_MESSAGES, "C.UTF-8") != NULL && language != NULL)
		setenv("LANGUAGE", language, 0);
	if (setlocale(LC_CTYPE, "") == NULL)
		setlocale(LC_CTYPE, "C.UTF-8");
	bindtextdomain(DOMAIN, directory != NULL && directory[0] == '/' ? directory : BACKSOON_LOCALEDIR);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	started = true;
}

void
i18n_stop(void)
{
	/* For strerror(3) too. */
	setlocale(LC_MESSAGES, "C");
	started = false;
}

const char *
i18n_language(void)
{
	/* Translators: your language's tag, as de or pt-BR; dates are written in it. */
	const char *tag = _("en"), *user = getenv("LANGUAGE");

	if (!started)
		return NULL;
	if (user == NULL || user[0] == '\0')
		user = wanted();
	return user != NULL && strncmp(user, tag, strlen(tag)) == 0 ? user : tag;
}

const char *
i18n(const char *message)
{
	/* The translation of nothing is the catalogue's header. */
	return started && message[0] != '\0' ? dgettext(DOMAIN, message) : message;
}

const char *
i18n_n(const char *one, const char *many, unsigned long n)
{
	if (started)
		return dngettext(DOMAIN, one, many, n);
	return n == 1 ? one : many;
}
