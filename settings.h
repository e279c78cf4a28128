/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "buf.h"
#include "outcome.h"

/*
 * ONE table of options, in settings.c: the command line, the settings files,
 * the usage text and the bounds all come from it.  Strings belong to the settings.
 */

#define SETTINGS_FILE_MAX ((size_t)256 * 1024)
#define SETTINGS_OPTIONS_MAX 80
#define SETTINGS_LIST_MAX 1000		/* values of one setting that may be repeated */
#define SETTINGS_TEXTS_MAX 200		/* texts for some people only */
#define SETTINGS_ATTACHMENTS_MAX (32 * 1024 * 1024)	/* bytes: what max-attachments can be */
#define SETTINGS_CHARSET_SENDER "sender"	/* charset: the one that the message is in */
#define SETTINGS_ONCE INT64_MAX			/* period: one answer for ever */

#define SETTINGS_USER_FILE "~/.vacation.conf"
#define SETTINGS_SITE_FILE BACKSOON_SYSCONFDIR "/backsoon.conf"
#define SETTINGS_MESSAGE "~/.vacation.msg"
#define SETTINGS_TABLE "~/.vacation.gdbm"
#define SETTINGS_JOURNAL "~/.vacation.journal"

/* What of the original message goes into the reply: in its text, or beside it. */
enum original_shown { ORIGINAL_NONE, ORIGINAL_HEADER, ORIGINAL_WHOLE };
enum log_target { LOG_TO_SYSLOG, LOG_TO_STDERR };
/* What a reply is made of; the words of `form', and of mailbot's -T. */
enum reply_form {
	REPLY_FORM_REPLY, REPLY_FORM_DSN, REPLY_FORM_REPLYALL, REPLY_FORM_FEEDBACK, REPLY_FORM_REPLYFEEDBACK,
	REPLY_FORM_FORWARD, REPLY_FORM_FORWARDATT
};
enum compat { COMPAT_NONE, COMPAT_DEBIAN, COMPAT_SENDMAIL, COMPAT_NETBSD, COMPAT_OPENBSD, COMPAT_MAILBOT };

struct setting_list {
	const char **item;
	size_t n;
};

/* A text for some people only: `message.sales@example.org/de = FILE', `internal-message.de = FILE'. */
struct setting_text {
	const char *name;	/* the setting's, as it was written */
	const char *alias;	/* the owner's address that it is for; a local part alone: in every domain; NULL: all */
	const char *language;	/* a tag (langtag.h), or NULL */
	const char *file;
	const char *where;
	bool internal;
};

struct setting_texts {
	struct setting_text *item;
	size_t n;
};

struct settings {
	/* who and what */
	const char *sender, *recipient;
	struct setting_list alias;
	const char *user, *home;
	const char *delimiter;
	bool use_original_recipient;
	const char *message, *subject, *from;
	const char *html;
	struct setting_list attach;
	uint64_t max_attachments;	/* bytes, of all together */
	const char *charset;		/* a name, or SETTINGS_CHARSET_SENDER */
	int quote;			/* enum original_shown: nothing, header, text */
	uint32_t quote_lines;		/* 0: all */
	const char *attribution;
	int attach_original;		/* enum original_shown: nothing, header, whole */
	int form;			/* enum reply_form */
	struct setting_texts texts;	/* message.* and internal-message.* */
	/* when */
	const char *from_date, *until, *hours, *holidays, *timezone, *language, *now;
	bool paused;			/* turned off */
	const char *begun;		/* when it was turned on: a part of the handle */
	/* how often */
	int64_t every, min_period, max_period;		/* seconds */
	const char *handle;
	bool ignore_detail;
	uint32_t max_replies, max_senders, max_per_hour, max_per_day;
	/* to whom */
	bool any_recipient;
	struct setting_list ignore_sender, answer_sender, exclude, ignore_subject, answer_subject;
	bool only_known;
	const char *contacts;
	struct setting_list internal_domain;
	const char *internal_message;
	struct setting_list trust_auth;
	bool require_authenticated;
	uint32_t max_recipients, max_hops;
	/* with what */
	const char *sendmail, *sendmail_kind, *return_path, *table, *journal;
	int failure;			/* enum failure_policy */
	int64_t time_limit;		/* seconds */
	int log;			/* enum log_target */
	int compat;			/* enum compat */
	/* given by a dialect's flags, not by options of ours */
	const char *login;		/* who the table and the text are for */
	bool bare_login;		/* the login counts as an address in every domain, as in vacation(1) */
	struct setting_list copy;	/* more recipients of the reply */
	bool no_passwd;			/* -U: the login need not be a user */
	bool interval_given;
	unsigned actions;		/* enum compat_action bits: what is asked for instead of an answer */
	bool print_reply;		/* NetBSD -d, mailbot -n: print instead of send */
	bool text_alone;		/* the message file is a text and no more: no header, no variables */
	bool text_is_mime;		/* ... behind a MIME header */
	const char *text_charset;	/* of that text, or NULL */
	struct setting_list fields;	/* of the reply's header, whole lines, checked */
	struct setting_list required;	/* the message must be to one of these */
	struct setting_list program;	/* that takes the reply, and its arguments; none: sendmail */
	struct setting_list feedback;	/* fields of a feedback report, as feedback_field() writes them */
	const char *feedback_type, *report_recipient, *forward_marker;
	struct setting_list report_to;	/* addresses that a feedback report or a forward goes to */
	const char *replaced_table;	/* another program's, taken over when ours begins */

	const char *where[SETTINGS_OPTIONS_MAX];	/* each option's last place, NULL: its default; see settings_where() */
	struct buf problems;		/* a line each, with file and line; empty when all is well */
	unsigned nproblems;
	char **strings;			/* owned */
	size_t nstrings;
};

void settings_init(struct settings *);
void settings_free(struct settings *);

/* Options of a command line from argv[1]; stops at the first word that is no option, or behind `--', and returns its index. */
int settings_arguments(struct settings *, int argc, char *const *argv);

/* One option, at argv[0] of that many words: how many it took. */
int settings_option(struct settings *, int left, char *const *argv);

/* Lines of a file whose text this is; `name' is for messages. Options that belong to the command line alone are problems. */
void settings_text(struct settings *, const char *text, size_t len, const char *name);

/* One value, as if by option.  where: for messages. */
void settings_set(struct settings *, const char *where, const char *name, const char *value);
void settings_problem(struct settings *, const char *, ...) __attribute__((format(printf, 2, 3)));

/* Owned by the settings; NULL without memory (which is a problem then). */
const char *settings_keep(struct settings *, const char *);
void settings_append(struct settings *, struct setting_list *, const char *);

/* `7d', `12h', `0', `once': seconds; false when it is none. */
bool settings_period(const char *, int64_t *seconds);

/* The options by group, for --help: fits a screen. */
void settings_usage(struct buf *);

/* Where an option was set: `~/.vacation.conf:3', "command line"; NULL: nowhere, or no such option. */
const char *settings_where(const struct settings *, const char *name);

/* What a line of the file with that name would be. */
enum settings_form {
	SETTINGS_NONE,			/* there is no such setting */
	SETTINGS_NOT_IN_FILES,		/* it stands on the command line alone */
	SETTINGS_ONE,			/* the last line of the name counts */
	SETTINGS_LIST			/* each of them counts */
};
enum settings_form settings_form(const char *name);

/* For tests and completion: the n-th option's name, NULL behind the last. */
const char *settings_name(size_t n);
/* What its value is called: "" for yes or no; the words of a choice with `|' between them. */
const char *settings_argument(size_t n);

#endif
