/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "buf.h"

/*
 * When the owner is away: the dates, the recurring hours and the days
 * excepted, in a named time zone.  Parsing happens when settings are read;
 * no rule but `not-active' asks.
 *
 * A date `2026-12-24' is a whole local day: as a start its first instant, as
 * an end the instant after its last.  `2026-12-24 14:00[:30]' (or with T) is an
 * exact time; `...Z' or `+01:00' fixes it to UTC or an offset.  `@1797000000' is seconds since 1970.
 * A local time that occurs twice: the first for a start, the second for an
 * end.  One that is skipped: the next instant that exists.
 */

#define SCHEDULE_WINDOWS_MAX 64
#define SCHEDULE_HOLIDAYS_MAX 512

struct schedule;

/*
 * zone: NULL for the system's (TZ, /etc/localtime), else a name with a file
 * under TZDIR or /usr/share/zoneinfo (an unknown one is an error).  Any of
 * the others may be NULL; "" means the same.
 *
 * hours: "Mon-Fri 18:00-08:30, Sat, Sun".  Items are separated by commas: a
 * day or a range of days, times, or both; no times: the whole day; no days:
 * every day.  A time range that ends before it begins crosses midnight and
 * belongs to the day on which it begins; on a named day that follows a day
 * away until midnight its morning counts too, so that the example is one
 * absence from Friday 18:00 to Monday 08:30.
 *
 * holidays: "2026-12-25, 2027-01-01..2027-01-06": days on which the hours do
 * not apply, i.e. away all day.
 *
 * NULL: `why' says what is wrong ("" when memory failed).  Without a zone and
 * dates, and with `@' and UTC times, the time zone data is not touched.  A named zone is
 * put into TZ for the moment of a computation and taken out again: not for
 * programs with threads.
 */
struct schedule *schedule_new(const char *zone, const char *from_date, const char *until, const char *hours, const char *holidays, struct buf *why);
void schedule_free(struct schedule *);

/* Whether the owner is away at `now'; when not, `why' says it: "the period begins on 2026-12-19". */
bool schedule_active(const struct schedule *, int64_t now, struct buf *why);

/* First and last instant; INT64_MIN and INT64_MAX when open. */
int64_t schedule_start(const struct schedule *);
int64_t schedule_end(const struct schedule *);		/* the instant after the last */

/* Whether they were written as a whole day: then the last day is that of the instant before the end. */
bool schedule_starts_by_day(const struct schedule *);
bool schedule_ends_by_day(const struct schedule *);

/* The local time of `t' in the zone (NULL: the system's); false: no memory, or beyond all calendars. */
bool schedule_local(const struct schedule *, int64_t t, struct tm *);

/* Appends the local broken-down text of `t' by strftime(3) format in the zone (NULL: the system's); at most SCHEDULE_FORMAT_MAX bytes. */
#define SCHEDULE_FORMAT_MAX 256
void schedule_format(const struct schedule *, struct buf *, const char *format, int64_t t);

/* One date or time (a date: its first instant) in a zone, NULL for the system's; false: why says what is wrong. */
bool schedule_instant(const char *zone, const char *text, int64_t *instant, struct buf *why);

/* Whether a zone of that name is installed. */
bool schedule_zone_known(const char *zone);

/* Appends names of installed zones that may have been meant, `Europe/Berlin, Europe/Paris'; at most SCHEDULE_SIMILAR_MAX, nothing when there are none. */
#define SCHEDULE_SIMILAR_MAX 3
void schedule_zone_similar(const char *zone, struct buf *);

#endif
