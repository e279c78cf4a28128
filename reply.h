/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "attach.h"
#include "buf.h"
#include "confine.h"
#include "message.h"
#include "quote.h"
#include "reply_report.h"
#include "settings.h"

/*
 * A request says what is to be answered and how; it comes from the
 * settings and the message file (later: a Sieve script, a responder).
 * reply_begin() has the complete reply made of it, in the confined child.
 */

#define REPLY_SUBJECT_MAX 250		/* characters of our Subject (UTF-8 characters, not bytes) */
#define REPLY_VARIABLE_MAX 1000		/* bytes of one expanded variable */
#define REPLY_REFERENCES_MAX 20		/* message-ids kept: the first and the last ones */
#define REPLY_TEMPLATE_MAX ((size_t)1024 * 1024)	/* bytes of a text */
#define REPLY_FILE_MAX ((size_t)16 * 1024 * 1024)	/* bytes of a message file or a draft that has more parts than a text */
#define REPLY_EXPANDED_MAX ((size_t)8 * 1024 * 1024)

struct request {
	const char *to;			/* the address that is answered, wire form */
	const char *from_address;	/* the alias that was written to, wire form */
	const char *from_name;		/* UTF-8, or NULL */
	const char *from;		/* the owner's own From value (setting `from'), UTF-8, or NULL */
	const char *subject;		/* the setting, UTF-8, may hold variables; NULL: the template's, else `Auto: ' and the original's */
	const char *template_bytes;	/* header fields, blank line, text; or text alone */
	size_t template_len;
	const char *recipient;		/* $TO / $RECIPIENT: the address that was written to */
	int64_t now;
	int64_t message_id_random;	/* given by the caller, so that tests can fix it */
	const char *date;		/* RFC 5322 date-time of `now', local with offset */
	const char *text_date;		/* $DATE: today, for people */
	const char *text_from_date;	/* $FROM_DATE, "" when open */
	const char *text_until;		/* $UNTIL, "" when open */
	/* It is a message of a mail folder, which goes out as it is: no variables in it, its From is not taken, from_name may have
	 * encoded words. */
	bool draft;
	const char *note;		/* a line above the text, ASCII, or NULL */
	bool own_head;			/* the template's Subject and From go before `subject' and `from' */
	const char *charset;		/* of the reply, where it fits: a name, SETTINGS_CHARSET_SENDER, or NULL for UTF-8 */
	const char *language;		/* Content-Language, or NULL */
	struct report report;		/* its form, and what a report says */
	const char *copies;		/* value of Cc, wire addresses; NULL: none */
	const char *forward_marker;	/* NULL: REPORT_MARKER */
	const char *html;		/* the text in HTML besides, as its file has it, or NULL */
	size_t html_len;
	const struct attachments *attachments;	/* or NULL */
	enum original_shown quote, attach_original;
	unsigned quote_lines;		/* 0: all */
	const char *attribution;	/* the line above the quotation (quote.h) */
	int64_t original_when;		/* when the message says that it was written, or QUOTE_NO_TIME */
	struct tm original_local;	/* the same, local */
	bool eight_bit;			/* the submitter takes 8-bit bodies */
};

/*
 * Begins to compose in a confined child; confine_end() brings the reply, or
 * CONFINE_REFUSED with a verdict as in confine.h.
 */
void reply_begin(const struct request *, const struct message *, struct confinement *);

/* The same in this process, without a sandbox: for unit tests. */
enum confine_verdict reply_build(const struct request *, const struct message *, struct buf *out);

/*
 * The variables: $SUBJECT $FROM (the answered address) $FROM_NAME $TO $DATE $FROM_DATE $UNTIL, $$ is a
 * dollar sign; ${SUBJECT} likewise; an unknown one stays as it is.  A variable ends before the first byte that is not [A-Z_].
 */

#endif
