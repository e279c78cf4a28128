/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wiring_undo - takes out what wiring_put() put in
 *
 * Nothing is remembered but the kept copy: our line is found in the file, and put into the copy once more;
 * if that gives the file as it is, nobody has touched it and the copy comes back.  So it does not
 * matter whether mail server or program have changed since.
 */
#include "wiring.h"

#include <sys/stat.h>

#include <errno.h>
#include <string.h>

#include "i18n.h"
#include "userfile.h"
#include "wiring_parts.h"

#define PROGRAM "backsoon"
#define UNDO_FILE_MAX ((size_t)2 * 1024 * 1024)	/* of a file of WIRING_FILE_MAX, ours included */

enum undo { UNDO_NOTHING, UNDO_RESTORE, UNDO_REMOVE, UNDO_STRIP };

/* A file, its kept copy, and what is to become of it. */
struct undo_job {
	const struct home *home;
	const struct wiring_way *way;
	struct buf kept_name;
	bool there, kept_there;
	struct buf now, kept;
	struct buf line, rest;
};

static bool
read_both(struct undo_job *j, struct buf *why)
{
	struct stat st;
	const char *place;
	int dir_fd;

	/* What is no file holds no line of ours. */
	place = home_place(j->home, j->way->file, &dir_fd);
	if (fstatat(dir_fd, place, &st, 0) == 0 && S_ISREG(st.st_mode)) {
		j->there = home_read_file(j->home, j->way->file, UNDO_FILE_MAX, &j->now, why);
		if (!j->there && errno != ENOENT)
			return false;
	}
	j->kept_there = home_read_file(j->home, buf_str(&j->kept_name), UNDO_FILE_MAX, &j->kept, why);
	return j->kept_there || errno == ENOENT;
}

/* Whether the file is what our line made of `before'. */
static bool
was_made_of(const struct undo_job *j, const struct buf *before)
{
	struct buf made = BUF_INIT;
	bool good;

	j->way->put_in(before, buf_str(&j->line), &made);
	good = !made.failed && buf_equal(&made, &j->now);
	buf_free(&made);
	return good;
}

static enum undo
decide(struct undo_job *j)
{
	static const struct buf nothing = BUF_INIT;

	if (!j->there || !j->way->take_out(&j->now, &j->line, &j->rest))
		return UNDO_NOTHING;
	if (j->kept_there && was_made_of(j, &j->kept))
		return UNDO_RESTORE;
	return was_made_of(j, &nothing) ? UNDO_REMOVE : UNDO_STRIP;
}

static bool
write_back(const struct undo_job *j, const struct buf *content, struct buf *why)
{
	struct stat st;
	const char *place;
	int dir_fd;

	place = home_place(j->home, j->way->file, &dir_fd);
	if (fstatat(dir_fd, place, &st, 0) == -1) {
		buf_addf(why, "%s: %s", j->way->file, strerror(errno));
		return false;
	}
	return userfile_write(j->home, j->way->file, content->len > 0 ? content->data : "", content->len, st.st_mode & 0777, why);
}

static bool
carry_out(const struct undo_job *j, enum undo what, struct buf *done, struct buf *why)
{
	const char *file = j->way->file;

	switch (what) {
	case UNDO_NOTHING:
		return true;
	case UNDO_RESTORE:
		if (!write_back(j, &j->kept, why))
			return false;
		buf_addf(done, _("%s is again what it was before."), file);
		break;
	case UNDO_REMOVE:
		if (!userfile_remove(j->home, file, why))
			return false;
		buf_addf(done, _("%s was made by backsoon on and is removed."), file);
		break;
	case UNDO_STRIP:
		if (!write_back(j, &j->rest, why))
			return false;
		buf_addf(done, _("The line of backsoon is taken out of %s; what else was changed there stays."), file);
		break;
	}
	buf_addc(done, '\n');
	return true;
}

/* Something in the file, an open quote for one, hides our line from us. */
static bool
still_calls(const struct undo_job *j, struct buf *why)
{
	if (j->now.len == 0 || memmem(j->now.data, j->now.len, PROGRAM, sizeof PROGRAM - 1) == NULL)
		return false;
	buf_addf(why, _("%s cannot be taken apart: take the line with %s out of it by hand."), j->way->file, PROGRAM);
	return true;
}

static bool
undo(struct undo_job *j, bool *changed, struct buf *done, struct buf *why)
{
	enum undo what;

	if (!read_both(j, why))
		return false;
	what = decide(j);
	if (j->line.failed || j->rest.failed || j->now.failed || j->kept.failed) {
		buf_adds(why, strerror(ENOMEM));
		return false;
	}
	if (!carry_out(j, what, done, why))
		return false;
	/* The copy stays where the file is another one: it may be away for a while. */
	if (what == UNDO_NOTHING && j->kept_there && (!j->there || !buf_equal(&j->now, &j->kept)))
		return !still_calls(j, why);
	*changed = *changed || what != UNDO_NOTHING;
	return !j->kept_there || userfile_remove(j->home, buf_str(&j->kept_name), why);
}

static bool
undo_kind(const struct home *h, enum wiring_kind kind, bool *changed, struct buf *done, struct buf *why)
{
	struct undo_job j = { .home = h, .way = wiring_way(kind) };
	bool good;

	buf_addf(&j.kept_name, "%s" WIRING_KEPT, j.way->file);
	good = !j.kept_name.failed && undo(&j, changed, done, why);
	if (j.kept_name.failed)
		buf_adds(why, strerror(ENOMEM));
	buf_free(&j.kept_name);
	buf_free(&j.now);
	buf_free(&j.kept);
	buf_free(&j.line);
	buf_free(&j.rest);
	return good;
}

bool
wiring_take_out(const struct home *h, const struct wiring_facts *f, bool *changed, struct buf *done, struct buf *why)
{
	bool good = true;
	int i;

	*changed = false;
	for (i = 0; i < WIRING_KINDS; i++)
		if (f->want == WIRING_UNKNOWN || (int)f->want == i)
			good = undo_kind(h, (enum wiring_kind)i, changed, done, why) && good;
	return good;
}
