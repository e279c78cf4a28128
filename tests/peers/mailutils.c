/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands before the real libmailutils on the private machine of a test.  Two
 * of its people cannot use it: the process that loads it for KILLED is
 * killed, for STUCK it never comes back.  For all others the real one, which this
 * one needs, does everything.
 */
#include <sys/types.h>

#include <signal.h>
#include <unistd.h>

static void __attribute__((constructor))
spoil(void)
{
	if (getuid() == (uid_t)KILLED)
		raise(SIGKILL);
	while (getuid() == (uid_t)STUCK)
		pause();
}
