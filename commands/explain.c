/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain - why does this message get a reply, or none?
 *
 * Runs the procedure as far as it only reads, shows every rule with its
 * verdict and the value behind it, the decision, the table's entry, and the
 * reply as it would go out.  It writes nothing: no table, no journal, no log,
 * no sendmail.  What comes from the message is made visible before it is
 * shown (diag_visible), because a terminal obeys what it is sent.
 */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../answer.h"
#include "../deadline.h"
#include "../diag.h"
#include "../json.h"
#include "../load.h"
#include "../mime.h"
#include "../text.h"

#define ID_WIDTH 20
#define TIME_FORMAT "%a %Y-%m-%d %H:%M %Z"

struct view {
	struct answer *a;
	const struct load *load;
	struct buf reply;		/* empty when none could be composed */
	bool colour;
	bool due;			/* the reply would go out */
};

static const char *const verdict_words[] = {
	[VERDICT_PASS] = "pass", [VERDICT_REFUSE] = "refuse", [VERDICT_OVERRIDDEN] = "overridden", [VERDICT_LATER] = "not asked",
};

static const char *
environment(const char *name)
{
	return getenv(name);
}

static void
put(const struct view *v, const char *code, const char *text)
{
	if (v->colour)
		printf("\033[%sm%s\033[0m", code, text);
	else
		fputs(text, stdout);
}

static void
put_visible(const char *text)
{
	struct buf b = BUF_INIT;

	diag_visible(&b, text, strlen(text));
	fputs(buf_str(&b), stdout);
	buf_free(&b);
}

static void
put_line(const char *name, const char *text)
{
	printf("%-11s ", name);
	put_visible(text[0] != '\0' ? text : "-");
	putchar('\n');
}

/* All addresses that count as the owner's; the reply comes from the one that was written to. */
static void
show_owner(const struct view *v)
{
	struct envelope *e = &v->a->envelope;
	const struct address *which = envelope_addressed(e);
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < e->nown; i++) {
		buf_adds(&text, i > 0 ? ", " : "");
		address_format(&text, &e->own[i]);
		if (e->own[i].domain == NULL)
			buf_adds(&text, "@(any domain)");
	}
	put_line("Owner", buf_str(&text));
	buf_reset(&text);
	if (which != NULL) {
		address_format(&text, which);
		put_line("Written to", buf_str(&text));
	}
	buf_free(&text);
}

static void
show_message(const struct view *v)
{
	const struct answer *a = v->a;
	const struct envelope *e = &a->envelope;
	const char *id = message_value(a->message, "Message-ID");
	struct buf text = BUF_INIT;

	buf_adds(&text, e->state == SENDER_NULL ? "<>" : e->text != NULL ? e->text : "");
	if (e->source != NULL)
		buf_addf(&text, " (%s)", e->source);
	put_line("Sender", buf_str(&text));
	buf_reset(&text);
	if (e->wrapping == ADDRESS_WRAPPED) {
		address_format(&text, &e->original);
		put_line("Original", buf_str(&text));
		buf_reset(&text);
	}
	policy_subject(a->message, &text);
	put_line("Subject", a->subject.len > 0 ? buf_str(&a->subject) : buf_str(&text));
	put_line("Message-ID", id != NULL ? id : "");
	show_owner(v);
	buf_free(&text);
}

static void
show_rule(const struct view *v, const struct rule *r)
{
	struct buf value = BUF_INIT;
	enum verdict verdict = policy_test(r, &v->a->facts, &value);
	bool decides = v->a->outcome == OUTCOME_REFUSED && v->a->decision.rule == r;

	fputs(decides ? "> " : "  ", stdout);
	put(v, verdict == VERDICT_REFUSE ? "31" : verdict == VERDICT_PASS ? "32" : "33", verdict_words[verdict]);
	printf("%*s%-*s ", (int)(11 - strlen(verdict_words[verdict])), "", ID_WIDTH, r->id);
	put_visible(value.len > 0 ? buf_str(&value) : verdict == VERDICT_PASS ? "" : r->sentence);
	putchar('\n');
	buf_free(&value);
}

static void
add_time(const struct view *v, struct buf *out, int64_t t)
{
	struct buf why = BUF_INIT;
	struct schedule *zone = schedule_new(v->a->settings->timezone, NULL, NULL, NULL, NULL, &why);

	if (zone != NULL)
		schedule_format(zone, out, TIME_FORMAT, t);
	schedule_free(zone);
	buf_free(&why);
}

static void
show_table(const struct view *v)
{
	const struct vacation_db_info *seen = &v->a->seen;
	struct buf text = BUF_INIT;

	if (v->a->table == NULL) {
		put_line("Table", "not looked at");
		return;
	}
	if (seen->last_answered == 0)
		buf_adds(&text, "this sender was not answered before");
	else {
		buf_adds(&text, "last answered ");
		add_time(v, &text, seen->last_answered);
		buf_addf(&text, ", %" PRIu32 " %s in all", seen->count, seen->count == 1 ? "answer" : "answers");
	}
	put_line("Table", buf_str(&text));
	buf_reset(&text);
	if (seen->next == INT64_MAX)
		buf_adds(&text, "never again");
	else if (seen->next <= v->a->now)
		buf_adds(&text, v->due ? "now" : "as soon as nothing else is in the way");
	else
		add_time(v, &text, seen->next);
	put_line("Next answer", buf_str(&text));
	buf_free(&text);
}

static void
add_decision(const struct view *v, struct buf *out)
{
	const struct answer *a = v->a;

	if (v->due)
		buf_adds(out, "a reply goes out");
	else if (a->outcome == OUTCOME_REFUSED)
		buf_addf(out, "no reply: %s", a->decision.rule->sentence);
	else
		buf_addf(out, "no reply: %s", outcome_row(a->outcome)->sentence);
}

static bool
is_blank_below_header(const char *reply)
{
	const char *body = strstr(reply, "\n\n");

	return body != NULL && body[strspn(body, " \t\r\n")] == '\0';
}

static void
show_decision(const struct view *v)
{
	const struct answer *a = v->a;
	struct buf text = BUF_INIT;

	add_decision(v, &text);
	printf("%-11s ", "Decision");
	put(v, v->due ? "1;32" : "1;31", buf_str(&text));
	if (a->outcome == OUTCOME_REFUSED) {
		printf(" (rule %s", a->decision.rule->id);
		if (a->decision.value.len > 0) {
			fputs(": ", stdout);
			put_visible(buf_str(&a->decision.value));
		}
		putchar(')');
	}
	putchar('\n');
	if (a->why.len > 0)
		put_line(a->outcome == OUTCOME_REFUSED ? "Besides" : "Trouble", buf_str(&a->why));
	if (a->outcome == OUTCOME_REFUSED && a->decision.rule->test == TEST_NOT_ADDRESSED && !a->envelope.recipient_known)
		put_line("Hint", "the mail server may tell backsoon an address that is not in this message: try --recipient ADDR");
	if (v->reply.len > 0 && is_blank_below_header(buf_str(&v->reply)))
		put_line("Hint", "the reply has no text: is the blank line below the message file's header missing?");
	show_table(v);
	buf_free(&text);
}

static void
put_indented(const char *text, size_t len)
{
	const char *end = text + len, *eol;
	struct buf line = BUF_INIT;

	for (; text < end; text = eol + 1) {
		eol = memchr(text, '\n', (size_t)(end - text));
		if (eol == NULL)
			eol = end;
		buf_reset(&line);
		diag_visible(&line, text, (size_t)(eol - text));
		printf("    %s\n", buf_str(&line));
	}
	buf_free(&line);
}

/* For people: encoded words and transfer encoding undone; programs get every byte (--json). */
static void
show_reply(const struct view *v)
{
	static const char field[] = "\nContent-Transfer-Encoding: ";
	const char *reply = buf_str(&v->reply), *body = strstr(reply, "\n\n"), *encoding = strstr(reply, field);
	struct buf head = BUF_INIT, text = BUF_INIT, name = BUF_INIT;

	if (v->reply.len == 0 || body == NULL)
		return;
	printf("\n%s (shown decoded)\n\n", v->due ? "The reply that goes out" : "The reply that would go out otherwise");
	text_decode_words(&head, reply, (size_t)(body + 2 - reply), NULL, NULL);
	put_indented(buf_str(&head), head.len);
	if (encoding != NULL && encoding < body) {
		encoding += strlen(field);
		buf_add(&name, encoding, strcspn(encoding, "\n"));
	}
	body += 2;
	if (!mime_decode_body(&text, name.len > 0 ? buf_str(&name) : NULL, body, strlen(body)))
		buf_adds(&text, body);
	put_indented(buf_str(&text), text.len);
	buf_free(&head);
	buf_free(&text);
	buf_free(&name);
}

static void
show(const struct view *v)
{
	size_t i;

	show_message(v);
	putchar('\n');
	show_decision(v);
	putchar('\n');
	for (i = 0; i < rules_count; i++)
		show_rule(v, &rules[i]);
	show_reply(v);
}

static void
json_rules(struct json *j, const struct view *v)
{
	struct buf value = BUF_INIT;
	enum verdict verdict;
	size_t i;

	json_key(j, "rules");
	json_array_begin(j);
	for (i = 0; i < rules_count; i++) {
		verdict = policy_test(&rules[i], &v->a->facts, &value);
		json_object_begin(j);
		json_put_string(j, "id", rules[i].id);
		json_put_string(j, "verdict", verdict_words[verdict]);
		json_put_string(j, "sentence", rules[i].sentence);
		json_put_string(j, "source", rules[i].source);
		json_put_string(j, "value", value.len > 0 ? buf_str(&value) : NULL);
		json_object_end(j);
	}
	json_array_end(j);
	buf_free(&value);
}

static void
json_time(struct json *j, const char *key, int64_t t)
{
	json_key(j, key);
	if (t == INT64_MAX || t == 0)
		json_null(j);
	else
		json_int(j, t);
}

static void
json_table(struct json *j, const struct view *v)
{
	const struct vacation_db_info *seen = &v->a->seen;

	json_key(j, "table");
	json_object_begin(j);
	json_time(j, "first_answered", seen->first_answered);
	json_time(j, "last_answered", seen->last_answered);
	json_put_int(j, "answers", seen->count);
	json_time(j, "next_answer", seen->next == 0 ? v->a->now : seen->next);
	json_put_bool(j, "never_again", seen->next == INT64_MAX);
	json_object_end(j);
}

static void
show_json(const struct view *v)
{
	const struct answer *a = v->a;
	struct buf out = BUF_INIT, text = BUF_INIT;
	struct json j;

	json_init(&j, &out);
	json_object_begin(&j);
	json_put_bool(&j, "reply_goes_out", v->due);
	json_put_string(&j, "verdict", outcome_row(a->outcome)->name);
	json_put_string(&j, "rule", a->outcome == OUTCOME_REFUSED ? a->decision.rule->id : NULL);
	json_put_string(&j, "value", a->decision.value.len > 0 ? buf_str(&a->decision.value) : NULL);
	add_decision(v, &text);
	json_put_string(&j, "sentence", buf_str(&text));
	json_put_string(&j, "trouble", a->why.len > 0 ? buf_str(&a->why) : NULL);
	json_put_string(&j, "sender", a->envelope.state == SENDER_NULL ? "<>" : a->envelope.text);
	json_put_string(&j, "sender_source", a->envelope.source);
	json_put_string(&j, "owner", a->from_address.len > 0 ? buf_str(&a->from_address) : NULL);
	json_put_string(&j, "message_id", message_value(a->message, "Message-ID"));
	policy_subject(a->message, &text);
	json_put_string(&j, "subject", a->subject.len > 0 ? buf_str(&a->subject) : buf_str(&text));
	json_put_int(&j, "now", a->now);
	json_rules(&j, v);
	json_table(&j, v);
	json_put_string(&j, "reply", v->reply.len > 0 ? buf_str(&v->reply) : NULL);
	json_object_end(&j);
	json_end(&j);
	fwrite(buf_str(&out), 1, out.len, stdout);
	buf_free(&out);
	buf_free(&text);
}

static void
take_reply(struct view *v)
{
	char chunk[8192];
	ssize_t got;
	int fd = -1;

	if (!answer_rehearse(v->a, &fd))
		return;
	while ((got = read(fd, chunk, sizeof chunk)) > 0)
		buf_add(&v->reply, chunk, (size_t)got);
	close(fd);
}

static int
explain(struct load *l, const struct message *m, bool as_json)
{
	struct answer a;
	struct view v = { .a = &a, .load = l, .colour = !as_json && command_colour(STDOUT_FILENO) };
	bool broken;

	answer_init(&a);
	a.settings = &l->settings;
	a.message = m;
	a.home = &l->home;
	a.env = environment;
	a.now = l->now;
	a.explaining = true;
	a.deadline = deadline_clock() + l->settings.time_limit * 1000;
	v.due = answer_prepare(&a);
	if (a.envelope.state == SENDER_GIVEN && a.template_text.len > 0)
		take_reply(&v);
	v.due = v.due && a.outcome == OUTCOME_ANSWERED;
	if (as_json)
		show_json(&v);
	else
		show(&v);
	buf_free(&v.reply);
	broken = a.outcome == OUTCOME_SETTINGS;
	answer_free(&a);
	if (fflush(stdout) != 0)
		return EX_IOERR;
	return broken ? EX_USAGE : EX_OK;
}

static int
show_rules(void)
{
	size_t i;

	for (i = 0; i < rules_count; i++)
		printf("%-*s %s (%s)\n", ID_WIDTH, rules[i].id, rules[i].sentence, rules[i].source);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* The message: the file that is named, else standard input. */
static int
open_message(const struct load *l, int argc, char **argv)
{
	int fd;

	if (l->rest >= argc || strcmp(argv[l->rest], "-") == 0) {
		if (isatty(STDIN_FILENO))
			diag_info("reading the message from the terminal; end it with Ctrl-D");
		return STDIN_FILENO;
	}
	fd = open(argv[l->rest], O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		diag_error("%s: %s", argv[l->rest], strerror(errno));
	return fd;
}

static int
explain_file(struct load *l, int fd, bool as_json)
{
	struct message m;
	int status;

	message_read(&m, fd, MESSAGE_DRAIN);
	status = explain(l, &m, as_json);
	message_free(&m);
	return status;
}

int
explain_command(int argc, char **argv)
{
	struct load l;
	bool as_json = command_flag(&argc, argv, "--json");
	int fd, status = EX_USAGE;

	if (command_flag(&argc, argv, "--rules"))
		return show_rules();
	load_run(&l, argc, argv, NULL);
	if (l.outcome != OUTCOME_ANSWERED) {
		command_complain(&l.why);
		status = l.outcome == OUTCOME_SETTINGS ? EX_USAGE : EX_NOUSER;
	} else if (l.rest + 1 < argc)
		diag_error("one message at a time: %s is too much", argv[l.rest + 1]);
	else if ((fd = open_message(&l, argc, argv)) == -1)
		status = EX_NOINPUT;
	else
		status = explain_file(&l, fd, as_json);
	load_free(&l);
	return status;
}
