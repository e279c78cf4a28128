/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "child.h"

/*
 * Runs a task that looks at a stranger's bytes in a forked, confined child
 * and brings back what it wrote, in a sealed memfd (an unlinked 0600 file
 * where there is none), rewound.
 *
 * prepare() runs in the child before the sandbox: load libraries, open
 * iconv handles, format dates.  work() runs inside: no open, no socket, no
 * fork, no exec; memory, processor time and output are bounded.  Forbidden calls fail
 * with EPERM; those that no honest code makes are the same (valgrind and the sanitizers live with it).
 *
 * The child has no descriptor of ours but the one that it writes to, and not
 * that one's number: what the task needs of a file is read before.
 */

#define CONFINE_MEMORY_MAX ((uint64_t)512 * 1024 * 1024)	/* address space on top of what is there */
#define CONFINE_CPU_MAX 5			/* seconds */
#define CONFINE_OUTPUT_MAX ((size_t)48 * 1024 * 1024)

/* What a task says of itself: becomes its exit status. */
enum confine_verdict {
	CONFINE_OK = 0,
	CONFINE_BAD_INPUT = 10,		/* the message (or template) cannot be handled */
	CONFINE_NO_LIBRARY = 11,	/* libmailutils or iconv is not loadable */
	CONFINE_NO_MEMORY = 12,
	CONFINE_OUTPUT_FAILED = 13	/* set by confine itself: the output could not be written whole */
};

struct confine_task {
	enum confine_verdict (*prepare)(void *ctx);	/* may be NULL */
	enum confine_verdict (*work)(void *ctx, struct buf *out);
	void *ctx;
};

enum confine_result {
	CONFINE_DONE,		/* *fd is the output */
	CONFINE_REFUSED,	/* the task ended with a verdict other than OK: see verdict */
	CONFINE_DIED,		/* a signal, an unknown status */
	CONFINE_TOO_SLOW,	/* the deadline, or CONFINE_CPU_MAX */
	CONFINE_SYSTEM		/* no memfd, no fork: status->code is errno */
};

/* The caller closes *fd (-1 unless CONFINE_DONE). */
enum confine_result confine_run(const struct confine_task *, int64_t deadline, int *fd, enum confine_verdict *, struct child_status *);

/*
 * The same in two steps, for who has something to wait for meanwhile.  Each
 * begin needs its end, which gives what confine_run() gives; a deadline that has passed
 * ends the child.  The task and what it points to are needed by the child alone, which has its copy.
 */
struct confinement {
	struct child child;
	int fd;
	int error;
};
void confine_begin(struct confinement *, const struct confine_task *);
enum confine_result confine_end(struct confinement *, int64_t deadline, int *fd, enum confine_verdict *, struct child_status *);

/* What the sandbox consists of on this system, for `check' and tests: "seccomp landlock rlimits". */
const char *confine_describe(void);

#endif
