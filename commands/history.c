/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history - the journal for people and for programs
 *
 * Chooses among the journal's records and counters; history_table.c shows
 * them, chart.c draws them, history_follow.c waits for more.
 *
 * No journal yet is an empty history.  A journal that cannot be read is said
 * on the log and in the exit status.
 */
#include "history.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "../diag.h"
#include "../i18n.h"
#include "../json.h"
#include "../text.h"
#include "chart.h"
#include "history_parts.h"

#define DAY 86400

/* What a record is filed under: its rule, or what became of the message. */
static const char *
reason(const struct journal_entry *e)
{
	return e->rule[0] != '\0' ? e->rule : e->outcome;
}

bool
history_wanted(const struct history_options *o, const struct journal_entry *e)
{
	if (o->since != 0 && e->time < o->since)
		return false;
	if (o->sender != NULL && !text_contains(e->sender, o->sender))
		return false;
	return o->rule == NULL || text_equal(reason(e), o->rule);
}

static size_t
choose(const struct history_options *o, const struct journal_entry *entries, size_t n, const struct journal_entry **rows)
{
	size_t count = 0;

	for (size_t i = 0; i < n && (o->limit == 0 || count < o->limit); i++) {
		if (history_wanted(o, &entries[i]))
			rows[count++] = &entries[i];
	}
	return count;
}

/* The code that --rule names, JOURNAL_RULES without --rule or when it is not known. */
static unsigned
rule_code(const struct history_options *o)
{
	const char *name;
	unsigned code = 0;

	if (o->rule == NULL || o->code_name == NULL)
		return JOURNAL_RULES;
	for (; code < JOURNAL_RULES; code++) {
		name = o->code_name(code);
		if (name != NULL && text_equal(name, o->rule))
			break;
	}
	return code;
}

int
history_flush(const struct history_options *o, const struct buf *out)
{
	if (out->failed) {
		diag_error(_("not enough memory"));
		return EX_OSERR;
	}
	if (fwrite(buf_str(out), 1, out->len, o->out) == out->len && fflush(o->out) == 0)
		return EX_OK;
	/* --follow finds out by itself, before the next look, that nobody reads. */
	if (o->follow && errno == EPIPE)
		return EX_OK;
	diag_error(_("writing: %s"), strerror(errno));
	return EX_IOERR;
}

static int
print_list(const struct history_options *o, struct journal *j)
{
	const struct journal_entry *rows[2 * JOURNAL_SLOTS], *entries = NULL;
	struct buf out = BUF_INIT;
	size_t n = 0;
	int status;

	if (j != NULL) {
		n = journal_entries(j, &entries);
		n = choose(o, entries, n, rows);
	}
	if (o->json)
		history_json_write(&out, rows, n);
	else if (n > 0)
		history_table_write(o, &out, rows, n);
	else
		diag_info(_("the journal holds no such record"));
	status = history_flush(o, &out);
	buf_free(&out);
	return status;
}

/* Counters do not know who wrote: for that, and for a limit, the records are counted. */
static void
fill_chart(const struct history_options *o, struct journal *j, struct chart *c)
{
	const struct journal_entry *rows[2 * JOURNAL_SLOTS], *entries = NULL;
	size_t n;

	if (o->sender == NULL && o->limit == 0) {
		chart_add_counters(c, j, rule_code(o));
		return;
	}
	n = journal_entries(j, &entries);
	n = choose(o, entries, n, rows);
	for (size_t i = 0; i < n; i++)
		chart_add(c, rows[i]->code, rows[i]->time);
}

static int
print_chart(const struct history_options *o, struct journal *j)
{
	unsigned days = CHART_DAYS_DEFAULT;
	struct buf out = BUF_INIT;
	struct chart c;
	struct json json;
	int status;

	if (o->since != 0) {
		days = 1;
		while (days < CHART_DAYS_MAX && o->now - o->now % DAY - (int64_t)(days - 1) * DAY > o->since)
			days++;
	}
	chart_init(&c, o->now, days);
	if (j != NULL)
		fill_chart(o, j, &c);
	if (o->json) {
		json_init(&json, &out);
		chart_json(&json, &c, o->code_name);
		json_end(&json);
	} else
		chart_write(&out, &c, o->code_name, o->zone, o->width, o->colour);
	status = history_flush(o, &out);
	buf_free(&out);
	return status;
}

/* The name that was meant, or where all of them are. */
static void
complain_of_rule(const struct history_options *o)
{
	unsigned code, d, least = (unsigned)strlen(o->rule) / 3 + 1;
	const char *name, *best = NULL;

	for (code = 0; code < JOURNAL_RULES; code++) {
		name = o->code_name(code);
		d = name != NULL ? text_distance(o->rule, name) : least;
		if (d < least) {
			least = d;
			best = name;
		}
	}
	if (best != NULL)
		diag_error(_("there is no rule or outcome of the name %s: did you mean %s?"), o->rule, best);
	else
		diag_error(_("there is no rule or outcome of the name %s; see backsoon explain --rules"), o->rule);
}

int
history_print(const struct history_options *o)
{
	struct journal *j;
	int status;

	if (o->rule != NULL && o->code_name != NULL && rule_code(o) == JOURNAL_RULES) {
		complain_of_rule(o);
		return EX_USAGE;
	}
	if (o->follow)
		return history_follow(o);
	j = journal_open(o->dir_fd, o->journal);
	if (j == NULL && errno != ENOENT) {
		diag_error("%s: %s", o->journal, journal_error(errno));
		return errno == ENOMEM ? EX_OSERR : EX_NOINPUT;
	}
	status = o->chart ? print_chart(o, j) : print_list(o, j);
	journal_close(j);
	return status;
}
