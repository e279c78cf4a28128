/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_claim - records that a sender is being answered, or takes it back
 *
 * What a claim writes, in this order: the counters in the lock file, the
 * sender's lifetime record, the reference under From, the record itself; then
 * it may delete what has long been over.  A process that is killed in between
 * has counted or blocked too much: that costs one reply, and no order of
 * events sends two.  That the disk has it, which only a power cut would
 * notice, is waited for when the lock is gone and before the caller sends.
 *
 * Failures: as in vacation_db.h.  A claim that could not write all of it takes
 * back what it wrote.  Damage that shows while writing is mended, and the
 * claim tried once more.
 */
#include "vacation_judge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static char *
with_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), more = strlen(suffix);
	char *s = malloc(len + more + 1);

	if (s != NULL) {
		memcpy(s, name, len);
		memcpy(s + len, suffix, more + 1);
	}
	return s;
}

struct vacation_db *
vacation_db_new(int dir_fd, const char *name, int64_t deadline)
{
	struct vacation_db *db = calloc(1, sizeof *db);

	if (db == NULL)
		return NULL;
	db->dir_fd = dir_fd;
	db->deadline = deadline;
	db->written = db->locked = -1;
	db->name = with_suffix(name, "");
	db->beside = with_suffix(name, ".gdbm");
	db->fresh = with_suffix(name, ".new");
	db->mended = with_suffix(name, ".mended");
	db->lock = with_suffix(name, ".lock");
	if (db->name == NULL || db->beside == NULL || db->fresh == NULL || db->mended == NULL || db->lock == NULL) {
		vacation_db_free(db);
		return NULL;
	}
	return db;
}

void
vacation_db_free(struct vacation_db *db)
{
	if (db == NULL)
		return;
	free(db->name);
	free(db->beside);
	free(db->fresh);
	free(db->mended);
	free(db->lock);
	free(db);
}

void
vacation_db_set_deadline(struct vacation_db *db, int64_t deadline)
{
	db->deadline = deadline;
}

enum vacation_db_result
table_enter(struct vacation_db *db, struct table_work *w, const struct vacation_db_limits *limits, int64_t now, struct vacation_db_info *info)
{
	enum vacation_db_result result;

	*info = (struct vacation_db_info){ .count = 0 };
	db->damaged = db->failed = db->changing = false;
	w->table = (struct table){ .fd = -1 };
	result = lock_take(db->dir_fd, db->lock, true, db->deadline, &w->lock, info->detail, sizeof info->detail);
	if (result != VACATION_DB_GRANTED)
		return result;
	db->locked = w->lock;
	result = lock_read(w->lock, &w->state, info->detail, sizeof info->detail);
	db->changing = w->state.changing;
	if (result == VACATION_DB_GRANTED)
		result = heal_ready(db, w, limits, now, info);
	if (result != VACATION_DB_FREE) {
		close(w->lock);
		db->locked = -1;
	}
	return result;
}

void
table_leave(struct vacation_db *db, struct table_work *w)
{
	table_close(&w->table);
	if (db->changing && !db->failed)
		lock_mark(w->lock, false);
	close(w->lock);
	db->locked = -1;
	table_sync(db);
}

enum vacation_db_result
table_count(struct vacation_db *db, struct table_work *w, struct vacation_db_info *info)
{
	enum vacation_db_result result;

	w->state.changing = db->changing;
	result = lock_write(w->lock, &w->state, info->detail, sizeof info->detail);
	return result == VACATION_DB_GRANTED ? VACATION_DB_FREE : result;
}

static uint64_t
new_token(void)
{
	struct timespec ts;
	uint64_t token = 0;

	if (getrandom(&token, sizeof token, GRND_NONBLOCK) != (ssize_t)sizeof token || token == 0) {
		clock_gettime(CLOCK_REALTIME, &ts);
		token = ((uint64_t)ts.tv_sec << 32 ^ (uint64_t)ts.tv_nsec << 8 ^ (uint64_t)getpid()) | 1;
	}
	return token;
}

static void
answered_now(struct record *r, bool had, enum record_state state, uint64_t token, const struct vacation_db_limits *limits, int64_t now)
{
	if (!had)
		*r = (struct record){ .first = now };
	r->state = had && r->state == RECORD_LIVE ? RECORD_LIVE : state;
	r->last = now;
	r->noted = 0;
	r->period = limits->period;
	r->token = token;
	r->count++;
	record_count(r, now);
}

/* What a claim wrote, taken back in the opposite order; a record with another token is somebody else's by now. */
static enum vacation_db_result
put_back(struct vacation_db *db, struct table_work *w, const struct vacation_db_claim *claim, const struct record_key *key, bool reference,
    struct vacation_db_info *info)
{
	enum vacation_db_result result = VACATION_DB_FREE;
	struct record r;
	int i;

	table_close(&w->table);
	if (table_open_at(db, &w->table, w->table.name, info, &result) != TABLE_OPEN)
		return result == VACATION_DB_FREE ? VACATION_DB_ERROR : result;
	for (i = RECORDS - 1; i >= 0 && result == VACATION_DB_FREE; i--) {
		if ((i == REFERENCE && !reference) || table_get(&w->table, &key[i], &r, NULL) != TABLE_VALUE || r.token != claim->token)
			continue;
		if (claim->had[i])
			result = table_put_raw(db, w->table.name, &key[i], claim->before[i], info);
		else
			result = table_delete(db, w->table.name, &key[i], info);
		if (result == VACATION_DB_FREE && i != LIFETIME && !claim->had[i] && w->state.entries != LOCK_UNKNOWN && w->state.entries > 0)
			w->state.entries--;
	}
	return result;
}

static void
uncount(struct table_work *w, const struct vacation_db_claim *claim, const char *sender)
{
	const uint32_t slot[2] = { claim->hour_slot, claim->day_slot };

	lock_uncount(&w->state, sender, slot);
}

static enum vacation_db_result
write_records(struct vacation_db *db, struct table_work *w, struct standing *s, struct vacation_db_claim *claim,
    const struct vacation_db_limits *limits, int64_t now, struct vacation_db_info *info)
{
	enum vacation_db_result result = VACATION_DB_FREE;
	int i;

	for (i = 0; i < RECORDS && result == VACATION_DB_FREE; i++) {
		if (i == REFERENCE && !s->from)
			continue;
		answered_now(&s->record[i], s->had[i], i == REFERENCE ? RECORD_REFERENCE : RECORD_LIVE, claim->token, limits, now);
		if (i == ANSWER)
			s->record[i].count = s->record[LIFETIME].count;
		result = table_put(db, w->table.name, &s->key[i], &s->record[i], info);
	}
	return result;
}

static void
remember(struct vacation_db_claim *claim, const struct standing *s)
{
	int i;

	*claim = (struct vacation_db_claim){ .token = new_token() };
	for (i = 0; i < RECORDS; i++) {
		claim->had[i] = s->had[i];
		if (s->had[i])
			memcpy(claim->before[i], s->raw[i], RECORD_SIZE);
	}
}

static enum vacation_db_result
grant(struct vacation_db *db, struct table_work *w, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now,
    struct standing *s, struct vacation_db_claim *claim, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct vacation_db_info ignored;
	struct sweep sw;

	info->next = lock_storm(&w->state, limits, who->sender, now);
	result = info->next != 0 ? VACATION_DB_STORM : sweep_room(w, &sw, who, limits, now, s, info);
	if (result != VACATION_DB_FREE)
		return result;
	remember(claim, s);
	if (!limits->contact) {
		lock_count(&w->state, who->sender, now);
		claim->hour_slot = (uint32_t)w->state.start[0];
		claim->day_slot = (uint32_t)w->state.start[1];
	}
	result = table_count(db, w, info);
	if (result != VACATION_DB_FREE)
		return result;
	result = write_records(db, w, s, claim, limits, now, info);
	if (result != VACATION_DB_FREE) {
		put_back(db, w, claim, s->key, s->from, &ignored);
		uncount(w, claim, who->sender);
		table_count(db, w, &ignored);
		return result;
	}
	sweep_retire(db, w, &sw, now);
	info->count = s->record[LIFETIME].count;
	info->first_answered = s->record[ANSWER].first;
	info->last_answered = now;
	info->next = judge_until(&s->record[ANSWER], limits->period, now);
	return VACATION_DB_GRANTED;
}

/*
 * What a refusal has to write: when a time in the future was first met, and a
 * period for a record that is not whole, which says nothing but that there was an answer.
 */
static enum vacation_db_result
refuse(struct vacation_db *db, struct table_work *w, struct standing *s, const struct vacation_db_limits *limits, int64_t now,
    enum vacation_db_result result, struct vacation_db_info *info)
{
	struct vacation_db_info ignored;
	int i;

	for (i = REFERENCE; i < RECORDS; i++) {
		if (s->broken[i]) {
			answered_now(&s->record[i], false, RECORD_LIVE, new_token(), limits, now);
			table_detail(info, "the sender's record was damaged: its period begins anew");
			info->next = judge_until(&s->record[i], limits->period, now);
			result = VACATION_DB_ANSWERED;
		} else if (s->had[i] && record_ahead(&s->record[i], now))
			record_note(&s->record[i], now);
		else
			continue;
		table_put(db, w->table.name, &s->key[i], &s->record[i], &ignored);
	}
	return result;
}

/* ERROR with db->damaged: to be mended and tried again. */
static enum vacation_db_result
try_claim(struct vacation_db *db, struct table_work *w, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now,
    struct vacation_db_claim *claim, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct standing s;

	result = judge(&w->table, who, limits, now, &s, info, &db->damaged);
	if (db->damaged)
		return VACATION_DB_ERROR;
	if (result == VACATION_DB_ANSWERED || (result == VACATION_DB_FREE && (s.broken[ANSWER] || s.broken[REFERENCE])))
		return refuse(db, w, &s, limits, now, result, info);
	return result == VACATION_DB_FREE ? grant(db, w, who, limits, now, &s, claim, info) : result;
}

enum vacation_db_result
vacation_db_claim(struct vacation_db *db, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now,
    struct vacation_db_claim *claim, struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct table_work w;

	result = table_enter(db, &w, limits, now, info);
	if (result != VACATION_DB_FREE)
		return result;
	result = try_claim(db, &w, who, limits, now, claim, info);
	if (result == VACATION_DB_ERROR && db->damaged && !info->healed) {
		result = heal_again(db, &w, limits, now, info);
		if (result == VACATION_DB_FREE)
			result = try_claim(db, &w, who, limits, now, claim, info);
	}
	table_leave(db, &w);
	return result;
}

enum vacation_db_result
vacation_db_withdraw(struct vacation_db *db, const struct vacation_db_who *who, const struct vacation_db_claim *claim, int64_t now,
    struct vacation_db_info *info)
{
	static const struct vacation_db_limits every = { .period = 0 };
	enum vacation_db_result result;
	struct table_work w;
	struct standing s;

	result = table_enter(db, &w, NULL, now, info);
	if (result != VACATION_DB_FREE)
		return result;
	if (!judge_records(&w.table, &s, who, &every, now)) {
		result = table_trouble(&w.table, info);
		if (result == VACATION_DB_FREE)
			result = VACATION_DB_ERROR;
	} else if (!s.had[ANSWER] || s.record[ANSWER].token != claim->token)
		table_detail(info, "the record is another claim's by now: left alone");
	else {
		result = put_back(db, &w, claim, s.key, s.from, info);
		uncount(&w, claim, who->sender);
		if (result == VACATION_DB_FREE)
			result = table_count(db, &w, info);
	}
	table_leave(db, &w);
	return result;
}
