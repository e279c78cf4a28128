/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VACATION_JUDGE_H
#define VACATION_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "vacation_table.h"

/*
 * What the table says about one sender, and what in it nobody needs any more.
 * Private to vacation_*.c.
 */

#define SWEEP_HITS 2		/* entries retired by a claim at most, and never more than it adds */

enum { LIFETIME, REFERENCE, ANSWER, RECORDS };	/* the order of writing, and of vacation_db_claim.before */

/* What the table holds on one sender. */
struct standing {
	struct record_key key[RECORDS];
	struct record record[RECORDS];
	unsigned char raw[RECORDS][RECORD_SIZE];
	bool had[RECORDS];
	bool broken[RECORDS];	/* there is something, but not whole */
	bool from;		/* From differs: REFERENCE counts */
	struct record other;	/* lifetime record of From, zeroed when there is none */
	struct record_key other_key;
};

/* FREE, ANSWERED, EXCLUDED, SENDER_LIMIT, or a failure; *damaged when the table has to be mended first. */
enum vacation_db_result judge(struct table *, const struct vacation_db_who *, const struct vacation_db_limits *, int64_t now, struct standing *,
    struct vacation_db_info *, bool *damaged);
/* The records alone; with period 0 all of them.  false: table_trouble(). */
bool judge_records(struct table *, struct standing *, const struct vacation_db_who *, const struct vacation_db_limits *, int64_t now);
/* When a sender with this record may be answered again; 0 now. */
int64_t judge_until(const struct record *, int64_t period, int64_t now);

/* Adds to the changes that the times in the future among these records have been met now. */
void judge_note(struct table_batch *, struct standing *, int64_t now);

/* Whether nobody can need the record any more. */
bool sweep_over(const struct record *, const struct vacation_db_limits *, int64_t now);

struct sweep {
	struct record_key hit[2 * SWEEP_HITS];	/* an entry's own record and its sender's lifetime record */
	int hits, entries;			/* entries: how many of them count */
	struct record_key ahead;		/* a record to be noted: its time lies in the future */
	struct record noted;
};

/*
 * Looks on from the cursor, and adds what the claim will write to the entries.
 * FREE; STORM when the table is full.
 */
enum vacation_db_result sweep_room(struct table_work *, struct sweep *, const struct vacation_db_who *, const struct vacation_db_limits *, int64_t now,
    const struct standing *, struct vacation_db_info *);
/* Adds to the claim's changes that what was found goes. */
void sweep_retire(struct table_batch *, const struct sweep *, int64_t now);

#endif
