/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h: ASCII, UTF-8, encoded words and the token cursor. */
#include "text.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "tests/tap.h"

#define HOSTILE_SIZE ((size_t)1024 * 1024)
#define CPU_SECONDS 120		/* a quadratic function would need hours */

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])

static void
test_ascii(void)
{
	static const struct {
		const char *a, *b;
		bool equal, begins, ends;
	} rows[] = {
		{ "", "", true, true, true },
		{ "a", "", false, true, true },
		{ "", "a", false, false, false },
		{ "List-Id", "LIST-ID", true, true, true },
		{ "list-id", "list", false, true, false },
		{ "list-id", "ID", false, false, true },
		{ "list", "list-id", false, false, false },
		{ "[", "{", false, false, false },
		{ "@", "`", false, false, false },
		{ "\xc3\x9c", "\xc3\xbc", false, false, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		ok(text_equal(rows[i].a, rows[i].b) == rows[i].equal, "equal: %s, %s", rows[i].a, rows[i].b);
		ok(text_equal_n(rows[i].a, strlen(rows[i].a), rows[i].b) == rows[i].equal, "equal_n: %s, %s", rows[i].a, rows[i].b);
		ok(text_begins(rows[i].a, rows[i].b) == rows[i].begins, "begins: %s, %s", rows[i].a, rows[i].b);
		ok(text_ends(rows[i].a, rows[i].b) == rows[i].ends, "ends: %s, %s", rows[i].a, rows[i].b);
	}
	ok(!text_equal_n("junk mail", 0, "junk"), "equal_n: nothing is not a word");
	ok(!text_equal_n("junk mail", 1, "junk"), "equal_n: one letter is not the word");
	ok(text_equal_n("junk mail", 4, "JUNK"), "equal_n: only so many bytes");
	ok(!text_equal_n("a\0b", 3, "a"), "equal_n: NUL ends nothing");
	is_int(text_lower('Z'), 'z', "lower: Z");
	is_int(text_lower(0xc4), 0xc4, "lower: not the locale's");
	ok(text_is_ascii("a\0\x7f", 3) && text_is_ascii("", 0), "is_ascii: 0 to 127");
	ok(!text_is_ascii("a\x80", 2), "is_ascii: 128");
}

static void
test_utf8(void)
{
	static const struct {
		const char *name, *in;
		size_t len, want;
	} rows[] = {
		{ "nothing", "", 0, 0 },
		{ "NUL", "\0", 1, 1 },
		{ "two bytes", "\xc3\xbc", 2, 2 },
		{ "three bytes", "\xe2\x82\xac", 3, 3 },
		{ "four bytes", "\xf0\x9f\x98\x80", 4, 4 },
		{ "U+10FFFF", "\xf4\x8f\xbf\xbf", 4, 4 },
		{ "above U+10FFFF", "\xf4\x90\x80\x80", 4, 0 },
		{ "five-byte form", "\xf8\x88\x80\x80\x80", 5, 0 },
		{ "overlong slash", "\xc0\xaf", 2, 0 },
		{ "overlong, three bytes", "\xe0\x80\xaf", 3, 0 },
		{ "overlong, four bytes", "\xf0\x80\x80\xaf", 4, 0 },
		{ "surrogate", "\xed\xa0\x80", 3, 0 },
		{ "last before the surrogates", "\xed\x9f\xbf", 3, 3 },
		{ "truncated", "\xe2\x82", 2, 0 },
		{ "lone continuation", "\x80", 1, 0 },
		{ "broken in the third", "\xe2\x82\x41", 3, 0 },
		{ "0xff", "\xff", 1, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		is_int((long long)text_utf8_len(rows[i].in, rows[i].len), (long long)rows[i].want, rows[i].name);
		ok(text_utf8_valid(rows[i].in, rows[i].len) == (rows[i].want == rows[i].len), "valid: %s", rows[i].name);
	}
	ok(text_utf8_valid("J\xc3\xbcrgen", 7) && !text_utf8_valid("J\xfcrgen", 6), "valid: a whole name");
	ok(text_is_clean("J\xc3\xbcrgen K", 9), "is_clean: text with a space");
	ok(!text_is_clean("a\tb", 3) && !text_is_clean("a\x7f", 2), "is_clean: controls");
	ok(!text_is_clean("\xc2\x85", 2) && !text_is_clean("\xe2\x80\xae", 3), "is_clean: C1 and bidi controls");
	ok(!text_is_clean("\xff", 1) && !text_is_clean("a\0b", 3), "is_clean: invalid byte, NUL");
}

static void
test_cut(void)
{
	static const struct {
		const char *in;
		size_t max, want;
	} rows[] = {
		{ "abc", 5, 3 },
		{ "abc", 3, 3 },
		{ "abc", 2, 2 },
		{ "a\xc3\xbc", 2, 1 },
		{ "a\xc3\xbc" "b", 3, 3 },
		{ "\xe2\x82\xac", 2, 0 },
		{ "x\xf0\x9f\x98\x80", 4, 1 },
		{ "x\xf0\x9f\x98\x80y", 5, 5 },
		{ "\x80\x80\x80\x80\x80\x80", 3, 3 },
		{ "abc", 0, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		is_int((long long)text_utf8_cut(rows[i].in, strlen(rows[i].in), rows[i].max), (long long)rows[i].want, "cut");
}

static void
test_latin1(void)
{
	struct buf b = BUF_INIT;

	text_latin1_to_utf8(&b, "a\xfc\x80\x99\x81", 5);
	is_str(buf_str(&b), "a\xc3\xbc\xe2\x82\xac\xe2\x84\xa2\xef\xbf\xbd", "latin1: umlaut, euro, trade mark, undefined");
	buf_reset(&b);
	for (int c = 1; c < 256; c++) {
		char byte = (char)c;

		text_latin1_to_utf8(&b, &byte, 1);
	}
	ok(text_utf8_valid(buf_str(&b), b.len), "latin1: every byte becomes UTF-8");
	buf_free(&b);
}

static void
test_clean_line(void)
{
	static const struct {
		const char *name, *in;
		size_t len, max;
		const char *want;
	} rows[] = {
		{ "plain", "Hello, world", 12, 100, "Hello, world" },
		{ "nothing", "", 0, 100, "" },
		{ "header injection", "Hi\r\nBcc: all@x", 14, 100, "Hi Bcc: all@x" },
		{ "runs and ends", "  a \t\v\n b \r\n", 12, 100, "a b" },
		{ "NUL, escape, DEL", "a\0b\033[31mc\x7f", 10, 100, "ab[31mc" },
		{ "C1 controls", "a\xc2\x9b" "b", 4, 100, "ab" },
		{ "next line, line and paragraph separator", "a\xc2\x85" "b\xe2\x80\xa8" "c\xe2\x80\xa9" "d", 12, 100, "a b c d" },
		{ "bidi controls, byte order mark", "\xef\xbb\xbf" "a\xe2\x80\xae" "b\xe2\x81\xa6" "c\xd8\x9c\xe2\x80\x8f", 17, 100, "abc" },
		{ "invalid bytes", "a\xff\xc3", 3, 100, "a\xef\xbf\xbd\xef\xbf\xbd" },
		{ "a joiner stays", "\xe2\x80\x8d", 3, 100, "\xe2\x80\x8d" },
		{ "no-break space stays", "a\xc2\xa0" "b", 4, 100, "a\xc2\xa0" "b" },
		{ "cut at max", "abcdef", 6, 3, "abc" },
		{ "cut at a whole character", "ab\xc3\xbc", 4, 3, "ab" },
		{ "cut before a space", "ab cd", 5, 3, "ab" },
		{ "no half replacement", "ab\xff", 3, 4, "ab" },
		{ "max 0", "a", 1, 0, "" },
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&b);
		text_clean_line(&b, rows[i].in, rows[i].len, rows[i].max);
		is_str(buf_str(&b), rows[i].want, rows[i].name);
	}
	buf_reset(&b);
	buf_adds(&b, "Auto: ");
	text_clean_line(&b, "Hi", 2, 2);
	is_str(buf_str(&b), "Auto: Hi", "clean_line appends");
	buf_free(&b);
}

static bool
koi8_only(void *ctx, const char *charset, const char *bytes, size_t len, struct buf *out)
{
	(void)bytes;
	++*(int *)ctx;
	if (!text_equal(charset, "koi8-r")) {
		buf_adds(out, "half done");
		return false;
	}
	buf_addf(out, "[%zu]", len);
	return true;
}

static void
test_words(void)
{
	static const struct {
		const char *name, *in, *want;
		bool all;
	} rows[] = {
		{ "plain text", "Hello =world= ?", "Hello =world= ?", true },
		{ "Q", "=?UTF-8?Q?J=C3=BCrgen_K=2E?=", "J\xc3\xbcrgen K.", true },
		{ "B", "=?utf-8?b?SsO8cmdlbg==?= x", "J\xc3\xbcrgen x", true },
		{ "B without padding", "=?utf-8?B?YQ?=", "a", true },
		{ "B with blanks and rubbish", "=?utf-8?B?Y W!I=?=", "ab", true },
		{ "B padded in pieces", "=?utf-8?B?YQ==Yg==?=", "ab", true },
		{ "Latin-1", "=?iso-8859-1?q?J=FCrgen?=", "J\xc3\xbcrgen", true },
		{ "windows-1252 euro", "=?windows-1252?Q?=80?=", "\xe2\x82\xac", true },
		{ "ASCII", "=?us-ascii?Q?a?=", "a", true },
		{ "language", "=?utf-8*en-GB?Q?a?=", "a", true },
		{ "blanks between words go", "=?utf-8?Q?a?= \t =?utf-8?Q?b?=", "ab", true },
		{ "other blanks stay", "x =?utf-8?Q?a?= y  =?utf-8?Q?b?= z", "x a y  b z", true },
		{ "split inside a character", "=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "\xc3\xbc", true },
		{ "split over Q and B", "=?utf-8?Q?=C3?= =?utf-8?B?vA==?=", "\xc3\xbc", true },
		{ "two charsets", "=?utf-8?Q?a?= =?iso-8859-1?Q?=FC?=", "a\xc3\xbc", true },
		{ "in the middle of a word", "re=?utf-8?Q?a?=x", "reax", true },
		{ "in quotes", "\"=?utf-8?Q?a?=\" <a@b>", "\"a\" <a@b>", true },
		{ "space inside Q", "=?utf-8?Q?a b?=", "a b", true },
		{ "question mark inside Q", "=?utf-8?Q?what?" "?=", "what?", true },
		{ "empty", "=?utf-8?Q?" "?=", "", true },
		{ "wrong escapes", "=?utf-8?Q?=ZZ=4?=", "=ZZ=4", true },
		{ "unclosed", "=?utf-8?Q?abc", "=?utf-8?Q?abc", true },
		{ "unclosed before a good one", "=?utf-8?Q?ab =?utf-8?Q?c?=", "=?utf-8?Q?ab c", true },
		{ "unknown encoding", "=?utf-8?Q?abc?= =?utf-8?X?def?=", "abc =?utf-8?X?def?=", true },
		{ "no charset", "=??Q?abc?=", "=??Q?abc?=", true },
		{ "unknown charset stays", "=?x-odd?Q?abc?=", "=?x-odd?Q?abc?=", false },
		{ "unknown among known", "=?utf-8?Q?a?= =?x-odd?Q?b?= =?utf-8?Q?c?=", "a =?x-odd?Q?b?= c", false },
		{ "unknown run keeps its blanks", "=?x-odd?Q?a?=  =?x-odd?Q?b?=", "=?x-odd?Q?a?=  =?x-odd?Q?b?=", false },
		{ "other charset", "=?KOI8-R?Q?=C1=C2?= =?koi8-r?B?wQ==?=!", "[3]!", true },
		{ "line break inside", "=?utf-8?Q?a=0D=0ABcc:?=", "a\r\nBcc:", true },
	};
	struct buf b = BUF_INIT;
	int calls = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&b);
		ok(text_decode_words(&b, rows[i].in, strlen(rows[i].in), koi8_only, &calls) == rows[i].all, "all done: %s", rows[i].name);
		is_str(buf_str(&b), rows[i].want, rows[i].name);
	}
	ok(calls > 0, "other charsets are asked for");
	buf_reset(&b);
	ok(!text_decode_words(&b, "=?koi8-r?Q?a?=", 14, NULL, NULL), "nobody to ask");
	is_str(buf_str(&b), "=?koi8-r?Q?a?=", "the word stays");
	buf_free(&b);
}

/* What text_token, text_value, text_take and text_at_end see of `in', one letter or value each. */
static void
test_cursor(void)
{
	struct text_cursor c;
	struct buf v = BUF_INIT;
	const char in[] = " (a (nested\\)) comment) no (really) ; x = \"q\\\"u\\o(te\" ;\xc3\xbc";
	const char *tok;
	size_t n;

	text_cursor_init(&c, in, strlen(in));
	n = text_token(&c, &tok);
	ok(text_equal_n(tok, n, "no"), "token behind a comment");
	ok(!text_at_end(&c) && !text_take(&c, '='), "something else comes next");
	ok(text_take(&c, ';'), "take behind a comment");
	ok(text_value(&c, &v) && strcmp(buf_str(&v), "x") == 0, "value: a token");
	ok(text_take(&c, '=') && text_value(&c, &v), "value: quoted");
	is_str(buf_str(&v), "q\"uo(te", "unquoted");
	ok(text_take(&c, ';') && text_token(&c, &tok) == 0 && !text_value(&c, &v), "8-bit bytes are no token");
	ok(!c.bad && !text_at_end(&c), "not bad, not at the end");
	text_cursor_init(&c, "(a)", 3);
	ok(text_at_end(&c) && !c.bad, "a comment alone is nothing");
	text_cursor_init(&c, "(a(b)", 5);
	ok(text_at_end(&c) && c.bad, "unclosed comment");
	text_cursor_init(&c, "(a\\", 3);
	ok(text_at_end(&c) && c.bad, "comment ends in a backslash");
	text_cursor_init(&c, "\"ab\\", 4);
	ok(text_value(&c, &v) && c.bad && text_at_end(&c), "unclosed quoted string");
	is_str(buf_str(&v), "ab", "its value");
	text_cursor_init(&c, "", 0);
	ok(text_token(&c, &tok) == 0 && text_at_end(&c) && !text_value(&c, &v), "empty");
	buf_free(&v);
}

static void
test_nesting(void)
{
	char in[2 * (TEXT_COMMENT_DEPTH + 1)];

	for (size_t depth = TEXT_COMMENT_DEPTH; depth <= TEXT_COMMENT_DEPTH + 1; depth++) {
		struct text_cursor c;

		memset(in, '(', depth);
		memset(in + depth, ')', depth);
		text_cursor_init(&c, in, 2 * depth);
		ok(text_at_end(&c) && c.bad == (depth > TEXT_COMMENT_DEPTH), "comments nested %zu deep", depth);
		ok((text_comment_end(in, in + 2 * depth) == NULL) == (depth > TEXT_COMMENT_DEPTH), "comment_end, %zu deep", depth);
	}
	strcpy(in, "(a\\)b");
	ok(text_comment_end(in, in + strlen(in)) == NULL, "comment_end: escaped");
	strcpy(in, "\"a\\\"b\"c");
	ok(text_quoted_end(in, in + 4) == NULL, "quoted_end: escaped");
	ok(text_quoted_end(in, in + strlen(in)) == in + 6, "quoted_end: behind the quote");
}

static void
test_param(void)
{
	static const struct {
		const char *name, *in, *param, *want;
	} rows[] = {
		{ "plain", "multipart/report; report-type=delivery-status", "report-type", "delivery-status" },
		{ "case", "text/plain; CharSet=UTF-8", "charset", "UTF-8" },
		{ "quoted", "text/plain; x=\"a;charset=b\"; charset=\"utf-8\"", "charset", "utf-8" },
		{ "in a comment", "text/plain; (charset=a) charset = (x) utf-8 (y)", "charset", "utf-8" },
		{ "not there", "text/plain; charset=a", "method", NULL },
		{ "not the value before the list", "charset=a; x=y", "charset", NULL },
		{ "no longer name", "a; charsets=b", "charset", NULL },
		{ "first of two", "a; x=1; x=2", "x", "1" },
		{ "empty", "a; x=; y=2", "x", "" },
		{ "no sign", "a; x; y=2", "y", "2" },
		{ "unquoted specials", "a; boundary=----=_Part/1:2; y=2", "boundary", "----=_Part/1:2" },
		{ "rubbish between", "a; =b; ;;; @; x=1", "x", "1" },
		{ "extended", "a; name*=UTF-8''na%20me", "name", "UTF-8''na%20me" },
		{ "sections", "a; name*0*=UTF-8''n%20; name*1=\"am\"; name*2*=e", "name", "UTF-8''n%20ame" },
		{ "sections out of order", "a; name*1=b; name*0=a", "name", "a" },
		{ "plain wins", "a; name*=UTF-8''x; name=plain", "name", "plain" },
		{ "huge section number", "a; name*99999999999999999999=x", "name", NULL },
		{ "no number", "a; name*x*=x", "name", NULL },
		{ "unclosed quote", "a; x=\"1; y=2", "x", "1; y=2" },
		{ "empty field", "", "x", NULL },
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text_cursor c;
		bool found;

		text_cursor_init(&c, rows[i].in, strlen(rows[i].in));
		found = text_param(c, rows[i].param, &b);
		is_str(found ? buf_str(&b) : NULL, rows[i].want, rows[i].name);
	}
	buf_free(&b);
}

static void
try_all(const char *s, size_t len)
{
	struct buf b = BUF_INIT;
	struct text_cursor c;

	text_decode_words(&b, s, len, NULL, NULL);
	buf_reset(&b);
	text_clean_line(&b, s, len, len);
	text_cursor_init(&c, s, len);
	(void)text_param(c, "name", &b);
	while (!text_at_end(&c) && (text_value(&c, &b) || c.p++ < c.end))
		continue;
	buf_free(&b);
}

static void
test_hostile(void)
{
	static const char *const pattern[] = {
		"(", "()", "\"", "\\\"", "\"\"", "=?", "=?a?Q?", "=?a?B?b?=", "=?utf-8?Q?=C3?= ", "=?=", "?=", ";", ";name*0=",
		";x=\"", "a ", "\xff", "\xe2\x80\xae", "(\\", "=?utf-8?Q?a", ";name*=(",
	};
	char *s = malloc(HOSTILE_SIZE);

	if (!ok(s != NULL, "memory"))
		return;
	for (size_t i = 0; i < COUNT(pattern); i++) {
		size_t n = strlen(pattern[i]);

		for (size_t at = 0; at < HOSTILE_SIZE; at++)
			s[at] = pattern[i][at % n];
		try_all(s, HOSTILE_SIZE);
		ok(true, "1 MiB of %zu", i);
	}
	free(s);
}

int
main(void)
{
	setrlimit(RLIMIT_CPU, &(struct rlimit){ CPU_SECONDS, CPU_SECONDS });
	test_ascii();
	test_utf8();
	test_cut();
	test_latin1();
	test_clean_line();
	test_words();
	test_cursor();
	test_nesting();
	test_param();
	test_hostile();
	return done_testing();
}
