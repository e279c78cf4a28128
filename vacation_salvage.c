/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_salvage - a table's records, found in the bytes of its file
 *
 * gdbm writes a value right behind its key, and our values carry a checksum
 * over both: so every record that is still whole is found without gdbm's
 * directory, buckets or header, which are what a kill or a crash spoils.  That
 * finds more than gdbm_recover() does, half a split bucket for one, and needs
 * neither a path nor a file of its own.
 *
 * What gdbm has deleted is found as well: of two records with one key the
 * younger counts, what must not come back was overwritten as RECORD_REMOVED,
 * and what had expired expires again.
 *
 * Failures: errno in struct salvage.  Limits: SALVAGE_MAX.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vacation_table.h"

#define SALVAGE_WINDOW 65536
#define SALVAGE_MAX ((off_t)1 << 30)	/* bytes of a file that are looked through, under the lock */
#define SALVAGE_LOOK ((off_t)1 << 20)	/* ... for one record, by everybody who meets the file */

/* Whether the table takes it. */
static bool
keep(struct salvage *s, struct table *to, const struct record_key *key, const struct record_name *name, const struct record *r)
{
	struct record there;

	if (name->kind == RECORD_META) {
		s->meta.period = r->period;
		return true;
	}
	switch (table_get(to, key, &there, NULL)) {
	case TABLE_ABSENT:
		s->answers += name->kind == RECORD_ANSWER;
		s->meta.count += name->kind == RECORD_EXCLUSION;
		return table_add(to, key, r);
	case TABLE_VALUE:
		return there.last >= r->last || table_add(to, key, r);
	case TABLE_BROKEN:
	case TABLE_TROUBLE:
	default:
		return false;
	}
}

/* A record that lies at p, whole: the checksum decides. */
static bool
salvage_one(struct salvage *s, struct table *to, const unsigned char *p, size_t len)
{
	struct record_name name;
	struct record_key key;
	struct record r;

	key.len = record_key_split(p, len, &name);
	if (key.len == 0 || len - key.len < RECORD_SIZE || record_decode(&r, p, key.len, p + key.len, RECORD_SIZE) != RECORD_GOOD)
		return true;
	s->found++;
	if (to == NULL || (r.state != RECORD_LIVE && r.state != RECORD_REFERENCE))
		return true;
	memcpy(key.data, p, key.len);
	return keep(s, to, &key, &name, &r);
}

static ssize_t
read_window(int fd, unsigned char *window, off_t at)
{
	size_t have = 0;
	ssize_t n;

	while (have < SALVAGE_WINDOW) {
		n = pread(fd, window + have, SALVAGE_WINDOW - have, at + (off_t)have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? n : (ssize_t)have;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* Without a table only until one is found.  Windows overlap by the longest record. */
static bool
scan(struct salvage *s, struct table *to, unsigned char *window, off_t end)
{
	const size_t whole = RECORD_KEY_MAX + RECORD_SIZE;
	const unsigned char *p;
	size_t step;
	off_t at;
	ssize_t n;

	for (at = 0; at < end; at += (off_t)step) {
		n = read_window(s->fd, window, at);
		if (n < 0)
			s->error = errno;
		if (n <= 0)
			return n == 0;
		step = n == SALVAGE_WINDOW ? SALVAGE_WINDOW - whole : (size_t)n;
		for (p = window; (p = memchr(p, 'b', step - (size_t)(p - window))) != NULL; p++) {
			if (!salvage_one(s, to, p, (size_t)n - (size_t)(p - window)))
				return false;
			if (to == NULL && s->found != 0)
				return true;
		}
	}
	return true;
}

bool
salvage_any(int fd)
{
	unsigned char *window = malloc(SALVAGE_WINDOW);
	struct salvage s = { .fd = fd };
	bool unknown = window == NULL || !scan(&s, NULL, window, SALVAGE_LOOK);

	free(window);
	return unknown || s.found != 0;
}

bool
salvage_fill(void *ctx, struct table *to)
{
	unsigned char *window = malloc(SALVAGE_WINDOW);
	struct salvage *s = ctx;
	struct record_key key;
	struct record ignored;
	struct stat st;
	bool good = false;

	if (window == NULL || fstat(s->fd, &st) != 0)
		s->error = errno;
	else if (st.st_size > SALVAGE_MAX)
		s->error = EFBIG;
	else
		good = scan(s, to, window, st.st_size);
	free(window);
	table_meta(&key, &ignored);
	return good && table_add(to, &key, &s->meta);
}
