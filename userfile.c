/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * userfile - writes a file of the user's whole, or not at all
 *
 * The new content goes to NAME.backsoon-new in the directory of the file that NAME leads to, which
 * is then renamed.  The temporary file has one name for all, so that a process that was killed
 * leaves one behind at most, which the next one uses; it is locked while it is written,
 * so that two do not write into one another's.
 *
 * Failures: a sentence that names the file, and the file is as it was.  When the directory could not be synced
 * after the rename, the new file is in place and that is no failure.
 *
 * Limits: USERFILE_LINKS_MAX links, USERFILE_PATH_MAX bytes of path, USERFILE_WAIT_MS for another writer.
 * Further hard links of the old file keep the old content.
 */
#include "userfile.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"

#define USERFILE_LINKS_MAX 8
#define USERFILE_PATH_MAX 4096
#define USERFILE_WAIT_MS 2000
#define USERFILE_PAUSE_MS 10
#define USERFILE_NEW ".backsoon-new"

/* Where a name leads: a directory and a name in it that is no link. */
struct place {
	int dir_fd;
	struct buf base;
};

static bool
fail(struct buf *why, const char *name, int error)
{
	buf_addf(why, "%s: %s", name, strerror(error));
	return false;
}

static void
leave(struct place *at)
{
	if (at->dir_fd != -1)
		close(at->dir_fd);
	buf_free(&at->base);
}

/* Goes into the directory that path has in front of its last component, from the one where we are. */
static bool
step(struct place *at, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct buf directory = BUF_INIT;
	int fd, error;

	if (slash != NULL)
		buf_add(&directory, path, slash > path ? (size_t)(slash - path) : 1);
	else
		buf_adds(&directory, ".");
	if (directory.failed) {
		buf_free(&directory);
		errno = ENOMEM;
		return false;
	}
	fd = openat(at->dir_fd, buf_str(&directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	error = errno;
	buf_free(&directory);
	if (fd == -1) {
		errno = error;
		return false;
	}
	close(at->dir_fd);
	at->dir_fd = fd;
	buf_reset(&at->base);
	buf_adds(&at->base, slash != NULL ? slash + 1 : path);
	errno = ENOMEM;
	return !at->base.failed;
}

/* Follows the links; the last of them may lead to a file that is not there. */
static bool
follow(const struct home *h, struct place *at)
{
	char target[USERFILE_PATH_MAX];
	ssize_t n;
	int links;

	for (links = 0; links <= USERFILE_LINKS_MAX; links++) {
		n = readlinkat(at->dir_fd, buf_str(&at->base), target, sizeof target - 1);
		if (n == -1)
			return errno == EINVAL || errno == ENOENT;
		if (h->dropped || links == USERFILE_LINKS_MAX) {
			errno = ELOOP;
			return false;
		}
		target[n] = '\0';
		if (!step(at, target))
			return false;
	}
	return false;
}

static bool
find(const struct home *h, const char *name, struct place *at, struct buf *why)
{
	const char *place;
	int start;

	*at = (struct place){ -1, BUF_INIT };
	place = home_place(h, name, &start);
	at->dir_fd = openat(start == AT_FDCWD ? AT_FDCWD : start, start == AT_FDCWD ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (at->dir_fd != -1 && step(at, place) && follow(h, at) && at->base.len > 0)
		return true;
	fail(why, name, errno);
	leave(at);
	return false;
}

/* What may be replaced: nothing, or a regular file that is the user's. */
static bool
may_replace(const struct home *h, const struct place *at, struct stat *old, const char *name, struct buf *why)
{
	old->st_ino = 0;
	if (fstatat(at->dir_fd, buf_str(&at->base), old, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT || fail(why, name, errno);
	if (!S_ISREG(old->st_mode))
		buf_addf(why, "%s is not a regular file", name);
	else if (old->st_uid != h->uid)
		buf_addf(why, "%s belongs to user id %lu", name, (unsigned long)old->st_uid);
	else
		return true;
	return false;
}

/* Whether fd is still what the name leads to: another writer may have renamed it just before we had the lock. */
static bool
is_current(int dir_fd, const char *base, int fd)
{
	struct stat named, open_one;

	return fstatat(dir_fd, base, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &open_one) == 0 &&
	    named.st_dev == open_one.st_dev && named.st_ino == open_one.st_ino;
}

/* The temporary file, open and locked; -1 with errno. */
static int
open_new(int dir_fd, const char *base)
{
	int64_t deadline = deadline_clock() + USERFILE_WAIT_MS;
	int fd, error;

	for (;;) {
		fd = openat(dir_fd, base, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
		if (fd == -1)
			return -1;
		/* A file system without locks has none: then it is as without other writers. */
		error = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
		if (error != EWOULDBLOCK && error != EINTR && is_current(dir_fd, base, fd))
			return fd;
		close(fd);
		if (deadline_left(deadline) == 0) {
			errno = EBUSY;
			return -1;
		}
		poll(NULL, 0, USERFILE_PAUSE_MS);
	}
}

static bool
fill(int fd, const char *data, size_t len, mode_t mode, const struct stat *old)
{
	size_t done = 0;
	ssize_t n;

	if (ftruncate(fd, 0) == -1)
		return false;
	while (done < len) {
		n = write(fd, data + done, len - done);
		if (n == -1 && errno != EINTR)
			return false;
		if (n > 0)
			done += (size_t)n;
	}
	/* The group as it was, where we may: before the mode, which the change of it could clear. */
	if (old->st_ino != 0 && fchown(fd, (uid_t)-1, old->st_gid) == -1)
		errno = 0;
	return fchmod(fd, mode) == 0 && fsync(fd) == 0;
}

static bool
replace(const struct place *at, const char *data, size_t len, mode_t mode, const struct stat *old)
{
	struct buf temporary = BUF_INIT;
	const char *name;
	bool good = false;
	int fd, error = ENOMEM;

	buf_addf(&temporary, "%s" USERFILE_NEW, buf_str(&at->base));
	if (temporary.failed)
		goto out;
	name = buf_str(&temporary);
	fd = open_new(at->dir_fd, name);
	error = errno;
	if (fd == -1)
		goto out;
	good = fill(fd, data, len, mode, old) && renameat(at->dir_fd, name, at->dir_fd, buf_str(&at->base)) == 0;
	error = errno;
	if (good)
		fsync(at->dir_fd);
	else
		unlinkat(at->dir_fd, name, 0);
	close(fd);
out:
	buf_free(&temporary);
	errno = error;
	return good;
}

bool
userfile_write(const struct home *h, const char *name, const char *data, size_t len, mode_t mode, struct buf *why)
{
	struct place at;
	struct stat old;
	bool good;

	if (!find(h, name, &at, why))
		return false;
	good = may_replace(h, &at, &old, name, why);
	if (good && !replace(&at, data, len, mode, &old))
		good = fail(why, name, errno);
	leave(&at);
	return good;
}

bool
userfile_rename(const struct home *h, const char *from, const char *name, struct buf *why)
{
	struct place old, at;
	struct stat st;
	bool good;

	if (!find(h, from, &old, why))
		return false;
	if (!find(h, name, &at, why)) {
		leave(&old);
		return false;
	}
	good = may_replace(h, &at, &st, name, why);
	if (good && renameat(old.dir_fd, buf_str(&old.base), at.dir_fd, buf_str(&at.base)) == -1)
		good = fail(why, name, errno);
	if (good)
		fsync(at.dir_fd);
	leave(&old);
	leave(&at);
	return good;
}

bool
userfile_remove(const struct home *h, const char *name, struct buf *why)
{
	struct place at;
	bool good;

	if (!find(h, name, &at, why))
		return false;
	good = unlinkat(at.dir_fd, buf_str(&at.base), 0) == 0;
	if (good)
		fsync(at.dir_fd);
	else
		good = errno == ENOENT || fail(why, name, errno);
	leave(&at);
	return good;
}
