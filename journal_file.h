/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOURNAL_FILE_H
#define JOURNAL_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "journal.h"

/*
 * The journal's file, for journal*.c alone: where things are in it, and how
 * it comes into being.  All numbers are little-endian.
 *
 *	0	magic, version and geometry: never written again
 *	64	sequence, 128 the two rings' next slots: one cache line each
 *	4096	counters: a row of rules for each day, day number << 32 | count
 *	20480	records of JOURNAL_ANSWERED, then of JOURNAL_REFUSED
 */

#define JOURNAL_PAGE 4096	/* of the layout, whatever the machine's page size */
#define JOURNAL_FIXED 64

struct journal_head {
	unsigned char fixed[JOURNAL_FIXED];
	_Alignas(64) _Atomic uint64_t sequence;
	_Alignas(64) _Atomic uint64_t next[2];
	_Alignas(JOURNAL_PAGE) _Atomic uint64_t cells[JOURNAL_DAYS][JOURNAL_RULES];
};

#define JOURNAL_HEAD sizeof(struct journal_head)
#define JOURNAL_SIZE (JOURNAL_HEAD + 2 * JOURNAL_SLOTS * JOURNAL_RECORD)

_Static_assert(sizeof(struct journal_head) == 20480, "the layout on disk");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "processes share these numbers: they must not need a lock");

/* What the first JOURNAL_FIXED bytes of a good file are. */
void journal_file_fixed(unsigned char *);

/* 0 for a head of ours; else the errno that journal_add() and journal_open() give for it. */
int journal_file_check(const unsigned char *fixed);

/* Opens for writing, creating it when there is none: the descriptor, or -1 with errno. */
int journal_file_open(int dir_fd, const char *name);

/* The file behind fd, which has that name, has a head or a size that isn't right.  True when the name was made
 * free, or is being made free by another process: open again.  False: errno. */
bool journal_file_mend(int dir_fd, const char *name, int fd);

/* Removes what a kill during creation left beside the journal, which fd is and was just made. */
void journal_sweep(int dir_fd, const char *name, int fd);

#endif
