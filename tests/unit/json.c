/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json: escaping row by row, structure, and the sticky error. */
#include <stdint.h>

#include "json.h"
#include "tests/tap.h"

static const struct {
	const char *name, *in;
	size_t len;
	const char *want;
} strings[] = {
	{ "plain", "abc", 3, "\"abc\"" },
	{ "empty", "", 0, "\"\"" },
	{ "quote and backslash", "\"\\/", 3, "\"\\\"\\\\/\"" },
	{ "named controls", "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"" },
	{ "NUL, escape, DEL", "\0\x1b\x7f", 3, "\"\\u0000\\u001b\\u007f\"" },
	{ "two, three and four bytes", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9, "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ "C1 control", "\xc2\x9b", 2, "\"\\u009b\"" },
	{ "line separator", "\xe2\x80\xa8", 3, "\"\\u2028\"" },
	{ "right-to-left override", "\xe2\x80\xae", 3, "\"\\u202e\"" },
	{ "invalid byte", "a\xff" "b", 3, "\"a\xef\xbf\xbd" "b\"" },
	{ "cut sequence at the end", "a\xe2\x82", 3, "\"a\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "surrogate", "\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
};

static void
test_strings(void)
{
	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
		struct buf b = BUF_INIT;
		struct json j;

		json_init(&j, &b);
		json_string_n(&j, strings[i].in, strings[i].len);
		is_str(buf_str(&b), strings[i].want, strings[i].name);
		buf_free(&b);
	}
}

static void
test_structure(void)
{
	struct buf b = BUF_INIT;
	struct json j;

	json_init(&j, &b);
	json_object_begin(&j);
	json_put_string(&j, "s", "x");
	json_put_string(&j, "none", NULL);
	json_put_int(&j, "low", INT64_MIN);
	json_put_bool(&j, "yes", true);
	json_key(&j, "list");
	json_array_begin(&j);
	json_int(&j, 1);
	json_bool(&j, false);
	json_object_begin(&j);
	json_object_end(&j);
	json_array_begin(&j);
	json_array_end(&j);
	json_array_end(&j);
	json_put_int(&j, "after", 2);
	json_object_end(&j);
	json_end(&j);
	is_str(buf_str(&b),
	    "{\n  \"s\": \"x\",\n  \"none\": null,\n  \"low\": -9223372036854775808,\n  \"yes\": true,\n"
	    "  \"list\": [\n    1,\n    false,\n    {},\n    []\n  ],\n  \"after\": 2\n}\n",
	    "commas, nesting and empty containers");
	buf_free(&b);
}

static void
test_failure(void)
{
	struct buf b = BUF_INIT;
	struct json j;

	b.failed = true;
	json_init(&j, &b);
	json_array_begin(&j);
	json_string(&j, "x");
	json_array_end(&j);
	ok(b.failed && b.len == 0, "a failed buffer stays failed and empty");
}

int
main(void)
{
	test_strings();
	test_structure();
	test_failure();
	return done_testing();
}
