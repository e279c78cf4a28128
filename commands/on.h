/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_ON_H
#define COMMANDS_ON_H

#include <stdbool.h>
#include <sys/types.h>

#include "../buf.h"
#include "../load.h"
#include "../wiring.h"
#include "editor.h"
#include "reply_show.h"

/*
 * `backsoon on', in this order: what is asked for (on.c, on_ask.c), what it
 * makes of the files (on_plan.c), how that looks (on_show.c), and only then
 * the writing (on_write.c).  Statuses are of sysexits(3); 0 goes on.
 */

#define ON_INTERRUPTED 130	/* as a shell says it of Ctrl-C */
#define ON_NO_END "none"	/* --until */
#define ON_NOW "now"		/* --from-date */

/* One setting that was asked for. */
struct on_change {
	const char *name;
	const char *value;		/* NULL: it goes */
};
#define ON_CHANGES_MAX 128

/* A file of the user's before and after. */
struct on_file {
	const char *name;		/* as for home_open_file() */
	bool there;
	mode_t mode;
	size_t max;			/* bytes that are read of it */
	struct buf before, after;
	struct buf kept;		/* the copy of `before' while it is written, "" for none */
	bool kept_made, written;	/* by this run */
};

struct on {
	struct load load;
	int lock_fd;			/* command_lock(); -1: none */
	/* asked for */
	bool json, dry_run, yes, edit, again, probe;
	bool asking;			/* questions on a terminal */
	const char *source, *text;	/* --message, --text */
	bool wire_none;
	enum wiring_kind wire;
	int probe_wait;			/* seconds */
	const char *probe_to;		/* NULL: to be found */
	struct on_change changes[ON_CHANGES_MAX];
	size_t nchanges;
	/* found and made */
	struct on_file message, conf;
	bool new_text;			/* the text is ours: nobody had one */
	bool was_on;
	bool stale;			/* dates of an absence that is over went */
	struct settings settings;	/* as a delivery will read them */
	struct wiring_plan wiring;
	bool have_wiring;
	bool unwired;			/* nothing will bring messages here, as far as can be seen; the user knows */
	struct rehearsal rehearsal;
	bool rehearsed;
	struct scratch scratch;
	struct buf answers[5];		/* what was typed: the changes point into them */
};

/* A change of a setting; the strings are borrowed.  false, and said: too many. */
bool on_change(struct on *, const char *name, const char *value);

/* Asks.  EX_OK, ON_INTERRUPTED. */
int on_ask(struct on *);
/* Which address the test message goes to; *yes: to one, which is probe_to then.  false: ask_stopped(). */
bool on_ask_probe(struct on *, bool *yes);
/* The text in the editor, or typed. */
int on_edit(struct on *);

/* Whether the text is a draft in a mail folder: it is shown, never written here. */
bool on_is_draft(const struct on *);
/* Which of the two it is to be, by what was asked for: before anything is read. */
int on_choose_text(struct on *, const char **name);
/* --html and --attach: a change to a name that every delivery finds; ON_NO_FILE takes it out.  false, and said. */
#define ON_NO_FILE "none"
bool on_take_file(struct on *, const char *name, const char *value);
/* Looks at the files that will go along, by on->settings; what is wrong is said. */
int on_check_files(const struct on *);

/* What is there: message file and settings file. */
int on_read(struct on *);
/* The text that is to be, where it is not to be the one that is there. */
int on_take_text(struct on *);
/* A text for who has none; until: it says until when. */
void on_suggest(bool until, const char *subject, struct buf *text);
/* The settings file that is to be, held against all that can be wrong with it; the wiring. */
int on_plan(struct on *);
/* Whether deliveries can read a settings file with this text.  false: why. */
bool on_fits(const struct buf *text, struct buf *why);
/* Adds what a valid one looks like to what schedule_new() says. */
void on_explain_dates(struct buf *why);
/* Composes the reply to a sample. */
int on_rehearse(struct on *);
/* Whether the file stays as it is. */
bool on_is_same(const struct on_file *);
/* Whether anything would be written. */
bool on_changes_something(const struct on *);

/* All that will be done, for people. */
void on_show_changes(const struct on *);
/* What was done; probe: the probe's result or NULL. */
void on_show_done(const struct on *);
void on_show_already(const struct on *);
void on_show_unwired(const struct on *);
struct probe;
void on_json(const struct on *, bool done, const struct probe *);

/*
 * Message, settings, wiring, under the lock; what was written goes back when
 * one of them fails.  Files that are no longer as they were read are left alone.
 */
int on_write(struct on *);
void on_unlock(struct on *);

/*
 * A copy beside a file, under the first name that is free: NAME and suffix, then with
 * .2 and so on behind them; a copy that says the same already will do.  place: its
 * name.  *made: it is new.  false: why.
 */
struct on_copy {
	const char *name, *suffix;
	const struct buf *content;
	mode_t mode;
};
bool on_copy(const struct home *, const struct on_copy *, struct buf *place, bool *made, struct buf *why);

/* What was typed, and cannot be used now, stays beside the message file (ON_DRAFT), and it is said where.  false, and said: it could not. */
#define ON_DRAFT ".backsoon-draft"
bool on_save_draft(const struct on *, const struct buf *text);
/* The same of what an editor has left that was ended by a signal. */
void on_rescue(struct on *);

/* Who the owner is to the mail system; the strings belong to the buffers. */
bool on_facts(const struct settings *, struct wiring_facts *, struct buf *login, struct buf *program);

#endif
