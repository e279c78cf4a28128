/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DRAFT_H
#define DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "home.h"

/*
 * The text of a reply may be a draft: the newest message of a mail folder, put
 * there with a mail program.  `maildir:PATH', `mbox:PATH', `mh:PATH'; the path is relative to
 * the home directory, or begins with ~/ or /.  See vacation.conf(5).
 */

#define DRAFT_ENTRIES_MAX 20000			/* files of a folder; with more of them the newest is not looked for */
#define DRAFT_MBOX_TAIL_MAX ((size_t)16 * 1024 * 1024)	/* bytes at an mbox's end in which the message must begin */
#define DRAFT_LOCK_MS 1000			/* waited for who writes an mbox */

struct draft_about {
	int64_t time;		/* the file's, which IMAP servers make the message's; INT64_MIN: not known (mbox) */
	bool received;		/* came by mail: it was not written into that folder */
};

/* Whether the value of a setting names a folder of drafts, not a file. */
bool draft_is(const char *spec);

/* Whether it has the form of one, a word and a colon: where no file is called so, the owner may have meant a folder. */
bool draft_looks_like(const char *name);

/* The folder in it, NULL when it names none: points into spec. */
const char *draft_folder(const char *spec);

/*
 * The newest message, appended to out: header fields that may stand in a reply (Subject, From, Reply-To, Organization, Content-*,
 * MIME-Version), blank line, body.  What mail programs and servers note in it is gone, so that the same draft has the same
 * bytes however often it is read, moved and marked.  max: bytes of the message as it is stored; about: may be NULL.
 * false: why, always, and errno: ENOENT when there is no such folder or no message in it, EAGAIN when somebody writes
 * it, EFBIG, EPERM (whose it is, who may write it), EINVAL (compressed, encrypted, no folder named).
 */
bool draft_read(const struct home *, const char *spec, size_t max, struct buf *out, struct draft_about *about, struct buf *why);

/* The text that a setting names: a draft, or a file as home_read_file() reads it.  why says also that there is none. */
bool draft_read_text(const struct home *, const char *name, size_t max, struct buf *out, struct buf *why);

#endif
