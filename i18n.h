/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef I18N_H
#define I18N_H

/*
 * Messages in the language of who sits at the terminal (gettext).  For
 * commands alone: a delivery loads no locale, and its log is English.
 *
 * A module's message that a command shows (a mistake in the settings) is
 * marked as well, and stays English in a delivery, which never calls
 * i18n_start().  What the log and the journal hold is not: the values behind rules, the
 * outcomes' names.
 */

/* Takes locale and catalogue from the environment; where the locale is not installed, its language all the same. */
void i18n_start(void);

/* What is written from now on is for programs (--json): English. */
void i18n_stop(void);

/* The language of the messages, for dates that stand among them (dates.h); with the user's region if it is the
 * user's language.  NULL before i18n_start(). */
const char *i18n_language(void);

/* The message in that language; before i18n_start(), and where it has no translation, itself. */
const char *i18n(const char *message) __attribute__((format_arg(1)));
const char *i18n_n(const char *one, const char *many, unsigned long n) __attribute__((format_arg(1), format_arg(2)));

#define _(message) i18n(message)
/* Marks a message of a table, to be given to _() later. */
#define N_(message) message

#endif
