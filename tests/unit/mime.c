/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mime: charsets, encoded words both ways, transfer encodings both ways, hostile values. */
#include "mime.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "tests/tap.h"
#include "text.h"

#define TIME_MAX 20000	/* milliseconds: valgrind is slow */

static struct mime *m;

/* Ten charsets and the ways in which they are written, decoded with and without the library. */
static const struct {
	const char *name, *value, *want;
} decoding[] = {
	{ "plain", "Hello there", "Hello there" },
	{ "utf-8 q", "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus?= Bern", "Gr\xc3\xbc\xc3\x9f" "e aus Bern" },
	{ "utf-8 b", "=?utf-8?b?5pel5pys6Kqe?=", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
	{ "iso-8859-1", "=?ISO-8859-1?Q?caf=E9?=", "caf\xc3\xa9" },
	{ "windows-1252", "=?windows-1252?Q?=80_5?=", "\xe2\x82\xac 5" },
	{ "iso-8859-15", "=?ISO-8859-15?Q?=A4_5?=", "\xe2\x82\xac 5" },
	{ "iso-8859-2", "=?iso-8859-2?Q?=A3=F3d=BC?=", "\xc5\x81\xc3\xb3" "d\xc5\xba" },
	{ "koi8-r", "=?koi8-r?B?8NLJ18XU?=", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82" },
	{ "windows-1251", "=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82" },
	{ "iso-2022-jp", "=?iso-2022-jp?B?GyRCRnxLXDhsGyhC?=", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
	{ "shift_jis", "=?Shift_JIS?B?k/qWe4zq?=", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
	{ "euc-kr", "=?euc-kr?B?x9GxubXu?=", "\xed\x95\x9c\xea\xb5\xad\xeb\x93\xb1" },
	{ "gb2312", "=?gb2312?B?1tC5+g==?=", "\xe4\xb8\xad\xe5\x9b\xbd" },
	{ "gb2312 that is gbk", "=?gb2312?B?6VQ=?=", "\xe9\x96\x80" },
	{ "big5", "=?big5?B?pKSk5Q==?=", "\xe4\xb8\xad\xe6\x96\x87" },
	{ "windows-1255, whose letters may be composed", "=?windows-1255?Q?=F9=E9=E8?=", "\xd7\xa9\xd7\x99\xd7\x98" },
	{ "two charsets", "=?koi8-r?B?8NLJ18XU?= =?utf-8?q?=C3=A9?=", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\xc3\xa9" },
	{ "a language", "=?iso-8859-2*pl?Q?=A3?=", "\xc5\x81" },
	{ "a character in two words", "=?utf-8?B?5pel5g==?= =?utf-8?B?nKzoqp4=?=", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
	{ "an unknown charset spoils no other", "=?koi8-r?B?8A==?= =?x-none?Q?abc?= =?utf-8?q?=C3=A9?=",
	    "\xd0\x9f =?x-none?Q?abc?= \xc3\xa9" },
	{ "wrong bytes for the charset", "=?iso-2022-jp?Q?ab=FFcd?=", "ab\xef\xbf\xbd" "cd" },
	{ "a line break", "=?utf-8?Q?a=0D=0ABcc:_x@y?=", "a Bcc: x@y" },
	{ "a line break, other charset", "=?koi8-r?Q?a=0D=0ABcc:_x@y?=", "a Bcc: x@y" },
	{ "NUL", "=?utf-8?Q?a=00b?=", "ab" },
	{ "bidi controls", "=?utf-8?Q?a=E2=80=AEb=E2=81=A6c?=", "abc" },
	{ "invalid UTF-8", "=?utf-8?Q?a=C0=80b?=", "a\xef\xbf\xbd\xef\xbf\xbd" "b" },
	{ "raw UTF-8", "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "raw Latin-1", "caf\xe9", "caf\xc3\xa9" },
	{ "raw Latin-1 in a Latin-1 word", "=?iso-8859-1?Q?Fr\xf6sche?=", "Fr\xc3\xb6sche" },
	{ "raw bytes beside a word", "caf\xe9 =?utf-8?q?=C3=A9?=", "caf\xef\xbf\xbd \xc3\xa9" },
	{ "no encoded word", "=?utf-8?X?abc?= =? =?a?b", "=?utf-8?X?abc?= =? =?a?b" },
	{ "empty", "", "" },
};

static void
test_decoding(bool library)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof decoding / sizeof decoding[0]; i++) {
		struct mime *fresh = mime_new();
		char name[120];

		if (library)
			mime_load(fresh);
		mime_expect_charsets(fresh, decoding[i].value, strlen(decoding[i].value));
		buf_reset(&out);
		mime_decode_header(fresh, &out, decoding[i].value, strlen(decoding[i].value));
		snprintf(name, sizeof name, "decodes %s%s", decoding[i].name, library ? ", library loaded" : "");
		is_str(buf_str(&out), decoding[i].want, name);
		mime_free(fresh);
	}
	buf_free(&out);
}

static const struct {
	const char *name, *value;
	bool read, written;
} needing[] = {
	{ "ASCII", "Hello", false, false },
	{ "UTF-8 words", "=?utf-8?q?a?=", false, true },
	{ "Latin-1 words", "=?iso-8859-1?q?a?=", false, true },
	{ "KOI8-R words", "=?koi8-r?q?a?=", true, true },
	{ "raw UTF-8", "\xc3\xa9", false, true },
};

static void
test_needing(void)
{
	for (size_t i = 0; i < sizeof needing / sizeof needing[0]; i++) {
		const char *v = needing[i].value;

		is_int(mime_value_needs_library(v, strlen(v)), needing[i].read, needing[i].name);
		is_int(mime_text_needs_library(v, strlen(v)), needing[i].written, needing[i].name);
	}
}

static void
test_expecting(void)
{
	static const char *const nine[] = { "koi8-r", "koi8-u", "big5", "cp850", "cp866", "iso-8859-5", "iso-8859-7",
	    "iso-8859-13", "cp437" };
	struct mime *fresh = mime_new();
	char name[200];

	ok(mime_expect_charset(fresh, "utf-8") && mime_expect_charset(fresh, "ISO-8859-1"), "by hand: no converter");
	ok(!mime_expect_charset(fresh, "x-none"), "an unknown charset");
	ok(!mime_expect_charset(fresh, "koi8-r//IGNORE"), "a slash is no part of a charset's name");
	ok(!mime_expect_charset(fresh, "../../tmp/x"), "a path is no charset");
	ok(!mime_expect_charset(fresh, ""), "the empty name");
	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	ok(!mime_expect_charset(fresh, name), "a name of 199 bytes");
	for (size_t i = 0; i < MIME_CHARSETS_MAX; i++)
		ok(mime_expect_charset(fresh, nine[i]), "charset %zu, %s", i + 1, nine[i]);
	ok(!mime_expect_charset(fresh, nine[8]), "the ninth is one too many");
	ok(mime_expect_charset(fresh, "KOI8-R"), "one that is open already still counts");
	mime_free(fresh);
	mime_free(NULL);
}

static void
test_bodies(void)
{
	static const struct {
		const char *charset, *bytes, *want;
	} rows[] = {
		{ "utf-8", "a\xff" "b\xc3\xa9", "a\xef\xbf\xbd" "b\xc3\xa9" },
		{ "us-ascii", "plain\n", "plain\n" },
		{ "iso-8859-1", "\xe9\n\x93", "\xc3\xa9\n\xe2\x80\x9c" },
		{ "koi8-r", "\xf0\n", "\xd0\x9f\n" },
		{ "iso-2022-jp", "\x1b$BF|K\\8l\x1b(B.\n", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.\n" },
		{ "shift_jis", "a\x93", "a\xef\xbf\xbd" },
	};
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_reset(&out);
		mime_expect_charset(m, rows[i].charset);
		ok(mime_to_utf8(m, &out, rows[i].charset, rows[i].bytes, strlen(rows[i].bytes)), "%s", rows[i].charset);
		is_str(buf_str(&out), rows[i].want, rows[i].charset);
	}
	buf_reset(&out);
	ok(!mime_to_utf8(m, &out, "x-none", "abc", 3) && out.len == 0, "an unknown charset leaves the output alone");
	buf_free(&out);
}

/* What a field holds for a reader, and whether its lines are legal. */
static void
read_back(struct buf *text, const char *field)
{
	const char *colon = strchr(field, ':');
	struct buf flat = BUF_INIT;

	for (const char *p = colon + 1; *p != '\0'; p++)
		if (*p != '\n')
			buf_addc(&flat, *p);
	buf_reset(text);
	mime_decode_header(m, text, buf_str(&flat), flat.len);
	buf_free(&flat);
}

static bool
lines_legal(const char *field, size_t limit)
{
	for (const char *p = field; *p != '\0';) {
		size_t n = strcspn(p, "\n");

		if (n > limit || p[n] != '\n' || !text_is_ascii(p, n))
			return false;
		p += n + 1;
		if (*p != '\0' && (*p != ' ' || p[1] == '\n'))
			return false;
	}
	return true;
}

static const struct {
	const char *name, *text, *want;	/* NULL: only the round trip counts */
} writing[] = {
	{ "ASCII", "away until Monday", "Subject: away until Monday\n" },
	{ "empty", "", "Subject:\n" },
	{ "ASCII folded", "one two three four five six seven eight nine ten eleven twelve thirteen fourteen",
	    "Subject: one two three four five six seven eight nine ten eleven twelve\n thirteen fourteen\n" },
	{ "only the words that need it", "Auto: M\xc3\xbcllabfuhrplan in Bern",
	    "Subject: Auto: =?UTF-8?Q?M=C3=BCllabfuhrplan?= in Bern\n" },
	{ "what looks like an encoded word", "see =?utf-8?q?a?= there", NULL },
	{ "a line break", "a\r\nBcc: evil@example.org", "Subject: a Bcc: evil@example.org\n" },
	{ "a line break and a blank", "a\n b", "Subject: a b\n" },
	{ "Japanese", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe3\x83\x86\xe3\x82\xad\xe3\x82\xb9\xe3\x83\x88"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe3\x83\x86\xe3\x82\xad\xe3\x82\xb9\xe3\x83\x88", NULL },
	{ "emoji", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f"
	    "\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80", NULL },
	{ "special characters", "\xc3\xa9?_=\"<>@,;:()[]\\ \xc3\xa9", NULL },
	{ "encoded behind a long ASCII part", "one two three four five six seven eight nine ten eleven \xc3\xa9\xc3\xa9", NULL },
};

static void
test_writing(void)
{
	struct buf out = BUF_INIT, text = BUF_INIT, clean = BUF_INIT;

	for (size_t i = 0; i < sizeof writing / sizeof writing[0]; i++) {
		buf_reset(&out);
		buf_reset(&clean);
		ok(mime_put_text_field(m, &out, "Subject", writing[i].text), "writes %s", writing[i].name);
		if (writing[i].want != NULL)
			is_str(buf_str(&out), writing[i].want, writing[i].name);
		ok(lines_legal(buf_str(&out), 76), "%s: lines of 76 at most, ASCII", writing[i].name);
		text_clean_line(&clean, writing[i].text, strlen(writing[i].text), MIME_FIELD_MAX);
		read_back(&text, buf_str(&out));
		is_str(buf_str(&text), buf_str(&clean), writing[i].name);
	}
	buf_free(&out);
	buf_free(&text);
	buf_free(&clean);
}

static void
add_character(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(out, (int)c);
	} else if (c < 0x800) {
		buf_addc(out, (int)(0xc0 | c >> 6));
		buf_addc(out, (int)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		buf_addc(out, (int)(0xe0 | c >> 12));
		buf_addc(out, (int)(0x80 | (c >> 6 & 63)));
		buf_addc(out, (int)(0x80 | (c & 63)));
	} else {
		buf_addc(out, (int)(0xf0 | c >> 18));
		buf_addc(out, (int)(0x80 | (c >> 12 & 63)));
		buf_addc(out, (int)(0x80 | (c >> 6 & 63)));
		buf_addc(out, (int)(0x80 | (c & 63)));
	}
}

/* No encoded word may end inside a character: each one alone is valid UTF-8. */
static bool
words_whole(const char *field)
{
	struct buf one = BUF_INIT;
	bool good = true;

	for (const char *p = field; good && (p = strstr(p, "=?UTF-8?")) != NULL; p += 8) {
		size_t n = strcspn(p, "\n");
		const char *end = memchr(p, ' ', n);

		buf_reset(&one);
		text_decode_words(&one, p, end != NULL ? (size_t)(end - p) : n, NULL, NULL);
		good = text_utf8_valid(buf_str(&one), one.len) && strstr(buf_str(&one), "=?UTF-8?") == NULL;
	}
	buf_free(&one);
	return good;
}

static void
test_planes(void)
{
	struct buf text = BUF_INIT, clean = BUF_INIT, out = BUF_INIT, back = BUF_INIT;
	bool good = true;

	for (uint32_t start = 0; start < 0x110000; start += 89 * 61) {
		buf_reset(&text);
		buf_reset(&clean);
		buf_reset(&out);
		for (uint32_t i = 0; i < 61; i++) {
			uint32_t c = start + i * 89;

			if (c < 0x110000 && (c < 0xd800 || c > 0xdfff))
				add_character(&text, c);
			if (i % 5 == 0)
				add_character(&text, i % 3 == 0 ? ' ' : 'x');
		}
		text_clean_line(&clean, buf_str(&text), text.len, MIME_FIELD_MAX);
		good = mime_put_text_field(m, &out, "Subject", buf_str(&clean)) && good;
		read_back(&back, buf_str(&out));
		if (strcmp(buf_str(&back), buf_str(&clean)) != 0 || !lines_legal(buf_str(&out), 76) ||
		    !words_whole(buf_str(&out))) {
			printf("# from U+%04X: %s", start, buf_str(&out));
			good = false;
		}
	}
	ok(good, "every 89th character of all planes survives a header field");
	buf_free(&text);
	buf_free(&clean);
	buf_free(&out);
	buf_free(&back);
}

static void
test_long_fields(void)
{
	struct buf text = BUF_INIT, out = BUF_INIT;

	for (size_t i = 0; i < 1024 * 1024; i++)
		buf_addc(&text, 'x');
	mime_put_text_field(m, &out, "X-Long", buf_str(&text));
	ok(out.len < MIME_FIELD_MAX + 100 && lines_legal(buf_str(&out), 998), "1 MB without a blank: cut and broken");
	buf_reset(&text);
	buf_reset(&out);
	for (size_t i = 0; i < 512 * 1024; i++)
		buf_adds(&text, "\xc3\xa9");
	mime_put_text_field(m, &out, "X-Long", buf_str(&text));
	ok(lines_legal(buf_str(&out), 76) && words_whole(buf_str(&out)), "1 MB that must be encoded");
	buf_free(&text);
	buf_free(&out);
}

static const struct {
	const char *name, *text, *want;
} phrases[] = {
	{ "atoms", "Anna Example", " Anna Example" },
	{ "quoted", "Example, Anna (home)", " \"Example, Anna (home)\"" },
	{ "quote and backslash", "a\"b\\c", " \"a\\\"b\\\\c\"" },
	{ "encoded", "Anna M\xc3\xbcller", " =?UTF-8?B?QW5uYSBNw7xsbGVy?=" },
	{ "encoded look-alike", "=?utf-8?q?a?=", " =?UTF-8?B?PT91dGYtOD9xP2E/PQ==?=" },
	{ "line break", "Anna\nBcc: x", " \"Anna Bcc: x\"" },
};

static void
test_phrases(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
		buf_reset(&out);
		mime_put_phrase(m, &out, phrases[i].text);
		is_str(buf_str(&out), phrases[i].want, phrases[i].name);
	}
	buf_free(&out);
}

static void
test_without_library(void)
{
	struct mime *fresh = mime_new();
	struct buf out = BUF_INIT;

	ok(mime_put_text_field(fresh, &out, "Subject", "plain"), "ASCII needs no library");
	ok(!mime_put_text_field(fresh, &out, "Subject", "caf\xc3\xa9") && !out.failed, "an encoded word does");
	ok(!mime_put_phrase(fresh, &out, "caf\xc3\xa9"), "in a phrase too");
	mime_free(fresh);
	buf_free(&out);
}

static const struct {
	const char *name, *text;
	bool eight_bit;
	enum mime_encoding want;
} choosing[] = {
	{ "plain", "Hello\n\tworld\n", false, MIME_7BIT },
	{ "empty", "", false, MIME_7BIT },
	{ "trailing blank", "-- \nme\n", false, MIME_QUOTED_PRINTABLE },
	{ "trailing tab at the end", "a\t", false, MIME_QUOTED_PRINTABLE },
	{ "From at a line's start", "Hi\nFrom here on I am away\n", false, MIME_QUOTED_PRINTABLE },
	{ "From in a line", "I come From here\n", false, MIME_7BIT },
	{ "a dot", "a\n.\nb\n", false, MIME_QUOTED_PRINTABLE },
	{ "dots", "...\n", false, MIME_QUOTED_PRINTABLE },
	{ "bare CR", "one two three\rfour\n", false, MIME_QUOTED_PRINTABLE },
	{ "German", "Ich bin bis n\xc3\xa4" "chsten Montag nicht im B\xc3\xbcro.\n", false, MIME_QUOTED_PRINTABLE },
	{ "German on an 8-bit path", "n\xc3\xa4" "chsten\n", true, MIME_8BIT },
	{ "a trailing blank on an 8-bit path", "n\xc3\xa4" "chsten Montag ist es so weit \n", true, MIME_QUOTED_PRINTABLE },
	{ "Russian", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\n", false, MIME_BASE64 },
};

static void
test_choosing(void)
{
	struct buf line = BUF_INIT;

	for (size_t i = 0; i < sizeof choosing / sizeof choosing[0]; i++)
		is_str(mime_encoding_name(mime_choose_encoding(choosing[i].text, strlen(choosing[i].text), choosing[i].eight_bit)),
		    mime_encoding_name(choosing[i].want), choosing[i].name);
	for (int i = 0; i < 998; i++)
		buf_addc(&line, 'x');
	is_int(mime_choose_encoding(buf_str(&line), line.len, false), MIME_7BIT, "a line of 998");
	buf_addc(&line, 'x');
	is_int(mime_choose_encoding(buf_str(&line), line.len, false), MIME_QUOTED_PRINTABLE, "a line of 999");
	is_int(mime_choose_encoding("a\0b and some more text", 22, false), MIME_QUOTED_PRINTABLE, "NUL");
	buf_free(&line);
}

static const struct {
	const char *name, *text, *want;
} printable[] = {
	{ "plain", "Hello\n", "Hello\n" },
	{ "no line end", "Hello", "Hello\n" },
	{ "equals sign", "a=b\n", "a=3Db\n" },
	{ "trailing blank", "-- \nx\t\n", "--=20\nx=09\n" },
	{ "trailing blank at the end", "x ", "x=20\n" },
	{ "inner blanks", "a \t b\n", "a \t b\n" },
	{ "From", "From me\nFrom\n", "=46rom me\nFrom\n" },
	{ "dot", ".\n..a\na.b\n", "=2E\n=2E.a\na.b\n" },
	{ "tab is no escape inside", "\ta\n", "\ta\n" },
	{ "CR", "a\rb\n", "a=0Db\n" },
	{ "76 stay", "0123456789012345678901234567890123456789012345678901234567890123456789012345\n",
	    "0123456789012345678901234567890123456789012345678901234567890123456789012345\n" },
	{ "77 break", "01234567890123456789012345678901234567890123456789012345678901234567890123456\n",
	    "012345678901234567890123456789012345678901234567890123456789012345678901234=\n56\n" },
	{ "a dot behind a soft break", "012345678901234567890123456789012345678901234567890123456789012345678901234.6\n",
	    "012345678901234567890123456789012345678901234567890123456789012345678901234=\n=2E6\n" },
};

static void
test_quoted_printable(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof printable / sizeof printable[0]; i++) {
		buf_reset(&out);
		mime_put_body(&out, printable[i].text, strlen(printable[i].text), MIME_QUOTED_PRINTABLE);
		is_str(buf_str(&out), printable[i].want, printable[i].name);
	}
	buf_free(&out);
}

/* Every byte at every column, both encodings; base64 holds CRLF, its canonical form. */
static void
test_round_trips(void)
{
	struct buf text = BUF_INIT, out = BUF_INIT, back = BUF_INIT, lf = BUF_INIT;
	bool qp = true, b64 = true;

	for (int pad = 0; pad < 80; pad++) {
		buf_reset(&text);
		for (int i = 0; i < pad; i++)
			buf_addc(&text, 'x');
		for (int c = 255; c >= 0; c--)
			buf_addc(&text, c);
		for (int c = 0; c < 256; c++)
			buf_addc(&text, c == '\n' ? ' ' : c);
		buf_addc(&text, '\n');
		buf_reset(&out);
		buf_reset(&back);
		mime_put_body(&out, buf_str(&text), text.len, MIME_QUOTED_PRINTABLE);
		mime_decode_body(&back, "Quoted-Printable", buf_str(&out), out.len);
		qp = qp && lines_legal("", 76) && back.len == text.len && memcmp(back.data, text.data, text.len) == 0;
		for (const char *p = buf_str(&out); *p != '\0'; p += strcspn(p, "\n") + 1)
			qp = qp && strcspn(p, "\n") <= 76;
		buf_reset(&out);
		buf_reset(&back);
		buf_reset(&lf);
		mime_put_body(&out, buf_str(&text), text.len, MIME_BASE64);
		mime_decode_body(&back, "BASE64", buf_str(&out), out.len);
		for (size_t i = 0; i < back.len; i++)
			if (back.data[i] != '\r' || back.data[i + 1] != '\n')
				buf_addc(&lf, back.data[i]);
		b64 = b64 && lf.len == text.len && memcmp(lf.data, text.data, text.len) == 0;
		for (const char *p = buf_str(&out); *p != '\0'; p += strcspn(p, "\n") + 1)
			b64 = b64 && strcspn(p, "\n") <= 76;
	}
	ok(qp, "quoted-printable carries every byte at every column, lines of 76 at most");
	ok(b64, "base64 does");
	buf_free(&text);
	buf_free(&out);
	buf_free(&back);
	buf_free(&lf);
}

static const struct {
	const char *name, *encoding, *in, *want;
} reading[] = {
	{ "blanks and soft breaks", "quoted-printable", "a=3Db=\nc =\n d   \ne=20\n", "a=bc  d\ne \n" },
	{ "CRLF", "quoted-printable", "soft= \t\r\nbreak\r\n", "softbreak\n" },
	{ "wrong escapes", "quoted-printable", "wrong =XX =4", "wrong =XX =4" },
	{ "soft break at the end", "quoted-printable", "last=", "last" },
	{ "nothing", "quoted-printable", "", "" },
	{ "base64", "base64", "SGVs\nbG8=\n", "Hello" },
	{ "base64 in pieces", "base64", "SGk=SGk=", "HiHi" },
	{ "8bit", "8bit", "as =3D is", "as =3D is" },
	{ "no encoding", NULL, "as =3D is", "as =3D is" },
};

static void
test_reading(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++) {
		buf_reset(&out);
		ok(mime_decode_body(&out, reading[i].encoding, reading[i].in, strlen(reading[i].in)), "reads %s", reading[i].name);
		is_str(buf_str(&out), reading[i].want, reading[i].name);
	}
	buf_reset(&out);
	ok(!mime_decode_body(&out, "x-uuencode", "abc", 3) && out.len == 0, "an unknown encoding");
	buf_reset(&out);
	for (int i = 0; i < 1024 * 1024; i++)
		buf_addc(&out, ' ');
	{
		struct buf decoded = BUF_INIT;

		mime_decode_body(&decoded, "quoted-printable", buf_str(&out), out.len);
		is_int((long long)decoded.len, 0, "1 MB of blanks, in linear time");
		buf_free(&decoded);
	}
	buf_free(&out);
}

/* Inside the sandbox nothing can be opened: charsets and library are there before. */
static void
test_confined(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof decoding / sizeof decoding[0]; i++) {
		buf_reset(&out);
		ok(mime_decode_confined(&out, decoding[i].value, strlen(decoding[i].value), deadline_clock() + TIME_MAX),
		    "confined: %s", decoding[i].name);
		is_str(buf_str(&out), decoding[i].want, decoding[i].name);
	}
	buf_free(&out);
}

int
main(void)
{
	m = mime_new();
	ok(mime_load(m), "libmailutils is loadable");
	ok(mime_load(m), "and loaded once only");
	test_decoding(false);
	test_decoding(true);
	test_needing();
	test_expecting();
	test_bodies();
	test_writing();
	test_planes();
	test_long_fields();
	test_phrases();
	test_without_library();
	test_choosing();
	test_quoted_printable();
	test_round_trips();
	test_reading();
	test_confined();
	mime_free(m);
	return done_testing();
}
