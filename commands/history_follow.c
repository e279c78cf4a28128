/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history_follow - records as they come
 *
 * A few times a second the journal's file is looked at, and read when it has changed.  That works on
 * every file system, and whatever happens to the file: it may appear,
 * be set aside as damaged and begun anew, or be put back from a backup.  What was
 * not in the last copy is new; sequence numbers alone would not do, because a
 * new file begins at 1 again, and a slow writer's number is lower than his neighbour's.
 *
 * A journal that cannot be read is said once, and waited for.
 *
 * Limits: of more than JOURNAL_SLOTS decisions between two looks the oldest
 * are not seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "../diag.h"
#include "history_parts.h"

#define LOOK_MS 250

struct follow {
	const struct history_options *options;
	struct history_table table;
	struct buf out;
	struct journal *last;		/* what was read last; NULL: nothing yet */
	struct stat stat;		/* of the file then */
	bool changed;			/* the look before this one read it: once more, time stamps are coarse */
	int error;			/* that was said */
};

static volatile sig_atomic_t ended;

static void
on_end(int number)
{
	(void)number;
	ended = 1;
}

static bool
is_same(const struct journal_entry *a, const struct journal_entry *b)
{
	return a->sequence == b->sequence && a->time == b->time && strcmp(a->sender, b->sender) == 0 && strcmp(a->subject, b->subject) == 0;
}

static bool
was_seen(struct journal *last, const struct journal_entry *e)
{
	const struct journal_entry *entries;
	size_t n;

	if (last == NULL)
		return false;
	n = journal_entries(last, &entries);
	for (size_t i = 0; i < n && entries[i].time >= e->time; i++) {
		if (is_same(&entries[i], e))
			return true;
	}
	return false;
}

static void
put(struct follow *f, const struct journal_entry *e)
{
	if (f->options->json)
		history_json_line(&f->out, e);
	else
		history_table_row(&f->table, e);
}

/* New records, oldest first, `most' of them (0: all). */
static int
show_new(struct follow *f, struct journal *j, size_t most)
{
	const struct journal_entry *entries, *rows[2 * JOURNAL_SLOTS];
	size_t n = journal_entries(j, &entries), count = 0;
	int status;

	for (size_t i = 0; i < n && (most == 0 || count < most); i++) {
		if (history_wanted(f->options, &entries[i]) && !was_seen(f->last, &entries[i]))
			rows[count++] = &entries[i];
	}
	while (count > 0)
		put(f, rows[--count]);
	status = history_flush(f->options, &f->out);
	buf_reset(&f->out);
	return status;
}

static bool
has_changed(struct follow *f)
{
	struct stat st;
	bool changed;

	if (fstatat(f->options->dir_fd, f->options->journal, &st, AT_SYMLINK_NOFOLLOW) != 0)
		memset(&st, 0, sizeof st);
	changed = st.st_ino != f->stat.st_ino || st.st_dev != f->stat.st_dev || st.st_size != f->stat.st_size ||
	    st.st_mtim.tv_sec != f->stat.st_mtim.tv_sec || st.st_mtim.tv_nsec != f->stat.st_mtim.tv_nsec;
	f->stat = st;
	return changed;
}

static int
look(struct follow *f, size_t most)
{
	bool changed = has_changed(f), again = f->changed;
	struct journal *j;
	int status;

	f->changed = changed;
	if (!changed && !again && f->error == 0)
		return EX_OK;
	j = journal_open(f->options->dir_fd, f->options->journal);
	if (j == NULL) {
		if (errno != ENOENT && errno != f->error)
			diag_error("%s: %s", f->options->journal, journal_error(errno));
		f->error = errno;
		return EX_OK;
	}
	f->error = 0;
	status = show_new(f, j, most);
	journal_close(f->last);
	f->last = j;
	return status;
}

/* Until the next look; false when it is the end: a signal, or nobody reads any more. */
static bool
wait_a_little(const struct history_options *o)
{
	struct pollfd reader = { .fd = fileno(o->out) };

	return !ended && (poll(&reader, 1, LOOK_MS) != 1 || reader.revents == 0) && !ended;
}

int
history_follow(const struct history_options *o)
{
	struct sigaction end = { .sa_handler = on_end }, ignore = { .sa_handler = SIG_IGN };
	struct follow f = { .options = o, .out = BUF_INIT };
	int status;

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	if (!o->json)
		history_table_begin(&f.table, o, &f.out);
	status = history_flush(o, &f.out);
	buf_reset(&f.out);
	if (status == EX_OK)
		status = look(&f, o->limit);
	while (status == EX_OK && wait_a_little(o))
		status = look(&f, 0);
	journal_close(f.last);
	buf_free(&f.out);
	return status;
}
