/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VACATION_BULK_H
#define VACATION_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vacation_judge.h"
#include "vacation_spool.h"

/* A change of many records at once; what vacation_bulk.c and vacation_gather.c share. */

struct bulk {
	struct vacation_db *db;
	int64_t now;
	bool dry;
	const char *pattern;			/* forget; NULL: everybody */
	bool forgets;
	const struct vacation_db_limits *limits;	/* prune */
	int64_t interval;			/* import; -1: as it is */
	struct spool kept, coming;
	struct record meta;
	uint64_t *gone;				/* hashes of the senders */
	size_t ngone, room;
	struct vacation_db_bulk *out;
	uint64_t done;
	int error;				/* errno of what is not the table's fault */
	bool from_newer;			/* a record of a newer version was met */
};

/* The old table's records: into `kept', or forgotten.  FREE, or why not; *damaged: because the table is. */
enum vacation_db_result bulk_gather(struct bulk *, struct table *, bool *damaged, struct vacation_db_info *);
/* How many senders that forgot; after the last bulk_gather(). */
uint64_t bulk_count_gone(struct bulk *);
/* A table_fill, of what is kept and what comes; without a table it only counts. */
bool bulk_fill(void *, struct table *to);

#endif
