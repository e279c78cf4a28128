/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_lock - the table's lock, and the counters that live in its file
 *
 * gdbm's own lock fails at once instead of waiting, and would sit on a file
 * that repairs replace.  This one is flock(2) on a file of its own, asked for
 * again and again until the deadline: no signal, no timer, nothing to leave
 * behind when the process is killed.
 *
 * The counters are written by one pwrite(2) of one block before the table is
 * touched, so that a crash counts too much and never too little.  A block
 * whose checksum is wrong is forgotten: the entries are counted again, the
 * storm brake begins anew.
 *
 * Failures: BUSY at the deadline; FULL; UNREADABLE for a link, a foreign
 * owner or foreign contents; ERROR for the rest (ENOLCK, EIO, ESTALE).
 */
#include "vacation_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"

#define MAGIC "backsoon table lock 1\n"
#define BLOCK 4096		/* bytes of the file */
#define AT_FIELDS 32		/* offsets in it */
#define AT_DOMAINS 128
#define AT_CURSOR (AT_DOMAINS + 2 * LOCK_DOMAINS * 4)
#define AT_SUM (BLOCK - 16)
#define AT_MARK (BLOCK - 1)	/* behind the sum: changed alone */
#define DOMAIN_MIX 0x9e3779b97f4a7c15u	/* spreads the hash of short names */
#define BRAKED_MAX VACATION_DB_KEEP_MIN	/* seconds for which the brake is tightened at most */
#define POLL_FIRST 500		/* microseconds between two attempts: at first, */
#define POLL_LAST 4000		/* and at most */

_Static_assert(AT_CURSOR + 2 + RECORD_KEY_MAX <= AT_SUM, "the cursor fits into the lock file");

static const int64_t width[2] = { 3600, 86400 };

bool
lock_trusted(const struct stat *st, const char *what, char *detail, size_t size)
{
	const char *wrong = NULL;

	if (!S_ISREG(st->st_mode))
		wrong = "is not a regular file";
	else if (st->st_uid != geteuid() && st->st_uid != 0)
		wrong = "belongs to somebody else";
	else if (st->st_mode & S_IWOTH)
		wrong = "can be written by everybody";
	if (wrong != NULL)
		snprintf(detail, size, "the %s %s: left alone", what, wrong);
	return wrong == NULL;
}

enum vacation_db_result
lock_errno(int error, const char *what, char *detail, size_t size)
{
	if (error == ELOOP)
		snprintf(detail, size, "the %s is a symbolic link: left alone", what);
	else
		snprintf(detail, size, "the %s: %s", what, strerror(error));
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return VACATION_DB_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
	case ELOOP:
	case EISDIR:
	case ENOTDIR:
	case ENXIO:
		return VACATION_DB_UNREADABLE;
	default:
		return VACATION_DB_ERROR;
	}
}

/* The mode is given by fchmod(2): a umask of the mail system's must not decide who can read the table's file. */
static int
lock_open(int dir_fd, const char *name, bool exclusive)
{
	const int flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd, tries;

	for (tries = 0; tries < 3; tries++) {
		fd = openat(dir_fd, name, (exclusive ? O_RDWR : O_RDONLY) | flags);
		if (fd >= 0 || errno != ENOENT || !exclusive)
			return fd;
		fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
		if (fd >= 0 && fchmod(fd, 0600) == 0)
			return fd;
		if (fd >= 0) {
			close(fd);
			return -1;
		}
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

/* Attempts spread out: processes that were started together do not stay in step. */
static void
lock_pause(int *pause, int64_t deadline)
{
	struct timespec ts;
	int left = deadline_left(deadline);

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_nsec = (*pause / 2 + (int)((ts.tv_nsec / 100 + getpid()) % *pause)) * 1000L;
	ts.tv_sec = 0;
	if (left > 0 && ts.tv_nsec > left * 1000000L)
		ts.tv_nsec = left * 1000000L;
	nanosleep(&ts, NULL);
	if (*pause < POLL_LAST)
		*pause += *pause / 4;
}

static enum vacation_db_result
lock_wait(int fd, bool exclusive, int64_t deadline, char *detail, size_t size)
{
	int pause = POLL_FIRST;

	while (flock(fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return lock_errno(errno, "table's lock", detail, size);
		if (deadline_left(deadline) == 0) {
			snprintf(detail, size, "the table's lock was not had in time: another process holds it");
			return VACATION_DB_BUSY;
		}
		lock_pause(&pause, deadline);
	}
	return VACATION_DB_GRANTED;
}

bool
lock_current(int fd, int dir_fd, const char *name)
{
	struct stat have, there;

	return fstat(fd, &have) == 0 && fstatat(dir_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    have.st_dev == there.st_dev && have.st_ino == there.st_ino;
}

enum vacation_db_result
lock_take(int dir_fd, const char *name, bool exclusive, int64_t deadline, int *fd, char *detail, size_t size)
{
	int64_t latest = deadline_clock() + VACATION_DB_LOCK_MS;
	enum vacation_db_result result;
	struct stat st;
	int pause = POLL_FIRST;

	if (deadline > latest)
		deadline = latest;
	for (;; lock_pause(&pause, deadline)) {
		*fd = lock_open(dir_fd, name, exclusive);
		if (*fd < 0 && errno == ENOENT && !exclusive)
			return VACATION_DB_GRANTED;
		if (*fd < 0)
			return lock_errno(errno, "table's lock file", detail, size);
		if (fstat(*fd, &st) != 0)
			result = lock_errno(errno, "table's lock file", detail, size);
		else if (!lock_trusted(&st, "table's lock file", detail, size))
			result = VACATION_DB_UNREADABLE;
		else
			result = lock_wait(*fd, exclusive, deadline, detail, size);
		if (result == VACATION_DB_GRANTED && lock_current(*fd, dir_fd, name))
			return result;
		close(*fd);
		*fd = -1;
		if (result != VACATION_DB_GRANTED)
			return result;
		if (deadline_left(deadline) == 0) {
			snprintf(detail, size, "the table's lock file is replaced again and again");
			return VACATION_DB_BUSY;
		}
	}
}

static void
state_empty(struct lock_state *s)
{
	memset(s, 0, offsetof(struct lock_state, cursor));
	s->entries = LOCK_UNKNOWN;
	s->cursor.len = 0;
}

static void
state_decode(struct lock_state *s, const unsigned char *block)
{
	int w, i;

	s->entries = record_get32(block + AT_FIELDS);
	s->place = (enum lock_place)record_get32(block + AT_FIELDS + 4);
	s->counted = (int64_t)record_get64(block + AT_FIELDS + 8);
	s->braked = (int64_t)record_get64(block + AT_FIELDS + 16);
	for (w = 0; w < 2; w++) {
		s->start[w] = (int64_t)record_get64(block + AT_FIELDS + 24 + 16 * w);
		s->total[w] = record_get32(block + AT_FIELDS + 32 + 16 * w);
		for (i = 0; i < LOCK_DOMAINS; i++)
			s->domain[w][i] = record_get32(block + AT_DOMAINS + 4 * (w * LOCK_DOMAINS + i));
	}
	s->cursor.len = record_get16(block + AT_CURSOR);
	if (s->cursor.len > RECORD_KEY_MAX)
		s->cursor.len = 0;
	memcpy(s->cursor.data, block + AT_CURSOR + 2, s->cursor.len);
}

enum vacation_db_result
lock_read(int fd, struct lock_state *s, char *detail, size_t size)
{
	static const unsigned char zero[sizeof MAGIC - 1];
	unsigned char block[BLOCK + 1];
	ssize_t n;

	state_empty(s);
	do
		n = pread(fd, block, sizeof block, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return lock_errno(errno, "table's lock file", detail, size);
	s->changing = n == BLOCK && block[AT_MARK] != 0;
	if (n == 0 || (n <= BLOCK && n >= (ssize_t)sizeof zero && memcmp(block, zero, sizeof zero) == 0))
		return VACATION_DB_GRANTED;
	if (n > BLOCK || n < (ssize_t)sizeof zero || memcmp(block, MAGIC, sizeof zero) != 0) {
		snprintf(detail, size, "the table's lock file holds something that backsoon did not write: left alone");
		return VACATION_DB_UNREADABLE;
	}
	if (n == BLOCK && record_get64(block + AT_SUM) == record_hash(0, block, AT_SUM))
		state_decode(s, block);
	return VACATION_DB_GRANTED;
}

enum vacation_db_result
lock_write(int fd, const struct lock_state *s, char *detail, size_t size)
{
	unsigned char block[BLOCK] = MAGIC;
	ssize_t n;
	int w, i;

	record_put32(block + AT_FIELDS, s->entries);
	record_put32(block + AT_FIELDS + 4, s->place);
	record_put64(block + AT_FIELDS + 8, (uint64_t)s->counted);
	record_put64(block + AT_FIELDS + 16, (uint64_t)s->braked);
	for (w = 0; w < 2; w++) {
		record_put64(block + AT_FIELDS + 24 + 16 * w, (uint64_t)s->start[w]);
		record_put32(block + AT_FIELDS + 32 + 16 * w, s->total[w]);
		for (i = 0; i < LOCK_DOMAINS; i++)
			record_put32(block + AT_DOMAINS + 4 * (w * LOCK_DOMAINS + i), s->domain[w][i]);
	}
	record_put16(block + AT_CURSOR, (uint16_t)s->cursor.len);
	memcpy(block + AT_CURSOR + 2, s->cursor.data, s->cursor.len);
	record_put64(block + AT_SUM, record_hash(0, block, AT_SUM));
	block[AT_MARK] = s->changing;
	do
		n = pwrite(fd, block, sizeof block, 0);
	while (n < 0 && errno == EINTR);
	if (n == BLOCK)
		return VACATION_DB_GRANTED;
	return lock_errno(n < 0 ? errno : ENOSPC, "table's lock file", detail, size);
}

bool
lock_mark(int fd, bool changing)
{
	const unsigned char byte = changing;
	ssize_t n;

	do
		n = pwrite(fd, &byte, 1, AT_MARK);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

enum lock_place
lock_place(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct lock_state s = { .place = LOCK_NOWHERE };
	struct stat st;
	char ignored[1];

	if (fd >= 0 && fstat(fd, &st) == 0 && lock_trusted(&st, "", ignored, sizeof ignored))
		lock_read(fd, &s, ignored, sizeof ignored);
	if (fd >= 0)
		close(fd);
	return s.place;
}

static bool
future(const struct lock_state *s, int w, int64_t now)
{
	return s->start[w] > now && s->start[w] - now > VACATION_DB_FUTURE_MAX;
}

/* A window begins with the first answer that it counts. */
static bool
running(const struct lock_state *s, int w, int64_t now)
{
	return s->start[w] != 0 && (future(s, w, now) || now - s->start[w] < width[w]);
}

bool
lock_ahead(const struct lock_state *s, int64_t now)
{
	return future(s, 0, now) || future(s, 1, now) || (s->braked > now && s->braked - now > BRAKED_MAX);
}

bool
lock_note(struct lock_state *s, int64_t now)
{
	bool ahead = lock_ahead(s, now);
	int w;

	for (w = 0; w < 2; w++)
		if (future(s, w, now))
			s->start[w] = now;
	if (s->braked > now && s->braked - now > BRAKED_MAX)
		s->braked = now + BRAKED_MAX;
	return ahead;
}

static unsigned
domain_slot(const char *sender)
{
	const char *at = strrchr(sender, '@');
	const char *domain = at != NULL ? at + 1 : sender;
	uint64_t h = record_hash(0, domain, strlen(domain));

	return (unsigned)((h ^ h >> 32) * DOMAIN_MIX >> 32) % LOCK_DOMAINS;
}

int64_t
lock_storm(const struct lock_state *s, const struct vacation_db_limits *limits, const char *sender, int64_t now)
{
	const uint32_t wanted[2] = { limits->max_per_hour, limits->max_per_day };
	const unsigned slot = domain_slot(sender);
	uint32_t max, half;
	int64_t until = 0, end;
	int w;

	for (w = 0; w < 2; w++) {
		max = wanted[w];
		if (now < s->braked)
			max = (max + 9) / 10;
		half = max > 1 ? max / 2 : 1;
		if (wanted[w] == 0 || limits->contact || !running(s, w, now))
			continue;
		end = (future(s, w, now) ? now : s->start[w]) + width[w];
		if ((s->total[w] >= max || s->domain[w][slot] >= half) && end > until)
			until = end;
	}
	return until;
}

void
lock_count(struct lock_state *s, const char *sender, int64_t now)
{
	int w;

	lock_note(s, now);
	for (w = 0; w < 2; w++) {
		if (!running(s, w, now)) {
			s->start[w] = now;
			s->total[w] = 0;
			memset(s->domain[w], 0, sizeof s->domain[w]);
		}
		s->total[w]++;
		s->domain[w][domain_slot(sender)]++;
	}
}

void
lock_uncount(struct lock_state *s, const char *sender, const uint32_t slot[2])
{
	uint32_t *domain;
	int w;

	for (w = 0; w < 2; w++) {
		domain = &s->domain[w][domain_slot(sender)];
		if (slot[w] == 0 || slot[w] != (uint32_t)s->start[w] || s->total[w] == 0 || *domain == 0)
			continue;
		s->total[w]--;
		--*domain;
	}
}
