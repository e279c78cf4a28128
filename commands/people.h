/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_PEOPLE_H
#define COMMANDS_PEOPLE_H

#include <stdbool.h>

#include "../load.h"
#include "../vacation_db.h"

/* What list, forget, exclude, include, prune, export and import share: settings, home and table. */

#define PEOPLE_TRIES 5		/* as long as deliveries keep the lock; each waits as long as they do */

struct people {
	struct load l;
	struct vacation_db *table;
	struct vacation_db_info info;
	const char *delimiter;	/* of the +detail that the table leaves out, or NULL */
};

/* EX_OK, or what went wrong, which was said.  people_close() either way. */
int people_open(struct people *, int argc, char **argv);
void people_close(struct people *);

/* The limits that deliveries have. */
void people_limits(const struct people *, struct vacation_db_limits *);

/* Says what the table's failure was, and returns its exit status; EX_OK for FREE.  Warns of what is unusual. */
int people_result(struct people *, enum vacation_db_result);

/* Asks on the terminal: yes or no.  Without a terminal no, and why. */
bool people_confirm(const char *question);

/* Everything on standard output was written: EX_OK or EX_IOERR. */
int people_flush(void);

#endif
