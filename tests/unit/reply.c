/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply: message file and message in, complete reply out; what a stranger may and may not put there. */
#include "reply.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "deadline.h"
#include "mime.h"
#include "reply_ids.h"
#include "template.h"
#include "tests/tap.h"
#include "text.h"

#define TIME_MAX 20000	/* milliseconds: valgrind is slow */

static const struct request base = {
	.to = "ben@example.net",
	.from_address = "anna@example.org",
	.from_name = "Anna Example",
	.template_bytes = "",
	.recipient = "anna@example.org",
	.now = 1797000000,
	.message_id_random = 0x1234,
	.date = "Sat, 12 Dec 2026 00:00:00 +0100",
	.text_date = "12 December 2026",
	.text_from_date = "",
	.text_until = "24 December 2026",
};

static void
read_message(struct message *msg, const char *bytes, size_t len)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	if (fd == -1 || write(fd, bytes, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) == -1)
		abort();
	message_read(msg, fd, 0);
	close(fd);
}

static enum confine_verdict
build(struct buf *out, const struct request *rq, const char *message, size_t len)
{
	struct message msg;
	enum confine_verdict verdict;

	read_message(&msg, message, len);
	buf_reset(out);
	verdict = reply_build(rq, &msg, out);
	message_free(&msg);
	return verdict;
}

/* The reply to `message' with `template'; the rest of the request is `rq'. */
static const char *
reply_to(struct buf *out, struct request rq, const char *template, const char *message)
{
	rq.template_bytes = template;
	rq.template_len = strlen(template);
	is_int(build(out, &rq, message, strlen(message)), CONFINE_OK, "composed");
	return buf_str(out);
}

/* The header block as a message, so that its fields can be asked for. */
static void
parse_reply(struct message *msg, const char *reply)
{
	read_message(msg, reply, strlen(reply));
}

static void
decoded(struct buf *out, const struct message *msg, const char *name)
{
	struct mime *m = mime_new();
	const struct field *f = message_find(msg, name, NULL);

	buf_reset(out);
	if (f != NULL)
		mime_decode_header(m, out, f->value, f->value_len);
	mime_free(m);
}

static void
test_whole_reply(void)
{
	struct buf out = BUF_INIT;

	is_str(reply_to(&out, base,
	    "Subject: away from my mail\nReply-To: office@example.org\n\n"
	    "I am away until $UNTIL.\nYour mail concerning \"$SUBJECT\" waits.\n",
	    "From: Ben <ben@example.net>\nTo: anna@example.org\nSubject: lunch?\nMessage-ID: <1@example.net>\n\nHi\n"),
	    "From: Anna Example <anna@example.org>\n"
	    "To: ben@example.net\n"
	    "Subject: away from my mail\n"
	    "Date: Sat, 12 Dec 2026 00:00:00 +0100\n"
	    "Message-ID: <6b1c0b40.1234@example.org>\n"
	    "In-Reply-To: <1@example.net>\n"
	    "References: <1@example.net>\n"
	    "Auto-Submitted: auto-replied\n"
	    "X-Backsoon: auto-reply\n"
	    "Reply-To: office@example.org\n"
	    "X-Auto-Response-Suppress: All\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 7bit\n"
	    "\n"
	    "I am away until 24 December 2026.\n"
	    "Your mail concerning \"lunch?\" waits.\n", "a vacation(1) message file");
	buf_free(&out);
}

/* One header field of the reply to one message; NULL in `want': it is not there. */
static const struct {
	const char *name, *template, *message, *field, *want;
} fields[] = {
	/* Subject */
	{ "no Subject anywhere", "Hello\n", "From: a@b.example\n\n", "Subject", "Auto: your message" },
	{ "an empty Subject", "Hello\n", "Subject:\n\n", "Subject", "Auto: your message" },
	{ "the original's", "Hello\n", "Subject: lunch\n\n", "Subject", "Auto: lunch" },
	{ "Re: stays, once", "Hello\n", "Subject: Re: RE: re[2]: lunch\n\n", "Subject", "Auto: Re: lunch" },
	{ "Auto: is not doubled", "Hello\n", "Subject: Auto: Re: Auto: lunch\n\n", "Subject", "Auto: Re: lunch" },
	{ "Regards is no Re", "Hello\n", "Subject: Regards: x\n\n", "Subject", "Auto: Regards: x" },
	{ "nothing but Re", "Hello\n", "Subject: Re:\n\n", "Subject", "Auto: your message" },
	{ "encoded words", "Hello\n", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\n", "Subject",
	    "Auto: Gr\xc3\xbc\xc3\x9f" "e" },
	{ "another charset", "Hello\n", "Subject: =?koi8-r?B?8NLJ18XU?=\n\n", "Subject",
	    "Auto: \xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82" },
	{ "an unknown charset", "Hello\n", "Subject: =?x-none?q?abc?= d\n\n", "Subject", "Auto: =?x-none?q?abc?= d" },
	{ "a variable", "Subject: Away: $SUBJECT\n\nHello\n", "Subject: lunch\n\n", "Subject", "Away: lunch" },
	{ "every occurrence", "Subject: $SUBJECT, ${SUBJECT}, $$SUBJECT, $SUBJECTS\n\nHello\n", "Subject: a\n\n", "Subject",
	    "a, a, $SUBJECT, $SUBJECTS" },
	{ "a variable in a variable", "Subject: $SUBJECT\n\nHello\n", "Subject: $FROM ${TO}\n\n", "Subject", "$FROM ${TO}" },
	{ "an encoded variable", "Subject: =?utf-8?q?=C3=A9_$SUBJECT?=\n\nx\n", "Subject: a\n\n", "Subject", "\xc3\xa9 a" },
	{ "variables without a value", "Subject: [$SUBJECT][$FROM_DATE]\n\nx\n", "From: a@b.example\n\n", "Subject", "[][]" },
	{ "folded in the template", "Subject: one\n\ttwo\nX-Foo: x\n\nHello\n", "\n", "Subject", "one two" },
	{ "no blank behind the colon", "Subject:gone\n\nHello\n", "\n", "Subject", "gone" },
	{ "CRLF template", "Subject: gone\r\n\r\nHello\r\n", "\n", "Subject", "gone" },
	{ "template with a byte order mark", "\xef\xbb\xbfSubject: gone\n\nHello\n", "\n", "Subject", "gone" },
	{ "Latin-1 template", "Subject: caf\xe9\n\nHello\n", "\n", "Subject", "caf\xc3\xa9" },
	{ "declared charset", "Content-Type: text/plain; charset=koi8-r\nSubject: \xf0\xd2\n\nHello\n", "\n", "Subject",
	    "\xd0\x9f\xd1\x80" },
	{ "two Subjects: the first", "Subject: one\nSubject: two\n\nHello\n", "\n", "Subject", "one" },
	{ "no header in the template, only what looks like one", "Hello: no\n there\n", "\n", "Hello", NULL },
	/* injection through the Subject */
	{ "a line break", "Hello\n", "Subject: =?utf-8?q?a=0D=0ABcc:_x@y.example?=\n\n", "Subject", "Auto: a Bcc: x@y.example" },
	{ "a line break, no Bcc", "Hello\n", "Subject: =?utf-8?q?a=0D=0ABcc:_x@y.example?=\n\n", "Bcc", NULL },
	{ "an LF, other charset", "Hello\n", "Subject: =?koi8-r?q?a=0ABcc:_x@y.example?=\n\n", "Bcc", NULL },
	{ "NUL", "Hello\n", "Subject: =?utf-8?q?a=00b?=\n\n", "Subject", "Auto: ab" },
	{ "bidi controls", "Hello\n", "Subject: =?utf-8?q?a=E2=80=AEb?=\n\n", "Subject", "Auto: ab" },
	{ "a word in a word", "Hello\n", "Subject: =?utf-8?q?=3D=3Futf-8=3Fq=3F=0ABcc=3F=3D?=\n\n", "Bcc", NULL },
	/* From */
	{ "default From", "Hello\n", "\n", "From", "Anna Example <anna@example.org>" },
	{ "the template's From", "From: Office <office@example.org>\n\nHi\n", "\n", "From", "Office <office@example.org>" },
	{ "the template's From, bare", "From: office@example.org\n\nHi\n", "\n", "From", "office@example.org" },
	{ "only a name", "From: The Office\n\nHi\n", "\n", "From", "The Office <anna@example.org>" },
	{ "the alias written to", "From: Me <$TO>\n\nHi\n", "\n", "From", "Me <anna@example.org>" },
	{ "a stranger's words in From", "From: \"$SUBJECT\" <me@example.org>\n\nHi\n", "Subject: x\" <evil@example.com>, \"\n\n",
	    "From", "\"x\\\" <evil@example.com>, \\\"\" <me@example.org>" },
	{ "a broken From", "From: <@@>\n\nHi\n", "\n", "From", "Anna Example <anna@example.org>" },
	{ "a From that needs SMTPUTF8", "From: M <m\xc3\xbc@example.org>\n\nHi\n", "\n", "From",
	    "Anna Example <anna@example.org>" },
	{ "a Reply-To that needs SMTPUTF8", "Reply-To: M <m\xc3\xbc@example.org>, o@example.org\n\nHi\n", "\n", "Reply-To",
	    "o@example.org" },
	{ "8-bit name", "From: M\xc3\xbcller <m@example.org>\n\nHi\n", "\n", "From", "M\xc3\xbcller <m@example.org>" },
	{ "name with a comma", "From: =?utf-8?q?M=C3=BCller=2C_Anna?= <m@example.org>\n\nHi\n", "\n", "From",
	    "M\xc3\xbcller, Anna <m@example.org>" },
	/* other fields of the template */
	{ "Reply-To", "Reply-To: A <a@b.example>, junk@, C, D <c@d.example>\n\nHi\n", "\n", "Reply-To",
	    "A <a@b.example>, D <c@d.example>" },
	{ "no usable Reply-To", "Reply-To: nobody knows\n\nHi\n", "\n", "Reply-To", NULL },
	{ "Organization", "Organization: Caf\xc3\xa9 $TO\n\nHi\n", "\n", "Organization", "Caf\xc3\xa9 anna@example.org" },
	{ "Precedence", "Precedence: bulk\n\nHi\n", "\n", "Precedence", "bulk" },
	{ "no Precedence of ours", "Hi\n", "\n", "Precedence", NULL },
	{ "Suppress of theirs", "X-Auto-Response-Suppress: OOF\n\nHi\n", "\n", "X-Auto-Response-Suppress", "OOF" },
	{ "their Content-Language", "Content-Language: de\n\nHi\n", "\n", "Content-Language", "de" },
	/* what is ours */
	{ "Auto-Submitted", "Auto-Submitted: no\n\nHi\n", "\n", "Auto-Submitted", "auto-replied" },
	{ "To", "To: evil@example.com\n\nHi\n", "\n", "To", "ben@example.net" },
	{ "Cc", "Cc: evil@example.com\n\nHi\n", "\n", "Cc", NULL },
	{ "Bcc", "bcc: evil@example.com\n\nHi\n", "\n", "Bcc", NULL },
	{ "Resent-To", "Resent-To: evil@example.com\n\nHi\n", "\n", "Resent-To", NULL },
	{ "Sender", "Sender: x@example.com\n\nHi\n", "\n", "Sender", NULL },
	{ "Return-Path", "Return-Path: <x@example.com>\n\nHi\n", "\n", "Return-Path", NULL },
	{ "Received", "Received: from x\n\nHi\n", "\n", "Received", NULL },
	{ "Return-Receipt-To", "Return-Receipt-To: x@example.com\n\nHi\n", "\n", "Return-Receipt-To", NULL },
	{ "Disposition-Notification-To", "Disposition-Notification-To: x@example.com\n\nHi\n", "\n",
	    "Disposition-Notification-To", NULL },
	{ "Message-ID", "Message-ID: <x@example.com>\n\nHi\n", "\n", "Message-ID", "<6b1c0b40.1234@example.org>" },
	{ "Message-ID follows From", "From: x@office.example.com\n\nHi\n", "\n", "Message-ID",
	    "<6b1c0b40.1234@office.example.com>" },
	{ "Date", "Date: yesterday\n\nHi\n", "\n", "Date", "Sat, 12 Dec 2026 00:00:00 +0100" },
	{ "In-Reply-To", "In-Reply-To: <x@example.com>\n\nHi\n", "\n", "In-Reply-To", NULL },
	{ "References", "References: <x@example.com>\n\nHi\n", "\n", "References", NULL },
	{ "MIME-Version", "MIME-Version: 2.0\n\nHi\n", "\n", "MIME-Version", "1.0" },
	{ "Content-Disposition", "Content-Disposition: attachment\n\nHi\n", "\n", "Content-Disposition", NULL },
	{ "our marker", "X-Backsoon: no\n\nHi\n", "\n", "X-Backsoon", "auto-reply" },
	/* Content-Type */
	{ "plain", "Hi\n", "\n", "Content-Type", "text/plain; charset=utf-8" },
	{ "HTML", "Content-Type: TEXT/html; charset=\"iso-8859-1\"\n\nHi\n", "\n", "Content-Type", "multipart/alternative; boundary=\"=_0000000000001237\"" },
	{ "flowed", "Content-Type: text/plain; format=flowed; DelSp=yes; x=y\n\nHi\n", "\n", "Content-Type",
	    "text/plain; charset=utf-8; format=flowed; delsp=yes" },
	{ "a parameter that is no token", "Content-Type: text/plain; format=\"a b\"\n\nHi\n", "\n", "Content-Type",
	    "text/plain; charset=utf-8" },
	{ "multipart is no text", "Content-Type: multipart/mixed; boundary=x\n\nHi\n", "\n", "Content-Type",
	    "text/plain; charset=utf-8" },
	{ "nonsense", "Content-Type: text\n\nHi\n", "\n", "Content-Type", "text/plain; charset=utf-8" },
	/* threads */
	{ "In-Reply-To of ours", "Hi\n", "Message-ID: <a.b@c.example>\n\n", "In-Reply-To", "<a.b@c.example>" },
	{ "words around it", "Hi\n", "Message-ID: x <a.b@c.example> (was: <d@e>)\n\n", "In-Reply-To", "<a.b@c.example>" },
	{ "thread", "Hi\n", "References: <1@x> <2@x>\nMessage-ID: <3@x>\n\n", "References", "<1@x> <2@x> <3@x>" },
	{ "parent's In-Reply-To", "Hi\n", "In-Reply-To: <1@x>\nMessage-ID: <3@x>\n\n", "References", "<1@x> <3@x>" },
	{ "two in In-Reply-To", "Hi\n", "In-Reply-To: <1@x> <2@x>\nMessage-ID: <3@x>\n\n", "References", "<3@x>" },
	{ "References go before", "Hi\n", "References: <1@x>\nIn-Reply-To: <2@x>\nMessage-ID: <3@x>\n\n", "References",
	    "<1@x> <3@x>" },
	{ "no Message-ID", "Hi\n", "References: <1@x> <2@x>\n\n", "References", "<1@x> <2@x>" },
	{ "no Message-ID, no In-Reply-To", "Hi\n", "References: <1@x> <2@x>\n\n", "In-Reply-To", NULL },
	{ "once only", "Hi\n", "References: <1@x> <2@x> <2@x> <1@x>\nMessage-ID: <2@x>\n\n", "References", "<1@x> <2@x>" },
	{ "bad ids", "Hi\n", "References: <1@x> <no> junk <a b@x> < <2@x> <a@b\xc3\xa9> <>>\nMessage-ID: <3@x>\n\n", "References",
	    "<1@x> <2@x> <3@x>" },
	{ "a bad Message-ID", "Hi\n", "Message-ID: <no at sign>\n\n", "In-Reply-To", NULL },
	{ "an encoded line break is no id", "Hi\n", "Message-ID: <=?utf-8?q?a=0D=0ABcc:x?=@c>\n\n", "Bcc", NULL },
};

static void
test_fields(void)
{
	struct buf out = BUF_INIT, value = BUF_INIT;
	struct message reply;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		parse_reply(&reply, reply_to(&out, base, fields[i].template, fields[i].message));
		decoded(&value, &reply, fields[i].field);
		is_str(message_find(&reply, fields[i].field, NULL) != NULL ? buf_str(&value) : NULL, fields[i].want,
		    fields[i].name);
		ok(message_find(&reply, fields[i].field, message_find(&reply, fields[i].field, NULL)) == NULL, "once at most");
		message_free(&reply);
	}
	buf_free(&out);
	buf_free(&value);
}

/* The text, as it is encoded, behind the header. */
static const struct {
	const char *name, *template, *message, *want;
} texts[] = {
	{ "text alone", "I am away.\nBye\n", "\n", "I am away.\nBye\n" },
	{ "text alone, no line end", "I am away.", "\n", "I am away.\n" },
	{ "first line with a blank before the colon", "Dear all : away\n", "\n", "Dear all : away\n" },
	{ "a blank line first", "\nSubject: x\n", "\n", "Subject: x\n" },
	{ "blanks in the blank line", "Subject: x\n \t\nHi\n", "\n", "Hi\n" },
	{ "no blank line", "Subject: x\nHi there\nBye\n", "\n", "Hi there\nBye\n" },
	{ "empty", "", "\n", "" },
	{ "only a header", "Subject: x\n", "\n", "" },
	{ "only a header, no line end", "Subject: x", "\n", "" },
	{ "CRLF, CR, NUL-free", "Subject: x\r\n\r\na\r\nb\rc\r\n", "\n", "a\nb\nc\n" },
	{ "trailing blank", "-- \nme\n", "\n", "--=20\nme\n" },
	{ "From and dot", "From me\n.\nbye\n", "\n", "=46rom me\n=2E\nbye\n" },
	{ "Latin-1", "Subject: x\n\nBis n\xe4" "chsten Montag\n", "\n", "Bis n=C3=A4chsten Montag\n" },
	{ "UTF-8", "Subject: x\n\nBis n\xc3\xa4" "chsten Montag\n", "\n", "Bis n=C3=A4chsten Montag\n" },
	{ "UTF-8 declared as Latin-1", "Content-Type: text/plain; charset=iso-8859-1\n\nBis n\xc3\xa4" "chsten Montag\n", "\n",
	    "Bis n=C3=A4chsten Montag\n" },
	{ "Latin-1 declared as UTF-8", "Content-Type: text/plain; charset=utf-8\n\nBis n\xe4" "chsten Montag\n", "\n",
	    "Bis n=C3=A4chsten Montag\n" },
	{ "KOI8-R", "Content-Type: text/plain; charset=koi8-r\n\n\xf0\xd2\xc9\xd7\xc5\xd4\n", "\n",
	    "0J/RgNC40LLQtdGCDQo=\n" },
	{ "ISO-2022-JP is ASCII to look at", "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$BF|K\\8l\x1b(B\n", "\n",
	    "5pel5pys6KqeDQo=\n" },
	{ "an unknown charset", "Content-Type: text/plain; charset=x-none\n\nBis n\xe4" "chsten Montag\n", "\n",
	    "Bis n=C3=A4chsten Montag\n" },
	{ "quoted-printable template", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
	    "quoted-printable\n\nBis n=E4chsten =\nMontag, $SUBJECT\n", "Subject: x\n\n", "Bis n=C3=A4chsten Montag, x\n" },
	{ "base64 template", "Content-Transfer-Encoding: base64\n\nSGVsbG8gJFNVQkpFQ1QNCg==\n", "Subject: x\n\n", "Hello x\n" },
	{ "variables", "$SUBJECT $FROM $FROM_NAME $TO $RECIPIENT $DATE\n<$FROM_DATE> $UNTIL $$ $ ${SUBJECT}x $NONE ${SUBJECT $\n",
	    "From: \"Ben, B.\" <ben@example.net>\nSubject: a\n\n",
	    "a ben@example.net Ben, B. anna@example.org anna@example.org 12 December 2026\n<> 24 December 2026 $ $ ax $NONE "
	    "${SUBJECT $\n" },
	{ "no display name", "Dear $FROM_NAME,\n", "From: ben@example.net\n\n", "Dear ben@example.net,\n" },
	{ "encoded display name", "Dear $FROM_NAME,\n", "From: =?iso-8859-2?Q?=A3?= <ben@example.net>\n\n", "RGVhciDFgSwNCg==\n" },
	{ "a line break in a value", "[$SUBJECT]\n", "Subject: =?utf-8?q?a=0D=0A.=0D=0Ab?=\n\n", "[a . b]\n" },
	{ "HTML is escaped", "Content-Type: text/html\n\n<p>$SUBJECT</p>\n", "Subject: <b>\"x\" & 'y'</b>\n\n",
	    "--=_0000000000001237\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n<b>\"x\" & 'y'</b>\n"
	    "\n--=_0000000000001237\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n"
	    "<p>&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;</p>\n\n--=_0000000000001237--\n" },
	{ "plain text is not", "$SUBJECT\n", "Subject: <b>&</b>\n\n", "<b>&</b>\n" },
};

static void
test_texts(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		const char *reply = reply_to(&out, base, texts[i].template, texts[i].message), *body = strstr(reply, "\n\n");

		is_str(body != NULL ? body + 2 : NULL, texts[i].want, texts[i].name);
	}
	buf_free(&out);
}

static const struct {
	const char *name, *from, *subject, *field, *want;
} settings[] = {
	{ "an address", "me@example.com", NULL, "From", "me@example.com" },
	{ "name and address", "Me <me@example.com>", NULL, "From", "Me <me@example.com>" },
	{ "a name", "Only Me", NULL, "From", "Only Me <anna@example.org>" },
	{ "empty", "", NULL, "From", "Office <office@example.org>" },
	{ "a domain that needs A-labels", "me@b\xc3\xbc" "cher.example", NULL, "From", "me@xn--bcher-kva.example" },
	{ "Subject", NULL, "Gone until $UNTIL", "Subject", "Gone until 24 December 2026" },
	{ "an empty Subject", NULL, "", "Subject", "Auto: x" },
	{ "a Subject with a line break", NULL, "a\nBcc: x@y", "Subject", "a Bcc: x@y" },
};

static void
test_settings(void)
{
	struct buf out = BUF_INIT, value = BUF_INIT;
	struct message reply;

	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		struct request rq = base;

		rq.from = settings[i].from;
		rq.subject = settings[i].subject;
		rq.language = "de";
		parse_reply(&reply, reply_to(&out, rq, "From: Office <office@example.org>\nSubject: theirs\n\nHi\n",
		    "Subject: x\n\n"));
		decoded(&value, &reply, settings[i].field);
		is_str(buf_str(&value), settings[i].want, settings[i].name);
		is_str(message_value(&reply, "Content-Language"), "de", "the language");
		message_free(&reply);
	}
	buf_free(&out);
	buf_free(&value);
}

static void
test_refusals(void)
{
	static const char *const bad[] = { "", "a@b\nBcc: x@y", "a@b\r", "a\x01@b", "a@\xff" };
	struct buf out = BUF_INIT;
	struct request rq;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		rq = base;
		rq.to = bad[i];
		is_int(build(&out, &rq, "\n", 1), CONFINE_BAD_INPUT, "an answered address that cannot stand in a header");
		rq = base;
		rq.from_address = bad[i];
		is_int(build(&out, &rq, "\n", 1), CONFINE_BAD_INPUT, "neither such an alias");
	}
	rq = base;
	rq.from_address = "local";
	rq.language = "de\nBcc: x@y";
	is_int(build(&out, &rq, "\n", 1), CONFINE_OK, "an alias without a domain");
	ok(strstr(buf_str(&out), "\nMessage-ID: <6b1c0b40.1234@backsoon.invalid>\n") != NULL, "has a Message-ID all the same");
	ok(strstr(buf_str(&out), "Content-Language") == NULL, "and no language that is none");
	rq = base;
	rq.template_bytes = "a\0b\n";
	rq.template_len = 4;
	is_int(build(&out, &rq, "\n", 1), CONFINE_OK, "NUL in the text");
	ok(strstr(buf_str(&out), "\n\nab\n") != NULL, "goes");
	buf_free(&out);
}

static bool
header_lines_legal(const char *reply)
{
	for (const char *p = reply; *p != '\n';) {
		size_t n = strcspn(p, "\n");

		if (n > 998 || !text_is_ascii(p, n) || memchr(p, '\r', n) != NULL)
			return false;
		p += n + 1;
	}
	return true;
}

static void
test_hostile_sizes(void)
{
	static const char *const heads[] = { "Subject: ", "References: ", "Message-ID: <", "From: \"", "Subject: =?koi8-r?q?" };
	static const char *const pieces[] = { "x", "=?utf-8?q?=C3=A9?= ", "<1@x> ", "<a@", "=?koi8-r?q?=F0?= ", "\"", "\\" };
	struct buf message = BUF_INIT, out = BUF_INIT;
	struct request rq = base;

	rq.template_bytes = "Subject: $SUBJECT$SUBJECT\nX-Foo: $SUBJECT$FROM_NAME$SUBJECT\n\n$SUBJECT\n";
	rq.template_len = strlen(rq.template_bytes);
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		for (size_t j = 0; j < sizeof pieces / sizeof pieces[0]; j++) {
			int64_t start = deadline_clock();

			buf_reset(&message);
			buf_adds(&message, heads[i]);
			while (message.len < MESSAGE_HEADER_MAX - 100)
				buf_adds(&message, pieces[j]);
			buf_adds(&message, "\n\n");
			is_int(build(&out, &rq, buf_str(&message), message.len), CONFINE_OK, "a field of 1 MB");
			ok(header_lines_legal(buf_str(&out)) && out.len < 40000 && deadline_clock() - start < TIME_MAX,
			    "%s%s...: %zu bytes", heads[i], pieces[j], out.len);
		}
	}
	buf_free(&message);
	buf_free(&out);
}

static void
test_long_thread(void)
{
	struct buf message = BUF_INIT, out = BUF_INIT, want = BUF_INIT;
	struct message reply;

	buf_adds(&message, "References:");
	for (int i = 0; i < 500; i++)
		buf_addf(&message, " <%d@x>", i);
	buf_adds(&message, "\nMessage-ID: <last@x>\n\n");
	build(&out, &base, buf_str(&message), message.len);
	parse_reply(&reply, buf_str(&out));
	buf_adds(&want, "<0@x>");
	for (int i = 500 - (REPLY_REFERENCES_MAX - 2); i < 500; i++)
		buf_addf(&want, " <%d@x>", i);
	buf_adds(&want, " <last@x>");
	is_str(message_value(&reply, "References"), buf_str(&want), "of 500 references the first and the last ones");
	message_free(&reply);
	buf_free(&message);
	buf_free(&out);
	buf_free(&want);
}

static size_t
subject_characters(const char *reply)
{
	struct message msg;
	struct buf value = BUF_INIT;
	size_t n = 0;

	parse_reply(&msg, reply);
	decoded(&value, &msg, "Subject");
	for (size_t i = 0; i < value.len; i++)
		n += ((unsigned char)value.data[i] & 0xc0) != 0x80;
	message_free(&msg);
	buf_free(&value);
	return n;
}

static void
test_subject_length(void)
{
	static const char *const characters[] = { "x", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x98\x80" };
	struct buf message = BUF_INIT, out = BUF_INIT;

	for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
		buf_reset(&message);
		buf_adds(&message, "Subject: ");
		for (int n = 0; n < 246; n++)
			buf_adds(&message, characters[i]);
		buf_adds(&message, "\n\n");
		build(&out, &base, buf_str(&message), message.len);
		/* A variable has REPLY_VARIABLE_MAX bytes, four of them for the longest characters. */
		is_int((long long)subject_characters(buf_str(&out)), REPLY_SUBJECT_MAX, characters[i]);
	}
	buf_free(&message);
	buf_free(&out);
}

static void
test_large_templates(void)
{
	struct buf template = BUF_INIT, out = BUF_INIT, message = BUF_INIT;
	struct request rq = base;

	buf_adds(&message, "Subject: ");
	for (int i = 0; i < 2000; i++)
		buf_addc(&message, 'x');
	buf_adds(&message, "\n\n");
	while (template.len < REPLY_TEMPLATE_MAX - 9)
		buf_adds(&template, "$SUBJECT\n");
	rq.template_bytes = buf_str(&template);
	rq.template_len = template.len;
	is_int(build(&out, &rq, buf_str(&message), message.len), CONFINE_OK, "1 MiB of variables");
	ok(out.len > 7 * 1024 * 1024 && out.len < REPLY_EXPANDED_MAX + REPLY_EXPANDED_MAX / 20, "is bounded: %zu bytes", out.len);
	buf_reset(&template);
	while (template.len < REPLY_TEMPLATE_MAX)
		buf_addc(&template, 'x');
	rq.template_bytes = buf_str(&template);
	rq.template_len = template.len;
	is_int(build(&out, &rq, buf_str(&message), message.len), CONFINE_OK, "1 MiB in one line");
	buf_addc(&template, 'x');
	rq.template_bytes = buf_str(&template);
	rq.template_len = template.len;
	is_int(build(&out, &rq, buf_str(&message), message.len), CONFINE_BAD_INPUT, "one byte more is too much");
	buf_reset(&template);
	while (template.len < REPLY_TEMPLATE_MAX - 8)
		buf_adds(&template, "X-A: b\n");
	rq.template_bytes = buf_str(&template);
	rq.template_len = template.len;
	is_int(build(&out, &rq, buf_str(&message), message.len), CONFINE_OK, "1 MiB of header fields");
	ok(out.len < 4000, "of which a hundred are kept");
	buf_free(&template);
	buf_free(&out);
	buf_free(&message);
}

static const struct {
	const char *id;
	bool good;
} ids[] = {
	{ "<a@b>", true }, { "<a.b+c=d@e.f>", true }, { "<\"a\"@b>", true }, { "<a@[10.0.0.1]>", true }, { "<a:b@c>", true },
	{ "<a@b@c>", true }, { "<a..b@c>", true },
	{ "a@b", false }, { "<a>", false }, { "<@b>", false }, { "<a@>", false }, { "<a b@c>", false }, { "<a@b", false },
	{ "<a\n@b>", false }, { "<a\"b@c>", false }, { "<a@b>>", false }, { "<a@[b>", false }, { "<a(b)@c>", false },
	{ "<a\\@b>", false }, { "<a@\xc3\xa9>", false }, { "", false }, { "<>", false },
};

static void
test_ids(void)
{
	struct buf id = BUF_INIT;

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		is_int(reply_id_ok(ids[i].id, strlen(ids[i].id)), ids[i].good, "message-id");
	is_int(reply_id_ok("<a\0b@c>", 7), false, "NUL in a message-id");
	buf_adds(&id, "<a@");
	while (id.len < REPLY_ID_MAX - 1)
		buf_addc(&id, 'x');
	buf_addc(&id, '>');
	is_int(reply_id_ok(buf_str(&id), id.len), true, "the longest");
	buf_truncate(&id, id.len - 1);
	buf_adds(&id, "x>");
	is_int(reply_id_ok(buf_str(&id), id.len), false, "too long");
	buf_free(&id);
}

/* The confined child gives the same bytes, for a reply with everything in it. */
static enum confine_result
in_the_child(const struct request *rq, const struct message *msg, int *fd, enum confine_verdict *verdict, struct child_status *status)
{
	struct confinement composer;

	reply_begin(rq, msg, &composer);
	return confine_end(&composer, deadline_clock() + TIME_MAX, fd, verdict, status);
}

static void
test_compose(void)
{
	static const char message[] = "From: =?koi8-r?B?8NLJ18XU?= <ben@example.net>\nMessage-ID: <1@x>\n"
	    "Subject: =?iso-2022-jp?B?GyRCRnxLXDhsGyhC?= =?big5?B?pKSk5Q==?=\n\n";
	struct request rq = base;
	struct buf out = BUF_INIT, composed = BUF_INIT;
	struct message msg;
	struct child_status status;
	enum confine_verdict verdict;
	char chunk[4096];
	ssize_t n;
	int fd;

	rq.template_bytes = "From: M\xfcller <x@b\xfc" "cher.example>\nReply-To: \xdc <y@b\xfc" "cher.example>\n\n$SUBJECT $FROM_NAME\n";
	rq.template_len = strlen(rq.template_bytes);
	is_int(build(&out, &rq, message, strlen(message)), CONFINE_OK, "in this process");
	read_message(&msg, message, strlen(message));
	is_int(in_the_child(&rq, &msg, &fd, &verdict, &status), CONFINE_DONE, "in the child");
	while (fd != -1 && (n = read(fd, chunk, sizeof chunk)) > 0)
		buf_add(&composed, chunk, (size_t)n);
	if (fd != -1)
		close(fd);
	is_str(buf_str(&composed), buf_str(&out), "the same reply");
	rq.to = "";
	is_int(in_the_child(&rq, &msg, &fd, &verdict, &status), CONFINE_REFUSED, "refused");
	is_int(verdict, CONFINE_BAD_INPUT, "with its verdict");
	message_free(&msg);
	buf_free(&out);
	buf_free(&composed);
}

static void
test_author(void)
{
	static const struct {
		const char *name, *file;
		bool author;
	} rows[] = {
		{ "an address", "From: Anna <anna@example.org>\nSubject: Away\n\nText\n", true },
		{ "behind another field, folded", "Subject: Away\n until Monday\nfrom: anna@example.org\n\nText\n", true },
		{ "CRLF", "Subject: Away\r\nFrom: anna@example.org\r\n\r\nText\r\n", true },
		{ "a name alone", "From: Anna\n\nText\n", false },
		{ "in the text", "Subject: Away\n\nFrom: anna@example.org\n", false },
		{ "in a text without a header", "I am away.\nFrom: anna@example.org\n", false },
		{ "no header", "I am away\n", false },
		{ "a longer name", "From-Me: anna@example.org\n\nText\n", false },
		{ "nothing", "", false },
		{ "cut", "From", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		is_int(template_names_author(rows[i].file, strlen(rows[i].file)), rows[i].author, rows[i].name);
}

int
main(void)
{
	test_whole_reply();
	test_fields();
	test_texts();
	test_settings();
	test_refusals();
	test_hostile_sizes();
	test_long_thread();
	test_subject_length();
	test_large_templates();
	test_ids();
	test_compose();
	test_author();
	return done_testing();
}
