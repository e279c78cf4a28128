/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialect - vacation(1)'s -i, -l and -x
 *
 * Outside delivery the dialects' own exit codes hold: 0, and 1 for any
 * error; sendmail.org's say which by sysexits(3).  -i forgets who was
 * answered and keeps the exclusions, which the originals lose.
 */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "../address.h"
#include "../compat.h"
#include "../deadline.h"
#include "../deliver.h"
#include "../diag.h"
#include "../i18n.h"
#include "../load.h"
#include "../text.h"
#include "../vacation_db.h"

#define TABLE_WAIT_MS 5000
#define EXIT_ERROR 1
#define LINE_MAX_READ 1024

struct task {
	struct load *l;
	struct vacation_db *table;
	struct vacation_db_info info;
};

static int
error_status(const struct load *l, int sysexit)
{
	return l->settings.compat == COMPAT_SENDMAIL || l->settings.compat == COMPAT_MAILBOT ? sysexit : EXIT_ERROR;
}

static int
table_failed(struct task *t)
{
	diag_error("%s", t->info.detail);
	return error_status(t->l, EX_DATAERR);
}

/* One sender may have several rows (texts, From): the originals show one line. */
struct listing {
	struct {
		char *sender;
		int64_t at;		/* last answered; -1: excluded */
	} *line;
	size_t n;
	bool short_of_memory;
};

static bool
take_row(void *ctx, const struct vacation_db_row *row)
{
	struct listing *l = ctx;
	void *grown;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->line[i].sender, row->sender) == 0) {
			if (!row->excluded && row->last_answered > l->line[i].at)
				l->line[i].at = row->last_answered;
			return true;
		}
	grown = realloc(l->line, (l->n + 1) * sizeof l->line[0]);
	if (grown != NULL)
		l->line = grown;
	if (grown == NULL || (l->line[l->n].sender = text_copy(row->sender, strlen(row->sender))) == NULL) {
		l->short_of_memory = true;
		return false;
	}
	l->line[l->n++].at = row->excluded ? -1 : row->last_answered;
	return true;
}

static void
print_line(const struct load *load, const char *sender, int64_t last)
{
	bool sendmail_org = load->settings.compat == COMPAT_SENDMAIL;
	time_t at = (time_t)last;
	char when[32];
	struct buf shown = BUF_INIT;

	diag_visible(&shown, sender, strlen(sender));
	printf("%-*s", sendmail_org ? 40 : 50, buf_str(&shown));
	if (last == -1)
		puts(sendmail_org ? "(exclusion)" : "(never deleted)");
	else
		fputs(ctime_r(&at, when) != NULL ? when : "?\n", stdout);
	buf_free(&shown);
}

static int
list(struct task *t)
{
	struct listing l = { NULL, 0, false };
	enum vacation_db_result result;
	const char *name;
	size_t i;
	int dir_fd;

	name = home_place(&t->l->home, t->l->settings.table, &dir_fd);
	if (faccessat(dir_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == -1 && errno == ENOENT) {
		diag_error(_("%s: there is no such table"), t->l->settings.table);
		return error_status(t->l, EX_NOINPUT);
	}
	result = vacation_db_list(t->table, take_row, &l, &t->info);

	for (i = 0; i < l.n; i++) {
		if (result == VACATION_DB_FREE && !l.short_of_memory)
			print_line(t->l, l.line[i].sender, l.line[i].at);
		free(l.line[i].sender);
	}
	free(l.line);
	if (l.short_of_memory) {
		diag_error(_("not enough memory"));
		return error_status(t->l, EX_OSERR);
	}
	if (result != VACATION_DB_FREE)
		return table_failed(t);
	return fflush(stdout) == 0 ? EX_OK : error_status(t->l, EX_IOERR);
}

/* addr or @domain, in the form of the table's keys. */
static bool
normalise(const char *text, struct buf *pattern)
{
	struct address a = { NULL, NULL, NULL };
	bool good = true;

	buf_reset(pattern);
	if (text[0] == '@') {
		buf_adds(pattern, text[1] == '.' ? "@." : "@");
		address_domain_key(pattern, text + (text[1] == '.' ? 2 : 1));
		return pattern->len > 1;
	}
	good = address_parse(text, strlen(text), &a);
	if (good)
		address_key(pattern, &a, NULL);
	address_free(&a);
	return good;
}

static int
exclude(struct task *t)
{
	char line[LINE_MAX_READ];
	struct buf pattern = BUF_INIT;
	int status = EX_OK;
	char *p;

	while (fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		p = line + strspn(line, " \t");
		while (*p != '\0' && strchr(" \t", p[strlen(p) - 1]) != NULL)
			p[strlen(p) - 1] = '\0';
		if (*p == '\0' || *p == '#')
			continue;
		if (!normalise(p, &pattern)) {
			diag_error(_("%s is neither an address nor @domain"), p);
			status = error_status(t->l, EX_DATAERR);
		} else if (vacation_db_exclude(t->table, "", buf_str(&pattern), true, &t->info) != VACATION_DB_FREE) {
			status = table_failed(t);
			break;
		}
	}
	buf_free(&pattern);
	return status;
}

static int
initialise(struct task *t)
{
	const struct settings *s = &t->l->settings;

	if (vacation_db_clear(t->table, true, &t->info) != VACATION_DB_FREE)
		return table_failed(t);
	if (s->interval_given && vacation_db_set_interval(t->table, s->every, &t->info) != VACATION_DB_FREE)
		return table_failed(t);
	return EX_OK;
}

static int
act(struct load *l)
{
	struct task t = { .l = l };
	const char *name;
	int dir_fd, status = EX_OK;

	name = home_place(&l->home, l->settings.table, &dir_fd);
	t.table = vacation_db_new(dir_fd, name, deadline_clock() + TABLE_WAIT_MS);
	if (t.table == NULL) {
		diag_error(_("not enough memory"));
		return error_status(l, EX_OSERR);
	}
	if ((l->settings.actions & COMPAT_INIT) != 0)
		status = initialise(&t);
	if (status == EX_OK && (l->settings.actions & COMPAT_EXCLUDE) != 0)
		status = exclude(&t);
	if (status == EX_OK && (l->settings.actions & COMPAT_LIST) != 0)
		status = list(&t);
	if (t.info.beside && t.info.detail[0] != '\0')
		diag_warn("%s", t.info.detail);
	vacation_db_free(t.table);
	return status;
}

/* Anything but a delivery.  mailbot -n is for looking at, and not from a mail server. */
static bool
is_for_people(int argc, char **argv)
{
	struct settings s;
	bool people;

	settings_init(&s);
	compat_arguments(&s, argc, argv);
	people = s.actions != 0 || (s.compat == COMPAT_MAILBOT && s.print_reply);
	settings_free(&s);
	return people;
}

/* On a terminal, or with -i, -l, -x: errors are shown and have a status. */
int
dialect_command(enum compat dialect, int argc, char **argv)
{
	struct load l;
	struct buf usage = BUF_INIT;
	int status;

	if (!is_for_people(argc, argv) && !isatty(STDIN_FILENO))
		deliver(argc, argv, compat_arguments);
	i18n_start();
	diag_to(DIAG_STDERR, dialect == COMPAT_MAILBOT ? "mailbot" : "vacation");
	load_run(&l, argc, argv, compat_arguments);
	command_tell_home(&l);
	if (l.outcome != OUTCOME_ANSWERED) {
		compat_usage(dialect, &usage);
		command_complain(&l.why);
		if (l.outcome == OUTCOME_SETTINGS)
			fputs(buf_str(&usage), stderr);
		buf_free(&usage);
		status = error_status(&l, l.outcome == OUTCOME_SETTINGS ? EX_USAGE : EX_NOUSER);
	} else if (l.settings.actions != 0)
		status = act(&l);
	else
		deliver(argc, argv, compat_arguments);
	load_free(&l);
	return status;
}

/* Usage, and each flag with what it takes: the manual says the rest. */
int
dialect_help(enum compat dialect)
{
	struct buf usage = BUF_INIT;
	const char *argument;
	char letter;

	compat_usage(dialect, &usage);
	for (size_t n = 0; compat_flag(dialect, n, &letter, &argument); n++)
		buf_addf(&usage, "  -%c%s%s\n", letter, argument[0] != '\0' ? " " : "", argument);
	buf_adds(&usage, _("The manual is backsoon(1); the long options are those of backsoon --help.\n"));
	fputs(buf_str(&usage), stdout);
	buf_free(&usage);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
