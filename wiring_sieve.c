/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wiring_sieve - our lines in the user's Sieve script
 *
 * RFC 5228 wants every `require' before the first other command, so ours go behind the last of the script's own;
 * a second `require' of the same extension is no error (3.2).  `:copy' keeps the implicit keep, `:try' goes on when
 * the program fails.  Only where Dovecot was seen to permit it: with an extension that is not known a
 * script does not compile, and the mail is delivered without it.
 *
 * The script is cut into words only: comments, strings, multi-line texts and the rest.
 */
#include "wiring_parts.h"

#include <string.h>

#include "i18n.h"
#include "text.h"

#define SIEVE_FILE "~/.dovecot.sieve"
#define SIEVE_LINES "require [\"vnd.dovecot.pipe\", \"copy\"];\npipe :copy :try \"backsoon\";"

enum token_kind { TOKEN_END, TOKEN_BAD, TOKEN_STRING, TOKEN_WORD, TOKEN_OTHER };

struct token {
	enum token_kind kind;
	const char *at;
	size_t len;
};

/* Behind white space and comments; NULL: one of them is not closed. */
static const char *
skip_blank(const char *p, const char *end)
{
	while (p < end) {
		if (strchr(" \t\r\n", *p) != NULL && *p != '\0')
			p++;
		else if (*p == '#') {
			p = memchr(p, '\n', (size_t)(end - p));
			if (p == NULL)
				return end;
		} else if (end - p >= 2 && memcmp(p, "/*", 2) == 0) {
			p = memmem(p + 2, (size_t)(end - p) - 2, "*/", 2);
			if (p == NULL)
				return NULL;
			p += 2;
		} else
			break;
	}
	return p;
}

static const char *
string_end(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\' && p + 1 < end)
			p++;
	return p < end ? p + 1 : NULL;
}

/* Behind a multi-line text, whose `text:' is at p: up to a line that is a dot. */
static const char *
text_end(const char *p, const char *end)
{
	const char *next;
	size_t n;

	for (wiring_line(p, end, &next); next < end;) {
		p = next;
		n = wiring_line(p, end, &next);
		if (n == 1 && *p == '.')
			return next;
	}
	return NULL;
}

static bool
in_word(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
}

/* The next token from *p on, and *p behind it. */
static struct token
next_token(const char **p, const char *end)
{
	const char *at = skip_blank(*p, end), *to;
	enum token_kind kind = TOKEN_OTHER;

	if (at == NULL || at == end)
		return (struct token){ at == NULL ? TOKEN_BAD : TOKEN_END, end, 0 };
	to = at + 1;
	if (*at == '"') {
		kind = TOKEN_STRING;
		to = string_end(at, end);
	} else if (in_word((unsigned char)*at)) {
		kind = TOKEN_WORD;
		while (to < end && in_word((unsigned char)*to))
			to++;
		if (text_equal_n(at, (size_t)(to - at), "text:")) {
			kind = TOKEN_STRING;
			to = text_end(at, end);
		}
	} else if (*at == '\0')
		to = NULL;
	if (to == NULL)
		return (struct token){ TOKEN_BAD, at, 0 };
	*p = to;
	return (struct token){ kind, at, (size_t)(to - at) };
}

/* What a script has that matters to us. */
struct script {
	bool bad;
	bool calls_us;
	bool vacation;			/* its own answer */
	size_t after_require;		/* where our lines go */
};

static bool
is_word(const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && text_equal_n(t->at, t->len, word);
}

static bool
names_us(const struct token *t)
{
	static const char name[] = "backsoon";

	return t->kind == TOKEN_STRING && t->len >= sizeof name + 1 && memcmp(t->at + t->len - sizeof name, name, sizeof name - 1) == 0 &&
	    strchr("\"/", t->at[t->len - sizeof name - 1]) != NULL;
}

/* Behind the line break when nothing but blanks or a comment is left of the line; a block comment stays behind. */
static size_t
end_of_line(const struct buf *b, size_t at)
{
	size_t i = at;

	while (i < b->len && (b->data[i] == ' ' || b->data[i] == '\t' || b->data[i] == '\r'))
		i++;
	if (i < b->len && b->data[i] == '#')
		while (i < b->len && b->data[i] != '\n')
			i++;
	return i < b->len && b->data[i] == '\n' ? i + 1 : i == b->len ? i : at;
}

static void
look_through(const struct buf *b, struct script *s)
{
	const char *p = buf_str(b), *end = p + b->len;
	bool start = true, head = true, require = false, runs = false;
	struct token t;

	*s = (struct script){ .bad = false };
	if (b->len == 0)
		return;
	while ((t = next_token(&p, end)).kind != TOKEN_END && t.kind != TOKEN_BAD) {
		if (start) {
			require = is_word(&t, "require");
			runs = is_word(&t, "pipe") || is_word(&t, "execute") || is_word(&t, "filter");
			head = head && require;
		}
		s->calls_us = s->calls_us || (runs && names_us(&t));
		s->vacation = s->vacation || (start && is_word(&t, "vacation"));
		start = t.kind == TOKEN_OTHER && strchr(";{}", *t.at) != NULL;
		if (start && require && head)
			s->after_require = (size_t)(p - b->data);
	}
	s->bad = t.kind == TOKEN_BAD;
	if (s->after_require > 0)
		s->after_require = end_of_line(b, s->after_require);
}

static void
put_in(const struct buf *before, const char *line, struct buf *after)
{
	struct script s;

	look_through(before, &s);
	wiring_put_block(before, s.after_require, line, after);
}

static void
refuse(const struct script *s, const struct wiring_site *site, struct wiring_plan *p)
{
	buf_adds(&p->advice, _("What is to be added to your script, where the site permits it (see the recipe for Dovecot in the README):"));
	buf_adds(&p->advice, "\n" SIEVE_LINES "\n");
	if (!p->there)
		buf_addf(&p->refusal, _("There is no Sieve script %s."), SIEVE_FILE);
	else if (s->bad)
		buf_addf(&p->refusal, _("%s has a string or comment that is not closed."), SIEVE_FILE);
	else if (s->vacation)
		buf_addf(&p->refusal, _("%s answers with vacation itself, and both would answer."), SIEVE_FILE);
	else
		buf_adds(&p->refusal, buf_str(&site->no_sieve));
}

static void
plan(const struct wiring_facts *f, const struct wiring_site *site, struct wiring_plan *p)
{
	struct buf ours = BUF_INIT, rest = BUF_INIT;
	struct script s;

	(void)f;
	look_through(&p->before, &s);
	p->wired = s.calls_us && !s.bad;
	p->vacation = s.vacation;
	p->ours = p->wired && wiring_take_block(&p->before, &ours, &rest);
	if (p->wired)
		buf_adds(&p->line, buf_str(&ours));
	else if (!p->there || s.bad || s.vacation || site->no_sieve.len > 0)
		refuse(&s, site, p);
	else {
		buf_adds(&p->line, SIEVE_LINES);
		put_in(&p->before, SIEVE_LINES, &p->after);
	}
	buf_free(&ours);
	buf_free(&rest);
}

const struct wiring_way wiring_sieve = { "sieve", SIEVE_FILE, 0600, 0777, plan, put_in, wiring_take_block };
