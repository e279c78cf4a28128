/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VACATION_SPOOL_H
#define VACATION_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vacation_record.h"
#include "vacation_table.h"

/*
 * Records on their way into a new table, in the order in which gdbm files
 * them.  Private to vacation_bulk.c.
 */

#define SPOOL_PARTS 256
#define SPOOL_BLOCK 16384	/* bytes of a part that are written at a time */

struct spool_part {
	unsigned char *block;	/* not written yet */
	size_t used;
	uint32_t *written;	/* numbers of its blocks in the file */
	size_t n, room;
};

struct spool {
	struct vacation_db *db;
	int fd;			/* image_spare(), when there is more than fits into the blocks */
	uint32_t blocks;
	uint64_t records;
	int error;		/* errno of what went wrong */
	struct spool_part part[SPOOL_PARTS];
};

/* One record: its key, the value's bytes as they stand in the table, and whether it comes from the second spool. */
struct spool_item {
	uint32_t hash;
	uint16_t key_len;
	bool second;
	const unsigned char *key, *raw;
};

/* What one part of two spools holds, sorted by hash and key, the first spool's before the second's. */
struct spool_load {
	unsigned char *data;
	struct spool_item *item;
	size_t n;
};

void spool_init(struct spool *, struct vacation_db *);
void spool_free(struct spool *);
bool spool_add(struct spool *, const struct record_key *, const unsigned char raw[RECORD_SIZE]);

/* 0 or errno.  Free with spool_unload() either way. */
int spool_read(const struct spool *first, const struct spool *second, int part, struct spool_load *);
void spool_unload(struct spool_load *);

#endif
