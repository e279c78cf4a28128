/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef POLICY_TESTS_H
#define POLICY_TESTS_H

#include "policy.h"

/* policy.c's tests of headers and sender, and how a value is shown.  For policy*.c alone. */

bool policy_test_headers(const struct rule *, const struct facts *, struct buf *);

bool policy_test_sender_state(const struct rule *, const struct facts *, struct buf *);
bool policy_test_own_address(const struct rule *, const struct facts *, struct buf *);
bool policy_test_robot_sender(const struct rule *, const struct facts *, struct buf *);

/* Whether one of the owner's patterns matches; false for an address that is not there. */
bool policy_is_listed(const struct setting_list *patterns, const struct address *);

/* Whether `is' says yes to one of the mailboxes of From. */
typedef bool policy_author_fn(const struct address *, const struct setting_list *);
bool policy_any_author(const struct facts *, policy_author_fn *is, const struct setting_list *);

/* `name: text', cut to what a log line needs. */
void policy_show(struct buf *value, const char *name, const char *text, size_t len);
void policy_show_field(struct buf *value, const struct field *);
void policy_show_sender(const struct envelope *, struct buf *value);

#endif
