/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPLY_VALUES_H
#define REPLY_VALUES_H

#include <stdbool.h>

#include "buf.h"
#include "message.h"
#include "mime.h"
#include "reply.h"
#include "template.h"

/* The variables that reply.h lists, each with its value: clean UTF-8 on one line. */
enum {
	REPLY_SUBJECT, REPLY_FROM, REPLY_FROM_NAME, REPLY_TO, REPLY_RECIPIENT, REPLY_DATE, REPLY_FROM_DATE, REPLY_UNTIL,
	REPLY_VARIABLES
};

struct reply_values {
	struct buf text[REPLY_VARIABLES];
	struct variable table[REPLY_VARIABLES + 1];
};

/* false: no memory.  A reply_values_free() is due either way. */
bool reply_values_set(struct reply_values *, struct mime *, const struct request *, const struct message *);
void reply_values_free(struct reply_values *);

/* The Subject when nobody has set one (RFC 3834 3.1.5): `Auto: ' and the original's, which is clean. */
void reply_default_subject(struct buf *, const char *original);

#endif
