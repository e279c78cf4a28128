/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_tree - the structure of a message (RFC 2046 5)
 *
 * One pass over the lines with a stack of the boundaries that are open.  A
 * delimiter of an outer multipart ends all inner ones, so that a missing
 * closing delimiter costs no text.  No line is looked at twice, and only one that begins with
 * two hyphens is compared with the open boundaries, of which there are
 * MIME_DEPTH_MAX at most.
 *
 * Failures: no memory.  Limits: MIME_DEPTH_MAX, MIME_PARTS_MAX and
 * MIME_BOUNDARY_MAX; what lies beyond them is kept unopened.
 */
#include "mime_tree_parts.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define PARTS_FIRST 8

/* A multipart whose delimiters are looked for. */
struct level {
	size_t part;
	size_t len;			/* 0: its closing delimiter has been met, what follows is its epilogue */
	char boundary[MIME_BOUNDARY_MAX];
};

enum place { IN_HEAD, IN_BODY, BETWEEN };	/* between: before the first and behind the last part of a multipart */

struct scan {
	struct mime_tree *tree;
	const char *end;
	size_t cap;
	enum place place;		/* of the last part in the tree */
	bool first;			/* no line of its head has been seen */
	bool failed;
	size_t nopen;
	struct level open[MIME_DEPTH_MAX];
};

const char *
mime_line_end(const char *line, const char *end, const char **next)
{
	const char *eol = memchr(line, '\n', (size_t)(end - line));

	*next = eol != NULL ? eol + 1 : end;
	return eol != NULL ? eol : end;
}

static struct mime_part *
last_part(const struct scan *s)
{
	return &s->tree->part[s->tree->n - 1];
}

static bool
add_part(struct scan *s, const char *head)
{
	struct mime_tree *tree = s->tree;
	size_t cap = s->cap == 0 ? PARTS_FIRST : 2 * s->cap, parent = s->nopen > 0 ? s->open[s->nopen - 1].part : 0;
	struct mime_part *grown;

	if (tree->n == s->cap) {
		grown = realloc(tree->part, cap * sizeof *grown);
		if (grown == NULL) {
			buf_memory_short();
			s->failed = true;
			return false;
		}
		tree->part = grown;
		s->cap = cap;
	}
	tree->part[tree->n] = (struct mime_part){ .head = head, .body = head, .parent = parent, .depth = (unsigned)s->nopen };
	tree->n++;
	s->place = IN_HEAD;
	s->first = true;
	return true;
}

static void
set_type(struct mime_part *part, const char *type)
{
	memcpy(part->type, type, strlen(type) + 1);
}

/* RFC 2045 5.2: what is not type/subtype counts as plain text. */
static void
read_type(struct mime_part *part, const struct buf *value)
{
	struct text_cursor c;
	const char *major, *minor;
	size_t major_len, minor_len;

	set_type(part, "text/plain");
	text_cursor_init(&c, buf_str(value), value->len);
	major_len = text_token(&c, &major);
	if (major_len == 0 || !text_take(&c, '/') || (minor_len = text_token(&c, &minor)) == 0)
		return;
	if (major_len + 1 + minor_len >= MIME_TYPE_MAX) {
		set_type(part, "application/octet-stream");
		return;
	}
	for (size_t i = 0; i < major_len; i++)
		part->type[i] = (char)text_lower(major[i]);
	part->type[major_len] = '/';
	for (size_t i = 0; i < minor_len; i++)
		part->type[major_len + 1 + i] = (char)text_lower(minor[i]);
	part->type[major_len + 1 + minor_len] = '\0';
}

/* The boundary of the last part becomes one to look for. */
static void
open_multipart(struct scan *s)
{
	struct mime_part *part = last_part(s);
	struct buf boundary = BUF_INIT;
	struct level *level;

	mime_part_param(part, NULL, "Content-Type", "boundary", &boundary);
	while (boundary.len > 0 && (boundary.data[boundary.len - 1] == ' ' || boundary.data[boundary.len - 1] == '\t'))
		boundary.len--;
	if (boundary.len == 0 || boundary.len > MIME_BOUNDARY_MAX) {
		set_type(part, "text/plain");
	} else if (s->nopen == MIME_DEPTH_MAX) {
		s->tree->cut = true;
	} else {
		level = &s->open[s->nopen++];
		level->part = s->tree->n - 1;
		level->len = boundary.len;
		memcpy(level->boundary, boundary.data, boundary.len);
		s->place = BETWEEN;
	}
	s->failed = s->failed || boundary.failed;
	buf_free(&boundary);
}

static void
end_head(struct scan *s, const char *head_end, const char *body)
{
	struct mime_part *part = last_part(s);
	struct buf value = BUF_INIT;

	part->head_len = (size_t)(head_end - part->head);
	part->body = body;
	s->place = IN_BODY;
	if (mime_part_field(part, "Content-Type", &value))
		read_type(part, &value);
	else
		set_type(part, strcmp(s->tree->part[part->parent].type, "multipart/digest") == 0 ? "message/rfc822" : "text/plain");
	s->failed = s->failed || value.failed;
	buf_free(&value);
	if (mime_part_is(part, "multipart"))
		open_multipart(s);
}

/* Everything that is open from that level of the stack on, and the part being read, ends at `end'. */
static void
end_parts(struct scan *s, size_t from, const char *end)
{
	struct mime_part *part = last_part(s);

	if (s->place == IN_HEAD)
		end_head(s, end, end);
	if (s->place == IN_BODY) {
		part->body_len = end > part->body ? (size_t)(end - part->body) : 0;
		part->next = s->tree->n;
	}
	while (s->nopen > from) {
		part = &s->tree->part[s->open[--s->nopen].part];
		part->body_len = end > part->body ? (size_t)(end - part->body) : 0;
		part->next = s->tree->n;
	}
	s->place = BETWEEN;
}

/* The last part that there is room for takes all that is left. */
static void
take_rest(struct scan *s)
{
	struct mime_part *part = last_part(s);

	set_type(part, "application/octet-stream");
	s->place = IN_BODY;
	s->tree->cut = true;
	end_parts(s, 0, s->end);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The open level whose delimiter the line is, s->nopen when it is none. */
static size_t
find_level(const struct scan *s, const char *line, const char *eol, bool *closing)
{
	const char *text = line + 2;
	size_t len;

	while (eol > text && is_blank(eol[-1]))
		eol--;
	len = (size_t)(eol - text);
	for (size_t i = s->nopen; i-- > 0;) {
		const struct level *level = &s->open[i];

		if (level->len == 0 || len < level->len || memcmp(text, level->boundary, level->len) != 0)
			continue;
		*closing = len == level->len + 2 && memcmp(text + level->len, "--", 2) == 0;
		if (*closing || len == level->len)
			return i;
	}
	return s->nopen;
}

/* false: the line is no delimiter. */
static bool
take_delimiter(struct scan *s, const char *line, const char *eol, const char *next)
{
	const char *start = s->tree->part[0].head, *end = line;
	bool closing = false;
	size_t level = find_level(s, line, eol, &closing);

	if (level == s->nopen)
		return false;
	if (s->place == IN_HEAD)
		end_head(s, line, line);
	if (end > start && end[-1] == '\n')
		end--;
	if (end > start && end[-1] == '\r')
		end--;
	end_parts(s, level + 1, end);
	if (closing)
		s->open[level].len = 0;
	else if (add_part(s, next) && s->tree->n == MIME_PARTS_MAX)
		take_rest(s);
	return true;
}

/* An mbox separator: `From ' that is not the field `From :'. */
static bool
is_from_line(const char *line, const char *eol)
{
	const char *colon;

	if (line < eol && *line == '>')
		line++;
	return eol - line >= 5 && memcmp(line, "From ", 5) == 0 && mime_field_name(line, eol, &colon) == 0;
}

/* What may stand before the header of a message, and a part whose writer forgot the empty line. */
static void
take_first_line(struct scan *s, const char *line, const char *eol, const char *next)
{
	struct mime_part *part = last_part(s);
	const char *colon;

	s->first = false;
	if (s->tree->n > 1) {
		if (mime_field_name(line, eol, &colon) == 0)
			end_head(s, line, line);
		return;
	}
	if (eol - line >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
		part->head = line += 3;
	if (is_from_line(line, eol))
		part->head = next;
}

static void
take_head_line(struct scan *s, const char *line, const char *eol, const char *next)
{
	while (eol > line && eol[-1] == '\r')
		eol--;
	if (eol == line)
		end_head(s, line, next);
	else if (s->first)
		take_first_line(s, line, eol, next);
}

bool
mime_tree_read(struct mime_tree *tree, const char *bytes, size_t len)
{
	struct scan s = { .tree = tree, .end = bytes + len };
	const char *eol, *next;

	*tree = (struct mime_tree){ NULL, 0, false };
	if (!add_part(&s, bytes))
		return false;
	for (const char *line = bytes; line < s.end && !s.failed && (s.place == IN_HEAD || s.nopen > 0); line = next) {
		eol = mime_line_end(line, s.end, &next);
		if (s.nopen > 0 && eol - line > 2 && line[0] == '-' && line[1] == '-' && take_delimiter(&s, line, eol, next))
			continue;
		if (s.place == IN_HEAD)
			take_head_line(&s, line, eol, next);
	}
	end_parts(&s, 0, s.end);
	if (s.failed)
		mime_tree_free(tree);
	return !s.failed;
}

void
mime_tree_free(struct mime_tree *tree)
{
	free(tree->part);
	*tree = (struct mime_tree){ NULL, 0, false };
}
