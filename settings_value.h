/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SETTINGS_VALUE_H
#define SETTINGS_VALUE_H

#include <stdbool.h>
#include <stdint.h>

struct settings;

/* How single values are read; for settings.c alone (settings_period() is in settings.h). */

#define SETTING_NAME_MAX 32	/* no option's name is longer */

bool setting_boolean(const char *, bool *value);
bool setting_size(const char *, uint64_t *bytes);	/* 500000, 500K, 10M */

/* A text's form, and the problem that it is when it has another; in settings_check.c. */
enum setting_form { SETTING_ADDRESS, SETTING_AUTHOR, SETTING_RETURN_PATH, SETTING_LANGUAGE, SETTING_DOMAIN, SETTING_HOST };
void setting_check(struct settings *, const char *where, const char *name, enum setting_form, const char *value);

/* One line of a file, taken apart (settings_lines.c); options of the command line alone are problems. */
void setting_from_file(struct settings *, const char *where, const char *name, const char *value);

#endif
