/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey - is it on, and what is wrong?
 *
 * Goes through the areas of findings.h one by one, most of them in files of
 * their own, and decides from what was found.  Off by choice stands above
 * broken, because nobody waits for a reply then; but not above what makes
 * the choice itself doubtful, or puts the mail in danger (FINDING_DANGER).
 *
 * Failures: memory only.
 */
#include "survey.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../contacts.h"
#include "../text.h"
#include "letter.h"
#include "survey_parts.h"

#define SETTING_MAX 12

void
survey_time(const struct survey *s, struct buf *out, int64_t t)
{
	schedule_format(s->schedule, out, SURVEY_TIME, t);
}

void
survey_date(const struct survey *s, struct buf *out, const char *setting, int64_t t)
{
	bool whole = setting != NULL && strchr(setting, ':') == NULL && setting[0] != '@';

	schedule_format(s->schedule, out, whole ? SURVEY_DAY : SURVEY_TIME, t);
}

void
survey_end(const struct survey *s, struct buf *out)
{
	const char *until = s->load->settings.until;
	bool whole = until != NULL && strchr(until, ':') == NULL && until[0] != '@';

	survey_date(s, out, until, schedule_end(s->schedule) - whole);
}

static void
find_problems(struct survey *s)
{
	const char *line = buf_str(&s->load->settings.problems), *end;
	struct buf text = BUF_INIT;

	for (; *line != '\0'; line = *end == '\n' ? end + 1 : end) {
		end = strchrnul(line, '\n');
		buf_reset(&text);
		buf_add(&text, line, (size_t)(end - line));
		findings_add(&s->findings, "settings", buf_str(&text), NULL);
	}
	buf_free(&text);
}

static void
find_contacts(struct survey *s)
{
	static char local[] = "nobody", domain[] = "example.invalid";
	const struct address nobody = { local, domain, NULL };
	const struct settings *o = &s->load->settings;
	struct buf why = BUF_INIT;
	bool known;

	if (o->contacts == NULL) {
		if (o->only_known)
			findings_add(&s->findings, "only-known", _("no file is named"), NULL);
		return;
	}
	contacts_know(&s->load->home, o->contacts, &nobody, &nobody, o->delimiter, &known, &why);
	if (why.len > 0)
		findings_add(&s->findings, o->only_known ? "only-known" : "contacts", buf_str(&why), NULL);
	buf_free(&why);
}

static void
find_owner(struct survey *s)
{
	struct envelope e;
	const struct address *own;

	if (letter_owner(&e, s->load, s->login) && (own = letter_address(&e)) != NULL)
		address_format(&s->owner, own);
	envelope_free(&e);
	if (s->load->settings.alias.n == 0 && s->load->settings.recipient == NULL && s->owner.len > 0)
		findings_add(&s->findings, "no-alias", buf_str(&s->owner), NULL);
}

static void
survey_settings(struct survey *s)
{
	struct buf *fact = &s->facts[AREA_SETTINGS];
	struct stat st;
	const char *place;
	int dir_fd;

	find_problems(s);
	if (s->load->home.fd == -1)
		return;
	find_contacts(s);
	find_owner(s);
	place = home_place(&s->load->home, SETTINGS_USER_FILE, &dir_fd);
	if (fstatat(dir_fd, place, &st, 0) == 0)
		buf_adds(fact, SETTINGS_USER_FILE);
	else
		buf_addf(fact, _("there is no %s"), SETTINGS_USER_FILE);
}

/* `from-date: not a date' is said with the file and line that has it. */
static void
wrong_dates(struct survey *s, const struct buf *why)
{
	static const char names[][SETTING_MAX] = { "from-date", "until", "hours", "holidays", "timezone" };
	struct buf text = BUF_INIT;
	const char *where;
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		where = settings_where(&s->load->settings, names[i]);
		if (where != NULL && text_begins(buf_str(why), names[i]))
			buf_addf(&text, "%s: ", where);
	}
	buf_adds(&text, buf_str(why));
	findings_add(&s->findings, "dates", buf_str(&text), NULL);
	buf_free(&text);
}

static void
find_away(struct survey *s)
{
	int64_t now = s->load->now;
	struct buf text = BUF_INIT, why = BUF_INIT;

	if (now < schedule_start(s->schedule)) {
		survey_date(s, &text, s->load->settings.from_date, schedule_start(s->schedule));
		findings_add(&s->findings, "not-yet", buf_str(&text), NULL);
	} else if (now >= schedule_end(s->schedule)) {
		survey_time(s, &text, schedule_end(s->schedule));
		findings_add(&s->findings, "over", buf_str(&text), NULL);
	} else if (!schedule_active(s->schedule, now, &why))
		findings_add(&s->findings, "outside-hours", s->load->settings.hours, NULL);
	buf_free(&text);
	buf_free(&why);
}

static void
when_fact(struct survey *s)
{
	struct buf *fact = &s->facts[AREA_WHEN], from = BUF_INIT, until = BUF_INIT;
	bool starts = schedule_start(s->schedule) != INT64_MIN, ends = schedule_end(s->schedule) != INT64_MAX;

	if (starts)
		survey_date(s, &from, s->load->settings.from_date, schedule_start(s->schedule));
	if (ends)
		survey_end(s, &until);
	if (starts && ends)
		buf_addf(fact, _("from %s until %s"), buf_str(&from), buf_str(&until));
	else if (starts)
		buf_addf(fact, _("from %s, without an end"), buf_str(&from));
	else if (ends)
		buf_addf(fact, _("until %s"), buf_str(&until));
	else
		buf_adds(fact, _("no dates are set"));
	buf_free(&from);
	buf_free(&until);
}

static void
survey_when(struct survey *s)
{
	const struct settings *o = &s->load->settings;
	const char *zone = getenv("TZ");
	struct buf why = BUF_INIT;

	s->schedule = schedule_new(o->timezone, o->from_date, o->until, o->hours, o->holidays, &why);
	if (s->schedule == NULL)
		wrong_dates(s, &why);
	else {
		find_away(s);
		when_fact(s);
	}
	if (o->paused)
		findings_add(&s->findings, "paused", settings_where(o, "paused"), NULL);
	if (zone != NULL && zone[0] != '\0' && o->timezone == NULL && (o->from_date != NULL || o->until != NULL || o->hours != NULL))
		findings_add(&s->findings, "zone-here", zone, NULL);
	buf_free(&why);
}

static void
find_missing_text(struct survey *s)
{
	enum finding_grade worst;

	if (!s->have_text && !s->never_on && (!findings_worst(&s->findings, AREA_TEXT, &worst) || worst < FINDING_BROKEN))
		findings_add(&s->findings, "no-text", s->load->settings.message, NULL);
}

static void
decide(struct survey *s)
{
	const struct findings *f = &s->findings;

	s->state = SURVEY_ON;
	if (findings_have(f, FINDING_DANGER))
		s->state = SURVEY_BROKEN;
	else if (findings_have(f, FINDING_OFF))
		s->state = SURVEY_OFF;
	else if (findings_have(f, FINDING_BROKEN))
		s->state = SURVEY_BROKEN;
}

bool
survey_login(char **login)
{
	const struct passwd *pw = getpwuid(geteuid());

	*login = pw != NULL ? text_copy(pw->pw_name, strlen(pw->pw_name)) : NULL;
	return pw == NULL || *login != NULL;
}

bool
survey_run(struct survey *s, struct load *l)
{
	bool failed;
	size_t i;

	*s = (struct survey){ .load = l };
	survey_login(&s->login);
	survey_settings(s);
	survey_when(s);
	survey_home(s);
	if (l->home.fd != -1) {
		survey_text(s);
		survey_journal(s);
		survey_delivery(s);
		find_missing_text(s);
		survey_table(s);
	}
	survey_sendmail(s);
	survey_system(s);
	if (l->home.fd != -1)
		survey_rehearsal(s);
	decide(s);
	failed = s->findings.failed && s->findings.n < FINDINGS_MAX;
	for (i = 0; i < FINDING_AREAS; i++)
		failed |= s->facts[i].failed;
	return !failed && !buf_was_short();
}

void
survey_free(struct survey *s)
{
	size_t i;

	findings_free(&s->findings);
	for (i = 0; i < FINDING_AREAS; i++)
		buf_free(&s->facts[i]);
	free(s->login);
	buf_free(&s->owner);
	buf_free(&s->subject);
	buf_free(&s->body);
	wiring_free(&s->wiring);
	journal_close(s->journal);
	schedule_free(s->schedule);
	if (s->have_submitter)
		submit_close(&s->submitter);
}
