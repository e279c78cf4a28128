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

#include "../reply_values.h"
#include "../template.h"
#include "../text.h"
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
	static const struct message none = { .spool = -1 };
	const struct request nothing = { .to = NULL };
	struct mime *m = mime_new();
	struct reply_values values;

	if (m != NULL && reply_values_set(&values, m, &nothing, &none)) {
		find_variables(s, values.table, buf_str(&s->subject));
		find_variables(s, values.table, buf_str(&t->body));
		reply_values_free(&values);
	}
	mime_free(m);
}

static void
keep(struct survey *s, const struct template *t)
{
	const char *subject = template_value(t, "Subject"), *wanted = s->load->settings.subject, *body = buf_str(&t->body);
	const char *file = s->load->settings.message;

	if (wanted == NULL && subject != NULL && subject[strspn(subject, " \t")] == '\0')
		findings_add(&s->findings, "empty-subject", file, NULL);
	if (body[strspn(body, " \t\r\n")] == '\0')
		findings_add(&s->findings, "no-body", file, NULL);
	if (wanted != NULL)
		buf_adds(&s->subject, wanted);
	else if (subject != NULL)
		text_decode_words(&s->subject, subject + strspn(subject, " \t"), strlen(subject + strspn(subject, " \t")), NULL, NULL);
	buf_add(&s->body, body, t->body.len);
	find_in_template(s, t);
}

static void
read_text(struct survey *s, const struct buf *bytes)
{
	struct mime *m = mime_new();
	struct template t;

	if (m != NULL) {
		mime_expect_charsets(m, buf_str(bytes), bytes->len);
		if (template_read(&t, m, buf_str(bytes), bytes->len) == CONFINE_OK)
			keep(s, &t);
		if (!text_utf8_valid(buf_str(bytes), bytes->len) && strcasestr(buf_str(bytes), "charset=") == NULL)
			findings_add(&s->findings, "charset", s->load->settings.message, NULL);
		template_free(&t);
	}
	mime_free(m);
}

/* A text for some people only: whether it is one is seen when one of them writes, unless it is looked at here. */
static void
find_variant(struct survey *s, const char *where, const char *name, const char *file)
{
	struct buf bytes = BUF_INIT, why = BUF_INIT, setting = BUF_INIT;
	bool read = home_read_file(&s->load->home, file, REPLY_TEMPLATE_MAX, &bytes, &why);

	if (!read && errno == ENOENT)
		buf_addf(&why, _("%s: there is no such file"), file);
	else if (read && bytes.len == 0)
		buf_addf(&why, _("%s is empty"), file);
	if (!read || bytes.len == 0) {
		buf_addf(&setting, "%s: %s", where, name);
		findings_add(&s->findings, "variant", buf_str(&setting), buf_str(&why));
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

void
survey_text(struct survey *s)
{
	const char *file = s->load->settings.message;
	struct buf bytes = BUF_INIT, why = BUF_INIT;

	if (!home_read_file(&s->load->home, file, REPLY_TEMPLATE_MAX, &bytes, &why) && errno != ENOENT)
		findings_add(&s->findings, "text-unusable", buf_str(&why), NULL);
	else if (bytes.len > 0) {
		s->have_text = true;
		read_text(s, &bytes);
		buf_addf(&s->facts[AREA_TEXT], _("%s, %zu bytes"), file, bytes.len);
	}
	find_variants(s);
	buf_free(&bytes);
	buf_free(&why);
}
