/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer - export and import of the table
 *
 * An export to a file appears there whole, by rename, or not at all.  An
 * import reads everything before it changes anything: what is no form that is
 * known, or half a file, is refused.  It shows what it will do and asks.
 *
 * The entries of other programs are filed under the text that answers now, so
 * that nobody hears it twice within the period.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../answer_lookup.h"
#include "../deadline.h"
#include "../diag.h"
#include "../i18n.h"
#include "../import.h"
#include "../json.h"
#include "../text.h"
#include "commands.h"
#include "people.h"

#define FLUSH_AT (1 << 16)	/* bytes of an export that are collected */
#define COPY_MAX (INT64_C(1) << 30)	/* bytes of a pipe: ten million senders */
#define COPY_PIECE 65536
#define PART_SUFFIX ".backsoon-part"
#define NO_HANDLE "imported"	/* where there is no text yet */
#define BAR 40			/* columns of the progress bar */
#define BAR_AFTER_MS 1000	/* nothing is shown of what is done sooner */

struct export {
	FILE *to;
	struct buf out;
	uint64_t rows;
	bool failed;		/* errno says why */
};

static void
spill(struct export *e, bool all)
{
	if (!all && e->out.len < FLUSH_AT)
		return;
	if (e->out.failed)
		errno = ENOMEM;
	e->failed |= e->out.failed || fwrite(buf_str(&e->out), 1, e->out.len, e->to) != e->out.len;
	buf_reset(&e->out);
}

static bool
export_row(void *ctx, const struct vacation_db_row *row)
{
	struct export *e = ctx;

	import_write_row(&e->out, row);
	e->rows++;
	spill(e, false);
	return !e->failed;
}

static int
write_export(struct people *p, struct export *e)
{
	int64_t interval;
	int status;

	status = people_result(p, vacation_db_interval(p->table, &interval, &p->info));
	if (status != EX_OK)
		return status;
	import_write_head(&e->out, interval);
	status = people_result(p, vacation_db_list(p->table, export_row, e, &p->info));
	if (status != EX_OK)
		return status;
	import_write_end(&e->out, e->rows);
	spill(e, true);
	if (!e->failed && fflush(e->to) == 0)
		return EX_OK;
	diag_error(_("writing: %s"), strerror(errno));
	return EX_IOERR;
}

/* Beside the file, then renamed over it. */
static int
export_to(struct people *p, struct export *e, const char *name)
{
	struct buf part = BUF_INIT;
	int fd, status = EX_CANTCREAT;

	buf_adds(&part, name);
	buf_adds(&part, PART_SUFFIX);
	fd = open(buf_str(&part), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	e->to = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (e->to == NULL)
		diag_error("%s: %s", buf_str(&part), strerror(errno));
	else
		status = write_export(p, e);
	if (status == EX_OK && (fsync(fd) != 0 || rename(buf_str(&part), name) != 0)) {
		diag_error("%s: %s", name, strerror(errno));
		status = EX_IOERR;
	}
	if (fd >= 0 && status != EX_OK)
		unlink(buf_str(&part));
	if (e->to != NULL)
		fclose(e->to);
	buf_free(&part);
	return status;
}

int
export_command(int argc, char **argv)
{
	struct export e = { .to = stdout };
	struct people p;
	int status = people_open(&p, argc, argv);
	const char *name = status == EX_OK && p.l.rest < argc ? argv[p.l.rest] : "-";

	if (status == EX_OK && p.l.rest + 1 < argc) {
		diag_error(_("export takes one file; %s is too much"), argv[p.l.rest + 1]);
		status = EX_USAGE;
	}
	if (status == EX_OK)
		status = strcmp(name, "-") == 0 ? write_export(&p, &e) : export_to(&p, &e, name);
	if (status == EX_OK && strcmp(name, "-") != 0)
		printf(i18n_n("%" PRIu64 " record written to %s\n", "%" PRIu64 " records written to %s\n", (unsigned long)e.rows), e.rows, name);
	buf_free(&e.out);
	people_close(&p);
	return status;
}

/* One import. */
struct transfer {
	struct people p;
	struct import im;
	struct vacation_db_bulk bulk;
	struct buf handle;
	bool json, yes, dry, no_text;
	int64_t begun;
	bool bar;		/* on the screen */
};

/* What cannot be read twice goes to a file without a name first. */
static int
regular(int fd)
{
	char piece[COPY_PIECE];
	struct stat st;
	int64_t size = 0;
	ssize_t n;
	int copy, error = 0;

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	copy = open(P_tmpdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (copy < 0)
		copy = memfd_create("import", MFD_CLOEXEC);
	if (copy < 0)
		error = errno;
	while (copy >= 0 && (n = read(fd, piece, sizeof piece)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n > 0 && (size += n) > COPY_MAX)
			errno = EFBIG;
		else if (n > 0 && write(copy, piece, (size_t)n) == n)
			continue;
		error = errno;
		close(copy);
		copy = -1;
	}
	close(fd);
	errno = error;
	return copy;
}

static int
open_source(struct transfer *t, const char *name)
{
	if (name == NULL || strcmp(name, "-") == 0) {
		if (name == NULL && isatty(STDIN_FILENO)) {
			diag_error("%s", _("import needs a file, or - for standard input; see backsoon import --help"));
			return EX_USAGE;
		}
		t->im.fd = regular(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
	} else {
		t->im.path = name;
		t->im.fd = regular(open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY));
	}
	if (t->im.fd >= 0)
		return EX_OK;
	diag_error("%s: %s", name != NULL ? name : "-", strerror(errno));
	return EX_NOINPUT;
}

static void
find_handle(struct transfer *t)
{
	struct answer a;

	answer_init(&a);
	a.settings = &t->p.l.settings;
	a.home = &t->p.l.home;
	t->no_text = !answer_lookup_handle(&a);
	buf_adds(&t->handle, t->no_text ? NO_HANDLE : buf_str(&a.handle));
	answer_free(&a);
	t->im.handle = buf_str(&t->handle);
}

static void
show_progress(void *ctx, uint64_t done, uint64_t all)
{
	struct transfer *t = ctx;
	int filled = all != 0 ? (int)(done * BAR / all) : BAR;

	if (deadline_clock() - t->begun < BAR_AFTER_MS)
		return;
	t->bar = true;
	fprintf(stderr, "\r[%.*s%*s] %3d%%", filled, "########################################", BAR - filled, "", all != 0 ? (int)(done * 100 / all) : 100);
}

static int
run_import(struct transfer *t, bool dry)
{
	enum vacation_db_result result;

	t->begun = deadline_clock();
	if (!t->json && isatty(STDERR_FILENO))
		vacation_db_set_progress(t->p.table, show_progress, t);
	result = vacation_db_import(t->p.table, import_give, &t->im, t->im.interval, dry, &t->bulk, &t->p.info);
	if (t->bar)
		fprintf(stderr, "\r%*s\r", BAR + 8, "");
	t->bar = false;
	if (result == VACATION_DB_ERROR && t->im.why.len > 0) {
		diag_error("%s", buf_str(&t->im.why));
		return EX_DATAERR;
	}
	return people_result(&t->p, result);
}

static void
say_count(const char *text, uint64_t n)
{
	printf("  %8" PRIu64 "  %s\n", n, text);
}

static void
show_plan(const struct transfer *t)
{
	const struct import *im = &t->im;

	printf("%s: %s\n", im->path != NULL ? im->path : "-", _(import_format_says(im->format)));
	say_count(_("answered senders in it"), im->answers);
	say_count(_("of them new"), t->bulk.fresh);
	say_count(_("younger than what the table has"), t->bulk.newer);
	say_count(_("exclusions in it"), im->exclusions);
	say_count(_("of them new"), t->bulk.exclusions);
	if (im->interval == VACATION_DB_FOREVER)
		printf("%s\n", _("  The interval kept with it: once."));
	else if (im->interval >= 0)
		printf(_("  The interval kept with it: %" PRId64 " seconds.\n"), im->interval);
	if (im->skipped != 0) {
		say_count(_("left out:"), im->skipped);
		fputs(buf_str(&im->notes), stdout);
		if (im->skipped > IMPORT_NOTES)
			printf("%s\n", _("  ... and more like these"));
	}
	if (t->no_text && im->format != IMPORT_EXPORT && im->format != IMPORT_TABLE)
		printf("%s\n", _("There is no text yet that answers: these senders will hear the one that comes."));
	if (t->bulk.entries > t->p.l.settings.max_senders)
		printf(_("The table will have %" PRIu64 " entries, and max-senders is %" PRIu32 ": nobody new is answered until it is raised.\n"),
		    t->bulk.entries, t->p.l.settings.max_senders);
	fflush(stdout);
}

static void
show_json(const struct transfer *t, bool imported)
{
	const struct import *im = &t->im;
	struct buf out = BUF_INIT;
	const char *line, *end;
	struct json j;

	json_init(&j, &out);
	json_object_begin(&j);
	json_put_string(&j, "file", im->path);
	json_put_string(&j, "format", import_format_name(im->format));
	json_put_int(&j, "answers", (int64_t)im->answers);
	json_put_int(&j, "new", (int64_t)t->bulk.fresh);
	json_put_int(&j, "newer", (int64_t)t->bulk.newer);
	json_put_int(&j, "known", (int64_t)t->bulk.known);
	json_put_int(&j, "exclusions", (int64_t)im->exclusions);
	json_put_int(&j, "new-exclusions", (int64_t)t->bulk.exclusions);
	json_put_int(&j, "skipped", (int64_t)im->skipped);
	json_key(&j, "interval");
	if (im->interval == VACATION_DB_FOREVER)
		json_string(&j, "once");
	else if (im->interval >= 0)
		json_int(&j, im->interval);
	else
		json_null(&j);
	json_put_bool(&j, "imported", imported);
	json_key(&j, "notes");
	json_array_begin(&j);
	for (line = buf_str(&im->notes); *line != '\0'; line = end + 1) {
		end = strchrnul(line, '\n');
		json_string_n(&j, line, (size_t)(end - line));
		if (*end == '\0')
			break;
	}
	json_array_end(&j);
	json_object_end(&j);
	json_end(&j);
	fwrite(buf_str(&out), 1, out.len, stdout);
	buf_free(&out);
}

/* Shown first, where somebody is to decide; told of afterwards with --yes. */
static int
transfer(struct transfer *t)
{
	int status;

	if (!import_scan(&t->im)) {
		diag_error("%s", buf_str(&t->im.why));
		return EX_DATAERR;
	}
	if (t->yes && !t->dry)
		status = run_import(t, false);
	else
		status = run_import(t, true);
	if (status != EX_OK)
		return status;
	if (t->json) {
		show_json(t, !t->dry);
		return people_flush();
	}
	show_plan(t);
	if (t->dry)
		return people_flush();
	if (!t->yes) {
		if (!people_confirm(_("Import them?  [y/N]")))
			return EX_USAGE;
		status = run_import(t, false);
	}
	if (status == EX_OK)
		puts(_("Imported."));
	return status == EX_OK ? people_flush() : status;
}

int
import_command(int argc, char **argv)
{
	struct transfer t = { .im = { .fd = -1 } };
	int status;

	t.json = command_flag(&argc, argv, "--json");
	t.yes = command_flag(&argc, argv, "--yes");
	t.dry = command_flag(&argc, argv, "--dry-run");
	status = people_open(&t.p, argc, argv);
	if (status == EX_OK && t.p.l.rest + 1 < argc) {
		diag_error(_("import takes one file; %s is too much"), argv[t.p.l.rest + 1]);
		status = EX_USAGE;
	} else if (status == EX_OK && t.json && !t.yes && !t.dry) {
		diag_error("%s", _("--json asks nothing: give --yes or --dry-run"));
		status = EX_USAGE;
	}
	if (status == EX_OK)
		status = open_source(&t, t.p.l.rest < argc ? argv[t.p.l.rest] : NULL);
	if (status == EX_OK) {
		t.im.now = t.p.l.now;
		t.im.zone = t.p.l.settings.timezone;
		t.im.delimiter = t.p.delimiter;
		find_handle(&t);
		status = transfer(&t);
	}
	if (t.im.fd >= 0)
		close(t.im.fd);
	import_free(&t.im);
	buf_free(&t.handle);
	people_close(&t.p);
	return status;
}
