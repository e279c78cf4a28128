/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply_report, reply_original: the parts of delivery status notifications, feedback reports and forwards. */
#include "reply_report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"
#include "text.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define DATE "Sat, 12 Dec 2026 00:00:00 +0100"
#define HEAD "From: b@example.net\nSubject: x\n"
#define O_WITH_DIAERESIS "\xc3\xb6"

static const struct {
	const char *name;
	struct report report;
	const char *want;
} reports[] = {
	{ "a delivery status", { .form = REPLY_FORM_DSN, .recipient = "anna@example.org", .date = DATE },
	    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\nArrival-Date: " DATE "\n\n"
	    "Final-Recipient: rfc822; anna@example.org\nAction: delivered\nStatus: 2.0.0\n" },
	{ "its MTA named", { .form = REPLY_FORM_DSN, .recipient = "anna@example.org", .date = DATE, .reporting_mta = "dns; mx.example.net" },
	    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\nArrival-Date: " DATE "\n\n"
	    "Final-Recipient: rfc822; anna@example.org\nAction: delivered\nStatus: 2.0.0\n" },
	{ "no host can be named", { .form = REPLY_FORM_DSN, .recipient = "anna@[192.0.2.1]", .date = DATE },
	    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; backsoon.invalid\nArrival-Date: " DATE "\n\n"
	    "Final-Recipient: rfc822; anna@[192.0.2.1]\nAction: delivered\nStatus: 2.0.0\n" },
	{ "an address in UTF-8", { .form = REPLY_FORM_DSN, .recipient = "j" O_WITH_DIAERESIS "rg+a=b@example.org", .date = DATE },
	    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\nArrival-Date: " DATE "\n\n"
	    "Final-Recipient: utf-8; j\\x{F6}rg\\x{2B}a\\x{3D}b@example.org\nAction: delivered\nStatus: 2.0.0\n" },
	{ "characters of three and four bytes", { .form = REPLY_FORM_DSN, .recipient = "\xe2\x82\xac\xf0\x9f\x98\x80@example.org", .date = DATE },
	    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\nArrival-Date: " DATE "\n\n"
	    "Final-Recipient: utf-8; \\x{20AC}\\x{1F600}@example.org\nAction: delivered\nStatus: 2.0.0\n" },
	{ "a feedback report", { .form = REPLY_FORM_FEEDBACK, .recipient = "anna@example.org", .date = DATE, .feedback_type = "Abuse",
	    .fields = (const char *const []){ "Source-IP: 192.0.2.1", "Incidents: 2" }, .nfields = 2 },
	    "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: backsoon/" BACKSOON_VERSION "\nVersion: 1\n"
	    "Arrival-Date: " DATE "\nSource-IP: 192.0.2.1\nIncidents: 2\n" },
	{ "one to the sender", { .form = REPLY_FORM_REPLYFEEDBACK, .recipient = "anna@example.org", .date = DATE, .feedback_type = "virus" },
	    "Content-Type: message/feedback-report\n\nFeedback-Type: virus\nUser-Agent: backsoon/" BACKSOON_VERSION "\nVersion: 1\n"
	    "Arrival-Date: " DATE "\n" },
	{ "a plain reply has no such part", { .form = REPLY_FORM_REPLY }, "" },
	{ "a forward has none", { .form = REPLY_FORM_FORWARDATT }, "" },
};

static void
test_reports(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < COUNT(reports); i++) {
		buf_reset(&out);
		ok(report_put_fields(&out, &reports[i].report), "%s: written", reports[i].name);
		is_str(buf_str(&out), reports[i].want, reports[i].name);
	}
	buf_free(&out);
}

enum { WHOLE = 1, EIGHT = 2, ATTACHED = 4, COPIED = 8 };

static const struct {
	const char *name;
	int how;
	const char *original, *want;
} originals[] = {
	{ "its header", 0, HEAD "\nHi\n", "Content-Type: text/rfc822-headers\n\n" HEAD },
	{ "CRLF becomes LF", 0, "From: b@example.net\r\nSubject: x\r\n\r\nHi\r\n", "Content-Type: text/rfc822-headers\n\n" HEAD },
	{ "no blank line, no last newline", 0, "From: b@example.net\nSubject: x", "Content-Type: text/rfc822-headers\n\n" HEAD },
	{ "the From_ line is no part of it", 0, "From b@example.net Mon Jun  1 12:00:00 2026\n" HEAD "\nHi\n",
	    "Content-Type: text/rfc822-headers\n\n" HEAD },
	{ "nor a quoted one", 0, ">From b Mon\n" HEAD "\nHi\n", "Content-Type: text/rfc822-headers\n\n" HEAD },
	{ "a From_ line alone", WHOLE, "From b Mon", "Content-Type: message/rfc822\n\n" },
	{ "nothing at all", WHOLE, "", "Content-Type: message/rfc822\n\n" },
	{ "whole", WHOLE, HEAD "\nHi\n", "Content-Type: message/rfc822\n\n" HEAD "\nHi\n" },
	{ "whole, an attachment", WHOLE | ATTACHED, HEAD "\nHi", "Content-Type: message/rfc822\nContent-Disposition: attachment\n\n" HEAD "\nHi\n" },
	{ "whole, with CRLF", WHOLE, "From: b@example.net\r\nSubject: x\r\n\r\n\r\nHi\r\n", "Content-Type: message/rfc822\n\n" HEAD "\n\nHi\n" },
	{ "8-bit text, where 8 bits pass", WHOLE | EIGHT, HEAD "\n" O_WITH_DIAERESIS "\n",
	    "Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\n" HEAD "\n" O_WITH_DIAERESIS "\n" },
	{ "8-bit text, where they do not: its header", WHOLE, HEAD "\n" O_WITH_DIAERESIS "\n", "Content-Type: text/rfc822-headers\n\n" HEAD },
	{ "8-bit text, and a copy", WHOLE | COPIED, HEAD "\n" O_WITH_DIAERESIS "\n", "Content-Type: message/rfc822\n\n" HEAD "\ncopy\n" },
	{ "a bare CR: its header", WHOLE | EIGHT, HEAD "\na\rb\n", "Content-Type: text/rfc822-headers\n\n" HEAD },
	{ "8 bits in the header, UTF-8", WHOLE, "Subject: " O_WITH_DIAERESIS "\n\nHi, this is a text\n",
	    "Content-Type: message/global\nContent-Transfer-Encoding: quoted-printable\n\nSubject: =C3=B6\n\nHi, this is a text\n" },
	{ "the same, where 8 bits pass", WHOLE | EIGHT, "Subject: " O_WITH_DIAERESIS "\n\nHi\n",
	    "Content-Type: message/global\nContent-Transfer-Encoding: 8bit\n\nSubject: " O_WITH_DIAERESIS "\n\nHi\n" },
	{ "the same, its header alone", 0, "Subject: a longer one with " O_WITH_DIAERESIS "\n\nHi\n",
	    "Content-Type: message/global-headers\nContent-Transfer-Encoding: quoted-printable\n\nSubject: a longer one with =C3=B6\n" },
	{ "8 bits in the header, no UTF-8", WHOLE | EIGHT, "Subject: a longer one with \xf6\n\nHi\n",
	    "Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: 8bit\n\nSubject: a longer one with \xf6\n" },
	{ "the same, where they do not pass", WHOLE, "Subject: \xf6\n\nHi\n",
	    "Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable\n\nSubject: =F6\n" },
	{ "a boundary of its own does no harm", WHOLE, HEAD "\n--=_x\n", "Content-Type: message/rfc822\n\n" HEAD "\n--=_x\n" },
};

static struct report_original
original_of(const char *bytes, size_t len, int how)
{
	return (struct report_original){ bytes, len, NULL, (how & WHOLE) != 0, (how & EIGHT) != 0, (how & ATTACHED) != 0 };
}

static void
test_originals(void)
{
	struct buf out = BUF_INIT, copy = BUF_INIT;
	struct report_original o;

	buf_adds(&copy, HEAD "\ncopy\n");
	for (size_t i = 0; i < COUNT(originals); i++) {
		o = original_of(originals[i].original, strlen(originals[i].original), originals[i].how);
		if ((originals[i].how & COPIED) != 0) {
			ok(report_wants_copy(&o), "%s: wanted", originals[i].name);
			o.copy = &copy;
		}
		buf_reset(&out);
		ok(report_put_original(&out, &o), "%s: written", originals[i].name);
		is_str(buf_str(&out), originals[i].want, originals[i].name);
	}
	buf_free(&out);
	buf_free(&copy);
}

/* What may stand in a part of a 7-bit reply. */
static bool
is_seven_bit(const char *p, size_t len)
{
	size_t line = 0;

	for (size_t i = 0; i < len; i++) {
		line = p[i] == '\n' ? 0 : line + 1;
		if (line > 998 || p[i] == '\0' || p[i] == '\r' || (unsigned char)p[i] > 127)
			return false;
	}
	return true;
}

/* Each byte there is, each length of line near the limit, in header and text. */
static void
test_all_bytes(void)
{
	struct buf message = BUF_INIT, out = BUF_INIT, bad_copy = BUF_INIT;
	struct report_original o;
	int good = 0, tried = 0;

	buf_adds(&bad_copy, "X: \xff\n\n\r");
	for (int where = 0; where < 4; where++)
		for (int i = 0; i < 256; i++) {
			buf_reset(&message);
			buf_adds(&message, where % 2 == 0 ? "Subject: " : HEAD "\n");
			for (int n = 0; where >= 2 && n < i + 860; n++)
				buf_addc(&message, 'x');
			buf_addc(&message, where < 2 ? i : 'y');
			buf_adds(&message, "\n\nend");
			o = original_of(buf_str(&message), message.len, i % 3 > 0 ? WHOLE : 0);
			o.copy = i % 2 == 0 ? &bad_copy : NULL;
			buf_reset(&out);
			tried++;
			good += report_put_original(&out, &o) && is_seven_bit(buf_str(&out), out.len) && out.data[out.len - 1] == '\n';
		}
	is_int(good, tried, "every byte and every length: a part that is 7-bit, whatever the copy is");
	buf_free(&message);
	buf_free(&out);
	buf_free(&bad_copy);
}

static void
test_limits(void)
{
	struct buf message = BUF_INIT, out = BUF_INIT;
	struct report_original o;

	buf_adds(&message, HEAD "\n");
	while (message.len <= REPORT_ORIGINAL_MAX)
		buf_adds(&message, "0123456789 0123456789 0123456789 0123456789 0123456789\n");
	o = original_of(buf_str(&message), message.len, WHOLE);
	ok(report_put_original(&out, &o) && out.len < 200, "a message that is too large is carried by its header");
	buf_reset(&message);
	for (int i = 0; message.len < 2 * REPORT_HEADER_MAX; i++)
		buf_addf(&message, "X-%d: a\n  b\n", i);
	buf_reset(&out);
	o = original_of(buf_str(&message), message.len, 0);
	ok(report_put_original(&out, &o) && out.len < REPORT_HEADER_MAX + 100, "a header that is too large is cut");
	is_str(buf_str(&out) + out.len - 5, "\n  b\n", "behind a whole field");
	buf_reset(&message);
	buf_adds(&message, "X: ");
	while (message.len < 2 * REPORT_HEADER_MAX)
		buf_addc(&message, 'x');
	buf_reset(&out);
	o = original_of(buf_str(&message), message.len, 0);
	ok(report_put_original(&out, &o) && out.len < 100, "nothing of one that is a single field");
	buf_free(&message);
	buf_free(&out);
}

static void
read_message(struct message *msg, const char *bytes)
{
	size_t len = strlen(bytes);
	int fd = memfd_create("message", MFD_CLOEXEC);

	if (fd == -1 || write(fd, bytes, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) == -1)
		abort();
	message_read(msg, fd, 0);
	close(fd);
}

static const struct {
	const char *name, *message, *marker, *text, *want;
	bool flowed;
} forwards[] = {
	{ "a forward", "Received: x\nFrom: Ben <b@example.net>\nTo: anna@example.org\nSubject: =?utf-8?q?=C3=B6?=\nX: y\n\n", NULL, "Hi\nthere",
	    REPORT_MARKER "\nFrom: Ben <b@example.net>\nTo: anna@example.org\nSubject: " O_WITH_DIAERESIS "\n\nHi\nthere\n", false },
	{ "a marker of the owner's", "Subject: x\n\n", "=====", "Hi\n", "=====\nSubject: x\n\nHi\n", false },
	{ "no text", "Cc: c@example.com\nDate: today\nMessage-ID: <1@x>\n\n", "--", NULL, "--\nCc: c@example.com\nDate: today\nMessage-ID: <1@x>\n", false },
	{ "an empty text", "Subject: x\n\n", "--", "", "--\nSubject: x\n", false },
	{ "a line break that was encoded", "Subject: =?utf-8?q?a=0D=0AX:_b?=\n\n", "--", "", "--\nSubject: a X: b\n", false },
	{ "in a flowed text", "Subject: x\n\n", "--  ", "one \n two\nFrom three\n> four \n\n   \nfive", "--\nSubject: x\n\none\n  two\n From three\n> four\n\n\nfive\n", true },
};

static void
test_forwards(void)
{
	struct mime *m = mime_new();
	struct buf out = BUF_INIT, text = BUF_INIT;
	struct message msg;

	for (size_t i = 0; i < COUNT(forwards); i++) {
		read_message(&msg, forwards[i].message);
		ok(!report_expect_forwarded(m, &msg), "%s: without a library", forwards[i].name);
		buf_reset(&out);
		ok(report_put_forwarded(&out, m, &msg, forwards[i].marker, forwards[i].text, forwards[i].flowed), "%s: written", forwards[i].name);
		is_str(buf_str(&out), forwards[i].want, forwards[i].name);
		message_free(&msg);
	}
	read_message(&msg, "Subject: =?iso-2022-jp?b?GyRCJDMbKEI=?=\n\n");
	ok(report_expect_forwarded(m, &msg), "a charset that needs one");
	while (text.len < REPORT_TEXT_MAX + 100)
		buf_adds(&text, "\xe2\x82\xac");
	buf_reset(&out);
	ok(report_put_forwarded(&out, m, &msg, "--", buf_str(&text), false) && out.len < REPORT_TEXT_MAX + 100, "a long text is cut");
	ok(text_utf8_valid(buf_str(&out), out.len), "between characters");
	is_str(buf_str(&out) + out.len - 7, "\n[...]\n", "and says so");
	message_free(&msg);
	mime_free(m);
	buf_free(&out);
	buf_free(&text);
}

static bool
is_annas(void *ctx, const struct address *a)
{
	return ctx != NULL && strcmp(a->local, "anna") == 0;
}

static void
test_copies(void)
{
	static const char list[] = "To: Anna <anna@example.org>, Carl <carl@example.net>, only-a-name, j\xc3\xb6rg@example.net\n"
	    "Cc: CARL@example.net, team: dora@example.com, \"e,f\"@example.com;\nBcc: gus@example.com\n\n";
	struct buf out = BUF_INIT, many = BUF_INIT;
	struct message msg;
	size_t commas = 0;

	read_message(&msg, list);
	ok(report_copies(&out, &msg, is_annas, &out), "copies");
	is_str(buf_str(&out), "carl@example.net,\n dora@example.com,\n \"e,f\"@example.com", "of whom else it was sent to, each once");
	message_free(&msg);
	buf_adds(&many, "Cc: ");
	for (int i = 0; i < 2 * REPORT_COPIES_MAX; i++)
		buf_addf(&many, "n%d@example.net, ", i);
	buf_adds(&many, "x@example.net\n\n");
	buf_reset(&out);
	read_message(&msg, buf_str(&many));
	ok(report_copies(&out, &msg, is_annas, NULL), "many of them");
	for (size_t i = 0; i < out.len; i++)
		commas += out.data[i] == ',';
	is_int(commas + 1, REPORT_COPIES_MAX, "are bounded");
	message_free(&msg);
	buf_free(&out);
	buf_free(&many);
}

static const struct {
	enum reply_form form;
	const char *type, *parameters, *submitted, *subject;
	bool others;
} forms[] = {
	{ REPLY_FORM_REPLY, NULL, "", "auto-replied", "", false },
	{ REPLY_FORM_REPLYALL, NULL, "", "auto-replied", "", false },
	{ REPLY_FORM_DSN, "report", "; report-type=delivery-status", "auto-replied", "", false },
	{ REPLY_FORM_FEEDBACK, "report", "; report-type=feedback-report", "auto-generated", "lunch?", true },
	{ REPLY_FORM_REPLYFEEDBACK, "report", "; report-type=feedback-report", "auto-replied", "lunch?", false },
	{ REPLY_FORM_FORWARD, NULL, "", "auto-generated", "lunch? (fwd)", true },
	{ REPLY_FORM_FORWARDATT, "mixed", "", "auto-generated", "lunch? (fwd)", true },
};

static void
test_forms(void)
{
	struct buf subject = BUF_INIT;
	const char *parameters;

	for (size_t i = 0; i < COUNT(forms); i++) {
		buf_reset(&subject);
		is_str(report_multipart(forms[i].form, &parameters), forms[i].type, "type");
		is_str(parameters, forms[i].parameters, "and its parameters");
		is_str(report_auto_submitted(forms[i].form), forms[i].submitted, "Auto-Submitted");
		ok(report_is_for_others(forms[i].form) == forms[i].others, "to whom");
		ok(report_subject(&subject, forms[i].form, "lunch?") == (forms[i].subject[0] != '\0'), "subject");
		is_str(buf_str(&subject), forms[i].subject, "subject");
	}
	buf_reset(&subject);
	report_subject(&subject, REPLY_FORM_FORWARD, "");
	is_str(buf_str(&subject), "(fwd)", "of nothing");
	buf_free(&subject);
}

int
main(void)
{
	test_reports();
	test_originals();
	test_all_bytes();
	test_limits();
	test_forwards();
	test_copies();
	test_forms();
	return done_testing();
}
