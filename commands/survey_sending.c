/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey_sending - what a reply needs: sendmail, libraries, the sandbox, and a rehearsal
 *
 * The sendmail program is looked at, not run: there is no way to ask one of
 * them whether it takes the null sender but to send mail.  What is said of it
 * comes from its manual (submit.c), and a program of which no manual says
 * it, or that hands over to another server at once, is said to be unproven.
 *
 * The rehearsal is a delivery of a stranger's letter up to the claim, so that
 * it sees all that a delivery sees.
 */
#include <string.h>
#include <unistd.h>

#include "../answer.h"
#include "../mime.h"
#include "letter.h"
#include "survey_parts.h"

#define STRANGER "a.stranger@example.invalid"
#define IDN_TEXT "b\xc3\xbc" "cher.example"

/* Those that pass the envelope to another server while they run. */
static bool
hands_over(enum submit_kind kind)
{
	return kind == SUBMIT_KIND_UNKNOWN || kind == SUBMIT_KIND_MSMTP || kind == SUBMIT_KIND_NULLMAILER;
}

/* Whether `-f' is among what it is given: the two that cannot have the null sender go without. */
static bool
takes_null_sender(const struct submitter *submitter)
{
	const char *argv[SUBMIT_ARGS_MAX];
	struct buf mem = BUF_INIT;
	bool takes = false;
	size_t i;

	if (submit_argv(submitter, "<>", STRANGER, &mem, argv))
		for (i = 1; argv[i] != NULL; i++)
			takes |= strcmp(argv[i], "-f") == 0;
	buf_free(&mem);
	return takes;
}

static void
find_null_sender(struct survey *s)
{
	const struct submitter *m = &s->submitter;

	if (strcmp(s->load->settings.return_path, "<>") != 0)
		return;
	if (!takes_null_sender(m))
		findings_add(&s->findings, "null-sender", m->path, submit_kind_name(m->kind));
	else if (hands_over(m->kind) && survey_last_answered(s) == NULL)
		findings_add(&s->findings, "null-sender-unproven", m->path, NULL);
}

void
survey_sendmail(struct survey *s)
{
	const struct settings *o = &s->load->settings;
	const char *kind = o->sendmail_kind;
	enum submit_kind ignored;
	struct buf why = BUF_INIT;

	/* A kind that there is not is among the problems of the settings. */
	if (kind != NULL && !submit_kind_parse(kind, &ignored))
		kind = NULL;
	s->have_submitter = submit_open(&s->submitter, o->sendmail, kind, &why);
	if (!s->have_submitter) {
		submit_close(&s->submitter);
		findings_add(&s->findings, "sendmail", buf_str(&why), NULL);
		buf_free(&why);
		return;
	}
	buf_addf(&s->facts[AREA_SENDMAIL], "%s: %s (%s)", s->submitter.path, submit_kind_name(s->submitter.kind), s->submitter.how);
	if (s->submitter.kind == SUBMIT_KIND_UNKNOWN && kind == NULL)
		findings_add(&s->findings, "sendmail-unknown", s->submitter.path, NULL);
	find_null_sender(s);
	if (submit_privileges_locked())
		findings_add(&s->findings, "no-new-privs", NULL, NULL);
	buf_free(&why);
}

/* Libraries are loaded here as the composer would; they are the system's. */
void
survey_system(struct survey *s)
{
	const char *walls = confine_describe();
	struct mime *m = mime_new();
	struct buf domain = BUF_INIT;

	if (m != NULL && !mime_load(m))
		findings_add(&s->findings, "libmailutils", NULL, NULL);
	mime_free(m);
	address_domain_key(&domain, IDN_TEXT);
	if (strncmp(buf_str(&domain), "xn--", 4) != 0)
		findings_add(&s->findings, "libidn2", NULL, NULL);
	buf_free(&domain);
	if (strstr(walls, "seccomp") == NULL && strstr(walls, "pledge") == NULL)
		findings_add(&s->findings, "walls", walls, NULL);
	buf_addf(&s->facts[AREA_SYSTEM], _("sandbox: %s"), walls);
}

/* What other areas have not found already. */
static void
find_failure(struct survey *s, const struct answer *a)
{
	const struct outcome_row *row = outcome_row(a->outcome);
	struct buf text = BUF_INIT;

	switch (a->outcome) {
	case OUTCOME_LIBRARY:
	case OUTCOME_UNREADABLE:
	case OUTCOME_NO_TIME:
	case OUTCOME_SYSTEM:
	case OUTCOME_WRONG_USER:
		buf_addf(&text, "%s%s%s", _(row->sentence), a->why.len > 0 ? ": " : "", buf_str(&a->why));
		findings_add(&s->findings, "rehearsal", buf_str(&text), NULL);
		break;
	default:
		break;
	}
	buf_addf(&s->facts[AREA_REHEARSAL], _("a stranger who writes to %s gets no reply now: %s"), buf_str(&s->owner), _(row->sentence));
	buf_free(&text);
}

static void
find_refusal(struct survey *s, const struct rule *rule)
{
	if (rule->test == TEST_STRANGER)
		findings_add(&s->findings, "known-only", NULL, NULL);
	else if (rule->test != TEST_NOT_ACTIVE)
		findings_add(&s->findings, "refused", _(rule->sentence), rule->id);
	buf_addf(&s->facts[AREA_REHEARSAL], _("a stranger who writes to %s gets no reply now: %s"), buf_str(&s->owner), _(rule->sentence));
}

static void
rehearse(struct survey *s, struct answer *a)
{
	bool due = answer_prepare(a), composed = false;
	int fd = -1;

	if (a->outcome == OUTCOME_ANSWERED || (a->outcome == OUTCOME_REFUSED && a->template_text.len > 0))
		composed = answer_rehearse(a, &fd);
	if (composed)
		close(fd);
	s->rehearsed = true;
	s->due = due && composed;
	if (s->due)
		buf_addf(&s->facts[AREA_REHEARSAL], _("a stranger who writes to %s would be answered now"), buf_str(&s->owner));
	else if (a->outcome == OUTCOME_REFUSED)
		find_refusal(s, a->decision.rule);
	else
		find_failure(s, a);
}

void
survey_rehearsal(struct survey *s)
{
	const struct settings *o = &s->load->settings;
	const char *sender = o->sender != NULL ? o->sender : STRANGER;
	struct message m;
	struct answer a;

	if (s->load->outcome != OUTCOME_ANSWERED || s->owner.len == 0)
		return;
	if (letter_read(&m, sender, buf_str(&s->owner), o->trust_auth.n > 0 ? o->trust_auth.item[0] : NULL, s->load->now)) {
		letter_answer(&a, s->load, &m, sender);
		rehearse(s, &a);
		answer_free(&a);
	}
	message_free(&m);
}
