/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history_command - the command line of `backsoon history'
 *
 * Finds journal and time zone by the settings, as delivery does, and hands
 * over to history_print().
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../diag.h"
#include "../i18n.h"
#include "../load.h"
#include "../report.h"
#include "commands.h"
#include "history.h"

#define LIMIT_DEFAULT 40
#define LIMIT_FOLLOW 10		/* of the past, before what comes */

/* A date, or how long ago: 7d. */
static bool
parse_since(const struct load *l, const char *text, int64_t *since)
{
	struct buf why = BUF_INIT;
	int64_t ago;
	bool good = true;

	if (settings_period(text, &ago) && ago != SETTINGS_ONCE) {
		*since = l->now - ago;
		return true;
	}
	good = schedule_instant(l->settings.timezone, text, since, &why);
	if (!good)
		diag_error(_("--since: %s; or how long ago, as in 7d"), buf_str(&why));
	buf_free(&why);
	return good;
}

static bool
parse_limit(const char *text, size_t *limit)
{
	char *end;

	errno = 0;
	*limit = strtoul(text, &end, 10);
	if (errno == 0 && *end == '\0' && text[0] >= '0' && text[0] <= '9')
		return true;
	diag_error(_("--limit: \"%s\" is not a number, as in --limit 20"), text);
	return false;
}

static int
print(const struct load *l, struct history_options *o)
{
	struct buf why = BUF_INIT;
	struct schedule *zone = schedule_new(l->settings.timezone, NULL, NULL, NULL, NULL, &why);
	int status = EX_USAGE;

	if (zone == NULL)
		diag_error("%s", buf_str(&why));
	else {
		o->zone = zone;
		o->journal = home_place(&l->home, l->settings.journal, &o->dir_fd);
		status = history_print(o);
	}
	schedule_free(zone);
	buf_free(&why);
	return status;
}

int
history_command(int argc, char **argv)
{
	struct load l;
	struct history_options o = { .out = stdout, .code_name = report_code_name };
	const char *since, *limit;
	int status = EX_USAGE;

	o.json = command_flag(&argc, argv, "--json");
	if (o.json)
		i18n_stop();
	o.colour = !o.json && command_colour(STDOUT_FILENO);
	o.width = isatty(STDOUT_FILENO) ? command_width(STDOUT_FILENO) : 0;
	o.follow = command_flag(&argc, argv, "--follow");
	o.chart = command_flag(&argc, argv, "--chart");
	o.limit = o.chart ? 0 : o.follow ? LIMIT_FOLLOW : LIMIT_DEFAULT;
	o.sender = command_value(&argc, argv, "--sender");
	o.rule = command_value(&argc, argv, "--rule");
	since = command_value(&argc, argv, "--since");
	limit = command_value(&argc, argv, "--limit");
	load_run(&l, argc, argv, NULL);
	command_tell_home(&l);
	/* What a wrong line in the settings has done is in the journal: it is shown all the same. */
	if (l.outcome != OUTCOME_ANSWERED)
		command_complain(&l.why);
	o.now = l.now;
	if (l.home.fd == -1)
		status = EX_NOUSER;
	else if (o.follow && o.chart)
		diag_error(_("--follow and --chart do not go together: use watch(1) to see the chart change"));
	else if (l.rest < argc)
		diag_error(_("history takes no argument like %s"), argv[l.rest]);
	else if ((since == NULL || parse_since(&l, since, &o.since)) && (limit == NULL || parse_limit(limit, &o.limit)))
		status = print(&l, &o);
	load_free(&l);
	return status;
}
