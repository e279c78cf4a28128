/* SPDX-License-Identifier: GPL-3.0-or-later */
/* findings: rows, sentences, grades, limits; and a table that is nearly full, which takes too long with deliveries. */
#include "commands/findings.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/survey_parts.h"
#include "deadline.h"
#include "tests/tap.h"
#include "vacation_db.h"

#define NOW 1797000000
#define CROWD 900	/* of 1000 */

static const struct row {
	const char *id, *first, *second, *what, *mend;
} rows[] = {
	{ "delivery-mode", "~/.forward", "0666", "~/.forward has mode 0666.",
	    "chmod 600 ~/.forward; where the mail server must read it as another user: chmod 644 ~/.forward" },
	{ "no-new-privs", NULL, NULL, "no_new_privs is set in this session.", "Take NoNewPrivileges out of the service that delivers mail." },
	{ "variable", "~/.vacation.msg", "\x1b[31m", "~/.vacation.msg holds $\\x1b[31m, which is no variable.",
	    "backsoon(1) has the variables; a dollar sign that is one is written $$." },
	{ "table-foreign", "~/t", NULL, "~/t is another program's file; the table is beside it, in ~/t.gdbm.",
	    "If it is a vacation program's: backsoon import ~/t; if it is worth nothing, move it away." },
	{ "settings", "%2%1", "never", "%2%1", "Correct the line; vacation.conf(5) has all names and values." },
	{ "wiring-unknown", "why", "one\ntwo", "How your mail is delivered could not be found out: why", "one\ntwo" },
};

static void
test_sentences(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct findings f = { .n = 0 };
		struct buf text = BUF_INIT;

		findings_add(&f, rows[i].id, rows[i].first, rows[i].second);
		finding_what(&text, &f.item[0]);
		is_str(buf_str(&text), rows[i].what, rows[i].id);
		buf_reset(&text);
		finding_mend(&text, &f.item[0]);
		is_str(buf_str(&text), rows[i].mend, rows[i].id);
		buf_free(&text);
		findings_free(&f);
	}
}

static void
test_rows(void)
{
	unsigned twice = 0, empty = 0;

	for (const struct finding_row *a = finding_rows; a->id[0] != '\0'; a++) {
		for (const struct finding_row *b = finding_rows; b < a; b++)
			twice += strcmp(a->id, b->id) == 0;
		empty += a->what[0] == '\0' || a->why[0] == '\0' || a->mend[0] == '\0';
	}
	is_int(twice, 0, "each id is there once");
	is_int(empty, 0, "each row has its three sentences");
}

static void
test_limits(void)
{
	struct findings f = { .n = 0 };
	enum finding_grade worst = FINDING_NOTE;

	ok(!findings_worst(&f, AREA_SETTINGS, &worst), "nothing was found");
	findings_add(&f, "no-alias", "a@b", NULL);
	ok(findings_worst(&f, AREA_SETTINGS, &worst) && worst == FINDING_NOTE, "a note");
	findings_add(&f, "only-known", "x", NULL);
	findings_add(&f, "contacts", "x", NULL);
	ok(findings_worst(&f, AREA_SETTINGS, &worst) && worst == FINDING_BROKEN, "the worst of three");
	ok(!findings_worst(&f, AREA_TABLE, &worst), "another area");
	ok(findings_have(&f, FINDING_WARNING) && !findings_have(&f, FINDING_OFF), "which grades there are");
	ok(!f.failed, "all of them are kept");
	findings_add(&f, "nonsense", NULL, NULL);
	ok(f.failed && f.n == 3, "a row that there is not");
	f.failed = false;
	for (int i = 0; i < FINDINGS_MAX; i++)
		findings_add(&f, "settings", "x", NULL);
	ok(f.failed && f.n == FINDINGS_MAX, "no more than FINDINGS_MAX");
	findings_free(&f);
}

static bool
fill(int dir, unsigned from, unsigned to)
{
	struct vacation_db *db = vacation_db_new(dir, "table", deadline_clock() + 60000);
	struct vacation_db_limits limits = { .period = 86400 };
	struct vacation_db_claim claim;
	struct vacation_db_info info;
	char sender[32];
	bool good = db != NULL;

	for (unsigned i = from; i < to && good; i++) {
		struct vacation_db_who who = { .owner = "", .handle = "h", .sender = sender };

		snprintf(sender, sizeof sender, "s%u@example.com", i);
		vacation_db_set_deadline(db, deadline_clock() + 10000);
		good = vacation_db_claim(db, &who, &limits, NOW, &claim, &info) == VACATION_DB_GRANTED;
	}
	vacation_db_free(db);
	return good;
}

static bool
is_crowded(int dir)
{
	struct load l = { .home = { .fd = dir }, .now = NOW };
	struct survey s = { .load = &l };
	enum finding_grade worst;
	bool crowded;

	settings_init(&l.settings);
	l.settings.table = "table";
	l.settings.max_senders = 1000;
	survey_table(&s);
	crowded = findings_worst(&s.findings, AREA_TABLE, &worst) && strcmp(s.findings.item[0].row->id, "table-crowded") == 0;
	findings_free(&s.findings);
	buf_free(&s.facts[AREA_TABLE]);
	settings_free(&l.settings);
	return crowded;
}

static void
test_crowd(void)
{
	char path[] = "/tmp/findings.XXXXXX";
	int dir = mkdtemp(path) != NULL ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	ok(dir != -1 && fill(dir, 0, CROWD - 1), "a table with many senders");
	ok(!is_crowded(dir), "it has room");
	ok(fill(dir, CROWD - 1, CROWD), "one more");
	ok(is_crowded(dir), "it is nearly full");
	unlinkat(dir, "table", 0);
	unlinkat(dir, "table.lock", 0);
	close(dir);
	rmdir(path);
}

int
main(void)
{
	test_rows();
	test_sentences();
	test_limits();
	test_crowd();
	return done_testing();
}
