/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * names - what shell completion wants to know
 *
 * Nothing is kept here: commands come from filter.c's table, their options
 * from the usage that --help shows, all else from the tables of settings,
 * dialects, rules and outcomes.  So the completion scripts know whatever
 * this program knows, also after an upgrade.
 *
 * Failures: memory, which sticks to the buffer.
 */
#include "names.h"

#include <string.h>

#include "../compat.h"
#include "../i18n.h"
#include "../outcome.h"
#include "../rules.h"
#include "../settings.h"

#define NONE "-"
#define DELIMITERS " []="

static void
add_line(struct buf *out, const char *kind, const char *where, const char *name, const char *argument, const char *text)
{
	buf_addf(out, "%s\t%s\t%s\t%s\t%s\n", kind, where, name, argument[0] != '\0' ? argument : NONE, text[0] != '\0' ? text : NONE);
}

/* An option whose argument may come next: `open'. */
struct usage {
	struct buf *out;
	const char *command;
	struct buf option;
	bool open;
};

static void
end_option(struct usage *u, const char *argument)
{
	if (u->open)
		add_line(u->out, "option", u->command, buf_str(&u->option), argument, NONE);
	u->open = false;
}

static void
begin_option(struct usage *u, const char *name, size_t len)
{
	end_option(u, NONE);
	buf_reset(&u->option);
	buf_add(&u->option, name, len);
	u->open = true;
}

/* What stands alone: `ADDRESS|@DOMAIN...|--all' is two arguments and an option. */
static void
take_alternatives(struct usage *u, const char *word, size_t len)
{
	struct buf text = BUF_INIT;
	const char *end = word + len, *next;

	for (; word < end; word = next + 1) {
		next = memchr(word, '|', (size_t)(end - word));
		next = next != NULL ? next : end;
		if (next - word > 2 && strncmp(word, "--", 2) == 0)
			begin_option(u, word, (size_t)(next - word));
		else if (*word >= 'A' && *word <= 'Z') {
			buf_reset(&text);
			buf_add(&text, word, (size_t)(next - word));
			add_line(u->out, "argument", u->command, NONE, buf_str(&text), NONE);
		}
	}
	u->out->failed |= text.failed;
	buf_free(&text);
}

/* Behind an option it is the option's argument, also a choice: `sender|last|count'. */
static void
take_word(struct usage *u, const char *word, size_t len)
{
	struct buf text = BUF_INIT;

	if (word[0] == '|')
		end_option(u, NONE);
	else if (!u->open || word[0] == '-')
		take_alternatives(u, word, len);
	else {
		buf_add(&text, word, len);
		end_option(u, buf_str(&text));
		u->out->failed |= text.failed;
		buf_free(&text);
	}
}

/* `[--json] [--rule RULE | --all] [FILE]' */
void
names_command(struct buf *out, const char *name, const char *usage, const char *does)
{
	struct usage u = { .out = out, .command = name, .option = BUF_INIT };
	size_t len;

	add_line(out, "command", NONE, name, NONE, does);
	while (*usage != '\0') {
		len = strcspn(usage, DELIMITERS);
		if (len > 0)
			take_word(&u, usage, len);
		usage += len;
		if (*usage == ']')
			end_option(&u, NONE);
		if (*usage != '\0')
			usage++;
	}
	end_option(&u, NONE);
	out->failed |= u.option.failed;
	buf_free(&u.option);
}

static void
add_flags(struct buf *out)
{
	const char *argument, *dialect;
	char flag[] = "-x";

	for (enum compat c = COMPAT_DEBIAN; c <= COMPAT_MAILBOT; c++) {
		for (size_t n = 0; (dialect = compat_flag(c, n, &flag[1], &argument)) != NULL; n++)
			add_line(out, "flag", dialect, flag, argument, NONE);
	}
}

void
names_rest(struct buf *out)
{
	struct buf name = BUF_INIT;

	for (size_t n = 0; settings_name(n) != NULL; n++) {
		buf_reset(&name);
		/* A family's star stands for what the user has to say. */
		buf_addf(&name, "--%.*s", (int)strcspn(settings_name(n), "*"), settings_name(n));
		add_line(out, "setting", NONE, buf_str(&name), settings_argument(n), NONE);
	}
	add_flags(out);
	for (size_t n = 0; n < rules_count; n++)
		add_line(out, "rule", NONE, rules[n].id, NONE, _(rules[n].sentence));
	for (enum outcome o = 0; o < OUTCOMES; o++)
		add_line(out, "outcome", NONE, outcome_row(o)->name, NONE, NONE);
	out->failed |= name.failed;
	buf_free(&name);
}
