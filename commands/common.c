/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * common - what the commands share: flags, complaints, colour, width
 */
#include "commands.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../diag.h"
#include "../i18n.h"
#include "../load.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 40

static void
take_out(int *argc, char **argv, int at, int count)
{
	memmove(argv + at, argv + at + count, (size_t)(*argc - at - count + 1) * sizeof argv[0]);
	*argc -= count;
}

bool
command_flag(int *argc, char **argv, const char *flag)
{
	int i;

	for (i = 1; i < *argc; i++)
		if (strcmp(argv[i], flag) == 0) {
			take_out(argc, argv, i, 1);
			return true;
		}
	return false;
}

const char *
command_value(int *argc, char **argv, const char *option)
{
	size_t len = strlen(option);
	const char *value;
	int i;

	for (i = 1; i < *argc; i++) {
		if (strncmp(argv[i], option, len) != 0)
			continue;
		if (argv[i][len] == '=') {
			value = argv[i] + len + 1;
			take_out(argc, argv, i, 1);
			return value;
		}
		if (argv[i][len] == '\0' && i + 1 < *argc) {
			value = argv[i + 1];
			take_out(argc, argv, i, 2);
			return value;
		}
	}
	return NULL;
}

void
command_complain(const struct buf *lines)
{
	const char *line = buf_str(lines), *end;

	for (; *line != '\0'; line = *end == '\n' ? end + 1 : end) {
		end = strchrnul(line, '\n');
		diag_error("%.*s", (int)(end - line), line);
	}
}

void
command_tell_home(const struct load *l)
{
	if (l->home.passed_over != NULL && l->home.path != NULL)
		diag_warn(_("HOME is not used: %s; this is about %s"), l->home.passed_over, l->home.path);
}

bool
command_colour(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && (no == NULL || no[0] == '\0') && (term == NULL || strcmp(term, "dumb") != 0);
}

unsigned
command_width(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) == -1 || size.ws_col < WIDTH_MIN)
		return WIDTH_DEFAULT;
	return size.ws_col;
}
