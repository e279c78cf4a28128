/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TAP_H
#define TAP_H

/* Test Anything Protocol for unit tests in C: one line a check, got and want on failure. */

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_run, tap_failed;

static inline bool __attribute__((format(printf, 2, 3)))
ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);		/* a test may fork: nothing must wait in a buffer that the child would write as well */
	if (!good)
		tap_failed++;
	return good;
}

static inline bool
is_str(const char *got, const char *want, const char *name)
{
	bool same = got == want || (got != NULL && want != NULL && strcmp(got, want) == 0);

	if (!ok(same, "%s", name))
		printf("#   got: %s\n#  want: %s\n", got != NULL ? got : "(null)", want != NULL ? want : "(null)"), fflush(stdout);
	return same;
}

static inline bool
is_int(long long got, long long want, const char *name)
{
	if (!ok(got == want, "%s", name))
		printf("#   got: %lld\n#  want: %lld\n", got, want), fflush(stdout);
	return got == want;
}

static inline int
done_testing(void)
{
	printf("1..%d\n", tap_run);
	fflush(stdout);
	return tap_failed == 0 ? 0 : 1;
}

#endif
