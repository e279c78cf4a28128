/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compat - the command lines of four vacation(1) programs, and of mailbot
 *
 * One row a flag and dialect.  Where the programs disagree on a letter the
 * dialect's row decides; Debian's also takes sendmail.org's letters that it
 * does not use itself.  Without -f the table is backsoon's own in every
 * dialect, so that a Berkeley DB of the replaced program stays as it is.
 *
 * Other than they: the envelope sender is <> unless -R says otherwise, a
 * unit behind -r counts, and a flag that is not known is a log line in delivery.
 */
#include "compat.h"

#include <stdlib.h>
#include <string.h>

#include "compat_mailbot.h"
#include "text.h"

#define DIALECT_NAME "vacation"
#define MAILBOT_NAME "mailbot"
#define OPTION "--compat"

enum effect {
	ALIAS, COPY, LOG_STDERR, TABLE_FILE, TABLE_BASE, INIT, ANY_RECIPIENT, LIST, MESSAGE, INTERVAL, EXCLUDE,
	NULL_SENDER, SENDER, RETURN_PATH, NO_PASSWD, IGNORED, PRINT
};

struct flag {
	char letter;
	bool argument;
	enum effect effect;
};

static const struct flag debian[] = {
	{ 'a', true, ALIAS }, { 'c', true, COPY }, { 'd', false, LOG_STDERR }, { 'f', true, TABLE_FILE },
	{ 'I', false, INIT }, { 'i', false, INIT }, { 'j', false, ANY_RECIPIENT }, { 'l', false, LIST },
	{ 'm', true, MESSAGE }, { 'r', true, INTERVAL }, { 'x', false, EXCLUDE }, { 'z', false, NULL_SENDER },
	{ 's', true, SENDER }, { 'R', true, RETURN_PATH }, { 'U', false, NO_PASSWD }, { 'C', true, IGNORED },
	{ 't', true, IGNORED }, { '\0', false, IGNORED },
};

static const struct flag sendmail_org[] = {
	{ 'a', true, ALIAS }, { 'C', true, IGNORED }, { 'd', false, LOG_STDERR }, { 'f', true, TABLE_BASE },
	{ 'I', false, INIT }, { 'i', false, INIT }, { 'j', false, ANY_RECIPIENT }, { 'l', false, LIST },
	{ 'm', true, MESSAGE }, { 'R', true, RETURN_PATH }, { 'r', true, INTERVAL }, { 's', true, SENDER },
	{ 't', true, IGNORED }, { 'U', false, NO_PASSWD }, { 'x', false, EXCLUDE }, { 'z', false, NULL_SENDER },
	{ '\0', false, IGNORED },
};

static const struct flag netbsd[] = {
	{ 'a', true, ALIAS }, { 'd', false, PRINT }, { 'f', true, TABLE_BASE }, { 'F', true, IGNORED },
	{ 'I', false, INIT }, { 'i', false, INIT }, { 'j', false, ANY_RECIPIENT }, { 'm', true, MESSAGE },
	{ 'r', true, INTERVAL }, { 't', true, INTERVAL }, { 's', true, SENDER }, { 'T', true, IGNORED },
	{ '\0', false, IGNORED },
};

static const struct flag openbsd[] = {
	{ 'a', true, ALIAS }, { 'I', false, INIT }, { 'i', false, INIT }, { 'r', true, INTERVAL }, { '\0', false, IGNORED },
};

static const struct dialect {
	const char *name;
	const struct flag *flags;
	const char *usage;
	bool zero_is_once;	/* -r 0 */
} dialects[] = {
	[COMPAT_NONE] = { "none", debian, "", false },
	[COMPAT_DEBIAN] = { "debian", debian,
	    "vacation [-i] [-r interval] | -l | -x\n"
	    "       vacation [-a alias] [-c cc] [-d] [-f db] [-j] [-m msg] [-R addr]\n"
	    "                [-r interval] [-s addr] [-z] login",
	    false },
	[COMPAT_SENDMAIL] = { "sendmail", sendmail_org,
	    "vacation [-a alias] [-C cffile] [-d] [-f db] [-i] [-I] [-j] [-l] [-m msg]\n"
	    "                [-R returnaddr] [-r interval] [-s sender] [-t time] [-U] [-x]\n"
	    "                [-z] login", true },
	[COMPAT_NETBSD] = { "netbsd", netbsd,
	    "vacation -dIi [-f db] [-m msg] [-r interval]\n"
	    "       vacation -dj [-a alias] [-F F|R|S] [-f db] [-m msg] [-r interval]\n"
	    "                [-s sender] [-T A|D] login", false },
	[COMPAT_OPENBSD] = { "openbsd", openbsd, "vacation -i [-r interval]\n       vacation [-a alias] login", false },
	[COMPAT_MAILBOT] = { "mailbot", NULL, COMPAT_MAILBOT_USAGE, false },
};

static enum compat
by_name(const char *name)
{
	int d;

	for (d = COMPAT_DEBIAN; d <= COMPAT_MAILBOT; d++)
		if (strcmp(dialects[d].name, name) == 0)
			return (enum compat)d;
	return COMPAT_NONE;
}

enum compat
compat_asked(int argc, char *const *argv)
{
	const char *name = argc > 0 && argv[0] != NULL ? argv[0] : "", *p;

	for (p = name; *p != '\0'; p++)
		if (*p == '/')
			name = p + 1;
	if (argc > 1 && text_begins(argv[1], OPTION)) {
		if (argv[1][strlen(OPTION)] == '=')
			return by_name(argv[1] + strlen(OPTION) + 1);
		if (argv[1][strlen(OPTION)] == '\0' && argc > 2)
			return by_name(argv[2]);
	}
	if (text_equal(name, MAILBOT_NAME))
		return COMPAT_MAILBOT;
	return text_equal(name, DIALECT_NAME) ? COMPAT_DEBIAN : COMPAT_NONE;
}

/* Days without a unit, as they all have it; what is no number means once. */
static void
set_interval(struct settings *s, const struct dialect *d, const char *text)
{
	struct buf days = BUF_INIT;
	int64_t period;

	buf_adds(&days, text);
	if (text[0] >= '0' && text[0] <= '9' && text[strspn(text, "0123456789")] == '\0')
		buf_addc(&days, 'd');
	if (settings_period(buf_str(&days), &period))
		s->every = period == 0 && d->zero_is_once ? SETTINGS_ONCE : period;
	else if (text[0] >= '0' && text[0] <= '9')
		settings_problem(s, "command line: -r: \"%s\" is not a period: a number of days, or one with s, m, h, d or w", text);
	else
		s->every = SETTINGS_ONCE;
	s->interval_given = true;
	buf_free(&days);
}

static void
set_table(struct settings *s, const char *file, const char *suffix)
{
	struct buf name = BUF_INIT;

	buf_adds(&name, file);
	buf_adds(&name, suffix);
	s->table = settings_keep(s, buf_str(&name));
	buf_free(&name);
}

static void
apply(struct settings *s, const struct dialect *d, const struct flag *f, const char *value)
{
	switch (f->effect) {
	case ALIAS:
		settings_set(s, "command line", "alias", value);
		break;
	case COPY:
		settings_append(s, &s->copy, settings_keep(s, value));
		break;
	case LOG_STDERR:
		s->log = LOG_TO_STDERR;
		break;
	case TABLE_FILE:
		set_table(s, value, "");
		break;
	case TABLE_BASE:
		set_table(s, value, ".gdbm");
		break;
	case INIT:
		s->actions |= COMPAT_INIT;
		break;
	case ANY_RECIPIENT:
		s->any_recipient = true;
		break;
	case LIST:
		s->actions |= COMPAT_LIST;
		break;
	case MESSAGE:
		s->message = settings_keep(s, value);
		break;
	case INTERVAL:
		set_interval(s, d, value);
		break;
	case EXCLUDE:
		s->actions |= COMPAT_EXCLUDE;
		break;
	case NULL_SENDER:
		s->return_path = "<>";
		break;
	case SENDER:
		s->sender = settings_keep(s, value);
		break;
	case RETURN_PATH:
		settings_set(s, "command line", "return-path", value);
		break;
	case NO_PASSWD:
		s->no_passwd = true;
		break;
	case PRINT:
		s->print_reply = true;
		break;
	case IGNORED:
		break;
	}
}

static const struct flag *
find_flag(const struct dialect *d, char letter)
{
	const struct flag *f;

	for (f = d->flags; f->letter != '\0'; f++)
		if (f->letter == letter)
			return f;
	return NULL;
}

/* The letters of one word; returns how many words were taken. */
static int
take_letters(struct settings *s, const struct dialect *d, int left, char *const *argv)
{
	const struct flag *f;
	const char *p;

	for (p = argv[0] + 1; *p != '\0'; p++) {
		f = find_flag(d, *p);
		if (f == NULL)
			settings_problem(s, "command line: there is no flag -%c", *p);
		else if (!f->argument)
			apply(s, d, f, NULL);
		else if (p[1] != '\0') {
			apply(s, d, f, p + 1);
			return 1;
		} else if (left < 2) {
			settings_problem(s, "command line: -%c needs a value", *p);
			return 1;
		} else {
			apply(s, d, f, argv[1]);
			return 2;
		}
	}
	return 1;
}

/* -U: no passwd entry, so the files are found from where the table is. */
static void
use_directory_of_table(struct settings *s)
{
	const char *slash = strrchr(s->table, '/');
	char *copy;

	if (s->home != NULL)
		return;
	if (slash == NULL || slash == s->table || s->table[0] != '/' || s->message[0] != '/') {
		settings_problem(s, "command line: -U needs -f and -m with whole paths");
		return;
	}
	copy = strndup(s->table, (size_t)(slash - s->table));
	if (copy != NULL)
		s->home = settings_keep(s, copy);
	free(copy);
}

int
compat_arguments(struct settings *s, int argc, char *const *argv)
{
	const struct dialect *d;
	bool flags_ended = false;
	int i;

	s->compat = (int)compat_asked(argc, argv);
	d = &dialects[s->compat];
	if (s->compat == COMPAT_MAILBOT)
		return compat_mailbot_arguments(s, 1, argc, argv);
	i = settings_arguments(s, argc, argv);
	/* Flags behind the login count as well: GNU's getopt, which Debian's vacation has, takes them. */
	while (i < argc) {
		if (argv[i][0] == '-' && argv[i][1] != '\0' && !flags_ended) {
			flags_ended = strcmp(argv[i], "--") == 0;
			i += flags_ended ? 1 : take_letters(s, d, argc - i, argv + i);
		} else if (s->login == NULL)
			s->login = settings_keep(s, argv[i++]);
		else
			break;
	}
	s->bare_login = s->login != NULL;
	if (s->login == NULL && s->actions == 0)
		settings_problem(s, "command line: the login is missing");
	if (s->no_passwd)
		use_directory_of_table(s);
	return i;
}

void
compat_usage(enum compat c, struct buf *out)
{
	buf_addf(out, "usage: %s\n", dialects[c].usage);
}

const char *
compat_flag(enum compat c, size_t n, char *letter, const char **argument)
{
	const struct flag *flag;

	if (c == COMPAT_MAILBOT)
		return compat_mailbot_flag(n, letter, argument) ? dialects[c].name : NULL;
	flag = &dialects[c].flags[n];
	if (flag->letter == '\0')
		return NULL;
	*letter = flag->letter;
	*argument = "";
	if (flag->argument)
		*argument = flag->effect == MESSAGE || flag->effect == TABLE_FILE || flag->effect == TABLE_BASE ? "FILE" : "VALUE";
	return dialects[c].name;
}
