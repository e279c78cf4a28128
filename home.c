/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * home - the user's home directory and whom its files belong to
 *
 * getpwuid(3) costs as much as all rules together, so $HOME counts when
 * fstat(2) says that it is ours, and the passwd entry is asked only when it
 * is not.  A file that somebody else may write would let him speak in the
 * user's name, so it is refused, with a sentence that says which bit is wrong.
 */
#include "home.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define SMALL_CHUNK 1024	/* bytes of one read(2): most settings are shorter */
#define LARGE_CHUNK 8192
#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static int
open_directory(const char *path, struct stat *st)
{
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1 && fstat(fd, st) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Whether others than the user could write it. */
static bool
is_open_to_others(const struct home *h, const struct stat *st, const char *name, struct buf *why)
{
	const struct passwd *pw;

	if ((st->st_mode & S_IWOTH) != 0)
		buf_addf(why, "%s may be written by everybody: chmod o-w", name);
	else if ((st->st_mode & S_IWGRP) != 0 && st->st_gid != getegid() &&
	    ((pw = getpwuid(h->uid)) == NULL || pw->pw_gid != st->st_gid))
		buf_addf(why, "%s may be written by a group that is not the user's own: chmod g-w", name);
	else
		return false;
	return true;
}

static bool
is_foreign(const struct home *h, const struct stat *st, const char *name, struct buf *why)
{
	if (st->st_uid == h->uid || st->st_uid == 0)
		return false;
	buf_addf(why, "%s belongs to user id %lu", name, (unsigned long)st->st_uid);
	return true;
}

static bool
is_safe(const struct home *h, const struct stat *st, const char *name, struct buf *why)
{
	if (S_ISREG(st->st_mode))
		return !is_foreign(h, st, name, why) && !is_open_to_others(h, st, name, why);
	buf_addf(why, "%s is not a regular file", name);
	return false;
}

static enum outcome
take_directory(struct home *h, const char *path, struct buf *why)
{
	struct stat st;
	int fd = open_directory(path, &st), error;

	if (fd == -1) {
		error = errno;
		buf_addf(why, "%s: %s", path, strerror(error));
		errno = error;
		return OUTCOME_HOME_MISSING;
	}
	if (st.st_uid != h->uid) {
		close(fd);
		buf_addf(why, "%s belongs to user id %lu, not to %lu who runs backsoon", path,
		    (unsigned long)st.st_uid, (unsigned long)h->uid);
		return OUTCOME_HOME_FOREIGN;
	}
	/* Who may write here may put any file of the user's in place of the message file, and have it mailed to him. */
	if (is_open_to_others(h, &st, path, why)) {
		close(fd);
		return OUTCOME_HOME_FOREIGN;
	}
	h->path = text_copy(path, strlen(path));
	if (h->path == NULL) {
		close(fd);
		return OUTCOME_SYSTEM;
	}
	h->fd = fd;
	return OUTCOME_ANSWERED;
}

/* Where HOME would not do; before: what was wrong with it, and why says it. */
static enum outcome
take_passwd_directory(struct home *h, enum outcome before, struct buf *why)
{
	const struct passwd *pw = getpwuid(h->uid);
	enum outcome o;

	if (pw == NULL) {
		buf_addf(why, "%suser id %lu has no entry in the user database", why->len > 0 ? "; " : "", (unsigned long)h->uid);
		return before;
	}
	/* Tried in vain; but not by who became the user, and has set HOME himself. */
	if (!h->dropped && getenv("HOME") != NULL && strcmp(getenv("HOME"), pw->pw_dir) == 0)
		return before;
	/* Commands say so; without memory they say nothing. */
	if (why->len > 0)
		h->passed_over = text_copy(buf_str(why), why->len);
	buf_adds(why, why->len > 0 ? "; " : "");
	o = take_directory(h, pw->pw_dir, why);
	if (o == OUTCOME_ANSWERED)
		buf_reset(why);
	return o == OUTCOME_HOME_MISSING ? before : o;
}

/* Else it is there, and cannot be had now: another directory's table would be the wrong one. */
static bool
is_no_directory(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES || error == ELOOP || error == ENAMETOOLONG;
}

enum outcome
home_open(struct home *h, const char *path, bool dropped, struct buf *why)
{
	const char *env = getenv("HOME");
	enum outcome o;

	*h = (struct home){ .fd = -1, .uid = geteuid(), .dropped = dropped };
	if (path != NULL)
		return take_directory(h, path, why);
	if (!dropped && env != NULL && env[0] == '/') {
		o = take_directory(h, env, why);
		if (o != OUTCOME_HOME_MISSING || !is_no_directory(errno))
			return o == OUTCOME_HOME_FOREIGN ? take_passwd_directory(h, o, why) : o;
	}
	return take_passwd_directory(h, OUTCOME_HOME_MISSING, why);
}

void
home_close(struct home *h)
{
	if (h->fd != -1)
		close(h->fd);
	free(h->path);
	free(h->passed_over);
	*h = (struct home){ .fd = -1 };
}

const char *
home_place(const struct home *h, const char *name, int *dir_fd)
{
	if (name[0] == '/') {
		*dir_fd = AT_FDCWD;
		return name;
	}
	*dir_fd = h->fd;
	return strncmp(name, "~/", 2) == 0 ? name + 2 : name;
}

/* EACCES although owner and mode allow it. */
static bool
policy_denies(int dir_fd, const char *place, const struct home *h)
{
	struct stat st;

	return fstatat(dir_fd, place, &st, 0) == 0 && st.st_uid == h->uid && (st.st_mode & S_IRUSR) != 0;
}

/* After openat() has failed with this errno. */
static int
refuse(const struct home *h, int dir_fd, const char *entry, const char *shown, int error, struct buf *why)
{
	if (error != ENOENT)
		buf_addf(why, "%s: %s", shown, strerror(error));
	if (error == EACCES && policy_denies(dir_fd, entry, h))
		buf_adds(why, " (owner and mode allow it: the system's security policy does not)");
	errno = error;
	return -1;
}

int
home_open_in(const struct home *h, int dir_fd, const char *entry, const char *shown, struct buf *why)
{
	struct stat st;
	int fd = h->dropped ? openat(dir_fd, entry, READ_FLAGS | O_NOFOLLOW) : openat(dir_fd, entry, READ_FLAGS);

	if (fd == -1)
		return refuse(h, dir_fd, entry, shown, errno, why);
	if (fstat(fd, &st) == -1 || !is_safe(h, &st, shown, why)) {
		close(fd);
		errno = EPERM;
		return -1;
	}
	return fd;
}

int
home_open_file(const struct home *h, const char *name, struct buf *why)
{
	const char *place;
	int dir_fd;

	place = home_place(h, name, &dir_fd);
	return home_open_in(h, dir_fd, place, name, why);
}

int
home_open_directory_in(const struct home *h, int dir_fd, const char *entry, const char *shown, struct buf *why)
{
	int flags = READ_FLAGS | O_DIRECTORY, fd = h->dropped ? openat(dir_fd, entry, flags | O_NOFOLLOW) : openat(dir_fd, entry, flags);
	struct stat st;

	if (fd == -1)
		return refuse(h, dir_fd, entry, shown, errno, why);
	if (fstat(fd, &st) == -1 || is_foreign(h, &st, shown, why) || is_open_to_others(h, &st, shown, why)) {
		close(fd);
		errno = EPERM;
		return -1;
	}
	return fd;
}

/* A relative place, one name after the other: none of them may be a link.  The last one, which is opened by the caller; *dir_fd is what it is in, to be closed. */
static bool
walk(int *dir_fd, char *place, char **last)
{
	char *slash;
	int fd = openat(*dir_fd, ".", READ_FLAGS | O_DIRECTORY), next;

	for (*last = place; fd != -1 && (slash = strchr(*last, '/')) != NULL && slash[strspn(slash, "/")] != '\0'; *last = slash + 1) {
		*slash = '\0';
		if (slash == *last)
			continue;
		next = openat(fd, *last, READ_FLAGS | O_DIRECTORY | O_NOFOLLOW);
		close(fd);
		fd = next;
	}
	*dir_fd = fd;
	return fd != -1;
}

int
home_open_directory(const struct home *h, const char *name, struct buf *why)
{
	const char *place;
	char *copy, *last;
	int dir_fd, fd, error;

	place = home_place(h, name, &dir_fd);
	if (!h->dropped || dir_fd == AT_FDCWD)
		return home_open_directory_in(h, dir_fd, place, name, why);
	copy = text_copy(place, strlen(place));
	if (copy == NULL) {
		buf_adds(why, "not enough memory");
		errno = ENOMEM;
		return -1;
	}
	if (walk(&dir_fd, copy, &last)) {
		fd = home_open_directory_in(h, dir_fd, last, name, why);
		error = errno;
		close(dir_fd);
		errno = error;
	} else
		fd = refuse(h, AT_FDCWD, name, name, errno, why);
	error = errno;
	free(copy);
	errno = error;
	return fd;
}

/* One read(2) through that chunk: 1 when there may be more, 0 at the end, -1 and errno. */
static int
read_chunk(int fd, size_t max, struct buf *out, char *chunk, size_t size)
{
	ssize_t got;

	do
		got = read(fd, chunk, size);
	while (got == -1 && errno == EINTR);
	if (got <= 0)
		return (int)got;
	if (out->len + (size_t)got > max) {
		errno = EFBIG;
		return -1;
	}
	buf_add(out, chunk, (size_t)got);
	if (out->failed)
		errno = ENOMEM;
	return out->failed ? -1 : 1;
}

/* Apart: its room on the stack would cost each delivery two page faults, and settings are small. */
static __attribute__((noinline)) int
read_rest(int fd, size_t max, struct buf *out)
{
	char chunk[LARGE_CHUNK];
	int more;

	do
		more = read_chunk(fd, max, out, chunk, sizeof chunk);
	while (more > 0);
	return more;
}

bool
home_read(int fd, size_t max, struct buf *out)
{
	char chunk[SMALL_CHUNK];
	size_t before = out->len;
	int more = read_chunk(fd, max, out, chunk, sizeof chunk);

	while (more > 0 && out->len - before < sizeof chunk)
		more = read_chunk(fd, max, out, chunk, sizeof chunk);
	return more >= 0 && (more == 0 || read_rest(fd, max, out) == 0);
}

bool
home_read_file(const struct home *h, const char *name, size_t max, struct buf *out, struct buf *why)
{
	int fd = home_open_file(h, name, why);
	int saved;
	bool good;

	if (fd == -1)
		return false;
	good = home_read(fd, max, out);
	saved = errno;
	close(fd);
	if (!good)
		buf_addf(why, "%s: %s", name, strerror(saved));
	errno = saved;
	return good;
}

enum outcome
home_become(const char *user, bool *dropped, struct buf *why)
{
	const struct passwd *pw = getpwnam(user);

	*dropped = false;
	if (pw == NULL) {
		buf_addf(why, "there is no user %s", user);
		return OUTCOME_WRONG_USER;
	}
	if (geteuid() != 0 && pw->pw_uid == geteuid())
		return OUTCOME_ANSWERED;
	if (geteuid() != 0) {
		buf_addf(why, "%s is not the user who runs backsoon, and only root may become another", user);
		return OUTCOME_WRONG_USER;
	}
	if (pw->pw_uid == 0)
		return OUTCOME_ANSWERED;
	if (initgroups(pw->pw_name, pw->pw_gid) == -1 || setgid(pw->pw_gid) == -1 || setuid(pw->pw_uid) == -1 ||
	    setuid(0) != -1) {
		buf_addf(why, "becoming user %s failed: %s", user, strerror(errno));
		return OUTCOME_SYSTEM;
	}
	/* For sendmail, whose environment is made of ours. */
	if (setenv("HOME", pw->pw_dir, 1) == -1 || setenv("USER", pw->pw_name, 1) == -1 || setenv("LOGNAME", pw->pw_name, 1) == -1)
		return OUTCOME_SYSTEM;
	*dropped = true;
	return OUTCOME_ANSWERED;
}
