/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confine_walls - seccomp, Landlock, resource limits
 *
 * The first wall is a seccomp filter: a list of the calls that code needs which computes on memory
 * and on descriptors that are open already; everything else fails with EPERM.  mmap may ask for
 * PROT_EXEC: who runs code of his own in here can do no more with it than write an output.
 * The second, for a hole in the first, is a Landlock ruleset that permits nothing.
 * The third, resource limits, is there on every kernel and bounds what the task costs.
 *
 * Failures: a wall that this kernel or processor does not have is left out; the others
 * stand.  confine_walls_describe() says which there are.
 *
 * Limits: memory is not limited under AddressSanitizer, which reserves terabytes.
 */
#include "confine_walls.h"

#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "confine.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITHOUT_MEMORY_LIMIT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define WITHOUT_MEMORY_LIMIT 1
#endif
#endif
#ifndef WITHOUT_MEMORY_LIMIT
#define WITHOUT_MEMORY_LIMIT 0
#endif

#ifdef __linux__

/* An x86 processor runs calls of three kinds; a filter that does not look would let the others through. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define OUR_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARMEL__)
#define OUR_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define OUR_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define OUR_ARCH AUDIT_ARCH_S390X
#endif

#ifdef OUR_ARCH

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ALLOWED BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define DENIED BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

static const unsigned int allowed[] = {
	/* memory */
	SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_mprotect,
#ifdef SYS_mmap
	SYS_mmap,
#endif
#ifdef SYS_mmap2
	SYS_mmap2,
#endif
	/* descriptors that are open already */
	SYS_write, SYS_read, SYS_lseek, SYS_pread64, SYS_pwrite64, SYS_readv, SYS_writev, SYS_close,
#ifdef SYS__llseek
	SYS__llseek,
#endif
#ifdef SYS_fstat
	SYS_fstat,
#endif
#ifdef SYS_fstat64
	SYS_fstat64,
#endif
	/* the C library, valgrind and the sanitizers at their housekeeping; glibc's qsort asks for sysinfo */
	SYS_getrandom, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
	SYS_sched_yield, SYS_getpid, SYS_gettid, SYS_sysinfo,
#ifdef SYS_sigreturn
	SYS_sigreturn,
#endif
#ifdef SYS_futex
	SYS_futex,
#endif
#ifdef SYS_futex_time64
	SYS_futex_time64,
#endif
	/* clocks */
	SYS_gettimeofday,
#ifdef SYS_clock_gettime
	SYS_clock_gettime,
#endif
#ifdef SYS_clock_gettime64
	SYS_clock_gettime64,
#endif
#ifdef SYS_time
	SYS_time,
#endif
	/* the end */
	SYS_exit_group, SYS_exit
};
#define ALLOWED_CALLS (sizeof(allowed) / sizeof(allowed[0]))

#define PREAMBLE 4			/* instructions before the search */
#define PER_CALL 4			/* three at a leaf, one at a fork */

/*
 * A binary search for the call's number.  The kernel runs a new filter once for
 * each call there is, to learn which need no second look; with a plain list of
 * comparisons that took 15 to 20 microseconds more.
 */
static size_t
put_search(struct sock_filter *at, const unsigned int *sorted, size_t n)
{
	size_t half = n / 2, left;

	if (n == 1) {
		at[0] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, sorted[0], 0, 1);
		at[1] = (struct sock_filter)ALLOWED;
		at[2] = (struct sock_filter)DENIED;
		return 3;
	}
	left = put_search(at + 1, sorted, half);
	at[0] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, sorted[half], (uint8_t)left, 0);
	return 1 + left + put_search(at + 1 + left, sorted + half, n - half);
}

static void
sort_calls(unsigned int sorted[ALLOWED_CALLS])
{
	size_t i, j;

	for (i = 0; i < ALLOWED_CALLS; i++) {
		for (j = i; j > 0 && sorted[j - 1] > allowed[i]; j--)
			sorted[j] = sorted[j - 1];
		sorted[j] = allowed[i];
	}
}

static void
raise_seccomp(void)
{
	struct sock_filter code[PREAMBLE + PER_CALL * ALLOWED_CALLS] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
		DENIED,
		LOAD(nr),
	};
	unsigned int sorted[ALLOWED_CALLS];
	struct sock_fprog program = { 0, code };

	sort_calls(sorted);
	program.len = (unsigned short)(PREAMBLE + put_search(code + PREAMBLE, sorted, ALLOWED_CALLS));
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

_Static_assert(PER_CALL * ALLOWED_CALLS / 2 < UINT8_MAX, "a jump in the filter would be too long");

static bool
have_seccomp(void)
{
	/* With no program to look at, a kernel that has filters says EFAULT. */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) == -1 && errno == EFAULT;
}

#else

static void
raise_seccomp(void)
{
}

static bool
have_seccomp(void)
{
	return false;
}

#endif

/*
 * Landlock by its numbers, which are the same on every architecture and
 * younger than many a system's headers.
 */
#define LANDLOCK_CREATE 444
#define LANDLOCK_RESTRICT 446
#define LANDLOCK_VERSION_FLAG 1U

struct landlock_denied {
	uint64_t files, network, scopes;
};

/* What each version of Landlock can deny: bits of linux/landlock.h, all of them. */
static const struct landlock_denied denied_since[] = {
	{ 0, 0, 0 },
	{ (1U << 13) - 1, 0, 0 },	/* execute, read, write, list, make and remove of every kind */
	{ (1U << 14) - 1, 0, 0 },	/* link and rename across directories */
	{ (1U << 15) - 1, 0, 0 },	/* truncate */
	{ (1U << 15) - 1, 3, 0 },	/* TCP bind, connect */
	{ (1U << 16) - 1, 3, 0 },	/* ioctl on devices */
	{ (1U << 16) - 1, 3, 3 },	/* abstract UNIX sockets, signals */
};
#define LANDLOCK_VERSIONS ((long)(sizeof(denied_since) / sizeof(denied_since[0])))

static long
landlock_version(void)
{
	long version = syscall(LANDLOCK_CREATE, NULL, (size_t)0, LANDLOCK_VERSION_FLAG);

	return version < LANDLOCK_VERSIONS ? version : LANDLOCK_VERSIONS - 1;
}

static void
raise_landlock(void)
{
	long version = landlock_version();
	int ruleset;

	if (version < 1)
		return;
	ruleset = (int)syscall(LANDLOCK_CREATE, &denied_since[version], sizeof(denied_since[version]), 0U);
	if (ruleset == -1)
		return;
	syscall(LANDLOCK_RESTRICT, ruleset, 0U);
	close(ruleset);
}

/* Address space in use now, in bytes; 0 when it cannot be told. */
static uint64_t
present_size(void)
{
	char text[32];
	uint64_t pages = 0;
	ssize_t n, i;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return 0;
	n = read(fd, text, sizeof(text));
	close(fd);
	for (i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		pages = pages * 10 + (uint64_t)(text[i] - '0');
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

#else

static uint64_t
present_size(void)
{
	return 0;
}

#endif

static void
limit(int what, uint64_t soft, uint64_t hard)
{
	struct rlimit lim = { (rlim_t)soft, (rlim_t)hard };

	if (setrlimit(what, &lim) == 0 || getrlimit(what, &lim) == -1)
		return;
	/* A hard limit below ours stays; the soft one goes as low as it may. */
	if (lim.rlim_cur > (rlim_t)soft)
		lim.rlim_cur = (rlim_t)soft;
	setrlimit(what, &lim);
}

static void
raise_limits(uint64_t memory)
{
	if (!WITHOUT_MEMORY_LIMIT)
		limit(RLIMIT_AS, memory, memory);
	/* The soft one is a signal of its own, the hard one a kill. */
	limit(RLIMIT_CPU, CONFINE_CPU_MAX, CONFINE_CPU_MAX + 1);
	limit(RLIMIT_FSIZE, CONFINE_OUTPUT_MAX, CONFINE_OUTPUT_MAX);
	limit(RLIMIT_CORE, 0, 0);
	limit(RLIMIT_NPROC, 0, 0);
	limit(RLIMIT_NOFILE, 0, 0);
}

/*
 * The order matters: the size is read from a file, a Landlock ruleset is a
 * descriptor while it is made, and after seccomp nothing more can be set.
 */
void
confine_walls_raise(void)
{
	uint64_t memory = present_size() + CONFINE_MEMORY_MAX;

#if defined(__linux__)
	bool filters = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

	/* Neither a core dump nor a debugger gets to see somebody's mail. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (filters)
		raise_landlock();
	raise_limits(memory);
	if (filters)
		raise_seccomp();
#else
	raise_limits(memory);
#if defined(__OpenBSD__)
	pledge("stdio", NULL);
#endif
#endif
}

const char *
confine_walls_describe(void)
{
#if defined(__linux__)
	bool seccomp = have_seccomp(), landlock = landlock_version() > 0;

	if (seccomp)
		return landlock ? "seccomp landlock rlimits" : "seccomp rlimits";
	return landlock ? "landlock rlimits" : "rlimits";
#elif defined(__OpenBSD__)
	return "pledge rlimits";
#else
	return "rlimits";
#endif
}
