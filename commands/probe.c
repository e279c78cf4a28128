/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe - does mail come to us, and would an answer go out?
 *
 * A message from the owner to himself goes through the real sendmail and the
 * real delivery; the journal says when it has come back to us.  It is not
 * answered, since nobody answers his own mail.  So the reply to it is
 * composed here, by the same procedure, and handed to sendmail with the
 * sender that replies have, to the owner alone: that sendmail takes the null
 * sender is then proved, and the owner can look at it.
 *
 * Mail to an address that several people read would trouble them: without
 * being told, only one that has the owner's login before the @ is written to.
 *
 * Not proved: that other servers take such a reply.
 */
#include "probe.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#include "../address.h"
#include "../deadline.h"
#include "../diag.h"
#include "../i18n.h"
#include "../journal.h"
#include "../text.h"
#include "ask.h"

#define LOOK_MS 500		/* from one look at the journal to the next */
#define DATE_FORMAT "%a, %d %b %Y %H:%M:%S %z"
#define NO_JOURNAL "none"
#define FIELD "X-Backsoon-Probe"

struct run {
	const struct on *on;
	struct probe *p;
	struct submitter submitter;
	struct buf message;
	int seconds;		/* until it was seen */
};

void
probe_free(struct probe *p)
{
	buf_free(&p->address);
	buf_free(&p->token);
	buf_free(&p->rule);
	buf_free(&p->why);
}

/* Whether `text' is the address `own', which may be a login alone. */
static bool
is_same(const struct on *on, const char *own, const char *text)
{
	struct address a = { NULL, NULL, NULL }, b = { NULL, NULL, NULL };
	bool same = address_parse(own, strlen(own), &a) && address_parse(text, strlen(text), &b) && b.domain != NULL &&
	    address_equal(&a, &b, on->settings.delimiter);

	address_free(&a);
	address_free(&b);
	return same;
}

/* An address with the login in it is nobody else's. */
static bool
is_personal(const struct on *on, const char *text)
{
	const struct passwd *pw = getpwuid(geteuid());

	return pw != NULL && is_same(on, pw->pw_name, text);
}

bool
probe_is_own(const struct on *on, const char *text)
{
	size_t i;

	if (is_same(on, buf_str(&on->rehearsal.owner), text))
		return true;
	for (i = 0; i < on->settings.alias.n; i++)
		if (is_same(on, on->settings.alias.item[i], text))
			return true;
	return false;
}

bool
probe_find_address(struct on *on)
{
	size_t i;

	if (on->probe_to == NULL && is_personal(on, buf_str(&on->rehearsal.owner)))
		on->probe_to = buf_str(&on->rehearsal.owner);
	for (i = 0; i < on->settings.alias.n && on->probe_to == NULL; i++)
		if (is_personal(on, on->settings.alias.item[i]))
			on->probe_to = on->settings.alias.item[i];
	return on->probe_to != NULL;
}

static bool
make_token(struct probe *p)
{
	uint64_t random;

	if (getrandom(&random, sizeof random, 0) != sizeof random) {
		buf_adds(&p->why, _("there are no random numbers"));
		return false;
	}
	buf_addf(&p->token, "%016" PRIx64, random);
	return true;
}

/* As it goes to sendmail. */
static void
compose(struct run *r)
{
	const char *address = buf_str(&r->p->address), *token = buf_str(&r->p->token);
	struct buf date = BUF_INIT;

	schedule_format(NULL, &date, DATE_FORMAT, r->on->load.now);
	buf_addf(&r->message, "From: <%s>\nTo: <%s>\nSubject: backsoon probe %s\nDate: %s\nMessage-ID: <%s.probe%s>\n%s: %s\n",
	    address, address, token, buf_str(&date), token, strrchr(address, '@'), FIELD, token);
	buf_adds(&r->message, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
	buf_addf(&r->message, "%s\n", _("This message was sent by `backsoon on', to see whether mail comes to it.\nYou can delete it."));
	buf_free(&date);
}

/* From `sender' to the owner, and nobody else. */
static bool
submit(struct run *r, const struct buf *message, const char *sender)
{
	struct scratch scratch = SCRATCH_INIT;
	int64_t deadline = deadline_clock() + r->on->settings.time_limit * 1000;
	int fd = -1;
	bool good = !message->failed && scratch_write(&scratch, message, &r->p->why);

	if (good)
		fd = open(buf_str(&scratch.file), O_RDONLY | O_CLOEXEC);
	good = fd != -1 && submit_send(&r->submitter, fd, sender, buf_str(&r->p->address), deadline, &r->p->why) == SUBMIT_ACCEPTED;
	if (fd != -1)
		close(fd);
	scratch_remove(&scratch);
	return good;
}

/* A record of the journal with our token in the subject. */
static bool
is_seen(struct run *r)
{
	const struct journal_entry *entries;
	const char *name;
	struct journal *j;
	size_t n, i;
	int dir_fd;

	name = home_place(&r->on->load.home, r->on->settings.journal, &dir_fd);
	j = journal_open(dir_fd, name);
	if (j == NULL)
		return false;
	n = journal_entries(j, &entries);
	for (i = 0; i < n && !r->p->arrived; i++)
		if (strstr(entries[i].subject, buf_str(&r->p->token)) != NULL) {
			r->p->arrived = true;
			buf_adds(&r->p->rule, entries[i].rule[0] != '\0' ? entries[i].rule : entries[i].outcome);
		}
	journal_close(j);
	return r->p->arrived;
}

static void
wait_for_arrival(struct run *r)
{
	bool show = !r->on->json && isatty(STDOUT_FILENO);
	int64_t began = deadline_clock(), deadline = began + (int64_t)r->on->probe_wait * 1000;

	while (!is_seen(r) && deadline_left(deadline) > 0) {
		if (show) {
			putchar('\r');
			printf(_("Waiting for it: %d s"), (int)((deadline_clock() - began) / 1000));
			fflush(stdout);
		}
		if (!ask_wait(deadline_left(deadline) < LOOK_MS ? deadline_left(deadline) : LOOK_MS))
			break;
	}
	r->seconds = (int)((deadline_clock() - began) / 1000);
	if (show)
		printf("\r\033[K");
	if (!r->p->arrived)
		buf_addf(&r->p->why, i18n_n("no delivery of it was seen within %d second", "no delivery of it was seen within %d seconds",
		    (unsigned long)r->seconds), r->seconds);
}

/* What a stranger would get, to the owner. */
static void
reply(struct run *r)
{
	struct settings s = r->on->settings;
	struct rehearsal rehearsal = { BUF_INIT, BUF_INIT };
	struct buf sample = BUF_INIT, marked = BUF_INIT;

	buf_addf(&sample, "Return-Path: <%s>\n%s", buf_str(&r->p->address), buf_str(&r->message));
	if (rehearse(&r->on->load, &s, s.message, buf_str(&sample), &rehearsal, &r->p->why)) {
		buf_addf(&marked, "%s: %s\n%s", FIELD, buf_str(&r->p->token), buf_str(&rehearsal.reply));
		r->p->replied = submit(r, &marked, s.return_path);
	}
	rehearsal_free(&rehearsal);
	buf_free(&sample);
	buf_free(&marked);
}

static void
show(const struct run *r)
{
	const struct probe *p = r->p;

	if (p->arrived)
		printf(_("It arrived after %d s; what was decided about it: %s.\n"), r->seconds, buf_str(&p->rule));
	if (p->replied)
		printf(_("The reply to it was composed, and sendmail took it with the sender %s; it goes to %s.\n"), r->on->settings.return_path,
		    buf_str(&p->address));
	if (p->arrived && p->replied)
		puts(_("Proved: mail comes to backsoon, and replies can be sent. Not proved: that other servers accept them."));
	else {
		printf(_("Not proved: %s.\n"), buf_str(&p->why));
		if (p->sent && !p->arrived)
			puts(_("It may only be slow: look for it with `backsoon history'. The mail server's log says more."));
	}
}

static void
run(struct run *r)
{
	const struct settings *s = &r->on->settings;

	if (!submit_open(&r->submitter, s->sendmail, s->sendmail_kind, &r->p->why))
		return;
	compose(r);
	r->p->sent = submit(r, &r->message, buf_str(&r->p->address));
	if (!r->p->sent)
		return;
	if (!r->on->json)
		printf(_("A test message went to %s.\n"), buf_str(&r->p->address));
	if (text_equal(s->journal, NO_JOURNAL))
		buf_adds(&r->p->why, _("without a journal its arrival cannot be seen"));
	else
		wait_for_arrival(r);
	if (r->p->arrived)
		reply(r);
}

int
probe_run(const struct on *on, struct probe *p)
{
	struct run r = { .on = on, .p = p, .message = BUF_INIT };

	buf_adds(&p->address, on->probe_to);
	if (make_token(p)) {
		run(&r);
		submit_close(&r.submitter);
	}
	if (!on->json)
		show(&r);
	buf_free(&r.message);
	return p->arrived && p->replied ? EX_OK : EX_UNAVAILABLE;
}
