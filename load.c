/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load - settings and home directory of one run
 *
 * Nothing here ends the program: what is wrong is collected, and the caller
 * decides (in delivery: one log line and no reply).  A settings file that is
 * not there is no error; one that is not ours to trust is.
 */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "compat.h"
#include "i18n.h"
#include "schedule.h"
#include "submit.h"

#define LANGUAGE_TAG "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"	/* RFC 5646 */

static void
note(struct load *l, enum outcome o)
{
	if (l->outcome == OUTCOME_ANSWERED)
		l->outcome = o;
}

static void
read_file(struct load *l, const char *name)
{
	struct buf text = BUF_INIT, why = BUF_INIT;

	if (home_read_file(&l->home, name, SETTINGS_FILE_MAX, &text, &why))
		settings_text(&l->settings, buf_str(&text), text.len, name);
	else if (errno != ENOENT)
		settings_problem(&l->settings, "%s", buf_str(&why));
	buf_free(&text);
	buf_free(&why);
}

/* Who and where: from the command line alone, because the files are found by it. */
static void
find_home(struct load *l, const struct settings *first)
{
	const char *user = first->user;
	bool dropped = false;
	enum outcome o = OUTCOME_ANSWERED;

	if (user == NULL && first->login != NULL && first->home == NULL && geteuid() == 0)
		user = first->login;
	if (user != NULL)
		o = home_become(user, &dropped, &l->why);
	if (o == OUTCOME_ANSWERED)
		o = home_open(&l->home, first->home, dropped, &l->why);
	note(l, o);
}

static int64_t
time_now(struct load *l)
{
	const char *zone = l->settings.timezone;
	struct buf why = BUF_INIT;
	struct timespec clock;
	int64_t now;

	clock_gettime(CLOCK_REALTIME, &clock);
	now = (int64_t)clock.tv_sec;
	if (l->settings.now == NULL)
		return now;
	/* A zone that is not there is the business of who looks at the dates. */
	if (zone != NULL && !schedule_zone_known(zone))
		zone = NULL;
	if (!schedule_instant(zone, l->settings.now, &now, &why))
		settings_problem(&l->settings, _("command line: now: %s"), buf_str(&why));
	buf_free(&why);
	return now;
}

static bool
is_address(const char *text)
{
	struct address a = { NULL, NULL, NULL };
	bool good = address_parse(text, strlen(text), &a) || address_first(text, strlen(text), &a);

	address_free(&a);
	return good;
}

/* What is wrong only in company, or only by a look at the value. */
static void
check_together(struct load *l, int argc, char *const *argv)
{
	struct settings *s = &l->settings;
	enum submit_kind kind;
	size_t i;

	if (s->require_authenticated && s->trust_auth.n == 0)
		settings_problem(s, _("require-authenticated needs trust-auth: whose Authentication-Results are to be believed?"));
	if (strcmp(s->return_path, "<>") != 0 && !is_address(s->return_path))
		settings_problem(s, _("return-path: \"%s\" is neither an address nor <>"), s->return_path);
	if (s->sendmail_kind != NULL && !submit_kind_parse(s->sendmail_kind, &kind)) {
		settings_problem(s, _("%s: sendmail-kind: no program is called \"%s\" here; see vacation.conf(5)"),
		    _(settings_where(s, "sendmail-kind")), s->sendmail_kind);
	}
	if (s->language != NULL && s->language[strspn(s->language, LANGUAGE_TAG)] != '\0')
		settings_problem(s, _("%s: language: \"%s\" is no language tag, as de or pt-BR"), _(settings_where(s, "language")), s->language);
	for (i = 0; i < s->alias.n; i++)
		if (!is_address(s->alias.item[i]))
			settings_problem(s, _("alias: \"%s\" is not an address"), s->alias.item[i]);
	if (s->compat != (int)compat_asked(argc, argv))
		settings_problem(s, _("command line: --compat stands first, or does nothing"));
}

void
load_run(struct load *l, int argc, char *const *argv, load_arguments *arguments)
{
	struct settings first;

	if (arguments == NULL)
		arguments = settings_arguments;
	*l = (struct load){ .home = { .fd = -1 }, .outcome = OUTCOME_ANSWERED };
	settings_init(&l->settings);
	settings_init(&first);
	if (argc > 1)
		arguments(&first, argc, argv);
	find_home(l, &first);
	settings_free(&first);
	if (l->home.fd != -1) {
		read_file(l, SETTINGS_SITE_FILE);
		read_file(l, SETTINGS_USER_FILE);
	}
	l->rest = arguments(&l->settings, argc, argv);
	l->now = time_now(l);
	check_together(l, argc, argv);
	if (l->settings.nproblems > 0) {
		note(l, OUTCOME_SETTINGS);
		buf_add(&l->why, buf_str(&l->settings.problems), l->settings.problems.len);
	}
	while (l->why.len > 0 && l->why.data[l->why.len - 1] == '\n')
		buf_truncate(&l->why, l->why.len - 1);
}

void
load_free(struct load *l)
{
	settings_free(&l->settings);
	home_close(&l->home);
	buf_free(&l->why);
}
