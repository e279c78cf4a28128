/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_export - our own form, written and read: backsoon-export(5)
 *
 * A line a record, fields parted by tabs, times in UTC: it depends on no
 * machine, can be read by people, and sorted and cut by other programs.  The
 * last line counts the records, so that half a file is not taken for a whole one.
 *
 * Failures: why, with file and line.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "i18n.h"
#include "import_parts.h"
#include "text.h"

#define FIELDS 8
#define MAGIC "backsoon-export "
#define YEAR_MAX 9999

/* What is no printable UTF-8, a tab or a backslash is written \xHH; nothing is "-". */
static void
put_field(struct buf *b, const char *s)
{
	size_t len = strlen(s), n;

	buf_addc(b, '\t');
	if (len == 0)
		buf_addc(b, '-');
	else if (strcmp(s, "-") == 0)
		buf_adds(b, "\\x2d");
	else if (text_is_clean(s, len) && strchr(s, '\\') == NULL) {
		buf_adds(b, s);
		return;
	} else
		for (; len > 0; s += n, len -= n) {
			n = text_utf8_len(s, len);
			if (n > 0 && text_is_clean(s, n) && *s != '\\')
				buf_add(b, s, n);
			else {
				n = 1;
				buf_addf(b, "\\x%02x", (unsigned char)*s);
			}
		}
}

static void
put_time(struct buf *b, int64_t t)
{
	time_t seconds = (time_t)t;
	struct tm tm;

	if (t != 0 && gmtime_r(&seconds, &tm) != NULL && tm.tm_year + 1900 >= 0 && tm.tm_year + 1900 <= YEAR_MAX)
		buf_addf(b, "\t%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	else
		buf_addf(b, "\t@%" PRId64, t);
}

static void
put_period(struct buf *b, int64_t period)
{
	if (period == VACATION_DB_FOREVER)
		buf_adds(b, "\tonce");
	else
		buf_addf(b, "\t%" PRId64, period);
}

void
import_write_head(struct buf *b, int64_t interval)
{
	buf_addf(b, MAGIC "%d\n", IMPORT_VERSION);
	if (interval < 0)
		return;
	buf_adds(b, "interval");
	put_period(b, interval);
	buf_addc(b, '\n');
}

void
import_write_row(struct buf *b, const struct vacation_db_row *row)
{
	buf_adds(b, row->excluded ? "exclude" : row->reference ? "from" : "answered");
	put_field(b, row->sender);
	if (!row->excluded) {
		put_time(b, row->first_answered);
		put_time(b, row->last_answered);
		buf_addf(b, "\t%" PRIu32, row->count);
		put_period(b, row->period);
		put_field(b, row->handle);
	}
	if (row->owner[0] != '\0')
		put_field(b, row->owner);
	buf_addc(b, '\n');
}

void
import_write_end(struct buf *b, uint64_t rows)
{
	buf_addf(b, "end\t%" PRIu64 "\n", rows);
}

/* In its place: it only gets shorter. */
static bool
unescape(char *s)
{
	char *to = s;

	if (strcmp(s, "-") == 0)
		s[0] = '\0';
	for (; *s != '\0'; s++) {
		if (*s != '\\') {
			*to++ = *s;
			continue;
		}
		if (s[1] != 'x' || text_hex(s[2]) < 0 || text_hex(s[3]) < 0 || (text_hex(s[2]) == 0 && text_hex(s[3]) == 0))
			return false;
		*to++ = (char)(text_hex(s[2]) << 4 | text_hex(s[3]));
		s += 3;
	}
	*to = '\0';
	return true;
}

static bool
parse_number(const char *s, int64_t min, int64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoll(s, &end, 10);
	return errno == 0 && *end == '\0' && (isdigit((unsigned char)*s) || (*s == '-' && isdigit((unsigned char)s[1]))) && *n >= min;
}

static bool
parse_period(const char *s, int64_t *period)
{
	*period = VACATION_DB_FOREVER;
	return strcmp(s, "once") == 0 || parse_number(s, 0, period);
}

static bool
parse_time(const char *s, int64_t *t)
{
	struct tm tm = { .tm_isdst = 0 };
	int n = 0;

	if (*s == '@')
		return parse_number(s + 1, 0, t);
	if (sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6 ||
	    n == 0 || s[n] != '\0' || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour < 0 || tm.tm_hour > 23 ||
	    tm.tm_min < 0 || tm.tm_min > 59 || tm.tm_sec < 0 || tm.tm_sec > 60)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*t = timegm(&tm);
	return true;
}

static int
split(char *line, char *field[FIELDS])
{
	int n = 0;

	while (n < FIELDS) {
		field[n++] = line;
		line = strchr(line, '\t');
		if (line == NULL)
			return n;
		*line++ = '\0';
	}
	return FIELDS + 1;
}

/* The table's form of an address: what somebody has typed in capitals counts as well. */
static bool
take_sender(char *s)
{
	size_t len;

	if (!unescape(s) || *s == '\0')
		return false;
	for (len = 0; s[len] != '\0'; len++)
		s[len] = (char)text_lower((unsigned char)s[len]);
	return true;
}

static bool
read_answer(struct import *im, char *const *field, int n)
{
	struct vacation_db_row row = { .sender = field[1], .handle = "", .owner = "", .reference = field[0][0] == 'f' };
	int64_t count;

	if (n != 7 && n != 8)
		return import_refuse(im, _("\"%s\" has 6 or 7 fields behind it, not %d"), field[0], n - 1);
	if (!take_sender(field[1]))
		return import_refuse(im, _("the address is not written as it should be"));
	if (!parse_time(field[2], &row.first_answered) || !parse_time(field[3], &row.last_answered))
		return import_refuse(im, _("a time is written 2026-12-24T18:00:00Z, or @ and the seconds since 1970"));
	if (!parse_number(field[4], 0, &count) || count > UINT32_MAX)
		return import_refuse(im, _("\"%s\" is no number of answers"), field[4]);
	if (!parse_period(field[5], &row.period))
		return import_refuse(im, _("\"%s\" is no period: seconds, or once"), field[5]);
	if (!unescape(field[6]) || (n == 8 && !unescape(field[7])))
		return import_refuse(im, _("a backslash stands before x and two hexadecimal digits"));
	/* A clock that was wrong, here or there: as in the table, such a time counts as now. */
	if (row.last_answered > im->now + VACATION_DB_FUTURE_MAX)
		row.last_answered = im->now;
	if (row.first_answered > row.last_answered)
		row.first_answered = row.last_answered;
	row.count = (uint32_t)count;
	row.handle = field[6];
	row.owner = n == 8 ? field[7] : "";
	return import_row(im, &row);
}

static bool
read_exclusion(struct import *im, char *const *field, int n)
{
	struct vacation_db_row row = { .sender = field[1], .handle = "", .owner = "", .excluded = true };

	if ((n != 2 && n != 3) || !take_sender(field[1]) || (n == 3 && !unescape(field[2])))
		return import_refuse(im, _("behind \"exclude\" stands an address, @domain or @.domain"));
	if (n == 3)
		row.owner = field[2];
	return import_row(im, &row);
}

/* *end: the last line. */
static bool
read_record(struct import *im, char *line, uint64_t *rows, bool *end)
{
	char *field[FIELDS];
	int n = split(line, field);
	int64_t number;

	if (strcmp(field[0], "answered") == 0 || strcmp(field[0], "from") == 0)
		return ++*rows, read_answer(im, field, n);
	if (strcmp(field[0], "exclude") == 0)
		return ++*rows, read_exclusion(im, field, n);
	if (strcmp(field[0], "interval") == 0)
		return (n == 2 && parse_period(field[1], &im->interval)) || import_refuse(im, _("behind \"interval\" stands a period: seconds, or once"));
	if (strcmp(field[0], "end") != 0)
		return import_refuse(im, _("no line begins like this one"));
	*end = true;
	if (n == 2 && parse_number(field[1], 0, &number) && (uint64_t)number == *rows)
		return true;
	return import_refuse(im, _("there are %llu records before the end, and it says something else: the file is not whole"), (unsigned long long)*rows);
}

bool
import_export(struct import *im, FILE *f)
{
	uint64_t rows = 0;
	char *line = NULL, *s;
	size_t room = 0, len;
	bool good, end = false;
	int64_t version = 0;

	s = import_line(im, f, &line, &room, &len);
	good = s != NULL && parse_number(s + sizeof MAGIC - 1, 1, &version);
	if (!good)
		import_refuse(im, _("no version stands behind \"backsoon-export\""));
	else if (version > IMPORT_VERSION)
		good = import_refuse(im, _("it was written by a newer version of backsoon"));
	while (good && (s = import_line(im, f, &line, &room, &len)) != NULL) {
		if (*s == '\0' || *s == '#')
			continue;
		if (strlen(s) != len)
			good = import_refuse(im, _("there is a NUL in the line"));
		else if (end)
			good = import_refuse(im, _("there is something behind the end"));
		else
			good = read_record(im, s, &rows, &end);
	}
	if (good && !end && im->why.len == 0)
		good = import_refuse(im, _("the file is not whole: its last line, \"end\", is missing"));
	free(line);
	return good;
}
