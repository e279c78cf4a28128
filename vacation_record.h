/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VACATION_RECORD_H
#define VACATION_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What stands in the table, byte for byte, and what its times mean: keys,
 * values, checksums.  Private to vacation_*.c; no file, no clock, no gdbm.
 */

#define RECORD_FIELD_MAX 520	/* octets of owner, handle or address in a key; a longer one is replaced by its hash */
#define RECORD_KEY_MAX (3 + 3 * (2 + RECORD_FIELD_MAX))
#define RECORD_SIZE 64		/* of a value */
#define RECORD_VERSION 1

enum record_kind {
	RECORD_META = 'M',	/* one a table: says that it is ours; count: exclusions, period: the dialects' interval */
	RECORD_ANSWER = 'A',	/* owner, handle, address */
	RECORD_LIFETIME = 'C',	/* owner, address: every answer, whatever the handle; the caps of every = 0 */
	RECORD_EXCLUSION = 'X'	/* owner, pattern */
};

enum record_state {
	RECORD_LIVE = 1,
	RECORD_REFERENCE = 2,	/* written for From, where the answer went to another address */
	RECORD_REMOVED = 3	/* about to be deleted: not to be salvaged from what is left of it */
};

struct record_key {
	size_t len;
	unsigned char data[RECORD_KEY_MAX];
};

struct record {
	enum record_state state;
	uint32_t count;
	int64_t first, last, period;
	uint64_t token;
	uint32_t hour_start, day_start;	/* of the windows of the every = 0 caps */
	uint16_t hour_count, day_count;
	uint32_t noted;			/* when a time in the future, of the answer or of a window, was first met; 0 never */
};

/* What a key says; the strings are not terminated and lie in the key. */
struct record_name {
	enum record_kind kind;
	const char *field[3];		/* owner, handle, address or pattern */
	size_t len[3];
};

enum record_read { RECORD_GOOD, RECORD_BAD, RECORD_NEWER };

uint64_t record_hash(uint64_t seed, const void *, size_t);	/* FNV-1a; seed 0 to begin */

void record_put16(unsigned char *, uint16_t);			/* explicit little-endian */
void record_put32(unsigned char *, uint32_t);
void record_put64(unsigned char *, uint64_t);
uint16_t record_get16(const unsigned char *);
uint32_t record_get32(const unsigned char *);
uint64_t record_get64(const unsigned char *);

void record_key(struct record_key *, enum record_kind, const char *owner, const char *handle, const char *address);
/* The sender's lifetime record, from the name in the key of one of the others. */
void record_key_lifetime(struct record_key *, const struct record_name *);
/* Takes a key apart; data may go on behind it.  Returns the key's length, 0 when it is none of ours. */
size_t record_key_split(const unsigned char *data, size_t len, struct record_name *);

/* The value's checksum covers the key, so that a value never answers for another. */
void record_encode(unsigned char value[RECORD_SIZE], const unsigned char *key, size_t key_len, const struct record *);
enum record_read record_decode(struct record *, const unsigned char *key, size_t key_len, const unsigned char *value, size_t len);

/* When it was last answered, for every comparison with now: a time too far ahead counts as when that was noticed, or as now. */
int64_t record_last(const struct record *, int64_t now);
bool record_ahead(const struct record *, int64_t now);	/* ... and that has not been noted yet */
void record_note(struct record *, int64_t now);

/* The every = 0 caps: when the sender is free again (0: now), and one more answer, at r->last, counted. */
int64_t record_capped(const struct record *, int64_t now);
void record_count(struct record *, int64_t now);

#endif
