/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quote.h: the original's text, the line above it, its date. */
#include "quote.h"

#include <stdlib.h>

#include "tests/tap.h"
#include "text.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])

static void
test_text(void)
{
	static const struct {
		const char *name, *text;
		unsigned max;
		const char *want;
	} rows[] = {
		{ "nothing", "", 0, "" },
		{ "lines", "a\nb\n", 0, "> a\n> b\n" },
		{ "no newline at the end", "a", 0, "> a\n" },
		{ "CRLF", "a\r\nb\r\n", 0, "> a\n> b\n" },
		{ "empty lines", "\n\na\n\nb\n \n\n", 0, "> a\n>\n> b\n" },
		{ "blanks at the end of lines", "a \t\n", 0, "> a\n" },
		{ "blanks at the front stay", "  a\n\tb\n", 0, ">   a\n> \tb\n" },
		{ "quotes", "> a\n>> b\n>\n>c\n", 0, ">> a\n>>> b\n>>\n>> c\n" },
		{ "quotes with blanks between", "> > a\n> >b\n", 0, ">>> a\n>>> b\n" },
		{ "no quotes", ">=5\n>-)\n", 0, "> >=5\n> >-)\n" },
		{ "the signature", "a\n\n-- \nme\n", 0, "> a\n" },
		{ "the signature with CRLF", "a\r\n-- \r\nme\r\n", 0, "> a\n" },
		{ "no signature", "a\n--\nb\n--  \nc", 0, "> a\n> --\n> b\n> --\n> c\n" },
		{ "nothing but a signature", "-- \nme\n", 0, "" },
		{ "as many as may be", "a\nb\n", 2, "> a\n> b\n" },
		{ "as many as may be, and empty ones", "a\nb\n\n\n", 2, "> a\n> b\n" },
		{ "as many as may be, and a signature", "a\nb\n\n-- \nc\n", 2, "> a\n> b\n" },
		{ "more", "a\nb\nc\n", 2, "> a\n> b\n> [...]\n" },
		{ "empty lines count", "a\n\n\nb\n", 2, "> a\n>\n> [...]\n" },
		{ "controls", "a\x1b[31mb\x07\x7f\xe2\x80\xae" "c\n", 0, "> a[31mbc\n" },
		{ "invalid UTF-8", "a\xff" "b\xc3\n", 0, "> a\xef\xbf\xbd" "b\xef\xbf\xbd\n" },
		{ "From", "From me\n", 0, "> From me\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = BUF_INIT;

		quote_text(&out, rows[i].text, strlen(rows[i].text), rows[i].max);
		is_str(buf_str(&out), rows[i].want, rows[i].name);
		buf_free(&out);
	}
}

static unsigned
count_lines(const struct buf *b)
{
	unsigned n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == '\n';
	return n;
}

static void
test_bounds(void)
{
	struct buf text = BUF_INIT, out = BUF_INIT;

	for (unsigned i = 0; i < QUOTE_LINES_MAX + 5; i++)
		buf_adds(&text, "a\n");
	quote_text(&out, buf_str(&text), text.len, 0);
	is_int(count_lines(&out), QUOTE_LINES_MAX + 1, "the bound without a limit");
	buf_reset(&out);
	quote_text(&out, buf_str(&text), text.len, QUOTE_LINES_MAX + 2);
	is_int(count_lines(&out), QUOTE_LINES_MAX + 1, "the bound with a limit beyond it");
	buf_reset(&text);
	buf_reset(&out);
	for (size_t i = 0; i < 100000; i++)
		buf_addc(&text, '>');
	quote_text(&out, buf_str(&text), text.len, 0);
	ok(out.len < 100, "marks without end");
	buf_reset(&text);
	buf_reset(&out);
	buf_adds(&text, "a");
	for (size_t i = 0; i < 100000; i++)
		buf_adds(&text, "\n");
	buf_adds(&text, "b");
	quote_text(&out, buf_str(&text), text.len, 3);
	is_str(buf_str(&out), "> a\n>\n>\n> [...]\n", "many empty lines");
	buf_free(&text);
	buf_free(&out);
}

/* Sat, 21 Nov 2026 09:05:03 +0100 */
static const struct tm saturday = {
	.tm_year = 126, .tm_mon = 10, .tm_mday = 21, .tm_hour = 9, .tm_min = 5, .tm_sec = 3, .tm_wday = 6, .tm_yday = 324,
	.tm_gmtoff = 3600, .tm_zone = "CET"
};

static void
test_attribution(void)
{
	const struct quote_source q = {
		.address = "ann@x.example", .name = "Ann \xc3\x84", .subject = "Re: x", .message_id = "<1@x.example>",
		.newsgroup = "a.b", .newsgroups = "a.b,c.d", .when = 0, .local = saturday
	};
	static const struct {
		const char *name, *format, *want;
	} rows[] = {
		{ "nothing", "", "" },
		{ "mailbot's own", "%F writes:", "Ann \xc3\x84 writes:\n" },
		{ "address", "<%f>", "<ann@x.example>\n" },
		{ "subject", "On \"%S\":", "On \"Re: x\":\n" },
		{ "subject at the front is no header field", "%S", "\"Re: x\"\n" },
		{ "message-id and groups", "In %i, %N (%C)", "In <1@x.example>, a.b,c.d (a.b)\n" },
		{ "date", "On %d you wrote:", "On Sat, 21 Nov 2026 09:05:03 +0100 you wrote:\n" },
		{ "date at the front, in the owner's form", "%{%H:%M}d", "09:05\n" },
		{ "strftime", "On %{%A, %e %B %Y}d:", "On Saturday, 21 November 2026:\n" },
		{ "percent, line end", "100%%%n%F", "100%\nAnn \xc3\x84\n" },
		{ "unknown ones", "%x %q %{%Y %{%Y}x %", "%x %q %{%Y %{%Y}x %\n" },
		{ "nothing in braces", "a%{}d", "a\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = BUF_INIT;

		quote_attribution(&out, rows[i].format, &q);
		is_str(buf_str(&out), rows[i].want, rows[i].name);
		buf_free(&out);
	}
}

static void
test_hostile_names(void)
{
	static const struct {
		const char *name, *value, *want;
	} rows[] = {
		{ "none", NULL, "a@x.example wrote:\n" },
		{ "empty", " ", "a@x.example wrote:\n" },
		{ "a second line", "Ann\r\nBcc: x@x.example\n\n", "Ann Bcc: x@x.example wrote:\n" },
		{ "another second line", "Ann\xe2\x80\xa8" "B\xc2\x85" "C", "Ann B C wrote:\n" },
		{ "controls", "\x1b]0;x\x07" "A\xe2\x80\xae", "]0;xA wrote:\n" },
		{ "a header field", "Bcc: x", "\"Bcc: x\" wrote:\n" },
		{ "mbox", "From", "\"From\" wrote:\n" },
		{ "mbox's line", "From x", "\"From x\" wrote:\n" },
		{ "a quote", "> x", "\"> x\" wrote:\n" },
		{ "a signature", "-- x", "\"-- x\" wrote:\n" },
		{ "a boundary", "--b", "\"--b\" wrote:\n" },
		{ "letters of ours", "%S %n", "%S %n wrote:\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct quote_source q = { .address = "a@x.example", .name = rows[i].value, .when = QUOTE_NO_TIME };
		struct buf out = BUF_INIT;

		quote_attribution(&out, "%F wrote:", &q);
		is_str(buf_str(&out), rows[i].want, rows[i].name);
		buf_free(&out);
	}
}

static void
test_long_values(void)
{
	static char longest[100000];
	struct quote_source q = { .address = longest, .name = longest, .when = QUOTE_NO_TIME };
	struct buf out = BUF_INIT, format = BUF_INIT;

	memset(longest, 'x', sizeof longest - 1);
	quote_attribution(&out, "%F:", &q);
	is_int((long long)out.len, QUOTE_VALUE_MAX + 2, "a value has a bound");
	buf_reset(&out);
	for (int i = 0; i < 1000; i++)
		buf_adds(&format, "%F");
	quote_attribution(&out, buf_str(&format), &q);
	is_int((long long)out.len, QUOTE_ATTRIBUTION_MAX + 1, "so has all of it");
	buf_reset(&out);
	quote_attribution(&out, "%d, %{%Y}d", &q);
	is_str(buf_str(&out), "(no date), (no date)\n", "no date");
	buf_free(&out);
	buf_free(&format);
}

static void
test_strftime(void)
{
	static const struct tm new_year = {
		.tm_year = 121, .tm_mon = 0, .tm_mday = 3, .tm_hour = 0, .tm_min = 0, .tm_sec = 0, .tm_wday = 0, .tm_yday = 2,
		.tm_gmtoff = -12600
	};
	static const struct tm new_years_eve = { .tm_year = 124, .tm_mon = 11, .tm_mday = 31, .tm_hour = 13, .tm_wday = 2, .tm_yday = 365 };
	static const struct {
		const char *format;
		const struct tm *tm;
		const char *want;
	} rows[] = {
		{ "%a %A %b %B %h", &saturday, "Sat Saturday Nov November Nov" },
		{ "%c|%x|%X|%D|%F|%T|%R|%r", &saturday, "Sat Nov 21 09:05:03 2026|11/21/26|09:05:03|11/21/26|2026-11-21|09:05:03|09:05|09:05:03 AM" },
		{ "%d %e %-d %_d %H %-H %k %I %l %M %S", &saturday, "21 21 21 21 09 9  9 09  9 05 03" },
		{ "%Y %y %C %j %u %w %m %-m", &saturday, "2026 26 20 325 6 6 11 11" },
		{ "%z %Z %p %P %% %n%t", &saturday, "+0100 CET AM am %   " },
		{ "%Ey %Od %Q %", &saturday, "26 21 %Q %" },
		{ "%U %W %V %G %g", &saturday, "46 46 47 2026 26" },
		{ "%U %W %V %G %g", &new_year, "01 00 53 2020 20" },
		{ "%e %-e %I %l %p %z [%Z]", &new_year, " 3 3 12 12 AM -0330 []" },
		{ "%V %G %I %p", &new_years_eve, "01 2025 01 PM" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = BUF_INIT;

		quote_strftime(&out, rows[i].format, strlen(rows[i].format), rows[i].tm);
		is_str(buf_str(&out), rows[i].want, rows[i].format);
		buf_free(&out);
	}
}

static void
test_date(void)
{
	static const struct {
		const char *value;
		bool good;
		int64_t want;
	} rows[] = {
		{ "Fri, 21 Nov 1997 09:55:06 -0600", true, 880127706 },
		{ "21 Nov 1997 09:55:06 -0600", true, 880127706 },
		{ "Fri, 21 Nov 97 09:55:06 CST", true, 880127706 },
		{ "Fri 21 November 1997 09:55:06 -0600", true, 880127706 },
		{ "fri, 21 nov 1997 09:55:06 -0600 (CST)", true, 880127706 },
		{ "Fri (day), (a) 21 (b) Nov (c(d)) 1997 (e) 09 : 55 : 06 -0600", true, 880127706 },
		{ "Thu, 1 Jan 1970 00:00:00 GMT", true, 0 },
		{ "1 Jan 1970 00:00 +0000", true, 0 },
		{ "1 Jan 1970 00:00", true, 0 },
		{ "1 Jan 1970 00:00:00 Z", true, 0 },
		{ "1 Jan 1970 00:00:00 A", true, 0 },
		{ "1 Jan 1970 00:00:00 XYZ", true, 0 },
		{ "1 Jan 1970 01:00:00 +0100", true, 0 },
		{ "31 Dec 1969 16:00:00 PST", true, 0 },
		{ "31 Dec 1969 17:00:00 PDT", true, 0 },
		{ "31 Dec 1969 23:59:59 +0000", true, -1 },
		{ "1 Jan 00 00:00:00 UT", true, 946684800 },
		{ "1 Jan 100 00:00:00 UT", true, 946684800 },
		{ "29 Feb 2000 00:00:00 +0000", true, 951782400 },
		{ "1 Mar 2000 00:00:00 +0000", true, 951868800 },
		{ "1 Mar 2100 00:00:00 +0000", true, 4107542400 },
		{ "31 Dec 2016 23:59:60 +0000", true, 1483228800 },
		{ "1 Jan 1900 00:00:00 +0000", true, -2208988800 },
		{ "31 Dec 9999 23:59:59 +0000", true, 253402300799 },
		{ "29 Feb 2001 00:00:00 +0000", false, 0 },
		{ "29 Feb 1900 00:00:00 +0000", false, 0 },
		{ "31 Apr 2026 00:00:00 +0000", false, 0 },
		{ "0 Jan 2026 00:00:00 +0000", false, 0 },
		{ "1 Jan 2026 24:00:00 +0000", false, 0 },
		{ "1 Jan 2026 00:60:00 +0000", false, 0 },
		{ "1 Jan 2026 00 +0000", false, 0 },
		{ "1 Foo 2026 00:00:00 +0000", false, 0 },
		{ "1 Jan 99999999999 00:00:00", false, 0 },
		{ "1 Jan 1 00:00:00", false, 0 },
		{ "-1 Jan 2026 00:00:00", false, 0 },
		{ "99999999999999 Jan 2026 00:00:00", false, 0 },
		{ "2026-11-21 00:00:00", false, 0 },
		{ "", false, 0 },
		{ "Fri,", false, 0 },
		{ "((((", false, 0 },
		{ "\"Fri\", 1 Jan 2026", false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].value);
		char *copy = malloc(len > 0 ? len : 1);		/* no byte behind it */
		int64_t when = 0;

		memcpy(copy, rows[i].value, len);
		ok(quote_date(copy, len, &when) == rows[i].good, "date: %s", rows[i].value);
		if (rows[i].good)
			is_int(when, rows[i].want, "its time");
		free(copy);
	}
}

int
main(void)
{
	test_text();
	test_bounds();
	test_attribution();
	test_hostile_names();
	test_long_values();
	test_strftime();
	test_date();
	return done_testing();
}
