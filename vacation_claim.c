/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_claim - records that a sender is being answered, or takes it back
 *
 * What a claim writes: the counters in the lock file, and then in one change
 * of the table, which is made or not made, the sender's lifetime record, the
 * reference under From, the record itself, and what has long been over goes.
 * A process that is killed in between has counted too much: that costs one
 * reply, and no order of events sends two.  GRANTED is said only when the
 * records were read back and everybody sees them.
 *
 * Failures: as in vacation_db.h.  A claim that could not write takes back what
 * it counted.  Damage that shows while writing is mended, and the claim tried
 * once more.
 */
#include "vacation_judge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define FRESH_SUFFIX ".backsoon-new"

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

/* Nobody else's file has such a name. */
static char *
fresh_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	const size_t dir = slash != NULL ? (size_t)(slash - name) + 1 : 0, len = strlen(name);
	char *s = malloc(len + sizeof FRESH_SUFFIX + 1);

	if (s != NULL) {
		memcpy(s, name, dir);
		s[dir] = '.';
		memcpy(s + dir + 1, name + dir, len - dir);
		memcpy(s + len + 1, FRESH_SUFFIX, sizeof FRESH_SUFFIX);
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
	db->locked = db->written = db->replaced = -1;
	db->name = with_suffix(name, "");
	db->beside = with_suffix(name, ".gdbm");
	db->fresh = fresh_name(name);
	db->lock = with_suffix(name, ".lock");
	if (db->name == NULL || db->beside == NULL || db->fresh == NULL || db->lock == NULL) {
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
	image_retire(db, -1);
	image_finish(db);
	free(db->name);
	free(db->beside);
	free(db->fresh);
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
	if (result == VACATION_DB_FREE)
		return result;
	db->failed = true;
	return table_leave(db, w, result, info);
}

enum vacation_db_result
table_leave(struct vacation_db *db, struct table_work *w, enum vacation_db_result result, struct vacation_db_info *info)
{
	struct vacation_db_info waited;

	table_close(&w->table);
	if (db->changing && !db->failed)
		lock_mark(w->lock, false);
	close(w->lock);
	db->locked = -1;
	if (result != VACATION_DB_FREE)
		return result;
	result = vacation_db_settle(db, &waited);
	if (result != VACATION_DB_FREE)
		table_detail(info, "%s", waited.detail);
	return result;
}

enum vacation_db_result
vacation_db_settle(struct vacation_db *db, struct vacation_db_info *info)
{
	int error = image_finish(db);

	*info = (struct vacation_db_info){ .count = 0 };
	return error == 0 ? VACATION_DB_FREE : lock_errno(error, "table", info->detail, sizeof info->detail);
}

enum vacation_db_result
table_count(struct vacation_db *db, struct table_work *w, struct vacation_db_info *info)
{
	enum vacation_db_result result;

	w->state.changing = db->changing;
	w->state.place = w->table.name == db->name ? LOCK_AT_NAME : LOCK_BESIDE;
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
	r->period = limits->period;
	r->token = token;
	r->count++;
	record_count(r, now);
}

/*
 * What a claim wrote; a record with another token is somebody else's by now.
 * Removed is overwritten first: what gdbm deletes stays in the file's bytes,
 * and would come back when the table is mended.
 */
static void
put_back(struct table_work *w, const struct vacation_db_claim *claim, struct standing *s, struct table_batch *b)
{
	int i;

	for (i = RECORDS - 1; i >= 0; i--) {
		if ((i == REFERENCE && !s->from) || !s->had[i] || s->record[i].token != claim->token)
			continue;
		if (claim->had[i]) {
			table_set_raw(b, &s->key[i], claim->before[i]);
			continue;
		}
		s->record[i].state = RECORD_REMOVED;
		table_set(b, &s->key[i], &s->record[i]);
		table_drop(b, &s->key[i]);
		if (i != LIFETIME && w->state.entries != LOCK_UNKNOWN && w->state.entries > 0)
			w->state.entries--;
	}
}

static void
uncount(struct table_work *w, const struct vacation_db_claim *claim, const char *sender)
{
	const uint32_t slot[2] = { claim->hour_slot, claim->day_slot };

	lock_uncount(&w->state, sender, slot);
}

static void
write_records(struct table_batch *b, struct standing *s, uint64_t token, const struct vacation_db_limits *limits, int64_t now)
{
	int i;

	for (i = 0; i < RECORDS; i++) {
		if (i == REFERENCE && !s->from)
			continue;
		answered_now(&s->record[i], s->had[i], i == REFERENCE ? RECORD_REFERENCE : RECORD_LIVE, token, limits, now);
		if (i == ANSWER)
			s->record[i].count = s->record[LIFETIME].count;
		table_set(b, &s->key[i], &s->record[i]);
	}
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

/* The counters first, so that a kill counts too much; as they were when the table could not be changed. */
static enum vacation_db_result
write_claim(struct vacation_db *db, struct table_work *w, const struct lock_state *before, const struct table_batch *b, uint32_t retired,
    struct vacation_db_info *info)
{
	enum vacation_db_result result = table_count(db, w, info);
	struct vacation_db_info ignored;

	if (result != VACATION_DB_FREE)
		return result;
	result = table_apply(db, w->table.name, b, info);
	if (result != VACATION_DB_FREE)
		w->state = *before;
	else
		w->state.entries -= retired < w->state.entries ? retired : w->state.entries;
	if (result != VACATION_DB_FREE || retired != 0)
		table_count(db, w, &ignored);
	return result;
}

static enum vacation_db_result
grant(struct vacation_db *db, struct table_work *w, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now,
    struct standing *s, struct vacation_db_claim *claim, struct vacation_db_info *info)
{
	const struct lock_state before = w->state;
	struct vacation_db_info ignored;
	struct table_batch b = { .n = 0 };
	enum vacation_db_result result;
	struct sweep sw;

	if (lock_note(&w->state, now))
		table_count(db, w, &ignored);
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
	write_records(&b, s, claim->token, limits, now);
	sweep_retire(&b, &sw, now);
	result = write_claim(db, w, &before, &b, (uint32_t)sw.entries, info);
	if (result != VACATION_DB_FREE)
		return result;
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
	struct table_batch b = { .n = 0 };
	struct vacation_db_info ignored;
	int i;

	for (i = REFERENCE; i < RECORDS; i++) {
		if (!s->broken[i])
			continue;
		answered_now(&s->record[i], false, RECORD_LIVE, new_token(), limits, now);
		table_detail(info, "the sender's record was damaged: its period begins anew");
		info->next = judge_until(&s->record[i], limits->period, now);
		result = VACATION_DB_ANSWERED;
		table_set(&b, &s->key[i], &s->record[i]);
	}
	judge_note(&b, s, now);
	if (b.n != 0)
		table_apply(db, w->table.name, &b, &ignored);
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
	return table_leave(db, &w, result, info);
}

/* table_enter(), and all that the table holds on a sender: FREE, and then table_leave() is due. */
static enum vacation_db_result
enter_with_records(struct vacation_db *db, struct table_work *w, const struct vacation_db_who *who, int64_t now, struct standing *s,
    struct vacation_db_info *info)
{
	static const struct vacation_db_limits every = { .period = 0 };
	enum vacation_db_result result = table_enter(db, w, NULL, now, info);

	if (result != VACATION_DB_FREE || judge_records(&w->table, s, who, &every, now))
		return result;
	result = table_trouble(&w->table, info);
	return table_leave(db, w, result == VACATION_DB_FREE ? VACATION_DB_ERROR : result, info);
}

enum vacation_db_result
vacation_db_note(struct vacation_db *db, const struct vacation_db_who *who, int64_t now, struct vacation_db_info *info)
{
	struct table_batch b = { .n = 0 };
	enum vacation_db_result result;
	struct table_work w;
	struct standing s;

	result = enter_with_records(db, &w, who, now, &s, info);
	if (result != VACATION_DB_FREE)
		return result;
	judge_note(&b, &s, now);
	if (b.n != 0)
		result = table_apply(db, w.table.name, &b, info);
	if (lock_note(&w.state, now) && result == VACATION_DB_FREE)
		result = table_count(db, &w, info);
	return table_leave(db, &w, result, info);
}

enum vacation_db_result
vacation_db_withdraw(struct vacation_db *db, const struct vacation_db_who *who, const struct vacation_db_claim *claim, int64_t now,
    struct vacation_db_info *info)
{
	struct table_batch b = { .n = 0 };
	enum vacation_db_result result;
	struct table_work w;
	struct standing s;

	result = enter_with_records(db, &w, who, now, &s, info);
	if (result != VACATION_DB_FREE)
		return result;
	if (!s.had[ANSWER] || s.record[ANSWER].token != claim->token)
		table_detail(info, "the record is another claim's by now: left alone");
	else {
		put_back(&w, claim, &s, &b);
		uncount(&w, claim, who->sender);
		result = table_apply(db, w.table.name, &b, info);
		if (result == VACATION_DB_FREE)
			result = table_count(db, &w, info);
	}
	return table_leave(db, &w, result, info);
}
