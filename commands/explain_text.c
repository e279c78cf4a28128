/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_text - what `backsoon explain' has found, for people
 *
 * Labels and verdicts are as wide as the language of the messages needs.
 * What comes from the message is made visible before it is shown
 * (diag_visible), because a terminal obeys what it is sent.
 *
 * Failures: memory, which leaves a line incomplete.
 */
#include "explain.h"
#include "reply_show.h"

#include <stdio.h>
#include <string.h>

#include "../dates.h"
#include "../diag.h"
#include "../i18n.h"
#include "../text.h"
#include "columns.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What stands at the beginning of a line. */
enum label {
	SENDER, ORIGINAL, SUBJECT, MESSAGE_ID, OWNER, WRITTEN_TO, DECISION, TEXT, BESIDES, TROUBLE, HINT, TABLE, NEXT_ANSWER, LABELS
};
#define LABEL_MAX 16

static const char labels[LABELS][LABEL_MAX] = {
	[SENDER] = N_("Sender"), [ORIGINAL] = N_("Original"), [SUBJECT] = N_("Subject"), [MESSAGE_ID] = N_("Message-ID"),
	[OWNER] = N_("Owner"), [WRITTEN_TO] = N_("Written to"), [DECISION] = N_("Decision"), [TEXT] = N_("Text"), [BESIDES] = N_("Besides"),
	[TROUBLE] = N_("Trouble"), [HINT] = N_("Hint"), [TABLE] = N_("Table"), [NEXT_ANSWER] = N_("Next answer"),
};

static const char verdicts[][LABEL_MAX] = {
	[VERDICT_PASS] = N_("pass"), [VERDICT_REFUSE] = N_("refuse"), [VERDICT_OVERRIDDEN] = N_("overridden"),
	[VERDICT_LATER] = N_("not asked"),
};

const char *
explain_verdict(enum verdict verdict)
{
	return verdicts[verdict];
}

static void
put(const struct explain *v, const char *code, const char *text)
{
	if (v->colour)
		printf("\033[%sm%s\033[0m", code, text);
	else
		fputs(text, stdout);
}

static void
put_visible(const char *text)
{
	struct buf b = BUF_INIT;

	diag_visible(&b, text, strlen(text));
	fputs(buf_str(&b), stdout);
	buf_free(&b);
}

/* The columns that the widest of n words takes, in the language of who reads them. */
static size_t
widest(const char words[][LABEL_MAX], size_t n)
{
	size_t widest_yet = 0, width;

	for (size_t i = 0; i < n; i++) {
		width = columns_width(_(words[i]));
		if (width > widest_yet)
			widest_yet = width;
	}
	return widest_yet;
}

static void
put_column(const char *text, size_t width)
{
	struct buf b = BUF_INIT;

	columns_pad(&b, text, width);
	printf("%s ", buf_str(&b));
	buf_free(&b);
}

static void
put_label(enum label label)
{
	put_column(_(labels[label]), widest(labels, LABELS));
}

static void
put_line(enum label label, const char *text)
{
	put_label(label);
	put_visible(text[0] != '\0' ? text : "-");
	putchar('\n');
}

/* All addresses that count as the owner's; the reply comes from the one that was written to. */
static void
show_owner(const struct explain *v)
{
	struct envelope *e = &v->a->envelope;
	const struct address *which = envelope_addressed(e);
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < e->nown; i++) {
		buf_adds(&text, i > 0 ? ", " : "");
		address_format(&text, &e->own[i]);
		if (e->own[i].domain == NULL)
			buf_adds(&text, _("@(any domain)"));
	}
	put_line(OWNER, buf_str(&text));
	buf_reset(&text);
	if (which != NULL) {
		address_format(&text, which);
		put_line(WRITTEN_TO, buf_str(&text));
	}
	buf_free(&text);
}

static void
show_message(const struct explain *v)
{
	const struct answer *a = v->a;
	const struct envelope *e = &a->envelope;
	const char *id = message_value(a->message, "Message-ID");
	struct buf text = BUF_INIT;

	buf_adds(&text, e->state == SENDER_NULL ? "<>" : e->text != NULL ? e->text : "");
	if (e->source != NULL)
		buf_addf(&text, " (%s)", e->source);
	put_line(SENDER, buf_str(&text));
	buf_reset(&text);
	if (e->wrapping == ADDRESS_WRAPPED) {
		address_format(&text, &e->original);
		put_line(ORIGINAL, buf_str(&text));
		buf_reset(&text);
	}
	policy_subject(a->message, &text);
	put_line(SUBJECT, a->subject.len > 0 ? buf_str(&a->subject) : buf_str(&text));
	put_line(MESSAGE_ID, id != NULL ? id : "");
	show_owner(v);
	buf_free(&text);
}

static void
show_rule(const struct explain *v, const struct rule *r)
{
	struct buf value = BUF_INIT, word = BUF_INIT;
	enum verdict verdict = policy_test(r, &v->a->facts, &value);
	bool decides = v->a->outcome == OUTCOME_REFUSED && v->a->decision.rule == r;

	fputs(decides ? "> " : "  ", stdout);
	columns_pad(&word, _(verdicts[verdict]), widest(verdicts, COUNT(verdicts)));
	put(v, verdict == VERDICT_REFUSE ? "31" : verdict == VERDICT_PASS ? "32" : "33", buf_str(&word));
	if (value.len == 0 && verdict != VERDICT_PASS)
		buf_adds(&value, _(r->sentence));
	if (value.len > 0)
		printf(" %-*s ", EXPLAIN_ID_WIDTH, r->id);
	else
		printf(" %s", r->id);
	put_visible(buf_str(&value));
	putchar('\n');
	buf_free(&word);
	buf_free(&value);
}

static void
add_time(const struct explain *v, struct buf *out, int64_t t)
{
	struct buf why = BUF_INIT;
	struct schedule *zone = schedule_new(v->a->settings->timezone, NULL, NULL, NULL, NULL, &why);
	struct tm tm;

	if (zone != NULL && schedule_local(zone, t, &tm)) {
		dates_add(out, i18n_language(), &tm, DATES_YEAR | DATES_TIME);
		schedule_format(zone, out, " (%Z)", t);
	}
	schedule_free(zone);
	buf_free(&why);
}

static void
show_answers(const struct explain *v)
{
	const struct vacation_db_info *seen = &v->a->seen;
	struct buf text = BUF_INIT, when = BUF_INIT;

	if (seen->last_answered == 0)
		buf_adds(&text, _("this sender was not answered before"));
	else {
		add_time(v, &when, seen->last_answered);
		buf_addf(&text, i18n_n("last answered %s, %lu answer in all", "last answered %s, %lu answers in all", seen->count),
		    buf_str(&when), (unsigned long)seen->count);
	}
	put_line(TABLE, buf_str(&text));
	buf_free(&text);
	buf_free(&when);
}

static void
show_table(const struct explain *v)
{
	const struct vacation_db_info *seen = &v->a->seen;
	struct buf text = BUF_INIT;

	if (v->a->table == NULL) {
		put_line(TABLE, _("not looked at"));
		return;
	}
	show_answers(v);
	if (seen->next == INT64_MAX)
		buf_adds(&text, _("never again"));
	else if (seen->next <= v->a->now)
		buf_adds(&text, v->due ? _("now") : _("as soon as nothing else is in the way"));
	else
		add_time(v, &text, seen->next);
	put_line(NEXT_ANSWER, buf_str(&text));
	buf_free(&text);
}

void
explain_decision(const struct explain *v, struct buf *out)
{
	const struct answer *a = v->a;

	if (v->due)
		buf_adds(out, _("a reply goes out"));
	else
		buf_addf(out, _("no reply: %s"), _(a->outcome == OUTCOME_REFUSED ? a->decision.rule->sentence :
		    outcome_row(a->outcome)->sentence));
}

static bool
is_blank_below_header(const char *reply)
{
	const char *body = strstr(reply, "\n\n");

	return body != NULL && body[strspn(body, " \t\r\n")] == '\0';
}

size_t
explain_unset(const struct explain *v, const struct answer_dated *found[ANSWER_DATED_MAX])
{
	const struct settings *s = v->a->settings;
	struct buf text = BUF_INIT;
	size_t n;

	buf_add(&text, buf_str(&v->a->template_text), v->a->template_text.len);
	buf_addf(&text, "\n%s\n%s", s->subject != NULL ? s->subject : "", s->from != NULL ? s->from : "");
	n = answer_unset_dates(s, buf_str(&text), text.len, found);
	buf_free(&text);
	return n;
}

static void
show_unset(const struct explain *v)
{
	const struct answer_dated *found[ANSWER_DATED_MAX];
	struct buf text = BUF_INIT;
	size_t n = explain_unset(v, found);

	for (size_t i = 0; i < n; i++) {
		buf_reset(&text);
		buf_addf(&text, _("the reply shows $%s, but the setting %s has no value: nothing stands in its place"),
		    found[i]->variable, found[i]->setting);
		put_line(HINT, buf_str(&text));
	}
	buf_free(&text);
}

static void
show_hints(const struct explain *v)
{
	const struct answer *a = v->a;

	if (a->outcome == OUTCOME_REFUSED && a->decision.rule->test == TEST_NOT_ADDRESSED && !a->envelope.recipient_known)
		put_line(HINT, _("the mail server may tell backsoon an address that is not in this message: try --recipient ADDR"));
	if (v->reply.len > 0 && is_blank_below_header(buf_str(&v->reply)))
		put_line(HINT, _("the reply has no text: is the blank line below the message file's header missing?"));
	show_unset(v);
}

static void
show_decision(const struct explain *v)
{
	const struct answer *a = v->a;
	struct buf text = BUF_INIT;

	explain_decision(v, &text);
	put_label(DECISION);
	put(v, v->due ? "1;32" : "1;31", buf_str(&text));
	if (a->outcome == OUTCOME_REFUSED) {
		buf_reset(&text);
		diag_visible(&text, buf_str(&a->decision.value), a->decision.value.len);
		putchar(' ');
		if (text.len > 0)
			printf(_("(rule %s: %s)"), a->decision.rule->id, buf_str(&text));
		else
			printf(_("(rule %s)"), a->decision.rule->id);
	}
	putchar('\n');
	if (a->why.len > 0)
		put_line(a->outcome == OUTCOME_REFUSED ? BESIDES : TROUBLE, buf_str(&a->why));
	show_hints(v);
	buf_reset(&text);
	explain_audience(a, &text);
	if (text.len > 0)
		put_line(TEXT, buf_str(&text));
	show_table(v);
	buf_free(&text);
}

static void
show_reply(const struct explain *v)
{
	if (v->reply.len == 0)
		return;
	printf("\n%s\n\n", v->due ? _("The reply that goes out (shown decoded)") :
	    _("The reply that would go out otherwise (shown decoded)"));
	reply_show(&v->reply, true);
}

void
explain_text(const struct explain *v)
{
	size_t i;

	show_message(v);
	putchar('\n');
	show_decision(v);
	putchar('\n');
	for (i = 0; i < rules_count; i++)
		show_rule(v, &rules[i]);
	show_reply(v);
}
