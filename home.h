/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HOME_H
#define HOME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "buf.h"
#include "outcome.h"

/*
 * The user's home directory and the files in it.  Files are opened relative
 * to it; see DESIGN.md, Security, for whose and which modes are accepted.
 */
struct home {
	int fd;			/* of the directory, -1 when there is none */
	char *path;		/* owned */
	uid_t uid;		/* the user who runs us */
	char *passed_over;	/* why $HOME was not taken, but the passwd entry's: a sentence, owned; NULL: it was, or nobody asked for it */
	bool dropped;		/* we ran with other rights and gave them up: links are not followed */
};

/*
 * path: --home, or NULL for $HOME where it belongs to the user, else the passwd entry's.
 * OUTCOME_ANSWERED when it is there, else why not (a sentence in why).
 */
enum outcome home_open(struct home *, const char *path, bool dropped, struct buf *why);
void home_close(struct home *);

/*
 * Opens a file of the user's for reading: `name' relative to the home
 * directory unless it is absolute or begins with ~/.  The file reached must be regular, owned
 * by the user or root and not writable by the world, nor by a group other than the user's own.
 * -1: errno ENOENT when there is none (and no word of why: it is the common case), otherwise why says what is wrong with it.
 */
int home_open_file(const struct home *, const char *name, struct buf *why);

/* The same for a file in an open directory; shown: its name in why. */
int home_open_in(const struct home *, int dir_fd, const char *entry, const char *shown, struct buf *why);

/*
 * A directory of the user's, to be read: owner and modes as of a file.  With other rights given up no name
 * of a relative path may be a link.  -1 and errno likewise.
 */
int home_open_directory(const struct home *, const char *name, struct buf *why);
int home_open_directory_in(const struct home *, int dir_fd, const char *entry, const char *shown, struct buf *why);

/* Appends what is left of it, up to max bytes in all.  false: errno, EFBIG beyond. */
bool home_read(int fd, size_t max, struct buf *out);

/* Reads it whole, up to max bytes.  The same errors, and EFBIG. */
bool home_read_file(const struct home *, const char *name, size_t max, struct buf *out, struct buf *why);

/* A directory descriptor and the name in it for a file that we keep (table, journal):
 * relative to the home directory, or AT_FDCWD and the absolute path.  The name may point into the argument. */
const char *home_place(const struct home *, const char *name, int *dir_fd);

/* Becomes that user for good (--user, as root).  OUTCOME_ANSWERED when done or not needed. */
enum outcome home_become(const char *user, bool *dropped, struct buf *why);

#endif
