/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_COLUMNS_H
#define COMMANDS_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "../buf.h"

/*
 * Text in columns of a terminal.  Widths are those of terminals that show
 * UTF-8: 0 for combining and invisible characters, 2 for East Asian wide ones
 * and emoji, 1 for all others, whatever the locale says.  The text must be
 * valid UTF-8 without control bytes: diag_visible() first.
 */

size_t columns_width(const char *);

/* Appends the text cut to the width, the last place then an ellipsis. */
void columns_add(struct buf *, const char *, size_t width);

/* The same, filled up with blanks. */
void columns_pad(struct buf *, const char *, size_t width);

/*
 * Shrinks widths[] until their sum and `gap' between each two fit into total
 * (0: there is no limit).  The widest of those still above its least[] gives
 * way first; false when even the least widths do not fit.
 */
bool columns_fit(size_t *widths, const size_t *least, size_t n, size_t gap, size_t total);

#endif
