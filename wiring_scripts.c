/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wiring_scripts - our line in ~/.procmailrc, ~/.mailfilter and ~/.qmail
 *
 * procmail and maildrop get a copy of each message to us at the top of the script, where no condition
 * of the user's has been met yet: `:0 c' and `cc' go on whatever becomes of it.  procmail starts
 * the program without a shell, so that the script's SHELL and PATH do not matter.
 * The lines are marked, and taken out as they are found.
 *
 * qmail replaces its delivery to the mailbox by what ~/.qmail says, so our line goes only into a
 * file that delivers already, behind the rest: a program before it that ends the delivery does so for us too.
 */
#include "wiring_parts.h"

#include <string.h>

#include "i18n.h"

#define PROCMAIL_FILE "~/.procmailrc"
#define MAILDROP_FILE "~/.mailfilter"
#define MAILDROP_MODE 0600	/* maildrop(1) refuses a file that others may read */
#define QMAIL_FILE "~/.qmail"
#define QMAIL_MODE 0644
#define GUARD " || exit 0"

static bool
is_comment(const char *p, size_t n)
{
	while (n > 0 && (*p == ' ' || *p == '\t'))
		p++, n--;
	return n == 0 || *p == '#';
}

/* What the lines with a pipe in them run, the strongest of all. */
static enum wiring_command
command_in(const struct wiring_facts *f, const struct buf *b)
{
	enum wiring_command found = WIRING_OTHER, one;
	const char *p = buf_str(b), *end = p + b->len, *next, *pipe;
	size_t n;

	for (; p < end; p = next) {
		n = wiring_line(p, end, &next);
		pipe = is_comment(p, n) ? NULL : memchr(p, '|', n);
		if (pipe == NULL)
			continue;
		one = wiring_command_of(f, pipe + 1, n - (size_t)(pipe + 1 - p));
		if (one == WIRING_US)
			return one;
		if (one != WIRING_OTHER)
			found = one;
	}
	return found;
}

/* What no line can be added to.  rest: the file without a line of ours. */
static bool
refuse(const struct wiring_facts *f, const struct buf *rest, struct wiring_plan *p)
{
	enum wiring_command runs = command_in(f, rest);
	const char *file = buf_str(&p->file);

	p->vacation = runs == WIRING_VACATION;
	if (rest->len > 0 && memchr(rest->data, '\0', rest->len) != NULL) {
		buf_addf(&p->refusal, _("%s is no text."), file);
		buf_addf(&p->advice, _("Put %s in order, then try again."), file);
	} else if (p->vacation) {
		buf_addf(&p->refusal, _("%s starts vacation, and both would answer."), file);
		buf_addf(&p->advice, _("Take what starts vacation out of %s, then try again."), file);
	} else if (runs == WIRING_GONE) {
		buf_addf(&p->refusal, _("%s starts a backsoon that is not there."), file);
		buf_addf(&p->advice, _("The program is %s now: correct the line, or take it out and try again."), f->program);
	} else
		return false;
	buf_addc(&p->advice, '\n');
	return true;
}

/* What procmail and maildrop have in common; lines: what goes in. */
static void
plan_block(const struct wiring_facts *f, const char *lines, struct wiring_plan *p)
{
	struct buf ours = BUF_INIT, rest = BUF_INIT;
	const struct buf *without;

	p->ours = wiring_take_block(&p->before, &ours, &rest);
	p->wired = command_in(f, &p->before) == WIRING_US;
	without = p->ours ? &rest : &p->before;
	if (p->wired)
		buf_adds(&p->line, buf_str(&ours));
	else if (!refuse(f, without, p)) {
		buf_adds(&p->line, lines);
		wiring_put_block(without, 0, lines, &p->after);
	}
	p->ours = p->ours && p->wired;
	buf_free(&ours);
	buf_free(&rest);
}

static void
put_in_block(const struct buf *before, const char *line, struct buf *after)
{
	wiring_put_block(before, 0, line, after);
}

static void
plan_procmail(const struct wiring_facts *f, const struct wiring_site *site, struct wiring_plan *p)
{
	struct buf lines = BUF_INIT;

	(void)site;
	buf_addf(&lines, ":0 c\n| %s", f->program);
	plan_block(f, buf_str(&lines), p);
	p->line.failed = p->line.failed || lines.failed;
	buf_free(&lines);
}

static void
plan_maildrop(const struct wiring_facts *f, const struct wiring_site *site, struct wiring_plan *p)
{
	struct buf lines = BUF_INIT;

	(void)site;
	buf_addf(&lines, "cc \"| %s" GUARD "\"", f->program);
	plan_block(f, buf_str(&lines), p);
	p->line.failed = p->line.failed || lines.failed;
	buf_free(&lines);
}

/* A line that delivers: a maildir, an mbox file, an address. */
static bool
delivers(const char *p, size_t n)
{
	return n > 1 && (*p == '.' || *p == '/' || *p == '&' || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
	    (*p >= '0' && *p <= '9'));
}

static bool
has_delivery(const struct buf *b)
{
	const char *p = buf_str(b), *end = p + b->len, *next;
	bool found = false;

	for (; p < end && !found; p = next)
		found = delivers(p, wiring_line(p, end, &next));
	return found;
}

static void
put_in_qmail(const struct buf *before, const char *line, struct buf *after)
{
	if (before->len > 0)
		buf_add(after, before->data, before->len);
	if (before->len > 0 && before->data[before->len - 1] != '\n')
		buf_addc(after, '\n');
	buf_addf(after, "%s\n", line);
}

static bool
take_out_qmail(const struct buf *now, struct buf *line, struct buf *rest)
{
	const char *p = buf_str(now), *end = p + now->len, *next;
	size_t n;

	for (; p < end; p = next) {
		n = wiring_line(p, end, &next);
		if (n == 0 || *p != '|' || !wiring_is_our_command(p + 1, n - 1))
			continue;
		buf_add(line, p, n);
		buf_add(rest, now->data, (size_t)(p - now->data));
		buf_add(rest, next, (size_t)(end - next));
		return true;
	}
	return false;
}

static void
advise_qmail(const struct wiring_facts *f, struct wiring_plan *p)
{
	buf_addf(&p->advice, _("Name your mailbox in %s, as the mail server is set up, and put our line behind it, for instance:"), QMAIL_FILE);
	buf_addf(&p->advice, "\n./Maildir/\n|%s" GUARD "\n", f->program);
}

static void
plan_qmail(const struct wiring_facts *f, const struct wiring_site *site, struct wiring_plan *p)
{
	struct buf ours = BUF_INIT, rest = BUF_INIT;
	const struct buf *without;

	(void)site;
	p->ours = take_out_qmail(&p->before, &ours, &rest);
	p->wired = command_in(f, &p->before) == WIRING_US;
	without = p->ours ? &rest : &p->before;
	p->ours = p->ours && p->wired;
	if (p->wired)
		buf_adds(&p->line, buf_str(&ours));
	else if (refuse(f, without, p))
		;
	else if (!has_delivery(without)) {
		buf_addf(&p->refusal, p->there ? _("%s names no mailbox, so that it is not sure that your mail is kept.") :
		    _("There is no %s, and one with our line alone would keep no mail."), QMAIL_FILE);
		advise_qmail(f, p);
	} else {
		buf_addf(&p->line, "|%s" GUARD, f->program);
		put_in_qmail(without, buf_str(&p->line), &p->after);
	}
	buf_free(&ours);
	buf_free(&rest);
}

const struct wiring_way wiring_procmail = { "procmail", PROCMAIL_FILE, 0600, 0777, plan_procmail, put_in_block, wiring_take_block };
const struct wiring_way wiring_maildrop = { "maildrop", MAILDROP_FILE, MAILDROP_MODE, MAILDROP_MODE, plan_maildrop, put_in_block, wiring_take_block };
const struct wiring_way wiring_qmail = { "qmail", QMAIL_FILE, QMAIL_MODE, 0777, plan_qmail, put_in_qmail, take_out_qmail };
