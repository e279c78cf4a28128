/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list_print - the rows of `backsoon list', for people and for programs
 *
 * People get columns that fit their terminal, with times where there is room
 * and dates where there is not, and fewer columns in a narrow one.  Programs get an array of objects.
 *
 * Failures: an exit status, and why.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../diag.h"
#include "../i18n.h"
#include "../json.h"
#include "columns.h"
#include "list.h"

#define GAP 2
#define COLUMN_TITLE_MAX 12
#define SENDER_LEAST 14		/* columns that a sender keeps */
#define BOLD "\x1b[1m"
#define DIM "\x1b[2m"
#define PLAIN "\x1b[0m"
#define ROOMY 110		/* columns from which on times are written out */
#define FLUSH_AT (1 << 16)	/* bytes of output that are collected */

enum column { SENDER, ANSWERS, FIRST, LAST, HEARD, NEXT, COLUMNS };

static const char titles[COLUMNS][COLUMN_TITLE_MAX] = {
	[SENDER] = N_("SENDER"), [ANSWERS] = N_("ANSWERS"), [FIRST] = N_("FIRST"), [LAST] = N_("LAST"), [HEARD] = N_("HEARD"), [NEXT] = N_("NEXT"),
};

/* What goes first where room is short; a time that is cut says nothing. */
static const enum column dispensable[] = { HEARD, FIRST, ANSWERS };

struct layout {
	enum column shown[COLUMNS];
	size_t widths[COLUMNS];
	size_t n;
};

/* Where there is room the time as well; else that only for today, as there the date says nothing. */
static void
put_time(const struct list *l, struct buf *cell, int64_t t)
{
	struct buf today = BUF_INIT, day = BUF_INIT;

	if (l->width == 0 || l->width >= ROOMY) {
		schedule_format(l->zone, cell, "%Y-%m-%d %H:%M", t);
		return;
	}
	schedule_format(l->zone, &today, "%Y-%m-%d", l->p.l.now);
	schedule_format(l->zone, &day, "%Y-%m-%d", t);
	if (strcmp(buf_str(&today), buf_str(&day)) == 0)
		schedule_format(l->zone, cell, "%H:%M", t);
	else
		buf_adds(cell, buf_str(&day));
	buf_free(&today);
	buf_free(&day);
}

static void
cell_text(const struct list *l, const struct person *p, enum column c, struct buf *cell)
{
	const int64_t times[COLUMNS] = { [FIRST] = p->first, [LAST] = p->last, [HEARD] = p->heard, [NEXT] = p->next };

	buf_reset(cell);
	if (c == SENDER)
		diag_visible(cell, p->sender, strlen(p->sender));
	else if (c == ANSWERS)
		buf_addf(cell, "%u", p->count);
	else if (c == NEXT && p->excluded)
		buf_adds(cell, _("excluded"));
	else if (c == NEXT && (p->next == 0 || p->next == INT64_MAX))
		buf_adds(cell, p->next == 0 ? _("now") : _("never"));
	else if (times[c] == 0)
		buf_addc(cell, '-');
	else
		put_time(l, cell, times[c]);
}

static void
drop(struct layout *t, enum column c)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->shown[i] != c) {
			t->widths[n] = t->widths[i];
			t->shown[n++] = t->shown[i];
		}
	t->n = n;
}

/* Only senders are cut; where that is not enough, columns go. */
static void
fit(const struct list *l, struct layout *t)
{
	size_t widths[COLUMNS], least[COLUMNS], dropped = 0;

	for (;;) {
		memcpy(widths, t->widths, sizeof widths);
		memcpy(least, t->widths, sizeof least);
		if (least[SENDER] > SENDER_LEAST)
			least[SENDER] = SENDER_LEAST;
		if (columns_fit(widths, least, t->n, GAP, l->width) || dropped == sizeof dispensable / sizeof dispensable[0])
			break;
		drop(t, dispensable[dropped++]);
	}
	memcpy(t->widths, widths, sizeof widths);
}

static void
measure(const struct list *l, struct layout *t)
{
	struct buf cell = BUF_INIT;
	size_t width, i;
	enum column c;

	for (c = 0; c < COLUMNS; c++) {
		t->shown[c] = c;
		t->widths[c] = columns_width(_(titles[c]));
		for (i = 0; i < l->n; i++) {
			cell_text(l, &l->person[i], c, &cell);
			width = columns_width(buf_str(&cell));
			if (width > t->widths[c])
				t->widths[c] = width;
		}
	}
	t->n = COLUMNS;
	buf_free(&cell);
	fit(l, t);
}

static void
put_row(const struct list *l, struct buf *out, const struct person *p, const struct layout *t)
{
	struct buf cell = BUF_INIT;
	enum column c;

	if (l->colour && (p == NULL || p->excluded))
		buf_adds(out, p == NULL ? BOLD : DIM);
	for (size_t i = 0; i < t->n; i++) {
		c = t->shown[i];
		if (p == NULL) {
			buf_reset(&cell);
			buf_adds(&cell, _(titles[c]));
		} else
			cell_text(l, p, c, &cell);
		if (c == ANSWERS)
			buf_addf(out, "%*s", (int)(t->widths[i] - columns_width(buf_str(&cell))), "");
		if (i + 1 == t->n || c == ANSWERS)
			columns_add(out, buf_str(&cell), t->widths[i]);
		else
			columns_pad(out, buf_str(&cell), t->widths[i]);
		if (i + 1 < t->n)
			buf_addf(out, "%*s", GAP, "");
	}
	buf_adds(out, l->colour && (p == NULL || p->excluded) ? PLAIN "\n" : "\n");
	out->failed |= cell.failed;
	buf_free(&cell);
}

static bool
spill(struct buf *out, bool all)
{
	if (out->failed || (!all && out->len < FLUSH_AT))
		return !out->failed;
	if (fwrite(buf_str(out), 1, out->len, stdout) != out->len)
		return false;
	buf_reset(out);
	return true;
}

static void
put_optional(struct json *j, const char *key, int64_t t)
{
	json_key(j, key);
	if (t == 0 || t == INT64_MAX)
		json_null(j);
	else
		json_int(j, t);
}

static void
put_object(struct json *j, const struct person *p)
{
	json_object_begin(j);
	json_put_string(j, "sender", p->sender);
	json_put_int(j, "answers", p->count);
	put_optional(j, "first", p->first);
	put_optional(j, "last", p->last);
	put_optional(j, "heard", p->heard);
	json_put_string(j, "answerable", p->next == 0 ? "now" : p->next == INT64_MAX ? "never" : "later");
	put_optional(j, "next", p->next);
	json_put_bool(j, "excluded", p->excluded);
	json_object_end(j);
}

int
list_print(struct list *l)
{
	struct buf out = BUF_INIT;
	struct layout t;
	struct json j;
	size_t i;
	bool good = true;

	json_init(&j, &out);
	if (l->json)
		json_array_begin(&j);
	else if (l->n == 0)
		buf_addf(&out, "%s\n", l->text != NULL || l->excluded || l->waiting ? _("Nobody like that.") : _("Nobody was answered yet."));
	else {
		measure(l, &t);
		put_row(l, &out, NULL, &t);
	}
	for (i = 0; i < l->n && good; i++) {
		const struct person *p = &l->person[l->reverse ? l->n - 1 - i : i];

		if (l->json)
			put_object(&j, p);
		else
			put_row(l, &out, p, &t);
		good = spill(&out, false);
	}
	if (l->json) {
		json_array_end(&j);
		json_end(&j);
	}
	if (!spill(&out, true) && out.failed) {
		diag_error("%s", _("not enough memory"));
		buf_free(&out);
		return EX_OSERR;
	}
	buf_free(&out);
	return people_flush();
}
