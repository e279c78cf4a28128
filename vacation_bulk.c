/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_bulk - forgetting, pruning, importing: a table built anew
 *
 * What stays and what comes goes through two spools, which put it into the
 * order of gdbm's hash, into a file that has no name yet.  That is read back,
 * record by record, and on the disk before it takes the table's place: whoever
 * is killed or finds the disk full has changed nothing.
 *
 * A large table takes longer to build than a delivery waits for the lock.  So
 * it is built without, and takes the place only of the file that it was built
 * from; otherwise it is built again.
 *
 * Failures: as in vacation_db.h; the table is as it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vacation_bulk.h"

#define TRIES 3			/* without the lock */
#define ENTER_TRIES 5		/* each as long as a delivery waits for the lock */

/* gdbm does not say when it could not write: every record is looked at again. */
static enum vacation_db_result
verify(struct bulk *b, int fd, struct vacation_db_info *info)
{
	struct record_key key = { .len = 0 };
	enum vacation_db_result result;
	struct record ignored;
	uint64_t answers = 0;
	struct record_name name;
	struct table t;

	result = table_open_fd(b->db, &t, fd, info);
	if (result != VACATION_DB_FREE)
		return result;
	while (table_next(&t, &key) && table_get(&t, &key, &ignored, NULL) == TABLE_VALUE)
		answers += record_key_split(key.data, key.len, &name) == key.len && name.kind == RECORD_ANSWER;
	table_close(&t);
	return answers == b->out->entries ? VACATION_DB_FREE : table_lost(b->db, info);
}

/* The new table in *fd, for the caller to close. */
static enum vacation_db_result
build(struct bulk *b, int *fd, struct vacation_db_info *info)
{
	const bool large = b->kept.records + b->coming.records > VACATION_DB_BULK_SMALL;
	enum vacation_db_result result;
	int error;

	*fd = large ? image_spare(b->db) : image_new();
	error = *fd >= 0 ? image_reserve(*fd) : errno;
	if (error != 0)
		return lock_errno(error, "new table", info->detail, sizeof info->detail);
	result = table_build(b->db, *fd, "", &b->meta, bulk_fill, b, info);
	if (result == VACATION_DB_FREE)
		result = verify(b, *fd, info);
	b->db->damaged = false;
	error = b->error;
	if (error == 0 && result == VACATION_DB_FREE)
		error = image_sync(*fd);
	return error == 0 ? result : lock_errno(error, "new table", info->detail, sizeof info->detail);
}

/* The entries are unknown while the table is replaced: whoever comes after a kill counts them. */
static enum vacation_db_result
place(struct bulk *b, struct table_work *w, int fd, struct vacation_db_info *info)
{
	struct vacation_db_info ignored;
	enum vacation_db_result result;

	w->state.entries = LOCK_UNKNOWN;
	w->state.cursor.len = 0;
	result = table_count(b->db, w, info);
	if (result == VACATION_DB_FREE)
		result = image_place(b->db, fd, w->table.name, info);
	if (result != VACATION_DB_FREE)
		return result;
	w->state.entries = b->out->entries < LOCK_UNKNOWN ? (uint32_t)b->out->entries : LOCK_UNKNOWN - 1;
	table_count(b->db, w, &ignored);
	return result;
}

/* Nothing that would change the table. */
static bool
idle(const struct bulk *b)
{
	return b->ngone == 0 && b->coming.records == 0 && b->interval < 0;
}

/* The owner waits longer than a delivery; also while many of them run. */
static enum vacation_db_result
enter(struct bulk *b, struct table_work *w, struct vacation_db_info *info)
{
	enum vacation_db_result result = VACATION_DB_BUSY;
	int tries;

	vacation_db_set_deadline(b->db, INT64_MAX);
	for (tries = 0; tries < ENTER_TRIES && result == VACATION_DB_BUSY; tries++)
		result = table_enter(b->db, w, NULL, b->now, info);
	return result;
}

static enum vacation_db_result
under_lock(struct bulk *b, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table_work w;
	bool damaged;
	int fd = -1;

	result = enter(b, &w, info);
	if (result != VACATION_DB_FREE)
		return result;
	result = bulk_gather(b, &w.table, &damaged, info);
	if (damaged && (result = heal_again(b->db, &w, NULL, b->now, info)) == VACATION_DB_FREE)
		result = bulk_gather(b, &w.table, &damaged, info);
	if (result == VACATION_DB_FREE && !idle(b) && (result = build(b, &fd, info)) == VACATION_DB_FREE)
		result = place(b, &w, fd, info);
	if (fd >= 0)
		close(fd);
	return table_leave(b->db, &w, result, info);
}

static bool
unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* false: the table has changed meanwhile, or is damaged. */
static bool
without_lock(struct bulk *b, enum vacation_db_result *result, struct vacation_db_info *info)
{
	struct table_work w;
	struct stat before, after;
	struct table t;
	bool damaged = false, same = true;
	int fd = -1;

	*result = table_shared(b->db, &t, &before, info);
	if (*result == VACATION_DB_FREE)
		*result = bulk_gather(b, &t, &damaged, info);
	table_close(&t);
	if (*result == VACATION_DB_FREE && !idle(b) && (*result = build(b, &fd, info)) == VACATION_DB_FREE) {
		*result = enter(b, &w, info);
		if (*result == VACATION_DB_FREE) {
			same = fstat(w.table.fd, &after) == 0 && unchanged(&before, &after);
			*result = table_leave(b->db, &w, same ? place(b, &w, fd, info) : VACATION_DB_FREE, info);
		}
	}
	if (fd >= 0)
		close(fd);
	return same && !damaged;
}

static bool
is_large(const struct bulk *b)
{
	struct stat st;

	return b->coming.records > VACATION_DB_BULK_SMALL ||
	    (fstatat(b->db->dir_fd, b->db->name, &st, 0) == 0 && st.st_size > VACATION_DB_COPY_MAX) ||
	    (fstatat(b->db->dir_fd, b->db->beside, &st, 0) == 0 && st.st_size > VACATION_DB_COPY_MAX);
}

/* A table that is missing is made first, so that one can be compared with it. */
static enum vacation_db_result
change(struct bulk *b, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table_work w;
	int tries;

	if (is_large(b)) {
		result = enter(b, &w, info);
		if (result == VACATION_DB_FREE)
			result = table_leave(b->db, &w, result, info);
		for (tries = 0; tries < TRIES && result == VACATION_DB_FREE; tries++)
			if (without_lock(b, &result, info))
				return result;
		if (b->error != 0)
			return result;
	}
	return under_lock(b, info);
}

static enum vacation_db_result
count_only(struct bulk *b, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table t;
	bool ignored;

	result = table_shared(b->db, &t, NULL, info);
	if (result == VACATION_DB_FREE)
		result = bulk_gather(b, &t, &ignored, info);
	table_close(&t);
	if (result == VACATION_DB_FREE && !bulk_fill(b, NULL))
		result = lock_errno(b->error, "table", info->detail, sizeof info->detail);
	return result;
}

/* There is nobody to forget where there is no table. */
static bool
is_missing(const struct vacation_db *db)
{
	return faccessat(db->dir_fd, db->name, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT &&
	    faccessat(db->dir_fd, db->beside, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

static enum vacation_db_result
run(struct bulk *b, struct vacation_db_info *info)
{
	enum vacation_db_result result = VACATION_DB_FREE;

	*info = (struct vacation_db_info){ .count = 0 };
	spool_init(&b->kept, b->db);
	if (!is_missing(b->db) || b->coming.records != 0 || b->interval >= 0)
		result = b->dry ? count_only(b, info) : change(b, info);
	b->out->senders = bulk_count_gone(b);
	spool_free(&b->kept);
	free(b->gone);
	return result;
}

enum vacation_db_result
vacation_db_forget(struct vacation_db *db, const char *pattern, bool dry, struct vacation_db_bulk *out, struct vacation_db_info *info)
{
	struct bulk b = { .db = db, .now = time(NULL), .dry = dry, .pattern = pattern, .forgets = true, .interval = -1, .out = out };

	*out = (struct vacation_db_bulk){ .senders = 0 };
	spool_init(&b.coming, db);
	return run(&b, info);
}

enum vacation_db_result
vacation_db_prune(struct vacation_db *db, const struct vacation_db_limits *limits, int64_t now, bool dry, struct vacation_db_bulk *out,
    struct vacation_db_info *info)
{
	struct bulk b = { .db = db, .now = now, .dry = dry, .limits = limits, .interval = -1, .out = out };

	*out = (struct vacation_db_bulk){ .senders = 0 };
	spool_init(&b.coming, db);
	return run(&b, info);
}

static bool
spool_record(struct spool *s, enum record_kind kind, const struct vacation_db_row *row, const char *handle, const struct record *r)
{
	unsigned char raw[RECORD_SIZE];
	struct record_key key;

	record_key(&key, kind, row->owner, handle, row->sender);
	record_encode(raw, key.data, key.len, r);
	return spool_add(s, &key, raw);
}

static bool
take(void *taker, const struct vacation_db_row *row)
{
	struct spool *s = taker;
	struct record r = {
		.state = row->reference ? RECORD_REFERENCE : RECORD_LIVE, .count = row->count != 0 ? row->count : 1,
		.first = row->first_answered != 0 ? row->first_answered : row->last_answered, .last = row->last_answered, .period = row->period,
	};

	if (row->excluded) {
		r = (struct record){ .state = RECORD_LIVE };
		return spool_record(s, RECORD_EXCLUSION, row, "", &r);
	}
	return spool_record(s, RECORD_ANSWER, row, row->handle, &r) && (row->reference || spool_record(s, RECORD_LIFETIME, row, "", &r));
}

enum vacation_db_result
vacation_db_import(struct vacation_db *db, vacation_db_source *source, void *ctx, int64_t interval, bool dry, struct vacation_db_bulk *out,
    struct vacation_db_info *info)
{
	struct bulk b = { .db = db, .now = time(NULL), .dry = dry, .interval = interval, .out = out };
	enum vacation_db_result result = VACATION_DB_ERROR;

	*out = (struct vacation_db_bulk){ .senders = 0 };
	*info = (struct vacation_db_info){ .count = 0 };
	spool_init(&b.coming, db);
	if (source(ctx, take, &b.coming))
		result = run(&b, info);
	else if (b.coming.error != 0)
		result = lock_errno(b.coming.error, "table's new form", info->detail, sizeof info->detail);
	spool_free(&b.coming);
	return result;
}

void
vacation_db_set_progress(struct vacation_db *db, vacation_db_progress *progress, void *ctx)
{
	db->progress = progress;
	db->progress_ctx = ctx;
}
