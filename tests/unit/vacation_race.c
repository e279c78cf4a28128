/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table under many processes, under SIGKILL and on a full disk.
 *
 *	vacation_race			TAP: races and kills
 *	vacation_race full DIR		TAP: fills the small file system at DIR
 *	vacation_race WORD PATH SENDER NOW [FROM]	claim or peek: prints the result, for 4000-table.t
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "tests/tap.h"
#include "vacation_db.h"
#include "vacation_lock.h"

#define T 1800000000
#define DAY 86400
#define PROCESSES 200
#define KILLS 300
#define SENDERS_MAX 100000
#define PATIENCE 20000		/* ms; a test machine may be busy, a delivery has VACATION_DB_LOCK_MS */

static const struct vacation_db_limits week = { .period = 7 * DAY, .max_senders = SENDERS_MAX };
static char root[] = "/tmp/vacation_race.XXXXXX";
static char path[128];

static void
fresh_path(void)
{
	static int n;

	snprintf(path, sizeof path, "%s/%d", root, ++n);
}

static enum vacation_db_result
ask(bool claim, const char *sender, int64_t now, struct vacation_db_info *info)
{
	const struct vacation_db_who who = { "anna", "h", sender, NULL };
	struct vacation_db_claim claimed;
	enum vacation_db_result r;
	struct vacation_db *db;
	int64_t until = deadline_clock() + PATIENCE;

	do {
		db = vacation_db_new(AT_FDCWD, path, until);
		if (claim)
			r = vacation_db_claim(db, &who, &week, now, &claimed, info);
		else
			r = vacation_db_peek(db, &who, &week, now, info);
		vacation_db_free(db);
	} while (r == VACATION_DB_BUSY && deadline_left(until) > 0);
	return r;
}

static const char *
sender_of(int i)
{
	static char sender[32];

	snprintf(sender, sizeof sender, "s%d@x%d", i, i % 7);
	return sender;
}

static bool
count_row(void *ctx, const struct vacation_db_row *row)
{
	(void)row;
	++*(int *)ctx;
	return true;
}

static int
rows(void)
{
	struct vacation_db *db = vacation_db_new(AT_FDCWD, path, deadline_clock() + PATIENCE);
	struct vacation_db_info info;
	int n = 0;

	if (vacation_db_list(db, count_row, &n, &info) != VACATION_DB_FREE)
		n = -1;
	vacation_db_free(db);
	return n;
}

/* All children wait for the end of one pipe, so that they start together. */
static void
race(bool same, int results[16])
{
	struct vacation_db_info info;
	pid_t pid[PROCESSES];
	int i, status, start[2];

	if (pipe(start) != 0)
		exit(1);
	for (i = 0; i < PROCESSES; i++) {
		pid[i] = fork();
		if (pid[i] != 0)
			continue;
		close(start[1]);
		while (read(start[0], &status, 1) < 0 && errno == EINTR)
			;
		_exit((int)ask(true, sender_of(same ? 0 : i), T, &info));
	}
	close(start[0]);
	close(start[1]);
	memset(results, 0, 16 * sizeof *results);
	for (i = 0; i < PROCESSES; i++)
		if (pid[i] > 0 && waitpid(pid[i], &status, 0) == pid[i] && WIFEXITED(status))
			results[WEXITSTATUS(status) & 15]++;
}

static void
test_race(void)
{
	int results[16];

	fresh_path();
	race(true, results);
	is_int(results[VACATION_DB_GRANTED], 1, "200 processes, one sender: one is granted");
	is_int(results[VACATION_DB_ANSWERED], PROCESSES - 1, "200 processes, one sender: the others hear that he was answered");
	is_int(rows(), 1, "200 processes, one sender: one record");
	fresh_path();
	race(false, results);
	is_int(results[VACATION_DB_GRANTED], PROCESSES, "200 senders: all are granted");
	is_int(rows(), PROCESSES, "200 senders: 200 records");
}

/* Claims one sender after the other and reports each that was granted, until it is killed. */
static pid_t
claimer(int first, int *report)
{
	struct vacation_db_info info;
	int out[2], i;
	pid_t pid;

	if (pipe(out) != 0)
		exit(1);
	pid = fork();
	if (pid == 0) {
		for (i = first;; i++)
			if (ask(true, sender_of(i), T, &info) != VACATION_DB_GRANTED || write(out[1], &i, sizeof i) != sizeof i)
				_exit(1);
	}
	close(out[1]);
	*report = out[0];
	return pid;
}

static void
wait_a_little(unsigned *seed, unsigned most)
{
	struct timespec ts = { 0, 0 };

	*seed = *seed * 1103515245 + 12345;
	ts.tv_nsec = (long)((*seed >> 8) % most) * 1000;
	nanosleep(&ts, NULL);
}

static void
test_kills(void)
{
	struct vacation_db_info info;
	unsigned seed = 7;
	int i, round, report, next = 0, granted = 0, doubled = 0, unopened = 0, healed = 0, ended = 0, status;
	enum vacation_db_result r;
	pid_t pid;

	fresh_path();
	for (round = 0; round < KILLS; round++) {
		if (round % 100 == 0)
			fresh_path();
		pid = claimer(next, &report);
		wait_a_little(&seed, 6000);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		ended += WIFEXITED(status);
		while (read(report, &i, sizeof i) == sizeof i) {
			granted++;
			next = i + 1;
			r = ask(true, sender_of(i), T + 1, &info);
			if (r != VACATION_DB_ANSWERED && ++doubled)
				printf("# round %d, sender %d: %s (%s)\n", round, i, vacation_db_result_name(r), info.detail);
			healed += info.healed;
		}
		close(report);
		next += 2;	/* the one that it was killed over may be written or not */
		unopened += ask(true, sender_of(next++), T, &info) != VACATION_DB_GRANTED;
		healed += info.healed;
	}
	ok(granted > 0, "%d kills: %d claims before them, %d tables mended", KILLS, granted, healed);
	is_int(ended, 0, "kills: no claim failed before");
	is_int(doubled, 0, "kills: nobody is granted twice");
	is_int(unopened, 0, "kills: the next claim is granted");
}

static void
spoil(void)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || pwrite(fd, "spoiled", 7, 0) != 7)
		exit(1);
	close(fd);
}

static void
test_kills_while_healing(void)
{
	struct vacation_db_info info;
	struct vacation_db *db;
	unsigned seed = 11;
	int round, report, status, kept = 0, granted = 0;
	pid_t pid;

	for (round = 0; round < 40; round++) {
		fresh_path();
		db = vacation_db_new(AT_FDCWD, path, deadline_clock() + PATIENCE);
		vacation_db_exclude(db, "anna", "kept@x", true, &info);
		vacation_db_free(db);
		spoil();
		pid = claimer(0, &report);
		wait_a_little(&seed, 2000);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		close(report);
		granted += ask(true, "late@x", T + 1, &info) == VACATION_DB_GRANTED;
		kept += ask(false, "kept@x", T + 1, &info) == VACATION_DB_EXCLUDED;
	}
	is_int(granted, 40, "kills while healing: the next claim finishes it");
	is_int(kept, 40, "kills while healing: exclusions are kept");
}

/* A mark that nobody took back: the file opens well, and is recovered all the same. */
static void
test_mark(void)
{
	struct vacation_db_info info;
	char lock[160];
	int fd;

	fresh_path();
	ask(true, "a@x", T, &info);
	snprintf(lock, sizeof lock, "%s.lock", path);
	fd = open(lock, O_RDWR | O_CLOEXEC);
	ok(fd >= 0 && lock_mark(fd, true), "killed in a change: marked");
	close(fd);
	ok(ask(true, "b@x", T, &info) == VACATION_DB_GRANTED && info.healed, "killed in a change: recovered by the next claim");
	ok(ask(true, "a@x", T, &info) == VACATION_DB_ANSWERED && !info.healed, "killed in a change: once, and nobody is forgotten");
}

/* A lock file that was replaced while it was waited for keeps nobody out: the new one counts. */
static void
test_replaced_lock(void)
{
	struct vacation_db_info info;
	char lock[160], detail[200];
	int first, second, status;
	pid_t pid;

	fresh_path();
	snprintf(lock, sizeof lock, "%s.lock", path);
	lock_take(AT_FDCWD, lock, true, deadline_clock() + PATIENCE, &first, detail, sizeof detail);
	pid = fork();
	if (pid == 0)
		_exit((int)ask(true, "a@x", T, &info));
	wait_a_little(&(unsigned){ 1 }, 50000);
	unlink(lock);
	lock_take(AT_FDCWD, lock, true, deadline_clock() + PATIENCE, &second, detail, sizeof detail);
	close(first);
	usleep(100000);
	is_int(waitpid(pid, &status, WNOHANG), 0, "lock file replaced: the waiting claim waits for the new one");
	close(second);
	waitpid(pid, &status, 0);
	is_int(WIFEXITED(status) ? WEXITSTATUS(status) : -1, VACATION_DB_GRANTED, "lock file replaced: and has it then");
}

static int
fill(const char *dir)
{
	struct vacation_db_info info;
	enum vacation_db_result r = VACATION_DB_GRANTED;
	char ballast[160];
	int i, fd, granted = 0, forgotten = 0;

	snprintf(path, sizeof path, "%s/t", dir);
	snprintf(ballast, sizeof ballast, "%s/ballast", dir);
	fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ok(fd >= 0 && posix_fallocate(fd, 0, 65536) == 0, "full disk: ballast");
	close(fd);
	for (i = 0; i < SENDERS_MAX && r == VACATION_DB_GRANTED; i++) {
		r = ask(true, sender_of(i), T, &info);
		granted += r == VACATION_DB_GRANTED;
	}
	is_str(vacation_db_result_name(r), "full", "full disk: full");
	for (i = 0; i < granted; i++)
		forgotten += ask(false, sender_of(i), T + 1, &info) != VACATION_DB_ANSWERED;
	is_int(forgotten, 0, "full disk: everybody is still known");
	is_str(vacation_db_result_name(ask(true, "late@x", T, &info)), "full", "full disk: stays so");
	unlink(ballast);
	is_str(vacation_db_result_name(ask(true, "late@x", T, &info)), "granted", "full disk: room again");
	ok(!info.healed, "full disk: nothing was damaged");
	return done_testing();
}

static int
one(char **argv, const char *from)
{
	struct vacation_db *db = vacation_db_new(AT_FDCWD, argv[2], deadline_clock() + PATIENCE);
	const struct vacation_db_who who = { "anna", "h", argv[3], from };
	struct vacation_db_claim claim;
	struct vacation_db_info info;
	enum vacation_db_result r;

	if (strcmp(argv[1], "claim") == 0)
		r = vacation_db_claim(db, &who, &week, atoll(argv[4]), &claim, &info);
	else
		r = vacation_db_peek(db, &who, &week, atoll(argv[4]), &info);
	printf("%s%s%s\n", vacation_db_result_name(r), info.beside ? " beside" : "", info.healed ? " healed" : "");
	vacation_db_free(db);
	return 0;
}

static void
remove_root(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/rm", "rm", "-rf", "--", root, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

int
main(int argc, char **argv)
{
	signal(SIGXFSZ, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "full") == 0)
		return fill(argv[2]);
	if (argc >= 5)
		return one(argv, argv[5]);
	if (mkdtemp(root) == NULL)
		return 1;
	test_race();
	test_kills();
	test_kills_while_healing();
	test_mark();
	test_replaced_lock();
	remove_root();
	return done_testing();
}
