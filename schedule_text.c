/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule_text - dates, hours and holidays as people write them
 *
 * Small readers that move a pointer along the text.  What is not understood
 * is an error that quotes the piece; nothing is guessed, since a date that
 * was read wrongly answers mail for a year.  Years 1970 to 9999; names of days in
 * English, three letters or more.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "i18n.h"
#include "schedule_parts.h"
#include "text.h"

#define WEEKDAY_MAX 12
#define YEAR_MIN 1970
#define YEAR_MAX 9999
#define LATEST INT64_C(253402300799)	/* the last second of YEAR_MAX */
#define BLANKS " \t"
#define SEPARATORS ",;"
#define ALL_DAYS 0x7fU

static void
skip_blanks(const char **p)
{
	*p += strspn(*p, BLANKS);
}

static bool
take(const char **p, int c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* A hyphen, or the en dash that word processors make of it. */
static bool
take_dash(const char **p)
{
	static const char en_dash[] = "\xe2\x80\x93";

	skip_blanks(p);
	if (strncmp(*p, en_dash, strlen(en_dash)) == 0)
		*p += strlen(en_dash);
	else if (!take(p, '-'))
		return false;
	skip_blanks(p);
	return true;
}

/* min to max digits and no more. */
static bool
take_number(const char **p, int min, int max, int *value)
{
	int n = 0;

	*value = 0;
	while (n < max && **p >= '0' && **p <= '9') {
		*value = *value * 10 + (*(*p)++ - '0');
		n++;
	}
	return n >= min && !(**p >= '0' && **p <= '9');
}

static bool
take_two(const char **p, int *value)
{
	if (!isdigit((unsigned char)(*p)[0]) || !isdigit((unsigned char)(*p)[1]))
		return false;
	*value = 10 * ((*p)[0] - '0') + ((*p)[1] - '0');
	*p += 2;
	return true;
}

/* Days from 1970-01-01, in the Gregorian calendar; March is the year's first month here. */
static int64_t
day_number(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

static bool
take_date(const char **p, int64_t *day)
{
	int year, month, mday;

	if (!take_number(p, 4, 4, &year) || !take(p, '-') || !take_number(p, 2, 2, &month) || !take(p, '-') || !take_number(p, 2, 2, &mday))
		return false;
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || mday < 1 || mday > days_in_month(year, month))
		return false;
	*day = day_number(year, month, mday);
	return true;
}

/* 14:00, 14:00:30, 24:00: seconds of the day. */
static bool
take_clock(const char **p, int *seconds)
{
	int hour, minute, second = 0;

	if (!take_number(p, 1, 2, &hour) || !take(p, ':') || !take_number(p, 2, 2, &minute))
		return false;
	if (take(p, ':') && !take_number(p, 2, 2, &second))
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return hour <= 24 && minute < 60 && second < 60 && *seconds <= DAY_SECONDS;
}

/* Z, +01:00, +0100 or +01: seconds east. */
static bool
take_offset(const char **p, int *east)
{
	int sign = **p == '-' ? -1 : 1, hour, minute = 0;

	*east = 0;
	if (take(p, 'Z') || take(p, 'z'))
		return true;
	if ((!take(p, '+') && !take(p, '-')) || !take_two(p, &hour))
		return false;
	if ((take(p, ':') || isdigit((unsigned char)**p)) && !take_two(p, &minute))
		return false;
	*east = sign * (hour * 3600 + minute * 60);
	return hour <= 24 && minute < 60;
}

static bool
at_end(const char *p)
{
	skip_blanks(&p);
	return *p == '\0';
}

static bool
parse_seconds(const char *p, struct moment *m)
{
	char *end;
	intmax_t n;

	if (!isdigit((unsigned char)*p))
		return false;
	errno = 0;
	n = strtoimax(p, &end, 10);
	*m = (struct moment){ MOMENT_FIXED, n };
	return errno == 0 && n <= LATEST && at_end(end);
}

bool
moment_parse(const char *p, struct moment *m)
{
	int64_t day;
	int seconds, east;
	bool gap;

	skip_blanks(&p);
	if (take(&p, '@'))
		return parse_seconds(p, m);
	if (!take_date(&p, &day))
		return false;
	*m = (struct moment){ MOMENT_DAY, day };
	if (at_end(p))
		return true;
	gap = take(&p, 'T') || take(&p, 't') || *p == ' ' || *p == '\t';
	skip_blanks(&p);
	if (!gap || !take_clock(&p, &seconds))
		return false;
	*m = (struct moment){ MOMENT_LOCAL, day * DAY_SECONDS + seconds };
	if (at_end(p))
		return true;
	skip_blanks(&p);
	if (!take_offset(&p, &east))
		return false;
	*m = (struct moment){ MOMENT_FIXED, day * DAY_SECONDS + seconds - east };
	return at_end(p);
}

/* Three letters or more of a day's English name. */
static bool
take_day(const char **p, unsigned *day)
{
	static const char names[][WEEKDAY_MAX] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };
	size_t len = 0;

	while (isalpha((unsigned char)(*p)[len]))
		len++;
	for (unsigned i = 0; i < 7 && len >= 3; i++) {
		if (len <= strlen(names[i]) && strncasecmp(*p, names[i], len) == 0) {
			*p += len;
			*day = i;
			return true;
		}
	}
	return false;
}

/* Mon or Fri-Mon; none of them: every day.  False: something else. */
static bool
take_days(const char **p, unsigned *days)
{
	unsigned first, last;

	*days = ALL_DAYS;
	if (!isalpha((unsigned char)**p))
		return true;
	if (!take_day(p, &first))
		return false;
	last = first;
	if (take_dash(p) && !take_day(p, &last))
		return false;
	*days = 1U << first;
	for (unsigned day = first; day != last; ) {
		day = (day + 1) % 7;
		*days |= 1U << day;
	}
	return true;
}

static bool
take_minutes(const char **p, int *minutes)
{
	int hour, minute = 0;

	if (!take_number(p, 1, 2, &hour) || (take(p, ':') && !take_number(p, 2, 2, &minute)))
		return false;
	*minutes = hour * 60 + minute;
	return minute < 60 && *minutes <= DAY_MINUTES;
}

static bool
take_range(const char **p, struct window *w)
{
	if (!take_minutes(p, &w->from) || !take_dash(p) || !take_minutes(p, &w->to))
		return false;
	if (w->to == 0)
		w->to = DAY_MINUTES;
	return w->from != w->to && w->from < DAY_MINUTES;
}

/* One item of the hours, from p to a separator: one window for each range of times. */
static bool
take_item(const char **p, struct window *w, size_t max, size_t *count)
{
	struct window one = { .to = DAY_MINUTES };

	if (!take_days(p, &one.days))
		return false;
	skip_blanks(p);
	do {
		if (isdigit((unsigned char)**p) && !take_range(p, &one))
			return false;
		if (*count == max)
			return false;
		w[(*count)++] = one;
		skip_blanks(p);
	} while (isdigit((unsigned char)**p));
	return **p == '\0' || strchr(SEPARATORS, **p) != NULL;
}

static bool
complain(struct buf *why, const char *what, const char *item, size_t count, size_t max)
{
	struct buf shown = BUF_INIT;

	if (why == NULL)
		return false;
	if (count == max) {
		buf_addf(why, _("%s: more than %lu"), what, (unsigned long)max);
		return false;
	}
	diag_visible(&shown, item, strcspn(item, SEPARATORS));
	buf_addf(why, _("%s: not understood: \"%s\""), what, buf_str(&shown));
	why->failed = why->failed || shown.failed;
	buf_free(&shown);
	return false;
}

bool
windows_parse(const char *p, struct window *w, size_t max, size_t *count, struct buf *why)
{
	const char *item;

	*count = 0;
	for (;;) {
		p += strspn(p, BLANKS SEPARATORS);
		if (*p == '\0')
			return *count > 0 || complain(why, "hours", "", *count, max);
		item = p;
		if (!take_item(&p, w, max, count))
			return complain(why, "hours", item, *count, max);
	}
}

static bool
take_holiday(const char **p, struct holiday *h)
{
	if (!take_date(p, &h->first))
		return false;
	h->last = h->first;
	skip_blanks(p);
	if (strncmp(*p, "..", 2) == 0) {
		*p += 2;
		skip_blanks(p);
		if (!take_date(p, &h->last))
			return false;
		skip_blanks(p);
	}
	return h->last >= h->first && (**p == '\0' || strchr(SEPARATORS, **p) != NULL);
}

bool
holidays_parse(const char *p, struct holiday *h, size_t max, size_t *count, struct buf *why)
{
	const char *item;

	*count = 0;
	for (;;) {
		p += strspn(p, BLANKS SEPARATORS);
		if (*p == '\0')
			return true;
		item = p;
		if (*count == max || !take_holiday(&p, &h[*count]))
			return complain(why, "holidays", item, *count, max);
		(*count)++;
	}
}
