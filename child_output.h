/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CHILD_OUTPUT_H
#define CHILD_OUTPUT_H

#include <stdbool.h>

#include "buf.h"
#include "child.h"

/*
 * Runs spec (fd_in is not used: it reads from /dev/null) until the deadline and appends to out what
 * it prints on standard output.  true: it ended with status 0 and printed less than max bytes.
 * The program is killed alone, without what it has started itself: for those that only print.
 */
bool child_output(const struct child_spec *spec, int64_t deadline, size_t max, struct buf *out);

#endif
