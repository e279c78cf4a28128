/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mime_param: every form of a name; no line over 76, no character in two pieces, nothing that ends a header. */
#include "mime.h"

#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "text.h"

#define LINE 76

static const struct {
	const char *name, *value, *want, *plain;
} rows[] = {
	{ "a token", "report.pdf", "report.pdf", "report.pdf" },
	{ "a blank", "my report.pdf", "\"my report.pdf\"", "\"my report.pdf\"" },
	{ "nothing", "", "\"\"", "\"\"" },
	{ "specials", "a;b=c, (d).txt", "\"a;b=c, (d).txt\"", "\"a;b=c, (d).txt\"" },
	{ "an apostrophe", "it's.txt", "\"it's.txt\"", "\"it's.txt\"" },
	{ "a quote", "a\"b.txt", "*UTF-8''a%22b.txt", "a_b.txt" },
	{ "a backslash", "a\\b.txt", "*UTF-8''a%5Cb.txt", "a_b.txt" },
	{ "an encoded word", "=?utf-8?q?x?=.txt", "*UTF-8''%3D%3Futf-8%3Fq%3Fx%3F%3D.txt", "\"=_utf-8_q_x_=.txt\"" },
	{ "umlauts", "\xc3\x9c" "bersicht f\xc3\xbcr M\xc3\xbcller.pdf", "*UTF-8''%C3%9Cbersicht%20f%C3%BCr%20M%C3%BCller.pdf",
	    "\"Ubersicht fur Muller.pdf\"" },
	{ "sharp s, ligatures", "Stra\xc3\x9f" "e \xc5\x93uvre \xc3\x86r\xc3\xb8.txt", "*UTF-8''Stra%C3%9Fe%20%C5%93uvre%20%C3%86r%C3%B8.txt",
	    "\"Strasse oeuvre AEro.txt\"" },
	{ "decomposed", "u\xcc\x88" "ber.txt", "*UTF-8''u%CC%88ber.txt", "uber.txt" },
	{ "no Latin", "\xe6\x97\xa5\xe6\x9c\xac.pdf", "*UTF-8''%E6%97%A5%E6%9C%AC.pdf", "_.pdf" },
	{ "above the plane", "\xf0\x9f\x8f\x96.png", "*UTF-8''%F0%9F%8F%96.png", "_.png" },
	{ "a dash", "1\xe2\x80\x93" "2.txt", "*UTF-8''1%E2%80%932.txt", "1-2.txt" },
	{ "percent, star, apostrophe beside UTF-8", "100%*'\xc3\xa9", "*UTF-8''100%25%2A%27%C3%A9", "\"100%*'e\"" },
	{ "a line break", "a\r\nBcc: x@y", "\"a Bcc: x@y\"", "\"a Bcc: x@y\"" },
	{ "controls", "a\x01\x7f" "b\x1b[31m", "\"ab[31m\"", "\"ab[31m\"" },
	{ "bidi controls", "a\xe2\x80\xae" "gpj.exe", "agpj.exe", "agpj.exe" },
	{ "invalid UTF-8", "a\xff" "b", "*UTF-8''a%EF%BF%BDb", "a_b" },
	{ "ASCII for two lines", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhh.txt",
	    "*0=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg;\n"
	    " filename*1=ggggggggghhhhhhhhhh.txt",
	    "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg.txt" },
};

static void
test_rows(void)
{
	struct buf out = BUF_INIT, want = BUF_INIT;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *w = rows[i].want;

		buf_reset(&out);
		buf_reset(&want);
		buf_addf(&want, ";\n filename%s%s", w[0] == '*' && w[1] == 'U' ? "*=" : w[0] == '*' ? "" : "=",
		    w[0] == '*' && w[1] == 'U' ? w + 1 : w);
		mime_put_param(&out, "filename", rows[i].value);
		is_str(buf_str(&out), buf_str(&want), rows[i].name);
		buf_reset(&out);
		buf_reset(&want);
		buf_addf(&want, ";\n name=%s", rows[i].plain);
		mime_put_plain_param(&out, "name", rows[i].value);
		is_str(buf_str(&out), buf_str(&want), rows[i].name);
	}
	buf_free(&out);
	buf_free(&want);
}

/* No line is too long, each is ASCII, and each piece decodes to whole characters; the value, put together. */
static bool
is_well_formed(const char *text, struct buf *value)
{
	const char *end;
	bool good = text[0] == ';' && text[1] == '\n';

	for (const char *p = text + 2; *p != '\0'; p = *end == '\n' ? end + 1 : end) {
		struct buf piece = BUF_INIT;
		const char *equals;

		end = strchrnul(p, '\n');
		equals = memchr(p, '=', (size_t)(end - p));
		good = good && end - p <= LINE && *p == ' ' && text_is_ascii(p, (size_t)(end - p)) && equals != NULL;
		if (!good)
			break;
		p = equals + 1;
		if (strncmp(p, "UTF-8''", 7) == 0)
			p += 7;
		for (; p < end && *p != ';'; p++) {
			if (*p != '%') {
				buf_addc(&piece, *p);
				continue;
			}
			good = good && end - p > 2 && text_hex(p[1]) >= 0 && text_hex(p[2]) >= 0;
			buf_addc(&piece, text_hex(p[1]) << 4 | text_hex(p[2]));
			p += 2;
		}
		good = good && text_utf8_valid(buf_str(&piece), piece.len) && (*end == '\0') == (p == end);
		buf_add(value, buf_str(&piece), piece.len);
		buf_free(&piece);
	}
	return good;
}

/* Every length of every width of character: each place where a piece may end. */
static void
test_pieces(void)
{
	static const char characters[][5] = { "x", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x8f\x96" };
	struct buf text = BUF_INIT, out = BUF_INIT, value = BUF_INIT;
	unsigned bad = 0, other = 0;

	for (size_t c = 0; c < sizeof characters / sizeof characters[0]; c++) {
		for (size_t n = 0; n < 120; n++) {
			buf_reset(&text);
			buf_adds(&text, "\xc3\xa4");
			for (size_t i = 0; i < n; i++)
				buf_adds(&text, i % 7 == 6 ? "-" : characters[c]);
			mime_cut_name(&text, MIME_PARAM_MAX);
			buf_reset(&out);
			buf_reset(&value);
			mime_put_param(&out, "filename", buf_str(&text));
			bad += !is_well_formed(buf_str(&out), &value);
			other += !buf_equal(&text, &value);
			buf_reset(&out);
			buf_reset(&value);
			mime_put_plain_param(&out, "name", buf_str(&text));
			bad += !is_well_formed(buf_str(&out), &value) || strchr(buf_str(&out) + 2, '\n') != NULL;
		}
	}
	is_int(bad, 0, "each line is short, each piece whole");
	is_int(other, 0, "the pieces together are the value");
	buf_free(&text);
	buf_free(&out);
	buf_free(&value);
}

static void
test_limits(void)
{
	struct buf text = BUF_INIT, out = BUF_INIT, value = BUF_INIT;

	for (int i = 0; i < 100000; i++)
		buf_adds(&text, "\xe6\x97\xa5");
	buf_adds(&text, ".tar.gz");
	mime_put_param(&out, "filename", buf_str(&text));
	ok(is_well_formed(buf_str(&out), &value), "a name of 300,000 bytes");
	ok(value.len <= MIME_PARAM_MAX && value.len > MIME_PARAM_MAX - 8, "is cut");
	buf_free(&text);
	buf_adds(&text, "0123456789012345678901234567890123456789.pdf");
	mime_cut_name(&text, 20);
	is_str(buf_str(&text), "0123456789012345.pdf", "the extension stays");
	buf_reset(&text);
	buf_adds(&text, "012345678901234567890.what_is_no_extension");
	mime_cut_name(&text, 20);
	is_str(buf_str(&text), "01234567890123456789", "one that is none does not");
	buf_free(&text);
	buf_free(&out);
	buf_free(&value);
}

int
main(void)
{
	test_rows();
	test_pieces();
	test_limits();
	return done_testing();
}
