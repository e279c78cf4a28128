/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_distance - how much one name differs from another
 *
 * For suggestions: settings, commands and time zones that were misspelt.
 *
 * Failures: none.  Limits: TEXT_DISTANCE_MAX bytes.
 */
#include "text.h"

#include <string.h>

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned
text_distance(const char *a, const char *b)
{
	unsigned char d[TEXT_DISTANCE_MAX + 1][TEXT_DISTANCE_MAX + 1];
	size_t la = strlen(a), lb = strlen(b), i, j;
	unsigned n;

	if (la > TEXT_DISTANCE_MAX || lb > TEXT_DISTANCE_MAX)
		return TEXT_DISTANCE_MAX;
	for (i = 0; i <= la; i++)
		d[i][0] = (unsigned char)i;
	for (j = 0; j <= lb; j++)
		d[0][j] = (unsigned char)j;
	for (i = 1; i <= la; i++)
		for (j = 1; j <= lb; j++) {
			n = least(d[i - 1][j] + 1u, d[i][j - 1] + 1u, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				n = least(n, n, d[i - 2][j - 2] + 1u);
			d[i][j] = (unsigned char)n;
		}
	return d[la][lb];
}
