/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * show - titles, texts and findings in the columns of a terminal
 *
 * Titles and sentences are translated, so nothing is as wide as it is in English:
 * all widths are measured (columns.h).
 */
#include "show.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../diag.h"
#include "../i18n.h"
#include "columns.h"

#define WORD_INDENT 4
#define COLOUR_MAX 8
#define PLAIN "\x1b[0m"

void
show_coloured(const struct screen *s, const char *code, const char *text)
{
	if (s->colour)
		buf_addf(s->out, "\x1b[%sm%s" PLAIN, code, text);
	else
		buf_adds(s->out, text);
}

void
show_words(const struct screen *s, const char *text, size_t at, size_t indent)
{
	struct buf word = BUF_INIT;
	size_t column = at, len, width;
	bool first = true;

	while (*text != '\0') {
		len = strcspn(text, " \n");
		buf_reset(&word);
		buf_add(&word, text, len);
		width = columns_width(buf_str(&word));
		if (!first && column + 1 + width > s->width) {
			buf_addf(s->out, "\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		if (!first && len > 0) {
			buf_addc(s->out, ' ');
			column++;
		}
		buf_add(s->out, text, len);
		column += width;
		first = first && len == 0;
		text += len;
		if (*text == '\n' && text[1] != '\0') {
			buf_addf(s->out, "\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		text += *text != '\0';
	}
	buf_addc(s->out, '\n');
	buf_free(&word);
}

/* An option with all that is in its brackets; in one that is wider than the room, only up to the next blank or bar. */
static size_t
usage_piece(const char *text, size_t room)
{
	size_t len;
	int depth = 0;

	for (len = 0; text[len] != '\0' && (text[len] != ' ' || depth > 0); len++)
		depth += text[len] == '[' ? 1 : text[len] == ']' ? -1 : 0;
	if (len > room) {
		len = strcspn(text, " |");
		len += text[len] == '|';
	}
	return len;
}

void
show_usage(const struct screen *s, const char *arguments, size_t at, size_t indent)
{
	size_t column = at, len;
	bool blank = true;

	while (*arguments != '\0') {
		len = usage_piece(arguments, s->width - indent);
		if (column > indent && column + blank + len > s->width) {
			buf_addf(s->out, "\n%*s", (int)indent, "");
			column = indent;
			blank = false;
		}
		buf_addf(s->out, "%s%.*s", blank ? " " : "", (int)len, arguments);
		column += blank + len;
		arguments += len;
		blank = *arguments == ' ';
		arguments += blank;
	}
	buf_addc(s->out, '\n');
}

static void
put_title(const struct screen *s, const char *title)
{
	columns_pad(s->out, title, SHOW_TITLE - 1);
	buf_addc(s->out, ' ');
}

void
show_line(const struct screen *s, const char *title, const char *text)
{
	put_title(s, title);
	show_words(s, text, SHOW_TITLE, SHOW_TITLE);
}

void
show_cut(const struct screen *s, const char *title, const char *text)
{
	put_title(s, title);
	columns_add(s->out, text, s->width - SHOW_TITLE);
	buf_addc(s->out, '\n');
}

const char *
show_grade_colour(enum finding_grade g)
{
	static const char colours[][COLOUR_MAX] = {
		[FINDING_NOTE] = "2", [FINDING_WARNING] = "33", [FINDING_OFF] = "33", [FINDING_BROKEN] = "1;31", [FINDING_DANGER] = "1;31",
	};

	return colours[g];
}

static void
put_indented(const struct screen *s, const struct buf *text)
{
	buf_addf(s->out, "%*s", WORD_INDENT, "");
	show_words(s, buf_str(text), WORD_INDENT, WORD_INDENT);
}

void
show_finding(const struct screen *s, const struct finding *f, bool why)
{
	/* Translators: between "warning" and what is warned of. */
	const char *grade = _(finding_grade_name(f->row->grade)), *colon = _(": ");
	struct buf text = BUF_INIT;

	show_coloured(s, show_grade_colour(f->row->grade), grade);
	buf_adds(s->out, colon);
	finding_what(&text, f);
	show_words(s, buf_str(&text), columns_width(grade) + columns_width(colon), WORD_INDENT);
	if (why) {
		buf_reset(&text);
		finding_why(&text, f);
		put_indented(s, &text);
	}
	buf_reset(&text);
	buf_adds(&text, "-> ");
	finding_mend(&text, f);
	put_indented(s, &text);
	s->out->failed |= text.failed;
	buf_free(&text);
}

int
show_flush(const struct buf *out)
{
	if (out->failed) {
		diag_error("%s", _("not enough memory"));
		return EX_OSERR;
	}
	if (fwrite(buf_str(out), 1, out->len, stdout) == out->len && fflush(stdout) == 0)
		return EX_OK;
	diag_error(_("writing: %s"), strerror(errno));
	return EX_IOERR;
}
