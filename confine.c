/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confine - a stranger's bytes are looked at in a child that can do nothing else
 *
 * The output's memfd is made here, before the fork; the child builds its output in memory, writes
 * it out whole at the end and exits with its verdict.  Once the child is gone nobody else has
 * the memfd: it is sealed, so that sendmail reads what we measured, and rewound, because
 * its offset is shared with everybody who inherits it.
 *
 * Failures: everything that can happen in the child is a confine_result; nothing is printed.
 * Output of a child that died, was killed or gave another verdict than OK is thrown away.
 *
 * The walls themselves are in confine_walls.c.
 */
#include "confine.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "confine_walls.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U		/* Linux 6.3; demanded where vm.memfd_noexec is set */
#endif

#define OUTPUT_FILE "/tmp/backsoon.XXXXXX"

struct room {
	const struct confine_task *task;
	int fd;
};

static bool
write_whole(int fd, const char *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* Inside the walls: the task's work, and its output on fd. */
static enum confine_verdict
work_and_write(const struct confine_task *task, int fd)
{
	struct buf out = BUF_INIT;
	enum confine_verdict verdict = task->work(task->ctx, &out);

	if (verdict == CONFINE_OK && out.failed)
		verdict = CONFINE_NO_MEMORY;
	else if (verdict == CONFINE_OK && (out.len > CONFINE_OUTPUT_MAX || !write_whole(fd, out.data, out.len)))
		verdict = CONFINE_OUTPUT_FAILED;
	buf_free(&out);
	return verdict;
}

/* The child, from its first step to its exit status. */
static int
run_task(void *ctx)
{
	const struct room *room = ctx;
	const struct confine_task *task = room->task;
	enum confine_verdict verdict = CONFINE_OK;

	/* A limit on the output is to be an error that we see, not a signal. */
	signal(SIGXFSZ, SIG_IGN);
	if (task->prepare != NULL)
		verdict = task->prepare(task->ctx);
	if (verdict == CONFINE_OK) {
		confine_walls_raise();
		verdict = work_and_write(task, room->fd);
	}
	return (int)verdict;
}

/* A memfd, else a file without a name; -1 and errno. */
static int
open_output(void)
{
	char path[] = OUTPUT_FILE;
	int fd;

	fd = memfd_create("backsoon", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
	if (fd == -1 && errno == EINVAL)
		fd = memfd_create("backsoon", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1) {
		fd = mkostemp(path, O_CLOEXEC);
		if (fd != -1)
			unlink(path);
	}
	return fd;
}

/* The child is gone: nobody but us has the output.  false: it is not usable. */
static bool
close_off(int fd)
{
	struct stat st;

	/* Fails on a file, which needs no seal: nobody can open it. */
	fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	return fstat(fd, &st) == 0 && (uintmax_t)st.st_size <= CONFINE_OUTPUT_MAX && lseek(fd, 0, SEEK_SET) == 0;
}

static enum confine_result
result_of(const struct child_status *status, enum confine_verdict *verdict)
{
	switch (status->end) {
	case CHILD_EXITED:
		if (status->code == CONFINE_OK)
			return CONFINE_DONE;
		if (status->code < CONFINE_BAD_INPUT || status->code > CONFINE_OUTPUT_FAILED)
			return CONFINE_DIED;
		*verdict = (enum confine_verdict)status->code;
		return CONFINE_REFUSED;
	case CHILD_SIGNALED:
		return status->code == SIGXCPU ? CONFINE_TOO_SLOW : CONFINE_DIED;
	case CHILD_TIMEOUT:
	case CHILD_ABANDONED:
		return CONFINE_TOO_SLOW;
	case CHILD_NOT_STARTED:
		break;
	}
	return CONFINE_SYSTEM;
}

void
confine_begin(struct confinement *c, const struct confine_task *task)
{
	struct room room = { task, open_output() };

	c->fd = room.fd;
	c->error = errno;
	if (c->fd != -1)
		child_begin(&c->child, run_task, &room, room.fd);
}

enum confine_result
confine_end(struct confinement *c, int64_t deadline, int *fd, enum confine_verdict *verdict, struct child_status *status)
{
	enum confine_result result;

	*fd = -1;
	*verdict = CONFINE_OK;
	if (c->fd == -1) {
		status->end = CHILD_NOT_STARTED;
		status->code = c->error;
		return CONFINE_SYSTEM;
	}
	child_end(&c->child, deadline, status);
	result = result_of(status, verdict);
	if (result == CONFINE_DONE && !close_off(c->fd)) {
		*verdict = CONFINE_OUTPUT_FAILED;
		result = CONFINE_REFUSED;
	}
	if (result == CONFINE_DONE)
		*fd = c->fd;
	else
		close(c->fd);
	return result;
}

enum confine_result
confine_run(const struct confine_task *task, int64_t deadline, int *fd, enum confine_verdict *verdict, struct child_status *status)
{
	struct confinement c;

	confine_begin(&c, task);
	return confine_end(&c, deadline, fd, verdict, status);
}

const char *
confine_describe(void)
{
	return confine_walls_describe();
}
