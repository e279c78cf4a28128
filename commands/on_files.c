/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * on_files - `backsoon on --html FILE --attach FILE'
 *
 * A name is written where a delivery finds it: from the home directory, or
 * absolute, whatever directory the command was given in.  The word none takes
 * out what is set.  Then all files that will go along are looked at, also
 * those that were set before: with one that cannot be read nobody would be
 * answered.
 *
 * Failures: each is said, and nothing was written.
 */
#include "on.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../diag.h"
#include "../i18n.h"
#include "../text.h"
#include "attached.h"

/* What stands behind the directory and its slash; NULL: it is not in there. */
static const char *
below(const char *path, const char *directory)
{
	size_t len = directory != NULL ? strlen(directory) : 0;

	return len > 1 && strncmp(path, directory, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

/* The home directory may be known by a link, and the working directory never is. */
static void
put_place(struct buf *out, const struct home *h, const char *path)
{
	char *real = h->path != NULL ? realpath(h->path, NULL) : NULL;
	const char *rest = h->path != NULL ? below(path, h->path) : NULL;

	if (rest == NULL)
		rest = below(path, real);
	if (rest != NULL)
		buf_addf(out, "~/%s", rest);
	else
		buf_adds(out, path);
	free(real);
}

/* A name that leads upwards is said from where it ends: links may lie between. */
static void
put_absolute(struct buf *out, const struct home *h, const char *path)
{
	char *real = strstr(path, "/../") != NULL ? realpath(path, NULL) : NULL;

	put_place(out, h, real != NULL ? real : path);
	free(real);
}

static bool
make_place(const struct home *h, const char *file, struct buf *out)
{
	struct buf path = BUF_INIT;
	char *here = NULL;
	bool good = true;

	if (file[0] == '/')
		put_absolute(out, h, file);
	else if (text_begins(file, "~/"))
		buf_adds(out, file);
	else {
		here = getcwd(NULL, 0);
		good = here != NULL;
		if (good) {
			while (strncmp(file, "./", 2) == 0)
				file += 2;
			buf_addf(&path, "%s/%s", strcmp(here, "/") == 0 ? "" : here, file);
			put_absolute(out, h, buf_str(&path));
		} else
			diag_error(_("the working directory cannot be found out: %s"), strerror(errno));
	}
	free(here);
	buf_free(&path);
	return good;
}

bool
on_take_file(struct on *on, const char *name, const char *value)
{
	struct buf place = BUF_INIT;
	const char *kept = NULL;
	bool good;

	if (text_equal(value, ON_NO_FILE))
		return on_change(on, name, NULL);
	good = make_place(&on->load.home, value, &place);
	if (good)
		kept = place.failed ? NULL : settings_keep(&on->load.settings, buf_str(&place));
	if (good && kept == NULL)
		diag_error(_("not enough memory"));
	buf_free(&place);
	return kept != NULL && on_change(on, name, kept);
}

int
on_check_files(const struct on *on)
{
	struct findings f = { .n = 0 };
	struct attached found;
	struct buf what = BUF_INIT;
	int status = EX_OK;
	size_t i;

	attached_find(&f, &on->load.home, &on->settings, &found);
	for (i = 0; i < f.n; i++) {
		buf_reset(&what);
		finding_what(&what, &f.item[i]);
		if (f.item[i].row->grade < FINDING_BROKEN)
			diag_warn("%s", buf_str(&what));
		else {
			diag_error("%s", buf_str(&what));
			status = EX_DATAERR;
		}
	}
	buf_free(&what);
	findings_free(&f);
	return status;
}
