/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * authres - what the site's own checks say of the sender (RFC 8601)
 *
 * DMARC judges the author (From); we answer the envelope.  So a failure
 * counts only where it is about the address that would get the reply, or
 * where the author's domain asks that failures be rejected.  People's
 * forwarded mail fails SPF every day; hence a passing aligned signature, or
 * a chain (ARC) that a trusted host has sealed, lifts a failure.
 *
 * Alignment is relaxed: one domain equals the other or lies below it.  No
 * public suffix list is consulted, so example.org and org never align
 * because both sides are whole domains of addresses, not suffixes chosen by the sender.
 *
 * Limits: what cannot be parsed is skipped; nothing here refuses by itself.
 */
#include "authres.h"

#include <string.h>

#include "text.h"

struct result {
	const char *text;	/* one `method=result ...' with its comments */
	size_t len;
	const char *method, *value;
	size_t method_len, value_len;
};

struct findings {
	const struct address *answered, *from;
	bool speaks, spf_fail, dmarc_fail, spf_pass, dkim_pass, dmarc_pass, arc_pass;
	struct buf *why;
};

static bool
is_trusted(const struct setting_list *trusted, const char *host, size_t len)
{
	size_t i;

	for (i = 0; i < trusted->n; i++)
		if (text_equal_n(host, len, trusted->item[i]))
			return true;
	return false;
}

/* Whether a host is of the site that a trusted id names: mx.example.org's site is example.org. */
static bool
is_site_host(const struct setting_list *trusted, const char *host)
{
	const char *parent;
	size_t i;

	for (i = 0; i < trusted->n; i++) {
		if (address_domain_below(host, trusted->item[i]))
			return true;
		parent = strchr(trusted->item[i], '.');
		if (parent != NULL && strchr(parent + 1, '.') != NULL && address_domain_below(host, parent + 1))
			return true;
	}
	return false;
}

/* Received: from ... by HOST ... */
static bool
written_by_site(const struct setting_list *trusted, const struct field *f)
{
	struct text_cursor c;
	struct buf host = BUF_INIT;
	const char *tok;
	size_t len;
	bool site = false;

	text_cursor_init(&c, f->value, f->value_len);
	while (!text_at_end(&c)) {
		len = text_token(&c, &tok);
		if (len == 2 && text_equal_n(tok, len, "by")) {
			len = text_token(&c, &tok);
			buf_add(&host, tok, len);
			site = len > 0 && is_site_host(trusted, buf_str(&host));
			break;
		}
		if (len == 0)
			c.p++;
	}
	buf_free(&host);
	return site;
}

/* The value of `name' (ptype.property) outside comments, up to a blank. */
static bool
property(const struct result *r, const char *name, struct buf *out)
{
	struct text_cursor c;
	const char *tok;
	size_t len;

	buf_reset(out);
	text_cursor_init(&c, r->text, r->len);
	while (!text_at_end(&c)) {
		len = text_token(&c, &tok);
		if (len == 0) {
			c.p++;
			continue;
		}
		if (!text_equal_n(tok, len, name) || !text_take(&c, '='))
			continue;
		text_skip_cfws(&c);
		while (c.p < c.end && strchr(" \t\r\n;(", *c.p) == NULL) {
			if (*c.p != '"')
				buf_addc(out, *c.p);
			c.p++;
		}
		return out->len > 0;
	}
	return false;
}

static bool
says(const struct result *r, const char *word)
{
	size_t len = strlen(word), i;

	for (i = 0; i + len <= r->len; i++)
		if (text_equal_n(r->text + i, len, word) && (i == 0 || strchr(" \t(;.,", r->text[i - 1]) != NULL))
			return true;
	return false;
}

/* Published policy or the site's own disposition, as the common verifiers write it. */
static bool
is_enforced(const struct result *r)
{
	static const char *const words[] = {
		"p=reject", "p=quarantine", "dis=reject", "dis=quarantine", "action=reject", "action=oreject",
		"action=quarantine", "dmarc=reject", "dmarc=quarantine", "published-domain-policy=reject",
		"published-domain-policy=quarantine",
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (says(r, words[i]))
			return true;
	return false;
}

static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL ? at + 1 : address;
}

/* smtp.mailfrom is the address itself, or its domain alone. */
static bool
is_about(const char *mailfrom, const struct address *a)
{
	struct address given = { NULL, NULL, NULL };
	bool same;

	if (a->domain == NULL)
		return false;
	if (strchr(mailfrom, '@') == NULL)
		return text_equal(mailfrom, a->domain);
	same = address_parse(mailfrom, strlen(mailfrom), &given) && address_equal(&given, a, NULL);
	address_free(&given);
	return same;
}

static bool
is_result(const struct result *r, const char *method, const char *value)
{
	return text_equal_n(r->method, r->method_len, method) && text_equal_n(r->value, r->value_len, value);
}

static void
note(struct findings *f, const struct result *r, bool *flag)
{
	*flag = true;
	if (f->why->len > 0)
		buf_adds(f->why, "; ");
	buf_add(f->why, r->text, r->len);
}

static void
weigh(struct findings *f, const struct result *r)
{
	struct buf p = BUF_INIT;
	const char *domain = f->answered->domain;

	f->speaks = true;
	if (is_result(r, "spf", "fail") && property(r, "smtp.mailfrom", &p) && is_about(buf_str(&p), f->answered))
		note(f, r, &f->spf_fail);
	else if (is_result(r, "spf", "pass") && property(r, "smtp.mailfrom", &p) && address_domains_aligned(domain_of(buf_str(&p)), domain))
		note(f, r, &f->spf_pass);
	else if (is_result(r, "dkim", "pass") &&
	    (property(r, "header.d", &p) || property(r, "header.i", &p)) && address_domains_aligned(domain_of(buf_str(&p)), domain))
		note(f, r, &f->dkim_pass);
	else if (is_result(r, "dmarc", "fail") && is_enforced(r))
		note(f, r, &f->dmarc_fail);
	else if (is_result(r, "dmarc", "pass") && (f->from->domain != NULL || property(r, "header.from", &p)) &&
	    address_domains_aligned(f->from->domain != NULL ? f->from->domain : buf_str(&p), domain))
		note(f, r, &f->dmarc_pass);
	else if (is_result(r, "arc", "pass"))
		note(f, r, &f->arc_pass);
	buf_free(&p);
}

/* Up to the next `;' outside comments and quoted strings. */
static size_t
result_length(const char *s, const char *end)
{
	const char *p;
	int depth = 0;
	bool quoted = false;

	for (p = s; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (*p == '"' && depth == 0)
			quoted = !quoted;
		else if (!quoted && *p == '(')
			depth++;
		else if (!quoted && *p == ')' && depth > 0)
			depth--;
		else if (!quoted && depth == 0 && *p == ';')
			break;
	}
	return (size_t)(p - s);
}

static void
read_field(struct findings *f, const struct field *field, const struct setting_list *trusted)
{
	const char *p = field->value, *end = field->value + field->value_len;
	struct text_cursor c;
	struct result r;
	const char *id;
	size_t len;

	text_cursor_init(&c, field->value, field->value_len);
	len = text_token(&c, &id);
	if (len == 0 || !is_trusted(trusted, id, len))
		return;
	for (p += result_length(p, end); p < end; p += r.len) {
		p++;
		r.text = p;
		r.len = result_length(p, end);
		text_cursor_init(&c, r.text, r.len);
		r.method_len = text_token(&c, &r.method);
		if (text_take(&c, '/'))
			text_token(&c, &id);
		if (r.method_len == 0 || !text_take(&c, '='))
			continue;
		r.value_len = text_token(&c, &r.value);
		weigh(f, &r);
	}
}

/* The newest seal's domain is one that the owner trusts. */
static bool
sealed_by_trusted(const struct message *m, const struct setting_list *trusted)
{
	const struct field *f = message_find(m, "ARC-Seal", NULL);
	const char *p, *end, *name, *value;
	struct text_cursor c;
	size_t len, name_len, value_len;

	if (f == NULL)
		return false;
	end = f->value + f->value_len;
	for (p = f->value; p < end; p += len + 1) {
		len = result_length(p, end);
		text_cursor_init(&c, p, len);
		name_len = text_token(&c, &name);
		if (!text_equal_n(name, name_len, "d") || !text_take(&c, '='))
			continue;
		value_len = text_token(&c, &value);
		return is_trusted(trusted, value, value_len);
	}
	return false;
}

enum authres_verdict
authres_judge(const struct message *m, const struct setting_list *trusted, const struct address *answered,
    const struct address *from, struct buf *why)
{
	struct findings f = { .answered = answered, .from = from, .why = why };
	size_t i;

	for (i = 0; i < m->nfields; i++) {
		if (text_equal(m->fields[i].name, "Received")) {
			if (!written_by_site(trusted, &m->fields[i]))
				break;
		} else if (text_equal(m->fields[i].name, "Authentication-Results"))
			read_field(&f, &m->fields[i], trusted);
	}
	if (!f.speaks)
		return AUTHRES_SILENT;
	if (f.arc_pass && sealed_by_trusted(m, trusted))
		return AUTHRES_PASS;
	if (f.dmarc_fail || (f.spf_fail && !f.dkim_pass))
		return AUTHRES_FAIL;
	return f.spf_pass || f.dkim_pass || f.dmarc_pass ? AUTHRES_PASS : AUTHRES_NEUTRAL;
}
