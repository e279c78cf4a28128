/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_ASK_H
#define COMMANDS_ASK_H

#include <stdbool.h>

#include "../buf.h"

/*
 * Questions on a terminal: standard output and input.  Between ask_begin()
 * and ask_end() Ctrl-C (a hangup, SIGTERM) is an answer like the end of input: each call then
 * returns false, and so does every later one.
 */
void ask_begin(void);
void ask_end(void);
/* Whether Ctrl-C was pressed, or the input has ended. */
bool ask_stopped(void);

/* A text in lines of the terminal's width; so are the questions below. */
void ask_say(const char *text);

/* Waits; false: ask_stopped(). */
bool ask_wait(int milliseconds);

/* Whether the answer will do; if not, what a valid one looks like, or what is wrong with this one, in `why'. */
typedef bool ask_check(void *ctx, const char *answer, struct buf *why);

/*
 * question: a sentence or two.  fallback: what Enter alone means, shown in
 * brackets; shown: what to show in its place, NULL for itself.  Asked again until the check passes.
 * answer is reset; it is UTF-8 without control characters or blanks around it.
 */
bool ask_line(const char *question, const char *shown, const char *fallback, ask_check *, void *ctx, struct buf *answer);

/* The question with [Y/n] or [y/N] behind it. */
bool ask_yes(const char *question, bool fallback, bool *yes);

/* Lines until one with nothing but a dot, which is not a part of it. */
bool ask_text(struct buf *text);

#endif
