/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compat_mailbot - the command line of maildrop's mailbot
 *
 *	mailbot [options] [program [argument ...]]
 *
 * Its options become settings, as the flags of vacation(1) do.  Only the first letter of a word is one, its
 * value is the rest of the word or the next one; -f has no value but the rest.  The program
 * that takes the reply stands behind them with its arguments.
 *
 * Other than mailbot: the envelope sender is answered, whatever From and Reply-To
 * say (RFC 3834 4), so that -e changes nothing; a wrong value is a problem where
 * mailbot goes on with something else; fields that make the reply a reply
 * cannot be set by -A.  Without -d everybody is answered each time, within the storm brake.
 *
 * What the options mean together is compat_mailbot_finish.c's.
 */
#include "compat_mailbot_parts.h"

#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "feedback.h"
#include "i18n.h"
#include "text.h"

#define FEEDBACK_OPTION "--feedback-"
#define FIELD_NAME_MAX 76
#define FIELD_VALUE_MAX 8000		/* bytes of a value of -A or -s */
#define ALARM_MAX 3600			/* seconds: as time-limit */
#define CHARSET_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-"

enum effect {
	FIELD, ATTACH, CHARSET, TABLE, DAYS, ANSWER_SENDER, SENDER, MARKER, DRAFT, MIME_TEXT, REPORTER, NO_QUOTE, SHOW,
	REQUIRED, FEEDBACK_TYPE, SUBJECT, SALUTATION, TEXT, FORM, ALARM
};

enum value { NONE, GLUED, WANTED };

/* No pointers: see feedback.c. */
static const struct flag {
	char letter;
	enum value value;
	enum effect effect;
	char shown[12];
} flags[] = {
	{ 'A', WANTED, FIELD, "FIELD" }, { 'a', NONE, ATTACH, "" }, { 'c', WANTED, CHARSET, "CHARSET" },
	{ 'D', WANTED, DAYS, "DAYS" }, { 'd', WANTED, TABLE, "FILE" }, { 'e', NONE, ANSWER_SENDER, "" },
	{ 'F', WANTED, MARKER, "TEXT" }, { 'f', GLUED, SENDER, "ADDRESS" }, { 'l', WANTED, DRAFT, "DIR" },
	{ 'M', WANTED, REPORTER, "ADDRESS" }, { 'm', WANTED, MIME_TEXT, "FILE" }, { 'N', NONE, NO_QUOTE, "" },
	{ 'n', NONE, SHOW, "" }, { 'R', WANTED, FEEDBACK_TYPE, "TYPE" }, { 'r', WANTED, REQUIRED, "ADDRESSES" },
	{ 'S', WANTED, SALUTATION, "TEXT" }, { 's', WANTED, SUBJECT, "TEXT" }, { 'T', WANTED, FORM, "FORM" },
	{ 't', WANTED, TEXT, "FILE" }, { 'X', WANTED, ALARM, "SECONDS" },
};

#define FLAGS (sizeof flags / sizeof flags[0])

/* The words of -T; replylist is replyall, as mailbot has it. */
static const struct {
	char name[16];
	enum reply_form form;
} forms[] = {
	{ "reply", REPLY_FORM_REPLY }, { "replydraft", REPLY_FORM_REPLY }, { "replyall", REPLY_FORM_REPLYALL },
	{ "replylist", REPLY_FORM_REPLYALL }, { "replydsn", REPLY_FORM_DSN }, { "feedback", REPLY_FORM_FEEDBACK },
	{ "replyfeedback", REPLY_FORM_REPLYFEEDBACK }, { "forward", REPLY_FORM_FORWARD },
	{ "forwardatt", REPLY_FORM_FORWARDATT },
};

static void
set(struct settings *s, const char *name, const char *value)
{
	settings_set(s, COMPAT_MAILBOT_WHERE, name, value);
}

/* Lines and bytes that are no UTF-8 would be something else in the reply's header. */
static bool
is_field_value(const char *value)
{
	size_t len = strlen(value);

	return len <= FIELD_VALUE_MAX && text_is_clean(value, len);
}

static void
add_field(struct mailbot *m, const char *field)
{
	size_t name = 0;

	while (field[name] > ' ' && field[name] < 0x7f && field[name] != ':')
		name++;
	if (name == 0 || name > FIELD_NAME_MAX || field[name] != ':' || !is_field_value(field + name + 1))
		settings_problem(m->s, _("command line: -A: \"%s\" is no header field, as 'From: anna@example.org' is"), field);
	else if (text_equal_n(field, name, "To"))
		m->to = settings_keep(m->s, field + name + 1);
	else
		settings_append(m->s, &m->s->fields, settings_keep(m->s, field));
}

static void
add_subject(struct mailbot *m, const char *text)
{
	struct buf field = BUF_INIT;

	buf_addf(&field, "Subject: %s", text);
	if (is_field_value(text))
		settings_append(m->s, &m->s->fields, settings_keep(m->s, buf_str(&field)));
	else
		settings_problem(m->s, _("command line: -s: \"%s\" is no line of text in UTF-8"), text);
	buf_free(&field);
}

bool
compat_mailbot_append(void *ctx, const struct address *a)
{
	struct mailbot_list *l = ctx;
	struct buf text = BUF_INIT;

	address_format(&text, a);
	settings_append(l->s, l->list, settings_keep(l->s, buf_str(&text)));
	buf_free(&text);
	return l->list->n < l->most;
}

/* One of them must be in To or Cc; they are the owner's, too. */
static void
require(struct mailbot *m, const char *addresses)
{
	struct mailbot_list required = { m->s, &m->s->required, SETTINGS_LIST_MAX };
	struct mailbot_list own = { m->s, &m->s->alias, SETTINGS_LIST_MAX };
	size_t bad = 0;

	if (address_each(addresses, strlen(addresses), compat_mailbot_append, &required, &bad) == 0 || bad > 0)
		settings_problem(m->s, _("command line: -r: \"%s\" are not addresses with commas between them"), addresses);
	address_each(addresses, strlen(addresses), compat_mailbot_append, &own, NULL);
}

static void
set_form(struct mailbot *m, const char *word)
{
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (strcmp(forms[i].name, word) == 0) {
			m->s->form = (int)forms[i].form;
			m->is_draft = strcmp(word, "replydraft") == 0;
			return;
		}
	settings_problem(m->s, _("command line: -T: \"%s\" is no form of a reply, as reply, replydsn and forward are"), word);
}

static void
set_reporter(struct mailbot *m, const char *text)
{
	struct address a = { NULL, NULL, NULL };
	struct buf wire = BUF_INIT;

	if (address_first(text, strlen(text), &a) && a.domain != NULL) {
		address_format(&wire, &a);
		m->s->report_recipient = settings_keep(m->s, buf_str(&wire));
	} else
		settings_problem(m->s, _("command line: -M: \"%s\" is not an address, as anna@example.org is"), text);
	address_free(&a);
	buf_free(&wire);
}

static void
set_feedback_type(struct mailbot *m, const char *type)
{
	if (feedback_is_type(type))
		m->s->feedback_type = settings_keep(m->s, type);
	else
		settings_problem(m->s, _("command line: -R: \"%s\" is none of abuse, fraud, other and virus"), type);
}

static void
set_alarm(struct mailbot *m, const char *seconds)
{
	char *end;
	long n = strtol(seconds, &end, 10);

	if (seconds[0] < '0' || seconds[0] > '9' || *end != '\0' || n < 1 || n > ALARM_MAX)
		settings_problem(m->s, _("command line: -X: \"%s\" is not a number of seconds"), seconds);
	else
		m->s->time_limit = n;
}

static void
set_text(struct mailbot *m, const char *file, bool mime)
{
	m->s->message = settings_keep(m->s, file);
	m->text = m->text || !mime;
	m->mime = m->mime || mime;
}

/* It becomes a parameter of a header field, where anything else would be more than a name. */
static void
set_charset(struct mailbot *m, const char *name)
{
	if (name[0] == '\0' || name[strspn(name, CHARSET_LETTERS)] != '\0') {
		settings_problem(m->s, _("command line: -c: \"%s\" is no name of a charset, as utf-8 is"), name);
		return;
	}
	set(m->s, "charset", name);
	m->s->text_charset = settings_keep(m->s, name);
}

static void
apply(struct mailbot *m, enum effect effect, const char *value)
{
	struct settings *s = m->s;

	switch (effect) {
	case FIELD:
		add_field(m, value);
		break;
	case ATTACH:
		m->attach = true;
		break;
	case CHARSET:
		set_charset(m, value);
		break;
	case TABLE:
		m->table = value;
		break;
	case DAYS:
		m->days = value;
		break;
	case ANSWER_SENDER:
		break;
	case SENDER:
		if (value[0] != '\0')
			s->sender = settings_keep(s, value);
		break;
	case MARKER:
		s->forward_marker = settings_keep(s, value);
		break;
	case DRAFT:
		m->draft = value;
		break;
	case TEXT:
	case MIME_TEXT:
		set_text(m, value, effect == MIME_TEXT);
		break;
	case REPORTER:
		set_reporter(m, value);
		break;
	case NO_QUOTE:
		m->no_quote = true;
		break;
	case SHOW:
		s->print_reply = true;
		break;
	case REQUIRED:
		require(m, value);
		break;
	case FEEDBACK_TYPE:
		set_feedback_type(m, value);
		break;
	case SUBJECT:
		add_subject(m, value);
		break;
	case SALUTATION:
		s->attribution = settings_keep(s, value);
		break;
	case FORM:
		set_form(m, value);
		break;
	case ALARM:
		set_alarm(m, value);
		break;
	}
}

static bool
has_feedback(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->feedback.n; i++)
		if (text_begins(s->feedback.item[i], name) && s->feedback.item[i][strlen(name)] == ':')
			return true;
	return false;
}

/* --feedback-NAME VALUE; returns how many words were taken. */
static int
take_feedback(struct settings *s, int left, char *const *argv)
{
	const char *name = argv[0] + strlen(FEEDBACK_OPTION), *equals = strchr(name, '=');
	const char *value = equals != NULL ? equals + 1 : left > 1 ? argv[1] : NULL;
	struct buf word = BUF_INIT, field = BUF_INIT, why = BUF_INIT;

	buf_add(&word, name, equals != NULL ? (size_t)(equals - name) : strlen(name));
	if (value == NULL)
		settings_problem(s, _("command line: %s needs a value"), argv[0]);
	else if (!feedback_field(&field, buf_str(&word), value, &why))
		settings_problem(s, _("command line: --feedback-%s: %s"), buf_str(&word), buf_str(&why));
	else if (feedback_is_single(buf_str(&word)) && has_feedback(s, buf_str(&word)))
		settings_problem(s, _("command line: --feedback-%s stands there twice"), buf_str(&word));
	else
		settings_append(s, &s->feedback, settings_keep(s, buf_str(&field)));
	buf_free(&word);
	buf_free(&field);
	buf_free(&why);
	return equals != NULL || value == NULL ? 1 : 2;
}

/* One flag; returns how many words were taken. */
static int
take_flag(struct mailbot *m, int left, char *const *argv)
{
	const char *rest = argv[0] + 2;

	for (size_t i = 0; i < FLAGS; i++) {
		if (flags[i].letter != argv[0][1])
			continue;
		if (flags[i].value != WANTED || *rest != '\0') {
			apply(m, flags[i].effect, rest);
			return 1;
		}
		if (left < 2) {
			settings_problem(m->s, _("command line: -%c needs a value"), argv[0][1]);
			return 1;
		}
		apply(m, flags[i].effect, argv[1]);
		return 2;
	}
	settings_problem(m->s, _("command line: there is no flag -%c"), argv[0][1]);
	return 1;
}

int
compat_mailbot_arguments(struct settings *s, int i, int argc, char *const *argv)
{
	struct mailbot m = { .s = s };

	s->form = REPLY_FORM_REPLY;
	while (i < argc && argv[i][0] == '-' && argv[i][1] != '\0') {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (text_begins(argv[i], FEEDBACK_OPTION))
			i += take_feedback(s, argc - i, argv + i);
		else if (argv[i][1] == '-')
			i += settings_option(s, argc - i, argv + i);
		else
			i += take_flag(&m, argc - i, argv + i);
	}
	for (; i < argc; i++)
		settings_append(s, &s->program, settings_keep(s, argv[i]));
	compat_mailbot_finish(&m);
	return argc;
}

bool
compat_mailbot_flag(size_t n, char *letter, const char **argument)
{
	if (n >= FLAGS)
		return false;
	*letter = flags[n].letter;
	*argument = flags[n].shown;
	return true;
}

/* A dollar sign is one. */
static void
put_literal(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '$')
			buf_addc(out, '$');
		buf_addc(out, s[i]);
	}
}

/* The last of -s and -A 'Subject: ...' counts: the first field of a name is what a reply takes. */
void
compat_mailbot_fields(const struct settings *s, struct buf *text)
{
	struct buf file = *text;

	*text = (struct buf)BUF_INIT;
	for (size_t i = s->fields.n; i-- > 0;) {
		if (s->text_alone)
			put_literal(text, s->fields.item[i], strlen(s->fields.item[i]));
		else
			buf_adds(text, s->fields.item[i]);
		buf_addc(text, '\n');
	}
	buf_add(text, buf_str(&file), file.len);
	text->failed = text->failed || file.failed;
	buf_free(&file);
}

void
compat_mailbot_text(const struct settings *s, struct buf *text)
{
	struct buf file = *text;

	*text = (struct buf)BUF_INIT;
	if (!s->text_is_mime) {
		buf_adds(text, "Content-Type: text/plain; format=flowed; delsp=yes");
		if (s->text_charset != NULL)
			buf_addf(text, "; charset=%s", s->text_charset);
		buf_adds(text, "\n\n");
	}
	put_literal(text, buf_str(&file), file.len);
	text->failed = text->failed || file.failed;
	buf_free(&file);
	compat_mailbot_fields(s, text);
}
