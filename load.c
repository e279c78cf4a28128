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

#include "compat.h"
#include "i18n.h"
#include "schedule.h"
#include "submit.h"

static void
note(struct load *l, enum outcome o)
{
	if (l->outcome == OUTCOME_ANSWERED)
		l->outcome = o;
}

/* Whether it was there and could be read. */
static bool
read_file(struct load *l, const char *name)
{
	struct buf text = BUF_INIT, why = BUF_INIT;
	bool good = home_read_file(&l->home, name, SETTINGS_FILE_MAX, &text, &why);

	if (good)
		settings_text(&l->settings, buf_str(&text), text.len, name);
	else if (errno != ENOENT)
		settings_problem(&l->settings, "%s", buf_str(&why));
	buf_free(&text);
	buf_free(&why);
	return good;
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

/* What is wrong only in company, or only by a look at the value. */
static void
check_together(struct load *l, int argc, char *const *argv)
{
	struct settings *s = &l->settings;
	enum submit_kind kind;

	if (s->require_authenticated && s->trust_auth.n == 0)
		settings_problem(s, _("%s: require-authenticated needs trust-auth: whose Authentication-Results are to be believed,"
		    " as in trust-auth = mx.example.org?"), _(settings_where(s, "require-authenticated")));
	if (s->sendmail_kind != NULL && !submit_kind_parse(s->sendmail_kind, &kind))
		settings_problem(s, _("%s: sendmail-kind: no program is called \"%s\" here, as postfix and exim are; see vacation.conf(5)"),
		    _(settings_where(s, "sendmail-kind")), s->sendmail_kind);
	/* A report has a part for it (RFC 6522 3). */
	if (s->form == REPLY_FORM_DSN && s->attach_original == ORIGINAL_NONE)
		s->attach_original = ORIGINAL_HEADER;
	if (s->compat != (int)compat_asked(argc, argv))
		settings_problem(s, _("command line: --compat stands first, or does nothing"));
}

/* What the site's file has set; what it has not is no bound. */
struct bounds {
	int64_t min_period, max_period;
	uint32_t max_per_hour, max_per_day, max_senders;
};

static void
note_bounds(const struct settings *s, struct bounds *site)
{
	site->min_period = s->min_period;
	site->max_period = s->max_period;
	if (settings_where(s, "max-per-hour") != NULL)
		site->max_per_hour = s->max_per_hour;
	if (settings_where(s, "max-per-day") != NULL)
		site->max_per_day = s->max_per_day;
	if (settings_where(s, "max-senders") != NULL)
		site->max_senders = s->max_senders;
}

static uint32_t
less(uint32_t a, uint32_t b)
{
	if (a == 0 || b == 0)
		return a + b;		/* 0 is no limit */
	return a < b ? a : b;
}

/*
 * What the site's file sets is a bound that neither the user's file nor the
 * command line (a .forward) can lift: the stricter of both counts.
 */
static void
hold_bounds(struct settings *s, const struct bounds *site)
{
	s->max_per_hour = less(s->max_per_hour, site->max_per_hour);
	s->max_per_day = less(s->max_per_day, site->max_per_day);
	s->max_senders = less(s->max_senders, site->max_senders);
	if (s->min_period < site->min_period)
		s->min_period = site->min_period;
	if (s->max_period > site->max_period)
		s->max_period = site->max_period;
	/* Nor may the user's minimum pass the site's maximum, or the other way round. */
	if (s->min_period > site->max_period)
		s->min_period = site->max_period;
	if (s->max_period < site->min_period)
		s->max_period = site->min_period;
}

void
load_run(struct load *l, int argc, char *const *argv, load_arguments *arguments)
{
	struct bounds site = { .max_period = SETTINGS_ONCE };
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
		if (read_file(l, SETTINGS_SITE_FILE))
			note_bounds(&l->settings, &site);
		read_file(l, SETTINGS_USER_FILE);
	}
	l->rest = arguments(&l->settings, argc, argv);
	hold_bounds(&l->settings, &site);
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
