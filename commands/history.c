/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history - the journal for people and for programs
 *
 * People get columns that fit their terminal: the widest gives way first, and
 * what is cut ends in an ellipsis.  Programs get an array of objects.
 * Everything in a record came from a stranger, so it goes through diag_visible() or the
 * JSON writer before it is shown.
 *
 * No journal yet is an empty history.  A journal that cannot be read is said
 * on the log and in the exit status.
 */
#include "history.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "../diag.h"
#include "../i18n.h"
#include "../journal.h"
#include "../json.h"
#include "../text.h"
#include "columns.h"

#define GAP 2
#define BOLD "\x1b[1m"
#define GREEN "\x1b[32m"
#define RED "\x1b[31m"
#define DIM "\x1b[2m"
#define PLAIN "\x1b[0m"

enum column { TIME, VERDICT, RULE, SENDER, SUBJECT, COLUMNS };

static const struct {
	const char *title;
	size_t least;		/* columns that it keeps on a narrow terminal */
} columns[COLUMNS] = {
	[TIME] = { N_("TIME"), 16 },
	[VERDICT] = { N_("VERDICT"), 8 },
	[RULE] = { N_("RULE"), 8 },
	[SENDER] = { N_("SENDER"), 12 },
	[SUBJECT] = { N_("SUBJECT"), 8 },
};

struct table {
	const struct history_options *options;
	const struct journal_entry *const *rows;
	size_t count;
	size_t widths[COLUMNS];
	struct buf *out;
};

static bool
contains(const char *text, const char *part)
{
	for (; *text != '\0'; text++) {
		if (text_begins(text, part))
			return true;
	}
	return *part == '\0';
}

/* What a record is filed under: its rule, or what became of the message. */
static const char *
reason(const struct journal_entry *e)
{
	return e->rule[0] != '\0' ? e->rule : e->outcome;
}

static bool
is_wanted(const struct history_options *o, const struct journal_entry *e)
{
	if (o->since != 0 && e->time < o->since)
		return false;
	if (o->sender != NULL && !contains(e->sender, o->sender))
		return false;
	return o->rule == NULL || text_equal(reason(e), o->rule);
}

static size_t
choose(const struct history_options *o, const struct journal_entry *entries, size_t n, const struct journal_entry **rows)
{
	size_t count = 0;

	for (size_t i = 0; i < n && (o->limit == 0 || count < o->limit); i++) {
		if (is_wanted(o, &entries[i]))
			rows[count++] = &entries[i];
	}
	return count;
}

static void
cell_text(const struct history_options *o, const struct journal_entry *e, enum column c, struct buf *cell)
{
	const char *const texts[COLUMNS] = { [VERDICT] = e->outcome, [RULE] = e->rule, [SENDER] = e->sender, [SUBJECT] = e->subject };

	buf_reset(cell);
	if (c == TIME)
		schedule_format(o->zone, cell, "%Y-%m-%d %H:%M", e->time);
	else
		diag_visible(cell, texts[c], strlen(texts[c]));
}

static void
measure(struct table *t)
{
	struct buf cell = BUF_INIT;
	size_t least[COLUMNS], width;

	for (enum column c = 0; c < COLUMNS; c++) {
		t->widths[c] = columns_width(_(columns[c].title));
		for (size_t i = 0; i < t->count; i++) {
			cell_text(t->options, t->rows[i], c, &cell);
			width = columns_width(buf_str(&cell));
			if (width > t->widths[c])
				t->widths[c] = width;
		}
		least[c] = columns[c].least;
	}
	t->out->failed |= cell.failed;
	buf_free(&cell);
	columns_fit(t->widths, least, COLUMNS, GAP, t->options->width);
}

static const char *
verdict_colour(const struct journal_entry *e)
{
	if (e->ring == JOURNAL_REFUSED)
		return DIM;
	return strcmp(e->outcome, "answered") == 0 ? GREEN : RED;
}

/* One cell and the gap after it; the last is not filled up. */
static void
put_cell(struct table *t, enum column c, const char *text, const char *colour)
{
	bool coloured = t->options->colour && colour != NULL;

	if (coloured)
		buf_adds(t->out, colour);
	if (c + 1 == COLUMNS)
		columns_add(t->out, text, t->widths[c]);
	else
		columns_pad(t->out, text, t->widths[c]);
	if (coloured)
		buf_adds(t->out, PLAIN);
	if (c + 1 == COLUMNS)
		buf_addc(t->out, '\n');
	else
		buf_addf(t->out, "%*s", GAP, "");
}

static void
write_table(struct table *t)
{
	struct buf cell = BUF_INIT;

	measure(t);
	for (enum column c = 0; c < COLUMNS; c++)
		put_cell(t, c, _(columns[c].title), BOLD);
	for (size_t i = 0; i < t->count; i++) {
		for (enum column c = 0; c < COLUMNS; c++) {
			cell_text(t->options, t->rows[i], c, &cell);
			put_cell(t, c, buf_str(&cell), c == VERDICT ? verdict_colour(t->rows[i]) : NULL);
		}
	}
	t->out->failed |= cell.failed;
	buf_free(&cell);
}

static void
put_date(struct json *j, int64_t t)
{
	char text[sizeof "-2147483648-12-31T23:59:59Z"];
	time_t seconds = (time_t)t;
	struct tm tm;

	json_key(j, "date");
	if (gmtime_r(&seconds, &tm) != NULL && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		json_string(j, text);
	else
		json_null(j);
}

static void
write_json(const struct table *t)
{
	struct json j;

	json_init(&j, t->out);
	json_array_begin(&j);
	for (size_t i = 0; i < t->count; i++) {
		const struct journal_entry *e = t->rows[i];

		json_object_begin(&j);
		json_put_int(&j, "sequence", (int64_t)e->sequence);
		json_put_int(&j, "time", e->time);
		put_date(&j, e->time);
		json_put_string(&j, "outcome", e->outcome);
		json_put_string(&j, "rule", e->rule[0] != '\0' ? e->rule : NULL);
		json_put_string(&j, "sender", e->sender);
		json_put_string(&j, "recipient", e->recipient);
		json_put_string(&j, "subject", e->subject);
		json_put_string(&j, "because", e->why);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_end(&j);
}

static bool
rule_exists(const struct history_options *o)
{
	const char *name;

	if (o->rule == NULL || o->code_name == NULL)
		return true;
	for (unsigned code = 0; code < JOURNAL_RULES; code++) {
		name = o->code_name(code);
		if (name != NULL && text_equal(name, o->rule))
			return true;
	}
	diag_error(_("there is no rule or outcome of the name %s"), o->rule);
	return false;
}

static int
write_out(struct table *t)
{
	if (t->options->json)
		write_json(t);
	else if (t->count > 0)
		write_table(t);
	else
		diag_info(_("the journal holds no such record"));
	if (t->out->failed) {
		diag_error(_("out of memory"));
		return EX_OSERR;
	}
	if (fwrite(buf_str(t->out), 1, t->out->len, t->options->out) == t->out->len && fflush(t->options->out) == 0)
		return EX_OK;
	diag_error(_("writing: %s"), strerror(errno));
	return EX_IOERR;
}

int
history_print(const struct history_options *o)
{
	const struct journal_entry *rows[2 * JOURNAL_SLOTS], *entries = NULL;
	struct buf out = BUF_INIT;
	struct table t = { .options = o, .rows = rows, .out = &out };
	struct journal *j;
	size_t n;
	int status;

	if (!rule_exists(o))
		return EX_USAGE;
	j = journal_open(o->dir_fd, o->journal);
	if (j == NULL && errno != ENOENT) {
		diag_error("%s: %s", o->journal, journal_error(errno));
		return errno == ENOMEM ? EX_OSERR : EX_NOINPUT;
	}
	if (j != NULL) {
		n = journal_entries(j, &entries);
		t.count = choose(o, entries, n, rows);
	}
	status = write_out(&t);
	journal_close(j);
	buf_free(&out);
	return status;
}
