/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings - ONE table of options
 *
 * A row says name, kind, where it may stand, bounds and what its value is called.
 * Adding an option is adding a row and a member of struct settings.
 * Nothing here stops at the first mistake: problems are collected with their
 * place, and the caller decides what they mean (in delivery: no reply).
 */
#include "settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "settings_text.h"
#include "settings_value.h"
#include "text.h"

#define HOUR 3600
#define DAY (24 * HOUR)
#define MIB ((uint64_t)1024 * 1024)
#define ON_COMMAND_LINE "command line"
#define ARGUMENT_MAX 44	/* fixed widths: see rules.h */
#define NAME_MAX_GIVEN 600	/* bytes of a name on the command line: message.ADDRESS can be long */

enum kind { TEXT, LIST, BOOLEAN, COUNT, PERIOD, SIZE, CHOICE, FAMILY };	/* FAMILY: all names that begin as the row's, which ends with a star */
enum group { WHO, WHEN, OFTEN, WHOM, WITH, GROUPS };
enum place { ANYWHERE, COMMAND_LINE };

struct option {
	char name[SETTING_NAME_MAX];
	enum group group;
	enum kind kind;
	enum place place;
	size_t offset;
	int64_t min, max;
	char argument[ARGUMENT_MAX];	/* what the value is called; for CHOICE the words, by `|' */
};

#define AT(member) offsetof(struct settings, member)

static const char *const group_titles[GROUPS] = {
	[WHO] = N_("Who, what"), [WHEN] = N_("When"), [OFTEN] = N_("How often"), [WHOM] = N_("To whom"),
	[WITH] = N_("With what"),
};

static const struct option options[] = {
	{ "sender", WHO, TEXT, COMMAND_LINE, AT(sender), 0, 0, "ADDR" },
	{ "recipient", WHO, TEXT, COMMAND_LINE, AT(recipient), 0, 0, "ADDR" },
	{ "alias", WHO, LIST, ANYWHERE, AT(alias), 0, 0, "ADDR" },
	{ "user", WHO, TEXT, COMMAND_LINE, AT(user), 0, 0, "LOGIN" },
	{ "home", WHO, TEXT, COMMAND_LINE, AT(home), 0, 0, "DIR" },
	{ "delimiter", WHO, TEXT, ANYWHERE, AT(delimiter), 0, 0, "CHARS" },
	{ "use-original-recipient", WHO, BOOLEAN, ANYWHERE, AT(use_original_recipient), 0, 0, "" },
	{ "message", WHO, TEXT, ANYWHERE, AT(message), 0, 0, "FILE" },
	{ "message.*", WHO, FAMILY, ANYWHERE, AT(texts), 0, 0, "FILE" },
	{ "subject", WHO, TEXT, ANYWHERE, AT(subject), 0, 0, "TEXT" },
	{ "from", WHO, TEXT, ANYWHERE, AT(from), 0, 0, "ADDR" },
	{ "html", WHO, TEXT, ANYWHERE, AT(html), 0, 0, "FILE" },
	{ "attach", WHO, LIST, ANYWHERE, AT(attach), 0, 0, "FILE" },
	{ "max-attachments", WHO, SIZE, ANYWHERE, AT(max_attachments), 0, SETTINGS_ATTACHMENTS_MAX, "SIZE" },
	{ "charset", WHO, TEXT, ANYWHERE, AT(charset), 0, 0, "NAME" },
	{ "quote", WHO, CHOICE, ANYWHERE, AT(quote), 0, 0, "none|header|text" },
	{ "quote-lines", WHO, COUNT, ANYWHERE, AT(quote_lines), 0, UINT32_MAX, "N" },
	{ "attribution", WHO, TEXT, ANYWHERE, AT(attribution), 0, 0, "TEXT" },
	{ "attach-original", WHO, CHOICE, ANYWHERE, AT(attach_original), 0, 0, "none|header|message" },
	{ "form", WHO, CHOICE, ANYWHERE, AT(form), 0, 0, "reply|dsn" },
	{ "from-date", WHEN, TEXT, ANYWHERE, AT(from_date), 0, 0, "DATE" },
	{ "until", WHEN, TEXT, ANYWHERE, AT(until), 0, 0, "DATE" },
	{ "paused", WHEN, BOOLEAN, ANYWHERE, AT(paused), 0, 0, "" },
	{ "begun", WHEN, TEXT, ANYWHERE, AT(begun), 0, 0, "DATE" },
	{ "hours", WHEN, TEXT, ANYWHERE, AT(hours), 0, 0, "DAYS" },
	{ "holidays", WHEN, TEXT, ANYWHERE, AT(holidays), 0, 0, "DATES" },
	{ "timezone", WHEN, TEXT, ANYWHERE, AT(timezone), 0, 0, "ZONE" },
	{ "language", WHEN, TEXT, ANYWHERE, AT(language), 0, 0, "TAG" },
	{ "now", WHEN, TEXT, COMMAND_LINE, AT(now), 0, 0, "DATE" },
	{ "every", OFTEN, PERIOD, ANYWHERE, AT(every), 0, SETTINGS_ONCE, "PERIOD" },
	{ "min-period", OFTEN, PERIOD, ANYWHERE, AT(min_period), 0, SETTINGS_ONCE, "PERIOD" },
	{ "max-period", OFTEN, PERIOD, ANYWHERE, AT(max_period), 0, SETTINGS_ONCE, "PERIOD" },
	{ "handle", OFTEN, TEXT, ANYWHERE, AT(handle), 0, 0, "WORD" },
	{ "ignore-detail", OFTEN, BOOLEAN, ANYWHERE, AT(ignore_detail), 0, 0, "" },
	{ "max-replies", OFTEN, COUNT, ANYWHERE, AT(max_replies), 0, UINT32_MAX, "N" },
	{ "max-senders", OFTEN, COUNT, ANYWHERE, AT(max_senders), 1000, UINT32_MAX, "N" },
	{ "max-per-hour", OFTEN, COUNT, ANYWHERE, AT(max_per_hour), 0, UINT32_MAX, "N" },
	{ "max-per-day", OFTEN, COUNT, ANYWHERE, AT(max_per_day), 0, UINT32_MAX, "N" },
	{ "any-recipient", WHOM, BOOLEAN, ANYWHERE, AT(any_recipient), 0, 0, "" },
	{ "ignore-sender", WHOM, LIST, ANYWHERE, AT(ignore_sender), 0, 0, "PATTERN" },
	{ "answer-sender", WHOM, LIST, ANYWHERE, AT(answer_sender), 0, 0, "PATTERN" },
	{ "exclude", WHOM, LIST, ANYWHERE, AT(exclude), 0, 0, "ADDR" },
	{ "ignore-subject", WHOM, LIST, ANYWHERE, AT(ignore_subject), 0, 0, "START" },
	{ "answer-subject", WHOM, LIST, ANYWHERE, AT(answer_subject), 0, 0, "START" },
	{ "only-known", WHOM, BOOLEAN, ANYWHERE, AT(only_known), 0, 0, "" },
	{ "contacts", WHOM, TEXT, ANYWHERE, AT(contacts), 0, 0, "FILE" },
	{ "internal-domain", WHOM, LIST, ANYWHERE, AT(internal_domain), 0, 0, "DOMAIN" },
	{ "internal-message", WHOM, TEXT, ANYWHERE, AT(internal_message), 0, 0, "FILE" },
	{ "internal-message.*", WHOM, FAMILY, ANYWHERE, AT(texts), 0, 0, "FILE" },
	{ "trust-auth", WHOM, LIST, ANYWHERE, AT(trust_auth), 0, 0, "HOST" },
	{ "require-authenticated", WHOM, BOOLEAN, ANYWHERE, AT(require_authenticated), 0, 0, "" },
	{ "max-recipients", WHOM, COUNT, ANYWHERE, AT(max_recipients), 0, UINT32_MAX, "N" },
	{ "max-hops", WHOM, COUNT, ANYWHERE, AT(max_hops), 1, UINT32_MAX, "N" },
	{ "sendmail", WITH, TEXT, ANYWHERE, AT(sendmail), 0, 0, "PATH" },
	{ "sendmail-kind", WITH, TEXT, ANYWHERE, AT(sendmail_kind), 0, 0, "NAME" },
	{ "return-path", WITH, TEXT, ANYWHERE, AT(return_path), 0, 0, "ADDR" },
	{ "table", WITH, TEXT, ANYWHERE, AT(table), 0, 0, "FILE" },
	{ "journal", WITH, TEXT, ANYWHERE, AT(journal), 0, 0, "FILE|none" },
	{ "failure", WITH, CHOICE, ANYWHERE, AT(failure), 0, 0, "safe|soft|hard" },
	{ "time-limit", WITH, PERIOD, ANYWHERE, AT(time_limit), 1, HOUR, "PERIOD" },
	{ "log", WITH, CHOICE, ANYWHERE, AT(log), 0, 0, "syslog|stderr" },
	{ "compat", WITH, CHOICE, COMMAND_LINE, AT(compat), 0, 0, "none|debian|sendmail|netbsd|openbsd|mailbot" },
};

/* What a text must look like, beyond being there. */
static const struct {
	size_t offset;
	enum setting_form form;
} forms[] = {
	{ AT(alias), SETTING_ADDRESS }, { AT(from), SETTING_AUTHOR }, { AT(return_path), SETTING_RETURN_PATH },
	{ AT(language), SETTING_LANGUAGE }, { AT(internal_domain), SETTING_DOMAIN }, { AT(trust_auth), SETTING_HOST },
};

#define OPTIONS (sizeof options / sizeof options[0])
_Static_assert(OPTIONS <= SETTINGS_OPTIONS_MAX, "struct settings has a place for each option");

void
settings_init(struct settings *s)
{
	*s = (struct settings){
		.delimiter = "+",
		.message = SETTINGS_MESSAGE,
		.table = SETTINGS_TABLE,
		.journal = SETTINGS_JOURNAL,
		.return_path = "<>",
		.max_attachments = 10 * MIB,
		.charset = "utf-8",
		.quote_lines = 100,
		.attribution = "%F writes:",
		.every = 7 * DAY,
		.max_period = SETTINGS_ONCE,
		.max_senders = 100000,
		.max_per_hour = 60,
		.max_per_day = 400,
		.max_hops = 100,
		.time_limit = 8,
		.failure = FAILURE_SAFE,
		.log = LOG_TO_SYSLOG,
		.compat = COMPAT_NONE,
		.problems = BUF_INIT,
	};
}

static void
list_free(struct setting_list *l)
{
	free(l->item);
	*l = (struct setting_list){ NULL, 0 };
}

void
settings_free(struct settings *s)
{
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		if (options[i].kind == LIST)
			list_free((struct setting_list *)((char *)s + options[i].offset));
	list_free(&s->copy);
	list_free(&s->fields);
	list_free(&s->required);
	list_free(&s->program);
	list_free(&s->feedback);
	list_free(&s->report_to);
	free(s->texts.item);
	for (i = 0; i < s->nstrings; i++)
		free(s->strings[i]);
	free(s->strings);
	buf_free(&s->problems);
	settings_init(s);
}

void
settings_problem(struct settings *s, const char *fmt, ...)
{
	va_list ap;

	s->nproblems++;
	va_start(ap, fmt);
	buf_vaddf(&s->problems, fmt, ap);
	va_end(ap);
	buf_addc(&s->problems, '\n');
}

static bool
parse_count(const struct option *o, const char *text, uint32_t *value)
{
	char *end;
	unsigned long long n;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || n < (unsigned long long)o->min || n > (unsigned long long)o->max)
		return false;
	*value = (uint32_t)n;
	return true;
}

/* The place of the word in `safe|soft|hard', -1 when it is none of them. */
static int
parse_choice(const char *words, const char *text)
{
	size_t len;
	int n;

	for (n = 0;; n++) {
		len = strcspn(words, "|");
		if (text_equal_n(words, len, text))
			return n;
		if (words[len] == '\0')
			return -1;
		words += len + 1;
	}
}

/* As it is said in a message. */
static const char *
place(const char *where)
{
	return strcmp(where, ON_COMMAND_LINE) == 0 ? _("command line") : where;
}

static void
complain(struct settings *s, const char *where, const struct option *o, const char *value)
{
	where = place(where);
	switch (o->kind) {
	case PERIOD:
		settings_problem(s, o->max == SETTINGS_ONCE ?
		    _("%s: %s: \"%s\" is not a period: a number with s, m, h, d or w, as in 7d; 0 for every message; or once") :
		    _("%s: %s: \"%s\" is not a period: a number with s, m, h, d or w, as in 7d"), where, o->name, value);
		break;
	case COUNT:
		settings_problem(s, _("%s: %s: \"%s\" is not a number of at least %lu"), where, o->name, value, (unsigned long)o->min);
		break;
	case SIZE:
		settings_problem(s, _("%s: %s: \"%s\" is not a size of at most %luM: a number of bytes, or one with K or M, as in 10M"), where,
		    o->name, value, (unsigned long)((uint64_t)o->max / MIB));
		break;
	case BOOLEAN:
		settings_problem(s, _("%s: %s: \"%s\" is neither yes nor no"), where, o->name, value);
		break;
	case TEXT:
	case LIST:
	case FAMILY:
		settings_problem(s, _("%s: %s: a value is missing"), where, o->name);
		break;
	case CHOICE:
		settings_problem(s, _("%s: %s: \"%s\" is not one of %s"), where, o->name, value, o->argument);
		break;
	}
}

/* Said here, where file and line are known. */
static void
check_form(struct settings *s, const char *where, const struct option *o, const char *value)
{
	size_t i;

	for (i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (forms[i].offset == o->offset)
			setting_check(s, place(where), o->name, forms[i].form, value);
}

/* name: as it was written; o->name but for a family's. */
static void
store(struct settings *s, const char *where, const struct option *o, const char *name, const char *value)
{
	char *member = (char *)s + o->offset;
	size_t index = (size_t)(o - options);
	int64_t period;
	uint64_t size;
	int choice;
	bool good = true;

	s->where[index] = strcmp(where, ON_COMMAND_LINE) == 0 ? ON_COMMAND_LINE : settings_keep(s, where);
	switch (o->kind) {
	case TEXT:
		*(const char **)member = settings_keep(s, value);
		good = value[0] != '\0' || o->place == COMMAND_LINE || o->offset == AT(delimiter);
		if (value[0] != '\0')
			check_form(s, where, o, value);
		break;
	case LIST:
		good = value[0] != '\0';
		if (((struct setting_list *)member)->n == SETTINGS_LIST_MAX)
			settings_problem(s, _("%s: %s: more than %d of them"), place(where), o->name, SETTINGS_LIST_MAX);
		else if (good) {
			check_form(s, where, o, value);
			settings_append(s, (struct setting_list *)member, settings_keep(s, value));
		}
		break;
	case FAMILY:
		good = value[0] != '\0';
		if (good)
			setting_add_text(s, s->where[index], name, value);
		break;
	case BOOLEAN:
		good = setting_boolean(value, (bool *)member);
		break;
	case COUNT:
		good = parse_count(o, value, (uint32_t *)member);
		break;
	case PERIOD:
		good = settings_period(value, &period) && period >= o->min && period <= o->max;
		if (good)
			*(int64_t *)member = period;
		break;
	case SIZE:
		good = setting_size(value, &size) && size <= (uint64_t)o->max;
		if (good)
			*(uint64_t *)member = size;
		break;
	case CHOICE:
		choice = parse_choice(o->argument, value);
		good = choice >= 0;
		if (good)
			*(int *)member = choice;
		break;
	}
	if (!good)
		complain(s, where, o, value);
}

/* message.de is of message.* */
static bool
is_in_family(const char *family, const char *name)
{
	for (; family[0] != '*'; family++, name++)
		if (text_lower(*name) != *family)
			return false;
	return true;
}

static const struct option *
find_option(const char *name)
{
	int first = text_lower(name[0]);
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		if (options[i].name[0] == first && text_equal(options[i].name, name))
			return &options[i];
	for (i = 0; i < OPTIONS; i++)
		if (options[i].kind == FAMILY && is_in_family(options[i].name, name))
			return &options[i];
	return NULL;
}

static void
unknown(struct settings *s, const char *where, const char *name)
{
	const char *best = NULL;
	unsigned d, least = (unsigned)strlen(name) / 3 + 1;
	size_t i;

	for (i = 0; i < OPTIONS; i++) {
		d = text_distance(name, options[i].name);
		if (d < least) {
			least = d;
			best = options[i].name;
		}
	}
	if (strcmp(where, ON_COMMAND_LINE) == 0) {
		if (best != NULL)
			settings_problem(s, _("command line: unknown option --%s: did you mean --%s?"), name, best);
		else
			settings_problem(s, _("command line: unknown option --%s"), name);
	} else if (best != NULL)
		settings_problem(s, _("%s: there is no setting \"%s\": did you mean %s?"), where, name, best);
	else
		settings_problem(s, _("%s: there is no setting \"%s\""), where, name);
}

void
settings_set(struct settings *s, const char *where, const char *name, const char *value)
{
	const struct option *o = find_option(name);

	if (o == NULL)
		unknown(s, where, name);
	else
		store(s, where, o, name, value);
}

int
settings_option(struct settings *s, int left, char *const *argv)
{
	char name[NAME_MAX_GIVEN + 1];
	const char *text = argv[0] + 2;
	size_t len = 0;
	const struct option *o;

	for (; text[len] != '\0' && text[len] != '=' && len + 1 < sizeof name; len++)
		name[len] = text[len];
	name[len] = '\0';
	o = find_option(name);
	if (o == NULL)
		unknown(s, ON_COMMAND_LINE, name);
	else if (text[len] == '=')
		store(s, ON_COMMAND_LINE, o, name, text + len + 1);
	else if (o->kind == BOOLEAN)
		store(s, ON_COMMAND_LINE, o, name, "yes");
	else if (left < 2)
		settings_problem(s, _("command line: --%s needs a value"), name);
	else {
		store(s, ON_COMMAND_LINE, o, name, argv[1]);
		return 2;
	}
	return 1;
}

int
settings_arguments(struct settings *s, int argc, char *const *argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && argv[i][1] == '-') {
		if (argv[i][2] == '\0')
			return i + 1;
		i += settings_option(s, argc - i, argv + i);
	}
	return i;
}

void
setting_from_file(struct settings *s, const char *where, const char *name, const char *value)
{
	const struct option *o = find_option(name);

	if (o != NULL && o->place == COMMAND_LINE)
		settings_problem(s, _("%s: %s stands only on the command line"), where, name);
	else
		settings_set(s, where, name, value);
}

#define USAGE_INDENT 11
#define USAGE_WIDTH 78

/* Filled up by characters, not bytes: it may be in another language. */
static void
add_title(struct buf *b, const char *title)
{
	int characters = 0;

	for (const char *p = title; *p != '\0'; p++)
		characters += ((unsigned char)*p & 0xc0) != 0x80;
	buf_addf(b, "%s%*s", title, characters < USAGE_INDENT ? USAGE_INDENT - characters : 1, "");
}

void
settings_usage(struct buf *b)
{
	struct buf word = BUF_INIT;
	size_t column = 0, i;
	int g;

	for (g = 0; g < GROUPS; g++) {
		add_title(b, _(group_titles[g]));
		column = USAGE_INDENT;
		for (i = 0; i < OPTIONS; i++) {
			if ((int)options[i].group != g)
				continue;
			buf_reset(&word);
			buf_addf(&word, "--%s%s", options[i].name, options[i].kind == LIST ? "*" : "");
			if (column + word.len + 1 > USAGE_WIDTH) {
				buf_addf(b, "\n%*s", USAGE_INDENT, "");
				column = USAGE_INDENT;
			}
			buf_addf(b, "%s%s", column > USAGE_INDENT ? " " : "", buf_str(&word));
			column += word.len + 1;
		}
		buf_addc(b, '\n');
	}
	buf_free(&word);
}

const char *
settings_where(const struct settings *s, const char *name)
{
	const struct option *o = find_option(name);

	if (o != NULL && o->kind == FAMILY)
		return setting_text_where(s, name);
	return o != NULL ? s->where[o - options] : NULL;
}

const char *
settings_name(size_t n)
{
	return n < OPTIONS ? options[n].name : NULL;
}

const char *
settings_argument(size_t n)
{
	return n < OPTIONS ? options[n].argument : NULL;
}

enum settings_form
settings_form(const char *name)
{
	const struct option *o = find_option(name);

	if (o == NULL)
		return SETTINGS_NONE;
	if (o->place == COMMAND_LINE)
		return SETTINGS_NOT_IN_FILES;
	return o->kind == LIST ? SETTINGS_LIST : SETTINGS_ONE;
}
