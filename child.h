/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The only file that starts processes.  Every child has a deadline (see
 * deadline.h); one that does not end in time is killed, and one that cannot
 * be killed (uninterruptible sleep, another user's set-ID program such as
 * postdrop) is abandoned: we go on without it.  Descriptors other than
 * the ones named are closed in it; 1 and 2 are /dev/null.
 *
 * Both calls return at most CHILD_TERM_GRACE + CHILD_KILL_GRACE milliseconds
 * after the deadline.  They mark all descriptors of this process
 * close-on-exec, and wait for their own child only.
 */

#define CHILD_TERM_GRACE 50	/* milliseconds from SIGTERM to SIGKILL */
#define CHILD_KILL_GRACE 100	/* milliseconds from SIGKILL until the child is abandoned */

enum child_end {
	CHILD_EXITED,		/* code: exit status */
	CHILD_SIGNALED,		/* code: signal */
	CHILD_TIMEOUT,		/* did not end in time; killed and reaped */
	CHILD_ABANDONED,	/* did not end in time and could not be reaped */
	CHILD_NOT_STARTED	/* code: errno of fork or exec */
};

struct child_status {
	enum child_end end;
	int code;
};

struct child_spec {
	const char *path;		/* absolute; no PATH search, no shell */
	const char *const *argv;
	const char *const *envp;	/* the whole environment, built from a list */
	int fd_in;			/* becomes descriptor 0 */
};

/*
 * Starts spec and waits until the deadline.  The child has its own process
 * group, which is killed as a whole, the working directory /, and default
 * signals.  What it started in the background and left behind when it
 * ended by itself is not touched: that is how a sendmail delivers.
 */
void child_run(const struct child_spec *, int64_t deadline, struct child_status *);

/* The same in two steps, for who has something to do meanwhile.  Each start needs its finish. */
struct child {
	pid_t pid;			/* -1: it was not started */
	int error;			/* errno of that */
	struct sigaction sigchld;	/* as it was */
};
void child_start(struct child *, const struct child_spec *);
void child_finish(struct child *, int64_t deadline, struct child_status *);

/*
 * Runs fn(ctx) in a forked child that shares nothing but `keep' (a descriptor left open
 * in it, -1 for none); its return value is the exit status (0..255).  0, 1 and 2
 * are /dev/null in it.  It dies with us, and at the deadline without being asked.
 */
typedef int child_fn(void *ctx);
void child_call(child_fn *fn, void *ctx, int keep, int64_t deadline, struct child_status *);

/* The same in two steps; a deadline that has passed ends the child. */
void child_begin(struct child *, child_fn *fn, void *ctx, int keep);
void child_end(struct child *, int64_t deadline, struct child_status *);

/* To be called in a child: signals that we ignore (SIGPIPE, SIGXFSZ, SIGHUP) or were given ignored are default again, none is blocked. */
void child_signals_default(void);

#endif
