/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ATTACH_PARTS_H
#define ATTACH_PARTS_H

#include "attach.h"

/* Shared by the files of attach, for nobody else. */

/* One file more; name: as it is shown, NULL for the file's own. */
bool attach_add(struct attachments *, const struct home *, const char *file, uint64_t max_total, struct buf *why);

/* The last part of a path as a reader may see it, appended. */
void attach_put_name(struct buf *, const char *path);

/*
 * What a cache of shared-mime-info says.  type: of the cache, terminated; NULL: it does not know.  The cache is
 * any bytes: each offset is checked.
 */
const char *attach_cache_type(const struct buf *cache, const char *name, const char *bytes, size_t len);

/* Whether it can stand as message/rfc822 in a 7-bit message (RFC 2046 5.2.1 forbids to encode it). */
bool attach_is_message(const char *bytes, size_t len);

/* The next `cid:' of an HTML text from *at on: where its name stands, still encoded.  false: there is no more. */
bool attach_next_cid(const char *html, size_t len, size_t *at, size_t *name_len);
/* Its name decoded, appended.  false: no file may have that name. */
bool attach_cid_name(struct buf *out, const char *cid, size_t len);

#endif
