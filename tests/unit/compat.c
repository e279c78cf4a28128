/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compat.h: the command lines of four vacation(1) programs as settings. */
#include "compat.h"

#include <stdlib.h>

#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define ARGS_MAX 12
#define DAY 86400

static int
make_argv(const char *const *args, char **argv)
{
	int argc;

	for (argc = 0; args[argc] != NULL; argc++)
		argv[argc] = strdup(args[argc]);
	argv[argc] = NULL;
	return argc;
}

static void
free_argv(int argc, char **argv)
{
	while (argc > 0)
		free(argv[--argc]);
}

static void
test_asked(void)
{
	static const struct {
		const char *args[ARGS_MAX];
		enum compat want;
	} rows[] = {
		{ { "backsoon", NULL }, COMPAT_NONE },
		{ { "vacation", NULL }, COMPAT_DEBIAN },
		{ { "/usr/bin/vacation", "bob", NULL }, COMPAT_DEBIAN },
		{ { "/usr/lib/vacation/backsoon", NULL }, COMPAT_NONE },
		{ { "vacations", NULL }, COMPAT_NONE },
		{ { "backsoon", "--compat=debian", NULL }, COMPAT_DEBIAN },
		{ { "backsoon", "--compat=sendmail", NULL }, COMPAT_SENDMAIL },
		{ { "backsoon", "--compat=netbsd", NULL }, COMPAT_NETBSD },
		{ { "backsoon", "--compat", "openbsd", NULL }, COMPAT_OPENBSD },
		{ { "vacation", "--compat=sendmail", NULL }, COMPAT_SENDMAIL },
		{ { "vacation", "--compat=none", NULL }, COMPAT_NONE },
		{ { "mailbot", NULL }, COMPAT_MAILBOT },
		{ { "/usr/bin/mailbot", "-t", "x", NULL }, COMPAT_MAILBOT },
		{ { "backsoon", "--compat=mailbot", NULL }, COMPAT_MAILBOT },
		{ { "mailbot", "--compat=debian", NULL }, COMPAT_DEBIAN },
		{ { "mailbots", NULL }, COMPAT_NONE },
		{ { "backsoon", "--compat=solaris", NULL }, COMPAT_NONE },
		{ { "backsoon", "--compat", NULL }, COMPAT_NONE },
		{ { "backsoon", "--any-recipient", "--compat=debian", NULL }, COMPAT_NONE },
		{ { NULL }, COMPAT_NONE },
	};
	char *argv[ARGS_MAX];
	size_t i;
	int argc;

	for (i = 0; i < COUNT(rows); i++) {
		argc = make_argv(rows[i].args, argv);
		is_int(compat_asked(argc, argv), rows[i].want, argc > 1 ? argv[1] : argc > 0 ? argv[0] : "no arguments at all");
		free_argv(argc, argv);
	}
}

static void
show_list(struct buf *out, const char *name, const struct setting_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		buf_addf(out, " %s=%s", name, l->item[i]);
}

/* What differs from a plain `vacation bob'. */
static void
show(struct buf *out, const struct settings *s)
{
	buf_adds(out, s->login != NULL ? s->login : "-");
	if (s->actions != 0)
		buf_addf(out, " actions=%u", s->actions);
	if (s->interval_given && s->every == SETTINGS_ONCE)
		buf_adds(out, " once");
	else if (s->interval_given)
		buf_addf(out, " every=%lld", (long long)s->every);
	show_list(out, "alias", &s->alias);
	show_list(out, "copy", &s->copy);
	if (strcmp(s->table, SETTINGS_TABLE) != 0)
		buf_addf(out, " table=%s", s->table);
	if (strcmp(s->message, SETTINGS_MESSAGE) != 0)
		buf_addf(out, " message=%s", s->message);
	if (strcmp(s->return_path, "<>") != 0)
		buf_addf(out, " return-path=%s", s->return_path);
	if (s->sender != NULL)
		buf_addf(out, " sender=%s", s->sender);
	if (s->home != NULL)
		buf_addf(out, " home=%s", s->home);
	if (s->log == LOG_TO_STDERR)
		buf_adds(out, " stderr");
	if (s->any_recipient)
		buf_adds(out, " any");
	if (s->no_passwd)
		buf_adds(out, " no-passwd");
	if (s->print_reply)
		buf_adds(out, " print");
	if (s->nproblems > 0)
		buf_addf(out, " problems: %s", buf_str(&s->problems));
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
}

#define D "vacation"
#define S "backsoon", "--compat=sendmail"
#define N "backsoon", "--compat=netbsd"
#define O "backsoon", "--compat=openbsd"
#define NO_LOGIN "command line: the login is missing"

static const struct row {
	const char *name, *args[ARGS_MAX], *want;
} rows[] = {
	{ "Debian: login", { D, "bob", NULL }, "bob" },
	{ "Debian: no login", { D, NULL }, "- problems: " NO_LOGIN },
	{ "Debian: -a", { D, "-a", "rob", "-arobert", "bob", NULL }, "bob alias=rob alias=robert" },
	{ "Debian: -c", { D, "-c", "x@y", "bob", NULL }, "bob copy=x@y" },
	{ "Debian: -d", { D, "-d", "bob", NULL }, "bob stderr" },
	{ "Debian: -f as it is", { D, "-f", "db", "bob", NULL }, "bob table=db" },
	{ "Debian: -I", { D, "-I", NULL }, "- actions=1" },
	{ "Debian: -i", { D, "-i", NULL }, "- actions=1" },
	{ "Debian: -i -r 3", { D, "-i", "-r", "3", NULL }, "- actions=1 every=259200" },
	{ "Debian: -l", { D, "-l", NULL }, "- actions=2" },
	{ "Debian: -x", { D, "-x", NULL }, "- actions=4" },
	{ "Debian: -j", { D, "-j", "bob", NULL }, "bob any" },
	{ "Debian: -m", { D, "-m", "away", "bob", NULL }, "bob message=away" },
	{ "Debian: -r days", { D, "-r", "7", "bob", NULL }, "bob every=604800" },
	{ "Debian: -r 1h is an hour", { D, "-r1h", "bob", NULL }, "bob every=3600" },
	{ "Debian: -r 2w", { D, "-r2w", "bob", NULL }, "bob every=1209600" },
	{ "Debian: -r 0, every message", { D, "-r0", "bob", NULL }, "bob every=0" },
	{ "Debian: -r infinite, once", { D, "-r", "infinite", "bob", NULL }, "bob once" },
	{ "Debian: -r 7x", { D, "-r", "7x", "bob", NULL },
	    "bob every=604800 problems: command line: -r: \"7x\" is not a period: a number of days, or one with s, m, h, d or w" },
	{ "Debian: -z", { D, "-z", "bob", NULL }, "bob" },
	{ "Debian: -s", { D, "-s", "a@b", "bob", NULL }, "bob sender=a@b" },
	{ "Debian: -R", { D, "-R", "bob@x", "bob", NULL }, "bob return-path=bob@x" },
	{ "Debian: -z after -R", { D, "-R", "bob@x", "-z", "bob", NULL }, "bob" },
	{ "Debian: -C is ignored", { D, "-C", "/etc/mail/sendmail.cf", "bob", NULL }, "bob" },
	{ "Debian: -t is ignored", { D, "-t", "1", "bob", NULL }, "bob" },
	{ "Debian: -U takes the directory of -f", { D, "-U", "-f", "/var/v/bob/db", "-m", "/var/v/bob/msg", "bob", NULL },
	    "bob table=/var/v/bob/db message=/var/v/bob/msg home=/var/v/bob no-passwd" },
	{ "Debian: -U without whole paths", { D, "-U", "-f", "db", "-m", "/x", "bob", NULL },
	    "bob table=db message=/x no-passwd problems: command line: -U needs -f and -m with whole paths" },
	{ "Debian: -U without -m", { D, "-U", "-f", "/var/db", "bob", NULL },
	    "bob table=/var/db no-passwd problems: command line: -U needs -f and -m with whole paths" },
	{ "Debian: several letters in one word", { D, "-jdarob", "bob", NULL }, "bob alias=rob stderr any" },
	{ "Debian: -- before the login", { D, "-j", "--", "-bob", NULL }, "-bob any" },
	{ "Debian: unknown flag", { D, "-q", "bob", NULL }, "bob problems: command line: there is no flag -q" },
	{ "Debian: flag without its value", { D, "-a", NULL }, "- problems: command line: -a needs a value\n" NO_LOGIN },
	{ "Debian: long options before the flags", { D, "--any-recipient", "-a", "rob", "bob", NULL }, "bob alias=rob any" },
	{ "Debian: a login may be named like a command", { D, "explain", NULL }, "explain" },

	{ "sendmail.org: -f is a base name", { S, "-f", "db", "bob", NULL }, "bob table=db.gdbm" },
	{ "sendmail.org: -r 0, once", { S, "-r", "0", "bob", NULL }, "bob once" },
	{ "sendmail.org: -r 3", { S, "-r", "3", "bob", NULL }, "bob every=259200" },
	{ "sendmail.org: -R -s -t -C", { S, "-R", "r@x", "-s", "s@x", "-t", "9", "-Ccf", "bob", NULL }, "bob return-path=r@x sender=s@x" },
	{ "sendmail.org: -i -x together", { S, "-i", "-x", NULL }, "- actions=5" },
	{ "sendmail.org: -c is not its", { S, "-c", "bob", NULL }, "bob problems: command line: there is no flag -c" },

	{ "NetBSD: -d prints", { N, "-d", "bob", NULL }, "bob print" },
	{ "NetBSD: -f is a base name", { N, "-f", "db", "bob", NULL }, "bob table=db.gdbm" },
	{ "NetBSD: -r with a unit", { N, "-r", "36h", "bob", NULL }, "bob every=129600" },
	{ "NetBSD: -t is -r", { N, "-t", "1w", "bob", NULL }, "bob every=604800" },
	{ "NetBSD: -r 0, every message", { N, "-r0", "bob", NULL }, "bob every=0" },
	{ "NetBSD: -r none, once", { N, "-rnone", "bob", NULL }, "bob once" },
	{ "NetBSD: -F and -T are ignored", { N, "-F", "R", "-T", "A", "bob", NULL }, "bob" },
	{ "NetBSD: -l is not its", { N, "-l", "bob", NULL }, "bob problems: command line: there is no flag -l" },

	{ "OpenBSD: -a", { O, "-a", "rob", "bob", NULL }, "bob alias=rob" },
	{ "OpenBSD: -i -r 2", { O, "-i", "-r", "2", NULL }, "- actions=1 every=172800" },
	{ "OpenBSD: -r 0 is what its manual says", { O, "-i", "-r0", NULL }, "- actions=1 every=0" },
	{ "OpenBSD: -m is not its", { O, "-m", "bob", NULL }, "bob problems: command line: there is no flag -m" },
};

static void
test_flags(void)
{
	struct settings s;
	struct buf got = BUF_INIT;
	char *argv[ARGS_MAX];
	size_t i;
	int argc;

	for (i = 0; i < COUNT(rows); i++) {
		argc = make_argv(rows[i].args, argv);
		settings_init(&s);
		is_int(compat_arguments(&s, argc, argv), argc, rows[i].name);
		buf_reset(&got);
		show(&got, &s);
		is_str(buf_str(&got), rows[i].want, rows[i].name);
		ok(s.bare_login == (s.login != NULL), "%s: the login counts in every domain", rows[i].name);
		settings_free(&s);
		free_argv(argc, argv);
	}
	buf_free(&got);
}

/* Any letter in any dialect is taken or complained about, and never runs beyond argv. */
static void
test_all_letters(void)
{
	static const char *const compat[] = { "--compat=debian", "--compat=sendmail", "--compat=netbsd", "--compat=openbsd",
		"--compat=mailbot" };
	char program[] = "backsoon", flag[3] = "-x", option[20];
	char *argv[4] = { program, option, flag, NULL };
	struct settings s;
	size_t d;
	int c;

	for (d = 0; d < COUNT(compat); d++) {
		snprintf(option, sizeof option, "%s", compat[d]);
		for (c = 1; c < 256; c++) {
			flag[1] = (char)c;
			settings_init(&s);
			if (compat_arguments(&s, 3, argv) > 3)
				ok(false, "%s -%c: words that are not there", compat[d], c);
			settings_free(&s);
		}
		ok(true, "%s: any letter", compat[d]);
	}
}

static void
test_usage(void)
{
	struct buf usage = BUF_INIT;
	int d;

	for (d = COMPAT_DEBIAN; d <= COMPAT_OPENBSD; d++) {
		buf_reset(&usage);
		compat_usage((enum compat)d, &usage);
		ok(strncmp(buf_str(&usage), "usage: vacation ", 16) == 0, "usage of dialect %d", d);
	}
	buf_free(&usage);
}

int
main(void)
{
	test_asked();
	test_flags();
	test_all_letters();
	test_usage();
	return done_testing();
}
