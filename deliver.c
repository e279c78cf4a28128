/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * deliver - one message on standard input
 *
 * Nothing is written to the standard streams (Exim's address_pipe bounces on
 * any output) unless `log = stderr' asks for it; input is read to its end
 * before anything is decided, and the time limit starts there.  The settings
 * come first, as they say how much of the message must be kept; whatever ends us
 * meanwhile reads the input to its end all the same.  An alarm stands
 * behind the deadlines that are passed down, for what cannot be given one
 * (a name service that hangs).
 */
#include "deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"
#include "deadline.h"
#include "diag.h"
#include "report.h"
#include "signals.h"

#define ALARM_GRACE 2		/* seconds behind the time limit, for what is rounded down and for a busy machine */
#define ALARM_FIRST 10		/* until the settings have said another */

static const char *
environment(const char *name)
{
	return getenv(name);
}

/* A file of ours must not become descriptor 0, 1 or 2.  Returns one that goes nowhere, above them; -1: none could be had. */
static int
fill_standard_descriptors(void)
{
	int fd;

	do {
		fd = openat(AT_FDCWD, "/dev/null", O_RDWR);
		if (fd == -1)	/* a bare chroot: a socket that goes nowhere fills the place as well */
			fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	return fd;
}

/* What the C library and its modules have to say when they fail must not reach the mail server either. */
static void
close_output(int nowhere)
{
	if (nowhere == -1)
		return;
	dup2(nowhere, STDOUT_FILENO);
	dup2(nowhere, STDERR_FILENO);
}

static void
note_arguments(struct load *l, int argc, char *const *argv)
{
	if (l->rest >= argc || l->outcome != OUTCOME_ANSWERED)
		return;
	l->outcome = OUTCOME_SETTINGS;
	buf_addf(&l->why, "command line: \"%s\" is not understood", argv[l->rest]);
}

/* The reply, or why there is none.  Apart: its room on the stack would cost each delivery a page fault. */
static __attribute__((noinline)) void
print_reply(struct answer *a, bool due)
{
	char chunk[4096];
	ssize_t got;
	int fd;

	if (!due || !answer_rehearse(a, &fd)) {
		diag_to(DIAG_STDERR, NULL);
		report_log(a);
		return;
	}
	while ((got = read(fd, chunk, sizeof chunk)) > 0)
		if (write(STDOUT_FILENO, chunk, (size_t)got) != got)
			break;
	close(fd);
}

bool
deliver_is_terminal(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && isatty(fd);
}

static int
status_of(enum outcome o, enum failure_policy policy)
{
	return outcome_exit(o, policy, policy != FAILURE_SAFE && envelope_is_qmail(environment));
}

/* Lines become one. */
static void
add_joined(struct buf *out, const char *lines)
{
	for (; *lines != '\0'; lines++)
		if (*lines == '\n')
			buf_adds(out, "; ");
		else
			buf_addc(out, *lines);
}

static void
answer(struct answer *a, const struct load *l)
{
	bool due;

	if (l->outcome != OUTCOME_ANSWERED) {
		a->outcome = l->outcome;
		add_joined(&a->why, buf_str(&l->why));
		envelope_read(&a->envelope, a->message, a->settings, a->env);
		return;
	}
	due = answer_prepare(a);
	if (l->settings.print_reply) {
		print_reply(a, due);
		_exit(0);	/* nothing has happened that log and journal could tell */
	}
	if (!due) {
		answer_note(a);
		return;
	}
	answer_commit(a);
}

_Noreturn void
deliver(int argc, char *const *argv, load_arguments *arguments)
{
	struct load l;
	struct message m;
	struct answer a;
	enum failure_policy policy;
	int64_t began;
	int nowhere;

	nowhere = fill_standard_descriptors();
	diag_to(DIAG_SYSLOG, "backsoon");
	signals_install(0);
	signals_drain(true);
	alarm(ALARM_FIRST);
	load_run(&l, argc, argv, arguments);
	alarm(0);
	message_read(&m, STDIN_FILENO, answer_keeps(&l.settings));
	signals_drain(false);
	began = deadline_clock();
	note_arguments(&l, argc, argv);
	if (l.settings.log == LOG_TO_STDERR)
		diag_to(DIAG_STDERR, NULL);
	if (deliver_is_terminal(STDERR_FILENO))
		diag_echo(true);
	else if (l.settings.log != LOG_TO_STDERR && !l.settings.print_reply)
		close_output(nowhere);
	close(nowhere);
	policy = (enum failure_policy)l.settings.failure;
	signals_set_status(status_of(OUTCOME_NO_TIME, policy));
	answer_init(&a);
	a.deadline = began + l.settings.time_limit * 1000;
	alarm((unsigned)deadline_left(a.deadline) / 1000 + ALARM_GRACE);

	a.settings = &l.settings;
	a.message = &m;
	a.home = &l.home;
	a.env = environment;
	a.now = l.now;
	answer(&a, &l);
	report_log(&a);
	report_journal(&a);
	/* Nothing is left to flush, and the kernel frees faster than we do: this path is run for every message. */
	_exit(status_of(a.outcome, policy));
}
