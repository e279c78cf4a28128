/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feedback - the fields of a feedback report, RFC 5965 3
 *
 * A row a field: its name, how often it may stand there, what it must look
 * like.  Each is checked where it is given, so that the report is valid
 * whatever stands on a command line: a value with a line break in it would
 * write fields of its own.
 *
 * Failures: a sentence.  Limits: FEEDBACK_FIELD_MAX.  Addresses are ASCII: the RFC has
 * no form for others.
 */
#include "feedback.h"

#include <arpa/inet.h>
#include <string.h>

#include "address.h"
#include "i18n.h"
#include "text.h"

#define NAME_MAX_LEN 24
#define EXAMPLE_MAX 28
#define INCIDENTS_DIGITS 9
#define IPV6_TAG "IPv6:"	/* RFC 5321 4.1.3 */

enum form { PLAIN, PATH, MTA, IP, NUMBER, AUTHRES, DOMAIN };

/* No pointers: a page of them would be relocated, and copied, at each start. */
static const struct row {
	char name[NAME_MAX_LEN];
	enum form form;
	bool single;
	char example[EXAMPLE_MAX];
} rows[] = {
	{ "Original-Envelope-Id", PLAIN, true, "QQ314159" },
	{ "Original-Mail-From", PATH, true, "<bob@example.net>" },
	{ "Reporting-MTA", MTA, true, "dns; mx.example.org" },
	{ "Source-IP", IP, true, "192.0.2.1" },
	{ "Incidents", NUMBER, true, "1" },
	{ "Authentication-Results", AUTHRES, false, "mx.example.org; spf=fail" },
	{ "Original-Rcpt-To", PATH, false, "<anna@example.org>" },
	{ "Reported-Domain", DOMAIN, false, "example.net" },
};

#define ROWS (sizeof rows / sizeof rows[0])

static const char types[][8] = { "abuse", "fraud", "other", "virus" };

bool
feedback_is_type(const char *name)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (text_equal(types[i], name))
			return true;
	return false;
}

static const struct row *
find_row(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (text_equal(rows[i].name, name))
			return &rows[i];
	return NULL;
}

/* Printable ASCII and blanks, with something in it. */
static bool
is_plain(const char *value)
{
	size_t len = strlen(value);

	if (len > FEEDBACK_FIELD_MAX || value[strspn(value, " ")] == '\0')
		return false;
	for (size_t i = 0; i < len; i++)
		if (value[i] < ' ' || value[i] > '~')
			return false;
	return true;
}

/* In angle brackets, whether they were given or not. */
static bool
put_path(struct buf *out, const char *value)
{
	struct address a = { NULL, NULL, NULL };
	bool good;

	if (strcmp(value, "<>") == 0) {
		buf_adds(out, value);
		return true;
	}
	good = address_parse(value, strlen(value), &a);
	if (good) {
		buf_adds(out, "<");
		address_format(out, &a);
		buf_adds(out, ">");
	}
	address_free(&a);
	return good;
}

/* dns; host.  Other types than dns are local matters (RFC 3464 2.1.2) and taken as they are. */
static bool
put_mta(struct buf *out, const char *value)
{
	struct text_cursor c;
	const char *type, *name;
	size_t len;

	text_cursor_init(&c, value, strlen(value));
	len = text_token(&c, &type);
	if (len == 0 || !text_take(&c, ';'))
		return false;
	text_skip_cfws(&c);
	name = c.p;
	if (name == c.end || (text_equal_n(type, len, "dns") && !address_domain_ok(name, (size_t)(c.end - name))))
		return false;
	buf_add(out, type, len);
	buf_addf(out, "; %s", name);
	return true;
}

static bool
put_ip(struct buf *out, const char *value)
{
	const char *six = text_begins(value, IPV6_TAG) ? value + strlen(IPV6_TAG) : value;
	unsigned char bytes[sizeof(struct in6_addr)];

	if (six == value && inet_pton(AF_INET, value, bytes) == 1)
		buf_adds(out, value);
	else if (inet_pton(AF_INET6, six, bytes) == 1)
		buf_addf(out, IPV6_TAG "%s", six);
	else
		return false;
	return true;
}

static bool
put_number(struct buf *out, const char *value)
{
	size_t len = strspn(value, "0123456789");

	if (len == 0 || len > INCIDENTS_DIGITS || value[len] != '\0')
		return false;
	buf_adds(out, value);
	return true;
}

/* RFC 8601 2.2: whose results they are, and what they are. */
static bool
put_results(struct buf *out, const char *value)
{
	struct text_cursor c;
	struct buf host = BUF_INIT;
	bool good;

	text_cursor_init(&c, value, strlen(value));
	good = text_value(&c, &host);
	text_skip_cfws(&c);
	good = good && (text_at_end(&c) || *c.p == ';' || (*c.p >= '0' && *c.p <= '9'));
	buf_free(&host);
	if (good)
		buf_adds(out, value);
	return good;
}

static bool
put_domain(struct buf *out, const char *value)
{
	if (!address_domain_ok(value, strlen(value)))
		return false;
	buf_adds(out, value);
	return true;
}

static bool
put_value(struct buf *out, enum form form, const char *value)
{
	switch (form) {
	case PLAIN:
		buf_adds(out, value);
		return true;
	case PATH:
		return put_path(out, value);
	case MTA:
		return put_mta(out, value);
	case IP:
		return put_ip(out, value);
	case NUMBER:
		return put_number(out, value);
	case AUTHRES:
		return put_results(out, value);
	case DOMAIN:
		return put_domain(out, value);
	}
	return false;
}

bool
feedback_field(struct buf *out, const char *name, const char *value, struct buf *why)
{
	const struct row *row = find_row(name);
	size_t start = out->len;

	if (row == NULL) {
		buf_addf(why, _("a feedback report has no field %s"), name);
		return false;
	}
	value += strspn(value, " ");
	buf_addf(out, "%s: ", row->name);
	if (is_plain(value) && put_value(out, row->form, value) && is_plain(buf_str(out) + start))
		return true;
	buf_truncate(out, start);
	buf_addf(why, _("\"%s\" is no %s, as %s is"), value, row->name, row->example);
	return false;
}

bool
feedback_is_single(const char *name)
{
	const struct row *row = find_row(name);

	return row != NULL && row->single;
}

const char *
feedback_name(size_t n)
{
	return n < ROWS ? rows[n].name : NULL;
}
