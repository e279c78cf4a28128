/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * envelope - to which of the owner's addresses a message came, and who wrote it
 *
 * Which addresses are the owner's is said by settings, the environment and what the
 * delivering site wrote on top of the header; the sender is envelope_sender.c's.
 */
#include "envelope.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "envelope_sender.h"
#include "text.h"

#define HOST_MAX 256
#define MAILNAME_FILE "/etc/mailname"

static bool
add_own(struct envelope *e, const char *text, size_t len)
{
	struct address a = { NULL, NULL, NULL }, *grown;
	size_t i;

	if (!address_parse(text, len, &a) && !address_first(text, len, &a))
		return true;
	for (i = 0; i < e->nown; i++)
		/* bob, in every domain, does not make bob@example.org superfluous: that one can be a From. */
		if ((e->own[i].domain == NULL) == (a.domain == NULL) && address_equal(&e->own[i], &a, NULL)) {
			address_free(&a);
			return true;
		}
	grown = realloc(e->own, (e->nown + 1) * sizeof *grown);
	if (grown == NULL) {
		address_free(&a);
		return false;
	}
	e->own = grown;
	e->own[e->nown++] = a;
	e->searched = false;
	address_free(&e->addressed);
	return true;
}

/* Where it was delivered to may have a +detail: the address without it is the owner's as well. */
static bool
add_with_base(struct envelope *e, const char *text, size_t len)
{
	size_t before = e->nown, detail;
	struct address *a;
	struct buf base = BUF_INIT;
	bool good;

	if (!add_own(e, text, len))
		return false;
	if (e->nown == before || e->delimiter == NULL)
		return true;
	a = &e->own[before];
	detail = address_base_length(a->local, e->delimiter);
	if (a->local[detail] == '\0')
		return true;
	buf_add(&base, a->local, detail);
	if (a->domain != NULL)
		buf_addf(&base, "@%s", a->domain);
	good = !base.failed && add_own(e, base.data, base.len);
	buf_free(&base);
	return good;
}

static bool
add_pair(struct envelope *e, const char *local, const char *domain)
{
	struct buf b = BUF_INIT;
	bool good;

	buf_addf(&b, "%s@%s", local, domain);
	good = !b.failed && add_with_base(e, b.data, b.len);
	buf_free(&b);
	return good;
}

/* Delivered-To and its like, written by the delivering site. */
static bool
add_trace_field(struct envelope *e, const char *name)
{
	const struct field *f = message_find(e->message, name, NULL);

	return f == NULL || !message_is_trace(e->message, f) || add_with_base(e, f->value, f->value_len);
}

static bool
add_recipient(struct envelope *e, const struct settings *s, envelope_env *env)
{
	const char *local, *domain;
	size_t before = e->nown;
	bool good;

	local = env("LOCAL_PART") != NULL ? env("LOCAL_PART") : env("LOCAL");
	domain = env("LOCAL_PART") != NULL ? env("DOMAIN") : env("HOST");
	e->recipient_known = true;
	if (s->recipient != NULL)
		return add_with_base(e, s->recipient, strlen(s->recipient));
	if (env("RECIPIENT") != NULL)
		return add_with_base(e, env("RECIPIENT"), strlen(env("RECIPIENT")));
	if (local != NULL && domain != NULL)
		return add_pair(e, local, domain);
	good = add_trace_field(e, "Delivered-To") && add_trace_field(e, "Envelope-To") &&
	    (e->nown > before || add_trace_field(e, "X-Original-To"));
	e->recipient_known = e->nown > before;
	return good;
}

/* Whether a local part is the login, or a listed alias's: then the address
 * before alias expansion is the owner's, and not `all-staff'. */
static bool
is_personal(const struct envelope *e, const struct settings *s, envelope_env *env, const struct address *a)
{
	const char *login = s->login != NULL ? s->login : env("LOGNAME") != NULL ? env("LOGNAME") : env("USER");
	struct address local = { a->local, NULL, NULL };
	size_t i;

	if (login != NULL && text_equal(login, a->local))
		return true;
	for (i = 0; i < e->nalias; i++)
		if (address_equal(&e->own[i], a, e->delimiter) ||
		    (e->own[i].domain == NULL && address_equal(&e->own[i], &local, e->delimiter)))
			return true;
	return false;
}

static bool
add_original(struct envelope *e, const struct settings *s, envelope_env *env)
{
	const struct field *f = message_find(e->message, "X-Original-To", NULL);
	const char *text = env("ORIGINAL_RECIPIENT") != NULL ? env("ORIGINAL_RECIPIENT") : env("ORIG_RECIPIENT");
	struct address a = { NULL, NULL, NULL };
	bool good = true;

	if (text == NULL && f != NULL && message_is_trace(e->message, f))
		text = f->value;
	if (text == NULL || !address_parse(text, strlen(text), &a))
		return true;
	if (s->use_original_recipient || is_personal(e, s, env, &a))
		good = add_own(e, text, strlen(text));
	address_free(&a);
	return good;
}

/* Aliases first: is_personal() counts on it. */
static bool
read_owner(struct envelope *e, const struct settings *s, envelope_env *env)
{
	size_t i;

	for (i = 0; i < s->alias.n; i++)
		if (!add_own(e, s->alias.item[i], strlen(s->alias.item[i])))
			return false;
	/* An address that has a text of its own is the owner's. */
	for (i = 0; i < s->texts.n; i++)
		if (s->texts.item[i].alias != NULL && !add_own(e, s->texts.item[i].alias, strlen(s->texts.item[i].alias)))
			return false;
	e->nalias = e->nown;
	if (!add_recipient(e, s, env) || !add_original(e, s, env))
		return false;
	if (s->bare_login && s->login != NULL)
		return add_own(e, s->login, strlen(s->login));
	return true;
}

static bool
count_author(void *ctx, const struct address *a)
{
	struct envelope *e = ctx;

	(void)a;
	e->authors++;
	return true;
}

static void
read_authors(struct envelope *e)
{
	const struct field *f = message_find(e->message, "From", NULL);

	if (f == NULL || e->authors_read)
		return;
	e->authors_read = true;
	address_first(f->value, f->value_len, &e->from);
	/* One mailbox in one field is the rule, and need not be read twice. */
	if (memchr(f->value, ',', f->value_len) == NULL && message_find(e->message, "From", f) == NULL) {
		e->authors = e->from.local != NULL;
		return;
	}
	for (; f != NULL; f = message_find(e->message, "From", f))
		address_each(f->value, f->value_len, count_author, e, NULL);
}

const struct address *
envelope_from(struct envelope *e)
{
	read_authors(e);
	return &e->from;
}

size_t
envelope_authors(struct envelope *e)
{
	read_authors(e);
	return e->authors;
}

bool
envelope_read(struct envelope *e, const struct message *m, const struct settings *s, envelope_env *env)
{
	*e = (struct envelope){ .message = m, .delimiter = s->delimiter };
	if (!envelope_decide_sender(e, s, env))
		return false;
	return read_owner(e, s, env);
}

void
envelope_free(struct envelope *e)
{
	size_t i;

	for (i = 0; i < e->nown; i++)
		address_free(&e->own[i]);
	free(e->own);
	free(e->text);
	address_free(&e->sender);
	address_free(&e->original);
	address_free(&e->from);
	address_free(&e->addressed);
	*e = (struct envelope){ .state = SENDER_ABSENT };
}

bool
envelope_needs_login(const struct envelope *e)
{
	return !e->recipient_known;
}

static bool
add_mailname(struct envelope *e, const char *login)
{
	char name[HOST_MAX];
	ssize_t got;
	int fd = open(MAILNAME_FILE, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return true;
	got = read(fd, name, sizeof name - 1);
	close(fd);
	if (got <= 0)
		return true;
	name[got] = '\0';
	name[strcspn(name, " \t\r\n")] = '\0';
	return name[0] == '\0' || add_pair(e, login, name);
}

bool
envelope_add_login(struct envelope *e, const char *login)
{
	char host[HOST_MAX];
	const char *dot;

	if (!add_mailname(e, login))
		return false;
	if (gethostname(host, sizeof host - 1) == -1)
		return true;
	host[sizeof host - 1] = '\0';
	if (!add_pair(e, login, host))
		return false;
	/* mail1.example.org takes mail for example.org; but example.org is not all of org. */
	dot = strchr(host, '.');
	if (dot != NULL && strchr(dot + 1, '.') != NULL)
		return add_pair(e, login, dot + 1);
	return true;
}

bool
envelope_is_sender_own(const struct envelope *e)
{
	size_t i;

	if (e->original.domain != NULL)
		return envelope_is_own(e, &e->original);
	for (i = 0; i < e->nown; i++) {
		struct address login = { e->own[i].local, NULL, NULL };

		if (address_equal(&login, &e->original, e->delimiter))
			return true;
	}
	return false;
}

bool
envelope_is_own(const struct envelope *e, const struct address *a)
{
	size_t i;

	for (i = 0; i < e->nown; i++)
		if (e->own[i].domain != NULL && address_equal(&e->own[i], a, e->delimiter))
			return true;
	return false;
}

static bool
search_mailbox(void *ctx, const struct address *a)
{
	struct envelope *e = ctx;
	size_t i;

	e->recipients++;
	for (i = 0; e->addressed.local == NULL && i < e->nown; i++)
		if (address_equal(&e->own[i], a, e->delimiter) && !address_copy(&e->addressed, a))
			break;
	return true;
}

static void
search(struct envelope *e)
{
	static const char *const fields[] = {
		"To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc", "Apparently-To",
	};
	const struct field *f;
	size_t i;

	if (e->searched)
		return;
	e->searched = true;
	e->recipients = 0;
	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		for (f = NULL; (f = message_find(e->message, fields[i], f)) != NULL;)
			address_each(f->value, f->value_len, search_mailbox, e, NULL);
}

const struct address *
envelope_addressed(struct envelope *e)
{
	search(e);
	return e->addressed.local != NULL ? &e->addressed : NULL;
}

size_t
envelope_recipients(struct envelope *e)
{
	search(e);
	return e->recipients;
}

const struct address *
envelope_first_own(const struct envelope *e)
{
	size_t i, at;

	/* What it was delivered to stands behind the aliases. */
	for (i = 0; i < e->nown; i++) {
		at = (e->nalias + i) % e->nown;
		if (e->own[at].domain != NULL)
			return &e->own[at];
	}
	return e->nown > 0 ? &e->own[0] : NULL;
}
