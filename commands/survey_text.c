/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey_text - the message file: what people will read
 *
 * It is read as the composer reads it, but here: it is the owner's own file.
 *
 * Failures: memory; a text that the composer cannot use is found by the rehearsal.
 */
#include <errno.h>
#include <string.h>

#include "../attach.h"
#include "../draft.h"
#include "../html_charset.h"
#include "../html_text.h"
#include "../reply_values.h"
#include "../template.h"
#include "../text.h"
#include "attached.h"
#include "survey_parts.h"

/* Those whose value is the owner's dates. */
static bool
is_without_value(const struct settings *o, const char *name)
{
	return (strcmp(name, "UNTIL") == 0 && o->until == NULL) || (strcmp(name, "FROM_DATE") == 0 && o->from_date == NULL);
}

static void
find_variable(struct survey *s, const struct variable *known, const char *name, size_t len)
{
	struct buf text = BUF_INIT;

	while (known->name != NULL && (strlen(known->name) != len || memcmp(known->name, name, len) != 0))
		known++;
	buf_add(&text, name, len);
	if (known->name == NULL)
		findings_add(&s->findings, "variable", s->load->settings.message, buf_str(&text));
	else if (is_without_value(&s->load->settings, known->name))
		findings_add(&s->findings, "variable-empty", s->load->settings.message, known->name);
	buf_free(&text);
}

/* $NAME and ${NAME}, as template_expand() takes them. */
static void
find_variables(struct survey *s, const struct variable *known, const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	const char *p = text;
	size_t len;

	while ((p = strchr(p, '$')) != NULL) {
		p++;
		if (*p == '$') {
			p++;
			continue;
		}
		if (*p == '{')
			p++;
		len = strspn(p, letters);
		if (len > 0)
			find_variable(s, known, p, len);
		p += len;
	}
}

static void
find_in_template(struct survey *s, const struct template *t)
{
	static const struct message none = { .kept = NULL };
	const struct request nothing = { .to = NULL };
	struct mime *m = mime_new();
	struct reply_values values;

	if (m != NULL && reply_values_set(&values, m, &nothing, &none)) {
		find_variables(s, values.table, buf_str(&s->subject));
		if (!draft_is(s->load->settings.message))
			find_variables(s, values.table, buf_str(&t->body));
		reply_values_free(&values);
	}
	mime_free(m);
}

static void
keep(struct survey *s, struct template *t)
{
	const char *subject = template_value(t, "Subject"), *wanted = s->load->settings.subject, *body = buf_str(&t->body);
	const char *file = s->load->settings.message;

	if (body[0] == '\0' && t->html.len > 0 && html_to_text(&t->body, buf_str(&t->html), t->html.len, 0, REPLY_TEMPLATE_MAX))
		body = buf_str(&t->body);
	if (wanted == NULL && subject != NULL && subject[strspn(subject, " \t")] == '\0')
		findings_add(&s->findings, "empty-subject", file, NULL);
	if (t->tree.n == 0 && s->load->settings.html == NULL && body[strspn(body, " \t\r\n")] == '\0')
		findings_add(&s->findings, "no-body", file, NULL);
	if (wanted != NULL)
		buf_adds(&s->subject, wanted);
	else if (subject != NULL)
		text_decode_words(&s->subject, subject + strspn(subject, " \t"), strlen(subject + strspn(subject, " \t")), NULL, NULL);
	buf_add(&s->body, body, t->body.len);
	find_in_template(s, t);
}

/* What the file is in, against what it says. */
static void
find_charset(struct survey *s, const struct template *t, const struct buf *bytes)
{
	const char *file = s->load->settings.message;

	if (t->misread)
		findings_add(&s->findings, "charset-wrong", file, buf_str(&t->charset));
	else if (t->charset.len == 0 && !text_utf8_valid(buf_str(bytes), bytes->len) && mime_guess_wide(buf_str(bytes), bytes->len) == NULL)
		findings_add(&s->findings, "charset", file, NULL);
}

static void
read_text(struct survey *s, const struct buf *bytes)
{
	struct mime *m = mime_new();
	struct template t;

	if (m != NULL) {
		mime_expect_charsets(m, buf_str(bytes), bytes->len);
		if (template_read(&t, m, buf_str(bytes), bytes->len, false) == CONFINE_OK)
			keep(s, &t);
		/* Each of several parts has its own. */
		if (t.tree.n == 0)
			find_charset(s, &t, bytes);
		template_free(&t);
	}
	mime_free(m);
}

/* A draft says itself what is missing. */
static bool
read_bytes(struct survey *s, const char *file, struct buf *bytes, struct draft_about *about, struct buf *why)
{
	if (draft_is(file))
		return draft_read(&s->load->home, file, REPLY_FILE_MAX, bytes, about, why);
	return home_read_file(&s->load->home, file, REPLY_FILE_MAX, bytes, why);
}

/* `imap:INBOX' may be the name of a file; there is none. */
static void
find_kind(struct survey *s, const char *file)
{
	if (!draft_is(file) && draft_looks_like(file))
		findings_add(&s->findings, "folder-kind", file, NULL);
}

/* The charset of the reply: one that cannot be opened is not written. */
static void
find_output(struct survey *s)
{
	const char *name = s->load->settings.charset;
	struct mime *m = mime_new();

	if (m != NULL && strcmp(name, SETTINGS_CHARSET_SENDER) != 0 && !mime_expect_output(m, name))
		findings_add(&s->findings, "charset-unknown", settings_where(&s->load->settings, "charset"), name);
	mime_free(m);
}

/* A text for some people only: whether it is one is seen when one of them writes, unless it is looked at here. */
static void
find_variant(struct survey *s, const char *where, const char *name, const char *file)
{
	struct buf bytes = BUF_INIT, why = BUF_INIT, setting = BUF_INIT;
	bool read = read_bytes(s, file, &bytes, NULL, &why);

	if (!read && errno == ENOENT && why.len == 0)
		buf_addf(&why, _("%s: there is no such file"), file);
	else if (read && bytes.len == 0)
		buf_addf(&why, _("%s is empty"), file);
	if (!read || bytes.len == 0) {
		buf_addf(&setting, "%s: %s", where, name);
		findings_add(&s->findings, "variant", buf_str(&setting), buf_str(&why));
		if (!read)
			find_kind(s, file);
	}
	buf_free(&bytes);
	buf_free(&why);
	buf_free(&setting);
}

static void
find_variants(struct survey *s)
{
	const struct settings *o = &s->load->settings;
	size_t i;

	for (i = 0; i < o->texts.n; i++)
		find_variant(s, o->texts.item[i].where, o->texts.item[i].name, o->texts.item[i].file);
	if (o->internal_message != NULL)
		find_variant(s, settings_where(o, "internal-message"), "internal-message", o->internal_message);
}

/* "the newest message of ~/Maildir/.Vacation (2026-05-30 10:11)" */
static void
describe_draft(struct survey *s)
{
	const char *folder = draft_folder(s->load->settings.message);
	struct buf *fact = &s->facts[AREA_TEXT];

	buf_addf(fact, _("the newest message of %s"), folder);
	if (s->draft.time == INT64_MIN)
		return;
	buf_adds(fact, " (");
	survey_time(s, fact, s->draft.time);
	buf_addc(fact, ')');
}

static void
take_text(struct survey *s, const struct buf *bytes)
{
	const char *file = s->load->settings.message;

	s->have_text = true;
	read_text(s, bytes);
	if (!draft_is(file)) {
		buf_addf(&s->facts[AREA_TEXT], _("%s, %zu bytes"), file, bytes->len);
		return;
	}
	describe_draft(s);
	if (s->draft.received)
		findings_add(&s->findings, "draft-received", draft_folder(file), NULL);
}

/* What people read where there is no other text. */
static void
take_html(struct survey *s)
{
	const char *file = s->load->settings.html;
	struct buf html = BUF_INIT, charset = BUF_INIT, why = BUF_INIT;
	struct mime *m = mime_new();

	if (m != NULL && file != NULL && home_read_file(&s->load->home, file, REPLY_TEMPLATE_MAX, &html, &why)) {
		html_charset(&charset, buf_str(&html), html.len);
		template_from_wide(&html);
		template_to_utf8(&html, m, buf_str(&charset));
		html_to_text(&s->body, buf_str(&html), html.len, 0, REPLY_TEMPLATE_MAX);
	}
	mime_free(m);
	buf_free(&html);
	buf_free(&charset);
	buf_free(&why);
}

static void
find_attached(struct survey *s)
{
	struct buf size = BUF_INIT;
	struct attached found;

	attached_find(&s->findings, &s->load->home, &s->load->settings, &found);
	if (found.files > 0 && s->have_text) {
		attach_put_size(&size, found.bytes);
		buf_addf(&s->facts[AREA_TEXT], i18n_n("; %lu file goes with it, %s", "; %lu files go with it, %s", found.files),
		    (unsigned long)found.files, buf_str(&size));
	}
	buf_free(&size);
}

void
survey_text(struct survey *s)
{
	const char *file = s->load->settings.message;
	struct buf bytes = BUF_INIT, why = BUF_INIT;

	s->draft.time = INT64_MIN;
	if (read_bytes(s, file, &bytes, &s->draft, &why)) {
		if (bytes.len > 0)
			take_text(s, &bytes);
	} else if (errno != ENOENT)
		findings_add(&s->findings, "text-unusable", buf_str(&why), NULL);
	else if (!draft_is(file) && s->load->settings.html != NULL)
		s->have_text = true;
	else {
		if (draft_is(file))
			findings_add(&s->findings, "no-draft", buf_str(&why), NULL);
		find_kind(s, file);
	}
	if (s->body.len == 0)
		take_html(s);
	find_variants(s);
	find_output(s);
	find_attached(s);
	buf_free(&bytes);
	buf_free(&why);
}
