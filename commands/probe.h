/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_PROBE_H
#define COMMANDS_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "../buf.h"
#include "on.h"

/*
 * A message to oneself, to see that mail comes to us and that an answer
 * would go out.  Sender and only recipient of all that it sends are the
 * owner's own address.
 *
 *	sent		sendmail took the message
 *	arrived		a delivery of ours has seen it: it is in the journal
 *	replied		the reply was composed, and sendmail took it with the
 *			sender that replies have, for the owner's address
 */
struct probe {
	bool sent, arrived, replied;
	struct buf address;		/* the owner's */
	struct buf token;		/* in the subject and in X-Backsoon-Probe */
	struct buf rule;		/* what was decided about it */
	struct buf why;			/* what was in the way */
};

#define PROBE_INIT { false, false, false, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT }

/* Whether it is one of the owner's addresses, as far as the settings say. */
bool probe_is_own(const struct on *, const char *address);
/* Sets probe_to, where it was not given, to an address that is the owner's alone.  false: none is known to be. */
bool probe_find_address(struct on *);

/* To probe_to.  Says what was proved, unless JSON is wanted.  EX_OK, or EX_UNAVAILABLE when something was not. */
int probe_run(const struct on *, struct probe *);
void probe_free(struct probe *);

#endif
