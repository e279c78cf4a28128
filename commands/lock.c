/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock - one `on' or `off' at a time
 *
 * A lock on the home directory itself: nothing is left behind, and it goes
 * with its process.  Deliveries do not ask for it.
 *
 * Failures: another one that is at work for longer than LOCK_WAIT_MS.  On a
 * file system without locks there is none, as if nobody else were there.
 */
#include "commands.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "../deadline.h"
#include "../diag.h"
#include "../home.h"
#include "../i18n.h"

#define LOCK_WAIT_MS 10000
#define LOCK_PAUSE_MS 20

bool
command_lock(const struct home *h, int *fd)
{
	int64_t deadline = deadline_clock() + LOCK_WAIT_MS;

	*fd = openat(h->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd == -1)
		return true;
	while (flock(*fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return true;
		if (deadline_left(deadline) == 0) {
			diag_error(_("another `backsoon on' or `backsoon off' is at work here: try again when it has ended"));
			close(*fd);
			*fd = -1;
			return false;
		}
		poll(NULL, 0, LOCK_PAUSE_MS);
	}
	return true;
}
