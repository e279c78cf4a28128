/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child_terminal - a program that the user talks to
 *
 * Unlike the children of child.c it stays in our process group, so that the
 * terminal is its own as well, has our descriptors 0 to 2, and is waited for
 * however long it takes.  Ctrl-C and Ctrl-\ are meant for it, not for us.
 *
 * Failures are in child_status.
 */
#include "child_terminal.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>
#include <unistd.h>

static int
start(const char *path, const char *const *argv, pid_t *pid)
{
	union { const char *const *fixed; char *const *any; } words = { argv };
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	int error = posix_spawnattr_init(&attributes);

	if (error != 0)
		return error;
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGQUIT);
	sigaddset(&defaults, SIGPIPE);
	error = posix_spawnattr_setsigmask(&attributes, &none);
	if (error == 0)
		error = posix_spawnattr_setsigdefault(&attributes, &defaults);
	if (error == 0)
		error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (error == 0)
		error = posix_spawn(pid, path, NULL, &attributes, words.any, environ);
	posix_spawnattr_destroy(&attributes);
	return error;
}

static void
wait_for(pid_t pid, struct child_status *status)
{
	pid_t got;
	int how = 0;

	do
		got = waitpid(pid, &how, 0);
	while (got == -1 && errno == EINTR);
	if (got != -1 && WIFEXITED(how)) {
		status->end = CHILD_EXITED;
		status->code = WEXITSTATUS(how);
	} else {
		status->end = CHILD_SIGNALED;
		status->code = got != -1 ? WTERMSIG(how) : SIGKILL;
	}
}

static void
set(int sig, void (*handler)(int), struct sigaction *old)
{
	struct sigaction action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	sigaction(sig, &action, old);
}

void
child_terminal(const char *path, const char *const *argv, struct child_status *status)
{
	struct sigaction interrupt, quit, child;
	struct termios modes;
	sigset_t none, mask;
	bool saved = tcgetattr(STDIN_FILENO, &modes) == 0;
	pid_t pid;

	set(SIGINT, SIG_IGN, &interrupt);
	set(SIGQUIT, SIG_IGN, &quit);
	set(SIGCHLD, SIG_DFL, &child);	/* ignored, it would lose the exit status */
	/* One that is blocked would wait for us, ignored or not. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, &mask);
	status->end = CHILD_NOT_STARTED;
	status->code = start(path, argv, &pid);
	if (status->code == 0)
		wait_for(pid, status);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (saved)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	sigaction(SIGCHLD, &child, NULL);
}
