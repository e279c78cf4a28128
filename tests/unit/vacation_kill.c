/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A claim that is killed at each of its system calls, one after the other, and
 * one each of whose system calls fails, traced by ptrace(2): at table sizes
 * where the claim splits a bucket, and at some where it does not.  Whatever
 * happens, everybody who was answered stays so, and GRANTED is said to nobody twice.
 * The same with forgetting and importing, which happen wholly or not at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "tests/tap.h"
#include "vacation_db.h"

#define T 1800000000
#define WEEK (7 * 86400)
#define PATIENCE 20000		/* ms */
#define SENDERS 90		/* of the largest table */
#define GROWTH 80		/* from here on every claim that makes the file grow is tried: a bucket holds the keys of 83 senders */
#define COMING 20		/* rows imported */
#define CALLS_SOME 10		/* of many calls, the first and the last that many are tried, and as many between */
#define MOMENTS 8		/* at which a large import is killed */
#define STEP_NS 70000000
#define FEW 3			/* and this one, where nothing grows */
#define CALLS_MAX 2000
#define GONE (-1)		/* the claimer was killed */

static const struct vacation_db_limits week = { .period = WEEK, .max_senders = 100000, .max_per_hour = 100000 };
static bool peeking;		/* ask() does not claim */
static char root[] = "/tmp/vacation_kill.XXXXXX";
static char path[64], lock_path[80], fresh_path[80];

/* Files as they were before the claim. */
struct saved {
	unsigned char *data;
	size_t len;
};
static struct saved table, lock;

static void
save(const char *name, struct saved *s)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	free(s->data);
	if (fd < 0 || fstat(fd, &st) != 0 || (s->data = malloc((size_t)st.st_size)) == NULL)
		exit(1);
	s->len = (size_t)st.st_size;
	if (read(fd, s->data, s->len) != st.st_size)
		exit(1);
	close(fd);
}

static void
put(const char *name, const struct saved *s)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, s->data, s->len) != (ssize_t)s->len)
		exit(1);
	close(fd);
}

static void
restore(void)
{
	put(path, &table);
	put(lock_path, &lock);
}

static enum vacation_db_result
ask(int i, int64_t now, struct vacation_db_info *info)
{
	char sender[32];
	const struct vacation_db_who who = { "anna", "h", sender, NULL };
	struct vacation_db *db = vacation_db_new(AT_FDCWD, path, deadline_clock() + PATIENCE);
	struct vacation_db_claim claim;
	enum vacation_db_result r;

	if (db == NULL)
		return VACATION_DB_ERROR;
	snprintf(sender, sizeof sender, "s%d@x%d", i, i % 7);
	r = peeking ? vacation_db_peek(db, &who, &week, now, info) : vacation_db_claim(db, &who, &week, now, &claim, info);
	vacation_db_free(db);
	return r;
}

static enum { CLAIM, FORGET, IMPORT, PRUNE } doing;
static bool large;		/* more rows than are imported under the lock */

static bool
give(void *ctx, vacation_db_visit *take, void *taker)
{
	struct vacation_db_row row = { .owner = "anna", .handle = "h", .first_answered = T, .last_answered = T, .count = 1, .period = WEEK };
	char sender[32];
	int i;

	(void)ctx;
	row.sender = sender;
	for (i = 0; i < (large ? VACATION_DB_BULK_SMALL + 1 : COMING); i++) {
		snprintf(sender, sizeof sender, "new%d@x", i);
		if (!take(taker, &row))
			return false;
	}
	return true;
}

static enum vacation_db_result
bulk(void)
{
	struct vacation_db *db = vacation_db_new(AT_FDCWD, path, deadline_clock() + PATIENCE);
	struct vacation_db_info info;
	struct vacation_db_bulk out;
	enum vacation_db_result r;

	if (db == NULL)
		return VACATION_DB_ERROR;
	if (doing == FORGET)
		r = vacation_db_forget(db, "@x3", false, &out, &info);
	else if (doing == PRUNE)
		r = vacation_db_prune(db, &week, T + (int64_t)200 * 86400, false, &out, &info);
	else
		r = vacation_db_import(db, give, NULL, -1, false, &out, &info);
	vacation_db_free(db);
	return r;
}

struct seen {
	int n, fresh, x3;	/* rows: of claims, imported ones, those of claims in @x3 */
	bool sender[SENDERS + 1];
};

static bool
see(void *ctx, const struct vacation_db_row *row)
{
	struct seen *s = ctx;
	int i = atoi(row->sender + 1);

	if (row->sender[0] == 'n') {
		s->fresh++;
		return true;
	}
	s->n++;
	s->x3 += strcmp(strchr(row->sender, '@'), "@x3") == 0;
	if (i >= 0 && i <= SENDERS)
		s->sender[i] = true;
	return true;
}

/* How many of the first n are not in the table. */
static int
forgotten(int n, struct seen *s)
{
	struct vacation_db *db = vacation_db_new(AT_FDCWD, path, deadline_clock() + PATIENCE);
	struct vacation_db_info info;
	int i, lost = 0;

	memset(s, 0, sizeof *s);
	if (vacation_db_list(db, see, s, &info) != VACATION_DB_FREE)
		lost = n;
	vacation_db_free(db);
	for (i = 0; i < n; i++)
		lost += !s->sender[i];
	return lost;
}

#ifdef __has_feature
#define SANITIZED __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/*
 * Where registers can be written, a call is replaced by one that does not exist
 * and its result by an error.  A sanitizer makes calls of its own, which must not fail.
 */
#if defined __x86_64__ && !SANITIZED
#define CAN_FAIL 1
static void
set_register(pid_t pid, bool result, long value)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, pid, 0, &r);
	if (result)
		r.rax = (unsigned long long)value;
	else
		r.orig_rax = (unsigned long long)value;
	ptrace(PTRACE_SETREGS, pid, 0, &r);
}

/* The end of a process, and brk(2), whose result is an address. */
static bool
cannot_fail(pid_t pid)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, pid, 0, &r);
	return r.orig_rax == SYS_exit_group || r.orig_rax == SYS_exit || r.orig_rax == SYS_brk;
}
#else
#define CAN_FAIL 0
static void
set_register(pid_t pid, bool result, long value)
{
	(void)pid, (void)result, (void)value;
}

static bool
cannot_fail(pid_t pid)
{
	(void)pid;
	return false;
}
#endif

/*
 * Claims for sender i in a process of its own, which at its call number
 * `call', from 1 on, is killed (error 0) or hears of that error.  The result
 * of the claim, or GONE.  *calls: how many it made.
 */
static int
traced(int i, int call, int error, int *calls)
{
	struct vacation_db_info info;
	bool inside = false, failing = false;
	int status, deliver = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
			_exit(99);
		raise(SIGSTOP);
		_exit((int)(doing == CLAIM ? ask(i, T, &info) : bulk()));
	}
	*calls = 0;
	waitpid(pid, &status, 0);
	if (!WIFSTOPPED(status))
		return 99;
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (;;) {
		ptrace(PTRACE_SYSCALL, pid, 0, deliver);
		deliver = 0;
		if (waitpid(pid, &status, 0) != pid || WIFEXITED(status) || WIFSIGNALED(status))
			return WIFEXITED(status) ? WEXITSTATUS(status) : GONE;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			deliver = WSTOPSIG(status);
			continue;
		}
		inside = !inside;
		if (inside && ++*calls == call && error == 0)
			kill(pid, SIGKILL);
		else if (inside && *calls == call && !cannot_fail(pid)) {
			set_register(pid, false, -1);
			failing = true;
		} else if (!inside && failing) {
			set_register(pid, true, -error);
			failing = false;
		}
	}
}

/* After whatever was done to the claim of sender n: nobody is forgotten, and the sender is granted once. */
static int
wrong_after(int n, int got, int call, int error)
{
	struct vacation_db_info info;
	struct seen s;
	enum vacation_db_result next;
	int lost = forgotten(n, &s), bad;
	bool there = s.sender[n];

	next = ask(n, T + 1, &info);
	bad = lost != 0 || (got == VACATION_DB_GRANTED && !there) || next != (there ? VACATION_DB_ANSWERED : VACATION_DB_GRANTED) ||
	    ask(n, T + 2, &info) != VACATION_DB_ANSWERED || forgotten(n + 1, &s) != 0 || (next == VACATION_DB_GRANTED && access(fresh_path, F_OK) == 0);
	if (bad)
		printf("# %d senders, call %d, error %d: claim %d, then %s (%s), %d forgotten\n", n, call, error, got,
		    vacation_db_result_name(next), info.detail, lost);
	return bad;
}

static void
try_all(int n)
{
	static const int errors[] = { 0, EIO, ENOSPC };
	int total, calls, call, got, bad, k, granted;

	restore();
	if (traced(n, 0, 0, &total) != VACATION_DB_GRANTED || total > CALLS_MAX) {
		ok(false, "%d senders: the claim by itself", n);
		return;
	}
	for (k = 0; k < (CAN_FAIL ? 3 : 1); k++) {
		bad = granted = 0;
		for (call = 1; call <= total; call++) {
			restore();
			got = traced(n, call, errors[k], &calls);
			granted += got == VACATION_DB_GRANTED;
			bad += wrong_after(n, got, call, errors[k]);
		}
		ok(bad == 0, "%d senders, each of %d calls %s: nobody is forgotten or granted twice (%d granted)", n, total,
		    errors[k] == 0 ? "killed" : strerror(errors[k]), granted);
	}
}

/* An answered sender is never free because the disk has trouble, nor is the table damaged. */
static void
try_peek(void)
{
	int total, calls, call, got, bad = 0;

	restore();
	peeking = true;
	if (traced(0, 0, 0, &total) != VACATION_DB_ANSWERED)
		bad = 1;
	for (call = 1; CAN_FAIL && call <= total; call++) {
		got = traced(0, call, EIO, &calls);
		if (got != VACATION_DB_ANSWERED && got != VACATION_DB_ERROR) {
			printf("# call %d: %d\n", call, got);
			bad++;
		}
	}
	peeking = false;
	is_int(bad, 0, "peek, each of its calls failing: answered or an error, never free");
}

static void
test_calls(void)
{
	struct vacation_db_info info;
	struct stat before, after;
	int n, tried = 0, calls;

	if (traced(0, 0, 0, &calls) != VACATION_DB_GRANTED || calls == 0) {
		printf("ok %d - # skip no tracing of processes here\n", ++tap_run);
		return;
	}
	unlink(path);
	ask(0, T, &info);
	for (n = 1; n < SENDERS; n++) {
		save(path, &table);
		save(lock_path, &lock);
		if (stat(path, &before) != 0 || ask(n, T, &info) != VACATION_DB_GRANTED || stat(path, &after) != 0)
			break;
		if (n != FEW && (n < GROWTH || after.st_size == before.st_size))
			continue;
		try_all(n);
		tried++;
		restore();
		ask(n, T, &info);
	}
	try_peek();
	ok(n == SENDERS && tried >= 2, "%d table sizes tried", tried);
}

/* Wholly, or not at all; and the table works. */
static int
half_done(int n, int got, int call, int error)
{
	const int coming = large ? VACATION_DB_BULK_SMALL + 1 : COMING;
	struct vacation_db_info info;
	struct seen s;
	bool before, after, good;

	forgotten(n, &s);
	before = s.n == n && s.fresh == 0;
	after = doing == FORGET ? s.n < n && s.x3 == 0 && s.fresh == 0 : doing == PRUNE ? s.n == 0 : s.n == n && s.fresh == coming;
	good = after || (before && got != VACATION_DB_FREE);	/* also with an error: the disk may fail behind the rename */
	good = good && ask(n, T + 1, &info) == VACATION_DB_GRANTED && ask(n, T + 2, &info) == VACATION_DB_ANSWERED && !info.healed &&
	    access(fresh_path, F_OK) != 0;
	if (!good)
		printf("# call %d, error %d: %d (%s), %d rows, %d new\n", call, error, got, info.detail, s.n, s.fresh);
	return !good;
}

static void
try_bulk(const char *name)
{
	static const int errors[] = { 0, ENOSPC };
	int total, calls, call, k, bad, done, step;

	restore();
	if (traced(0, 0, 0, &total) != VACATION_DB_FREE) {
		ok(false, "%s by itself", name);
		return;
	}
	step = total > 3 * CALLS_SOME ? total / CALLS_SOME : 1;
	for (k = 0; k < (CAN_FAIL ? 2 : 1); k++) {
		bad = done = 0;
		for (call = 1; call <= total; call += call < CALLS_SOME || call >= total - CALLS_SOME ? 1 : step) {
			if (call + step > total - CALLS_SOME && call < total - CALLS_SOME)
				call = total - CALLS_SOME;
			restore();
			bad += half_done(SENDERS - 1, traced(0, call, errors[k], &calls), call, errors[k]);
			done++;
		}
		ok(bad == 0, "%s, %d of %d calls %s: wholly or not at all", name, done, total, errors[k] == 0 ? "killed" : strerror(errors[k]));
	}
}

/* It makes too many calls to be traced: killed at moments spread over its time. */
static void
try_times(void)
{
	struct timespec moment = { .tv_nsec = 0 };
	int i, status, bad = 0, killed = 0;
	pid_t pid;

	for (i = 0; i < MOMENTS; i++) {
		restore();
		pid = fork();
		if (pid == 0)
			_exit((int)bulk());
		nanosleep(&moment, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		killed += WIFSIGNALED(status);
		bad += half_done(SENDERS - 1, WIFEXITED(status) ? WEXITSTATUS(status) : GONE, i, 0);
		moment.tv_nsec += STEP_NS;
	}
	ok(bad == 0 && killed > 0, "a large import, killed %d times: wholly or not at all", killed);
}

static void
test_bulk(void)
{
	doing = FORGET;
	try_bulk("forget");
	doing = PRUNE;
	try_bulk("prune");
	doing = IMPORT;
	try_bulk("import");
	large = true;
	try_times();
	large = false;
	doing = CLAIM;
}

/* A limit on the size of files at every step: the claim is whole or full. */
static void
test_sizes(void)
{
	struct vacation_db_info info;
	struct rlimit all, small;
	int bad = 0, full = 0, granted = 0;
	enum vacation_db_result r;

	restore();
	getrlimit(RLIMIT_FSIZE, &all);
	small = all;
	for (small.rlim_cur = 512; small.rlim_cur < table.len + 65536; small.rlim_cur += 512 + small.rlim_cur % 7) {
		restore();
		setrlimit(RLIMIT_FSIZE, &small);
		r = ask(SENDERS, T, &info);
		setrlimit(RLIMIT_FSIZE, &all);
		full += r == VACATION_DB_FULL;
		granted += r == VACATION_DB_GRANTED;
		if ((r != VACATION_DB_FULL && r != VACATION_DB_GRANTED) ||
		    ask(SENDERS, T + 1, &info) != (r == VACATION_DB_GRANTED ? VACATION_DB_ANSWERED : VACATION_DB_GRANTED) || info.healed)
			bad++;
	}
	ok(bad == 0 && full > 0 && granted > 0, "size limits: %d times full, %d granted, %d wrong", full, granted, bad);
}

static void
remove_files(void)
{
	unlink(path);
	unlink(lock_path);
	unlink(fresh_path);
	rmdir(root);
}

int
main(void)
{
	const char *preload = getenv("LD_PRELOAD");

	if (preload != NULL && strstr(preload, "vgpreload") != NULL) {
		puts("1..0 # skip valgrind's own calls would be counted");
		return 0;
	}
	signal(SIGXFSZ, SIG_IGN);
	if (mkdtemp(root) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/t", root);
	snprintf(lock_path, sizeof lock_path, "%s/t.lock", root);
	snprintf(fresh_path, sizeof fresh_path, "%s/.t.backsoon-new", root);
	test_calls();
	save(path, &table);
	save(lock_path, &lock);
	test_bulk();
	test_sizes();
	free(table.data);
	free(lock.data);
	remove_files();
	return done_testing();
}
