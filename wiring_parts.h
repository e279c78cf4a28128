/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRING_PARTS_H
#define WIRING_PARTS_H

#include "submit.h"
#include "wiring.h"

/* What the parts of wiring share with one another and with their test. */

/* What the mail server hands the mail to that is for the mailbox. */
enum wiring_agent { WIRING_AGENT_UNKNOWN, WIRING_AGENT_NONE, WIRING_AGENT_PROCMAIL, WIRING_AGENT_MAILDROP, WIRING_AGENT_DOVECOT };

/* What was found out about this machine and this user's place on it. */
struct wiring_site {
	enum submit_kind mta;
	enum wiring_agent agent;
	struct buf stranger;		/* why the mail server does not look into this home directory at all; empty: it may */
	struct buf stranger_advice;
	struct buf no_forward;		/* why a pipe in ~/.forward would not be run; empty: it may be */
	struct buf forward_advice;
	struct buf no_sieve;		/* why a script may not pipe; empty: it was seen that it may */
};

/* A row for each kind. */
struct wiring_way {
	const char *name;
	const char *file;
	mode_t mode;			/* of a new file */
	mode_t most;			/* of an existing one, which keeps its own within that */
	/* Fills wired, ours, line, after, refusal and advice of a plan that has file, there and before. */
	void (*plan)(const struct wiring_facts *, const struct wiring_site *, struct wiring_plan *);
	/* The file with our line. */
	void (*put_in)(const struct buf *before, const char *line, struct buf *after);
	/* Finds our line in the form that put_in gave it, and what is left without it; false when there is none. */
	bool (*take_out)(const struct buf *now, struct buf *line, struct buf *rest);
};
extern const struct wiring_way wiring_forward, wiring_procmail, wiring_maildrop, wiring_qmail, wiring_sieve;
const struct wiring_way *wiring_way(enum wiring_kind);

/* Asks the user database and the mail system.  All buffers of the site are to be freed by wiring_site_free(). */
void wiring_survey(const struct home *, const struct wiring_facts *, struct wiring_site *);
void wiring_survey_sieve(struct wiring_site *);
void wiring_site_free(struct wiring_site *);
/* Those of its steps that read what a program printed. */
void wiring_read_postconf(const char *output, struct wiring_site *);
void wiring_read_exim(const char *output, struct wiring_site *);
bool wiring_uses_smrsh(const char *sendmail_cf);
void wiring_read_doveconf(const char *output, struct wiring_site *);

/* wiring_look() with a site that is known. */
bool wiring_look_at(const struct home *, const struct wiring_facts *, const struct wiring_site *, struct wiring_plan *);

/* Commands that a file runs. */
enum wiring_command { WIRING_OTHER, WIRING_US, WIRING_VACATION, WIRING_GONE };
/* What a command line (n bytes, without the pipe in front) runs; US also for a vacation(1) that is the program, GONE
 * for one of our name that is not there. */
enum wiring_command wiring_command_of(const struct wiring_facts *, const char *command, size_t n);
/* A command in a form that we write: our program without arguments, guarded or not, with #login or not. */
bool wiring_is_our_command(const char *command, size_t n);
/* Whether the path may stand in all these files without being quoted, and is called backsoon. */
bool wiring_program_fits(const char *path);

/* Lines that are marked as ours, for the kinds whose files have comments. */
void wiring_put_block(const struct buf *before, size_t at, const char *lines, struct buf *after);
bool wiring_take_block(const struct buf *now, struct buf *lines, struct buf *rest);

/* The length of the line at p without its line break; *next behind that. */
size_t wiring_line(const char *p, const char *end, const char **next);

#endif
