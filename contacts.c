/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contacts - is the sender somebody whom the owner knows?
 *
 * Reads what address books leave behind as text: plain addresses, mutt
 * aliases, vCards.  A line that holds no address is passed over.  The file is
 * the owner's, and read whole, up to CONTACTS_FILE_MAX.
 */
#include "contacts.h"

#include <string.h>

#include "text.h"

struct search {
	const struct address *a, *b;
	const char *delimiter;
	bool found;
};

static bool
compare(void *ctx, const struct address *known)
{
	struct search *s = ctx;

	if (known->domain != NULL)
		s->found = address_equal(known, s->a, s->delimiter) ||
		    (s->b->local != NULL && address_equal(known, s->b, s->delimiter));
	return !s->found;
}

/* Where the addresses of a line begin: behind `alias NICK', or the colon of `EMAIL;TYPE=work:'. */
static const char *
addresses_of(const char *line, const char *end)
{
	const char *p;

	if (text_begins(line, "alias ")) {
		for (p = line + 6; p < end && (*p == ' ' || *p == '\t'); p++)
			;
		while (p < end && *p != ' ' && *p != '\t')
			p++;
		return p;
	}
	p = memchr(line, '.', (size_t)(end - line));
	if (p != NULL && text_begins(p + 1, "EMAIL"))
		line = p + 1;
	if (text_begins(line, "EMAIL") && (p = memchr(line, ':', (size_t)(end - line))) != NULL)
		return p + 1;
	return line;
}

bool
contacts_know(const struct home *h, const char *file, const struct address *a, const struct address *b, const char *delimiter,
    bool *known, struct buf *why)
{
	struct search s = { a, b, delimiter, false };
	struct buf text = BUF_INIT;
	const char *line, *end, *last, *from;

	*known = false;
	if (!home_read_file(h, file, CONTACTS_FILE_MAX, &text, why)) {
		buf_free(&text);
		if (why->len == 0)
			buf_addf(why, "%s: there is no such file", file);
		return false;
	}
	last = buf_str(&text) + text.len;
	for (line = buf_str(&text); line < last && !s.found; line = end + 1) {
		end = memchr(line, '\n', (size_t)(last - line));
		if (end == NULL)
			end = last;
		if (*line == '#')
			continue;
		from = addresses_of(line, end);
		address_each(from, (size_t)(end - from), compare, &s, NULL);
	}
	*known = s.found;
	buf_free(&text);
	return true;
}
