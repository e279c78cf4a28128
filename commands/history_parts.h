/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_HISTORY_PARTS_H
#define COMMANDS_HISTORY_PARTS_H

#include "../journal.h"
#include "history.h"

/* What history's files share. */

enum history_column { HISTORY_TIME, HISTORY_VERDICT, HISTORY_RULE, HISTORY_SENDER, HISTORY_SUBJECT, HISTORY_BECAUSE, HISTORY_COLUMNS };

struct history_table {
	const struct history_options *options;
	bool narrow;
	enum history_column shown[HISTORY_COLUMNS];	/* what fits: `because' in a wide terminal, no rule beside the verdict in a narrow one */
	size_t widths[HISTORY_COLUMNS];
	size_t columns;
	struct buf *out;
};

/* Whether the options' filters let it pass. */
bool history_wanted(const struct history_options *, const struct journal_entry *);

/* Appends the whole table, its columns as wide as these rows need. */
void history_table_write(const struct history_options *, struct buf *out, const struct journal_entry *const *rows, size_t n);

/* A table whose rows are not known yet: its head, then one line each.  What does not fit is cut on a terminal, and
 * shifts the line elsewhere. */
void history_table_begin(struct history_table *, const struct history_options *, struct buf *out);
void history_table_row(struct history_table *, const struct journal_entry *);

/* An array of objects; one object in one line. */
void history_json_write(struct buf *out, const struct journal_entry *const *rows, size_t n);
void history_json_line(struct buf *out, const struct journal_entry *);

/* Writes out what the buffer holds: an exit status, said on diag when it is not EX_OK. */
int history_flush(const struct history_options *, const struct buf *out);

/* --follow: an exit status. */
int history_follow(const struct history_options *);

#endif
