/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings_value - periods, yes and no, and where strings are kept
 *
 * A period needs its unit, except 0: `every = 7' could mean days or seconds,
 * and each guess would be wrong for somebody.
 */
#include "settings_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "settings.h"
#include "text.h"

#define STRINGS_STEP 32

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)

bool
settings_period(const char *text, int64_t *seconds)
{
	static const struct { char unit; int64_t seconds; } units[] = {
		{ 's', 1 }, { 'm', MINUTE }, { 'h', HOUR }, { 'd', DAY }, { 'w', WEEK },
	};
	char *end;
	long long n;
	size_t i;

	if (text_equal(text, "once")) {
		*seconds = SETTINGS_ONCE;
		return true;
	}
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno != 0 || (end[0] == '\0' && n != 0))
		return false;
	if (end[0] == '\0') {
		*seconds = 0;
		return true;
	}
	for (i = 0; i < sizeof units / sizeof units[0]; i++)
		if (text_lower(end[0]) == units[i].unit && end[1] == '\0' && n <= INT32_MAX) {
			*seconds = n * units[i].seconds;
			return true;
		}
	return false;
}

bool
setting_boolean(const char *text, bool *value)
{
	static const char *const words[2][5] = {
		{ "no", "false", "off", "0", NULL }, { "yes", "true", "on", "1", NULL },
	};
	int v;
	size_t i;

	for (v = 0; v < 2; v++)
		for (i = 0; words[v][i] != NULL; i++)
			if (text_equal(text, words[v][i])) {
				*value = v == 1;
				return true;
			}
	return false;
}

bool
setting_size(const char *text, uint64_t *bytes)
{
	uint64_t unit = 1;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*bytes = strtoull(text, &end, 10);
	if (text_lower(end[0]) == 'k')
		unit = UINT64_C(1) << 10;
	else if (text_lower(end[0]) == 'm')
		unit = UINT64_C(1) << 20;
	if (errno != 0 || end[unit > 1] != '\0' || *bytes > UINT64_MAX / unit)
		return false;
	*bytes *= unit;
	return true;
}

const char *
settings_keep(struct settings *s, const char *text)
{
	char **grown, *copy;

	if (s->nstrings % STRINGS_STEP == 0) {
		grown = realloc(s->strings, (s->nstrings + STRINGS_STEP) * sizeof *grown);
		if (grown == NULL) {
			settings_problem(s, _("not enough memory for the settings"));
			return NULL;
		}
		s->strings = grown;
	}
	copy = text_copy(text, strlen(text));
	if (copy == NULL) {
		settings_problem(s, _("not enough memory for the settings"));
		return NULL;
	}
	s->strings[s->nstrings++] = copy;
	return copy;
}

void
settings_append(struct settings *s, struct setting_list *l, const char *text)
{
	const char **grown;

	grown = realloc(l->item, (l->n + 1) * sizeof *grown);
	if (grown == NULL || text == NULL) {
		if (grown != NULL)
			l->item = grown;
		settings_problem(s, _("not enough memory for the settings"));
		return;
	}
	l->item = grown;
	l->item[l->n++] = text;
}
