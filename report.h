/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_H
#define REPORT_H

#include "answer.h"

/* What is said of a message when all is done: one line in the log, one record in the journal. */

#define REPORT_CODES_RULES 0	/* journal codes: rules first, ... */
#define REPORT_CODES_OUTCOMES 40	/* ... outcomes from here on */

void report_log(struct answer *);
/* Nothing when the journal is `none'. */
void report_journal(struct answer *);

/* The name of a journal code: a rule's id or an outcome's name, NULL when it is neither. */
const char *report_code_name(unsigned code);

#endif
