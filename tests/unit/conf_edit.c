/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf_edit.h: one line changes, all others stay to the byte; and what was written is read back. */
#include "conf_edit.h"

#include "commands/editor.h"
#include "settings.h"
#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])

static void
test_set(void)
{
	static const struct {
		const char *name, *text, *value, *want;
	} rows[] = {
		{ "an empty file", "", "x", "subject = x\n" },
		{ "at the end", "# mine\nevery = 7d\n", "x", "# mine\nevery = 7d\nsubject = x\n" },
		{ "no line break at the end", "every = 7d", "x", "every = 7d\nsubject = x\n" },
		{ "the value is replaced", "a\nsubject = old\nb\n", "new", "a\nsubject = new\nb\n" },
		{ "its comment stays", "subject = old # why\n", "new", "subject = new # why\n" },
		{ "its form stays", "  SUBJECT\t=\told \n", "new", "  SUBJECT\t=\tnew \n" },
		{ "no blanks", "subject=old\n", "new", "subject=new\n" },
		{ "no value", "subject =\nb\n", "new", "subject =new\nb\n" },
		{ "a comment only", "subject = # none\n", "new", "subject = new # none\n" },
		{ "the last one counts", "subject = 1\nsubject = 2\n", "3", "subject = 1\nsubject = 3\n" },
		{ "a comment is no line of it", "# subject = 1\n", "2", "# subject = 1\nsubject = 2\n" },
		{ "a longer name", "subject2 = 1\n", "2", "subject2 = 1\nsubject = 2\n" },
		{ "no line at all", "subject\n", "2", "subject\nsubject = 2\n" },
		{ "the same value", "subject =  x\n", "x", "subject =  x\n" },
		{ "the same value in quotes", "subject = \"x\"\n", "x", "subject = \"x\"\n" },
		{ "quotes go", "subject = \"x\"\n", "y", "subject = y\n" },
		{ "a # in quotes", "subject = \"a # b\" # c\n", "y", "subject = y # c\n" },
		{ "CRLF", "every = 7d\r\nsubject = x\r\n", "y", "every = 7d\r\nsubject = y\r\n" },
		{ "a new line of a CRLF file", "every = 7d\r\n", "y", "every = 7d\r\nsubject = y\r\n" },
		{ "a byte order mark", "\xef\xbb\xbfsubject = x\n", "y", "\xef\xbb\xbfsubject = y\n" },
		{ "blanks at the edge", "", " x ", "subject = \" x \"\n" },
		{ "a comment's sign", "", "a # b", "subject = \"a # b\"\n" },
		{ "a number sign", "", "Ticket #5", "subject = Ticket #5\n" },
		{ "quotes of its own", "", "\"x\"", "subject = \"\"x\"\"\n" },
		{ "a quote inside", "", "a \"b\" c", "subject = a \"b\" c\n" },
		{ "a comment behind a quote", "a\nsubject = foo # boss is a fool\nb\n", "the \"x", "a\n# boss is a fool\nsubject = the \"x\nb\n" },
		{ "the same at the end", "subject = foo # why", "\"", "# why\nsubject = \"" },
		{ "the same with CRLF", "subject = foo # why\r\n", "x\"", "# why\r\nsubject = x\"\r\n" },
		{ "the same with a byte order mark", "\xef\xbb\xbfsubject = foo # why\n", "x\"", "\xef\xbb\xbf# why\nsubject = x\"\n" },
		{ "a comment only, and a quote", "subject = # none\n", "x\"", "# none\nsubject = x\"\n" },
		{ "two quotes before a comment", "subject = foo # why\n", "\"a\" b", "subject = \"a\" b # why\n" },
		{ "UTF-8", "subject = Gr\xc3\xbc\xc3\x9f" "e\n", "\xe2\x82\xac", "subject = \xe2\x82\xac\n" },
	};
	struct buf b = BUF_INIT;
	struct settings s;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&b);
		buf_adds(&b, rows[i].text);
		ok(conf_edit_set(&b, "subject", rows[i].value), "set: %s", rows[i].name);
		is_str(buf_str(&b), rows[i].want, rows[i].name);
		settings_init(&s);
		settings_text(&s, buf_str(&b), b.len, "test");
		is_str(s.subject, rows[i].value, "it is read back");
		settings_free(&s);
	}
	ok(!conf_edit_set(&b, "subject", "a\nb"), "a line break");
	ok(!conf_edit_set(&b, "subject", "a \" # b"), "a quote and a comment's sign");
	buf_free(&b);
}

static void
test_add(void)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{ "none yet", "a = b\n", "a = b\nalias = x\n" },
		{ "below the others", "alias = y # mine\nb = c\n", "alias = y # mine\nalias = x\nb = c\n" },
		{ "there already", "alias = x\nalias = y\n", "alias = x\nalias = y\n" },
		{ "there already in quotes", "alias = \"x\"\n", "alias = \"x\"\n" },
		{ "the last line has no end", "alias = y", "alias = y\nalias = x\n" },
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&b);
		buf_adds(&b, rows[i].text);
		ok(conf_edit_add(&b, "alias", "x"), "add: %s", rows[i].name);
		is_str(buf_str(&b), rows[i].want, rows[i].name);
	}
	buf_free(&b);
}

static void
test_remove(void)
{
	static const struct {
		const char *name, *text, *want;
		unsigned n;
	} rows[] = {
		{ "nothing", "a = b\n", "a = b\n", 0 },
		{ "one", "a = b\npaused = yes\nc = d\n", "a = b\nc = d\n", 1 },
		{ "all of them", "paused = yes\n# paused = yes\npaused=no", "# paused = yes\n", 2 },
		{ "an empty file", "", "", 0 },
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&b);
		buf_adds(&b, rows[i].text);
		is_int(conf_edit_remove(&b, "paused"), rows[i].n, rows[i].name);
		is_str(buf_str(&b), rows[i].want, rows[i].name);
	}
	buf_free(&b);
}

static void
test_form(void)
{
	is_int(settings_form("alias"), SETTINGS_LIST, "form: alias");
	is_int(settings_form("Until"), SETTINGS_ONE, "form: until");
	is_int(settings_form("now"), SETTINGS_NOT_IN_FILES, "form: now");
	is_int(settings_form("nonsense"), SETTINGS_NONE, "form: nonsense");
}

static void
test_split(void)
{
	static const struct {
		const char *command, *want;	/* words, each in brackets; NULL: not understood */
	} rows[] = {
		{ "vi", "[vi]" },
		{ "  emacs  -nw ", "[emacs][-nw]" },
		{ "'/opt/my editor/ed' -x", "[/opt/my editor/ed][-x]" },
		{ "\"a b\"c d", "[a bc][d]" },
		{ "a\\ b \\\"", "[a b][\"]" },
		{ "'a\\b'", "[a\\b]" },
		{ "ed ''", "[ed][]" },
		{ "ed; rm -rf /", "[ed;][rm][-rf][/]" },
		{ "ed $(id) `id` >x", "[ed][$(id)][`id`][>x]" },
		{ "", NULL },
		{ "   ", NULL },
		{ "''", NULL },
		{ "'ed", NULL },
		{ "\"ed", NULL },
		{ "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1", NULL },
	};
	const char *words[EDITOR_WORDS_MAX];
	struct buf mem = BUF_INIT, got = BUF_INIT;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&got);
		if (!editor_split(rows[i].command, &mem, words)) {
			ok(rows[i].want == NULL, "split: not understood: %s", rows[i].command);
			continue;
		}
		for (size_t n = 0; words[n] != NULL; n++)
			buf_addf(&got, "[%s]", words[n]);
		is_str(buf_str(&got), rows[i].want, rows[i].command);
	}
	buf_free(&mem);
	buf_free(&got);
}

int
main(void)
{
	test_set();
	test_add();
	test_remove();
	test_form();
	test_split();
	return done_testing();
}
