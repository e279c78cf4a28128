/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>

#include "buf.h"
#include "home.h"
#include "outcome.h"
#include "settings.h"

/*
 * Settings and home directory of one run: command line first (it names user
 * and home), then the system's file, the user's file, and the command line
 * once more on top.  outcome: ANSWERED, or what is in the way; then
 * settings and home hold as much as could be had.
 */
struct load {
	struct settings settings;
	struct home home;
	enum outcome outcome;
	struct buf why;		/* a line for each thing that is wrong */
	int rest;		/* index of the first word that is no option */
	int64_t now;
};

/* A dialect's argv goes through its own parser: NULL for the native options. */
typedef int load_arguments(struct settings *, int argc, char *const *argv);

void load_run(struct load *, int argc, char *const *argv, load_arguments *);
void load_free(struct load *);

#endif
