/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wiring_forward - our pipe in ~/.forward
 *
 * The file is a list of addresses, files, :include:s and pipes, parted by commas and line breaks; text in
 * quotes is one piece, a line that begins with # is a comment.  Postfix, Exim, sendmail and OpenSMTPD agree
 * on that much, and differ in how a pipe is started (each has a row in `pipes').  What delivers now stays as it is:
 * ours is one more piece in a line of its own.  `\login' goes with it only where there is no other piece,
 * because somebody who has all mail sent elsewhere has no mailbox here.
 *
 * A pipe to vacation(1) is the exception: both would answer, so ours takes its place.
 * Exim's and Sieve filters are programs of the user's, in which nothing is changed.
 */
#include "wiring_parts.h"

#include <string.h>

#include "i18n.h"
#include "text.h"

#define FORWARD_FILE "~/.forward"
#define FORWARD_MODE 0644

/* How a pipe is written.  Guarded where a shell runs it: without that, a program that is gone makes
 * the server deliver a copy at each try, or send a bounce (README). */
static const struct {
	enum submit_kind mta;
	char self[4];			/* before the login: deliver to the mailbox and do not look into this file again */
	char before[20], after[16];
	bool tag;			/* #login: sendmail runs a command that two users have in common only once */
} pipes[] = {
	{ SUBMIT_KIND_POSTFIX, "\\", "\"|", " || exit 0\"", false },
	{ SUBMIT_KIND_EXIM, "\\", "\"|/bin/sh -c \\\"", " || exit 0\\\"\"", false },
	{ SUBMIT_KIND_SENDMAIL, "\\", "\"|", " || exit 0", true },
	{ SUBMIT_KIND_OPENSMTPD, "", "\"|", " || exit 0\"", false },
	{ SUBMIT_KIND_UNKNOWN, "\\", "\"|", "\"", false },
};
#define PIPES (sizeof pipes / sizeof pipes[0])

/* What stands in the file. */
struct piece {
	size_t at, len;
};
struct pieces {
	size_t n;
	bool broken;			/* an unclosed quote, or bytes that no text has */
	bool rejects;			/* a piece that refuses the mail */
	bool wired;
	bool gone;			/* a pipe to a program of our name that is not there, not in our form */
	bool ours;			/* `our' is valid */
	size_t vacations;
	struct piece our, vacation;
};

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The end of the piece that begins at p: a comma or line break outside quotes and comments; NULL when a quote is unclosed. */
static const char *
piece_end(const char *p, const char *end)
{
	const char *closed;
	bool quoted = false;

	for (; p < end; p++) {
		if (*p == '\n')
			return quoted ? NULL : p;
		if (*p == '\\' && p + 1 < end && p[1] != '\n')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == ',' && !quoted)
			return p;
		else if (*p == '(' && !quoted) {
			closed = text_comment_end(p, end);
			if (closed != NULL && memchr(p, '\n', (size_t)(closed - p)) == NULL)
				p = closed - 1;
		}
	}
	return quoted ? NULL : p;
}

/* The text of a piece without its quotes: "|a \"b\"" and |"a \"b\"" are both |a "b". */
static void
unquote(const char *p, size_t len, struct buf *out)
{
	const char *end = p + len;
	bool quoted = false;

	buf_reset(out);
	if (memchr(p, '"', len) == NULL) {
		buf_add(out, p, len);
		return;
	}
	for (; p < end; p++) {
		if (*p == '"')
			quoted = !quoted;
		else {
			if (*p == '\\' && quoted && p + 1 < end)
				p++;
			buf_addc(out, *p);
		}
	}
}

static bool
refuses_mail(const char *text)
{
	static const char *const words[] = { ":fail:", ":defer:", "error:" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (text_begins(text, words[i]))
			return true;
	return false;
}

static void
take_piece(const struct wiring_facts *f, const char *file, struct piece piece, struct pieces *all)
{
	struct buf text = BUF_INIT;
	const char *command;

	unquote(file + piece.at, piece.len, &text);
	all->n++;
	all->rejects = all->rejects || refuses_mail(buf_str(&text));
	all->broken = all->broken || text.failed;
	command = buf_str(&text);
	if (*command != '|')
		goto out;
	command += 1 + strspn(command + 1, " \t");
	if (!all->ours && wiring_is_our_command(command, strlen(command))) {
		all->ours = true;
		all->our = piece;
	}
	switch (wiring_command_of(f, command, strlen(command))) {
	case WIRING_US:
		all->wired = true;
		break;
	case WIRING_VACATION:
		if (all->vacations++ == 0)
			all->vacation = piece;
		break;
	case WIRING_GONE:
		all->gone = all->gone || !wiring_is_our_command(command, strlen(command));
		break;
	case WIRING_OTHER:
		break;
	}
out:
	buf_free(&text);
}

static void
look_through(const struct wiring_facts *f, const struct buf *b, struct pieces *all)
{
	const char *p = b->data, *end = p + b->len, *from, *to;

	*all = (struct pieces){ .n = 0 };
	if (b->len == 0)
		return;
	all->broken = memchr(p, '\0', b->len) != NULL;
	for (; p < end && !all->broken; p = to + 1) {
		while (p < end && (is_blank(*p) || *p == '\n' || *p == ','))
			p++;
		from = p;
		if (p < end && *p == '#' && (p == b->data || p[-1] == '\n')) {
			to = memchr(p, '\n', (size_t)(end - p));
			to = to != NULL ? to : end;
			continue;
		}
		to = piece_end(p, end);
		if (to == NULL) {
			all->broken = true;
			return;
		}
		for (p = to; p > from && is_blank(p[-1]);)
			p--;
		if (p > from)
			take_piece(f, b->data, (struct piece){ (size_t)(from - b->data), (size_t)(p - from) }, all);
	}
}

/* Filters of Exim's are told by their first line. */
static bool
is_filter(const struct buf *b, const char *language)
{
	const char *p = buf_str(b);

	if (*p++ != '#')
		return false;
	p += strspn(p, " \t");
	if (!text_begins(p, language))
		return false;
	p += strlen(language);
	p += strspn(p, " \t");
	return text_begins(p, "filter");
}

static size_t
pipe_row(enum submit_kind mta)
{
	size_t i;

	for (i = 0; i < PIPES - 1 && pipes[i].mta != mta; i++)
		;
	return i;
}

/* A login that every server takes as it stands. */
static bool
login_is_plain(const char *login)
{
	return login[0] != '\0' && login[0] != '-' &&
	    strspn(login, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") == strlen(login);
}

/* The mailbox, and our pipe beside it. */
static void
compose_line(const struct wiring_facts *f, enum submit_kind mta, struct buf *line)
{
	size_t row = pipe_row(mta);

	buf_addf(line, "%s%s, %s%s%s", pipes[row].self, f->login, pipes[row].before, f->program, pipes[row].after);
	if (pipes[row].tag)
		buf_addf(line, " #%s\"", f->login);
}

static const char *
pipe_of(const char *line)
{
	const char *p = strstr(line, "\"|");

	return p != NULL ? p : line;
}

static const struct wiring_facts nobody = { .program = "" };

static void
put_in(const struct buf *before, const char *line, struct buf *after)
{
	struct pieces all;

	look_through(&nobody, before, &all);
	if (all.vacations > 0) {
		buf_add(after, before->data, all.vacation.at);
		buf_adds(after, pipe_of(line));
		buf_adds(after, buf_str(before) + all.vacation.at + all.vacation.len);
	} else {
		if (before->len > 0)
			buf_add(after, before->data, before->len);
		if (before->len > 0 && before->data[before->len - 1] != '\n')
			buf_addc(after, '\n');
		buf_addf(after, "%s\n", all.n > 0 ? pipe_of(line) : line);
	}
}

/* Whether text in front of our piece is what put_in writes there: `\login, '. */
static bool
is_our_prefix(const char *p, size_t n)
{
	struct buf login = BUF_INIT;
	bool good;

	if (n < 3 || memcmp(p + n - 2, ", ", 2) != 0)
		return false;
	if (*p == '\\')
		p++, n--;
	buf_add(&login, p, n - 2);
	good = !login.failed && login_is_plain(buf_str(&login));
	buf_free(&login);
	return good;
}

/* The file without [from, to). */
static void
cut(const struct buf *b, const char *from, const char *to, struct buf *rest)
{
	buf_add(rest, b->data, (size_t)(from - b->data));
	buf_add(rest, to, b->len - (size_t)(to - b->data));
}

/* Our piece goes with its line where it is alone there, else with the comma before or behind it. */
static void
cut_piece(const struct buf *b, struct piece piece, struct buf *rest)
{
	const char *start = b->data, *end = start + b->len;
	const char *from = start + piece.at, *to = from + piece.len;

	while (from > start && is_blank(from[-1]))
		from--;
	while (to < end && is_blank(*to))
		to++;
	if ((from == start || from[-1] == '\n') && (to == end || *to == '\n'))
		cut(b, from, to < end ? to + 1 : to, rest);
	else if (from > start && from[-1] == ',')
		cut(b, from - 1, start + piece.at + piece.len, rest);
	else {
		if (to < end && *to == ',')
			to++;
		while (to < end && is_blank(*to))
			to++;
		cut(b, start + piece.at, to, rest);
	}
}

static bool
take_out(const struct buf *now, struct buf *line, struct buf *rest)
{
	struct pieces all;
	const char *at, *from;

	look_through(&nobody, now, &all);
	if (all.ours) {
		at = now->data + all.our.at;
		for (from = at; from > now->data && from[-1] != '\n';)
			from--;
		if (is_our_prefix(from, (size_t)(at - from)))
			buf_add(line, from, (size_t)(at - from));
		buf_add(line, at, all.our.len);
		cut_piece(now, all.our, rest);
	}
	return all.ours;
}

/* Filters and files that cannot be read as a list. */
static bool
refuse_form(const struct wiring_facts *f, const struct buf *before, const struct pieces *all, struct wiring_plan *p)
{
	if (is_filter(before, "exim")) {
		buf_addf(&p->refusal, _("%s is an Exim filter, a program of your own in which nothing is changed."), FORWARD_FILE);
		buf_adds(&p->advice, _("Add this line to it, before the first command:"));
		buf_addf(&p->advice, "\nunseen pipe \"%s\"\n", f->program);
	} else if (is_filter(before, "sieve")) {
		buf_addf(&p->refusal, _("%s is a Sieve filter, and Exim's Sieve starts no programs."), FORWARD_FILE);
		buf_adds(&p->advice, _("Make it an Exim filter, or a list of addresses with this line:"));
		buf_addf(&p->advice, "\n\\%s, \"|%s\"\n", f->login, f->program);
	} else if (all->broken) {
		buf_addf(&p->refusal, _("%s has a quote that is not closed, or is no text."), FORWARD_FILE);
		buf_addf(&p->advice, _("Put %s in order, then try again."), FORWARD_FILE);
		buf_addc(&p->advice, '\n');
	} else if (all->rejects) {
		buf_addf(&p->refusal, _("%s refuses your mail, so there is nothing to answer."), FORWARD_FILE);
		buf_adds(&p->advice, _("Take out what refuses it, then try again."));
		buf_addc(&p->advice, '\n');
	} else if (all->gone) {
		buf_addf(&p->refusal, _("%s starts a backsoon that is not there."), FORWARD_FILE);
		buf_addf(&p->advice, _("The program is %s now: correct the line, or take it out and try again."), f->program);
		buf_addc(&p->advice, '\n');
	} else if (all->vacations > 1) {
		buf_addf(&p->refusal, _("%s starts vacation more than once."), FORWARD_FILE);
		buf_adds(&p->advice, _("Take these pipes out, then try again: all of them would answer."));
		buf_addc(&p->advice, '\n');
	} else
		return false;
	return true;
}

/* The mail server's reasons. */
static bool
refuse_server(const struct wiring_facts *f, const struct wiring_site *site, struct wiring_plan *p)
{
	if (!login_is_plain(f->login)) {
		buf_adds(&p->refusal, _("Your login has characters that mail servers take for something else."));
		buf_adds(&p->advice, _("Write the line by hand, as in the recipes of the README."));
		buf_addc(&p->advice, '\n');
		return true;
	}
	buf_adds(&p->advice, buf_str(&site->forward_advice));
	buf_adds(&p->refusal, buf_str(&site->no_forward));
	return site->no_forward.len > 0;
}

static void
say_what_else(const struct wiring_site *site, const struct pieces *all, struct wiring_plan *p)
{
	if (all->vacations > 0) {
		buf_adds(&p->advice, _("The pipe to vacation goes, because both would answer. Its options are not taken over:"));
		buf_addc(&p->advice, '\n');
		buf_add(&p->advice, p->before.data + all->vacation.at, all->vacation.len);
		buf_addc(&p->advice, '\n');
	}
	if (pipe_row(site->mta) == PIPES - 1) {
		buf_addf(&p->advice, _("It could not be found out which mail server reads %s: send yourself a message to see that it does."), FORWARD_FILE);
		buf_addc(&p->advice, '\n');
	}
}

static void
plan_wired(const struct pieces *all, struct wiring_plan *p)
{
	p->wired = true;
	p->ours = all->ours;
	if (all->ours)
		buf_add(&p->line, p->before.data + all->our.at, all->our.len);
	if (all->vacations > 0) {
		buf_addf(&p->advice, _("%s starts vacation, and both would answer."), FORWARD_FILE);
		buf_addc(&p->advice, '\n');
	}
	if (all->n == 1) {
		buf_addf(&p->advice, _("%s has nothing but the pipe, so your mail is answered and kept nowhere: put your login before it."), FORWARD_FILE);
		buf_addc(&p->advice, '\n');
	}
}

/* A filter's command, in any line that is no comment. */
static bool
filter_calls_us(const struct wiring_facts *f, const struct buf *b)
{
	const char *p = b->data, *end = p + b->len, *next;
	size_t n;

	for (; p < end; p = next) {
		n = wiring_line(p, end, &next);
		if (n > 0 && *p != '#' && memmem(p, n, "pipe", 4) != NULL && wiring_command_of(f, p, n) == WIRING_US)
			return true;
	}
	return false;
}

static void
plan(const struct wiring_facts *f, const struct wiring_site *site, struct wiring_plan *p)
{
	struct buf line = BUF_INIT, old = BUF_INIT, rest = BUF_INIT;
	const struct buf *before = &p->before;
	struct pieces all;

	look_through(f, before, &all);
	p->vacation = all.vacations > 0;
	if (is_filter(before, "exim") || is_filter(before, "sieve"))
		all = (struct pieces){ .wired = filter_calls_us(f, before) };
	if (all.wired) {
		plan_wired(&all, p);
		goto out;
	}
	/* Ours, to a program that has moved. */
	if (all.ours && take_out(before, &old, &rest)) {
		before = &rest;
		all.n--;
	}
	if (refuse_form(f, before, &all, p) || refuse_server(f, site, p))
		goto out;
	compose_line(f, site->mta, &line);
	put_in(before, buf_str(&line), &p->after);
	buf_adds(&p->line, all.n > 0 ? pipe_of(buf_str(&line)) : buf_str(&line));
	say_what_else(site, &all, p);
out:
	buf_free(&line);
	buf_free(&old);
	buf_free(&rest);
}

const struct wiring_way wiring_forward = { "forward", FORWARD_FILE, FORWARD_MODE, 0777, plan, put_in, take_out };
