/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMPAT_H
#define COMPAT_H

#include <stdbool.h>

#include "buf.h"
#include "settings.h"

/*
 * The vacation(1) dialects: their flags become settings.  Long options of
 * ours may stand before the flags.
 */
enum compat_action { COMPAT_INIT = 1, COMPAT_LIST = 2, COMPAT_EXCLUDE = 4 };

/* The dialect that is asked for by `--compat=NAME' as first argument, else by the
 * name of the program; COMPAT_NONE for neither. */
enum compat compat_asked(int argc, char *const *argv);

/* For load_run(): problems are collected in the settings. */
int compat_arguments(struct settings *, int argc, char *const *argv);

void compat_usage(enum compat, struct buf *);

/* For completion: the dialect's name, and its n-th flag with what usage would call the argument ("": none); NULL behind the last. */
const char *compat_flag(enum compat, size_t n, char *letter, const char **argument);

#endif
