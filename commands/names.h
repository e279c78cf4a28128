/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_NAMES_H
#define COMMANDS_NAMES_H

#include "../buf.h"

/*
 * Everything that can be typed, for shell completion.  A line each, five fields separated by tabs, `-' for none:
 *
 *	command   -        history  -      the last decisions
 *	option    history  --rule   RULE   -
 *	argument  explain  -        FILE   -
 *	setting   -        --alias  ADDR   -
 *	flag      debian   -a       VALUE  -
 *	rule      -        spam     -      the message was marked as spam
 *	outcome   -        answered -      -
 *
 * The fourth is what usage shows: words with `|' between them, of which those
 * in lower case are meant literally.
 */

/* A command's line, and those of its options and arguments, which are read out of its usage. */
void names_command(struct buf *, const char *name, const char *usage, const char *does);
/* Settings, the dialects' flags, rules and outcomes. */
void names_rest(struct buf *);

/*
 * What may stand where the last word is.  words: a command line up to there, the program's name first; `--option=value' whole or in
 * three words, as bash has it.  Appends a line `files' or `words' (whether names of files fit as well), then
 * candidates, a line each, with a tab and what it is behind some.  They are not cut down to what the last word
 * begins with: shells do that.
 */
void names_complete(struct buf *out, const struct buf *names, int n, char *const *words);

#endif
