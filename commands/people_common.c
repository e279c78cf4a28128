/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * people_common - what the commands about people share
 *
 * The table is found by the settings, as delivery finds it.  A settings file
 * with a mistake is told of, and the table is shown all the same.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../deadline.h"
#include "../diag.h"
#include "../i18n.h"
#include "../text.h"
#include "commands.h"
#include "people.h"

#define ANSWER_MAX 64		/* bytes of a typed yes or no */

int
people_open(struct people *p, int argc, char **argv)
{
	const char *name;
	int dir_fd;

	memset(p, 0, sizeof *p);
	signal(SIGXFSZ, SIG_IGN);	/* a full disk is an error to be told of */
	load_run(&p->l, argc, argv, NULL);
	command_tell_home(&p->l);
	if (p->l.outcome != OUTCOME_ANSWERED)
		command_complain(&p->l.why);
	if (p->l.home.fd == -1)
		return EX_NOUSER;
	p->delimiter = p->l.settings.ignore_detail ? p->l.settings.delimiter : NULL;
	name = home_place(&p->l.home, p->l.settings.table, &dir_fd);
	p->table = vacation_db_new(dir_fd, name, deadline_clock() + (int64_t)PEOPLE_TRIES * VACATION_DB_LOCK_MS);
	if (p->table != NULL)
		return EX_OK;
	diag_error("%s", _("not enough memory"));
	return EX_OSERR;
}

void
people_close(struct people *p)
{
	vacation_db_free(p->table);
	load_free(&p->l);
}

void
people_limits(const struct people *p, struct vacation_db_limits *limits)
{
	const struct settings *s = &p->l.settings;
	int64_t period = s->every;

	if (period < s->min_period)
		period = s->min_period;
	if (period > s->max_period)
		period = s->max_period;
	*limits = (struct vacation_db_limits){ .period = period, .max_replies = s->max_replies, .max_senders = s->max_senders };
}

int
people_result(struct people *p, enum vacation_db_result result)
{
	static const int status[] = {
		[VACATION_DB_BUSY] = EX_TEMPFAIL, [VACATION_DB_UNREADABLE] = EX_NOINPUT,
		[VACATION_DB_FULL] = EX_IOERR, [VACATION_DB_ERROR] = EX_OSERR,
	};

	if (result < VACATION_DB_BUSY) {
		if (p->info.detail[0] != '\0')
			diag_warn("%s", p->info.detail);
		return EX_OK;
	}
	diag_error("%s: %s", p->l.settings.table, p->info.detail);
	return status[result];
}

bool
people_confirm(const char *question)
{
	char answer[ANSWER_MAX];

	if (!isatty(STDIN_FILENO)) {
		diag_error("%s", _("nobody is there to be asked: give --yes"));
		return false;
	}
	printf("%s ", question);
	fflush(stdout);
	if (fgets(answer, sizeof answer, stdin) == NULL) {
		putchar('\n');
		return false;
	}
	answer[strcspn(answer, "\n")] = '\0';
	return text_equal(answer, "y") || text_equal(answer, "yes") || text_equal(answer, _("yes")) ||
	    (answer[0] != '\0' && answer[1] == '\0' && text_lower((unsigned char)answer[0]) == text_lower((unsigned char)_("yes")[0]));
}

int
people_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EX_OK;
	diag_error(_("writing: %s"), strerror(errno));
	return EX_IOERR;
}
