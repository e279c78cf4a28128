/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_gather - what stays of a table, and what comes to it
 *
 * Every record of the old table goes to a spool or is forgotten; what is read back, in
 * the order of gdbm's hash, is merged with what is imported, and counted.
 *
 * Failures: as in vacation_db.h, or b->error.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vacation_bulk.h"

#define PROGRESS_STEP 1024	/* records between two calls of db->progress */

static bool
matches(const char *pattern, const struct record_name *name)
{
	const char *address = name->field[2], *domain = memrchr(address, '@', name->len[2]);
	size_t len = name->len[2], want;

	if (pattern[0] != '@')
		return strlen(pattern) == len && memcmp(pattern, address, len) == 0;
	if (domain == NULL)
		return false;
	domain++;
	len -= (size_t)(domain - address);
	pattern++;
	want = strlen(pattern);
	if (pattern[0] != '.')
		return len == want && memcmp(domain, pattern, len) == 0;
	if (len == want - 1)
		return memcmp(domain, pattern + 1, len) == 0;
	return len > want && memcmp(domain + len - want, pattern, want) == 0;
}

static bool
goes(const struct bulk *b, const struct record_name *name, const struct record *r)
{
	if (name->kind != RECORD_ANSWER && name->kind != RECORD_LIFETIME)
		return false;
	if (b->limits != NULL)
		return sweep_over(r, b->limits, b->now);
	return b->forgets && (b->pattern == NULL || matches(b->pattern, name));
}

static bool
remember_gone(struct bulk *b, const struct record_name *name)
{
	uint64_t *grown;

	if (b->ngone == b->room) {
		b->room = b->room != 0 ? b->room * 2 : 64;
		grown = realloc(b->gone, b->room * sizeof *grown);
		if (grown == NULL) {
			b->error = ENOMEM;
			return false;
		}
		b->gone = grown;
	}
	b->gone[b->ngone++] = record_hash(0, name->field[2], name->len[2]);
	return true;
}

static int
by_value(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

uint64_t
bulk_count_gone(struct bulk *b)
{
	uint64_t n = 0;
	size_t i;

	if (b->ngone > 1)
		qsort(b->gone, b->ngone, sizeof *b->gone, by_value);
	for (i = 0; i < b->ngone; i++)
		n += i == 0 || b->gone[i] != b->gone[i - 1];
	return n;
}

/* A record that is not whole says that there was an answer, or an exclusion: its period begins anew. */
static bool
gather_one(struct bulk *b, struct table *t, const struct record_key *key)
{
	struct record r = { .state = RECORD_LIVE };
	unsigned char raw[RECORD_SIZE];
	struct record_name name;
	enum table_value v;

	if (record_key_split(key->data, key->len, &name) != key->len || name.kind == RECORD_META)
		return true;
	v = table_get(t, key, &r, raw);
	if (v == TABLE_BROKEN && r.state == 0)
		b->from_newer = true;
	if (v == TABLE_TROUBLE || b->from_newer)
		return false;
	if (v != TABLE_VALUE) {
		r = (struct record){ .state = RECORD_LIVE, .count = 1, .first = b->now, .last = b->now, .period = VACATION_DB_KEEP_MIN };
		record_encode(raw, key->data, key->len, &r);
	}
	if (goes(b, &name, &r))
		return remember_gone(b, &name);
	if (spool_add(&b->kept, key, raw))
		return true;
	b->error = b->kept.error;
	return false;
}

enum vacation_db_result
bulk_gather(struct bulk *b, struct table *t, bool *damaged, struct vacation_db_info *info)
{
	struct record_key key = { .len = 0 };
	enum vacation_db_result result;
	struct record_key ignored;
	bool good = true;

	*damaged = false;
	spool_free(&b->kept);
	b->ngone = 0;
	table_meta(&ignored, &b->meta);
	if (t->dbf == NULL)
		return VACATION_DB_FREE;
	b->meta.period = t->meta.period;
	while (good && table_next(t, &key))
		good = gather_one(b, t, &key);
	if (b->error != 0)
		return lock_errno(b->error, "table's new form", info->detail, sizeof info->detail);
	if (b->from_newer) {
		table_detail(info, "the table was written by a newer version of backsoon: left alone");
		return VACATION_DB_UNREADABLE;
	}
	if (good && table_ended(t))
		return VACATION_DB_FREE;
	result = table_trouble(t, info);
	*damaged = result == VACATION_DB_FREE;
	return *damaged ? VACATION_DB_UNREADABLE : result;
}

/* The younger one's time and period, the earliest first answer, the highest count; what is there keeps its counters of the day. */
static void
merge(struct record *r, const struct record *other)
{
	if (other->first != 0 && (r->first == 0 || other->first < r->first))
		r->first = other->first;
	if (other->count > r->count)
		r->count = other->count;
	if (other->state == RECORD_LIVE)
		r->state = RECORD_LIVE;
	if (other->last <= r->last)
		return;
	r->last = other->last;
	r->period = other->period;
	r->token = other->token;
	r->noted = other->noted;
}

static void
count_one(struct bulk *b, const struct spool_item *item, size_t n, enum record_kind kind, bool younger)
{
	b->out->entries += kind == RECORD_ANSWER;
	b->meta.count += kind == RECORD_EXCLUSION;
	if (!item[n - 1].second)
		return;
	if (kind == RECORD_EXCLUSION)
		b->out->exclusions += item->second;
	else if (kind == RECORD_ANSWER && item->second)
		b->out->fresh++;
	else if (kind == RECORD_ANSWER && younger)
		b->out->newer++;
	else if (kind == RECORD_ANSWER)
		b->out->known++;
}

static bool
same_key(const struct spool_item *a, const struct spool_item *b)
{
	return a->hash == b->hash && a->key_len == b->key_len && memcmp(a->key, b->key, a->key_len) == 0;
}

/* Everything about the first item's key; returns how many items that are, 0 when the table did not take it. */
static size_t
put_one(struct bulk *b, const struct spool_item *item, size_t left, struct table *to)
{
	struct record_name name;
	struct record_key key;
	struct record r, other;
	int64_t last;
	size_t n;

	record_decode(&r, item->key, item->key_len, item->raw, RECORD_SIZE);
	last = r.last;
	for (n = 1; n < left && same_key(item, item + n); n++) {
		record_decode(&other, item->key, item->key_len, item[n].raw, RECORD_SIZE);
		merge(&r, &other);
	}
	key.len = item->key_len;
	memcpy(key.data, item->key, key.len);
	record_key_split(key.data, key.len, &name);
	count_one(b, item, n, name.kind, r.last > last);
	if (b->db->progress != NULL && (b->done += n) % PROGRESS_STEP < n)
		b->db->progress(b->db->progress_ctx, b->done, b->kept.records + b->coming.records);
	return to == NULL || table_add(to, &key, &r) ? n : 0;
}

bool
bulk_fill(void *ctx, struct table *to)
{
	struct bulk *b = ctx;
	struct spool_load load;
	struct record_key key;
	struct record ignored;
	size_t i, n = 1;
	int part;

	b->out->fresh = b->out->newer = b->out->known = b->out->exclusions = b->out->entries = b->done = 0;
	b->meta.count = 0;
	for (part = 0; part < SPOOL_PARTS && b->error == 0 && n != 0; part++) {
		b->error = spool_read(&b->kept, &b->coming, part, &load);
		for (i = 0; b->error == 0 && i < load.n && n != 0; i += n)
			n = put_one(b, load.item + i, load.n - i, to);
		spool_unload(&load);
	}
	if (b->interval >= 0)
		b->meta.period = b->interval;
	table_meta(&key, &ignored);
	return b->error == 0 && n != 0 && (to == NULL || table_add(to, &key, &b->meta));
}
