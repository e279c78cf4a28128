/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CONF_EDIT_H
#define CONF_EDIT_H

#include <stdbool.h>

#include "buf.h"

/*
 * Changes one setting in the text of a settings file.  All other lines and
 * all comments stay to the byte, and so do indentation and comment of the
 * line that is changed.  What a line means is settings.c's to say; a line is
 * understood here as settings_text() reads it.
 *
 * A failure for lack of memory is the buffer's (`failed'), and the text then
 * is not to be used.
 */

#define CONF_EDIT_HEAD "# Settings of backsoon(1), see vacation.conf(5).\n"	/* of a file that we make */

/*
 * The last line of that name, which is the one that counts, gets the value;
 * a new one goes to the end.  Nothing changes where it has the value already.
 * false: a value that no line can hold (a line break; ` # ' and a quote at once).
 */
bool conf_edit_set(struct buf *text, const char *name, const char *value);

/* A further value of a setting that may be repeated, below the last of that name; nothing where it is there already. */
bool conf_edit_add(struct buf *text, const char *name, const char *value);

/* Takes out all lines of that name.  Returns how many there were. */
unsigned conf_edit_remove(struct buf *text, const char *name);

#endif
