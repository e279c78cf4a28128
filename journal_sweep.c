/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal_sweep - what a kill during the journal's creation left behind
 *
 * A new journal is made under `name.PID.N.new'.  Whoever has made one looks
 * for others of that form: regular files of ours whose process is not there any
 * more, or that are older than any creation takes.  On a home directory that
 * several hosts share the process may be alive on another; then its file is gone
 * before it has its name, and it begins again (journal_file_open()).
 *
 * Failures: none; what cannot be removed stays.  Ages are compared with the new
 * journal's, so that only the file server's clock counts.
 */
#include "journal_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STALE_AGE 3600
#define DIGITS "0123456789"
#define SUFFIX ".new"

/* The process number in `base.PID.N.new', 0 when the name has another form. */
static pid_t
owner(const char *entry, const char *base)
{
	size_t len = strlen(base), digits;
	pid_t pid;

	if (strncmp(entry, base, len) != 0 || entry[len] != '.')
		return 0;
	entry += len + 1;
	digits = strspn(entry, DIGITS);
	if (digits == 0 || digits > 9 || entry[digits] != '.')
		return 0;
	pid = (pid_t)strtol(entry, NULL, 10);
	entry += digits + 1;
	digits = strspn(entry, DIGITS);
	return digits > 0 && strcmp(entry + digits, SUFFIX) == 0 ? pid : 0;
}

static bool
is_stale(const struct stat *st, pid_t pid, int64_t now)
{
	if (!S_ISREG(st->st_mode) || st->st_uid != geteuid())
		return false;
	return pid == getpid() || now - st->st_mtime > STALE_AGE || (kill(pid, 0) == -1 && errno == ESRCH);
}

static void
sweep(DIR *d, const char *base, int64_t now)
{
	const struct dirent *e;
	struct stat st;
	pid_t pid;

	while ((e = readdir(d)) != NULL) {
		pid = owner(e->d_name, base);
		if (pid > 0 && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_stale(&st, pid, now))
			unlinkat(dirfd(d), e->d_name, 0);
	}
}

void
journal_sweep(int dir_fd, const char *name, int fd)
{
	const char *slash = strrchr(name, '/');
	struct buf directory = BUF_INIT;
	struct stat st;
	DIR *d = NULL;
	int dir = -1;

	if (slash == NULL)
		buf_adds(&directory, ".");
	else
		buf_add(&directory, name, (size_t)(slash - name) + 1);
	if (!directory.failed && fstat(fd, &st) == 0)
		dir = openat(dir_fd, buf_str(&directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir != -1 && (d = fdopendir(dir)) == NULL)
		close(dir);
	if (d != NULL) {
		sweep(d, slash != NULL ? slash + 1 : name, st.st_mtime);
		closedir(d);
	}
	buf_free(&directory);
}
