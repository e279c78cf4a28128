/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_CHART_H
#define COMMANDS_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../journal.h"
#include "../json.h"
#include "../schedule.h"

/*
 * How many messages were answered, refused, and failed on each of the last
 * days, as bars, and how many by each rule.  The journal counts days of UTC;
 * each is shown under the local date that most of it has, and where the zone is not UTC
 * a sentence says when such a day begins.
 */

#define CHART_DAYS_DEFAULT 14
#define CHART_DAYS_MAX JOURNAL_DAYS

struct chart {
	int64_t first;		/* first second of the first day (UTC) */
	unsigned days;
	uint32_t counts[CHART_DAYS_MAX][JOURNAL_RULES];		/* by day, then by journal code (report.h) */
};

/* An empty chart of the days up to the one that holds `now'; their number is brought into 1..CHART_DAYS_MAX. */
void chart_init(struct chart *, int64_t now, unsigned days);
/* Adds the journal's counters: of one code, or of all when it is JOURNAL_RULES. */
void chart_add_counters(struct chart *, struct journal *, unsigned code);
/* Adds one message; nothing when its day is not shown. */
void chart_add(struct chart *, unsigned code, int64_t time);

/*
 * Appends bars and table, or a sentence when nothing was counted.  code_name: a journal code's
 * name or NULL, as report_code_name().  zone: NULL for the system's.  width: columns of the terminal, 0 for 80.
 */
void chart_write(struct buf *, const struct chart *, const char *(*code_name)(unsigned), const struct schedule *zone, unsigned width, bool colour);

/* The same as one phrase: `replied 3, failed 0, refused 5 (spam 3, answered 2)'; nothing when nothing was counted. */
void chart_summary(struct buf *, const struct chart *, const char *(*code_name)(unsigned));

/* { "days": [ { day, answered, refused, failed } ... oldest first ], "rules": [ { rule, verdict, count } ... answered,
 * failed, refused; of these the largest first ] }.  A rule and an outcome may have the same name: verdict tells them apart. */
void chart_json(struct json *, const struct chart *, const char *(*code_name)(unsigned));

#endif
