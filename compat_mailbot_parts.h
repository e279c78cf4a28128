/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMPAT_MAILBOT_PARTS_H
#define COMPAT_MAILBOT_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "compat_mailbot.h"

/* What compat_mailbot*.c share. */

#define COMPAT_MAILBOT_WHERE "command line"

/* What is known only when all options are. */
struct mailbot {
	struct settings *s;
	const char *table, *days, *draft, *to;
	bool text, mime, attach, no_quote, is_draft;
};

/* Addresses that become a list of the settings: for address_each(), which ends when there are `most'. */
struct mailbot_list {
	struct settings *s;
	struct setting_list *list;
	size_t most;
};
bool compat_mailbot_append(void *list, const struct address *);

/* After the last option. */
void compat_mailbot_finish(struct mailbot *);

#endif
