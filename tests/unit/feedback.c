/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feedback: what may stand in a feedback report, and what never gets into one. */
#include "feedback.h"

#include <string.h>

#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define BAD NULL

static const struct {
	const char *name, *value, *want;
} rows[] = {
	{ "original-envelope-id", "<one>", "Original-Envelope-Id: <one>" },
	{ "original-envelope-id", "", BAD },
	{ "original-envelope-id", "  ", BAD },
	{ "original-envelope-id", "a\nBcc: b@example.org", BAD },
	{ "original-envelope-id", "a\rb", BAD },
	{ "original-envelope-id", "a\tb", BAD },
	{ "original-envelope-id", "\xc3\xa4", BAD },
	{ "original-mail-from", "<bob@example.net>", "Original-Mail-From: <bob@example.net>" },
	{ "Original-Mail-From", "bob@example.net", "Original-Mail-From: <bob@example.net>" },
	{ "original-mail-from", "<>", "Original-Mail-From: <>" },
	{ "original-mail-from", " <bob@example.net>", "Original-Mail-From: <bob@example.net>" },
	{ "original-mail-from", "<bob@example.net> x", BAD },
	{ "original-mail-from", "bob at example.net", BAD },
	{ "original-mail-from", "<b\xc3\xb6" "b@example.net>", BAD },
	{ "reporting-mta", "dns; mx.example.org", "Reporting-MTA: dns; mx.example.org" },
	{ "reporting-mta", "dns;mx.example.org", "Reporting-MTA: dns; mx.example.org" },
	{ "reporting-mta", "x-local; my machine", "Reporting-MTA: x-local; my machine" },
	{ "reporting-mta", "mx.example.org", BAD },
	{ "reporting-mta", "dns; mx example", BAD },
	{ "reporting-mta", "dns;", BAD },
	{ "reporting-mta", "; mx.example.org", BAD },
	{ "source-ip", "192.0.2.1", "Source-IP: 192.0.2.1" },
	{ "source-ip", "2001:db8::1", "Source-IP: IPv6:2001:db8::1" },
	{ "source-ip", "IPv6:2001:db8::1", "Source-IP: IPv6:2001:db8::1" },
	{ "source-ip", "IPv6:192.0.2.1", BAD },
	{ "source-ip", "192.0.2", BAD },
	{ "source-ip", "192.0.2.256", BAD },
	{ "source-ip", "192.0.2.1 x", BAD },
	{ "incidents", "2", "Incidents: 2" },
	{ "incidents", "-2", BAD },
	{ "incidents", "2x", BAD },
	{ "incidents", "12345678901234567890", BAD },
	{ "authentication-results", "mx.example.org; spf=fail", "Authentication-Results: mx.example.org; spf=fail" },
	{ "authentication-results", "mx.example.org 1; none", "Authentication-Results: mx.example.org 1; none" },
	{ "authentication-results", "mx.example.org spf=fail", BAD },
	{ "authentication-results", ";", BAD },
	{ "original-rcpt-to", "anna@example.org", "Original-Rcpt-To: <anna@example.org>" },
	{ "reported-domain", "example.net", "Reported-Domain: example.net" },
	{ "reported-domain", "example net", BAD },
	{ "reported-domain", "b\xc3\xbc" "cher.example", BAD },
	{ "user-agent", "other", BAD },
	{ "version", "2", BAD },
	{ "", "x", BAD },
};

static void
test_fields(void)
{
	struct buf out = BUF_INIT, why = BUF_INIT;
	bool good;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&out);
		buf_reset(&why);
		buf_adds(&out, ".");
		good = feedback_field(&out, rows[i].name, rows[i].value, &why);
		ok(good == (rows[i].want != BAD), "%s: %s", rows[i].name, rows[i].value);
		is_str(buf_str(&out) + 1, rows[i].want != BAD ? rows[i].want : "", rows[i].value);
		ok(good == (why.len == 0), "a sentence only when it is wrong: %s", buf_str(&why));
	}
	buf_free(&out);
	buf_free(&why);
}

/* However long it is, the line is not. */
static void
test_length(void)
{
	static const size_t lengths[] = { 1, FEEDBACK_FIELD_MAX / 2, FEEDBACK_FIELD_MAX, FEEDBACK_FIELD_MAX + 1, 100000 };
	struct buf value = BUF_INIT, out = BUF_INIT, why = BUF_INIT;

	for (size_t i = 0; i < COUNT(lengths); i++) {
		buf_reset(&value);
		buf_reset(&out);
		while (value.len < lengths[i])
			buf_addc(&value, 'x');
		feedback_field(&out, "original-envelope-id", buf_str(&value), &why);
		ok(out.len <= 998, "%zu bytes: a line of %zu", lengths[i], out.len);
		ok((out.len > 0) == (lengths[i] < FEEDBACK_FIELD_MAX), "%zu bytes are %s", lengths[i], out.len > 0 ? "taken" : "too many");
	}
	buf_free(&value);
	buf_free(&out);
	buf_free(&why);
}

static void
test_names(void)
{
	size_t n = 0, single = 0;

	for (; feedback_name(n) != NULL; n++)
		single += feedback_is_single(feedback_name(n));
	is_int(n, 8, "fields");
	is_int(single, 5, "of which may stand there once");
	ok(!feedback_is_single("Bogus"), "no field");
	ok(feedback_is_type("abuse") && feedback_is_type("Fraud") && feedback_is_type("other") && feedback_is_type("virus"), "types");
	ok(!feedback_is_type("") && !feedback_is_type("spam") && !feedback_is_type("abuse\n"), "no types");
}

int
main(void)
{
	test_fields();
	test_length();
	test_names();
	return done_testing();
}
