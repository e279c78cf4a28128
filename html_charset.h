/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HTML_CHARSET_H
#define HTML_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * The charset that an HTML text says of itself: <meta charset=...>, <meta
 * http-equiv=Content-Type content="...charset=..."> (HTML 4.2.5.4), the XML
 * declaration of XHTML.  In mail the Content-Type field goes before it, but
 * who saves the part as a file has only this.
 */

/* The first name at `from' or behind: where it stands.  false: there is none. */
bool html_charset_find(const char *html, size_t len, size_t from, size_t *at, size_t *name_len);

/* The first name into out, which is reset; false when there is none, or no memory. */
bool html_charset(struct buf *out, const char *html, size_t len);

/* Every name becomes that one, but one that is it but for case; a text that says nothing stays as it is. */
void html_charset_set(struct buf *html, const char *name);

#endif
