/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_db - the table's gdbm file
 *
 * The only file that includes <gdbm.h>.  What is written is read back by a
 * fresh open, because gdbm does not say when a bucket could not be written.
 * gdbm never maps the file: a file that shrinks, or a hole in one on a full
 * disk, would end the delivery with SIGBUS, and reading costs no more this
 * way.  Its fatal_func stays NULL: it would call exit().
 *
 * Failures: damage, which vacation_heal.c mends, is kept apart from what is
 * left alone (UNREADABLE), from no room (FULL) and from the rest (ERROR).
 */
#include <errno.h>
#include <fcntl.h>
#include <gdbm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vacation_table.h"

#define BLOCK_SIZE 4096		/* of a new file: a large st_blksize would make every bucket as large */
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
	if (code == GDBM_FILE_SEEK_ERROR && (error == EINVAL || error == EOVERFLOW))
		code = GDBM_BAD_BUCKET;	/* an offset in the file that cannot be one */
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
	case GDBM_FILE_SEEK_ERROR:
	case GDBM_FILE_CLOSE_ERROR:
	case GDBM_FILE_TRUNCATE_ERROR:
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

bool
table_ended(struct table *t)
{
	return gdbm_last_errno(t->dbf) == GDBM_ITEM_NOT_FOUND;
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
open_file(struct vacation_db *db, struct table *t, struct vacation_db_info *info, enum vacation_db_result *result)
{
	struct stat st;
	int error;

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
	error = errno;
	if (heal_foreign(db, t->fd, t->name))
		return TABLE_FOREIGN;
	*result = gdbm_means(gdbm_errno, error, info);
	return *result == VACATION_DB_FREE ? TABLE_DAMAGED : TABLE_REFUSED;
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
	found = open_file(db, t, info, result);
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

/* gdbm begins where the descriptor stands, and closes its duplicate.  FREE, or why not; damage is ERROR and db->damaged. */
static enum vacation_db_result
open_duplicate(struct vacation_db *db, struct table *t, int fd, const char *name, int how, struct vacation_db_info *info)
{
	enum vacation_db_result result;

	*t = (struct table){ .name = name, .fd = fcntl(fd, F_DUPFD_CLOEXEC, 0) };
	if (t->fd < 0 || lseek(t->fd, 0, SEEK_SET) != 0) {
		result = lock_errno(errno, "table", info->detail, sizeof info->detail);
		table_close(t);
		return result;
	}
	t->dbf = gdbm_fd_open(t->fd, name, BLOCK_SIZE, how | GDBM_FLAGS, NULL);
	if (t->dbf != NULL)
		return VACATION_DB_FREE;
	result = gdbm_means(gdbm_errno, errno, info);
	table_close(t);
	db->damaged |= result == VACATION_DB_FREE;
	return result == VACATION_DB_FREE ? VACATION_DB_ERROR : result;
}

static enum vacation_db_result
trouble(struct vacation_db *db, const struct table *t, struct vacation_db_info *info)
{
	enum vacation_db_result result = table_trouble(t, info);

	db->damaged |= result == VACATION_DB_FREE;
	return result == VACATION_DB_FREE ? VACATION_DB_ERROR : result;
}

/* Also what a file is like whose blocks gdbm uses twice: then healing helps, else it does no harm. */
enum vacation_db_result
table_lost(struct vacation_db *db, struct vacation_db_info *info)
{
	table_detail(info, "the table: what was written cannot be read back");
	db->damaged = true;
	return VACATION_DB_ERROR;
}

uint64_t
table_keys_of(struct vacation_db *db, int fd)
{
	struct vacation_db_info ignored;
	uint64_t keys;
	struct table t;

	if (open_duplicate(db, &t, fd, "", GDBM_READER, &ignored) != VACATION_DB_FREE)
		return UINT64_MAX;
	keys = table_keys(&t);
	table_close(&t);
	return keys;
}

static bool
apply_one(struct table *t, const struct table_change *c)
{
	datum key = as_datum(c->key->data, c->key->len);
	bool there = gdbm_exists(t->dbf, key) != 0;

	if (!there && gdbm_last_errno(t->dbf) != GDBM_NO_ERROR && gdbm_last_errno(t->dbf) != GDBM_ITEM_NOT_FOUND)
		return false;
	if (c->drop) {
		t->added -= there;
		return !there || gdbm_delete(t->dbf, key) == 0;
	}
	t->added += !there;
	return gdbm_store(t->dbf, key, as_datum(c->raw, RECORD_SIZE), GDBM_REPLACE) == 0;
}

/* Whether a change can be read back; one that another of its key follows counts as read. */
static bool
holds(struct table *t, const struct table_batch *b, int i)
{
	const struct table_change *c = &b->change[i];
	datum value;
	bool same;
	int j;

	for (j = i + 1; j < b->n; j++)
		if (b->change[j].key == c->key)
			return true;
	value = gdbm_fetch(t->dbf, as_datum(c->key->data, c->key->len));
	if (value.dptr == NULL)
		return c->drop && gdbm_last_errno(t->dbf) == GDBM_ITEM_NOT_FOUND;
	same = !c->drop && value.dsize == RECORD_SIZE && memcmp(value.dptr, c->raw, RECORD_SIZE) == 0;
	free(value.dptr);
	return same;
}

static enum vacation_db_result
read_back(struct vacation_db *db, int fd, const char *name, const struct table_batch *b, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table t;
	int i;

	result = open_duplicate(db, &t, fd, name, GDBM_READER, info);
	for (i = 0; i < b->n && result == VACATION_DB_FREE; i++)
		if (!holds(&t, b, i))
			result = table_lost(db, info);
	table_close(&t);
	return result;
}

/* The disk is waited for before gdbm closes its duplicate, which could swallow the error. */
enum vacation_db_result
table_change(struct vacation_db *db, int fd, const char *name, const struct table_batch *b, int *added, bool *split, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	size_t before = 0, after = 0;
	struct table t;
	int i, error;

	result = open_duplicate(db, &t, fd, name, GDBM_WRITER, info);
	if (result != VACATION_DB_FREE)
		return result;
	if (split != NULL)
		gdbm_bucket_count(t.dbf, &before);
	for (i = 0; i < b->n && result == VACATION_DB_FREE; i++)
		if (!apply_one(&t, &b->change[i]))
			result = trouble(db, &t, info);
	if (split != NULL) {
		gdbm_bucket_count(t.dbf, &after);
		*split = before != after;
	}
	*added = t.added;
	error = result == VACATION_DB_FREE ? image_sync(fd) : 0;
	table_close(&t);
	if (error != 0)
		return lock_errno(error, "table", info->detail, sizeof info->detail);
	return result == VACATION_DB_FREE ? read_back(db, fd, name, b, info) : result;
}

bool
table_add(struct table *t, const struct record_key *key, const struct record *r)
{
	struct table_change c = { .key = key };

	record_encode(c.raw, key->data, key->len, r);
	return apply_one(t, &c);
}

enum vacation_db_result
table_build(struct vacation_db *db, int fd, const char *name, const struct record *meta, table_fill *fill, void *ctx, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct record_key key;
	struct record ignored;
	struct table t;
	int added;

	result = open_duplicate(db, &t, fd, name, GDBM_NEWDB, info);
	if (result != VACATION_DB_FREE)
		return result;
	table_meta(&key, &ignored);
	if (!table_add(&t, &key, meta) || (fill != NULL && !fill(ctx, &t)))
		result = trouble(db, &t, info);
	added = t.added;
	table_close(&t);
	if (result == VACATION_DB_FREE && table_keys_of(db, fd) != (uint64_t)added)
		result = table_lost(db, info);
	return result;
}

enum vacation_db_result
table_open_fd(struct vacation_db *db, struct table *t, int fd, struct vacation_db_info *info)
{
	return open_duplicate(db, t, fd, "", GDBM_READER, info);
}

bool
table_raw(struct table *t, const struct record_key *key, unsigned char *value, size_t size, size_t *len)
{
	datum found = gdbm_fetch(t->dbf, as_datum(key->data, key->len));

	if (found.dptr == NULL)
		return false;
	*len = (size_t)found.dsize;
	memcpy(value, found.dptr, *len < size ? *len : size);
	free(found.dptr);
	return true;
}
