/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMPAT_MAILBOT_H
#define COMPAT_MAILBOT_H

#include <stddef.h>

#include "buf.h"
#include "settings.h"

/* The options of maildrop's mailbot, which are unlike those of any vacation(1). */

#define COMPAT_MAILBOT_USAGE "mailbot [options] [program [argument ...]]"

#define COMPAT_MAILBOT_NO_TEXT "/dev/null"	/* the message file of a report without -t */

/* From argv[i]; returns argc.  For compat_arguments(). */
int compat_mailbot_arguments(struct settings *, int i, int argc, char *const *argv);

/* For compat_flag(): the n-th flag and what usage would call its argument; false behind the last. */
bool compat_mailbot_flag(size_t n, char *letter, const char **argument);

/*
 * What a file given by -t or -m says (its bytes are in text, or none when no file was given) in the form of
 * a message file: the fields of -A and -s in front, and nothing in it a variable.
 */
void compat_mailbot_text(const struct settings *, struct buf *text);

/* The fields of -A and -s in front of a draft, which is a message file already. */
void compat_mailbot_fields(const struct settings *, struct buf *text);

#endif
