/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outcome.h: every outcome's exit status under every policy, as the manual prints it. */
#include "outcome.h"

#include "tests/tap.h"

static const struct {
	enum outcome outcome;
	const char *name;
	int soft, hard, qmail;		/* safe is always 0 */
} rows[] = {
	{ OUTCOME_ANSWERED, "answered", 0, 0, 0 },
	{ OUTCOME_REFUSED, "refused", 0, 0, 0 },
	{ OUTCOME_NO_MESSAGE_FILE, "no-message-file", 0, 69, 100 },
	{ OUTCOME_MESSAGE_FILE, "message-file", 0, 69, 100 },
	{ OUTCOME_SETTINGS, "settings", 0, 69, 100 },
	{ OUTCOME_WRONG_USER, "wrong-user", 0, 69, 100 },
	{ OUTCOME_HOME_MISSING, "home-missing", 75, 75, 75 },
	{ OUTCOME_HOME_FOREIGN, "home-foreign", 0, 69, 100 },
	{ OUTCOME_TABLE_BUSY, "table-busy", 75, 75, 75 },
	{ OUTCOME_TABLE_UNREADABLE, "table-unreadable", 0, 69, 100 },
	{ OUTCOME_TABLE_FULL, "table-full", 75, 75, 75 },
	{ OUTCOME_TABLE_ERROR, "table-error", 75, 75, 75 },
	{ OUTCOME_LIBRARY, "library", 0, 69, 100 },
	{ OUTCOME_UNREADABLE, "unreadable", 0, 69, 100 },
	{ OUTCOME_SENDMAIL_MISSING, "sendmail-missing", 0, 69, 100 },
	{ OUTCOME_SENDMAIL_REFUSED, "sendmail-refused", 0, 69, 100 },
	{ OUTCOME_SENDMAIL_DEFERRED, "sendmail-deferred", 75, 75, 75 },
	{ OUTCOME_SENDMAIL_UNKNOWN, "sendmail-unknown", 0, 0, 0 },
	{ OUTCOME_NO_TIME, "no-time", 75, 75, 75 },
	{ OUTCOME_SYSTEM, "system", 75, 75, 75 },
};

#define ROWS (sizeof rows / sizeof rows[0])

static void
test_statuses(void)
{
	char name[80];
	size_t i;

	for (i = 0; i < ROWS; i++) {
		is_str(outcome_row(rows[i].outcome)->name, rows[i].name, rows[i].name);
		snprintf(name, sizeof name, "%s: safe", rows[i].name);
		is_int(outcome_exit(rows[i].outcome, FAILURE_SAFE, false), 0, name);
		snprintf(name, sizeof name, "%s: safe, under qmail", rows[i].name);
		is_int(outcome_exit(rows[i].outcome, FAILURE_SAFE, true), 0, name);
		snprintf(name, sizeof name, "%s: soft", rows[i].name);
		is_int(outcome_exit(rows[i].outcome, FAILURE_SOFT, false), rows[i].soft, name);
		snprintf(name, sizeof name, "%s: hard", rows[i].name);
		is_int(outcome_exit(rows[i].outcome, FAILURE_HARD, false), rows[i].hard, name);
		snprintf(name, sizeof name, "%s: hard, under qmail", rows[i].name);
		is_int(outcome_exit(rows[i].outcome, FAILURE_HARD, true), rows[i].qmail, name);
	}
}

static void
test_rows(void)
{
	const struct outcome_row *row, *other;
	int o, p;

	is_int(OUTCOMES, (long long)ROWS, "each outcome has a row here");
	for (o = 0; o < OUTCOMES; o++) {
		row = outcome_row((enum outcome)o);
		ok(row->name[0] != '\0' && row->sentence[0] != '\0', "outcome %d has a name and a sentence", o);
		ok(row->failure == (row->level == DIAG_ERROR), "%s: a failure is logged as an error, all else is not", row->name);
		ok(row->failure || !(row->temporary || row->uncertain), "%s: only failures can be temporary or uncertain", row->name);
		ok(!(row->temporary && row->uncertain), "%s: what may have been sent is not tried again", row->name);
		for (p = 0; p < o; p++) {
			other = outcome_row((enum outcome)p);
			if (strcmp(row->name, other->name) == 0)
				ok(false, "%s: name used twice", row->name);
		}
	}
}

int
main(void)
{
	test_statuses();
	test_rows();
	return done_testing();
}
