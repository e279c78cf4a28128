/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer - the procedure for one message and one recipient
 *
 *	what the message says: envelope, owner, dates        (nothing but memory)
 *	first pass over the rules
 *	what must be looked up: login, text, contacts, table (reads only)
 *	second pass over the rules
 *	-- answer_commit --
 *	claim, compose, submit, or withdraw
 *
 * The claim is written before the reply leaves: a crash costs at most one
 * reply and never sends two.  Only a definite refusal withdraws it.  The
 * look-ups themselves are in answer_lookup.c.
 */
#include "answer.h"

#include <string.h>
#include <unistd.h>

#include "answer_lookup.h"
#include "deadline.h"
#include "diag.h"
#include "signals.h"
#include "text.h"

#define KEEP_HEADER ((size_t)64 * 1024)	/* for the charset of the first text */
#define KEEP_LINES ((size_t)256 * 1024)		/* for some lines of its text, or for its header as it came */
#define KEEP_TEXT ((size_t)1024 * 1024)		/* for all of its text */

size_t
answer_keeps(const struct settings *s)
{
	if (s->attach_original == ORIGINAL_WHOLE || s->form == REPLY_FORM_FORWARDATT || s->form == REPLY_FORM_FORWARD)
		return s->max_attachments > KEEP_TEXT ? s->max_attachments : KEEP_TEXT;
	if (s->quote == ORIGINAL_WHOLE && s->quote_lines == 0)
		return KEEP_TEXT;
	if (s->quote == ORIGINAL_WHOLE || s->attach_original == ORIGINAL_HEADER)
		return KEEP_LINES;
	if (s->quote != ORIGINAL_NONE || text_equal(s->charset, SETTINGS_CHARSET_SENDER))
		return KEEP_HEADER;
	return 0;
}

void
answer_init(struct answer *a)
{
	memset(a, 0, sizeof *a);
}

void
answer_free(struct answer *a)
{
	struct buf *const bufs[] = {
		&a->why, &a->decision.value, &a->inactive_why, &a->subject, &a->template_text, &a->key, &a->from_key,
		&a->handle, &a->html, &a->table_why, &a->to, &a->copies, &a->from_address, &a->from_name, &a->date, &a->text_date,
		&a->text_from_date, &a->text_until,
	};
	size_t i;

	envelope_free(&a->envelope);
	if (a->have_submitter)
		submit_close(&a->submitter);
	if (a->schedule != NULL)
		schedule_free(a->schedule);
	if (a->table != NULL)
		vacation_db_free(a->table);
	answer_lookup_free(a);
	attach_free(&a->attachments);
	for (i = 0; i < sizeof bufs / sizeof bufs[0]; i++)
		buf_free(bufs[i]);
}

static bool
is_refused(struct answer *a)
{
	if (a->decision.rule == NULL)
		return false;
	a->outcome = OUTCOME_REFUSED;
	return true;
}

/* First what the message says ... */
static bool
refused(struct answer *a)
{
	policy_decide(&a->facts, &a->decision);
	return is_refused(a);
}

/* ... then what was looked up: the owner's login, and the rest. */
static bool
refused_by(struct answer *a, unsigned flag)
{
	policy_decide_again(&a->facts, flag, &a->decision);
	return is_refused(a);
}

static bool
read_message(struct answer *a)
{
	if (envelope_read(&a->envelope, a->message, a->settings, a->env))
		return true;
	a->outcome = OUTCOME_SYSTEM;
	buf_adds(&a->why, "not enough memory");
	return false;
}

/* A field that could not be looked at for lack of memory is no field that lets a message pass. */
static bool
enough_memory(struct answer *a)
{
	if (!buf_was_short())
		return true;
	a->outcome = OUTCOME_SYSTEM;
	buf_adds(&a->why, "not enough memory to judge the message");
	return false;
}

/* The steps of a decision; each ends it, or goes on. */
static bool
decide(struct answer *a)
{
	if (refused(a))
		return false;
	if (envelope_needs_login(&a->envelope) || a->settings->login != NULL) {
		if (!answer_lookup_owner(a) || refused_by(a, RULE_OWNER))
			return false;
	}
	if (!answer_lookup(a))
		return false;
	return !refused_by(a, RULE_LOOKED_UP) && enough_memory(a);
}

/* For explain, when the decision was made before all was looked up: the rest is, and changes nothing. */
static void
look_up_the_rest(struct answer *a)
{
	enum outcome outcome = a->outcome;
	bool owner = a->facts.owner_known || answer_lookup_owner(a);

	if (owner && !a->facts.looked_up)
		answer_lookup(a);
	a->outcome = outcome;
	a->facts.owner_known = a->facts.looked_up = true;
}

bool
answer_prepare(struct answer *a)
{
	bool due;

	a->outcome = OUTCOME_ANSWERED;
	a->facts = (struct facts){ .message = a->message, .settings = a->settings, .envelope = &a->envelope,
		.active = true, .sendable = true };
	if (!read_message(a) || !answer_lookup_dates(a))
		return false;
	a->facts.owner_known = !envelope_needs_login(&a->envelope);
	due = decide(a);
	if (a->explaining && a->outcome == OUTCOME_REFUSED)
		look_up_the_rest(a);
	return due;
}

static enum outcome
composed(enum confine_result result, enum confine_verdict verdict, const struct child_status *status, struct buf *why)
{
	switch (result) {
	case CONFINE_DONE:
		return OUTCOME_ANSWERED;
	case CONFINE_REFUSED:
		if (verdict == CONFINE_NO_LIBRARY) {
			buf_adds(why, "libmailutils, which decodes and encodes this message's text, cannot be loaded");
			return OUTCOME_LIBRARY;
		}
		if (verdict == CONFINE_NO_MEMORY || verdict == CONFINE_OUTPUT_FAILED) {
			buf_adds(why, verdict == CONFINE_NO_MEMORY ? "the composer ran out of memory" :
			    "the reply could not be written");
			return OUTCOME_SYSTEM;
		}
		buf_adds(why, "the composer cannot make a reply of this text and message");
		return OUTCOME_UNREADABLE;
	case CONFINE_DIED:
		buf_addf(why, "the composer ended with %s %d", status->end == CHILD_SIGNALED ? "signal" : "status", status->code);
		return OUTCOME_UNREADABLE;
	case CONFINE_TOO_SLOW:
		buf_adds(why, "the composer did not end in time");
		return OUTCOME_UNREADABLE;
	case CONFINE_SYSTEM:
		buf_addf(why, "the composer could not be started: %s", strerror(status->code));
		return OUTCOME_SYSTEM;
	}
	return OUTCOME_SYSTEM;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * The composer works while the claim is written and waits for the disk; a
 * third of the time to a reply is saved so.  It was forked before the lock
 * was taken and has no descriptor of it: nobody waits for a child with the table locked.
 */
static void
begin_to_compose(struct answer *a)
{
	reply_begin(&a->request, a->message, &a->composer);
}

/* What the composer has made, once it has: ends it in any case. */
static bool
compose(struct answer *a, int *fd)
{
	enum confine_verdict verdict = CONFINE_OK;
	enum confine_result result;
	struct child_status status = { CHILD_EXITED, 0 };

	result = confine_end(&a->composer, sooner(a->deadline, deadline_clock() + ANSWER_COMPOSE_MS), fd, &verdict, &status);
	a->outcome = composed(result, verdict, &status, &a->why);
	return a->outcome == OUTCOME_ANSWERED;
}

static enum outcome
submitted(enum submit_result result)
{
	switch (result) {
	case SUBMIT_ACCEPTED:
		return OUTCOME_ANSWERED;
	case SUBMIT_REFUSED:
		return OUTCOME_SENDMAIL_REFUSED;
	case SUBMIT_DEFERRED:
		return OUTCOME_SENDMAIL_DEFERRED;
	case SUBMIT_MISSING:
		return OUTCOME_SENDMAIL_MISSING;
	case SUBMIT_UNKNOWN:
		return OUTCOME_SENDMAIL_UNKNOWN;
	}
	return OUTCOME_SENDMAIL_UNKNOWN;
}

/* The reply's further recipients (vacation -c): theirs is no promise, only a line in the log. */
static void
send_copies(struct answer *a, int fd, int64_t deadline)
{
	const struct setting_list *copies = &a->settings->copy;
	struct buf why = BUF_INIT;
	size_t i;

	/* The owner's own words have all recipients. */
	if (a->submitter.words != NULL && !a->submitter.add_recipient)
		return;
	for (i = 0; i < copies->n; i++) {
		buf_reset(&why);
		if (submit_send(&a->submitter, fd, a->settings->return_path, copies->item[i], deadline, &why) != SUBMIT_ACCEPTED)
			diag_warn("the copy to %s was not sent: %s", copies->item[i], buf_str(&why));
	}
	buf_free(&why);
}

/*
 * What was claimed is in the table for everybody who looks; the disk is waited
 * for while sendmail starts.  Too late to stop the reply: what the disk did
 * not take would be forgotten by a power cut, and is a line in the log.
 */
static void
settle(struct answer *a)
{
	struct vacation_db_info info;

	if (vacation_db_settle(a->table, &info) != VACATION_DB_FREE)
		diag_warn("the record of this reply may be lost: %s", info.detail);
}

static void
send_reply(struct answer *a, int fd)
{
	int64_t deadline = a->deadline - ANSWER_RESERVE_MS;
	struct submission sub;

	submit_start(&sub, &a->submitter, fd, a->settings->return_path, buf_str(&a->to), &a->why);
	settle(a);
	a->outcome = submitted(submit_finish(&sub, deadline, &a->why));
	if (a->outcome == OUTCOME_ANSWERED)
		send_copies(a, fd, deadline);
}

/* The claim was not granted after all. */
static void
abandon_composer(struct answer *a)
{
	enum confine_verdict verdict;
	struct child_status status;
	int fd;

	if (confine_end(&a->composer, deadline_clock(), &fd, &verdict, &status) == CONFINE_DONE)
		close(fd);
}

static bool
claim(struct answer *a, struct vacation_db_claim *claimed)
{
	enum vacation_db_result result;

	vacation_db_set_deadline(a->table, sooner(a->deadline, deadline_clock() + VACATION_DB_LOCK_MS));
	result = vacation_db_claim(a->table, &a->who, &a->limits, a->now, claimed, &a->seen);
	if (result == VACATION_DB_GRANTED) {
		if (a->seen.healed)
			diag_warn("%s", a->seen.detail);
		return true;
	}
	abandon_composer(a);
	answer_table_verdict(a, result);
	if (a->outcome == OUTCOME_REFUSED)
		refused_by(a, RULE_LOOKED_UP);
	return false;
}

static void
withdraw(struct answer *a, const struct vacation_db_claim *claimed)
{
	struct vacation_db_info info = { 0 };

	vacation_db_set_deadline(a->table, a->deadline);
	if (vacation_db_withdraw(a->table, &a->who, claimed, a->now, &info) != VACATION_DB_FREE)
		diag_warn("the record of a reply that was not sent stays in the table: %s", info.detail);
}

void
answer_commit(struct answer *a)
{
	struct vacation_db_claim claimed;
	int fd;

	begin_to_compose(a);
	if (!claim(a, &claimed))
		return;
	/* From here on the reply may be on its way: a second try of the delivery must not be asked for. */
	signals_set_status(0);
	if (compose(a, &fd)) {
		send_reply(a, fd);
		close(fd);
	}
	if (a->outcome != OUTCOME_ANSWERED && !outcome_row(a->outcome)->uncertain)
		withdraw(a, &claimed);
}

void
answer_note(struct answer *a)
{
	struct vacation_db_info info = { 0 };

	if (a->table == NULL || !a->seen.ahead)
		return;
	vacation_db_set_deadline(a->table, a->deadline);
	if (vacation_db_note(a->table, &a->who, a->now, &info) != VACATION_DB_FREE)
		diag_warn("a time in the future stays in the table: %s", info.detail);
}

bool
answer_rehearse(struct answer *a, int *fd)
{
	enum outcome before = a->outcome;
	bool good;

	good = answer_lookup_request(a);
	if (good) {
		begin_to_compose(a);
		good = compose(a, fd);
	}
	if (good)
		a->outcome = before;
	return good;
}
