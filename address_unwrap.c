/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address_unwrap - the sender behind what forwarders and gateways made of him
 *
 * Each form is a function from the local part to what stands inside it;
 * address_unwrap() peels until none fits, UNWRAP_MAX times at most.  A form
 * with an empty field, or whose inner domain could not be one, is taken for
 * an ordinary address: guessing would merge strangers under one key.
 *
 * Failures: only memory; the address comes back zeroed.
 */
#include "address.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define UNWRAP_MAX 8

/* What was found inside a local part; points into it.  Without a domain the outer one holds. */
struct inner {
	const char *local;
	const char *domain;
	size_t domain_len;
};

/* A field that ends in `=' and is not empty: its length, and *p behind the sign; or 0. */
static size_t
take_field(const char **p)
{
	size_t n = strcspn(*p, "=");

	if (n == 0 || (*p)[n] == '\0')
		return 0;
	*p += n + 1;
	return n;
}

static bool
unwrap_batv(const char *local, struct inner *in)
{
	const char *p = local, *close;

	if (text_begins(local, "prvs=")) {
		p += strlen("prvs=");
		if (take_field(&p) == 0 || *p == '=')
			return false;
	} else if (text_begins(local, "btv1==")) {
		p += strlen("btv1==");
		if ((close = strstr(p, "==")) == NULL || close == p)
			return false;
		p = close + 2;
	} else {
		return false;
	}
	in->local = p;
	return *p != '\0';
}

/* hash=stamp=domain=user */
static bool
unwrap_fields(const char *p, struct inner *in)
{
	if (take_field(&p) == 0 || take_field(&p) == 0)
		return false;
	in->domain = p;
	in->domain_len = take_field(&p);
	in->local = p;
	return *p != '\0' && address_domain_ok(in->domain, in->domain_len);
}

static bool
is_srs_separator(char c)
{
	return c == '=' || c == '+' || c == '-';
}

static bool
unwrap_srs(const char *local, struct inner *in)
{
	bool first = text_begins(local, "SRS0");
	const char *p;

	if ((!first && !text_begins(local, "SRS1")) || !is_srs_separator(local[4]))
		return false;
	p = local + strlen("SRS0=");
	if (first)
		return unwrap_fields(p, in);
	/* hash=forwarder=, then the first forwarder's SRS0 without its first four letters. */
	return take_field(&p) > 0 && take_field(&p) > 0 && is_srs_separator(*p) && unwrap_fields(p + 1, in);
}

static enum address_wrapping
unwrap_microsoft(const char *local, struct inner *in)
{
	static const char mark[] = "+SRS=";
	const char *p = local;

	while (*p != '\0' && !text_begins(p, mark))
		p++;
	if (*p == '\0' || p == local)
		return ADDRESS_PLAIN;
	if (unwrap_fields(p + strlen(mark), in))
		return ADDRESS_WRAPPED;
	if (!text_equal_n(local, (size_t)(p - local), "bounces"))
		return ADDRESS_PLAIN;
	p += strlen(mark);
	return take_field(&p) > 0 && *p != '\0' && strchr(p, '=') == NULL ? ADDRESS_HIDDEN : ADDRESS_PLAIN;
}

static bool
replace(struct address *a, const struct inner *in)
{
	char *local = text_copy(in->local, strlen(in->local));
	char *domain = in->domain != NULL ? text_copy(in->domain, in->domain_len) : NULL;

	if (local == NULL || (domain == NULL && in->domain != NULL)) {
		free(local);
		free(domain);
		address_free(a);
		return false;
	}
	free(a->local);
	a->local = local;
	if (domain != NULL) {
		free(a->domain);
		a->domain = domain;
	}
	return true;
}

enum address_wrapping
address_unwrap(const struct address *from, struct address *out)
{
	enum address_wrapping result = ADDRESS_PLAIN, found;

	if (!address_copy(out, from))
		return ADDRESS_PLAIN;
	/* A forwarder may well wrap what the sender had wrapped before. */
	for (int i = 0; i < UNWRAP_MAX; i++) {
		struct inner in = { NULL, NULL, 0 };

		if (unwrap_batv(out->local, &in) || unwrap_srs(out->local, &in))
			found = ADDRESS_WRAPPED;
		else
			found = unwrap_microsoft(out->local, &in);
		if (found == ADDRESS_PLAIN)
			break;
		result = found;
		if (found == ADDRESS_HIDDEN || !replace(out, &in))
			break;
	}
	return result;
}
