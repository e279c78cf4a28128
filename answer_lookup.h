/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ANSWER_LOOKUP_H
#define ANSWER_LOOKUP_H

#include "answer.h"

/*
 * What the procedure must look up outside the message, for answer.c alone.
 * Each returns false with outcome and why set when the delivery ends there.
 */

/* Dates and hours: may the owner be away now? */
bool answer_lookup_dates(struct answer *);
/* The login, where the owner's addresses depend on it or a dialect has named it: facts.owner_known from then on. */
bool answer_lookup_owner(struct answer *);
/* The text for this sender: template_text, and which it is. */
bool answer_lookup_text(struct answer *);
/*
 * from_name from the From field of a draft, as it was written: when the address in it is the owner's.  Mail programs
 * write it into each draft, so the address is no wish of his; the name is his in any case.
 */
bool answer_draft_author(struct answer *);
/* The handle, over all texts that there are. */
void answer_make_handle(struct answer *);
/* The handle under which the owner's text answers now, into a->handle; settings and home are enough for it. */
bool answer_lookup_handle(struct answer *);
/* Everything else, facts.looked_up from then on; cheapest first; all but the table's claim is read-only. */
bool answer_lookup(struct answer *);
/* The request that the composer gets; answer_lookup() has made it when it returned true. */
bool answer_lookup_request(struct answer *);
/* What goes into the reply besides its text: HTML, files, the original (answer_content.c). */
bool answer_content(struct answer *);
/* The HTML file's contents, or what is wrong with it; nothing when the text has none. */
bool answer_html(struct answer *);
/* The dates that the reply shows (answer_dates.c). */
bool answer_dates(struct answer *);
/* What a result of the table means: sets facts.table, outcome and why.  true: nobody is in the way. */
bool answer_table_verdict(struct answer *, enum vacation_db_result);
void answer_lookup_free(struct answer *);

/* To whom it goes, and to whom else: another than who wrote only where the owner names him. */
void answer_address(struct answer *);

/* Its form, and what stands in it then. */
void answer_report(const struct answer *, struct request *);

/*
 * A program that was replaced has told some: nobody is told twice for that.  Once, before there is a table of ours;
 * what cannot be read is a line in the log, until there is one.
 */
void answer_take_over(struct answer *, int dir_fd, const char *name);

#endif
