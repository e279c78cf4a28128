/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_heal - missing and damaged tables
 *
 * Runs under the exclusive lock.  A missing table is built under another name
 * and moved into place.  A damaged one is built anew from the records that are
 * still whole in its bytes.  A tenth of the storm brake holds for one period
 * where some were lost, because their senders have been forgotten.  A file
 * without any is set aside under a dated name, at most once a day, and a new table begins.
 *
 * Whatever fails meanwhile, memory, descriptors, reading, room or permission:
 * the damaged file is still in place, and nobody is forgotten.
 *
 * Failures: UNREADABLE when it was damaged before on the same day, unless the
 * owner asks for a fresh start; FULL and ERROR as they come.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "vacation_table.h"

#define BRAKE_MIN 86400			/* seconds for which the brake is tightened */
#define BRAKE_MAX VACATION_DB_KEEP_MIN
#define BRAKE_PERIOD (7 * 86400)	/* where the period is not known */
#define SLACK 2				/* entries that a claim counts before it writes them */
#define ASIDE_NAMES 4096
#define ASIDE_MAX 9			/* damaged files of one day that the owner's fresh starts leave; the last is replaced */

/* One damaged file a day has its name; the owner, who asks for a fresh start, has some more. */
static bool
aside_name(struct vacation_db *db, const char *name, int64_t now, int number, char *aside, size_t size)
{
	time_t day = (time_t)now;
	struct stat st;
	struct tm tm;
	int n;

	if (gmtime_r(&day, &tm) == NULL)
		return false;
	n = snprintf(aside, size, "%s.damaged-%04d%02d%02d", name, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	if (number > 1 && n > 0 && (size_t)n < size)
		snprintf(aside + n, size - (size_t)n, "-%d", number);
	if (number == ASIDE_MAX && fstatat(db->dir_fd, aside, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid())
		unlinkat(db->dir_fd, aside, 0);
	return true;
}

static bool
same_file(struct vacation_db *db, const char *name, const char *other)
{
	struct stat a, b;

	return fstatat(db->dir_fd, name, &a, AT_SYMLINK_NOFOLLOW) == 0 && fstatat(db->dir_fd, other, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/*
 * A second name for the damaged file.  It keeps its first until the new table
 * is renamed over it, so that a kill in between leaves it to be healed again.
 */
static enum vacation_db_result
set_aside(struct vacation_db *db, const char *name, int64_t now, char *aside, size_t size, struct vacation_db_info *info)
{
	int number, most = db->asked ? ASIDE_MAX : 1;

	for (number = 1; number <= most; number++) {
		if (!aside_name(db, name, now, number, aside, size))
			return lock_errno(EOVERFLOW, "damaged table", info->detail, sizeof info->detail);
		if (linkat(db->dir_fd, name, db->dir_fd, aside, 0) == 0)
			return VACATION_DB_FREE;
		if (errno != EEXIST && renameat(db->dir_fd, name, db->dir_fd, aside) == 0)
			return VACATION_DB_FREE;
		if (errno != EEXIST)
			return lock_errno(errno, "damaged table", info->detail, sizeof info->detail);
		if (same_file(db, name, aside))
			return VACATION_DB_FREE;
	}
	table_detail(info, "the table is damaged for the second time on one day: left alone; look at %s and %s", name, aside);
	return VACATION_DB_UNREADABLE;
}

/* Before the old table goes: a crash must not leave the new one without the brake. */
static enum vacation_db_result
brake(struct vacation_db *db, struct table_work *w, const struct vacation_db_limits *limits, int64_t now, struct vacation_db_info *info)
{
	int64_t period = limits != NULL ? limits->period : BRAKE_PERIOD;

	if (period < BRAKE_MIN)
		period = BRAKE_MIN;
	if (period > BRAKE_MAX)
		period = BRAKE_MAX;
	w->state.braked = now + period;
	return table_count(db, w, info);
}

/* What was found, in memory, and what it says about the file. */
static enum vacation_db_result
salvage(struct vacation_db *db, int image, const char *name, struct salvage *s, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	int error = image >= 0 ? image_reserve(image) : errno;
	struct record_key key;
	struct record meta;

	table_meta(&key, &meta);
	s->meta = meta;
	s->fd = openat(db->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (s->fd < 0)
		error = errno;
	result = error == 0 ? table_build(db, image, name, &meta, salvage_fill, s, info) : VACATION_DB_ERROR;
	if (s->error != 0)
		error = s->error;
	if (s->fd >= 0)
		close(s->fd);
	return error == 0 ? result : lock_errno(error, "damaged table", info->detail, sizeof info->detail);
}

/*
 * The brake holds where records were lost, and where nobody knows.  Set aside is
 * only a file without any record: of every other the new table has all that there was.
 */
static enum vacation_db_result
replace(struct vacation_db *db, struct table_work *w, int image, const char *name, const struct vacation_db_limits *limits, int64_t now,
    const struct salvage *s, struct vacation_db_info *info)
{
	const uint32_t known = w->state.entries;
	const bool losses = s->found == 0 || known == LOCK_UNKNOWN || s->answers + SLACK < known;
	enum vacation_db_result result = VACATION_DB_FREE;
	char aside[ASIDE_NAMES];

	w->state.entries = s->answers;
	w->state.cursor.len = 0;
	if (losses)
		result = brake(db, w, limits, now, info);
	if (result == VACATION_DB_FREE && s->found == 0)
		result = set_aside(db, name, now, aside, sizeof aside, info);
	if (result == VACATION_DB_FREE)
		result = image_publish(db, image, name, info);
	if (result != VACATION_DB_FREE)
		return result;
	if (s->found == 0)
		table_detail(info, "the table was damaged and is now %s: a new one was begun, nobody in it", aside);
	else
		table_detail(info, "the table was damaged, or a process killed while it changed it: recovered%s", losses ? ", perhaps with losses" : "");
	return VACATION_DB_FREE;
}

static enum vacation_db_result
heal(struct vacation_db *db, struct table_work *w, const char *name, const struct vacation_db_limits *limits, int64_t now,
    struct vacation_db_info *info)
{
	struct salvage s = { .fd = -1 };
	enum vacation_db_result result;
	int image = image_new();

	result = salvage(db, image, name, &s, info);
	if (result == VACATION_DB_FREE)
		result = replace(db, w, image, name, limits, now, &s, info);
	if (image >= 0)
		close(image);
	info->healed = result == VACATION_DB_FREE;
	if (info->healed)
		db->changing = db->failed = false;
	return info->healed ? table_count(db, w, info) : result;
}

static enum vacation_db_result
begin(struct vacation_db *db, struct table_work *w, const char *name, struct vacation_db_info *info)
{
	const uint32_t gone = w->state.entries != LOCK_UNKNOWN ? w->state.entries : 0;
	enum vacation_db_result result;
	struct record_key key;
	struct record meta;

	if (info->beside)
		table_detail(info, "%s holds another program's database, which is left alone: the table is %s", db->name, db->beside);
	table_meta(&key, &meta);
	w->state.entries = 0;
	w->state.cursor.len = 0;
	result = table_create(db, name, &meta, NULL, NULL, info);
	if (result != VACATION_DB_FREE || gone == 0 || info->detail[0] != '\0')
		return result;
	/* Removed, or emptied by a disk that was full: nobody can tell, and exclusions may have been in it. */
	info->healed = true;
	table_detail(info, "the table was gone, with %lu entries and all exclusions: a new one was begun", (unsigned long)gone);
	return result;
}

static enum vacation_db_result
open_again(struct vacation_db *db, struct table_work *w, struct vacation_db_info *info)
{
	enum vacation_db_result result = VACATION_DB_FREE;

	switch (table_open(db, &w->table, info, &result)) {
	case TABLE_OPEN:
		return VACATION_DB_FREE;
	case TABLE_REFUSED:
		return result;
	default:
		return VACATION_DB_ERROR;
	}
}

enum vacation_db_result
heal_ready(struct vacation_db *db, struct table_work *w, const struct vacation_db_limits *limits, int64_t now, struct vacation_db_info *info)
{
	enum vacation_db_result result = VACATION_DB_FREE;
	enum table_found found = table_open(db, &w->table, info, &result);

	if (found == TABLE_NONE)
		result = begin(db, w, w->table.name, info);
	else if (found == TABLE_DAMAGED)
		result = heal(db, w, w->table.name, limits, now, info);
	else if (found == TABLE_OPEN && db->changing)
		return heal_again(db, w, limits, now, info);
	else
		return found == TABLE_OPEN ? VACATION_DB_FREE : result;
	return result == VACATION_DB_FREE ? open_again(db, w, info) : result;
}

enum vacation_db_result
heal_again(struct vacation_db *db, struct table_work *w, const struct vacation_db_limits *limits, int64_t now, struct vacation_db_info *info)
{
	const char *name = w->table.name;
	enum vacation_db_result result;

	table_close(&w->table);
	result = heal(db, w, name, limits, now, info);
	return result == VACATION_DB_FREE ? open_again(db, w, info) : result;
}
