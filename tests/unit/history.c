/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history and columns: widths, cutting, fitting; the journal as a table and as JSON. */
#include "commands/history.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "commands/columns.h"
#include "diag.h"
#include "journal.h"
#include "report.h"
#include "tests/tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ANSWERED (REPORT_CODES_OUTCOMES + OUTCOME_ANSWERED)
#define MISSING (REPORT_CODES_OUTCOMES + OUTCOME_SENDMAIL_MISSING)
#define NOW 1797000000	/* 2026-12-11T14:40Z */

static char dir_name[] = "/tmp/history.XXXXXX";
static int dir_fd;

static const struct { const char *name, *text; size_t width; const char *cut; } texts[] = {
	/* cut to six columns */
	{ "ASCII", "abcdef", 6, "abcdef" },
	{ "too long", "abcdefg", 7, "abcde\xe2\x80\xa6" },
	{ "umlauts are one column", "Gr\xc3\xbc\xc3\x9f" "e", 5, "Gr\xc3\xbc\xc3\x9f" "e " },
	{ "combining marks are none", "e\xcc\x81" "a", 2, "e\xcc\x81" "a    " },
	{ "Japanese is two", "\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac  " },
	{ "a wide character that would be halved", "a\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 7, "a\xe6\x97\xa5\xe6\x9c\xac\xe2\x80\xa6" },
	{ "one place is left blank", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" "abc", 9, "\xe6\x97\xa5\xe6\x9c\xac\xe2\x80\xa6 " },
	{ "emoji", "\xf0\x9f\x98\x80", 2, "\xf0\x9f\x98\x80    " },
	{ "Hangul", "\xed\x95\x9c", 2, "\xed\x95\x9c    " },
	{ "direction marks", "a\xe2\x80\x8f" "b", 2, "a\xe2\x80\x8f" "b    " },
	{ "empty", "", 0, "      " },
};

static void
test_columns(void)
{
	size_t least[] = { 3, 5 }, widths[] = { 10, 20 };
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < COUNT(texts); i++) {
		is_int((long long)columns_width(texts[i].text), (long long)texts[i].width, texts[i].name);
		buf_reset(&b);
		columns_pad(&b, texts[i].text, 6);
		is_str(buf_str(&b), texts[i].cut, texts[i].name);
	}
	ok(columns_fit(widths, least, 2, 2, 0) && widths[0] == 10 && widths[1] == 20, "no limit");
	ok(columns_fit(widths, least, 2, 2, 20) && widths[0] + widths[1] == 18, "fits");
	ok(widths[0] == 9 && widths[1] == 9, "the widest gives way");
	ok(!columns_fit(widths, least, 2, 2, 8) && widths[0] == 3 && widths[1] == 5, "not below the least");
	buf_free(&b);
}

static void
add(int64_t t, const char *outcome, const char *rule, const char *sender, const char *subject)
{
	struct journal_entry e = { .time = t, .ring = rule[0] != '\0' ? JOURNAL_REFUSED : JOURNAL_ANSWERED };

	e.code = rule[0] != '\0' ? 0 : strcmp(outcome, "answered") == 0 ? ANSWERED : MISSING;
	journal_text(e.outcome, sizeof e.outcome, outcome);
	journal_text(e.rule, sizeof e.rule, rule);
	journal_text(e.sender, sizeof e.sender, sender);
	journal_text(e.recipient, sizeof e.recipient, "me@example.org");
	journal_text(e.subject, sizeof e.subject, subject);
	journal_text(e.why, sizeof e.why, rule[0] != '\0' ? "List-Id: <x>" : "");
	journal_add(dir_fd, "j", &e);
}

static const char *
name_of(unsigned code)
{
	return code == 0 ? "mailing-list" : code == ANSWERED ? "answered" : code == MISSING ? "sendmail-missing" : NULL;
}

/* What history_print() writes. */
static const char *
output(const struct history_options *options, int *status)
{
	static char text[8192];
	struct history_options o = *options;
	size_t n;

	o.dir_fd = dir_fd;
	o.journal = o.journal != NULL ? o.journal : "j";
	o.code_name = name_of;
	o.out = tmpfile();
	*status = history_print(&o);
	rewind(o.out);
	n = fread(text, 1, sizeof text - 1, o.out);
	text[n] = '\0';
	fclose(o.out);
	return text;
}

#define HEAD "TIME              VERDICT           RULE          SENDER              SUBJECT\n"
#define ROW4 "2026-12-11 14:43  sendmail-missing                d@example.org       later\n"
#define ROW3 "2026-12-11 14:42  refused           mailing-list  list@example.com    \xe6\x97\xa5\xe6\x9c\xac\n"
#define ROW2 "2026-12-11 14:41  answered                        anna@example.net    a\\x1b[31mb\n"
#define ROW1 "2026-12-11 14:40  answered                        Robert@example.net  Gr\xc3\xbc\xc3\x9f" "e\n"

static const struct { const char *name; struct history_options o; const char *want; } tables[] = {
	{ "newest first, controls made visible", { .limit = 0 }, HEAD ROW4 ROW3 ROW2 ROW1 },
	{ "limit", { .limit = 1 }, "TIME              VERDICT           RULE  SENDER         SUBJECT\n"
	    "2026-12-11 14:43  sendmail-missing        d@example.org  later\n" },
	{ "sender, part of the address", { .sender = "EXAMPLE.net" }, "TIME              VERDICT   RULE  SENDER              SUBJECT\n"
	    "2026-12-11 14:41  answered        anna@example.net    a\\x1b[31mb\n"
	    "2026-12-11 14:40  answered        Robert@example.net  Gr\xc3\xbc\xc3\x9f" "e\n" },
	{ "rule", { .rule = "mailing-list" }, "TIME              VERDICT  RULE          SENDER            SUBJECT\n"
	    "2026-12-11 14:42  refused  mailing-list  list@example.com  \xe6\x97\xa5\xe6\x9c\xac\n" },
	{ "outcome and since", { .rule = "answered", .since = NOW + 60 }, "TIME              VERDICT   RULE  SENDER            SUBJECT\n"
	    "2026-12-11 14:41  answered        anna@example.net  a\\x1b[31mb\n" },
	{ "80 columns", { .width = 80, .since = NOW + 61 }, "TIME              VERDICT           RULE          SENDER            SUBJECT\n"
	    "2026-12-11 14:43  sendmail-missing                d@example.org     later\n"
	    "2026-12-11 14:42  refused           mailing-list  list@example.com  \xe6\x97\xa5\xe6\x9c\xac\n" },
	{ "a narrow terminal", { .width = 60, .since = NOW + 61 }, "TIME         VERDICT           SENDER            SUBJECT\n"
	    "12-11 14:43  sendmail-missing  d@example.org     later\n"
	    "12-11 14:42  mailing-list      list@example.com  \xe6\x97\xa5\xe6\x9c\xac\n" },
	{ "a narrower one cuts senders", { .width = 48, .since = NOW + 61 }, "TIME         VERDICT           SENDER    SUBJECT\n"
	    "12-11 14:43  sendmail-missing  d@examp\xe2\x80\xa6  later\n"
	    "12-11 14:42  mailing-list      list@ex\xe2\x80\xa6  \xe6\x97\xa5\xe6\x9c\xac\n" },
	{ "a very narrow one has no subjects", { .width = 40, .since = NOW + 61 }, "TIME         VERDICT           SENDER\n"
	    "12-11 14:43  sendmail-missing  d@exampl\xe2\x80\xa6\n"
	    "12-11 14:42  mailing-list      list@exa\xe2\x80\xa6\n" },
	{ "a wide one says why", { .width = 120, .rule = "mailing-list" }, "TIME              VERDICT  RULE          SENDER            SUBJECT  BECAUSE\n"
	    "2026-12-11 14:42  refused  mailing-list  list@example.com  \xe6\x97\xa5\xe6\x9c\xac     List-Id: <x>\n" },
	{ "a chart of one sender's", { .chart = true, .now = NOW, .since = NOW, .sender = "list@" },
	    "# replied 0  - refused 1  ! failed 0\n\nFri 2026-12-11  -  0  1  0\n\nRESULT                 COUNT\nrefused: mailing-list      1\n" },
	{ "a chart of one outcome", { .chart = true, .now = NOW, .since = NOW - 86400, .rule = "answered" },
	    "# replied 2  - refused 0  ! failed 0\n\nThu 2026-12-10      0  0  0\nFri 2026-12-11  ##  2  0  0\n\nRESULT   COUNT\nreplied      2\n" },
	{ "a chart without a journal", { .chart = true, .now = NOW, .journal = "none" }, "No message has come in the last 14 days.\n" },
	{ "a chart as JSON", { .chart = true, .json = true, .now = NOW, .since = NOW, .limit = 1 },
	    "{\n  \"days\": [\n    {\n      \"day\": \"2026-12-11\",\n      \"answered\": 0,\n      \"refused\": 0,\n      \"failed\": 1\n    }\n  ],\n"
	    "  \"rules\": [\n    {\n      \"rule\": \"sendmail-missing\",\n      \"verdict\": \"failed\",\n      \"count\": 1\n    }\n  ]\n}\n" },
	{ "colour", { .colour = true, .rule = "mailing-list" },
	    "\x1b[1mTIME            \x1b[0m  \x1b[1mVERDICT\x1b[0m  \x1b[1mRULE        \x1b[0m  \x1b[1mSENDER          \x1b[0m  \x1b[1mSUBJECT\x1b[0m\n"
	    "2026-12-11 14:42  \x1b[2mrefused\x1b[0m  mailing-list  list@example.com  \xe6\x97\xa5\xe6\x9c\xac\n" },
	{ "nothing left", { .since = NOW + 3600 }, "" },
	{ "no journal", { .journal = "none" }, "" },
	{ "no journal as JSON", { .journal = "none", .json = true }, "[]\n" },
	{ "JSON", { .json = true, .rule = "mailing-list" },
	    "[\n  {\n    \"sequence\": 3,\n    \"time\": 1797000120,\n    \"date\": \"2026-12-11T14:42:00Z\",\n"
	    "    \"outcome\": \"refused\",\n    \"rule\": \"mailing-list\",\n    \"sender\": \"list@example.com\",\n"
	    "    \"recipient\": \"me@example.org\",\n    \"subject\": \"\xe6\x97\xa5\xe6\x9c\xac\",\n    \"because\": \"List-Id: <x>\"\n  }\n]\n" },
};

static void
test_tables(void)
{
	int status;

	for (size_t i = 0; i < COUNT(tables); i++) {
		is_str(output(&tables[i].o, &status), tables[i].want, tables[i].name);
		is_int(status, 0, tables[i].name);
	}
}

static void
test_errors(void)
{
	struct history_options unknown = { .rule = "no-such-rule" }, link_to = { .journal = "link" };
	int status;

	output(&unknown, &status);
	is_int(status, EX_USAGE, "a rule that does not exist");
	ok(symlinkat("j", dir_fd, "link") == 0, "a link");
	output(&link_to, &status);
	is_int(status, EX_NOINPUT, "is not read");
}

int
main(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	diag_to(DIAG_NOWHERE, "history");
	if (mkdtemp(dir_name) == NULL || (dir_fd = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return 1;
	add(NOW, "answered", "", "Robert@example.net", "Gr\xc3\xbc\xc3\x9f" "e");
	add(NOW + 60, "answered", "", "anna@example.net", "a\x1b[31mb");
	add(NOW + 120, "refused", "mailing-list", "list@example.com", "\xe6\x97\xa5\xe6\x9c\xac");
	add(NOW + 180, "sendmail-missing", "", "d@example.org", "later");
	test_columns();
	test_tables();
	test_errors();
	unlinkat(dir_fd, "j", 0);
	unlinkat(dir_fd, "link", 0);
	close(dir_fd);
	rmdir(dir_name);
	return done_testing();
}
