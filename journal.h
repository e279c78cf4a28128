/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"

/*
 * The last decisions and counters, in one small file of fixed size, written
 * by every delivery without a lock: slots by atomic fetch-add on a mapped
 * header page, a record by one pwrite with sequence number and checksum.
 * Two rings, so that list mail does not push people out.  Damage or a crash
 * costs records, never a delivery; a journal that cannot be written is one log line by the caller.
 */

#define JOURNAL_SLOTS 256	/* records in each ring */
#define JOURNAL_DAYS 32		/* days of counters */
#define JOURNAL_RULES 64	/* counters a day; a rule's number is its place in the table of rules (journal_code) */
#define JOURNAL_RECORD 512	/* bytes of one record on disk */

enum journal_ring { JOURNAL_ANSWERED, JOURNAL_REFUSED };	/* answered or failed | refused */

struct journal_entry {
	int64_t time;			/* seconds since 1970 */
	uint64_t sequence;		/* over both rings; given by journal_add() */
	enum journal_ring ring;
	uint16_t code;			/* counter's number, < JOURNAL_RULES */
	char outcome[24];		/* outcome's name */
	char rule[24];			/* rule's id, "" when none refused */
	char sender[128];		/* cut when longer, whole UTF-8 characters */
	char recipient[96];
	char subject[128];
	char why[80];			/* the field or value behind it */
};

/* Fills a text field of an entry: text (NULL: "") cut to fit at a whole UTF-8 character. */
void journal_text(char *field, size_t size, const char *text);

/*
 * dir_fd and name: opened relative to it (AT_FDCWD and a path will do),
 * O_NOFOLLOW, created 0600 and allocated whole on first use, refused when
 * not a regular file of ours.  A file of ours with a damaged head is set
 * aside once as `name.bad' and a new one begun.  false: errno says why:
 *
 *	EBADMSG		it is not a journal, or damaged and `name.bad' exists
 *	ENOTSUP		written by a newer version; left alone
 *	EPERM		not a regular file, or somebody else's
 *	ELOOP		a symbolic link
 *	EIO		it was cut short, or the disk failed, while in use
 *	EINVAL		the entry's ring or code is out of range
 *	others		from openat(2), posix_fallocate(3), pwrite(2)
 */
bool journal_add(int dir_fd, const char *name, struct journal_entry *);

/* A sentence for what journal_add() and journal_open() left in errno. */
const char *journal_error(int error);

struct journal;
struct journal *journal_open(int dir_fd, const char *name);	/* read-only, a copy of this moment; NULL with errno, ENOENT when there is none */
void journal_close(struct journal *);
/* All readable records of both rings, newest first (by time, then sequence); owned by the journal. */
size_t journal_entries(struct journal *, const struct journal_entry **);
/* How often `code' was counted on the day that holds `time' (UTC days). */
uint32_t journal_count(struct journal *, unsigned code, int64_t time);

#endif
