/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_list - what `vacation -l' prints, and formail's cache of addresses
 *
 * Debian's vacation and sendmail.org's put the address into 50 or 40 columns
 * and ctime(3)'s 24 characters behind it, without a blank when the address is
 * longer; so a line is read from its end.  Sendmail.org's cuts an address off
 * at 40 characters, and half an address is somebody else's: it is left out.
 * Times are local ones.
 *
 * formail -D keeps a ring of addresses, each behind a NUL, without times: they
 * count as answered when the file was last written.
 *
 * Failures: why, with file and line.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "i18n.h"
#include "import_parts.h"
#include "schedule.h"
#include "text.h"

#define CTIME 24		/* "Sat Nov 21 05:58:51 2026" */
#define SENDMAIL_COLUMNS 40
#define ENTRY_MAX 1024		/* bytes of an address of formail's */

static size_t
trimmed(const char *s, size_t len)
{
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	return len;
}

/* The length of the line before `end', where it ends so; 0: it does not. */
static size_t
before(const char *line, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len > n && memcmp(line + len - n, end, n) == 0 ? len - n : 0;
}

/* false: these 24 characters are no time. */
static bool
parse_ctime(struct import *im, const char *s, int64_t *t)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4], day[4], text[64];
	int d, hour, minute, second, year, n = 0;
	struct buf why = BUF_INIT;
	const char *m;
	bool good;

	if (sscanf(s, "%3s %3s %2d %2d:%2d:%2d %4d%n", day, month, &d, &hour, &minute, &second, &year, &n) != 7 || n != CTIME)
		return false;
	m = strstr(months, month);
	if (m == NULL || (m - months) % 3 != 0)
		return false;
	snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", year, (int)(m - months) / 3 + 1, d, hour, minute, second);
	good = schedule_instant(im->zone, text, t, &why);
	buf_free(&why);
	return good;
}

static bool
read_entry(struct import *im, const char *line, size_t len)
{
	size_t n = before(line, len, "(never deleted)");
	int64_t last;

	if (n == 0)
		n = before(line, len, "(exclusion)");
	if (n != 0)
		return import_exclusion(im, line, trimmed(line, n));
	if (len <= CTIME || !parse_ctime(im, line + len - CTIME, &last))
		return import_refuse(im, im->place == 1 ? _("it is of no form that is known") :
		    _("behind the address stands no time as `vacation -l' prints it"));
	n = trimmed(line, len - CTIME);
	if (n == SENDMAIL_COLUMNS && len == SENDMAIL_COLUMNS + 1 + CTIME) {
		import_skip(im, _("the address is cut off after %d characters"), SENDMAIL_COLUMNS);
		return true;
	}
	return import_answer(im, line, n, last);
}

bool
import_list(struct import *im, FILE *f)
{
	char *line = NULL, *s;
	size_t room = 0, len;
	bool good = true;

	while (good && (s = import_line(im, f, &line, &room, &len)) != NULL) {
		len = trimmed(s, len);
		if (len != 0)
			good = strlen(s) >= len ? read_entry(im, s, len) : import_refuse(im, _("there is a NUL in the line"));
	}
	free(line);
	return good;
}

/* The last of the ring may be cut, and what was not used yet is NUL. */
bool
import_formail(struct import *im, FILE *f)
{
	char *entry = NULL;
	bool good = true;
	size_t room = 0;
	struct stat st;
	ssize_t n;

	if (fstat(im->fd, &st) != 0)
		return import_refuse(im, _("it cannot be read"));
	while (good && (n = getdelim(&entry, &room, '\0', f)) > 0) {
		im->place++;
		if (entry[n - 1] == '\0')
			n--;
		if (n == 0)
			continue;
		if (n > ENTRY_MAX || !text_is_clean(entry, (size_t)n) || strchr(entry, '@') == NULL) {
			im->place = 0;
			good = import_refuse(im, _("it is of no form that is known"));
		} else
			good = import_answer(im, entry, (size_t)n, st.st_mtime);
	}
	free(entry);
	return good;
}
