/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VACATION_DB_H
#define VACATION_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/*
 * The per-user table of who was answered when: a gdbm file and a lock file
 * of our own beside it (<path>.lock).  The only file that includes <gdbm.h>.
 * See DESIGN.md, "The table".  All times are seconds since 1970 and come from the caller.
 *
 * Every change is made to a copy, which takes the table's place by rename: it
 * is there wholly or not at all, whatever is killed when, and a disk that is
 * full needs room for the table once more.  Only a table above
 * VACATION_DB_COPY_MAX, which 400 answers a day kept for 90 days do not reach
 * (`once', max-replies or a raised max-per-day can), is changed in place, and
 * rebuilt from its records when that was interrupted.
 *
 * A file counts as a damaged table of ours when it has gdbm's mark or a whole
 * record of ours in it, or when the lock file says that the table was there.
 * Every other file is another program's: it is left alone, and the table is beside it.
 * Temporary is only .<name>.backsoon-new, in the table's directory.
 */

#define VACATION_DB_LOCK_MS 2000		/* how long a lock is waited for at most */
#define VACATION_DB_FUTURE_MAX 3600		/* a record further ahead of now than this counts as now */
#define VACATION_DB_COPY_MAX (16 << 20)		/* bytes: about 50,000 senders; copying more would cost more than it protects */
#define VACATION_DB_SWEEP 8			/* keys looked at by each claim for one to retire */
#define VACATION_DB_KEEP_MIN (90 * 86400)	/* never retired younger */
#define VACATION_DB_EVERY_HOUR 10		/* answers to one sender in an hour with every = 0 */
#define VACATION_DB_EVERY_DAY 50
#define VACATION_DB_FOREVER INT64_MAX		/* period `once' */

struct vacation_db_limits {
	int64_t period;			/* seconds; 0 every message (within the EVERY caps); VACATION_DB_FOREVER once */
	uint32_t max_replies;		/* in all, to one sender; 0 no limit */
	uint32_t max_senders;		/* entries in the table */
	uint32_t max_per_hour;		/* storm brake, 0 off */
	uint32_t max_per_day;
	bool contact;			/* sender is in the owner's contacts: storm brake does not count it */
};

/* Who is asked about.  Keys are normalised (address_key()). */
struct vacation_db_who {
	const char *owner;		/* whose table rows: the login or mailbox */
	const char *handle;		/* RFC 5230 :handle, or a hash of the text */
	const char *sender;		/* key of the answered (envelope) address */
	const char *from;		/* key of From where it differs, or NULL */
};

enum vacation_db_result {
	VACATION_DB_FREE,		/* peek: nobody in the way; exclude/forget: done */
	VACATION_DB_GRANTED,		/* claim: recorded as answered now */
	VACATION_DB_ANSWERED,
	VACATION_DB_EXCLUDED,
	VACATION_DB_SENDER_LIMIT,
	VACATION_DB_STORM,
	VACATION_DB_BUSY,		/* lock not had in time: temporary */
	VACATION_DB_UNREADABLE,		/* EACCES, foreign format, not ours, a Berkeley DB...: not damage, left alone */
	VACATION_DB_FULL,		/* ENOSPC, EDQUOT, EFBIG */
	VACATION_DB_ERROR		/* EIO, ENOLCK, ESTALE, memory */
};

struct vacation_db_claim {
	uint64_t token;			/* of the record written; withdraw acts only on it */
	uint32_t hour_slot, day_slot;	/* implementation's: what was counted for the storm brake */
	unsigned char before[3][64];	/* implementation's: the records as they were */
	uint8_t had[3];
};

struct vacation_db_info {		/* filled where known, also by refusals */
	int64_t first_answered;		/* 0: never */
	int64_t last_answered;
	uint32_t count;			/* answers in all, over all handles; the state of the last one with this handle */
	int64_t next;			/* when the sender would be answered again; INT64_MAX never; 0 now */
	bool ahead;			/* peek: the refusal rests on a time in the future that has not been noted: vacation_db_note() */
	bool changed;			/* exclude: it was not so before */
	bool healed;			/* the table was damaged and set aside or recovered: log it */
	bool beside;			/* path holds another program's database: ours is <path>.gdbm.  Always said here, once in detail */
	char detail[200];		/* sentence for the log on anything unusual, "" else */
};

struct vacation_db;

/*
 * Opens nothing yet; NULL: no memory.  dir_fd/name as in journal.h; dir_fd is
 * borrowed.  The table's directory may be reached through links; table and
 * lock are never links.  deadline: absolute, for every lock taken through it,
 * of which none is waited for longer than VACATION_DB_LOCK_MS.
 * info is written by every call, whatever it held, and never NULL.
 */
struct vacation_db *vacation_db_new(int dir_fd, const char *name, int64_t deadline);
void vacation_db_free(struct vacation_db *);
void vacation_db_set_deadline(struct vacation_db *, int64_t);

/* Whether there was a table by that name, which is gone although its lock file is there: whom it remembered is answered again. */
bool vacation_db_is_lost(const struct vacation_db *);

/*
 * Read-only: creates, repairs and writes nothing.  FREE, ANSWERED, EXCLUDED,
 * SENDER_LIMIT, STORM or a failure.  No file: FREE.  A damaged table: FREE with
 * a detail, as only a claim can mend it, and decides then.  With period 0
 * ANSWERED means that the EVERY caps are reached.
 */
enum vacation_db_result vacation_db_peek(struct vacation_db *, const struct vacation_db_who *, const struct vacation_db_limits *,
    int64_t now, struct vacation_db_info *);

/*
 * Lock, test again, write, read back, unlock.  Exactly one of N simultaneous
 * claims is GRANTED; claim is written only then, and survives our end from
 * then on; a power cut, when vacation_db_settle() has said so.  STORM: the
 * brake, or the table has max_senders entries (0: no limit) and none to retire.
 */
enum vacation_db_result vacation_db_claim(struct vacation_db *, const struct vacation_db_who *, const struct vacation_db_limits *,
    int64_t now, struct vacation_db_claim *, struct vacation_db_info *);

/* Waits for the disk where a claim has left that to be done.  FREE, or what went wrong. */
enum vacation_db_result vacation_db_settle(struct vacation_db *, struct vacation_db_info *);

/*
 * After a peek with info->ahead: writes down when the time in the future was
 * met, so that what rests on it ends a period, or a window, from now.  Takes
 * the lock.  FREE: done, or nothing to do; else a failure, and the next message tries again.
 */
enum vacation_db_result vacation_db_note(struct vacation_db *, const struct vacation_db_who *, int64_t now, struct vacation_db_info *);

/* Restores what was there before the claim, where its record still carries the claim's token; FREE also where it does not. */
enum vacation_db_result vacation_db_withdraw(struct vacation_db *, const struct vacation_db_who *, const struct vacation_db_claim *,
    int64_t now, struct vacation_db_info *);

/* Exclusions: `user@domain', `@domain', `@.domain', normalised by the caller. */
enum vacation_db_result vacation_db_exclude(struct vacation_db *, const char *owner, const char *pattern, bool add, struct vacation_db_info *);

/* vacation -i: forgets everyone and the interval; exclusions stay when keep_exclusions.  Makes a missing table, sets a damaged one aside. */
enum vacation_db_result vacation_db_clear(struct vacation_db *, bool keep_exclusions, struct vacation_db_info *);

/*
 * Every record, from a copy: no lock is held while the visitor runs.  It
 * returns false to stop.  A From that was answered at another address has a row of its own.
 */
struct vacation_db_row {
	const char *owner, *handle, *sender;	/* sender: key or pattern */
	bool excluded;
	bool reference;				/* stands for a From that was answered at another address */
	int64_t first_answered, last_answered;
	uint32_t count;
	int64_t period;				/* that it was answered with */
};
typedef bool vacation_db_visit(void *ctx, const struct vacation_db_row *);
enum vacation_db_result vacation_db_list(struct vacation_db *, vacation_db_visit *, void *ctx, struct vacation_db_info *);

/* The dialects keep an interval with the table (vacation -i -r): seconds, or -1 when none was kept. */
enum vacation_db_result vacation_db_interval(struct vacation_db *, int64_t *period, struct vacation_db_info *);
enum vacation_db_result vacation_db_set_interval(struct vacation_db *, int64_t period, struct vacation_db_info *);

/*
 * Changes of many records at once: a new table is built beside the old one,
 * read back, and takes its place by rename.  Deliveries go on while one of
 * more than VACATION_DB_BULK_SMALL records, or in place of a table above
 * VACATION_DB_COPY_MAX, is built; when they have changed the table meanwhile
 * it is built anew, and the fourth time under the lock.  dry: only counts.
 * Exclusions stay, whatever is forgotten.
 */
#define VACATION_DB_BULK_SMALL 20000

struct vacation_db_bulk {
	uint64_t senders;		/* forget, prune: people that went, over all handles */
	uint64_t fresh;			/* import: answers that were not there */
	uint64_t newer;			/* ... that are younger than what was there */
	uint64_t known;			/* ... that are not */
	uint64_t exclusions;		/* ... exclusions that were not there */
	uint64_t entries;		/* answers in the table afterwards */
};

/* Who has that key, or is in that `@domain' or `@.domain'; NULL: everybody. */
enum vacation_db_result vacation_db_forget(struct vacation_db *, const char *pattern, bool dry, struct vacation_db_bulk *, struct vacation_db_info *);

/* What no delivery with these limits needs: see VACATION_DB_KEEP_MIN; with `once' and max_replies everything is needed. */
enum vacation_db_result vacation_db_prune(struct vacation_db *, const struct vacation_db_limits *, int64_t now, bool dry, struct vacation_db_bulk *,
    struct vacation_db_info *);

/*
 * Adds rows, which the source gives to `take' one by one until that returns
 * false; a source that returns false has changed nothing: ERROR without a
 * detail.  Of two answers of one sender to one handle the younger counts, the
 * earlier first answer and the higher count: importing twice changes nothing.
 * interval: vacation_db_set_interval(), or -1.
 */
typedef bool vacation_db_source(void *ctx, vacation_db_visit *take, void *taker);
enum vacation_db_result vacation_db_import(struct vacation_db *, vacation_db_source *, void *ctx, int64_t interval, bool dry, struct vacation_db_bulk *,
    struct vacation_db_info *);

/* Is told now and then how far a bulk change is. */
typedef void vacation_db_progress(void *ctx, uint64_t done, uint64_t all);
void vacation_db_set_progress(struct vacation_db *, vacation_db_progress *, void *ctx);

/* Every pair of any program's gdbm file; fd is borrowed.  FREE, or why it cannot be read; a visitor that returns false stops it. */
typedef bool vacation_db_pair(void *ctx, const unsigned char *key, size_t key_len, const unsigned char *value, size_t value_len);
enum vacation_db_result vacation_db_pairs(int fd, vacation_db_pair *, void *ctx, struct vacation_db_info *);

/* Whether a file that begins so is gdbm's. */
bool vacation_db_is_gdbm(const unsigned char *, size_t);

/* A word for a result, as tests and logs print it. */
const char *vacation_db_result_name(enum vacation_db_result);

#endif
