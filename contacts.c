/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contacts - is the sender somebody whom the owner knows?
 *
 * Reads what address books leave behind as text: plain addresses, mutt
 * aliases, vCards.  A line that holds no address is passed over.  The file is
 * the owner's, and read whole, up to CONTACTS_FILE_MAX.
 *
 * Of a vCard only EMAIL counts: a UID looks like an address, and a note may
 * hold anybody's.  Versions 2.1, 3 and 4 (RFC 2426, 6350): folded lines,
 * groups, parameters in quotes, quoted-printable, mailto:.
 *
 * Limits: CONTACTS_*.
 */
#include "contacts.h"

#include <string.h>

#include "mime.h"
#include "text.h"

/* What is looked at again at each fold is bounded: the file may be somebody's export, and a delivery's time is short. */
#define CONTACTS_GROUP_MAX 64		/* bytes of a property's group */
#define CONTACTS_PARAMETERS_MAX 256	/* of a property's name and parameters */
#define CONTACTS_LINE_MAX 65536		/* of a line put together; the rest is another line */

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

/* One line as it was meant: `text' is what was folded put together, line ends apart. */
struct reader {
	const char *p, *end;
	struct buf text;
	bool vcard;		/* between BEGIN and END */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *
behind_blanks(const char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

static const char *
behind_word(const char *p)
{
	while (*p != '\0' && !is_blank(*p))
		p++;
	return behind_blanks(p);
}

static void
add_line(struct reader *r)
{
	const char *end = memchr(r->p, '\n', (size_t)(r->end - r->p)), *to;

	if (end == NULL)
		end = r->end;
	to = end > r->p && end[-1] == '\r' ? end - 1 : end;
	buf_add(&r->text, r->p, (size_t)(to - r->p));
	r->p = end < r->end ? end + 1 : r->end;
}

/* The property's name behind `item1.', when it is EMAIL; else NULL. */
static const char *
email_property(const char *line)
{
	size_t group = 0;

	while (group < CONTACTS_GROUP_MAX && line[group] != '\0' && strchr(".:;@ \t<,", line[group]) == NULL)
		group++;
	if (line[group] == '.')
		line += group + 1;
	if (!text_begins(line, "EMAIL") || (line[5] != ':' && line[5] != ';'))
		return NULL;
	return line;
}

/* The colon behind name and parameters, of which some are in quotes. */
static const char *
behind_parameters(const char *p)
{
	bool quoted = false;
	int n;

	for (n = 0; n < CONTACTS_PARAMETERS_MAX && *p != '\0' && (*p != ':' || quoted); n++, p++)
		if (*p == '"')
			quoted = !quoted;
	return *p == ':' && !quoted ? p + 1 : NULL;
}

static bool
is_quoted_printable(const char *property)
{
	const char *value = behind_parameters(property), *p;

	for (p = property; value != NULL && p < value; p++)
		if (text_begins(p, "QUOTED-PRINTABLE"))
			return true;
	return false;
}

/* What is folded differs: vCards by a blank that begins the next line, 2.1 also by a final `=', mutt by a final backslash. */
static bool
goes_on(struct reader *r)
{
	const char *text = buf_str(&r->text), *property = email_property(text);
	size_t len = r->text.len;

	if (r->p == r->end || len == 0 || len > CONTACTS_LINE_MAX)
		return false;
	if (text[len - 1] == '\\') {
		buf_truncate(&r->text, len - 1);
		return true;
	}
	if (text[len - 1] == '=' && property != NULL && is_quoted_printable(property)) {
		buf_truncate(&r->text, len - 1);
		return true;
	}
	if (!is_blank(*r->p) || (property == NULL && !r->vcard))
		return false;
	r->p++;
	return true;
}

static bool
next_line(struct reader *r)
{
	if (r->p == r->end)
		return false;
	buf_reset(&r->text);
	do
		add_line(r);
	while (goes_on(r));
	return true;
}

/* `alias -group friends NICK ADDRESSES # a note' */
static const char *
addresses_of_alias(struct reader *r)
{
	const char *begin = buf_str(&r->text), *p = behind_word(begin), *note;

	while (text_begins(p, "-group") && is_blank(p[6]))
		p = behind_word(behind_word(p));
	p = behind_word(p);
	note = strstr(p, " #");
	if (note != NULL) {
		size_t at = (size_t)(p - begin);

		buf_truncate(&r->text, (size_t)(note - begin));
		p = buf_str(&r->text) + at;
	}
	return p;
}

/* The value of an EMAIL property into out, decoded. */
static void
take_property(const char *property, struct buf *out)
{
	const char *value = behind_parameters(property);

	if (value == NULL)
		return;
	if (!is_quoted_printable(property) || !mime_decode_body(out, "quoted-printable", value, strlen(value))) {
		for (; *value != '\0'; value++)
			if (*value != '\\' || value[1] == '\0')
				buf_addc(out, *value);
	}
	if (text_begins(buf_str(out), "mailto:")) {
		memmove(out->data, out->data + 7, out->len - 7);
		buf_truncate(out, out->len - 7);
		buf_truncate(out, strcspn(buf_str(out), "?"));
	}
}

static void
look_at_line(struct reader *r, struct search *s)
{
	const char *line = buf_str(&r->text), *property = email_property(line);
	struct buf value = BUF_INIT;

	if (text_begins(line, "BEGIN:VCARD"))
		r->vcard = true;
	else if (text_begins(line, "END:VCARD"))
		r->vcard = false;
	else if (property != NULL) {
		take_property(property, &value);
		address_each(buf_str(&value), value.len, compare, s, NULL);
		buf_free(&value);
	} else if (!r->vcard && line[0] != '#') {
		if (text_begins(line, "alias") && is_blank(line[5]))
			line = addresses_of_alias(r);
		address_each(line, strlen(line), compare, s, NULL);
	}
}

bool
contacts_know(const struct home *h, const char *file, const struct address *a, const struct address *b, const char *delimiter,
    bool *known, struct buf *why)
{
	struct search s = { a, b, delimiter, false };
	struct buf text = BUF_INIT;
	struct reader r = { .text = BUF_INIT };

	*known = false;
	if (!home_read_file(h, file, CONTACTS_FILE_MAX, &text, why)) {
		buf_free(&text);
		if (why->len == 0)
			buf_addf(why, "%s: there is no such file", file);
		return false;
	}
	r.p = buf_str(&text);
	r.end = r.p + text.len;
	if (text_begins(r.p, "\xef\xbb\xbf"))
		r.p += 3;
	while (!s.found && next_line(&r))
		look_at_line(&r, &s);
	*known = s.found;
	buf_free(&r.text);
	buf_free(&text);
	return true;
}
