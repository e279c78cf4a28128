/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child - how children end, what they are given, and that they do end
 *
 * The children are /bin/sh with a small script, or functions of this file.
 * What a script sees it writes to a file, because its outputs are /dev/null.
 * One case (a child that cannot be killed) needs a set-user-ID copy of this
 * program, so it needs root; it is skipped otherwise.
 */
#include "child.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "deadline.h"
#include "tests/tap.h"

#define SOON 150		/* milliseconds given to a child that will not end */
#define FAMILY 1000		/* and to one that has to start another first */
#define LONG 60000		/* and to one that will */
#define NOBODY 65534
#define SELF "/proc/self/exe"

static char scratch[] = "/tmp/backsoon-child-XXXXXX";
static char file[sizeof(scratch) + 16];

static const char *const small_env[] = { "PATH=/usr/bin:/bin", "ONLY=this one", NULL };

static bool
under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

static struct child_status
run_script(const char *script, int fd_in, int milliseconds)
{
	const char *argv[] = { "sh", "-c", script, "sh", file, "$(exit 9) `x`", "", NULL };
	struct child_spec spec = { "/bin/sh", argv, small_env, fd_in };
	struct child_status status = { CHILD_NOT_STARTED, -1 };

	child_run(&spec, deadline_clock() + milliseconds, &status);
	return status;
}

/* What the child left in its file, for the length of one check. */
static const char *
written(void)
{
	static char text[4096];
	ssize_t n = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd != -1) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	unlink(file);
	return text;
}

/* Whether a process still runs after a second (a zombie does not). */
static bool
still_runs(pid_t pid)
{
	char path[64], text[256];
	ssize_t n;
	int fd, tries;
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (tries = 0; tries < 100; tries++) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd == -1)
			return false;
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		text[n > 0 ? n : 0] = '\0';
		p = strrchr(text, ')');
		if (p == NULL || p[1] == '\0' || p[2] == 'Z' || p[2] == 'X')
			return false;
		poll(NULL, 0, 10);
	}
	return true;
}

static const struct {
	const char *name, *script;
	enum child_end end;
	int code;
	int milliseconds;
} ends[] = {
	{ "status 0", "exit 0", CHILD_EXITED, 0, LONG },
	{ "status 75", "exit 75", CHILD_EXITED, 75, LONG },
	{ "a signal", "kill -KILL $$", CHILD_SIGNALED, SIGKILL, LONG },
	{ "a hang", "exec sleep 600", CHILD_TIMEOUT, 0, SOON },
	{ "a hang that ignores SIGTERM", "trap '' TERM; while :; do sleep 600; done", CHILD_TIMEOUT, 0, SOON },
	{ "a hang that was stopped", "kill -STOP $$", CHILD_TIMEOUT, 0, SOON },
	{ "no time at all", "exec sleep 600", CHILD_TIMEOUT, 0, -1 },
};

static void
test_ends(const char *how)
{
	struct child_status status;
	char name[128];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		status = run_script(ends[i].script, STDIN_FILENO, ends[i].milliseconds);
		snprintf(name, sizeof(name), "%s%s: end", ends[i].name, how);
		is_int(status.end, ends[i].end, name);
		snprintf(name, sizeof(name), "%s%s: code", ends[i].name, how);
		is_int(status.code, ends[i].code, name);
	}
}

static const struct {
	const char *name, *program;
	int code;
} not_started[] = {
	{ "a program that is not there", "/nonexistent/sendmail", ENOENT },
	{ "a directory", "/", EACCES },
	{ "a file without the x bit", "/etc/passwd", EACCES },
};

static void
test_not_started(void)
{
	const char *argv[] = { "x", NULL };
	struct child_status status;
	size_t i;

	for (i = 0; i < sizeof(not_started) / sizeof(not_started[0]); i++) {
		struct child_spec spec = { not_started[i].program, argv, small_env, STDIN_FILENO };

		child_run(&spec, deadline_clock() + LONG, &status);
		/* valgrind gives the child its own memory, so that exec's errno cannot come back: 127 then */
		if (status.end == CHILD_EXITED && status.code == 127 && under_valgrind())
			ok(true, "%s # SKIP valgrind", not_started[i].name);
		else {
			is_int(status.end, CHILD_NOT_STARTED, not_started[i].name);
			is_int(status.code, not_started[i].code, not_started[i].name);
		}
	}
}

/* One row: a script that writes down what it was given. */
static const struct {
	const char *name, *script, *want;
} given[] = {
	{ "the working directory is /", "pwd >\"$1\"", "/\n" },
	{ "arguments arrive as they are", "printf '[%s]' \"$2\" \"$3\" $# >\"$1\"", "[$(exit 9) `x`][][3]" },
	{ "the environment is the list", "cat </proc/$$/environ | tr '\\0' '\\n' >\"$1\"", "PATH=/usr/bin:/bin\nONLY=this one\n" },
	{ "standard input is the descriptor named", "cat >\"$1\"", "the message\n" },
	{ "1 and 2 are /dev/null", "x=$(readlink /proc/$$/fd/1 /proc/$$/fd/2); echo \"$x\" >\"$1\"", "/dev/null\n/dev/null\n" },
	{ "no other descriptor is open", "f=; for d in /proc/$$/fd/*; do [ ! -e $d ] || f=\"$f ${d##*/}\"; done; echo $f >\"$1\"", "0 1 2\n" },
	{ "no signal is ignored", "echo $((0x$(sed -n 's/^SigIgn:.//p' /proc/$$/status) & 0x7fffffff)) >\"$1\"", "0\n" },
	{ "no signal is blocked", "echo $((0x$(sed -n 's/^SigBlk:.//p' /proc/$$/status) & 0x7fffffff)) >\"$1\"", "0\n" },
	{ "the child leads its process group", "[ \"$(cut -d' ' -f5 /proc/$$/stat)\" = $$ ] && echo yes >\"$1\"", "yes\n" },
};

static void
test_given(const char *how)
{
	FILE *message = tmpfile();
	sigset_t blocked, before;
	int leaked, fd;
	char name[128];
	size_t i;

	fputs("the message\n", message);
	fflush(message);
	fd = fileno(message);
	leaked = dup(fd);		/* as an MTA leaves them: not close-on-exec */
	dup2(fd, 90);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	for (i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		struct child_status status;

		lseek(fd, 0, SEEK_SET);
		status = run_script(given[i].script, fd, LONG);
		snprintf(name, sizeof(name), "%s%s", given[i].name, how);
		if (status.end != CHILD_EXITED || status.code != 0)
			printf("# end %d code %d\n", status.end, status.code);
		is_str(written(), given[i].want, name);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	close(leaked);
	close(90);
	fclose(message);
}

static void
test_families(void)
{
	struct child_status status;
	pid_t pid;

	status = run_script("sleep 600 & echo $! >\"$1\"; wait", STDIN_FILENO, FAMILY);
	pid = (pid_t)atoi(written());
	is_int(status.end, CHILD_TIMEOUT, "a hang with a grandchild");
	ok(pid > 0 && !still_runs(pid), "the grandchild is killed too");

	status = run_script("trap '' TERM; sleep 600 & trap 'exit 0' TERM; echo $! >\"$1\"; wait", STDIN_FILENO, FAMILY);
	pid = (pid_t)atoi(written());
	is_int(status.end, CHILD_TIMEOUT, "a hang that obeys, with a grandchild that does not");
	ok(pid > 0 && !still_runs(pid), "the stubborn grandchild is killed too");

	status = run_script("sleep 600 & echo $! >\"$1\"", STDIN_FILENO, LONG);
	pid = (pid_t)atoi(written());
	is_int(status.end, CHILD_EXITED, "a child that leaves one behind");
	ok(pid > 0 && kill(pid, 0) == 0, "what it left behind goes on");
	if (pid > 0)
		kill(pid, SIGKILL);
}

static void
test_status_kept(void)
{
	struct sigaction action;
	struct child_status status;

	signal(SIGCHLD, SIG_IGN);
	status = run_script("exit 7", STDIN_FILENO, LONG);
	is_int(status.code, 7, "the status arrives although SIGCHLD was inherited ignored");
	sigaction(SIGCHLD, NULL, &action);
	ok(action.sa_handler == SIG_IGN, "and SIGCHLD is left as it was");
	signal(SIGCHLD, SIG_DFL);
}

static int
answer(void *ctx)
{
	return *(int *)ctx;
}

static int
crash(void *ctx)
{
	(void)ctx;
	kill(getpid(), SIGUSR1);	/* one that the sanitizers leave alone */
	return 0;
}

static int
hang(void *ctx)
{
	signal(SIGTERM, SIG_IGN);
	while (ctx != NULL)
		pause();
	return 0;
}

struct descriptors {
	int kept, other;
};

/* 0: as promised; else which promise was broken. */
static int
look_around(void *ctx)
{
	const struct descriptors *d = ctx;
	struct stat st, null;
	struct sigaction action;
	int fd;

	if (fcntl(d->kept, F_GETFD) == -1)
		return 1;
	if (fcntl(d->other, F_GETFD) != -1)
		return 2;
	for (fd = 3; fd < 200; fd++)
		if (fd != d->kept && fcntl(fd, F_GETFD) != -1)
			return 3;
	if (stat("/dev/null", &null) == -1)
		return 4;
	for (fd = 0; fd < 3; fd++)
		if (fd != d->kept && (fstat(fd, &st) == -1 || st.st_rdev != null.st_rdev))
			return 5;
	sigaction(SIGPIPE, NULL, &action);
	return action.sa_handler == SIG_DFL ? 0 : 6;
}

static void
test_call(const char *how)
{
	static const struct { const char *name; child_fn *fn; int ctx; enum child_end end; int code; int milliseconds; } calls[] = {
		{ "a function's result", answer, 12, CHILD_EXITED, 12, LONG },
		{ "only eight bits of it", answer, 256, CHILD_EXITED, 0, LONG },
		{ "a function that dies of a signal", crash, 0, CHILD_SIGNALED, SIGUSR1, LONG },
		{ "a function that hangs", hang, 0, CHILD_TIMEOUT, 0, SOON },
	};
	struct descriptors d = { open("/dev/zero", O_RDONLY | O_CLOEXEC), open("/dev/zero", O_RDONLY) };
	struct child_status status;
	char name[128];
	size_t i;
	int ctx;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		ctx = calls[i].ctx;
		child_call(calls[i].fn, &ctx, -1, deadline_clock() + calls[i].milliseconds, &status);
		snprintf(name, sizeof(name), "%s%s", calls[i].name, how);
		is_int(status.end, calls[i].end, name);
		is_int(status.code, calls[i].code, name);
	}
	signal(SIGPIPE, SIG_IGN);
	child_call(look_around, &d, d.kept, deadline_clock() + LONG, &status);
	is_int(status.code, 0, "one descriptor is kept, no other, signals are default");
	close(d.kept);
	d.kept = STDERR_FILENO;
	child_call(look_around, &d, d.kept, deadline_clock() + LONG, &status);
	is_int(status.code, 0, "the one kept may be a low one");
	signal(SIGPIPE, SIG_DFL);
	close(d.other);
}

/* Kernels before 5.11: neither close_range nor pidfd_open. */
static bool
without_new_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool
copy_of_self(const char *to)
{
	char bytes[65536];
	ssize_t n;
	int in = open(SELF, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);

	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		if (write(out, bytes, (size_t)n) != n)
			break;
	close(in);
	close(out);
	return n == 0 && chmod(scratch, 0755) == 0 && chmod(to, 04755) == 0;
}

/*
 * A program that has become another user cannot be signalled: in a process
 * that is nobody, started set-user-ID root.  It ends by itself a little later.
 */
static void
test_abandoned(void)
{
	struct child_status status = { CHILD_NOT_STARTED, 0 };
	char path[sizeof(scratch) + 16];
	const char *argv[] = { "child", "become-root", NULL };
	struct child_spec spec = { path, argv, small_env, STDIN_FILENO };
	pid_t pid;
	int wstatus = -1;

	snprintf(path, sizeof(path), "%s/unkillable", scratch);
	if (geteuid() != 0 || under_valgrind() || !copy_of_self(path)) {
		ok(true, "a child that cannot be killed is abandoned # SKIP needs root, and not valgrind");
		return;
	}
	pid = fork();
	if (pid == 0) {
		if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
			_exit(99);
		child_run(&spec, deadline_clock() + SOON, &status);
		_exit((int)status.end);
	}
	waitpid(pid, &wstatus, 0);
	if (WIFEXITED(wstatus) && WEXITSTATUS(wstatus) == CHILD_EXITED)
		ok(true, "a child that cannot be killed is abandoned # SKIP set-user-ID does nothing here");
	else
		is_int(WEXITSTATUS(wstatus), CHILD_ABANDONED, "a child that cannot be killed is abandoned");
	unlink(path);
}

static int
become_root(void)
{
	if (setuid(0) != 0)
		return 0;
	sleep(2);
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc > 1 && strcmp(argv[1], "become-root") == 0)
		return become_root();
	if (mkdtemp(scratch) == NULL)
		return 99;
	snprintf(file, sizeof(file), "%s/out", scratch);
	test_ends("");
	test_not_started();
	test_given("");
	test_families();
	test_status_kept();
	test_call("");
	test_abandoned();
	/* Last, because what is taken away does not come back. */
	if (without_new_calls()) {
		test_ends(", old kernel");
		test_given(", old kernel");
		test_call(", old kernel");
	} else
		ok(true, "without pidfd_open and close_range # SKIP no seccomp");
	rmdir(scratch);
	return done_testing();
}
