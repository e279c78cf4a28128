/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal - the last decisions and counters, written without a lock
 *
 * A writer takes a sequence number, a slot of its ring and a place in the
 * day's counters by atomic operations on the mapped head of the file, then
 * writes its record with one pwrite(2).  A record that was torn by a crash, or by a
 * writer a whole ring behind, fails its checksum and is skipped by readers,
 * who copy the file and never map it.
 *
 * Who cuts the file short while its head is mapped would end the process by
 * SIGBUS: for the few accesses a handler jumps out of them, and what was in its
 * place before is put back.  This takes a static variable, and makes
 * journal_add() unfit for two threads at once.
 *
 * Over NFS atomic means on one host; writers on two may cost records.
 */
#include "journal.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal_file.h"
#include "text.h"

#define ADD_TRIES 100		/* while others mend a damaged file */
#define DAY 86400
#define COUNT_MASK UINT32_MAX

/* A record on disk: its checksum over all that follows, then numbers, then
 * texts, each with its closing NUL. */
enum {
	AT_CHECKSUM = 0,
	AT_SEQUENCE = 8,
	AT_TIME = 16,
	AT_CODE = 24,
	AT_RING = 26,
	AT_OUTCOME = 32,
	AT_RULE = AT_OUTCOME + sizeof((struct journal_entry *)0)->outcome,
	AT_SENDER = AT_RULE + sizeof((struct journal_entry *)0)->rule,
	AT_RECIPIENT = AT_SENDER + sizeof((struct journal_entry *)0)->sender,
	AT_SUBJECT = AT_RECIPIENT + sizeof((struct journal_entry *)0)->recipient,
	AT_WHY = AT_SUBJECT + sizeof((struct journal_entry *)0)->subject,
	AT_END = AT_WHY + sizeof((struct journal_entry *)0)->why
};
_Static_assert(AT_END == JOURNAL_RECORD, "a record fills its slot");

struct journal {
	uint64_t cells[JOURNAL_DAYS][JOURNAL_RULES];
	size_t count;
	struct journal_entry entries[2 * JOURNAL_SLOTS];
};

enum state { ADDED, FAILED, UNFIT };	/* UNFIT: the file itself is not right */

static sigjmp_buf bus_jump;

void
journal_text(char *field, size_t size, const char *text)
{
	size_t len = 0;

	if (text != NULL)
		len = text_utf8_cut(text, strlen(text), size - 1);
	if (len > 0)
		memcpy(field, text, len);
	field[len] = '\0';
}

static void
put64(unsigned char *p, uint64_t n)
{
	n = htole64(n);
	memcpy(p, &n, sizeof n);
}

static uint64_t
get64(const unsigned char *p)
{
	uint64_t n;

	memcpy(&n, p, sizeof n);
	return le64toh(n);
}

/* Against tearing and decay, not against malice. */
static uint64_t
checksum(const unsigned char *record)
{
	uint64_t h = UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = AT_SEQUENCE; i < JOURNAL_RECORD; i += sizeof h) {
		h = (h ^ get64(record + i)) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	return h;
}

static void
put_text(unsigned char *p, const char *text, size_t size)
{
	for (size_t i = 0; i + 1 < size && text[i] != '\0'; i++)
		p[i] = (unsigned char)text[i];
}

static void
encode(unsigned char *record, const struct journal_entry *e)
{
	memset(record, 0, JOURNAL_RECORD);
	put64(record + AT_SEQUENCE, e->sequence);
	put64(record + AT_TIME, (uint64_t)e->time);
	record[AT_CODE] = (unsigned char)(e->code & 0xff);
	record[AT_CODE + 1] = (unsigned char)(e->code >> 8);
	record[AT_RING] = (unsigned char)e->ring;
	put_text(record + AT_OUTCOME, e->outcome, sizeof e->outcome);
	put_text(record + AT_RULE, e->rule, sizeof e->rule);
	put_text(record + AT_SENDER, e->sender, sizeof e->sender);
	put_text(record + AT_RECIPIENT, e->recipient, sizeof e->recipient);
	put_text(record + AT_SUBJECT, e->subject, sizeof e->subject);
	put_text(record + AT_WHY, e->why, sizeof e->why);
	put64(record + AT_CHECKSUM, checksum(record));
}

static void
get_text(char *text, const unsigned char *p, size_t size)
{
	memcpy(text, p, size - 1);
	text[size - 1] = '\0';
}

static bool
decode(const unsigned char *record, enum journal_ring ring, struct journal_entry *e)
{
	e->sequence = get64(record + AT_SEQUENCE);
	if (e->sequence == 0 || record[AT_RING] != ring || get64(record + AT_CHECKSUM) != checksum(record))
		return false;
	e->time = (int64_t)get64(record + AT_TIME);
	e->ring = ring;
	e->code = (uint16_t)(record[AT_CODE] | record[AT_CODE + 1] << 8);
	get_text(e->outcome, record + AT_OUTCOME, sizeof e->outcome);
	get_text(e->rule, record + AT_RULE, sizeof e->rule);
	get_text(e->sender, record + AT_SENDER, sizeof e->sender);
	get_text(e->recipient, record + AT_RECIPIENT, sizeof e->recipient);
	get_text(e->subject, record + AT_SUBJECT, sizeof e->subject);
	get_text(e->why, record + AT_WHY, sizeof e->why);
	return true;
}

/*
 * Fetch-and-add on a little-endian number, whatever the machine's order.  It is
 * guessed first, not read: a page that is touched by reading it costs a second fault when it is written to.
 */
static uint64_t
take_number(_Atomic uint64_t *number)
{
	uint64_t old = 0;

	while (!atomic_compare_exchange_weak(number, &old, htole64(le64toh(old) + 1)))
		;
	return le64toh(old);
}

static uint32_t
day_number(int64_t t)
{
	return (uint32_t)(t / DAY - (t % DAY < 0));
}

/* The day stands in the cell beside the count, so that the first one of a
 * new day resets it without a lock. */
static void
count(_Atomic uint64_t *cell, uint32_t day)
{
	uint64_t old = 0, value;

	do {
		value = le64toh(old);
		if (value >> 32 != day)
			value = (uint64_t)day << 32;
		if ((value & COUNT_MASK) < COUNT_MASK)
			value++;
	} while (!atomic_compare_exchange_weak(cell, &old, htole64(value)));
}

static void
take_slot(struct journal_head *head, struct journal_entry *e, uint64_t *slot)
{
	uint32_t day = day_number(e->time);

	e->sequence = take_number(&head->sequence) + 1;
	*slot = take_number(&head->next[e->ring]) % JOURNAL_SLOTS;
	count(&head->cells[day % JOURNAL_DAYS][e->code], day);
}

static void
on_bus_error(int number)
{
	(void)number;
	siglongjmp(bus_jump, 1);
}

/* take_slot(), surviving a file that gets shorter under it. */
static enum state
take_slot_guarded(struct journal_head *head, struct journal_entry *e, uint64_t *slot)
{
	struct sigaction ours = { .sa_handler = on_bus_error, .sa_flags = SA_NODEFER }, before;
	volatile enum state state = ADDED;

	if (sigaction(SIGBUS, &ours, &before) != 0)
		return FAILED;
	if (sigsetjmp(bus_jump, 0) == 0)
		take_slot(head, e, slot);
	else {
		state = FAILED;
		errno = EIO;
	}
	sigaction(SIGBUS, &before, NULL);
	return state;
}

static enum state
write_record(int fd, const struct journal_entry *e, uint64_t slot)
{
	unsigned char record[JOURNAL_RECORD];
	uint64_t at = JOURNAL_HEAD + ((uint64_t)e->ring * JOURNAL_SLOTS + slot) * JOURNAL_RECORD;
	ssize_t n;

	encode(record, e);
	do
		n = pwrite(fd, record, sizeof record, (off_t)at);
	while (n == -1 && errno == EINTR);
	if (n >= 0 && n != (ssize_t)sizeof record)
		errno = EIO;
	return n == (ssize_t)sizeof record ? ADDED : FAILED;
}

static bool
is_ours(int fd)
{
	unsigned char fixed[JOURNAL_FIXED];

	return pread(fd, fixed, sizeof fixed, 0) == (ssize_t)sizeof fixed && journal_file_check(fixed) == 0;
}

static enum state
append(int fd, struct journal_entry *e)
{
	struct journal_head *head;
	struct stat st;
	enum state state;
	uint64_t slot = 0;

	if (fstat(fd, &st) != 0)
		return FAILED;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid()) {
		errno = EPERM;
		return FAILED;
	}
	if (st.st_size != (off_t)JOURNAL_SIZE)
		return UNFIT;
	if (!is_ours(fd))
		return UNFIT;
	head = mmap(NULL, JOURNAL_HEAD, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (head == MAP_FAILED)
		return FAILED;
	state = take_slot_guarded(head, e, &slot);
	munmap(head, JOURNAL_HEAD);
	return state == ADDED ? write_record(fd, e, slot) : state;
}

static void
close_keeping_errno(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}

bool
journal_add(int dir_fd, const char *name, struct journal_entry *e)
{
	enum state state;
	int fd;

	if ((e->ring != JOURNAL_ANSWERED && e->ring != JOURNAL_REFUSED) || e->code >= JOURNAL_RULES) {
		errno = EINVAL;
		return false;
	}
	for (int i = 0; i < ADD_TRIES; i++) {
		if ((fd = journal_file_open(dir_fd, name)) == -1)
			return false;
		state = append(fd, e);
		if (state == UNFIT && !journal_file_mend(dir_fd, name, fd))
			state = FAILED;
		close_keeping_errno(fd);
		if (state != UNFIT)
			return state == ADDED;
	}
	errno = EBUSY;
	return false;
}

const char *
journal_error(int error)
{
	switch (error) {
	case EBADMSG:
		return "not a journal, or damaged while a damaged one is still set aside as .bad";
	case ENOTSUP:
		return "written by a newer version";
	case EPERM:
		return "not a regular file of this user";
	case ELOOP:
		return "a symbolic link, which is not followed";
	case EIO:
		return "cut short while in use, or an input/output error";
	default:
		return strerror(error);
	}
}

static int
newest_first(const void *a, const void *b)
{
	const struct journal_entry *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? 1 : -1;
	return (x->sequence < y->sequence) - (x->sequence > y->sequence);
}

/* What the file holds now, up to JOURNAL_SIZE; missing bytes stay zero. */
static bool
read_image(int fd, unsigned char *image)
{
	size_t at = 0;
	ssize_t n;

	while (at < JOURNAL_SIZE) {
		n = pread(fd, image + at, JOURNAL_SIZE - at, (off_t)at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return false;
		if (n == 0)
			break;
		at += (size_t)n;
	}
	return true;
}

static void
load(struct journal *j, const unsigned char *image)
{
	const unsigned char *p = image + offsetof(struct journal_head, cells);

	for (size_t day = 0; day < JOURNAL_DAYS; day++) {
		for (size_t code = 0; code < JOURNAL_RULES; code++, p += sizeof(uint64_t))
			j->cells[day][code] = get64(p);
	}
	for (size_t i = 0; i < 2 * JOURNAL_SLOTS; i++, p += JOURNAL_RECORD) {
		if (decode(p, i < JOURNAL_SLOTS ? JOURNAL_ANSWERED : JOURNAL_REFUSED, &j->entries[j->count]))
			j->count++;
	}
	qsort(j->entries, j->count, sizeof j->entries[0], newest_first);
}

static struct journal *
read_journal(int fd)
{
	unsigned char *image = calloc(1, JOURNAL_SIZE);
	struct journal *j = calloc(1, sizeof *j);
	int error = 0;

	if (image == NULL || j == NULL)
		error = ENOMEM;
	else if (!read_image(fd, image))
		error = errno;
	else
		error = journal_file_check(image);
	if (error == 0)
		load(j, image);
	else {
		free(j);
		j = NULL;
	}
	free(image);
	errno = error;
	return j;
}

struct journal *
journal_open(int dir_fd, const char *name)
{
	struct journal *j = NULL;
	struct stat st;
	int fd;

	fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return NULL;
	if (fstat(fd, &st) == 0) {
		if (S_ISREG(st.st_mode))
			j = read_journal(fd);
		else
			errno = EPERM;
	}
	close_keeping_errno(fd);
	return j;
}

void
journal_close(struct journal *j)
{
	free(j);
}

size_t
journal_entries(struct journal *j, const struct journal_entry **entries)
{
	*entries = j->entries;
	return j->count;
}

uint32_t
journal_count(struct journal *j, unsigned code, int64_t time)
{
	uint32_t day = day_number(time);
	uint64_t cell;

	if (code >= JOURNAL_RULES)
		return 0;
	cell = j->cells[day % JOURNAL_DAYS][code];
	return cell >> 32 == day ? (uint32_t)(cell & COUNT_MASK) : 0;
}
