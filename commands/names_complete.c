/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * names_complete - which names fit where the cursor is
 *
 * The scripts in completions/ are a few lines each: what they ask is decided
 * here, once for all shells.  Free text (addresses, subjects, dates) gets
 * no candidates.
 *
 * Failures: memory, which sticks to the buffer.
 */
#include "names.h"

#include <string.h>

#include "../settings.h"
#include "../text.h"

#define FIELDS 5
#define COMPAT_OPTION "--compat"

enum field { KIND, WHERE, NAME, ARGUMENT, DOES };

struct line {
	const char *start[FIELDS];
	size_t len[FIELDS];
};

struct cursor {
	const struct buf *names;
	const char *where;		/* the command or dialect; "" for none */
	const char *word;		/* what is being typed */
	bool files;
	struct buf found;
};

/* The line at p; returns where the next begins. */
static const char *
parse(const char *p, struct line *line)
{
	for (int i = 0; i < FIELDS; i++) {
		line->start[i] = p;
		line->len[i] = strcspn(p, "\t\n");
		p += line->len[i];
		if (*p != '\0')
			p++;
	}
	return p;
}

static bool
is(const struct line *l, enum field f, const char *text)
{
	return strlen(text) == l->len[f] && memcmp(l->start[f], text, l->len[f]) == 0;
}

static void
add_name(struct cursor *c, const struct line *l)
{
	buf_add(&c->found, l->start[NAME], l->len[NAME]);
	if (!is(l, DOES, "-")) {
		buf_addc(&c->found, '\t');
		buf_add(&c->found, l->start[DOES], l->len[DOES]);
	}
	buf_addc(&c->found, '\n');
}

/* All names of a kind: of one command or dialect, or (NULL) wherever. */
static void
add_kind(struct cursor *c, const char *kind, const char *where)
{
	const char *p = buf_str(c->names);
	struct line l;

	while (*p != '\0') {
		p = parse(p, &l);
		if (is(&l, KIND, kind) && (where == NULL || is(&l, WHERE, where)))
			add_name(c, &l);
	}
}

/* What fits an argument that usage shows so: `FILE|none', `safe|soft|hard', `RULE'. */
static void
add_argument(struct cursor *c, const char *argument, size_t len)
{
	const char *end = argument + len;
	size_t n;

	for (; argument < end; argument += n + 1) {
		for (n = 0; argument + n < end && argument[n] != '|'; n++)
			;
		if (text_equal_n(argument, n, "RULE")) {
			add_kind(c, "rule", NULL);
			add_kind(c, "outcome", NULL);
		} else if (text_equal_n(argument, n, "FILE") || text_equal_n(argument, n, "PATH") || text_equal_n(argument, n, "DIR"))
			c->files = true;
		else if (n > 0 && argument[0] >= 'a' && argument[0] <= 'z') {
			buf_add(&c->found, argument, n);
			buf_addc(&c->found, '\n');
		}
	}
}

/* Completes the value of that option or flag; false when it has none. */
static bool
add_value(struct cursor *c, const char *option, size_t len)
{
	const char *p = buf_str(c->names);
	struct line l;

	while (*p != '\0') {
		p = parse(p, &l);
		if (l.len[NAME] != len || memcmp(l.start[NAME], option, len) != 0 || is(&l, ARGUMENT, "-"))
			continue;
		if (!is(&l, KIND, "setting") && !is(&l, WHERE, c->where))
			continue;
		add_argument(c, l.start[ARGUMENT], l.len[ARGUMENT]);
		return true;
	}
	return false;
}

static void
add_arguments(struct cursor *c)
{
	const char *p = buf_str(c->names);
	struct line l;

	while (*p != '\0') {
		p = parse(p, &l);
		if (is(&l, KIND, "argument") && is(&l, WHERE, c->where))
			add_argument(c, l.start[ARGUMENT], l.len[ARGUMENT]);
	}
}

/* Behind an option that wants a value, or in `--option=value' (whole, or split at the `=' as bash does). */
static bool
in_value(struct cursor *c, int n, char *const *words)
{
	const char *equals = strchr(c->word, '=');

	if (n > 2 && strcmp(c->word, "=") == 0)
		return add_value(c, words[n - 2], strlen(words[n - 2]));
	if (n > 3 && strcmp(words[n - 2], "=") == 0)
		return add_value(c, words[n - 3], strlen(words[n - 3]));
	if (equals != NULL && text_begins(c->word, "--"))
		return add_value(c, c->word, (size_t)(equals - c->word));
	return n > 2 && words[n - 2][0] == '-' && add_value(c, words[n - 2], strlen(words[n - 2]));
}

static void
complete_dialect(struct cursor *c, const char *dialect, int n, char *const *words)
{
	size_t len = strlen(COMPAT_OPTION);

	c->where = dialect;
	if (n > 2 && strncmp(words[1], COMPAT_OPTION, len) == 0) {
		if (words[1][len] == '=')
			c->where = words[1] + len + 1;
		else
			c->where = words[2][0] == '=' && n > 3 ? words[3] : words[2];
	}
	if (!in_value(c, n, words))
		add_kind(c, "flag", c->where);
}

static void
complete_backsoon(struct cursor *c, int n, char *const *words)
{
	if (n > 2 && words[1][0] != '-')
		c->where = words[1];
	if (in_value(c, n, words))
		return;
	if (n == 2 && c->word[0] != '-')
		add_kind(c, "command", "-");
	else if (c->word[0] != '-')
		add_arguments(c);
	else {
		add_kind(c, "option", c->where);
		add_kind(c, "setting", NULL);
		buf_adds(&c->found, n == 2 ? "--help\n--version\n" : n == 3 && c->where[0] != '\0' ? "--help\n" : "");
	}
}

void
names_complete(struct buf *out, const struct buf *names, int n, char *const *words)
{
	struct cursor c = { .names = names, .where = "", .found = BUF_INIT };
	const char *slash, *name;

	if (n > 1) {
		c.word = words[n - 1];
		slash = strrchr(words[0], '/');
		name = slash != NULL ? slash + 1 : words[0];
		if (strcmp(name, "vacation") == 0)
			complete_dialect(&c, "debian", n, words);
		else if (strcmp(name, "mailbot") == 0)
			complete_dialect(&c, "mailbot", n, words);
		else
			complete_backsoon(&c, n, words);
	}
	buf_adds(out, c.files ? "files\n" : "words\n");
	buf_add(out, buf_str(&c.found), c.found.len);
	out->failed |= c.found.failed || names->failed;
	buf_free(&c.found);
}
