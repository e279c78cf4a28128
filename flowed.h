/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FLOWED_H
#define FLOWED_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * Text of the type text/plain; format=flowed (RFC 3676): long paragraphs go
 * out as lines that readers put together again.  UTF-8 and LF line ends.
 */

#define FLOWED_LINE_MAX 78	/* columns; a line that has no more stays as it is */
#define FLOWED_BREAK 72		/* columns of the lines that a longer one becomes */

/*
 * Appends the text as format=flowed, with DelSp=no.  A line that begins with
 * `>' marks and a blank (or with nothing else) is a quote and keeps its depth.  Text without
 * blanks stays on its line.  Blanks at the end of a line go, but for the signature's `-- '.  *changed: it is not
 * the text as it was given, byte for byte; if it is, the parameter can be left out of the Content-Type.
 */
void flowed_put(struct buf *out, const char *text, size_t len, bool *changed);

/*
 * Appends text that was declared format=flowed with each paragraph on one
 * line.  delsp: the value of the parameter.  For text without blanks at the end of its lines it undoes flowed_put().
 */
void flowed_join(struct buf *out, const char *text, size_t len, bool delsp);

#endif
