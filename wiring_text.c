/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wiring_text - our line, and command lines in other people's files
 *
 * A command line is looked through word by word, as a shell would cut it, only to see whether
 * one of its words is our program or a vacation(1); it is never run.  What
 * counts as ours to take out is a fixed form, so that a line that somebody wrote with
 * options of his own stays his.
 *
 * Limits: WIRING_PATH_MAX bytes of a word.
 */
#include "wiring_parts.h"

#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WIRING_PATH_MAX 1024
#define OUR_NAME "backsoon"
#define SHELL_GUARD "/bin/sh -c \""
#define GUARD " || exit 0"
#define MARK_BEGIN "# backsoon on put in what follows; backsoon off takes it out.\n"
#define MARK_END "# backsoon: up to here.\n"

static const char *const bin_directories[] = { "/usr/local/bin/", "/usr/bin/", "/bin/", "/opt/bin/" };

size_t
wiring_line(const char *p, const char *end, const char **next)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));
	size_t n = nl != NULL ? (size_t)(nl - p) : (size_t)(end - p);

	*next = nl != NULL ? nl + 1 : end;
	if (n > 0 && p[n - 1] == '\r')
		n--;
	return n;
}

static bool
is_plain(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr("/._+-", c) != NULL);
}

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool
wiring_program_fits(const char *path)
{
	const char *p;

	for (p = path; *p != '\0'; p++)
		if (!is_plain((unsigned char)*p))
			return false;
	return path[0] == '/' && p - path < WIRING_PATH_MAX && strcmp(base_of(path), OUR_NAME) == 0;
}

static bool
same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Whether the vacation that is called is our program under that name. */
static bool
vacation_is_us(const struct wiring_facts *f, const char *word)
{
	char path[WIRING_PATH_MAX + 16];
	struct stat st;
	size_t i;

	if (strchr(word, '/') != NULL)
		return same_file(word, f->program);
	for (i = 0; i < sizeof bin_directories / sizeof bin_directories[0]; i++) {
		snprintf(path, sizeof path, "%s%s", bin_directories[i], word);
		if (stat(path, &st) == 0)
			return same_file(path, f->program);
	}
	return false;
}

/* The next word, unquoted, with what separates commands cut off; false at the end. */
static bool
next_word(const char **p, const char *end, char word[WIRING_PATH_MAX])
{
	size_t n = 0;

	while (*p < end && strchr(" \t\r\"'\\;|&()=", **p) != NULL && **p != '\0')
		(*p)++;
	if (*p == end || **p == '#')
		return false;
	for (; *p < end && **p != '\0' && strchr(" \t\r\"'\\;|&()=", **p) == NULL; (*p)++)
		if (n < WIRING_PATH_MAX - 1)
			word[n++] = **p;
	word[n] = '\0';
	return n > 0;
}

enum wiring_command
wiring_command_of(const struct wiring_facts *f, const char *command, size_t n)
{
	const char *p = command;
	char word[WIRING_PATH_MAX];

	while (next_word(&p, command + n, word)) {
		if (strcmp(base_of(word), OUR_NAME) == 0)
			return word[0] == '/' && access(word, X_OK) != 0 ? WIRING_GONE : WIRING_US;
		if (strcmp(base_of(word), "vacation") == 0)
			return vacation_is_us(f, word) ? WIRING_US : WIRING_VACATION;
	}
	return WIRING_OTHER;
}

static size_t
path_length(const char *command, size_t n)
{
	size_t i = 0;

	while (i < n && is_plain((unsigned char)command[i]))
		i++;
	return i;
}

/* Whether what is left begins with `word', and goes behind it then. */
static bool
take(const char **p, const char *end, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(end - *p) < n || memcmp(*p, word, n) != 0)
		return false;
	*p += n;
	return true;
}

bool
wiring_is_our_command(const char *command, size_t n)
{
	const char *p = command, *end = command + n, *path;
	bool shell = take(&p, end, SHELL_GUARD);
	size_t len;

	path = p;
	len = path_length(p, (size_t)(end - p));
	p += len;
	if (len < sizeof OUR_NAME || path[0] != '/' || memcmp(p - sizeof OUR_NAME + 1, OUR_NAME, sizeof OUR_NAME - 1) != 0 ||
	    p[-(ptrdiff_t)sizeof OUR_NAME] != '/')
		return false;
	if (!take(&p, end, GUARD) && shell)
		return false;
	if (shell && !take(&p, end, "\""))
		return false;
	if (take(&p, end, " #"))
		p += path_length(p, (size_t)(end - p));
	return p == end;
}

void
wiring_put_block(const struct buf *before, size_t at, const char *lines, struct buf *after)
{
	if (at > 0)
		buf_add(after, before->data, at);
	if (at > 0 && before->data[at - 1] != '\n')
		buf_addc(after, '\n');
	buf_addf(after, MARK_BEGIN "%s\n" MARK_END, lines);
	if (at < before->len)
		buf_add(after, before->data + at, before->len - at);
}

bool
wiring_take_block(const struct buf *now, struct buf *lines, struct buf *rest)
{
	const char *begin, *end, *from;

	begin = now->len > 0 ? memmem(now->data, now->len, MARK_BEGIN, sizeof MARK_BEGIN - 1) : NULL;
	if (begin == NULL || (begin > now->data && begin[-1] != '\n'))
		return false;
	from = begin + sizeof MARK_BEGIN - 1;
	end = memmem(from, now->len - (size_t)(from - now->data), MARK_END, sizeof MARK_END - 1);
	if (end == NULL || end == from || end[-1] != '\n')
		return false;
	buf_add(lines, from, (size_t)(end - from) - 1);
	buf_add(rest, now->data, (size_t)(begin - now->data));
	end += sizeof MARK_END - 1;
	buf_add(rest, end, now->len - (size_t)(end - now->data));
	return true;
}
