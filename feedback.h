/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FEEDBACK_H
#define FEEDBACK_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * The fields of a feedback report (RFC 5965 3) that its writer may choose:
 * which there are, what they must look like, and their form in the report.
 * What passed here can end no line and is ASCII.
 */

#define FEEDBACK_FIELD_MAX 900		/* bytes of a field, which stands on one line of at most 998 (RFC 5322 2.1.1) */

/* Whether there is a feedback type of that name; without regard to case. */
bool feedback_is_type(const char *);

/*
 * Appends `Name: value' as it will stand in the report, on one line without its end.
 * name: as an option has it, original-mail-from; without regard to case.
 * false: there is no such field, or the value does not fit it; why says what would.
 */
bool feedback_field(struct buf *out, const char *name, const char *value, struct buf *why);

/* Whether the field may stand there only once. */
bool feedback_is_single(const char *name);

/* The n-th field's name, NULL behind the last. */
const char *feedback_name(size_t n);

#endif
