/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * on - `backsoon on': going away
 *
 * Alone (or with --wire) on a terminal it asks; with options, or elsewhere, it does not.
 * Everything is collected, checked and rehearsed first and written last.
 * Settings that are given as options are written into the settings file,
 * since each delivery will need them; --message names the text to copy.
 *
 * Failures: each is said, and nothing was written; see on_write.c for those
 * of the writing itself.
 */
#include "on.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../diag.h"
#include "../draft.h"
#include "../i18n.h"
#include "../text.h"
#include "ask.h"
#include "commands.h"
#include "probe.h"

#define PROBE_WAIT 30		/* seconds */
#define PROBE_WAIT_MAX 3600
#define WIRE_NONE "none"

bool
on_change(struct on *on, const char *name, const char *value)
{
	if (on->nchanges == ON_CHANGES_MAX) {
		diag_error(_("more than %d settings at once"), ON_CHANGES_MAX);
		return false;
	}
	on->changes[on->nchanges++] = (struct on_change){ name, value };
	return true;
}

/* How many words the option at argv[0] takes: the settings know. */
static int
words_of(char **argv, int left)
{
	struct settings s;
	char *words[] = { NULL, argv[0], NULL };
	bool whole;

	settings_init(&s);
	settings_arguments(&s, 2, words);
	whole = s.nproblems == 0;
	settings_free(&s);
	return whole || left < 2 || strchr(argv[0], '=') != NULL ? 1 : 2;
}

static bool
take_setting(struct on *on, char *word, const char *next)
{
	char *equals = strchr(word, '='), *name = word + 2;
	const char *value = next != NULL ? next : equals != NULL ? equals + 1 : "yes";

	if (equals != NULL)
		*equals = '\0';
	if (settings_form(name) == SETTINGS_NOT_IN_FILES)
		return true;
	if (text_equal(name, "paused") || text_equal(name, "begun")) {
		diag_error(_("--%s: `backsoon on' writes it itself"), name);
		return false;
	}
	if (text_equal(name, "html") || text_equal(name, "attach"))
		return on_take_file(on, name, value);
	return on_change(on, name, value);
}

/* Every setting of the command line that can stand in the file.  They were checked by load_run(). */
static bool
take_settings(struct on *on, int argc, char **argv)
{
	int i, words;

	for (i = 1; i < argc && i < on->load.rest; i += words) {
		words = words_of(argv + i, argc - i);
		if (!take_setting(on, argv[i], words == 2 ? argv[i + 1] : NULL))
			return false;
	}
	return true;
}

static bool
take_dates(struct on *on, const char *from_date, const char *until)
{
	if (from_date != NULL && !on_change(on, "from-date", text_equal(from_date, ON_NOW) ? NULL : from_date))
		return false;
	return until == NULL || on_change(on, "until", text_equal(until, ON_NO_END) ? NULL : until);
}

static bool
take_wire(struct on *on, const char *wire)
{
	on->wire = WIRING_UNKNOWN;
	if (wire == NULL || wiring_parse(wire, &on->wire))
		return true;
	on->wire_none = text_equal(wire, WIRE_NONE);
	if (!on->wire_none)
		diag_error(_("--wire: \"%s\" is none of forward, procmail, maildrop, qmail, sieve, none"), wire);
	return on->wire_none;
}

static bool
take_wait(struct on *on, const char *text)
{
	int64_t seconds = PROBE_WAIT;

	if (text != NULL && (!settings_period(text, &seconds) || seconds < 1 || seconds > PROBE_WAIT_MAX)) {
		diag_error(_("--probe-wait: \"%s\" is not a period from 1s to 1h, as in 30s"), text);
		return false;
	}
	on->probe_wait = (int)seconds;
	return true;
}

static bool
agrees_with_itself(const struct on *on)
{
	if (on->source != NULL && on->text != NULL)
		diag_error(_("--message and --text are two texts: one of them, please"));
	else if (on->edit && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		diag_error(_("--edit needs a terminal"));
	else
		return true;
	return false;
}

/*
 * Nobody is asked anything here, so others can wait from reading to writing.
 * What was read before is read again: the one before us may have written.
 */
static bool
lock_early(struct on *on, int argc, char **argv)
{
	bool open_end = on->edit || on->dry_run || (on->source != NULL && text_equal(on->source, "-")) ||
	    (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));

	if (open_end)
		return true;
	if (!command_lock(&on->load.home, &on->lock_fd))
		return false;
	load_free(&on->load);
	load_run(&on->load, argc, argv, NULL);
	return true;
}

/* Reads the command line; whatever is left of it must be settings. */
static int
take_options(struct on *on, int argc, char **argv)
{
	const char *until, *from_date, *wire, *wait;
	bool any;

	on->json = command_flag(&argc, argv, "--json");
	on->dry_run = command_flag(&argc, argv, "--dry-run");
	on->yes = command_flag(&argc, argv, "--yes");
	on->edit = command_flag(&argc, argv, "--edit");
	on->again = command_flag(&argc, argv, "--again");
	on->probe = command_flag(&argc, argv, "--probe");
	on->source = command_value(&argc, argv, "--message");
	on->text = command_value(&argc, argv, "--text");
	until = command_value(&argc, argv, "--until");
	from_date = command_value(&argc, argv, "--from-date");
	wire = command_value(&argc, argv, "--wire");
	wait = command_value(&argc, argv, "--probe-wait");
	on->probe_to = command_value(&argc, argv, "--probe-to");
	on->probe |= on->probe_to != NULL;
	load_run(&on->load, argc, argv, NULL);
	command_tell_home(&on->load);
	if (on->load.outcome == OUTCOME_ANSWERED && !lock_early(on, argc, argv))
		return EX_TEMPFAIL;
	if (on->load.outcome != OUTCOME_ANSWERED) {
		command_complain(&on->load.why);
		return on->load.outcome == OUTCOME_SETTINGS ? EX_USAGE : EX_NOUSER;
	}
	if (on->load.rest < argc) {
		diag_error(_("%s takes no argument like %s"), "on", argv[on->load.rest]);
		return EX_USAGE;
	}
	if (!take_settings(on, argc, argv) || !take_dates(on, from_date, until) || !take_wire(on, wire) || !take_wait(on, wait) ||
	    !agrees_with_itself(on))
		return EX_USAGE;
	any = on->nchanges > 0 || on->json || on->dry_run || on->yes || on->edit || on->again || on->probe || on->source != NULL ||
	    on->text != NULL || wait != NULL;
	on->asking = !any && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	return EX_OK;
}

/* Turned on already, and nothing asked for: on a terminal perhaps something is to be changed. */
static int
already(struct on *on, bool *more)
{
	bool yes = false;

	*more = false;
	if (on->json) {
		on_json(on, false, NULL);
		return EX_OK;
	}
	on_show_already(on);
	if (!on->asking)
		return EX_OK;
	if (!ask_yes(_("Change something?"), false, &yes))
		return ON_INTERRUPTED;
	*more = yes;
	return EX_OK;
}

static int
unwired(struct on *on)
{
	bool yes = false;

	if (on->dry_run)
		return EX_OK;
	if (on->json)
		on_json(on, false, NULL);
	else
		on_show_unwired(on);
	if (!on->asking) {
		diag_error(_("nothing was written; --wire none writes text and settings, and leaves that line to you"));
		return EX_UNAVAILABLE;
	}
	if (!ask_yes(_("Write text and settings all the same?"), false, &yes))
		return ON_INTERRUPTED;
	if (yes)
		return EX_OK;
	puts(_("Nothing was written."));
	return EX_UNAVAILABLE;
}

/* What will be done is shown, and agreed to. */
static int
agree(struct on *on, bool *go)
{
	int status = EX_OK;

	*go = true;
	if (on->asking || (on->dry_run && !on->json)) {
		puts("");
		puts(_("This is what a correspondent gets:"));
		puts("");
		reply_show(&on->rehearsal.reply, false);
		on_show_changes(on);
	}
	if (on->unwired && !on->wire_none)
		status = unwired(on);
	if (status == EX_OK && on->asking && !ask_yes(_("Turn it on?"), true, go))
		status = ON_INTERRUPTED;
	if (status == EX_OK && !*go)
		puts(_("Nothing was written."));
	return status;
}

static int
try_out(struct on *on, struct probe *p, bool *probed)
{
	bool yes = on->probe;

	*probed = false;
	if (on->asking && !ask_yes(_("Send a test message to yourself, to see that it works?"), false, &yes))
		return EX_OK;
	if (yes && on->asking && !on_ask_probe(on, &yes))
		return EX_OK;
	if (!yes)
		return EX_OK;
	*probed = true;
	return probe_run(on, p);
}

static int
write_all(struct on *on)
{
	struct probe p = PROBE_INIT;
	bool probed;
	int status = on_write(on);

	if (status != EX_OK) {
		if ((on->asking || on->edit) && !on_is_same(&on->message))
			on_save_draft(on, &on->message.after);
		return status;
	}
	if (!on->json)
		on_show_done(on);
	if (!on->json && on->unwired)
		on_show_unwired(on);
	status = try_out(on, &p, &probed);
	if (on->json)
		on_json(on, true, probed ? &p : NULL);
	probe_free(&p);
	return status;
}

/* It is shown with the reply; there is nothing to edit here. */
static int
show_draft(struct on *on)
{
	int status = EX_OK;

	if (on->asking) {
		puts("");
		printf(_("The text is the newest message of %s.\nTo change it, put another one there with your mail program.\n"),
		    draft_folder(on->message.name));
		status = on_plan(on);
	}
	return status != EX_OK ? status : on_rehearse(on);
}

/* Text and plan that a reply can be made of: who has just typed a text must not lose it. */
static int
make_text(struct on *on)
{
	bool again = on->asking || on->edit;
	int status = EX_OK;

	if (on_is_draft(on))
		return show_draft(on);
	if (!again)
		return on_rehearse(on);
	while (again) {
		status = on_edit(on);
		if (status == EX_OK)
			status = on_plan(on);
		if (status != EX_OK)
			return status;
		status = on_rehearse(on);
		if (status == EX_OK)
			return EX_OK;
		if (!ask_yes(_("Edit the text again?"), true, &again))
			return ON_INTERRUPTED;
	}
	return status;
}

/* Nothing is sent to an address that others may read as well, unless it was named. */
static int
check_probe(struct on *on)
{
	if (!on->probe)
		return EX_OK;
	if (!probe_find_address(on))
		diag_error(_("none of your addresses is known to be yours alone: say with --probe-to where the test message may go"));
	else if (!probe_is_own(on, on->probe_to))
		diag_error(_("--probe-to: %s is not one of your addresses: give it with --alias as well"), on->probe_to);
	else
		return EX_OK;
	return EX_USAGE;
}

/* The steps, each of which may end it. */
static int
turn_on(struct on *on)
{
	bool go = true;
	int status = on_read(on);

	if (status == EX_OK)
		status = on_take_text(on);
	if (status == EX_OK)
		status = on_plan(on);
	if (status == EX_OK)
		status = on_check_files(on);
	if (status != EX_OK)
		return status;
	if (on->was_on && !on_changes_something(on) && !on->edit && !on->probe) {
		status = already(on, &go);
		if (status != EX_OK || !go)
			return status;
	}
	if (on->asking)
		status = on_ask(on);
	if (status == EX_OK)
		status = make_text(on);
	if (status == EX_OK)
		status = check_probe(on);
	if (status == EX_OK)
		status = agree(on, &go);
	if (status != EX_OK || !go)
		return status;
	if (on->dry_run) {
		if (on->json)
			on_json(on, false, NULL);
		return EX_OK;
	}
	return write_all(on);
}

static void
on_free(struct on *on)
{
	size_t i;

	on_unlock(on);
	load_free(&on->load);
	settings_free(&on->settings);
	if (on->have_wiring)
		wiring_free(&on->wiring);
	rehearsal_free(&on->rehearsal);
	scratch_remove(&on->scratch);
	buf_free(&on->message.before);
	buf_free(&on->message.after);
	buf_free(&on->message.kept);
	buf_free(&on->conf.before);
	buf_free(&on->conf.after);
	buf_free(&on->conf.kept);
	for (i = 0; i < sizeof on->answers / sizeof on->answers[0]; i++)
		buf_free(&on->answers[i]);
}

int
on_command(int argc, char **argv)
{
	struct on on = { .wire = WIRING_UNKNOWN, .lock_fd = -1 };
	int status;

	settings_init(&on.settings);
	status = take_options(&on, argc, argv);
	if (status == EX_OK) {
		if (on.asking || on.edit)
			ask_begin();
		status = turn_on(&on);
		if (status == ON_INTERRUPTED)
			puts(_("Stopped. Nothing was written."));
		ask_end();
	}
	on_free(&on);
	if (fflush(stdout) != 0 && status == EX_OK)
		status = EX_IOERR;
	return status;
}
