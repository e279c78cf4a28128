/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * on_write - the writing of `backsoon on'
 *
 * The text first, then the settings, then the line that brings the mail: no
 * message comes before there is something to say.  Each file is written whole
 * or not at all (userfile.h); when a later one fails, those before it go
 * back.  What a file was is copied beside it first, so that it can go back by
 * a rename, which a full disk does not hinder.  The copy of the text stays
 * when all went well; that of the settings goes.  An older copy of a text is
 * never replaced nor removed.  Signals wait until the end.
 *
 * A file that is no longer as it was read, because somebody has edited it
 * while a question was open, is left alone, and nothing is written.
 *
 * Failures: said with the file; nothing has changed then, but where a file
 * could not be put back, and that is said, with the name of its copy.
 *
 * Limits: KEPT_MAX copies of different texts.
 */
#include "on.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../diag.h"
#include "../draft.h"
#include "../i18n.h"
#include "../userfile.h"
#include "commands.h"

#define KEPT_MAX 99

static bool
holds(const struct home *h, const char *name, const struct buf *want)
{
	struct buf now = BUF_INIT, why = BUF_INIT;
	bool good = home_read_file(h, name, want->len, &now, &why) && buf_equal(&now, want);

	buf_free(&now);
	buf_free(&why);
	return good;
}

/* Of whatever kind: also a link that leads nowhere is somebody's. */
static bool
is_taken(const struct home *h, const char *name)
{
	struct stat st;
	int dir_fd;
	const char *place = home_place(h, name, &dir_fd);

	return fstatat(dir_fd, place, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

bool
on_copy(const struct home *h, const struct on_copy *c, struct buf *place, bool *made, struct buf *why)
{
	unsigned n;

	*made = false;
	for (n = 1; n <= KEPT_MAX; n++) {
		buf_reset(place);
		buf_addf(place, "%s%s", c->name, c->suffix);
		if (n > 1)
			buf_addf(place, ".%u", n);
		if (place->failed) {
			buf_adds(why, _("not enough memory"));
			return false;
		}
		if (!is_taken(h, buf_str(place))) {
			*made = userfile_write(h, buf_str(place), buf_str(c->content), c->content->len, c->mode, why);
			return *made;
		}
		if (holds(h, buf_str(place), c->content))
			return true;
	}
	buf_addf(why, _("%s: there are %d older copies of it already: remove those that you do not need"), c->name, KEPT_MAX);
	return false;
}

static bool
write_file(const struct home *h, struct on_file *f, struct buf *why)
{
	if (on_is_same(f))
		return true;
	if (f->there && !on_copy(h, &(struct on_copy){ f->name, WIRING_KEPT, &f->before, f->mode }, &f->kept, &f->kept_made, why))
		return false;
	f->written = userfile_write(h, f->name, buf_str(&f->after), f->after.len, f->mode, why);
	return f->written;
}

/* The copy itself goes back where it is this run's; it may be on another file system than what a link leads to. */
static bool
restore(const struct home *h, const struct on_file *f, struct buf *why)
{
	const char *kept = buf_str(&f->kept);

	if (!f->there)
		return userfile_remove(h, f->name, why);
	if (f->kept_made && userfile_rename(h, kept, f->name, why))
		return true;
	buf_reset(why);
	if (!userfile_write(h, f->name, buf_str(&f->before), f->before.len, f->mode, why))
		return false;
	return !f->kept_made || userfile_remove(h, kept, why);
}

/* Only what this run wrote, and only where nobody has written since. */
static bool
put_back(const struct home *h, const struct on_file *f)
{
	struct buf why = BUF_INIT;
	bool good = true;

	if (!f->written)
		good = !f->kept_made || userfile_remove(h, buf_str(&f->kept), &why);
	else if (!holds(h, f->name, &f->after)) {
		good = false;
		buf_adds(&why, _("it has been changed by somebody else meanwhile"));
	} else
		good = restore(h, f, &why);
	if (!good && f->written && f->there)
		diag_error(_("%s could not be put back as it was: %s; what it was is in %s"), f->name, buf_str(&why), buf_str(&f->kept));
	else if (!good && f->written)
		diag_error(_("%s could not be put back as it was: %s"), f->name, buf_str(&why));
	else if (!good)
		diag_error("%s", buf_str(&why));
	buf_free(&why);
	return good;
}

static bool
is_unchanged(const struct home *h, const struct on_file *f, struct buf *why)
{
	struct buf now = BUF_INIT;
	bool there, readable, good;

	/* A draft is not ours to write: a newer one is as good. */
	if (draft_is(f->name))
		return true;
	there = home_read_file(h, f->name, f->max, &now, why);
	readable = there || errno == ENOENT;
	good = readable && there == f->there && buf_equal(&now, &f->before);
	if (!good && readable)
		buf_addf(why, _("%s has been changed by somebody else meanwhile; nothing was done."), f->name);
	buf_free(&now);
	return good;
}

static void
drop_copy(const struct home *h, const struct on_file *f)
{
	struct buf why = BUF_INIT;

	if (f->kept_made && !userfile_remove(h, buf_str(&f->kept), &why))
		diag_warn("%s", buf_str(&why));
	buf_free(&why);
}

static int
write_in_order(struct on *on)
{
	const struct home *h = &on->load.home;
	struct buf why = BUF_INIT;
	bool back, all = is_unchanged(h, &on->message, &why) && is_unchanged(h, &on->conf, &why) &&
	    write_file(h, &on->message, &why) && write_file(h, &on->conf, &why) &&
	    (on->wire_none || on->wiring.after.len == 0 || wiring_put(h, &on->wiring, &why));

	if (all)
		drop_copy(h, &on->conf);
	else {
		diag_error("%s", buf_str(&why));
		back = put_back(h, &on->conf);
		back = put_back(h, &on->message) && back;
		if (back)
			diag_error(_("it was not turned on; everything is as it was"));
		else
			diag_error(_("it was not turned on, and not everything is as it was"));
	}
	buf_free(&why);
	return all ? EX_OK : EX_CANTCREAT;
}

void
on_unlock(struct on *on)
{
	if (on->lock_fd != -1)
		close(on->lock_fd);
	on->lock_fd = -1;
}

int
on_write(struct on *on)
{
	sigset_t set, before;
	int status;

	if (on->lock_fd == -1 && !command_lock(&on->load.home, &on->lock_fd))
		return EX_TEMPFAIL;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, &before);
	status = write_in_order(on);
	on_unlock(on);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}
