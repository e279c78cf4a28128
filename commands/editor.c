/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * editor - the user's editor on a text
 *
 * $VISUAL, else $EDITOR, else one of those that most systems have.  It is
 * started without a shell: the variable is split into words, and its first
 * word looked for in PATH.  What is edited is a copy in a directory of ours,
 * since editors write when they like.
 *
 * Failures: no editor, one that cannot be started, a status other than 0.
 * Limits: EDITOR_WORDS_MAX words.
 */
#include "editor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../child_terminal.h"
#include "../i18n.h"

#define FILE_NAME "vacation.msg"
#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

static const char usual[][8] = { "editor", "vi", "nano" };

static bool
fail(struct buf *why, const char *name)
{
	buf_addf(why, "%s: %s", name, strerror(errno));
	return false;
}

static bool
make_directory(struct scratch *s, struct buf *why)
{
	const char *tmp = getenv("TMPDIR");

	buf_addf(&s->directory, "%s/backsoon.XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (s->directory.failed || mkdtemp(s->directory.data) == NULL) {
		fail(why, buf_str(&s->directory));
		buf_reset(&s->directory);
		return false;
	}
	buf_addf(&s->file, "%s/%s", buf_str(&s->directory), FILE_NAME);
	return !s->file.failed;
}

bool
scratch_write(struct scratch *s, const struct buf *text, struct buf *why)
{
	size_t done = 0;
	ssize_t n = 0;
	int fd;

	if (s->directory.len == 0 && !make_directory(s, why))
		return false;
	fd = open(buf_str(&s->file), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return fail(why, buf_str(&s->file));
	fchmod(fd, 0600);
	while (done < text->len) {
		n = write(fd, buf_str(text) + done, text->len - done);
		if (n == -1 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	if (close(fd) == -1 || done < text->len)
		return fail(why, buf_str(&s->file));
	return true;
}

bool
scratch_read(const struct scratch *s, size_t max, struct buf *text, struct buf *why)
{
	char chunk[4096];
	ssize_t got;
	int fd = open(buf_str(&s->file), O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return fail(why, buf_str(&s->file));
	buf_reset(text);
	while ((got = read(fd, chunk, sizeof chunk)) > 0 || (got == -1 && errno == EINTR)) {
		if (got > 0)
			buf_add(text, chunk, (size_t)got);
		if (text->len > max)
			break;
	}
	close(fd);
	if (got == 0 && !text->failed)
		return true;
	errno = got == -1 ? errno : EFBIG;
	return fail(why, buf_str(&s->file));
}

/* The newest regular file; `hidden' ones are told of only. */
static void
find_newest(const struct scratch *s, struct buf *file, bool *hidden)
{
	DIR *d = opendir(buf_str(&s->directory));
	struct timespec best = { 0, 0 };
	const struct dirent *entry;
	struct stat st;
	long long newer;

	*hidden = false;
	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
			continue;
		if (entry->d_name[0] == '.') {
			*hidden = true;
			continue;
		}
		newer = st.st_mtim.tv_sec != best.tv_sec ? st.st_mtim.tv_sec - best.tv_sec : st.st_mtim.tv_nsec - best.tv_nsec;
		/* Clocks of file systems tick slowly: of two, the safety copy is newer. */
		if (newer < 0 || (newer == 0 && strcmp(entry->d_name, FILE_NAME) == 0))
			continue;
		best = st.st_mtim;
		buf_reset(file);
		buf_addf(file, "%s/%s", buf_str(&s->directory), entry->d_name);
	}
	if (d != NULL)
		closedir(d);
}

bool
scratch_rescue(const struct scratch *s, size_t max, struct buf *text, bool *hidden, struct buf *why)
{
	struct scratch newest = SCRATCH_INIT;
	bool good;

	find_newest(s, &newest.file, hidden);
	good = scratch_read(&newest, max, text, why);
	buf_free(&newest.file);
	return good;
}

void
scratch_leave(struct scratch *s)
{
	buf_free(&s->directory);
	buf_free(&s->file);
}

void
scratch_remove(struct scratch *s)
{
	const struct dirent *entry;
	DIR *d;

	if (s->directory.len > 0) {
		d = opendir(buf_str(&s->directory));
		while (d != NULL && (entry = readdir(d)) != NULL)
			unlinkat(dirfd(d), entry->d_name, 0);
		if (d != NULL)
			closedir(d);
		rmdir(buf_str(&s->directory));
	}
	buf_free(&s->directory);
	buf_free(&s->file);
}

/* One word at *p, its quotes undone; false: they are not closed. */
static bool
take_word(const char **p, struct buf *mem)
{
	const char *s = *p;
	char quote = '\0';

	for (; *s != '\0' && (quote != '\0' || strchr(" \t\n", *s) == NULL); s++) {
		if (quote == '\0' && (*s == '"' || *s == '\''))
			quote = *s;
		else if (quote != '\0' && *s == quote)
			quote = '\0';
		else if (*s == '\\' && quote != '\'' && s[1] != '\0')
			buf_addc(mem, *++s);
		else
			buf_addc(mem, *s);
	}
	buf_addc(mem, '\0');
	*p = s;
	return quote == '\0';
}

bool
editor_split(const char *command, struct buf *mem, const char *words[EDITOR_WORDS_MAX])
{
	size_t at[EDITOR_WORDS_MAX], n = 0, i;
	const char *p = command + strspn(command, " \t\n");

	buf_reset(mem);
	for (; *p != '\0'; p += strspn(p, " \t\n")) {
		if (n + 2 == EDITOR_WORDS_MAX)
			return false;
		at[n++] = mem->len;
		if (!take_word(&p, mem))
			return false;
	}
	if (mem->failed)
		return false;
	/* Only now: the buffer moves while it grows. */
	for (i = 0; i < n; i++)
		words[i] = mem->data + at[i];
	words[n] = NULL;
	return n > 0 && words[0][0] != '\0';
}

/* Where a program is, by PATH unless its name has a slash. */
static bool
find_program(const char *name, struct buf *path)
{
	const char *list = getenv("PATH"), *end;

	buf_reset(path);
	if (strchr(name, '/') != NULL) {
		buf_adds(path, name);
		return access(name, X_OK) == 0;
	}
	for (list = list != NULL ? list : PATH_DEFAULT;; list = end + 1) {
		end = strchrnul(list, ':');
		buf_reset(path);
		buf_add(path, list, (size_t)(end - list));
		buf_addf(path, "%s%s", end > list ? "/" : "./", name);
		if (access(buf_str(path), X_OK) == 0)
			return true;
		if (*end == '\0')
			return false;
	}
}

static const char *
wanted(void)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

	if (visual != NULL && visual[strspn(visual, " \t")] != '\0')
		return visual;
	return editor != NULL && editor[strspn(editor, " \t")] != '\0' ? editor : NULL;
}

/* Its words, and where the first of them is. */
static bool
find_editor(struct buf *mem, const char *words[EDITOR_WORDS_MAX], struct buf *path, struct buf *why)
{
	const char *command = wanted();
	size_t i;

	if (command != NULL) {
		if (!editor_split(command, mem, words))
			buf_addf(why, _("The editor \"%s\" cannot be started: its words are not understood."), command);
		else if (!find_program(words[0], path))
			buf_addf(why, _("The editor \"%s\" cannot be started: there is no such program."), words[0]);
		return why->len == 0;
	}
	for (i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (find_program(usual[i], path)) {
			words[0] = usual[i];
			words[1] = NULL;
			return true;
		}
	buf_adds(why, _("There is no editor: set EDITOR to have one."));
	return false;
}

const char *
editor_name(struct buf *mem)
{
	const char *words[EDITOR_WORDS_MAX] = { NULL };
	struct buf path = BUF_INIT, why = BUF_INIT;
	bool found = find_editor(mem, words, &path, &why);

	buf_free(&path);
	buf_free(&why);
	return found ? words[0] : NULL;
}

bool
editor_run(const char *file, struct buf *why)
{
	const char *words[EDITOR_WORDS_MAX] = { NULL };
	struct buf mem = BUF_INIT, path = BUF_INIT;
	struct child_status status = { CHILD_EXITED, 0 };
	size_t n = 0;
	bool found = find_editor(&mem, words, &path, why);

	if (found) {
		while (words[n] != NULL)
			n++;
		words[n] = file;
		words[n + 1] = NULL;
		child_terminal(buf_str(&path), words, &status);
		if (status.end == CHILD_NOT_STARTED)
			buf_addf(why, _("The editor \"%s\" cannot be started: %s."), words[0], strerror(status.code));
		else if (status.end == CHILD_SIGNALED)
			buf_addf(why, _("The editor \"%s\" was ended by signal %d."), words[0], status.code);
		else if (status.code != 0)
			buf_addf(why, _("The editor \"%s\" ended with status %d."), words[0], status.code);
	}
	buf_free(&mem);
	buf_free(&path);
	return found && why->len == 0;
}
