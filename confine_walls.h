/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CONFINE_WALLS_H
#define CONFINE_WALLS_H

/* The walls of the sandbox, for confine.c alone.  What has been raised stays: only to be called in the child. */
void confine_walls_raise(void);

/* See confine_describe(). */
const char *confine_walls_describe(void);

#endif
