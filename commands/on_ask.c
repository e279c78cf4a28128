/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * on_ask - the questions of `backsoon on'
 *
 * Until when, from when, which subject, which addresses, which text.  What
 * Enter means is what would be so without a question.  An answer is held
 * against the same functions that read the settings later, so that nothing
 * wrong can get that far.
 *
 * Failures: Ctrl-C and the end of input end it; nothing was written then.
 */
#include "on.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../address.h"
#include "../conf_edit.h"
#include "../diag.h"
#include "../i18n.h"
#include "../reply.h"
#include "../text.h"
#include "ask.h"
#include "probe.h"

enum { ANSWER_UNTIL, ANSWER_FROM, ANSWER_SUBJECT, ANSWER_ALIAS, ANSWER_PROBE };

#define NOWHERE "none"

/* Without the setting's name before it: the question has said what is asked for. */
static void
explain_date(const struct buf *found, struct buf *why)
{
	struct buf text = BUF_INIT;
	const char *said;

	buf_adds(&text, buf_str(found));
	on_explain_dates(&text);
	said = buf_str(&text);
	buf_adds(why, text_begins(said, "until: ") || text_begins(said, "from-date: ") ? strstr(said, ": ") + 2 : said);
	buf_free(&text);
}

static bool
is_period(const struct on *on, const char *from_date, const char *until, struct buf *why)
{
	struct buf found = BUF_INIT;
	struct schedule *s = schedule_new(on->settings.timezone, from_date, until, NULL, NULL, &found);
	bool over = s != NULL && schedule_end(s) <= on->load.now;

	if (s == NULL)
		explain_date(&found, why);
	else if (over)
		buf_adds(why, _("That is over already."));
	schedule_free(s);
	buf_free(&found);
	return s != NULL && !over;
}

static bool
check_until(void *ctx, const char *answer, struct buf *why)
{
	return text_equal(answer, ON_NO_END) || is_period(ctx, NULL, answer, why);
}

static const char *
until_of(const struct on *on)
{
	const char *until = buf_str(&on->answers[ANSWER_UNTIL]);

	return text_equal(until, ON_NO_END) ? NULL : until;
}

static bool
check_from(void *ctx, const char *answer, struct buf *why)
{
	return text_equal(answer, ON_NOW) || is_period(ctx, answer, until_of(ctx), why);
}

static bool
check_subject(void *ctx, const char *answer, struct buf *why)
{
	struct buf trial = BUF_INIT;
	bool good = conf_edit_set(&trial, "subject", answer);

	(void)ctx;
	buf_free(&trial);
	if (!good)
		buf_adds(why, _("A subject cannot have both a quotation mark and a #."));
	return good;
}

static bool
is_address(const char *text, size_t len)
{
	struct address a = { NULL, NULL, NULL };
	bool good = address_parse(text, len, &a) && a.domain != NULL;

	address_free(&a);
	return good;
}

/* Each address of a list by commas. */
static bool
check_addresses(void *ctx, const char *answer, struct buf *why)
{
	const char *p = answer, *end;

	(void)ctx;
	for (; *p != '\0'; p = *end == '\0' ? end : end + 1) {
		end = strchrnul(p, ',');
		p += strspn(p, " ");
		if (p < end && !is_address(p, (size_t)(end - p) - (end[-1] == ' '))) {
			buf_addf(why, _("\"%.*s\" is not an address."), (int)(end - p), p);
			return false;
		}
	}
	return true;
}

/* The value of the Subject line at the top of the text. */
static void
subject_of(const struct buf *text, struct buf *out)
{
	const char *line = buf_str(text), *eol;

	for (; *line != '\0' && *line != '\n' && *line != '\r'; line = *eol == '\0' ? eol : eol + 1) {
		eol = strchrnul(line, '\n');
		if (!text_begins(line, "Subject:"))
			continue;
		line += strlen("Subject:");
		text_clean_line(out, line, (size_t)(eol - line), REPLY_VARIABLE_MAX);
		return;
	}
}

/* What the reply's subject will be when nobody says another. */
static void
present_subject(const struct on *on, struct buf *out)
{
	struct buf raw = BUF_INIT;

	if (on->settings.subject != NULL)
		buf_adds(out, on->settings.subject);
	else
		subject_of(&on->message.after, &raw);
	if (on_is_draft(on))
		text_decode_words(out, buf_str(&raw), raw.len, NULL, NULL);
	else
		buf_add(out, buf_str(&raw), raw.len);
	buf_free(&raw);
	if (out->len == 0)
		buf_adds(out, _("Away: $SUBJECT"));
}

static bool
ask_dates(struct on *on)
{
	const char *until = on->settings.until != NULL ? on->settings.until : ON_NO_END;
	const char *from = on->settings.from_date != NULL ? on->settings.from_date : ON_NOW;
	struct buf *answer = &on->answers[ANSWER_UNTIL];

	if (!ask_line(_("Until when are you away? The last day, as 2027-01-03, or a time, as 2027-01-03 14:00; or none."),
	    on->settings.until == NULL ? _("no end") : NULL, until, check_until, on, answer))
		return false;
	if (!on_change(on, "until", until_of(on)))
		return false;
	answer = &on->answers[ANSWER_FROM];
	if (!ask_line(_("From when? The first day, as 2026-12-19, or a time, as 2026-12-19 14:00; or now."),
	    on->settings.from_date == NULL ? _("now") : NULL, from, check_from, on, answer))
		return false;
	return on_change(on, "from-date", text_equal(buf_str(answer), ON_NOW) ? NULL : buf_str(answer));
}

static bool
ask_subject(struct on *on)
{
	struct buf *answer = &on->answers[ANSWER_SUBJECT], present = BUF_INIT;
	bool good;

	present_subject(on, &present);
	good = ask_line(_("The subject of the reply? One line; $SUBJECT stands for the subject of the mail that is answered."),
	    NULL, buf_str(&present), check_subject, on, answer);
	if (good && !on->new_text && strcmp(buf_str(answer), buf_str(&present)) != 0)
		good = on_change(on, "subject", buf_str(answer));
	if (good && on->new_text)
		on_suggest(until_of(on) != NULL, buf_str(answer), &on->message.after);
	buf_free(&present);
	return good;
}

/* The answer is cut into its addresses in place. */
static bool
take_addresses(struct on *on, struct buf *answer)
{
	char *p = answer->data, *end;

	while (p != NULL) {
		p += strspn(p, " ");
		end = strchr(p, ',');
		if (end != NULL)
			*end++ = '\0';
		if (*p != '\0' && p[strlen(p) - 1] == ' ')
			p[strlen(p) - 1] = '\0';
		if (*p != '\0' && !on_change(on, "alias", p))
			return false;
		p = end;
	}
	return true;
}

static bool
ask_addresses(struct on *on)
{
	struct buf *answer = &on->answers[ANSWER_ALIAS], question = BUF_INIT, known = BUF_INIT;
	size_t i;
	bool good;

	buf_adds(&question, _("Other addresses of yours that mail comes to? As me@example.org, sales@example.org."));
	for (i = 0; i < on->settings.alias.n; i++)
		buf_addf(&known, "%s%s", i > 0 ? ", " : "", on->settings.alias.item[i]);
	if (known.len > 0) {
		buf_addc(&question, '\n');
		buf_addf(&question, _("Known already: %s"), buf_str(&known));
	}
	good = ask_line(buf_str(&question), on->settings.alias.n > 0 ? _("no more") : _("none"), "", check_addresses, on, answer) &&
	    take_addresses(on, answer);
	buf_free(&question);
	buf_free(&known);
	return good;
}

int
on_ask(struct on *on)
{
	ask_say(_("A few questions. Enter takes what is in brackets; Ctrl-C leaves everything as it is."));
	if (ask_dates(on) && ask_subject(on) && ask_addresses(on))
		return EX_OK;
	return ask_stopped() ? ON_INTERRUPTED : EX_OSERR;
}

static bool
check_probe(void *ctx, const char *answer, struct buf *why)
{
	bool good = text_equal(answer, NOWHERE) || probe_is_own(ctx, answer);

	if (!good)
		buf_addf(why, _("\"%s\" is not one of your addresses."), answer);
	return good;
}

bool
on_ask_probe(struct on *on, bool *yes)
{
	struct buf *answer = &on->answers[ANSWER_PROBE];

	*yes = true;
	if (probe_find_address(on))
		return true;
	if (!ask_line(_("To which of your addresses shall it go? Whoever reads mail to that address gets it."), _("none"), NOWHERE,
	    check_probe, on, answer))
		return false;
	*yes = !text_equal(buf_str(answer), NOWHERE);
	on->probe_to = buf_str(answer);
	return true;
}

static bool
is_empty(const struct buf *text)
{
	const char *s = buf_str(text);

	return s[strspn(s, " \t\r\n")] == '\0';
}

/* Where there is no editor, or it fails. */
static int
type_text(struct on *on)
{
	struct buf typed = BUF_INIT, subject = BUF_INIT;
	bool good;

	puts(_("This is the text as it is:"));
	puts("");
	fputs(buf_str(&on->message.after), stdout);
	puts("");
	ask_say(_("Type another one, and end it with a line that has only a dot. The dot alone keeps the text."));
	good = ask_text(&typed);
	if (good && !is_empty(&typed)) {
		subject_of(&on->message.after, &subject);
		buf_reset(&on->message.after);
		buf_addf(&on->message.after, "Subject: %s\n\n%s", subject.len > 0 ? buf_str(&subject) : _("Away: $SUBJECT"), buf_str(&typed));
	}
	buf_free(&typed);
	buf_free(&subject);
	if (!good)
		return ask_stopped() ? ON_INTERRUPTED : EX_OSERR;
	return EX_OK;
}

/* false: there is no editor, or it failed, and this was said. */
static bool
edit_once(struct on *on)
{
	struct buf why = BUF_INIT, text = BUF_INIT;
	bool good = scratch_write(&on->scratch, &on->message.after, &why) && editor_run(buf_str(&on->scratch.file), &why) && !ask_stopped() &&
	    scratch_read(&on->scratch, REPLY_TEMPLATE_MAX, &text, &why);

	if (good) {
		buf_reset(&on->message.after);
		buf_add(&on->message.after, buf_str(&text), text.len);
	} else
		printf("%s\n", buf_str(&why));
	buf_free(&why);
	buf_free(&text);
	return good;
}

int
on_edit(struct on *on)
{
	struct buf mem = BUF_INIT;
	const char *name = editor_name(&mem);
	bool yes, good;

	puts("");
	if (name != NULL)
		printf(_("Now the text, %s: it opens in %s.\n"), on->message.name, name);
	buf_free(&mem);
	for (;;) {
		fflush(stdout);
		good = edit_once(on);
		if (ask_stopped()) {
			on_rescue(on);
			return ON_INTERRUPTED;
		}
		if (!good)
			return type_text(on);
		if (!is_empty(&on->message.after))
			return EX_OK;
		if (!ask_yes(_("The text is empty. Edit it again?"), true, &yes) || !yes)
			return ON_INTERRUPTED;
	}
}
