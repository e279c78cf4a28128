/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VACATION_TABLE_H
#define VACATION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "vacation_db.h"
#include "vacation_lock.h"
#include "vacation_record.h"

/*
 * The inside of vacation_db: the gdbm file, one operation at a time.  Private
 * to vacation_*.c.  vacation_db.c has gdbm, vacation_change.c and vacation_image.c what becomes of a change,
 * vacation_heal.c and vacation_salvage.c the damaged files, vacation_foreign.c those of others, vacation_claim.c the decisions, vacation_list.c what the owner asks for, vacation_bulk.c and vacation_spool.c changes of many records.
 */

#define TABLE_CHANGES 8		/* in a batch at most: a claim's three records, four deletes and a note */
#define TABLE_LOOK 64		/* keys looked at before a table without our mark counts as another program's */

struct vacation_db {
	int dir_fd;
	char *name;		/* the path asked for */
	char *beside;		/* where the table is when another program's database is there */
	char *fresh;		/* the table that will take its place */
	char *lock;
	int64_t deadline;
	int locked;		/* the exclusive lock, or -1 */
	bool changing;		/* its file is marked: lock_mark() */
	bool failed;		/* a change in place went wrong: the mark stays */
	bool damaged;		/* a change failed because the file is wrong: heal_again() */
	int written;		/* a table that has taken its place and is not on the disk yet, or -1: image_finish() */
	int replaced;		/* the file whose place that one took, or -1: image_retire() */
	vacation_db_progress *progress;
	void *progress_ctx;
	bool asked;		/* by the owner: a damaged table is set aside however often that happens */
};

struct gdbm_file_info;

struct table {
	struct gdbm_file_info *dbf;
	int fd;			/* closed with it */
	const char *name;	/* db->name or db->beside */
	int added;		/* keys that came, less those that went, since it was opened */
	struct record meta;
};

enum table_found {
	TABLE_OPEN,
	TABLE_NONE,		/* no file, or an empty one */
	TABLE_DAMAGED,		/* to be healed; table.name says which */
	TABLE_FOREIGN,		/* another program's; never from table_open() */
	TABLE_REFUSED		/* left alone: *result */
};

enum table_value { TABLE_ABSENT, TABLE_VALUE, TABLE_BROKEN, TABLE_TROUBLE };

/* For reading.  On anything but TABLE_OPEN nothing has to be closed. */
enum table_found table_open(struct vacation_db *, struct table *, struct vacation_db_info *, enum vacation_db_result *);
/* One file by its name.  TABLE_FOREIGN: gdbm's or not, another program's. */
enum table_found table_open_at(struct vacation_db *, struct table *, const char *name, struct vacation_db_info *, enum vacation_db_result *);
void table_close(struct table *);

/* TABLE_BROKEN: a value that is not whole; TABLE_TROUBLE: gdbm failed, table_trouble() says how. raw may be NULL. */
enum table_value table_get(struct table *, const struct record_key *, struct record *, unsigned char raw[RECORD_SIZE]);
/* What gdbm's failure was: ERROR, FULL, UNREADABLE; FREE means damage. */
enum vacation_db_result table_trouble(const struct table *, struct vacation_db_info *);

/* The key behind `key' (len 0, or a key that has gone: the first). */
bool table_next(struct table *, struct record_key *);
bool table_ended(struct table *);	/* why it said false: the last key, or trouble */
/* How many keys there are, of every kind: reads the buckets, not the keys. */
uint64_t table_keys(struct table *);

/* What is changed together.  The keys are borrowed until table_apply() has returned. */
struct table_change {
	const struct record_key *key;
	bool drop;
	unsigned char raw[RECORD_SIZE];
};
struct table_batch {
	int n;
	struct table_change change[TABLE_CHANGES];
};
void table_set(struct table_batch *, const struct record_key *, const struct record *);
void table_set_raw(struct table_batch *, const struct record_key *, const unsigned char raw[RECORD_SIZE]);
void table_drop(struct table_batch *, const struct record_key *);	/* one that is not there is no failure */

/*
 * Under the exclusive lock.  FREE: all of it is in the file called name, was
 * read back, and is on the disk when table_leave() has said so too.  Else nothing has changed; a table above
 * VACATION_DB_COPY_MAX may hold the first changes of the batch then.
 */
enum vacation_db_result table_apply(struct vacation_db *, const char *name, const struct table_batch *, struct vacation_db_info *);

/* A batch in one gdbm open, then read back.  *added: how many keys came; *split: others' keys
 * were moved for them (NULL: not asked, as that takes a walk over all buckets). */
enum vacation_db_result table_change(struct vacation_db *, int fd, const char *name, const struct table_batch *, int *added, bool *split,
    struct vacation_db_info *);
/* How many keys an open that has nothing in memory finds; UINT64_MAX: it cannot. */
uint64_t table_keys_of(struct vacation_db *, int fd);
/* Written, and not to be read back: ERROR, and db->damaged. */
enum vacation_db_result table_lost(struct vacation_db *, struct vacation_db_info *);

/*
 * A new table in place of whatever is at name, by rename.  fill() stores what
 * it begins with through table_add() and returns false to give up; it may be NULL.
 */
typedef bool table_fill(void *ctx, struct table *);
enum vacation_db_result table_create(struct vacation_db *, const char *name, const struct record *meta, table_fill *, void *ctx, struct vacation_db_info *);
enum vacation_db_result table_build(struct vacation_db *, int fd, const char *name, const struct record *meta, table_fill *, void *ctx, struct vacation_db_info *);
bool table_add(struct table *, const struct record_key *, const struct record *);

/*
 * Opens it under a shared lock, which is let go: what is read then is what
 * nothing changes, the file itself or a copy.  before (may be NULL): its
 * state when it was opened, zeroed without a file.  FREE and t->dbf NULL: there is no table.
 */
enum vacation_db_result table_shared(struct vacation_db *, struct table *, struct stat *before, struct vacation_db_info *);

/* gdbm on a duplicate of that descriptor, for reading: FREE, or why not. */
enum vacation_db_result table_open_fd(struct vacation_db *, struct table *, int fd, struct vacation_db_info *);
/* A value as it is: at most size bytes; *len: how many there are.  false: table_trouble(). */
bool table_raw(struct table *, const struct record_key *, unsigned char *value, size_t size, size_t *len);

/* The empty mark of a table: no interval, no exclusions. */
void table_meta(struct record_key *, struct record *);

/*
 * vacation_image.c.  image_new() and image_load(), which copies a file, return
 * a descriptor of memory, or -1 and errno; the others 0 or errno.
 */
bool image_magic(const unsigned char *, size_t);	/* whether a file that begins so is gdbm's */
int image_new(void);
int image_load(int from);
int image_copy(int from, int to);	/* all of it: 0 or errno */
int image_spare(struct vacation_db *);	/* a file without a name on the table's file system, or memory: -1 and errno */
int image_reserve(int fd);	/* room for a batch */
int image_sync(int fd);		/* 0 also where a file system cannot */
int image_finish(struct vacation_db *);	/* waits for db->written */
void image_retire(struct vacation_db *, int fd);	/* of a file that was replaced: closed with the next one, or with db */
/* A new file with that content in place of whatever is at name, by rename; or nothing has changed. */
enum vacation_db_result image_publish(struct vacation_db *, int image, const char *name, struct vacation_db_info *);

/* The same with a file of image_spare() that is on the disk; it must not be changed afterwards. */
enum vacation_db_result image_place(struct vacation_db *, int spare, const char *name, struct vacation_db_info *);

/* vacation_foreign.c: whether a file that gdbm does not open, db->name or db->beside, belongs to another program. */
bool heal_foreign(struct vacation_db *, int fd, const char *name);

/*
 * vacation_salvage.c: the records of ours in the bytes of a file, whether or
 * not gdbm can open it; the youngest where one is there twice.
 */
struct salvage {
	int fd;
	struct record meta;	/* with the exclusions counted */
	uint32_t found, answers;	/* records in all, and entries among them */
	int error;		/* errno of what cannot be read */
};
bool salvage_fill(void *salvage, struct table *to);	/* a table_fill */
bool salvage_any(int fd);	/* whether there is one near the beginning */

/*
 * Exclusive lock, counters and the table in one: FREE, and then all of *w is
 * to be given to table_leave().  limits may be NULL.
 */
struct table_work {
	int lock;
	struct lock_state state;
	struct table table;
};
enum vacation_db_result table_enter(struct vacation_db *, struct table_work *, const struct vacation_db_limits *, int64_t now, struct vacation_db_info *);
/* Unlocks, then waits for the disk where that was left, unless a claim is GRANTED: result, or what went wrong. */
enum vacation_db_result table_leave(struct vacation_db *, struct table_work *, enum vacation_db_result, struct vacation_db_info *);
enum vacation_db_result table_count(struct vacation_db *, struct table_work *, struct vacation_db_info *);	/* writes the counters: FREE, or why not */

/*
 * Opens w->table for reading, makes it when it is missing and mends it when it
 * is damaged; the second is for damage that showed later.  FREE: it is open.
 */
enum vacation_db_result heal_ready(struct vacation_db *, struct table_work *, const struct vacation_db_limits *, int64_t now, struct vacation_db_info *);
enum vacation_db_result heal_again(struct vacation_db *, struct table_work *, const struct vacation_db_limits *, int64_t now, struct vacation_db_info *);
void table_detail(struct vacation_db_info *, const char *, ...) __attribute__((format(printf, 2, 3)));

#endif
