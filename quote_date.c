/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quote_date - the original's date: read, and written for people
 *
 * The Date field is the stranger's and may hold anything; what is no date is
 * said to be none.  Dates are written without strftime(3), which reads the
 * time zone's file (the sandbox forbids that) and asks the locale.
 *
 * Failures: memory, by the buffer.  Limits: years 1900 to 9999; a format's
 * result ends at QUOTE_VALUE_MAX.
 */
#include "quote.h"

#include <string.h>

#include "text.h"

static const char months[12][10] = {
	"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"
};
static const char days[7][10] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };

/* --- reading --- */

static bool
read_number(struct text_cursor *c, int most, size_t digits, int *n, size_t *len)
{
	const char *s;

	*len = text_token(c, &s);
	if (*len == 0 || *len > digits)
		return false;
	*n = 0;
	for (size_t i = 0; i < *len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*n = *n * 10 + s[i] - '0';
	}
	return *n <= most;
}

/* Three letters count: `Sept' and whole names are met as well. */
static bool
read_month(struct text_cursor *c, int *month)
{
	const char *s;
	size_t len = text_token(c, &s);

	for (*month = 0; len >= 3 && *month < 12; (*month)++) {
		if (text_lower(s[0]) == text_lower(months[*month][0]) && text_lower(s[1]) == months[*month][1] &&
		    text_lower(s[2]) == months[*month][2])
			return true;
	}
	return false;
}

static bool
read_year(struct text_cursor *c, int *year)
{
	size_t len;

	if (!read_number(c, 9999, 4, year, &len) || len < 2)
		return false;
	if (len == 3 || (len == 2 && *year >= 50))
		*year += 1900;
	else if (len == 2)
		*year += 2000;
	return *year >= 1900;
}

static bool
read_clock(struct text_cursor *c, int *seconds)
{
	int hour, minute, second = 0;
	size_t len;

	if (!read_number(c, 23, 2, &hour, &len) || !text_take(c, ':') || !read_number(c, 59, 2, &minute, &len))
		return false;
	if (text_take(c, ':') && !read_number(c, 60, 2, &second, &len))
		return false;
	*seconds = (hour * 60 + minute) * 60 + second;
	return true;
}

/* Seconds east of Greenwich; what is unknown counts as none (RFC 5322 4.3). */
static int
read_zone(struct text_cursor *c)
{
	static const struct {
		char name[4];
		signed char hours;
	} zones[] = {
		{ "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 }, { "MST", -7 }, { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 }
	};
	const char *s;
	size_t len = text_token(c, &s);
	int n = 0;

	if (len == 5 && (*s == '+' || *s == '-')) {
		for (size_t i = 1; i < len; i++) {
			if (s[i] < '0' || s[i] > '9')
				return 0;
			n = n * 10 + s[i] - '0';
		}
		n = (n / 100 * 60 + n % 100) * 60;
		return *s == '-' ? -n : n;
	}
	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
		if (text_equal_n(s, len, zones[i].name))
			return zones[i].hours * 3600;
	}
	return 0;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
days_before(int year, int month)
{
	static const short before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };

	return before[month] + (month > 1 && is_leap(year));
}

/* Since 1970; the year is 1900 or later. */
static int64_t
days_since_epoch(int year, int month, int day)
{
	int past = year - 1;

	return (int64_t)(year - 1970) * 365 + (past / 4 - past / 100 + past / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400) +
	    days_before(year, month) + day - 1;
}

static int
month_length(int year, int month)
{
	return month == 11 ? 31 : days_before(year, month + 1) - days_before(year, month);
}

bool
quote_date(const char *value, size_t len, int64_t *when)
{
	struct text_cursor c;
	struct text_cursor before;
	const char *s;
	int day, month, year, seconds;
	size_t n;

	text_cursor_init(&c, value, len);
	before = c;
	n = text_token(&c, &s);
	/* The day of the week is not asked for: it is often wrong. */
	if (n > 0 && (*s < '0' || *s > '9'))
		text_take(&c, ',');
	else
		c = before;
	if (!read_number(&c, 31, 2, &day, &n) || !read_month(&c, &month) || !read_year(&c, &year) || !read_clock(&c, &seconds))
		return false;
	if (day < 1 || day > month_length(year, month))
		return false;
	*when = days_since_epoch(year, month, day) * 86400 + seconds - read_zone(&c);
	return true;
}

/* --- writing --- */

/* The week of the year whose Thursday is in it, and that year (ISO 8601). */
static int
iso_week(const struct tm *tm, int *year)
{
	int weekday = (tm->tm_wday + 6) % 7, week = (tm->tm_yday - weekday + 10) / 7, first;

	*year = tm->tm_year + 1900;
	if (week < 1) {
		(*year)--;
		first = tm->tm_yday + 365 + is_leap(*year);
		return (first - weekday + 10) / 7;
	}
	if (week == 53 && tm->tm_yday - weekday + 3 >= 365 + is_leap(*year)) {
		(*year)++;
		return 1;
	}
	return week;
}

/* A number, and how it is filled up: `flag' - not at all, _ with blanks, 0 with noughts. */
struct number {
	int value, width;
	char fill;
};

static bool
number_of(char letter, const struct tm *tm, struct number *n)
{
	int iso_year, week = iso_week(tm, &iso_year), hour = tm->tm_hour % 12 == 0 ? 12 : tm->tm_hour % 12;
	const struct {
		char letter, fill;
		int width, value;
	} rows[] = {
		{ 'd', '0', 2, tm->tm_mday }, { 'e', ' ', 2, tm->tm_mday }, { 'm', '0', 2, tm->tm_mon + 1 },
		{ 'Y', '0', 1, tm->tm_year + 1900 }, { 'y', '0', 2, (tm->tm_year + 1900) % 100 }, { 'C', '0', 2, (tm->tm_year + 1900) / 100 },
		{ 'H', '0', 2, tm->tm_hour }, { 'k', ' ', 2, tm->tm_hour }, { 'I', '0', 2, hour }, { 'l', ' ', 2, hour },
		{ 'M', '0', 2, tm->tm_min }, { 'S', '0', 2, tm->tm_sec }, { 'j', '0', 3, tm->tm_yday + 1 },
		{ 'u', '0', 1, tm->tm_wday == 0 ? 7 : tm->tm_wday }, { 'w', '0', 1, tm->tm_wday },
		{ 'U', '0', 2, (tm->tm_yday + 7 - tm->tm_wday) / 7 }, { 'W', '0', 2, (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7 },
		{ 'V', '0', 2, week }, { 'G', '0', 1, iso_year }, { 'g', '0', 2, iso_year % 100 }
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].letter == letter) {
			*n = (struct number){ rows[i].value, rows[i].width, rows[i].fill };
			return true;
		}
	}
	return false;
}

/* What a letter is short for. */
static const char *
longer(char letter)
{
	static const struct {
		char letter, format[21];
	} rows[] = {
		{ 'c', "%a %b %e %H:%M:%S %Y" }, { 'x', "%m/%d/%y" }, { 'D', "%m/%d/%y" }, { 'X', "%H:%M:%S" }, { 'T', "%H:%M:%S" },
		{ 'R', "%H:%M" }, { 'r', "%I:%M:%S %p" }, { 'F', "%Y-%m-%d" }
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].letter == letter)
			return rows[i].format;
	}
	return NULL;
}

static void
add_zone(struct buf *out, long east)
{
	long minutes = (east < 0 ? -east : east) / 60;

	buf_addf(out, "%c%02ld%02ld", east < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
}

static bool
add_word(struct buf *out, char letter, const struct tm *tm)
{
	const char *day = days[(unsigned)tm->tm_wday % 7], *month = months[(unsigned)tm->tm_mon % 12];

	switch (letter) {
	case 'a':
		buf_add(out, day, 3);
		return true;
	case 'A':
		buf_adds(out, day);
		return true;
	case 'b':
	case 'h':
		buf_add(out, month, 3);
		return true;
	case 'B':
		buf_adds(out, month);
		return true;
	case 'p':
	case 'P':
		buf_adds(out, letter == 'p' ? (tm->tm_hour < 12 ? "AM" : "PM") : tm->tm_hour < 12 ? "am" : "pm");
		return true;
	case 'z':
		add_zone(out, tm->tm_gmtoff);
		return true;
	case 'Z':
		buf_adds(out, tm->tm_zone != NULL ? tm->tm_zone : "");
		return true;
	case 'n':
	case 't':
	case '%':
		buf_addc(out, letter == '%' ? '%' : ' ');
		return true;
	default:
		return false;
	}
}

static bool
add_conversion(struct buf *out, char flag, char letter, const struct tm *tm)
{
	struct number n;
	const char *format = longer(letter);

	if (format != NULL) {
		quote_strftime(out, format, strlen(format), tm);
		return true;
	}
	if (!number_of(letter, tm, &n))
		return add_word(out, letter, tm);
	if (flag == '-')
		n.width = 1;
	if (flag == '_' || flag == '0')
		n.fill = flag == '_' ? ' ' : '0';
	if (n.fill == '0')
		buf_addf(out, "%0*d", n.width, n.value);
	else
		buf_addf(out, "%*d", n.width, n.value);
	return true;
}

void
quote_strftime(struct buf *out, const char *format, size_t len, const struct tm *tm)
{
	size_t start = out->len, n;
	char flag;

	for (size_t i = 0; i < len && out->len - start < QUOTE_VALUE_MAX; i++) {
		n = 1;
		if (format[i] != '%') {
			buf_addc(out, format[i]);
			continue;
		}
		flag = i + n < len && strchr("-_0", format[i + n]) != NULL ? format[i + n++] : '\0';
		/* E and O ask for other calendars and digits, which English has not. */
		if (i + n < len && (format[i + n] == 'E' || format[i + n] == 'O'))
			n++;
		if (i + n < len && add_conversion(out, flag, format[i + n], tm))
			i += n;
		else
			buf_addc(out, '%');
	}
}
