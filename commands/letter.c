/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * letter - a message that nobody has written
 *
 * `check' asks with it whether a stranger would be answered, `test' what
 * somebody would get.  It is an ordinary letter from one person to the owner;
 * what a mail server would say in the environment is not there, so that the shell's
 * variables cannot be taken for it.
 *
 * Failures: no memory, no descriptors.
 */
#include "letter.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../deadline.h"

#define LETTER_DATE "%a, %d %b %Y %H:%M:%S %z"
#define LETTER_SUBJECT "When do you have time?"

const char *
letter_environment(const char *name)
{
	(void)name;
	return NULL;
}

bool
letter_owner(struct envelope *e, const struct load *l, const char *login)
{
	static const struct message none = { .kept = NULL };

	if (!envelope_read(e, &none, &l->settings, letter_environment))
		return false;
	if (!envelope_needs_login(e) || login == NULL)
		return true;
	return envelope_add_login(e, login);
}

const struct address *
letter_address(const struct envelope *e)
{
	return !e->recipient_known && e->nalias > 0 && e->own[0].domain != NULL ? &e->own[0] : envelope_first_own(e);
}

static void
write_letter(struct buf *out, const char *sender, const char *owner, const char *trusted, int64_t now)
{
	const char *at = strrchr(sender, '@');

	if (trusted != NULL)
		buf_addf(out, "Authentication-Results: %s; spf=pass smtp.mailfrom=%s; dkim=pass header.d=%s; dmarc=pass\n", trusted, sender,
		    at != NULL ? at + 1 : sender);
	buf_addf(out, "From: %s\nTo: %s\nSubject: " LETTER_SUBJECT "\nDate: ", sender, owner);
	schedule_format(NULL, out, LETTER_DATE, now);
	buf_addf(out, "\nMessage-ID: <letter@%s>\n\nHello!\n", at != NULL ? at + 1 : "localhost");
}

/* The letter is shorter than what a pipe holds. */
static bool
through_pipe(struct message *m, const struct buf *letter)
{
	int ends[2];
	bool whole;

	if (letter->failed || pipe2(ends, O_CLOEXEC) == -1)
		return false;
	whole = write(ends[1], buf_str(letter), letter->len) == (ssize_t)letter->len;
	close(ends[1]);
	whole = message_read(m, ends[0], letter->len) && whole;
	close(ends[0]);
	return whole;
}

bool
letter_read(struct message *m, const char *sender, const char *owner, const char *trusted, int64_t now)
{
	struct buf letter = BUF_INIT;
	bool good;

	*m = (struct message){ .kept = NULL };
	write_letter(&letter, sender, owner, trusted, now);
	good = through_pipe(m, &letter);
	buf_free(&letter);
	return good;
}

void
letter_answer(struct answer *a, struct load *l, const struct message *m, const char *sender)
{
	settings_set(&l->settings, "command line", "sender", sender);
	answer_init(a);
	a->settings = &l->settings;
	a->message = m;
	a->home = &l->home;
	a->env = letter_environment;
	a->now = l->now;
	a->explaining = true;
	a->deadline = deadline_clock() + l->settings.time_limit * 1000;
}
