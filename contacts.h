/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CONTACTS_H
#define CONTACTS_H

#include <stdbool.h>

#include "address.h"
#include "buf.h"
#include "home.h"

#define CONTACTS_FILE_MAX ((size_t)16 * 1024 * 1024)

/*
 * Whether one of the addresses (the second may be without a local part: not
 * there) stands in the owner's contacts file: addresses or address lists,
 * one or more a line; mutt's `alias NICK ADDRESSES'; vCard's EMAIL lines; `#' comments.
 * *known is false when the file cannot be read: then false is returned, with `why'.
 */
bool contacts_know(const struct home *, const char *file, const struct address *a, const struct address *b, const char *delimiter,
    bool *known, struct buf *why);

#endif
