/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPLY_PARTS_H
#define REPLY_PARTS_H

#include <stdbool.h>

#include "buf.h"
#include "mime.h"
#include "mime_tree.h"
#include "reply.h"
#include "reply_values.h"
#include "template.h"

/* What the composer's files share: reply.c alone includes it, and reply_*.c. */

struct composition {
	const struct request *rq;
	const struct message *msg;
	struct mime *mime;
	struct template template;
	struct buf name, address;		/* our From: display name with its variables, wire address */
	bool verbatim;				/* there are none in the name */
	struct buf html;			/* of the HTML file, in UTF-8 */
	struct reply_values values;
};

/* Before the sandbox: the HTML file, and the charsets that the original names. */
enum confine_verdict reply_prepare_body(struct composition *);

/* MIME-Version, the Content-* fields, the blank line and everything behind it.  Errors: out->failed. */
void reply_put_body(struct composition *, struct buf *out);

/*
 * reply_texts.c: what a person reads, in UTF-8 with LF line ends, variables
 * replaced, the original quoted.  One that the reply does not have is not there.
 */
struct reply_texts {
	struct buf plain, html;
	bool has_plain, has_html;
	bool flowed;			/* plain is format=flowed (RFC 3676) */
};
void reply_texts_make(struct reply_texts *, const struct composition *);
void reply_texts_free(struct reply_texts *);

#endif
