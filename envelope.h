/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "buf.h"
#include "message.h"
#include "settings.h"

/*
 * Who is the sender, and whose mail is it: RULES.md's two sections.  The
 * environment is passed in as a function so that tests have their own.
 */
typedef const char *envelope_env(const char *name);

enum sender_state { SENDER_ABSENT, SENDER_NULL, SENDER_BAD, SENDER_GIVEN };

struct envelope {
	enum sender_state state;
	char *text;			/* as it was given; owned */
	const char *source;		/* "--sender", "$SENDER", "From line", "Return-Path" */
	struct address sender;		/* GIVEN: as given */
	struct address original;	/* unwrapped (BATV, SRS), else the same */
	enum address_wrapping wrapping;
	struct address from;		/* see envelope_from() */
	size_t authors;
	bool authors_read;

	struct address *own;		/* the owner's addresses; domain NULL: in every domain */
	size_t nown;
	size_t nalias;			/* how many of them, the first ones, are aliases */
	bool recipient_known;
	struct address addressed;	/* see envelope_addressed(); local NULL: none */
	size_t recipients;
	bool searched;
	const struct message *message;
	const char *delimiter;		/* characters that begin a detail */
};

/*
 * Parses what message, settings and environment say.  login: the user's, or
 * NULL when it is not known yet; it is used only when nothing else names an
 * owner's address (see envelope_needs_login).  false: no memory.
 */
bool envelope_read(struct envelope *, const struct message *, const struct settings *, envelope_env *);
void envelope_free(struct envelope *);

/* Whether nothing has named the mailbox itself: login@host must stand for it. */
bool envelope_needs_login(const struct envelope *);
/* Adds login@host, login@ its domain and login@ what /etc/mailname says. */
bool envelope_add_login(struct envelope *, const char *login);

/* Whether the (unwrapped) sender is the owner: one without a domain is a user of this host, known by the local part alone. */
bool envelope_is_sender_own(const struct envelope *);
/* Whether the address is one of the owner's, detail ignored. */
bool envelope_is_own(const struct envelope *, const struct address *);

/*
 * Which of the owner's addresses the message was written to: the first one
 * found in To, Cc, Bcc, their Resent forms and Apparently-To, as it is
 * written there; NULL: none.  Searched once; the envelope's own.
 */
const struct address *envelope_addressed(struct envelope *);
/* How many mailboxes these fields have. */
size_t envelope_recipients(struct envelope *);

/* The first mailbox of the first From, local NULL when there is none; read on first need. */
const struct address *envelope_from(struct envelope *);
/* How many mailboxes all From fields have. */
size_t envelope_authors(struct envelope *);

/* The address that the reply comes from when the owner says nothing else: which, else the first own one. */
const struct address *envelope_first_own(const struct envelope *);

/* Whether the MTA that runs us is qmail. */
bool envelope_is_qmail(envelope_env *);

#endif
