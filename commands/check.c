/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check - the doctor
 *
 * Shows every area with what was looked at there, and below it each finding: what,
 * why it matters, how to mend it.  All of it comes from a survey (survey.h).
 *
 * Exit status: whether mail will be answered: 0 yes, 1 no, by choice, 2 no,
 * something is broken; sysexits.h for wrong usage.
 */
#include "commands.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../diag.h"
#include "../i18n.h"
#include "../json.h"
#include "columns.h"
#include "show.h"
#include "survey.h"

#define MARK_WIDTH 9
#define STATE_MAX 8
#define SENTENCE_MAX 56

static const char states[][STATE_MAX] = { [SURVEY_ON] = "yes", [SURVEY_OFF] = "off", [SURVEY_BROKEN] = "broken" };

static void
put_mark(const struct screen *screen, bool found, enum finding_grade grade)
{
	struct buf mark = BUF_INIT;

	columns_pad(&mark, found ? _(finding_grade_name(grade)) : _("ok"), MARK_WIDTH - 1);
	show_coloured(screen, found ? show_grade_colour(grade) : "32", buf_str(&mark));
	buf_addc(screen->out, ' ');
	screen->out->failed |= mark.failed;
	buf_free(&mark);
}

static void
show_area(const struct screen *screen, const struct survey *s, enum finding_area area)
{
	const char *fact = buf_str(&s->facts[area]);
	enum finding_grade worst = FINDING_NOTE;
	bool found = findings_worst(&s->findings, area, &worst);
	size_t i;

	put_mark(screen, found, worst);
	columns_pad(screen->out, finding_area_title(area), SHOW_TITLE - 1);
	buf_addc(screen->out, ' ');
	show_words(screen, fact[0] != '\0' ? fact : "-", MARK_WIDTH + SHOW_TITLE, MARK_WIDTH + SHOW_TITLE);
	for (i = 0; i < s->findings.n; i++)
		if (s->findings.item[i].row->area == area)
			show_finding(screen, &s->findings.item[i], true);
}

static void
show_all(const struct survey *s, struct buf *out)
{
	static const struct {
		char colour[STATE_MAX], sentence[SENTENCE_MAX];
	} verdicts[] = {
		[SURVEY_ON] = { "1;32", N_("Mail will be answered.") },
		[SURVEY_OFF] = { "1;33", N_("No mail will be answered, by choice.") },
		[SURVEY_BROKEN] = { "1;31", N_("No mail will be answered: something is broken.") },
	};
	struct screen screen = { out, command_width(STDOUT_FILENO), command_colour(STDOUT_FILENO) };
	int area;

	for (area = 0; area < FINDING_AREAS; area++)
		show_area(&screen, s, (enum finding_area)area);
	buf_addc(out, '\n');
	show_coloured(&screen, verdicts[s->state].colour, _(verdicts[s->state].sentence));
	buf_addc(out, '\n');
}

static void
json_area(struct json *j, const struct survey *s, enum finding_area area)
{
	enum finding_grade worst = FINDING_NOTE;
	bool found = findings_worst(&s->findings, area, &worst);
	const char *fact = buf_str(&s->facts[area]);
	size_t i;

	json_object_begin(j);
	json_put_string(j, "area", finding_area_name(area));
	json_put_string(j, "grade", found ? finding_grade_name(worst) : "ok");
	json_put_string(j, "fact", fact[0] != '\0' ? fact : NULL);
	json_key(j, "findings");
	json_array_begin(j);
	for (i = 0; i < s->findings.n; i++)
		if (s->findings.item[i].row->area == area)
			finding_json(j, &s->findings.item[i]);
	json_array_end(j);
	json_object_end(j);
}

static void
json_all(const struct survey *s, struct buf *out)
{
	struct json j;
	int area;

	json_init(&j, out);
	json_object_begin(&j);
	json_put_string(&j, "answers", states[s->state]);
	json_put_string(&j, "owner", s->owner.len > 0 ? buf_str(&s->owner) : NULL);
	json_key(&j, "stranger_answered_now");
	if (s->rehearsed)
		json_bool(&j, s->due);
	else
		json_null(&j);
	json_key(&j, "areas");
	json_array_begin(&j);
	for (area = 0; area < FINDING_AREAS; area++)
		json_area(&j, s, (enum finding_area)area);
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
}

int
check_command(int argc, char **argv)
{
	return survey_command(argc, argv, show_all, json_all);
}
