/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft.h: which message of a folder it is, and what is left of it. */
#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define FILES_MAX 6
#define MAX ((size_t)64 * 1024)
#define MANY 10000
#define RACES 300

static struct home home;

struct file {
	const char *name, *text;
	long mtime;		/* 0: a fixed one */
};

static void
put(const char *name, const char *text, size_t len, long mtime)
{
	int fd = openat(home.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct timespec times[2] = { { mtime != 0 ? mtime : 1000, 0 }, { mtime != 0 ? mtime : 1000, 0 } };

	if (fd == -1 || write(fd, text, len) != (ssize_t)len || futimens(fd, times) == -1)
		ok(false, "%s: %s", name, strerror(errno));
	if (fd != -1)
		close(fd);
}

static void
set_mode(const char *name, mode_t mode)
{
	if (fchmodat(home.fd, name, mode, 0) == -1)
		ok(false, "%s: %s", name, strerror(errno));
}

static void
make_link(const char *to, const char *name)
{
	if (symlinkat(to, home.fd, name) == -1)
		ok(false, "%s: %s", name, strerror(errno));
}

static void
make_maildir(void)
{
	static const char directories[][8] = { "box", "box/new", "box/cur", "box/tmp" };

	for (size_t i = 0; i < COUNT(directories); i++)
		mkdirat(home.fd, directories[i], 0700);
}

/* Everything below it, and itself. */
static void
drop(const char *name)
{
	char command[200];

	if (snprintf(command, sizeof command, "%s/%s", home.path, name) > 0) {
		pid_t pid = fork();

		if (pid == 0) {
			execlp("rm", "rm", "-rf", command, (char *)NULL);
			_exit(1);
		}
		waitpid(pid, NULL, 0);
	}
}

/* What is read, or `-' and why; the errno is to be that one. */
static void
check(const char *name, const char *spec, const char *want, int error)
{
	struct buf out = BUF_INIT, why = BUF_INIT;
	bool good;

	errno = 0;
	good = draft_read(&home, spec, MAX, &out, NULL, &why);
	if (want != NULL)
		is_str(good ? buf_str(&out) : buf_str(&why), want, name);
	else {
		ok(!good, "%s: nothing is read", name);
		is_str(strerror(errno), strerror(error), name);
		ok(why.len > 0, "%s: %s", name, buf_str(&why));
	}
	buf_free(&out);
	buf_free(&why);
}

static void
test_specs(void)
{
	static const struct {
		const char *spec;
		bool draft;
	} rows[] = {
		{ "maildir:~/Maildir/.Vacation", true }, { "mbox:mail/Vacation", true }, { "mh:/home/a/Mail/vacation", true },
		{ "MailDir:x", true }, { "maildir:", true }, { "~/.vacation.msg", false }, { "imap:INBOX", false },
		{ "maildirs", false }, { "./maildir:x", false }, { "", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		is_int(draft_is(rows[i].spec), rows[i].draft, rows[i].spec);
	is_str(draft_folder("mbox:~/x"), "~/x", "its folder");
	ok(draft_looks_like("imap:INBOX") && !draft_looks_like("~/a:b") && !draft_looks_like("away"), "what looks like a folder");
}

static void
test_forgotten_dot(void)
{
	struct buf out = BUF_INIT, why = BUF_INIT;

	mkdirat(home.fd, ".Vacation", 0700);
	ok(!draft_read(&home, "maildir:~/Vacation", MAX, &out, NULL, &why) && errno == ENOENT, "a forgotten dot: no folder");
	is_str(buf_str(&why), "there is no folder ~/Vacation, but there is ~/.Vacation", "a forgotten dot: it is said");
	buf_free(&out);
	buf_free(&why);
	drop(".Vacation");
}

static void
test_maildir(void)
{
	static const struct {
		const char *name;
		struct file files[FILES_MAX];
		const char *want;
		int error;
	} rows[] = {
		{ "one message", { { "box/cur/1.a:2,S", "\none\n", 0 } }, "\none\n", 0 },
		{ "the later name", { { "box/cur/1.a:2,", "\none\n", 0 }, { "box/cur/2.a:2,", "\ntwo\n", 0 } }, "\ntwo\n", 0 },
		{ "numbers, not letters", { { "box/cur/10.a:2,", "\nten\n", 0 }, { "box/cur/9.a:2,", "\nnine\n", 0 } }, "\nten\n", 0 },
		{ "the name before the file's time", { { "box/cur/1.a:2,", "\none\n", 9000 }, { "box/cur/2.a:2,", "\ntwo\n", 10 } }, "\ntwo\n", 0 },
		{ "the file's time for equal names", { { "box/cur/2.a:2,", "\none\n", 9000 }, { "box/cur/2.b:2,", "\ntwo\n", 10 } }, "\none\n", 0 },
		{ "microseconds", { { "box/cur/2.M99P1.a:2,", "\none\n", 10 }, { "box/cur/2.M800P1.a:2,", "\ntwo\n", 9 } }, "\ntwo\n", 0 },
		{ "new and cur", { { "box/cur/1.a:2,", "\none\n", 0 }, { "box/new/2.a", "\ntwo\n", 0 } }, "\ntwo\n", 0 },
		{ "a name by hand has the file's time", { { "box/cur/2000.a:2,", "\none\n", 1 }, { "box/cur/away.eml", "\ntwo\n", 3000 } }, "\ntwo\n", 0 },
		{ "deleted", { { "box/cur/1.a:2,S", "\none\n", 0 }, { "box/cur/2.a:2,ST", "\ntwo\n", 0 } }, "\none\n", 0 },
		{ "marked as a draft", { { "box/cur/1.a:2,D", "\none\n", 0 } }, "\none\n", 0 },
		{ "a T that is no flag", { { "box/cur/2.T:2,S", "\ntwo\n", 0 } }, "\ntwo\n", 0 },
		{ "tmp and dot files", { { "box/cur/1.a:2,", "\none\n", 0 }, { "box/tmp/5.a", "\nfive\n", 0 }, { "box/cur/.6.a", "\nsix\n", 0 } },
		    "\none\n", 0 },
		{ "the server's notes", { { "box/cur/1.a:2,", "\none\n", 0 },
		    { "box/cur/2.a:2,", "From: MAILER-DAEMON\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nx\n", 0 } }, "\none\n", 0 },
		{ "all deleted", { { "box/cur/1.a:2,T", "\none\n", 0 } }, NULL, ENOENT },
		{ "empty", { { NULL, NULL, 0 } }, NULL, ENOENT },
		{ "nothing in it", { { "box/cur/1.a:2,", "\none\n", 0 }, { "box/cur/2.a:2,", "", 0 } }, NULL, ENOENT },
		{ "gzip", { { "box/cur/1.a:2,", "\x1f\x8b\x08xxxx", 0 } }, NULL, EINVAL },
		{ "Dovecot's encryption", { { "box/cur/1.a:2,", "CRYPTED\x03\x07xx", 0 } }, NULL, EINVAL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		make_maildir();
		for (const struct file *f = rows[i].files; f < rows[i].files + FILES_MAX && f->name != NULL; f++)
			put(f->name, f->text, strlen(f->text), f->mtime);
		check(rows[i].name, "maildir:box", rows[i].want, rows[i].error);
		drop("box");
	}
	check("no folder", "maildir:~/nowhere", NULL, ENOENT);
	test_forgotten_dot();
	check("no name", "maildir:", NULL, EINVAL);
	mkdirat(home.fd, "box", 0700);
	check("neither new nor cur", "maildir:box", NULL, ENOENT);
	drop("box");
}

static void
test_clean(void)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{ "what is kept", "Subject: away\nFrom: a@b\nReply-To: c@d\nOrganization: o\nMIME-Version: 1.0\nContent-Type: text/plain\n"
		    "Content-Language: de\n\ntext\n", "Subject: away\nFrom: a@b\nReply-To: c@d\nOrganization: o\nMIME-Version: 1.0\n"
		    "Content-Type: text/plain\nContent-Language: de\n\ntext\n" },
		{ "what goes", "To: x@y\nCc: x@y\nBcc: x@y\nDate: today\nMessage-ID: <1@x>\nX-Mozilla-Draft-Info: internal/draft\nUser-Agent: u\n"
		    "X-Account-Key: account1\nX-Identity-Key: id1\nFcc: imap://x\nX-Mailer: m\nImportance: high\nThread-Index: x\n"
		    "Authentication-Results: x\nDKIM-Signature: v=1;\n\tb=x\nARC-Seal: x\nList-Id: <x>\nReferences: <x@y>\nSubject: s\n\ntext\n",
		    "Subject: s\n\ntext\n" },
		{ "what a mailbox notes", "Status: RO\nX-Status: A\nX-Keywords: k\nX-UID: 7\nX-IMAPbase: 1 2\nContent-Length: 5\nSubject: s\n\ntext\n",
		    "Subject: s\n\ntext\n" },
		{ "folded", "Subject: a\n b\n\tc\nX-Y: d\n e\n\ntext\n", "Subject: a b\tc\n\ntext\n" },
		{ "CRLF", "Subject: a\r\n b\r\nTo: x@y\r\n\r\ntext\r\n", "Subject: a b\n\ntext\r\n" },
		{ "an mbox line at the top", "From a@b Mon Jun  1 12:00:00 2026\nSubject: s\n\ntext\n", "Subject: s\n\ntext\n" },
		{ "no header", "I am away.\nUntil Monday.\n", "\nI am away.\nUntil Monday.\n" },
		{ "header alone", "Subject: s\nTo: x@y\n", "Subject: s\n\n" },
		{ "no field of ours", "To: x@y\n\ntext\n", "\ntext\n" },
		{ "in capitals", "SUBJECT: s\nCONTENT-TYPE: text/html\n\ntext", "SUBJECT: s\nCONTENT-TYPE: text/html\n\ntext" },
	};

	make_maildir();
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("box/cur/1.a:2,S", rows[i].text, strlen(rows[i].text), 0);
		check(rows[i].name, "maildir:box", rows[i].want, 0);
	}
	drop("box");
}

#define FROM "From a@b Mon Jun  1 12:00:00 2026\n"
#define NOTES FROM "From: Mail System Internal Data <x@y>\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nThis text\n\n"

static void
test_mbox(void)
{
	static const struct {
		const char *name, *text, *want;
		int error;
	} rows[] = {
		{ "one", FROM "Subject: s\n\none\n", "Subject: s\n\none\n", 0 },
		{ "the last one", FROM "\none\n\n" FROM "Subject: 2\n\ntwo\n\n", "Subject: 2\n\ntwo\n", 0 },
		{ "quoted", FROM "\n>From here\n>>From there\n> From\n", "\nFrom here\n>From there\n> From\n", 0 },
		{ "From in a text", FROM "\nFrom here on\n\nFrom now on at 12:00\n", "\nFrom here on\n\nFrom now on at 12:00\n", 0 },
		{ "Content-Length", FROM "Content-Length: 41\n\nx\n\n" FROM "\ny\n\n\n", "\nx\n\n" FROM "\ny\n\n", 0 },
		{ "Content-Length to the next", FROM "Content-Length: 4\n\none\n\n" FROM "\ntwo\n", "\ntwo\n", 0 },
		{ "Content-Length too large", FROM "Content-Length: 4000\n\none\n\n" FROM "\ntwo\n", "\ntwo\n", 0 },
		{ "Content-Length too small", FROM "Content-Length: 2\n\none\n\n" FROM "\ntwo\n", "\ntwo\n", 0 },
		{ "Content-Length, no number", FROM "Content-Length: x\n\none\n", "\none\n", 0 },
		{ "Content-Length beyond every number", FROM "Content-Length: 99999999999999999999\n\none\n", "\none\n", 0 },
		{ "deleted", FROM "\none\n\n" FROM "Status: ROD\n\ntwo\n", "\none\n", 0 },
		{ "deleted by X-Status", FROM "\none\n\n" FROM "X-Status: D\n\ntwo\n", "\none\n", 0 },
		{ "read and answered", FROM "\none\n\n" FROM "Status: RO\nX-Status: A\n\ntwo\n", "\ntwo\n", 0 },
		{ "the server's notes and one", NOTES FROM "\none\n", "\none\n", 0 },
		{ "the server's notes alone", NOTES, NULL, ENOENT },
		{ "CRLF", "From a@b Mon Jun  1 12:00:00 2026\r\nSubject: s\r\n\r\none\r\n", "Subject: s\n\none\r\n", 0 },
		{ "no end of line", FROM "Subject: s\n\none", "Subject: s\n\none", 0 },
		{ "no body", FROM "\none\n\n" FROM "Subject: s\n", "Subject: s\n\n", 0 },
		{ "no header, the next one at once", FROM FROM "\ntwo\n", "\ntwo\n", 0 },
		{ "empty", "", NULL, ENOENT },
		{ "no mbox", "Dear all,\n\nI am away.\n", NULL, EINVAL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		put("mbox", rows[i].text, strlen(rows[i].text), 0);
		check(rows[i].name, "mbox:~/mbox", rows[i].want, rows[i].error);
	}
	check("no mbox file", "mbox:nowhere", NULL, ENOENT);
	check("a directory", "mbox:.", NULL, EPERM);
	drop("mbox");
}

/* Messages whose last one is further from the end than the first piece that is read. */
static void
test_large_mbox(void)
{
	struct buf text = BUF_INIT;
	int i;

	buf_adds(&text, FROM "\nwanted\n\n");
	for (i = 0; text.len < 2 * 1024 * 1024; i++)
		buf_addf(&text, FROM "X-Status: D\nSubject: %d\n\nSome text of this message, which is deleted.\n\n", i);
	put("mbox", buf_str(&text), text.len, 0);
	check("behind 2 MiB of deleted ones", "mbox:mbox", "\nwanted\n", 0);
	buf_reset(&text);
	for (i = 0; text.len < DRAFT_MBOX_TAIL_MAX + 100; i++)
		buf_addf(&text, FROM "X-Status: D\n\n%d\n\n", i);
	put("mbox", buf_str(&text), text.len, 0);
	check("too far from the end", "mbox:mbox", NULL, EFBIG);
	buf_reset(&text);
	buf_adds(&text, FROM "\n");
	while (text.len <= MAX + 100)
		buf_adds(&text, "a line of a long message\n");
	put("mbox", buf_str(&text), text.len, 0);
	check("too long", "mbox:mbox", NULL, EFBIG);
	buf_free(&text);
	drop("mbox");
}

/* A child holds a lock; it ends when the pipe does. */
static void
test_mbox_locks(void)
{
	int ends[2], ready[2], fd;
	struct flock how = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char c;
	pid_t pid;

	put("mbox", FROM "\none\n", strlen(FROM "\none\n"), 0);
	if (pipe2(ends, O_CLOEXEC) == -1 || pipe2(ready, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
		ok(false, "a child");
		return;
	}
	if (pid == 0) {
		close(ends[1]);
		fd = openat(home.fd, "mbox", O_RDWR | O_CLOEXEC);
		fcntl(fd, F_SETLK, &how);
		c = (char)write(ready[1], "x", 1);
		_exit((int)read(ends[0], &c, 1));
	}
	ok(read(ready[0], &c, 1) == 1, "another process has the lock");
	check("locked by fcntl", "mbox:mbox", NULL, EAGAIN);
	close(ends[1]);
	waitpid(pid, NULL, 0);
	close(ends[0]);
	close(ready[0]);
	close(ready[1]);
	check("no longer locked", "mbox:mbox", "\none\n", 0);
	close(openat(home.fd, "mbox.lock", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	check("locked by mbox.lock", "mbox:mbox", NULL, EAGAIN);
	put("mbox.lock", "", 0, 1000);
	check("an mbox.lock that was left behind", "mbox:mbox", "\none\n", 0);
	drop("mbox.lock");
	drop("mbox");
}

static void
test_mh(void)
{
	mkdirat(home.fd, "box", 0700);
	check("an empty MH folder", "mh:box", NULL, ENOENT);
	put("box/9", "\nnine\n", 6, 9000);
	put("box/10", "\nten\n", 5, 10);
	put("box/,11", "\ndeleted\n", 9, 0);
	put("box/12a", "\nno\n", 4, 0);
	put("box/013", "\nno\n", 4, 0);
	put("box/#14", "\nno\n", 4, 0);
	put("box/.mh_sequences", "cur: 10\n", 8, 0);
	put("box/9999999999999999999999", "\nno\n", 4, 0);
	mkdirat(home.fd, "box/20", 0700);
	check("the highest number", "mh:~/box", "\nten\n", 0);
	drop("box");
}

static void
test_owner_and_mode(void)
{
	struct home other = home;
	struct buf out = BUF_INIT, why = BUF_INIT;

	make_maildir();
	put("box/cur/1.a:2,", "\none\n", 5, 0);
	set_mode("box/cur/1.a:2,", 0606);
	check("a message that everybody may write", "maildir:box", NULL, EPERM);
	set_mode("box/cur/1.a:2,", 0600);
	set_mode("box/cur", 0707);
	check("a directory that everybody may write", "maildir:box", NULL, EPERM);
	set_mode("box/cur", 0700);
	set_mode("box", 0707);
	check("a folder that everybody may write", "maildir:box", NULL, EPERM);
	set_mode("box", 0700);
	make_link("box", "link");
	check("a link to a folder", "maildir:link", "\none\n", 0);
	other.dropped = true;
	ok(!draft_read(&other, "maildir:link", MAX, &out, NULL, &why), "with other rights given up: no links");
	ok(strstr(buf_str(&why), "link") != NULL, "with other rights given up: %s", buf_str(&why));
	mkdirat(home.fd, "box/sub", 0700);
	make_link("box", "way");
	put("box/sub/7", "\nseven\n", 7, 0);
	check("a link on the way", "mh:way/sub/", "\nseven\n", 0);
	ok(!draft_read(&other, "mh:way/sub", MAX, &out, NULL, &why), "with other rights given up: none on the way");
	buf_reset(&out);
	ok(draft_read(&other, "mh:~/box//sub/", MAX, &out, NULL, &why), "with other rights given up: a folder in a folder");
	is_str(buf_str(&out), "\nseven\n", "with other rights given up: its message");
	make_link("7", "box/sub/8");
	buf_reset(&out);
	ok(draft_read(&other, "mh:box/sub", MAX, &out, NULL, &why), "with other rights given up: a message that is a link is none");
	put("box/sub/9", "x", 1, 0);
	buf_reset(&why);
	ok(!draft_read(&home, "mh:box/sub", 0, &out, NULL, &why) && errno == EFBIG, "too large: %s", buf_str(&why));
	buf_free(&out);
	buf_free(&why);
	unlinkat(home.fd, "link", 0);
	unlinkat(home.fd, "way", 0);
	drop("box");
}

static void
test_about(void)
{
	struct draft_about about;
	struct buf out = BUF_INIT, why = BUF_INIT;

	make_maildir();
	put("box/cur/1.a:2,", "Subject: s\n\none\n", 16, 4711);
	ok(draft_read(&home, "maildir:box", MAX, &out, &about, &why) && about.time == 4711 && !about.received, "its time");
	put("box/cur/1.a:2,", "Received: by x\nSubject: s\n\none\n", 31, 4711);
	ok(draft_read(&home, "maildir:box", MAX, &out, &about, &why) && about.received, "it came by mail");
	buf_free(&out);
	buf_free(&why);
	drop("box");
}

/* An IMAP server marks and unmarks it, without a pause. */
static void
rename_for_ever(int dir)
{
	for (;;) {
		renameat(dir, "7.a:2,S", dir, "7.a:2,FS");
		renameat(dir, "7.a:2,FS", dir, "7.a:2,S");
	}
}

static void
test_race(void)
{
	struct buf out = BUF_INIT, why = BUF_INIT;
	int dir, found = 0, right = 0;
	pid_t pid;

	make_maildir();
	put("box/cur/1.a:2,S", "\none\n", 5, 0);
	put("box/cur/7.a:2,S", "\nseven\n", 7, 0);
	dir = openat(home.fd, "box/cur", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid = fork();
	if (pid == 0)
		rename_for_ever(dir);
	for (int i = 0; pid != -1 && i < RACES; i++) {
		buf_reset(&out);
		found += draft_read(&home, "maildir:box", MAX, &out, NULL, &why);
		right += strcmp(buf_str(&out), "\nseven\n") == 0;
	}
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	close(dir);
	/* Who renames without a pause wins now and then, when there are fewer processors than programs. */
	ok(found >= RACES / 2, "a message that is renamed all the time is read");
	is_int(right, found, "and it is the newest");
	ok((why.len == 0) == (found == RACES), "and what is said is that it was not");
	buf_free(&out);
	buf_free(&why);
	drop("box");
}

static void
test_many(void)
{
	char name[64];
	int i;

	make_maildir();
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "box/cur/%d.a:2,S", 100000 + (i * 7919) % MANY);
		put(name, i * 7919 % MANY == MANY - 1 ? "\nlast\n" : "\nno\n", i * 7919 % MANY == MANY - 1 ? 6 : 4, 0);
	}
	check("one of 10,000", "maildir:box", "\nlast\n", 0);
	for (i = 0; i <= DRAFT_ENTRIES_MAX - MANY; i++) {
		snprintf(name, sizeof name, "box/cur/%d.b:2,S", i);
		close(openat(home.fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	}
	check("more than are looked at", "maildir:box", NULL, EFBIG);
	drop("box");
}

int
main(void)
{
	char path[] = "/tmp/backsoon-test.XXXXXX";
	struct buf why = BUF_INIT;

	if (mkdtemp(path) == NULL || home_open(&home, path, false, &why) != OUTCOME_ANSWERED) {
		ok(false, "a home directory: %s", buf_str(&why));
		return done_testing();
	}
	test_specs();
	test_maildir();
	test_clean();
	test_mbox();
	test_large_mbox();
	test_mbox_locks();
	test_mh();
	test_owner_and_mode();
	test_about();
	test_race();
	test_many();
	home_close(&home);
	rmdir(path);
	buf_free(&why);
	return done_testing();
}
