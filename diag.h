/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DIAG_H
#define DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * Where messages go.  In delivery: syslog, facility mail, and nothing on the
 * standard streams.  Commands: standard error.  All verbs preserve errno.
 * Control bytes and invalid UTF-8 are made visible here (\x1b, \n), once, so
 * that no caller can forget; a line is cut at DIAG_LINE_MAX bytes.
 */

#define DIAG_LINE_MAX 1000

enum diag_target { DIAG_SYSLOG, DIAG_STDERR, DIAG_NOWHERE };
enum diag_level { DIAG_ERROR, DIAG_WARN, DIAG_INFO, DIAG_DEBUG };

void diag_echo(bool);	/* what goes to syslog is shown on standard error as well: somebody is sitting there */
void diag_to(enum diag_target, const char *ident);	/* ident is kept, not copied */
void diag_line(enum diag_level, const struct buf *);	/* a text that is already composed */
void diag_error(const char *, ...) __attribute__((format(printf, 1, 2)));	/* something is broken and somebody must mend it */
void diag_warn(const char *, ...) __attribute__((format(printf, 1, 2)));	/* it went on, but not as asked */
void diag_info(const char *, ...) __attribute__((format(printf, 1, 2)));	/* the one line of a message */

/* A constant line at level error, from a signal handler: calls nothing that is not async-signal-safe. */
void diag_last_words(const char *);

/* Appends s with control bytes and invalid UTF-8 made visible. */
void diag_visible(struct buf *, const char *s, size_t len);

#endif
