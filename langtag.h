/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANGTAG_H
#define LANGTAG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Language tags (RFC 5646), the lists of them that mail carries (RFC 3282:
 * Accept-Language, Content-Language), and the lookup between the two (RFC 4647 3.4).
 */

#define LANGTAG_MAX 35			/* bytes of a tag of ours: RFC 5646 4.4.1 */
#define LANGTAG_RANGES_MAX 16		/* of a message; those behind are not looked at */

/* Whether it can be a language: well-formed, and a code of two letters is one of ISO 639-1. */
bool langtag_ok(const char *);

/* The tag that was meant by a country's code (`jp' is ja), or NULL. */
const char *langtag_meant(const char *);

/* One range of a list; the text belongs to the field that it was read from. */
struct langtag_range {
	const char *text;
	size_t len;
	unsigned weight;		/* thousandths: 1000 for q=1, 0 for what is not wanted */
	const char *field;		/* the caller's name for where it stands */
};

struct langtag_list {
	struct langtag_range range[LANGTAG_RANGES_MAX];
	size_t n;
};

/* Adds a field's ranges behind those of earlier fields, the heaviest first.  What cannot be read is skipped. */
void langtag_read(struct langtag_list *, const char *value, size_t len, const char *field);

/*
 * The first range for which there is a tag: the range itself, or what is left of
 * it when its end is cut off piece by piece (de-AT: de), or else a tag below it (pt: pt-BR).  `*' says
 * nothing.  A tag that is not wanted (q=0) is not taken.  NULL entries of tags are passed over.
 * Returns its index and the range, or -1.
 */
int langtag_lookup(const struct langtag_list *, const char *const *tags, size_t n, const struct langtag_range **);

#endif
