/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DATES_H
#define DATES_H

#include <stdbool.h>
#include <time.h>

#include "buf.h"

/*
 * Dates as people write them, in their language: `3. Januar 2027, 14:00 Uhr'.
 * The words are in the program, because a delivery loads no locale.
 */

enum { DATES_YEAR = 1, DATES_TIME = 2 };	/* what stands there besides day and month */

/*
 * Appends the date.  language: a tag (RFC 5646) as de, de-AT, pt_BR, or a
 * locale's name as de_AT.UTF-8; what follows its first unknown part does not
 * count.  NULL, "", C and POSIX are English.  A language that is not known
 * here gets `2027-01-03', which is understood everywhere.
 */
void dates_add(struct buf *, const char *language, const struct tm *, unsigned parts);

#endif
