/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

/*
 * No signal may end a delivery with a status that the mail server takes for
 * a failure: those that tell nothing, or only hurry us, are ignored; SIGTERM, SIGALRM, SIGXCPU
 * and crashes end it at once with the status set here.
 */
void signals_install(int status);
void signals_set_status(int status);
/* Whether standard input is to be read to its end first: who writes to us must not see us go away. */
void signals_drain(bool);

#endif
