/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flowed.h: format=flowed, there and back. */
#include "flowed.h"

#include <stdint.h>
#include <stdlib.h>

#include "tests/tap.h"
#include "text.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define TEN "123456789 "
#define FORTY TEN TEN TEN TEN

static void
test_put(void)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{ "nothing", "", "" },
		{ "short lines stay", "a\nb\n\nc\n", "a\nb\n\nc\n" },
		{ "no newline at the end", "a", "a" },
		{ "78 columns stay", FORTY TEN TEN TEN "12345678\n", FORTY TEN TEN TEN "12345678\n" },
		{ "79 columns do not", FORTY TEN TEN TEN "123456789\n", FORTY TEN TEN TEN "\n123456789\n" },
		{ "a paragraph", FORTY FORTY "end\n", FORTY TEN TEN TEN "\n" TEN "end\n" },
		{ "blanks at the end go", "a  \nb \n", "a\nb\n" },
		{ "the signature's blank stays", "a\n-- \nme\n", "a\n-- \nme\n" },
		{ "a blank at the front", " a\n", "  a\n" },
		{ "From", "From here\nFrom\nFromage\n", " From here\nFrom\nFromage\n" },
		{ "a quote", "> a\n>> b\n>\n> > c\n", "> a\n>> b\n>\n> > c\n" },
		{ "no quote", ">=5\n>a\n", " >=5\n >a\n" },
		{ "a long quote keeps its depth", ">> " FORTY FORTY "end\n", ">> " FORTY TEN TEN "\n>> " TEN TEN "end\n" },
		{ "a quote within is not parted", "> > " FORTY FORTY "end\n", "> > " FORTY FORTY "end\n" },
		{ "a line that would begin with >", FORTY TEN TEN "1234567890  > " FORTY "\n", FORTY TEN TEN "1234567890  \n > " FORTY "\n" },
		{ "a line that would begin with From", FORTY TEN TEN "123456789 From " FORTY "\n", FORTY TEN TEN "123456789 \n From " FORTY "\n" },
		{ "blanks stay together", FORTY TEN TEN "12345678  " FORTY "\n", FORTY TEN TEN "12345678  \n" FORTY "\n" },
		{ "a long word", "https://x.example/" "0123456789012345678901234567890123456789012345678901234567890123456789 b\n",
		    "https://x.example/" "0123456789012345678901234567890123456789012345678901234567890123456789 \nb\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = BUF_INIT, want = BUF_INIT;
		bool changed;

		/* FORTY ends with a blank: at the end of a line of the wanted text, it is what flows, or goes. */
		buf_adds(&want, rows[i].want);
		flowed_put(&out, rows[i].text, strlen(rows[i].text), &changed);
		while (want.len > 1 && strcmp(want.data + want.len - 2, " \n") == 0) {
			buf_truncate(&want, want.len - 2);
			buf_addc(&want, '\n');
		}
		is_str(buf_str(&out), buf_str(&want), rows[i].name);
		is_int(changed, strcmp(rows[i].text, buf_str(&out)) != 0, "says whether it changed");
		buf_free(&out);
		buf_free(&want);
	}
}

static void
test_wide(void)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	bool changed;

	for (int i = 0; i < 100; i++)
		buf_adds(&text, "\xe6\xbc\xa2");
	flowed_put(&out, buf_str(&text), text.len, &changed);
	is_str(buf_str(&out), buf_str(&text), "Chinese stays on its line");
	ok(!changed, "and is as it was");
	buf_reset(&text);
	buf_reset(&out);
	for (int i = 0; i < 20; i++)
		buf_adds(&text, "\xe6\xbc\xa2\xe6\xbc\xa2 ");
	buf_adds(&text, "x");
	flowed_put(&out, buf_str(&text), text.len, &changed);
	is_int(strchr(buf_str(&out), '\n') - buf_str(&out), 14 * 7, "wide characters are two columns");
	buf_free(&text);
	buf_free(&out);
}

static void
test_join(void)
{
	static const struct {
		const char *name, *text, *want;
		bool delsp;
	} rows[] = {
		{ "nothing", "", "", false },
		{ "fixed", "a\nb\n", "a\nb\n", false },
		{ "flowed", "a \nb \nc\nd\n", "a b c\nd\n", false },
		{ "delsp", "a \nb  \nc\n", "ab c\n", true },
		{ "CRLF", "a \r\nb\r\n", "a b\n", false },
		{ "stuffed", "  a\n >b\n From c\n", " a\n>b\nFrom c\n", false },
		{ "quotes", "> a \n> b\n>> c \n>> d\n", "> a b\n>> c d\n", false },
		{ "quotes without a blank", ">a \n>b\n", "> a b\n", false },
		{ "another depth ends a paragraph", "> a \n>> b \nc\n", "> a\n>> b\nc\n", false },
		{ "the signature ends a paragraph", "a \n-- \nme \nyou\n", "a\n-- \nme you\n", false },
		{ "a quoted signature", "> a \n> -- \n> me\n", "> a\n> -- \n> me\n", false },
		{ "the signature is not flowed", "-- \na\n", "-- \na\n", false },
		{ "the end ends a paragraph", "a ", "a\n", false },
		{ "an empty line is fixed", "a\n \n\nb\n", "a\n\n\nb\n", false },
		{ "quote marks alone", ">\n>> \n", ">\n>>\n", false },
		{ "nothing but flow", ">   \n>   \na", ">\na", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = BUF_INIT;

		flowed_join(&out, rows[i].text, strlen(rows[i].text), rows[i].delsp);
		is_str(buf_str(&out), rows[i].want, rows[i].name);
		buf_free(&out);
	}
}

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

/* Lines of the pieces that matter, without blanks at their ends. */
static void
generate(struct buf *b, uint32_t *state)
{
	static const char *const pieces[] = {
		" ", " ", " ", "  ", ">", ">>", "> ", ">> ", "-- ", "--", "From ", "\t", "word", "longer-word", "a", "\xc3\xa4", "\xe6\xbc\xa2\xe6\xbc\xa2",
		"Donaudampfschifffahrtsgesellschaftskapitaen", TEN, FORTY, ".", "\xf0\x9f\x98\x80 "
	};

	buf_reset(b);
	for (uint32_t lines = next_random(state) % 6; lines > 0; lines--) {
		for (uint32_t n = next_random(state) % 24; n > 0; n--)
			buf_adds(b, pieces[next_random(state) % COUNT(pieces)]);
		while (b->len > 0 && b->data[b->len - 1] == ' ')
			buf_truncate(b, b->len - 1);
		if (lines > 1 || next_random(state) % 2 == 0)
			buf_addc(b, '\n');
	}
}

/* What RFC 3676 says of each line that goes out. */
static bool
is_sound(const struct buf *out)
{
	const char *end = buf_str(out) + out->len, *stop;

	for (const char *p = buf_str(out); p < end; p = stop + 1) {
		size_t width;

		stop = memchr(p, '\n', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		width = text_width(p, (size_t)(stop - p));
		if (width > FLOWED_LINE_MAX && memchr(p + FLOWED_LINE_MAX, ' ', (size_t)(stop - p) - FLOWED_LINE_MAX) != NULL &&
		    p[0] != '>' && text_is_ascii(p, (size_t)(stop - p)) && memchr(p + 6, ' ', FLOWED_BREAK - 6) != NULL)
			return false;
		if (strncmp(p, "From ", 5) == 0)
			return false;
	}
	return true;
}

static void
test_round_trip(void)
{
	struct buf text = BUF_INIT, out = BUF_INIT, back = BUF_INIT;
	uint32_t state = 1;
	unsigned bad = 0, unsound = 0;
	bool changed;

	for (int i = 0; i < 20000 && bad < 3; i++) {
		generate(&text, &state);
		buf_reset(&out);
		buf_reset(&back);
		flowed_put(&out, buf_str(&text), text.len, &changed);
		flowed_join(&back, buf_str(&out), out.len, false);
		unsound += !is_sound(&out);
		if (!buf_equal(&text, &back)) {
			bad++;
			printf("# text: %s\n# flowed: %s\n# back: %s\n", buf_str(&text), buf_str(&out), buf_str(&back));
		}
	}
	is_int(bad, 0, "20000 generated texts are the same again");
	is_int(unsound, 0, "none of their lines is too long or begins with From");
	buf_free(&text);
	buf_free(&out);
	buf_free(&back);
}

static void
test_size(void)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	bool changed;

	while (text.len < (size_t)1024 * 1024)
		buf_adds(&text, text.len < 500000 ? ">" : "> a");
	flowed_put(&out, buf_str(&text), text.len, &changed);
	ok(out.len < 2 * text.len, "a megabyte of marks");
	buf_reset(&out);
	flowed_join(&out, buf_str(&text), text.len, false);
	ok(out.len <= text.len + 1, "and back");
	buf_free(&text);
	buf_free(&out);
}

int
main(void)
{
	test_put();
	test_wide();
	test_join();
	test_round_trip();
	test_size();
	return done_testing();
}
