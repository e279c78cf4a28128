/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey_records - the table and the journal
 *
 * Both are read as they are; neither is made, mended nor set aside here.
 * The table's lock is taken for a moment, for reading, as a delivery does.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../deadline.h"
#include "../text.h"
#include "../vacation_db.h"
#include "survey_parts.h"

#define CROWDED_PERCENT 90
#define NO_JOURNAL "none"

struct count {
	size_t answered, excluded;
	int64_t newest;
};

bool
survey_no_journal(const struct survey *s)
{
	return text_equal(s->load->settings.journal, NO_JOURNAL);
}

static void
find_future(struct survey *s, const char *name, int64_t t)
{
	struct buf text = BUF_INIT;

	if (t <= s->load->now + VACATION_DB_FUTURE_MAX)
		return;
	survey_time(s, &text, t);
	findings_add(&s->findings, "clock", name, buf_str(&text));
	buf_free(&text);
}

static bool
count_row(void *ctx, const struct vacation_db_row *row)
{
	struct count *c = ctx;

	if (row->excluded)
		c->excluded++;
	else
		c->answered++;
	if (row->last_answered > c->newest)
		c->newest = row->last_answered;
	return true;
}

static void
find_crowd(struct survey *s, size_t senders)
{
	uint32_t most = s->load->settings.max_senders;
	struct buf have = BUF_INIT, may = BUF_INIT;

	if (senders < (uint64_t)most * CROWDED_PERCENT / 100)
		return;
	buf_addf(&have, "%zu", senders);
	buf_addf(&may, "%lu", (unsigned long)most);
	findings_add(&s->findings, "table-crowded", buf_str(&have), buf_str(&may));
	buf_free(&have);
	buf_free(&may);
}

static void
table_verdict(struct survey *s, const struct vacation_db *db, enum vacation_db_result result, const struct vacation_db_info *info,
    const struct count *c)
{
	const char *name = s->load->settings.table, *detail = info->detail[0] != '\0' ? info->detail : vacation_db_result_name(result);

	if (result != VACATION_DB_FREE) {
		findings_add(&s->findings, result == VACATION_DB_BUSY ? "table-busy" : "table-unusable", name, detail);
		return;
	}
	if (info->beside)
		findings_add(&s->findings, "table-foreign", name, NULL);
	else if (info->detail[0] != '\0')
		findings_add(&s->findings, "table-damaged", name, detail);
	else if (vacation_db_is_lost(db))
		findings_add(&s->findings, "table-lost", name, NULL);
	find_crowd(s, c->answered);
	find_future(s, name, c->newest);
	s->answered = c->answered;
	s->excluded = c->excluded;
	buf_addf(&s->facts[AREA_TABLE], _("%zu answered, %zu excluded"), c->answered, c->excluded);
}

/* What can be mended is no failure for a delivery: a peek tells which it is. */
static bool
is_mended(struct vacation_db *db, int64_t now, struct vacation_db_info *info)
{
	const struct vacation_db_who who = { .owner = "", .handle = "", .sender = "" };
	const struct vacation_db_limits limits = { .period = VACATION_DB_FOREVER };

	return vacation_db_peek(db, &who, &limits, now, info) == VACATION_DB_FREE;
}

void
survey_table(struct survey *s)
{
	struct vacation_db_info info = { .count = 0 };
	struct count c = { 0, 0, 0 };
	enum vacation_db_result result;
	struct vacation_db *db;
	const char *name;
	int dir_fd;

	name = home_place(&s->load->home, s->load->settings.table, &dir_fd);
	db = vacation_db_new(dir_fd, name, deadline_clock() + VACATION_DB_LOCK_MS);
	if (db == NULL)
		return;
	result = vacation_db_list(db, count_row, &c, &info);
	if (result == VACATION_DB_UNREADABLE && is_mended(db, s->load->now, &info))
		result = VACATION_DB_FREE;
	table_verdict(s, db, result, &info, &c);
	vacation_db_free(db);
}

/* The journal. */

/* Whether the record is of a reply that was due and failed. */
static bool
has_failed(const struct journal_entry *e)
{
	int o;

	for (o = 0; o < OUTCOMES; o++)
		if (strcmp(outcome_row((enum outcome)o)->name, e->outcome) == 0)
			return outcome_row((enum outcome)o)->failure;
	return false;
}

static const struct journal_entry *
last(const struct survey *s, bool failed)
{
	size_t i;

	for (i = 0; i < s->nentries; i++)
		if (s->entries[i].ring == JOURNAL_ANSWERED && has_failed(&s->entries[i]) == failed)
			return &s->entries[i];
	return NULL;
}

const struct journal_entry *
survey_last_answered(const struct survey *s)
{
	return last(s, false);
}

const struct journal_entry *
survey_last_failed(const struct survey *s)
{
	return last(s, true);
}

static void
find_failure(struct survey *s)
{
	const struct journal_entry *failed = survey_last_failed(s), *answered = survey_last_answered(s);
	struct buf text = BUF_INIT;

	if (failed == NULL || (answered != NULL && answered < failed))
		return;
	buf_addf(&text, "%s%s%s", failed->outcome, failed->why[0] != '\0' ? ": " : "", failed->why);
	findings_add(&s->findings, "last-failed", buf_str(&text), NULL);
	buf_free(&text);
}

void
survey_journal(struct survey *s)
{
	const char *name = s->load->settings.journal, *place, *where = settings_where(&s->load->settings, "journal");
	struct buf last_seen = BUF_INIT;
	int dir_fd;

	if (survey_no_journal(s)) {
		findings_add(&s->findings, "journal-off", where, NULL);
		return;
	}
	place = home_place(&s->load->home, name, &dir_fd);
	s->journal = journal_open(dir_fd, place);
	if (s->journal == NULL) {
		if (errno != ENOENT)
			findings_add(&s->findings, "journal", name, journal_error(errno));
		return;
	}
	s->nentries = journal_entries(s->journal, &s->entries);
	find_failure(s);
	if (s->nentries > 0)
		find_future(s, name, s->entries[0].time);
	if (s->nentries > 0)
		survey_time(s, &last_seen, s->entries[0].time);
	buf_addf(&s->facts[AREA_JOURNAL], i18n_n("%zu record, of %s", "%zu records, the last of %s", s->nentries), s->nentries,
	    s->nentries > 0 ? buf_str(&last_seen) : "-");
	buf_free(&last_seen);
}
