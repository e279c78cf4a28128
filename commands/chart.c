/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chart - decisions of the last days as bars, and by rule
 *
 * A bar has three parts: answered, refused, failed, each of its own
 * characters, so that it reads without colour.  One character is one message until the
 * busiest day needs more than there is room for; then all days shrink alike,
 * and what happened at all keeps one character.
 *
 * Characters beyond ASCII only where the locale has them (i18n_start() first).
 * The counters hold JOURNAL_DAYS days; older ones are not known.
 */
#include "chart.h"

#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../diag.h"
#include "../i18n.h"
#include "../report.h"
#include "columns.h"

#define DAY 86400
#define NOON (DAY / 2)
#define GAP 2
#define WIDTH_DEFAULT 80
#define DATE_WIDTH 10		/* 2026-12-11 */
#define BAR_LEAST 4
#define VERDICT_MAX 12
#define PLAIN "\x1b[0m"
#define BOLD "\x1b[1m"

enum part { ANSWERED, REFUSED, FAILED, PARTS };

static const struct {
	const char *name;		/* a reply is not called answered: a rule has that name */
	const char *blocks, *ascii, *colour;
} parts[PARTS] = {
	[ANSWERED] = { N_("replied"), "\xe2\x96\x88", "#", "\x1b[32m" },
	[REFUSED] = { N_("refused"), "\xe2\x96\x91", "-", "\x1b[2m" },
	[FAILED] = { N_("failed"), "!", "!", "\x1b[31m" },
};

static const char *const weekdays[] = { N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat") };
#define WEEK (sizeof weekdays / sizeof weekdays[0])

/* What a row of bars looks like. */
struct page {
	struct buf *out;
	const struct chart *chart;
	const struct schedule *zone;
	bool blocks, colour;
	size_t weekday;			/* columns of the longest */
	size_t number[PARTS];		/* columns of the numbers */
	uint64_t totals[PARTS];
	size_t bar;			/* columns of the longest bar */
	uint64_t most;			/* messages of the busiest day */
};

struct count {
	unsigned code;
	uint64_t n;
};

static enum part
part_of(unsigned code)
{
	if (code < REPORT_CODES_OUTCOMES)
		return REFUSED;
	code -= REPORT_CODES_OUTCOMES;
	if (code == OUTCOME_ANSWERED)
		return ANSWERED;
	return code < OUTCOMES && outcome_row((enum outcome)code)->failure ? FAILED : REFUSED;
}

static int64_t
day_of(int64_t t)
{
	return t / DAY - (t % DAY < 0);
}

void
chart_init(struct chart *c, int64_t now, unsigned days)
{
	memset(c, 0, sizeof *c);
	c->days = days == 0 ? 1 : days > CHART_DAYS_MAX ? CHART_DAYS_MAX : days;
	c->first = (day_of(now) - (int64_t)c->days + 1) * DAY;
}

void
chart_add_counters(struct chart *c, struct journal *j, unsigned code)
{
	for (unsigned day = 0; day < c->days; day++) {
		for (unsigned i = 0; i < JOURNAL_RULES; i++) {
			if (code == JOURNAL_RULES || code == i)
				c->counts[day][i] += journal_count(j, i, c->first + (int64_t)day * DAY);
		}
	}
}

void
chart_add(struct chart *c, unsigned code, int64_t time)
{
	int64_t day = day_of(time) - day_of(c->first);

	if (code < JOURNAL_RULES && day >= 0 && day < (int64_t)c->days)
		c->counts[day][code]++;
}

static void
day_parts(const struct chart *c, unsigned day, uint64_t *sums)
{
	memset(sums, 0, PARTS * sizeof sums[0]);
	for (unsigned code = 0; code < JOURNAL_RULES; code++)
		sums[part_of(code)] += c->counts[day][code];
}

static size_t
digits(uint64_t n)
{
	size_t length = 1;

	for (; n >= 10; n /= 10)
		length++;
	return length;
}

static void
measure(struct page *p, unsigned width)
{
	uint64_t sums[PARTS], sum;
	size_t taken = DATE_WIDTH + 1 + GAP;

	for (unsigned day = 0; day < p->chart->days; day++) {
		day_parts(p->chart, day, sums);
		sum = 0;
		for (enum part i = 0; i < PARTS; i++) {
			sum += sums[i];
			p->totals[i] += sums[i];
			if (digits(sums[i]) > p->number[i])
				p->number[i] = digits(sums[i]);
		}
		if (sum > p->most)
			p->most = sum;
	}
	for (size_t i = 0; i < WEEK; i++) {
		if (columns_width(_(weekdays[i])) > p->weekday)
			p->weekday = columns_width(_(weekdays[i]));
	}
	for (enum part i = 0; i < PARTS; i++)
		taken += GAP + p->number[i];
	taken += p->weekday;
	p->bar = width > taken + BAR_LEAST ? width - taken : BAR_LEAST;
	if (p->most < p->bar)
		p->bar = (size_t)p->most;
}

static void
paint(const struct page *p, const char *colour)
{
	if (p->colour)
		buf_adds(p->out, colour);
}

static const char *
sign(const struct page *p, enum part i)
{
	return p->blocks ? parts[i].blocks : parts[i].ascii;
}

static void
add_blanks(struct buf *out, size_t n)
{
	buf_addf(out, "%*s", (int)n, "");
}

/* What each character means, and how many there were in all: side by side where that fits. */
static void
write_legend(struct page *p, unsigned width)
{
	size_t taken = 0, need;

	for (enum part i = 0; i < PARTS; i++) {
		const char *name = _(parts[i].name);

		need = 2 + columns_width(name) + 1 + digits(p->totals[i]);
		if (taken > 0 && taken + GAP + need > width) {
			buf_addc(p->out, '\n');
			taken = 0;
		} else if (taken > 0)
			add_blanks(p->out, GAP);
		taken += need + (taken > 0 ? GAP : 0);
		paint(p, parts[i].colour);
		buf_adds(p->out, sign(p, i));
		paint(p, PLAIN);
		buf_addf(p->out, " %s %" PRIu64, name, p->totals[i]);
	}
	buf_adds(p->out, "\n\n");
}

/* Columns of each part: to scale, at least one for what is not zero, at most p->bar together. */
static void
scale(const struct page *p, const uint64_t *sums, size_t *lengths)
{
	size_t sum = 0;
	enum part longest = 0;

	for (enum part i = 0; i < PARTS; i++) {
		lengths[i] = (size_t)(sums[i] * p->bar / p->most);
		if (sums[i] > 0 && lengths[i] == 0)
			lengths[i] = 1;
		sum += lengths[i];
		if (lengths[i] > lengths[longest])
			longest = i;
	}
	if (sum > p->bar)
		lengths[longest] -= sum - p->bar;
}

static void
write_bar(struct page *p, const uint64_t *sums)
{
	size_t lengths[PARTS], used = 0;

	scale(p, sums, lengths);
	for (enum part i = 0; i < PARTS; i++) {
		used += lengths[i];
		if (lengths[i] == 0)
			continue;
		paint(p, parts[i].colour);
		for (size_t n = 0; n < lengths[i]; n++)
			buf_adds(p->out, sign(p, i));
		paint(p, PLAIN);
	}
	add_blanks(p->out, p->bar - used);
}

static const char *
weekday(const struct page *p, int64_t t)
{
	struct buf number = BUF_INIT;
	size_t n;

	schedule_format(p->zone, &number, "%w", t);
	n = (size_t)strtoul(buf_str(&number), NULL, 10) % WEEK;
	p->out->failed |= number.failed;
	buf_free(&number);
	return _(weekdays[n]);
}

static void
write_days(struct page *p)
{
	uint64_t sums[PARTS];
	int64_t noon = p->chart->first + NOON;

	for (unsigned day = 0; day < p->chart->days; day++, noon += DAY) {
		day_parts(p->chart, day, sums);
		columns_pad(p->out, weekday(p, noon), p->weekday);
		schedule_format(p->zone, p->out, " %Y-%m-%d", noon);
		add_blanks(p->out, GAP);
		write_bar(p, sums);
		for (enum part i = 0; i < PARTS; i++)
			buf_addf(p->out, "%*s%*" PRIu64, GAP, "", (int)p->number[i], sums[i]);
		buf_addc(p->out, '\n');
	}
}

/* Counters know days of UTC alone. */
static void
write_note(struct page *p)
{
	struct buf text = BUF_INIT;

	schedule_format(p->zone, &text, "%H:%M", p->chart->first + (int64_t)(p->chart->days - 1) * DAY);
	if (strcmp(buf_str(&text), "00:00") != 0)
		buf_addf(p->out, _("A day here begins at %s (midnight UTC).\n"), buf_str(&text));
	p->out->failed |= text.failed;
	buf_free(&text);
}

/* Outcomes first: what was refused is the longest list. */
static const signed char in_order[PARTS] = { [ANSWERED] = 0, [FAILED] = 1, [REFUSED] = 2 };

static int
largest_first(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	if (part_of(x->code) != part_of(y->code))
		return in_order[part_of(x->code)] - in_order[part_of(y->code)];
	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return (x->code > y->code) - (x->code < y->code);
}

/* What was counted at all, by code. */
static size_t
by_rule(const struct chart *c, struct count *counts)
{
	size_t n = 0;

	for (unsigned code = 0; code < JOURNAL_RULES; code++) {
		counts[n] = (struct count){ .code = code };
		for (unsigned day = 0; day < c->days; day++)
			counts[n].n += c->counts[day][code];
		if (counts[n].n > 0)
			n++;
	}
	qsort(counts, n, sizeof counts[0], largest_first);
	return n;
}

/* What a row counts: what became of messages, and why. */
static void
add_name(struct buf *out, const char *(*code_name)(unsigned), unsigned code)
{
	const char *name = code_name(code);
	enum part part = part_of(code);

	if (name == NULL)
		buf_adds(out, _("of a newer version"));
	else if (part == ANSWERED || code == REPORT_CODES_OUTCOMES + OUTCOME_REFUSED)
		buf_adds(out, _(parts[part].name));
	else
		buf_addf(out, part == FAILED ? _("failed: %s") : _("refused: %s"), name);
}

static void
write_rules(struct page *p, const char *(*code_name)(unsigned))
{
	struct count counts[JOURNAL_RULES];
	size_t n = by_rule(p->chart, counts), width = columns_width(_("RESULT")), number = columns_width(_("COUNT"));
	struct buf name = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		buf_reset(&name);
		add_name(&name, code_name, counts[i].code);
		if (columns_width(buf_str(&name)) > width)
			width = columns_width(buf_str(&name));
		if (digits(counts[i].n) > number)
			number = digits(counts[i].n);
	}
	buf_addc(p->out, '\n');
	paint(p, BOLD);
	columns_pad(p->out, _("RESULT"), width);
	add_blanks(p->out, GAP + number - columns_width(_("COUNT")));
	buf_adds(p->out, _("COUNT"));
	paint(p, PLAIN);
	buf_addc(p->out, '\n');
	for (size_t i = 0; i < n; i++) {
		buf_reset(&name);
		add_name(&name, code_name, counts[i].code);
		columns_pad(p->out, buf_str(&name), width);
		buf_addf(p->out, "%*s%*" PRIu64 "\n", GAP, "", (int)number, counts[i].n);
	}
	p->out->failed |= name.failed;
	buf_free(&name);
}

/* `5 (spam 3, answered 2)' */
static void
add_part(struct buf *out, const struct count *counts, size_t n, enum part part, const char *(*code_name)(unsigned))
{
	uint64_t total = 0;
	const char *name, *before = " (";

	for (size_t i = 0; i < n; i++)
		total += part_of(counts[i].code) == part ? counts[i].n : 0;
	buf_addf(out, "%" PRIu64, total);
	for (size_t i = 0; i < n && part != ANSWERED; i++) {
		name = code_name(counts[i].code);
		if (name == NULL || part_of(counts[i].code) != part)
			continue;
		buf_addf(out, "%s%s %" PRIu64, before, name, counts[i].n);
		before = ", ";
	}
	buf_adds(out, before[0] == ',' ? ")" : "");
}

void
chart_summary(struct buf *out, const struct chart *c, const char *(*code_name)(unsigned))
{
	struct count counts[JOURNAL_RULES];
	struct buf text[PARTS] = { BUF_INIT, BUF_INIT, BUF_INIT };
	size_t n = by_rule(c, counts);

	for (enum part i = 0; i < PARTS; i++)
		add_part(&text[i], counts, n, i, code_name);
	if (n > 0)
		buf_addf(out, _("replied %s, failed %s, refused %s"), buf_str(&text[ANSWERED]), buf_str(&text[FAILED]), buf_str(&text[REFUSED]));
	for (enum part i = 0; i < PARTS; i++) {
		out->failed |= text[i].failed;
		buf_free(&text[i]);
	}
}

void
chart_write(struct buf *out, const struct chart *c, const char *(*code_name)(unsigned), const struct schedule *zone, unsigned width, bool colour)
{
	struct page p = { .out = out, .chart = c, .zone = zone, .colour = colour };

	p.blocks = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (width == 0)
		width = WIDTH_DEFAULT;
	measure(&p, width);
	if (p.most == 0) {
		buf_addf(out, i18n_n("No message has come in the last day.\n", "No message has come in the last %u days.\n", c->days), c->days);
		return;
	}
	write_legend(&p, width);
	write_days(&p);
	write_note(&p);
	write_rules(&p, code_name);
}

static void
json_days(struct json *j, const struct chart *c)
{
	char day[sizeof "-2147483648-12-31"];
	uint64_t sums[PARTS];
	struct tm tm;

	json_key(j, "days");
	json_array_begin(j);
	for (unsigned i = 0; i < c->days; i++) {
		time_t t = (time_t)(c->first + (int64_t)i * DAY);

		day_parts(c, i, sums);
		json_object_begin(j);
		json_put_string(j, "day", gmtime_r(&t, &tm) != NULL && strftime(day, sizeof day, "%Y-%m-%d", &tm) > 0 ? day : NULL);
		json_put_int(j, "answered", (int64_t)sums[ANSWERED]);
		json_put_int(j, "refused", (int64_t)sums[REFUSED]);
		json_put_int(j, "failed", (int64_t)sums[FAILED]);
		json_object_end(j);
	}
	json_array_end(j);
}

void
chart_json(struct json *j, const struct chart *c, const char *(*code_name)(unsigned))
{
	static const char verdicts[PARTS][VERDICT_MAX] = { [ANSWERED] = "answered", [REFUSED] = "refused", [FAILED] = "failed" };
	struct count counts[JOURNAL_RULES];
	size_t n = by_rule(c, counts);

	json_object_begin(j);
	json_days(j, c);
	json_key(j, "rules");
	json_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(j);
		json_put_string(j, "rule", code_name(counts[i].code));
		json_put_string(j, "verdict", verdicts[part_of(counts[i].code)]);
		json_put_int(j, "count", (int64_t)counts[i].n);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}
