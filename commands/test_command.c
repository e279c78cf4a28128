/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_command - `backsoon test ADDR': the reply that ADDR would get, sent to the owner
 *
 * A letter from ADDR goes through the procedure as a delivery would, up to the claim;
 * the reply is composed in the sandbox, marked as a test, and handed to the
 * sendmail program with the options and the envelope sender of a real reply, but
 * for one of the owner's addresses.  ADDR gets nothing.  Neither table nor
 * journal are touched: it was no message, and nobody was answered.
 *
 * The mark is a field X-Backsoon-Test, words before the subject, and a
 * first line where the text is not a multipart.  The reply's own fields stop every
 * responder, ours too, from answering it.
 */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include "../answer.h"
#include "../deadline.h"
#include "../diag.h"
#include "../i18n.h"
#include "../json.h"
#include "../mime.h"
#include "../text.h"
#include "letter.h"
#include "show.h"
#include "survey.h"

#define TEST_FIELD "X-Backsoon-Test: yes\n"
#define TEST_SUBJECT "[Test] "
#define SUBJECT_FIELD "\nSubject: "
#define RESULT_MAX 12

struct test {
	struct load *load;
	struct answer answer;
	struct message letter;
	struct envelope owner;
	const char *as;			/* who is said to have written */
	struct buf to;			/* where the reply goes */
	struct buf note;		/* what stands above its text */
	struct buf reply;		/* complete, and marked once it is sent */
	bool due;			/* a real message would be answered */
	enum submit_result result;
	struct buf why;
};

/* Before anything is looked at: what cannot have written is a mistake of the command line. */
static bool
is_sender(const char *as)
{
	struct address a = { NULL, NULL, NULL };
	bool good = address_parse(as, strlen(as), &a) && a.domain != NULL;

	address_free(&a);
	if (!good)
		diag_error(_("%s is no address; test needs one, as in backsoon test anna@example.org"), as);
	return good;
}

/* The owner's address that was asked for, or the first. */
static int
choose_recipient(struct test *t, const char *to)
{
	struct address wanted = { NULL, NULL, NULL };
	const struct address *own = letter_address(&t->owner);
	int status = EX_OK;

	if (to != NULL && !address_parse(to, strlen(to), &wanted)) {
		diag_error(_("%s is not an address"), to);
		status = EX_USAGE;
	} else if (to != NULL && !envelope_is_own(&t->owner, &wanted)) {
		diag_error(_("%s is not one of your addresses; if it is, put it into ~/.vacation.conf: alias = %s"), to, to);
		status = EX_USAGE;
	} else if (to != NULL)
		address_format(&t->to, &wanted);
	else if (own != NULL)
		address_format(&t->to, own);
	address_free(&wanted);
	if (status == EX_OK && t->to.len == 0) {
		diag_error(_("no address of yours is known; put it into ~/.vacation.conf: alias = you@example.org"));
		status = EX_USAGE;
	}
	return status;
}

static bool
read_reply(int fd, struct buf *out)
{
	char chunk[8192];
	ssize_t got;

	do {
		got = read(fd, chunk, sizeof chunk);
		if (got > 0)
			buf_add(out, chunk, (size_t)got);
	} while (got > 0 || (got == -1 && errno == EINTR));
	close(fd);
	return got == 0 && !out->failed;
}

/* The reply as ADDR would get it. */
static int
compose(struct test *t)
{
	struct answer *a = &t->answer;
	const char *trusted = t->load->settings.trust_auth.n > 0 ? t->load->settings.trust_auth.item[0] : NULL;
	int fd;

	if (!letter_read(&t->letter, t->as, buf_str(&t->to), trusted, t->load->now)) {
		diag_error(_("not enough memory"));
		return EX_OSERR;
	}
	letter_answer(a, t->load, &t->letter, t->as);
	buf_addf(&t->note, "[Test of backsoon: %s would get this reply.]", text_is_ascii(t->as, strlen(t->as)) ? t->as : "the address");
	a->note = buf_str(&t->note);
	t->due = answer_prepare(a);
	if (a->envelope.state != SENDER_GIVEN) {
		diag_error(_("%s is not an address that could be answered"), t->as);
		return EX_USAGE;
	}
	if (a->template_text.len == 0 || !answer_rehearse(a, &fd)) {
		diag_error(_("there is no reply to test: %s"), a->why.len > 0 ? buf_str(&a->why) : outcome_row(a->outcome)->sentence);
		return EX_CONFIG;
	}
	if (read_reply(fd, &t->reply))
		return EX_OK;
	diag_error(_("not enough memory"));
	return EX_OSERR;
}

/* The text has its mark already; these are ASCII, and fit into every charset that the composer chooses. */
static bool
mark(struct test *t)
{
	const char *reply = buf_str(&t->reply), *body = strstr(reply, "\n\n"), *subject = strstr(reply, SUBJECT_FIELD), *rest;
	struct buf out = BUF_INIT;

	if (body == NULL || subject == NULL || subject > body)
		return false;
	rest = subject + strlen(SUBJECT_FIELD);
	buf_adds(&out, TEST_FIELD);
	buf_add(&out, reply, (size_t)(rest - reply));
	buf_adds(&out, TEST_SUBJECT);
	buf_adds(&out, rest);
	buf_free(&t->reply);
	t->reply = out;
	return !out.failed;
}

/* In the memory that sendmail reads it from. */
static int
open_reply(const struct buf *reply)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	if (fd != -1 && write(fd, buf_str(reply), reply->len) != (ssize_t)reply->len) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int
send_reply(struct test *t)
{
	struct answer *a = &t->answer;
	int fd;

	if (a->submitter.path == NULL) {
		a->have_submitter = true;
		if (!submit_open(&a->submitter, a->settings->sendmail, a->settings->sendmail_kind, &t->why)) {
			t->result = SUBMIT_MISSING;
			return EX_OK;
		}
	}
	if (!mark(t) || (fd = open_reply(&t->reply)) == -1) {
		diag_error(_("not enough memory"));
		return EX_OSERR;
	}
	t->result = submit_send(&a->submitter, fd, a->settings->return_path, buf_str(&t->to),
	    deadline_clock() + a->settings->time_limit * 1000, &t->why);
	close(fd);
	return EX_OK;
}

/* What is to be told. */

static const char *
reason(const struct answer *a)
{
	return a->outcome == OUTCOME_REFUSED ? a->decision.rule->sentence : outcome_row(a->outcome)->sentence;
}

static void
show(const struct test *t, struct buf *out)
{
	const struct answer *a = &t->answer;
	const char *path = a->submitter.path != NULL ? a->submitter.path : "sendmail";
	struct screen screen = { out, command_width(STDOUT_FILENO), command_colour(STDOUT_FILENO) };
	struct buf text = BUF_INIT;

	if (t->result == SUBMIT_ACCEPTED)
		buf_addf(&text, _("The reply that %s would get was handed to %s (%s) for %s, with the envelope sender %s."), t->as, path,
		    submit_kind_name(a->submitter.kind), buf_str(&t->to), a->settings->return_path);
	else
		buf_addf(&text, _("The reply was not sent: %s."), buf_str(&t->why));
	show_coloured(&screen, t->result == SUBMIT_ACCEPTED ? "32" : "1;31", t->result == SUBMIT_ACCEPTED ? _("sent") : _("failed"));
	buf_adds(out, ": ");
	show_words(&screen, buf_str(&text), strlen("failed: "), 0);
	buf_reset(&text);
	if (t->result == SUBMIT_ACCEPTED) {
		buf_addf(&text, _("Look into the mailbox of %s for a message whose subject begins with [Test]. If it does not come, the mail server's log says why."),
		    buf_str(&t->to));
		show_words(&screen, buf_str(&text), 0, 0);
		buf_reset(&text);
	}
	if (!t->due) {
		buf_addf(&text, _("A real message of %s would get no reply now: %s."), t->as, reason(a));
		show_words(&screen, buf_str(&text), 0, 0);
	}
	out->failed |= text.failed;
	buf_free(&text);
}

static void
show_json(const struct test *t, struct buf *out)
{
	static const char results[][RESULT_MAX] = {
		[SUBMIT_ACCEPTED] = "accepted", [SUBMIT_REFUSED] = "refused", [SUBMIT_DEFERRED] = "deferred", [SUBMIT_MISSING] = "missing",
		[SUBMIT_UNKNOWN] = "unknown",
	};
	const struct answer *a = &t->answer;
	struct json j;

	json_init(&j, out);
	json_object_begin(&j);
	json_put_string(&j, "result", results[t->result]);
	json_put_string(&j, "trouble", t->result != SUBMIT_ACCEPTED ? buf_str(&t->why) : NULL);
	json_put_string(&j, "as", t->as);
	json_put_string(&j, "to", buf_str(&t->to));
	json_put_string(&j, "sendmail", a->submitter.path);
	json_put_string(&j, "sendmail_kind", submit_kind_name(a->submitter.kind));
	json_put_string(&j, "envelope_sender", a->settings->return_path);
	json_put_bool(&j, "answered_now", t->due);
	json_put_string(&j, "rule", !t->due && a->outcome == OUTCOME_REFUSED ? a->decision.rule->id : NULL);
	json_put_string(&j, "reply", buf_str(&t->reply));
	json_object_end(&j);
	json_end(&j);
}

static int
status_of(enum submit_result result)
{
	if (result == SUBMIT_ACCEPTED)
		return EX_OK;
	return result == SUBMIT_DEFERRED ? EX_TEMPFAIL : EX_UNAVAILABLE;
}

static int
run(struct load *l, const char *as, const char *to, bool as_json)
{
	struct test t = { .load = l, .as = as, .letter = { .kept = NULL } };
	struct buf out = BUF_INIT;
	char *login = NULL;
	int status = EX_OK;

	answer_init(&t.answer);
	if (!survey_login(&login) || !letter_owner(&t.owner, l, login)) {
		diag_error(_("not enough memory"));
		status = EX_OSERR;
	}
	if (status == EX_OK)
		status = choose_recipient(&t, to);
	if (status == EX_OK)
		status = compose(&t);
	if (status == EX_OK)
		status = send_reply(&t);
	if (status == EX_OK) {
		(as_json ? show_json : show)(&t, &out);
		status = show_flush(&out);
		if (status == EX_OK)
			status = status_of(t.result);
	}
	answer_free(&t.answer);
	message_free(&t.letter);
	envelope_free(&t.owner);
	free(login);
	buf_free(&t.to);
	buf_free(&t.note);
	buf_free(&t.reply);
	buf_free(&t.why);
	buf_free(&out);
	return status;
}

int
test_command(int argc, char **argv)
{
	struct load l;
	bool as_json = command_flag(&argc, argv, "--json");
	const char *to = command_value(&argc, argv, "--to");
	int status;

	if (as_json)
		i18n_stop();
	status = survey_load(&l, argc, argv);
	command_tell_home(&l);
	if (status == EX_OK && l.rest + 1 != argc) {
		diag_error(_("test takes one address: who is to be thought to have written?"));
		status = EX_USAGE;
	}
	if (status == EX_OK && !is_sender(argv[l.rest]))
		status = EX_USAGE;
	if (status == EX_OK && l.outcome != OUTCOME_ANSWERED) {
		command_complain(&l.why);
		status = EX_CONFIG;
	}
	if (status == EX_OK)
		status = run(&l, argv[l.rest], to, as_json);
	load_free(&l);
	return status;
}
