/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_SHOW_H
#define COMMANDS_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "../buf.h"
#include "findings.h"

/* What `status' and `check' print, alike; text is UTF-8 that is visible already. */

#define SHOW_TITLE 12		/* columns of a title and the gap behind it */

struct screen {
	struct buf *out;
	unsigned width;		/* columns */
	bool colour;
};

/* A text in a colour (an SGR number such as "1;32"). */
void show_coloured(const struct screen *, const char *code, const char *text);
/* Words filled into lines of the screen's width, each line (the first apart) indented; ends the line.  `at': columns already taken. */
void show_words(const struct screen *, const char *text, size_t at, size_t indent);
/* The same for the arguments of a usage line, a blank before them: a line ends between options, not within their brackets
 * unless one is wider than the screen. */
void show_usage(const struct screen *, const char *arguments, size_t at, size_t indent);
/* A title and its text beside it; an empty title continues the one above. */
void show_line(const struct screen *, const char *title, const char *text);
/* The same, cut at the edge instead of filled into lines. */
void show_cut(const struct screen *, const char *title, const char *text);
/* A finding: what; why where wanted; how it is mended. */
void show_finding(const struct screen *, const struct finding *, bool why);

/* The colour of a grade. */
const char *show_grade_colour(enum finding_grade);

/* Prints the buffer on standard output: an exit status. */
int show_flush(const struct buf *);

#endif
