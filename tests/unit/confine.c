/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confine - what a confined task cannot do, and what becomes of one that tries
 */
#include "confine.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "deadline.h"
#include "tests/tap.h"

#define SOON 200		/* milliseconds given to a task that will not end */
#define LONG 60000		/* and to one that will */
#define CHUNK ((size_t)16 * 1024 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN 0
#endif

static bool
under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

static enum confine_verdict
say_hello(void *ctx, struct buf *out)
{
	buf_adds(out, ctx != NULL ? ctx : "hello\n");
	return CONFINE_OK;
}

static enum confine_verdict
say_nothing(void *ctx, struct buf *out)
{
	(void)ctx, (void)out;
	return CONFINE_OK;
}

static enum confine_verdict
refuse(void *ctx, struct buf *out)
{
	(void)ctx;
	buf_adds(out, "half of it");
	return CONFINE_BAD_INPUT;
}

static enum confine_verdict
no_library(void *ctx)
{
	(void)ctx;
	return CONFINE_NO_LIBRARY;
}

static enum confine_verdict
unknown_verdict(void *ctx, struct buf *out)
{
	(void)ctx, (void)out;
	return (enum confine_verdict)77;
}

static enum confine_verdict
crash(void *ctx, struct buf *out)
{
	(void)ctx, (void)out;
	__builtin_trap();
}

static enum confine_verdict
abort_it(void *ctx, struct buf *out)
{
	(void)ctx, (void)out;
	abort();
}

static enum confine_verdict
hang(void *ctx, struct buf *out)
{
	volatile int *forever = ctx;

	while (*forever)
		(void)out;
	return CONFINE_OK;
}

/* Takes address space only, so that the test machine has none to lose. */
static enum confine_verdict
allocate_without_end(void *ctx, struct buf *out)
{
	size_t taken;
	void *p;

	(void)ctx, (void)out;
	for (taken = 0; taken < 4 * (size_t)CONFINE_MEMORY_MAX; taken += CHUNK) {
		p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			return CONFINE_NO_MEMORY;
	}
	return CONFINE_OK;
}

static enum confine_verdict
overflow_buffer(void *ctx, struct buf *out)
{
	(void)ctx;
	buf_add(out, "", BUF_MAX);
	return CONFINE_OK;
}

static enum confine_verdict
write_too_much(void *ctx, struct buf *out)
{
	static const char block[65536];
	size_t n;

	(void)ctx;
	for (n = 0; n <= CONFINE_OUTPUT_MAX; n += sizeof(block))
		buf_add(out, block, sizeof(block));
	return CONFINE_OK;
}

static enum confine_verdict
use_memory(void *ctx, struct buf *out)
{
	size_t n;
	char *p, *q;

	(void)ctx;
	for (n = 1; n < CHUNK; n *= 4) {
		p = malloc(n);
		if (p == NULL)
			return CONFINE_NO_MEMORY;
		q = realloc(p, n * 2);
		if (q == NULL) {
			free(p);
			return CONFINE_NO_MEMORY;
		}
		q[2 * n - 1] = 'x';
		free(q);
	}
	buf_addf(out, "%s %d\n", "formatted", deadline_clock() > 0);
	return CONFINE_OK;
}

static int one = 1;

static const struct {
	const char *name;
	struct confine_task task;
	int milliseconds;
	enum confine_result result;
	enum confine_verdict verdict;
	const char *output;		/* when DONE */
} cases[] = {
	{ "a task that answers", { NULL, say_hello, NULL }, LONG, CONFINE_DONE, CONFINE_OK, "hello\n" },
	{ "a task with nothing to say", { NULL, say_nothing, NULL }, LONG, CONFINE_DONE, CONFINE_OK, "" },
	{ "memory and clocks can be used", { NULL, use_memory, NULL }, LONG, CONFINE_DONE, CONFINE_OK, "formatted 1\n" },
	{ "a task that refuses", { NULL, refuse, NULL }, LONG, CONFINE_REFUSED, CONFINE_BAD_INPUT, NULL },
	{ "a preparation that refuses", { no_library, say_hello, NULL }, LONG, CONFINE_REFUSED, CONFINE_NO_LIBRARY, NULL },
	{ "an unknown verdict", { NULL, unknown_verdict, NULL }, LONG, CONFINE_DIED, CONFINE_OK, NULL },
	{ "a crash", { NULL, crash, NULL }, LONG, CONFINE_DIED, CONFINE_OK, NULL },
	{ "an abort", { NULL, abort_it, NULL }, LONG, CONFINE_DIED, CONFINE_OK, NULL },
	{ "a hang", { NULL, hang, &one }, SOON, CONFINE_TOO_SLOW, CONFINE_OK, NULL },
	{ "an endless allocation", { NULL, allocate_without_end, NULL }, LONG, CONFINE_REFUSED, CONFINE_NO_MEMORY, NULL },
	{ "a buffer that overflowed", { NULL, overflow_buffer, NULL }, LONG, CONFINE_REFUSED, CONFINE_NO_MEMORY, NULL },
	{ "an over-long output", { NULL, write_too_much, NULL }, LONG, CONFINE_REFUSED, CONFINE_OUTPUT_FAILED, NULL },
};

/* Reads from the present offset: it is to be 0. */
static const char *
contents(int fd)
{
	static char text[8192];
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return n >= 0 ? text : NULL;
}

static void
test_cases(const char *how)
{
	struct child_status status;
	enum confine_verdict verdict;
	enum confine_result result;
	char name[128];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", cases[i].name, how);
		if (cases[i].task.work == allocate_without_end && WITH_ASAN) {
			ok(true, "%s # SKIP no memory limit with AddressSanitizer", name);
			continue;
		}
		result = confine_run(&cases[i].task, deadline_clock() + cases[i].milliseconds, &fd, &verdict, &status);
		is_int(result, cases[i].result, name);
		is_int(verdict, cases[i].verdict, name);
		is_str(contents(fd), cases[i].output, name);
		if (fd != -1)
			close(fd);
	}
}

static int listener = -1;	/* open in the parent, not close-on-exec */
static pid_t parent;

static long try_open(void) { return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY); }
static long try_create(void) { return syscall(SYS_openat, AT_FDCWD, "/tmp/backsoon-confined", O_WRONLY | O_CREAT, 0600); }
static long try_socket(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static long try_unix_socket(void) { return socket(AF_UNIX, SOCK_DGRAM, 0); }
static long try_pipe(void) { int p[2]; return pipe(p); }
static long try_kill(void) { return kill(parent, 0); }
static long try_ptrace(void) { return ptrace(PTRACE_ATTACH, parent, NULL, NULL); }
static long try_prctl(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
static long try_unlink(void) { return syscall(SYS_unlinkat, AT_FDCWD, "/tmp/backsoon-confined", 0); }
static long try_mkdir(void) { return syscall(SYS_mkdirat, AT_FDCWD, "/tmp/backsoon-confined", 0700); }
static long try_chdir(void) { return chdir("/"); }
static long try_stat(void) { return syscall(SYS_faccessat, AT_FDCWD, "/etc/passwd", R_OK); }
static long try_limit(void) { return syscall(SYS_prlimit64, 0, 7, NULL, NULL); }
static long try_dup(void) { return syscall(SYS_dup, 0); }
static long try_memfd(void) { return syscall(SYS_memfd_create, "x", 0U); }
static long try_setuid(void) { return syscall(SYS_setuid, 0); }

static long
try_exec(void)
{
	char name[] = "true", *argv[] = { name, NULL };

	return execve("/bin/true", argv, argv + 1);
}

static long
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static const struct {
	const char *name;
	long (*attempt)(void);
	bool unfit;	/* for valgrind, which does it by itself or does not survive that it fails */
} forbidden[] = {
	{ "open a file", try_open, false }, { "create a file", try_create, false }, { "open a socket", try_socket, false },
	{ "open a local socket", try_unix_socket, false }, { "make a pipe", try_pipe, false }, { "exec", try_exec, true },
	{ "fork", try_fork, false }, { "signal its parent", try_kill, false }, { "trace its parent", try_ptrace, false },
	{ "use prctl", try_prctl, false }, { "remove a file", try_unlink, false }, { "make a directory", try_mkdir, false },
	{ "change directory", try_chdir, false }, { "ask for access", try_stat, false }, { "use limits", try_limit, true },
	{ "duplicate a descriptor", try_dup, false }, { "make a memfd", try_memfd, false }, { "change its user", try_setuid, false },
};

/* One line an attempt: what errno it gave, 0 when it was let through. */
static enum confine_verdict
attempt_all(void *ctx, struct buf *out)
{
	size_t i;

	(void)ctx;
	for (i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (forbidden[i].unfit && under_valgrind())
			buf_addc(out, '-');
		else
			buf_addc(out, forbidden[i].attempt() == -1 ? 'A' + errno : '0');
	return CONFINE_OK;
}

static void
test_forbidden(void)
{
	struct confine_task task = { NULL, attempt_all, NULL };
	struct child_status status;
	enum confine_verdict verdict;
	const char *text;
	size_t i;
	int fd;

	parent = getpid();
	if (strstr(confine_describe(), "seccomp") == NULL) {
		ok(true, "forbidden calls # SKIP no seccomp here");
		return;
	}
	is_int(confine_run(&task, deadline_clock() + LONG, &fd, &verdict, &status), CONFINE_DONE, "a task that tries everything");
	text = contents(fd);
	for (i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		if (text == NULL || text[i] == '\0')
			ok(false, "cannot %s: no answer", forbidden[i].name);
		else if (forbidden[i].unfit && under_valgrind())
			ok(true, "cannot %s # SKIP valgrind", forbidden[i].name);
		else
			is_int(text[i] - 'A', EPERM, forbidden[i].name);
	}
	close(fd);
}

static enum confine_verdict
look_for_descriptors(void *ctx, struct buf *out)
{
	char byte;
	int fd, *number = ctx;

	if (pread(*number, &byte, 1, 0) != -1 || errno != EBADF)
		buf_adds(out, "the parent's file ");
	for (fd = 3; fd < 500; fd++)
		if (lseek(fd, 0, SEEK_CUR) != -1)
			buf_addc(out, '*');
	return CONFINE_OK;
}

/* prepare() may open and read; nothing of what the parent has open is there even for it. */
static enum confine_verdict
prepare_reads(void *ctx)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	char byte;

	(void)ctx;
	if (fd == -1 || read(fd, &byte, 1) != 1)
		return CONFINE_NO_LIBRARY;
	close(fd);
	return fcntl(listener, F_GETFD) == -1 ? CONFINE_OK : CONFINE_BAD_INPUT;
}

static void
test_descriptors(void)
{
	struct confine_task task = { prepare_reads, look_for_descriptors, &listener };
	struct child_status status;
	enum confine_verdict verdict;
	int fd;

	listener = open("/etc/passwd", O_RDONLY);
	is_int(confine_run(&task, deadline_clock() + LONG, &fd, &verdict, &status), CONFINE_DONE, "a task that looks for descriptors");
	is_int(verdict, CONFINE_OK, "prepare() can open files of its own");
	is_str(contents(fd), "*", "one descriptor is there: the output");
	close(fd);
	close(listener);
}

static void
test_sealed(void)
{
	struct confine_task task = { NULL, say_hello, NULL };
	struct child_status status;
	enum confine_verdict verdict;
	int fd;

	is_int(confine_run(&task, deadline_clock() + LONG, &fd, &verdict, &status), CONFINE_DONE, "an output to look at");
	is_int(fcntl(fd, F_GET_SEALS) & (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL),
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL, "it is sealed");
	is_int(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "it is close-on-exec");
	is_int(lseek(fd, 0, SEEK_CUR), 0, "it is rewound");
	is_int(write(fd, "x", 1), -1, "it cannot be written");
	close(fd);
}

/* From here on the named calls fail with the given errno, in this process and its children. */
static bool
take_away(long first, long second, int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)first, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)second, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void
test_without_memfd(void)
{
	struct confine_task task = { NULL, say_hello, NULL };
	struct child_status status;
	enum confine_verdict verdict;
	struct stat st;
	int fd;

	if (!take_away(SYS_memfd_create, SYS_memfd_create, ENOSYS)) {
		ok(true, "without memfd_create # SKIP no seccomp");
		return;
	}
	is_int(confine_run(&task, deadline_clock() + LONG, &fd, &verdict, &status), CONFINE_DONE, "without memfd_create");
	ok(fstat(fd, &st) == 0 && st.st_nlink == 0, "the output has no name");
	is_int(st.st_mode & 0777, 0600, "and is the owner's");
	is_str(contents(fd), "hello\n", "and is whole, and rewound");
	close(fd);
}

static void
test_without_fork(void)
{
	struct confine_task task = { NULL, say_hello, NULL };
	struct child_status status;
	enum confine_verdict verdict;
	int fd;

	/* LeakSanitizer forks at the end of this process */
	if (under_valgrind() || WITH_ASAN || !take_away(SYS_clone, SYS_clone3, EAGAIN)) {
		ok(true, "without fork # SKIP valgrind, a sanitizer, or no seccomp");
		return;
	}
	is_int(confine_run(&task, deadline_clock() + LONG, &fd, &verdict, &status), CONFINE_SYSTEM, "without fork");
	is_int(status.code, EAGAIN, "and why");
	is_int(fd, -1, "and no output");
}

int
main(void)
{
	ok(strstr(confine_describe(), "rlimits") != NULL, "there are walls: %s", confine_describe());
	test_cases("");
	test_forbidden();
	test_descriptors();
	test_sealed();
	/* Last, because what is taken away does not come back. */
	test_without_memfd();
	test_without_fork();
	return done_testing();
}
