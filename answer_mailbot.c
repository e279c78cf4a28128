/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer_mailbot - what the dialect of mailbot asks of an answer
 *
 * Whom it goes to besides who wrote, what a report says, and the table that
 * mailbot has kept, which is taken over once.
 *
 * Failures: memory, as the buffers have it.  A table of mailbot's that cannot be read is a
 * line in the log and no reason to answer nobody.
 */
#include "answer_lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "diag.h"
#include "import.h"

#define TAKEN_SUFFIX ".taken"

/* Those who need not be told that he has written: himself and the owner. */
static bool
is_no_copy(void *ctx, const struct address *who)
{
	struct answer *a = ctx;

	return envelope_is_own(&a->envelope, who) || address_equal(&a->envelope.original, who, NULL) ||
	    address_equal(&a->envelope.sender, who, NULL);
}

void
answer_address(struct answer *a)
{
	const struct settings *s = a->settings;

	if (s->report_to.n > 0)
		buf_adds(&a->to, s->report_to.item[0]);
	else if (a->envelope.state == SENDER_GIVEN)
		address_format(&a->to, &a->envelope.sender);
	for (size_t i = 1; i < s->report_to.n; i++)
		buf_addf(&a->copies, "%s%s", i > 1 ? ",\n " : "", s->report_to.item[i]);
	if (s->form == REPLY_FORM_REPLYALL)
		report_copies(&a->copies, a->message, is_no_copy, a);
}

void
answer_report(const struct answer *a, struct request *r)
{
	const struct settings *s = a->settings;

	r->report = (struct report){
		.form = (enum reply_form)s->form, .date = r->date, .feedback_type = s->feedback_type,
		.recipient = s->report_recipient != NULL ? s->report_recipient : r->from_address,
		.fields = s->feedback.item, .nfields = s->feedback.n,
	};
	r->copies = a->copies.len > 0 ? buf_str(&a->copies) : NULL;
	r->forward_marker = s->forward_marker;
	r->own_head = r->own_head || s->text_alone || s->fields.n > 0;
}

/*
 * Not the table says that it was done: a delivery that is ended meanwhile leaves one without
 * those who were told, and others see it before they are in it.
 */
static bool
was_taken_over(int dir_fd, const char *mark)
{
	return faccessat(dir_fd, mark, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
note_taken_over(int dir_fd, const char *mark)
{
	int fd = openat(dir_fd, mark, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd == -1)
		diag_warn("%s: %s", mark, strerror(errno));
	else
		close(fd);
}

/* false: it may be another time. */
static bool
take_over(struct import *im, int dir_fd, const char *name)
{
	struct vacation_db *table = vacation_db_new(dir_fd, name, deadline_clock() + VACATION_DB_LOCK_MS);
	struct vacation_db_bulk bulk;
	struct vacation_db_info info = { 0 };
	bool read = table != NULL && im->fd != -1 && import_scan(im), taken = false;

	if (!read)
		diag_warn("%s was not taken over: %s", im->path, buf_str(&im->why));
	else if (vacation_db_import(table, import_give, im, -1, false, &bulk, &info) != VACATION_DB_FREE)
		diag_warn("%s was not taken over: %s", im->path, info.detail);
	else
		taken = true;
	if (taken)
		diag_info("%s was taken over: %llu senders who were told", im->path, (unsigned long long)im->answers);
	if (table != NULL)
		vacation_db_free(table);
	return taken || (table != NULL && im->fd != -1 && !read);
}

void
answer_take_over(struct answer *a, int dir_fd, const char *name)
{
	const char *theirs = a->settings->replaced_table;
	struct import im = { .now = a->now, .path = theirs, .handle = buf_str(&a->handle) };
	struct buf mark = BUF_INIT;

	buf_addf(&mark, "%s" TAKEN_SUFFIX, name);
	if (a->explaining || a->settings->print_reply || mark.failed || was_taken_over(dir_fd, buf_str(&mark))) {
		buf_free(&mark);
		return;
	}
	im.fd = home_open_file(a->home, theirs, &im.why);
	if (im.fd != -1 || errno != ENOENT || im.why.len > 0) {
		if (take_over(&im, dir_fd, name))
			note_taken_over(dir_fd, buf_str(&mark));
		if (im.fd != -1)
			close(im.fd);
	}
	import_free(&im);
	buf_free(&mark);
}
