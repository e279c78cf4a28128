/* SPDX-License-Identifier: GPL-3.0-or-later */
/* envelope.h: who is the sender, and whose mail is it (RULES.md), in environments of the tests' own. */
#include "envelope.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define ENV_MAX 8

static const char *const *environment;	/* NAME=value, of the row at hand */

static const char *
of_row(const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; i < ENV_MAX && environment[i] != NULL; i++)
		if (strncmp(environment[i], name, len) == 0 && environment[i][len] == '=')
			return environment[i] + len + 1;
	return NULL;
}

static void
read_text(struct message *m, const char *header)
{
	int fd = memfd_create("message", MFD_CLOEXEC);
	size_t len = strlen(header);

	if (fd == -1 || write(fd, header, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		ok(false, "a file for the test");
	message_read(m, fd, 0);
	close(fd);
}

static void
take_settings(struct settings *s, const char *text, const char *sender, const char *recipient)
{
	settings_init(s);
	settings_text(s, text, strlen(text), "settings");
	if (sender != NULL)
		settings_set(s, "test", "sender", sender);
	if (recipient != NULL)
		settings_set(s, "test", "recipient", recipient);
	if (s->nproblems > 0)
		is_str(buf_str(&s->problems), "", "settings of a test");
}

/* The sender as `source local@domain', or what is wrong with it. */
static void
show_sender(struct buf *out, const struct envelope *e)
{
	static const char *const states[] = {
		[SENDER_ABSENT] = "absent", [SENDER_NULL] = "null", [SENDER_BAD] = "bad", [SENDER_GIVEN] = "",
	};

	buf_addf(out, "%s%s", states[e->state], e->source != NULL ? e->source : "");
	if (e->state == SENDER_GIVEN)
		buf_addf(out, " %s@%s", e->sender.local, e->sender.domain != NULL ? e->sender.domain : "");
}

#define HERE "Received: from x by mx.example.org; today\n"
#define RETURN_PATH "Return-Path: <a@b.example>\n" HERE
#define FROM_LINE "From a@b.example Mon Jun  1 11:58:20 2026\n" HERE

static void
test_senders(void)
{
	static const struct {
		const char *name, *header, *option, *env[ENV_MAX], *want;
	} rows[] = {
		{ "nothing", HERE, NULL, { NULL }, "absent" },
		{ "option", HERE, "a@b.example", { NULL }, "--sender a@b.example" },
		{ "option before all else", "From x@x Mon Jun  1 11:58:20 2026\nReturn-Path: <y@y>\n" HERE, "a@b.example",
		    { "SENDER=z@z", NULL }, "--sender a@b.example" },
		{ "option in brackets", HERE, "<a@b.example>", { NULL }, "--sender a@b.example" },
		{ "option, empty", HERE, "", { NULL }, "null--sender" },
		{ "option, blank", HERE, " ", { NULL }, "null--sender" },
		{ "option, <>", HERE, "<>", { NULL }, "null--sender" },
		{ "option, qmail's double bounce", HERE, "#@[]", { NULL }, "null--sender" },
		{ "option, MAILER-DAEMON", HERE, "MAILER-DAEMON", { NULL }, "null--sender" },
		{ "option, <Mailer-Daemon>", HERE, "<Mailer-Daemon>", { NULL }, "null--sender" },
		{ "option, MAILER-DAEMON with a domain is no null sender", HERE, "MAILER-DAEMON@x.example", { NULL },
		    "--sender MAILER-DAEMON@x.example" },
		{ "option, no address", HERE, "a b", { NULL }, "bad--sender" },
		{ "option, no domain", HERE, "anna", { NULL }, "--sender anna@" },

		{ "From line", FROM_LINE, NULL, { NULL }, "From line a@b.example" },
		{ "From line before Return-Path", "From a@b.example x\nReturn-Path: <y@y>\n" HERE, NULL, { NULL }, "From line a@b.example" },
		{ "From line, empty", "From \n" HERE, NULL, { NULL }, "nullFrom line" },
		{ "From line, <>", "From <> x\n" HERE, NULL, { NULL }, "nullFrom line" },
		{ "From line, MAILER-DAEMON", "From MAILER-DAEMON Mon Jun\n" HERE, NULL, { NULL }, "nullFrom line" },
		{ "From line, in brackets", "From <a@b.example> x\n" HERE, NULL, { NULL }, "From line a@b.example" },

		{ "Return-Path", RETURN_PATH, NULL, { NULL }, "Return-Path a@b.example" },
		{ "Return-Path without brackets", "Return-Path: a@b.example\n" HERE, NULL, { NULL }, "Return-Path a@b.example" },
		{ "Return-Path, <>", "Return-Path: <>\n" HERE, NULL, { NULL }, "nullReturn-Path" },
		{ "Return-Path, empty", "Return-Path:\n" HERE, NULL, { NULL }, "nullReturn-Path" },
		{ "Return-Path, no address", "Return-Path: <a b>\n" HERE, NULL, { NULL }, "badReturn-Path" },
		{ "Return-Path, route", "Return-Path: <@x,@y:a@b.example>\n" HERE, NULL, { NULL }, "Return-Path a@b.example" },
		{ "Return-Path below the first Received", HERE RETURN_PATH, NULL, { NULL }, "absent" },
		{ "Return-Path without any Received", "Return-Path: <a@b.example>\n", NULL, { NULL }, "Return-Path a@b.example" },
		{ "the first of two Return-Path", "Return-Path: <a@b.example>\nReturn-Path: <c@d>\n" HERE, NULL, { NULL },
		    "Return-Path a@b.example" },

		{ "$SENDER", HERE, NULL, { "SENDER=a@b.example", NULL }, "$SENDER a@b.example" },
		{ "$SENDER after Return-Path", RETURN_PATH, NULL, { "SENDER=a_b@b.example", NULL }, "Return-Path a@b.example" },
		{ "$SENDER after the From line", FROM_LINE, NULL, { "SENDER=a_b@b.example", NULL }, "From line a@b.example" },
		{ "Postfix: $SENDER is not exact", RETURN_PATH, NULL,
		    { "SENDER=a_@b.example", "LOCAL=bob", "DOMAIN=example.org", "ORIGINAL_RECIPIENT=bob@example.org", NULL },
		    "Return-Path a@b.example" },
		{ "Postfix with a client", RETURN_PATH, NULL,
		    { "SENDER=a_@b.example", "LOCAL=bob", "DOMAIN=example.org", "CLIENT_ADDRESS=192.0.2.7", NULL },
		    "Return-Path a@b.example" },
		{ "qmail", "Return-Path: <y@y>\n" HERE, NULL, { "RPLINE=Return-Path: <a@b.example>\n", "SENDER=a@b.example", NULL },
		    "$SENDER a@b.example" },
		{ "qmail, empty", HERE, NULL, { "RPLINE=x", "SENDER=", NULL }, "null$SENDER" },
		{ "qmail, double bounce", HERE, NULL, { "RPLINE=x", "SENDER=#@[]", NULL }, "null$SENDER" },
		{ "Exim", "Return-Path: <y@y>\n" HERE, NULL, { "LOCAL_PART=bob", "DOMAIN=example.org", "SENDER=a@b.example", NULL },
		    "$SENDER a@b.example" },
		{ "Exim, empty", HERE, NULL, { "LOCAL_PART=bob", "DOMAIN=example.org", "SENDER=", NULL }, "null$SENDER" },
		{ "OpenSMTPD leaves the sender's Return-Path in", "Return-Path: <y@y>\n" HERE, NULL,
		    { "LOCAL=bob", "DOMAIN=example.org", "SENDER=a@b.example", NULL }, "$SENDER a@b.example" },
		{ "OpenSMTPD, empty", "Return-Path: <y@y>\n" HERE, NULL, { "LOCAL=bob", "DOMAIN=example.org", "SENDER=", NULL },
		    "null$SENDER" },
		{ "Dovecot leaves it unset", "Return-Path: <>\n" HERE, NULL, { "RECIPIENT=bob@example.org", NULL }, "nullReturn-Path" },

		{ "maildrop says $FROM", HERE, NULL, { "LOCKEXT=.lock", "FROM=a@b.example", NULL }, "$FROM a@b.example" },
		{ "maildrop, empty", HERE, NULL, { "LOCKEXT=.lock", "FROM=", NULL }, "null$FROM" },
		{ "$FROM is maildrop's alone", HERE, NULL, { "FROM=a@b.example", NULL }, "absent" },

		{ "one says null: $SENDER", RETURN_PATH, NULL, { "SENDER=", NULL }, "null$SENDER" },
		{ "one says null: Return-Path", "Return-Path: <>\n" HERE, "a@b.example", { NULL }, "nullReturn-Path" },
		{ "one says null: From line", "From MAILER-DAEMON x\n" RETURN_PATH, "a@b.example", { NULL }, "nullFrom line" },
		{ "one says null: the option", FROM_LINE, "<>", { "SENDER=a@b.example", NULL }, "null--sender" },
		{ "none says null: the first decides", "From c@d x\n" RETURN_PATH, NULL, { "SENDER=e@f", NULL }, "From line c@d" },
		{ "the first is bad", RETURN_PATH, "a b", { NULL }, "bad--sender" },
	};
	struct envelope e;
	struct message m;
	struct settings s;
	struct buf got = BUF_INIT;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		environment = rows[i].env;
		read_text(&m, rows[i].header);
		take_settings(&s, "", rows[i].option, NULL);
		ok(envelope_read(&e, &m, &s, of_row), "%s: read", rows[i].name);
		buf_reset(&got);
		show_sender(&got, &e);
		is_str(buf_str(&got), rows[i].want, rows[i].name);
		envelope_free(&e);
		settings_free(&s);
		message_free(&m);
	}
	buf_free(&got);
}

static void
test_unwrapped(void)
{
	static const struct {
		const char *sender, *want;
		enum address_wrapping wrapping;
	} rows[] = {
		{ "a@b.example", "a@b.example", ADDRESS_PLAIN },
		{ "prvs=1234567890=a@b.example", "a@b.example", ADDRESS_WRAPPED },
		{ "btv1==tag==a@b.example", "a@b.example", ADDRESS_WRAPPED },
		{ "SRS0=x1Y2=AB=b.example=a@f.example", "a@b.example", ADDRESS_WRAPPED },
		{ "srs0+x1Y2=AB=b.example=a@f.example", "a@b.example", ADDRESS_WRAPPED },
		{ "SRS0-x1Y2=AB=b.example=a@f.example", "a@b.example", ADDRESS_WRAPPED },
		{ "SRS1=zz=f.example==x1Y2=AB=b.example=a@g.example", "a@b.example", ADDRESS_WRAPPED },
		{ "carol+SRS=x1Y2=AB=b.example=a@f.example", "a@b.example", ADDRESS_WRAPPED },
		{ "bounces+SRS=x1Y2=AB@f.example", "bounces+SRS=x1Y2=AB@f.example", ADDRESS_HIDDEN },
		{ "SRS0@f.example", "SRS0@f.example", ADDRESS_PLAIN },
		{ "SRS01=x@f.example", "SRS01=x@f.example", ADDRESS_PLAIN },
		{ "prvs=a@b.example", "prvs=a@b.example", ADDRESS_PLAIN },
	};
	struct envelope e;
	struct message m;
	struct settings s;
	struct buf got = BUF_INIT;
	size_t i;
	static const char *const none[] = { NULL };

	environment = none;
	read_text(&m, HERE);
	for (i = 0; i < COUNT(rows); i++) {
		take_settings(&s, "", rows[i].sender, NULL);
		envelope_read(&e, &m, &s, of_row);
		buf_reset(&got);
		buf_addf(&got, "%s@%s", e.original.local, e.original.domain);
		is_str(buf_str(&got), rows[i].want, rows[i].sender);
		is_int(e.wrapping, rows[i].wrapping, rows[i].sender);
		buf_reset(&got);
		buf_addf(&got, "%s@%s", e.sender.local, e.sender.domain);
		is_str(buf_str(&got), rows[i].sender, "as it was given");
		envelope_free(&e);
		settings_free(&s);
	}
	message_free(&m);
	buf_free(&got);
}

static void
show_own(struct buf *out, const struct envelope *e)
{
	size_t i;

	for (i = 0; i < e->nown; i++)
		buf_addf(out, "%s%s@%s", i > 0 ? " " : "", e->own[i].local, e->own[i].domain != NULL ? e->own[i].domain : "*");
}

#define OWN_HEADER "Delivered-To: d@example.org\n" HERE

static void
test_owners(void)
{
	static const struct {
		const char *name, *header, *settings, *option, *env[ENV_MAX], *want;
		bool needs_login;
	} rows[] = {
		{ "nothing", HERE, "", NULL, { NULL }, "", true },
		{ "option", HERE, "", "b@example.org", { NULL }, "b@example.org", false },
		{ "option before $RECIPIENT", HERE, "", "b@example.org", { "RECIPIENT=c@example.org", NULL }, "b@example.org", false },
		{ "$RECIPIENT", OWN_HEADER, "", NULL, { "RECIPIENT=b@example.org", NULL }, "b@example.org", false },
		{ "Exim", HERE, "", NULL, { "LOCAL_PART=b", "DOMAIN=example.org", NULL }, "b@example.org", false },
		{ "qmail", HERE, "", NULL, { "LOCAL=b", "HOST=example.org", NULL }, "b@example.org", false },
		{ "Delivered-To", OWN_HEADER, "", NULL, { NULL }, "d@example.org", false },
		{ "Envelope-To", "Envelope-To: <d@example.org>\n" HERE, "", NULL, { NULL }, "d@example.org", false },
		{ "X-Original-To", "X-Original-To: d@example.org\n" HERE, "", NULL, { NULL }, "d@example.org", false },
		{ "Delivered-To below the first Received", HERE OWN_HEADER, "", NULL, { NULL }, "", true },
		{ "aliases", HERE, "alias = x@example.org\nalias = Y <y@example.org>\nalias = z\n", NULL, { NULL },
		    "x@example.org y@example.org z@*", true },
		{ "aliases and $RECIPIENT", HERE, "alias = x@example.org\nalias = b@example.org\n", NULL,
		    { "RECIPIENT=B@example.org", NULL }, "x@example.org b@example.org", false },
		{ "$RECIPIENT with a detail", HERE, "", NULL, { "RECIPIENT=b+x@example.org", NULL }, "b+x@example.org b@example.org", false },
		{ "Exim's with a detail", HERE, "", NULL, { "LOCAL_PART=b+x", "DOMAIN=example.org", NULL },
		    "b+x@example.org b@example.org", false },
		{ "Delivered-To with a detail", "Delivered-To: b+x@example.org\n" HERE, "", NULL, { NULL }, "b+x@example.org b@example.org", false },
		{ "a detail by the site's delimiter", HERE, "delimiter = -\n", NULL, { "RECIPIENT=b-x@example.org", NULL },
		    "b-x@example.org b@example.org", false },
		{ "an alias with a detail stands for itself", HERE, "alias = b+x@example.org\n", NULL, { NULL }, "b+x@example.org", true },
		{ "before expansion, the login", HERE, "", NULL,
		    { "RECIPIENT=b17@example.org", "ORIGINAL_RECIPIENT=bob@example.net", "LOGNAME=bob", NULL },
		    "b17@example.org bob@example.net", false },
		{ "before expansion, the login, $USER", HERE, "", NULL,
		    { "RECIPIENT=b17@example.org", "ORIGINAL_RECIPIENT=bob@example.net", "USER=bob", NULL },
		    "b17@example.org bob@example.net", false },
		{ "before expansion, a listed alias", HERE, "alias = rob\n", NULL,
		    { "RECIPIENT=b17@example.org", "ORIG_RECIPIENT=rob@example.net", NULL }, "rob@* b17@example.org rob@example.net", false },
		{ "before expansion, a list", HERE, "alias = rob@example.org\n", NULL,
		    { "RECIPIENT=b17@example.org", "ORIGINAL_RECIPIENT=all-staff@example.org", "LOGNAME=bob", NULL },
		    "rob@example.org b17@example.org", false },
		{ "before expansion, a list, and the owner says so", HERE, "use-original-recipient = yes\n", NULL,
		    { "RECIPIENT=b17@example.org", "ORIGINAL_RECIPIENT=all-staff@example.org", NULL },
		    "b17@example.org all-staff@example.org", false },
		{ "X-Original-To is a list's", "X-Original-To: all-staff@example.org\nDelivered-To: b@example.org\n" HERE, "", NULL, { NULL },
		    "b@example.org", false },
		{ "X-Original-To is a list's, and nothing else is there", "X-Original-To: bob@example.org\n" HERE, "", NULL,
		    { "LOGNAME=bob", NULL }, "bob@example.org", false },
	};
	struct envelope e;
	struct message m;
	struct settings s;
	struct buf got = BUF_INIT;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		environment = rows[i].env;
		read_text(&m, rows[i].header);
		take_settings(&s, rows[i].settings, NULL, rows[i].option);
		ok(envelope_read(&e, &m, &s, of_row), "%s: read", rows[i].name);
		buf_reset(&got);
		show_own(&got, &e);
		is_str(buf_str(&got), rows[i].want, rows[i].name);
		is_int(envelope_needs_login(&e), rows[i].needs_login, rows[i].name);
		envelope_free(&e);
		settings_free(&s);
		message_free(&m);
	}
	buf_free(&got);
}

static void
test_addressed(void)
{
	static const struct {
		const char *name, *header, *settings, *want;
		size_t count;
	} rows[] = {
		{ "To", "To: b@example.org\n", "", "b@example.org", 1 },
		{ "without regard to case", "TO: B@EXAMPLE.ORG\n", "", "B@EXAMPLE.ORG", 1 },
		{ "Cc", "To: x@x\nCc: y@y, b@example.org\n", "", "b@example.org", 3 },
		{ "Bcc", "Bcc: b@example.org\n", "", "b@example.org", 1 },
		{ "Resent-To", "To: x@x\nResent-To: b@example.org\n", "", "b@example.org", 2 },
		{ "Resent-Cc", "Resent-Cc: b@example.org\n", "", "b@example.org", 1 },
		{ "Resent-Bcc", "Resent-Bcc: b@example.org\n", "", "b@example.org", 1 },
		{ "Apparently-To", "Apparently-To: b@example.org\n", "", "b@example.org", 1 },
		{ "the second To", "To: x@x\nTo: b@example.org\n", "", "b@example.org", 2 },
		{ "with a detail, as it was written", "To: b+lists@example.org\n", "", "b+lists@example.org", 1 },
		{ "with another delimiter", "To: b-lists@example.org\n", "", "", 1 },
		{ "with the site's delimiter", "To: b-lists@example.org\n", "delimiter = -\n", "b-lists@example.org", 1 },
		{ "without a delimiter", "To: b+lists@example.org\n", "delimiter = \"\"\n", "", 1 },
		{ "an alias", "To: robert@example.net\n", "alias = robert@example.net\n", "robert@example.net", 1 },
		{ "an alias in every domain", "To: robert@example.com\n", "alias = robert\n", "robert@example.com", 1 },
		{ "the alias that was written to, not the first one", "To: y@example.org\n", "alias = x@example.org\nalias = y@example.org\n",
		    "y@example.org", 1 },
		{ "group", "To: friends: x@x, b@example.org;\n", "", "b@example.org", 2 },
		{ "comments", "To: (x@x) b (bob) @ example.org\n", "", "b@example.org", 1 },
		{ "encoded name", "To: =?utf-8?Q?x=40x=2C?= <b@example.org>\n", "", "b@example.org", 1 },
		{ "a name that is an address", "To: \"b@example.org\" <x@x>\n", "", "", 1 },
		{ "IDN, U-label in the message", "To: b@b\xc3\xbc" "cher.example\n", "alias = b@xn--bcher-kva.example\n",
		    "b@xn--bcher-kva.example", 1 },
		{ "IDN, A-label in the message", "To: b@XN--BCHER-KVA.example\n", "alias = b@b\xc3\xbc" "cher.example\n",
		    "b@XN--BCHER-KVA.example", 1 },
		{ "UTF-8 local part", "To: b\xc3\xb3" "b@example.org\n", "alias = b\xc3\xb3" "b@example.org\n", "b\xc3\xb3" "b@example.org", 1 },
		{ "one bad mailbox", "To: x y@z, b@example.org\n", "", "b@example.org", 1 },
		{ "theme is not me", "To: theme@example.org\n", "alias = me@example.org\n", "", 1 },
		{ "me-list is not me", "To: me-list@example.org\n", "alias = me@example.org\n", "", 1 },
		{ "another domain", "To: b@example.net\n", "", "", 1 },
		{ "a domain that ends alike", "To: b@x.example.org, b@badexample.org\n", "", "", 2 },
		{ "nobody", "To: undisclosed-recipients:;\n", "", "", 0 },
		{ "no field", "From: b@example.org\nReply-To: b@example.org\n", "", "", 0 },
	};
	static const char *const recipient[] = { "RECIPIENT=b@example.org", NULL };
	const struct address *which;
	struct envelope e;
	struct message m;
	struct settings s;
	struct buf got = BUF_INIT;
	size_t i;

	environment = recipient;
	for (i = 0; i < COUNT(rows); i++) {
		read_text(&m, rows[i].header);
		take_settings(&s, rows[i].settings, NULL, NULL);
		envelope_read(&e, &m, &s, of_row);
		which = envelope_addressed(&e);
		buf_reset(&got);
		if (which != NULL)
			address_format(&got, which);
		is_str(buf_str(&got), rows[i].want, rows[i].name);
		is_int((long long)envelope_recipients(&e), (long long)rows[i].count, rows[i].name);
		ok(envelope_addressed(&e) == which, "%s, asked again", rows[i].name);
		envelope_free(&e);
		settings_free(&s);
		message_free(&m);
	}
	buf_free(&got);
}

static void
test_own(void)
{
	static const struct {
		const char *address;
		bool own;
	} rows[] = {
		{ "b@example.org", true }, { "B@Example.Org", true }, { "b+x@example.org", true }, { "x@example.net", true },
		{ "b-x@example.org", false }, { "b@example.net", false }, { "rob@example.org", false }, { "+x@example.org", false },
		{ "login@anything", false },
	};
	static const char *const recipient[] = { "RECIPIENT=b@example.org", NULL };
	struct address a;
	struct envelope e;
	struct message m;
	struct settings s;
	size_t i;

	environment = recipient;
	read_text(&m, HERE);
	take_settings(&s, "alias = x@example.net\n", NULL, NULL);
	s.login = "login";
	s.bare_login = true;
	envelope_read(&e, &m, &s, of_row);
	for (i = 0; i < COUNT(rows); i++) {
		address_parse(rows[i].address, strlen(rows[i].address), &a);
		is_int(envelope_is_own(&e, &a), rows[i].own, rows[i].address);
		address_free(&a);
	}
	is_str(envelope_first_own(&e)->local, "b", "the first of the owner's addresses");
	if (ok(envelope_add_login(&e, "login") && e.nown > 3, "login at this host")) {
		is_str(e.own[3].local, "login", "login at this host, the local part");
		ok(e.own[3].domain != NULL, "login at this host, the domain");
	}
	envelope_free(&e);
	settings_free(&s);
	message_free(&m);
}

static void
test_from(void)
{
	static const struct {
		const char *header, *want;
	} rows[] = {
		{ "From: Alice <alice@example.com>\n", "alice" },
		{ "From: alice@example.com (Alice), carol@example.com\n", "alice" },
		{ "From: Liddell, Alice <alice@example.com>\n", "alice" },
		{ "From: nonsense at all <>\n", NULL },
		{ "X: y\n", NULL },
	};
	static const char *const none[] = { NULL };
	struct envelope e;
	struct message m;
	struct settings s;
	size_t i;

	environment = none;
	take_settings(&s, "", NULL, NULL);
	for (i = 0; i < COUNT(rows); i++) {
		read_text(&m, rows[i].header);
		envelope_read(&e, &m, &s, of_row);
		is_str(envelope_from(&e)->local, rows[i].want, "the first mailbox of From");
		envelope_free(&e);
		message_free(&m);
	}
	settings_free(&s);
}

int
main(void)
{
	test_senders();
	test_unwrapped();
	test_owners();
	test_addressed();
	test_own();
	test_from();
	return done_testing();
}
