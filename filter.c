/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter - what is asked of us
 *
 *	vacation ...            a dialect of vacation(1)       compat.c, commands/dialect.c
 *	backsoon COMMAND ...    something that a user typed    commands/
 *	backsoon ...            one message on standard input  deliver.c
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "commands/columns.h"
#include "commands/commands.h"
#include "commands/names.h"
#include "commands/show.h"
#include "compat.h"
#include "deliver.h"
#include "diag.h"
#include "i18n.h"
#include "text.h"

static const struct command {
	const char *name;
	int (*run)(int, char **);
	const char *arguments;
	const char *does;
} commands[] = {
	{ "explain", explain_command, "[--json] [--rules] [FILE]", N_("why a message gets a reply, or none") },
	{ "on", on_command, "[--until DATE] [--from-date DATE] [--message FILE | --text TEXT] [--edit] [--subject TEXT] [--html FILE] "
	    "[--attach FILE] [--alias ADDR] [--every PERIOD] [--wire forward|procmail|maildrop|qmail|sieve|none] [--again] [--probe] [--probe-to ADDR] [--probe-wait TIME] [--dry-run] "
	    "[--yes] [--json]", N_("going away: answers mail from now on; asks, when nothing else is said") },
	{ "off", off_command, "[--at DATE] [--limit N] [--json]", N_("back again: answers no mail any more, and says who wrote") },
	{ "history", history_command, "[--json] [--follow | --chart] [--sender TEXT] [--rule RULE] [--since TIME] [--limit N]", N_("the last decisions") },
	{ "status", status_command, "[--json]", N_("is it on, and does it work?") },
	{ "check", check_command, "[--json]", N_("what is wrong, why it matters, and how to mend it") },
	{ "test", test_command, "[--json] [--to ADDR] ADDR", N_("sends you the reply that ADDR would get") },
	{ "list", list_command, "[--json] [--sort sender|last|count|next|heard] [--reverse] [--sender TEXT] [--excluded] [--waiting]",
	    N_("who was answered, and when again") },
	{ "forget", forget_command, "[--json] [--yes] ADDRESS|@DOMAIN...|--all", N_("answer them as if for the first time") },
	{ "exclude", exclude_command, "[--json] ADDRESS|@DOMAIN...", N_("never answer them") },
	{ "include", include_command, "[--json] ADDRESS|@DOMAIN...", N_("take an exclusion back") },
	{ "prune", prune_command, "[--json] [--dry-run]", N_("forget what no rule needs any more") },
	{ "export", export_command, "[FILE]", N_("write the table as text") },
	{ "import", import_command, "[--json] [--yes] [--dry-run] [FILE|-]", N_("read an export, or what another program left") },
};

#define HELP_WIDTH 79
#define HELP_INDENT 10
#define USAGE_INDENT 7
#define COMMANDS (sizeof commands / sizeof commands[0])

static const struct command *
find_command(const char *word)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, word) == 0)
			return &commands[i];
	return NULL;
}

static int
help(void)
{
	struct buf b = BUF_INIT;
	size_t i, column, len;

	buf_adds(&b, _("usage: backsoon [options] < message        answers one message, or does not\n"
	    "       backsoon COMMAND [options]          COMMAND --help says more\n"));
	columns_pad(&b, _("Commands"), HELP_INDENT);
	for (i = 0, column = HELP_INDENT; i < COMMANDS; i++) {
		len = strlen(commands[i].name) + 1;
		if (column + len > HELP_WIDTH) {
			buf_addf(&b, "\n%*s", HELP_INDENT, "");
			column = HELP_INDENT;
		}
		buf_addf(&b, " %s", commands[i].name);
		column += len;
	}
	buf_adds(&b, "\n");
	buf_adds(&b, _("In ~/.forward: \\you, \"|backsoon\"  Text: ~/.vacation.msg  Manual: backsoon(1)\n"));
	buf_adds(&b, _("Options, which may be lines of ~/.vacation.conf too: see vacation.conf(5)\n"));
	settings_usage(&b);
	fputs(buf_str(&b), stdout);
	buf_free(&b);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* For the completion scripts: what may stand where the last of the words is. */
static int
complete(int argc, char *const *argv)
{
	struct buf names = BUF_INIT, out = BUF_INIT;
	bool done;

	for (size_t i = 0; i < COMMANDS; i++)
		names_command(&names, commands[i].name, commands[i].arguments, _(commands[i].does));
	names_rest(&names);
	names_complete(&out, &names, argc, argv);
	done = !out.failed && fputs(buf_str(&out), stdout) >= 0 && fflush(stdout) == 0;
	buf_free(&names);
	buf_free(&out);
	return done ? EX_OK : EX_IOERR;
}

static int
command_help(const struct command *c)
{
	struct buf out = BUF_INIT, start = BUF_INIT;
	struct screen screen = { &out, command_width(STDOUT_FILENO), false };
	int status;

	buf_addf(&start, _("usage: backsoon %s"), c->name);
	buf_adds(&out, buf_str(&start));
	show_usage(&screen, c->arguments, columns_width(buf_str(&start)), USAGE_INDENT);
	show_words(&screen, _(c->does), 0, 0);
	show_words(&screen, _("All settings are options too: see backsoon --help.  The manual is backsoon(1)."), 0, 0);
	out.failed |= start.failed;
	status = show_flush(&out);
	buf_free(&start);
	buf_free(&out);
	return status;
}

static const char *
similar_command(const char *word)
{
	unsigned d, least = (unsigned)strlen(word) / 3 + 1;
	const char *best = NULL;
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		d = text_distance(word, commands[i].name);
		if (d < least) {
			least = d;
			best = commands[i].name;
		}
	}
	return best;
}

/* Nothing but a message can be answered with options, and there is none. */
static int
refuse(int argc, char **argv)
{
	struct settings typed;
	const char *meant;
	int rest;

	settings_init(&typed);
	rest = settings_arguments(&typed, argc, argv);
	meant = rest < argc ? similar_command(argv[rest]) : NULL;
	if (typed.nproblems > 0)
		command_complain(&typed.problems);
	else if (rest >= argc)
		diag_error(_("a message to answer comes on standard input; see backsoon --help"));
	else if (find_command(argv[rest]) != NULL)
		diag_error(_("a command stands before its options: backsoon %s ..."), argv[rest]);
	else if (meant != NULL)
		diag_error(_("%s is no command: did you mean %s?"), argv[rest], meant);
	else
		diag_error(_("%s is no command; a message to answer comes on standard input; see backsoon --help"), argv[rest]);
	settings_free(&typed);
	return EX_USAGE;
}

/* Somebody has typed our name: he wants to know how things are. */
static int
greet(int argc, char **argv)
{
	int status;

	if (argc > 1)
		return refuse(argc, argv);
	status = status_command(argc, argv);
	printf("\n%s\n", _("Turn it on or off: backsoon on, backsoon off.  More: backsoon --help, backsoon(1)"));
	return fflush(stdout) == 0 ? status : EX_IOERR;
}

int
main(int argc, char **argv)
{
	enum compat dialect = compat_asked(argc, argv);
	const struct command *c;

	if (argc > 1 && text_equal(argv[1], "--help")) {
		i18n_start();
		if (argc > 2 && text_equal(argv[2], "--complete"))
			return complete(argc - 3, argv + 3);
		return dialect != COMPAT_NONE ? dialect_help(dialect) : help();
	}
	if (argc > 1 && text_equal(argv[1], "--version"))
		return puts("backsoon " BACKSOON_VERSION) < 0 || fflush(stdout) != 0 ? EX_IOERR : EX_OK;
	if (dialect != COMPAT_NONE)
		return dialect_command(dialect, argc, argv);
	if (argc > 1 && argv[1][0] != '-' && (c = find_command(argv[1])) != NULL) {
		i18n_start();
		return argc > 2 && text_equal(argv[2], "--help") ? command_help(c) : c->run(argc - 1, argv + 1);
	}
	if (deliver_is_terminal(STDIN_FILENO)) {
		i18n_start();
		return greet(argc, argv);
	}
	deliver(argc, argv, NULL);
}
