/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer_lookup - what a decision needs from outside the message
 *
 * Run only for messages that the first pass let through, because each of
 * these costs more than all rules together: the passwd entry, the message
 * file, contacts, a decoded subject, the table, the sendmail program.  A
 * failure here is an outcome of its own, never a rule.
 */
#include "answer_lookup.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "audience.h"
#include "contacts.h"
#include "deadline.h"
#include "diag.h"
#include "draft.h"
#include "i18n.h"
#include "mime.h"
#include "template.h"
#include "text.h"

#define SETTING_SHOWN_MAX 32
#define ENTRY_FORMAT "%Y-%m-%d %H:%M"

static bool
fail(struct answer *a, enum outcome o)
{
	a->outcome = o;
	return false;
}

/* `until: not a date ...' is said with the file and line that has it. */
static void
add_place(struct answer *a, const struct buf *why)
{
	char name[SETTING_SHOWN_MAX];
	const char *text = buf_str(why), *where;
	size_t len = strcspn(text, ":");

	if (len < sizeof name) {
		memcpy(name, text, len);
		name[len] = '\0';
		where = settings_where(a->settings, name);
		if (where != NULL)
			buf_addf(&a->why, "%s: ", _(where));
	}
	buf_adds(&a->why, text);
}

bool
answer_lookup_dates(struct answer *a)
{
	const struct settings *s = a->settings;
	struct buf why = BUF_INIT;

	if (s->paused) {
		buf_addf(&a->inactive_why, "it is turned off by \"paused\" in %s", settings_where(s, "paused"));
		a->facts.active = false;
		a->facts.inactive_why = buf_str(&a->inactive_why);
		return true;
	}
	if (s->from_date == NULL && s->until == NULL && s->hours == NULL && s->holidays == NULL && s->timezone == NULL)
		return true;
	a->schedule = schedule_new(s->timezone, s->from_date, s->until, s->hours, s->holidays, &why);
	if (a->schedule == NULL) {
		add_place(a, &why);
		buf_free(&why);
		return fail(a, OUTCOME_SETTINGS);
	}
	buf_free(&why);
	a->facts.active = schedule_active(a->schedule, a->now, &a->inactive_why);
	a->facts.inactive_why = buf_str(&a->inactive_why);
	return true;
}

/* The passwd entry, once, and only where login or name are needed. */
static const struct passwd *
entry(struct answer *a)
{
	const struct passwd *pw = getpwuid(geteuid());

	if (pw == NULL)
		return NULL;
	if (a->login == NULL)
		a->login = strdup(pw->pw_name);
	return pw;
}

bool
answer_lookup_owner(struct answer *a)
{
	const struct settings *s = a->settings;
	bool claimed = s->login != NULL && s->home == NULL;

	a->facts.owner_known = true;
	if (!claimed && s->login != NULL)
		a->login = text_copy(s->login, strlen(s->login));
	if (!claimed && !envelope_needs_login(&a->envelope))
		return true;
	if ((a->login == NULL && entry(a) == NULL) || a->login == NULL) {
		if (!claimed)
			return true;
		buf_addf(&a->why, "user id %lu has no entry in the user database", (unsigned long)geteuid());
		return fail(a, OUTCOME_WRONG_USER);
	}
	if (claimed && strcmp(s->login, a->login) != 0) {
		buf_addf(&a->why, "it was started for %s, but runs as %s", s->login, a->login);
		return fail(a, OUTCOME_WRONG_USER);
	}
	if (envelope_needs_login(&a->envelope) && !envelope_add_login(&a->envelope, a->login))
		return fail(a, OUTCOME_SYSTEM);
	return true;
}

/* A subject in a charset that only iconv has.  One that could not be looked at may be a robot's. */
static bool
lookup_subject(struct answer *a)
{
	struct buf raw = BUF_INIT;
	const struct field *f = message_find(a->message, "Subject", NULL);
	int64_t limit;
	bool good = true;

	if (!policy_subject(a->message, &a->subject)) {
		limit = deadline_clock() + ANSWER_SUBJECT_MS;
		good = mime_decode_confined(&raw, f->value, f->value_len, limit < a->deadline ? limit : a->deadline);
		buf_reset(&a->subject);
		buf_add(&a->subject, buf_str(&raw), raw.len);
	}
	buf_free(&raw);
	a->facts.subject = buf_str(&a->subject);
	if (good)
		return true;
	buf_adds(&a->why, "the subject could not be decoded");
	return fail(a, OUTCOME_UNREADABLE);
}

/* Unreadable contacts: with only-known nobody is known (safe), else only the storm brake's exemption is lost. */
static void
lookup_contacts(struct answer *a)
{
	static const struct address none = { NULL, NULL, NULL };
	const struct settings *s = a->settings;
	const struct address *from;
	struct buf why = BUF_INIT;

	if (s->contacts == NULL)
		return;
	from = envelope_from(&a->envelope);
	/* Anybody can write somebody's name into From: it counts only where the reply goes to the same organisation. */
	if (!audience_counts_from(&a->envelope.original, from))
		from = &none;
	if (!contacts_know(a->home, s->contacts, &a->envelope.original, from, s->delimiter, &a->facts.known, &why))
		diag_warn("contacts: %s", buf_str(&why));
	buf_free(&why);
}

static bool
lookup_submitter(struct answer *a)
{
	bool opened;

	if (a->have_submitter)
		return true;
	a->have_submitter = true;
	if (a->settings->program.n > 0)
		opened = submit_open_program(&a->submitter, a->settings->program.item, a->settings->program.n, &a->why);
	else
		opened = submit_open(&a->submitter, a->settings->sendmail, a->settings->sendmail_kind, &a->why);
	/* Nothing will be sent: what is shown does not depend on it. */
	if (!opened && a->settings->print_reply) {
		buf_reset(&a->why);
		return true;
	}
	return opened || fail(a, OUTCOME_SENDMAIL_MISSING);
}

/* The first of the owner's addresses that every program takes. */
static const struct address *
first_own_ascii(const struct envelope *e)
{
	for (size_t i = 0; i < e->nown; i++)
		if (e->own[i].domain != NULL && !address_needs_utf8(&e->own[i]))
			return &e->own[i];
	return NULL;
}

/* Whether From can only be an address that needs SMTPUTF8. */
static bool
owner_needs_utf8(struct answer *a)
{
	const struct address *which = envelope_addressed(&a->envelope);

	return a->settings->from == NULL && which != NULL && which->domain != NULL && address_needs_utf8(which) &&
	    first_own_ascii(&a->envelope) == NULL;
}

static bool
lookup_sendable(struct answer *a)
{
	if (a->envelope.state != SENDER_GIVEN || (!address_needs_utf8(&a->envelope.sender) && !owner_needs_utf8(a)))
		return true;
	if (!lookup_submitter(a))
		return false;
	a->facts.sendable = a->submitter.smtputf8;
	return true;
}

static int64_t
period_of(const struct settings *s, int64_t every)
{
	if (every < s->min_period)
		return s->min_period;
	return every > s->max_period ? s->max_period : every;
}

static void
make_limits(struct answer *a)
{
	const struct settings *s = a->settings;

	a->limits = (struct vacation_db_limits){
		.period = period_of(s, s->every), .max_replies = s->max_replies, .max_senders = s->max_senders,
		.max_per_hour = s->max_per_hour, .max_per_day = s->max_per_day, .contact = a->facts.known,
	};
}

/* Envelope and From: either one answered means answered. */
static void
make_keys(struct answer *a)
{
	struct envelope *e = &a->envelope;
	const char *delimiter = a->settings->ignore_detail ? a->settings->delimiter : NULL;
	const struct address *from = envelope_from(e);
	bool hidden = e->wrapping == ADDRESS_HIDDEN && from->local != NULL;

	address_key(&a->key, hidden ? from : &e->original, delimiter);
	if (!hidden && from->local != NULL)
		address_key(&a->from_key, from, delimiter);
	a->who = (struct vacation_db_who){
		.owner = "", .handle = buf_str(&a->handle), .sender = buf_str(&a->key),
		.from = a->from_key.len > 0 && strcmp(buf_str(&a->key), buf_str(&a->from_key)) != 0 ? buf_str(&a->from_key) : NULL,
	};
}

static void
describe_entry(struct answer *a)
{
	struct schedule *zone;

	if (!a->explaining || a->seen.last_answered == 0)
		return;
	zone = schedule_new(a->settings->timezone, NULL, NULL, NULL, NULL, &a->why);
	if (zone == NULL)
		return;
	buf_adds(&a->table_why, "last answered ");
	schedule_format(zone, &a->table_why, ENTRY_FORMAT, a->seen.last_answered);
	schedule_free(zone);
}

bool
answer_table_verdict(struct answer *a, enum vacation_db_result result)
{
	static const enum outcome failures[] = {
		[VACATION_DB_BUSY] = OUTCOME_TABLE_BUSY, [VACATION_DB_UNREADABLE] = OUTCOME_TABLE_UNREADABLE,
		[VACATION_DB_FULL] = OUTCOME_TABLE_FULL, [VACATION_DB_ERROR] = OUTCOME_TABLE_ERROR,
	};

	a->facts.table = (int)result;
	if ((a->seen.healed || a->seen.beside) && a->seen.detail[0] != '\0')
		diag_warn("%s", a->seen.detail);
	switch (result) {
	case VACATION_DB_FREE:
	case VACATION_DB_GRANTED:
		return true;
	case VACATION_DB_ANSWERED:
	case VACATION_DB_EXCLUDED:
	case VACATION_DB_SENDER_LIMIT:
	case VACATION_DB_STORM:
		a->outcome = OUTCOME_REFUSED;
		describe_entry(a);
		a->facts.table_why = buf_str(&a->table_why);
		return true;
	case VACATION_DB_BUSY:
	case VACATION_DB_UNREADABLE:
	case VACATION_DB_FULL:
	case VACATION_DB_ERROR:
		break;
	}
	buf_adds(&a->why, a->seen.detail);
	return fail(a, failures[result]);
}

/* The dialects keep the interval with the table (vacation -i -r 3). */
static void
use_kept_interval(struct answer *a)
{
	struct vacation_db_info info = { 0 };
	int64_t period;

	if (a->settings->compat != COMPAT_NONE && vacation_db_interval(a->table, &period, &info) == VACATION_DB_FREE && period >= 0)
		a->limits.period = period_of(a->settings, period);
}

static bool
lookup_table(struct answer *a)
{
	const char *name;
	int dir_fd;

	if (a->envelope.state != SENDER_GIVEN)
		return true;
	answer_make_handle(a);
	make_limits(a);
	make_keys(a);
	name = home_place(a->home, a->settings->table, &dir_fd);
	if (a->settings->replaced_table != NULL)
		answer_take_over(a, dir_fd, name);
	a->table = vacation_db_new(dir_fd, name, deadline_clock() + VACATION_DB_LOCK_MS);
	if (a->table == NULL || a->handle.failed || a->key.failed || a->from_key.failed)
		return fail(a, OUTCOME_SYSTEM);
	use_kept_interval(a);
	return answer_table_verdict(a, vacation_db_peek(a->table, &a->who, &a->limits, a->now, &a->seen));
}

bool
answer_lookup(struct answer *a)
{
	a->facts.looked_up = true;
	if (!answer_lookup_text(a))
		return false;
	if (!lookup_subject(a))
		return false;
	lookup_contacts(a);
	if (!lookup_sendable(a) || !lookup_table(a))
		return false;
	/* Nobody is in the way as far as the table goes: what the reply needs comes now, before anything is written. */
	if (a->facts.table != VACATION_DB_FREE)
		return true;
	a->outcome = OUTCOME_ANSWERED;
	return lookup_submitter(a) && answer_lookup_request(a);
}

static void
name_of_owner(struct answer *a)
{
	const struct passwd *pw;
	const char *gecos;
	size_t len;

	/* The passwd entry takes longer to find than a reply to compose: not where the text says who writes. */
	if (a->settings->from != NULL)
		return;
	if (draft_is(a->text->file) ? answer_draft_author(a) : template_names_author(buf_str(&a->template_text), a->template_text.len))
		return;
	/* Who runs us for virtual users has another home than they, and is not the owner. */
	if ((pw = entry(a)) == NULL ||
	    (a->settings->home != NULL && strcmp(pw->pw_dir, a->home->path) != 0))
		return;
	gecos = pw->pw_gecos;
	len = strcspn(gecos, ",");
	if (text_utf8_valid(gecos, len))
		text_clean_line(&a->from_name, gecos, len, REPLY_VARIABLE_MAX);
}

/* The alias that was written to, as it was written, or one that the program can send; never login@host when one is known. */
static void
address_of_owner(struct answer *a)
{
	const struct address *which = envelope_addressed(&a->envelope), *own = envelope_first_own(&a->envelope);

	if (which != NULL && which->domain != NULL)
		own = which;
	else if (own == NULL && entry(a) != NULL && a->login != NULL && envelope_add_login(&a->envelope, a->login))
		own = envelope_first_own(&a->envelope);
	if (own != NULL && own->domain == NULL && a->login == NULL)
		entry(a);
	if (own != NULL && own->domain == NULL && a->login != NULL && envelope_add_login(&a->envelope, a->login))
		own = envelope_first_own(&a->envelope);
	if (own != NULL && own->domain != NULL && address_needs_utf8(own) && !a->submitter.smtputf8 && first_own_ascii(&a->envelope) != NULL)
		own = first_own_ascii(&a->envelope);
	if (own != NULL)
		address_format(&a->from_address, own);
}

bool
answer_lookup_request(struct answer *a)
{
	struct request *r = &a->request;
	int64_t number = 0;

	if (r->template_bytes != NULL)
		return true;
	name_of_owner(a);
	address_of_owner(a);
	if (!answer_dates(a) || !answer_content(a))
		return false;
	answer_address(a);
	if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
		number = a->now ^ ((int64_t)getpid() << 40);
	*r = (struct request){
		.to = buf_str(&a->to), .from_address = buf_str(&a->from_address),
		.from_name = a->from_name.len > 0 ? buf_str(&a->from_name) : NULL, .from = a->settings->from,
		.subject = a->settings->subject, .template_bytes = buf_str(&a->template_text),
		.template_len = a->template_text.len, .recipient = buf_str(&a->from_address), .now = a->now,
		.message_id_random = number & INT64_MAX, .date = buf_str(&a->date), .text_date = buf_str(&a->text_date),
		.text_from_date = buf_str(&a->text_from_date), .text_until = buf_str(&a->text_until),
		.charset = a->settings->charset, .language = a->text->language, .own_head = a->text->own_head, .draft = draft_is(a->text->file), .note = a->note,
		.eight_bit = a->have_submitter && a->submitter.eight_bit,
		.html = a->html.len > 0 ? buf_str(&a->html) : NULL, .html_len = a->html.len, .attachments = &a->attachments,
		.quote = (enum original_shown)a->settings->quote,
		.attach_original = (enum original_shown)a->settings->attach_original, .quote_lines = a->settings->quote_lines,
		.attribution = a->settings->attribution, .original_when = a->original_when, .original_local = a->original_local,
	};
	answer_report(a, r);
	if (!a->to.failed && !a->copies.failed && !a->from_address.failed && !a->date.failed)
		return true;
	return fail(a, OUTCOME_SYSTEM);
}

void
answer_lookup_free(struct answer *a)
{
	free(a->login);
	a->login = NULL;
}
