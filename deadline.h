/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdint.h>
#include <time.h>

/*
 * Deadlines are absolute, in milliseconds of the monotonic clock, and are
 * passed down.  They have nothing to do with `now', the wall clock's second
 * that main() reads once and that --now replaces.
 */

static inline int64_t
deadline_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Milliseconds left, never negative, at most INT32_MAX: fit for poll(2). */
static inline int
deadline_left(int64_t deadline)
{
	int64_t left = deadline - deadline_clock();

	if (left < 0)
		return 0;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

#endif
