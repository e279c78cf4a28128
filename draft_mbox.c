/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft_mbox - the last message of an mbox
 *
 * The file is read from its end, in pieces that grow, until a message begins in
 * what was read.  Messages are told apart by a From_ line with a date; a Content-Length
 * counts only where it leads to the next such line, or to the end.  Deleted messages
 * and the mail server's notes are passed over, `>From ' is unquoted.
 *
 * Whoever writes the file holds an fcntl lock or FILE.lock: a shared lock is
 * taken and FILE.lock waited for, DRAFT_LOCK_MS in all.  A file that changed
 * while it was read, by one who knows neither, is read again.
 *
 * Failures: draft.h.  Limits: DRAFT_MBOX_TAIL_MAX, DRAFT_LOCK_MS.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "draft_parts.h"
#include "template.h"

#define TAIL_FIRST ((size_t)64 * 1024)
#define TAIL_GROWS 4
#define CHUNK ((size_t)64 * 1024)
#define WAIT_NS 20000000		/* between two looks at a lock */
#define STALE_S 300			/* a FILE.lock that is older was left behind */
#define LINE_MAX_SEEN 200		/* of a From_ line */
#define YEAR_DIGITS 4
#define BLANK_LINES 2		/* behind a message whose length is known */
#define FROM_LINE "From "

struct mbox {
	struct draft_source *source;
	int fd;
	struct stat st;		/* when it was locked */
	struct buf tail;
	size_t before;		/* bytes of the file before the tail */
};

struct span {
	const char *p, *end;
};

static bool
is_digits(const char *p, const char *end, size_t n)
{
	if ((size_t)(end - p) < n)
		return false;
	while (n-- > 0)
		if (p[n] < '0' || p[n] > '9')
			return false;
	return true;
}

/* `From anna@example.org Mon Jun  1 12:00:00 2026': a time, and a year behind it. */
static bool
is_from_line(const char *p, const char *end)
{
	const char *eol, *q;
	bool timed = false;

	if ((size_t)(end - p) < strlen(FROM_LINE) || memcmp(p, FROM_LINE, strlen(FROM_LINE)) != 0)
		return false;
	eol = memchr(p, '\n', (size_t)(end - p));
	if (eol == NULL || eol - p > LINE_MAX_SEEN)
		return false;
	for (q = p + strlen(FROM_LINE); q < eol; q++) {
		if (*q == ':' && is_digits(q - 2, q, 2) && is_digits(q + 1, eol, 2))
			timed = true;
		else if (timed && *q == ' ' && is_digits(q + 1, eol, YEAR_DIGITS))
			return true;
	}
	return false;
}

/* The first From_ line whose line end before it is at p or behind, or the end. */
static const char *
next_from_line(const char *p, const char *end)
{
	while ((p = memmem(p, (size_t)(end - p), "\n" FROM_LINE, strlen("\n" FROM_LINE))) != NULL)
		if (is_from_line(++p, end))
			return p;
	return end;
}

static const char *
line_after(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol != NULL ? eol + 1 : end;
}

static bool
is_blank(const char *p, const char *end)
{
	return p < end && (*p == '\n' || (*p == '\r' && end - p > 1 && p[1] == '\n'));
}

/* Where its body begins. */
static const char *
body_of(const char *p, const char *end)
{
	while (p < end && !is_blank(p, end)) {
		if (is_from_line(p, end))
			return p;
		p = line_after(p, end);
	}
	return p < end ? line_after(p, end) : end;
}

/* Where Content-Length says that the message ends, NULL unless the next one, or nothing, is there. */
static const char *
end_by_length(const char *head, const char *body, const char *end)
{
	size_t value_len, blanks;
	const char *value = template_head_value(head, (size_t)(body - head), "Content-Length", &value_len), *p;
	unsigned long long length;

	if (value == NULL)
		return NULL;
	blanks = strspn(value, " \t");
	if (!is_digits(value + blanks, body, 1))
		return NULL;
	errno = 0;
	length = strtoull(value + blanks, NULL, 10);
	if (errno != 0 || length > (unsigned long long)(end - body))
		return NULL;
	p = body + length;
	for (int i = 0; i < BLANK_LINES && is_blank(p, end); i++)
		p = line_after(p, end);
	return p == end || (p[-1] == '\n' && is_from_line(p, end)) ? p : NULL;
}

static bool
is_deleted(const char *head, size_t len)
{
	static const char fields[][16] = { "Status", "X-Status" };
	size_t value_len;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		const char *value = template_head_value(head, len, fields[i], &value_len);

		if (value != NULL && memchr(value, 'D', value_len) != NULL)
			return true;
	}
	return false;
}

/* The last message in what was read that counts; false: none. */
static bool
last_message(const struct mbox *m, struct span *last)
{
	const char *p = buf_str(&m->tail), *end = p + m->tail.len, *head, *body, *next;
	bool found = false;

	if (m->before > 0 || !is_from_line(p, end))
		p = next_from_line(p, end);
	for (; p < end; p = next) {
		head = line_after(p, end);
		body = body_of(head, end);
		next = end_by_length(head, body, end);
		/* The line end before the body may be the one before the next From_ line. */
		if (next == NULL)
			next = next_from_line(body - 1, end);
		if (is_deleted(head, (size_t)(body - head)) || draft_is_internal(head, (size_t)(body - head)))
			continue;
		*last = (struct span){ head, next };
		found = true;
	}
	return found;
}

/* Without the line of the mbox format at its end, and with one > less where From is quoted. */
static void
put_message(struct buf *out, struct span s)
{
	const char *body = body_of(s.p, s.end), *p, *q, *next;

	if (s.end - s.p > 1 && s.end[-1] == '\n' && s.end[-2] == '\n' && s.end > body)
		s.end--;
	buf_add(out, s.p, (size_t)(body - s.p));
	for (p = body; p < s.end; p = next) {
		next = line_after(p, s.end);
		q = p;
		while (q < next && *q == '>')
			q++;
		if (q > p && (size_t)(next - q) >= strlen(FROM_LINE) && memcmp(q, FROM_LINE, strlen(FROM_LINE)) == 0)
			p++;
		buf_add(out, p, (size_t)(next - p));
	}
}

static bool
read_tail(struct mbox *m, size_t want)
{
	size_t size = (size_t)m->st.st_size;
	char *chunk = malloc(CHUNK);
	ssize_t got = 0;

	buf_reset(&m->tail);
	m->before = size > want ? size - want : 0;
	while (chunk != NULL && m->before + m->tail.len < size && !m->tail.failed) {
		size_t left = size - m->before - m->tail.len;

		got = pread(m->fd, chunk, left < CHUNK ? left : CHUNK, (off_t)(m->before + m->tail.len));
		if (got == 0 || (got == -1 && errno != EINTR))
			break;
		if (got > 0)
			buf_add(&m->tail, chunk, (size_t)got);
	}
	if (chunk == NULL || m->tail.failed) {
		errno = ENOMEM;
		got = -1;
	}
	free(chunk);
	return got != -1;
}

/* Has m->fd changed since it was locked? */
static bool
is_same(const struct mbox *m)
{
	struct stat now;

	return fstat(m->fd, &now) == 0 && now.st_size == m->st.st_size && now.st_mtim.tv_sec == m->st.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == m->st.st_mtim.tv_nsec;
}

static enum draft_found
take_last(struct mbox *m)
{
	struct draft_source *s = m->source;
	size_t want = TAIL_FIRST;
	struct span last;

	for (;; want *= TAIL_GROWS) {
		if (!read_tail(m, want))
			return draft_fail(s, errno, "%s: %s", s->folder, strerror(errno));
		if (last_message(m, &last))
			break;
		if (m->before == 0 && m->tail.len > 0 && !is_from_line(buf_str(&m->tail), buf_str(&m->tail) + m->tail.len))
			return draft_fail(s, EINVAL, "%s is no mbox: it does not begin with a From line", s->folder);
		if (m->before == 0) {
			buf_addf(s->why, "there is no message in %s", s->folder);
			return DRAFT_NONE;
		}
		if (want >= DRAFT_MBOX_TAIL_MAX)
			return draft_fail(s, EFBIG, "no message begins in the last %zu bytes of %s", DRAFT_MBOX_TAIL_MAX, s->folder);
	}
	if ((size_t)(last.end - last.p) > s->max)
		return draft_fail(s, EFBIG, "the last message of %s has more than %zu bytes", s->folder, s->max);
	buf_reset(s->raw);
	put_message(s->raw, last);
	return DRAFT_FOUND;
}

static bool
is_dot_locked(const struct mbox *m, const char *lock)
{
	const char *place;
	struct stat st;
	int dir_fd;

	place = home_place(m->source->home, lock, &dir_fd);
	return fstatat(dir_fd, place, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtim.tv_sec > time(NULL) - STALE_S;
}

/* false: not now. */
static bool
lock(struct mbox *m, const char *dot_lock)
{
	struct flock how = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	if (fcntl(m->fd, F_SETLK, &how) == -1 && (errno == EACCES || errno == EAGAIN || errno == EINTR))
		return false;
	if (fstat(m->fd, &m->st) == 0 && !is_dot_locked(m, dot_lock))
		return true;
	how.l_type = F_UNLCK;
	fcntl(m->fd, F_SETLK, &how);
	return false;
}

/* One try: false, and nothing is said, when somebody writes it. */
static bool
read_locked(struct mbox *m, const char *dot_lock, enum draft_found *found)
{
	size_t said = m->source->why->len;
	int error;
	bool same;

	if (!lock(m, dot_lock))
		return false;
	*found = take_last(m);
	error = errno;
	same = is_same(m) && !is_dot_locked(m, dot_lock);
	errno = error;
	if (same)
		return true;
	buf_truncate(m->source->why, said);
	return false;
}

enum draft_found
draft_from_mbox(struct draft_source *s)
{
	static const struct timespec wait = { 0, WAIT_NS };
	struct mbox m = { .source = s, .fd = home_open_file(s->home, s->folder, s->why) };
	int64_t deadline = deadline_clock() + DRAFT_LOCK_MS;
	struct buf dot_lock = BUF_INIT;
	enum draft_found found = DRAFT_FAILED;
	bool done;
	int error;

	if (m.fd == -1)
		return draft_unopened();
	buf_addf(&dot_lock, "%s.lock", s->folder);
	while (!(done = read_locked(&m, buf_str(&dot_lock), &found)) && deadline_left(deadline) > 0)
		nanosleep(&wait, NULL);
	if (!done)
		found = draft_fail(s, EAGAIN, "%s is being written by another program", s->folder);
	error = errno;
	close(m.fd);
	buf_free(&m.tail);
	buf_free(&dot_lock);
	errno = error;
	return found;
}
