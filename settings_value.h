/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SETTINGS_VALUE_H
#define SETTINGS_VALUE_H

#include <stdbool.h>

/* How single values are read; for settings.c alone (settings_period() is in settings.h). */

#define SETTING_NAME_MAX 32	/* no option's name is longer */

bool setting_boolean(const char *, bool *value);

#endif
