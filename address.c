/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address - what is done with a mailbox: write, compare, key, match
 *
 * Domains compare in lower-case A-labels.  libidn2 makes those and is loaded
 * when the first non-ASCII label turns up, never for other mail; where it
 * cannot be loaded, or refuses a label, the label stays as it is, lower-cased
 * by ASCII.  Parsing is in address_list.c, unwrapping in
 * address_unwrap.c.
 *
 * Failures: only memory.  Buffers remember it, addresses come back zeroed, comparisons say no.
 */
#include "address.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define LIBIDN2 "libidn2.so.0"
#define IDN_LABEL_MAX 255	/* octets of one label as UTF-8; its A-label has 63 at most */
#define IDN_NFC_INPUT 1		/* IDN2_NFC_INPUT and IDN2_NONTRANSITIONAL of idn2.h: */
#define IDN_NONTRANSITIONAL 8	/* normalise, lower-case, and a sharp s is no ss (IDNA2008) */

void
address_free(struct address *a)
{
	free(a->local);
	free(a->domain);
	free(a->name);
	*a = (struct address){ NULL, NULL, NULL };
}

static bool
copy_string(char **to, const char *from)
{
	*to = from != NULL ? text_copy(from, strlen(from)) : NULL;
	return (*to == NULL) == (from == NULL);
}

bool
address_copy(struct address *to, const struct address *from)
{
	struct address copy = { NULL, NULL, NULL };

	if (copy_string(&copy.local, from->local) && copy_string(&copy.domain, from->domain) &&
	    copy_string(&copy.name, from->name)) {
		*to = copy;
		return true;
	}
	address_free(&copy);
	*to = copy;
	return false;
}

struct idn {
	int (*lookup)(const uint8_t *, uint8_t **, int);	/* idn2_lookup_u8: 0 is good */
	void (*release)(void *);				/* idn2_free */
};

/*
 * The library stays loaded, and a failure is remembered: asking the dynamic
 * linker again for each address of a long list would cost a search of the file system.
 */
static const struct idn *
idn_library(void)
{
	static struct idn lib;
	static bool tried;
	void *handle;

	if (!tried) {
		tried = true;
		handle = dlopen(LIBIDN2, RTLD_NOW | RTLD_LOCAL);
		if (handle != NULL) {
			lib.release = (void (*)(void *))dlsym(handle, "idn2_free");
			lib.lookup = (int (*)(const uint8_t *, uint8_t **, int))dlsym(handle, "idn2_lookup_u8");
		}
	}
	return lib.lookup != NULL && lib.release != NULL ? &lib : NULL;
}

static void
add_lower(struct buf *out, const char *s, size_t len)
{
	size_t start = out->len;

	buf_add(out, s, len);
	for (size_t i = start; i < out->len; i++)
		out->data[i] = (char)text_lower(out->data[i]);
}

static bool
add_a_label(struct buf *out, const char *label, size_t len)
{
	const struct idn *lib;
	char text[IDN_LABEL_MAX + 1];
	uint8_t *answer = NULL;
	const char *ascii;
	bool good = false;

	if (len > IDN_LABEL_MAX || (lib = idn_library()) == NULL)
		return false;
	memcpy(text, label, len);
	text[len] = '\0';
	if (lib->lookup((const uint8_t *)text, &answer, IDN_NFC_INPUT | IDN_NONTRANSITIONAL) == 0 && answer != NULL) {
		ascii = (const char *)answer;
		/* Compatibility mapping makes `@' and `/' of their wide forms: such a label is no host's. */
		good = text_is_ascii(ascii, strlen(ascii)) && ascii[0] != '[' &&
		    address_domain_ok(ascii, strlen(ascii));
		if (good)
			add_lower(out, ascii, strlen(ascii));
	}
	if (answer != NULL)
		lib->release(answer);
	return good;
}

/* Length of a domain without the dot that may end it: for the resolver, not for SMTP. */
static size_t
without_dot(const char *domain)
{
	size_t len = strlen(domain);

	return len > 1 && domain[len - 1] == '.' ? len - 1 : len;
}

/* Lower case, A-labels where they can be had, no final dot.  Returns whether all of it is ASCII now. */
static bool
add_domain(struct buf *out, const char *domain)
{
	size_t left = without_dot(domain), n;
	bool ascii = true;

	if (text_is_ascii(domain, left)) {
		add_lower(out, domain, left);
		return true;
	}
	for (;;) {
		const char *dot = memchr(domain, '.', left);

		n = dot != NULL ? (size_t)(dot - domain) : left;
		if (text_is_ascii(domain, n)) {
			add_lower(out, domain, n);
		} else if (!add_a_label(out, domain, n)) {
			add_lower(out, domain, n);
			ascii = false;
		}
		if (dot == NULL)
			return ascii;
		buf_addc(out, '.');
		domain += n + 1;
		left -= n + 1;
	}
}

void
address_domain_key(struct buf *out, const char *domain)
{
	(void)add_domain(out, domain);
}

/* RFC 5322 3.2.3 specials but the dot, and DEL: such a local part is quoted. */
static bool
is_special(char c)
{
	switch (c) {
	case '(': case ')': case '<': case '>': case '[': case ']': case ':': case ';': case '@': case '\\': case ',':
	case '"': case 0x7f:
		return true;
	default:
		return false;
	}
}

/* RFC 5321 4.1.2 Dot-string, with RFC 6531's UTF-8. */
static bool
is_dot_string(const char *s)
{
	bool atom = false;

	for (; *s != '\0'; s++) {
		if (*s == '.' ? !atom : (*s > 0 && *s <= ' ') || is_special(*s))
			return false;
		atom = *s != '.';
	}
	return atom;
}

static void
add_local(struct buf *out, const char *local)
{
	if (is_dot_string(local)) {
		buf_adds(out, local);
		return;
	}
	buf_addc(out, '"');
	for (; *local != '\0'; local++) {
		if (*local == '"' || *local == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *local);
	}
	buf_addc(out, '"');
}

void
address_format(struct buf *out, const struct address *a)
{
	size_t mark;

	add_local(out, a->local);
	if (a->domain == NULL)
		return;
	buf_addc(out, '@');
	mark = out->len;
	if (text_is_ascii(a->domain, strlen(a->domain)) || !text_is_ascii(a->local, strlen(a->local)) ||
	    !add_domain(out, a->domain)) {
		buf_truncate(out, mark);
		buf_add(out, a->domain, without_dot(a->domain));
	}
}

bool
address_needs_utf8(const struct address *a)
{
	struct buf domain = BUF_INIT;
	bool needs;

	if (!text_is_ascii(a->local, strlen(a->local)))
		return true;
	if (a->domain == NULL || text_is_ascii(a->domain, strlen(a->domain)))
		return false;
	needs = !add_domain(&domain, a->domain) || domain.failed;
	buf_free(&domain);
	return needs;
}

size_t
address_base_length(const char *local, const char *delimiter)
{
	size_t n, i;

	if (delimiter == NULL || *local == '\0')
		return strlen(local);
	for (n = 1; local[n] != '\0'; n++)
		for (i = 0; delimiter[i] != '\0'; i++)
			if (local[n] == delimiter[i])
				return n;
	return n;
}

static bool
same_domain(const char *a, const char *b)
{
	struct buf ka = BUF_INIT, kb = BUF_INIT;
	bool same = text_equal(a, b);

	/* Where both are plain letters and dots, only a final dot could still make them equal. */
	if (same || (a[without_dot(a)] == b[without_dot(b)] && text_is_ascii(a, strlen(a)) && text_is_ascii(b, strlen(b))))
		return same;
	address_domain_key(&ka, a);
	address_domain_key(&kb, b);
	same = !ka.failed && !kb.failed && strcmp(buf_str(&ka), buf_str(&kb)) == 0;
	buf_free(&ka);
	buf_free(&kb);
	return same;
}

static bool
ends_below(const char *domain, const char *parent)
{
	size_t d = strlen(domain), p = strlen(parent);

	return text_equal(domain, parent) || (d > p + 1 && domain[d - p - 1] == '.' && text_equal(domain + d - p, parent));
}

bool
address_domain_below(const char *domain, const char *parent)
{
	struct buf d = BUF_INIT, p = BUF_INIT;
	bool below;

	address_domain_key(&d, domain);
	address_domain_key(&p, parent);
	below = !d.failed && !p.failed && p.len > 0 && ends_below(buf_str(&d), buf_str(&p));
	buf_free(&d);
	buf_free(&p);
	return below;
}

bool
address_domains_aligned(const char *a, const char *b)
{
	return a != NULL && b != NULL && a[0] != '\0' && b[0] != '\0' && (address_domain_below(a, b) || address_domain_below(b, a));
}

bool
address_equal(const struct address *a, const struct address *b, const char *delimiter)
{
	size_t base = address_base_length(a->local, delimiter);

	if (!text_equal(a->local, b->local) && (a->local[base] != '\0' ||
	    !text_equal_n(b->local, address_base_length(b->local, delimiter), a->local)))
		return false;
	if (a->domain == NULL)
		return true;
	return b->domain != NULL && same_domain(a->domain, b->domain);
}

void
address_key(struct buf *out, const struct address *a, const char *delimiter)
{
	add_lower(out, a->local, address_base_length(a->local, delimiter));
	if (a->domain != NULL) {
		buf_addc(out, '@');
		address_domain_key(out, a->domain);
	}
}

/* `*' is any run of characters.  Without regard to ASCII case. */
static bool
glob(const char *pattern, size_t len, const char *s)
{
	const char *end = pattern + len, *star = NULL, *retry = s;

	while (*s != '\0') {
		if (pattern < end && *pattern == '*') {
			star = pattern++;
			retry = s;
		} else if (pattern < end && text_lower(*pattern) == text_lower(*s)) {
			pattern++;
			s++;
		} else if (star != NULL) {
			pattern = star + 1;
			s = ++retry;
		} else {
			return false;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

static bool
match_domain(const char *pattern, const char *domain)
{
	struct buf want = BUF_INIT, have = BUF_INIT;
	bool below = *pattern == '.', match;
	const char *p;

	address_domain_key(&want, pattern + below);
	address_domain_key(&have, domain);
	match = want.len > 0 && glob(buf_str(&want), want.len, buf_str(&have));
	for (p = buf_str(&have); below && !match && (p = strchr(p, '.')) != NULL;)
		match = glob(buf_str(&want), want.len, ++p);
	match = match && !want.failed && !have.failed;
	buf_free(&want);
	buf_free(&have);
	return match;
}

bool
address_match(const char *pattern, const struct address *a)
{
	const char *at = strrchr(pattern, '@');
	size_t len = at != NULL ? (size_t)(at - pattern) : strlen(pattern);
	bool any_domain = at == NULL || at[1] == '\0';

	if (len >= 2 && pattern[0] == '"' && pattern[len - 1] == '"') {
		pattern++;
		len -= 2;
	}
	if (len == 0 && any_domain)
		return false;
	if (len > 0 && !glob(pattern, len, a->local))
		return false;
	return any_domain || (a->domain != NULL && match_domain(at + 1, a->domain));
}
