/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule_zone - local time in a named zone
 *
 * The C library knows one zone at a time, that of TZ.  zone_enter() puts a
 * name there and zone_leave() puts back what was; in between localtime_r() is
 * asked for offsets only.  All else is arithmetic on those: the offset before
 * a change, the one after, and the instant of the change, so that times that
 * occur twice or never need no guessing with tm_isdst, which fails where the
 * clock moves by half an hour or by a day.
 *
 * Two changes within four days (no zone has them) would count as one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "schedule.h"
#include "schedule_parts.h"

#define ZONE_DIR "/usr/share/zoneinfo"
#define ZONE_MAGIC "TZif"
#define AROUND (2 * DAY_SECONDS)	/* more than any offset, less than two changes are apart */

/* Only what can be the name of a file below the directory. */
static bool
is_zone_name(const char *zone)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	size_t len = strlen(zone);

	return len > 0 && len <= ZONE_NAME_MAX && zone[0] != '/' && zone[len - 1] != '/' && strspn(zone, allowed) == len;
}

const char *
zone_directory(void)
{
	const char *dir = getenv("TZDIR");

	return dir != NULL && *dir != '\0' ? dir : ZONE_DIR;
}

bool
schedule_zone_known(const char *zone)
{
	struct buf path = BUF_INIT;
	char magic[sizeof ZONE_MAGIC - 1];
	bool known = false;
	int fd = -1;

	if (!is_zone_name(zone))
		return false;
	buf_addf(&path, "%s/%s", zone_directory(), zone);
	if (!path.failed)
		fd = open(buf_str(&path), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd != -1) {
		known = read(fd, magic, sizeof magic) == (ssize_t)sizeof magic && memcmp(magic, ZONE_MAGIC, sizeof magic) == 0;
		close(fd);
	}
	buf_free(&path);
	return known;
}

bool
zone_enter(struct zone_hold *hold, const char *zone)
{
	const char *before;

	*hold = (struct zone_hold){ .before = NULL };
	if (zone != NULL) {
		before = getenv("TZ");
		if (before != NULL && (hold->before = strdup(before)) == NULL)
			return false;
		if (setenv("TZ", zone, 1) != 0) {
			free(hold->before);
			hold->before = NULL;
			return false;
		}
		hold->held = true;
	}
	tzset();
	return true;
}

void
zone_leave(struct zone_hold *hold)
{
	if (!hold->held)
		return;
	if (hold->before == NULL || setenv("TZ", hold->before, 1) != 0)
		unsetenv("TZ");
	free(hold->before);
	hold->before = NULL;
	hold->held = false;
	tzset();
}

static bool
offset_at(int64_t t, int64_t *offset)
{
	time_t seconds = (time_t)t;
	struct tm tm;

	if (seconds != t || localtime_r(&seconds, &tm) == NULL)
		return false;
	*offset = tm.tm_gmtoff;
	return true;
}

/* Halves the interval until it holds the one instant of the change. */
static bool
find_change(struct local_clock *c, int64_t low, int64_t high)
{
	int64_t middle, offset;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (!offset_at(middle, &offset))
			return false;
		if (offset == c->before)
			low = middle;
		else
			high = middle;
	}
	c->change = high;
	return true;
}

bool
local_clock_around(struct local_clock *c, int64_t t)
{
	if (!offset_at(t - AROUND, &c->before) || !offset_at(t + AROUND, &c->after))
		return false;
	c->change = INT64_MAX;
	return c->before == c->after || find_change(c, t - AROUND, t + AROUND);
}

int64_t
local_seconds(const struct local_clock *c, int64_t t)
{
	return t + (t < c->change ? c->before : c->after);
}

static int64_t
floor_day(int64_t seconds)
{
	return seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
}

int64_t
local_day(const struct local_clock *c, int64_t t)
{
	return floor_day(local_seconds(c, t));
}

int64_t
local_first(const struct local_clock *c, int64_t seconds)
{
	if (seconds - c->before < c->change)
		return seconds - c->before;
	if (seconds - c->after >= c->change)
		return seconds - c->after;
	return c->change;
}

int64_t
local_second(const struct local_clock *c, int64_t seconds)
{
	if (seconds - c->after >= c->change)
		return seconds - c->after;
	return local_first(c, seconds);
}

int64_t
local_day_start(const struct local_clock *c, int64_t day)
{
	return local_first(c, day * DAY_SECONDS);
}

/* Midnight; the second one when the clock went from after midnight back into
 * this day, but not when it went back to midnight. */
int64_t
local_day_end(const struct local_clock *c, int64_t day)
{
	int64_t first = local_first(c, (day + 1) * DAY_SECONDS), second = local_second(c, (day + 1) * DAY_SECONDS);

	return second > first && local_day(c, second - 1) == day ? second : first;
}

unsigned
day_of_week(int64_t day)
{
	return (unsigned)((day % 7 + 11) % 7);
}
