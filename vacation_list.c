/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_list - what the owner asks of the table: exclusions, a fresh
 * start, everything that is in it, and the interval that the vacation(1)
 * dialects keep there
 *
 * Listing reads without the lock: somebody who
 * looks at the list in a pager must not hold up his mail.  The mark of the
 * table counts the exclusions, so that the common case, none, costs no look;
 * in a table changed in place it is written before one is added and after one
 * is removed, which at worst leaves it too high.
 *
 * Failures: as in vacation_db.h; listing a damaged table is UNREADABLE.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vacation_table.h"

/* Removed is overwritten first: what gdbm deletes stays in the file's bytes, and would come back with a salvage. */
static enum vacation_db_result
change_exclusion(struct vacation_db *db, struct table_work *w, const struct record_key *key, bool add, struct vacation_db_info *info)
{
	const struct record r = { .state = add ? RECORD_LIVE : RECORD_REMOVED };
	struct table_batch b = { .n = 0 };
	struct record_key meta_key;
	struct record ignored;

	table_meta(&meta_key, &ignored);
	if (add)
		w->table.meta.count++;
	else if (w->table.meta.count > 0)
		w->table.meta.count--;
	if (add)
		table_set(&b, &meta_key, &w->table.meta);
	table_set(&b, key, &r);
	if (!add) {
		table_drop(&b, key);
		table_set(&b, &meta_key, &w->table.meta);
	}
	return table_apply(db, w->table.name, &b, info);
}

enum vacation_db_result
vacation_db_exclude(struct vacation_db *db, const char *owner, const char *pattern, bool add, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table_work w;
	struct record_key key;
	enum table_value v;
	struct record r;
	bool there;

	result = table_enter(db, &w, NULL, time(NULL), info);
	if (result != VACATION_DB_FREE)
		return result;
	record_key(&key, RECORD_EXCLUSION, owner, "", pattern);
	v = table_get(&w.table, &key, &r, NULL);
	there = v != TABLE_ABSENT;
	switch (v) {
	case TABLE_TROUBLE:
		result = table_trouble(&w.table, info);
		if (result == VACATION_DB_FREE)
			result = VACATION_DB_ERROR;
		break;
	case TABLE_ABSENT:
		if (add)
			result = change_exclusion(db, &w, &key, true, info);
		break;
	default:
		if (!add)
			result = change_exclusion(db, &w, &key, false, info);
	}
	info->changed = result == VACATION_DB_FREE && there != add;
	return table_leave(db, &w, result, info);
}

/* Runs twice: to count, without a table to add to, and to copy. */
struct keeper {
	struct table_work *w;
	uint32_t count;
};

static bool
keep_exclusions_of(void *ctx, struct table *to)
{
	struct keeper *k = ctx;
	struct record_key key = { .len = 0 };
	struct record_name name;
	struct record r;

	k->count = 0;
	while (table_next(&k->w->table, &key)) {
		if (record_key_split(key.data, key.len, &name) != key.len || name.kind != RECORD_EXCLUSION)
			continue;
		if (table_get(&k->w->table, &key, &r, NULL) != TABLE_VALUE)
			r = (struct record){ .state = RECORD_LIVE };
		if (to != NULL && !table_add(to, &key, &r))
			return false;
		k->count++;
	}
	return table_ended(&k->w->table);
}

/* Damage in mid-walk is mended first: an exclusion behind it is not to be lost. */
static enum vacation_db_result
count_exclusions(struct vacation_db *db, struct keeper *k, struct vacation_db_info *info)
{
	enum vacation_db_result result;

	if (keep_exclusions_of(k, NULL))
		return VACATION_DB_FREE;
	result = table_trouble(&k->w->table, info);
	if (result == VACATION_DB_FREE)
		result = heal_again(db, k->w, NULL, time(NULL), info);
	if (result != VACATION_DB_FREE || keep_exclusions_of(k, NULL))
		return result;
	table_detail(info, "the exclusions cannot be read");
	return VACATION_DB_ERROR;
}

enum vacation_db_result
vacation_db_clear(struct vacation_db *db, bool keep_exclusions, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table_work w;
	struct keeper k = { .w = &w };
	struct record_key key;
	struct record meta;

	db->asked = true;
	result = table_enter(db, &w, NULL, time(NULL), info);
	if (result == VACATION_DB_FREE && keep_exclusions && (result = count_exclusions(db, &k, info)) != VACATION_DB_FREE)
		result = table_leave(db, &w, result, info);
	db->asked = false;
	if (result != VACATION_DB_FREE)
		return result;
	table_meta(&key, &meta);
	meta.count = k.count;
	result = table_create(db, w.table.name, &meta, keep_exclusions ? keep_exclusions_of : NULL, &k, info);
	if (result == VACATION_DB_FREE) {
		w.state.entries = 0;
		w.state.cursor.len = 0;
		result = table_count(db, &w, info);
	}
	return table_leave(db, &w, result, info);
}

static enum vacation_db_result
walk(struct table *t, vacation_db_visit *visit, void *ctx)
{
	char field[3][RECORD_FIELD_MAX + 1];
	struct record_key key = { .len = 0 };
	struct record_name name;
	struct record r;
	struct vacation_db_row row = { .owner = field[0], .handle = field[1], .sender = field[2] };
	int i;

	while (table_next(t, &key)) {
		if (record_key_split(key.data, key.len, &name) != key.len || (name.kind != RECORD_ANSWER && name.kind != RECORD_EXCLUSION))
			continue;
		row.excluded = name.kind == RECORD_EXCLUSION;
		if (table_get(t, &key, &r, NULL) != TABLE_VALUE && !row.excluded)
			continue;
		for (i = 0; i < 3; i++) {
			memcpy(field[i], name.field[i], name.len[i]);
			field[i][name.len[i]] = '\0';
		}
		row.reference = !row.excluded && r.state == RECORD_REFERENCE;
		row.first_answered = row.excluded ? 0 : r.first;
		row.last_answered = row.excluded ? 0 : r.last;
		row.count = row.excluded ? 0 : r.count;
		row.period = row.excluded ? 0 : r.period;
		if (!visit(ctx, &row))
			break;
	}
	return VACATION_DB_FREE;
}

enum vacation_db_result
vacation_db_list(struct vacation_db *db, vacation_db_visit *visit, void *ctx, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table t;

	result = table_shared(db, &t, NULL, info);
	if (result == VACATION_DB_FREE && t.dbf != NULL)
		result = walk(&t, visit, ctx);
	table_close(&t);
	return result;
}

enum vacation_db_result
vacation_db_interval(struct vacation_db *db, int64_t *period, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table t;

	result = table_shared(db, &t, NULL, info);
	*period = result == VACATION_DB_FREE && t.dbf != NULL ? t.meta.period : -1;
	table_close(&t);
	return result;
}

enum vacation_db_result
vacation_db_set_interval(struct vacation_db *db, int64_t period, struct vacation_db_info *info)
{
	struct table_batch b = { .n = 0 };
	enum vacation_db_result result;
	struct table_work w;
	struct record_key key;
	struct record ignored;

	result = table_enter(db, &w, NULL, time(NULL), info);
	if (result != VACATION_DB_FREE)
		return result;
	table_meta(&key, &ignored);
	w.table.meta.period = period;
	table_set(&b, &key, &w.table.meta);
	result = table_apply(db, w.table.name, &b, info);
	return table_leave(db, &w, result, info);
}
