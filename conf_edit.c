/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf_edit - one setting of a settings file, the rest to the byte
 *
 * The file is the owner's: people keep notes in it.  So nothing is parsed and
 * written anew; the one line is found, and the bytes of its value replaced.
 * A file with CRLF gets its new lines with CRLF.
 *
 * Failures: memory (the buffer's), and values that no line can hold.
 * Limits: none of its own; the file's size is SETTINGS_FILE_MAX.
 */
#include "conf_edit.h"

#include <string.h>

#include "text.h"

#define BLANKS " \t"
#define BOM "\xef\xbb\xbf"

/* Where the parts of a line stand in the text. */
struct line {
	size_t begin, end;		/* end: behind the line break */
	size_t value, value_end;	/* without the blanks around it; quotes are a part of it */
};

static size_t
skip_blanks(const char *s, size_t from, size_t to)
{
	while (from < to && strchr(BLANKS, s[from]) != NULL && s[from] != '\0')
		from++;
	return from;
}

static size_t
drop_blanks(const char *s, size_t from, size_t to)
{
	while (to > from && (s[to - 1] == ' ' || s[to - 1] == '\t' || s[to - 1] == '\r'))
		to--;
	return to;
}

/* Where a comment behind a value begins; `to' when there is none.  As settings.c sees it. */
static size_t
comment_at(const char *s, size_t from, size_t to)
{
	bool quoted = false;
	size_t i;

	for (i = from; i < to; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == '#' && !quoted && i > 0 && (s[i - 1] == ' ' || s[i - 1] == '\t') &&
		    (i + 1 == to || s[i + 1] == ' ' || s[i + 1] == '\t' || s[i + 1] == '\r'))
			return i;
	}
	return to;
}

/* Whether the line that begins there sets `name'; l gets its parts. */
static bool
is_line_of(const struct buf *text, size_t begin, const char *name, struct line *l)
{
	const char *s = buf_str(text), *eol = memchr(s + begin, '\n', text->len - begin), *equals;
	size_t stop = eol != NULL ? (size_t)(eol - s) : text->len, at = begin;

	l->begin = begin;
	l->end = eol != NULL ? stop + 1 : stop;
	if (begin == 0 && text->len >= strlen(BOM) && memcmp(s, BOM, strlen(BOM)) == 0)
		at += strlen(BOM);
	at = skip_blanks(s, at, stop);
	equals = memchr(s + at, '=', stop - at);
	if (equals == NULL || s[at] == '#')
		return false;
	if (!text_equal_n(s + at, drop_blanks(s, at, (size_t)(equals - s)) - at, name))
		return false;
	l->value = skip_blanks(s, (size_t)(equals - s) + 1, stop);
	l->value_end = drop_blanks(s, l->value, comment_at(s, (size_t)(equals - s) + 1, stop));
	return true;
}

/* The last line of the name. */
static bool
find_last(const struct buf *text, const char *name, struct line *found)
{
	struct line l;
	size_t at;
	bool any = false;

	for (at = 0; at < text->len; at = l.end)
		if (is_line_of(text, at, name, &l)) {
			*found = l;
			any = true;
		}
	return any;
}

/* Puts `with' in the place of the bytes from..to. */
static void
replace(struct buf *text, size_t from, size_t to, const char *with, size_t len)
{
	struct buf tail = BUF_INIT;

	buf_add(&tail, buf_str(text) + to, text->len - to);
	buf_truncate(text, from);
	buf_add(text, with, len);
	buf_add(text, buf_str(&tail), tail.len);
	text->failed |= tail.failed;
	buf_free(&tail);
}

/* The value as it must be written: in quotes where it would lose something without them. */
static bool
spell(struct buf *out, const char *value)
{
	size_t len = strlen(value);
	bool comment = comment_at(value, 0, len) != len || value[0] == '#';
	bool edge = len == 0 || strchr(BLANKS, value[0]) != NULL || strchr(BLANKS, value[len - 1]) != NULL;
	bool quoted = len >= 2 && value[0] == '"' && value[len - 1] == '"';

	if (value[strcspn(value, "\r\n")] != '\0')
		return false;
	/* A quote inside would end the quotes for who looks for a comment. */
	if (strchr(value, '"') != NULL && strchr(value, '#') != NULL)
		return false;
	if (comment || edge || quoted)
		buf_addf(out, "\"%s\"", value);
	else
		buf_adds(out, value);
	return true;
}

static const char *
line_break(const struct buf *text)
{
	const char *s = buf_str(text), *eol = memchr(s, '\n', text->len);

	return eol != NULL && eol > s && eol[-1] == '\r' ? "\r\n" : "\n";
}

/* A new line at `at', which is the beginning of a line or the end of the text. */
static void
insert(struct buf *text, size_t at, const char *name, const char *spelled)
{
	struct buf line = BUF_INIT;
	const char *eol = line_break(text);

	if (at == text->len && at > 0 && buf_str(text)[at - 1] != '\n')
		buf_adds(&line, eol);
	buf_addf(&line, "%s = %s%s", name, spelled, eol);
	replace(text, at, at, buf_str(&line), line.len);
	text->failed |= line.failed;
	buf_free(&line);
}

static bool
has_value(const struct buf *text, const struct line *l, const char *value)
{
	const char *is = buf_str(text) + l->value;
	size_t len = l->value_end - l->value;

	if (len >= 2 && is[0] == '"' && is[len - 1] == '"') {
		is++;
		len -= 2;
	}
	return len == strlen(value) && memcmp(is, value, len) == 0;
}

/* Whether the line sets the name to the value, when it is read again. */
static bool
reads_back(const struct buf *line, const char *name, const char *value)
{
	struct line l;

	return line->failed || (is_line_of(line, 0, name, &l) && has_value(line, &l, value));
}

/* The line with another value. */
static void
with_value(const struct buf *text, const struct line *l, const char *spelled, struct buf *out)
{
	const char *s = buf_str(text);

	buf_add(out, s + l->begin, l->value - l->begin);
	buf_adds(out, spelled);
	if (l->value == l->value_end && l->value < text->len && s[l->value] == '#')
		buf_addc(out, ' ');	/* a comment was all there was */
	buf_add(out, s + l->value_end, l->end - l->value_end);
}

/* The same, its comment in a line above: a quote in the value would make it a part of the value. */
static void
with_comment_above(const struct buf *text, const struct line *l, const char *spelled, struct buf *out)
{
	const char *s = buf_str(text), *hash = memchr(s + l->value_end, '#', l->end - l->value_end);
	size_t bom = l->begin == 0 && text->len >= strlen(BOM) && memcmp(s, BOM, strlen(BOM)) == 0 ? strlen(BOM) : 0;
	size_t stop = l->end;

	while (stop > l->value_end && (s[stop - 1] == '\n' || s[stop - 1] == '\r'))
		stop--;
	buf_add(out, s, bom);
	if (hash != NULL) {
		buf_add(out, hash, (size_t)(s + stop - hash));
		buf_adds(out, line_break(text));
	}
	buf_add(out, s + l->begin + bom, l->value - l->begin - bom);
	buf_adds(out, spelled);
	buf_add(out, s + stop, l->end - stop);
}

static bool
change_line(struct buf *text, const struct line *l, const char *name, const char *value, const char *spelled)
{
	struct buf line = BUF_INIT, alone = BUF_INIT;
	bool good = true;

	with_value(text, l, spelled, &line);
	if (!reads_back(&line, name, value)) {
		buf_addf(&alone, "%s = %s", name, spelled);
		good = reads_back(&alone, name, value);
		buf_reset(&line);
		with_comment_above(text, l, spelled, &line);
	}
	if (good)
		replace(text, l->begin, l->end, buf_str(&line), line.len);
	text->failed |= line.failed || alone.failed;
	buf_free(&line);
	buf_free(&alone);
	return good;
}

bool
conf_edit_set(struct buf *text, const char *name, const char *value)
{
	struct buf spelled = BUF_INIT;
	struct line l;
	bool good = spell(&spelled, value);

	if (good && !find_last(text, name, &l))
		insert(text, text->len, name, buf_str(&spelled));
	else if (good && !has_value(text, &l, value))
		good = change_line(text, &l, name, value, buf_str(&spelled));
	text->failed |= spelled.failed;
	buf_free(&spelled);
	return good;
}

bool
conf_edit_add(struct buf *text, const char *name, const char *value)
{
	struct buf spelled = BUF_INIT;
	struct line l = { 0 };
	size_t at, last = text->len;
	bool good = spell(&spelled, value), there = false;

	for (at = 0; at < text->len; at = l.end)
		if (is_line_of(text, at, name, &l)) {
			there |= has_value(text, &l, value);
			last = l.end;
		}
	if (good && !there)
		insert(text, last, name, buf_str(&spelled));
	text->failed |= spelled.failed;
	buf_free(&spelled);
	return good;
}

unsigned
conf_edit_remove(struct buf *text, const char *name)
{
	struct line l;
	unsigned n = 0;

	for (; find_last(text, name, &l); n++)
		replace(text, l.begin, l.end, "", 0);
	return n;
}
