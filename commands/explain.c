/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain - why does this message get a reply, or none?
 *
 * Runs the procedure as far as it only reads, and has it shown
 * (explain_text.c, explain_json.c): every rule with its verdict and the value
 * behind it, the decision, the table's entry, and the reply as it would go
 * out.  It writes nothing: no table, no journal, no log, no sendmail.
 */
#include "explain.h"
#include "reply_show.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../deadline.h"
#include "../diag.h"
#include "../text.h"
#include "../i18n.h"
#include "../load.h"
#include "commands.h"

static const char *
environment(const char *name)
{
	return getenv(name);
}

static int
explain_message(struct load *l, const struct message *m, bool as_json)
{
	struct answer a;
	struct explain v = { .a = &a, .colour = !as_json && command_colour(STDOUT_FILENO) };
	bool broken;

	answer_init(&a);
	a.settings = &l->settings;
	a.message = m;
	a.home = &l->home;
	a.env = environment;
	a.now = l->now;
	a.explaining = true;
	a.deadline = deadline_clock() + l->settings.time_limit * 1000;
	v.due = answer_prepare(&a);
	if (a.envelope.state == SENDER_GIVEN && a.template_text.len > 0)
		reply_take(&a, &v.reply);
	v.due = v.due && a.outcome == OUTCOME_ANSWERED;
	if (as_json)
		explain_json(&v);
	else
		explain_text(&v);
	buf_free(&v.reply);
	broken = a.outcome == OUTCOME_SETTINGS;
	answer_free(&a);
	if (fflush(stdout) != 0)
		return EX_IOERR;
	return broken ? EX_USAGE : EX_OK;
}

static int
show_rules(void)
{
	size_t i;

	for (i = 0; i < rules_count; i++)
		printf("%-*s %s (%s)\n", EXPLAIN_ID_WIDTH, rules[i].id, _(rules[i].sentence), _(rules[i].source));
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* The message: the file that is named, else standard input. */
static int
open_message(const struct load *l, int argc, char **argv)
{
	int fd;

	if (l->rest >= argc || strcmp(argv[l->rest], "-") == 0) {
		if (isatty(STDIN_FILENO))
			diag_info(_("reading the message from the terminal; end it with Ctrl-D"));
		return STDIN_FILENO;
	}
	fd = open(argv[l->rest], O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		diag_error("%s: %s", argv[l->rest], strerror(errno));
	return fd;
}

static int
explain_file(struct load *l, int fd, bool as_json)
{
	struct message m;
	int status;

	message_read(&m, fd, answer_keeps(&l->settings));
	status = explain_message(l, &m, as_json);
	message_free(&m);
	return status;
}

int
explain_command(int argc, char **argv)
{
	struct load l;
	bool as_json = command_flag(&argc, argv, "--json");
	int fd, status = EX_USAGE;

	if (as_json)
		i18n_stop();
	if (command_flag(&argc, argv, "--rules"))
		return show_rules();
	load_run(&l, argc, argv, NULL);
	command_tell_home(&l);
	if (l.outcome != OUTCOME_ANSWERED) {
		command_complain(&l.why);
		status = l.outcome == OUTCOME_SETTINGS ? EX_USAGE : EX_NOUSER;
	} else if (l.rest + 1 < argc)
		diag_error(text_begins(argv[l.rest + 1], "--") ? _("options stand before the file: %s comes too late") :
		    _("one message at a time: %s is too much"), argv[l.rest + 1]);
	else if ((fd = open_message(&l, argc, argv)) == -1)
		status = EX_NOINPUT;
	else
		status = explain_file(&l, fd, as_json);
	load_free(&l);
	return status;
}
