/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status - is it on, until when, and does it work?
 *
 * One screen: whether mail is answered and why not, how it gets here, the
 * text, who was answered last, the counts of a week, and what is wrong with
 * the command that mends it.  Everything comes from a survey (survey.h); what cannot be
 * read is a finding there and a line less here.
 *
 * Exit status: 0 on, 1 off, 2 broken; sysexits.h for wrong usage.
 */
#include "commands.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../diag.h"
#include "../draft.h"
#include "../i18n.h"
#include "../json.h"
#include "../report.h"
#include "../text.h"
#include "chart.h"
#include "show.h"
#include "survey.h"

#define STATUS_DAYS 7
#define STATE_MAX 8
#define SENTENCE_MAX 48
#define STATUS_TEXT_LINES 2

static const char states[][STATE_MAX] = { [SURVEY_ON] = "on", [SURVEY_OFF] = "off", [SURVEY_BROKEN] = "broken" };

static void
show_state(const struct screen *s, enum survey_state state)
{
	static const struct {
		char colour[STATE_MAX], sentence[SENTENCE_MAX];
	} rows[] = {
		[SURVEY_ON] = { "1;32", N_("Mail is answered.") },
		[SURVEY_OFF] = { "1;33", N_("No mail is answered: it is off.") },
		[SURVEY_BROKEN] = { "1;31", N_("No mail is answered: something is broken.") },
	};

	show_coloured(s, rows[state].colour, _(rows[state].sentence));
	buf_addc(s->out, '\n');
}

/* Since when: as `on' has noted it, else the first day. */
static bool
since_when(const struct survey *s, int64_t *since)
{
	const struct settings *o = &s->load->settings;
	struct buf why = BUF_INIT;
	bool known = o->begun != NULL && schedule_instant(o->timezone, o->begun, since, &why);

	buf_free(&why);
	if (!known && s->schedule != NULL && schedule_start(s->schedule) != INT64_MIN) {
		*since = schedule_start(s->schedule);
		known = true;
	}
	return known;
}

static void
show_dates(const struct screen *screen, const struct survey *s)
{
	const struct settings *o = &s->load->settings;
	struct buf text = BUF_INIT;
	int64_t since;

	if (since_when(s, &since)) {
		survey_date(s, &text, o->begun != NULL ? o->begun : o->from_date, since);
		show_line(screen, since > s->load->now ? _("From") : _("Since"), buf_str(&text));
		buf_reset(&text);
	}
	if (s->schedule != NULL && schedule_end(s->schedule) != INT64_MAX) {
		survey_end(s, &text);
		show_line(screen, _("Until"), buf_str(&text));
	} else if (s->schedule != NULL && s->state == SURVEY_ON)
		show_line(screen, _("Until"), _("you turn it off"));
	if (o->hours != NULL)
		show_line(screen, _("Hours"), o->hours);
	buf_free(&text);
}

static void
show_text(const struct screen *screen, const struct survey *s)
{
	const char *line = buf_str(&s->body), *end;
	struct buf text = BUF_INIT;
	int shown = 0;

	if (!s->have_text)
		return;
	if (draft_is(s->load->settings.message))
		show_line(screen, _("Draft"), buf_str(&s->facts[AREA_TEXT]));
	if (s->subject.len > 0) {
		text_clean_line(&text, buf_str(&s->subject), s->subject.len, s->subject.len);
		show_cut(screen, _("Subject"), buf_str(&text));
	}
	for (; *line != '\0' && shown < STATUS_TEXT_LINES; line = *end == '\n' ? end + 1 : end) {
		end = strchrnul(line, '\n');
		buf_reset(&text);
		text_clean_line(&text, line, (size_t)(end - line), (size_t)(end - line));
		if (text.len > 0)
			show_cut(screen, shown++ == 0 ? _("Text") : "", buf_str(&text));
	}
	buf_free(&text);
}

static void
show_record(const struct screen *screen, const struct survey *s, const char *title, const struct journal_entry *e, const char *more)
{
	struct buf text = BUF_INIT;

	if (e == NULL)
		return;
	survey_time(s, &text, e->time);
	buf_adds(&text, "  ");
	diag_visible(&text, e->sender, strlen(e->sender));
	buf_adds(&text, more[0] != '\0' ? "  " : "");
	diag_visible(&text, more, strlen(more));
	show_cut(screen, title, buf_str(&text));
	buf_free(&text);
}

static void
show_last(const struct screen *screen, const struct survey *s)
{
	const struct journal_entry *failed = survey_last_failed(s), *answered = survey_last_answered(s);
	struct buf text = BUF_INIT;

	if (s->nentries > 0 && answered != &s->entries[0]) {
		if (s->entries[0].rule[0] != '\0')
			buf_addf(&text, _("refused: %s"), s->entries[0].rule);
		else
			buf_adds(&text, s->entries[0].outcome);
		show_record(screen, s, _("Last mail"), &s->entries[0], buf_str(&text));
		buf_reset(&text);
	}
	show_record(screen, s, _("Answered"), answered, answered != NULL ? answered->subject : "");
	if (failed != NULL)
		buf_addf(&text, "%s: %s", failed->outcome, failed->why);
	show_record(screen, s, _("Last error"), failed, buf_str(&text));
	buf_free(&text);
}

/* One line where `history --chart' has a table. */
static void
show_counts(const struct screen *screen, const struct chart *c)
{
	struct buf text = BUF_INIT;

	chart_summary(&text, c, report_code_name);
	if (text.len > 0)
		show_line(screen, _("Counts"), buf_str(&text));
	screen->out->failed |= text.failed;
	buf_free(&text);
}

/* Its bars without its table: they end at the second empty line. */
static void
show_chart(const struct screen *screen, const struct survey *s)
{
	struct buf text = BUF_INIT;
	struct chart c;
	const char *days, *end;

	if (s->journal == NULL)
		return;
	chart_init(&c, s->load->now, STATUS_DAYS);
	chart_add_counters(&c, s->journal, JOURNAL_RULES);
	chart_write(&text, &c, report_code_name, s->schedule, screen->width, screen->colour);
	days = strstr(buf_str(&text), "\n\n");
	end = days != NULL ? strstr(days + 2, "\n\n") : NULL;
	buf_addc(screen->out, '\n');
	buf_add(screen->out, buf_str(&text), end != NULL ? (size_t)(end + 1 - buf_str(&text)) : text.len);
	show_counts(screen, &c);
	screen->out->failed |= text.failed;
	buf_free(&text);
}

static void
show_findings(const struct screen *screen, const struct survey *s)
{
	enum finding_grade grade;
	bool first = true;
	size_t i;

	for (i = 0; i < s->findings.n; i++) {
		grade = s->findings.item[i].row->grade;
		/* While it is off by choice, what would be in the way of a reply is for `check'. */
		if (grade == FINDING_NOTE || (grade == FINDING_BROKEN && s->state == SURVEY_OFF))
			continue;
		if (first)
			buf_addc(screen->out, '\n');
		first = false;
		show_finding(screen, &s->findings.item[i], false);
	}
}

static void
show_all(const struct survey *s, struct buf *out)
{
	struct screen screen = { out, command_width(STDOUT_FILENO), command_colour(STDOUT_FILENO) };

	show_state(&screen, s->state);
	show_dates(&screen, s);
	if (s->facts[AREA_DELIVERY].len > 0)
		show_line(&screen, finding_area_title(AREA_DELIVERY), buf_str(&s->facts[AREA_DELIVERY]));
	show_text(&screen, s);
	show_last(&screen, s);
	show_chart(&screen, s);
	show_findings(&screen, s);
}

/* For programs. */

static void
json_time(struct json *j, const char *key, bool known, int64_t t)
{
	json_key(j, key);
	if (known)
		json_int(j, t);
	else
		json_null(j);
}

static void
json_record(struct json *j, const char *key, const struct journal_entry *e)
{
	json_key(j, key);
	if (e == NULL) {
		json_null(j);
		return;
	}
	json_object_begin(j);
	json_put_int(j, "time", e->time);
	json_put_string(j, "outcome", e->outcome);
	json_put_string(j, "sender", e->sender);
	json_put_string(j, "subject", e->subject);
	json_put_string(j, "because", e->why);
	json_object_end(j);
}

static void
json_delivery(struct json *j, const struct survey *s)
{
	json_key(j, "wired");
	if (s->wiring_known)
		json_bool(j, s->wiring.wired);
	else
		json_null(j);
	json_put_string(j, "delivery_file", s->wiring_known ? buf_str(&s->wiring.file) : NULL);
	json_time(j, "last_seen", s->nentries > 0, s->nentries > 0 ? s->entries[0].time : 0);
	json_put_string(j, "subject", s->subject.len > 0 ? buf_str(&s->subject) : NULL);
	json_put_string(j, "text", s->have_text ? buf_str(&s->body) : NULL);
	json_put_string(j, "text_from", s->load->settings.message);
	json_time(j, "draft_time", s->have_text && s->draft.time != INT64_MIN, s->draft.time);
	json_record(j, "last_answered", survey_last_answered(s));
	json_record(j, "last_error", survey_last_failed(s));
}

static void
json_all(const struct survey *s, struct buf *out)
{
	struct chart c;
	struct json j;
	int64_t since = 0;
	bool known = since_when(s, &since), ends = s->schedule != NULL && schedule_end(s->schedule) != INT64_MAX;
	size_t i;

	json_init(&j, out);
	json_object_begin(&j);
	json_put_string(&j, "state", states[s->state]);
	json_put_int(&j, "now", s->load->now);
	json_time(&j, "since", known, since);
	json_time(&j, "until", ends, ends ? schedule_end(s->schedule) : 0);
	json_delivery(&j, s);
	chart_init(&c, s->load->now, STATUS_DAYS);
	if (s->journal != NULL)
		chart_add_counters(&c, s->journal, JOURNAL_RULES);
	json_key(&j, "counts");
	chart_json(&j, &c, report_code_name);
	json_key(&j, "findings");
	json_array_begin(&j);
	for (i = 0; i < s->findings.n; i++)
		finding_json(&j, &s->findings.item[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
}

int
status_command(int argc, char **argv)
{
	return survey_command(argc, argv, show_all, json_all);
}
