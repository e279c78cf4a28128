/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPLY_IDS_H
#define REPLY_IDS_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "message.h"

/* Message-ids: which ones of a stranger's may stand in our header, and the thread that a reply belongs to. */

#define REPLY_ID_MAX 512	/* bytes of one message-id, its angle brackets included */

/* Whether it is one msg-id in brackets (RFC 5322 3.6.4), in ASCII and without comments, blanks or line breaks.  The
 * left side may hold what many programs write there though it is no atom: `:', `@', `[', `]'. */
bool reply_id_ok(const char *, size_t);

/* In-Reply-To and References (RFC 5322 3.6.4), REPLY_REFERENCES_MAX ids at most; nothing when the message has no usable id. */
void reply_put_thread(struct buf *out, const struct message *);

#endif
