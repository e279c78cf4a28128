/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPLY_REPORT_H
#define REPLY_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "buf.h"
#include "message.h"
#include "mime.h"
#include "settings.h"

/*
 * The parts of replies that are more than a text: delivery status
 * notifications (RFC 3464), feedback reports (RFC 5965), forwarded messages.
 * They write into a buffer and touch nothing else; who puts the parts
 * together, and between which boundaries, is the caller's business.
 *
 * A part is its header fields, a blank line and its body, and ends with a
 * newline.  All lines end in LF, and unless eight_bit was given all is ASCII
 * in lines of at most 998 bytes.
 */

#define REPORT_ORIGINAL_MAX ((size_t)10 * 1024 * 1024)	/* bytes of a whole message that is carried; of a larger one the header is */
#define REPORT_HEADER_MAX ((size_t)256 * 1024)		/* bytes of a header that is carried; fields behind that are left out */
#define REPORT_TEXT_MAX ((size_t)1024 * 1024)		/* bytes of a text that is forwarded as text */
#define REPORT_MARKER "--- Forwarded message ---"

struct report {
	enum reply_form form;
	const char *recipient;		/* whom the message was delivered to, wire form; may need UTF-8 */
	const char *reporting_mta;	/* `dns; mx.example.org', or NULL: the recipient's domain */
	const char *date;		/* RFC 5322 date-time at which it came */
	const char *feedback_type;	/* see feedback_is_type() */
	const char *const *fields;	/* of a feedback report, as feedback_field() wrote them */
	size_t nfields;
};

/* The multipart that a form always is (RFC 6522): its subtype, and its parameters but the boundary; NULL: it need not be any. */
const char *report_multipart(enum reply_form, const char **parameters);
/* The value of its Auto-Submitted (RFC 3834 5). */
const char *report_auto_submitted(enum reply_form);
/* Whether it goes to somebody else than who wrote: it answers nothing then, and To is the owner's to say. */
bool report_is_for_others(enum reply_form);
/* Its subject when the owner says nothing, given the original's, decoded.  false: as any reply's (nothing is appended). */
bool report_subject(struct buf *, enum reply_form, const char *original);

/* message/delivery-status or message/feedback-report, as the form asks; nothing for the others.  false: out->failed. */
bool report_put_fields(struct buf *, const struct report *);

/*
 * The original, as it came: `whole' as message/rfc822 (message/global with a
 * header in UTF-8), else its header as text/rfc822-headers (message/global-headers).
 * A message/rfc822 can be neither quoted-printable nor base64 (RFC 2046
 * 5.2.1): one that is not fit for the path as it is is carried in the form of
 * `copy', its re-encoded copy, and without one (NULL) by its header.
 */
struct report_original {
	const char *bytes;		/* with or without CR, a `From ' line in front, a body */
	size_t len;
	const struct buf *copy;
	bool whole;
	bool eight_bit;			/* the path takes 8-bit bodies */
	bool attachment;		/* shown as one, not in place */
};
/* Whether report_put_original() would want such a copy. */
bool report_wants_copy(const struct report_original *);
bool report_put_original(struct buf *, const struct report_original *);

/*
 * The forwarded message as text (UTF-8), to be put behind the owner's: the
 * marker, who wrote to whom about what and when, a blank line, its text.
 * marker NULL: REPORT_MARKER.  text: decoded, or NULL when it has none.  flowed: the owner's text is
 * format=flowed, in which no line of this may flow into the next one (RFC 3676 4.2, 4.4).
 */
bool report_put_forwarded(struct buf *, struct mime *, const struct message *, const char *marker, const char *text, bool flowed);
/* In the child before its sandbox, for report_put_forwarded(): opens charsets; whether libmailutils will be needed. */
bool report_expect_forwarded(struct mime *, const struct message *);

/*
 * To and Cc of the original as the value of a Cc field, for a reply to all: addresses alone, none of them twice nor one
 * that skip() says to leave out (the owner's own, whom it answers).  Nothing is written when none is left.
 */
#define REPORT_COPIES_MAX 50
typedef bool report_skip(void *ctx, const struct address *);
bool report_copies(struct buf *, const struct message *, report_skip *skip, void *ctx);

#endif
