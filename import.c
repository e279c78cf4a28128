/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import - what others leave behind about who was answered
 *
 * The file's first bytes say what it is.  It is read twice: the first time
 * every line is checked, and the byte order of times is found by what makes
 * sense of most of them; the second time rows are given away.  What has no
 * sense at all refuses the file; an entry that cannot be used is left out.
 *
 * Failures: why, with file and line.  Limits: IMPORT_LINE_MAX.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "deadline.h"
#include "diag.h"
#include "i18n.h"
#include "import_parts.h"
#include "text.h"

#define FORMAT_NAME_MAX 20
#define FORMAT_SAYS_MAX 48
#define HEAD 512		/* bytes that tell what it is */
#define WAIT_MS 5000		/* for a table of ours */

static const struct {
	char name[FORMAT_NAME_MAX], says[FORMAT_SAYS_MAX];
} formats[IMPORT_FORMATS] = {
	[IMPORT_UNKNOWN] = { "unknown", N_("of no known form") },
	[IMPORT_EXPORT] = { "backsoon-export", N_("an export of backsoon's") },
	[IMPORT_LIST] = { "vacation-list", N_("a list of vacation -l") },
	[IMPORT_DB_DUMP] = { "db_dump", N_("a dump of a Berkeley DB") },
	[IMPORT_GDBM_DUMP] = { "gdbm_dump", N_("a dump of a gdbm database") },
	[IMPORT_BERKELEY] = { "berkeley-db", N_("a Berkeley DB of a vacation program") },
	[IMPORT_GDBM] = { "gdbm", N_("a gdbm database of another program") },
	[IMPORT_TABLE] = { "backsoon-table", N_("a table of backsoon's") },
	[IMPORT_FORMAIL] = { "formail-cache", N_("an address cache of formail's") },
};

const char *
import_format_name(enum import_format f)
{
	return formats[f].name;
}

const char *
import_format_says(enum import_format f)
{
	return formats[f].says;
}

void
import_free(struct import *im)
{
	buf_free(&im->notes);
	buf_free(&im->why);
	buf_free(&im->key);
}

static void
put_place(struct import *im, struct buf *b)
{
	const char *name = im->path != NULL ? im->path : "-";

	diag_visible(b, name, strlen(name));
	if (im->place != 0)
		buf_addf(b, ":%llu", (unsigned long long)im->place);
	buf_adds(b, ": ");
}

bool
import_refuse(struct import *im, const char *fmt, ...)
{
	va_list ap;

	buf_reset(&im->why);
	put_place(im, &im->why);
	va_start(ap, fmt);
	buf_vaddf(&im->why, fmt, ap);
	va_end(ap);
	return false;
}

void
import_skip(struct import *im, const char *fmt, ...)
{
	va_list ap;

	if (!im->scanning || im->skipped++ >= IMPORT_NOTES)
		return;
	put_place(im, &im->notes);
	va_start(ap, fmt);
	buf_vaddf(&im->notes, fmt, ap);
	va_end(ap);
	buf_addc(&im->notes, '\n');
}

char *
import_line(struct import *im, FILE *f, char **line, size_t *room, size_t *len)
{
	size_t n = 0;
	int c = EOF;

	if (*line == NULL && (*line = malloc(*room = IMPORT_LINE_MAX + 1)) == NULL) {
		import_refuse(im, "%s", strerror(errno));
		return NULL;
	}
	while (n < IMPORT_LINE_MAX && (c = getc_unlocked(f)) != EOF && c != '\n')
		(*line)[n++] = (char)c;
	if (c == EOF && (n == 0 || ferror(f))) {
		if (ferror(f))
			import_refuse(im, "%s", strerror(errno));
		return NULL;
	}
	im->place++;
	if (n == IMPORT_LINE_MAX) {
		import_refuse(im, _("the line is longer than %d bytes"), IMPORT_LINE_MAX);
		return NULL;
	}
	while (n > 0 && (*line)[n - 1] == '\r')
		n--;
	(*line)[n] = '\0';
	*len = n;
	return *line;
}

bool
import_key(struct buf *key, const char *text, size_t len, const char *delimiter)
{
	struct address a = { NULL, NULL, NULL }, original = { NULL, NULL, NULL };
	bool good;
	char *domain;

	buf_reset(key);
	if (len > 1 && text[0] == '@') {
		domain = text_copy(text + 1 + (text[1] == '.'), len - 1 - (text[1] == '.'));
		good = domain != NULL && address_domain_ok(domain, strlen(domain));
		buf_adds(key, text[1] == '.' ? "@." : "@");
		if (good)
			address_domain_key(key, domain);
		free(domain);
		return good && !key->failed;
	}
	good = address_parse(text, len, &a);
	if (good)
		address_unwrap(&a, &original);
	good = good && original.local != NULL;
	if (good)
		address_key(key, &original, delimiter);
	address_free(&original);
	address_free(&a);
	return good && key->len > 0 && !key->failed;
}

bool
import_row(struct import *im, const struct vacation_db_row *row)
{
	if (im->scanning && row->excluded)
		im->exclusions++;
	else if (im->scanning)
		im->answers++;
	return im->take == NULL || im->take(im->taker, row);
}

static bool
normalised(struct import *im, const char *address, size_t len)
{
	struct buf shown = BUF_INIT;

	if (import_key(&im->key, address, len, im->delimiter))
		return true;
	diag_visible(&shown, address, len);
	import_skip(im, _("\"%s\" is no address"), buf_str(&shown));
	buf_free(&shown);
	return false;
}

bool
import_answer(struct import *im, const char *address, size_t len, int64_t last)
{
	struct vacation_db_row row = { .owner = "", .handle = im->handle, .first_answered = last, .last_answered = last, .count = 1 };

	if (last > im->now + VACATION_DB_FUTURE_MAX) {
		import_skip(im, _("its time lies in the future"));
		return true;
	}
	if (len > 0 && address[0] == '@') {
		import_skip(im, _("a domain cannot have been answered"));
		return true;
	}
	if (!normalised(im, address, len))
		return true;
	row.sender = buf_str(&im->key);
	row.period = im->interval > 0 ? im->interval : IMPORT_PERIOD;
	return import_row(im, &row);
}

bool
import_exclusion(struct import *im, const char *address, size_t len)
{
	struct vacation_db_row row = { .owner = "", .handle = "", .excluded = true };

	if (!normalised(im, address, len))
		return true;
	row.sender = buf_str(&im->key);
	return import_row(im, &row);
}

static bool
begins(const unsigned char *head, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(head, with, strlen(with)) == 0;
}

static bool
has_magic(const unsigned char *p, uint32_t magic)
{
	uint32_t little = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	uint32_t big = (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;

	return little == magic || big == magic;
}

/* Berkeley's magic numbers: hash, btree, queue, heap. */
static bool
is_berkeley(const unsigned char *p)
{
	return has_magic(p, 0x061561) || has_magic(p, 0x053162) || has_magic(p, 0x042253) || has_magic(p, 0x074582);
}

/* Our table's mark is a key of its own. */
static bool
is_mark(void *import, const unsigned char *key, size_t key_len, const unsigned char *value, size_t value_len)
{
	struct import *im = import;

	(void)value, (void)value_len;
	if (key_len >= 3 && memcmp(key, "bsM", 3) == 0)
		im->format = IMPORT_TABLE;
	return im->format != IMPORT_TABLE;
}

static bool
detect_binary(struct import *im, const unsigned char *head, size_t len)
{
	struct vacation_db_info ignored;

	if (vacation_db_is_gdbm(head, len)) {
		im->format = IMPORT_GDBM;
		vacation_db_pairs(im->fd, is_mark, im, &ignored);
		return true;
	}
	if (len >= 16 && has_magic(head + 12, 0x061561)) {
		im->format = IMPORT_BERKELEY;
		return true;
	}
	if (len >= 16 && (is_berkeley(head) || is_berkeley(head + 12)))
		return import_refuse(im, _("a Berkeley DB of a kind that is not read directly: give what db_dump or db_dump185 (Debian: db5.3-util) prints of it, "
		    "or `vacation -l'"));
	if (begins(head, len, "!\r\n! GDBM FLAT"))
		return import_refuse(im, _("gdbm's binary dump: run gdbm_dump without --format=binary"));
	im->format = memchr(head, '\0', len) != NULL ? IMPORT_FORMAIL : IMPORT_LIST;
	return true;
}

static bool
detect(struct import *im)
{
	unsigned char head[HEAD];
	ssize_t n = pread(im->fd, head, sizeof head, 0);
	size_t len = n > 0 ? (size_t)n : 0;

	if (n < 0)
		return import_refuse(im, "%s", strerror(errno));
	if (n == 0)
		return import_refuse(im, _("it is empty"));
	if (begins(head, len, "backsoon-export "))
		im->format = IMPORT_EXPORT;
	else if (begins(head, len, "VERSION=") || begins(head, len, "format="))
		im->format = IMPORT_DB_DUMP;
	else if (begins(head, len, "# GDBM dump file"))
		im->format = IMPORT_GDBM_DUMP;
	else
		return detect_binary(im, head, len);
	return true;
}

static bool
read_pairs(struct import *im)
{
	struct vacation_db_info info;

	if (vacation_db_pairs(im->fd, import_pair, im, &info) == VACATION_DB_FREE)
		return im->why.len == 0;
	im->place = 0;
	return import_refuse(im, "%s", info.detail);
}

static bool
give_row(void *ctx, const struct vacation_db_row *row)
{
	struct import *im = ctx;

	im->place++;
	return import_row(im, row);
}

/* By its name, as the lock beside it keeps a delivery from changing it meanwhile. */
static bool
read_table(struct import *im)
{
	struct vacation_db *db = im->path != NULL ? vacation_db_new(AT_FDCWD, im->path, deadline_clock() + WAIT_MS) : NULL;
	struct vacation_db_info info;
	enum vacation_db_result result;

	if (db == NULL)
		return import_refuse(im, _("a table is read from a file, not from a pipe"));
	result = vacation_db_interval(db, &im->interval, &info);
	if (result == VACATION_DB_FREE)
		result = vacation_db_list(db, give_row, im, &info);
	vacation_db_free(db);
	im->place = 0;
	return result == VACATION_DB_FREE || import_refuse(im, "%s", info.detail);
}

static bool
read_text(struct import *im)
{
	static bool (*const readers[IMPORT_FORMATS])(struct import *, FILE *) = {
		[IMPORT_EXPORT] = import_export, [IMPORT_LIST] = import_list, [IMPORT_DB_DUMP] = import_db_dump,
		[IMPORT_GDBM_DUMP] = import_gdbm_dump, [IMPORT_FORMAIL] = import_formail,
	};
	int fd = fcntl(im->fd, F_DUPFD_CLOEXEC, 0);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;
	bool good;

	if (f == NULL || fseeko(f, 0, SEEK_SET) != 0) {
		good = import_refuse(im, "%s", strerror(errno));
		if (f == NULL && fd >= 0)
			close(fd);
	} else
		good = readers[im->format](im, f) && im->why.len == 0;
	if (f != NULL)
		fclose(f);
	return good;
}

static bool
read_all(struct import *im)
{
	im->place = 0;
	switch (im->format) {
	case IMPORT_GDBM:
		return read_pairs(im);
	case IMPORT_TABLE:
		return read_table(im);
	case IMPORT_BERKELEY:
		return import_berkeley(im);
	default:
		return read_text(im);
	}
}

/* The first look votes on the byte order and sees how exclusions are written, the second counts with that. */
bool
import_scan(struct import *im)
{
	im->scanning = true;
	im->take = NULL;
	im->interval = -1;
	if (!detect(im) || !read_all(im))
		return false;
	im->order = im->votes[IMPORT_BIG] > im->votes[IMPORT_LITTLE] ? IMPORT_BIG : IMPORT_LITTLE;
	if (im->votes[IMPORT_BIG] != 0 || im->skipped != 0) {
		im->answers = im->exclusions = im->skipped = 0;
		buf_reset(&im->notes);
		im->interval = -1;
		if (!read_all(im))
			return false;
	}
	im->scanning = false;
	im->place = 0;
	if (im->answers + im->exclusions == 0 && im->skipped == 0 && im->interval < 0 && im->format != IMPORT_EXPORT && im->format != IMPORT_TABLE)
		return import_refuse(im, _("there is nobody in it"));
	return !im->notes.failed && !im->key.failed;
}

bool
import_give(void *import, vacation_db_visit *take, void *taker)
{
	struct import *im = import;
	const int64_t interval = im->interval;
	bool good;

	im->take = take;
	im->taker = taker;
	good = read_all(im);
	im->take = NULL;
	im->interval = interval;
	return good;
}
