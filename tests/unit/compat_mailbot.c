/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compat_mailbot: mailbot's options become settings, and its text a message file. */
#include "compat_mailbot.h"

#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define ARGS_MAX 16
#define DAY 86400

static void
show_list(struct buf *out, const char *name, const struct setting_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_addf(out, " %s=[%s]", name, l->item[i]);
}

static void
show_text(struct buf *out, const char *name, const char *value)
{
	if (value != NULL)
		buf_addf(out, " %s=%s", name, value);
}

/* What differs from `mailbot -t text'. */
static void
show(struct buf *out, const struct settings *s)
{
	static const char *const forms[] = { "reply", "dsn", "replyall", "feedback", "replyfeedback", "forward", "forwardatt" };

	if (s->form != REPLY_FORM_REPLY)
		show_text(out, "form", forms[s->form]);
	if (strcmp(s->message, "text") != 0)
		show_text(out, "message", s->message);
	if (strcmp(s->table, SETTINGS_TABLE) != 0)
		buf_addf(out, " table=%s theirs=%s every=%lld", s->table, s->replaced_table, (long long)s->every);
	else if (s->every != 0)
		buf_addf(out, " every=%lld", (long long)s->every);
	show_list(out, "field", &s->fields);
	show_list(out, "required", &s->required);
	show_list(out, "alias", &s->alias);
	show_list(out, "program", &s->program);
	show_list(out, "feedback", &s->feedback);
	show_list(out, "to", &s->report_to);
	show_list(out, "copy", &s->copy);
	show_text(out, "about", s->report_recipient);
	show_text(out, "type", s->feedback_type);
	show_text(out, "marker", s->forward_marker);
	show_text(out, "sender", s->sender);
	show_text(out, "charset", s->text_charset);
	if (strcmp(s->attribution, "%F writes:") != 0)
		show_text(out, "attribution", s->attribution);
	if (s->quote != ORIGINAL_WHOLE)
		buf_addf(out, " quote=%d", s->quote);
	if (s->attach_original != ORIGINAL_NONE)
		buf_addf(out, " attach=%d", s->attach_original);
	buf_adds(out, s->text_is_mime ? " mime" : "");
	buf_adds(out, s->text_alone ? "" : " as-it-is");
	buf_adds(out, s->print_reply ? " print" : "");
	buf_adds(out, s->any_recipient ? "" : " not-any");
	if (s->time_limit != 8)
		buf_addf(out, " limit=%lld", (long long)s->time_limit);
	if (s->nproblems > 0)
		buf_addf(out, " problems: %s", buf_str(&s->problems));
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
}

#define M "mailbot"
#define T "mailbot", "-t", "text"
#define C " problems: command line: "

static const struct {
	const char *name, *args[ARGS_MAX], *want;
} rows[] = {
	{ "a text", { T, NULL }, "" },
	{ "nothing", { M, NULL }, " message=/dev/null" C "-t FILE, or -m FILE, is missing: the text of the reply" },
	{ "a MIME text", { M, "-m", "text", NULL }, " mime" },
	{ "both", { T, "-m", "other", NULL }, " message=other mime" C "either -t or -m" },
	{ "a value in the same word", { M, "-ttext", NULL }, "" },
	{ "a program", { T, "/usr/sbin/sendmail", "-f", "", NULL }, " program=[/usr/sbin/sendmail] program=[-f] program=[]" },
	{ "behind --", { T, "--", "-strange", NULL }, " program=[-strange]" },
	{ "-A", { T, "-A", "From: anna@example.org", "-AX-A: b", NULL }, " field=[From: anna@example.org] field=[X-A: b] alias=[anna@example.org]" },
	{ "-A in UTF-8", { T, "-A", "X-A: \xc3\xb6", NULL }, " field=[X-A: \xc3\xb6]" },
	{ "-A without a colon", { T, "-A", "broken", NULL },
	    C "-A: \"broken\" is no header field, as 'From: anna@example.org' is" },
	{ "-A with two lines", { T, "-A", "X: a\nBcc: eve@example.net", NULL },
	    C "-A: \"X: a\nBcc: eve@example.net\" is no header field, as 'From: anna@example.org' is" },
	{ "-A, a name with a blank", { T, "-A", "X A: b", NULL }, C "-A: \"X A: b\" is no header field, as 'From: anna@example.org' is" },
	{ "-a alone changes nothing", { T, "-a", NULL }, "" },
	{ "-c", { T, "-c", "iso-8859-1", NULL }, " charset=iso-8859-1" },
	{ "-d", { T, "-d", "db", NULL }, " table=db.backsoon theirs=db.gdbm every=86400" },
	{ "-D", { T, "-D", "3", "-d", "db", NULL }, " table=db.backsoon theirs=db.gdbm every=259200" },
	{ "-D 0", { T, "-d", "db", "-D", "0", NULL }, " table=db.backsoon theirs=db.gdbm every=0" },
	{ "-D x", { T, "-d", "db", "-D", "3x", NULL }, " table=db.backsoon theirs=db.gdbm every=604800" C "-D: \"3x\" is not a number of days" },
	{ "-D without -d", { T, "-D", "3", NULL }, "" },
	{ "-e", { T, "-e", NULL }, "" },
	{ "-f is $SENDER", { T, "-f", "sendmail", NULL }, " program=[sendmail]" },
	{ "-faddress", { T, "-fbob@example.net", "sendmail", NULL }, " program=[sendmail] sender=bob@example.net" },
	{ "-N", { T, "-N", NULL }, " quote=0" },
	{ "-n", { T, "-n", NULL }, " print" },
	{ "only the first letter is a flag", { T, "-nN", NULL }, " print" },
	{ "-r", { T, "-r", "a@example.org, B <b@example.org>", NULL },
	    " required=[a@example.org] required=[b@example.org] alias=[a@example.org] alias=[b@example.org] not-any" },
	{ "-r, nothing", { T, "-r", " ,", NULL }, C "-r: \" ,\" are not addresses with commas between them" },
	{ "-s", { T, "-s", "away: =?utf-8?q?a?=", NULL }, " field=[Subject: away: =?utf-8?q?a?=]" },
	{ "-s with two lines", { T, "-s", "a\nb", NULL }, C "-s: \"a\nb\" is no line of text in UTF-8" },
	{ "-S", { T, "-S", "%F <%f>:", NULL }, " attribution=%F <%f>:" },
	{ "-X", { T, "-X", "5", NULL }, " limit=5" },
	{ "-X, too long", { T, "-X", "99999", NULL }, C "-X: \"99999\" is not a number of seconds" },
	{ "an unknown flag", { T, "-Z", NULL }, C "there is no flag -Z" },
	{ "a value is missing", { M, "-t", NULL }, " message=/dev/null problems: command line: -t needs a value\n"
	    "command line: -t FILE, or -m FILE, is missing: the text of the reply" },
	{ "options of ours among them", { T, "--every=3d", "-N", "--max-hops", "9", "-n", NULL }, " quote=0 print" },
	{ "one that is none", { T, "--evry=3d", NULL }, C "unknown option --evry: did you mean --every?" },

	{ "-T replyall", { T, "-T", "replyall", NULL }, " form=replyall" },
	{ "-T replylist", { T, "-T", "replylist", NULL }, " form=replyall" },
	{ "-T replydsn", { T, "-T", "replydsn", "-N", NULL }, " form=dsn quote=0 attach=1" },
	{ "-T replydsn -a", { T, "-T", "replydsn", "-Na", "-a", NULL }, " form=dsn quote=0 attach=2" },
	{ "-M", { T, "-M", "Anna <anna@example.org>", NULL }, " form=dsn about=anna@example.org attach=1" },
	{ "-M, no address", { T, "-M", "anna", NULL }, C "-M: \"anna\" is not an address, as anna@example.org is" },
	{ "-T bogus", { T, "-T", "bogus", NULL }, C "-T: \"bogus\" is no form of a reply, as reply, replydsn and forward are" },
	{ "-T replydraft", { M, "-T", "replydraft", "-l", "./Maildir/.Vacation", NULL }, " message=maildir:./Maildir/.Vacation attach=1 as-it-is" },
	{ "-T replydraft -N", { M, "-N", "-T", "replydraft", "-l", "/d", NULL }, " message=maildir:/d quote=0 as-it-is" },
	{ "-T replydraft without -l", { M, "-T", "replydraft", NULL },
	    " message=~/.vacation.msg attach=1 as-it-is" C "-T replydraft needs -l and the maildir that the text is in" },
	{ "-T forward", { T, "-T", "forward", "-A", "To: Boss <boss@example.org>, x@example.net", "-F", "===", NULL },
	    " form=forward to=[boss@example.org] to=[x@example.net] copy=[x@example.net] marker==== quote=0" },
	{ "-T forwardatt, among the program's words", { M, "-T", "forwardatt", "sendmail", "-f", "", "boss@example.org", NULL },
	    " form=forwardatt message=/dev/null program=[sendmail] program=[-f] program=[] program=[boss@example.org] to=[boss@example.org] quote=0 attach=2" },
	{ "-T forward to nobody", { T, "-T", "forward", "sendmail", NULL },
	    " form=forward program=[sendmail] quote=0" C "-A 'To: ADDRESS' is missing: to whom the message goes" },
	{ "-T feedback", { T, "-T", "feedback", "-R", "abuse", "-A", "To: abuse@example.net", "-N", "--feedback-source-ip", "192.0.2.1",
	    "--feedback-original-rcpt-to=anna@example.org", NULL },
	    " form=feedback feedback=[Source-IP: 192.0.2.1] feedback=[Original-Rcpt-To: <anna@example.org>] to=[abuse@example.net] type=abuse"
	    " quote=0 attach=1" },
	{ "-T replyfeedback -a", { T, "-T", "replyfeedback", "-R", "virus", "-a", NULL }, " form=replyfeedback type=virus attach=2" },
	{ "-R bogus", { T, "-R", "bogus", NULL }, C "-R: \"bogus\" is none of abuse, fraud, other and virus" },
	{ "-R is missing", { T, "-T", "replyfeedback", NULL },
	    " form=replyfeedback attach=1" C "-R abuse, fraud, other or virus is missing: what the feedback report is about" },
	{ "a feedback field that is none", { T, "--feedback-bogus", "x", NULL }, C "--feedback-bogus: a feedback report has no field bogus" },
	{ "one twice", { T, "--feedback-incidents", "1", "--feedback-incidents", "2", NULL },
	    " feedback=[Incidents: 1]" C "--feedback-incidents stands there twice" },
	{ "one with two lines", { T, "--feedback-reported-domain", "a\nX: b", NULL },
	    C "--feedback-reported-domain: \"a\nX: b\" is no Reported-Domain, as example.net is" },
	{ "one without a value", { T, "--feedback-incidents", NULL }, C "--feedback-incidents needs a value" },
};

static void
test_options(void)
{
	struct settings s;
	struct buf got = BUF_INIT;
	char *argv[ARGS_MAX];
	int argc;

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (argc = 0; rows[i].args[argc] != NULL; argc++)
			argv[argc] = strdup(rows[i].args[argc]);
		argv[argc] = NULL;
		settings_init(&s);
		is_int(compat_arguments(&s, argc, argv), argc, rows[i].name);
		buf_reset(&got);
		show(&got, &s);
		is_str(buf_str(&got), rows[i].want, rows[i].name);
		settings_free(&s);
		while (argc > 0)
			free(argv[--argc]);
	}
	buf_free(&got);
}

static const struct {
	const char *name;
	bool mime;
	const char *charset, *fields[3], *file, *want;
} texts[] = {
	{ "a text", false, NULL, { NULL }, "Note: I am away\n", "Content-Type: text/plain; format=flowed; delsp=yes\n\nNote: I am away\n" },
	{ "a charset", false, "koi8-r", { NULL }, "x", "Content-Type: text/plain; format=flowed; delsp=yes; charset=koi8-r\n\nx" },
	{ "fields, the last first", false, NULL, { "Subject: a $5", "Subject: b", NULL }, "x",
	    "Subject: b\nSubject: a $$5\nContent-Type: text/plain; format=flowed; delsp=yes\n\nx" },
	{ "nothing is a variable", false, NULL, { NULL }, "$$ $SUBJECT ${DATE}",
	    "Content-Type: text/plain; format=flowed; delsp=yes\n\n$$$$ $$SUBJECT $${DATE}" },
	{ "a MIME text", true, NULL, { "From: a@example.org", NULL }, "Content-Type: text/plain\n\nx $A\n",
	    "From: a@example.org\nContent-Type: text/plain\n\nx $$A\n" },
	{ "no text", false, NULL, { NULL }, "", "Content-Type: text/plain; format=flowed; delsp=yes\n\n" },
};

static void
test_texts(void)
{
	struct settings s;
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < COUNT(texts); i++) {
		settings_init(&s);
		s.text_alone = true;
		s.text_is_mime = texts[i].mime;
		s.text_charset = texts[i].charset;
		for (size_t n = 0; texts[i].fields[n] != NULL; n++)
			settings_append(&s, &s.fields, texts[i].fields[n]);
		buf_reset(&text);
		buf_adds(&text, texts[i].file);
		compat_mailbot_text(&s, &text);
		is_str(buf_str(&text), texts[i].want, texts[i].name);
		settings_free(&s);
	}
	settings_init(&s);
	settings_append(&s, &s.fields, "Subject: $5");
	buf_reset(&text);
	buf_adds(&text, "From: x\n\ny $$\n");
	compat_mailbot_fields(&s, &text);
	is_str(buf_str(&text), "Subject: $5\nFrom: x\n\ny $$\n", "a draft has no variables");
	settings_free(&s);
	buf_free(&text);
}

int
main(void)
{
	test_options();
	test_texts();
	return done_testing();
}
