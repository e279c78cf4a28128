/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer_dates - the dates that a reply shows
 *
 * Formatted before the composer starts, because it can open no time zone
 * file.  For people they are in the language of `language', else in the one
 * that the message file says its text has (Content-Language), else English.
 * The last day of an absence that ends with a day is the one before the end.
 *
 * Failures: a zone that is not installed; memory.
 */
#include "answer_lookup.h"

#include <string.h>

#include "dates.h"
#include "template.h"

#define DATE_TIME_FORMAT "%a, %d %b %Y %H:%M:%S %z"	/* RFC 5322 3.3 */
#define TAG_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

static const struct answer_dated dated[ANSWER_DATED_MAX] = { { "FROM_DATE", "from-date" }, { "UNTIL", "until" } };

/* The first of the languages that the message file says it has. */
static void
add_text_language(struct buf *tag, const struct buf *text)
{
	size_t len = 0, blanks;
	const char *value = template_head_value(buf_str(text), text->len, "Content-Language", &len);

	if (value == NULL)
		return;
	blanks = strspn(value, " \t");
	if (blanks < len)
		buf_add(tag, value + blanks, strspn(value + blanks, TAG_CHARACTERS));
}

static void
add_day(const struct answer *a, struct buf *out, const char *language, int64_t t, bool whole)
{
	struct tm tm;

	if (schedule_local(a->schedule, t, &tm))
		dates_add(out, language, &tm, whole ? DATES_YEAR : DATES_YEAR | DATES_TIME);
}

static void
add_days(struct answer *a, const char *language)
{
	int64_t start = schedule_start(a->schedule), end = schedule_end(a->schedule);
	bool by_day = schedule_ends_by_day(a->schedule);

	add_day(a, &a->text_date, language, a->now, true);
	if (start != INT64_MIN)
		add_day(a, &a->text_from_date, language, start, schedule_starts_by_day(a->schedule));
	if (end != INT64_MAX)
		add_day(a, &a->text_until, language, end - by_day, by_day);
}

bool
answer_dates(struct answer *a)
{
	struct buf tag = BUF_INIT;

	if (a->schedule == NULL)
		a->schedule = schedule_new(a->settings->timezone, NULL, NULL, NULL, NULL, &a->why);
	if (a->schedule == NULL) {
		a->outcome = OUTCOME_SETTINGS;
		return false;
	}
	schedule_format(a->schedule, &a->date, DATE_TIME_FORMAT, a->now);
	if (a->text->language == NULL)
		add_text_language(&tag, &a->template_text);
	add_days(a, a->text->language != NULL ? a->text->language : buf_str(&tag));
	buf_free(&tag);
	return true;
}

size_t
answer_unset_dates(const struct settings *s, const char *text, size_t len, const struct answer_dated *found[ANSWER_DATED_MAX])
{
	const char *const values[ANSWER_DATED_MAX] = { s->from_date, s->until };
	size_t i, n = 0;

	for (i = 0; i < ANSWER_DATED_MAX; i++)
		if (values[i] == NULL && template_uses(text, len, dated[i].variable))
			found[n++] = &dated[i];
	return n;
}
