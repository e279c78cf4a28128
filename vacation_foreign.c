/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_foreign - another program's file where the table should be
 *
 * A file that gdbm does not open is ours and damaged, or it is none of our
 * business: somebody's Berkeley DB, a picture, a text.  Ours it is only on
 * evidence, because what is damaged gets another name: gdbm's mark, a lock
 * file that says that the table was there, or a whole record of ours in it.
 *
 * Failures: what cannot be read is not foreign, and whoever mends it hears why.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vacation_table.h"

#define HEAD 512		/* bytes of a file that tell whose it is */

#define SIGNATURE_MAX 16

/* No pointers: a page of them would be relocated, and copied, at each start. */
static const struct {
	uint8_t at;
	uint8_t len;
	char bytes[SIGNATURE_MAX];
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

/* The signatures come before the lock file: they are what most files are known by, and cost one read. */
bool
heal_foreign(struct vacation_db *db, int fd, const char *name)
{
	const enum lock_place here = name == db->name ? LOCK_AT_NAME : LOCK_BESIDE;
	unsigned char head[HEAD];
	enum lock_place place;
	ssize_t n;
	size_t i;

	do
		n = pread(fd, head, sizeof head, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0 || image_magic(head, (size_t)n))
		return false;
	for (i = 0; i < sizeof foreign / sizeof *foreign; i++)
		if (n >= foreign[i].at + foreign[i].len &&
		    memcmp(head + foreign[i].at, foreign[i].bytes, foreign[i].len) == 0)
			return true;
	if (is_text(head, (size_t)n))
		return true;
	place = lock_place(db->dir_fd, db->lock);
	return place == LOCK_NOWHERE ? !salvage_any(fd) : place != here;
}

bool
vacation_db_is_lost(const struct vacation_db *db)
{
	struct stat st;

	if (fstatat(db->dir_fd, db->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return st.st_size == 0 && lock_place(db->dir_fd, db->lock) == LOCK_AT_NAME;
	return errno == ENOENT && lock_place(db->dir_fd, db->lock) == LOCK_AT_NAME;
}
