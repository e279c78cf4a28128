/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message - bounded, streaming reader of one message
 *
 * The header block is read into one piece of memory and taken apart in
 * place; the rest of the input is drained through a fixed buffer, and
 * its first part is kept in a memfd when somebody asked for it.  Nothing that the
 * sender can write makes us stop reading early: a limit that is exceeded
 * sets `problem', and the input is drained all the same, because an MTA that
 * cannot write the rest of the message to us takes that for a failed
 * delivery.
 *
 * Limits: MESSAGE_HEADER_MAX, MESSAGE_FIELDS_MAX.
 */
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "text.h"

#define CHUNK ((size_t)64 * 1024)	/* one read(2); what a pipe holds */
#define BLOCK (MESSAGE_HEADER_MAX + CHUNK)	/* address space; only what is read into becomes memory */
#define PAGE 4096
#define SMALL 4096		/* for draining when the block has no room */
#define FIELDS_FIRST 64
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U	/* Linux 6.3 */
#endif

/* Where the reader stands in the header block. */
struct reader {
	struct message *m;
	size_t len;		/* bytes of block that hold input */
	size_t line;		/* start of the line being looked at */
	char *value;		/* of the open field */
	char *out;		/* where its unfolded text ends */
	size_t fields_cap;
	size_t keep;		/* bytes of the input that are to be kept */
	int spool;		/* where they are, or -1 */
	bool open;		/* a field is being continued */
	bool first;		/* no line seen yet */
};

/* Whoever started us may have made it a descriptor that does not wait. */
static bool
comes_later(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return errno == EINTR || (errno == EAGAIN && (poll(&p, 1, -1) == 1 || errno == EINTR));
}

static ssize_t
read_some(int fd, void *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got == -1 && comes_later(fd));
	return got;
}

/* Where no bit is set there is no such field: sixty rules ask for names that
 * are hardly ever there. */
static uint64_t
name_bit(const char *name, size_t len)
{
	unsigned h;

	if (len == 0)
		return 0;
	h = (unsigned)len * 7 + ((unsigned char)name[0] | 0x20) * 5 + ((unsigned char)name[len - 1] | 0x20) * 3 +
	    ((unsigned char)name[len / 2] | 0x20);
	return (uint64_t)1 << (h % 64);
}

/* The open field's value ends where `out' is. */
static void
close_field(struct reader *r)
{
	struct field *f;
	char *value;
	size_t len;

	if (!r->open)
		return;
	r->open = false;
	f = &r->m->fields[r->m->nfields - 1];
	value = r->value;
	len = (size_t)(r->out - value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	value[len] = '\0';
	f->value_len = (uint32_t)len;
}

static void
give_up(struct reader *r, const char *problem)
{
	close_field(r);
	if (r->m->problem == NULL)
		r->m->problem = problem;
}

static bool
add_field(struct reader *r, char *name, size_t name_len, char *value)
{
	struct message *m = r->m;
	struct field *grown;
	size_t cap;

	if (m->nfields == MESSAGE_FIELDS_MAX) {
		give_up(r, "it has more header fields than are looked at");
		return false;
	}
	if (m->nfields == r->fields_cap) {
		cap = r->fields_cap == 0 ? FIELDS_FIRST : r->fields_cap * 2;
		grown = realloc(m->fields, cap * sizeof *grown);
		if (grown == NULL) {
			give_up(r, "not enough memory");
			return false;
		}
		m->fields = grown;
		r->fields_cap = cap;
	}
	m->fields[m->nfields++] = (struct field){ name, value, (uint32_t)name_len, 0 };
	m->names |= name_bit(name, name_len);
	return true;
}

/* Length of a field name at the start of the line, 0 when it is no field. */
static size_t
field_name(const char *line, size_t len, size_t *colon)
{
	size_t n = 0, at;

	while (n < len && (unsigned char)line[n] > ' ' && (unsigned char)line[n] < 0x7f && line[n] != ':')
		n++;
	for (at = n; at < len && (line[at] == ' ' || line[at] == '\t'); at++)
		;
	*colon = at;
	return at < len && line[at] == ':' ? n : 0;
}

static void
continue_field(struct reader *r, const char *line, size_t len)
{
	if (!r->open)
		return;
	memmove(r->out, line, len);
	r->out += len;
}

static void
start_field(struct reader *r, char *line, size_t len)
{
	size_t name_len, colon, skip;

	name_len = field_name(line, len, &colon);
	if (name_len == 0)
		return;
	for (skip = colon + 1; skip < len && (line[skip] == ' ' || line[skip] == '\t'); skip++)
		;
	if (!add_field(r, line, name_len, line + skip))
		return;
	line[name_len] = '\0';
	r->value = line + skip;
	r->out = line + len;
	r->open = true;
}

/* An mbox separator: `From ' that is not the field `From :'. */
static bool
is_from_line(const char *line, size_t len)
{
	size_t colon;

	if (len > 0 && line[0] == '>') {
		line++;
		len--;
	}
	return len >= 5 && memcmp(line, "From ", 5) == 0 && field_name(line, len, &colon) == 0;
}

/* One line without its end; the byte behind it may be written.  false: the header ends here. */
static bool
take_line(struct reader *r, char *line, size_t len)
{
	bool first = r->first;

	r->first = false;
	if (len == 0) {
		close_field(r);
		return false;
	}
	if (r->m->problem != NULL)
		return true;
	if (!first && (line[0] == ' ' || line[0] == '\t')) {
		continue_field(r, line, len);
		return true;
	}
	close_field(r);
	if (first && len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
		line += 3;
		len -= 3;
	}
	if (first && is_from_line(line, len)) {
		line[len] = '\0';
		r->m->from_line = line + (line[0] == '>' ? 6 : 5);
		return true;
	}
	start_field(r, line, len);
	return true;
}

/* Takes the complete lines that the block holds.  false: the header has ended. */
static bool
take_lines(struct reader *r, bool at_end)
{
	char *line, *end;
	size_t left, len;

	while (r->line < r->len) {
		line = r->m->block + r->line;
		left = r->len - r->line;
		end = memchr(line, '\n', left);
		if (end == NULL && !at_end)
			return true;
		len = end != NULL ? (size_t)(end - line) : left;
		r->line += len + (end != NULL);
		while (len > 0 && line[len - 1] == '\r')
			len--;
		if (!take_line(r, line, len))
			return false;
	}
	return true;
}

/* What cannot be kept is not: a reply without the original is better than none. */
static void
keep_bytes(struct reader *r, const char *p, size_t n)
{
	size_t room = r->keep - r->m->kept_len;
	ssize_t put;

	n = n < room ? n : room;
	while (n > 0) {
		put = write(r->spool, p, n);
		if (put == -1 && errno == EINTR)
			continue;
		if (put <= 0) {
			r->keep = r->m->kept_len;
			return;
		}
		p += put;
		n -= (size_t)put;
		r->m->kept_len += (size_t)put;
	}
}

static void
note_read_error(struct message *m)
{
	if (m->problem == NULL)
		m->problem = "reading it failed";
}

static void
drain_into(struct reader *r, int fd, char *p, size_t size)
{
	ssize_t got;

	while ((got = read_some(fd, p, size)) > 0) {
		r->m->size += (uint64_t)got;
		keep_bytes(r, p, (size_t)got);
	}
	if (got == -1)
		note_read_error(r->m);
}

/* Apart: a page of stack that is not needed is a page fault at each message. */
static __attribute__((noinline)) void
drain_by_little(struct reader *r, int fd)
{
	char small[SMALL];

	drain_into(r, fd, small, sizeof small);
}

/*
 * Into what the header has left of its block: `used' bytes of it are taken, and
 * the NUL behind them.  From a whole page on: the kernel copies half as fast to an odd address.
 */
static void
drain(struct reader *r, int fd)
{
	struct message *m = r->m;
	size_t used = r->len, pad = used + 1;

	if (m->block == NULL || BLOCK - used <= 2 * PAGE) {
		drain_by_little(r, fd);
		return;
	}
	pad += PAGE - ((uintptr_t)m->block + pad) % PAGE;
	drain_into(r, fd, m->block + pad, BLOCK - pad < CHUNK ? BLOCK - pad : CHUNK);
}

/* Values are C strings: a NUL counts as a space. */
static void
blank_nuls(char *p, size_t n)
{
	char *end = p + n;

	while ((p = memchr(p, '\0', (size_t)(end - p))) != NULL)
		*p = ' ';
}

static void
read_header(struct reader *r, int fd)
{
	struct message *m = r->m;
	ssize_t got;
	bool ended = false;

	while (!ended && r->len < MESSAGE_HEADER_MAX) {
		got = read_some(fd, m->block + r->len, CHUNK);
		if (got <= 0) {
			if (got == -1)
				note_read_error(m);
			take_lines(r, true);
			close_field(r);
			return;
		}
		m->size += (uint64_t)got;
		keep_bytes(r, m->block + r->len, (size_t)got);
		blank_nuls(m->block + r->len, (size_t)got);
		r->len += (size_t)got;
		ended = !take_lines(r, false);
	}
	if (!ended || r->line > MESSAGE_HEADER_MAX)
		give_up(r, "its header is larger than is looked at");
}

static void
find_first_received(struct message *m)
{
	const struct field *f;

	m->first_received = m->nfields;
	f = message_find(m, "Received", NULL);
	if (f != NULL)
		m->first_received = (size_t)(f - m->fields);
}

/* A memfd that is executable nowhere, not even where the system asks for that (vm.memfd_noexec). */
static int
open_spool(void)
{
	int fd = memfd_create("message", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	return fd >= 0 ? fd : memfd_create("message", MFD_CLOEXEC);
}

static void
map_kept(struct reader *r)
{
	struct message *m = r->m;
	void *kept = m->kept_len > 0 ? mmap(NULL, m->kept_len, PROT_READ, MAP_PRIVATE, r->spool, 0) : MAP_FAILED;

	if (kept == MAP_FAILED)
		m->kept_len = 0;
	else
		m->kept = kept;
	if (r->spool != -1)
		close(r->spool);
}

bool
message_read(struct message *m, int fd, size_t keep)
{
	struct reader r = { .m = m, .first = true, .spool = -1 };

	*m = (struct message){ .kept = NULL };
	if (keep > 0 && (r.spool = open_spool()) != -1)
		r.keep = keep;
	m->block = malloc(BLOCK + 1);
	if (m->block != NULL)
		read_header(&r, fd);
	else
		m->problem = "not enough memory";
	drain(&r, fd);
	find_first_received(m);
	if (keep > 0)
		map_kept(&r);
	return m->problem == NULL;
}

void
message_free(struct message *m)
{
	free(m->fields);
	free(m->block);
	if (m->kept != NULL)
		munmap((void *)(uintptr_t)m->kept, m->kept_len);
	*m = (struct message){ .kept = NULL };
}

const struct field *
message_find(const struct message *m, const char *name, const struct field *after)
{
	size_t len = strlen(name);
	const struct field *f;

	if (m->nfields == 0 || (m->names & name_bit(name, len)) == 0)
		return NULL;
	for (f = after == NULL ? m->fields : after + 1; f < m->fields + m->nfields; f++)
		if (f->name_len == len && text_equal(f->name, name))
			return f;
	return NULL;
}

const char *
message_value(const struct message *m, const char *name)
{
	const struct field *f = message_find(m, name, NULL);

	return f != NULL ? f->value : NULL;
}

bool
message_is_trace(const struct message *m, const struct field *f)
{
	return (size_t)(f - m->fields) < m->first_received;
}
