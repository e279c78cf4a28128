/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_record - keys and values of the table
 *
 * A key is "bs", a kind, and three fields, each behind its length in two
 * bytes, so that no choice of owner, handle and address can be mistaken for
 * another.  A value has a fixed width and a version, is little-endian on every
 * machine, and ends with a checksum over key and value: gdbm has none, and a
 * block that is used twice after a crash must not pass for somebody's record.
 *
 * Because gdbm writes a value right behind its key, a record can also be
 * recognised in the bytes of a file that gdbm no longer opens.
 *
 * Limits: RECORD_FIELD_MAX.  Nothing here fails.
 */
#include "vacation_record.h"

#include <stdio.h>
#include <string.h>

#include "vacation_db.h"

#define FNV_OFFSET 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u
#define KEY_HEAD 3
#define CHECKED (RECORD_SIZE - 8)	/* bytes of a value under its checksum */
#define HOUR 3600
#define DAY 86400

void
record_put16(unsigned char *p, uint16_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

void
record_put32(unsigned char *p, uint32_t v)
{
	record_put16(p, (uint16_t)v);
	record_put16(p + 2, (uint16_t)(v >> 16));
}

void
record_put64(unsigned char *p, uint64_t v)
{
	record_put32(p, (uint32_t)v);
	record_put32(p + 4, (uint32_t)(v >> 32));
}

uint16_t
record_get16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

uint32_t
record_get32(const unsigned char *p)
{
	return record_get16(p) | (uint32_t)record_get16(p + 2) << 16;
}

uint64_t
record_get64(const unsigned char *p)
{
	return record_get32(p) | (uint64_t)record_get32(p + 4) << 32;
}

/* Eight bytes a step: the lock file's 4 KB are hashed at every look at the
 * table.  FNV's multiplication carries upwards only, so the high half is folded down. */
uint64_t
record_hash(uint64_t seed, const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t h = seed != 0 ? seed : FNV_OFFSET;

	for (; len >= 8; len -= 8, p += 8) {
		h = (h ^ record_get64(p)) * FNV_PRIME;
		h ^= h >> 32;
	}
	while (len-- > 0)
		h = (h ^ *p++) * FNV_PRIME;
	return h;
}

/* An over-long field still has to be one sender's and no other's. */
static void
key_add(struct record_key *key, const char *field, size_t len)
{
	char hashed[2 + 2 * 16];
	uint64_t h;

	if (len > RECORD_FIELD_MAX) {
		h = record_hash(0, field, len);
		snprintf(hashed, sizeof hashed, "#%016llx%016llx", (unsigned long long)h,
		    (unsigned long long)record_hash(~h, field, len));
		field = hashed;
		len = strlen(hashed);
	}
	record_put16(key->data + key->len, (uint16_t)len);
	memcpy(key->data + key->len + 2, field, len);
	key->len += 2 + len;
}

static void
key_begin(struct record_key *key, enum record_kind kind)
{
	key->data[0] = 'b';
	key->data[1] = 's';
	key->data[2] = (unsigned char)kind;
	key->len = KEY_HEAD;
}

void
record_key(struct record_key *key, enum record_kind kind, const char *owner, const char *handle, const char *address)
{
	key_begin(key, kind);
	key_add(key, owner, strlen(owner));
	key_add(key, handle, strlen(handle));
	key_add(key, address, strlen(address));
}

void
record_key_lifetime(struct record_key *key, const struct record_name *name)
{
	key_begin(key, RECORD_LIFETIME);
	key_add(key, name->field[0], name->len[0]);
	key_add(key, "", 0);
	key_add(key, name->field[2], name->len[2]);
}

size_t
record_key_split(const unsigned char *data, size_t len, struct record_name *name)
{
	size_t at = KEY_HEAD;
	int i;

	if (len < KEY_HEAD || data[0] != 'b' || data[1] != 's')
		return 0;
	if (data[2] != RECORD_META && data[2] != RECORD_ANSWER && data[2] != RECORD_LIFETIME && data[2] != RECORD_EXCLUSION)
		return 0;
	name->kind = (enum record_kind)data[2];
	for (i = 0; i < 3; i++) {
		if (len - at < 2)
			return 0;
		name->len[i] = record_get16(data + at);
		at += 2;
		if (name->len[i] > RECORD_FIELD_MAX || name->len[i] > len - at)
			return 0;
		name->field[i] = (const char *)data + at;
		at += name->len[i];
	}
	return at;
}

static uint64_t
checksum(const unsigned char *key, size_t key_len, const unsigned char *value)
{
	return record_hash(record_hash(0, key, key_len), value, CHECKED);
}

void
record_encode(unsigned char v[RECORD_SIZE], const unsigned char *key, size_t key_len, const struct record *r)
{
	memset(v, 0, RECORD_SIZE);
	v[0] = RECORD_VERSION;
	v[1] = (unsigned char)r->state;
	record_put32(v + 4, r->count);
	record_put64(v + 8, (uint64_t)r->first);
	record_put64(v + 16, (uint64_t)r->last);
	record_put64(v + 24, (uint64_t)r->period);
	record_put64(v + 32, r->token);
	record_put32(v + 40, r->hour_start);
	record_put32(v + 44, r->day_start);
	record_put16(v + 48, r->hour_count);
	record_put16(v + 50, r->day_count);
	record_put32(v + 52, r->noted);
	record_put64(v + CHECKED, checksum(key, key_len, v));
}

/* A newer version may have another width and another checksum: only its first byte is known. */
enum record_read
record_decode(struct record *r, const unsigned char *key, size_t key_len, const unsigned char *v, size_t len)
{
	if (len > 0 && v[0] > RECORD_VERSION && v[0] < 0x20)
		return RECORD_NEWER;
	if (len != RECORD_SIZE || v[0] != RECORD_VERSION || record_get64(v + CHECKED) != checksum(key, key_len, v))
		return RECORD_BAD;
	r->state = (enum record_state)v[1];
	r->count = record_get32(v + 4);
	r->first = (int64_t)record_get64(v + 8);
	r->last = (int64_t)record_get64(v + 16);
	r->period = (int64_t)record_get64(v + 24);
	r->token = record_get64(v + 32);
	r->hour_start = record_get32(v + 40);
	r->day_start = record_get32(v + 44);
	r->hour_count = record_get16(v + 48);
	r->day_count = record_get16(v + 50);
	r->noted = record_get32(v + 52);
	return RECORD_GOOD;
}

static bool
future(int64_t t, int64_t now)
{
	return t > now && t - now > VACATION_DB_FUTURE_MAX;
}

/*
 * Either the clock was wrong then or it is wrong now, and nobody can tell
 * which.  The old time stays in the record, so that a clock that comes back
 * finds it; the note beside it lets the period end if then was wrong.
 */
int64_t
record_last(const struct record *r, int64_t now)
{
	if (!future(r->last, now))
		return r->last;
	return r->noted != 0 && !future(r->noted, now) ? (int64_t)r->noted : now;
}

/* Windows have 32 bits: they wrap in 2106, their difference does not. */
static bool
window_future(uint32_t start, int64_t now)
{
	return (int32_t)(start - (uint32_t)now) > VACATION_DB_FUTURE_MAX;
}

static bool
in_future(const struct record *r, int64_t now)
{
	return future(r->last, now) || (r->hour_count != 0 && window_future(r->hour_start, now)) ||
	    (r->day_count != 0 && window_future(r->day_start, now));
}

bool
record_ahead(const struct record *r, int64_t now)
{
	return in_future(r, now) && (r->noted == 0 || future(r->noted, now));
}

void
record_note(struct record *r, int64_t now)
{
	r->noted = now > 0 && now <= UINT32_MAX ? (uint32_t)now : 1;
}

/* When a window began: in the future is when that was noticed, or now, as for the time of the answer. */
static uint32_t
begun(const struct record *r, uint32_t start, int64_t now)
{
	if (!window_future(start, now))
		return start;
	return r->noted != 0 && !window_future(r->noted, now) ? r->noted : (uint32_t)now;
}

/* Another delivery's clock may be a little ahead. */
static bool
running(uint32_t start, int64_t now, uint32_t width)
{
	return (uint32_t)now - start + VACATION_DB_FUTURE_MAX < width + VACATION_DB_FUTURE_MAX;
}

int64_t
record_capped(const struct record *r, int64_t now)
{
	const uint32_t hour = begun(r, r->hour_start, now), day = begun(r, r->day_start, now);
	uint32_t left = 0;

	if (r->hour_count >= VACATION_DB_EVERY_HOUR && running(hour, now, HOUR))
		left = HOUR - ((uint32_t)now - hour);
	if (r->day_count >= VACATION_DB_EVERY_DAY && running(day, now, DAY))
		left = DAY - ((uint32_t)now - day);
	return left != 0 ? now + left : 0;
}

static void
window_count(const struct record *r, uint32_t *start, uint16_t *count, int64_t now, uint32_t width)
{
	if (*count == 0 || !running(begun(r, *start, now), now, width)) {
		*start = (uint32_t)now;
		*count = 0;
	}
	if (*count < UINT16_MAX)
		++*count;
}

void
record_count(struct record *r, int64_t now)
{
	window_count(r, &r->hour_start, &r->hour_count, now, HOUR);
	window_count(r, &r->day_start, &r->day_count, now, DAY);
	if (!in_future(r, now))
		r->noted = 0;
}
