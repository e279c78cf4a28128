/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_shared - a table, or another program's database, read from its
 * first record to its last while deliveries go on
 *
 * The shared lock is held for a moment only.  A table up to
 * VACATION_DB_COPY_MAX is never written to again, as each change makes a new
 * file: the open one is a snapshot by itself.  A larger one is copied, to a
 * file without a name on the same disk, or into memory where that cannot be.
 *
 * Failures: as in vacation_db.h; a damaged table is UNREADABLE.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vacation_table.h"

#define SETTLED_MS 20		/* a file changed later than that could be changed again with the same time */
#define PAIR_VALUE 1024		/* bytes of another program's value that are looked at */

/* Whether a file could change without that being seen in its times. */
static bool
is_fresh(const struct stat *st)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - st->st_mtim.tv_sec) * 1000 + (now.tv_nsec - st->st_mtim.tv_nsec) / 1000000 < SETTLED_MS;
}

/* Up to VACATION_DB_COPY_MAX every change makes a new file, and the one that is open stays as it is. */
static enum vacation_db_result
snapshot(struct vacation_db *db, struct table *t, struct stat *before, struct vacation_db_info *info)
{
	const struct timespec moment = { .tv_nsec = SETTLED_MS * 1000000L };
	enum vacation_db_result result;
	const char *name = t->name;
	int copy, error = 0;

	if (fstat(t->fd, before) != 0)
		return lock_errno(errno, "table", info->detail, sizeof info->detail);
	if (before->st_size <= VACATION_DB_COPY_MAX)
		return VACATION_DB_FREE;
	if (is_fresh(before))
		nanosleep(&moment, NULL);
	copy = image_spare(db);
	if (copy < 0 || (error = image_copy(t->fd, copy)) != 0)
		result = lock_errno(copy < 0 ? errno : error, "table's copy", info->detail, sizeof info->detail);
	else {
		table_close(t);
		result = table_open_fd(db, t, copy, info);
		t->name = name;
	}
	if (copy >= 0)
		close(copy);
	return result == VACATION_DB_ERROR && db->damaged ? VACATION_DB_UNREADABLE : result;
}

enum vacation_db_result
table_shared(struct vacation_db *db, struct table *t, struct stat *before, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	enum table_found found;
	struct record meta;
	struct stat state;
	int lock;

	*info = (struct vacation_db_info){ .count = 0 };
	*t = (struct table){ .fd = -1 };
	memset(before != NULL ? before : &state, 0, sizeof state);
	result = lock_take(db->dir_fd, db->lock, false, db->deadline, &lock, info->detail, sizeof info->detail);
	if (result != VACATION_DB_GRANTED)
		return result;
	result = VACATION_DB_FREE;
	found = table_open(db, t, info, &result);
	meta = t->meta;
	if (found == TABLE_OPEN)
		result = snapshot(db, t, before != NULL ? before : &state, info);
	else if (found == TABLE_NONE)
		result = VACATION_DB_FREE;
	else if (result == VACATION_DB_FREE)
		result = VACATION_DB_UNREADABLE;
	t->meta = meta;
	if (lock >= 0)
		close(lock);
	return result;
}

enum vacation_db_result
vacation_db_pairs(int fd, vacation_db_pair *visit, void *ctx, struct vacation_db_info *info)
{
	struct vacation_db none = { .locked = -1, .written = -1, .replaced = -1 };
	struct record_key key = { .len = 0 };
	unsigned char value[PAIR_VALUE];
	enum vacation_db_result result;
	bool more = true;
	struct table t;
	size_t len;

	*info = (struct vacation_db_info){ .count = 0 };
	result = table_open_fd(&none, &t, fd, info);
	if (result != VACATION_DB_FREE)
		return result;
	while (more && table_next(&t, &key) && table_raw(&t, &key, value, sizeof value, &len))
		more = visit(ctx, key.data, key.len, value, len < sizeof value ? len : sizeof value);
	if (more && !table_ended(&t)) {
		result = table_trouble(&t, info);
		if (result == VACATION_DB_FREE)
			result = VACATION_DB_UNREADABLE;
	}
	table_close(&t);
	return result;
}

bool
vacation_db_is_gdbm(const unsigned char *head, size_t len)
{
	return image_magic(head, len);
}
