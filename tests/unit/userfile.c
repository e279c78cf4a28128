/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * userfile - whole or not at all: modes, links, what is no file, limits, a writer that is killed
 */
#include "userfile.h"

#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/tap.h"

#define KILLS 60		/* writers that are killed */
#define LARGE 300000		/* bytes: more than one write of a page */

static struct home home;
static char scratch[] = "/tmp/backsoon-userfile-XXXXXX";

static const char *
content(const char *name)
{
	static char text[4096];
	int fd = openat(home.fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof text - 1);

	if (fd != -1)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n >= 0 ? text : NULL;
}

static void
make(const char *name, const char *text, mode_t mode)
{
	int fd = openat(home.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchmod(fd, mode) != 0)
		printf("# cannot make %s\n", name);
	close(fd);
}

static void
link_to(const char *target, const char *name)
{
	if (symlinkat(target, home.fd, name) == -1)
		printf("# cannot make the link %s\n", name);
}

static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *where)
{
	(void)st, (void)what, (void)where;
	return remove(path);
}

static int
mode_of(const char *name)
{
	struct stat st;

	return fstatat(home.fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? (int)(st.st_mode & 07777) : -1;
}

static bool
is_link(const char *name)
{
	struct stat st;

	return fstatat(home.fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

static bool
writes(const char *name, const char *text, mode_t mode)
{
	struct buf why = BUF_INIT;
	bool good = userfile_write(&home, name, text, strlen(text), mode, &why);

	if (good && why.len > 0)
		printf("# a word of why without a failure: %s\n", buf_str(&why)), good = false;
	if (!good && why.len == 0)
		printf("# a failure without a word of why\n"), good = true;
	buf_free(&why);
	return good;
}

static bool
removes(const char *name)
{
	struct buf why = BUF_INIT;
	bool good = userfile_remove(&home, name, &why);

	buf_free(&why);
	return good;
}

static const struct {
	mode_t mask, mode;
} modes[] = { { 0, 0644 }, { 077, 0644 }, { 077, 0600 }, { 0, 0600 }, { 0777, 0640 } };

static void
test_modes(void)
{
	mode_t old = umask(0);
	size_t i;

	for (i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		umask(modes[i].mask);
		ok(writes("~/.mode", "x\n", modes[i].mode), "umask %03o: written", (unsigned)modes[i].mask);
		is_int(mode_of(".mode"), (int)modes[i].mode, "and the mode is the one asked for");
		if (i % 2 == 0)
			removes("~/.mode");
	}
	umask(old);
}

static void
test_content(void)
{
	char path[256];

	ok(writes("~/.new", "one\n", 0644), "a new file");
	is_str(content(".new"), "one\n", "has what was written");
	ok(writes(".new", "", 0644), "an empty one in its place, named without ~/");
	is_str(content(".new"), "", "is empty");
	snprintf(path, sizeof path, "%s/.new", scratch);
	ok(writes(path, "two\n", 0644), "by an absolute path");
	is_str(content(".new"), "two\n", "has what was written");
	is_str(content(".new.backsoon-new"), NULL, "nothing is left beside it");
	ok(removes("~/.new"), "removed");
	is_str(content(".new"), NULL, "it is gone");
	ok(removes("~/.new"), "removing what is not there is no failure");
	ok(!writes("~/no/such/file", "x", 0644), "no directory to put it into");
	ok(!removes("~/no/such/file"), "nor to remove it from");
}

static void
test_links(void)
{
	mkdirat(home.fd, "dots", 0700);
	make("dots/forward", "old\n", 0600);
	link_to("dots/forward", ".linked");
	ok(writes("~/.linked", "new\n", 0644), "through a link");
	ok(is_link(".linked"), "it stays one");
	is_str(content("dots/forward"), "new\n", "what it leads to is replaced");
	link_to("../.far", "dots/next");
	link_to("dots/next", ".dangling");
	ok(writes("~/.dangling", "made\n", 0644), "through two links to nothing");
	is_str(content(".far"), "made\n", "makes what they lead to");
	ok(is_link(".dangling") && is_link("dots/next"), "and they stay links");
	ok(removes("~/.dangling"), "removing it");
	ok(is_link(".dangling") && content(".far") == NULL, "removes what they lead to");
	link_to(".loop", ".loop");
	ok(!writes("~/.loop", "x", 0644), "a link to itself");
	home.dropped = true;
	ok(!writes("~/.linked", "root\n", 0644), "no link for one who was root");
	home.dropped = false;
	is_str(content("dots/forward"), "new\n", "and nothing is changed");
}

static void
test_no_file(void)
{
	mkdirat(home.fd, "directory", 0700);
	mkfifoat(home.fd, "fifo", 0600);
	ok(!writes("~/directory", "x", 0644), "a directory is not replaced");
	ok(!writes("~/fifo", "x", 0644), "nor is a named pipe");
	ok(!writes("~/", "x", 0644), "nor a name that is empty");
	ok(!removes("~/directory"), "a directory is not removed");
	make("beside", "old\n", 0600);
	make("victim", "mine\n", 0600);
	link_to("victim", "beside.backsoon-new");
	ok(!writes("~/beside", "x", 0644), "the temporary file is no link");
	is_str(content("victim"), "mine\n", "what it leads to is not touched");
	is_str(content("beside"), "old\n", "nor is the file");
	unlinkat(home.fd, "beside.backsoon-new", 0);
}

static void
test_left_behind(void)
{
	int fd;

	make(".left", "old\n", 0644);
	make(".left.backsoon-new", "half a file of one who was killed, longer than the new one\n", 0600);
	ok(writes("~/.left", "new\n", 0644), "a temporary file that was left behind");
	is_str(content(".left"), "new\n", "is overwritten whole");
	fd = openat(home.fd, ".left.backsoon-new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ok(flock(fd, LOCK_EX) == 0 && !writes("~/.left", "newer\n", 0644), "one that somebody is writing just now");
	is_str(content(".left"), "new\n", "is his");
	close(fd);
	ok(writes("~/.left", "newer\n", 0644), "and ours when he has gone");
}

static void
test_no_room(void)
{
	struct rlimit old, small = { 4, RLIM_INFINITY };
	bool wrote;

	make(".full", "old\n", 0644);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	wrote = writes("~/.full", "more than four bytes\n", 0644);
	setrlimit(RLIMIT_FSIZE, &old);
	ok(!wrote, "no room for the new one");
	is_str(content(".full"), "old\n", "the old one is whole");
	is_str(content(".full.backsoon-new"), NULL, "nothing is left beside it");
}

/* Writes the file again and again, first all a, then all b. */
static void
write_for_ever(void)
{
	static char text[LARGE];
	struct buf why = BUF_INIT;
	int c = 'a';

	for (;; c = c == 'a' ? 'b' : 'a') {
		memset(text, c, sizeof text);
		userfile_write(&home, "~/.killed", text, sizeof text, 0644, &why);
		buf_reset(&why);
	}
}

static bool
is_whole(void)
{
	static char text[LARGE + 1];
	int fd = openat(home.fd, ".killed", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof text), i;

	close(fd);
	for (i = 1; i < n && text[i] == text[0]; i++)
		;
	return n == LARGE && i == n;
}

static void
test_killed(void)
{
	int round, broken = 0, wstatus;
	pid_t pid;
	struct buf why = BUF_INIT;
	static char first[LARGE];

	memset(first, 'a', sizeof first);
	ok(userfile_write(&home, "~/.killed", first, sizeof first, 0644, &why), "a large file");
	for (round = 0; round < KILLS; round++) {
		pid = fork();
		if (pid == 0)
			write_for_ever();
		usleep((useconds_t)(200 + round * 97));
		kill(pid, SIGKILL);
		waitpid(pid, &wstatus, 0);
		broken += !is_whole();
	}
	is_int(broken, 0, "writers that are killed leave one or the other");
	buf_free(&why);
}

int
main(void)
{
	struct buf why = BUF_INIT;

	if (mkdtemp(scratch) == NULL || home_open(&home, scratch, false, &why) != OUTCOME_ANSWERED)
		return 1;
	test_modes();
	test_content();
	test_links();
	test_no_file();
	test_left_behind();
	test_no_room();
	test_killed();
	buf_free(&why);
	home_close(&home);
	nftw(scratch, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return done_testing();
}
