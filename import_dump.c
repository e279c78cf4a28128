/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_dump - the text that db_dump and gdbm_dump print of a database
 *
 * Both tell when they are whole: db_dump by its last line, gdbm_dump by a
 * count.  Half a dump is refused.
 *
 * Failures: why, with file and line.  Limits: PAIR_MAX.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "import_parts.h"
#include "text.h"

#define PAIR_MAX 4096		/* bytes of a key or a value */

struct datum {
	unsigned char data[PAIR_MAX];
	size_t len;
};

/* A line of db_dump's, behind its blank: bytes as two hexadecimal digits each, all of them or, with print, those behind a backslash. */
static bool
decode_line(const char *s, bool print, struct datum *d)
{
	for (d->len = 0; *s != '\0'; d->len++) {
		if (d->len == PAIR_MAX)
			return false;
		if (print && s[0] == '\\' && s[1] == '\\') {
			d->data[d->len] = '\\';
			s += 2;
			continue;
		}
		if (print && *s != '\\') {
			d->data[d->len] = (unsigned char)*s++;
			continue;
		}
		s += print;
		if (text_hex(s[0]) < 0 || text_hex(s[1]) < 0)
			return false;
		d->data[d->len] = (unsigned char)(text_hex(s[0]) << 4 | text_hex(s[1]));
		s += 2;
	}
	return true;
}

/* Up to HEADER=END. */
static bool
read_header(struct import *im, FILE *f, char **line, size_t *room, bool *print)
{
	size_t len;
	char *s;

	while ((s = import_line(im, f, line, room, &len)) != NULL && strcmp(s, "HEADER=END") != 0) {
		if (strncmp(s, "VERSION=", 8) == 0 && strcmp(s, "VERSION=2") != 0 && strcmp(s, "VERSION=3") != 0)
			return import_refuse(im, _("a dump of this version is not known: VERSION=3 is"));
		if (strncmp(s, "format=", 7) != 0)
			continue;
		*print = strcmp(s, "format=print") == 0;
		if (!*print && strcmp(s, "format=bytevalue") != 0)
			return import_refuse(im, _("a dump of this format is not known: print and bytevalue are"));
	}
	return s != NULL || import_refuse(im, _("the dump is not whole: its header does not end"));
}

bool
import_db_dump(struct import *im, FILE *f)
{
	struct datum pair[2];
	char *line = NULL, *s = NULL;
	size_t room = 0, len;
	bool print = false, good;
	int i = 0;

	good = read_header(im, f, &line, &room, &print);
	while (good && (s = import_line(im, f, &line, &room, &len)) != NULL && strcmp(s, "DATA=END") != 0) {
		if (s[0] != ' ' || strlen(s) != len || !decode_line(s + 1, print, &pair[i]))
			good = import_refuse(im, _("this is no line of a dump"));
		else if (i == 1)
			good = import_pair(im, pair[0].data, pair[0].len, pair[1].data, pair[1].len);
		i = !i;
	}
	if (good && im->why.len == 0 && (s == NULL || i != 0))
		good = import_refuse(im, _("the dump is not whole: its last line is missing"));
	free(line);
	return good;
}

static int
base64(int c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c != '\0' ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) : -1;
}

static bool
decode_base64(const char *s, struct datum *d)
{
	unsigned bits = 0, have = 0;

	for (; *s != '\0' && *s != '='; s++) {
		if (base64(*s) < 0)
			return false;
		bits = bits << 6 | (unsigned)base64(*s);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (d->len == PAIR_MAX)
			return false;
		d->data[d->len++] = (unsigned char)(bits >> have);
	}
	return true;
}

/* The number behind a word of the dump; -1: it is another line. */
static long
number_of(const char *s, const char *word)
{
	size_t n = strlen(word);
	char *end;
	long number;

	if (strncmp(s, word, n) != 0)
		return -1;
	errno = 0;
	number = strtol(s + n, &end, 10);
	return errno == 0 && end != s + n && (*end == '\0' || *end == '.') ? number : -1;
}

/* Keys and values take turns, each a length and lines of base64. */
struct gdbm_dump {
	struct datum pair[2];
	long wanted;		/* bytes of the one that is being read, -1: none is */
	int i;
	long pairs;
	bool whole;
};

static bool
finish_datum(struct import *im, struct gdbm_dump *g)
{
	if (g->wanted < 0)
		return true;
	if ((size_t)g->wanted != g->pair[g->i].len)
		return import_refuse(im, _("before this line stand %zu bytes, and %ld should"), g->pair[g->i].len, g->wanted);
	g->wanted = -1;
	g->i = !g->i;
	if (g->i == 1)
		return true;
	g->pairs++;
	return import_pair(im, g->pair[0].data, g->pair[0].len, g->pair[1].data, g->pair[1].len);
}

static bool
gdbm_line(struct import *im, struct gdbm_dump *g, const char *s)
{
	long n;

	if (s[0] != '#') {
		if (g->wanted >= 0 && decode_base64(s, &g->pair[g->i]))
			return true;
		return import_refuse(im, _("this is no line of a dump"));
	}
	if (!finish_datum(im, g))
		return false;
	if ((n = number_of(s, "#:len=")) >= 0) {
		g->wanted = n;
		g->pair[g->i].len = 0;
	} else if ((n = number_of(s, "#:count=")) >= 0) {
		if (g->i != 0 || n != g->pairs)
			return import_refuse(im, _("the dump is not whole: it says %ld entries, and has %ld"), n, g->pairs);
		g->whole = true;
	} else if ((n = number_of(s, "#:version=")) >= 0 && n != 1)
		return import_refuse(im, _("a dump of this version is not known: 1 is"));
	return true;
}

bool
import_gdbm_dump(struct import *im, FILE *f)
{
	struct gdbm_dump g = { .wanted = -1 };
	char *line = NULL, *s;
	size_t room = 0, len;
	bool good = true;

	while (good && (s = import_line(im, f, &line, &room, &len)) != NULL)
		good = gdbm_line(im, &g, s);
	if (good && im->why.len == 0 && !g.whole)
		good = import_refuse(im, _("the dump is not whole: its last lines are missing"));
	free(line);
	return good;
}
