/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUBMIT_IDENTIFY_H
#define SUBMIT_IDENTIFY_H

#include "submit.h"

/* Which program a file is, without running it; *how as in struct submitter.  For submit.c alone. */
enum submit_kind submit_identify(const char *path, const char **how);

#endif
