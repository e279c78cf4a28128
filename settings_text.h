/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SETTINGS_TEXT_H
#define SETTINGS_TEXT_H

#include "settings.h"

/* The families message.* and internal-message.*; for settings.c alone. */

/* Takes `name = file'.  A text that has been set in another place before gives way; twice in one file is a problem. */
void setting_add_text(struct settings *, const char *where, const char *name, const char *file);

/* Where that name was set, however it was written; NULL: nowhere. */
const char *setting_text_where(const struct settings *, const char *name);

#endif
