/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_sweep - the table limits itself
 *
 * Each claim looks at a few keys from where the last one stopped and retires,
 * for the entries that it adds, as many that are over; so a table that is used
 * stops growing without anybody's care, and no message pays for a walk over
 * all of it.  Retired is what nobody can need: older than the period, than the
 * period that it was answered with, and than VACATION_DB_KEEP_MIN.  With
 * max-replies and `once' everything is needed.
 *
 * Failures: a full table refuses (STORM).
 */
#include <string.h>

#include "vacation_judge.h"

#define RECOUNT_AGE 86400	/* a full table is counted anew at most this often */
#define COUNT_EXACT 250000	/* keys walked over to count the entries */
#define SWEEP_FULL 1024		/* keys looked at when the table is full */

/*
 * After a removed lock file, a repair, or when the table is full.  A walk over
 * more than COUNT_EXACT keys would hold the lock too long; a sender mostly has two of them.
 */
static void
count_entries(struct table_work *w, int64_t now)
{
	struct record_key key = { .len = 0 };
	struct record_name name;
	uint64_t keys = table_keys(&w->table);

	w->state.counted = now;
	w->state.entries = keys / 2 < LOCK_UNKNOWN ? (uint32_t)(keys / 2) : LOCK_UNKNOWN - 1;
	if (keys > COUNT_EXACT)
		return;
	w->state.entries = 0;
	while (table_next(&w->table, &key))
		if (record_key_split(key.data, key.len, &name) == key.len && name.kind == RECORD_ANSWER)
			w->state.entries++;
}

static bool
name_is(const struct record_name *name, const char *address)
{
	return address != NULL && strlen(address) == name->len[2] && memcmp(address, name->field[2], name->len[2]) == 0;
}

bool
sweep_over(const struct record *r, const struct vacation_db_limits *limits, int64_t now)
{
	int64_t keep = VACATION_DB_KEEP_MIN;

	if (limits->period == VACATION_DB_FOREVER || r->period == VACATION_DB_FOREVER || limits->max_replies != 0)
		return false;
	if (limits->period > keep)
		keep = limits->period;
	if (r->period > keep)
		keep = r->period;
	return now - record_last(r, now) > keep;
}

static void
sweep_look(struct sweep *sw, struct table_work *w, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now)
{
	const struct record_key *key = &w->state.cursor;
	struct record_name name;
	struct record r;

	if (record_key_split(key->data, key->len, &name) != key->len || (name.kind != RECORD_ANSWER && name.kind != RECORD_LIFETIME))
		return;
	if (name_is(&name, who->sender) || name_is(&name, who->from) || table_get(&w->table, key, &r, NULL) != TABLE_VALUE)
		return;
	if (sweep_over(&r, limits, now)) {
		sw->hit[sw->hits++] = *key;
		sw->entries += name.kind == RECORD_ANSWER;
		record_key_lifetime(&sw->hit[sw->hits], &name);
		if (name.kind == RECORD_ANSWER && table_get(&w->table, &sw->hit[sw->hits], &r, NULL) == TABLE_VALUE && sweep_over(&r, limits, now))
			sw->hits++;
	} else if (name.kind == RECORD_ANSWER && record_ahead(&r, now)) {
		sw->ahead = *key;
		sw->noted = r;
	}
}

/* From the cursor on, which moves; the first key follows the last. */
static void
sweep_find(struct sweep *sw, struct table_work *w, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now, int wanted)
{
	bool full = limits->max_senders != 0 && w->state.entries + (unsigned)wanted > limits->max_senders;
	int looks = full ? SWEEP_FULL : VACATION_DB_SWEEP;

	sw->hits = sw->entries = 0;
	sw->ahead.len = 0;
	while (looks-- > 0 && sw->entries < (wanted > 0 ? wanted : 1) && sw->hits + 2 <= 2 * SWEEP_HITS) {
		if (!table_next(&w->table, &w->state.cursor))
			w->state.cursor.len = 0;
		else
			sweep_look(sw, w, who, limits, now);
	}
	if (sw->hits != 0 && !table_next(&w->table, &w->state.cursor))
		w->state.cursor.len = 0;
}

enum vacation_db_result
sweep_room(struct table_work *w, struct sweep *sw, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now,
    const struct standing *s, struct vacation_db_info *info)
{
	int wanted = !s->had[ANSWER] + (s->from && !s->had[REFERENCE]);
	int64_t since = now - w->state.counted;

	if (w->state.entries == LOCK_UNKNOWN ||
	    (limits->max_senders != 0 && w->state.entries >= limits->max_senders && (since < 0 || since > RECOUNT_AGE)))
		count_entries(w, now);
	sweep_find(sw, w, who, limits, now, wanted);
	w->state.entries += (unsigned)wanted;
	if (wanted == 0 || limits->max_senders == 0 || w->state.entries - (unsigned)sw->entries <= limits->max_senders)
		return VACATION_DB_FREE;
	w->state.entries -= (unsigned)wanted;
	table_detail(info, "the table is full (%u senders) and none of those looked at has expired", limits->max_senders);
	return VACATION_DB_STORM;
}

void
sweep_retire(struct table_batch *b, const struct sweep *sw, int64_t now)
{
	struct record noted = sw->noted;
	int i;

	for (i = 0; i < sw->hits; i++)
		table_drop(b, &sw->hit[i]);
	if (sw->ahead.len == 0)
		return;
	record_note(&noted, now);
	table_set(b, &sw->ahead, &noted);
}
