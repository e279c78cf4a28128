/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child_terminal - a program that the user talks to
 *
 * Unlike the children of child.c it stays in our process group, so that the
 * terminal is its own as well, has our descriptors 0 to 2, and is waited for
 * however long it takes.  Ctrl-C and Ctrl-\ are meant for it, not for us.
 * A hangup and SIGTERM are for both: it is told, and waited for.
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

/* What ends us ends the program: it is told, and we wait for what it still writes.  The signal, or 0. */
static int
wait_for(pid_t pid, const sigset_t *awaited, struct child_status *status)
{
	int how = 0, sig, told = 0;
	pid_t got;

	while ((got = waitpid(pid, &how, WNOHANG)) == 0 || (got == -1 && errno == EINTR)) {
		sig = sigwaitinfo(awaited, NULL);
		if (sig == SIGHUP || sig == SIGTERM) {
			told = sig;
			kill(pid, sig);
			kill(pid, SIGCONT);	/* one that is stopped would not hear it */
		}
	}
	if (got != -1 && WIFEXITED(how)) {
		status->end = CHILD_EXITED;
		status->code = WEXITSTATUS(how);
	} else {
		status->end = CHILD_SIGNALED;
		status->code = got != -1 ? WTERMSIG(how) : SIGKILL;
	}
	return told;
}

static void
nothing(int sig)
{
	(void)sig;
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
	sigset_t awaited, mask;
	bool saved = tcgetattr(STDIN_FILENO, &modes) == 0;
	int told = 0;
	pid_t pid;

	set(SIGINT, SIG_IGN, &interrupt);
	set(SIGQUIT, SIG_IGN, &quit);
	set(SIGCHLD, nothing, &child);	/* ignored, it would lose the exit status */
	/* Any other that is blocked would wait for us, ignored or not. */
	sigemptyset(&awaited);
	sigaddset(&awaited, SIGHUP);
	sigaddset(&awaited, SIGTERM);
	sigaddset(&awaited, SIGCHLD);
	sigprocmask(SIG_SETMASK, &awaited, &mask);
	status->end = CHILD_NOT_STARTED;
	status->code = start(path, argv, &pid);
	if (status->code == 0)
		told = wait_for(pid, &awaited, status);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (saved)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	sigaction(SIGCHLD, &child, NULL);
	/* Back to whom it was for. */
	if (told != 0)
		raise(told);
}
