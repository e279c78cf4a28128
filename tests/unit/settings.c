/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.h: the table of options, from files and from the command line; what is wrong is said with its place. */
#include "settings.h"

#include <stdlib.h>

#include "settings_value.h"
#include "tests/tap.h"
#include "text.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define DAY INT64_C(86400)

static void
test_periods(void)
{
	static const struct {
		const char *text;
		int64_t want;		/* -1: none */
	} rows[] = {
		{ "0", 0 }, { "00", 0 }, { "1s", 1 }, { "90s", 90 }, { "5m", 300 }, { "12h", 43200 }, { "7d", 7 * DAY }, { "2w", 14 * DAY },
		{ "7D", 7 * DAY }, { "0d", 0 }, { "once", SETTINGS_ONCE }, { "Once", SETTINGS_ONCE },
		{ "2147483647d", INT64_C(2147483647) * DAY }, { "2147483648d", -1 }, { "99999999999999999999w", -1 },
		{ "7", -1 }, { "", -1 }, { " 7d", -1 }, { "7d ", -1 }, { "7 d", -1 }, { "-1d", -1 }, { "+1d", -1 }, { "d", -1 }, { "7x", -1 },
		{ "7days", -1 }, { "1.5d", -1 }, { "0x10d", -1 }, { "never", -1 }, { "onc", -1 },
	};
	int64_t got;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		got = -1;
		ok(settings_period(rows[i].text, &got) == (rows[i].want >= 0), "\"%s\" is %s", rows[i].text,
		    rows[i].want >= 0 ? "a period" : "none");
		if (rows[i].want >= 0)
			is_int(got, rows[i].want, rows[i].text);
	}
}

static void
test_booleans(void)
{
	static const struct {
		const char *text;
		int want;		/* -1: neither */
	} rows[] = {
		{ "yes", 1 }, { "YES", 1 }, { "true", 1 }, { "on", 1 }, { "1", 1 },
		{ "no", 0 }, { "No", 0 }, { "false", 0 }, { "off", 0 }, { "0", 0 },
		{ "", -1 }, { "y", -1 }, { "2", -1 }, { "yes!", -1 }, { "none", -1 },
	};
	bool value;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		ok(setting_boolean(rows[i].text, &value) == (rows[i].want >= 0), "\"%s\"", rows[i].text);
		if (rows[i].want >= 0)
			is_int(value, rows[i].want, rows[i].text);
	}
}

/* What some members are, after the text of a file. */
static void
show(struct buf *out, const struct settings *s)
{
	size_t i;

	buf_addf(out, "every=%lld any=%d hops=%u failure=%d log=%d message=%s delimiter=%s aliases=", (long long)s->every,
	    s->any_recipient, s->max_hops, s->failure, s->log, s->message, s->delimiter);
	for (i = 0; i < s->alias.n; i++)
		buf_addf(out, "[%s]", s->alias.item[i]);
}

#define DEFAULTS "every=604800 any=0 hops=100 failure=0 log=0 message=~/.vacation.msg delimiter=+ aliases="

static void
test_files(void)
{
	static const struct {
		const char *name, *text, *want, *problems;
	} rows[] = {
		{ "nothing", "", DEFAULTS, "" },
		{ "comments and blank lines", "# a\n\n   \n\t# b\n", DEFAULTS, "" },
		{ "some of each kind", "every = 3d\nany-recipient = yes\nmax-hops = 30\nfailure = soft\nlog = stderr\nmessage = away.txt\n"
		    "alias = a@x\nalias = b@x\n",
		    "every=259200 any=1 hops=30 failure=1 log=1 message=away.txt delimiter=+ aliases=[a@x][b@x]", "" },
		{ "blanks do not matter", " \tevery=3d\t \nmax-hops\t=  30", "every=259200 any=0 hops=30 failure=0 log=0 "
		    "message=~/.vacation.msg delimiter=+ aliases=", "" },
		{ "CRLF and a byte order mark", "\xef\xbb\xbf" "any-recipient = yes\r\nalias = a@x\r\n",
		    "every=604800 any=1 hops=100 failure=0 log=0 message=~/.vacation.msg delimiter=+ aliases=[a@x]", "" },
		{ "no line end at the end", "any-recipient = yes", "every=604800 any=1 hops=100 failure=0 log=0 message=~/.vacation.msg "
		    "delimiter=+ aliases=", "" },
		{ "quotes keep blanks", "message = \" away \"\n", "every=604800 any=0 hops=100 failure=0 log=0 message= away  "
		    "delimiter=+ aliases=", "" },
		{ "the last one counts", "max-hops = 3\nmax-hops = 4\n", "every=604800 any=0 hops=4 failure=0 log=0 message=~/.vacation.msg "
		    "delimiter=+ aliases=", "" },
		{ "a value with = and #", "message = a=b#c\n", "every=604800 any=0 hops=100 failure=0 log=0 message=a=b#c "
		    "delimiter=+ aliases=", "" },
		{ "no delimiter", "delimiter =\n", "every=604800 any=0 hops=100 failure=0 log=0 message=~/.vacation.msg delimiter= aliases=", "" },

		{ "no =", "every 3d\n", DEFAULTS, "f:1: this is not `name = value': every 3d\n" },
		{ "line number", "# a\n\nevery = soon\n", DEFAULTS,
		    "f:3: every: \"soon\" is not a period: a number with s, m, h, d or w, as in 7d; 0 for every message; or once\n" },
		{ "unknown name, suggestion", "evry = 3d\n", DEFAULTS, "f:1: there is no setting \"evry\": did you mean every?\n" },
		{ "unknown name, no suggestion", "colour-of-hair = red\n", DEFAULTS, "f:1: there is no setting \"colour-of-hair\"\n" },
		{ "the case of names does not matter", "Every = 3d\n", "every=259200 any=0 hops=100 failure=0 log=0 message=~/.vacation.msg "
		    "delimiter=+ aliases=", "" },
		{ "boolean", "any-recipient = perhaps\n", DEFAULTS, "f:1: any-recipient: \"perhaps\" is neither yes nor no\n" },
		{ "number", "max-hops = many\n", DEFAULTS, "f:1: max-hops: \"many\" is not a number of at least 1\n" },
		{ "number below its least", "max-hops = 0\n", DEFAULTS, "f:1: max-hops: \"0\" is not a number of at least 1\n" },
		{ "number too large", "max-hops = 4294967296\n", DEFAULTS, "f:1: max-hops: \"4294967296\" is not a number of at least 1\n" },
		{ "negative number", "max-replies = -1\n", DEFAULTS, "f:1: max-replies: \"-1\" is not a number of at least 0\n" },
		{ "fewer senders than make sense", "max-senders = 999\n", DEFAULTS,
		    "f:1: max-senders: \"999\" is not a number of at least 1000\n" },
		{ "choice", "failure = loud\n", DEFAULTS, "f:1: failure: \"loud\" is not one of safe|soft|hard\n" },
		{ "no value", "message =\n", NULL, "f:1: message: a value is missing\n" },
		{ "no value of a list", "ignore-sender = \"\"\n", DEFAULTS, "f:1: ignore-sender: a value is missing\n" },
		{ "time limit", "time-limit = 0\n", DEFAULTS,
		    "f:1: time-limit: \"0\" is not a period: a number with s, m, h, d or w, as in 7d\n" },
		{ "time limit of two hours", "time-limit = 2h\n", DEFAULTS,
		    "f:1: time-limit: \"2h\" is not a period: a number with s, m, h, d or w, as in 7d\n" },
		{ "a text for an address", "message.Sales@Example.org = s\nMessage.sales@=t\nmessage.sales@example.org/de = u\n", DEFAULTS, "" },
		{ "a text in a language", "message.de = d\nmessage.pt-BR = p\ninternal-message.de = i\n", DEFAULTS, "" },
		{ "a text for nobody", "message. = d\n", DEFAULTS,
		    "f:1: message.: \"\" is neither an address of yours nor a language, as in sales@example.org, de, or sales@example.org/de\n" },
		{ "a text for a word", "message.sales = d\n", DEFAULTS,
		    "f:1: message.sales: \"sales\" is neither an address of yours nor a language, as in sales@example.org, de, or sales@example.org/de\n" },
		{ "a country is no language", "\nmessage.jp = d\n", DEFAULTS, "f:2: message.jp: \"jp\" is no language: did you mean ja?\n" },
		{ "a text for a bad address", "message.sa les@example.org = d\n", DEFAULTS,
		    "f:1: message.sa les@example.org: \"sa les@example.org\" is no address of yours, as sales@example.org is\n" },
		{ "a text for an address in no language", "message.sales@example.org/xx = d\n", DEFAULTS,
		    "f:1: message.sales@example.org/xx: \"xx\" is no language tag, as de or pt-BR\n" },
		{ "a text without a file", "message.de =\n", DEFAULTS, "f:1: message.*: a value is missing\n" },
		{ "a text twice", "message.de = d\n#\nmessage.DE = e\n", DEFAULTS, "f:3: message.DE: it is set at f:1 already\n" },
		{ "a text for an address twice", "message.a@b\xc3\xbc" "cher.example = d\nmessage.A@xn--bcher-kva.example = e\n", DEFAULTS,
		    "f:2: message.A@xn--bcher-kva.example: it is set at f:1 already\n" },
		{ "not twice: insiders", "message.de = d\ninternal-message.de = e\n", DEFAULTS, "" },
		{ "a family that there is not", "subject.de = x\n", DEFAULTS, "f:1: there is no setting \"subject.de\": did you mean subject?\n" },
		{ "an insider's domain", "internal-domain = example.org\ninternal-domain = .example.net\n", DEFAULTS, "" },
		{ "an insider's domain is no address", "internal-domain = @example.org\n", DEFAULTS,
		    "f:1: internal-domain: \"@example.org\" is not a domain, as example.org is, or .example.org with all below it\n" },
		{ "nor a pattern", "internal-domain = *\n", DEFAULTS,
		    "f:1: internal-domain: \"*\" is not a domain, as example.org is, or .example.org with all below it\n" },
		{ "nor a list", "internal-domain = a.example, b.example\n", DEFAULTS,
		    "f:1: internal-domain: \"a.example, b.example\" is not a domain, as example.org is, or .example.org with all below it\n" },
		{ "an alias", "\nalias = not an address, is it\n", NULL, "f:2: alias: \"not an address, is it\" is not an address, as anna@example.org is\n" },
		{ "a from", "from = Anna <anna@>\n", NULL, "f:1: from: \"Anna <anna@>\" has no whole address, as in Anna Smith <anna@example.org>\n" },
		{ "a from that is a name", "from = Smith, Anna\n", NULL, "" },
		{ "a return path", "return-path = not an address, is it\n", NULL,
		    "f:1: return-path: \"not an address, is it\" is neither an address, as bounces@example.org, nor <>\n" },
		{ "a null return path", "return-path = <>\n", NULL, "" },
		{ "a language", "language = deutsch\n", NULL, "f:1: language: \"deutsch\" is no language tag, as de or pt-BR\n" },
		{ "a country for a language", "language = cz\n", NULL, "f:1: language: \"cz\" is no language: did you mean cs?\n" },
		{ "two hosts to trust in one line", "trust-auth = mx1.example.org, mx2.example.org\n", NULL,
		    "f:1: trust-auth: \"mx1.example.org, mx2.example.org\" is not one name, as mx.example.org is; a second one has a line of its own\n" },
		{ "command line only: sender", "sender = a@x\n", DEFAULTS, "f:1: sender stands only on the command line\n" },
		{ "command line only: recipient", "recipient = a@x\n", DEFAULTS, "f:1: recipient stands only on the command line\n" },
		{ "command line only: now", "now = 2026-01-01\n", DEFAULTS, "f:1: now stands only on the command line\n" },
		{ "command line only: home", "home = /x\n", DEFAULTS, "f:1: home stands only on the command line\n" },
		{ "command line only: user", "user = x\n", DEFAULTS, "f:1: user stands only on the command line\n" },
		{ "command line only: compat", "compat = debian\n", DEFAULTS, "f:1: compat stands only on the command line\n" },
		{ "all mistakes, not the first", "a b\nany-recipient = yes\nmax-hops = x\n",
		    "every=604800 any=1 hops=100 failure=0 log=0 message=~/.vacation.msg delimiter=+ aliases=",
		    "f:1: this is not `name = value': a b\nf:3: max-hops: \"x\" is not a number of at least 1\n" },
	};
	struct settings s;
	struct buf got = BUF_INIT;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		settings_init(&s);
		settings_text(&s, rows[i].text, strlen(rows[i].text), "f");
		is_str(buf_str(&s.problems), rows[i].problems, rows[i].name);
		buf_reset(&got);
		show(&got, &s);
		if (rows[i].want != NULL)
			is_str(buf_str(&got), rows[i].want, rows[i].name);
		settings_free(&s);
	}
	settings_init(&s);
	settings_text(&s, "any-recipient = yes\0\n", 21, "f");
	is_int(s.nproblems, 1, "a NUL is no part of a value");
	settings_free(&s);
	buf_free(&got);
}

#define ARGS_MAX 8

static void
test_arguments(void)
{
	static const struct {
		const char *name, *args[ARGS_MAX], *want, *problems;
		int rest;
	} rows[] = {
		{ "none", { "b", NULL }, DEFAULTS, "", 1 },
		{ "one word", { "b", "--every=3d", NULL }, "every=259200 any=0 hops=100 failure=0 log=0 message=~/.vacation.msg delimiter=+ aliases=",
		    "", 2 },
		{ "two words", { "b", "--every", "3d", NULL },
		    "every=259200 any=0 hops=100 failure=0 log=0 message=~/.vacation.msg delimiter=+ aliases=", "", 3 },
		{ "a value that looks like an option", { "b", "--message", "--every", NULL },
		    "every=604800 any=0 hops=100 failure=0 log=0 message=--every delimiter=+ aliases=", "", 3 },
		{ "boolean", { "b", "--any-recipient", "x", NULL },
		    "every=604800 any=1 hops=100 failure=0 log=0 message=~/.vacation.msg delimiter=+ aliases=", "", 2 },
		{ "boolean with a value", { "b", "--any-recipient=no", NULL }, DEFAULTS, "", 2 },
		{ "list", { "b", "--alias", "a@x", "--alias=b@x", NULL },
		    "every=604800 any=0 hops=100 failure=0 log=0 message=~/.vacation.msg delimiter=+ aliases=[a@x][b@x]", "", 4 },
		{ "a word ends them", { "b", "x", "--any-recipient", NULL }, DEFAULTS, "", 1 },
		{ "-- ends them", { "b", "--", "--any-recipient", NULL }, DEFAULTS, "", 2 },
		{ "a single hyphen is a word", { "b", "-", NULL }, DEFAULTS, "", 1 },
		{ "unknown", { "b", "--any-recipent", NULL }, DEFAULTS,
		    "command line: unknown option --any-recipent: did you mean --any-recipient?\n", 2 },
		{ "unknown with a value", { "b", "--frequency=x", NULL }, DEFAULTS, "command line: unknown option --frequency\n", 2 },
		{ "no value", { "b", "--every", NULL }, DEFAULTS, "command line: --every needs a value\n", 2 },
		{ "a size", { "b", "--max-attachments=20x", NULL }, DEFAULTS,
			"command line: max-attachments: \"20x\" is not a size of at most 32M: a number of bytes, or one with K or M, as in 10M\n", 2 },
		{ "a size that is too large", { "b", "--max-attachments=33M", NULL }, DEFAULTS,
			"command line: max-attachments: \"33M\" is not a size of at most 32M: a number of bytes, or one with K or M, as in 10M\n", 2 },
		{ "sizes", { "b", "--max-attachments=5k", "--max-attachments=32M", "--max-attachments=0", NULL }, DEFAULTS, "", 4 },
		{ "wrong value", { "b", "--log=screen", NULL }, DEFAULTS, "command line: log: \"screen\" is not one of syslog|stderr\n", 2 },
		{ "an empty sender is one", { "b", "--sender", "", NULL }, DEFAULTS, "", 3 },
	};
	struct settings s;
	struct buf got = BUF_INIT;
	char *argv[ARGS_MAX];
	size_t i;
	int argc;

	for (i = 0; i < COUNT(rows); i++) {
		for (argc = 0; rows[i].args[argc] != NULL; argc++)
			argv[argc] = strdup(rows[i].args[argc]);
		argv[argc] = NULL;
		settings_init(&s);
		is_int(settings_arguments(&s, argc, argv), rows[i].rest, rows[i].name);
		is_str(buf_str(&s.problems), rows[i].problems, rows[i].name);
		buf_reset(&got);
		show(&got, &s);
		is_str(buf_str(&got), rows[i].want, rows[i].name);
		settings_free(&s);
		while (argc > 0)
			free(argv[--argc]);
	}
	buf_free(&got);
}

static void
test_distance(void)
{
	static const struct {
		const char *a, *b;
		unsigned want;
	} rows[] = {
		{ "every", "every", 0 }, { "evry", "every", 1 }, { "everyy", "every", 1 }, { "evary", "every", 1 }, { "", "ab", 2 },
		{ "abc", "", 3 }, { "kitten", "sitting", 3 },
	};
	char longer[400];
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_int(text_distance(rows[i].a, rows[i].b), rows[i].want, rows[i].a);
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	ok(text_distance(longer, "every") > 3, "a name that is much too long is no typing error");
}

static void
test_usage(void)
{
	struct buf usage = BUF_INIT;
	const char *line, *end;
	struct buf option = BUF_INIT;
	size_t i;
	bool fits = true;

	settings_usage(&usage);
	for (line = buf_str(&usage); *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		if (end - line > 80)
			fits = false;
	}
	ok(fits, "no line of the usage text is wider than 80 columns");
	for (i = 0; settings_name(i) != NULL; i++) {
		buf_reset(&option);
		buf_addf(&option, "--%s", settings_name(i));
		ok(strstr(buf_str(&usage), buf_str(&option)) != NULL, "%s is shown", buf_str(&option));
	}
	buf_free(&option);
	buf_free(&usage);
}

/* Names that recipes rely on: none may get lost. */
static void
test_names(void)
{
	static const char *const names[] = {
		"sender", "recipient", "alias", "user", "home", "delimiter", "use-original-recipient", "message", "subject", "from",
		"from-date", "until", "hours", "holidays", "timezone", "language", "now", "every", "min-period", "max-period", "handle",
		"ignore-detail", "max-replies", "max-senders", "max-per-hour", "max-per-day", "any-recipient", "ignore-sender",
		"answer-sender", "exclude", "only-known", "contacts", "message.*", "internal-domain", "internal-message", "internal-message.*", "trust-auth", "require-authenticated", "max-recipients", "max-hops",
		"sendmail", "sendmail-kind", "return-path", "table", "journal", "failure", "time-limit", "log", "compat",
		"html", "attach", "charset", "quote", "attach-original",
	};
	size_t i, n;

	for (i = 0; i < COUNT(names); i++) {
		for (n = 0; settings_name(n) != NULL && strcmp(settings_name(n), names[i]) != 0; n++)
			;
		ok(settings_name(n) != NULL, "%s is a setting", names[i]);
	}
}

static void
test_defaults(void)
{
	struct settings s;

	settings_init(&s);
	is_int(s.every, 7 * DAY, "every");
	is_int(s.min_period, 0, "min-period");
	is_int(s.max_period, SETTINGS_ONCE, "max-period");
	is_int(s.max_senders, 100000, "max-senders");
	is_int(s.max_per_hour, 60, "max-per-hour");
	is_int(s.max_per_day, 400, "max-per-day");
	is_int(s.max_recipients, 0, "max-recipients");
	is_int(s.max_hops, 100, "max-hops");
	is_int(s.time_limit, 8, "time-limit");
	is_int(s.failure, FAILURE_SAFE, "failure");
	is_int(s.log, LOG_TO_SYSLOG, "log");
	is_str(s.return_path, "<>", "return-path");
	is_str(s.message, "~/.vacation.msg", "message");
	is_str(s.table, "~/.vacation.gdbm", "table");
	is_str(s.journal, "~/.vacation.journal", "journal");
	is_int((long long)s.max_attachments, 10485760, "max-attachments");
	is_int(s.quote, ORIGINAL_NONE, "quote");
	is_int(s.attach_original, ORIGINAL_NONE, "attach-original");
	is_str(s.charset, "utf-8", "charset");
	settings_free(&s);
}

/* Many strings, kept and freed. */
static void
test_many(void)
{
	struct settings s;
	char text[40];
	size_t i;

	settings_init(&s);
	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "a%zu@example.org", i);
		settings_set(&s, "test", "alias", text);
	}
	is_int((long long)s.alias.n, 1000, "a thousand aliases");
	is_str(s.alias.item[999], "a999@example.org", "the last of them");
	is_str(s.alias.item[0], "a0@example.org", "the first of them");
	settings_free(&s);
	is_int((long long)s.alias.n, 0, "freed");
}

static void
test_texts(void)
{
	static const char file[] = "# x\nmessage.de = d\nmessage.sales@example.org = s\n";
	char *argv[] = { (char *)(uintptr_t)"b", (char *)(uintptr_t)"--message.DE=e", (char *)(uintptr_t)"--message.sales@example.org/fr", (char *)(uintptr_t)"f", NULL };
	struct settings s;

	settings_init(&s);
	settings_text(&s, "message.de = site\n", 18, "/etc/x");
	settings_text(&s, file, sizeof file - 1, "f");
	is_int((long long)s.texts.n, 2, "a later file's text takes the place of an earlier one's");
	is_str(s.texts.item[0].file, "d", "the later file");
	is_str(settings_where(&s, "message.de"), "f:2", "its place");
	is_str(settings_where(&s, "Message.Sales@example.org"), "f:3", "another place, by another case");
	is_str(settings_where(&s, "message.fr"), NULL, "no place");
	is_str(settings_where(&s, "subject.de"), NULL, "no such name");
	is_int(settings_arguments(&s, 4, argv), 4, "options");
	is_str(s.texts.item[0].file, "e", "the command line goes before the files");
	is_str(settings_where(&s, "message.DE"), "command line", "and is its place");
	is_str(s.texts.item[2].alias, "sales@example.org", "an address and a language: the address");
	is_str(s.texts.item[2].language, "fr", "the language");
	is_str(buf_str(&s.problems), "", "nothing is wrong");
	settings_free(&s);
	is_int((long long)s.texts.n, 0, "freed");
}

static void
test_too_many_texts(void)
{
	struct settings s;
	char name[60];
	size_t i;

	settings_init(&s);
	for (i = 0; i <= SETTINGS_TEXTS_MAX; i++) {
		snprintf(name, sizeof name, "message.a%zu@example.org", i);
		settings_set(&s, "f:1", name, "x");
	}
	is_int((long long)s.texts.n, SETTINGS_TEXTS_MAX, "as many texts as there may be");
	is_str(buf_str(&s.problems), "f:1: message.a200@example.org: more than 200 texts\n", "and not one more");
	settings_free(&s);
}

int
main(void)
{
	test_texts();
	test_too_many_texts();
	test_periods();
	test_booleans();
	test_files();
	test_arguments();
	test_distance();
	test_usage();
	test_names();
	test_defaults();
	test_many();
	return done_testing();
}
