/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRING_H
#define WIRING_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "home.h"

/*
 * How mail is delivered for this user, and our line in it.
 *
 * wiring_look() finds out and plans; it writes nothing.  A change is planned
 * only where it is proved that delivery goes on without us: `\login' beside
 * the pipe in .forward, `:0 c' in .procmailrc, `cc' in .mailfilter, a .qmail
 * that names a mailbox, `pipe :copy :try' in a Sieve script.  Everything
 * else in the file stays byte for byte.
 */

enum wiring_kind {
	WIRING_FORWARD,		/* ~/.forward */
	WIRING_PROCMAIL,	/* ~/.procmailrc */
	WIRING_MAILDROP,	/* ~/.mailfilter */
	WIRING_QMAIL,		/* ~/.qmail */
	WIRING_SIEVE,		/* the user's active Sieve script */
	WIRING_KINDS,
	WIRING_UNKNOWN = WIRING_KINDS	/* it could not be found out: plan->advice says what to add where */
};

struct wiring_plan {
	enum wiring_kind kind;
	struct buf file;	/* "~/.forward": for home_open_file(), and for people */
	bool there;		/* the file exists */
	bool wired;		/* we (or vacation(1) under our name) are in it already, so that messages reach us */
	bool ours;		/* what is in it has the form that `on' writes, and `off' takes it out */
	bool vacation;		/* somebody else's vacation in it answers */
	struct buf before;	/* the file as it is */
	struct buf after;	/* as it is to be; empty with nothing to do: wired, or refused */
	struct buf line;	/* the line (or lines, without the last line break) that goes in, or that is in */
	struct buf refusal;	/* why nothing can be changed: one sentence; empty when it can */
	struct buf advice;	/* lines for people: what to do then, the line to add among them; what else is to be known when it can */
};

/* What the plan depends on; all borrowed. */
struct wiring_facts {
	const char *login;
	const char *program;	/* absolute path of what is to be run */
	const char *sendmail;	/* the setting, or NULL: tells which mail system this is */
	const char *sendmail_kind;	/* the setting, or NULL */
	enum wiring_kind want;	/* asked for by --wire; WIRING_UNKNOWN: to be found out.  A home directory that is not the user database's is then no refusal */
};

/*
 * Asks the mail system's own programs (postconf, exim -bP, doveconf) where there are any, for
 * WIRING_ASK_MS each.  false: no memory.  Free with wiring_free() either way.
 */
#define WIRING_ASK_MS 3000
bool wiring_look(const struct home *, const struct wiring_facts *, struct wiring_plan *);
void wiring_free(struct wiring_plan *);

/*
 * Carries the plan out: the file's old content is kept as FILE.backsoon-kept, mode 0600
 * (when there was a file), the new one is written beside it with the old file's mode without group and
 * world write, or 0644 (.forward, .qmail), 0600 (the others; .mailfilter always), synced, renamed.  A plan with nothing to do is done.
 * false: why; nothing has changed.
 */
#define WIRING_KEPT ".backsoon-kept"
bool wiring_put(const struct home *, const struct wiring_plan *, struct buf *why);

/*
 * Takes out what wiring_put() put in, of all the files (of one, with want): the kept copy comes back to the byte
 * where the file is still what wiring_put() left; else only our lines go.  A file
 * that wiring_put() made and nobody changed is removed.  The kept copy goes.  *changed: something
 * was done.  done: a line for people for each file.  A line in another form than `on' writes is somebody's
 * own and stays: wiring_look() then says wired and not ours.  false: why.
 */
bool wiring_take_out(const struct home *, const struct wiring_facts *, bool *changed, struct buf *done, struct buf *why);

/* `forward', `procmail', `maildrop', `qmail', `sieve'. */
const char *wiring_name(enum wiring_kind);
bool wiring_parse(const char *, enum wiring_kind *);

#endif
