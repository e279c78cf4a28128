/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal_file - how the journal's file comes into being, and goes
 *
 * A new file is made whole under a temporary name, its space allocated, and
 * only then linked to its own: of two first deliveries at once one wins and
 * the other uses the winner's.  No space means no file at all.  A kill
 * between the two steps leaves `name.PID.N.new' behind, for journal_sweep().
 *
 * A file that isn't right is judged by what it is.  Empty: begun anew in its
 * place.  Ours, but with a damaged head (zeros, after a power failure or
 * when it was emptied while somebody wrote): set aside as `name.bad', once.
 * From a newer version, or nothing of ours (somebody wrote `journal = ~/.profile'):
 * left alone.  The one who removes a name holds a lock on the file that he
 * removes.
 *
 * Where there are no hard links (vfat) the last of two simultaneous creators wins.
 */
#include "journal_file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAGIC "backsoon journal"
#define MAGIC_LENGTH 16
#define VERSION 1
#define OPEN_TRIES 16		/* creations lost to, or files removed by, others */
#define TEMPORARY_TRIES 16	/* names left by the dead before us */
#define MEND_WAIT_NS 1000000	/* while another process mends */

enum kind { BLANK, DAMAGED, NEWER, FOREIGN };

static void
put32(unsigned char *p, uint32_t n)
{
	n = htole32(n);
	memcpy(p, &n, sizeof n);
}

void
journal_file_fixed(unsigned char *p)
{
	memset(p, 0, JOURNAL_FIXED);
	memcpy(p, MAGIC, MAGIC_LENGTH);
	put32(p + 16, VERSION);
	put32(p + 20, JOURNAL_HEAD);
	put32(p + 24, JOURNAL_SLOTS);
	put32(p + 28, JOURNAL_RECORD);
	put32(p + 32, JOURNAL_DAYS);
	put32(p + 36, JOURNAL_RULES);
}

static bool
is_newer(const unsigned char *fixed)
{
	uint32_t version;

	memcpy(&version, fixed + MAGIC_LENGTH, sizeof version);
	return memcmp(fixed, MAGIC, MAGIC_LENGTH) == 0 && le32toh(version) > VERSION;
}

int
journal_file_check(const unsigned char *fixed)
{
	unsigned char want[JOURNAL_FIXED];

	journal_file_fixed(want);
	if (memcmp(fixed, want, JOURNAL_FIXED) == 0)
		return 0;
	return is_newer(fixed) ? ENOTSUP : EBADMSG;
}

static bool
write_at(int fd, const void *p, size_t len, off_t at)
{
	ssize_t n;

	do
		n = pwrite(fd, p, len, at);
	while (n == -1 && errno == EINTR);
	if (n >= 0 && (size_t)n != len)
		errno = ENOSPC;
	return n >= 0 && (size_t)n == len;
}

/* Where the C library has no way to allocate on this file system: zeros. */
static bool
write_zeros(int fd)
{
	static const unsigned char zeros[JOURNAL_PAGE];

	for (size_t at = 0; at < JOURNAL_SIZE; at += sizeof zeros) {
		if (!write_at(fd, zeros, sizeof zeros, (off_t)at))
			return false;
	}
	return true;
}

static bool
allocate(int fd)
{
	int error;

	do
		error = posix_fallocate(fd, 0, JOURNAL_SIZE);
	while (error == EINTR);
	if (error == EOPNOTSUPP || error == EINVAL || error == ENOSYS)
		return write_zeros(fd);
	errno = error;
	return error == 0;
}

static bool
fill(int fd)
{
	unsigned char fixed[JOURNAL_FIXED];

	journal_file_fixed(fixed);
	return fchmod(fd, S_IRUSR | S_IWUSR) == 0 && allocate(fd) && write_at(fd, fixed, sizeof fixed, 0);
}

/* The final name, only when there is no such file yet (EEXIST). */
static bool
publish(int dir_fd, const char *temporary, const char *name)
{
	if (linkat(dir_fd, temporary, dir_fd, name, 0) == 0)
		return true;
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
		return false;
	return renameat(dir_fd, temporary, dir_fd, name) == 0;
}

/* A file made whole under its temporary name, then published. */
static int
create_under(int dir_fd, const char *temporary, const char *name)
{
	int fd, error;
	bool done;

	fd = openat(dir_fd, temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd == -1)
		return -1;
	done = fill(fd) && publish(dir_fd, temporary, name);
	error = errno;
	unlinkat(dir_fd, temporary, 0);
	if (!done) {
		close(fd);
		fd = -1;
	}
	errno = error;
	return fd;
}

/* -1 with EEXIST: somebody else was faster.  A temporary name may be taken:
 * by one who died, or by the same process number on another host. */
static int
create(int dir_fd, const char *name)
{
	struct buf temporary = BUF_INIT;
	struct stat st;
	int fd = -1;

	for (int i = 0; i < TEMPORARY_TRIES; i++) {
		buf_reset(&temporary);
		buf_addf(&temporary, "%s.%ld.%d.new", name, (long)getpid(), i);
		if (temporary.failed) {
			errno = ENOMEM;
			break;
		}
		fd = create_under(dir_fd, buf_str(&temporary), name);
		if (fd != -1 || errno != EEXIST || fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			break;
	}
	buf_free(&temporary);
	return fd;
}

int
journal_file_open(int dir_fd, const char *name)
{
	int fd;

	for (int i = 0; i < OPEN_TRIES; i++) {
		fd = openat(dir_fd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd == -1 && errno == EINTR)
			continue;
		if (fd != -1 || errno != ENOENT)
			return fd;
		fd = create(dir_fd, name);
		if (fd != -1)
			journal_sweep(dir_fd, name, fd);
		/* ENOENT: our half-made file was taken for a dead man's. */
		if (fd != -1 || (errno != EEXIST && errno != ENOENT))
			return fd;
	}
	return -1;
}

static bool
all_zero(const unsigned char *p, size_t len)
{
	while (len > 0 && *p == 0) {
		p++;
		len--;
	}
	return len == 0;
}

static enum kind
judge(int fd)
{
	unsigned char fixed[JOURNAL_FIXED] = { 0 };
	struct stat st;

	if (fstat(fd, &st) != 0 || pread(fd, fixed, sizeof fixed, 0) == -1)
		return FOREIGN;
	if (st.st_size == 0)
		return BLANK;
	if (is_newer(fixed))
		return NEWER;
	if (memcmp(fixed, MAGIC, MAGIC_LENGTH) == 0)
		return DAMAGED;
	if (st.st_size == (off_t)JOURNAL_SIZE || (all_zero(fixed, sizeof fixed) && st.st_size < (off_t)JOURNAL_SIZE))
		return DAMAGED;
	return FOREIGN;
}

static bool
is_named(int dir_fd, const char *name, int fd)
{
	struct stat here, there;

	return fstat(fd, &here) == 0 && fstatat(dir_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static bool
set_aside(int dir_fd, const char *name)
{
	struct buf bad = BUF_INIT;
	struct stat st;
	bool done = false;

	buf_addf(&bad, "%s.bad", name);
	if (bad.failed)
		errno = ENOMEM;
	else if (fstatat(dir_fd, buf_str(&bad), &st, AT_SYMLINK_NOFOLLOW) == 0)
		errno = EBADMSG;
	else
		done = renameat(dir_fd, name, dir_fd, buf_str(&bad)) == 0;
	buf_free(&bad);
	return done;
}

bool
journal_file_mend(int dir_fd, const char *name, int fd)
{
	const struct timespec wait = { .tv_nsec = MEND_WAIT_NS };
	enum kind kind = judge(fd);

	if (kind == NEWER || kind == FOREIGN) {
		errno = kind == NEWER ? ENOTSUP : EBADMSG;
		return false;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK)
			return false;
		nanosleep(&wait, NULL);
		return true;
	}
	if (!is_named(dir_fd, name, fd))
		return true;
	return kind == BLANK ? unlinkat(dir_fd, name, 0) == 0 : set_aside(dir_fd, name);
}
