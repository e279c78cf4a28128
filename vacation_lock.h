/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VACATION_LOCK_H
#define VACATION_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "vacation_db.h"
#include "vacation_record.h"

/*
 * The lock file beside the table, and what is counted in it.  Private to
 * vacation_*.c.
 */

#define LOCK_DOMAINS 128	/* counters for sender domains; domains that share one are braked together */
#define LOCK_UNKNOWN UINT32_MAX	/* entries: to be counted anew */

/* Which of the two names the table had: what is at the other is not ours. */
enum lock_place { LOCK_NOWHERE, LOCK_AT_NAME, LOCK_BESIDE };

struct lock_state {
	uint32_t entries;		/* RECORD_ANSWER keys in the table */
	enum lock_place place;		/* of the table, when this was written */
	int64_t counted;		/* when a walk last counted them */
	bool changing;			/* a change of the table was begun and not finished: see lock_mark() */
	int64_t braked;			/* until then a tenth of the storm brake: the table was damaged */
	int64_t start[2];		/* of the hour and the day that are counted, 0 none */
	uint32_t total[2];
	uint32_t domain[2][LOCK_DOMAINS];
	struct record_key cursor;	/* where the sweep goes on; len 0: at the first key */
};

/*
 * Opens and locks it, shared or exclusive, at the latest at the deadline.
 * Exclusive creates it.  GRANTED: *fd is to be closed, which unlocks, or is -1 for a shared lock where there is no file.  Else BUSY, UNREADABLE, FULL
 * or ERROR, with a sentence in detail.
 */
enum vacation_db_result lock_take(int dir_fd, const char *name, bool exclusive, int64_t deadline, int *fd, char *detail, size_t size);

/* Whether the file locked is still the one with that name; a lock on one that was replaced keeps nobody out. */
bool lock_current(int fd, int dir_fd, const char *name);

/* UNREADABLE: it is somebody else's file.  One of ours that is new or damaged reads as empty, entries unknown. */
enum vacation_db_result lock_read(int fd, struct lock_state *, char *detail, size_t size);
enum vacation_db_result lock_write(int fd, const struct lock_state *, char *detail, size_t size);

/*
 * Written before a table is changed in place and taken back afterwards.
 * Whoever finds it set under his lock knows that the process before him was
 * killed: gdbm writes a directory of buckets and the list of free blocks one
 * after the other, and between the two the file opens well but uses blocks twice.
 */
bool lock_mark(int fd, bool changing);

/* Where the table was: from the lock file with that name, which is not locked. */
enum lock_place lock_place(int dir_fd, const char *name);

/* Windows that begin in the future count as running; from now on as begun now.  Whether there were any. */
bool lock_ahead(const struct lock_state *, int64_t now);
bool lock_note(struct lock_state *, int64_t now);

/* Whether the storm brake lets one more answer to that address pass: 0, or when to ask again. */
int64_t lock_storm(const struct lock_state *, const struct vacation_db_limits *, const char *sender, int64_t now);
void lock_count(struct lock_state *, const char *sender, int64_t now);
/* Takes one back, if its hour and its day are still the ones that began then. */
void lock_uncount(struct lock_state *, const char *sender, const uint32_t slot[2]);

/* What both files have to be: regular, of the effective user or root, not open to all. */
bool lock_trusted(const struct stat *, const char *what, char *detail, size_t size);
/* What an errno means: FULL, UNREADABLE or ERROR, with a sentence. */
enum vacation_db_result lock_errno(int error, const char *what, char *detail, size_t size);

#endif
