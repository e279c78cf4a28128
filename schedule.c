/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule - when the owner is away
 *
 * The period from the first to the last date becomes two instants when
 * settings are read; from then on the question is two comparisons.  Only
 * recurring hours need local time at each message: the windows of yesterday,
 * today and tomorrow are turned into instants, since a change of the clock may
 * lengthen, shorten or remove them.
 *
 * Texts that aren't understood, zones that aren't installed and an end before
 * the start are errors.  When memory for the zone fails later, the answer is
 * "not away": no reply rather than a wrong one.
 */
#include "schedule.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diag.h"
#include "i18n.h"
#include "schedule_parts.h"

#define BLANKS " \t"

struct schedule {
	char *zone;		/* NULL: the system's */
	char *from_text, *until_text, *hours_text;
	bool from_day, until_day;	/* written as whole days */
	int64_t start, end;
	struct window *windows;
	size_t window_count;
	struct holiday *holidays;
	size_t holiday_count;
};

static void
explain(struct buf *why, const char *before, const char *text, const char *after)
{
	if (why == NULL)
		return;
	buf_adds(why, before);
	diag_visible(why, text, strlen(text));
	buf_adds(why, after);
}

/* A mistake in the settings, with the texts that it is about; the message says `%s' for each. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
complain(struct buf *why, const char *message, const char *text, const char *other)
{
	struct buf shown = BUF_INIT, other_shown = BUF_INIT;

	if (why == NULL)
		return;
	diag_visible(&shown, text, strlen(text));
	if (other != NULL)
		diag_visible(&other_shown, other, strlen(other));
	buf_addf(why, message, buf_str(&shown), buf_str(&other_shown));
	why->failed = why->failed || shown.failed || other_shown.failed;
	buf_free(&shown);
	buf_free(&other_shown);
}
#pragma GCC diagnostic pop

/* NULL for NULL and for nothing but blanks. */
static const char *
given(const char *text)
{
	if (text == NULL)
		return NULL;
	text += strspn(text, BLANKS);
	return *text != '\0' ? text : NULL;
}

/* A copy without blanks around it; NULL for NULL.  False: memory. */
static bool
copy_text(char **copy, const char *text)
{
	size_t len;

	if (text == NULL)
		return true;
	len = strlen(text);
	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL)
		len--;
	*copy = strndup(text, len);
	return *copy != NULL;
}

static bool
resolve_local(const char *zone, const struct moment *m, bool is_end, int64_t *instant)
{
	bool day = m->kind == MOMENT_DAY;
	struct local_clock c;
	struct zone_hold hold;
	bool good;

	if (!zone_enter(&hold, zone))
		return false;
	good = local_clock_around(&c, day ? m->value * DAY_SECONDS : m->value);
	zone_leave(&hold);
	if (!good)
		return false;
	if (day)
		*instant = is_end ? local_day_end(&c, m->value) : local_day_start(&c, m->value);
	else
		*instant = is_end ? local_second(&c, m->value) : local_first(&c, m->value);
	return true;
}

/* One end of the period; `text' may be NULL. */
static bool
set_limit(const struct schedule *s, const char *text, bool is_end, bool *is_day, int64_t *instant, struct buf *why)
{
	struct moment m;

	if (text == NULL)
		return true;
	if (!moment_parse(text, &m)) {
		complain(why, is_end ? _("until: not a date or time, as 2027-01-03 is: \"%s\"") : _("from-date: not a date or time, as 2027-01-03 is: \"%s\""), text, NULL);
		return false;
	}
	*is_day = m.kind == MOMENT_DAY;
	if (m.kind == MOMENT_FIXED) {
		*instant = m.value;
		return true;
	}
	return resolve_local(s->zone, &m, is_end, instant);
}

static bool
set_period(struct schedule *s, const char *from, const char *until, struct buf *why)
{
	s->start = INT64_MIN;
	s->end = INT64_MAX;
	if (!copy_text(&s->from_text, from) || !copy_text(&s->until_text, until))
		return false;
	if (!set_limit(s, s->from_text, false, &s->from_day, &s->start, why) ||
	    !set_limit(s, s->until_text, true, &s->until_day, &s->end, why))
		return false;
	if (s->start < s->end)
		return true;
	complain(why, _("until: the period ends before it begins: from %s until %s"), s->from_text, s->until_text);
	return false;
}

static bool
set_hours(struct schedule *s, const char *hours, const char *holidays, struct buf *why)
{
	if (hours != NULL) {
		s->windows = calloc(SCHEDULE_WINDOWS_MAX, sizeof *s->windows);
		if (s->windows == NULL || !copy_text(&s->hours_text, hours))
			return false;
		if (!windows_parse(hours, s->windows, SCHEDULE_WINDOWS_MAX, &s->window_count, why))
			return false;
	}
	if (holidays != NULL) {
		s->holidays = calloc(SCHEDULE_HOLIDAYS_MAX, sizeof *s->holidays);
		if (s->holidays == NULL)
			return false;
		return holidays_parse(holidays, s->holidays, SCHEDULE_HOLIDAYS_MAX, &s->holiday_count, why);
	}
	return true;
}

static void
unknown_zone(const char *zone, struct buf *why)
{
	struct buf similar = BUF_INIT;

	schedule_zone_similar(zone, &similar);
	if (similar.len > 0)
		complain(why, _("timezone: no such zone is installed: \"%s\": did you mean %s?"), zone, buf_str(&similar));
	else
		complain(why, _("timezone: no such zone is installed: \"%s\""), zone, NULL);
	buf_free(&similar);
}

static bool
set_zone(struct schedule *s, const char *zone, struct buf *why)
{
	if (zone == NULL)
		return true;
	if (!copy_text(&s->zone, zone))
		return false;
	if (schedule_zone_known(s->zone))
		return true;
	unknown_zone(s->zone, why);
	return false;
}

struct schedule *
schedule_new(const char *zone, const char *from_date, const char *until, const char *hours, const char *holidays, struct buf *why)
{
	struct schedule *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	if (set_zone(s, given(zone), why) && set_period(s, given(from_date), given(until), why) &&
	    set_hours(s, given(hours), given(holidays), why))
		return s;
	schedule_free(s);
	return NULL;
}

void
schedule_free(struct schedule *s)
{
	if (s == NULL)
		return;
	free(s->zone);
	free(s->from_text);
	free(s->until_text);
	free(s->hours_text);
	free(s->windows);
	free(s->holidays);
	free(s);
}

static bool
is_holiday(const struct schedule *s, int64_t day)
{
	for (size_t i = 0; i < s->holiday_count; i++) {
		if (day >= s->holidays[i].first && day <= s->holidays[i].last)
			return true;
	}
	return false;
}

static bool
on_day(const struct window *w, int64_t day)
{
	return (w->days & 1U << day_of_week(day)) != 0;
}

static bool
away_until_midnight(const struct schedule *s, int64_t day)
{
	for (size_t i = 0; i < s->window_count; i++) {
		const struct window *w = &s->windows[i];

		if (on_day(w, day) && (w->to < w->from || w->to == DAY_MINUTES))
			return true;
	}
	return is_holiday(s, day);
}

static bool
in_window(const struct schedule *s, const struct window *w, const struct local_clock *c, int64_t day, int64_t now)
{
	int64_t midnight = day * DAY_SECONDS, end;

	if (!on_day(w, day))
		return false;
	if (w->to > w->from) {
		end = w->to == DAY_MINUTES ? local_day_end(c, day) : local_second(c, midnight + w->to * 60);
		return now >= local_first(c, midnight + w->from * 60) && now < end;
	}
	end = local_second(c, midnight + DAY_SECONDS + w->to * 60);
	if (now >= local_first(c, midnight + w->from * 60) && now < end)
		return true;
	return now >= local_day_start(c, day) && now < local_second(c, midnight + w->to * 60) && away_until_midnight(s, day - 1);
}

static bool
away_on(const struct schedule *s, const struct local_clock *c, int64_t day, int64_t now)
{
	if (is_holiday(s, day) && now >= local_day_start(c, day) && now < local_day_end(c, day))
		return true;
	for (size_t i = 0; i < s->window_count; i++) {
		if (in_window(s, &s->windows[i], c, day, now))
			return true;
	}
	return false;
}

static bool
within_hours(const struct schedule *s, int64_t now, struct buf *why)
{
	struct local_clock c;
	struct zone_hold hold;
	int64_t today;
	bool good;

	if (!zone_enter(&hold, s->zone))
		return false;
	good = local_clock_around(&c, now);
	zone_leave(&hold);
	if (!good) {
		explain(why, "the local time is not known", "", "");
		return false;
	}
	today = local_day(&c, now);
	if (away_on(s, &c, today - 1, now) || away_on(s, &c, today, now) || away_on(s, &c, today + 1, now))
		return true;
	explain(why, "outside the hours ", s->hours_text, "");
	return false;
}

/* "the period begins " and the date as the owner wrote it, but @seconds as a time. */
static void
explain_limit(const struct schedule *s, struct buf *why, const char *verb, const char *text, bool is_day, int64_t t)
{
	if (why == NULL)
		return;
	explain(why, verb, is_day ? " on " : " at ", "");
	if (*text == '@')
		schedule_format(s, why, "%Y-%m-%d %H:%M", t);
	else
		explain(why, "", text, "");
}

bool
schedule_active(const struct schedule *s, int64_t now, struct buf *why)
{
	if (now < s->start) {
		explain_limit(s, why, "the period begins", s->from_text, s->from_day, s->start);
		return false;
	}
	if (now >= s->end) {
		explain_limit(s, why, "the period ended", s->until_text, s->until_day, s->end);
		return false;
	}
	return s->hours_text == NULL || within_hours(s, now, why);
}

int64_t
schedule_start(const struct schedule *s)
{
	return s->start;
}

int64_t
schedule_end(const struct schedule *s)
{
	return s->end;
}

bool
schedule_starts_by_day(const struct schedule *s)
{
	return s->from_day;
}

bool
schedule_ends_by_day(const struct schedule *s)
{
	return s->until_day;
}

bool
schedule_local(const struct schedule *s, int64_t t, struct tm *tm)
{
	time_t seconds = (time_t)t;
	struct zone_hold hold;
	bool good;

	if (!zone_enter(&hold, s != NULL ? s->zone : NULL))
		return false;
	good = seconds == t && localtime_r(&seconds, tm) != NULL;
	zone_leave(&hold);
	return good;
}

/* The format comes from the caller, out of the text that is sent. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static size_t
format_time(char *text, size_t size, const char *format, int64_t t)
{
	time_t seconds = (time_t)t;
	struct tm tm;

	if (seconds != t || localtime_r(&seconds, &tm) == NULL)
		return 0;
	return strftime(text, size, format, &tm);
}
#pragma GCC diagnostic pop

void
schedule_format(const struct schedule *s, struct buf *out, const char *format, int64_t t)
{
	char text[SCHEDULE_FORMAT_MAX + 1];
	struct zone_hold hold;

	if (!zone_enter(&hold, s != NULL ? s->zone : NULL)) {
		out->failed = true;
		return;
	}
	buf_add(out, text, format_time(text, sizeof text, format, t));
	zone_leave(&hold);
}

bool
schedule_instant(const char *zone, const char *text, int64_t *instant, struct buf *why)
{
	struct schedule *s;
	struct moment m;

	if (!moment_parse(text, &m)) {
		complain(why, _("not a date or time, as 2027-01-03 is: \"%s\""), text, NULL);
		return false;
	}
	s = schedule_new(zone, text, NULL, NULL, NULL, why);
	if (s == NULL)
		return false;
	*instant = schedule_start(s);
	schedule_free(s);
	return true;
}
