/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf.h: growth, the sticky error, and what is left behind. */
#include "buf.h"

#include <stdint.h>
#include <stdlib.h>

#include "tests/tap.h"

static void
test_writing(void)
{
	struct buf b = BUF_INIT, other = BUF_INIT;

	is_str(buf_str(&b), "", "nothing written");
	buf_adds(&b, "one");
	buf_addc(&b, ' ');
	buf_add(&b, "two three", 3);
	buf_addf(&b, " %d%%", 3);
	is_str(buf_str(&b), "one two 3%", "written in pieces");
	is_int((long long)b.len, 10, "length");
	buf_truncate(&b, 20);
	is_int((long long)b.len, 10, "cut behind its end");
	buf_truncate(&b, 3);
	is_str(buf_str(&b), "one", "cut");
	buf_add(&b, "", 0);
	is_str(buf_str(&b), "one", "nothing added");
	buf_reset(&b);
	is_str(buf_str(&b), "", "emptied");
	buf_add(&b, "a\0b", 3);
	is_int((long long)b.len, 3, "holds a NUL");
	ok(memcmp(buf_str(&b), "a\0b", 4) == 0, "with its closing NUL");
	ok(!buf_equal(&b, &other) && buf_equal(&other, &other), "two are not the same, one is");
	buf_add(&other, "a\0b", 3);
	ok(buf_equal(&b, &other), "the same bytes");
	buf_truncate(&other, 2);
	ok(!buf_equal(&b, &other), "one byte less");
	buf_free(&other);
	buf_free(&b);
	ok(b.data == NULL && b.len == 0 && b.cap == 0, "empty when it was freed");
}

static void
test_growing(void)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < 100000; i++)
		buf_addc(&b, 'a' + (int)(i % 26));
	is_int((long long)b.len, 100000, "100,000 single bytes");
	ok(strlen(buf_str(&b)) == 100000 && b.data[99999] == 'a' + 99999 % 26, "100,000 single bytes, all there");
	buf_reset(&b);
	for (i = 0; i < 300; i++) {
		buf_reset(&b);
		buf_addf(&b, "%*s", (int)i, "");
		if (b.len != i)
			break;
	}
	is_int((long long)i, 300, "formatted text of any length around the first size");
	buf_free(&b);
	ok(b.data == NULL && !b.failed, "freed");
	buf_free(&b);
	buf_adds(&b, "again");
	is_str(buf_str(&b), "again", "used again after it was freed");
	buf_free(&b);
}

static void
test_limit(void)
{
	struct buf b = BUF_INIT;
	char *much = malloc(BUF_MAX);

	buf_adds(&b, "kept");
	buf_add(&b, "x", SIZE_MAX - 2);
	ok(b.failed, "a length that overflows");
	buf_adds(&b, "lost");
	is_str(buf_str(&b), "kept", "what was there stays, later writes are lost");
	buf_free(&b);
	ok(b.data == NULL && !b.failed, "a failed one is ready again when it was freed");
	if (much == NULL)
		return;
	memset(much, 'x', BUF_MAX);
	buf_add(&b, much, BUF_MAX);
	ok(b.failed, "BUF_MAX bytes");
	buf_reset(&b);
	ok(!b.failed, "reset clears the failure");
	buf_add(&b, much, BUF_MAX - 1);
	ok(!b.failed && b.len == BUF_MAX - 1, "one less than BUF_MAX bytes");
	buf_addc(&b, 'x');
	ok(b.failed && b.len == BUF_MAX - 1, "and one more");
	buf_free(&b);
	free(much);
}

int
main(void)
{
	test_writing();
	test_growing();
	test_limit();
	return done_testing();
}
