/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ask - questions on a terminal
 *
 * The terminal stays in its line mode: its own editing keys work, and nothing
 * has to be put back when we are killed.  A line is read by read(2), not by
 * stdio, so that Ctrl-C, a hangup and SIGTERM end the waiting and an editor that is started
 * between two questions finds what was typed ahead for it.
 *
 * Failures: an input that fails counts as one that has ended.
 */
#include "ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../i18n.h"
#include "../text.h"
#include "commands.h"
#include "show.h"

#define LINE_MAX_BYTES 4096	/* what a terminal gives at once, at most */
#define ANSWER_MAX 2000

static volatile sig_atomic_t interrupted;
static bool begun, ended;
static const int stopping[] = { SIGINT, SIGHUP, SIGTERM };
#define STOPPING (sizeof stopping / sizeof stopping[0])
static struct sigaction action_before[STOPPING];
static sigset_t mask_before;

static void
note(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* The signal is let in only where we wait: nothing else is ended by it halfway. */
void
ask_begin(void)
{
	struct sigaction action = { .sa_handler = note };
	sigset_t set;
	size_t i;

	interrupted = 0;
	ended = false;
	begun = true;
	sigemptyset(&action.sa_mask);
	sigemptyset(&set);
	for (i = 0; i < STOPPING; i++)
		sigaddset(&set, stopping[i]);
	sigprocmask(SIG_BLOCK, &set, &mask_before);
	for (i = 0; i < STOPPING; i++)
		sigaction(stopping[i], &action, &action_before[i]);
}

void
ask_end(void)
{
	size_t i;

	if (!begun)
		return;
	begun = false;
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
	for (i = 0; i < STOPPING; i++)
		sigaction(stopping[i], &action_before[i], NULL);
}

bool
ask_stopped(void)
{
	sigset_t set;
	size_t i;

	if (begun && sigpending(&set) == 0)
		for (i = 0; i < STOPPING; i++)
			if (sigismember(&set, stopping[i]) == 1)
				return true;
	return interrupted != 0 || ended;
}

/* Until there is input, when there is a descriptor to look at. */
static bool
wait_for(int fd, const struct timespec *limit)
{
	struct pollfd p = { fd, POLLIN, 0 };

	while (!ask_stopped())
		if (ppoll(&p, 1, limit, begun ? &mask_before : NULL) != -1 || errno != EINTR)
			return true;
	return false;
}

bool
ask_wait(int milliseconds)
{
	struct timespec limit = { milliseconds / 1000, milliseconds % 1000 * 1000000L };

	return wait_for(-1, &limit);
}

/* One line without its end; false: there is none. */
static bool
read_line(struct buf *line)
{
	char chunk[LINE_MAX_BYTES];
	ssize_t got;

	buf_reset(line);
	while (wait_for(STDIN_FILENO, NULL)) {
		got = read(STDIN_FILENO, chunk, sizeof chunk);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			ended = true;
		else if (chunk[got - 1] == '\n') {
			buf_add(line, chunk, (size_t)got - 1);
			return !line->failed;
		} else
			buf_add(line, chunk, (size_t)got);
	}
	putchar('\n');
	return false;
}

/* In lines of the terminal's width; `last' is what the last of them ends with. */
static void
put_words(const char *text, const char *last)
{
	struct buf out = BUF_INIT;
	struct screen screen = { &out, command_width(STDOUT_FILENO), false };

	show_words(&screen, text, 0, 0);
	if (out.failed)
		printf("%s%s", text, last);
	else
		printf("%.*s%s", (int)out.len - 1, buf_str(&out), last);
	fflush(stdout);
	buf_free(&out);
}

void
ask_say(const char *text)
{
	put_words(text, "\n");
}

static bool
is_good(const char *text, size_t len, struct buf *why)
{
	if (len > ANSWER_MAX)
		buf_adds(why, _("That is too long."));
	else if (!text_utf8_valid(text, len))
		buf_adds(why, _("That is not UTF-8: please set the terminal to it."));
	else if (!text_is_clean(text, len))
		buf_adds(why, _("There is a control character in it."));
	else
		return true;
	return false;
}

/* Without the blanks around it. */
static void
trim(const struct buf *line, struct buf *answer)
{
	const char *s = buf_str(line);
	size_t len = line->len;

	for (; len > 0 && (*s == ' ' || *s == '\t'); len--)
		s++;
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	buf_reset(answer);
	buf_add(answer, s, len);
}

bool
ask_line(const char *question, const char *shown, const char *fallback, ask_check *check, void *ctx, struct buf *answer)
{
	struct buf line = BUF_INIT, why = BUF_INIT;
	bool good = false;

	putchar('\n');
	ask_say(question);
	while (!good) {
		printf("[%s] ", shown != NULL ? shown : fallback);
		fflush(stdout);
		if (!read_line(&line))
			break;
		trim(&line, answer);
		if (answer->len == 0)
			buf_adds(answer, fallback);
		buf_reset(&why);
		good = is_good(buf_str(answer), answer->len, &why) && (check == NULL || check(ctx, buf_str(answer), &why));
		if (!good)
			ask_say(buf_str(&why));
	}
	buf_free(&line);
	buf_free(&why);
	return good && !answer->failed;
}

static bool
is_letter(const char *answer, const char *letter, const char *other)
{
	return text_begins(answer, letter) || text_begins(answer, other);
}

bool
ask_yes(const char *question, bool fallback, bool *yes)
{
	struct buf line = BUF_INIT, answer = BUF_INIT, asked = BUF_INIT;
	bool good = false;

	while (!good) {
		buf_reset(&asked);
		buf_addf(&asked, "%s %s", question, fallback ? _("[Y/n]") : _("[y/N]"));
		putchar('\n');
		put_words(buf_str(&asked), " ");
		if (!read_line(&line))
			break;
		trim(&line, &answer);
		good = true;
		if (answer.len == 0)
			*yes = fallback;
		/* Translators: the first letter of yes, and below of no; the English ones are understood as well. */
		else if (is_letter(buf_str(&answer), _("y"), "y"))
			*yes = true;
		else if (is_letter(buf_str(&answer), _("n"), "n"))
			*yes = false;
		else {
			good = false;
			ask_say(_("Please answer y or n."));
		}
	}
	buf_free(&asked);
	buf_free(&line);
	buf_free(&answer);
	return good;
}

bool
ask_text(struct buf *text)
{
	struct buf line = BUF_INIT;
	bool done = false;

	buf_reset(text);
	while (!done && read_line(&line)) {
		done = strcmp(buf_str(&line), ".") == 0;
		if (!done)
			buf_addf(text, "%s\n", buf_str(&line));
	}
	buf_free(&line);
	return done && !text->failed;
}
