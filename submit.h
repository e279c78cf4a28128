/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUBMIT_H
#define SUBMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "child.h"

/*
 * Hands a finished message to the system's sendmail program: which one it
 * is, which options it takes, what its exit status means.  One table row a
 * program, in submit.c.
 */

enum submit_kind {
	SUBMIT_KIND_UNKNOWN, SUBMIT_KIND_POSTFIX, SUBMIT_KIND_SENDMAIL, SUBMIT_KIND_EXIM, SUBMIT_KIND_OPENSMTPD,
	SUBMIT_KIND_QMAIL, SUBMIT_KIND_COURIER, SUBMIT_KIND_MSMTP, SUBMIT_KIND_NULLMAILER, SUBMIT_KIND_DMA, SUBMIT_KIND_SSMTP,
	SUBMIT_KINDS
};

struct submitter {
	char *path;			/* owned */
	enum submit_kind kind;
	bool smtputf8;			/* takes addresses that need RFC 6531 */
	bool eight_bit;			/* takes 8-bit bodies */
	const char *how;		/* how it was identified: "sendmail-kind", "real path", "what its file names", "not identified" */
	const char *const *words;	/* a program that was named with its arguments (borrowed), or NULL */
	size_t nwords;
	bool add_recipient;		/* ... which are to have the recipient behind them */
};

enum submit_result {
	SUBMIT_ACCEPTED,	/* status 0, or 75 from a program that has queued it then */
	SUBMIT_REFUSED,		/* it ran, and surely has not taken the message */
	SUBMIT_DEFERRED,	/* 75 (qmail: 111) from a program known not to have taken the message: as REFUSED, but waiting may cure it */
	SUBMIT_MISSING,		/* no such program, or it could not be started (127 included: a library of its own is missing) */
	SUBMIT_UNKNOWN		/* a signal, a time-out, 75 from a program not known, 0 without having read: it may be on its way */
};

/* Name as in `sendmail-kind', and back.  NULL / false when there is none. */
const char *submit_kind_name(enum submit_kind);
bool submit_kind_parse(const char *, enum submit_kind *);

/*
 * path: the setting, or NULL for the one found at build, then
 * /usr/sbin/sendmail, /usr/lib/sendmail, /usr/bin/sendmail.  kind_name: the
 * setting, or NULL to identify the program by its real path, then by what its ELF
 * file needs and names; it is never run for that.  path must be absolute.  false: none that can be
 * executed; `why' says which was tried.  Free with submit_close() either way.
 */
bool submit_open(struct submitter *, const char *path, const char *kind_name, struct buf *why);
void submit_close(struct submitter *);

/*
 * The same for a program that is named with its arguments (words[0] is its name; borrowed for as long as *s lives).  They are
 * all it gets, but for the recipient where it is a sendmail and they say none.  A name without a slash is looked for where
 * commands are.
 */
#define SUBMIT_WORDS_MAX 64
bool submit_open_program(struct submitter *, const char *const *words, size_t nwords, struct buf *why);

/*
 * The argument vector for one recipient, NULL-terminated, all strings
 * owned by *mem.  envelope_from "" or "<>" is the null sender; it is spelled as this program wants
 * it, and left out (the login is the sender then) for the two that cannot have it.
 * `--' stands before the recipient.  false: no memory (mem->failed), or addresses that
 * this program would take for options, for several or for none.
 */
#define SUBMIT_ARGS_MAX (SUBMIT_WORDS_MAX + 3)
bool submit_argv(const struct submitter *, const char *envelope_from, const char *recipient, struct buf *mem,
    const char *argv[SUBMIT_ARGS_MAX]);

/*
 * The environment given to sendmail: PATH, and what our own environment
 * has of submit_environment (names, NULL-terminated).  The strings are environ's; the
 * vector is NULL-terminated.
 */
#define SUBMIT_ENV_MAX 16
extern const char *const submit_environment[];
void submit_envp(const char *envp[SUBMIT_ENV_MAX]);

/* Runs it with fd (rewound here) as standard input; `why' gets a sentence unless ACCEPTED. */
enum submit_result submit_send(const struct submitter *, int fd, const char *envelope_from, const char *recipient,
    int64_t deadline, struct buf *why);

/* The same in two steps, for who has something to do meanwhile.  Each start needs its finish. */
struct submission {
	const struct submitter *submitter;	/* borrowed, as is fd */
	int fd;
	bool started;
	struct child child;
};
void submit_start(struct submission *, const struct submitter *, int fd, const char *envelope_from, const char *recipient, struct buf *why);
enum submit_result submit_finish(struct submission *, int64_t deadline, struct buf *why);

/* Whether no_new_privs was inherited, which breaks Postfix's set-group-ID postdrop. */
bool submit_privileges_locked(void);

#endif
