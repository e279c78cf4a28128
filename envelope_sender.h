/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENVELOPE_SENDER_H
#define ENVELOPE_SENDER_H

#include <stdbool.h>

#include "envelope.h"

/* state, text, source, sender, original and wrapping; for envelope.c alone.  false: no memory. */
bool envelope_decide_sender(struct envelope *, const struct settings *, envelope_env *);

#endif
