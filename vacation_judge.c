/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_judge - whether a sender may be answered now
 *
 * One judgement serves both: peek looks and changes nothing, claim looks again
 * under the exclusive lock and writes.
 *
 * Peek reads without the lock first: a whole record, which its checksum
 * vouches for, settles the matter, and that is what most messages with a
 * sender who writes again cost.  Everything else is looked at again under a
 * shared lock.  A damaged table is FREE to peek, with a sentence, because
 * only a claim may mend it and then decide.
 *
 * Failures: as in vacation_db.h.  Limits: PARENT_DOMAINS.
 */
#include "vacation_judge.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PARENT_DOMAINS 32	/* parents of a domain looked up among the exclusions */

static const char *const result_names[] = {
	[VACATION_DB_FREE] = "free",
	[VACATION_DB_GRANTED] = "granted",
	[VACATION_DB_ANSWERED] = "answered",
	[VACATION_DB_EXCLUDED] = "excluded",
	[VACATION_DB_SENDER_LIMIT] = "sender-limit",
	[VACATION_DB_STORM] = "storm",
	[VACATION_DB_BUSY] = "busy",
	[VACATION_DB_UNREADABLE] = "unreadable",
	[VACATION_DB_FULL] = "full",
	[VACATION_DB_ERROR] = "error",
};

const char *
vacation_db_result_name(enum vacation_db_result r)
{
	return (size_t)r < sizeof result_names / sizeof *result_names ? result_names[r] : "unknown";
}

/* Presence is enough: an exclusion whose value is broken still excludes. */
static enum table_value
has_exclusion(struct table *t, const char *owner, const char *prefix, const char *rest)
{
	char pattern[RECORD_FIELD_MAX + 3];
	struct record_key key;
	struct record ignored;

	snprintf(pattern, sizeof pattern, "%s%s", prefix, rest);
	record_key(&key, RECORD_EXCLUSION, owner, "", pattern);
	return table_get(t, &key, &ignored, NULL);
}

static enum table_value
excluded(struct table *t, const char *owner, const char *address)
{
	const char *domain = strrchr(address, '@');
	enum table_value v = has_exclusion(t, owner, "", address);
	int parents;

	if (v != TABLE_ABSENT || domain == NULL)
		return v;
	domain++;
	v = has_exclusion(t, owner, "@", domain);
	for (parents = 0; v == TABLE_ABSENT && domain != NULL && parents < PARENT_DOMAINS; parents++) {
		v = has_exclusion(t, owner, "@.", domain);
		domain = strchr(domain, '.');
		if (domain != NULL)
			domain++;
	}
	return v;
}

int64_t
judge_until(const struct record *r, int64_t period, int64_t now)
{
	int64_t last = record_last(r, now);

	if (period <= 0)
		return 0;
	if (period == VACATION_DB_FOREVER || last > INT64_MAX - period)
		return VACATION_DB_FOREVER;
	return last + period > now ? last + period : 0;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool
read_record(struct table *t, struct standing *s, int i)
{
	enum table_value v = table_get(t, &s->key[i], &s->record[i], s->raw[i]);

	s->had[i] = v == TABLE_VALUE;
	s->broken[i] = v == TABLE_BROKEN;
	return v != TABLE_TROUBLE;
}

static void
standing_empty(struct standing *s, const struct vacation_db_who *who)
{
	int i;

	s->from = who->from != NULL && *who->from != '\0' && strcmp(who->from, who->sender) != 0;
	s->other = (struct record){ .count = 0 };
	for (i = 0; i < RECORDS; i++) {
		s->had[i] = s->broken[i] = false;
		s->record[i] = (struct record){ .state = RECORD_LIVE };
	}
}

/* Its own record settles most questions: nothing else is read then, as every look costs a bucket of the file. */
bool
judge_records(struct table *t, struct standing *s, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now)
{
	standing_empty(s, who);
	record_key(&s->key[ANSWER], RECORD_ANSWER, who->owner, who->handle, who->sender);
	if (!read_record(t, s, ANSWER))
		return false;
	if (s->had[ANSWER] && judge_until(&s->record[ANSWER], limits->period, now) != 0)
		return true;
	record_key(&s->key[LIFETIME], RECORD_LIFETIME, who->owner, "", who->sender);
	if (!read_record(t, s, LIFETIME))
		return false;
	if (!s->from)
		return true;
	record_key(&s->key[REFERENCE], RECORD_ANSWER, who->owner, who->handle, who->from);
	if (!read_record(t, s, REFERENCE))
		return false;
	if (limits->period != 0 && limits->max_replies == 0)
		return true;
	record_key(&s->other_key, RECORD_LIFETIME, who->owner, "", who->from);
	switch (table_get(t, &s->other_key, &s->other, NULL)) {
	case TABLE_TROUBLE:
		return false;
	case TABLE_VALUE:
		return true;
	default:
		s->other = (struct record){ .count = 0 };
		return true;
	}
}

static bool
any_ahead(const struct standing *s, int64_t now)
{
	int i;

	for (i = 0; i < RECORDS; i++)
		if (s->had[i] && record_ahead(&s->record[i], now))
			return true;
	return s->other.count != 0 && record_ahead(&s->other, now);
}

void
judge_note(struct table_batch *b, struct standing *s, int64_t now)
{
	int i;

	for (i = 0; i < RECORDS; i++) {
		if (!s->had[i] || !record_ahead(&s->record[i], now))
			continue;
		record_note(&s->record[i], now);
		table_set(b, &s->key[i], &s->record[i]);
	}
	if (s->other.count == 0 || !record_ahead(&s->other, now))
		return;
	record_note(&s->other, now);
	table_set(b, &s->other_key, &s->other);
}

static void
fill_info(const struct standing *s, const struct vacation_db_limits *limits, int64_t now, struct vacation_db_info *info)
{
	const int which[2] = { ANSWER, REFERENCE };
	const struct record *r;
	int i;

	info->count = s->other.count;
	for (i = 0; i < RECORDS; i++)
		if (s->had[i] && s->record[i].count > info->count)
			info->count = s->record[i].count;
	for (i = 0; i < 2; i++) {
		r = &s->record[which[i]];
		if (!s->had[which[i]])
			continue;
		if (info->first_answered == 0 || r->first < info->first_answered)
			info->first_answered = r->first;
		info->last_answered = later(info->last_answered, record_last(r, now));
		info->next = later(info->next, judge_until(r, limits->period, now));
	}
	if (limits->period > 0)
		return;
	info->next = later(record_capped(&s->record[LIFETIME], now), record_capped(&s->record[REFERENCE], now));
	info->next = later(info->next, record_capped(&s->other, now));
}

enum vacation_db_result
judge(struct table *t, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now, struct standing *s,
    struct vacation_db_info *info, bool *damaged)
{
	enum table_value v = TABLE_ABSENT;
	enum vacation_db_result result;

	*damaged = false;
	if (t->meta.count > 0)
		v = excluded(t, who->owner, who->sender);
	if (t->meta.count > 0 && v == TABLE_ABSENT && who->from != NULL && *who->from != '\0')
		v = excluded(t, who->owner, who->from);
	if (v == TABLE_TROUBLE || !judge_records(t, s, who, limits, now)) {
		result = table_trouble(t, info);
		*damaged = result == VACATION_DB_FREE;
		return result;
	}
	fill_info(s, limits, now, info);
	if (v != TABLE_ABSENT) {
		info->next = VACATION_DB_FOREVER;
		return VACATION_DB_EXCLUDED;
	}
	if (info->next != 0) {
		info->ahead = any_ahead(s, now);
		return VACATION_DB_ANSWERED;
	}
	if (limits->max_replies == 0 || info->count < limits->max_replies)
		return VACATION_DB_FREE;
	info->next = VACATION_DB_FOREVER;
	return VACATION_DB_SENDER_LIMIT;
}

/* Read without the lock: a refusal is believed, and FREE is one that the claim tests again.  *doubtful: to be looked at under the lock. */
static enum vacation_db_result
view(struct vacation_db *db, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now,
    struct vacation_db_info *info, bool *doubtful)
{
	enum vacation_db_result result = VACATION_DB_FREE;
	struct standing s;
	struct table t;
	bool damaged = false;

	*info = (struct vacation_db_info){ .count = 0 };
	*doubtful = false;
	switch (table_open(db, &t, info, &result)) {
	case TABLE_OPEN:
		result = judge(&t, who, limits, now, &s, info, &damaged);
		table_close(&t);
		break;
	case TABLE_REFUSED:
		return result;
	case TABLE_DAMAGED:
		damaged = true;
		break;
	default:
		return VACATION_DB_FREE;
	}
	if (!damaged && result == VACATION_DB_FREE && (s.broken[ANSWER] || s.broken[REFERENCE]))
		table_detail(info, "the sender's record is damaged: the next claim begins its period anew");
	*doubtful = damaged;
	return damaged ? VACATION_DB_FREE : result;
}

enum vacation_db_result
vacation_db_peek(struct vacation_db *db, const struct vacation_db_who *who, const struct vacation_db_limits *limits, int64_t now,
    struct vacation_db_info *info)
{
	enum vacation_db_result result;
	struct lock_state state;
	bool doubtful;
	int lock;

	result = view(db, who, limits, now, info, &doubtful);
	if (result != VACATION_DB_FREE)
		return result;
	result = lock_take(db->dir_fd, db->lock, false, db->deadline, &lock, info->detail, sizeof info->detail);
	if (result != VACATION_DB_GRANTED)
		return result;
	result = doubtful ? view(db, who, limits, now, info, &doubtful) : VACATION_DB_FREE;
	if (result == VACATION_DB_FREE && lock >= 0) {
		result = lock_read(lock, &state, info->detail, sizeof info->detail);
		if (result == VACATION_DB_GRANTED)
			info->next = lock_storm(&state, limits, who->sender, now);
		if (result == VACATION_DB_GRANTED)
			result = info->next != 0 ? VACATION_DB_STORM : VACATION_DB_FREE;
		info->ahead = result == VACATION_DB_STORM && lock_ahead(&state, now);
	}
	if (lock >= 0)
		close(lock);
	return result;
}
