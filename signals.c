/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signals - how a delivery ends when it is told to
 *
 * The handler says so in the log and calls _exit(): the table and the journal stand a
 * death at any instant, and whatever status the failure policy says is better
 * than "killed by signal 11", which mail servers bounce on: a name service's
 * module that crashes in us must not cost the user's mail.
 */
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "diag.h"

#define LOG_LINE(verdict, why) "verdict=" verdict ": the delivery was ended by " why

static volatile sig_atomic_t exit_status, draining;

static void
end_now(int sig)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char chunk[4096];
	ssize_t got;

	if (sig == SIGALRM || sig == SIGXCPU)
		diag_last_words(LOG_LINE("no-time", "its time limit"));
	else if (sig == SIGTERM)
		diag_last_words(LOG_LINE("no-time", "a signal"));
	else
		diag_last_words(LOG_LINE("system", "a crash"));
	while (draining && ((got = read(STDIN_FILENO, chunk, sizeof chunk)) > 0 || (got == -1 && (errno == EINTR || errno == EAGAIN))))
		if (got == -1)
			poll(&in, 1, -1);
	_exit((int)exit_status);
}

void
signals_set_status(int status)
{
	exit_status = status;
}

void
signals_drain(bool on)
{
	draining = on;
}

void
signals_install(int status)
{
	static const int ignored[] = {
		SIGPIPE, SIGXFSZ, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGIO,
	};
	static const int ending[] = {
		SIGTERM, SIGALRM, SIGXCPU, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS,
	};
	struct sigaction sa = { .sa_flags = 0 };
	size_t i;

	exit_status = status;
	sa.sa_handler = SIG_IGN;
	for (i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		sigaction(ignored[i], &sa, NULL);
	sa.sa_handler = end_now;
	for (i = 0; i < sizeof ending / sizeof ending[0]; i++)
		sigaction(ending[i], &sa, NULL);
	/* Blocked signals are inherited: a supervisor's habit must not take our time limit away. */
	sigprocmask(SIG_SETMASK, &sa.sa_mask, NULL);
}
