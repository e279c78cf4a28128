/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * columns - text in columns of a terminal
 *
 * How wide a character is: text_width.c.  Sequences that a terminal joins into
 * one picture (flags, families) count as their parts: such a row may come out
 * narrower than its column.
 */
#include "columns.h"

#include <stdint.h>
#include <string.h>

#include "../text.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* The bytes that fit into `max' columns, and how many of them they take. */
static size_t
fitting(const char *s, size_t len, size_t max, size_t *used)
{
	size_t at = 0, n, width;

	*used = 0;
	while (at < len) {
		n = text_width_next(s + at, len - at, &width);
		if (*used + width > max)
			break;
		*used += width;
		at += n;
	}
	return at;
}

size_t
columns_width(const char *s)
{
	size_t used;

	fitting(s, strlen(s), SIZE_MAX, &used);
	return used;
}

static size_t
add_cut(struct buf *out, const char *s, size_t width)
{
	size_t len = strlen(s), used, n = fitting(s, len, width, &used);

	if (n == len || width == 0) {
		buf_add(out, s, n);
		return used;
	}
	n = fitting(s, len, width - 1, &used);
	buf_add(out, s, n);
	buf_adds(out, ELLIPSIS);
	return used + 1;
}

void
columns_add(struct buf *out, const char *s, size_t width)
{
	add_cut(out, s, width);
}

void
columns_pad(struct buf *out, const char *s, size_t width)
{
	for (size_t used = add_cut(out, s, width); used < width; used++)
		buf_addc(out, ' ');
}

bool
columns_fit(size_t *widths, const size_t *least, size_t n, size_t gap, size_t total)
{
	size_t sum = n > 0 ? (n - 1) * gap : 0, widest;

	for (size_t i = 0; i < n; i++)
		sum += widths[i];
	while (total != 0 && sum > total) {
		widest = n;
		for (size_t i = 0; i < n; i++) {
			if (widths[i] > least[i] && (widest == n || widths[i] > widths[widest]))
				widest = i;
		}
		if (widest == n)
			return false;
		widths[widest]--;
		sum--;
	}
	return true;
}
