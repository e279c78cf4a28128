/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_HISTORY_H
#define COMMANDS_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../schedule.h"

/*
 * `backsoon history': the journal's records, newest first, or its counters
 * as a chart.  Everything that it needs is given; nothing is read but the journal.
 */
struct history_options {
	int dir_fd;				/* and journal: as for journal_open() */
	const char *journal;
	const char *(*code_name)(unsigned);	/* a journal code's name or NULL: --rule is held against them; NULL: any will do */
	const struct schedule *zone;		/* for the times; NULL: the system's */
	bool json;
	bool follow;				/* the oldest first, then those that come, until SIGINT, SIGTERM, or nobody reads */
	bool chart;				/* counters by day and rule; records are counted for a sender or a limit */
	int64_t now;				/* the chart's last day */
	bool colour;
	unsigned width;				/* columns of the terminal; 0: nothing is cut */
	size_t limit;				/* records at most; 0: all */
	FILE *out;
	const char *sender;			/* only with this in the sender's address (ASCII case apart); NULL: all */
	const char *rule;			/* only this rule's id, or this outcome when no rule refused; NULL: all */
	int64_t since;				/* only from this second on; 0: all */
};

/*
 * Returns an exit status (sysexits.h): 0, also when there is no journal yet;
 * EX_USAGE for a rule that does not exist; EX_NOINPUT for a journal that
 * cannot be read; EX_OSERR; EX_IOERR for the output.  Says why on diag.
 *
 * --json: an array of objects { sequence, time (seconds), date (UTC, ISO
 * 8601), outcome, rule (null when none refused), sender, recipient, subject,
 * because }; with follow one object a line, with chart chart_json()'s object.
 */
int history_print(const struct history_options *);

#endif
