/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wiring - how mail is delivered for this user, and our line in it
 *
 * Which file it is: one that calls us already; else what the mail system is known to read, in the order
 * .forward (no filter), .qmail under qmail, .procmailrc, .mailfilter, Sieve, a new .forward.  What may go into it
 * is each kind's own to say (wiring_forward.c and its like); here is what they have in common:
 * the file itself, its copy, putting in and taking out.
 *
 * Each step is whole (userfile.h): the copy is written first and goes last.  Killed between two steps, both are
 * there and the next call finds out by comparing them.
 *
 * Failures: sentences for people.  Limits: WIRING_FILE_MAX bytes of a file.
 */
#include "wiring.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "userfile.h"
#include "wiring_parts.h"

#define WIRING_FILE_MAX ((size_t)1024 * 1024)
#define KEPT_MODE 0600
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static const struct wiring_way *const ways[WIRING_KINDS] = {
	[WIRING_FORWARD] = &wiring_forward,
	[WIRING_PROCMAIL] = &wiring_procmail,
	[WIRING_MAILDROP] = &wiring_maildrop,
	[WIRING_QMAIL] = &wiring_qmail,
	[WIRING_SIEVE] = &wiring_sieve,
};

const struct wiring_way *
wiring_way(enum wiring_kind kind)
{
	return ways[kind];
}

const char *
wiring_name(enum wiring_kind kind)
{
	return (unsigned int)kind < WIRING_KINDS ? ways[kind]->name : NULL;
}

bool
wiring_parse(const char *name, enum wiring_kind *kind)
{
	int i;

	for (i = 0; i < WIRING_KINDS; i++)
		if (strcmp(name, ways[i]->name) == 0) {
			*kind = (enum wiring_kind)i;
			return true;
		}
	return false;
}

void
wiring_free(struct wiring_plan *p)
{
	buf_free(&p->file);
	buf_free(&p->before);
	buf_free(&p->after);
	buf_free(&p->line);
	buf_free(&p->refusal);
	buf_free(&p->advice);
}

static bool
plan_is_whole(const struct wiring_plan *p)
{
	return !p->file.failed && !p->before.failed && !p->after.failed && !p->line.failed && !p->refusal.failed && !p->advice.failed;
}

static bool
status_of(const struct home *h, const char *name, struct stat *st)
{
	const char *place;
	int dir_fd;

	place = home_place(h, name, &dir_fd);
	return fstatat(dir_fd, place, st, 0) == 0;
}

/* 1: read; 0: there is none; -1: why not. */
static int
read_file(const struct home *h, const char *name, struct buf *out, struct buf *why)
{
	if (home_read_file(h, name, WIRING_FILE_MAX, out, why))
		return 1;
	return errno == ENOENT ? 0 : -1;
}

/* What the kind's file is now, and what is to be said of it; its own plan is asked only for a file that may be changed. */
static void
look_at_file(const struct home *h, const struct wiring_facts *f, const struct wiring_site *site, enum wiring_kind kind,
    struct wiring_plan *p)
{
	struct stat st;
	int there;

	*p = (struct wiring_plan){ .kind = kind };
	buf_adds(&p->file, ways[kind]->file);
	there = read_file(h, ways[kind]->file, &p->before, &p->refusal);
	p->there = there != 0;
	if (there == -1) {
		if (p->refusal.len == 0)
			buf_addf(&p->refusal, _("%s cannot be read."), ways[kind]->file);
		buf_addf(&p->advice, _("Put %s in order, then try again."), ways[kind]->file);
		buf_addc(&p->advice, '\n');
		buf_reset(&p->before);
		return;
	}
	ways[kind]->plan(f, site, p);
	if (!p->there || p->wired || !status_of(h, ways[kind]->file, &st) || (st.st_mode & OTHERS_WRITE) == 0)
		return;
	buf_reset(&p->after);
	buf_reset(&p->refusal);
	buf_addf(&p->refusal, _("%s may be written by others than you, and mail servers refuse such a file."), ways[kind]->file);
	buf_addf(&p->advice, "chmod go-w %s\n", ways[kind]->file);
}

/* Whether the mail system has the file read that this kind is about; what is not known counts as yes. */
static bool
is_read(const struct wiring_site *site, enum wiring_kind kind)
{
	static const enum wiring_agent agents[WIRING_KINDS] = {
		[WIRING_PROCMAIL] = WIRING_AGENT_PROCMAIL, [WIRING_MAILDROP] = WIRING_AGENT_MAILDROP, [WIRING_SIEVE] = WIRING_AGENT_DOVECOT,
	};
	switch (site->mta) {
	case SUBMIT_KIND_QMAIL:
		return kind != WIRING_FORWARD;
	case SUBMIT_KIND_POSTFIX: case SUBMIT_KIND_SENDMAIL: case SUBMIT_KIND_EXIM: case SUBMIT_KIND_OPENSMTPD:
		if (kind == WIRING_QMAIL)
			return false;
		return kind == WIRING_FORWARD || site->agent == WIRING_AGENT_UNKNOWN || site->agent == agents[kind];
	case SUBMIT_KIND_UNKNOWN:
		return true;
	default:
		/* Those that only send, and Courier: none of them reads the files of other mail servers. */
		return kind != WIRING_FORWARD && kind != WIRING_QMAIL;
	}
}

/* The programs that .forward and .qmail start read their files whatever the mail server's own agent is. */
static bool
hands_on(const struct wiring_plan *p, const char *agent)
{
	return p->before.len > 0 && memmem(p->before.data, p->before.len, agent, strlen(agent)) != NULL;
}

static bool
is_known_to_read_forward(enum submit_kind mta)
{
	return mta == SUBMIT_KIND_POSTFIX || mta == SUBMIT_KIND_SENDMAIL || mta == SUBMIT_KIND_EXIM || mta == SUBMIT_KIND_OPENSMTPD;
}

static void
say_unknown(const struct wiring_facts *f, struct wiring_plan *p)
{
	buf_adds(&p->refusal, _("It could not be found out how mail is delivered for you."));
	buf_adds(&p->advice, _("Ask who runs the mail server, or see the recipes in the README. The line to add, by what delivers your mail:"));
	buf_addf(&p->advice, "\n.forward:     \\%s, \"|%s\"\n", f->login, f->program);
	buf_addf(&p->advice, ".procmailrc:  :0 c\n              | %s\n", f->program);
	buf_addf(&p->advice, ".mailfilter:  cc \"| %s\"\n", f->program);
	buf_addf(&p->advice, ".qmail:       |%s\n", f->program);
	buf_adds(&p->advice, "Sieve:        require [\"vnd.dovecot.pipe\", \"copy\"];\n              pipe :copy :try \"backsoon\";\n");
}

/* Of a file that is read besides the one that was chosen. */
static void
warn_of_vacation(const struct wiring_plan *other, struct wiring_plan *p)
{
	if (!other->vacation || p->kind == WIRING_UNKNOWN)
		return;
	buf_addf(&p->advice, _("%s starts vacation, and both would answer."), buf_str(&other->file));
	buf_addc(&p->advice, '\n');
}

/* The order of preference, see the top; each plan that is not taken is freed. */
static void
choose(const struct home *h, const struct wiring_facts *f, const struct wiring_site *site, struct wiring_plan *p)
{
	static const enum wiring_kind order[] = { WIRING_FORWARD, WIRING_QMAIL, WIRING_PROCMAIL, WIRING_MAILDROP, WIRING_SIEVE };
	struct wiring_plan plans[WIRING_KINDS];
	enum wiring_kind best = WIRING_UNKNOWN, kind;
	bool reads[WIRING_KINDS];
	size_t i;

	for (i = 0; i < WIRING_KINDS; i++)
		look_at_file(h, f, site, (enum wiring_kind)i, &plans[i]);
	for (i = 0; i < WIRING_KINDS; i++) {
		kind = order[i];
		reads[kind] = is_read(site, kind) || (kind == WIRING_PROCMAIL && hands_on(&plans[WIRING_FORWARD], "procmail")) ||
		    (kind == WIRING_MAILDROP && hands_on(&plans[WIRING_FORWARD], "maildrop"));
		if (!plans[kind].there || !reads[kind])
			continue;
		if (best == WIRING_UNKNOWN || (plans[kind].wired && !plans[best].wired))
			best = kind;
	}
	if (site->mta == SUBMIT_KIND_QMAIL && (best == WIRING_UNKNOWN || !plans[best].wired))
		best = WIRING_QMAIL;
	/* A script that may not start us is run all the same when `\login' is delivered. */
	if ((best == WIRING_UNKNOWN || (best == WIRING_SIEVE && site->no_sieve.len > 0 &&
	    buf_equal(&plans[best].refusal, &site->no_sieve))) && is_known_to_read_forward(site->mta))
		best = WIRING_FORWARD;
	if (best == WIRING_UNKNOWN)
		*p = (struct wiring_plan){ .kind = best };
	else
		*p = plans[best];
	for (i = 0; i < WIRING_KINDS; i++) {
		if (i == (size_t)best)
			continue;
		if (reads[i])
			warn_of_vacation(&plans[i], p);
		wiring_free(&plans[i]);
	}
	if (best == WIRING_UNKNOWN)
		say_unknown(f, p);
}

/* What holds for all kinds: why not, and what to do. */
static void
refuse(const struct wiring_facts *f, const struct wiring_site *site, struct buf *refusal, struct buf *advice)
{
	if (!wiring_program_fits(f->program)) {
		buf_addf(refusal, _("%s has characters in its path that mail servers take for something else, or is not called backsoon."), f->program);
		buf_adds(advice, _("Install the program in a directory with a plain name, such as /usr/local/bin."));
		buf_addc(advice, '\n');
	} else if (access(f->program, X_OK) != 0) {
		buf_addf(refusal, _("%s cannot be started: %s"), f->program, strerror(errno));
		buf_adds(advice, _("Install the program, then try again."));
		buf_addc(advice, '\n');
	} else if (site->stranger.len > 0 && f->want == WIRING_UNKNOWN) {
		buf_adds(refusal, buf_str(&site->stranger));
		buf_adds(advice, buf_str(&site->stranger_advice));
	}
}

static void
judge(const struct wiring_facts *f, const struct wiring_site *site, struct wiring_plan *p)
{
	struct buf advice = BUF_INIT;

	if (p->wired || p->refusal.len > 0)
		return;
	refuse(f, site, &p->refusal, &advice);
	if (p->refusal.len > 0) {
		buf_reset(&p->after);
		buf_free(&p->advice);
		p->advice = advice;
	} else if (site->stranger.len > 0)
		buf_addf(&p->advice, "%s\n", buf_str(&site->stranger));
}

bool
wiring_look_at(const struct home *h, const struct wiring_facts *f, const struct wiring_site *site, struct wiring_plan *p)
{
	if (f->want == WIRING_UNKNOWN)
		choose(h, f, site, p);
	else
		look_at_file(h, f, site, f->want, p);
	judge(f, site, p);
	return plan_is_whole(p);
}

bool
wiring_look(const struct home *h, const struct wiring_facts *f, struct wiring_plan *p)
{
	struct wiring_site site;
	struct stat st;
	bool good;

	wiring_survey(h, f, &site);
	if (f->want == WIRING_SIEVE || status_of(h, wiring_sieve.file, &st))
		wiring_survey_sieve(&site);
	good = wiring_look_at(h, f, &site, p);
	wiring_site_free(&site);
	return good;
}

static bool
no_memory(struct buf *why)
{
	buf_adds(why, strerror(ENOMEM));
	return false;
}

/* What the file was without us: that is what is kept, also when our line in it was to a program that has moved. */
static bool
keep(const struct home *h, const char *kept, const struct wiring_plan *p, bool *moved, struct buf *why)
{
	struct buf line = BUF_INIT, rest = BUF_INIT, old = BUF_INIT, made = BUF_INIT, ignored = BUF_INIT;
	const struct buf *content = &p->before;
	bool good = true;

	*moved = ways[p->kind]->take_out(&p->before, &line, &rest);
	if (*moved) {
		content = &rest;
		if (read_file(h, kept, &old, &ignored) == 1) {
			ways[p->kind]->put_in(&old, buf_str(&line), &made);
			if (buf_equal(&made, &p->before))
				content = &old;
		}
	}
	if (line.failed || rest.failed || old.failed || made.failed)
		good = no_memory(why);
	else
		good = userfile_write(h, kept, content->len > 0 ? content->data : "", content->len, KEPT_MODE, why);
	buf_free(&line);
	buf_free(&rest);
	buf_free(&old);
	buf_free(&made);
	buf_free(&ignored);
	return good;
}

static mode_t
mode_for(const struct home *h, enum wiring_kind kind)
{
	struct stat st;

	if (!status_of(h, ways[kind]->file, &st))
		return ways[kind]->mode;
	return st.st_mode & ways[kind]->most & ~(mode_t)OTHERS_WRITE;
}

/* Whether the file is still what was planned for. */
static bool
is_unchanged(const struct home *h, const char *name, bool there, const struct buf *before, struct buf *why)
{
	struct buf now = BUF_INIT;
	int got = read_file(h, name, &now, why);
	bool good = got != -1 && (got == 1) == there && buf_equal(&now, before);

	if (!good && got != -1)
		buf_addf(why, _("%s has been changed by somebody else meanwhile; nothing was done."), name);
	buf_free(&now);
	return good;
}

bool
wiring_put(const struct home *h, const struct wiring_plan *p, struct buf *why)
{
	const char *name = buf_str(&p->file);
	struct buf kept = BUF_INIT, ignored = BUF_INIT;
	bool good, moved = false;

	if (p->wired)
		return true;
	if (p->refusal.len > 0 || p->kind == WIRING_UNKNOWN || p->after.len == 0) {
		buf_adds(why, buf_str(&p->refusal));
		return false;
	}
	buf_addf(&kept, "%s" WIRING_KEPT, name);
	if (kept.failed)
		return no_memory(why);
	good = is_unchanged(h, name, p->there, &p->before, why);
	if (good)
		good = p->there ? keep(h, buf_str(&kept), p, &moved, why) : userfile_remove(h, buf_str(&kept), why);
	if (good && !userfile_write(h, name, p->after.data, p->after.len, mode_for(h, p->kind), why)) {
		/* The copy is of no use then; if it cannot go either, it is as after an interruption. */
		if (p->there && !moved)
			userfile_remove(h, buf_str(&kept), &ignored);
		good = false;
	}
	buf_free(&kept);
	buf_free(&ignored);
	return good;
}
