/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compat_mailbot_finish - what mailbot's options mean together
 *
 * The text, to whom a report goes, what is shown of the original, and the table.  The table beside
 * the file of -d has a suffix of its own: what mailbot keeps there stays as it is,
 * and is taken over once (answer_lookup.c).
 *
 * Failures: problems of the settings.  Limits: RECIPIENTS_MAX.
 */
#include "compat_mailbot_parts.h"

#include <string.h>

#include "i18n.h"
#include "text.h"

#define TABLE_SUFFIX ".backsoon"
#define THEIR_SUFFIX ".gdbm"		/* mailbot adds it to what -d says */
#define MAILDIR "maildir:"		/* see message, vacation.conf(5) */
#define HANDLE "mailbot"		/* its table knows senders, whatever they were told */
#define RECIPIENTS_MAX 50		/* of a forward or a feedback report */
#define DAYS_DEFAULT "1"
#define AUTHOR_FIELD "From:"

static const char *
joined(struct settings *s, const char *before, const char *after)
{
	struct buf text = BUF_INIT;
	const char *kept;

	buf_adds(&text, before);
	buf_adds(&text, after);
	kept = settings_keep(s, buf_str(&text));
	buf_free(&text);
	return kept;
}

/* -d and -D: without -d nobody is asked to be told only once. */
static void
finish_table(struct mailbot *m)
{
	struct settings *s = m->s;

	if (m->table == NULL) {
		s->every = 0;
		return;
	}
	s->table = joined(s, m->table, TABLE_SUFFIX);
	s->replaced_table = joined(s, m->table, THEIR_SUFFIX);
	s->handle = HANDLE;
	if (m->days == NULL)
		m->days = DAYS_DEFAULT;
	if (m->days[0] == '\0' || m->days[strspn(m->days, "0123456789")] != '\0' ||
	    !settings_period(joined(s, m->days, "d"), &s->every))
		settings_problem(s, _("command line: -D: \"%s\" is not a number of days"), m->days);
}

/* The address of -A 'From: ...' is the owner's.  A draft's own From says who wrote it, and does not count. */
static void
take_author(struct mailbot *m)
{
	struct settings *s = m->s;
	struct mailbot_list own = { s, &s->alias, s->alias.n + 1 };

	for (size_t i = 0; i < s->fields.n; i++) {
		const char *field = s->fields.item[i], *value = field + strlen(AUTHOR_FIELD);

		if (!text_begins(field, AUTHOR_FIELD))
			continue;
		if (strchr(value, '@') != NULL)
			address_each(value, strlen(value), compat_mailbot_append, &own, NULL);
		if (m->is_draft)
			settings_set(s, COMPAT_MAILBOT_WHERE, "from", value);
	}
}

static void
finish_text(struct mailbot *m)
{
	struct settings *s = m->s;

	s->text_alone = true;
	s->text_is_mime = m->mime;
	if (m->text && m->mime)
		settings_problem(s, _("command line: either -t or -m"));
	if (m->is_draft) {
		if (m->draft == NULL)
			settings_problem(s, _("command line: -T replydraft needs -l and the maildir that the text is in"));
		else
			s->message = joined(s, MAILDIR, m->draft);
		s->text_alone = false;
	} else if (!m->text && !m->mime) {
		s->message = COMPAT_MAILBOT_NO_TEXT;
		if (s->form == REPLY_FORM_REPLY || s->form == REPLY_FORM_REPLYALL)
			settings_problem(s, _("command line: -t FILE, or -m FILE, is missing: the text of the reply"));
	}
}

/* Where a feedback report or a forward goes: what -A says of To, else an address among the program's arguments. */
static void
finish_recipients(struct mailbot *m)
{
	struct settings *s = m->s;
	struct mailbot_list to = { s, &s->report_to, RECIPIENTS_MAX };
	struct address a;

	if (s->form != REPLY_FORM_FEEDBACK && s->form != REPLY_FORM_FORWARD && s->form != REPLY_FORM_FORWARDATT)
		return;
	if (m->to != NULL)
		address_each(m->to, strlen(m->to), compat_mailbot_append, &to, NULL);
	for (size_t i = 1; i < s->program.n && s->report_to.n == 0; i++) {
		if (s->program.item[i][0] != '-' && address_parse(s->program.item[i], strlen(s->program.item[i]), &a)) {
			if (a.domain != NULL)
				compat_mailbot_append(&to, &a);
			address_free(&a);
		}
	}
	for (size_t i = 1; i < s->report_to.n; i++)
		settings_append(s, &s->copy, s->report_to.item[i]);
	if (s->report_to.n == 0)
		settings_problem(s, _("command line: -A 'To: ADDRESS' is missing: to whom the message goes"));
}

void
compat_mailbot_finish(struct mailbot *m)
{
	struct settings *s = m->s;

	if (s->report_recipient != NULL && s->form == REPLY_FORM_REPLY)
		s->form = REPLY_FORM_DSN;
	if ((s->form == REPLY_FORM_FEEDBACK || s->form == REPLY_FORM_REPLYFEEDBACK) && s->feedback_type == NULL)
		settings_problem(s, _("command line: -R abuse, fraud, other or virus is missing: what the feedback report is about"));
	s->any_recipient = s->required.n == 0;
	s->quote = m->no_quote || s->form == REPLY_FORM_FORWARD || s->form == REPLY_FORM_FORWARDATT ? ORIGINAL_NONE : ORIGINAL_WHOLE;
	s->attach_original = ORIGINAL_NONE;
	if (s->form == REPLY_FORM_FORWARDATT)
		s->attach_original = ORIGINAL_WHOLE;
	else if (m->is_draft)
		s->attach_original = m->no_quote ? ORIGINAL_NONE : ORIGINAL_HEADER;
	else if (s->form == REPLY_FORM_DSN || s->form == REPLY_FORM_FEEDBACK || s->form == REPLY_FORM_REPLYFEEDBACK)
		s->attach_original = m->attach ? ORIGINAL_WHOLE : ORIGINAL_HEADER;
	finish_table(m);
	finish_text(m);
	take_author(m);
	finish_recipients(m);
}
