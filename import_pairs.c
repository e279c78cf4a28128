/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_pairs - keys and values of the vacation programs' databases
 *
 * They all descend from one program: the key is the sender's address, the
 * value a time_t as the machine has it, the interval a key of its own.  The
 * width and byte order of that machine are found by which of them makes
 * times of most values.  Exclusions are the largest time there is (Debian's)
 * or 0 (sendmail.org's).  GNU mailutils writes the seconds as text.
 *
 * A Berkeley DB file is read without its library: of a hash (versions 2 to
 * 18) each page is complete in itself, and every offset in it is checked.
 *
 * Failures: why, with the number of the entry.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "import_parts.h"

#define OUR_MARK "bsM"		/* begins the key of the mark of a table of ours */
#define INTERVAL_KEY "__VACATION__INTERVAL__TIMER__"
#define TIME_MIN 100000000		/* 1973: an earlier time is none */
#define TIME_AHEAD (10LL * 365 * 86400)	/* seconds ahead of now that a time may lie, to tell byte orders apart */
#define DIGITS_MIN 9
#define DIGITS_MAX 18

/* Of a page of Berkeley DB. */
#define AT_PAGE_SIZE 20
#define AT_ENTRIES 20
#define AT_TYPE 25
#define AT_ITEMS 26
#define PAGE_MIN 512
#define PAGE_MAX 65536
#define PAGE_HASH_UNSORTED 2
#define PAGE_HASH 13
#define ITEM_KEY_DATA 1
#define HEAD 72				/* bytes of the first page that are looked at */

/* A time of 4 or 8 bytes, the largest one as INT64_MAX whatever its width. */
static int64_t
number(const unsigned char *p, size_t len, enum import_order order)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < len; i++)
		n = n << 8 | p[order == IMPORT_BIG ? i : len - 1 - i];
	if (len == 4 && n == INT32_MAX)
		return INT64_MAX;
	return len == 4 ? (int64_t)(int32_t)n : (int64_t)n;
}

static bool
plausible(const struct import *im, int64_t t)
{
	return t == 0 || t == INT64_MAX || (t >= TIME_MIN && t <= im->now + TIME_AHEAD);
}

/* 0 looks the same in both orders and says nothing. */
static void
vote(struct import *im, const unsigned char *value, size_t len)
{
	int64_t little = number(value, len, IMPORT_LITTLE), big = number(value, len, IMPORT_BIG);

	if (im->scanning && little != big) {
		im->votes[IMPORT_LITTLE] += plausible(im, little);
		im->votes[IMPORT_BIG] += plausible(im, big);
	}
}

static bool
decimal(const unsigned char *p, size_t len, int64_t *t)
{
	size_t i;

	*t = 0;
	if (len > 0 && p[len - 1] == '\0')
		len--;
	if (len < DIGITS_MIN || len > DIGITS_MAX)
		return false;
	for (i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		*t = *t * 10 + (p[i] - '0');
	}
	return true;
}

/* Sendmail.org's writes 0 for `once', Debian's and NetBSD's for `each message'. */
static void
take_interval(struct import *im, const unsigned char *value, size_t len)
{
	int64_t t = number(value, len, im->order);

	if (t == 0 && !im->exclusion_is_max)
		import_skip(im, _("the interval is 0, which is once for one program and each message for another: set every"));
	else if (t < 0 || (t != INT64_MAX && t > TIME_AHEAD))
		import_skip(im, _("the interval makes no sense"));
	else
		im->interval = t;
}

bool
import_pair(void *import, const unsigned char *key, size_t key_len, const unsigned char *value, size_t value_len)
{
	struct import *im = import;
	int64_t t;

	if (im->format == IMPORT_GDBM || im->format == IMPORT_BERKELEY)
		im->place++;
	if (key_len >= sizeof OUR_MARK - 1 && memcmp(key, OUR_MARK, sizeof OUR_MARK - 1) == 0)
		return import_refuse(im, _("this is a dump of a table of backsoon's: give the table itself, or what backsoon export prints of it"));
	if (key_len > 0 && key[key_len - 1] == '\0')
		key_len--;
	if (decimal(value, value_len, &t))
		return import_answer(im, (const char *)key, key_len, t);
	if (value_len != 4 && value_len != 8) {
		import_skip(im, _("its value is no time"));
		return true;
	}
	if (key_len == sizeof INTERVAL_KEY - 1 && memcmp(key, INTERVAL_KEY, key_len) == 0) {
		take_interval(im, value, value_len);
		return true;
	}
	vote(im, value, value_len);
	t = number(value, value_len, im->order);
	if (t == INT64_MAX)
		im->exclusion_is_max = true;
	if (t == INT64_MAX || t == 0)
		return import_exclusion(im, (const char *)key, key_len);
	if (plausible(im, t))
		return import_answer(im, (const char *)key, key_len, t);
	import_skip(im, _("its value is no time"));
	return true;
}

static unsigned
get16(const unsigned char *p, bool swapped)
{
	return swapped ? (unsigned)p[0] << 8 | p[1] : (unsigned)p[1] << 8 | p[0];
}

static uint32_t
get32(const unsigned char *p, bool swapped)
{
	return swapped ? (uint32_t)get16(p, true) << 16 | get16(p + 2, true) : (uint32_t)get16(p + 2, false) << 16 | get16(p, false);
}

/* The item at that place, without its type; NULL: it lies elsewhere, or the page is damaged. */
static const unsigned char *
page_item(const unsigned char *page, size_t size, unsigned i, bool swapped, size_t *len)
{
	size_t begin = get16(page + AT_ITEMS + 2 * i, swapped);
	size_t end = i == 0 ? size : get16(page + AT_ITEMS + 2 * (i - 1), swapped);

	if (begin >= end || end > size || begin < AT_ITEMS || page[begin] != ITEM_KEY_DATA)
		return NULL;
	*len = end - begin - 1;
	return page + begin + 1;
}

static bool
read_page(struct import *im, const unsigned char *page, size_t size, bool swapped)
{
	unsigned n = get16(page + AT_ENTRIES, swapped), i;
	const unsigned char *key, *value;
	size_t key_len, value_len;

	if (page[AT_TYPE] != PAGE_HASH && page[AT_TYPE] != PAGE_HASH_UNSORTED)
		return true;
	if (n % 2 != 0 || AT_ITEMS + 2 * n > size)
		return import_refuse(im, _("a page of the database is damaged"));
	for (i = 0; i + 1 < n; i += 2) {
		key = page_item(page, size, i, swapped, &key_len);
		value = page_item(page, size, i + 1, swapped, &value_len);
		if (key == NULL || value == NULL)
			return import_refuse(im, _("a page of the database is damaged, or holds what no vacation program writes"));
		if (!import_pair(im, key, key_len, value, value_len))
			return false;
	}
	return true;
}

bool
import_berkeley(struct import *im)
{
	unsigned char head[HEAD], *page;
	bool swapped, good = true;
	size_t size;
	ssize_t n;
	off_t at;

	if (pread(im->fd, head, sizeof head, 0) != (ssize_t)sizeof head)
		return import_refuse(im, _("the database is not whole"));
	swapped = get32(head + 12, false) != 0x061561;
	size = get32(head + AT_PAGE_SIZE, swapped);
	if (size < PAGE_MIN || size > PAGE_MAX || (size & (size - 1)) != 0)
		return import_refuse(im, _("the database's first page is damaged"));
	page = malloc(size);
	if (page == NULL)
		return import_refuse(im, "%s", strerror(errno));
	for (at = (off_t)size; good && (n = pread(im->fd, page, size, at)) != 0; at += (off_t)size)
		good = n == (ssize_t)size ? read_page(im, page, size, swapped) : import_refuse(im, _("the database is not whole"));
	free(page);
	return good;
}
