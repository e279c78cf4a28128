/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attached - HTML text, attached files and pictures, looked at
 *
 * For `status' and `check', and for `on' before it writes them into the
 * settings.  Each file is looked at, so that all that is wrong is said at
 * once; the size of all together is asked before they are read.
 *
 * Failures: memory, which the buffers and findings remember.
 */
#include "attached.h"

#include <errno.h>
#include <string.h>

#include "../attach.h"
#include "../draft.h"
#include "../i18n.h"
#include "../reply.h"
#include "../template.h"

/* false: one of them cannot be had, or all are too large. */
static bool
measure(struct findings *f, const struct home *h, const struct settings *o)
{
	struct buf why = BUF_INIT, have = BUF_INIT, allowed = BUF_INIT;
	uint64_t total = 0, size = 0;
	bool good = true;
	size_t i;

	for (i = 0; i < o->attach.n; i++) {
		buf_reset(&why);
		if (attach_measure(h, o->attach.item[i], &size, &why))
			total += size;
		else {
			findings_add(f, "attach", buf_str(&why), NULL);
			good = false;
		}
	}
	if (total > o->max_attachments) {
		attach_put_size(&have, total);
		attach_put_size(&allowed, o->max_attachments);
		findings_add(f, "attach-size", buf_str(&have), buf_str(&allowed));
		good = false;
	}
	buf_free(&why);
	buf_free(&have);
	buf_free(&allowed);
	return good;
}

static bool
read_html(struct findings *f, const struct home *h, const char *file, struct buf *html)
{
	struct buf why = BUF_INIT;

	if (!home_read_file(h, file, REPLY_TEMPLATE_MAX, html, &why)) {
		if (errno == ENOENT)
			buf_addf(&why, _("%s: there is no such file"), file);
	} else if (html->len == 0)
		buf_addf(&why, _("%s is empty"), file);
	if (why.len > 0)
		findings_add(f, "html", buf_str(&why), NULL);
	else if (!template_is_text(buf_str(html), html->len))	/* a document of a word processor's, or a picture */
		findings_add(f, "html-no-text", file, NULL);
	buf_free(&why);
	return html->len > 0;
}

/* A message file that is HTML itself; a draft, or one of several parts, brings its pictures along. */
static bool
read_message(const struct home *h, const char *file, struct buf *text)
{
	struct buf why = BUF_INIT;
	bool html = !draft_is(file) && home_read_file(h, file, REPLY_TEMPLATE_MAX, text, &why) && strcasestr(buf_str(text), "text/html") != NULL &&
	    strcasestr(buf_str(text), "multipart/") == NULL;

	buf_free(&why);
	return html;
}

static void
find_pictures(struct findings *f, struct attachments *a, const struct home *h, const struct settings *o, uint64_t max)
{
	const char *file = o->html != NULL ? o->html : o->message, *line, *end;
	struct buf html = BUF_INIT, why = BUF_INIT, name = BUF_INIT;
	bool there = o->html != NULL ? read_html(f, h, file, &html) : read_message(h, file, &html);

	if (there && !attach_inline(a, h, buf_str(&html), html.len, file, max, &why))
		findings_add(f, "attach", buf_str(&why), NULL);
	for (line = buf_str(&a->missing); *line != '\0'; line = end + 1) {
		end = strchrnul(line, '\n');
		buf_reset(&name);
		buf_add(&name, line, (size_t)(end - line));
		findings_add(f, "cid", file, buf_str(&name));
		if (*end == '\0')
			break;
	}
	buf_free(&html);
	buf_free(&why);
	buf_free(&name);
}

void
attached_find(struct findings *f, const struct home *h, const struct settings *o, struct attached *found)
{
	struct attachments a = ATTACHMENTS_INIT;
	bool good = measure(f, h, o);
	/* What is wrong with a file is said once; those that are left are looked at all the same. */
	uint64_t max = good ? o->max_attachments : SETTINGS_ATTACHMENTS_MAX;
	struct buf why = BUF_INIT;
	size_t i;

	for (i = 0; i < o->attach.n; i++) {
		const struct setting_list one = { &o->attach.item[i], 1 };

		buf_reset(&why);
		if (!attach_open(&a, h, &one, max, &why) && good)
			findings_add(f, "attach", buf_str(&why), NULL);
	}
	find_pictures(f, &a, h, o, max);
	for (i = 0; i < a.n; i++)
		if (attach_is_refused(a.item[i].name))
			findings_add(f, "attach-type", a.item[i].name, NULL);
	*found = (struct attached){ a.n, a.total };
	attach_free(&a);
	buf_free(&why);
}
