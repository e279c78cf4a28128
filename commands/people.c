/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * people - forget, exclude, include, prune
 *
 * Addresses are brought into the table's form as delivery does it, so that
 * what is on a letterhead finds what was in an envelope.  Everything can be
 * done while deliveries run.  Exit status: 0, or 1 when nothing matched.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../deadline.h"
#include "../diag.h"
#include "../i18n.h"
#include "../import.h"
#include "../json.h"
#include "commands.h"
#include "people.h"

#define EXIT_NOTHING 1

/* What became of one argument. */
struct deed {
	struct people p;
	bool json;
	struct json j;
	struct buf out;
	struct buf key;
	int done;		/* arguments that matched */
};

/* A row of the table that is looked for. */
struct wanted_row {
	const char *key;
	bool found;
};

static bool
look_for(void *ctx, const struct vacation_db_row *row)
{
	struct wanted_row *w = ctx;

	w->found |= strcmp(row->sender, w->key) == 0;
	return !w->found;
}

/* A word alone is a mistake, unless somebody is in the table by it: local mail, and other programs' tables, have such names. */
static bool
is_somebody(struct deed *d, const char *argument)
{
	struct wanted_row w = { .key = buf_str(&d->key) };

	if (!import_key(&d->key, argument, strlen(argument), d->p.delimiter))
		return false;
	if (strchr(buf_str(&d->key), '@') != NULL)
		return true;
	vacation_db_list(d->p.table, look_for, &w, &d->p.info);
	return w.found;
}

/* Opens everything; the arguments have to be addresses or domains, before anything is changed. */
static int
begin(struct deed *d, int argc, char **argv, bool wanted)
{
	int status, i;

	memset(d, 0, sizeof *d);
	d->json = command_flag(&argc, argv, "--json");
	status = people_open(&d->p, argc, argv);
	if (status != EX_OK)
		return status;
	if (wanted && d->p.l.rest >= argc) {
		diag_error(_("%s needs an address, or @domain; see backsoon %s --help"), argv[0], argv[0]);
		return EX_USAGE;
	}
	for (i = d->p.l.rest; i < argc; i++)
		if (!wanted || !is_somebody(d, argv[i])) {
			diag_error(wanted ? _("%s is no address; it takes anna@example.org, @example.org for a domain, @.example.org also for those below it") :
			    _("%s is too much here"), argv[i]);
			return EX_USAGE;
		}
	json_init(&d->j, &d->out);
	return EX_OK;
}

static int
finish(struct deed *d, int status)
{
	if (status == EX_OK && d->json) {
		json_end(&d->j);
		fwrite(buf_str(&d->out), 1, d->out.len, stdout);
	}
	if (status == EX_OK)
		status = people_flush();
	if (status == EX_OK && d->done == 0)
		status = EXIT_NOTHING;
	people_close(&d->p);
	buf_free(&d->out);
	buf_free(&d->key);
	return status;
}

static void
say_forgotten(struct deed *d, uint64_t n)
{
	d->done += n != 0;
	if (d->json) {
		json_object_begin(&d->j);
		json_put_string(&d->j, "address", d->key.len > 0 ? buf_str(&d->key) : NULL);
		json_put_int(&d->j, "forgotten", (int64_t)n);
		json_object_end(&d->j);
	} else if (d->key.len == 0)
		printf(i18n_n("%" PRIu64 " person forgotten\n", "%" PRIu64 " people forgotten\n", (unsigned long)n), n);
	else if (n == 0)
		printf(_("%s: not there\n"), buf_str(&d->key));
	else if (buf_str(&d->key)[0] != '@')
		printf(_("%s: forgotten\n"), buf_str(&d->key));
	else
		printf(i18n_n("%s: %" PRIu64 " person forgotten\n", "%s: %" PRIu64 " people forgotten\n", (unsigned long)n), buf_str(&d->key), n);
}

static int
forget_one(struct deed *d, const char *argument)
{
	struct vacation_db_bulk bulk;
	int status;

	if (!import_key(&d->key, argument, strlen(argument), d->p.delimiter))
		return EX_OSERR;
	status = people_result(&d->p, vacation_db_forget(d->p.table, buf_str(&d->key), false, &bulk, &d->p.info));
	if (status == EX_OK)
		say_forgotten(d, bulk.senders);
	return status;
}

static int
forget_all(struct deed *d, bool yes)
{
	struct vacation_db_bulk bulk;
	struct buf question = BUF_INIT;
	int status;

	buf_reset(&d->key);
	status = people_result(&d->p, vacation_db_forget(d->p.table, NULL, true, &bulk, &d->p.info));
	if (status == EX_OK && bulk.senders != 0 && !yes) {
		buf_addf(&question, i18n_n("Forget %" PRIu64 " person?  Exclusions stay.  [y/N]", "Forget %" PRIu64 " people?  Exclusions stay.  [y/N]",
		    (unsigned long)bulk.senders), bulk.senders);
		status = people_confirm(buf_str(&question)) ? EX_OK : EX_USAGE;
		buf_free(&question);
	}
	if (status == EX_OK && bulk.senders != 0)
		status = people_result(&d->p, vacation_db_forget(d->p.table, NULL, false, &bulk, &d->p.info));
	if (status == EX_OK)
		say_forgotten(d, bulk.senders);
	return status;
}

int
forget_command(int argc, char **argv)
{
	bool all = command_flag(&argc, argv, "--all"), yes = command_flag(&argc, argv, "--yes");
	struct deed d;
	int status = begin(&d, argc, argv, !all), i;

	if (status == EX_OK && d.json)
		json_array_begin(&d.j);
	if (status == EX_OK && all)
		status = forget_all(&d, yes);
	for (i = d.p.l.rest; !all && i < argc && argv[i] != NULL && status == EX_OK; i++)
		status = forget_one(&d, argv[i]);
	if (status == EX_OK && d.json)
		json_array_end(&d.j);
	return finish(&d, status);
}

/* The domain that excludes an address, too. */
struct cover {
	const char *key;
	struct buf by;		/* "": none does */
};

static bool
look_for_cover(void *ctx, const struct vacation_db_row *row)
{
	struct cover *c = ctx;
	const char *domain = strrchr(c->key, '@'), *wanted = row->sender + 1;
	size_t have, want;

	if (!row->excluded || row->sender[0] != '@' || domain == NULL || strcmp(row->sender, c->key) == 0)
		return true;
	domain += 1 + (domain[1] == '.');
	if (wanted[0] == '.') {
		have = strlen(domain);
		want = strlen(wanted);
		if (have >= want && strcmp(domain + have - want, wanted) == 0)
			domain = wanted;
		else
			wanted++;
	}
	if (strcmp(domain, wanted) == 0)
		buf_adds(&c->by, row->sender);
	return c->by.len == 0;
}

/* Whoever takes an exclusion back wants the person to be answered. */
static void
say_cover(struct deed *d, const char *address, const char *by)
{
	if (d->json)
		json_put_string(&d->j, "excluded_by", by[0] != '\0' ? by : NULL);
	else if (by[0] != '\0')
		printf(_("%s: still excluded with %s; to take that back: backsoon include %s\n"), address, by, by);
}

static void
say_excluded(struct deed *d, bool add, bool changed)
{
	const char *address = buf_str(&d->key);
	struct cover cover = { .key = address };

	if (!add)
		vacation_db_list(d->p.table, look_for_cover, &cover, &d->p.info);
	d->done += changed;
	if (d->json) {
		json_object_begin(&d->j);
		json_put_string(&d->j, "address", address);
		json_put_bool(&d->j, "excluded", add);
		json_put_bool(&d->j, "changed", changed);
		if (!add)
			say_cover(d, address, buf_str(&cover.by));
		json_object_end(&d->j);
	} else if (add && changed)
		printf(_("%s: excluded\n"), address);
	else if (add)
		printf(_("%s: was excluded already\n"), address);
	else if (changed)
		printf(_("%s: not excluded any more\n"), address);
	else
		printf(_("%s: was not excluded\n"), address);
	if (!d->json)
		say_cover(d, address, buf_str(&cover.by));
	d->out.failed |= cover.by.failed;
	buf_free(&cover.by);
}

static int
exclude_one(struct deed *d, const char *argument, bool add)
{
	enum vacation_db_result result = VACATION_DB_BUSY;
	int tries, status;

	if (!import_key(&d->key, argument, strlen(argument), d->p.delimiter))
		return EX_OSERR;
	for (tries = 0; tries < PEOPLE_TRIES && result == VACATION_DB_BUSY; tries++) {
		vacation_db_set_deadline(d->p.table, deadline_clock() + VACATION_DB_LOCK_MS);
		result = vacation_db_exclude(d->p.table, "", buf_str(&d->key), add, &d->p.info);
	}
	status = people_result(&d->p, result);
	if (status == EX_OK)
		say_excluded(d, add, d->p.info.changed);
	return status;
}

static int
exclude_or_include(int argc, char **argv, bool add)
{
	struct deed d;
	int status = begin(&d, argc, argv, true), i;

	if (status == EX_OK && d.json)
		json_array_begin(&d.j);
	for (i = d.p.l.rest; i < argc && argv[i] != NULL && status == EX_OK; i++)
		status = exclude_one(&d, argv[i], add);
	if (status == EX_OK && d.json)
		json_array_end(&d.j);
	return finish(&d, status);
}

int
exclude_command(int argc, char **argv)
{
	return exclude_or_include(argc, argv, true);
}

int
include_command(int argc, char **argv)
{
	return exclude_or_include(argc, argv, false);
}

static void
say_pruned(struct deed *d, const struct vacation_db_limits *limits, uint64_t n, bool dry)
{
	const bool never = limits->period == VACATION_DB_FOREVER || limits->max_replies != 0;

	if (d->json) {
		json_object_begin(&d->j);
		json_put_int(&d->j, "forgotten", (int64_t)n);
		json_put_bool(&d->j, "dry-run", dry);
		json_object_end(&d->j);
	} else if (never)
		puts(_("Nothing to prune: with `every = once' or max-replies every entry is needed."));
	else if (dry)
		printf(i18n_n("%" PRIu64 " person would be forgotten\n", "%" PRIu64 " people would be forgotten\n", (unsigned long)n), n);
	else
		printf(i18n_n("%" PRIu64 " person forgotten\n", "%" PRIu64 " people forgotten\n", (unsigned long)n), n);
}

int
prune_command(int argc, char **argv)
{
	bool dry = command_flag(&argc, argv, "--dry-run");
	struct vacation_db_limits limits;
	struct vacation_db_bulk bulk;
	struct deed d;
	int status = begin(&d, argc, argv, false);

	if (status == EX_OK) {
		people_limits(&d.p, &limits);
		status = people_result(&d.p, vacation_db_prune(d.p.table, &limits, d.p.l.now, dry, &bulk, &d.p.info));
	}
	if (status == EX_OK) {
		d.done = 1;
		say_pruned(&d, &limits, bulk.senders, dry);
	}
	return finish(&d, status);
}
