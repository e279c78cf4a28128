/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_H
#define IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "vacation_db.h"

/*
 * What other programs left behind about who was answered, and our own
 * export: read as rows of the table.  See backsoon-export(5).
 */

#define IMPORT_VERSION 1		/* of the export's form */
#define IMPORT_LINE_MAX 65536		/* bytes of a line */
#define IMPORT_NOTES 20			/* skipped entries that are told one by one */
#define IMPORT_PERIOD (7 * 86400)	/* seconds: what the vacation programs have without an interval */

enum import_format {
	IMPORT_UNKNOWN,
	IMPORT_EXPORT,		/* backsoon export */
	IMPORT_LIST,		/* vacation -l, Debian's or sendmail.org's */
	IMPORT_DB_DUMP,		/* db_dump, print or bytevalue */
	IMPORT_GDBM_DUMP,	/* gdbm_dump */
	IMPORT_BERKELEY,	/* Berkeley DB 2 to 18, hash: .vacation.db of Debian's vacation */
	IMPORT_GDBM,		/* mailbot's, SourceForge vacation's, gnarwl's, mailutils' */
	IMPORT_TABLE,		/* a table of ours */
	IMPORT_FORMAIL,		/* formail -D: addresses, each behind a NUL */
	IMPORT_FORMATS
};

enum import_order { IMPORT_LITTLE, IMPORT_BIG };

struct import {
	/* Given; borrowed. */
	int fd;				/* of a regular file */
	const char *path;		/* where it is, or NULL; for IMPORT_TABLE and messages */
	int64_t now;
	const char *zone;		/* of local times; NULL: the system's */
	const char *handle;		/* that the entries of others are filed under */
	const char *delimiter;		/* of a +detail that is left out, or NULL */

	/* Found by import_scan(). */
	enum import_format format;
	uint64_t answers, exclusions, skipped;
	int64_t interval;		/* that was kept with them: seconds, or -1 */
	struct buf notes;		/* what was skipped and why: a line each, IMPORT_NOTES at most */
	struct buf why;			/* why it cannot be read: where, and what to do */

	/* Working memory. */
	bool scanning;
	vacation_db_visit *take;
	void *taker;
	uint64_t place;			/* number of the line, or of the entry */
	enum import_order order;
	uint64_t votes[2];		/* for each order */
	bool exclusion_is_max;		/* as Debian writes them, so that an interval of 0 means each message */
	struct buf key;
};

/* Zeroed but for what is given. */
void import_free(struct import *);

/* Reads all of it and changes nothing.  false: why. */
bool import_scan(struct import *);
/* Gives each row to take; a vacation_db_source.  After import_scan(), any number of times. */
bool import_give(void *import, vacation_db_visit *take, void *taker);

/* A word for programs: "backsoon-export"; and a phrase for people, for _(). */
const char *import_format_name(enum import_format);
const char *import_format_says(enum import_format);

/* The export's first line, a row, and the last line. */
void import_write_head(struct buf *, int64_t interval);
void import_write_row(struct buf *, const struct vacation_db_row *);
void import_write_end(struct buf *, uint64_t rows);

/* An address as the table has it: unwrapped, address_key(); `@domain' and `@.domain' too.  false: neither. */
bool import_key(struct buf *key, const char *text, size_t len, const char *delimiter);

#endif
