/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_audience - which of the owner's texts this sender gets, and why
 *
 * Also which ones would have come first, had their files been usable.
 *
 * Failures: memory, which leaves the text incomplete.
 */
#include "explain.h"

#include <string.h>

#include "../i18n.h"

static void
next(struct buf *out, size_t begin)
{
	if (out->len > begin)
		buf_adds(out, "; ");
}

void
explain_reasons(const struct audience *a, const struct audience_choice *c, const struct settings *s, struct buf *out)
{
	size_t begin = out->len;

	if (c->alias != NULL)
		buf_addf(out, _("it was written to %s"), c->alias);
	if (c->internal) {
		next(out, begin);
		buf_addf(out, a->by_from ? _("From is in %s (internal-domain)") : _("the sender is in %s (internal-domain)"), a->internal_by);
	}
	if (c->asked != NULL) {
		next(out, begin);
		buf_addf(out, _("%s asks for %.*s"), c->asked->field, (int)(c->asked->len < LANGTAG_MAX ? c->asked->len : LANGTAG_MAX),
		    c->asked->text);
	}
	if (out->len > begin)
		return;
	if (!audience_is_divided(s))
		buf_adds(out, _("it is for everybody"));
	else if (s->language == NULL && a->asked.n > 0)
		buf_adds(out, _("no other text fits; the setting language could tell what language it is in"));
	else
		buf_adds(out, _("no other text fits"));
}

void
explain_audience(const struct answer *a, struct buf *out)
{
	const struct audience_choice *c;
	struct buf why = BUF_INIT;

	if (a->text == NULL)
		return;
	explain_reasons(&a->audience, a->text, a->settings, &why);
	buf_addf(out, "%s = %s (%s)", a->text->name, a->text->file, buf_str(&why));
	for (c = a->audience.choice; c < a->text; c++) {
		buf_adds(out, "; ");
		buf_addf(out, _("not usable: %s = %s"), c->name, c->file);
	}
	buf_free(&why);
}

void
explain_audience_json(struct json *j, const struct answer *a)
{
	struct buf because = BUF_INIT;
	const struct audience_choice *c;

	json_key(j, "text");
	if (a->text == NULL) {
		json_null(j);
		return;
	}
	explain_reasons(&a->audience, a->text, a->settings, &because);
	json_object_begin(j);
	json_put_string(j, "setting", a->text->name);
	json_put_string(j, "file", a->text->file);
	json_put_bool(j, "internal", a->text->internal);
	json_put_string(j, "alias", a->text->alias);
	json_put_string(j, "language", a->text->language);
	json_put_string(j, "because", buf_str(&because));
	json_key(j, "unusable");
	json_array_begin(j);
	for (c = a->audience.choice; c < a->text; c++)
		json_string(j, c->name);
	json_array_end(j);
	json_object_end(j);
	buf_free(&because);
}
