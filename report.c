/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report - one line in the log and one record in the journal
 *
 * Both say the same: message-id, sender, recipient, verdict, rule and the
 * value behind it.  A journal that cannot be written is a warning and
 * changes nothing: the delivery is over.
 */
#include "report.h"

#include <errno.h>
#include <string.h>

#include "diag.h"
#include "journal.h"
#include "text.h"

#define NO_JOURNAL "none"
#define VALUE_MAX 200		/* bytes of one value in the log's line; DIAG_LINE_MAX holds them all */

_Static_assert(REPORT_CODES_OUTCOMES + OUTCOMES <= JOURNAL_RULES, "journal codes do not fit");

static const char *
or_dash(const char *s)
{
	return s != NULL && s[0] != '\0' ? s : "-";
}

static const char *
rule_of(const struct answer *a)
{
	return a->outcome == OUTCOME_REFUSED && a->decision.rule != NULL ? a->decision.rule->id : "";
}

static const char *
why_of(const struct answer *a)
{
	if (a->outcome == OUTCOME_REFUSED)
		return buf_str(&a->decision.value);
	return a->outcome == OUTCOME_ANSWERED ? "" : buf_str(&a->why);
}

/* The recipient as far as it is known. */
static void
recipient_of(struct answer *a, struct buf *out)
{
	const struct address *own = envelope_first_own(&a->envelope);
	const struct address *which = NULL;

	/* To and Cc are searched only for messages that the first pass let through: list mail is most mail. */
	if (a->facts.looked_up)
		which = envelope_addressed(&a->envelope);
	if (which != NULL)
		address_format(out, which);
	else if (own != NULL)
		address_format(out, own);
}

/* Cut to what leaves room for the others: no sender can push the verdict out of the line. */
static void
add_pair(struct buf *line, const char *name, const char *value)
{
	size_t len = strlen(value);

	if (len == 0)
		return;
	buf_adds(line, name);
	buf_add(line, value, text_utf8_cut(value, len, VALUE_MAX));
	if (len > VALUE_MAX)
		buf_adds(line, "...");
}

void
report_log(struct answer *a)
{
	const struct outcome_row *row = outcome_row(a->outcome);
	const char *id = a->message != NULL ? message_value(a->message, "Message-ID") : NULL;
	struct buf line = BUF_INIT, recipient = BUF_INIT;

	recipient_of(a, &recipient);
	add_pair(&line, "message-id=", or_dash(id));
	add_pair(&line, " sender=", a->envelope.state == SENDER_NULL ? "<>" : or_dash(a->envelope.text));
	add_pair(&line, " recipient=", or_dash(buf_str(&recipient)));
	add_pair(&line, " verdict=", row->name);
	add_pair(&line, " rule=", rule_of(a));
	if (row->failure) {
		buf_adds(&line, ": ");
		buf_adds(&line, row->sentence);
	}
	add_pair(&line, row->failure ? ": " : " because ", why_of(a));
	diag_line(row->level, &line);
	buf_free(&line);
	buf_free(&recipient);
}

static unsigned
code_of(const struct answer *a)
{
	if (a->outcome == OUTCOME_REFUSED && a->decision.rule != NULL)
		return REPORT_CODES_RULES + (unsigned)(a->decision.rule - rules);
	return REPORT_CODES_OUTCOMES + (unsigned)a->outcome;
}

const char *
report_code_name(unsigned code)
{
	if (code < REPORT_CODES_RULES + rules_count)
		return rules[code - REPORT_CODES_RULES].id;
	if (code >= REPORT_CODES_OUTCOMES && code < REPORT_CODES_OUTCOMES + OUTCOMES)
		return outcome_row((enum outcome)(code - REPORT_CODES_OUTCOMES))->name;
	return NULL;
}

void
report_journal(struct answer *a)
{
	struct journal_entry e;
	struct buf text = BUF_INIT;
	const char *name;
	int dir_fd;

	if (text_equal(a->settings->journal, NO_JOURNAL) || a->home->fd == -1)
		return;
	memset(&e, 0, sizeof e);
	e.time = a->now;
	e.ring = a->outcome == OUTCOME_REFUSED ? JOURNAL_REFUSED : JOURNAL_ANSWERED;
	e.code = (uint16_t)code_of(a);
	journal_text(e.outcome, sizeof e.outcome, outcome_row(a->outcome)->name);
	journal_text(e.rule, sizeof e.rule, rule_of(a));
	journal_text(e.sender, sizeof e.sender, a->envelope.text);
	journal_text(e.why, sizeof e.why, why_of(a));
	recipient_of(a, &text);
	journal_text(e.recipient, sizeof e.recipient, buf_str(&text));
	if (a->subject.len > 0)
		journal_text(e.subject, sizeof e.subject, buf_str(&a->subject));
	else {
		policy_subject(a->message, &text);
		journal_text(e.subject, sizeof e.subject, buf_str(&text));
	}
	name = home_place(a->home, a->settings->journal, &dir_fd);
	if (!journal_add(dir_fd, name, &e))
		diag_warn("journal %s: %s", a->settings->journal, journal_error(errno));
	buf_free(&text);
}
