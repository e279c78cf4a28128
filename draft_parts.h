/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DRAFT_PARTS_H
#define DRAFT_PARTS_H

#include "draft.h"

/* What draft*.c share. */

struct draft_source {
	const struct home *home;
	const char *folder;	/* as it was named */
	size_t max;
	struct buf *raw;	/* gets the message, without a From_ line */
	struct buf *why;
	int64_t time;
};

enum draft_found {
	DRAFT_FOUND,
	DRAFT_NONE,		/* no folder, or nothing in it: why */
	DRAFT_FAILED		/* why, and errno */
};

enum draft_found draft_from_maildir(struct draft_source *);
enum draft_found draft_from_mh(struct draft_source *);
enum draft_found draft_from_mbox(struct draft_source *);

/* Whether a mail server keeps its notes in it: no message of anybody's. */
bool draft_is_internal(const char *bytes, size_t len);

/* why, and errno. */
enum draft_found draft_fail(struct draft_source *, int error, const char *, ...) __attribute__((format(printf, 3, 4)));

/* After home_open_*() or home_read() has failed: DRAFT_NONE without a word of why yet (ENOENT), or DRAFT_FAILED. */
enum draft_found draft_unopened(void);

#endif
