/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal: round trip, rings, counters, creation, damage, crashes and many writers at once. */
#include "journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/tap.h"

#define DAY 86400
#define NOW 1797000000
#define WRITERS 200
#define FILE_SIZE 282624	/* the layout of version 1 */
#define RECORDS_AT 20480
#define ANSWERED_CODE 3

static char dir_name[] = "/tmp/journal.XXXXXX";
static int dir_fd;

static bool
add(const char *name, enum journal_ring ring, unsigned code, int64_t t, const char *sender)
{
	struct journal_entry e = { .time = t, .ring = ring, .code = (uint16_t)code };

	journal_text(e.sender, sizeof e.sender, sender);
	return journal_add(dir_fd, name, &e);
}

/* Number of readable records, or -1. */
static int
records(const char *name)
{
	const struct journal_entry *e;
	struct journal *j = journal_open(dir_fd, name);
	int n;

	if (j == NULL)
		return -1;
	n = (int)journal_entries(j, &e);
	journal_close(j);
	return n;
}

static int
files(void)
{
	DIR *d = fdopendir(openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int n = 0;

	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
clear(void)
{
	DIR *d = fdopendir(openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			unlinkat(dir_fd, e->d_name, 0);
	}
	closedir(d);
}

static void
put(const char *name, off_t at, const void *p, size_t len)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (pwrite(fd, p, len, at) != (ssize_t)len)
		ok(false, "test set-up: write to %s", name);
	close(fd);
}

static void
test_round_trip(void)
{
	struct journal_entry in = { .time = NOW, .ring = JOURNAL_REFUSED, .code = 7 }, none = { .sequence = 0 };
	const struct journal_entry *e;
	struct journal *j;

	journal_text(in.outcome, sizeof in.outcome, "refused");
	journal_text(in.rule, sizeof in.rule, "mailing-list");
	journal_text(in.sender, sizeof in.sender, "a@example.org");
	journal_text(in.recipient, sizeof in.recipient, "b@example.net");
	journal_text(in.subject, sizeof in.subject, "Gr\xc3\xbc\xc3\x9f" "e");
	journal_text(in.why, sizeof in.why, "List-Id: x");
	ok(journal_add(dir_fd, "j", &in), "the first record makes the file");
	is_int((long long)in.sequence, 1, "sequence begins at 1");
	none.ring = JOURNAL_ANSWERED;
	none.time = NOW - 1;
	ok(journal_add(dir_fd, "j", &none), "an empty entry");
	j = journal_open(dir_fd, "j");
	if (!ok(j != NULL && journal_entries(j, &e) == 2, "two records"))
		return;
	ok(e[0].time == NOW && e[0].sequence == 1 && e[0].ring == JOURNAL_REFUSED && e[0].code == 7, "numbers, newest first");
	is_str(e[0].outcome, "refused", "outcome");
	is_str(e[0].rule, "mailing-list", "rule");
	is_str(e[0].sender, "a@example.org", "sender");
	is_str(e[0].recipient, "b@example.net", "recipient");
	is_str(e[0].subject, "Gr\xc3\xbc\xc3\x9f" "e", "subject");
	is_str(e[0].why, "List-Id: x", "why");
	is_str(e[1].subject, "", "empty text");
	journal_close(j);
	clear();
}

static void
test_text(void)
{
	static const struct { const char *name, *in, *want; } rows[] = {
		{ "fits", "abcdefg", "abcdefg" },
		{ "cut", "abcdefgh", "abcdefg" },
		{ "cut before a character", "abcdef\xc3\xa4", "abcdef" },
		{ "a character that just fits", "abcde\xc3\xa4x", "abcde\xc3\xa4" },
		{ "NULL", NULL, "" },
	};
	char field[8];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		journal_text(field, sizeof field, rows[i].in);
		is_str(field, rows[i].want, rows[i].name);
	}
}

static void
test_rings(void)
{
	const struct journal_entry *e;
	struct journal *j;
	bool good = true, ordered = true;
	size_t n;

	for (int i = 0; i < 3; i++)
		good &= add("j", JOURNAL_ANSWERED, ANSWERED_CODE, NOW + i, "person@example.org");
	for (int i = 0; i < 600; i++)
		good &= add("j", JOURNAL_REFUSED, 9, NOW + 10 + i, "list@example.org");
	ok(good, "603 records written");
	j = journal_open(dir_fd, "j");
	n = journal_entries(j, &e);
	is_int((long long)n, 3 + JOURNAL_SLOTS, "list mail does not push people out");
	is_int(e[0].time, NOW + 10 + 599, "the last is the first");
	for (size_t i = 1; i < n; i++)
		ordered &= e[i - 1].time >= e[i].time;
	ok(ordered && e[n - 1].ring == JOURNAL_ANSWERED, "newest first over both rings");
	is_int(journal_count(j, 9, NOW), 600, "counted beyond the ring");
	journal_close(j);
	clear();
}

static void
test_counters(void)
{
	struct journal *j;

	for (int day = 0; day < 3; day++)
		for (int i = 0; i <= day; i++)
			add("j", JOURNAL_REFUSED, 5, (int64_t)(20000 + day) * DAY + DAY - 1 - i, "");
	add("j", JOURNAL_REFUSED, 63, (int64_t)20000 * DAY, "");
	j = journal_open(dir_fd, "j");
	is_int(journal_count(j, 5, (int64_t)20000 * DAY), 1, "first day, its first second");
	is_int(journal_count(j, 5, (int64_t)20002 * DAY + 5), 3, "third day");
	is_int(journal_count(j, 5, (int64_t)20003 * DAY), 0, "no column yet");
	is_int(journal_count(j, 63, (int64_t)20000 * DAY), 1, "the last code");
	is_int(journal_count(j, 64, (int64_t)20000 * DAY), 0, "no such code");
	journal_close(j);
	add("j", JOURNAL_REFUSED, 5, (int64_t)(20000 + JOURNAL_DAYS) * DAY, "");
	j = journal_open(dir_fd, "j");
	is_int(journal_count(j, 5, (int64_t)20000 * DAY), 0, "32 days later the column is gone");
	is_int(journal_count(j, 5, (int64_t)(20000 + JOURNAL_DAYS) * DAY), 1, "and counts anew");
	is_int(journal_count(j, 63, (int64_t)(20000 + JOURNAL_DAYS) * DAY), 0, "so does a rule that has not been counted since");
	journal_close(j);
	clear();
}

static void
test_arguments(void)
{
	errno = 0;
	ok(!add("j", JOURNAL_REFUSED, JOURNAL_RULES, NOW, "") && errno == EINVAL, "code out of range");
	errno = 0;
	ok(!add("j", (enum journal_ring)2, 0, NOW, "") && errno == EINVAL, "ring out of range");
	ok(journal_open(dir_fd, "j") == NULL && errno == ENOENT, "no journal yet");
	is_int(files(), 0, "nothing was made");
}

static void
test_creation(void)
{
	struct rlimit before, small;
	struct stat st;
	mode_t mask = umask(0777);

	ok(add("j", JOURNAL_ANSWERED, 0, NOW, ""), "created under umask 0777");
	umask(mask);
	fstatat(dir_fd, "j", &st, 0);
	is_int(st.st_mode & 07777, 0600, "mode 0600");
	is_int(st.st_size, FILE_SIZE, "full size");
	ok(st.st_blocks * 512 >= FILE_SIZE, "allocated, no holes");
	is_int(files(), 1, "no temporary name is left");
	clear();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small = (struct rlimit){ .rlim_cur = 65536, .rlim_max = before.rlim_max };
	setrlimit(RLIMIT_FSIZE, &small);
	errno = 0;
	ok(!add("j", JOURNAL_ANSWERED, 0, NOW, "") && errno == EFBIG, "no room for it: fails");
	setrlimit(RLIMIT_FSIZE, &before);
	is_int(files(), 0, "and nothing half-made");
	clear();
}

static void
test_refused_files(void)
{
	static const unsigned char version[] = { 2, 0, 0, 0 };
	struct stat st;

	put("other", 0, "keep me\n", 8);
	ok(symlinkat("other", dir_fd, "link") == 0 && !add("link", JOURNAL_ANSWERED, 0, NOW, "") && errno == ELOOP, "a link is not followed");
	ok(journal_open(dir_fd, "link") == NULL && errno == ELOOP, "nor for reading");
	ok(symlinkat("nowhere", dir_fd, "dangling") == 0 && !add("dangling", JOURNAL_ANSWERED, 0, NOW, "") && errno == ELOOP, "nor created through");
	ok(!add("other", JOURNAL_ANSWERED, 0, NOW, "") && errno == EBADMSG, "a foreign file is refused");
	ok(fstatat(dir_fd, "other", &st, 0) == 0 && st.st_size == 8, "and left alone");
	ok(journal_open(dir_fd, "other") == NULL && errno == EBADMSG, "nor read");
	ok(mkfifoat(dir_fd, "fifo", 0600) == 0 && !add("fifo", JOURNAL_ANSWERED, 0, NOW, "") && errno == EPERM, "a named pipe is refused at once");
	ok(!add("/", JOURNAL_ANSWERED, 0, NOW, "") && errno == EISDIR, "a directory");
	add("newer", JOURNAL_ANSWERED, 0, NOW, "");
	put("newer", 16, version, sizeof version);
	ok(!add("newer", JOURNAL_ANSWERED, 0, NOW, "") && errno == ENOTSUP, "a newer version is left alone");
	ok(journal_open(dir_fd, "newer") == NULL && errno == ENOTSUP, "and not misread");
	clear();
}

static void
test_damage(void)
{
	char zeros[4096] = { 0 };
	int fd;

	add("j", JOURNAL_ANSWERED, 0, NOW, "");
	put("j", 20, "\xff", 1);
	ok(add("j", JOURNAL_ANSWERED, 0, NOW, "") && records("j") == 1, "damaged head: begun anew");
	ok(faccessat(dir_fd, "j.bad", F_OK, 0) == 0, "the damaged one was set aside");
	put("j", 20, "\xff", 1);
	ok(!add("j", JOURNAL_ANSWERED, 0, NOW, "") && errno == EBADMSG && files() == 2, "but once only");
	clear();
	add("j", JOURNAL_ANSWERED, 0, NOW, "");
	put("j", 0, zeros, sizeof zeros);
	ok(add("j", JOURNAL_ANSWERED, 0, NOW, "") && records("j") == 1 && files() == 2, "zeros after a power failure: set aside too");
	unlinkat(dir_fd, "j.bad", 0);
	fd = openat(dir_fd, "j", O_WRONLY | O_TRUNC | O_CLOEXEC);
	close(fd);
	ok(add("j", JOURNAL_ANSWERED, 0, NOW, "") && records("j") == 1 && files() == 1, "emptied by hand: begun anew");
	clear();
}

static void
test_torn_records(void)
{
	int fd;

	for (int i = 0; i < 4; i++)
		add("j", JOURNAL_ANSWERED, 0, NOW + i, "someone@example.org");
	put("j", RECORDS_AT + JOURNAL_RECORD + 100, "X", 1);
	is_int(records("j"), 3, "a torn record is skipped");
	put("j", RECORDS_AT + 2 * JOURNAL_RECORD + 8, "\0\0\0\0\0\0\0\0", 8);
	is_int(records("j"), 2, "and one without a sequence");
	fd = openat(dir_fd, "j", O_WRONLY | O_CLOEXEC);
	ok(ftruncate(fd, RECORDS_AT + 2 * JOURNAL_RECORD + 10) == 0 && records("j") == 1, "a file cut short gives what it has");
	close(fd);
	ok(add("j", JOURNAL_ANSWERED, 0, NOW, "") && files() == 2 && records("j") == 1, "and is set aside by the next writer");
	clear();
}

static pid_t
writer(int number, int times)
{
	pid_t pid = fork();
	char name[32];

	if (pid != 0)
		return pid;
	snprintf(name, sizeof name, "%d@example.org", number);
	for (int i = 0; i < times; i++) {
		if (!add("j", number % 2 == 0 ? JOURNAL_ANSWERED : JOURNAL_REFUSED, ANSWERED_CODE, NOW, name))
			_exit(1);
	}
	_exit(0);
}

static int
wait_all(const pid_t *pids, int n)
{
	int failed = 0, status;

	for (int i = 0; i < n; i++) {
		if (pids[i] == -1 || waitpid(pids[i], &status, 0) == -1 || status != 0)
			failed++;
	}
	return failed;
}

/* The number of a process that is gone. */
static pid_t
dead(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	return pid;
}

static void
test_leftovers(void)
{
	static const struct { const char *name, *before, *behind; bool dead, old, stays; } rows[] = {
		{ "a dead process's", "s/j.", ".0.new", true, false, false },
		{ "another of its", "s/j.", ".12.new", true, true, false },
		{ "one of a living process", "s/j.", ".0.new", false, false, true },
		{ "an old one, whoever has that number now", "s/j.", ".1.new", false, true, false },
		{ "another journal's", "s/jj.", ".0.new", true, true, true },
		{ "something else of the user's", "s/j.", ".new", true, true, true },
		{ "a name that goes on", "s/j.", ".0.newer", true, true, true },
		{ "no number", "s/j.x", ".0.new", true, true, true },
	};
	const struct timespec old[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	pid_t gone = dead();
	char name[64];
	struct stat st;

	mkdirat(dir_fd, "s", 0700);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(name, sizeof name, "%s%d%s", rows[i].before, rows[i].dead ? (int)gone : (int)getppid(), rows[i].behind);
		close(openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
		if (rows[i].old)
			utimensat(dir_fd, name, old, 0);
	}
	ok(add("s/j", JOURNAL_REFUSED, 1, NOW, "x"), "created beside leftovers");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(name, sizeof name, "%s%d%s", rows[i].before, rows[i].dead ? (int)gone : (int)getppid(), rows[i].behind);
		is_int(fstatat(dir_fd, name, &st, 0) == 0, rows[i].stays, rows[i].name);
		unlinkat(dir_fd, name, 0);
	}
	snprintf(name, sizeof name, "s/j.%d.0.new", (int)gone);
	ok(symlinkat("j", dir_fd, name) == 0 && unlinkat(dir_fd, "s/j", 0) == 0 && add("s/j", JOURNAL_REFUSED, 1, NOW, "x") &&
	    fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0, "a link stays");
	unlinkat(dir_fd, name, 0);
	unlinkat(dir_fd, "s/j", 0);
	ok(unlinkat(dir_fd, "s", AT_REMOVEDIR) == 0, "nothing else is left");
}

/* Creators are killed at any moment; who comes after them makes a whole journal and removes what they left. */
static void
test_killed_creators(void)
{
	const struct timespec moment = { .tv_nsec = 200000 };

	mkdirat(dir_fd, "k", 0700);
	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			for (;;) {
				add("k/j", JOURNAL_REFUSED, 1, NOW, "x");
				unlinkat(dir_fd, "k/j", 0);
			}
		}
		nanosleep(&moment, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	unlinkat(dir_fd, "k/j", 0);
	ok(add("k/j", JOURNAL_REFUSED, 1, NOW, "last"), "after 100 killed creators");
	is_int(records("k/j"), 1, "the journal is good");
	unlinkat(dir_fd, "k/j", 0);
	ok(unlinkat(dir_fd, "k", AT_REMOVEDIR) == 0, "nothing is left behind");
}

static void
test_simultaneous(void)
{
	pid_t pids[WRITERS];
	bool seen[WRITERS] = { false }, numbered[WRITERS + 1] = { false };
	const struct journal_entry *e;
	struct journal *j;
	size_t n;
	int people = 0, numbers = 0;

	for (int i = 0; i < WRITERS; i++)
		pids[i] = writer(i, 1);
	is_int(wait_all(pids, WRITERS), 0, "200 first deliveries at once, none fails");
	is_int(files(), 1, "they agree on one file");
	j = journal_open(dir_fd, "j");
	n = journal_entries(j, &e);
	for (size_t i = 0; i < n; i++) {
		seen[atoi(e[i].sender) % WRITERS] = true;
		if (e[i].sequence <= WRITERS)
			numbered[e[i].sequence] = true;
	}
	for (int i = 0; i < WRITERS; i++) {
		people += seen[i];
		numbers += numbered[i + 1];
	}
	is_int(people, WRITERS, "none is lost");
	is_int(numbers, WRITERS, "no sequence number given twice");
	is_int(journal_count(j, ANSWERED_CODE, NOW), WRITERS, "all are counted");
	journal_close(j);
	for (int i = 0; i < 8; i++)
		pids[i] = writer(i, 400);
	is_int(wait_all(pids, 8), 0, "eight busy writers");
	is_int(records("j"), 2 * JOURNAL_SLOTS, "both rings are full, no record torn");
	clear();
}

static void
test_crashes(void)
{
	pid_t pids[16];

	for (int i = 0; i < 16; i++)
		pids[i] = writer(i, 1 << 30);
	usleep(50000);
	for (int i = 0; i < 16; i++)
		kill(pids[i], SIGKILL);
	wait_all(pids, 16);
	ok(add("j", JOURNAL_ANSWERED, 0, NOW + 1, "after@example.org") && records("j") > 0, "writers killed at work: readable, writable");
	clear();
}

/* Somebody empties the file again and again while we write: no write may end the process. */
static void
test_cut_short_in_use(void)
{
	struct sigaction now;
	char path[64];
	pid_t pid;
	int lost = 0;

	snprintf(path, sizeof path, "%s/j", dir_name);
	pid = fork();
	if (pid == 0) {
		for (;;) {
			if (truncate(path, 0) == 0)
				usleep(20);
		}
	}
	signal(SIGBUS, SIG_IGN);
	for (int i = 0; i < 3000; i++)
		lost += !add("j", JOURNAL_ANSWERED, 0, NOW, "");
	kill(pid, SIGKILL);
	wait_all(&pid, 1);
	sigaction(SIGBUS, NULL, &now);
	ok(now.sa_handler == SIG_IGN, "survives a file that is cut short, and restores the handler (%d lost)", lost);
	signal(SIGBUS, SIG_DFL);
	clear();
}

int
main(void)
{
	if (mkdtemp(dir_name) == NULL || (dir_fd = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return 1;
	test_text();
	test_round_trip();
	test_rings();
	test_counters();
	test_arguments();
	test_creation();
	test_refused_files();
	test_damage();
	test_torn_records();
	test_leftovers();
	test_killed_creators();
	test_simultaneous();
	test_crashes();
	test_cut_short_in_use();
	close(dir_fd);
	rmdir(dir_name);
	return done_testing();
}
