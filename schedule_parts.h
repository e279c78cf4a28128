/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCHEDULE_PARTS_H
#define SCHEDULE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/*
 * The parts of schedule.c: texts that people write (schedule_text.c), and
 * local time (schedule_zone.c).  A day is a number, 0 is 1970-01-01; local
 * seconds are day * 86400 and the time of day, as if all days had 24 hours.
 */

#define DAY_SECONDS 86400
#define DAY_MINUTES 1440

/* A date or time as it was written. */
struct moment {
	enum { MOMENT_DAY, MOMENT_LOCAL, MOMENT_FIXED } kind;
	int64_t value;		/* day number | local seconds | seconds since 1970 */
};

/* Recurring: from..to in minutes of the day; to < from crosses midnight. */
struct window {
	unsigned days;		/* bit 0 is Sunday */
	int from, to;
};

struct holiday {
	int64_t first, last;	/* day numbers, inclusive */
};

bool moment_parse(const char *, struct moment *);
/* Both return the number of items in *count; false: `why' says what is wrong. */
bool windows_parse(const char *, struct window *, size_t max, size_t *count, struct buf *why);
bool holidays_parse(const char *, struct holiday *, size_t max, size_t *count, struct buf *why);

#define ZONE_NAME_MAX 64

const char *zone_directory(void);	/* where the zones' files are */

/* TZ as it was before zone_enter(); memory of its own until zone_leave(). */
struct zone_hold {
	char *before;
	bool held;
};

bool zone_enter(struct zone_hold *, const char *zone);	/* NULL: stays with the system's; false: memory */
void zone_leave(struct zone_hold *);

/* The offsets from UTC around one time, with at most one change between. */
struct local_clock {
	int64_t change;			/* from this instant on: after */
	int64_t before, after;		/* seconds east */
};

bool    local_clock_around(struct local_clock *, int64_t t);	/* within zone_enter(); good for t and two days around */
int64_t local_seconds(const struct local_clock *, int64_t t);
int64_t local_day(const struct local_clock *, int64_t t);
int64_t local_first(const struct local_clock *, int64_t seconds);	/* the first instant of that local time, or the next that exists */
int64_t local_second(const struct local_clock *, int64_t seconds);	/* the second, where it occurs twice */
int64_t local_day_start(const struct local_clock *, int64_t day);
int64_t local_day_end(const struct local_clock *, int64_t day);		/* the instant after the day's last */
unsigned day_of_week(int64_t day);					/* 0 is Sunday */

#endif
