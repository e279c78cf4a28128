/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes encoded words, clean lines and the token cursor.  By hand:
 *
 *   clang -g -O1 -std=c11 -D_GNU_SOURCE -I. -fsanitize=fuzzer,address,undefined -o fuzz-text tests/fuzz/text.c text*.c buf.c && ./fuzz-text -max_len=2048 -max_total_time=120
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define LINE_MAX 100

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool good)
{
	if (!good)
		abort();
}

static bool
refuse_odd(void *ctx, const char *charset, const char *bytes, size_t len, struct buf *out)
{
	(void)ctx;
	if (strlen(charset) % 2 != 0)
		return false;
	buf_add(out, bytes, len);
	return true;
}

static void
check_line(const char *s, size_t len)
{
	struct buf line = BUF_INIT, again = BUF_INIT;

	text_clean_line(&line, s, len, LINE_MAX);
	must(line.len <= LINE_MAX && text_is_clean(buf_str(&line), line.len));
	text_clean_line(&again, buf_str(&line), line.len, LINE_MAX);
	must(strcmp(buf_str(&line), buf_str(&again)) == 0);
	must(text_utf8_cut(s, len, LINE_MAX) <= LINE_MAX);
	buf_free(&line);
	buf_free(&again);
}

static void
check_cursor(const char *s, size_t len)
{
	struct buf value = BUF_INIT;
	struct text_cursor c;
	const char *tok;

	text_cursor_init(&c, s, len);
	(void)text_param(c, "name", &value);
	(void)text_param(c, "a", &value);
	while (!text_at_end(&c)) {
		if (text_token(&c, &tok) == 0 && !text_value(&c, &value) && !text_take(&c, ';'))
			c.p++;
		must(c.p <= c.end);
	}
	buf_free(&value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	struct buf out = BUF_INIT;

	text_decode_words(&out, s, size, refuse_odd, NULL);
	must(!out.failed);
	check_line(buf_str(&out), out.len);
	buf_reset(&out);
	text_decode_words(&out, s, size, NULL, NULL);
	buf_reset(&out);
	text_latin1_to_utf8(&out, s, size);
	must(text_utf8_valid(buf_str(&out), out.len));
	check_line(s, size);
	check_cursor(s, size);
	buf_free(&out);
	return 0;
}
