/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DELIVER_H
#define DELIVER_H

#include "load.h"

/* One message on standard input, answered or not.  Ends the process with the status of the failure policy. */
_Noreturn void deliver(int argc, char *const *argv, load_arguments *);

/* Whether somebody sits there: no mail server gives us a terminal.  Only a device is asked. */
bool deliver_is_terminal(int fd);

#endif
