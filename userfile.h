/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef USERFILE_H
#define USERFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "buf.h"
#include "home.h"

/*
 * Writes a file of the user's whole, or not at all: a temporary file beside
 * it with the mode set explicitly, synced, renamed, the directory synced.  A
 * link (dotfile managers) stays a link and what it leads to is replaced.
 * name: as for home_open_file().  false: why, and the file is as it was.
 */
bool userfile_write(const struct home *, const char *name, const char *data, size_t len, mode_t mode, struct buf *why);

/*
 * Puts `from' in the place of `name', whose links are followed as above.  It needs no
 * room on the disk.  false: why, and both are as they were.
 */
bool userfile_rename(const struct home *, const char *from, const char *name, struct buf *why);

/* Removes it, and syncs the directory; one that is not there is no failure. */
bool userfile_remove(const struct home *, const char *name, struct buf *why);

#endif
