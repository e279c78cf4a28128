/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_heal - missing, damaged and foreign tables
 *
 * Runs under the exclusive lock.  A missing table is built under another name
 * and moved into place.  A damaged one goes through gdbm's own recovery; only
 * what that cannot mend is set aside under a dated name, at most once a day,
 * and a new table begins: with the exclusions that can still be found in the
 * old bytes, and with a tenth of the storm brake for one period, because
 * everybody has been forgotten.  The same brake holds when a recovery lost records.
 *
 * Not damage: files that other programs wrote.  They are never touched.
 *
 * Failures: UNREADABLE when it was damaged before on the same day, unless the
 * owner asks for a fresh start; FULL and ERROR as they come.  The damaged file is still in place then.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "vacation_table.h"

#define HEAD 512			/* bytes of a file that tell whose it is */
#define SALVAGE_WINDOW 65536
#define BRAKE_MIN 86400			/* seconds for which the brake is tightened */
#define BRAKE_MAX VACATION_DB_KEEP_MIN
#define BRAKE_PERIOD (7 * 86400)	/* where the period is not known */
#define ASIDE_NAMES 4096
#define ASIDE_MAX 9			/* damaged files of one day that the owner's fresh starts leave; the last is replaced */

static const struct {
	size_t at;
	size_t len;
	const char *bytes;
} foreign[] = {
	{ 0, 4, "\x61\x15\x06\x00" }, { 0, 4, "\x00\x06\x15\x61" },	/* Berkeley DB 1.85 hash */
	{ 0, 4, "\x62\x31\x05\x00" }, { 0, 4, "\x00\x05\x31\x62" },	/* ... btree */
	{ 12, 4, "\x61\x15\x06\x00" }, { 12, 4, "\x00\x06\x15\x61" },	/* Berkeley DB 2 and later, hash */
	{ 12, 4, "\x62\x31\x05\x00" }, { 12, 4, "\x00\x05\x31\x62" },	/* ... btree */
	{ 12, 4, "\x53\x22\x04\x00" }, { 12, 4, "\x00\x04\x22\x53" },	/* ... queue */
	{ 12, 4, "\x82\x45\x07\x00" }, { 12, 4, "\x00\x07\x45\x82" },	/* ... heap */
	{ 0, 16, "SQLite format 3" },
	{ 0, 9, "TDB file\n" },
	{ 0, 4, "\x7f" "ELF" },
	{ 0, 2, "\x1f\x8b" },						/* gzip */
	{ 0, 4, "PK\x03\x04" },
};

/* Somebody's text, a message file for one, is no damaged table either. */
static bool
is_text(const unsigned char *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r' && p[i] != '\f')
			return false;
	return len > 0;
}

bool
heal_foreign(int fd)
{
	unsigned char head[HEAD];
	ssize_t n;
	size_t i;

	do
		n = pread(fd, head, sizeof head, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	for (i = 0; i < sizeof foreign / sizeof *foreign; i++)
		if ((size_t)n >= foreign[i].at + foreign[i].len &&
		    memcmp(head + foreign[i].at, foreign[i].bytes, foreign[i].len) == 0)
			return true;
	return is_text(head, (size_t)n);
}

struct salvage {
	int fd;			/* of the damaged file */
	struct record meta;
	bool counting;		/* the first pass finds out how many exclusions there are */
};

/* A record that lies at p, whole: the checksum decides. */
static bool
salvage_one(struct salvage *s, struct table *to, const unsigned char *p, size_t len)
{
	struct record_key key;
	struct record_name name;
	struct record r;

	key.len = record_key_split(p, len, &name);
	if (key.len == 0 || len - key.len < RECORD_SIZE || (name.kind != RECORD_EXCLUSION && name.kind != RECORD_META))
		return true;
	if (record_decode(&r, p, key.len, p + key.len, RECORD_SIZE) != RECORD_GOOD || r.state != RECORD_LIVE)
		return true;
	if (s->counting && name.kind == RECORD_META)
		s->meta.period = r.period;
	else if (s->counting)
		s->meta.count++;
	else if (name.kind == RECORD_EXCLUSION) {
		memcpy(key.data, p, key.len);
		return table_add(to, &key, &r);
	}
	return true;
}

static bool
salvage_pass(void *ctx, struct table *to)
{
	const size_t whole = RECORD_KEY_MAX + RECORD_SIZE;
	struct salvage *s = ctx;
	unsigned char *window = malloc(SALVAGE_WINDOW);
	off_t at = 0;
	ssize_t n = 0;
	bool good = window != NULL;
	size_t i, step;

	while (good && (n = pread(s->fd, window, SALVAGE_WINDOW, at)) > 0) {
		step = n == SALVAGE_WINDOW ? SALVAGE_WINDOW - whole : (size_t)n;
		for (i = 0; good && i < step; i++)
			good = window[i] != 'b' || salvage_one(s, to, window + i, (size_t)n - i);
		at += (off_t)step;
	}
	free(window);
	return good;
}

/* What recoveries that failed or were killed left behind: db->mended, and gdbm's own files behind that name. */
static void
sweep_mended(struct vacation_db *db)
{
	const char *slash = strrchr(db->mended, '/');
	const char *base = slash != NULL ? slash + 1 : db->mended;
	char *dir = slash != NULL ? strndup(db->mended, (size_t)(slash - db->mended) + 1) : strdup(".");
	int fd = dir != NULL ? openat(db->dir_fd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const size_t len = strlen(base);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (strncmp(e->d_name, base, len) == 0 && e->d_name[len] == '.' && strlen(e->d_name + len) == 7)
			unlinkat(fd, e->d_name, 0);
	unlinkat(db->dir_fd, db->mended, 0);
	if (d != NULL)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	free(dir);
}

/* One damaged file a day has its name; the owner, who asks for a fresh start, has some more. */
static bool
aside_name(struct vacation_db *db, const char *name, int64_t now, int number, char *aside, size_t size)
{
	time_t day = (time_t)now;
	struct tm tm;
	int n;

	if (gmtime_r(&day, &tm) == NULL)
		return false;
	n = snprintf(aside, size, "%s.damaged-%04d%02d%02d", name, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	if (number > 1 && n > 0 && (size_t)n < size)
		snprintf(aside + n, size - (size_t)n, "-%d", number);
	if (number == ASIDE_MAX)
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

static enum vacation_db_result
start_anew(struct vacation_db *db, const char *name, int64_t now, struct vacation_db_info *info)
{
	struct salvage s = { .fd = openat(db->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK), .counting = true };
	enum vacation_db_result result;
	struct record_key key;
	char aside[ASIDE_NAMES];

	table_meta(&key, &s.meta);
	if (s.fd < 0)
		return lock_errno(errno, "damaged table", info->detail, sizeof info->detail);
	result = set_aside(db, name, now, aside, sizeof aside, info);
	if (result == VACATION_DB_FREE && !salvage_pass(&s, NULL))
		result = lock_errno(ENOMEM, "damaged table", info->detail, sizeof info->detail);
	s.counting = false;
	if (result == VACATION_DB_FREE)
		result = table_create(db, name, &s.meta, salvage_pass, &s, info);
	close(s.fd);
	if (result == VACATION_DB_FREE)
		table_detail(info, "the table was damaged and is now %s: a new one was begun, nobody in it but %u exclusions", aside,
		    (unsigned)s.meta.count);
	return result;
}

/*
 * Whether the recovered file is a table of ours.  One whose mark was lost gets
 * a new one, with an exclusion counted, so that they are looked for.
 */
static bool
mended_ours(struct vacation_db *db, struct vacation_db_info *info, enum vacation_db_result *result)
{
	struct table_batch b = { .n = 0 };
	struct record_key key;
	struct table t;

	switch (table_open_at(db, &t, db->mended, info, result)) {
	case TABLE_OPEN:
		table_close(&t);
		return true;
	case TABLE_DAMAGED:
		table_meta(&key, &t.meta);
		t.meta.count = 1;
		table_set(&b, &key, &t.meta);
		return table_apply(db, db->mended, &b, info) == VACATION_DB_FREE;
	case TABLE_FOREIGN:
		table_detail(info, "the table is another program's database and damaged: left alone");
		*result = VACATION_DB_UNREADABLE;
		return false;
	case TABLE_NONE:
	case TABLE_REFUSED:
	default:
		return false;
	}
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

/* FREE: it has been mended, or a new table has been begun. */
static enum vacation_db_result
mend(struct vacation_db *db, struct table_work *w, const char *name, const struct vacation_db_limits *limits, int64_t now,
    struct vacation_db_info *info)
{
	enum vacation_db_result result;
	enum table_recovery how = table_recover(db, name, info, &result);
	bool ours = (how == RECOVERY_WHOLE || how == RECOVERY_PART) && mended_ours(db, info, &result);

	if (result == VACATION_DB_FREE && (how != RECOVERY_WHOLE || !ours))
		result = brake(db, w, limits, now, info);
	if (result != VACATION_DB_FREE)
		return result;
	if (!ours)
		return start_anew(db, name, now, info);
	if (renameat(db->dir_fd, db->mended, db->dir_fd, name) != 0)
		return lock_errno(errno, "recovered table", info->detail, sizeof info->detail);
	table_detail(info, "the table was damaged, or a process killed while it changed it: recovered%s", how == RECOVERY_PART ? ", with losses" : "");
	return VACATION_DB_FREE;
}

static enum vacation_db_result
heal(struct vacation_db *db, struct table_work *w, const char *name, const struct vacation_db_limits *limits, int64_t now,
    struct vacation_db_info *info)
{
	enum vacation_db_result result;

	w->state.entries = LOCK_UNKNOWN;
	w->state.cursor.len = 0;
	result = mend(db, w, name, limits, now, info);
	sweep_mended(db);
	info->healed = result == VACATION_DB_FREE;
	if (info->healed)
		db->changing = db->failed = false;
	return info->healed ? table_count(db, w, info) : result;
}

static enum vacation_db_result
begin(struct vacation_db *db, struct table_work *w, const char *name, struct vacation_db_info *info)
{
	struct record_key key;
	struct record meta;

	if (info->beside)
		table_detail(info, "%s holds another program's database, which is left alone: the table is %s", db->name, db->beside);
	table_meta(&key, &meta);
	w->state.entries = 0;
	w->state.cursor.len = 0;
	return table_create(db, name, &meta, NULL, NULL, info);
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
