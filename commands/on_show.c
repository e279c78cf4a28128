/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * on_show - what `backsoon on' would do, and has done
 *
 * For people: each file with the lines that go in and out.  For programs:
 * one object, the same before and after.
 */
#include "on.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../diag.h"
#include "../i18n.h"
#include "../json.h"
#include "commands.h"
#include "probe.h"

#define LINES_SHOWN 16		/* of one file */
#define TIME_FORMAT "%Y-%m-%d %H:%M"
#define GREEN "32"
#define RED "31"

static bool
has_line(const struct buf *text, const char *line, size_t len)
{
	const char *s = buf_str(text), *eol;

	for (; *s != '\0'; s = *eol == '\0' ? eol : eol + 1) {
		eol = strchrnul(s, '\n');
		if ((size_t)(eol - s) == len && memcmp(s, line, len) == 0)
			return true;
	}
	return false;
}

static void
put_line(char sign, const char *code, const char *line, size_t len)
{
	struct buf b = BUF_INIT;
	bool colour = command_colour(STDOUT_FILENO);

	diag_visible(&b, line, len > 0 && line[len - 1] == '\r' ? len - 1 : len);
	if (colour)
		printf("    \033[%sm%c %s\033[0m\n", code, sign, buf_str(&b));
	else
		printf("    %c %s\n", sign, buf_str(&b));
	buf_free(&b);
}

/* Lines of one that the other does not have. */
static void
put_lines(char sign, const char *code, const struct buf *of, const struct buf *other)
{
	const char *s = buf_str(of), *eol;
	unsigned long n = 0;

	for (; *s != '\0'; s = *eol == '\0' ? eol : eol + 1) {
		eol = strchrnul(s, '\n');
		if (other->len > 0 && has_line(other, s, (size_t)(eol - s)))
			continue;
		if (n++ < LINES_SHOWN)
			put_line(sign, code, s, (size_t)(eol - s));
	}
	if (n > LINES_SHOWN)
		printf(i18n_n("    %c and %lu more line\n", "    %c and %lu more lines\n", n - LINES_SHOWN), sign, n - LINES_SHOWN);
}

static void
show_file(const char *name, bool there, const struct buf *before, const struct buf *after)
{
	if (there && before->len == after->len && memcmp(buf_str(before), buf_str(after), before->len) == 0)
		return;
	printf(there ? "  %s\n" : _("  %s (new)\n"), name);
	put_lines('-', RED, before, after);
	put_lines('+', GREEN, after, before);
}

/* Lines of somebody else's making, with one line break at the end. */
static void
put_text(const struct buf *text)
{
	size_t len = text->len;

	while (len > 0 && buf_str(text)[len - 1] == '\n')
		len--;
	if (len > 0)
		printf("%.*s\n", (int)len, buf_str(text));
}

static bool
puts_wiring(const struct on *on)
{
	return on->wiring.after.len > 0 && !on->wire_none;
}

void
on_show_changes(const struct on *on)
{
	puts("");
	if (!on_changes_something(on)) {
		puts(_("Nothing changes: all of it is there already."));
		return;
	}
	puts(_("This changes:"));
	show_file(on->message.name, on->message.there, &on->message.before, &on->message.after);
	show_file(on->conf.name, on->conf.there, &on->conf.before, &on->conf.after);
	if (puts_wiring(on))
		show_file(buf_str(&on->wiring.file), on->wiring.there, &on->wiring.before, &on->wiring.after);
	if (puts_wiring(on))
		put_text(&on->wiring.advice);
	if (on->stale)
		puts(_("The dates of an earlier absence, which is over, are taken out."));
}

static void
add_since(const struct on *on, struct buf *out)
{
	const struct settings *s = &on->settings;
	struct buf why = BUF_INIT;
	struct schedule *zone = schedule_new(s->timezone, NULL, NULL, NULL, NULL, &why);
	int64_t t;

	if (s->from_date != NULL)
		buf_adds(out, s->from_date);
	else if (zone != NULL && s->begun != NULL && schedule_instant(s->timezone, s->begun, &t, &why))
		schedule_format(zone, out, TIME_FORMAT, t);
	else
		buf_adds(out, "?");
	schedule_free(zone);
	buf_free(&why);
}

void
on_show_already(const struct on *on)
{
	struct buf since = BUF_INIT;

	add_since(on, &since);
	if (on->settings.until != NULL)
		printf(_("It is on already: from %s until %s. Nothing was changed.\n"), buf_str(&since), on->settings.until);
	else
		printf(_("It is on already, since %s, with no end. Nothing was changed.\n"), buf_str(&since));
	buf_free(&since);
	if (on->unwired && !on->wire_none)
		on_show_unwired(on);
}

static void
show_written(const struct on_file *f)
{
	if (on_is_same(f))
		printf(_("  %s stays as it is.\n"), f->name);
	else
		printf(f->there ? _("  %s is changed.\n") : _("  %s is new.\n"), f->name);
}

void
on_show_done(const struct on *on)
{
	struct buf since = BUF_INIT;

	add_since(on, &since);
	if (on->settings.until != NULL)
		printf(_("It is on: from %s until %s.\n"), buf_str(&since), on->settings.until);
	else
		printf(_("It is on, since %s, with no end.\n"), buf_str(&since));
	show_written(&on->message);
	show_written(&on->conf);
	if (puts_wiring(on))
		printf(_("  %s now has this line: %s\n"), buf_str(&on->wiring.file), buf_str(&on->wiring.line));
	else if (on->wiring.wired)
		printf(_("  %s brings the mail here already.\n"), buf_str(&on->wiring.file));
	puts(_("To come back: backsoon off"));
	buf_free(&since);
}

void
on_show_unwired(const struct on *on)
{
	puts("");
	put_text(&on->wiring.refusal);
	if (on->wiring.after.len > 0)
		printf(_("Messages come here when %s has this line: %s\n"), buf_str(&on->wiring.file), buf_str(&on->wiring.line));
	put_text(&on->wiring.advice);
}

static void
json_file(struct json *j, const struct on_file *f)
{
	json_object_begin(j);
	json_put_string(j, "file", f->name);
	json_put_string(j, "change", on_is_same(f) ? "none" : f->there ? "changed" : "created");
	json_put_string(j, "text", buf_str(&f->after));
	json_object_end(j);
}

static const char *
or_null(const struct buf *b)
{
	return b->len > 0 ? buf_str(b) : NULL;
}

static void
json_wiring(struct json *j, const struct on *on)
{
	const struct wiring_plan *w = &on->wiring;

	json_key(j, "wiring");
	json_object_begin(j);
	json_put_string(j, "kind", w->kind < WIRING_KINDS ? wiring_name(w->kind) : NULL);
	json_put_string(j, "file", or_null(&w->file));
	json_put_bool(j, "wired_before", w->wired);
	json_put_string(j, "change", !puts_wiring(on) ? "none" : w->there ? "changed" : "created");
	json_put_string(j, "line", or_null(&w->line));
	json_put_string(j, "refusal", or_null(&w->refusal));
	json_put_string(j, "advice", or_null(&w->advice));
	json_object_end(j);
}

static void
json_probe(struct json *j, const struct probe *p)
{
	json_key(j, "probe");
	if (p == NULL) {
		json_null(j);
		return;
	}
	json_object_begin(j);
	json_put_string(j, "address", or_null(&p->address));
	json_put_bool(j, "sent", p->sent);
	json_put_bool(j, "arrived", p->arrived);
	json_put_string(j, "rule", or_null(&p->rule));
	json_put_bool(j, "replied", p->replied);
	json_put_string(j, "trouble", or_null(&p->why));
	json_object_end(j);
}

void
on_json(const struct on *on, bool done, const struct probe *p)
{
	const struct settings *s = &on->settings;
	struct buf out = BUF_INIT;
	struct json j;

	json_init(&j, &out);
	json_object_begin(&j);
	json_put_bool(&j, "on", done || on->was_on);
	json_put_bool(&j, "was_on", on->was_on);
	json_put_bool(&j, "written", done && on_changes_something(on));
	json_put_string(&j, "begun", s->begun);
	json_put_string(&j, "from_date", s->from_date);
	json_put_string(&j, "until", s->until);
	json_key(&j, "files");
	json_array_begin(&j);
	json_file(&j, &on->message);
	json_file(&j, &on->conf);
	json_array_end(&j);
	json_wiring(&j, on);
	json_put_string(&j, "reply", or_null(&on->rehearsal.reply));
	json_probe(&j, p);
	json_object_end(&j);
	json_end(&j);
	fwrite(buf_str(&out), 1, out.len, stdout);
	buf_free(&out);
}
