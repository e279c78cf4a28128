/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_PARTS_H
#define IMPORT_PARTS_H

#include <stdio.h>

#include "import.h"

/* Private to import*.c.  Each returns false when the whole file is refused (why), or the taker has said so. */

bool import_export(struct import *, FILE *);
bool import_list(struct import *, FILE *);
bool import_db_dump(struct import *, FILE *);
bool import_gdbm_dump(struct import *, FILE *);
bool import_berkeley(struct import *);
bool import_formail(struct import *, FILE *);

/* A line without its end; NULL at the end of the file, and with why set. */
char *import_line(struct import *, FILE *, char **line, size_t *room, size_t *len);

/* Refuses the file, here: false. */
bool import_refuse(struct import *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Leaves one entry out. */
void import_skip(struct import *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A key and a value of a vacation program's database: a vacation_db_pair. */
bool import_pair(void *import, const unsigned char *key, size_t key_len, const unsigned char *value, size_t value_len);
/* An answer, or an exclusion, of another program. */
bool import_answer(struct import *, const char *address, size_t len, int64_t last);
bool import_exclusion(struct import *, const char *address, size_t len);
/* A row as it is. */
bool import_row(struct import *, const struct vacation_db_row *);

#endif
