/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "settings.h"

/*
 * What a user types.  Each gets its own arguments (argv[0] is the command's
 * word) and returns an exit status of sysexits(3): 0, 64 for wrong usage, ...
 */
int on_command(int argc, char **argv);
int off_command(int argc, char **argv);
int explain_command(int argc, char **argv);
int history_command(int argc, char **argv);
int status_command(int argc, char **argv);
int check_command(int argc, char **argv);
int test_command(int argc, char **argv);
int list_command(int argc, char **argv);
int forget_command(int argc, char **argv);
int exclude_command(int argc, char **argv);
int include_command(int argc, char **argv);
int prune_command(int argc, char **argv);
int export_command(int argc, char **argv);
int import_command(int argc, char **argv);

/* A dialect's -i, -l, -x, and what it does on a terminal: its own exit codes. */
int dialect_command(enum compat, int argc, char **argv);
int dialect_help(enum compat);

/* Takes `flag' out of argv when it is there. */
bool command_flag(int *argc, char **argv, const char *flag);
/* Takes `option VALUE' or `option=VALUE' out of argv: the value, or NULL when it is not there. */
const char *command_value(int *argc, char **argv, const char *option);
/*
 * Keeps every other `on' and `off' out of this home, from reading to writing;
 * one that is at work is waited for.  *fd: close it, which lets the next one
 * in; -1 where there are no locks.  false, and said: it took too long.
 */
struct home;
bool command_lock(const struct home *, int *fd);
/* Says what is wrong, a line each, on standard error. */
void command_complain(const struct buf *lines);
/* Says on standard error when it is about another home directory than $HOME. */
struct load;
void command_tell_home(const struct load *);
/* Whether to colour what goes to that descriptor: a terminal, and no NO_COLOR. */
bool command_colour(int fd);
/* Columns of the terminal behind it, 80 when there is none. */
unsigned command_width(int fd);

#endif
