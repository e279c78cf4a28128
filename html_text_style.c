/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_text_style - what an element's attributes say of it
 *
 * Only style attributes are read: a mail whose hidden parts are hidden by a
 * style sheet shows them.  Nothing fails but memory, by the caller's buffer;
 * an attribute that could not be read counts as none.
 */
#include "html_text_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define NUMBER_MAX 1000000

/* The next declaration of a style: its name and value without the blanks around them. */
static bool
next_declaration(char **p, char **name, char **value)
{
	char *end, *colon;

	while (**p == ' ' || **p == '\t' || **p == '\n' || **p == '\r' || **p == ';')
		(*p)++;
	if (**p == '\0')
		return false;
	*name = *p;
	end = *p + strcspn(*p, ";");
	*p = *end != '\0' ? end + 1 : end;
	*end = '\0';
	colon = strchr(*name, ':');
	*value = colon != NULL ? colon + 1 : end;
	*value += strspn(*value, " \t\r\n");
	if (colon == NULL)
		colon = end;
	while (colon > *name && strchr(" \t\r\n", colon[-1]) != NULL)
		colon--;
	*colon = '\0';
	return true;
}

/* Zero, with or without a unit and decimals. */
static bool
is_zero(const char *value)
{
	if (*value != '0')
		return false;
	for (value++; *value == '.' || *value == '0'; value++)
		continue;
	return *value < '0' || *value > '9';
}

static bool
hides(const char *name, const char *value)
{
	static const struct {
		char name[12], value[8];
	} rows[] = {
		{ "display", "none" }, { "visibility", "hidden" }, { "max-height", "" }, { "opacity", "" }
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (text_equal(name, rows[i].name) &&
		    (rows[i].value[0] != '\0' ? text_begins(value, rows[i].value) : is_zero(value)))
			return true;
	}
	return false;
}

bool
html_is_hidden(const struct html_token *t, struct buf *scratch)
{
	char *p, *name, *value;

	if (t->len == 0)
		return false;
	if (html_has_attribute(t, "hidden"))
		return true;
	buf_reset(scratch);
	if (!html_attribute(t, "style", scratch) || scratch->failed || scratch->len == 0)
		return false;
	for (p = scratch->data; next_declaration(&p, &name, &value); ) {
		if (hides(name, value))
			return true;
	}
	return false;
}

enum html_white
html_white_space(const struct html_token *t, struct buf *scratch, enum html_white now)
{
	char *p, *name, *value;

	buf_reset(scratch);
	if (t->len == 0 || !html_attribute(t, "style", scratch) || scratch->failed || scratch->len == 0)
		return now;
	for (p = scratch->data; next_declaration(&p, &name, &value); ) {
		if (!text_equal(name, "white-space"))
			continue;
		if (text_begins(value, "pre-") || text_begins(value, "break-"))
			now = HTML_KEEP_LINES;
		else if (text_begins(value, "pre"))
			now = HTML_KEEP_ALL;
		else if (text_begins(value, "normal") || text_begins(value, "nowrap"))
			now = HTML_COLLAPSE;
	}
	return now;
}

int
html_number(const struct html_token *t, const char *name, struct buf *scratch, int otherwise)
{
	const char *s;
	long n;
	char *end;

	buf_reset(scratch);
	if (t->len == 0 || !html_attribute(t, name, scratch) || scratch->failed)
		return otherwise;
	s = buf_str(scratch);
	n = strtol(s, &end, 10);
	return end == s || n > NUMBER_MAX || n < -NUMBER_MAX ? otherwise : (int)n;
}

static void
roman(struct buf *b, int n)
{
	static const struct {
		short n;
		char s[3];
	} rows[] = {
		{ 1000, "m" }, { 900, "cm" }, { 500, "d" }, { 400, "cd" }, { 100, "c" }, { 90, "xc" }, { 50, "l" }, { 40, "xl" },
		{ 10, "x" }, { 9, "ix" }, { 5, "v" }, { 4, "iv" }, { 1, "i" }
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (; n >= rows[i].n; n -= rows[i].n)
			buf_adds(b, rows[i].s);
	}
}

void
html_item_marker(char *marker, size_t size, char type, int number)
{
	struct buf b = BUF_INIT;
	bool letters = text_lower(type) == 'a' && number >= 1 && number <= 26;

	if (text_lower(type) == 'i' && number >= 1 && number < 100)
		roman(&b, number);
	if (letters)
		snprintf(marker, size, "%c. ", type + number - 1);
	else if (b.len > 0 && b.len + 3 <= size)
		snprintf(marker, size, "%s. ", buf_str(&b));
	else
		snprintf(marker, size, "%d. ", number);
	for (char *p = marker; type == 'I' && *p != '\0'; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	buf_free(&b);
}
