/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft_folder - the newest message of a Maildir or MH folder
 *
 * Maildir: the one that was put there last, by the time in the file's name
 * (seconds, and Dovecot's and Courier's microseconds), because that is when a mail
 * program has saved or copied it.  The file's own time is IMAP's INTERNALDATE: an
 * older draft keeps it when it is copied.  It decides between equal names, and
 * for files that were named by hand.  MH: the highest number.
 *
 * An IMAP server renames a message when one of its flags changes, at any time.  A
 * folder that changed while it was read is read again, and so it is when the
 * message has gone before it could be opened.
 *
 * Failures: draft.h.  Limits: DRAFT_ENTRIES_MAX, CHANGED_MAX, GONE_MAX, INTERNAL_MAX.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "draft_parts.h"

#define CHANGED_MAX 5		/* times that a folder is read again because it changed meanwhile */
#define GONE_MAX 50		/* times that the message had another name before it could be opened */
#define INTERNAL_MAX 8		/* notes of mail servers that are passed over */
#define DIRECTORIES 2
#define DIGITS_MAX 12		/* of a number in a name */
#define FLAGS ":2,"

struct candidate {
	int64_t time, fine;	/* seconds and microseconds; MH: the number, and 0 */
	struct timespec file_time;	/* asked for only where it decides */
	bool asked;
	int directory;
	char name[NAME_MAX + 1];
};

struct folder {
	struct draft_source *source;
	bool (*take)(const char *name, struct candidate *);	/* false: the name is no message's */
	int fd[DIRECTORIES];	/* -1: none */
	const char *below[DIRECTORIES];	/* what stands between folder and file in their names */
	struct candidate best, limit;	/* limit: only older ones are looked for */
	bool found, limited, changed;
	size_t entries;
};

/* Digits at p, -1: none, or too many. */
static int64_t
number(const char *p, size_t *len)
{
	*len = strspn(p, "0123456789");
	if (*len == 0 || *len > DIGITS_MAX)
		return -1;
	return strtoll(p, NULL, 10);
}

static bool
take_maildir_name(const char *name, struct candidate *c)
{
	const char *flags = strstr(name, FLAGS);
	size_t len;

	if (name[0] == '.' || (flags != NULL && strchr(flags + strlen(FLAGS), 'T') != NULL))
		return false;
	c->time = number(name, &len);
	if (c->time == -1 || name[len] != '.') {
		c->time = -1;
		return true;
	}
	c->fine = name[len + 1] == 'M' ? number(name + len + 2, &len) : -1;
	return true;
}

static bool
take_mh_name(const char *name, struct candidate *c)
{
	size_t len;

	c->time = number(name, &len);
	return c->time > 0 && name[len] == '\0' && name[0] != '0';
}

static void
ask_time(const struct folder *f, struct candidate *c)
{
	struct stat st;

	if (c->asked)
		return;
	c->asked = true;
	if (fstatat(f->fd[c->directory], c->name, &st, 0) == 0)
		c->file_time = st.st_mtim;
}

static int
order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Above 0: a is the newer one.  Never 0 for two names. */
static int
compare(const struct folder *f, struct candidate *a, struct candidate *b)
{
	int n = order(a->time, b->time);

	if (n == 0)
		n = order(a->fine, b->fine);
	if (n != 0)
		return n;
	ask_time(f, a);
	ask_time(f, b);
	n = order(a->file_time.tv_sec, b->file_time.tv_sec);
	if (n == 0)
		n = order(a->file_time.tv_nsec, b->file_time.tv_nsec);
	return n != 0 ? n : strcmp(a->name, b->name);
}

/* Also what a link leads to, where links are followed. */
static bool
is_file(const struct folder *f, int directory, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN && d->d_type != DT_LNK)
		return d->d_type == DT_REG;
	return fstatat(f->fd[directory], d->d_name, &st, f->source->home->dropped ? AT_SYMLINK_NOFOLLOW : 0) == 0 && S_ISREG(st.st_mode);
}

static void
consider(struct folder *f, int directory, const struct dirent *d)
{
	struct candidate c = { .directory = directory };

	if (strlen(d->d_name) >= sizeof c.name || !f->take(d->d_name, &c) || !is_file(f, directory, d))
		return;
	memcpy(c.name, d->d_name, strlen(d->d_name) + 1);
	if (c.time == -1) {
		ask_time(f, &c);
		c.time = c.file_time.tv_sec;
		c.fine = c.file_time.tv_nsec / 1000;
	}
	if ((f->limited && compare(f, &c, &f->limit) >= 0) || (f->found && compare(f, &c, &f->best) <= 0))
		return;
	f->best = c;
	f->found = true;
}

/* false: why, and errno. */
static bool
read_directory(struct folder *f, int directory)
{
	int fd = openat(f->fd[directory], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *d;

	if (dir == NULL) {
		error = errno;
		if (fd != -1)
			close(fd);
		draft_fail(f->source, error, "%s: %s", f->source->folder, strerror(error));
		return false;
	}
	for (errno = 0; (d = readdir(dir)) != NULL && f->entries <= DRAFT_ENTRIES_MAX; errno = 0, f->entries++)
		consider(f, directory, d);
	error = errno;
	closedir(dir);
	if (f->entries > DRAFT_ENTRIES_MAX)
		draft_fail(f->source, EFBIG, "%s has more than %d files: a folder of a few drafts is meant", f->source->folder, DRAFT_ENTRIES_MAX);
	else if (error != 0)
		draft_fail(f->source, error, "%s: %s", f->source->folder, strerror(error));
	else
		return true;
	return false;
}

/* new/ before cur/: what is moved meanwhile, which goes only that way, is seen. */
static bool
scan(struct folder *f)
{
	struct stat before, after;
	int i;

	f->found = f->changed = false;
	f->entries = 0;
	for (i = 0; i < DIRECTORIES; i++) {
		if (f->fd[i] == -1)
			continue;
		if (fstat(f->fd[i], &before) == -1 || !read_directory(f, i))
			return false;
		if (fstat(f->fd[i], &after) == -1 || before.st_mtim.tv_sec != after.st_mtim.tv_sec ||
		    before.st_mtim.tv_nsec != after.st_mtim.tv_nsec)
			f->changed = true;
	}
	return true;
}

/* The chosen file.  DRAFT_NONE: its name is gone. */
static enum draft_found
read_message(struct folder *f)
{
	struct draft_source *s = f->source;
	struct buf shown = BUF_INIT;
	struct stat st;
	enum draft_found found = DRAFT_FOUND;
	int fd, error = 0;

	buf_addf(&shown, "%s%s/%s", s->folder, f->below[f->best.directory], f->best.name);
	fd = home_open_in(s->home, f->fd[f->best.directory], f->best.name, buf_str(&shown), s->why);
	buf_reset(s->raw);
	if (fd == -1)
		found = draft_unopened();
	else if (!home_read(fd, s->max, s->raw))
		found = errno == EFBIG ? draft_fail(s, EFBIG, "%s has more than %zu bytes", buf_str(&shown), s->max) :
		    draft_fail(s, errno, "%s: %s", buf_str(&shown), strerror(errno));
	else if (fstat(fd, &st) == 0)
		s->time = st.st_mtim.tv_sec;
	error = errno;
	if (fd != -1)
		close(fd);
	buf_free(&shown);
	errno = error;
	return found;
}

static enum draft_found
read_newest(struct folder *f)
{
	int changed = 0, gone = 0, internal = 0;
	enum draft_found found;

	while (gone < GONE_MAX && internal < INTERNAL_MAX) {
		if (!scan(f))
			return DRAFT_FAILED;
		if (f->changed && changed++ < CHANGED_MAX)
			continue;
		if (!f->found) {
			buf_addf(f->source->why, "there is no message in %s", f->source->folder);
			return DRAFT_NONE;
		}
		found = read_message(f);
		if (found == DRAFT_NONE)
			gone++;
		else if (found == DRAFT_FOUND && draft_is_internal(buf_str(f->source->raw), f->source->raw->len)) {
			f->limit = f->best;
			f->limited = true;
			internal++;
		} else
			return found;
	}
	return draft_fail(f->source, EAGAIN, "the newest message of %s could not be caught: its name changes all the time", f->source->folder);
}

static void
close_directory(int fd)
{
	int error = errno;

	if (fd != -1)
		close(fd);
	errno = error;
}

enum draft_found
draft_from_mh(struct draft_source *s)
{
	struct folder f = { .source = s, .take = take_mh_name, .fd = { -1, -1 }, .below = { "", "" } };
	enum draft_found found;

	f.fd[0] = home_open_directory(s->home, s->folder, s->why);
	if (f.fd[0] == -1)
		return draft_unopened();
	found = read_newest(&f);
	close_directory(f.fd[0]);
	return found;
}

/* One that is not there is none; false: it cannot be used. */
static bool
open_below(struct folder *f, int folder_fd, int directory)
{
	struct buf shown = BUF_INIT;

	buf_addf(&shown, "%s%s", f->source->folder, f->below[directory]);
	f->fd[directory] = home_open_directory_in(f->source->home, folder_fd, f->below[directory] + 1, buf_str(&shown), f->source->why);
	buf_free(&shown);
	return f->fd[directory] != -1 || errno == ENOENT;
}

/* Maildir++ puts a dot before the names of its folders, which mail programs don't show. */
static enum draft_found
no_folder(struct draft_source *s)
{
	const char *slash = strrchr(s->folder, '/'), *last = slash != NULL ? slash + 1 : s->folder;
	struct buf dotted = BUF_INIT, ignored = BUF_INIT;
	int fd;

	buf_add(&dotted, s->folder, (size_t)(last - s->folder));
	buf_addf(&dotted, ".%s", last);
	fd = home_open_directory(s->home, buf_str(&dotted), &ignored);
	if (fd != -1)
		buf_addf(s->why, "there is no folder %s, but there is %s", s->folder, buf_str(&dotted));
	close_directory(fd);
	buf_free(&dotted);
	buf_free(&ignored);
	return DRAFT_NONE;
}

enum draft_found
draft_from_maildir(struct draft_source *s)
{
	struct folder f = { .source = s, .take = take_maildir_name, .fd = { -1, -1 }, .below = { "/new", "/cur" } };
	int fd = home_open_directory(s->home, s->folder, s->why);
	enum draft_found found = DRAFT_FAILED;

	if (fd == -1)
		return errno == ENOENT ? no_folder(s) : DRAFT_FAILED;
	if (open_below(&f, fd, 0) && open_below(&f, fd, 1)) {
		found = DRAFT_NONE;
		if (f.fd[0] == -1 && f.fd[1] == -1)
			buf_addf(s->why, "%s is no Maildir folder: it has neither new nor cur", s->folder);
		else
			found = read_newest(&f);
	}
	close_directory(f.fd[0]);
	close_directory(f.fd[1]);
	close_directory(fd);
	return found;
}
