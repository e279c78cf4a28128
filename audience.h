/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef AUDIENCE_H
#define AUDIENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "buf.h"
#include "langtag.h"
#include "message.h"
#include "settings.h"

/*
 * Which text for whom: the address that is answered, the owner's address that
 * was written to and the languages that the sender asks for, against the
 * settings.  No I/O: whether the files can be read is the caller's to find out.
 */

#define AUDIENCE_CHOICES_MAX 8

struct audience_facts {
	const struct settings *settings;
	const struct message *message;
	const struct address *answered;		/* who gets the reply: as it is given to sendmail; NULL: nobody */
	const struct address *from;		/* the author; NULL or without local part: none */
	const struct address *own;		/* the owner's address that was written to, or NULL */
};

struct audience_choice {
	const char *name;			/* the setting: "message", "internal-message.de" */
	const char *file;
	const char *language;			/* of the text, or NULL */
	const char *alias;			/* of the setting, or NULL */
	bool internal;
	bool own_head;				/* the text's own Subject and From go before the settings of that name */
	const struct langtag_range *asked;	/* the range that it was chosen by, or NULL */
};

/* The choices in their order: the first whose file is usable is the text. */
struct audience {
	struct audience_choice choice[AUDIENCE_CHOICES_MAX];
	size_t n;
	const char *internal_by;		/* the internal-domain that the sender is in, NULL: none */
	bool by_from;				/* his From is, and his address is of the same organisation */
	struct langtag_list asked;
};

/* Whether there is anything to choose from: message is the only text otherwise. */
bool audience_is_divided(const struct settings *);

void audience_choose(const struct audience_facts *, struct audience *);

/*
 * From only when the address that is answered is of the same domain or of one below
 * it, as a mailer's is: who is answered above it may have made From up, and so may a customer of co.uk.
 */
bool audience_counts_from(const struct address *answered, const struct address *from);

#endif
