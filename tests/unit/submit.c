/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * submit - which program it is, what it is called with, what its status means
 *
 * tests/fake-sendmail plays the programs, as a copy in a directory of this
 * test's own; to be run from the project's top directory.
 */
#include "submit.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "deadline.h"
#include "tests/tap.h"

#define FAKE "tests/fake-sendmail"
#define SOON 300		/* milliseconds given to a program that will not end */
#define LONG 60000		/* and to one that will */
#define AT_ONCE 40		/* programs at the same time */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char scratch[] = "/tmp/backsoon-submit-XXXXXX";

/* A path in the scratch directory; good until the fourth call from now. */
static const char *
in_scratch(const char *name)
{
	static char paths[4][256];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", scratch, name);
	return paths[turn];
}

static void
write_file(const char *path, const char *bytes, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, bytes, len) != (ssize_t)len || fchmod(fd, mode) != 0)
		printf("# cannot write %s\n", path);
	close(fd);
}

static const char *
read_text(const char *path)
{
	static char text[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	if (fd != -1)
		close(fd);
	return n >= 0 ? text : NULL;
}

static void
fake_does(const char *mode)
{
	char conf[512];

	snprintf(conf, sizeof(conf), "out=%s\nenv=yes\nmode=%s\n", in_scratch("got"), mode);
	write_file(in_scratch("sendmail.conf"), conf, strlen(conf), 0600);
}

static void
forget_calls(void)
{
	static const char *const parts[] = { "", ".argv", ".mail", ".env" };
	char name[32];
	size_t i;
	int n;

	for (n = 1; n <= AT_ONCE; n++)
		for (i = 0; i < COUNT(parts); i++) {
			snprintf(name, sizeof(name), "got.%d%s", n, parts[i]);
			unlink(in_scratch(name));
		}
}

static void
test_names(void)
{
	enum submit_kind kind;
	int i;

	for (i = 0; i < SUBMIT_KINDS; i++)
		ok(submit_kind_parse(submit_kind_name((enum submit_kind)i), &kind) && (int)kind == i, "kind %s",
		    submit_kind_name((enum submit_kind)i));
	ok(!submit_kind_parse("Postfix", &kind), "kinds are spelled in one way");
	ok(!submit_kind_parse("", &kind), "no kind is empty");
	is_str(submit_kind_name(SUBMIT_KINDS), NULL, "no name for no kind");
}

#define TO "anna@example.org"

static const struct {
	enum submit_kind kind;
	const char *from, *to, *want;		/* want: joined by blanks, an empty one as '' */
} vectors[] = {
	{ SUBMIT_KIND_UNKNOWN, "<>", TO, "/s -i -f <> -- " TO },
	{ SUBMIT_KIND_UNKNOWN, "", TO, "/s -i -f <> -- " TO },
	{ SUBMIT_KIND_UNKNOWN, "me@example.net", TO, "/s -i -f me@example.net -- " TO },
	{ SUBMIT_KIND_POSTFIX, "<>", TO, "/s -i -N never -f <> -- " TO },
	{ SUBMIT_KIND_SENDMAIL, "<>", TO, "/s -i -N never -f <> -- " TO },
	{ SUBMIT_KIND_EXIM, "<>", TO, "/s -i -f <> -- " TO },
	{ SUBMIT_KIND_OPENSMTPD, "<>", TO, "/s -i -N never -f '' -- " TO },
	{ SUBMIT_KIND_QMAIL, "<>", TO, "/s -i -f '' -- " TO },
	{ SUBMIT_KIND_COURIER, "<>", TO, "/s -i -f '' -- " TO },
	{ SUBMIT_KIND_MSMTP, "<>", TO, "/s -i -N never -f <> -- " TO },
	{ SUBMIT_KIND_NULLMAILER, "<>", TO, "/s -i -f <> -- " TO },
	{ SUBMIT_KIND_DMA, "<>", TO, "/s -i -- " TO },
	{ SUBMIT_KIND_DMA, "me@example.net", TO, "/s -i -f me@example.net -- " TO },
	{ SUBMIT_KIND_SSMTP, "<>", TO, "/s -i -- " TO },
	{ SUBMIT_KIND_POSTFIX, "<>", "-oQ/tmp@example.org", "/s -i -N never -f <> -- -oQ/tmp@example.org" },
	{ SUBMIT_KIND_UNKNOWN, "-x@example.org", "-t", NULL },
	{ SUBMIT_KIND_EXIM, "-x@example.org", "-t@example.org", "/s -i -f -x@example.org -- -t@example.org" },
	{ SUBMIT_KIND_POSTFIX, "<>", "\"a, b\"@example.org", "/s -i -N never -f <> -- \"a, b\"@example.org" },
	{ SUBMIT_KIND_POSTFIX, "<>", "\"a\\\"b <c>\"@example.org", "/s -i -N never -f <> -- \"a\\\"b <c>\"@example.org" },
	{ SUBMIT_KIND_POSTFIX, "<>", "gr\xc3\xa9goire@example.org", "/s -i -N never -f <> -- gr\xc3\xa9goire@example.org" },
	{ SUBMIT_KIND_EXIM, "<>", "a@[IPv6:::1]", "/s -i -f <> -- a@[IPv6:::1]" },
	/* not one address, for this program at least */
	{ SUBMIT_KIND_UNKNOWN, "<>", "", NULL },
	{ SUBMIT_KIND_UNKNOWN, "<>", "a@example.org,b@example.org", NULL },
	{ SUBMIT_KIND_UNKNOWN, "<>", "a@example.org b@example.org", NULL },
	{ SUBMIT_KIND_UNKNOWN, "<>", "A B <a@example.org>", NULL },
	{ SUBMIT_KIND_UNKNOWN, "<>", "a@example.org\nb@example.org", NULL },
	{ SUBMIT_KIND_UNKNOWN, "<>", "\"a\nb\"@example.org", NULL },
	{ SUBMIT_KIND_UNKNOWN, "<>", "\"a@example.org", NULL },
	{ SUBMIT_KIND_UNKNOWN, "<>", "\"a\\\"@example.org", NULL },
	{ SUBMIT_KIND_UNKNOWN, "<>", "a\\,b@example.org", NULL },
	{ SUBMIT_KIND_UNKNOWN, "<>", "a\x7f@example.org", NULL },
	{ SUBMIT_KIND_UNKNOWN, "a@example.org,b@example.org", TO, NULL },
	{ SUBMIT_KIND_OPENSMTPD, "<>", "\"a,b\"@example.org", NULL },
	{ SUBMIT_KIND_NULLMAILER, "<>", "-x@example.org", NULL },
	{ SUBMIT_KIND_COURIER, "<>", "-x@example.org", NULL },
	{ SUBMIT_KIND_SSMTP, "<>", "-x@example.org", NULL },
};

static void
test_vectors(void)
{
	static char path[] = "/s";
	const char *argv[SUBMIT_ARGS_MAX];
	struct buf mem, joined;
	size_t i, j;

	for (i = 0; i < COUNT(vectors); i++) {
		struct submitter s = { .path = path, .kind = vectors[i].kind };
		char name[128];

		mem = joined = (struct buf)BUF_INIT;
		if (submit_argv(&s, vectors[i].from, vectors[i].to, &mem, argv))
			for (j = 0; argv[j] != NULL; j++)
				buf_addf(&joined, "%s%s", j > 0 ? " " : "", argv[j][0] != '\0' ? argv[j] : "''");
		snprintf(name, sizeof(name), "arguments: %s, row %zu", submit_kind_name(vectors[i].kind), i);
		is_str(joined.len > 0 ? buf_str(&joined) : NULL, vectors[i].want, name);
		buf_free(&mem);
		buf_free(&joined);
	}
}

/* %: the fake sendmail; #: the same file under the name program. */
static const struct {
	const char *words[8];
	const char *to, *want;
} programs[] = {
	{ { "%", "-f", "", NULL }, TO, "% -f '' -- " TO },
	{ { "%", NULL }, TO, "% -- " TO },
	{ { "%", "-oi", "-f", "<>", "--", NULL }, TO, "% -oi -f <> -- " TO },
	{ { "%", "-t", NULL }, TO, "% -t" },
	{ { "%", "-it", "-f", "", NULL }, TO, "% -it -f ''" },
	{ { "%", "-f", "-t", NULL }, TO, "% -f -t -- " TO },
	{ { "%", "-ft", NULL }, TO, "% -ft -- " TO },
	{ { "%", "-N", "never", "-oem", NULL }, TO, "% -N never -oem -- " TO },
	{ { "%", "-f", "", "boss@example.org", NULL }, TO, "% -f '' boss@example.org" },
	{ { "%", "--", "boss@example.org", NULL }, TO, "% -- boss@example.org" },
	{ { "%", "-bm", NULL }, TO, "% -bm -- " TO },
	{ { "%", "-bs", NULL }, TO, "% -bs" },
	{ { "%", "-b", "p", NULL }, TO, "% -b p" },
	{ { "%", "-f", NULL }, "a b@example.org", NULL },
	{ { "%", "-t", NULL }, "a b@example.org", "% -t" },
	{ { "%", NULL }, "-x@example.org", NULL },
	{ { "#", "-f", "", NULL }, TO, "# -f ''" },
	{ { "#", "a  b", "$HOME;", "*", NULL }, TO, "# a  b $HOME; *" },
	{ { "#", NULL }, "-x@example.org", "#" },
};

static const char *
put_program(struct buf *out, const char *word)
{
	const char *name = strcmp(word, "%") == 0 ? "sendmail" : strcmp(word, "#") == 0 ? "program" : NULL;

	buf_reset(out);
	buf_adds(out, name != NULL ? in_scratch(name) : word);
	return buf_str(out);
}

static void
join_words(struct buf *out, const char *const *argv, const char *sign)
{
	for (size_t i = 0; argv[i] != NULL; i++) {
		if (i > 0)
			buf_addc(out, ' ');
		buf_adds(out, i == 0 ? sign : argv[i][0] != '\0' ? argv[i] : "''");
	}
}

static void
test_programs(void)
{
	const char *argv[SUBMIT_ARGS_MAX], *words[8];
	struct buf first = BUF_INIT, why = BUF_INIT;
	struct submitter s;

	if (symlink("sendmail", in_scratch("program")) == -1)
		ok(false, "a link");
	for (size_t i = 0; i < COUNT(programs); i++) {
		struct buf mem = BUF_INIT, joined = BUF_INIT;
		size_t n = 0;

		for (; programs[i].words[n] != NULL; n++)
			words[n] = programs[i].words[n];
		words[0] = put_program(&first, words[0]);
		ok(submit_open_program(&s, words, n, &why), "row %zu can be run", i);
		if (submit_argv(&s, "<>", programs[i].to, &mem, argv))
			join_words(&joined, argv, programs[i].words[0]);
		is_str(joined.len > 0 ? buf_str(&joined) : NULL, programs[i].want, "the owner's words");
		submit_close(&s);
		buf_free(&mem);
		buf_free(&joined);
	}
	unlink(in_scratch("program"));
	buf_free(&first);
	buf_free(&why);
}

/* In the directories where commands are, never in the current one. */
static void
test_programs_found(void)
{
	static const char *const none[] = { "sendmial-x", "./sendmial-x", "/nowhere/sendmail", "" };
	const char *many[SUBMIT_WORDS_MAX + 1];
	struct buf why = BUF_INIT;
	struct submitter s;

	for (size_t i = 0; i < COUNT(none); i++) {
		buf_reset(&why);
		ok(!submit_open_program(&s, &none[i], 1, &why) && why.len > 0, "%s: %s", none[i], buf_str(&why));
		submit_close(&s);
	}
	many[0] = "cat";
	ok(submit_open_program(&s, many, 1, &why) && s.path[0] == '/', "cat: is found");
	submit_close(&s);
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = "cat";
	ok(!submit_open_program(&s, many, COUNT(many), &why), "too many words");
	submit_close(&s);
	buf_free(&why);
}

static const struct {
	enum submit_kind kind;
	const char *mode;
	enum submit_result result;
} results[] = {
	{ SUBMIT_KIND_UNKNOWN, "accept", SUBMIT_ACCEPTED },
	{ SUBMIT_KIND_UNKNOWN, "exit 1", SUBMIT_REFUSED },
	{ SUBMIT_KIND_UNKNOWN, "exit 67", SUBMIT_REFUSED },
	{ SUBMIT_KIND_UNKNOWN, "exit 75", SUBMIT_UNKNOWN },
	{ SUBMIT_KIND_UNKNOWN, "exit 127", SUBMIT_MISSING },
	{ SUBMIT_KIND_UNKNOWN, "unread 69", SUBMIT_REFUSED },
	{ SUBMIT_KIND_UNKNOWN, "close-input", SUBMIT_UNKNOWN },
	{ SUBMIT_KIND_UNKNOWN, "kill", SUBMIT_UNKNOWN },
	{ SUBMIT_KIND_UNKNOWN, "hang", SUBMIT_UNKNOWN },
	{ SUBMIT_KIND_UNKNOWN, "stubborn", SUBMIT_UNKNOWN },
	{ SUBMIT_KIND_POSTFIX, "exit 75", SUBMIT_DEFERRED },
	{ SUBMIT_KIND_POSTFIX, "exit 69", SUBMIT_REFUSED },
	{ SUBMIT_KIND_SENDMAIL, "exit 75", SUBMIT_ACCEPTED },
	{ SUBMIT_KIND_EXIM, "exit 75", SUBMIT_UNKNOWN },
	{ SUBMIT_KIND_OPENSMTPD, "exit 75", SUBMIT_ACCEPTED },
	{ SUBMIT_KIND_OPENSMTPD, "exit 70", SUBMIT_REFUSED },
	{ SUBMIT_KIND_QMAIL, "exit 75", SUBMIT_UNKNOWN },
	{ SUBMIT_KIND_QMAIL, "exit 111", SUBMIT_DEFERRED },
	{ SUBMIT_KIND_QMAIL, "exit 100", SUBMIT_REFUSED },
	{ SUBMIT_KIND_COURIER, "exit 75", SUBMIT_DEFERRED },
	{ SUBMIT_KIND_MSMTP, "exit 75", SUBMIT_DEFERRED },
	{ SUBMIT_KIND_NULLMAILER, "exit 1", SUBMIT_REFUSED },
	{ SUBMIT_KIND_DMA, "exit 75", SUBMIT_UNKNOWN },
	{ SUBMIT_KIND_SSMTP, "exit 1", SUBMIT_REFUSED },
};

static int
message(void)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	/* The offset is left at the end: submit_send() is to rewind it. */
	if (write(fd, "To: anna\n\nText.\n.\nMore.\n", 24) != 24)
		printf("# no message\n");
	return fd;
}

static void
test_results(void)
{
	struct buf why = BUF_INIT;
	enum submit_result result;
	struct submitter s;
	char name[128];
	size_t i;
	int fd = message(), time;

	for (i = 0; i < COUNT(results); i++) {
		fake_does(results[i].mode);
		buf_reset(&why);
		if (!submit_open(&s, in_scratch("sendmail"), submit_kind_name(results[i].kind), &why))
			ok(false, "cannot open the fake: %s", buf_str(&why));
		time = strcmp(results[i].mode, "hang") == 0 || strcmp(results[i].mode, "stubborn") == 0 ? SOON : LONG;
		result = submit_send(&s, fd, "<>", TO, deadline_clock() + time, &why);
		snprintf(name, sizeof(name), "%s, %s", submit_kind_name(results[i].kind), results[i].mode);
		is_int(result, results[i].result, name);
		ok((why.len == 0) == (result == SUBMIT_ACCEPTED), "%s: why: %s", name, buf_str(&why));
		submit_close(&s);
	}
	close(fd);
	buf_free(&why);
	forget_calls();
}

static void
test_what_arrives(void)
{
	struct buf why = BUF_INIT;
	struct submitter s;
	char want[512];
	const char *env;
	int fd = message();

	fake_does("accept");
	setenv("TZ", "Europe/Vienna", 1);
	setenv("MAIL_CONFIG", "/etc/postfix-two", 1);
	setenv("LD_BIND_NOW", "1", 1);
	setenv("MAILUSER", "somebody", 1);
	submit_open(&s, in_scratch("sendmail"), NULL, &why);
	is_int(s.kind, SUBMIT_KIND_UNKNOWN, "a script is not identified");
	is_str(s.how, "not identified", "and that is said");
	is_int(submit_send(&s, fd, "", "x@example.org", deadline_clock() + LONG, &why), SUBMIT_ACCEPTED, "a message is sent");
	snprintf(want, sizeof(want), "%s\n-i\n-f\n<>\n--\nx@example.org\n", in_scratch("sendmail"));
	is_str(read_text(in_scratch("got.1.argv")), want, "its arguments");
	is_str(read_text(in_scratch("got.1.mail")), "To: anna\n\nText.\n.\nMore.\n", "its bytes");
	env = read_text(in_scratch("got.1.env"));
	ok(env != NULL && strstr(env, "TZ=Europe/Vienna\n") != NULL, "the time zone is handed on");
	ok(env != NULL && strstr(env, "MAIL_CONFIG=/etc/postfix-two\n") != NULL, "MAIL_CONFIG is handed on");
	ok(env != NULL && strstr(env, "PATH=/usr/local/sbin:") != NULL, "PATH is ours");
	ok(env != NULL && strstr(env, "LD_BIND_NOW") == NULL && strstr(env, "MAILUSER") == NULL, "nothing else is handed on");
	is_int(submit_send(&s, fd, "", "a@b,c@d", deadline_clock() + LONG, &why), SUBMIT_REFUSED, "two recipients in one are refused");
	submit_close(&s);
	forget_calls();
	close(fd);
	buf_free(&why);
}

/* Many at the same time: the fake is what other tests rely on. */
static void
test_parallel(void)
{
	struct buf why = BUF_INIT;
	struct submitter s;
	char name[32];
	int i, fd, whole = 0;

	fake_does("accept");
	submit_open(&s, in_scratch("sendmail"), NULL, &why);
	fflush(stdout);
	for (i = 0; i < AT_ONCE; i++)
		if (fork() == 0) {
			fd = message();
			submit_send(&s, fd, "", TO, deadline_clock() + LONG, &why);
			close(fd);
			submit_close(&s);
			buf_free(&why);
			_exit(0);
		}
	while (wait(NULL) != -1)
		;
	for (i = 1; i <= AT_ONCE; i++) {
		const char *text;

		snprintf(name, sizeof(name), "got.%d.mail", i);
		text = read_text(in_scratch(name));
		whole += text != NULL && strlen(text) == 24;
	}
	is_int(whole, AT_ONCE, "many at the same time: each is whole");
	submit_close(&s);
	buf_free(&why);
	forget_calls();
}

static const struct {
	const char *file;		/* in the scratch directory */
	const char *mark;		/* what the file says */
	size_t offset;			/* and where */
	const char *start;
	enum submit_kind kind;
	const char *how;
} identities[] = {
	{ "exim4", "", 100, "\177ELF", SUBMIT_KIND_EXIM, "real path" },
	{ "smtpctl", "", 100, "\177ELF", SUBMIT_KIND_OPENSMTPD, "real path" },
	{ "msmtp", "", 100, "\177ELF", SUBMIT_KIND_MSMTP, "real path" },
	{ "dma", "", 100, "\177ELF", SUBMIT_KIND_DMA, "real path" },
	{ "ssmtp", "", 100, "\177ELF", SUBMIT_KIND_SSMTP, "real path" },
	{ "sendmail.postfix", "", 100, "#!/bin/sh", SUBMIT_KIND_POSTFIX, "real path" },
	{ "one", "libpostfix-global.so", 3464, "\177ELF", SUBMIT_KIND_POSTFIX, "what its file names" },
	{ "one", "nullmailer-inject", 32760, "\177ELF", SUBMIT_KIND_NULLMAILER, "what its file names" },
	{ "one", "/usr/lib/courier/courier/submit", 40000, "\177ELF", SUBMIT_KIND_COURIER, "what its file names" },
	{ "one", "DontBlameSendmail", 700000, "\177ELF", SUBMIT_KIND_SENDMAIL, "what its file names" },
	{ "one", "bin/qmail-inject", 65400, "\177ELF", SUBMIT_KIND_QMAIL, "what its file names" },
	{ "one", "libpostfix-global.so", 3464, "#!/bin/sh", SUBMIT_KIND_UNKNOWN, "not identified" },
	{ "one", "postfix", 3464, "\177ELF", SUBMIT_KIND_UNKNOWN, "not identified" },
	{ "one", "libpostfix-global.so", 5000000, "\177ELF", SUBMIT_KIND_UNKNOWN, "not identified" },
	{ "one", "", 0, "", SUBMIT_KIND_UNKNOWN, "not identified" },
	{ "one", "", 0, "\177E", SUBMIT_KIND_UNKNOWN, "not identified" },
};

/* Each through two links, as alternatives(8) has them. */
static void
test_identities(void)
{
	struct buf why = BUF_INIT;
	struct submitter s;
	char name[128];
	size_t i;
	int fd;

	for (i = 0; i < COUNT(identities); i++) {
		write_file(in_scratch(identities[i].file), identities[i].start, strlen(identities[i].start), 0755);
		fd = open(in_scratch(identities[i].file), O_WRONLY | O_CLOEXEC);
		if (pwrite(fd, identities[i].mark, strlen(identities[i].mark), (off_t)identities[i].offset) == -1)
			printf("# cannot write\n");
		close(fd);
		if (symlink(identities[i].file, in_scratch("mta")) == -1 || symlink("mta", in_scratch("link")) == -1)
			printf("# cannot link\n");
		snprintf(name, sizeof(name), "%s with %.20s at %zu", identities[i].file, identities[i].mark, identities[i].offset);
		ok(submit_open(&s, in_scratch("link"), NULL, &why), "%s: found", name);
		is_int(s.kind, identities[i].kind, name);
		is_str(s.how, identities[i].how, name);
		is_int(s.smtputf8, identities[i].kind == SUBMIT_KIND_POSTFIX, "SMTPUTF8");
		submit_close(&s);
		unlink(in_scratch("link"));
		unlink(in_scratch("mta"));
		unlink(in_scratch(identities[i].file));
	}
	buf_free(&why);
}

static void
test_not_opened(void)
{
	static const struct { const char *name, *path, *kind, *why; } rows[] = {
		{ "no such file", "/nonexistent/sendmail", NULL, "/nonexistent/sendmail: No such file or directory" },
		{ "a directory", "/etc", NULL, "/etc: not a file" },
		{ "not executable", "/etc/passwd", NULL, "/etc/passwd: Permission denied" },
		{ "a relative path", "sendmail", NULL, "sendmail: not an absolute path" },
		{ "an unknown kind", "/bin/sh", "mailx", "sendmail-kind: no program is called mailx here" },
	};
	struct buf why = BUF_INIT;
	struct submitter s;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buf_reset(&why);
		ok(!submit_open(&s, rows[i].path, rows[i].kind, &why), "%s: not opened", rows[i].name);
		is_str(buf_str(&why), rows[i].why, rows[i].name);
		submit_close(&s);
	}
	buf_reset(&why);
	ok(submit_open(&s, "/bin/sh", "exim", &why), "a kind that is set");
	is_int(s.kind, SUBMIT_KIND_EXIM, "is believed");
	is_str(s.how, "sendmail-kind", "and named as the reason");
	submit_close(&s);
	buf_free(&why);
}

int
main(void)
{
	char bytes[8192];
	int fd = open(FAKE, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, bytes, sizeof(bytes));

	if (n <= 0 || mkdtemp(scratch) == NULL) {
		printf("Bail out! no " FAKE " here\n");
		return 99;
	}
	close(fd);
	write_file(in_scratch("sendmail"), bytes, (size_t)n, 0755);
	test_names();
	test_vectors();
	test_programs();
	test_programs_found();
	test_not_opened();
	test_identities();
	test_results();
	test_what_arrives();
	test_parallel();
	unlink(in_scratch("sendmail"));
	unlink(in_scratch("sendmail.conf"));
	rmdir(scratch);
	return done_testing();
}
