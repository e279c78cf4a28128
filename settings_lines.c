/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings_lines - the lines of a settings file
 *
 * `name = value', comments, quotes, CRLF, a byte order mark.  What a line
 * means is settings.c's to know.  Failures: problems of the settings.
 */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "settings.h"
#include "settings_value.h"

static char *
trim(char *from, char *to)
{
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r'))
		to--;
	*to = '\0';
	return from;
}

/* "..." around a value keeps its blanks. */
static char *
unquote(char *value)
{
	size_t len = strlen(value);

	if (len < 2 || value[0] != '"' || value[len - 1] != '"')
		return value;
	value[len - 1] = '\0';
	return value + 1;
}

/* ` # weekly' behind a value, but neither `Ticket #5' nor anything in quotes. */
static void
drop_comment(char *text)
{
	bool quoted = false;
	char *p;

	for (p = text; *p != '\0'; p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '#' && !quoted && (p[-1] == ' ' || p[-1] == '\t') && (p[1] == ' ' || p[1] == '\t' || p[1] == '\0')) {
			*p = '\0';
			return;
		}
	}
}

static void
take_line(struct settings *s, char *line, char *end, const char *where)
{
	char *equals, *name, *value;

	line = trim(line, end);
	if (line[0] == '\0' || line[0] == '#')
		return;
	equals = strchr(line, '=');
	if (equals == NULL) {
		settings_problem(s, _("%s: this is not `name = value': %s"), where, line);
		return;
	}
	name = trim(line, equals);
	drop_comment(equals + 1);
	value = unquote(trim(equals + 1, equals + 1 + strlen(equals + 1)));
	setting_from_file(s, where, name, value);
}

void
settings_text(struct settings *s, const char *text, size_t len, const char *name)
{
	struct buf where = BUF_INIT;
	char *copy = malloc(len + 1), *line, *end, *nul;
	unsigned n;

	if (copy == NULL) {
		settings_problem(s, _("%s: not enough memory"), name);
		return;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	while ((nul = memchr(copy, '\0', len)) != NULL)
		*nul = '?';
	line = copy;
	if (len >= 3 && memcmp(copy, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	for (n = 1; line < copy + len; n++) {
		end = memchr(line, '\n', (size_t)(copy + len - line));
		if (end == NULL)
			end = copy + len;
		buf_reset(&where);
		buf_addf(&where, "%s:%u", name, n);
		take_line(s, line, end, buf_str(&where));
		line = end + 1;
	}
	buf_free(&where);
	free(copy);
}
