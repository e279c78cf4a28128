/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CHILD_TERMINAL_H
#define CHILD_TERMINAL_H

#include "child.h"

/*
 * Runs a program that talks to the user, an editor, and waits until it ends:
 * it gets our terminal, environment and working directory, and no deadline.
 * While it runs, the terminal's interrupts are its own.  path: absolute, no
 * PATH search, no shell.  SIGHUP and SIGTERM are handed on to it, and raised again here when it has ended.  The terminal's modes are put back behind it.
 */
void child_terminal(const char *path, const char *const *argv, struct child_status *);

#endif
