/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUBMIT_PARTS_H
#define SUBMIT_PARTS_H

#include "submit.h"

/* Between submit.c and submit_program.c alone. */

#define SUBMIT_SEARCH_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* What a program of this kind takes. */
void submit_set_abilities(struct submitter *);

#endif
