/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * on_write - the writing of `backsoon on'
 *
 * The text first, then the settings, then the line that brings the mail: no
 * message comes before there is something to say.  Each file is written whole
 * or not at all (userfile.h); when a later one fails, those before it go
 * back.  A text that is replaced is kept beside the new one.  Signals
 * wait until the end.
 *
 * Failures: said with the file; nothing has changed then, but where a file
 * could not be put back, and that is said.
 */
#include "on.h"

#include <signal.h>
#include <string.h>
#include <sysexits.h>

#include "../diag.h"
#include "../i18n.h"
#include "../userfile.h"

static void
complain(const struct buf *why)
{
	diag_error("%s", buf_str(why));
}

/* The owner's former text, which is kept while there is another; without one, that copy goes. */
static bool
keep(const struct home *h, const struct on_file *f, bool put, struct buf *why)
{
	struct buf name = BUF_INIT;
	bool good;

	buf_addf(&name, "%s%s", f->name, WIRING_KEPT);
	if (put)
		good = !name.failed && userfile_write(h, buf_str(&name), buf_str(&f->before), f->before.len, f->mode, why);
	else
		good = userfile_remove(h, buf_str(&name), why);
	buf_free(&name);
	return good;
}

static bool
write_file(const struct home *h, const struct on_file *f, struct buf *why)
{
	return on_is_same(f) || userfile_write(h, f->name, buf_str(&f->after), f->after.len, f->mode, why);
}

static void
put_back(const struct home *h, const struct on_file *f)
{
	struct buf why = BUF_INIT;

	if (on_is_same(f))
		return;
	if (!(f->there ? userfile_write(h, f->name, buf_str(&f->before), f->before.len, f->mode, &why) : userfile_remove(h, f->name, &why)))
		diag_error(_("%s could not be put back as it was: %s"), f->name, buf_str(&why));
	buf_free(&why);
}

static int
write_in_order(const struct on *on)
{
	const struct home *h = &on->load.home;
	struct buf why = BUF_INIT;
	bool former = on->message.there && !on_is_same(&on->message);
	bool kept = !former || keep(h, &on->message, true, &why);
	bool text = kept && write_file(h, &on->message, &why);
	bool settings = text && write_file(h, &on->conf, &why);
	bool all = settings && (on->wire_none || on->wiring.after.len == 0 || wiring_put(h, &on->wiring, &why));

	if (!all) {
		complain(&why);
		if (settings)
			put_back(h, &on->conf);
		if (text)
			put_back(h, &on->message);
		if (former)
			keep(h, &on->message, false, &why);
		diag_error(_("it was not turned on; everything is as it was"));
	}
	buf_free(&why);
	return all ? EX_OK : EX_CANTCREAT;
}

int
on_write(struct on *on)
{
	sigset_t set, before;
	int status;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, &before);
	status = write_in_order(on);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}
