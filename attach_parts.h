/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ATTACH_PARTS_H
#define ATTACH_PARTS_H

#include "attach.h"

/* Shared by the files of attach, for nobody else. */

/* One file more; name: as it is shown, NULL for the file's own. */
bool attach_add(struct attachments *, const struct home *, const char *file, uint64_t max_total, struct buf *why);

/*
 * What a cache of shared-mime-info says.  type: of the cache, terminated; NULL: it does not know.  The cache is
 * any bytes: each offset is checked.
 */
const char *attach_cache_type(const struct buf *cache, const char *name, const char *bytes, size_t len);

#endif
