/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * Mailbox syntax (RFC 5322 3.4 with its obsolete forms, RFC 6531/6532 for
 * UTF-8), comparison, and the forms under which a sender is remembered.
 */

#define ADDRESS_MAX 512		/* octets of local part and domain; RFC 5321 has 64 + 1 + 255, SRS and VERP exceed that */
#define ADDRESS_LIST_MAX 10000	/* mailboxes looked at in one message's address fields */

/*
 * One mailbox.  Strings are owned; free with address_free(), which accepts a
 * zeroed struct.  local is without quotes and unescaped; domain is as it was
 * written (a literal with its brackets), NULL for a bare local part; name is
 * the display name, unquoted, encoded words left as they are, or NULL; of
 * `user@host (Name)' it is the comment.
 *
 * What every parser here promises: local is not empty, valid UTF-8, without
 * control characters (text_is_clean()); domain passes address_domain_ok();
 * together with the @ they have at most ADDRESS_MAX octets.  Dots may
 * stand anywhere in a local part (`foo..bar@docomo.ne.jp' is in use).
 */
struct address {
	char *local;
	char *domain;
	char *name;
};

void address_free(struct address *);
bool address_copy(struct address *to, const struct address *from);

/*
 * A list of mailboxes and groups.  One bad mailbox is skipped up to the next
 * comma that is outside quotes, comments and angle brackets, and spoils no
 * other.  The visitor gets each good one (borrowed) and returns false to stop.
 * Returns how many were good; a bad one adds to *bad when bad is not NULL.
 * Understood beyond the grammar: `;' as a separator, words behind the closing
 * `>', a missing comma behind it, a missing `>', an unclosed quote or
 * parenthesis as an ordinary character, an address in quotes or apostrophes.
 */
typedef bool address_visit(void *ctx, const struct address *);
size_t address_each(const char *list, size_t len, address_visit *, void *ctx, size_t *bad);

/* The first good mailbox of a list into *out; one with a domain goes before
 * bare words (`Doe, Jane <jane@x>').  Without one, or without memory: false, *out zeroed. */
bool address_first(const char *list, size_t len, struct address *out);

/*
 * An envelope address: with or without angle brackets, source route dropped
 * (RFC 5321 4.1.2, 4.1.1.3), nothing before or behind but white
 * space.  No comments, no blanks outside quotes.  A domain is not demanded.
 * false: not an address, over ADDRESS_MAX, with control characters, or no
 * memory; *out is zeroed then.
 */
bool address_parse(const char *s, size_t len, struct address *out);

/* local@domain as it goes on the wire: the local part quoted where it must be
 * (RFC 5321 4.1.2), no final dot behind the domain, and with an ASCII local part
 * the domain in A-labels, so that it needs no SMTPUTF8 where that can be had. */
void address_format(struct buf *, const struct address *);

/* Whether it cannot be sent without SMTPUTF8: a non-ASCII local part, or a domain that has no A-label form. */
bool address_needs_utf8(const struct address *);

/*
 * Equality without regard to case; domains are equal in A-label and U-label
 * form (RFC 5890, libidn2, loaded only for a non-ASCII domain; without it those
 * compare as they are).
 * `delimiter' is the set of characters that begin a +detail, NULL or "" for
 * none: b's detail is ignored when a has none (a delimiter that comes first
 * begins no detail).  An `a' without a domain matches every domain.
 */
bool address_equal(const struct address *a, const struct address *b, const char *delimiter);

/* Length of a local part without its +detail. */
size_t address_base_length(const char *local, const char *delimiter);

/*
 * The original sender behind BATV (prvs=tag=user@d, btv1==tag==user@d,
 * msprvs1=... is no wrapping), SRS0/SRS1 (with = + or - after it) and
 * Microsoft's anything+SRS=hash=stamp=domain=user@d.
 * ADDRESS_HIDDEN: bounces+SRS=hash=stamp@d, the person is only in From.
 * Nested forms are peeled one by one.  out is always a copy, changed or not;
 * zeroed when there was no memory.
 */
enum address_wrapping { ADDRESS_PLAIN, ADDRESS_WRAPPED, ADDRESS_HIDDEN };
enum address_wrapping address_unwrap(const struct address *in, struct address *out);

/*
 * Key normalisation (DESIGN.md, The table): local part lower-cased without
 * outer quotes, `@', domain lower-cased in A-label form without a final dot; +detail removed when
 * delimiter is not NULL.  Non-ASCII local parts: lower-cased by ASCII only, kept as UTF-8.
 */
void address_key(struct buf *, const struct address *, const char *delimiter);

/* Whether it can be a domain: letters, digits, - _ and UTF-8 between single dots
 * (one more at the end), or a literal in brackets (RFC 5321 4.1.3). */
bool address_domain_ok(const char *, size_t);

/* Whether a domain equals `parent' or lies below it; without regard to case, A-label and U-label forms alike. */
bool address_domain_below(const char *domain, const char *parent);
/* Whether two domains are of one organisation, as relaxed alignment has it (RFC 7489 3.1.1, without a public suffix
 * list): one equals the other or lies below it.  NULL or "" is of none. */
bool address_domains_aligned(const char *, const char *);

/* Domain in comparable form (lower case, A-labels, no final dot). */
void address_domain_key(struct buf *, const char *domain);

/*
 * A pattern of the owner's: `user@domain', `@domain' (that domain), `@.domain'
 * (it and its subdomains), `user@' or `user' (any domain); `*' matches any run
 * of characters in either part.  Without regard to case.
 */
bool address_match(const char *pattern, const struct address *);

#endif
