/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply_show - the reply as its reader will see it
 *
 * Composed by the procedure itself, up to the point where it would write or
 * send something; then decoded.  What comes from a message is made visible
 * before it is shown, because a terminal obeys what it is sent.
 */
#include "reply_show.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../deadline.h"
#include "../diag.h"
#include "../html_text.h"
#include "../i18n.h"
#include "../mime.h"
#include "../mime_tree.h"
#include "../text.h"

#define SHOWN_MAX ((size_t)1024 * 1024)	/* bytes of the text */

static void
put_indented(const char *text, size_t len)
{
	const char *end = text + len, *eol;
	struct buf line = BUF_INIT;

	for (; text < end; text = eol + 1) {
		eol = memchr(text, '\n', (size_t)(end - text));
		if (eol == NULL)
			eol = end;
		buf_reset(&line);
		/* base64 keeps the line ends of mail. */
		diag_visible(&line, text, (size_t)(eol - text) - (eol > text && eol[-1] == '\r'));
		printf("    %s\n", buf_str(&line));
	}
	buf_free(&line);
}

/* Whether a mail program shows the field that begins there to its user. */
static bool
is_shown(const char *line)
{
	static const char fields[][16] = { "From:", "To:", "Subject:", "Date:" };
	size_t i;

	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (text_begins(line, fields[i]))
			return true;
	return false;
}

static void
put_head(const struct buf *head, bool whole)
{
	const char *line = buf_str(head), *end;
	bool shown = false;

	for (; *line != '\0'; line = *end == '\0' ? end : end + 1) {
		end = strchrnul(line, '\n');
		if (*line != ' ' && *line != '\t')
			shown = whole || end == line || is_shown(line);
		if (shown)
			put_indented(line, (size_t)(end - line) + (*end == '\n'));
	}
}

static bool
convert_word(void *ctx, const char *charset, const char *bytes, size_t len, struct buf *out)
{
	return mime_to_utf8(ctx, out, charset, bytes, len);
}

/* A part that is not read here: its name where it has one, what it is, and how large the file is. */
static void
put_other_part(const struct mime_part *p, struct mime *m)
{
	struct buf name = BUF_INIT, encoding = BUF_INIT, bytes = BUF_INIT, line = BUF_INIT, clean = BUF_INIT;

	mime_part_field(p, "Content-Transfer-Encoding", &encoding);
	if (!mime_decode_body(&bytes, buf_str(&encoding), p->body, p->body_len))
		buf_add(&bytes, p->body, p->body_len);
	if (mime_part_name(p, m, &name) && name.len > 0)
		buf_addf(&line, _("[%s, %s, %zu bytes]"), buf_str(&name), p->type, bytes.len);
	else
		buf_addf(&line, _("[%s, %zu bytes]"), p->type, bytes.len);
	diag_visible(&clean, buf_str(&line), line.len);
	printf("    %s\n", buf_str(&clean));
	buf_free(&name);
	buf_free(&encoding);
	buf_free(&bytes);
	buf_free(&line);
	buf_free(&clean);
}

static void
put_body(const struct mime_tree *tree, struct mime *m)
{
	const struct mime_part *shown = mime_tree_text(tree, "text/plain");
	struct buf text = BUF_INIT, html = BUF_INIT;

	mime_tree_expect(tree, m);
	if (shown != NULL)
		mime_part_text(shown, m, &text, SHOWN_MAX);
	else if ((shown = mime_tree_text(tree, "text/html")) != NULL) {
		mime_part_text(shown, m, &html, SHOWN_MAX);
		html_to_text(&text, buf_str(&html), html.len, 0, SHOWN_MAX);
	}
	put_indented(buf_str(&text), text.len);
	for (size_t i = 0; i < tree->n; i++) {
		const struct mime_part *p = &tree->part[i];

		if (p != shown && !text_begins(p->type, "multipart/"))
			put_other_part(p, m);
	}
	buf_free(&text);
	buf_free(&html);
}

void
reply_show(const struct buf *whole, bool all_fields)
{
	const char *reply = buf_str(whole), *body = strstr(reply, "\n\n");
	struct buf head = BUF_INIT;
	struct mime_tree tree;
	struct mime *m = mime_new();

	if (m == NULL || body == NULL || !mime_tree_read(&tree, reply, whole->len)) {
		mime_free(m);
		return;
	}
	mime_expect_charsets(m, reply, (size_t)(body - reply));
	text_decode_words(&head, reply, (size_t)(body + 2 - reply), convert_word, m);
	put_head(&head, all_fields);
	put_body(&tree, m);
	mime_tree_free(&tree);
	mime_free(m);
	buf_free(&head);
}

bool
reply_take(struct answer *a, struct buf *out)
{
	char chunk[8192];
	ssize_t got;
	int fd = -1;

	if (!answer_rehearse(a, &fd))
		return false;
	while ((got = read(fd, chunk, sizeof chunk)) > 0)
		buf_add(out, chunk, (size_t)got);
	close(fd);
	return !out->failed;
}

/* The sample says all that a reply needs; the mail server's environment is not asked. */
static const char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static bool
read_sample(struct message *m, const char *sample, const struct settings *s)
{
	struct buf text = BUF_INIT;
	bool good = false;
	int ends[2];

	if (sample != NULL)
		buf_adds(&text, sample);
	else
		buf_addf(&text, "Return-Path: <erika@example.com>\nFrom: Erika Example <erika@example.com>\nTo: %s\n"
		    "Subject: Lunch on Friday?\nMessage-ID: <sample@example.com>\n\nShall we?\n",
		    s->alias.n > 0 ? s->alias.item[0] : "undisclosed-recipients:;");
	if (text.failed || text.len > REHEARSAL_SAMPLE_MAX || pipe2(ends, O_CLOEXEC) == -1) {
		buf_free(&text);
		return false;
	}
	good = write(ends[1], buf_str(&text), text.len) == (ssize_t)text.len;
	close(ends[1]);
	good = message_read(m, ends[0], text.len) && good;
	close(ends[0]);
	buf_free(&text);
	if (!good)
		message_free(m);
	return good;
}

bool
rehearse(const struct load *l, struct settings *s, const char *message_file, const char *sample, struct rehearsal *r, struct buf *why)
{
	struct settings with = *s;
	struct message m;
	struct answer a;
	bool good = false;

	if (!read_sample(&m, sample, s)) {
		buf_adds(why, _("the sample message could not be read"));
		return false;
	}
	with.message = message_file;
	answer_init(&a);
	a.settings = &with;
	a.message = &m;
	a.home = &l->home;
	a.env = no_environment;
	a.now = l->now;
	a.explaining = true;
	a.deadline = deadline_clock() + s->time_limit * 1000;
	answer_prepare(&a);
	if (a.outcome == OUTCOME_ANSWERED || a.outcome == OUTCOME_REFUSED)
		good = reply_take(&a, &r->reply);
	if (!good && a.outcome == OUTCOME_SENDMAIL_MISSING)
		buf_addf(why, _("there is no sendmail program to hand it to: %s; name it with --sendmail"), buf_str(&a.why));
	else if (!good)
		buf_addf(why, "%s: %s", _(outcome_row(a.outcome)->sentence), buf_str(&a.why));
	buf_adds(&r->owner, buf_str(&a.from_address));
	answer_free(&a);
	message_free(&m);
	return good;
}

void
rehearsal_free(struct rehearsal *r)
{
	buf_free(&r->reply);
	buf_free(&r->owner);
}
