/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child_output - runs a program and keeps what it prints
 *
 * Its standard output is a file in memory, so that nothing has to be read while it
 * runs and a program that prints without end is stopped by the file's size.
 *
 * Limits: the caller's max; what is printed beyond it makes the call fail.
 */
#include "child_output.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define STATUS_NOT_STARTED 127
#define CHUNK 4096

struct job {
	const struct child_spec *spec;
	int fd;
	size_t max;
};

/* In the child. */
static int
become(void *ctx)
{
	const struct job *job = ctx;
	/* execve's vectors are not const for old reasons; it does not write to them */
	union { const char *const *fixed; char *const *any; } argv = { job->spec->argv }, envp = { job->spec->envp };
	struct rlimit size = { job->max, job->max };

	if (dup2(job->fd, STDOUT_FILENO) == -1 || chdir("/") == -1 || setrlimit(RLIMIT_FSIZE, &size) == -1)
		return STATUS_NOT_STARTED;
	execve(job->spec->path, argv.any, envp.any);
	return STATUS_NOT_STARTED;
}

static bool
read_back(int fd, struct buf *out)
{
	char chunk[CHUNK];
	off_t at = 0;
	ssize_t n;

	for (;;) {
		n = pread(fd, chunk, sizeof chunk, at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 && !out->failed;
		buf_add(out, chunk, (size_t)n);
		at += n;
	}
}

bool
child_output(const struct child_spec *spec, int64_t deadline, size_t max, struct buf *out)
{
	struct job job = { spec, -1, max };
	struct child_status status;
	bool good;

	job.fd = memfd_create("output", MFD_CLOEXEC);
	if (job.fd == -1)
		return false;
	child_call(become, &job, job.fd, deadline, &status);
	good = status.end == CHILD_EXITED && status.code == 0 && read_back(job.fd, out) && out->len < max;
	close(job.fd);
	return good;
}
