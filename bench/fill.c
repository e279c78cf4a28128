/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fills a table with senders as claims would leave them, and lists who is in one.
 *
 *	fill add TABLE FIRST COUNT	person0000001@people.example and so on, all at once
 *	fill list TABLE			prints each sender once
 *
 * Failures: a sentence on stderr and status 1; what was added stays.
 * Limits: no rate limits apply; the time of all entries is now.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deadline.h"
#include "vacation_db.h"

#define OWNER "anna@home.example"
#define HANDLE "bench"
#define PERIOD (7 * 86400)
#define STEP_MS 60000	/* longer than any single claim should take */

static int
complain(const char *what, enum vacation_db_result result, const struct vacation_db_info *info)
{
	fprintf(stderr, "fill: %s: %s: %s\n", what, vacation_db_result_name(result), info->detail);
	return 1;
}

struct people {
	long first, count;
	int64_t now;
};

/* What a claim leaves of each: its answer, and the sender's lifetime record. */
static bool
give(void *ctx, vacation_db_visit *take, void *taker)
{
	const struct people *p = ctx;
	char sender[64];
	struct vacation_db_row row = {
		.owner = OWNER, .handle = HANDLE, .sender = sender, .first_answered = p->now, .last_answered = p->now, .count = 1, .period = PERIOD,
	};

	for (long i = p->first; i < p->first + p->count; i++) {
		snprintf(sender, sizeof(sender), "person%07ld@people.example", i);
		if (!take(taker, &row))
			return false;
	}
	return true;
}

static int
add(struct vacation_db *db, long first, long count)
{
	struct people people = { first, count, time(NULL) };
	struct vacation_db_bulk bulk;
	struct vacation_db_info info;
	enum vacation_db_result result;

	result = vacation_db_import(db, give, &people, -1, false, &bulk, &info);
	return result == VACATION_DB_FREE ? 0 : complain("add", result, &info);
}

static bool
print_row(void *ctx, const struct vacation_db_row *row)
{
	(void)ctx;
	if (!row->excluded)
		puts(row->sender);
	return true;
}

static int
list(struct vacation_db *db)
{
	struct vacation_db_info info = { .detail = "" };
	enum vacation_db_result result;

	result = vacation_db_list(db, print_row, NULL, &info);
	return result == VACATION_DB_FREE ? 0 : complain("list", result, &info);
}

int
main(int argc, char **argv)
{
	struct vacation_db *db;
	int status = 1;

	if (argc < 3 || (db = vacation_db_new(AT_FDCWD, argv[2], deadline_clock() + STEP_MS)) == NULL)
		return 1;
	if (strcmp(argv[1], "add") == 0 && argc == 5)
		status = add(db, atol(argv[3]), atol(argv[4]));
	else if (strcmp(argv[1], "list") == 0)
		status = list(db);
	vacation_db_free(db);
	return status;
}
