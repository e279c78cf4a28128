/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * on_plan - what `backsoon on' makes of the files
 *
 * The new settings file is made as a text, then read as a delivery reads it:
 * what a delivery would refuse is refused here, before anything is written.
 * Dates of an absence that is over go; `paused' goes; `begun' says now when
 * it was off, so that people are told again.
 *
 * Failures: each is said with what is valid.
 */
#include "on.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "../conf_edit.h"
#include "../diag.h"
#include "../draft.h"
#include "../i18n.h"
#include "../reply.h"
#include "../text.h"
#include "commands.h"

#define PRIVATE_MODE 0600
#define BEGUN_FORMAT "%Y-%m-%dT%H:%M:%SZ"
#define PROGRAM_MAX 4096
#define SELF "/proc/self/exe"

static int
read_one(const struct home *h, struct on_file *f, const char *name, size_t max)
{
	struct buf why = BUF_INIT;
	const char *place;
	struct stat st;
	int dir_fd;
	bool bad;

	f->name = name;
	f->mode = PRIVATE_MODE;
	f->max = max;
	place = home_place(h, name, &dir_fd);
	f->there = draft_is(name) ? draft_read(h, name, max, &f->before, NULL, &why) : home_read_file(h, name, max, &f->before, &why);
	bad = !f->there && (errno != ENOENT || draft_is(name));
	if (f->there && fstatat(dir_fd, place, &st, 0) == 0)
		f->mode = st.st_mode & 0777;
	if (bad)
		diag_error("%s", buf_str(&why));
	buf_free(&why);
	return bad ? EX_NOINPUT : EX_OK;
}

int
on_read(struct on *on)
{
	const char *name;
	int status = on_choose_text(on, &name);

	if (status == EX_OK)
		status = read_one(&on->load.home, &on->message, name, REPLY_TEMPLATE_MAX);
	return status != EX_OK ? status : read_one(&on->load.home, &on->conf, SETTINGS_USER_FILE, SETTINGS_FILE_MAX);
}

/* --message: a file of anybody's, in the working directory; `-' is standard input. */
static int
read_source(const char *name, struct buf *text)
{
	bool standard = strcmp(name, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	char chunk[4096];
	ssize_t got = -1;

	while (fd != -1 && text->len <= REPLY_TEMPLATE_MAX &&
	    ((got = read(fd, chunk, sizeof chunk)) > 0 || (got == -1 && errno == EINTR)))
		if (got > 0)
			buf_add(text, chunk, (size_t)got);
	if (got == 0)
		errno = 0;
	else if (got > 0)
		errno = EFBIG;
	if (got != 0)
		diag_error("%s: %s", name, strerror(errno));
	if (fd != -1 && !standard)
		close(fd);
	return got == 0 ? EX_OK : EX_NOINPUT;
}

void
on_suggest(bool until, const char *subject, struct buf *text)
{
	/* Translators: your language's tag (RFC 5646), as de or fr.  It is what the dates in the text go by. */
	const char *tag = _("en");

	buf_reset(text);
	buf_addf(text, "Subject: %s\n", subject);
	if (strcmp(tag, "en") != 0)
		buf_addf(text, "Content-Language: %s\n", tag);
	buf_addc(text, '\n');
	if (until)
		buf_adds(text, _("Hello,\n\nI am away until $UNTIL and will read your mail \"$SUBJECT\"\nwhen I am back.\n"));
	else
		buf_adds(text, _("Hello,\n\nI am away at the moment and will read your mail \"$SUBJECT\"\nwhen I am back.\n"));
	buf_adds(text, _("\nThis answer was written automatically; you get it once.\n"));
}

/* The value that was asked for last, or NULL. */
static const struct on_change *
asked(const struct on *on, const char *name)
{
	size_t i;

	for (i = on->nchanges; i > 0; i--)
		if (text_equal(on->changes[i - 1].name, name))
			return &on->changes[i - 1];
	return NULL;
}

/* false: the date cannot be read, which is said when the new settings are looked at. */
static bool
is_past(const struct on *on, const char *from_date, const char *until)
{
	struct buf why = BUF_INIT;
	struct schedule *s = schedule_new(on->load.settings.timezone, from_date, until, NULL, NULL, &why);
	bool past = s != NULL && (until != NULL ? schedule_end(s) : schedule_start(s)) <= on->load.now;

	schedule_free(s);
	buf_free(&why);
	return past;
}

static const char *
subject_asked(const struct on *on)
{
	const struct on_change *c = asked(on, "subject");

	if (c != NULL)
		return c->value;
	return on->load.settings.subject != NULL ? on->load.settings.subject : _("Away: $SUBJECT");
}

static bool
has_end(const struct on *on)
{
	const struct on_change *c = asked(on, "until");
	const char *until = on->load.settings.until;

	return c != NULL ? c->value != NULL : until != NULL && !is_past(on, NULL, until);
}

static bool
has_html(const struct on *on)
{
	const struct on_change *c = asked(on, "html");

	return c != NULL ? c->value != NULL : on->load.settings.html != NULL;
}

int
on_take_text(struct on *on)
{
	struct buf *text = &on->message.after;
	const char *s;
	int status = EX_OK;

	if (on->source != NULL)
		status = read_source(on->source, text);
	else if (on->text != NULL)
		buf_addf(text, "Subject: %s\n\n%s\n", subject_asked(on), on->text);
	else if (on->message.there)
		buf_add(text, buf_str(&on->message.before), on->message.before.len);
	else if (has_html(on))	/* its plain text is made of it */
		buf_addf(text, "Subject: %s\n\n", subject_asked(on));
	else {
		on->new_text = true;
		on_suggest(has_end(on), subject_asked(on), text);
	}
	s = on->text != NULL ? on->text : buf_str(text);
	if (status == EX_OK && s[strspn(s, " \t\r\n")] == '\0' && !on->edit && !on->asking) {
		diag_error(_("%s is empty: write a text into it, or give one with --text or --message"),
		    on->source != NULL ? on->source : on->text != NULL ? "--text" : on->message.name);
		status = EX_DATAERR;
	}
	return status;
}

void
on_explain_dates(struct buf *why)
{
	const char *text = buf_str(why), *valid = NULL;

	if (text_begins(text, "until: not") || text_begins(text, "from-date: not"))
		valid = _("A day is written as 2027-01-03, a time as 2027-01-03 14:00.");
	else if (text_begins(text, "timezone"))
		valid = _("A zone is written as Europe/Berlin.");
	else if (text_begins(text, "hours"))
		valid = _("Hours are written as Mon-Fri 18:00-08:30, Sat, Sun.");
	else if (text_begins(text, "holidays"))
		valid = _("Holidays are written as 2026-12-25, 2027-01-01..2027-01-06.");
	if (valid != NULL)
		buf_addf(why, ". %s", valid);
}

/* With the place where the setting stands. */
static void
complain_about(const struct on *on, struct buf *why)
{
	static const char names[][16] = { "timezone", "from-date", "until", "hours", "holidays" };
	const char *where = NULL;
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (text_begins(buf_str(why), names[i]))
			where = asked(on, names[i]) != NULL ? "command line" : settings_where(&on->settings, names[i]);
	on_explain_dates(why);
	if (where != NULL)
		diag_error("%s: %s", where, buf_str(why));
	else
		diag_error("%s", buf_str(why));
}

/* What an absence that is over has left behind. */
static void
drop_stale(struct on *on)
{
	const struct settings *s = &on->load.settings;
	bool over = s->until != NULL && is_past(on, NULL, s->until);
	bool begun = s->from_date != NULL && (over || (!on->was_on && is_past(on, s->from_date, NULL)));

	on->stale = false;
	if (over && asked(on, "until") == NULL)
		on->stale |= conf_edit_remove(&on->conf.after, "until") > 0;
	if (begun && asked(on, "from-date") == NULL)
		on->stale |= conf_edit_remove(&on->conf.after, "from-date") > 0;
}

static bool
make_change(struct on *on, const struct on_change *c)
{
	struct buf *text = &on->conf.after;

	if (c->value == NULL)
		conf_edit_remove(text, c->name);
	else if (!(settings_form(c->name) == SETTINGS_LIST ? conf_edit_add : conf_edit_set)(text, c->name, c->value)) {
		diag_error(_("%s: no line of %s can hold this: %s"), c->name, SETTINGS_USER_FILE, c->value);
		return false;
	}
	return true;
}

static void
set_begun(struct on *on)
{
	char text[sizeof "-2147483648-12-31T23:59:59Z"];
	time_t now = (time_t)on->load.now;
	struct tm tm;

	if (gmtime_r(&now, &tm) != NULL && strftime(text, sizeof text, BEGUN_FORMAT, &tm) > 0)
		conf_edit_set(&on->conf.after, "begun", text);
}

/* As a delivery reads them: the site's file, then ours. */
static void
read_settings(struct on *on)
{
	struct buf site = BUF_INIT, why = BUF_INIT;

	settings_free(&on->settings);
	if (home_read_file(&on->load.home, SETTINGS_SITE_FILE, SETTINGS_FILE_MAX, &site, &why))
		settings_text(&on->settings, buf_str(&site), site.len, SETTINGS_SITE_FILE);
	settings_text(&on->settings, buf_str(&on->conf.after), on->conf.after.len, SETTINGS_USER_FILE);
	buf_free(&site);
	buf_free(&why);
}

bool
on_fits(const struct buf *text, struct buf *why)
{
	if (text->len <= SETTINGS_FILE_MAX)
		return true;
	buf_addf(why, _("%s would have more than %zu bytes, and then no delivery could read it: take something out of it"),
	    SETTINGS_USER_FILE, SETTINGS_FILE_MAX);
	return false;
}

static int
make_settings(struct on *on)
{
	struct buf why = BUF_INIT;
	int status = EX_OK;
	size_t i;

	buf_reset(&on->conf.after);
	if (on->conf.there)
		buf_add(&on->conf.after, buf_str(&on->conf.before), on->conf.before.len);
	else
		buf_adds(&on->conf.after, CONF_EDIT_HEAD);
	drop_stale(on);
	for (i = 0; i < on->nchanges; i++)
		if (!make_change(on, &on->changes[i]))
			return EX_USAGE;
	conf_edit_remove(&on->conf.after, "paused");
	if (!on->was_on || on->again)
		set_begun(on);
	read_settings(on);
	if (on->settings.paused) {	/* the site's file says so */
		conf_edit_set(&on->conf.after, "paused", "no");
		read_settings(on);
	}
	if (on->conf.after.failed || on->message.after.failed) {
		diag_error(_("not enough memory"));
		return EX_OSERR;
	}
	if (!on_fits(&on->conf.after, &why)) {
		diag_error("%s", buf_str(&why));
		status = EX_USAGE;
	}
	buf_free(&why);
	return status;
}

static int
check_settings(struct on *on)
{
	const struct settings *s = &on->settings;
	struct buf why = BUF_INIT;
	struct schedule *when;
	int status = EX_USAGE;

	if (s->nproblems > 0) {
		command_complain(&s->problems);
		return EX_USAGE;
	}
	when = schedule_new(s->timezone, s->from_date, s->until, s->hours, s->holidays, &why);
	if (when == NULL)
		complain_about(on, &why);
	else if (schedule_end(when) <= on->load.now)
		diag_error(_("until: %s is over already; give a later end, or --until none"), s->until);
	else
		status = EX_OK;
	schedule_free(when);
	buf_free(&why);
	return status;
}

bool
on_facts(const struct settings *s, struct wiring_facts *f, struct buf *login, struct buf *program)
{
	char path[PROGRAM_MAX];
	const struct passwd *pw = getpwuid(geteuid());
	ssize_t len = readlink(SELF, path, sizeof path - 1);

	buf_adds(login, pw != NULL ? pw->pw_name : "");
	if (len > 0)
		buf_add(program, path, (size_t)len);
	if (login->len == 0 || program->len == 0) {
		diag_error(login->len == 0 ? _("your user id has no entry in the user database") :
		    _("where this program is installed cannot be found out"));
		return false;
	}
	*f = (struct wiring_facts){
		.login = buf_str(login), .program = buf_str(program), .sendmail = s->sendmail, .sendmail_kind = s->sendmail_kind,
		.want = WIRING_UNKNOWN,
	};
	return true;
}

static int
look_at_wiring(struct on *on)
{
	struct buf login = BUF_INIT, program = BUF_INIT;
	struct wiring_facts facts;
	int status = EX_OSERR;

	if (on->have_wiring)
		return EX_OK;
	if (on_facts(&on->load.settings, &facts, &login, &program)) {
		facts.want = on->wire;
		on->have_wiring = true;
		if (wiring_look(&on->load.home, &facts, &on->wiring))
			status = EX_OK;
		else
			diag_error(_("not enough memory"));
	}
	buf_free(&login);
	buf_free(&program);
	on->unwired = on->have_wiring && !on->wiring.wired && (on->wiring.after.len == 0 || on->wire_none);
	return status;
}

/* Where it cannot be seen whether mail comes here, the settings alone say it. */
static bool
is_on(const struct on *on)
{
	const struct settings *s = &on->load.settings;

	return on->message.there && !s->paused && s->begun != NULL && (on->wiring.wired || on->unwired) &&
	    !(s->until != NULL && is_past(on, NULL, s->until));
}

int
on_plan(struct on *on)
{
	int status = look_at_wiring(on);

	if (status != EX_OK)
		return status;
	on->was_on = is_on(on);
	status = make_settings(on);
	return status != EX_OK ? status : check_settings(on);
}

/* A text of last year's, perhaps. */
static void
warn_of_dates(const struct on *on)
{
	const struct answer_dated *found[ANSWER_DATED_MAX];
	struct buf text = BUF_INIT;
	size_t i, n;

	buf_addf(&text, "%s\n%s", on_is_draft(on) ? "" : buf_str(&on->message.after), on->settings.subject != NULL ? on->settings.subject : "");
	n = answer_unset_dates(&on->settings, buf_str(&text), text.len, found);
	for (i = 0; i < n; i++)
		diag_warn(_("the text shows $%s, but --%s is not given: nothing stands in its place"), found[i]->variable, found[i]->setting);
	buf_free(&text);
}

int
on_rehearse(struct on *on)
{
	struct buf why = BUF_INIT;
	bool same = on_is_same(&on->message);
	bool good = same || scratch_write(&on->scratch, &on->message.after, &why);

	rehearsal_free(&on->rehearsal);
	good = good && rehearse(&on->load, &on->settings, same ? on->message.name : buf_str(&on->scratch.file), NULL, &on->rehearsal, &why);
	if (!good)
		diag_error("%s", buf_str(&why));
	else
		warn_of_dates(on);
	buf_free(&why);
	return good ? EX_OK : EX_DATAERR;
}

bool
on_is_same(const struct on_file *f)
{
	return f->there && f->before.len == f->after.len && memcmp(buf_str(&f->before), buf_str(&f->after), f->before.len) == 0;
}

bool
on_changes_something(const struct on *on)
{
	return !on_is_same(&on->message) || !on_is_same(&on->conf) || (on->wiring.after.len > 0 && !on->wire_none);
}
