/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * absence - who wrote while the owner was away
 *
 * From the journal: it holds the last JOURNAL_SLOTS messages that were
 * answered, and as many that were not.  Where an absence is longer than that,
 * the number is said to be the least.
 */
#include "absence.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../diag.h"
#include "../i18n.h"
#include "../outcome.h"
#include "../schedule.h"
#include "../text.h"
#include "commands.h"
#include "history.h"

#define NO_JOURNAL "none"
#define TIME_FORMAT "%Y-%m-%d %H:%M"

static int64_t
begin_of(const struct settings *s)
{
	struct buf why = BUF_INIT;
	int64_t t = 0;

	if (s->begun == NULL || !schedule_instant(s->timezone, s->begun, &t, &why))
		t = 0;
	buf_free(&why);
	return t;
}

static bool
is_answer(const struct journal_entry *e)
{
	return strcmp(e->outcome, outcome_row(OUTCOME_ANSWERED)->name) == 0;
}

/* Whether a newer record says the same sender was answered. */
static bool
is_counted(const struct absence *a, size_t upto)
{
	size_t i;

	for (i = 0; i < upto; i++)
		if (is_answer(&a->entries[i]) && text_equal(a->entries[i].sender, a->entries[upto].sender))
			return true;
	return false;
}

static void
count(struct absence *a, size_t all)
{
	size_t i, kept = 0;

	for (i = 0; i < all && a->entries[i].time >= a->since; i++) {
		kept += a->entries[i].ring == JOURNAL_ANSWERED;
		a->people += is_answer(&a->entries[i]) && !is_counted(a, i);
	}
	a->count = i;
	a->at_least = kept == JOURNAL_SLOTS;
}

int
absence_open(struct absence *a, const struct load *l)
{
	const struct settings *s = &l->settings;
	const char *name;
	int dir_fd;

	*a = (struct absence){ .load = l, .since = begin_of(s) };
	if (text_equal(s->journal, NO_JOURNAL))
		return EX_OK;
	name = home_place(&l->home, s->journal, &dir_fd);
	a->journal = journal_open(dir_fd, name);
	if (a->journal != NULL)
		count(a, journal_entries(a->journal, &a->entries));
	else if (errno != ENOENT) {
		diag_error("%s: %s", s->journal, journal_error(errno));
		return EX_NOINPUT;
	}
	return EX_OK;
}

void
absence_close(struct absence *a)
{
	journal_close(a->journal);
}

static void
say_people(const struct absence *a, const struct schedule *zone)
{
	struct buf since = BUF_INIT;

	if (a->since != 0)
		schedule_format(zone, &since, TIME_FORMAT, a->since);
	else
		buf_adds(&since, _("the journal begins"));
	if (a->at_least)
		printf(_("At least %zu people were answered since %s.\n"), a->people, buf_str(&since));
	else
		printf(i18n_n("%zu person was answered since %s.\n", "%zu people were answered since %s.\n", (unsigned long)a->people),
		    a->people, buf_str(&since));
	buf_free(&since);
}

void
absence_show(const struct absence *a, size_t limit)
{
	struct buf why = BUF_INIT;
	struct history_options o = { .limit = limit, .out = stdout, .since = a->since };
	size_t shown = limit == 0 || limit > a->count ? a->count : limit;

	o.zone = schedule_new(a->load->settings.timezone, NULL, NULL, NULL, NULL, &why);
	o.journal = home_place(&a->load->home, a->load->settings.journal, &o.dir_fd);
	o.colour = command_colour(STDOUT_FILENO);
	o.width = isatty(STDOUT_FILENO) ? command_width(STDOUT_FILENO) : 0;
	say_people(a, o.zone);
	if (a->count > 0) {
		putchar('\n');
		history_print(&o);
	}
	if (a->count > shown)
		printf(i18n_n("%zu older message: backsoon history --limit 0\n", "%zu older messages: backsoon history --limit 0\n",
		    (unsigned long)(a->count - shown)), a->count - shown);
	schedule_free((struct schedule *)(uintptr_t)o.zone);
	buf_free(&why);
}

void
absence_json(const struct absence *a, size_t limit, struct json *j)
{
	size_t i, shown = limit == 0 || limit > a->count ? a->count : limit;
	const struct journal_entry *e;

	json_key(j, "since");
	if (a->since != 0)
		json_int(j, a->since);
	else
		json_null(j);
	json_put_int(j, "people_answered", (int64_t)a->people);
	json_put_bool(j, "at_least", a->at_least);
	json_put_int(j, "messages_seen", (int64_t)a->count);
	json_key(j, "messages");
	json_array_begin(j);
	for (i = 0; i < shown; i++) {
		e = &a->entries[i];
		json_object_begin(j);
		json_put_int(j, "time", e->time);
		json_put_string(j, "sender", e->sender);
		json_put_string(j, "recipient", e->recipient);
		json_put_string(j, "subject", e->subject);
		json_put_string(j, "outcome", e->outcome);
		json_put_string(j, "rule", e->rule[0] != '\0' ? e->rule : NULL);
		json_object_end(j);
	}
	json_array_end(j);
}

bool
absence_limit(const char *text, size_t *limit)
{
	char *end;

	errno = 0;
	*limit = strtoul(text, &end, 10);
	if (errno == 0 && *end == '\0' && text[0] >= '0' && text[0] <= '9')
		return true;
	diag_error(_("--limit: \"%s\" is not a number, as in --limit 20"), text);
	return false;
}
