/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message.h: the reader of header blocks, its limits, and that it always reads to the end. */
#include "message.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])

static int
file_of(const char *text, size_t len)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	if (fd == -1 || write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		ok(false, "a file for the test");
	return fd;
}

/* name=value|... */
static void
show(struct buf *out, const struct message *m)
{
	size_t i;

	for (i = 0; i < m->nfields; i++) {
		buf_addf(out, "%s%s=", i > 0 ? "|" : "", m->fields[i].name);
		buf_add(out, m->fields[i].value, m->fields[i].value_len);
		if (strlen(m->fields[i].name) != m->fields[i].name_len || strlen(m->fields[i].value) != m->fields[i].value_len)
			buf_adds(out, "(wrong length)");
	}
}

#define ROW(name, in, want, from) { name, in, sizeof in - 1, want, from }

static void
test_headers(void)
{
	static const struct {
		const char *name, *in;
		size_t len;
		const char *want, *from;
	} rows[] = {
		ROW("empty input", "", "", NULL),
		ROW("a blank line alone", "\n", "", NULL),
		ROW("body alone", "\nA: b\n", "", NULL),
		ROW("one field", "A: b\n\nbody\nC: d\n", "A=b", NULL),
		ROW("no blank line", "A: b\nC: d\n", "A=b|C=d", NULL),
		ROW("no line end at all", "A: b", "A=b", NULL),
		ROW("header ends at its colon", "A:", "A=", NULL),
		ROW("CRLF", "A: b\r\nC: d\r\n\r\nE: f\r\n", "A=b|C=d", NULL),
		ROW("mixed line ends", "A: b\r\nC: d\n\r\nE: f\n", "A=b|C=d", NULL),
		ROW("several CR before LF", "A: b\r\r\nC: d\r\r\n\nE: f", "A=b|C=d", NULL),
		ROW("a bare CR is no line end", "A: b\rC: d\n\n", "A=b\rC: d", NULL),
		ROW("folded", "A: b\n c\n\td\n\n", "A=b c\td", NULL),
		ROW("folded, CRLF", "A: b\r\n c\r\n\r\n", "A=b c", NULL),
		ROW("folded after the colon", "A:\n b\n\n", "A= b", NULL),
		ROW("folded with a blank line of spaces", "A: b\n  \n c\n\nD: e\n", "A=b   c", NULL),
		ROW("blanks around the value", "A:  \t b \t \nC:d\n\n", "A=b|C=d", NULL),
		ROW("blanks before the colon", "A : b\nC\t: d\n\n", "A=b|C=d", NULL),
		ROW("no value", "A:\nB: \n\n", "A=|B=", NULL),
		ROW("a colon in the value", "A: b: c\n\n", "A=b: c", NULL),
		ROW("a line without a colon is skipped", "A: b\nnothing here\nC: d\n\n", "A=b|C=d", NULL),
		ROW("its continuation is skipped too", "A: b\nnothing here\n at all\nC: d\n\n", "A=b|C=d", NULL),
		ROW("a line that begins with a colon is skipped", "A: b\n: x\nC: d\n\n", "A=b|C=d", NULL),
		ROW("a name with a blank in it is skipped", "A: b\nno field: x\nC: d\n\n", "A=b|C=d", NULL),
		ROW("a name with an 8-bit byte is skipped", "A: b\n\xc3\xbc: x\nC: d\n\n", "A=b|C=d", NULL),
		ROW("a continuation that continues nothing", " x\nA: b\n\n", "A=b", NULL),
		ROW("NUL becomes a space", "A: b\0c\nD\0E: f\nG: h\n\n", "A=b c|G=h", NULL),
		ROW("8-bit bytes and UTF-8 stay", "A: \xe9 \xc3\xbc\n\n", "A=\xe9 \xc3\xbc", NULL),
		ROW("byte order mark", "\xef\xbb\xbf" "A: b\n\n", "A=b", NULL),
		ROW("the same name twice", "A: b\na: c\n\n", "A=b|a=c", NULL),
		ROW("mbox line", "From a@b Mon Jun  1 11:58:20 2026\nA: b\n\n", "A=b", "a@b Mon Jun  1 11:58:20 2026"),
		ROW("mbox line, CRLF", "From a@b x\r\nA: b\r\n\r\n", "A=b", "a@b x"),
		ROW("quoted mbox line", ">From a@b x\nA: b\n\n", "A=b", "a@b x"),
		ROW("mbox line and nothing else", "From a@b x\n", "", "a@b x"),
		ROW("mbox line, no sender", "From \nA: b\n\n", "A=b", ""),
		ROW("a From field with a blank before its colon is no mbox line", "From : a@b\nA: b\n\n", "From=a@b|A=b", NULL),
		ROW("a From line that is not the first is skipped", "A: b\nFrom a@b x\nC: d\n\n", "A=b|C=d", NULL),
		ROW("a line of dashes is skipped", "A: b\n----\nC: d\n\n", "A=b|C=d", NULL),
	};
	struct message m;
	struct buf got = BUF_INIT;
	size_t i;
	int fd;

	for (i = 0; i < COUNT(rows); i++) {
		fd = file_of(rows[i].in, rows[i].len);
		ok(message_read(&m, fd, 0) && m.problem == NULL, "%s: can be read", rows[i].name);
		buf_reset(&got);
		show(&got, &m);
		is_str(buf_str(&got), rows[i].want, rows[i].name);
		if (m.from_line != NULL || rows[i].from != NULL)
			is_str(m.from_line, rows[i].from, rows[i].name);
		is_int((long long)m.size, (long long)rows[i].len, rows[i].name);
		message_free(&m);
		close(fd);
	}
	buf_free(&got);
}

/* The same, one byte a read: no line may depend on where a read ended, or found nothing. */
static void
test_slow_pipe(int flags, const char *name)
{
	static const char text[] = "From a@b x\r\nA: b\r\n c\r\nD: e\r\n\r\nbody\r\n";
	struct message m;
	struct buf got = BUF_INIT;
	int p[2];
	size_t i;
	pid_t pid;

	if (pipe2(p, flags) == -1 || (pid = fork()) == -1) {
		ok(false, "a pipe");
		return;
	}
	if (pid == 0) {
		close(p[0]);
		for (i = 0; i < sizeof text - 1; i++)
			if ((i % 8 == 0 && usleep(1000) == -1) || write(p[1], text + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(p[1]);
	message_read(&m, p[0], 0);
	close(p[0]);
	waitpid(pid, NULL, 0);
	show(&got, &m);
	is_str(buf_str(&got), "A=b c|D=e", name);
	is_int((long long)m.size, sizeof text - 1, name);
	message_free(&m);
	buf_free(&got);
}

/* fields: how many; field: bytes of each value; body: bytes. */
static void
test_limits(void)
{
	static const struct {
		const char *name;
		size_t fields, value, body;
		bool good;
	} rows[] = {
		{ "as many fields as are kept", MESSAGE_FIELDS_MAX, 1, 10, true },
		{ "one field more", MESSAGE_FIELDS_MAX + 1, 1, 10, false },
		{ "100,000 fields", 100000, 1, 10, false },
		{ "a line of 100,000 bytes", 2, 100000, 10, true },
		{ "a header block as large as is read", 1, MESSAGE_HEADER_MAX - 5, 10, true },
		{ "a header block that is larger", 1, MESSAGE_HEADER_MAX, 10, false },
		{ "a header block of 3 MiB", 3, MESSAGE_HEADER_MAX, 10, false },
		{ "a body of 5 MiB", 2, 1, (size_t)5 * 1024 * 1024, true },
		{ "both too large", 3, MESSAGE_HEADER_MAX, (size_t)5 * 1024 * 1024, false },
	};
	struct message m;
	struct buf in = BUF_INIT;
	size_t i, n;
	char *bytes = malloc(MESSAGE_HEADER_MAX * 5), end;
	int fd;

	memset(bytes, 'x', MESSAGE_HEADER_MAX * 5);
	for (i = 0; i < COUNT(rows); i++) {
		buf_reset(&in);
		for (n = 0; n < rows[i].fields; n++) {
			buf_adds(&in, "A: ");
			buf_add(&in, bytes, rows[i].value);
			buf_addc(&in, '\n');
		}
		buf_addc(&in, '\n');
		buf_add(&in, bytes, rows[i].body);
		fd = file_of(in.data, in.len);
		ok(message_read(&m, fd, 0) == rows[i].good, "%s", rows[i].name);
		ok((m.problem == NULL) == rows[i].good, "%s: %s", rows[i].name, rows[i].good ? "no problem" : "says what it is");
		is_int((long long)m.size, (long long)in.len, rows[i].name);
		is_int(read(fd, &end, 1), 0, rows[i].name);
		if (rows[i].good)
			is_int((long long)m.nfields, (long long)rows[i].fields, rows[i].name);
		ok(m.nfields <= MESSAGE_FIELDS_MAX, "%s: fields kept", rows[i].name);
		message_free(&m);
		close(fd);
	}
	free(bytes);
	buf_free(&in);
}

static void
test_reading_fails(void)
{
	struct message m;
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	ok(!message_read(&m, fd, 0) && m.problem != NULL, "reading fails: a problem");
	message_free(&m);
	close(fd);
}

static void
test_keeping(void)
{
	static const char text[] = "A: b\r\n\r\nbody\0 and more\n";
	static const struct {
		const char *name;
		size_t keep, want;
	} rows[] = {
		{ "all of it", 1000, sizeof text - 1 }, { "its own length", sizeof text - 1, sizeof text - 1 }, { "a part", 10, 10 },
		{ "nothing", 0, 0 },
	};
	struct message m;
	int fd = file_of(text, sizeof text - 1);

	for (size_t i = 0; i < COUNT(rows); i++) {
		lseek(fd, 0, SEEK_SET);
		ok(message_read(&m, fd, rows[i].keep), "kept: %s", rows[i].name);
		is_int((long long)m.kept_len, (long long)rows[i].want, "how much");
		ok(rows[i].want == 0 ? m.kept == NULL : memcmp(m.kept, text, rows[i].want) == 0, "byte for byte");
		is_int((long long)m.size, sizeof text - 1, "all of it was read");
		message_free(&m);
		ok(m.kept == NULL && m.fields == NULL, "freed");
	}
	close(fd);
}

/* Larger than one read, over the end of the header block. */
static void
test_keeping_much(void)
{
	size_t len = 3 * 1024 * 1024 + 7;
	char *text = malloc(len);
	struct message m;
	int fd;

	if (text == NULL)
		return;
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 23);
	memcpy(text, "A: b\n\n", 6);
	fd = file_of(text, len);
	message_read(&m, fd, len);
	ok(m.kept_len == len && memcmp(m.kept, text, len) == 0, "three megabytes, byte for byte");
	message_free(&m);
	close(fd);
	free(text);
}

static void
test_finding(void)
{
	static const char text[] = "Return-Path: <a@b>\nDelivered-To: x@y\nReceived: 1\nTO: x@y\nReceived: 2\nTo: z@y\nReturn-Path: <c@d>\n\n";
	const struct field *f;
	struct message m;
	int fd = file_of(text, sizeof text - 1);

	message_read(&m, fd, 0);
	is_str(message_value(&m, "to"), "x@y", "the first of a name, without regard to case");
	f = message_find(&m, "To", NULL);
	f = message_find(&m, "To", f);
	ok(f != NULL && strcmp(f->value, "z@y") == 0, "the next of that name");
	ok(message_find(&m, "To", f) == NULL, "and no more");
	ok(message_value(&m, "T") == NULL && message_value(&m, "Too") == NULL && message_value(&m, "") == NULL, "no part of a name");
	is_int((long long)m.first_received, 2, "the first Received");
	f = message_find(&m, "Return-Path", NULL);
	ok(message_is_trace(&m, f), "above the first Received");
	ok(!message_is_trace(&m, message_find(&m, "Return-Path", f)), "below it");
	message_free(&m);
	close(fd);
	fd = file_of("A: b\n\n", 6);
	message_read(&m, fd, 0);
	ok(m.first_received == m.nfields && message_is_trace(&m, m.fields), "no Received: all is above it");
	message_free(&m);
	close(fd);
}

int
main(void)
{
	test_headers();
	test_slow_pipe(0, "byte by byte");
	test_slow_pipe(O_NONBLOCK, "byte by byte, and reading does not wait");
	test_limits();
	test_reading_fails();
	test_keeping();
	test_keeping_much();
	test_finding();
	return done_testing();
}
