/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wiring - what is planned for which file and mail server, put in, taken out, interrupted
 */
#include "wiring.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/tap.h"
#include "wiring_parts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROUNDS 20000		/* files that are put together */
#define KILLS 40		/* processes that are killed */
#define POSTFIX SUBMIT_KIND_POSTFIX
#define EXIM SUBMIT_KIND_EXIM
#define SENDMAIL SUBMIT_KIND_SENDMAIL
#define OPENSMTPD SUBMIT_KIND_OPENSMTPD
#define QMAIL SUBMIT_KIND_QMAIL
#define UNKNOWN SUBMIT_KIND_UNKNOWN

static struct home home;
static char scratch[] = "/tmp/backsoon-wiring-XXXXXX";
static struct wiring_facts facts;
static struct wiring_site site;

/* P: our program, which must be there; made by main(). */
static char program[64], vacation[64], other_vacation[64];

static void
make_n(const char *name, const char *text, size_t len, mode_t mode)
{
	int fd = openat(home.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, text, len) != (ssize_t)len || fchmod(fd, mode) != 0)
		printf("# cannot make %s\n", name);
	close(fd);
}

static void
make(const char *name, const char *text)
{
	make_n(name, text, strlen(text), 0644);
}

static const char *
content(const char *name)
{
	static char text[8192];
	int fd = openat(home.fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof text - 1);

	if (fd != -1)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n >= 0 ? text : NULL;
}

static int
mode_of(const char *name)
{
	struct stat st;

	return fstatat(home.fd, name, &st, 0) == 0 ? (int)(st.st_mode & 07777) : -1;
}

static const char *const names[] = { ".forward", ".procmailrc", ".mailfilter", ".qmail", ".dovecot.sieve" };

static void
clean(void)
{
	char kept[64];
	size_t i;

	wiring_site_free(&site);
	for (i = 0; i < COUNT(names); i++) {
		snprintf(kept, sizeof kept, "%s%s", names[i], WIRING_KEPT);
		unlinkat(home.fd, kept, 0);
		if (unlinkat(home.fd, names[i], 0) == -1)
			unlinkat(home.fd, names[i], AT_REMOVEDIR);
	}
	facts.want = WIRING_UNKNOWN;
	site = (struct wiring_site){ .mta = POSTFIX };
}

/* $ in a row stands for the program, % for its vacation, ^ for another one. */
static const char *
spelled(const char *row)
{
	static char text[4][1024];
	static int turn;
	char *to = text[turn = (turn + 1) % 4], *start = to;

	for (; *row != '\0' && to < start + 900; row++)
		if (*row == '$' || *row == '%' || *row == '^')
			to += sprintf(to, "%s", *row == '$' ? program : *row == '%' ? vacation : other_vacation);
		else
			*to++ = *row;
	*to = '\0';
	return start;
}

static bool
puts_in(void)
{
	struct wiring_plan p;
	struct buf why = BUF_INIT;
	bool good = wiring_look_at(&home, &facts, &site, &p) && wiring_put(&home, &p, &why);

	if (!good)
		printf("# %s\n", buf_str(&why));
	wiring_free(&p);
	buf_free(&why);
	return good;
}

static bool
takes_out(bool *changed)
{
	struct buf why = BUF_INIT, done = BUF_INIT;
	bool good = wiring_take_out(&home, &facts, changed, &done, &why);

	if (!good)
		printf("# %s\n", buf_str(&why));
	if (good && *changed != (done.len > 0))
		printf("# changed without a word, or the other way round\n"), good = false;
	buf_free(&why);
	buf_free(&done);
	return good;
}

/* What becomes of a file: after is what stands in it then; "" with wired: nothing to do; NULL: refused. */
static const struct {
	const char *name;
	enum wiring_kind kind;
	enum submit_kind mta;
	const char *before;		/* NULL: there is none */
	const char *after;
} rows[] = {
	{ "none, Postfix", WIRING_FORWARD, POSTFIX, NULL, "\\anna, \"|$ || exit 0\"\n" },
	{ "none, Exim", WIRING_FORWARD, EXIM, NULL, "\\anna, \"|/bin/sh -c \\\"$ || exit 0\\\"\"\n" },
	{ "none, sendmail", WIRING_FORWARD, SENDMAIL, NULL, "\\anna, \"|$ || exit 0 #anna\"\n" },
	{ "none, OpenSMTPD", WIRING_FORWARD, OPENSMTPD, NULL, "anna, \"|$ || exit 0\"\n" },
	{ "empty", WIRING_FORWARD, POSTFIX, "", "\\anna, \"|$ || exit 0\"\n" },
	{ "comments alone", WIRING_FORWARD, POSTFIX, "# a, \"b\n\n  \n#", "# a, \"b\n\n  \n#\n\\anna, \"|$ || exit 0\"\n" },
	{ "the login", WIRING_FORWARD, POSTFIX, "\\anna\n", "\\anna\n\"|$ || exit 0\"\n" },
	{ "no newline", WIRING_FORWARD, EXIM, "\\anna", "\\anna\n\"|/bin/sh -c \\\"$ || exit 0\\\"\"\n" },
	{ "CRLF", WIRING_FORWARD, POSTFIX, "\\anna\r\n", "\\anna\r\n\"|$ || exit 0\"\n" },
	{ "elsewhere", WIRING_FORWARD, POSTFIX, "a@example.net, b@example.net,\n", "a@example.net, b@example.net,\n\"|$ || exit 0\"\n" },
	{ "a comma in quotes and in a comment", WIRING_FORWARD, POSTFIX, "\"|x a, b\", c (d, e)\n", "\"|x a, b\", c (d, e)\n\"|$ || exit 0\"\n" },
	{ "file and include", WIRING_FORWARD, POSTFIX, "/var/m, :include:/x", "/var/m, :include:/x\n\"|$ || exit 0\"\n" },
	{ "another pipe", WIRING_FORWARD, UNKNOWN, "|procmail\n", "|procmail\n\"|$\"\n" },
	{ "vacation, quoted", WIRING_FORWARD, POSTFIX, "\\anna, \"|^ -a x anna\"", "\\anna, \"|$ || exit 0\"" },
	{ "vacation, quote behind the pipe", WIRING_FORWARD, POSTFIX, "\\anna, |\"^ anna\", b", "\\anna, \"|$ || exit 0\", b" },
	{ "vacation, no quotes", WIRING_FORWARD, POSTFIX, "|^ anna\n\\anna\n", "\"|$ || exit 0\"\n\\anna\n" },
	{ "vacation that we are", WIRING_FORWARD, POSTFIX, "\\anna, \"|% anna\"\n", "" },
	{ "vacation in a comment", WIRING_FORWARD, POSTFIX, "#|^ anna\n\\anna\n", "#|^ anna\n\\anna\n\"|$ || exit 0\"\n" },
	{ "ours, by hand", WIRING_FORWARD, POSTFIX, "\\anna, \"|$\"\n", "" },
	{ "ours, with options", WIRING_FORWARD, POSTFIX, "\\anna, \"|exec $ --alias x || exit 0\"\n", "" },
	{ "ours, in a comment", WIRING_FORWARD, POSTFIX, "# \"|$\"\n\\anna\n", "# \"|$\"\n\\anna\n\"|$ || exit 0\"\n" },
	{ "ours, moved", WIRING_FORWARD, POSTFIX, "\\anna\n\"|/gone/backsoon || exit 0\"\n", "\\anna\n\"|$ || exit 0\"\n" },
	{ "ours, gone, with options", WIRING_FORWARD, POSTFIX, "\\anna\n\"|/gone/backsoon --alias x\"\n", NULL },
	{ "a name like ours", WIRING_FORWARD, POSTFIX, "\"|/x/backsooner\"\n", "\"|/x/backsooner\"\n\"|$ || exit 0\"\n" },
	{ "Exim filter", WIRING_FORWARD, EXIM, "#  Exim FILTER\nfinish\n", NULL },
	{ "Exim filter that calls us", WIRING_FORWARD, EXIM, "# Exim filter\nunseen pipe \"$\"\n", "" },
	{ "Sieve filter", WIRING_FORWARD, EXIM, "# Sieve filter\nkeep;\n", NULL },
	{ "two vacations", WIRING_FORWARD, POSTFIX, "|^ a, |^ b\n", NULL },
	{ "an open quote", WIRING_FORWARD, POSTFIX, "\"|x\n\\anna\n", NULL },
	{ "refuses mail", WIRING_FORWARD, EXIM, ":fail: gone\n", NULL },

	{ "none, procmail", WIRING_PROCMAIL, POSTFIX, NULL, "M:0 c\n| $\nE" },
	{ "procmail", WIRING_PROCMAIL, POSTFIX, "A=b\n:0\nx", "M:0 c\n| $\nEA=b\n:0\nx" },
	{ "procmail with vacation", WIRING_PROCMAIL, POSTFIX, ":0 c\n| ^ anna\n", NULL },
	{ "procmail with a comment", WIRING_PROCMAIL, POSTFIX, " # | ^ anna\n", "M:0 c\n| $\nE # | ^ anna\n" },
	{ "procmail with us, by hand", WIRING_PROCMAIL, POSTFIX, ":0 hc\n| $ --every 1d\n", "" },
	{ "procmail with us, gone", WIRING_PROCMAIL, POSTFIX, ":0 c\n| /gone/backsoon\n", NULL },
	{ "procmail, moved", WIRING_PROCMAIL, POSTFIX, "M:0 c\n| /gone/backsoon\nEx\n", "M:0 c\n| $\nEx\n" },
	{ "maildrop", WIRING_MAILDROP, POSTFIX, "x=1\n", "Mcc \"| $ || exit 0\"\nEx=1\n" },
	{ "maildrop with us", WIRING_MAILDROP, POSTFIX, "cc \"|$\"\n", "" },
	{ "maildrop with vacation", WIRING_MAILDROP, POSTFIX, "cc \"| ^ x\"\n", NULL },

	{ "qmail, none", WIRING_QMAIL, QMAIL, NULL, NULL },
	{ "qmail, empty", WIRING_QMAIL, QMAIL, "", NULL },
	{ "qmail, a comment", WIRING_QMAIL, QMAIL, "# ./Maildir/\n", NULL },
	{ "qmail, a program", WIRING_QMAIL, QMAIL, "|x\n", NULL },
	{ "qmail, a maildir", WIRING_QMAIL, QMAIL, "./Maildir/", "./Maildir/\n|$ || exit 0\n" },
	{ "qmail, an address", WIRING_QMAIL, QMAIL, "|x\n&a@b\n", "|x\n&a@b\n|$ || exit 0\n" },
	{ "qmail with us", WIRING_QMAIL, QMAIL, "|$\n./Mailbox\n", "" },
	{ "qmail, moved", WIRING_QMAIL, QMAIL, "./Mailbox\n|/gone/backsoon || exit 0\n", "./Mailbox\n|$ || exit 0\n" },
	{ "qmail with vacation", WIRING_QMAIL, QMAIL, "|^ x\n./Mailbox\n", NULL },

	{ "sieve, none", WIRING_SIEVE, POSTFIX, NULL, NULL },
	{ "sieve, empty", WIRING_SIEVE, POSTFIX, "", "MSE" },
	{ "sieve, no require", WIRING_SIEVE, POSTFIX, "# x\nkeep;", "MSE# x\nkeep;" },
	{ "sieve, requires", WIRING_SIEVE, POSTFIX, "# a\nrequire \"x\"; require [\"y\",\n\"z;\"]; # b\nkeep;\n",
	    "# a\nrequire \"x\"; require [\"y\",\n\"z;\"]; # b\nMSEkeep;\n" },
	{ "sieve, all on a line", WIRING_SIEVE, POSTFIX, "require \"x\"; keep;", "require \"x\";\nMSE keep;" },
	{ "sieve, require alone", WIRING_SIEVE, POSTFIX, "require \"x\";", "require \"x\";\nMSE" },
	{ "sieve, a text", WIRING_SIEVE, POSTFIX, "reject text:\nrequire \"x\";\n.\n;\n", "MSEreject text:\nrequire \"x\";\n.\n;\n" },
	{ "sieve, require in a comment", WIRING_SIEVE, POSTFIX, "/* require \"x\"; */ keep;", "MSE/* require \"x\"; */ keep;" },
	{ "sieve with us", WIRING_SIEVE, POSTFIX, "require \"vnd.dovecot.pipe\"; pipe :copy \"backsoon\";", "" },
	{ "sieve with our name elsewhere", WIRING_SIEVE, POSTFIX, "redirect \"backsoon\";", "MSEredirect \"backsoon\";" },
	{ "sieve with vacation", WIRING_SIEVE, POSTFIX, "require \"vacation\"; if true { vacation \"x\"; }", NULL },
	{ "sieve, an open string", WIRING_SIEVE, POSTFIX, "keep; \"", NULL },
	{ "sieve, an open comment", WIRING_SIEVE, POSTFIX, "keep; /* x", NULL },
	{ "sieve, an open text", WIRING_SIEVE, POSTFIX, "reject text:\nx\n", NULL },
};

#define SIEVE "require [\"vnd.dovecot.pipe\", \"copy\"];\npipe :copy :try \"backsoon\";\n"

/* M, E and S of a row: the marks, and the lines for Sieve; only where they stand before or behind our lines. */
static const char *
with_marks(enum wiring_kind kind, const char *row)
{
	static char text[2048];
	struct buf b = BUF_INIT, none = BUF_INIT;
	const char *split, *end;
	size_t mark;

	if (row == NULL || (kind != WIRING_PROCMAIL && kind != WIRING_MAILDROP && kind != WIRING_SIEVE))
		return row != NULL ? strcpy(text, spelled(row)) : NULL;
	wiring_put_block(&none, 0, "*", &b);
	split = strchr(buf_str(&b), '*');
	mark = (size_t)(split - buf_str(&b));
	end = split + 2;
	text[0] = '\0';
	for (; *row != '\0'; row++) {
		if (*row == 'M')
			strncat(text, buf_str(&b), mark);
		else if (*row == 'E')
			strcat(text, end);
		else if (*row == 'S')
			strcat(text, SIEVE);
		else
			strncat(text, row, 1);
	}
	buf_free(&b);
	return strcpy(text, spelled(text));
}

static void
check_plan(size_t i)
{
	struct wiring_plan p;
	const char *want;

	ok(wiring_look_at(&home, &facts, &site, &p), "%s: looked", rows[i].name);
	is_int(p.kind, rows[i].kind, "the kind that was asked for");
	is_int(p.refusal.len > 0, rows[i].after == NULL, "refused, or not");
	is_int(p.wired, rows[i].after != NULL && rows[i].after[0] == '\0', "wired, or not");
	want = with_marks(rows[i].kind, rows[i].after);
	is_str(buf_str(&p.after), want != NULL ? want : "", "what it is to be");
	ok(p.refusal.len == 0 || p.advice.len > 0, "no refusal without advice");
	wiring_free(&p);
}

/* Puts in, twice, and takes out, twice. */
static void
check_change(size_t i, const char *file)
{
	static char before[1024];
	const char *kept = rows[i].before != NULL ? with_marks(rows[i].kind, rows[i].before) : NULL;
	bool moved = strstr(rows[i].name, "moved") != NULL, changed;

	snprintf(before, sizeof before, "%s", kept != NULL ? kept : "");
	ok(puts_in() && puts_in(), "%s: put in, twice", rows[i].name);
	is_str(content(file), with_marks(rows[i].kind, rows[i].after), "once");
	ok(takes_out(&changed) && changed, "taken out");
	if (!moved)
		is_str(content(file), kept != NULL ? before : NULL, "it is what it was");
	ok(takes_out(&changed) && !changed, "only once");
}

static void
test_rows(void)
{
	char copy[64];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		clean();
		facts.want = rows[i].kind;
		site.mta = rows[i].mta;
		if (rows[i].before != NULL)
			make(names[rows[i].kind], with_marks(rows[i].kind, rows[i].before));
		check_plan(i);
		snprintf(copy, sizeof copy, "%s" WIRING_KEPT, names[rows[i].kind]);
		if (rows[i].after != NULL && rows[i].after[0] != '\0')
			check_change(i, names[rows[i].kind]);
		ok(content(copy) == NULL, "no copy is left");
	}
}

/* Which file it is. */
static const struct {
	const char *name;
	enum submit_kind mta;
	enum wiring_agent agent;
	const char *files;		/* f p m q s; upper case: we are in it already */
	enum wiring_kind want;
} choices[] = {
	{ "nothing, Postfix", POSTFIX, WIRING_AGENT_NONE, "", WIRING_FORWARD },
	{ "nothing, qmail", QMAIL, WIRING_AGENT_UNKNOWN, "", WIRING_QMAIL },
	{ "nothing, unknown", UNKNOWN, WIRING_AGENT_UNKNOWN, "", WIRING_UNKNOWN },
	{ "nothing, msmtp", SUBMIT_KIND_MSMTP, WIRING_AGENT_UNKNOWN, "", WIRING_UNKNOWN },
	{ "all, Postfix", POSTFIX, WIRING_AGENT_UNKNOWN, "fpmqs", WIRING_FORWARD },
	{ "all, qmail", QMAIL, WIRING_AGENT_UNKNOWN, "fpmqs", WIRING_QMAIL },
	{ "all, msmtp", SUBMIT_KIND_MSMTP, WIRING_AGENT_UNKNOWN, "fpmqs", WIRING_PROCMAIL },
	{ "no .forward", POSTFIX, WIRING_AGENT_UNKNOWN, "pmqs", WIRING_PROCMAIL },
	{ ".procmailrc that nobody reads", POSTFIX, WIRING_AGENT_NONE, "p", WIRING_FORWARD },
	{ ".procmailrc, but maildrop", POSTFIX, WIRING_AGENT_MAILDROP, "pm", WIRING_MAILDROP },
	{ "Sieve, Dovecot", POSTFIX, WIRING_AGENT_DOVECOT, "ps", WIRING_SIEVE },
	{ "in .procmailrc already", POSTFIX, WIRING_AGENT_UNKNOWN, "fP", WIRING_PROCMAIL },
	{ "in .procmailrc already, that .forward calls", POSTFIX, WIRING_AGENT_NONE, "gP", WIRING_PROCMAIL },
	{ "in .procmailrc already, that nobody reads", POSTFIX, WIRING_AGENT_NONE, "fP", WIRING_FORWARD },
	{ "in a script already, unknown", UNKNOWN, WIRING_AGENT_UNKNOWN, "M", WIRING_MAILDROP },
	{ ".forward, unknown", UNKNOWN, WIRING_AGENT_UNKNOWN, "f", WIRING_FORWARD },
	{ "Sieve that may not start us", POSTFIX, WIRING_AGENT_UNKNOWN, "t", WIRING_FORWARD },
	{ ".qmail of old times, Exim", EXIM, WIRING_AGENT_UNKNOWN, "q", WIRING_FORWARD },
};

static void
make_choice(const char *files)
{
	for (; *files != '\0'; files++)
		switch (*files) {
		case 'f': make(".forward", "\\anna\n"); break;
		case 'g': make(".forward", "|exec procmail\n"); break;
		case 'p': make(".procmailrc", "A=b\n"); break;
		case 'P': make(".procmailrc", spelled(":0 c\n| $\n")); break;
		case 'm': make(".mailfilter", "A=b\n"); break;
		case 'M': make(".mailfilter", spelled("cc \"|$\"\n")); break;
		case 'q': make(".qmail", "./Maildir/\n"); break;
		case 's':
		case 't': make(".dovecot.sieve", "keep;\n"); break;
		}
}

static void
test_choices(void)
{
	struct wiring_plan p;
	size_t i;

	for (i = 0; i < COUNT(choices); i++) {
		clean();
		site.mta = choices[i].mta;
		site.agent = choices[i].agent;
		if (strchr(choices[i].files, 't') != NULL)
			buf_adds(&site.no_sieve, "No extension.");
		make_choice(choices[i].files);
		ok(wiring_look_at(&home, &facts, &site, &p), "%s", choices[i].name);
		is_int(p.kind, choices[i].want, "the file that counts");
		ok(p.kind != WIRING_UNKNOWN || (p.refusal.len > 0 && p.advice.len > 0), "or advice");
		wiring_free(&p);
	}
}

/* What is wrong, and a word of the refusal. */
static void
refused(const char *name, const char *word)
{
	struct wiring_plan p;
	struct buf why = BUF_INIT;

	ok(wiring_look_at(&home, &facts, &site, &p) && strstr(buf_str(&p.refusal), word) != NULL, "refused: %s", name);
	printf("# %s\n", buf_str(&p.refusal));
	ok(p.advice.len > 0 || p.kind == WIRING_UNKNOWN, "with advice");
	ok(p.after.len == 0 && !wiring_put(&home, &p, &why) && why.len > 0, "and not put in");
	wiring_free(&p);
	buf_free(&why);
	clean();
}

static void
test_refusals(void)
{
	static char large[3 * 1024 * 1024];

	clean();
	mkdirat(home.fd, ".forward", 0700);
	refused("a directory", "not a regular file");
	mkfifoat(home.fd, ".forward", 0600);
	refused("a named pipe", "not a regular file");
	memset(large, 'a', sizeof large);
	make_n(".forward", large, sizeof large, 0644);
	refused("too large", "large");
	make_n(".forward", "\\anna\n\0x\n", 9, 0644);
	refused("bytes of no text", "no text");
	make_n(".procmailrc", "\0", 1, 0644);
	refused("a NUL in .procmailrc", "no text");
	make_n(".forward", "\\anna\n", 6, 0664);
	refused("group-writable", "written by others");
	make_n(".forward", "\\anna\n", 6, 0646);
	refused("world-writable", "everybody");
	facts.program = "/opt/my programs/backsoon";
	refused("a path with a blank", "characters");
	facts.program = "/gone/backsoon";
	refused("no program", "started");
	facts.program = "backsoon";
	refused("no absolute path", "characters");
	facts.program = program;
	facts.login = "DOMAIN\\anna";
	refused("a login that no server takes", "login");
	facts.login = "anna";
	buf_adds(&site.no_forward, "The server says no.");
	buf_adds(&site.forward_advice, "Ask.\n");
	make(".forward", "\\anna\n");
	refused("the server", "The server");
	buf_adds(&site.stranger, "A virtual user.");
	buf_adds(&site.stranger_advice, "Go home.\n");
	refused("somebody else's home", "virtual");
	make(".dovecot.sieve", "keep;\n");
	facts.want = WIRING_SIEVE;
	buf_adds(&site.no_sieve, "No extension.");
	refused("Sieve without the extension", "No extension");
}

/* The script that `\\login' is delivered through answers, too. */
static void
test_two_answers(void)
{
	struct wiring_plan p;

	clean();
	site.agent = WIRING_AGENT_DOVECOT;
	make(".forward", "\\anna\n");
	make(".dovecot.sieve", "require \"vacation\"; vacation \"x\";");
	make(".procmailrc", spelled(":0 c\n| ^ anna\n"));
	ok(wiring_look_at(&home, &facts, &site, &p) && p.kind == WIRING_FORWARD && p.after.len > 0, "another file that answers");
	ok(strstr(buf_str(&p.advice), "~/.dovecot.sieve") != NULL, "is named");
	ok(strstr(buf_str(&p.advice), "~/.procmailrc") == NULL, "unless nobody reads it");
	wiring_free(&p);
}

static void
test_asked_for(void)
{
	bool changed;

	clean();
	buf_adds(&site.stranger, "A virtual user.");
	facts.want = WIRING_FORWARD;
	ok(puts_in(), "--wire in somebody else's home");
	buf_free(&site.stranger);
	facts.want = WIRING_PROCMAIL;
	ok(takes_out(&changed) && !changed, "taken out of another file alone");
	ok(content(".forward") != NULL, "it is still in the one");
	facts.want = WIRING_UNKNOWN;
	ok(takes_out(&changed) && changed && content(".forward") == NULL, "and taken out of all");
}

/* The user changes the file while the line is in. */
static void
test_edited(void)
{
	bool changed;

	clean();
	make(".forward", "\\anna");
	ok(puts_in(), "put in");
	make(".forward", spelled("b@example.net\n\"|$ || exit 0\"\n\\anna\n"));
	ok(takes_out(&changed) && changed, "edited: taken out");
	is_str(content(".forward"), "b@example.net\n\\anna\n", "the line alone");
	is_str(content(".forward" WIRING_KEPT), NULL, "and the copy");
	ok(puts_in(), "put in");
	unlinkat(home.fd, ".forward", 0);
	ok(takes_out(&changed) && !changed, "removed: nothing to take out");
	is_str(content(".forward"), NULL, "it does not come back");
	ok(content(".forward" WIRING_KEPT) != NULL, "the copy stays: it may have been put away");
	make(".forward", "\"|/usr/bin/backsoon \\anna");
	ok(!takes_out(&changed), "a quote that is not closed hides our line");
	ok(content(".forward" WIRING_KEPT) != NULL, "which is said, and the copy stays");
	make(".forward", spelled("\\anna, \"|$ || exit 0\", b"));
	ok(takes_out(&changed) && changed, "in the middle of a line");
	is_str(content(".forward"), "\\anna, b", "with one comma");
	make(".forward", spelled("\"|$ || exit 0\", b\n"));
	ok(takes_out(&changed) && changed, "at the beginning of a line");
	is_str(content(".forward"), "b\n", "with its comma");
	make(".forward", spelled("\\anna, \"|$ --alias x\"\n"));
	ok(takes_out(&changed) && !changed, "one with options is somebody's own");
	clean();
	facts.want = WIRING_PROCMAIL;
	make(".procmailrc", "A=b\n");
	ok(puts_in(), "put in");
	facts.program = "/gone/by/now/backsoon";
	ok(takes_out(&changed) && changed, "taken out by another program than it was put in by");
	is_str(content(".procmailrc"), "A=b\n", "it is what it was");
	facts.program = program;
}

/* Killed between two steps: what is there then, and what the next call makes of it. */
static void
test_interrupted(void)
{
	struct wiring_plan p;
	struct buf why = BUF_INIT;
	bool changed;

	clean();
	make(".forward", "\\anna");
	make(".forward" WIRING_KEPT, "\\anna");
	ok(takes_out(&changed) && !changed, "on was killed behind the copy: nothing to take out");
	is_str(content(".forward" WIRING_KEPT), NULL, "the copy goes");
	make(".forward" WIRING_KEPT, "\\ann");
	ok(puts_in(), "a copy of other times");
	is_str(content(".forward" WIRING_KEPT), "\\anna", "is replaced");
	ok(puts_in() && takes_out(&changed) && changed, "put in and taken out");
	is_str(content(".forward"), "\\anna", "it is what it was");
	clean();
	make(".forward" WIRING_KEPT, "old times\n");
	ok(puts_in(), "a copy without a file");
	is_str(content(".forward" WIRING_KEPT), NULL, "goes");
	ok(takes_out(&changed) && changed && content(".forward") == NULL, "and does not come back");
	make(".forward", "\\anna\n");
	ok(wiring_look_at(&home, &facts, &site, &p), "looked");
	make(".forward", "b@example.net\n");
	ok(!wiring_put(&home, &p, &why) && why.len > 0, "changed between look and put");
	is_str(content(".forward"), "b@example.net\n", "nothing is done");
	is_str(content(".forward" WIRING_KEPT), NULL, "nothing at all");
	wiring_free(&p);
	buf_free(&why);
}

/* Pieces of files, put together in any way. */
static const char *const bits[] = { "\\anna", "a@b.example", ", ", ",", "\n", "\r\n", "\"", "\\", "|", "\"|x y\"", "\"|^ a\"", "|^", "# c", "#", "(", ")",
	" ", "\t", "/dev/null", ":include:/x", "./Maildir/", "&c", ":0 c", "cc \"|y\"", "{", "}", ";", "require \"x\";", "require", "/*", "*/",
	"text:\n", ".\n", "keep;", "pipe", "\"z\"", "# Exim filter\n", "backsoon", "/gone/backsoon", "$", "\"|$\"", " || exit 0" };

static unsigned
dice(unsigned *seed, size_t sides)
{
	*seed = *seed * 1103515245U + 12345U;
	return (*seed >> 16) % (unsigned)sides;
}

/* What was planned is found again, and gives the same file when it is put in once more: then the copy comes back. */
static bool
comes_back(const struct wiring_plan *p)
{
	struct buf line = BUF_INIT, rest = BUF_INIT, again = BUF_INIT, old = BUF_INIT, before = BUF_INIT;
	const struct wiring_way *way = wiring_way(p->kind);
	struct wiring_plan second = { .kind = p->kind };
	bool good;

	if (!way->take_out(&p->before, &old, &before)) {
		buf_reset(&before);
		buf_adds(&before, buf_str(&p->before));
	}
	good = way->take_out(&p->after, &line, &rest);
	way->put_in(&before, buf_str(&line), &again);
	good = good && again.len == p->after.len && memcmp(again.data, p->after.data, again.len) == 0;
	buf_adds(&second.file, buf_str(&p->file));
	buf_adds(&second.before, buf_str(&p->after));
	second.there = true;
	way->plan(&facts, &site, &second);
	good = good && second.wired && second.ours;
	wiring_free(&second);
	buf_free(&line);
	buf_free(&rest);
	buf_free(&again);
	buf_free(&old);
	buf_free(&before);
	return good;
}

static void
test_any_file(void)
{
	static const enum submit_kind servers[] = { POSTFIX, EXIM, SENDMAIL, OPENSMTPD, UNKNOWN };
	struct wiring_plan p;
	unsigned seed = 1, n, i;
	int kind, planned = 0, wrong = 0;

	clean();
	for (i = 0; i < ROUNDS; i++) {
		kind = (int)(i % WIRING_KINDS);
		site.mta = servers[dice(&seed, COUNT(servers))];
		p = (struct wiring_plan){ .kind = (enum wiring_kind)kind, .there = true };
		for (n = dice(&seed, 12); n > 0; n--)
			buf_adds(&p.before, spelled(bits[dice(&seed, COUNT(bits))]));
		wiring_way(p.kind)->plan(&facts, &site, &p);
		planned += p.after.len > 0;
		if (p.after.len > 0 && !comes_back(&p) && wrong++ < 3)
			printf("# %s: <<%s>> <<%s>>\n", wiring_name(p.kind), buf_str(&p.before), buf_str(&p.after));
		wiring_free(&p);
	}
	ok(planned > ROUNDS / 10, "files put together in any way: %d of them may be changed", planned);
	is_int(wrong, 0, "and all of these come back");
}

/* Puts in and takes out again and again. */
static void
change_for_ever(void)
{
	bool changed;

	for (;;) {
		puts_in();
		takes_out(&changed);
	}
}

static void
test_killed(void)
{
	static const char before[] = "\\anna, \"|/x y\" # b";
	int round, lost = 0, wstatus;
	bool changed;
	pid_t pid;

	clean();
	make(".forward", before);
	fflush(stdout);
	for (round = 0; round < KILLS; round++) {
		pid = fork();
		if (pid == 0)
			change_for_ever();
		usleep((useconds_t)(300 + round * 131));
		kill(pid, SIGKILL);
		waitpid(pid, &wstatus, 0);
		if (!takes_out(&changed) || strcmp(content(".forward"), before) != 0 || content(".forward" WIRING_KEPT) != NULL)
			lost++;
		if (!puts_in() || strstr(content(".forward"), program) == NULL || !takes_out(&changed) || !changed)
			lost++;
	}
	is_int(lost, 0, "killed at any moment: off gives the file back, on puts the line in");
	is_str(content(".forward"), before, "to the byte");
}

/* Nothing can be written: what is there stays. */
static void
test_no_room(void)
{
	struct rlimit old, small;
	bool changed;

	clean();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	make(".forward", "\\anna\n");
	small = (struct rlimit){ 8, old.rlim_max };		/* enough for the copy */
	setrlimit(RLIMIT_FSIZE, &small);
	changed = puts_in();
	setrlimit(RLIMIT_FSIZE, &old);
	ok(!changed, "a full disk: not put in");
	is_str(content(".forward"), "\\anna\n", "the file is what it was");
	is_str(content(".forward" WIRING_KEPT), NULL, "and has no copy");
}

static void
test_modes(void)
{
	static const struct { int kind; mode_t before; int after; } modes[] = {
		{ WIRING_FORWARD, 0600, 0600 }, { WIRING_FORWARD, 0644, 0644 }, { WIRING_FORWARD, 0, 0644 }, { WIRING_PROCMAIL, 0640, 0640 }, { WIRING_PROCMAIL, 0, 0600 },
		{ WIRING_MAILDROP, 0644, 0600 }, { WIRING_QMAIL, 0600, 0600 }, { WIRING_QMAIL, 0640, 0640 }, { WIRING_SIEVE, 0600, 0600 }, };
	mode_t old = umask(077);
	size_t i;

	for (i = 0; i < COUNT(modes); i++) {
		clean();
		facts.want = (enum wiring_kind)modes[i].kind;
		if (modes[i].before != 0)
			make_n(names[modes[i].kind], "./Maildir/\n", modes[i].kind == WIRING_QMAIL ? 11 : 0, modes[i].before);
		ok(puts_in(), "%s", names[modes[i].kind]);
		is_int(mode_of(names[modes[i].kind]), modes[i].after, "its mode");
		umask(i % 2 == 0 ? 0 : 077);
	}
	umask(old);
}

/* What programs print, and what it means. */
static const struct {
	const char *output, *word;	/* word: of the reason, NULL when there is none */
	enum wiring_agent agent;
} answers[] = {
	{ "allow_mail_to_commands = alias, forward\nforward_path = $home/.forward${x}, $home/.forward\nlocal_transport = local:$myhostname\n"
	    "mydestination = $myhostname\nmailbox_command =\nmailbox_transport =\nmailbox_command_maps =\nmailbox_transport_maps =\n", NULL,
	    WIRING_AGENT_NONE },
	{ "allow_mail_to_commands = alias\n", "allow_mail", WIRING_AGENT_UNKNOWN },
	{ "allow_mail_to_commands =\n", "allow_mail", WIRING_AGENT_UNKNOWN },
	{ "forward_path = /etc/forward/$user\n", "forward_path", WIRING_AGENT_UNKNOWN },
	{ "local_transport = lmtp:unix:x\n", "local_transport", WIRING_AGENT_UNKNOWN },
	{ "mydestination =\n", "mydestination", WIRING_AGENT_UNKNOWN },
	{ "myorigin = example.org\nvirtual_mailbox_domains = example.com, example.org\n", "virtual domain", WIRING_AGENT_UNKNOWN },
	{ "myorigin = example.net\nvirtual_mailbox_domains = example.com, example.org\n", NULL, WIRING_AGENT_UNKNOWN },
	{ "mailbox_command = /usr/bin/procmail -a x\nmailbox_transport =\nmailbox_command_maps =\nmailbox_transport_maps =\n", NULL,
	    WIRING_AGENT_PROCMAIL },
	{ "mailbox_command = /usr/bin/procmail\nmailbox_transport =\nmailbox_command_maps = hash:x\nmailbox_transport_maps =\n", NULL,
	    WIRING_AGENT_UNKNOWN },
	{ "mailbox_command =\nmailbox_transport = lmtp:unix:private/dovecot-lmtp\nmailbox_command_maps =\nmailbox_transport_maps =\n", NULL,
	    WIRING_AGENT_DOVECOT },
	{ "", NULL, WIRING_AGENT_UNKNOWN },
};

static const struct {
	const char *output, *word;
} routers[] = {
	{ "a router:\ndriver = redirect\nfile = $home/.forward\nno_forbid_pipe\npipe_transport = address_pipe\n", NULL },
	{ "a router:\nfile = $home/.forward\nforbid_pipe\npipe_transport = x\nb router:\nno_forbid_pipe\n", "starts no" },
	{ "a router:\nforbid_pipe\nb router:\nfile = $home/.forward\nno_forbid_pipe\npipe_transport = x\nc router:\nforbid_pipe\n", NULL },
	{ "a router:\nfile = $home/.forward\npipe_transport = \n", "starts no" },
	{ "a router:\nfile = /etc/x\n", "no router" },
	{ "exim: permission denied\n", NULL },
	{ "", NULL },
};

static void
test_answers(void)
{
	struct wiring_site s;
	size_t i;

	for (i = 0; i < COUNT(answers); i++) {
		s = (struct wiring_site){ .mta = POSTFIX };
		wiring_read_postconf(answers[i].output, &s);
		ok(answers[i].word == NULL ? s.no_forward.len == 0 : strstr(buf_str(&s.no_forward), answers[i].word) != NULL, "postconf, row %zu", i);
		is_int(s.agent, answers[i].agent, "who delivers to the mailbox");
		wiring_site_free(&s);
	}
	for (i = 0; i < COUNT(routers); i++) {
		s = (struct wiring_site){ .mta = EXIM };
		wiring_read_exim(routers[i].output, &s);
		ok(routers[i].word == NULL ? s.no_forward.len == 0 : strstr(buf_str(&s.no_forward), routers[i].word) != NULL, "exim -bP, row %zu", i);
		wiring_site_free(&s);
	}
	ok(wiring_uses_smrsh("Mlocal, P=x\nMprog,\t\tP=/usr/lib/sm.bin/smrsh, F=l\n"), "smrsh");
	ok(wiring_uses_smrsh("Mprog,\t\tP=/bin/sh,\n\t\tA=smrsh -c $u\n"), "smrsh in a line that goes on");
	ok(!wiring_uses_smrsh("Mprog,\t\tP=/bin/sh, F=l\n# smrsh\nMx, P=smrsh\n"), "no smrsh");
}

static void
test_doveconf(void)
{
	static const char *const parts[] = { "sieve_plugins = sieve_extprograms", "sieve_extensions = +vnd.dovecot.pipe", "sieve_pipe_bin_dir = ",
		"sieve = file:~/sieve;active=~/.dovecot.sieve" };
	char output[512];
	struct wiring_site s;
	size_t without;

	for (without = 0; without <= 3; without++) {
		s = (struct wiring_site){ .mta = POSTFIX };
		snprintf(output, sizeof output, "plugin {\n  %s\n  %s\n  %s%s\n  %s\n}\n", without == 0 ? "" : parts[0], without == 1 ? "" : parts[1],
		    without == 2 ? "" : parts[2], without == 2 ? "" : scratch, parts[3]);
		wiring_read_doveconf(output, &s);
		is_int(s.no_sieve.len == 0, without == 3, "doveconf");
		printf("# %s\n", buf_str(&s.no_sieve));
		wiring_site_free(&s);
	}
}

static void
test_names(void)
{
	enum wiring_kind kind;
	int i;

	for (i = 0; i < WIRING_KINDS; i++)
		ok(wiring_parse(wiring_name((enum wiring_kind)i), &kind) && (int)kind == i, "%s", wiring_name((enum wiring_kind)i));
	ok(wiring_name(WIRING_UNKNOWN) == NULL && !wiring_parse("unknown", &kind) && !wiring_parse("", &kind), "no others");
}

static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *where)
{
	(void)st, (void)what, (void)where;
	return remove(path);
}

int
main(void)
{
	struct buf why = BUF_INIT;

	if (mkdtemp(scratch) == NULL || home_open(&home, scratch, false, &why) != OUTCOME_ANSWERED)
		return 1;
	snprintf(program, sizeof program, "%s/backsoon", scratch);
	snprintf(vacation, sizeof vacation, "%s/vacation", scratch);
	snprintf(other_vacation, sizeof other_vacation, "%s/old/vacation", scratch);
	make_n("backsoon", "", 0, 0755);
	if (symlinkat("backsoon", home.fd, "vacation") == -1)
		return 1;
	mkdirat(home.fd, "old", 0755);
	make_n("old/vacation", "", 0, 0755);
	facts = (struct wiring_facts){ .login = "anna", .program = program, .want = WIRING_UNKNOWN };

	test_names();
	test_rows();
	test_choices();
	test_refusals();
	test_two_answers();
	test_asked_for();
	test_edited();
	test_interrupted();
	test_any_file();
	test_killed();
	test_no_room();
	test_modes();
	test_answers();
	test_doveconf();
	buf_free(&why);
	home_close(&home);
	nftw(scratch, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return done_testing();
}
