/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUOTE_H
#define QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "buf.h"

/* The original in the reply: its text with `> ', and the line that says whose it is. */

#define QUOTE_LINES_MAX 10000u		/* when there is no other limit */
#define QUOTE_VALUE_MAX ((size_t)250)	/* bytes that one letter of an attribution becomes */
#define QUOTE_ATTRIBUTION_MAX ((size_t)2000)

/*
 * Appends the text (UTF-8, LF) with `> ' before its lines, `>' where one is a
 * quote already.  Empty lines at both ends, blanks at the end of lines and control characters go; so does
 * all from the signature (`-- ') on.  Of more lines than max_lines (0: QUOTE_LINES_MAX) only so many are
 * taken, and a line `> [...]' says so.
 */
void quote_text(struct buf *out, const char *text, size_t len, unsigned max_lines);

#define QUOTE_NO_TIME INT64_MIN

/* What the letters stand for.  UTF-8, decoded; NULL is as good as "". */
struct quote_source {
	const char *address, *name;	/* the sender's; without a name, its place is taken by the address */
	const char *subject;
	const char *message_id;
	const char *newsgroup;		/* X-Newsgroup */
	const char *newsgroups;
	int64_t when;			/* of the original's Date field: seconds since the epoch, or QUOTE_NO_TIME */
	struct tm local;		/* the same time in the owner's zone; tm_gmtoff and tm_zone count */
};

/*
 * Appends the attribution, as mailbot(1) writes its salutation: %% %n (a line
 * end) %f (address) %F (name) %S (subject) %i (message-id) %N (newsgroups) %C
 * (X-Newsgroup) %d (date) %{...}d (date by strftime(3), in English); others stay as they are.
 * Ends with a newline unless it is empty.  What a value holds makes no second line: it is cleaned, cut
 * at QUOTE_VALUE_MAX, and in double quotes where a line would look like a header field or a quote because of it.
 */
void quote_attribution(struct buf *out, const char *format, const struct quote_source *);

/* Reads a Date field's value (RFC 5322 3.3 and 4.3: comments, old zones, years of two digits, no seconds); false when
 * it is none.  A zone that says nothing is UTC. */
bool quote_date(const char *value, size_t len, int64_t *when);

/* Appends a date as strftime(3) in the C locale would, but reads no time zone's file: what is unknown stays as it is. */
void quote_strftime(struct buf *out, const char *format, size_t len, const struct tm *);

#endif
