/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history_table - the journal's records as a table and as JSON
 *
 * People get columns that fit their terminal: the widest gives way first, and
 * what is cut ends in an ellipsis.  Programs get objects.
 * Everything in a record came from a stranger, so it goes through diag_visible() or the
 * JSON writer before it is shown.
 *
 * Failures: memory, which sticks to the buffer that is written to.
 */
#include <string.h>
#include <time.h>

#include "../diag.h"
#include "../i18n.h"
#include "../json.h"
#include "columns.h"
#include "history_parts.h"

#define GAP 2
#define COLUMN_TITLE_MAX 12
#define BECAUSE_WIDTH 120	/* a terminal of so many columns has room for one more */
#define NARROW_WIDTH 80		/* one of fewer has none for the year, nor for verdict and rule side by side */
#define NARROW_FOLLOW 100	/* the same while the rows are not known: there must be room for the longest of both */
#define BOLD "\x1b[1m"
#define GREEN "\x1b[32m"
#define RED "\x1b[31m"
#define DIM "\x1b[2m"
#define PLAIN "\x1b[0m"

static const struct {
	char title[COLUMN_TITLE_MAX];
	size_t least;		/* columns that it keeps when room is short */
	size_t narrow;		/* the same in a narrow terminal; 0: not shown there */
	size_t usual;		/* columns while the rows are not known */
} columns[HISTORY_COLUMNS] = {
	[HISTORY_TIME] = { N_("TIME"), 16, 11, 16 },
	[HISTORY_VERDICT] = { N_("VERDICT"), 17, 19, 17 },
	[HISTORY_RULE] = { N_("RULE"), 19, 0, 19 },
	[HISTORY_SENDER] = { N_("SENDER"), 12, 6, 28 },
	[HISTORY_SUBJECT] = { N_("SUBJECT"), 8, 7, 40 },
	[HISTORY_BECAUSE] = { N_("BECAUSE"), 12, 0, 40 },
};

static const char *
text_of(const struct history_table *t, const struct journal_entry *e, enum history_column c)
{
	switch (c) {
	case HISTORY_VERDICT:
		return t->narrow && e->rule[0] != '\0' ? e->rule : e->outcome;
	case HISTORY_RULE:
		return e->rule;
	case HISTORY_SENDER:
		return e->sender;
	case HISTORY_SUBJECT:
		return e->subject;
	case HISTORY_BECAUSE:
		return e->why;
	default:
		return "";
	}
}

static void
cell_text(const struct history_table *t, const struct journal_entry *e, enum history_column c, struct buf *cell)
{
	const char *text = text_of(t, e, c);

	buf_reset(cell);
	if (c == HISTORY_TIME)
		schedule_format(t->options->zone, cell, t->narrow ? "%m-%d %H:%M" : "%Y-%m-%d %H:%M", e->time);
	else
		diag_visible(cell, text, strlen(text));
}

static void
table_init(struct history_table *t, const struct history_options *o, unsigned narrow, struct buf *out)
{
	*t = (struct history_table){ .options = o, .narrow = o->width != 0 && o->width < narrow, .out = out };
	for (enum history_column c = 0; c < HISTORY_COLUMNS; c++) {
		if (t->narrow ? columns[c].narrow == 0 : c == HISTORY_BECAUSE && o->width < BECAUSE_WIDTH)
			continue;
		t->widths[t->columns] = columns_width(_(columns[c].title));
		t->shown[t->columns++] = c;
	}
}

/* Verdict and rule are what is looked for: senders and subjects give way, and in the end the subjects go. */
static void
fit(struct history_table *t)
{
	size_t least[HISTORY_COLUMNS], widths[HISTORY_COLUMNS];

	for (size_t i = 0; i < t->columns; i++)
		least[i] = t->narrow ? columns[t->shown[i]].narrow : columns[t->shown[i]].least;
	memcpy(widths, t->widths, sizeof widths);
	if (columns_fit(t->widths, least, t->columns, GAP, t->options->width) || !t->narrow)
		return;
	memcpy(t->widths, widths, sizeof widths);
	columns_fit(t->widths, least, --t->columns, GAP, t->options->width);
}

static void
measure(struct history_table *t, const struct journal_entry *const *rows, size_t n)
{
	struct buf cell = BUF_INIT;
	size_t width;

	for (size_t c = 0; c < t->columns; c++) {
		for (size_t i = 0; i < n; i++) {
			cell_text(t, rows[i], t->shown[c], &cell);
			width = columns_width(buf_str(&cell));
			if (width > t->widths[c])
				t->widths[c] = width;
		}
	}
	t->out->failed |= cell.failed;
	buf_free(&cell);
	fit(t);
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
put_cell(struct history_table *t, size_t c, const char *text, const char *colour)
{
	bool coloured = t->options->colour && colour != NULL, last = c + 1 == t->columns;
	size_t width = t->widths[c];

	if (t->options->width == 0 && columns_width(text) > width)
		width = columns_width(text);
	if (coloured)
		buf_adds(t->out, colour);
	if (last)
		columns_add(t->out, text, width);
	else
		columns_pad(t->out, text, width);
	if (coloured)
		buf_adds(t->out, PLAIN);
	if (last)
		buf_addc(t->out, '\n');
	else
		buf_addf(t->out, "%*s", GAP, "");
}

static void
put_head(struct history_table *t)
{
	for (size_t c = 0; c < t->columns; c++)
		put_cell(t, c, _(columns[t->shown[c]].title), BOLD);
}

void
history_table_row(struct history_table *t, const struct journal_entry *e)
{
	struct buf cell = BUF_INIT;

	for (size_t c = 0; c < t->columns; c++) {
		cell_text(t, e, t->shown[c], &cell);
		put_cell(t, c, buf_str(&cell), t->shown[c] == HISTORY_VERDICT ? verdict_colour(e) : NULL);
	}
	t->out->failed |= cell.failed;
	buf_free(&cell);
}

void
history_table_write(const struct history_options *o, struct buf *out, const struct journal_entry *const *rows, size_t n)
{
	struct history_table t;

	table_init(&t, o, NARROW_WIDTH, out);
	measure(&t, rows, n);
	put_head(&t);
	for (size_t i = 0; i < n; i++)
		history_table_row(&t, rows[i]);
}

void
history_table_begin(struct history_table *t, const struct history_options *o, struct buf *out)
{
	size_t usual;

	table_init(t, o, NARROW_FOLLOW, out);
	for (size_t c = 0; c < t->columns; c++) {
		usual = t->narrow && t->shown[c] == HISTORY_VERDICT ? columns[HISTORY_RULE].usual : columns[t->shown[c]].usual;
		if (usual > t->widths[c])
			t->widths[c] = usual;
	}
	fit(t);
	put_head(t);
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
put_object(struct json *j, const struct journal_entry *e)
{
	json_object_begin(j);
	json_put_int(j, "sequence", (int64_t)e->sequence);
	json_put_int(j, "time", e->time);
	put_date(j, e->time);
	json_put_string(j, "outcome", e->outcome);
	json_put_string(j, "rule", e->rule[0] != '\0' ? e->rule : NULL);
	json_put_string(j, "sender", e->sender);
	json_put_string(j, "recipient", e->recipient);
	json_put_string(j, "subject", e->subject);
	json_put_string(j, "because", e->why);
	json_object_end(j);
}

void
history_json_write(struct buf *out, const struct journal_entry *const *rows, size_t n)
{
	struct json j;

	json_init(&j, out);
	json_array_begin(&j);
	for (size_t i = 0; i < n; i++)
		put_object(&j, rows[i]);
	json_array_end(&j);
	json_end(&j);
}

/* Line breaks in strings are escaped: those that are left are the writer's, each followed by its indentation. */
void
history_json_line(struct buf *out, const struct journal_entry *e)
{
	struct buf text = BUF_INIT;
	struct json j;
	const char *p;

	json_init(&j, &text);
	put_object(&j, e);
	json_end(&j);
	for (p = buf_str(&text); *p != '\0'; p++) {
		if (*p != '\n') {
			buf_addc(out, *p);
			continue;
		}
		p += strspn(p + 1, " ");
		if (p[1] != '\0')
			buf_addc(out, ' ');
	}
	buf_addc(out, '\n');
	out->failed |= text.failed;
	buf_free(&text);
}
