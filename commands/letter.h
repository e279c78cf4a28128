/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_LETTER_H
#define COMMANDS_LETTER_H

#include <stdbool.h>

#include "../answer.h"
#include "../envelope.h"
#include "../load.h"
#include "../message.h"

/* A message that nobody has written: to see what would become of it, with nothing of the environment. */

/* An environment in which no mail server has said anything. */
envelope_env letter_environment;

/* The owner's addresses as a delivery knows them: recipient and aliases, else login@host.  false: no memory.  envelope_free() is due either way. */
bool letter_owner(struct envelope *, const struct load *, const char *login);

/* The one of them that people write to: the recipient that is set, else the first alias, else login@host; NULL: none. */
const struct address *letter_address(const struct envelope *);

/* A person's message from `sender' to `owner'; trusted: the host whose Authentication-Results it carries, NULL: none.
 * false: no memory, no pipe.  message_free() is due either way. */
bool letter_read(struct message *, const char *sender, const char *owner, const char *trusted, int64_t now);

/* Readies an answer to the message, whose sender becomes the settings' `sender'.  answer_prepare() is next. */
void letter_answer(struct answer *, struct load *, const struct message *, const char *sender);

#endif
