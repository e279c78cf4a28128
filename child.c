/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child - start, supervise, kill, abandon, reap
 *
 * A program is started by posix_spawn: it does not copy our page tables and it says why exec failed.
 * A function of ours runs in a plain fork.  Either is waited for through a pidfd where the kernel
 * has them, else by asking again and again with a growing pause; there is no SIGCHLD handler,
 * so nothing of the rest of the program is interrupted.
 *
 * Failures are in child_status, never printed: what they mean is the caller's to know.
 *
 * Limits: a child that has left its process group (a daemon) is not killed at the deadline;
 * one that was abandoned stays a zombie until this process ends.
 */
#include "child.h"

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "deadline.h"

#define CHILD_PAUSE_MAX 16	/* milliseconds between two looks where there is no pidfd */
#define CHILD_FD_MAX 4096	/* descriptors looked at where there is no close_range */

#ifdef __linux__
#ifndef SYS_close_range
#define SYS_close_range 436	/* the same on every architecture, as all newer ones */
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#endif
#define RANGE_CLOEXEC 4U	/* CLOSE_RANGE_CLOEXEC: Linux 5.11 */

#define NULL_DEVICE "/dev/null"

/* What may have been given to us ignored, or is ignored or handled by us: a composer's crash must stay one. */
static const int ordinary_signals[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGXCPU, SIGXFSZ,
	SIGVTALRM, SIGPROF, SIGIO, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS
};
#define ORDINARY_SIGNALS (sizeof(ordinary_signals) / sizeof(ordinary_signals[0]))

/*
 * An ignored SIGCHLD, inherited from whoever started us, would make the
 * kernel throw the exit status away.
 */
static void
keep_status(struct sigaction *old)
{
	struct sigaction action;

	action.sa_handler = SIG_DFL;
	action.sa_flags = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGCHLD, &action, old);
}

void
child_signals_default(void)
{
	struct sigaction action;
	size_t i;

	action.sa_handler = SIG_DFL;
	action.sa_flags = 0;
	sigemptyset(&action.sa_mask);
	for (i = 0; i < ORDINARY_SIGNALS; i++)
		sigaction(ordinary_signals[i], &action, NULL);
	sigprocmask(SIG_SETMASK, &action.sa_mask, NULL);
}

static bool
close_range_works(unsigned int first, unsigned int last, unsigned int how)
{
#ifdef __linux__
	return syscall(SYS_close_range, first, last, how) == 0;
#else
	(void)first, (void)last, (void)how;
	return false;
#endif
}

/* -1 where there are none: the caller then asks waitpid again and again. */
static int
open_pidfd(pid_t pid)
{
#ifdef __linux__
	return (int)syscall(SYS_pidfd_open, pid, 0U);
#else
	(void)pid;
	return -1;
#endif
}

static void
die_with_parent(void)
{
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

/* Closes (or, with RANGE_CLOEXEC, marks) the descriptors from first to last. */
static void
close_span(unsigned int first, unsigned int last, unsigned int how)
{
	unsigned int fd;
	long open_max;

	if (first > last || close_range_works(first, last, how))
		return;
	open_max = sysconf(_SC_OPEN_MAX);
	if (open_max < 0 || open_max > CHILD_FD_MAX)
		open_max = CHILD_FD_MAX;
	for (fd = first; fd <= last && fd < (unsigned int)open_max; fd++) {
		if (how == 0)
			close((int)fd);
		else
			fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	}
}

/* true: pid has ended and *wstatus is how.  A child that is not ours to wait for counts as killed. */
static bool
reap(pid_t pid, int *wstatus)
{
	pid_t got;

	do
		got = waitpid(pid, wstatus, WNOHANG);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		*wstatus = SIGKILL;
	return got != 0;
}

static bool
wait_until(pid_t pid, int pidfd, int64_t deadline, int *wstatus)
{
	struct pollfd poller = { pidfd, POLLIN, 0 };
	int pause = 1, left;

	for (;;) {
		left = deadline_left(deadline);
		if (pidfd != -1)
			poll(&poller, 1, left);
		if (reap(pid, wstatus))
			return true;
		if (left == 0)
			return false;
		if (pidfd == -1)
			poll(NULL, 0, pause < left ? pause : left);
		if (pause < CHILD_PAUSE_MAX)
			pause *= 2;
	}
}

/* A whole group when it is one; the child alone when there is none yet. */
static void
kill_child(pid_t pid, bool group, int sig)
{
	if (!group || kill(-pid, sig) == -1)
		kill(pid, sig);
}

static void
say_how(int wstatus, struct child_status *status)
{
	if (WIFEXITED(wstatus)) {
		status->end = CHILD_EXITED;
		status->code = WEXITSTATUS(wstatus);
	} else {
		status->end = CHILD_SIGNALED;
		status->code = WTERMSIG(wstatus);
	}
}

/* Waits until the deadline, then ends the child; one with a group of its own is asked first. */
static void
supervise(pid_t pid, bool group, int64_t deadline, struct child_status *status)
{
	int pidfd, wstatus = 0;

	pidfd = open_pidfd(pid);
	if (wait_until(pid, pidfd, deadline, &wstatus)) {
		say_how(wstatus, status);
		goto out;
	}
	status->end = CHILD_TIMEOUT;
	status->code = 0;
	if (group) {
		kill_child(pid, group, SIGTERM);
		if (wait_until(pid, pidfd, deadline_clock() + CHILD_TERM_GRACE, &wstatus)) {
			/* Its own children may have stayed. */
			kill(-pid, SIGKILL);
			goto out;
		}
	}
	kill_child(pid, group, SIGKILL);
	if (!wait_until(pid, pidfd, deadline_clock() + CHILD_KILL_GRACE, &wstatus))
		status->end = CHILD_ABANDONED;
out:
	if (pidfd != -1)
		close(pidfd);
}

static int
set_actions(posix_spawn_file_actions_t *actions, int fd_in)
{
	int error;

	error = posix_spawn_file_actions_adddup2(actions, fd_in, STDIN_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, NULL_DEVICE, O_WRONLY, 0);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO, STDERR_FILENO);
#if defined(__linux__) || defined(__FreeBSD__)
	if (error == 0)
		error = posix_spawn_file_actions_addchdir_np(actions, "/");
#endif
	return error;
}

static int
set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, defaults;
	size_t i;
	int error;

	sigemptyset(&none);
	sigemptyset(&defaults);
	for (i = 0; i < ORDINARY_SIGNALS; i++)
		sigaddset(&defaults, ordinary_signals[i]);
	error = posix_spawnattr_setsigmask(attributes, &none);
	if (error == 0)
		error = posix_spawnattr_setsigdefault(attributes, &defaults);
	if (error == 0)
		error = posix_spawnattr_setpgroup(attributes, 0);
	if (error == 0)
		error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	return error;
}

/* 0 and *pid, or what went wrong. */
static int
start(const struct child_spec *spec, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	/* posix_spawn's vectors are not const for old reasons; it does not write to them */
	union { const char *const *fixed; char *const *any; } argv = { spec->argv }, envp = { spec->envp };
	int error;

	error = posix_spawn_file_actions_init(&actions);
	if (error != 0)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (error != 0)
		goto no_attributes;
	error = set_actions(&actions, spec->fd_in);
	if (error == 0)
		error = set_attributes(&attributes);
	if (error == 0)
		error = posix_spawn(pid, spec->path, &actions, &attributes, argv.any, envp.any);
	posix_spawnattr_destroy(&attributes);
no_attributes:
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

void
child_start(struct child *c, const struct child_spec *spec)
{
	keep_status(&c->sigchld);
	/* Ours are close-on-exec; those that our parent left open for us may not be. */
	close_span(STDERR_FILENO + 1, ~0U, RANGE_CLOEXEC);
	c->error = start(spec, &c->pid);
	if (c->error != 0)
		c->pid = -1;
}

/* Waits for what child_start() or child_begin() has made of c. */
static void
finish(struct child *c, bool group, int64_t deadline, struct child_status *status)
{
	if (c->pid > 0)
		supervise(c->pid, group, deadline, status);
	else {
		status->end = CHILD_NOT_STARTED;
		status->code = c->error;
	}
	sigaction(SIGCHLD, &c->sigchld, NULL);
}

void
child_finish(struct child *c, int64_t deadline, struct child_status *status)
{
	finish(c, true, deadline, status);
}

void
child_run(const struct child_spec *spec, int64_t deadline, struct child_status *status)
{
	struct child c;

	child_start(&c, spec);
	child_finish(&c, deadline, status);
}

/* In the forked child: leaves it with `keep' and /dev/null. */
static void
close_all_but(int keep)
{
	int fd, null;

	null = open(NULL_DEVICE, O_RDWR | O_CLOEXEC);
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fd == keep || fd == null)
			continue;
		if (null == -1 || dup2(null, fd) == -1)
			close(fd);
	}
	if (keep <= STDERR_FILENO)
		close_span(STDERR_FILENO + 1, ~0U, 0);
	else {
		close_span(STDERR_FILENO + 1, (unsigned int)keep - 1, 0);
		close_span((unsigned int)keep + 1, ~0U, 0);
	}
}

void
child_begin(struct child *c, child_fn *fn, void *ctx, int keep)
{
	pid_t parent = getpid();

	keep_status(&c->sigchld);
	c->pid = fork();
	if (c->pid == 0) {
		die_with_parent();
		if (getppid() != parent)
			_exit(0);
		child_signals_default();
		close_all_but(keep);
		_exit(fn(ctx) & 0xff);
	}
	c->error = errno;
	/* The child first, where it has no processor of its own: pages that both have are copied when either writes to them. */
	sched_yield();
}

void
child_end(struct child *c, int64_t deadline, struct child_status *status)
{
	finish(c, false, deadline, status);
}

void
child_call(child_fn *fn, void *ctx, int keep, int64_t deadline, struct child_status *status)
{
	struct child c;

	child_begin(&c, fn, ctx, keep);
	child_end(&c, deadline, status);
}
