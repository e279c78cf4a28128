/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_ATTACHED_H
#define COMMANDS_ATTACHED_H

#include <stddef.h>
#include <stdint.h>

#include "../home.h"
#include "../settings.h"
#include "findings.h"

/* What goes along with the text. */
struct attached {
	size_t files;		/* pictures included */
	uint64_t bytes;
};

/* Looks at the HTML text, the attached files and the pictures that the HTML names, as a delivery will read them, and adds what is wrong. */
void attached_find(struct findings *, const struct home *, const struct settings *, struct attached *);

#endif
