/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "attach.h"
#include "audience.h"
#include "buf.h"
#include "confine.h"
#include "envelope.h"
#include "home.h"
#include "message.h"
#include "outcome.h"
#include "policy.h"
#include "reply.h"
#include "schedule.h"
#include "settings.h"
#include "submit.h"
#include "vacation_db.h"

/*
 * THE PROCEDURE for one message and one recipient.  answer_prepare() reads
 * and decides; answer_commit() remembers, composes and submits; everything
 * that answers mail runs these two.  No exit, no globals; `now' and the
 * deadline are given.
 */

#define ANSWER_COMPOSE_MS 2000		/* for the composer */
#define ANSWER_RESERVE_MS 1000		/* kept for withdrawing the claim */
#define ANSWER_SUBJECT_MS 1000		/* for decoding a subject that a rule must see */

struct answer {
	/* Given.  The settings may get a login (they are the one place for it). */
	struct settings *settings;
	const struct message *message;
	const struct home *home;
	envelope_env *env;
	int64_t now;			/* seconds since 1970 */
	int64_t deadline;		/* see deadline.h */
	bool explaining;		/* look everything up, whatever the first pass says */
	const char *note;		/* a line above the text of the reply, or NULL */

	/* Found. */
	enum outcome outcome;		/* ANSWERED: a reply is due (or was sent), REFUSED: see decision, others: why */
	struct decision decision;
	struct buf why;
	struct envelope envelope;
	struct facts facts;
	struct audience audience;	/* the texts to choose from, and why */
	const struct audience_choice *text;	/* the chosen one; NULL: not looked up, or none */
	struct vacation_db_info seen;	/* the table's entry */
	struct request request;
	struct submitter submitter;
	bool have_submitter;

	/* Working memory. */
	struct schedule *schedule;
	struct confinement composer;
	struct vacation_db *table;
	struct vacation_db_who who;
	struct vacation_db_limits limits;
	char *login;			/* owned */
	struct attachments attachments;
	struct buf html;
	int64_t original_when;
	struct tm original_local;
	struct buf inactive_why, subject, template_text, key, from_key, handle, table_why;
	struct buf to, copies, from_address, from_name, date, text_date, text_from_date, text_until;
};

/* Zeroed but for the given members; free with answer_free() whatever became of it. */
void answer_init(struct answer *);
void answer_free(struct answer *);

/* Reads and decides; writes nothing.  true: a reply is due. */
bool answer_prepare(struct answer *);

/* After a refusal: writes down that a record of the table lies in the future (a clock was wrong), so that its period ends some day. */
void answer_note(struct answer *);

/* Claims, composes, submits, or takes it back.  Sets outcome, decision and why. */
void answer_commit(struct answer *);

/* How many bytes of a message are needed for a reply with these settings: message_read() is to keep them. */
size_t answer_keeps(const struct settings *);

/* A variable of the text, and the setting whose date it shows. */
struct answer_dated {
	char variable[12], setting[12];
};
#define ANSWER_DATED_MAX 2

/* Those that a text (a message file, a subject) uses although the setting has no value, so that nothing stands in their place: how many. */
size_t answer_unset_dates(const struct settings *, const char *text, size_t len, const struct answer_dated *found[ANSWER_DATED_MAX]);

/* The reply as it would go out, without table and sendmail: *fd for the caller to close.  false: outcome and why. */
bool answer_rehearse(struct answer *, int *fd);

#endif
