/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef AUTHRES_H
#define AUTHRES_H

#include <stdbool.h>

#include "address.h"
#include "buf.h"
#include "message.h"
#include "settings.h"

/*
 * What the Authentication-Results fields (RFC 8601) of the authserv-ids that
 * the owner trusts say of an address.  Only fields above the first Received
 * that stands below them count: what the site did not write, anybody could.
 */
enum authres_verdict {
	AUTHRES_SILENT,		/* nothing trusted speaks of it */
	AUTHRES_PASS,		/* an aligned spf, dkim, dmarc or arc pass */
	AUTHRES_FAIL,		/* the address was forged, as far as the site can tell */
	AUTHRES_NEUTRAL		/* it speaks, and neither passes nor fails it */
};

/* answered: the envelope sender that would get the reply; from: the author.  why: the result behind it. */
enum authres_verdict authres_judge(const struct message *, const struct setting_list *trusted, const struct address *answered,
    const struct address *from, struct buf *why);

#endif
