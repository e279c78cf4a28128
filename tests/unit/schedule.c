/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule: what is understood, both ends of a period, changes of the clock in several zones, hours and holidays. */
#include "schedule.h"

#include <stdlib.h>
#include <time.h>

#include "tests/tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* 2026-12-24T14:00Z by the module itself, which test_texts() holds against known numbers. */
static int64_t
utc(const char *text)
{
	struct schedule *s = schedule_new(NULL, text, NULL, NULL, NULL, NULL);
	int64_t t = s != NULL ? schedule_start(s) : -1;

	schedule_free(s);
	return t;
}

static const struct { const char *name, *text; long long want; } times[] = {
	{ "seconds", "@1797000000", 1797000000 },
	{ "UTC", "2026-12-24T14:00Z", 1798120800 },
	{ "seconds of a minute", "2026-12-24 14:00:30z", 1798120830 },
	{ "offset", "2026-12-24 14:00+01:00", 1798117200 },
	{ "offset without a colon", "2026-12-24T14:00 -0530", 1798140600 },
	{ "offset in hours", "2026-12-24 9:00+01", 1798099200 },
	{ "end of a day", "2026-12-24 24:00Z", 1798156800 },
	{ "leap day", "2028-02-29 00:00Z", 1835395200 },
	{ "the first second", "1970-01-01 00:00Z", 0 },
	{ "blanks around", "  2026-12-24 14:00 Z ", 1798120800 },
};

static const char *const wrong_times[] = {
	"tomorrow", "2026-12", "2026-13-01", "2026-00-10", "2026-02-29", "2100-02-29", "2026-12-24 25:00", "2026-12-24 14:60",
	"2026-12-24 14:00:60", "2026-12-24 14:00+1", "2026-12-24 14:00 +", "2026-12-24 14:00ZZ", "2026-12-24 24:01", "2026-12-2414:00",
	"26-12-24", "2026-12-24 14", "@", "@12x", "@-1", "@99999999999999999999", "2026-12-24x", "1969-12-31", "12026-12-24", "2026-1-1",
};

static void
test_texts(void)
{
	struct buf why = BUF_INIT;

	for (size_t i = 0; i < COUNT(times); i++)
		is_int(utc(times[i].text), times[i].want, times[i].name);
	for (size_t i = 0; i < COUNT(wrong_times); i++) {
		buf_reset(&why);
		ok(schedule_new(NULL, wrong_times[i], NULL, NULL, NULL, &why) == NULL && why.len > 0, "not a time: %s", wrong_times[i]);
	}
	buf_reset(&why);
	schedule_new(NULL, NULL, "soon\x1b[1m", NULL, NULL, &why);
	is_str(buf_str(&why), "until: not a date or time, as 2027-01-03 is: \"soon\\x1b[1m\"", "the message quotes it, harmlessly");
	buf_free(&why);
}

/* from | until, the instants in UTC. */
static const struct { const char *name, *zone, *from, *until, *start, *end; } periods[] = {
	{ "Berlin: a winter day", "Europe/Berlin", "2026-12-24", "2026-12-24", "2026-12-23T23:00Z", "2026-12-24T23:00Z" },
	{ "Berlin: days on both sides of spring", "Europe/Berlin", "2026-03-29", "2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z" },
	{ "Berlin: days on both sides of autumn", "Europe/Berlin", "2026-10-25", "2026-10-25", "2026-10-24T22:00Z", "2026-10-25T23:00Z" },
	{ "Berlin: a skipped time is the next instant", "Europe/Berlin", "2026-03-29 02:30", "2026-03-29 02:45:30", NULL, NULL },
	{ "Berlin: skipped start", "Europe/Berlin", "2026-03-29 02:30", "2026-03-30", "2026-03-29T01:00Z", "2026-03-30T22:00Z" },
	{ "Berlin: skipped end", "Europe/Berlin", "2026-03-28", "2026-03-29 02:30", "2026-03-27T23:00Z", "2026-03-29T01:00Z" },
	{ "Berlin: repeated, first and second", "Europe/Berlin", "2026-10-25 02:30", "2026-10-25 02:30", "2026-10-25T00:30Z", "2026-10-25T01:30Z" },
	{ "Berlin: just before and after the repeated hour", "Europe/Berlin", "2026-10-25 01:59:59", "2026-10-25 03:00", "2026-10-24T23:59:59Z", "2026-10-25T02:00Z" },
	{ "New York: spring", "America/New_York", "2026-03-08 02:15", "2026-03-08", "2026-03-08T07:00Z", "2026-03-09T04:00Z" },
	{ "New York: repeated", "America/New_York", "2026-11-01 01:30", "2026-11-01 01:30", "2026-11-01T05:30Z", "2026-11-01T06:30Z" },
	{ "New York: autumn day", "America/New_York", "2026-11-01", "2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z" },
	{ "Lord Howe: half an hour skipped", "Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-04", "2026-10-03T15:30Z", "2026-10-04T13:00Z" },
	{ "Lord Howe: half an hour repeated", "Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-05 01:45", "2026-04-04T14:45Z", "2026-04-04T15:15Z" },
	{ "Lord Howe: not repeated", "Australia/Lord_Howe", "2026-04-05 01:15", "2026-04-05 02:00", "2026-04-04T14:15Z", "2026-04-04T15:30Z" },
	{ "Sao Paulo: a day without midnight", "America/Sao_Paulo", "2018-11-04", "2018-11-04", "2018-11-04T03:00Z", "2018-11-05T02:00Z" },
	{ "Sao Paulo: a day whose last hour is repeated", "America/Sao_Paulo", "2018-02-17", "2018-02-17", "2018-02-17T02:00Z", "2018-02-18T03:00Z" },
	{ "Havana: midnight twice, the day before", "America/Havana", "2026-10-31", "2026-10-31", "2026-10-31T04:00Z", "2026-11-01T04:00Z" },
	{ "Havana: midnight twice, that day", "America/Havana", "2026-11-01", "2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z" },
	{ "St. John's: back over midnight", "America/St_Johns", "2010-11-06", "2010-11-06", "2010-11-06T02:30Z", "2010-11-07T03:30Z" },
	{ "Apia: a day that never was", "Pacific/Apia", "2011-12-30", "2011-12-31", "2011-12-30T10:00Z", "2011-12-31T10:00Z" },
	{ "Apia: until the day that never was", "Pacific/Apia", "2011-12-29", "2011-12-30", "2011-12-29T10:00Z", "2011-12-30T10:00Z" },
	{ "Apia: only the day that never was", "Pacific/Apia", "2011-12-30", "2011-12-30", NULL, NULL },
	{ "Caracas: half an hour, for good", "America/Caracas", "2007-12-09 02:45", "2007-12-09", "2007-12-09T06:45Z", "2007-12-10T04:30Z" },
	{ "a leap day after 2038", "Europe/Berlin", "2040-02-29", "2040-02-29", "2040-02-28T23:00Z", "2040-02-29T23:00Z" },
	{ "summer time after 2038", "Europe/Berlin", "2050-07-01", "2050-07-31", "2050-06-30T22:00Z", "2050-07-31T22:00Z" },
	{ "a change of the clock after 2038", "America/New_York", "2045-11-05 01:30", "2045-11-05 01:30", "2045-11-05T05:30Z", "2045-11-05T06:30Z" },
	{ "the end is before the start", "UTC", "2027-01-03", "2026-12-19", NULL, NULL },
	{ "nothing in between", "UTC", "2026-12-19 12:00", "2026-12-19 12:00", NULL, NULL },
	{ "one day is a period", "UTC", "2026-12-19", "2026-12-19", "2026-12-19T00:00Z", "2026-12-20T00:00Z" },
	{ "UTC times don't mind the zone", "America/New_York", "2026-12-19T00:00Z", "@1798156800", "2026-12-19T00:00Z", "2026-12-25T00:00Z" },
};

static void
test_periods(void)
{
	struct buf why = BUF_INIT;

	for (size_t i = 0; i < COUNT(periods); i++) {
		struct schedule *s;

		if (!schedule_zone_known(periods[i].zone)) {
			ok(true, "%s # skip %s is not installed", periods[i].name, periods[i].zone);
			continue;
		}
		buf_reset(&why);
		s = schedule_new(periods[i].zone, periods[i].from, periods[i].until, NULL, NULL, &why);
		if (periods[i].start == NULL) {
			ok(s == NULL && strstr(buf_str(&why), "ends before it begins") != NULL, "%s", periods[i].name);
			continue;
		}
		if (ok(s != NULL, "%s: understood", periods[i].name)) {
			is_int(schedule_start(s), utc(periods[i].start), periods[i].name);
			is_int(schedule_end(s), utc(periods[i].end), periods[i].name);
		}
		schedule_free(s);
	}
	buf_free(&why);
}

#define OFFICE "Mon-Fri 18:00-08:30, Sat, Sun"

/* 2026-11-20 is a Friday. */
static const struct { const char *name, *zone, *hours, *holidays, *now; bool away; } moments[] = {
	{ "Friday before six", "Europe/Berlin", OFFICE, NULL, "2026-11-20T16:59:59Z", false },
	{ "Friday at six", "Europe/Berlin", OFFICE, NULL, "2026-11-20T17:00Z", true },
	{ "before midnight", "Europe/Berlin", OFFICE, NULL, "2026-11-20T22:59:59Z", true },
	{ "after midnight", "Europe/Berlin", OFFICE, NULL, "2026-11-20T23:00Z", true },
	{ "Saturday", "Europe/Berlin", OFFICE, NULL, "2026-11-21T11:00Z", true },
	{ "Sunday before midnight", "Europe/Berlin", OFFICE, NULL, "2026-11-22T22:59:59Z", true },
	{ "Monday morning follows a day away", "Europe/Berlin", OFFICE, NULL, "2026-11-22T23:00Z", true },
	{ "Monday, the last second", "Europe/Berlin", OFFICE, NULL, "2026-11-23T07:29:59Z", true },
	{ "Monday at half past eight", "Europe/Berlin", OFFICE, NULL, "2026-11-23T07:30Z", false },
	{ "Tuesday night belongs to Monday", "Europe/Berlin", OFFICE, NULL, "2026-11-24T02:00Z", true },
	{ "the same hour elsewhere", "America/New_York", OFFICE, NULL, "2026-11-20T22:59Z", false },
	{ "six in New York", "America/New_York", OFFICE, NULL, "2026-11-20T23:00Z", true },
	{ "a night begins on its day", "UTC", "Fri 18:00-08:30", NULL, "2026-11-20T03:00Z", false },
	{ "and ends on the next", "UTC", "Fri 18:00-08:30", NULL, "2026-11-21T08:29Z", true },
	{ "no day before: Monday morning is not away", "UTC", "Mon-Fri 18:00-08:30", NULL, "2026-11-23T03:00Z", false },
	{ "Saturday morning is Friday's night", "UTC", "Mon-Fri 18:00-08:30", NULL, "2026-11-21T03:00Z", true },
	{ "Sunday's midnight ends it", "UTC", "Sun", NULL, "2026-11-23T00:00Z", false },
	{ "times without days", "UTC", "12:00-13:00", NULL, "2026-11-18T12:30Z", true },
	{ "and after them", "UTC", "12:00-13:00", NULL, "2026-11-18T13:00Z", false },
	{ "several times a day", "UTC", "Mon-Fri 0-8:30 17:00-24:00", NULL, "2026-11-18T23:59:59Z", true },
	{ "days around the week's end", "UTC", "fri-MONDAY", NULL, "2026-11-22T12:00Z", true },
	{ "not in them", "UTC", "fri-MONDAY", NULL, "2026-11-24T12:00Z", false },
	{ "until midnight as 00:00", "UTC", "Fri 18:00-00:00", NULL, "2026-11-21T00:00Z", false },
	{ "en dash, semicolon", "UTC", "Mon\xe2\x80\x93Tue 9\xe2\x80\x93" "10; Wed", NULL, "2026-11-17T09:30Z", true },
	{ "a holiday at noon", "Europe/Berlin", OFFICE, "2026-12-25", "2026-12-25T11:00Z", true },
	{ "the day before it", "Europe/Berlin", OFFICE, "2026-12-25", "2026-12-24T11:00Z", false },
	{ "its first second", "Europe/Berlin", "Sun 1:00-2:00", "2026-12-25", "2026-12-24T23:00Z", true },
	{ "the second before", "Europe/Berlin", "Sun 1:00-2:00", "2026-12-25", "2026-12-24T22:59:59Z", false },
	{ "the second after", "Europe/Berlin", "Sun 1:00-2:00", "2026-12-25", "2026-12-25T23:00Z", false },
	{ "a span of holidays", "UTC", OFFICE, "2026-12-25,2027-01-01 .. 2027-01-06", "2027-01-05T12:00Z", true },
	{ "after the span", "UTC", OFFICE, "2026-12-25,2027-01-01..2027-01-06", "2027-01-07T12:00Z", false },
	{ "a skipped start: the next instant", "Europe/Berlin", "02:30-04:00", NULL, "2026-03-29T01:00Z", true },
	{ "not earlier", "Europe/Berlin", "02:30-04:00", NULL, "2026-03-29T00:59:59Z", false },
	{ "a skipped window is none", "Europe/Berlin", "02:10-02:50", NULL, "2026-03-29T01:00Z", false },
	{ "a repeated start: the first", "Europe/Berlin", "02:30-04:00", NULL, "2026-10-25T00:30Z", true },
	{ "and no gap in the second", "Europe/Berlin", "02:30-04:00", NULL, "2026-10-25T01:10Z", true },
	{ "a repeated end: the second", "Europe/Berlin", "01:00-02:30", NULL, "2026-10-25T01:29:59Z", true },
	{ "over then", "Europe/Berlin", "01:00-02:30", NULL, "2026-10-25T01:30Z", false },
	{ "Lord Howe: end in the repeated half hour", "Australia/Lord_Howe", "01:00-01:45", NULL, "2026-04-04T15:10Z", true },
	{ "Lord Howe: over", "Australia/Lord_Howe", "01:00-01:45", NULL, "2026-04-04T15:15Z", false },
	{ "New York: evening before the change", "America/New_York", "Sat 20:00-03:00", NULL, "2026-11-01T07:59Z", true },
	{ "New York: over", "America/New_York", "Sat 20:00-03:00", NULL, "2026-11-01T08:00Z", false },
	{ "St. John's: the day that began twice", "America/St_Johns", "Sat", NULL, "2010-11-07T03:00Z", true },
};

static void
test_hours(void)
{
	struct buf why = BUF_INIT;

	for (size_t i = 0; i < COUNT(moments); i++) {
		struct schedule *s;

		if (!schedule_zone_known(moments[i].zone)) {
			ok(true, "%s # skip %s is not installed", moments[i].name, moments[i].zone);
			continue;
		}
		buf_reset(&why);
		s = schedule_new(moments[i].zone, NULL, NULL, moments[i].hours, moments[i].holidays, &why);
		if (!ok(s != NULL && schedule_active(s, utc(moments[i].now), &why) == moments[i].away, "%s", moments[i].name))
			printf("#   %s\n", buf_str(&why));
		schedule_free(s);
	}
	buf_free(&why);
}

static void
test_wrong_hours(void)
{
	static const char *const hours[] = { "Someday", "Mo", "Mon-", "Mon 8", "Mon 8-", "Mon 25:00-26:00", "Mon 08:00-08:00", "Mon 8:60-9",
	    "24:00-08:00", "Mon Tue", "Mon 8:00-9:00 x", ",", "Mondays" };
	static const char *const holidays[] = { "2026-02-30", "Christmas", "2027-01-06..2027-01-01", "2027-01-01..", "2027-01-01 2027-01-02", "2027-01-01..x" };
	char many[SCHEDULE_WINDOWS_MAX * 4 + 8] = "";
	struct buf why = BUF_INIT;
	struct schedule *s;

	for (size_t i = 0; i < COUNT(hours); i++) {
		buf_reset(&why);
		ok(schedule_new(NULL, NULL, NULL, hours[i], NULL, &why) == NULL && why.len > 0, "wrong hours: %s", hours[i]);
	}
	for (size_t i = 0; i < COUNT(holidays); i++) {
		buf_reset(&why);
		ok(schedule_new(NULL, NULL, NULL, NULL, holidays[i], &why) == NULL && why.len > 0, "wrong holidays: %s", holidays[i]);
	}
	for (size_t i = 0; i < SCHEDULE_WINDOWS_MAX; i++)
		strcat(many, "Mon,");
	s = schedule_new(NULL, NULL, NULL, many, NULL, NULL);
	ok(s != NULL, "as many windows as there may be");
	schedule_free(s);
	strcat(many, "Tue");
	buf_reset(&why);
	ok(schedule_new(NULL, NULL, NULL, many, NULL, &why) == NULL, "one more");
	is_str(buf_str(&why), "hours: more than 64", "says so");
	buf_free(&why);
}

static const struct { const char *name, *from, *until, *hours, *now, *want; } reasons[] = {
	{ "before a day", "2026-12-19", NULL, NULL, "2026-12-18T12:00Z", "the period begins on 2026-12-19" },
	{ "before a time", " 2026-12-19 14:00 ", NULL, NULL, "2026-12-18T12:00Z", "the period begins at 2026-12-19 14:00" },
	{ "before a number", "@1798156800", NULL, NULL, "2026-12-18T12:00Z", "the period begins at 2026-12-25 00:00" },
	{ "after a day", NULL, "2026-12-19", NULL, "2026-12-20T00:00Z", "the period ended on 2026-12-19" },
	{ "outside the hours", NULL, NULL, "Sat, Sun", "2026-11-20T12:00Z", "outside the hours Sat, Sun" },
	{ "away", "2026-12-19", "2026-12-19", "00:00-24:00", "2026-12-19T23:59:59Z", "" },
};

static void
test_reasons(void)
{
	for (size_t i = 0; i < COUNT(reasons); i++) {
		struct buf why = BUF_INIT;
		struct schedule *s = schedule_new(NULL, reasons[i].from, reasons[i].until, reasons[i].hours, NULL, &why);

		if (ok(s != NULL, "%s: understood", reasons[i].name)) {
			schedule_active(s, utc(reasons[i].now), &why);
			is_str(buf_str(&why), reasons[i].want, reasons[i].name);
		}
		schedule_free(s);
		buf_free(&why);
	}
}

static void
test_zone(void)
{
	static const char *const unknown[] = { "Europe/Nowhere", "../../../etc/passwd", "/etc/localtime", "", "Europe", "zone.tab", ":Europe/Berlin", "CET-1CEST", "Europe/" };
	struct buf text = BUF_INIT;
	struct schedule *s;

	for (size_t i = 0; i < COUNT(unknown); i++)
		ok(!schedule_zone_known(unknown[i]), "no zone: '%s'", unknown[i]);
	ok(schedule_new("Europe/Nowhere", NULL, NULL, NULL, NULL, &text) == NULL, "an unknown zone is an error");
	is_str(buf_str(&text), "timezone: no such zone is installed: \"Europe/Nowhere\"", "and says so");
	buf_reset(&text);
	if (!schedule_zone_known("Asia/Kathmandu"))
		return;
	s = schedule_new("Asia/Kathmandu", "2026-12-24", NULL, NULL, NULL, &text);
	schedule_format(s, &text, "%Y-%m-%d %H:%M:%S %z", 1797000000);
	is_str(buf_str(&text), "2026-12-11 20:25:00 +0545", "formatted in the zone");
	is_str(getenv("TZ"), "UTC0", "TZ is what it was");
	buf_reset(&text);
	schedule_format(NULL, &text, "%H:%M", 1797000000);
	is_str(buf_str(&text), "14:40", "and local time too");
	buf_reset(&text);
	schedule_format(s, &text, "%Y", INT64_MAX);
	is_str(buf_str(&text), "", "a time beyond all calendars");
	unsetenv("TZ");
	schedule_format(s, &text, "", 0);
	ok(getenv("TZ") == NULL, "no TZ stays no TZ");
	schedule_free(s);
	buf_free(&text);
}

/* What is meant by a zone that is not there. */
static void
test_similar(void)
{
	static const struct { const char *zone, *want; } rows[] = {
		{ "europe/berlin", "Europe/Berlin" }, { "Berlin", "Europe/Berlin" }, { "Europe/Berlinn", "Europe/Berlin" },
		{ "Germany/Berlin", "Europe/Berlin" }, { "New York", "America/New_York" }, { "America/New-York", "America/New_York" },
		{ "utc", "UTC" }, { "Middle-earth", "" }, { "GMT+1", "" }, { "", "" }, { "../../etc/passwd", "" },
	};
	struct buf got = BUF_INIT;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&got);
		schedule_zone_similar(rows[i].zone, &got);
		if (rows[i].want[0] != '\0' && !schedule_zone_known(rows[i].want))
			ok(true, "meant: %s # skip %s is not installed", rows[i].zone, rows[i].want);
		else
			is_str(buf_str(&got), rows[i].want, rows[i].zone);
	}
	buf_reset(&got);
	setenv("TZDIR", "/nowhere", 1);
	schedule_zone_similar("Berlin", &got);
	is_str(buf_str(&got), "", "no zones at all");
	unsetenv("TZDIR");
	buf_free(&got);
}

/* Days and times for people: the last day is the one before the end. */
static void
test_local(void)
{
	struct schedule *s = schedule_new(NULL, "2026-12-24 14:00", "2027-01-03", NULL, NULL, NULL);
	struct tm tm = { 0 };

	ok(s != NULL && !schedule_starts_by_day(s) && schedule_ends_by_day(s), "a time, and a day");
	ok(schedule_local(s, schedule_end(s) - 1, &tm) && tm.tm_mday == 3 && tm.tm_mon == 0, "the last day");
	ok(!schedule_local(s, INT64_MAX, &tm), "a time beyond all calendars");
	schedule_free(s);
	s = schedule_new(NULL, "2026-12-24", "@1798120800", NULL, NULL, NULL);
	ok(s != NULL && schedule_starts_by_day(s) && !schedule_ends_by_day(s), "a day, and seconds");
	schedule_free(s);
}

static void
test_empty(void)
{
	struct schedule *s = schedule_new(NULL, NULL, "", " ", NULL, NULL);

	ok(s != NULL && schedule_active(s, 0, NULL), "nothing set: always away");
	ok(schedule_start(s) == INT64_MIN && schedule_end(s) == INT64_MAX, "open at both ends");
	schedule_free(s);
	schedule_free(NULL);
}

int
main(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	test_empty();
	test_texts();
	test_periods();
	test_hours();
	test_wrong_hours();
	test_reasons();
	test_zone();
	test_similar();
	test_local();
	return done_testing();
}
