/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_db - the table's gdbm file
 *
 * The only file that includes <gdbm.h>.  Every change is one open, one store
 * or delete and one close: a process killed anywhere then leaves a file that
 * opens, and a mark in the lock file says that it has to be recovered all the
 * same.  gdbm never maps the file: a file that shrinks, or a hole in one on a
 * full disk, would end the delivery with SIGBUS, and reading costs no more
 * this way.  Room is reserved before a store, because gdbm does not look
 * whether all of its blocks could be written.  Its fatal_func stays NULL: it would call exit().
 *
 * gdbm_close() waits for the disk, and the lock would be held meanwhile.  It is
 * given a descriptor that cannot be synced instead, and the caller waits once,
 * without the lock, before anything is sent (table_sync()).
 *
 * Failures: damage, which vacation_heal.c mends, is kept apart from what is
 * left alone (UNREADABLE), from no room (FULL) and from the rest (ERROR).
 */
#include <errno.h>
#include <fcntl.h>
#include <gdbm.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vacation_table.h"

#define BLOCK_SIZE 4096		/* of a new file: a large st_blksize would make every bucket as large */
#define ROOM 32768		/* bytes that one store may take, */
#define ROOM_PART 128		/* and this part of the file, for the directory of buckets */
#define WALK_BUCKETS 16		/* kept in memory by a walk, instead of all */
#define OPEN_FLAGS (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
#define GDBM_FLAGS (GDBM_NOLOCK | GDBM_NOMMAP | GDBM_CLOEXEC)

void
table_detail(struct vacation_db_info *info, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(info->detail, sizeof info->detail, fmt, ap);
	va_end(ap);
}

void
table_meta(struct record_key *key, struct record *meta)
{
	record_key(key, RECORD_META, "", "", "");
	*meta = (struct record){ .state = RECORD_LIVE, .period = -1 };
}

/* FREE: the file itself is wrong. */
static enum vacation_db_result
gdbm_means(int code, int error, struct vacation_db_info *info)
{
	switch (code) {
	case GDBM_BYTE_SWAPPED:
	case GDBM_BAD_FILE_OFFSET:
		table_detail(info, "the table was written by another kind of machine: left alone; export it there");
		return VACATION_DB_UNREADABLE;
	case GDBM_MALLOC_ERROR:
		table_detail(info, "the table: out of memory");
		return VACATION_DB_ERROR;
	case GDBM_FILE_OPEN_ERROR:
	case GDBM_FILE_WRITE_ERROR:
	case GDBM_FILE_READ_ERROR:
	case GDBM_FILE_STAT_ERROR:
	case GDBM_FILE_SYNC_ERROR:
	case GDBM_REORGANIZE_FAILED:
		return lock_errno(error, "table", info->detail, sizeof info->detail);
	default:
		table_detail(info, "the table is damaged: %s", gdbm_strerror(code));
		return VACATION_DB_FREE;
	}
}

enum vacation_db_result
table_trouble(const struct table *t, struct vacation_db_info *info)
{
	return gdbm_means(gdbm_last_errno(t->dbf), gdbm_last_syserr(t->dbf), info);
}

static datum
as_datum(const void *data, size_t len)
{
	return (datum){ .dptr = (char *)(uintptr_t)data, .dsize = (int)len };
}

enum table_value
table_get(struct table *t, const struct record_key *key, struct record *r, unsigned char raw[RECORD_SIZE])
{
	datum value = gdbm_fetch(t->dbf, as_datum(key->data, key->len));
	enum record_read read;

	if (value.dptr == NULL)
		return gdbm_last_errno(t->dbf) == GDBM_ITEM_NOT_FOUND ? TABLE_ABSENT : TABLE_TROUBLE;
	read = record_decode(r, key->data, key->len, (unsigned char *)value.dptr, (size_t)value.dsize);
	if (read == RECORD_NEWER)
		r->state = 0;
	if (read == RECORD_GOOD && raw != NULL)
		memcpy(raw, value.dptr, RECORD_SIZE);
	free(value.dptr);
	return read == RECORD_GOOD ? TABLE_VALUE : TABLE_BROKEN;
}

bool
table_next(struct table *t, struct record_key *key)
{
	size_t few = WALK_BUCKETS;
	datum next;

	if (key->len != 0)
		next = gdbm_nextkey(t->dbf, as_datum(key->data, key->len));
	else {
		gdbm_setopt(t->dbf, GDBM_SETCACHESIZE, &few, sizeof few);
		next = gdbm_firstkey(t->dbf);
	}
	if (next.dptr == NULL)
		return false;
	key->len = next.dsize >= 0 && next.dsize <= RECORD_KEY_MAX ? (size_t)next.dsize : 0;
	memcpy(key->data, next.dptr, key->len);
	free(next.dptr);
	return key->len != 0;
}

uint64_t
table_keys(struct table *t)
{
	size_t few = WALK_BUCKETS;
	gdbm_count_t n = 0;

	gdbm_setopt(t->dbf, GDBM_SETCACHESIZE, &few, sizeof few);
	return gdbm_count(t->dbf, &n) == 0 ? n : 0;
}

/* A table that lost its mark to damage still holds our records. */
static bool
holds_ours(struct table *t)
{
	struct record_key key = { .len = 0 };
	struct record_name name;
	struct record r;
	int looked;

	for (looked = 0; looked < TABLE_LOOK && table_next(t, &key); looked++)
		if (record_key_split(key.data, key.len, &name) == key.len && table_get(t, &key, &r, NULL) == TABLE_VALUE)
			return true;
	return false;
}

static enum table_found
check_meta(struct table *t, struct vacation_db_info *info, enum vacation_db_result *result)
{
	struct record_key key;

	table_meta(&key, &t->meta);
	t->meta.state = RECORD_LIVE;
	switch (table_get(t, &key, &t->meta, NULL)) {
	case TABLE_VALUE:
		return TABLE_OPEN;
	case TABLE_ABSENT:
		return holds_ours(t) ? TABLE_DAMAGED : TABLE_FOREIGN;
	case TABLE_BROKEN:
		if (t->meta.state != 0) {
			table_detail(info, "the table is damaged: its mark is not whole");
			return TABLE_DAMAGED;
		}
		table_detail(info, "the table was written by a newer version of backsoon: left alone");
		*result = VACATION_DB_UNREADABLE;
		return TABLE_REFUSED;
	case TABLE_TROUBLE:
	default:
		*result = table_trouble(t, info);
		return *result == VACATION_DB_FREE ? TABLE_DAMAGED : TABLE_REFUSED;
	}
}

static enum table_found
open_file(struct table *t, struct vacation_db_info *info, enum vacation_db_result *result)
{
	struct stat st;

	if (fstat(t->fd, &st) != 0) {
		*result = lock_errno(errno, "table", info->detail, sizeof info->detail);
		return TABLE_REFUSED;
	}
	if (!lock_trusted(&st, "table", info->detail, sizeof info->detail)) {
		*result = VACATION_DB_UNREADABLE;
		return TABLE_REFUSED;
	}
	if (st.st_size == 0)
		return TABLE_NONE;
	t->dbf = gdbm_fd_open(t->fd, t->name, 0, GDBM_READER | GDBM_FLAGS, NULL);
	if (t->dbf != NULL)
		return check_meta(t, info, result);
	*result = gdbm_means(gdbm_errno, errno, info);
	if (*result != VACATION_DB_FREE)
		return TABLE_REFUSED;
	return heal_foreign(t->fd) ? TABLE_FOREIGN : TABLE_DAMAGED;
}

enum table_found
table_open_at(struct vacation_db *db, struct table *t, const char *name, struct vacation_db_info *info, enum vacation_db_result *result)
{
	enum table_found found;

	*t = (struct table){ .name = name, .fd = openat(db->dir_fd, name, O_RDONLY | OPEN_FLAGS) };
	if (t->fd < 0 && errno == ENOENT)
		return TABLE_NONE;
	if (t->fd < 0) {
		*result = lock_errno(errno, "table", info->detail, sizeof info->detail);
		return TABLE_REFUSED;
	}
	found = open_file(t, info, result);
	if (found != TABLE_OPEN)
		table_close(t);
	return found;
}

enum table_found
table_open(struct vacation_db *db, struct table *t, struct vacation_db_info *info, enum vacation_db_result *result)
{
	enum table_found found = table_open_at(db, t, db->name, info, result);

	if (found != TABLE_FOREIGN && found != TABLE_NONE)
		return found;
	if (found == TABLE_NONE && faccessat(db->dir_fd, db->beside, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return found;
	info->beside = found == TABLE_FOREIGN;
	found = table_open_at(db, t, db->beside, info, result);
	if (found == TABLE_NONE && !info->beside)
		t->name = db->name;
	if (found != TABLE_FOREIGN)
		return found;
	table_detail(info, "%s holds another program's database: left alone", db->beside);
	*result = VACATION_DB_UNREADABLE;
	return TABLE_REFUSED;
}

void
table_close(struct table *t)
{
	if (t->dbf != NULL)
		gdbm_close(t->dbf);
	else if (t->fd >= 0)
		close(t->fd);
	t->dbf = NULL;
	t->fd = -1;
}

/* Nothing is left to write when a store has returned; only the waiting is spared. */
static void
close_unsynced(struct table *t)
{
	int unsyncable = open("/", O_PATH | O_CLOEXEC);

	if (unsyncable >= 0) {
		dup3(unsyncable, t->fd, O_CLOEXEC);
		close(unsyncable);
	}
	table_close(t);
}

/* gdbm ignores that a bucket could not be written and goes on to write the directory that refers to it. */
static int
reserve(int fd)
{
	struct rlimit limit;
	struct stat st;
	off_t room;

	if (fstat(fd, &st) != 0)
		return errno;
	room = ROOM + st.st_size / ROOM_PART;
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && (uintmax_t)(st.st_size + room) > limit.rlim_cur)
		return EFBIG;
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, st.st_size, room) == 0)
		return 0;
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? errno : 0;
}

static enum vacation_db_result
open_writer(struct vacation_db *db, struct table *t, const char *name, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	int error = 0;

	*t = (struct table){ .name = name, .fd = openat(db->dir_fd, name, O_RDWR | OPEN_FLAGS) };
	if (t->fd < 0)
		return lock_errno(errno, "table", info->detail, sizeof info->detail);
	error = reserve(t->fd);
	if (error == 0 && !db->changing && !lock_mark(db->locked, true))
		error = errno;
	if (error != 0) {
		table_close(t);
		return lock_errno(error, "table", info->detail, sizeof info->detail);
	}
	db->changing = true;
	t->dbf = gdbm_fd_open(t->fd, name, 0, GDBM_WRITER | GDBM_FLAGS, NULL);
	if (t->dbf != NULL)
		return VACATION_DB_FREE;
	db->failed = true;
	result = gdbm_means(gdbm_errno, errno, info);
	table_close(t);
	db->damaged = result == VACATION_DB_FREE;
	return db->damaged ? VACATION_DB_ERROR : result;
}

static enum vacation_db_result
close_writer(struct vacation_db *db, struct table *t, bool good, struct vacation_db_info *info)
{
	enum vacation_db_result result = VACATION_DB_FREE;

	if (!good) {
		db->failed = true;
		result = table_trouble(t, info);
		db->damaged = result == VACATION_DB_FREE;
		if (db->damaged)
			result = VACATION_DB_ERROR;
	}
	if (db->written >= 0)
		close(db->written);
	db->written = fcntl(t->fd, F_DUPFD_CLOEXEC, 0);
	close_unsynced(t);
	return result;
}

enum vacation_db_result
table_put_raw(struct vacation_db *db, const char *name, const struct record_key *key, const unsigned char raw[RECORD_SIZE],
    struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table t;
	bool good;

	result = open_writer(db, &t, name, info);
	if (result != VACATION_DB_FREE)
		return result;
	good = gdbm_store(t.dbf, as_datum(key->data, key->len), as_datum(raw, RECORD_SIZE), GDBM_REPLACE) == 0;
	return close_writer(db, &t, good, info);
}

enum vacation_db_result
table_put(struct vacation_db *db, const char *name, const struct record_key *key, const struct record *r, struct vacation_db_info *info)
{
	unsigned char raw[RECORD_SIZE];

	record_encode(raw, key->data, key->len, r);
	return table_put_raw(db, name, key, raw, info);
}

enum vacation_db_result
table_delete(struct vacation_db *db, const char *name, const struct record_key *key, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table t;
	bool good;

	result = open_writer(db, &t, name, info);
	if (result != VACATION_DB_FREE)
		return result;
	good = gdbm_delete(t.dbf, as_datum(key->data, key->len)) == 0 || gdbm_last_errno(t.dbf) == GDBM_ITEM_NOT_FOUND;
	return close_writer(db, &t, good, info);
}

void
table_sync(struct vacation_db *db)
{
	if (db->written < 0)
		return;
	fdatasync(db->written);
	close(db->written);
	db->written = -1;
}

bool
table_add(struct table *t, const struct record_key *key, const struct record *r)
{
	unsigned char raw[RECORD_SIZE];

	record_encode(raw, key->data, key->len, r);
	return gdbm_store(t->dbf, as_datum(key->data, key->len), as_datum(raw, RECORD_SIZE), GDBM_REPLACE) == 0;
}

/* Into db->fresh; t is open on success. */
static enum vacation_db_result
create_file(struct vacation_db *db, struct table *t, struct vacation_db_info *info)
{
	int error;

	unlinkat(db->dir_fd, db->fresh, 0);
	*t = (struct table){ .name = db->fresh, .fd = openat(db->dir_fd, db->fresh, O_RDWR | O_CREAT | O_EXCL | OPEN_FLAGS, 0600) };
	if (t->fd < 0)
		return lock_errno(errno, "new table", info->detail, sizeof info->detail);
	error = fchmod(t->fd, 0600) == 0 ? reserve(t->fd) : errno;
	if (error == 0) {
		t->dbf = gdbm_fd_open(t->fd, db->fresh, BLOCK_SIZE, GDBM_WRCREAT | GDBM_FLAGS, NULL);
		error = errno;
	}
	if (t->dbf != NULL)
		return VACATION_DB_FREE;
	table_close(t);
	unlinkat(db->dir_fd, db->fresh, 0);
	return lock_errno(error, "new table", info->detail, sizeof info->detail);
}

enum vacation_db_result
table_create(struct vacation_db *db, const char *name, const struct record *meta, table_fill *fill, void *ctx, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct record_key key;
	struct record ignored;
	struct table t;

	result = create_file(db, &t, info);
	if (result != VACATION_DB_FREE)
		return result;
	table_meta(&key, &ignored);
	if (!table_add(&t, &key, meta) || (fill != NULL && !fill(ctx, &t))) {
		result = table_trouble(&t, info);
		if (result == VACATION_DB_FREE)
			result = VACATION_DB_ERROR;
	}
	table_close(&t);
	if (result == VACATION_DB_FREE && renameat(db->dir_fd, db->fresh, db->dir_fd, name) == 0)
		return result;
	if (result == VACATION_DB_FREE)
		result = lock_errno(errno, "new table", info->detail, sizeof info->detail);
	unlinkat(db->dir_fd, db->fresh, 0);
	return result;
}

/* gdbm_recover() renames to the name that the file was opened under: the damaged file itself stays where it is. */
static bool
open_recovery(struct vacation_db *db, struct table *t, const char *name, struct vacation_db_info *info, enum vacation_db_result *result)
{
	char where[PATH_MAX];

	if (db->dir_fd == AT_FDCWD)
		snprintf(where, sizeof where, "%s", db->mended);
	else
		snprintf(where, sizeof where, "/proc/self/fd/%d/%s", db->dir_fd, db->mended);
	*t = (struct table){ .name = name, .fd = openat(db->dir_fd, name, O_RDWR | OPEN_FLAGS) };
	if (t->fd < 0) {
		*result = lock_errno(errno, "table", info->detail, sizeof info->detail);
		return false;
	}
	t->dbf = gdbm_fd_open(t->fd, where, 0, GDBM_WRITER | GDBM_FLAGS, NULL);
	if (t->dbf != NULL)
		return true;
	*result = gdbm_means(gdbm_errno, errno, info);
	table_close(t);
	return false;
}

enum table_recovery
table_recover(struct vacation_db *db, const char *name, struct vacation_db_info *info, enum vacation_db_result *result)
{
	gdbm_recovery recovery = { .errfun = NULL };
	enum table_recovery how = RECOVERY_WHOLE;
	struct table t;

	*result = VACATION_DB_FREE;
	if (!open_recovery(db, &t, name, info, result))
		return *result == VACATION_DB_FREE ? RECOVERY_NONE : RECOVERY_FAILED;
	errno = 0;
	if (gdbm_recover(t.dbf, &recovery, GDBM_RCVR_FORCE) != 0) {
		how = RECOVERY_NONE;
		if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) {
			*result = lock_errno(errno, "table's recovery", info->detail, sizeof info->detail);
			how = RECOVERY_FAILED;
		}
	} else if (recovery.recovered_keys == 0)
		how = RECOVERY_NONE;
	else if (recovery.failed_keys + recovery.failed_buckets != 0)
		how = RECOVERY_PART;
	table_close(&t);
	return how;
}

static bool
copy_file(int from, int to)
{
	off_t at = 0;
	ssize_t n;

	do
		n = sendfile(to, from, &at, 1 << 20);
	while (n > 0 || (n < 0 && errno == EINTR));
	return n == 0 && lseek(to, 0, SEEK_SET) == 0;
}

enum vacation_db_result
table_snapshot(struct table *t, struct vacation_db_info *info)
{
	int copy = memfd_create("table", MFD_CLOEXEC);
	enum vacation_db_result result = VACATION_DB_FREE;
	int error;

	if (copy < 0 || !copy_file(t->fd, copy)) {
		error = errno;
		if (copy >= 0)
			close(copy);
		return lock_errno(error, "table's copy", info->detail, sizeof info->detail);
	}
	table_close(t);
	t->fd = copy;
	t->dbf = gdbm_fd_open(copy, t->name, 0, GDBM_READER | GDBM_FLAGS, NULL);
	if (t->dbf == NULL) {
		result = gdbm_means(gdbm_errno, errno, info);
		table_close(t);
		if (result == VACATION_DB_FREE)
			result = VACATION_DB_UNREADABLE;
	}
	return result;
}
