/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ATTACH_H
#define ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "home.h"
#include "settings.h"

/*
 * Files that go along with a reply: the owner's attachments, and the
 * pictures that his HTML names by `cid:'.  Read whole before the composer is
 * confined, which then only writes them (attach_put()).
 */

#define ATTACH_FILES_MAX 100		/* files of one reply, pictures included */
#define ATTACH_NAME_MAX 200		/* bytes of a name as the reader sees it */
#define ATTACH_TYPE_MAX 96
#define ATTACH_CIDS_MAX 200		/* places of an HTML text that name a picture; further ones are not looked at */
#define ATTACH_ESCAPES_MAX 200		/* %-escapes in one cid; with more of them it is nobody's name */

struct attachment {
	char *name;			/* last part of the path: clean UTF-8 on one line, never empty */
	char type[ATTACH_TYPE_MAX];	/* `image/png': lower case, without parameters, fit for a part of a message */
	char *bytes;			/* not terminated */
	size_t len;
	char *id;			/* what Content-ID has between its angle brackets; NULL: not named by the HTML text */
	bool inlined;			/* a picture of the HTML text: belongs into multipart/related */
};

#define ATTACH_CACHES 2

struct attachments {
	struct attachment *item;	/* ATTACH_FILES_MAX at most; owned, with all that they point to */
	size_t n;
	uint64_t total;			/* bytes of all */
	struct buf missing;		/* cids that nobody has, decoded and clean, a line each */
	struct buf cache[ATTACH_CACHES];	/* of shared-mime-info, once they were needed */
	bool have_caches;
};

#define ATTACHMENTS_INIT { .item = NULL, .missing = BUF_INIT, .cache = { BUF_INIT, BUF_INIT } }

/*
 * Reads the files and adds them.  false: one of them cannot be used, or all
 * are larger than max_total (bytes, what was added before included); why says which and what to do, and
 * errno is ENOENT, EFBIG, ENOMEM, or another.  attach_free() is due either way.
 */
bool attach_open(struct attachments *, const struct home *, const struct setting_list *files, uint64_t max_total, struct buf *why);

/*
 * Finds what the HTML text names by cid: one of the attachments by its
 * name, or a file of that name beside html_file, which is added.  They become inlined and get an id.
 * A cid that nobody has is no failure: it goes to `missing'.  Failures as above.
 */
bool attach_inline(struct attachments *, const struct home *, const char *html, size_t len, const char *html_file, uint64_t max_total,
    struct buf *why);

/* The HTML text with the ids of the pictures in place of the names that stand behind `cid:'; all else stays to the byte. */
void attach_put_html(struct buf *out, const struct attachments *, const char *html, size_t len);

void attach_free(struct attachments *);

/* How large the file is, and that it may be used: the errors of attach_open(). */
bool attach_measure(const struct home *, const char *file, uint64_t *size, struct buf *why);

/* `11.9 MB', for people; M is 1024 times 1024, as in settings. */
void attach_put_size(struct buf *, uint64_t bytes);

/*
 * The type of a file with that name and those bytes: by shared-mime-info
 * where it is installed, else by a table of the common ones, else text/plain or application/octet-stream.  What a
 * message cannot carry as such (multipart, a program, a message that is not 7-bit) is application/octet-stream.
 */
void attach_type(struct attachments *, const struct home *, const char *name, const char *bytes, size_t len, char type[ATTACH_TYPE_MAX]);

/* Whether many mail servers refuse or drop a file with such a name: programs, scripts, documents with macros. */
bool attach_is_refused(const char *name);

/*
 * The whole part: header fields, empty line, contents.  The last line break belongs to the boundary (RFC 2046
 * 5.1.1): the caller goes on with `--boundary'.  Opens nothing: for the confined child.
 */
void attach_put(struct buf *out, const struct attachment *);

#endif
