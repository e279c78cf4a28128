/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes the address parsers and what is done with their results.  By hand:
 *
 *   clang -g -O1 -std=c11 -D_GNU_SOURCE -I. -fsanitize=fuzzer,address,undefined -o fuzz-address tests/fuzz/address.c address*.c text*.c buf.c && ./fuzz-address -max_len=2048 -max_total_time=120
 *
 * Besides memory errors it looks for broken promises: an address that was
 * accepted must be sendable, survive writing and reading, and equal itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_round_trip(const struct address *a)
{
	struct buf wire = BUF_INIT, key = BUF_INIT, again = BUF_INIT;
	struct address b;

	address_format(&wire, a);
	must(!wire.failed && strpbrk(buf_str(&wire), "\r\n\t") == NULL);
	address_key(&key, a, "+");
	/* A-labels are longer than what they stand for, and can go over the limit. */
	if (address_parse(buf_str(&wire), wire.len, &b)) {
		must(strcmp(a->local, b.local) == 0 && (a->domain == NULL) == (b.domain == NULL));
		must(address_equal(a, &b, NULL) && address_equal(&b, a, "+"));
		address_key(&again, &b, "+");
		must(strcmp(buf_str(&key), buf_str(&again)) == 0);
	} else {
		must(wire.len > ADDRESS_MAX);
	}
	address_free(&b);
	buf_free(&wire);
	buf_free(&key);
	buf_free(&again);
}

static void
check(const struct address *a)
{
	struct address inner;

	must(a->local[0] != '\0' && text_is_clean(a->local, strlen(a->local)));
	must(a->domain == NULL || address_domain_ok(a->domain, strlen(a->domain)));
	check_round_trip(a);
	(void)address_needs_utf8(a);
	(void)address_match("*bounce*@*.example", a);
	(void)address_unwrap(a, &inner);
	must(inner.local != NULL && inner.local[0] != '\0');
	address_free(&inner);
}

static bool
visit(void *ctx, const struct address *a)
{
	++*(size_t *)ctx;
	check(a);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	size_t seen = 0, bad = 0;
	struct address a;

	must(address_each(s, size, visit, &seen, &bad) == seen);
	must(address_first(s, size, &a) == (seen > 0));
	address_free(&a);
	if (address_parse(s, size, &a))
		check(&a);
	address_free(&a);
	return 0;
}
