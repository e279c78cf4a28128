/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart: bars of the last days in blocks and in ASCII, scaled, in a zone; the table by rule; JSON. */
#include "commands/chart.h"

#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "commands/columns.h"
#include "report.h"
#include "tests/tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY 86400
#define NOW 1797000000	/* Friday 2026-12-11T14:40Z */
#define ANSWERED (REPORT_CODES_OUTCOMES + OUTCOME_ANSWERED)
#define MISSING (REPORT_CODES_OUTCOMES + OUTCOME_SENDMAIL_MISSING)
#define NO_FILE (REPORT_CODES_OUTCOMES + OUTCOME_NO_MESSAGE_FILE)
#define LIST 9		/* stands for any rule: named by name_of() below */
#define SPAM 8

static const char *
name_of(unsigned code)
{
	if (code == LIST)
		return "mailing-list";
	if (code == SPAM)
		return "spam";
	return code < REPORT_CODES_OUTCOMES ? NULL : report_code_name(code);
}

struct given {
	unsigned code, count;
	int day;		/* before today */
};

#define GIVEN_MAX 8

static const struct row {
	const char *name, *locale, *zone;
	unsigned days, width;
	bool colour;
	struct given given[GIVEN_MAX];
	const char *want;
} charts[] = {
	{ "nothing yet", "C", NULL, 14, 80, false, { { 0 } }, "No message has come in the last 14 days.\n" },
	{ "nothing today", "C", NULL, 1, 80, false, { { ANSWERED, 1, 1 } }, "No message has come in the last day.\n" },
	{ "a character for each message", "C", "UTC", 3, 80, false,
	    { { ANSWERED, 3, 0 }, { LIST, 2, 0 }, { MISSING, 1, 0 }, { SPAM, 2, 2 }, { NO_FILE, 1, 2 } },
	    "# replied 3  - refused 4  ! failed 2\n\n"
	    "Wed 2026-12-09  --!     0  2  1\n"
	    "Thu 2026-12-10          0  0  0\n"
	    "Fri 2026-12-11  ###--!  3  2  1\n\n"
	    "RESULT                    COUNT\n"
	    "replied                       3\n"
	    "failed: no-message-file       1\n"
	    "failed: sendmail-missing      1\n"
	    "refused: spam                 2\n"
	    "refused: mailing-list         2\n" },
	{ "blocks", "C.UTF-8", "UTC", 1, 80, false, { { ANSWERED, 2, 0 }, { LIST, 2, 0 }, { MISSING, 1, 0 } },
	    "\xe2\x96\x88 replied 2  \xe2\x96\x91 refused 2  ! failed 1\n\n"
	    "Fri 2026-12-11  \xe2\x96\x88\xe2\x96\x88\xe2\x96\x91\xe2\x96\x91!  2  2  1\n\n"
	    "RESULT                    COUNT\n"
	    "replied                       2\n"
	    "failed: sendmail-missing      1\n"
	    "refused: mailing-list         2\n" },
	{ "scaled to a narrow terminal; one message is never nothing", "C", "UTC", 2, 40, false,
	    { { LIST, 1000, 0 }, { ANSWERED, 1, 0 }, { ANSWERED, 10, 1 }, { LIST, 490, 1 } },
	    "# replied 11  - refused 1490  ! failed 0\n\n"
	    "Thu 2026-12-10  #-----       10   490  0\n"
	    "Fri 2026-12-11  #----------   1  1000  0\n\n"
	    "RESULT                 COUNT\n"
	    "replied                   11\n"
	    "refused: mailing-list   1490\n" },
	{ "colour", "C", "UTC", 1, 80, true, { { ANSWERED, 1, 0 } },
	    "\x1b[32m#\x1b[0m replied 1  \x1b[2m-\x1b[0m refused 0  \x1b[31m!\x1b[0m failed 0\n\n"
	    "Fri 2026-12-11  \x1b[32m#\x1b[0m  1  0  0\n\n"
	    "\x1b[1mRESULT   COUNT\x1b[0m\n"
	    "replied      1\n" },
	{ "a zone far east: the local date that most of the day has", "C", "Pacific/Kiritimati", 1, 80, false, { { ANSWERED, 1, 0 } },
	    "# replied 1  - refused 0  ! failed 0\n\n"
	    "Sat 2026-12-12  #  1  0  0\n"
	    "A day here begins at 14:00 (midnight UTC).\n\n"
	    "RESULT   COUNT\n"
	    "replied      1\n" },
	{ "a zone far west", "C", "America/Los_Angeles", 1, 80, false, { { 60, 1, 0 } },
	    "# replied 0  - refused 1  ! failed 0\n\n"
	    "Fri 2026-12-11  -  0  1  0\n"
	    "A day here begins at 16:00 (midnight UTC).\n\n"
	    "RESULT              COUNT\n"
	    "of a newer version      1\n" },
};

static void
fill(struct chart *c, const struct row *row)
{
	chart_init(c, NOW, row->days);
	for (size_t i = 0; i < GIVEN_MAX; i++) {
		for (unsigned n = 0; n < row->given[i].count; n++)
			chart_add(c, row->given[i].code, NOW - (int64_t)row->given[i].day * DAY);
	}
}

static void
test_charts(void)
{
	struct buf b = BUF_INIT, why = BUF_INIT;
	struct chart c;

	for (size_t i = 0; i < COUNT(charts); i++) {
		struct schedule *zone = schedule_new(charts[i].zone, NULL, NULL, NULL, NULL, &why);

		buf_reset(&b);
		setlocale(LC_CTYPE, charts[i].locale);
		fill(&c, &charts[i]);
		chart_write(&b, &c, name_of, zone, charts[i].width, charts[i].colour);
		is_str(buf_str(&b), charts[i].want, charts[i].name);
		schedule_free(zone);
	}
	setlocale(LC_CTYPE, "C");
	buf_free(&why);
	buf_free(&b);
}

/* The widest line of a text. */
static size_t
widest(const char *text)
{
	struct buf line = BUF_INIT;
	size_t most = 0, len;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		buf_reset(&line);
		buf_add(&line, text, len);
		if (columns_width(buf_str(&line)) > most)
			most = columns_width(buf_str(&line));
	}
	buf_free(&line);
	return most;
}

static void
test_widths(void)
{
	struct buf b = BUF_INIT;
	struct chart c;
	unsigned width;

	setlocale(LC_CTYPE, "C.UTF-8");
	chart_init(&c, NOW, CHART_DAYS_MAX);
	for (unsigned day = 0; day < CHART_DAYS_MAX; day++) {
		c.counts[day][ANSWERED] = day;
		c.counts[day][LIST] = 1000 * day;
		c.counts[day][MISSING] = day % 3;
	}
	c.counts[5][LIST] = UINT32_MAX;
	for (width = 40; width <= 200; width++) {
		buf_reset(&b);
		chart_write(&b, &c, name_of, NULL, width, false);
		if (widest(buf_str(&b)) > width)
			break;
	}
	is_int(width, 201, "fits from 40 to 200 columns");
	setlocale(LC_CTYPE, "C");
	buf_free(&b);
}

static void
test_summary(void)
{
	static const struct {
		const char *name;
		struct row row;
		const char *want;
	} rows[] = {
		{ "a phrase: nothing", { .days = 7 }, "" },
		{ "a phrase: one reply", { .days = 7, .given = { { ANSWERED, 1, 0 } } }, "replied 1, failed 0, refused 0" },
		{ "a phrase: outcomes and rules", { .days = 7, .given = { { LIST, 3, 1 }, { SPAM, 4, 2 }, { ANSWERED, 2, 0 }, { MISSING, 1, 1 } } },
		    "replied 2, failed 1 (sendmail-missing 1), refused 7 (spam 4, mailing-list 3)" },
		{ "a phrase: of a newer version", { .days = 7, .given = { { 60, 2, 0 } } }, "replied 0, failed 0, refused 2" },
	};
	struct chart c;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf b = BUF_INIT;

		fill(&c, &rows[i].row);
		chart_summary(&b, &c, name_of);
		is_str(buf_str(&b), rows[i].want, rows[i].name);
		buf_free(&b);
	}
}

static void
test_json(void)
{
	static const struct row row = { .days = 2, .given = { { ANSWERED, 2, 0 }, { LIST, 3, 1 }, { MISSING, 1, 1 }, { 60, 1, 0 } } };
	struct buf b = BUF_INIT;
	struct chart c;
	struct json j;

	fill(&c, &row);
	json_init(&j, &b);
	chart_json(&j, &c, name_of);
	json_end(&j);
	is_str(buf_str(&b), "{\n  \"days\": [\n"
	    "    {\n      \"day\": \"2026-12-10\",\n      \"answered\": 0,\n      \"refused\": 3,\n      \"failed\": 1\n    },\n"
	    "    {\n      \"day\": \"2026-12-11\",\n      \"answered\": 2,\n      \"refused\": 1,\n      \"failed\": 0\n    }\n  ],\n"
	    "  \"rules\": [\n    {\n      \"rule\": \"answered\",\n      \"verdict\": \"answered\",\n      \"count\": 2\n    },\n"
	    "    {\n      \"rule\": \"sendmail-missing\",\n      \"verdict\": \"failed\",\n      \"count\": 1\n    },\n"
	    "    {\n      \"rule\": \"mailing-list\",\n      \"verdict\": \"refused\",\n      \"count\": 3\n    },\n"
	    "    {\n      \"rule\": null,\n      \"verdict\": \"refused\",\n      \"count\": 1\n    }\n  ]\n}\n", "JSON");
	buf_free(&b);
}

/* The journal's counters, as they are read. */
static void
test_journal(void)
{
	static char dir_name[] = "/tmp/chart.XXXXXX";
	struct journal_entry e = { .ring = JOURNAL_REFUSED, .code = LIST };
	struct journal *j;
	struct chart c;
	int dir = -1;

	if (mkdtemp(dir_name) == NULL || (dir = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1) {
		ok(false, "a directory for the journal");
		return;
	}
	for (int day = 0; day < 40; day++) {
		e.time = NOW - day * DAY;
		journal_add(dir, "j", &e);
	}
	j = journal_open(dir, "j");
	chart_init(&c, NOW - DAY, 100);
	is_int(c.days, CHART_DAYS_MAX, "no more days than the journal has");
	chart_add_counters(&c, j, JOURNAL_RULES);
	is_int(c.counts[CHART_DAYS_MAX - 1][LIST], 0, "a day that was counted anew is not this one");
	chart_init(&c, NOW, 2);
	chart_add_counters(&c, j, ANSWERED);
	is_int(c.counts[1][LIST], 0, "another code is not counted");
	chart_init(&c, NOW - 38 * DAY, 1);
	chart_add_counters(&c, j, JOURNAL_RULES);
	is_int(c.counts[0][LIST], 1, "a day that only the journal has left");
	journal_close(j);
	unlinkat(dir, "j", 0);
	close(dir);
	rmdir(dir_name);
}

int
main(void)
{
	test_charts();
	test_summary();
	test_widths();
	test_json();
	test_journal();
	return done_testing();
}
