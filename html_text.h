/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HTML_TEXT_H
#define HTML_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * HTML as a mail program would show it in plain text: for the plain part of
 * an HTML reply, and to quote what strangers have sent.  The HTML is UTF-8 (bytes
 * that are none become U+FFFD) and may be anything: time is linear in its
 * length, memory is bounded by that and by `max'.
 *
 * Paragraphs have a blank line between them, lists `* ' and `1. ', quotes `> ';
 * links are `text <https://...>', pictures their alternative text, the cells of
 * a row have ` | ' between them.  What a reader would not see (scripts, styles, comments,
 * display:none) is not there.  Lines have no blanks at their end, but for the
 * signature's `-- '; there are no control characters, and one blank line at most outside <pre>.
 */

/*
 * Appends the text, its last line ended.  Lines are broken at `width' columns
 * where they have blanks (0: never).  At most max bytes are added, in whole characters: the
 * rest is left out.  false: no memory (out->failed).
 */
bool html_to_text(struct buf *out, const char *html, size_t len, unsigned width, size_t max);

#endif
