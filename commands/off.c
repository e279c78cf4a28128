/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * off - `backsoon off': back again
 *
 * Sets `paused', whatever else there is: mail may still come to us by a way
 * that is not the user's own (a router of the site's).  Then takes our line
 * out of the user's file.  Says how many were answered meanwhile, and who
 * wrote.  --at leaves it on and gives it an end.
 *
 * A settings file with mistakes does not keep anybody from turning it off.
 *
 * Failures: said; what was done until then stays done, which is off already.
 * Where the settings cannot be written, our line is taken out all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../conf_edit.h"
#include "../diag.h"
#include "../i18n.h"
#include "../json.h"
#include "../userfile.h"
#include "absence.h"
#include "commands.h"
#include "on.h"

#define LIMIT_DEFAULT 20
#define PRIVATE_MODE 0600

struct off {
	struct load load;
	const char *at;
	bool json;
	size_t limit;
	bool was_off;
	bool unwired;			/* our line went */
	struct buf done, why;
};

/* Sets one line of the settings file.  *changed: it was not so before. */
static int
set(struct off *off, const char *name, const char *value, bool *changed)
{
	struct buf before = BUF_INIT, after = BUF_INIT, why = BUF_INIT;
	const struct home *h = &off->load.home;
	struct stat st;
	mode_t mode = PRIVATE_MODE;
	const char *place;
	int dir_fd, status = EX_OK;
	bool there = home_read_file(h, SETTINGS_USER_FILE, SETTINGS_FILE_MAX, &before, &why);

	if (!there && errno != ENOENT)
		status = EX_NOINPUT;
	place = home_place(h, SETTINGS_USER_FILE, &dir_fd);
	if (there && fstatat(dir_fd, place, &st, 0) == 0)
		mode = st.st_mode & 0777;
	if (there)
		buf_add(&after, buf_str(&before), before.len);
	else
		buf_adds(&after, CONF_EDIT_HEAD);
	if (!conf_edit_set(&after, name, value) && status == EX_OK) {
		buf_addf(&why, _("%s: no line of %s can hold this: %s"), name, SETTINGS_USER_FILE, value);
		status = EX_USAGE;
	}
	*changed = !there || after.len != before.len || memcmp(buf_str(&after), buf_str(&before), after.len) != 0;
	if (status == EX_OK && after.failed) {
		buf_adds(&why, _("not enough memory"));
		status = EX_OSERR;
	}
	if (status == EX_OK && *changed && !on_fits(&after, &why))
		status = EX_CANTCREAT;
	if (status == EX_OK && *changed && !userfile_write(h, SETTINGS_USER_FILE, buf_str(&after), after.len, mode, &why))
		status = EX_CANTCREAT;
	if (status != EX_OK)
		diag_error("%s", buf_str(&why));
	buf_free(&before);
	buf_free(&after);
	buf_free(&why);
	return status;
}

static int
take_out(struct off *off)
{
	struct buf login = BUF_INIT, program = BUF_INIT;
	struct wiring_facts facts;
	int status = EX_OSERR;

	if (on_facts(&off->load.settings, &facts, &login, &program)) {
		if (wiring_take_out(&off->load.home, &facts, &off->unwired, &off->done, &off->why))
			status = EX_OK;
		else {
			diag_error("%s", buf_str(&off->why));
			status = EX_CANTCREAT;
		}
	}
	buf_free(&login);
	buf_free(&program);
	return status;
}

static void
json_start(struct json *j, struct buf *out, const struct off *off, bool is_off, bool changed)
{
	json_init(j, out);
	json_object_begin(j);
	json_put_bool(j, "off", is_off);
	json_put_bool(j, "was_off", off->was_off);
	json_put_bool(j, "written", changed);
	json_put_string(j, "until", off->at != NULL ? off->at : off->load.settings.until);
	json_put_string(j, "wiring", off->done.len > 0 ? buf_str(&off->done) : NULL);
}

static int
show(const struct off *off, bool changed)
{
	struct buf out = BUF_INIT;
	struct absence a;
	struct json j;
	int status = absence_open(&a, &off->load);

	if (off->json) {
		json_start(&j, &out, off, true, changed);
		absence_json(&a, off->limit, &j);
		json_object_end(&j);
		json_end(&j);
		fwrite(buf_str(&out), 1, out.len, stdout);
	} else if (off->was_off)
		puts(_("It is off already. Nothing was changed."));
	else {
		puts(_("It is off: nobody is answered any more."));
		if (off->done.len > 0)
			printf("%s\n", buf_str(&off->done));
		if (status == EX_OK)
			absence_show(&a, off->limit);
	}
	absence_close(&a);
	buf_free(&out);
	return status;
}

/* The settings could not be written: what the line that is out is worth. */
static void
show_rest(const struct off *off, bool good)
{
	struct buf out = BUF_INIT;
	struct json j;

	if (off->json) {
		json_start(&j, &out, off, false, off->unwired);
		json_object_end(&j);
		json_end(&j);
		fwrite(buf_str(&out), 1, out.len, stdout);
	} else if (off->done.len > 0)
		printf("%s\n", buf_str(&off->done));
	buf_free(&out);
	if (off->unwired)
		diag_error(_("mail is no longer brought here by that line, but it may come by another way: put \"paused = yes\" into %s"),
		    SETTINGS_USER_FILE);
	else if (good)
		diag_error(_("it was not turned off; everything is as it was"));
	else
		diag_error(_("it was not turned off"));
}

static int
turn_off(struct off *off)
{
	bool paused;
	int shown, status = set(off, "paused", "yes", &paused);

	if (status != EX_OK) {
		show_rest(off, take_out(off) == EX_OK);
		return status;
	}
	status = take_out(off);
	off->was_off = !paused && !off->unwired && status == EX_OK;
	shown = show(off, paused || off->unwired);
	return status != EX_OK ? status : shown;
}

static bool
is_end(const struct off *off)
{
	const struct settings *s = &off->load.settings;
	struct buf why = BUF_INIT;
	struct schedule *when = schedule_new(s->timezone, s->from_date, off->at, NULL, NULL, &why);
	bool good = when != NULL && schedule_end(when) > off->load.now;

	if (when == NULL)
		diag_error("--at: %s", buf_str(&why));
	else if (!good)
		diag_error(_("--at: %s is over already; to turn it off now, leave --at out"), off->at);
	schedule_free(when);
	buf_free(&why);
	return good;
}

static int
end_later(struct off *off)
{
	struct buf out = BUF_INIT;
	struct json j;
	bool changed = false, paused = off->load.settings.paused;
	int status = EX_OK;

	if (!paused) {
		if (!is_end(off))
			return EX_USAGE;
		status = set(off, "until", off->at, &changed);
	}
	if (status != EX_OK)
		return status;
	off->was_off = paused;
	if (off->json) {
		json_start(&j, &out, off, paused, changed);
		json_object_end(&j);
		json_end(&j);
		fwrite(buf_str(&out), 1, out.len, stdout);
	} else if (paused)
		puts(_("It is off already. Nothing was changed."));
	else
		printf(changed ? _("It stays on until %s, and is off then by itself.\n") :
		    _("It is on until %s already. Nothing was changed.\n"), off->at);
	buf_free(&out);
	return EX_OK;
}

/* Whether the command line itself was understood: mistakes of the files are no reason to stay on. */
static bool
is_usage_good(int argc, char **argv)
{
	struct settings s;
	bool good;

	settings_init(&s);
	good = settings_arguments(&s, argc, argv) == argc && s.nproblems == 0;
	settings_free(&s);
	return good;
}

int
off_command(int argc, char **argv)
{
	struct off off = { .limit = LIMIT_DEFAULT };
	const char *limit;
	int lock_fd = -1, status = EX_USAGE;

	off.json = command_flag(&argc, argv, "--json");
	off.at = command_value(&argc, argv, "--at");
	limit = command_value(&argc, argv, "--limit");
	load_run(&off.load, argc, argv, NULL);
	command_tell_home(&off.load);
	if (off.load.home.fd != -1) {
		if (!command_lock(&off.load.home, &lock_fd)) {
			load_free(&off.load);
			return EX_TEMPFAIL;
		}
		/* Again: the one before us may have written. */
		load_free(&off.load);
		load_run(&off.load, argc, argv, NULL);
	}
	if (off.load.outcome != OUTCOME_ANSWERED)
		command_complain(&off.load.why);
	if (off.load.home.fd == -1)
		status = EX_NOUSER;
	else if (off.load.rest < argc)
		diag_error(_("%s takes no argument like %s"), "off", argv[off.load.rest]);
	else if (is_usage_good(argc, argv) && (limit == NULL || absence_limit(limit, &off.limit)))
		status = off.at != NULL ? end_later(&off) : turn_off(&off);
	if (lock_fd != -1)
		close(lock_fd);
	load_free(&off.load);
	buf_free(&off.done);
	buf_free(&off.why);
	if (fflush(stdout) != 0 && status == EX_OK)
		status = EX_IOERR;
	return status;
}
