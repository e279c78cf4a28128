/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log-sink SOCKET: reads a log socket that everybody may write to, and
 * forgets.  Linked statically and small: it is woken while a measured
 * program runs, on one processor in the middle of it, and what it costs is not that program's.
 *
 * Failures: a sentence on stderr and status 1.
 */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <string.h>

int
main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char line[2048];
	int fd;

	if (argc != 2 || strlen(argv[1]) >= sizeof(at.sun_path))
		errx(1, "usage: log-sink SOCKET");
	strcpy(at.sun_path, argv[1]);
	if ((fd = socket(AF_UNIX, SOCK_DGRAM, 0)) == -1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1 || chmod(argv[1], 0666) == -1)
		err(1, "%s", argv[1]);
	while (recv(fd, line, sizeof(line), 0) != -1)
		;
	return 0;
}
