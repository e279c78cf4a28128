/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer_content - what goes into a reply besides its text
 *
 * The composer can open nothing: the HTML file and the attachments are read
 * here, when a reply is due, and the time at which the original was written
 * becomes the owner's local time.
 *
 * Failures: a file that cannot be had is the end of this reply, as a missing
 * unusable text is (OUTCOME_MESSAGE_FILE).
 */
#include "answer_lookup.h"

#include <errno.h>
#include <string.h>

#include "quote.h"
#include "template.h"
#include "text.h"

static bool
unusable(struct answer *a, const char *setting, const struct buf *why)
{
	const char *where = settings_where(a->settings, setting);

	a->outcome = OUTCOME_MESSAGE_FILE;
	/* explain asks twice. */
	if (a->why.len > 0)
		return false;
	if (where != NULL)
		buf_addf(&a->why, "%s: ", where);
	buf_addf(&a->why, "%s: %s", setting, buf_str(why));
	return false;
}

/* It belongs to the text of everybody; a text for some has its own. */
static bool
has_html(const struct answer *a)
{
	return a->settings->html != NULL && (a->text == NULL || !a->text->own_head);
}

bool
answer_html(struct answer *a)
{
	const char *file = a->settings->html;
	struct buf why = BUF_INIT;
	bool good;

	if (!has_html(a) || a->html.len > 0)
		return true;
	good = home_read_file(a->home, file, REPLY_TEMPLATE_MAX, &a->html, &why);
	if (!good && errno == ENOENT)
		buf_addf(&why, "%s: there is no such file", file);
	if (good && !template_is_text(buf_str(&a->html), a->html.len)) {
		buf_addf(&why, "%s is no text", file);
		good = false;
	}
	if (!good)
		unusable(a, "html", &why);
	buf_free(&why);
	return good;
}

/* A message file that is HTML itself names its pictures too. */
static bool
is_html(const struct buf *template_text)
{
	size_t len = 0, blanks;
	const char *value = template_head_value(buf_str(template_text), template_text->len, "Content-Type", &len);

	if (value == NULL)
		return false;
	blanks = strspn(value, " \t");
	return blanks + 9 <= len && text_equal_n(value + blanks, 9, "text/html");
}

static bool
read_files(struct answer *a)
{
	const struct settings *s = a->settings;
	const struct buf *html = a->html.len > 0 ? &a->html : is_html(&a->template_text) ? &a->template_text : NULL;
	struct buf why = BUF_INIT;
	const char *setting = "attach";
	bool good = attach_open(&a->attachments, a->home, &s->attach, s->max_attachments, &why);

	if (good && html != NULL) {
		setting = html == &a->html ? "html" : a->text->name;
		good = attach_inline(&a->attachments, a->home, buf_str(html), html->len, html == &a->html ? s->html : a->text->file,
		    s->max_attachments, &why);
	}
	if (!good)
		unusable(a, setting, &why);
	buf_free(&why);
	return good;
}

static void
date_of_original(struct answer *a)
{
	const struct field *f = message_find(a->message, "Date", NULL);

	if (a->settings->quote == ORIGINAL_NONE || f == NULL || !quote_date(f->value, f->value_len, &a->original_when) ||
	    !schedule_local(a->schedule, a->original_when, &a->original_local))
		a->original_when = QUOTE_NO_TIME;
}

bool
answer_content(struct answer *a)
{
	date_of_original(a);
	return answer_html(a) && read_files(a);
}
