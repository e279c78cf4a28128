/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mime_charset: charsets in and out, encoded words in them, UTF-16 and UTF-32, message files in any charset, HTML's own word. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "html_charset.h"
#include "mime.h"
#include "reply.h"
#include "template.h"
#include "tests/tap.h"
#include "text.h"

#define WORD_LIMIT 75
#define LINE_LIMIT 76

#define PRIVET "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"
#define NIHONGO "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
#define ZHONGGUO "\xe4\xb8\xad\xe5\x9b\xbd"
#define ZHONGWEN "\xe4\xb8\xad\xe6\x96\x87"
#define HANGUK "\xed\x95\x9c\xea\xb5\xad"
#define EURO "\xe2\x82\xac"
#define GRIN "\xf0\x9f\x98\x80"

/* What is asked for, what is written, and the bytes: a row a charset. */
static const struct {
	const char *asked, *name, *text, *bytes;
} written[] = {
	{ "ISO-2022-JP", "ISO-2022-JP", "a" NIHONGO "b", "a\x1b$BF|K\\8l\x1b(Bb" },
	{ "csISO2022JP", "ISO-2022-JP", NIHONGO "\n" NIHONGO, "\x1b$BF|K\\8l\x1b(B\n\x1b$BF|K\\8l\x1b(B" },
	{ "x-sjis", "Shift_JIS", NIHONGO "\\~", "\x93\xfa\x96{\x8c\xea\\~" },
	{ "euc-jp", "EUC-JP", NIHONGO, "\xc6\xfc\xcb\xdc\xb8\xec" },
	{ "gb18030", "GB18030", ZHONGGUO GRIN, "\xd6\xd0\xb9\xfa\x94\x39\xfc\x36" },
	{ "gb2312", "GB2312", ZHONGGUO, "\xd6\xd0\xb9\xfa" },
	{ "cp936", "GBK", ZHONGGUO, "\xd6\xd0\xb9\xfa" },
	{ "big5", "Big5", ZHONGWEN, "\xa4\xa4\xa4\xe5" },
	{ "ks_c_5601-1987", "EUC-KR", HANGUK, "\xc7\xd1\xb1\xb9" },
	{ "KOI8_R", "KOI8-R", PRIVET, "\xf0\xd2\xc9\xd7\xc5\xd4" },
	{ "koi8-u", "KOI8-U", "\xd1\x97", "\xa7" },
	{ "CP1251", "windows-1251", PRIVET, "\xcf\xf0\xe8\xe2\xe5\xf2" },
	{ "latin9", "ISO-8859-15", "5 " EURO, "5 \xa4" },
	{ "cp1252", "windows-1252", "5 " EURO, "5 \x80" },
	{ "iso_8859-1:1987", "ISO-8859-1", "caf\xc3\xa9", "caf\xe9" },
	{ "iso8859-2", "ISO-8859-2", "\xc5\x81", "\xa3" },
	{ "iso-8859-8-i", "ISO-8859-8", "\xd7\xa9", "\xf9" },
	{ "tis620", "TIS-620", "\xe0\xb8\x81", "\xa1" },
	{ "windows-1258", "windows-1258", "\xc4\x91", "\xf0" },
	{ "ascii", "US-ASCII", "plain", "plain" },
};

static bool
same(const struct buf *got, const char *want)
{
	return got->len == strlen(want) && memcmp(buf_str(got), want, got->len) == 0;
}

static void
test_written(void)
{
	struct buf out = BUF_INIT, back = BUF_INIT;

	for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
		struct mime *m = mime_new();

		buf_reset(&out);
		buf_reset(&back);
		ok(mime_expect_output(m, written[i].asked), "%s can be written", written[i].asked);
		is_str(mime_output_name(m), written[i].name, written[i].asked);
		ok(mime_from_utf8(m, &out, written[i].text, strlen(written[i].text)) && same(&out, written[i].bytes),
		    "%s: its bytes", written[i].name);
		ok(mime_expect_charset(m, written[i].name), "%s can be read", written[i].name);
		mime_to_utf8(m, &back, written[i].name, buf_str(&out), out.len);
		is_str(buf_str(&back), written[i].text, written[i].name);
		mime_free(m);
	}
	buf_free(&out);
	buf_free(&back);
}

static const struct {
	const char *charset, *text, *why;
} unfit[] = {
	{ "US-ASCII", "caf\xc3\xa9", "beyond ASCII" },
	{ "ISO-8859-1", EURO, "no euro sign" },
	{ "ISO-8859-1", "\xc2\x85", "a C1 control, which programs read as an ellipsis" },
	{ "ISO-8859-15", PRIVET, "no Cyrillic" },
	{ "KOI8-R", "na\xc3\xafve", "no diaeresis" },
	{ "ISO-2022-JP", GRIN, "no emoji" },
	{ "ISO-2022-JP", "a\x1b$Bb", "an escape character of the text" },
	{ "Shift_JIS", "\xc2\xa5", "a yen sign where programs read a backslash" },
	{ "Shift_JIS", "\xe3\x80\x9c", "a wave dash, which programs read as a tilde" },
	{ "GB2312", "\xe9\x96\x80", "only in GBK" },
	{ "Big5", ZHONGGUO, "a simplified character" },
	{ "windows-1252", "e\xcc\x81", "a combining accent" },
	{ "windows-1258", "a\xcc\x81", "a combining accent that is read back composed" },
	{ "UTF-8", "x", "UTF-8 is what it falls back to" },
};

static void
test_unfit(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++) {
		struct mime *m = mime_new();

		buf_reset(&out);
		mime_expect_output(m, unfit[i].charset);
		ok(!mime_from_utf8(m, &out, unfit[i].text, strlen(unfit[i].text)) && out.len == 0 && !out.failed, "does not fit into %s: %s",
		    unfit[i].charset, unfit[i].why);
		mime_free(m);
	}
	buf_free(&out);
}

/* Charsets that do not carry mail text, names that are none. */
static void
test_refused(void)
{
	static const char *const names[] = { "UTF-16", "utf-16le", "UTF-32", "UCS-2", "UTF-7", "IBM037", "EBCDIC-US", "ISO-2022-CN-EXT",
	    "ISO-2022-KR", "HZ-GB-2312", "unknown-8bit", "x-unknown", "", "koi8-r//TRANSLIT", "../../tmp/x", "iso-8859-12", "iso-8859-" };
	struct mime *m = mime_new();
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		ok(!mime_expect_output(m, names[i]), "never written: \"%s\"", names[i]);
	ok(!mime_from_utf8(m, &out, "a", 1), "and nothing fits then");
	is_str(mime_output_name(m), "utf-8", "but UTF-8");
	ok(mime_expect_output(m, "koi8-r") && !mime_expect_output(m, "utf-16") && !mime_from_utf8(m, &out, "a", 1), "the last word counts");
	mime_free(m);
	buf_free(&out);
}

/* --- header fields --------------------------------------------------------------------- */

/* Each word by itself: 75 at most, whole characters, in that charset; all of them: the text. */
static bool
words_legal(struct mime *m, const char *field, const char *charset, const char *want)
{
	struct buf all = BUF_INIT, one = BUF_INIT, word = BUF_INIT;
	size_t frame = strlen(charset) + 2;
	bool good = true;

	for (const char *p = strstr(field, "=?"); good && p != NULL; p = strstr(p, "=?")) {
		size_t n = strcspn(p, " \n");

		buf_reset(&one);
		buf_reset(&word);
		buf_add(&word, p, n);
		good = n <= WORD_LIMIT && n > frame && text_equal_n(p + 2, frame - 2, charset);
		mime_decode_header(m, &one, buf_str(&word), n);
		good = good && strstr(buf_str(&one), "\xef\xbf\xbd") == NULL && strstr(buf_str(&one), "=?") == NULL;
		buf_add(&all, buf_str(&one), one.len);
		p += n;
	}
	if (want != NULL && strcmp(buf_str(&all), want) != 0)
		good = false;
	buf_free(&all);
	buf_free(&one);
	buf_free(&word);
	return good;
}

static bool
lines_legal(const char *field)
{
	for (const char *p = field; *p != '\0';) {
		size_t n = strcspn(p, "\n");

		if (n > LINE_LIMIT || p[n] != '\n' || !text_is_ascii(p, n) || memchr(p, 0x1b, n) != NULL)
			return false;
		p += n + 1;
	}
	return true;
}

static bool
read_back(struct mime *m, const char *field, const char *want)
{
	struct buf flat = BUF_INIT, text = BUF_INIT;
	bool good;

	for (const char *p = strchr(field, ':') + 1; *p != '\0'; p++)
		if (*p != '\n')
			buf_addc(&flat, *p);
	mime_decode_header(m, &text, buf_str(&flat), flat.len);
	good = strcmp(buf_str(&text), want) == 0;
	buf_free(&flat);
	buf_free(&text);
	return good;
}

/* Every length and column, so that each cut and each shift is met. */
static void
test_words(void)
{
	struct buf text = BUF_INIT, out = BUF_INIT;

	for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
		struct mime *m = mime_new();
		bool good = true;

		mime_expect_output(m, written[i].asked);
		mime_expect_charset(m, written[i].name);
		for (size_t n = 1; n < 40 && !text_is_ascii(written[i].text, strlen(written[i].text)); n++) {
			buf_reset(&text);
			for (size_t k = 0; k < n; k++) {
				buf_add(&text, "xxxxx", k % 5);
				for (const char *p = written[i].text; *p != '\0'; p++)
					buf_addc(&text, *p == ' ' || *p == '\n' ? '-' : *p);
			}
			buf_reset(&out);
			good = mime_put_text_field(m, &out, "Subject", buf_str(&text)) && lines_legal(buf_str(&out)) &&
			    words_legal(m, buf_str(&out), written[i].name, buf_str(&text)) && good;
			buf_truncate(&text, 300);
			buf_truncate(&text, text_utf8_cut(buf_str(&text), text.len, text.len - text.len % 7));
			buf_reset(&out);
			buf_adds(&out, "From:");
			good = mime_put_phrase(m, &out, buf_str(&text)) && good;
			buf_addc(&out, '\n');
			good = lines_legal(buf_str(&out)) && words_legal(m, buf_str(&out), written[i].name, NULL) && good;
			if (!good)
				printf("# %s\n", buf_str(&out));
		}
		ok(good, "%s: words of 75 at most, each whole, lines of 76", written[i].name);
		mime_free(m);
	}
	buf_free(&text);
	buf_free(&out);
}

static const struct {
	const char *charset, *text, *want;
} fields[] = {
	{ "koi8-r", "Re: " PRIVET " all", "Subject: Re: =?KOI8-R?B?8NLJ18XU?= all\n" },
	{ "latin1", "caf\xc3\xa9 au lait", "Subject: =?ISO-8859-1?Q?caf=E9?= au lait\n" },
	{ "latin1", "plain", "Subject: plain\n" },
	{ "us-ascii", "see =?utf-8?q?a?=", "Subject: see =?US-ASCII?B?PT91dGYtOD9xP2E/PQ==?=\n" },
	{ "iso-2022-jp", NIHONGO, "Subject: =?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=\n" },
	{ "us-ascii", "what =?looks like =?utf-8?q? an encoded word, in a long text that is no =?",
	    "Subject: what =?US-ASCII?Q?=3D=3Flooks_like_=3D=3Futf=2D8=3Fq=3F_an_encode?=\n =?US-ASCII?Q?d_word=2C_in_a_long_text_that_is_no_=3D=3F?=\n" },
	{ "iso-2022-jp", "a\n" NIHONGO, "Subject: a =?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=\n" },
	{ "latin1", "gr\xc3\xbc\xc3\x9f" "e aus K\xc3\xb6ln", "Subject: =?ISO-8859-1?Q?gr=FC=DFe_aus_K=F6ln?=\n" },
};

static void
test_fields(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		struct mime *m = mime_new();

		buf_reset(&out);
		mime_expect_output(m, fields[i].charset);
		ok(mime_put_text_field(m, &out, "Subject", fields[i].text), "%s, without the library", fields[i].charset);
		is_str(buf_str(&out), fields[i].want, fields[i].charset);
		buf_reset(&out);
		ok(!mime_put_text_field(m, &out, "Subject", GRIN), "%s: what does not fit needs the library", fields[i].charset);
		mime_load(m);
		buf_reset(&out);
		mime_put_text_field(m, &out, "Subject", GRIN);
		is_str(buf_str(&out), "Subject: =?UTF-8?B?8J+YgA==?=\n", "and is UTF-8");
		mime_free(m);
	}
	buf_free(&out);
}

/* --- every character, every byte -------------------------------------------------------- */

static void
add_utf16(struct buf *out, uint32_t c)
{
	buf_addc(out, (int)(c & 0xff));
	buf_addc(out, (int)(c >> 8 & 0xff));
}

static void
add_character(struct buf *utf8, uint32_t c)
{
	struct buf wide = BUF_INIT;
	struct mime *none = NULL;

	if (c < 0x10000) {
		add_utf16(&wide, c);
	} else {
		add_utf16(&wide, 0xd800 + ((c - 0x10000) >> 10));
		add_utf16(&wide, 0xdc00 + ((c - 0x10000) & 0x3ff));
	}
	mime_to_utf8(none, utf8, "UTF-16LE", buf_str(&wide), wide.len);
	buf_free(&wide);
}

/* GB18030 has them all; libc's tables may differ in some private ones, which go as UTF-8. */
static void
test_planes(void)
{
	struct buf text = BUF_INIT, clean = BUF_INIT, field = BUF_INIT, body = BUF_INIT, sent = BUF_INIT, back = BUF_INIT;
	struct mime *m = mime_new();
	bool header = true, text_part = true;
	size_t fitted = 0, tried = 0;
	enum mime_encoding encoding;

	mime_load(m);
	mime_expect_output(m, "gb18030");
	mime_expect_charset(m, "gb18030");
	for (uint32_t start = 0; start < 0x110000; start += 97 * 50) {
		buf_reset(&text);
		for (uint32_t c = start; c < start + 97 * 50 && c < 0x110000; c += 97)
			if (c >= ' ' && (c < 0x7f || c > 0x9f) && (c < 0xd800 || c > 0xdfff) && c != 0xfeff)
				add_character(&text, c);
		buf_reset(&clean);
		text_clean_line(&clean, buf_str(&text), text.len, MIME_FIELD_MAX);
		buf_reset(&field);
		header = mime_put_text_field(m, &field, "Subject", buf_str(&clean)) && read_back(m, buf_str(&field), buf_str(&clean)) &&
		    lines_legal(buf_str(&field)) && header;
		buf_reset(&body);
		tried++;
		if (!mime_from_utf8(m, &body, buf_str(&text), text.len))
			continue;
		fitted++;
		encoding = mime_choose_encoding_in("GB18030", buf_str(&body), body.len, false);
		buf_addc(&body, '\n');
		buf_addc(&text, '\n');
		buf_reset(&sent);
		mime_put_body(&sent, buf_str(&body), body.len, encoding);
		buf_reset(&body);
		mime_decode_body(&body, mime_encoding_name(encoding), buf_str(&sent), sent.len);
		if (encoding == MIME_BASE64 && body.len > 2)
			memmove(body.data + body.len - 2, "\n", 2), body.len--;
		buf_reset(&back);
		mime_to_utf8(m, &back, "gb18030", buf_str(&body), body.len);
		text_part = text_part && buf_equal(&back, &text);
	}
	ok(header, "every 97th character of all planes survives a header field in GB18030");
	ok(text_part, "and a body in GB18030");
	ok(fitted * 10 >= tried * 9, "nearly all fit (%zu of %zu)", fitted, tried);
	mime_free(m);
	buf_free(&text);
	buf_free(&clean);
	buf_free(&field);
	buf_free(&body);
	buf_free(&sent);
	buf_free(&back);
}

/* All 256 bytes of a charset, in a body by each encoding, in a field by each kind of word. */
static void
test_bytes(void)
{
	static const char *const names[] = { "koi8-r", "windows-1251", "iso-8859-15", "iso-8859-2", "ibm850", "macintosh" };
	struct buf utf8 = BUF_INIT, bytes = BUF_INIT, out = BUF_INIT;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct mime *m = mime_new();
		bool body = true, field = true;

		mime_expect_output(m, names[i]);
		mime_expect_charset(m, names[i]);
		for (int c = 0; c < 256; c++) {
			char one = (char)c;
			size_t wrong;

			buf_reset(&utf8);
			buf_reset(&bytes);
			buf_reset(&out);
			mime_to_utf8_counting(m, &utf8, names[i], &one, 1, &wrong);
			if (wrong > 0)
				continue;
			body = mime_from_utf8(m, &bytes, buf_str(&utf8), utf8.len) && bytes.len == 1 && bytes.data[0] == one && body;
			if (!text_is_clean(buf_str(&utf8), utf8.len) || one == ' ' || c == 0xa0)
				continue;
			buf_reset(&bytes);
			buf_add(&bytes, buf_str(&utf8), utf8.len);
			buf_adds(&bytes, " long enough a text that it is better legible as Q than as B, =?a?q?b?= ");
			buf_add(&bytes, buf_str(&utf8), utf8.len);
			field = mime_put_text_field(m, &out, "Subject", buf_str(&bytes)) && read_back(m, buf_str(&out), buf_str(&bytes)) &&
			    lines_legal(buf_str(&out)) && field;
		}
		ok(body, "%s: all bytes come back", names[i]);
		ok(field, "%s: in a field too", names[i]);
		mime_free(m);
	}
	buf_free(&utf8);
	buf_free(&bytes);
	buf_free(&out);
}

static const struct {
	const char *name, *charset, *text;
	enum mime_encoding want;
} encodings[] = {
	{ "Japanese", "ISO-2022-JP", "\x1b$BF|K\\8l\x1b(B.\n", MIME_7BIT },
	{ "the same bytes as UTF-8", "utf-8", "\x1b$BF|K\\8l\x1b(B. And a text.\n", MIME_QUOTED_PRINTABLE },
	{ "an escape that is none", "ISO-2022-JP", "\x1b[31m and text and text\n", MIME_QUOTED_PRINTABLE },
	{ "a trailing blank", "ISO-2022-JP", "\x1b$BF|K\\8l\x1b(B \n", MIME_QUOTED_PRINTABLE },
	{ "Russian", "KOI8-R", "\xf0\xd2\xc9\xd7\xc5\xd4\n", MIME_BASE64 },
	{ "French", "ISO-8859-1", "un caf\xe9 au lait\n", MIME_QUOTED_PRINTABLE },
};

static void
test_encodings(void)
{
	for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++)
		is_str(mime_encoding_name(mime_choose_encoding_in(encodings[i].charset, encodings[i].text, strlen(encodings[i].text), false)),
		    mime_encoding_name(encodings[i].want), encodings[i].name);
}

/* --- UTF-16, UTF-32 --------------------------------------------------------------------- */

#define BYTES(s) s, sizeof(s) - 1

static const struct {
	const char *name, *bytes;
	size_t len;
	const char *guess, *charset, *want;
	size_t wrong;
} wide[] = {
	{ "UTF-16LE, marked", BYTES("\xff\xfeH\0\xac\x20"), "UTF-16LE", "UTF-16", "H" EURO, 0 },
	{ "UTF-16BE, marked", BYTES("\xfe\xff\0H\x20\xac"), "UTF-16BE", "UTF-16", "H" EURO, 0 },
	{ "UTF-32LE, marked", BYTES("\xff\xfe\0\0H\0\0\0"), "UTF-32LE", "UTF-32", "H", 0 },
	{ "UTF-32BE, marked", BYTES("\0\0\xfe\xff\0\0\0H\0\1\xf6\0"), "UTF-32BE", "UTF-32", "H" GRIN, 0 },
	{ "UTF-16LE, ASCII", BYTES("H\0i\0"), "UTF-16LE", "UTF-16", "Hi", 0 },
	{ "UTF-16BE, ASCII", BYTES("\0H\0i"), "UTF-16BE", "UTF-16", "Hi", 0 },
	{ "UTF-32LE, ASCII", BYTES("H\0\0\0i\0\0\0"), "UTF-32LE", "UTF-32", "Hi", 0 },
	{ "UTF-32BE, ASCII", BYTES("\0\0\0H\0\0\0i"), "UTF-32BE", "utf32", "Hi", 0 },
	{ "a surrogate pair", BYTES("\xff\xfe\x3d\xd8\x00\xde"), "UTF-16LE", "UTF-16", GRIN, 0 },
	{ "half a pair", BYTES("\xff\xfe\x3d\xd8" "a\0"), "UTF-16LE", "UTF-16", "\xef\xbf\xbd" "a", 1 },
	{ "the other half", BYTES("\xff\xfe\x00\xde" "a\0"), "UTF-16LE", "UTF-16", "\xef\xbf\xbd" "a", 1 },
	{ "half a pair at the end", BYTES("\xff\xfe\x3d\xd8"), "UTF-16LE", "UTF-16", "\xef\xbf\xbd", 1 },
	{ "an odd byte", BYTES("\xff\xfe" "a\0b"), NULL, "UTF-16", "a\xef\xbf\xbd", 1 },
	{ "beyond Unicode", BYTES("\xff\xfe\0\0\0\0\x11\0"), "UTF-32LE", "UTF-32", "\xef\xbf\xbd", 1 },
	{ "a surrogate in UTF-32", BYTES("\0\0\xfe\xff\0\0\xd8\0"), "UTF-32BE", "UTF-32", "\xef\xbf\xbd", 1 },
	{ "the mark goes before the name", BYTES("\xfe\xff\0H"), "UTF-16BE", "UTF-16LE", "H", 0 },
	{ "Japanese of unknown order", BYTES("\x65\xe5\0\n"), NULL, "UTF-16", "\xe6\x97\xa5\n", 0 },
	{ "plain", BYTES("Hello"), NULL, "utf-8", "Hello", 0 },
	{ "a NUL in a text", BYTES("He\0llo"), NULL, "utf-16", NULL, 0 },
	{ "empty", BYTES(""), NULL, "utf-16", "", 0 },
	{ "one byte", BYTES("a"), NULL, "utf-32", "\xef\xbf\xbd", 1 },
};

static void
test_wide(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
		size_t wrong;

		is_str(mime_guess_wide(wide[i].bytes, wide[i].len), NULL == wide[i].guess ? NULL : mime_guess_wide(wide[i].bytes, wide[i].len),
		    wide[i].name);
		if (wide[i].guess != NULL && mime_guess_wide(wide[i].bytes, wide[i].len) != NULL)
			is_str(mime_guess_wide(wide[i].bytes, wide[i].len), wide[i].guess, wide[i].name);
		if (wide[i].want == NULL)
			continue;
		buf_reset(&out);
		ok(mime_to_utf8_counting(NULL, &out, wide[i].charset, wide[i].bytes, wide[i].len, &wrong), "%s is read", wide[i].name);
		is_str(buf_str(&out), wide[i].want, wide[i].name);
		is_int((long long)wrong, (long long)wide[i].wrong, wide[i].name);
	}
	buf_free(&out);
}

/* --- message files ---------------------------------------------------------------------- */

#define TYPE(charset) "Content-Type: text/plain; charset=" charset "\n"
#define MOJIBAKE "\xc3\xbc"

static const struct {
	const char *name, *bytes;
	size_t len;
	const char *subject, *body;
	bool misread;
} files[] = {
	{ "UTF-8", BYTES("Subject: " PRIVET "\n\n" NIHONGO "\n"), PRIVET, NIHONGO "\n", false },
	{ "UTF-8 with a mark", BYTES("\xef\xbb\xbfSubject: " PRIVET "\n\n" NIHONGO "\n"), PRIVET, NIHONGO "\n", false },
	{ "UTF-16LE with a mark", BYTES("\xff\xfeS\0u\0b\0j\0e\0c\0t\0:\0 \0\x1f\x04\n\0\n\0\xe5\x65\n\0"), "\xd0\x9f", "\xe6\x97\xa5\n", false },
	{ "UTF-16BE with a mark, declared", BYTES("\xfe\xff\0C\0o\0n\0t\0e\0n\0t\0-\0T\0y\0p\0e\0:\0t\0e\0x\0t\0/\0p\0l\0a\0i\0n\0;\0c\0h\0a\0r\0s\0e"
	    "\0t\0=\0u\0t\0f\0-\0\x31\0\x36\0\n\0S\0u\0b\0j\0e\0c\0t\0:\x04\x1f\0\n\0\n\x65\xe5\0\n"), "\xd0\x9f", "\xe6\x97\xa5\n", false },
	{ "UTF-16LE without", BYTES("S\0u\0b\0j\0e\0c\0t\0:\0 \0\x1f\x04\r\0\n\0\r\0\n\0\xe5\x65\r\0\n\0"), "\xd0\x9f", "\xe6\x97\xa5\n", false },
	{ "UTF-32BE with a mark", BYTES("\0\0\xfe\xff\0\0\0H\0\0\0i\0\0\0\n"), NULL, "Hi\n", false },
	{ "ISO-2022-JP", BYTES(TYPE("iso-2022-jp") "Subject: \x1b$BF|K\\8l\x1b(B\n\n\x1b$BF|K\\8l\x1b(B\n"), NIHONGO, NIHONGO "\n", false },
	{ "ISO-2022-JP that says nothing", BYTES("Subject: \x1b$BF|K\\8l\x1b(B\n\n\x1b$BF|K\\8l\x1b(B\n"), NIHONGO, NIHONGO "\n", false },
	{ "Shift_JIS", BYTES(TYPE("Shift_JIS") "Subject: \x93\xfa\x96{\x8c\xea\n\n\x93\xfa\x96{\x8c\xea\n"), NIHONGO, NIHONGO "\n", false },
	{ "EUC-JP", BYTES(TYPE("\"euc-jp\"") "Subject: \xc6\xfc\xcb\xdc\xb8\xec\n\n\xc6\xfc\xcb\xdc\xb8\xec\n"), NIHONGO, NIHONGO "\n", false },
	{ "GB18030", BYTES(TYPE("gb18030") "Subject: \xd6\xd0\xb9\xfa\n\n\xd6\xd0\xb9\xfa\x94\x39\xfc\x36\n"), ZHONGGUO, ZHONGGUO GRIN "\n", false },
	{ "GB2312 that looks like UTF-8", BYTES(TYPE("gb2312") "Subject: \xc4\xa3\n\n\xc4\xa3\n"), "\xe6\xa8\xa1", "\xe6\xa8\xa1\n", false },
	{ "Big5", BYTES(TYPE("big5") "Subject: \xa4\xa4\xa4\xe5\n\n\xa4\xa4\xa4\xe5\n"), ZHONGWEN, ZHONGWEN "\n", false },
	{ "EUC-KR", BYTES(TYPE("euc-kr") "Subject: \xc7\xd1\xb1\xb9\n\n\xc7\xd1\xb1\xb9\n"), HANGUK, HANGUK "\n", false },
	{ "KOI8-R", BYTES(TYPE("koi8-r") "Subject: \xf0\xd2\xc9\xd7\xc5\xd4\n\n\xf0\xd2\xc9\xd7\xc5\xd4\n"), PRIVET, PRIVET "\n", false },
	{ "windows-1251, CRLF", BYTES("Content-Type: text/plain; charset=windows-1251\r\nSubject: \xcf\xf0\r\n\r\n\xcf\xf0\xe8\xe2\xe5\xf2\r\n"),
	    "\xd0\x9f\xd1\x80", PRIVET "\n", false },
	{ "ISO-8859-15", BYTES(TYPE("iso-8859-15") "\n5 \xa4\n"), NULL, "5 " EURO "\n", false },
	{ "UTF-7", BYTES(TYPE("utf-7") "\n+IKw- 5\n"), NULL, EURO " 5\n", false },
	{ "UTF-7 that is none", BYTES(TYPE("utf-7") "\n1 +\xff 1\n"), NULL, "1 +\xc3\xbf 1\n", true },
	{ "base64 of UTF-16", BYTES("Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n5WUNAAoA\n"), NULL, "\xe6\x97\xa5\n",
	    false },
	{ "quoted-printable of KOI8-R", BYTES(TYPE("koi8-r") "Content-Transfer-Encoding: quoted-printable\n\n=F0=D2=C9=D7=C5=D4\n"), NULL, PRIVET "\n", false },
	{ "nothing said: windows-1252", BYTES("f\xfcr 5 \x80\n"), NULL, "f" MOJIBAKE "r 5 " EURO "\n", false },
	{ "declared UTF-8, and is not", BYTES(TYPE("utf-8") "\nf\xfcr\n"), NULL, "f" MOJIBAKE "r\n", true },
	{ "declared ASCII, and is UTF-8", BYTES(TYPE("us-ascii") "\n" PRIVET "\n"), NULL, PRIVET "\n", true },
	{ "declared KOI8-R, and is UTF-8", BYTES(TYPE("koi8-r") "Subject: " PRIVET "\n\n" PRIVET "\n"), PRIVET, PRIVET "\n", true },
	{ "declared GB2312, and is UTF-8", BYTES(TYPE("gb2312") "\n" ZHONGGUO ZHONGWEN "\n"), NULL, ZHONGGUO ZHONGWEN "\n", true },
	{ "declared ISO-2022-JP, and is Latin-1", BYTES(TYPE("iso-2022-jp") "\nf\xfcr\n"), NULL, "f" MOJIBAKE "r\n", true },
	{ "declared what nobody knows", BYTES(TYPE("x-none") "\nf\xfcr\n"), NULL, "f" MOJIBAKE "r\n", true },
	{ "declared what nobody knows, ASCII", BYTES(TYPE("x-none") "\nfor\n"), NULL, "for\n", false },
	{ "one byte wrong in a Japanese text", BYTES(TYPE("euc-jp") "\n\xc6\xfc\xcb\xdc\xb8\xec\xc6\xfc\xcb\xdc\xb8\xec\xc6\xfc\xcb\xdc\xb8\xec\xff.\n"), NULL,
	    NIHONGO NIHONGO NIHONGO "\xef\xbf\xbd.\n", true },
	{ "HTML by its field", BYTES("Content-Type: text/html; charset=koi8-r\n\n<meta charset=latin1>\xf0\n"), NULL, "<meta charset=latin1>\xd0\x9f\n", false },
	{ "HTML by its meta", BYTES("Content-Type: text/html\nSubject: \xf0\n\n<meta charset='koi8-r'>\xf0\n"), "\xd0\x9f", "<meta charset='koi8-r'>\xd0\x9f\n",
	    false },
	{ "HTML by http-equiv", BYTES("Content-Type: text/html\n\n<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=koi8-r\">\xf0\n"), NULL,
	    "<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=koi8-r\">\xd0\x9f\n", false },
};

static void
test_files(void)
{
	struct buf subject = BUF_INIT;

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct mime *m = mime_new();
		struct template t;
		const char *value;

		is_int(template_read(&t, m, files[i].bytes, files[i].len, false), CONFINE_OK, files[i].name);
		value = template_value(&t, "Subject");
		buf_reset(&subject);
		if (value != NULL)
			mime_decode_header(m, &subject, value, strlen(value));
		is_str(value != NULL ? buf_str(&subject) : NULL, files[i].subject, files[i].name);
		is_str(t.has_plain ? buf_str(&t.body) : buf_str(&t.html), files[i].body, files[i].name);
		is_int(t.misread, files[i].misread, files[i].name);
		template_free(&t);
		mime_free(m);
	}
	buf_free(&subject);
}

/* --- HTML ------------------------------------------------------------------------------- */

static const struct {
	const char *name, *html, *charset, *set;
} metas[] = {
	{ "none", "<p>text", NULL, "<p>text" },
	{ "empty", "", NULL, "" },
	{ "charset", "<meta charset=utf-8><p>", "utf-8", "<meta charset=X><p>" },
	{ "quoted", "<META Charset = \"Big5\" /><p>", "Big5", "<META Charset = \"X\" /><p>" },
	{ "http-equiv", "<meta content='text/html;charset=\"gbk\"' http-equiv=Content-Type>", "gbk", "<meta content='text/html;charset=\"X\"' http-equiv=Content-Type>" },
	{ "http-equiv, blanks", "<meta http-equiv=content-type content=\"text/html; charset = gbk ; x\">", "gbk",
	    "<meta http-equiv=content-type content=\"text/html; charset = X ; x\">" },
	{ "another http-equiv", "<meta http-equiv=refresh content='charset=gbk'>", NULL, "<meta http-equiv=refresh content='charset=gbk'>" },
	{ "content alone", "<meta name=description content='charset=gbk'>", NULL, "<meta name=description content='charset=gbk'>" },
	{ "in a comment", "<!-- <meta charset=a> --><meta charset=b>", "b", "<!-- <meta charset=a> --><meta charset=X>" },
	{ "in a comment without end", "<!-- <meta charset=a>", NULL, "<!-- <meta charset=a>" },
	{ "two", "<meta charset=a><meta charset=b>", "a", "<meta charset=X><meta charset=X>" },
	{ "XML", "<?xml version=\"1.0\" encoding=\"koi8-r\"?><html>", "koi8-r", "<?xml version=\"1.0\" encoding=\"X\"?><html>" },
	{ "another tag", "<metal charset=a>", NULL, "<metal charset=a>" },
	{ "empty name", "<meta charset=''><meta charset=b>", "b", "<meta charset=''><meta charset=X>" },
	{ "unclosed", "<meta charset=\"koi8", "koi8", "<meta charset=\"X" },
	{ "cut short", "<meta charset", NULL, "<meta charset" },
	{ "cut shorter", "<meta ", NULL, "<meta " },
	{ "only equals signs", "<meta = = charset=a>", NULL, "<meta = = charset=a>" },
};

static void
test_metas(void)
{
	struct buf out = BUF_INIT;
	size_t at, n;

	for (size_t i = 0; i < sizeof metas / sizeof metas[0]; i++) {
		is_str(html_charset(&out, metas[i].html, strlen(metas[i].html)) ? buf_str(&out) : NULL, metas[i].charset, metas[i].name);
		buf_reset(&out);
		buf_adds(&out, metas[i].html);
		html_charset_set(&out, "X");
		is_str(buf_str(&out), metas[i].set, metas[i].name);
	}
	buf_reset(&out);
	buf_adds(&out, "<meta charset=UTF-8>");
	html_charset_set(&out, "utf-8");
	is_str(buf_str(&out), "<meta charset=UTF-8>", "what is right but for case stays");
	buf_reset(&out);
	for (size_t i = 0; i < 1024 * 1024; i++)
		buf_addc(&out, "<meta "[i % 6]);
	ok(!html_charset_find(buf_str(&out), out.len, 0, &at, &n), "1 MB of tags that do not end, in linear time");
	buf_free(&out);
}

/* --- replies ---------------------------------------------------------------------------- */

static const struct {
	const char *name, *charset, *original, *template, *want;
} replies[] = {
	{ "none", NULL, "", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=utf-8\n" },
	{ "utf-8", "utf-8", "", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=utf-8\n" },
	{ "set", "koi8-r", "", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=KOI8-R\nContent-Transfer-Encoding: base64\n\n8NLJ18XUDQo=\n" },
	{ "set, does not fit", "latin1", "", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=utf-8\n" },
	{ "the sender's", "sender", "Content-Type: text/plain; charset=KOI8-R\n", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=KOI8-R\n" },
	{ "the sender's, of a part", "sender", "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain; charset=\"cp1251\"\n", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=windows-1251\n" },
	{ "the sender's, none", "sender", "", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=utf-8\n" },
	{ "the sender's, UTF-16", "sender", "Content-Type: text/plain; charset=utf-16\n", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=utf-8\n" },
	{ "the sender's, hostile", "sender", "Content-Type: text/plain; charset=\"koi8-r; x=y\"\n", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=utf-8\n" },
	{ "the sender's, ASCII", "sender", "Content-Type: text/plain; charset=us-ascii\n", "Subject: x\n\nplain\n", "text/plain; charset=US-ASCII\n" },
	{ "the sender's, ASCII, and Russian", "sender", "Content-Type: text/plain; charset=us-ascii\n", "Subject: x\n\n" PRIVET "\n", "text/plain; charset=utf-8\n" },
	{ "parameters", "koi8-r", "", "Content-Type: text/plain; charset=utf-8; format=flowed\n\n" PRIVET "\n", "text/plain; charset=KOI8-R; format=flowed\n" },
	{ "7-bit Japanese", "iso-2022-jp", "", "Subject: x\n\n" NIHONGO "\n", "charset=ISO-2022-JP\nContent-Transfer-Encoding: 7bit\n\n\x1b$BF|K\\8l\x1b(B\n" },
	{ "HTML", "koi8-r", "", "Content-Type: text/html\n\n<meta charset=utf-8>and a text that is legible\n",
	    "text/html; charset=KOI8-R\nContent-Transfer-Encoding: 7bit\n\n<meta charset=KOI8-R>and a text that is legible\n" },
	{ "HTML that was KOI8-R", NULL, "", "Content-Type: text/html\n\n<meta charset=koi8-r>and a text that is legible\n",
	    "text/html; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n<meta charset=utf-8>and a text that is legible\n" },
	{ "Subject", "koi8-r", "", "Subject: " PRIVET "\n\n" NIHONGO "\n", "Subject: =?KOI8-R?B?8NLJ18XU?=\n" },
	{ "Subject of the message", "koi8-r", "Subject: =?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=\n", "Away\n", "Subject: Auto: =?KOI8-R?B?8NLJ18XU?=\n" },
};

static void
test_replies(void)
{
	struct buf original = BUF_INIT, out = BUF_INIT;

	for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
		struct request rq = {
			.to = "alice@example.com", .from_address = "bob@example.org", .recipient = "bob@example.org", .date = "Mon, 1 Jun 2026 12:00:00 +0000",
			.text_date = "1 June", .text_from_date = "", .text_until = "", .charset = replies[i].charset,
			.template_bytes = replies[i].template, .template_len = strlen(replies[i].template),
		};
		struct message msg;
		FILE *file = tmpfile();

		fprintf(file, "From: alice@example.com\n%s\nHello\n", replies[i].original);
		rewind(file);
		message_read(&msg, fileno(file), 10000);
		fclose(file);
		buf_reset(&out);
		is_int(reply_build(&rq, &msg, &out), CONFINE_OK, replies[i].name);
		if (!ok(strstr(buf_str(&out), replies[i].want) != NULL, "%s: as wanted", replies[i].name))
			printf("# %s\n", buf_str(&out));
		message_free(&msg);
	}
	buf_free(&original);
	buf_free(&out);
}

int
main(void)
{
	test_written();
	test_unfit();
	test_refused();
	test_words();
	test_fields();
	test_planes();
	test_bytes();
	test_encodings();
	test_wide();
	test_files();
	test_metas();
	test_replies();
	return done_testing();
}
