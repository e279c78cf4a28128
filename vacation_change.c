/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_change - changes of the table, made or not made
 *
 * gdbm does not say when a bucket could not be written, and a process killed
 * between the two halves of a split bucket has lost keys for good.  So a change
 * is made to a copy in memory, looked at again there, and the copy takes the
 * table's place (vacation_image.c).  Only a table above VACATION_DB_COPY_MAX is
 * changed in place, and a mark in the lock file tells whoever comes after a
 * kill to recover it.
 *
 * Failures: as in vacation_table.h.  Limits: TABLE_CHANGES.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vacation_table.h"

static struct table_change *
batch_add(struct table_batch *b, const struct record_key *key)
{
	struct table_change *c = &b->change[b->n++];

	c->key = key;
	c->drop = false;
	return c;
}

void
table_set(struct table_batch *b, const struct record_key *key, const struct record *r)
{
	record_encode(batch_add(b, key)->raw, key->data, key->len, r);
}

void
table_set_raw(struct table_batch *b, const struct record_key *key, const unsigned char raw[RECORD_SIZE])
{
	memcpy(batch_add(b, key)->raw, raw, RECORD_SIZE);
}

void
table_drop(struct table_batch *b, const struct record_key *key)
{
	batch_add(b, key)->drop = true;
}

/* The keys are counted where a bucket was split: half of it is nobody's who would read it back. */
static enum vacation_db_result
change_copy(struct vacation_db *db, int fd, const char *name, const struct table_batch *b, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	int image = image_load(fd);
	int error, added = 0;
	bool split = false;
	uint64_t keys;

	if (image < 0)
		return lock_errno(errno, "table's copy", info->detail, sizeof info->detail);
	error = image_reserve(image);
	if (error != 0)
		result = lock_errno(error, "table's copy", info->detail, sizeof info->detail);
	else
		result = table_change(db, image, name, b, &added, &split, info);
	if (result == VACATION_DB_FREE && split) {
		keys = table_keys_of(db, image);
		if (keys == UINT64_MAX || keys != table_keys_of(db, fd) + (uint64_t)added)
			result = table_lost(db, info);
	}
	if (result == VACATION_DB_FREE)
		result = image_publish(db, image, name, info);
	close(image);
	return result;
}

/* The mark goes before the first change, and stays when one went wrong. */
static enum vacation_db_result
change_in_place(struct vacation_db *db, int fd, const char *name, const struct table_batch *b, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	int error = image_reserve(fd), added;

	if (error == 0 && !db->changing && !lock_mark(db->locked, true))
		error = errno;
	if (error != 0)
		return lock_errno(error, "table", info->detail, sizeof info->detail);
	db->changing = true;
	result = table_change(db, fd, name, b, &added, NULL, info);
	db->failed |= result != VACATION_DB_FREE;
	return result;
}

/* Opened for writing even where it is only copied: what the owner made read-only stays as it is. */
enum vacation_db_result
table_apply(struct vacation_db *db, const char *name, const struct table_batch *b, struct vacation_db_info *info)
{
	int fd = openat(db->dir_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum vacation_db_result result;
	struct stat st;

	if (fd < 0)
		return lock_errno(errno, "table", info->detail, sizeof info->detail);
	if (fstat(fd, &st) != 0)
		result = lock_errno(errno, "table", info->detail, sizeof info->detail);
	else if (st.st_size > VACATION_DB_COPY_MAX)
		result = change_in_place(db, fd, name, b, info);
	else
		result = change_copy(db, fd, name, b, info);
	image_retire(db, fd);
	return result;
}

enum vacation_db_result
table_create(struct vacation_db *db, const char *name, const struct record *meta, table_fill *fill, void *ctx, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	int image = image_new();
	int error = image >= 0 ? image_reserve(image) : errno;

	if (error != 0)
		result = lock_errno(error, "new table", info->detail, sizeof info->detail);
	else
		result = table_build(db, image, name, meta, fill, ctx, info);
	if (result == VACATION_DB_FREE)
		result = image_publish(db, image, name, info);
	if (image >= 0)
		close(image);
	return result;
}
