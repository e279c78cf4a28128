/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule_similar - which time zone was meant?
 *
 * Looks through the directory of the zones that are installed, for a name
 * that is the same but for case, a blank or a few letters, or that ends in the
 * same place: `europe/berlin', `New York', `Germany/Berlin'.
 *
 * Failures: none; without memory or directory there is no suggestion.
 * Limits: SCHEDULE_SIMILAR_MAX names, SIMILAR_DEPTH directories.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schedule.h"
#include "schedule_parts.h"
#include "text.h"

#define SIMILAR_DEPTH 3
#define LETTERS_PER_MISTAKE 6	/* of the name: so many are needed for each letter that differs */

struct search {
	const char *wanted;
	unsigned best;			/* letters that differ, of those found */
	char found[SCHEDULE_SIMILAR_MAX][ZONE_NAME_MAX + 1];	/* in the alphabet's order */
	size_t n;
};

/* In lower case, `_' for a blank. */
static void
fold(char *out, size_t size, const char *name)
{
	size_t i;

	for (i = 0; i + 1 < size && name[i] != '\0'; i++)
		out[i] = name[i] == ' ' ? '_' : (char)text_lower((unsigned char)name[i]);
	out[i] = '\0';
}

static unsigned
allowed(const char *name)
{
	size_t n = strlen(name) / LETTERS_PER_MISTAKE;

	return n > 0 ? (unsigned)n : 1;
}

static const char *
last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash != NULL ? slash + 1 : name;
}

/* Letters that differ; TEXT_DISTANCE_MAX: another name. */
static unsigned
difference(const char *wanted, const char *name)
{
	char a[ZONE_NAME_MAX + 1], b[ZONE_NAME_MAX + 1];
	unsigned whole, last;

	fold(a, sizeof a, wanted);
	fold(b, sizeof b, name);
	whole = text_distance(a, b);
	if (whole <= allowed(a))
		return whole;
	last = text_distance(last_part(a), last_part(b));
	return last <= allowed(last_part(a)) ? last + 1 : TEXT_DISTANCE_MAX;
}

static void
consider(struct search *s, const char *name)
{
	unsigned d = difference(s->wanted, name);
	size_t at;

	/* The signs of Etc/GMT+1 are the other way round: not what anybody means. */
	if (d >= TEXT_DISTANCE_MAX || d > s->best || strncmp(last_part(name), "GMT", 3) == 0 || !schedule_zone_known(name))
		return;
	if (d < s->best)
		s->n = 0;
	s->best = d;
	for (at = 0; at < s->n && strcmp(s->found[at], name) < 0; at++)
		;
	if (at == SCHEDULE_SIMILAR_MAX)
		return;
	if (s->n < SCHEDULE_SIMILAR_MAX)
		s->n++;
	memmove(s->found + at + 1, s->found + at, (s->n - 1 - at) * sizeof s->found[0]);
	memcpy(s->found[at], name, strlen(name) + 1);
}

static bool
is_directory(int dir_fd, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR;
	return fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* The directory that fd is, which is closed; `prefix' are the ones above it. */
static void
search_directory(struct search *s, int fd, const char *prefix, int depth)
{
	char name[ZONE_NAME_MAX + 1];
	struct dirent *e;
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	size_t before = strlen(prefix);

	if (d == NULL) {
		if (fd != -1)
			close(fd);
		return;
	}
	memcpy(name, prefix, before);
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		/* `posix' and `right' hold all zones once more. */
		if (strchr(e->d_name, '.') != NULL || before + len + 1 >= sizeof name || strcmp(e->d_name, "posix") == 0 ||
		    strcmp(e->d_name, "right") == 0)
			continue;
		memcpy(name + before, e->d_name, len + 1);
		if (!is_directory(dirfd(d), e))
			consider(s, name);
		else if (depth > 1) {
			memcpy(name + before + len, "/", 2);
			search_directory(s, openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), name, depth - 1);
		}
	}
	closedir(d);
}

void
schedule_zone_similar(const char *zone, struct buf *out)
{
	struct search s = { .wanted = zone, .best = TEXT_DISTANCE_MAX };
	int saved = errno;
	size_t i;

	if (strlen(zone) > ZONE_NAME_MAX)
		return;
	search_directory(&s, open(zone_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "", SIMILAR_DEPTH);
	for (i = 0; i < s.n; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", s.found[i]);
	errno = saved;
}
