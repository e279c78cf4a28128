/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_image - a table in memory, and its way to the disk
 *
 * gdbm does not say when a bucket could not be written, and a process killed
 * between the two halves of a split bucket has lost keys for good.  So gdbm
 * changes a copy in memory, where a write does not fail, and what goes to the
 * disk is written here: a new file, every byte of it checked, the disk waited
 * for, then one rename(2).  Whoever is killed or finds the disk full has changed nothing.
 *
 * Where the disk is waited for: two hundred claims that each wait under the
 * lock do not fit into its two seconds on a busy machine.  ext4 writes a file's
 * data before the rename over another one (auto_da_alloc, data=ordered), and
 * has its room when it is written; so there, and in memory, the lock is let go
 * first, and vacation_db_settle() waits while sendmail starts.  Elsewhere the wait comes before
 * the rename: NFS says only then that it is full, and on XFS a rename can
 * outlive a power cut that its data did not.  The directory is not waited for:
 * a power cut before the file system writes its journal brings back the table
 * as it was before, whole, and costs one more reply at worst.  Mostly not even
 * that: the mail system syncs its queue file after us, which takes the rename along.
 *
 * Failures: errno values; image_publish() as in vacation_db.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "vacation_table.h"

#define ROOM 32768		/* bytes that one change may take, */
#define ROOM_PART 128		/* and this part of the file, for the directory of buckets */
#define HEAD 4			/* bytes of gdbm's mark */
#define PIECE 65536		/* copied at a time */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U	/* Linux 6.3 */
#endif

/* Five kinds, in the byte order of either machine. */
bool
image_magic(const unsigned char *p, size_t len)
{
	if (len < HEAD)
		return false;
	return (p[0] >= 0xcd && p[0] <= 0xd1 && p[1] == 0x9a && p[2] == 0x57 && p[3] == 0x13) ||
	    (p[3] >= 0xcd && p[3] <= 0xd1 && p[2] == 0x9a && p[1] == 0x57 && p[0] == 0x13);
}

/* Where memory must not be executable (vm.memfd_noexec) that has to be promised; older kernels do not know the word. */
int
image_new(void)
{
	int fd = memfd_create("table", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	return fd >= 0 ? fd : memfd_create("table", MFD_CLOEXEC);
}

static int
write_all(int fd, const unsigned char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* As long as it was when that began. */
int
image_copy(int from, int to)
{
	unsigned char piece[PIECE];
	struct stat st;
	off_t at = 0;
	ssize_t n;
	int error = 0;

	if (fstat(from, &st) != 0)
		return errno;
	while (error == 0 && at < st.st_size) {
		n = pread(from, piece, sizeof piece, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		error = write_all(to, piece, (size_t)n);
		at += n;
	}
	return error;
}

int
image_load(int from)
{
	int image = image_new();
	int error = image >= 0 ? image_copy(from, image) : errno;

	if (error == 0 && lseek(image, 0, SEEK_SET) != 0)
		error = errno;
	if (error == 0)
		return image;
	if (image >= 0)
		close(image);
	errno = error;
	return -1;
}

/* Without O_TMPFILE, or a directory that takes a file, memory has to do. */
int
image_spare(struct vacation_db *db)
{
	const char *slash = strrchr(db->name, '/');
	const size_t len = slash != NULL ? (size_t)(slash - db->name) + 1 : 0;
	char dir[PATH_MAX];
	int fd = -1;

	if (len < sizeof dir - 1) {
		memcpy(dir, db->name, len);
		memcpy(dir + len, ".", 2);
		fd = openat(db->dir_fd, dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	}
	if (fd >= 0 && fchmod(fd, 0600) != 0) {
		close(fd);
		fd = -1;
	}
	return fd >= 0 ? fd : image_new();
}

int
image_reserve(int fd)
{
	struct rlimit limit;
	struct stat st;
	off_t room;

	if (fstat(fd, &st) != 0)
		return errno;
	room = ROOM + st.st_size / ROOM_PART;
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && (uintmax_t)(st.st_size + room) > limit.rlim_cur)
		return EFBIG;
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, st.st_size, room) == 0)
		return 0;
	return errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL ? 0 : errno;
}

int
image_sync(int fd)
{
	int failed;

	do
		failed = fdatasync(fd);
	while (failed != 0 && errno == EINTR);
	return failed == 0 || errno == EINVAL || errno == ENOSYS ? 0 : errno;
}

static bool
keeps_order(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (fs.f_type == EXT4_SUPER_MAGIC || fs.f_type == TMPFS_MAGIC);
}

/* close(2) too: a file system of another machine's may say only then that there is no room. */
int
image_finish(struct vacation_db *db)
{
	int error = 0;

	if (db->written < 0)
		return 0;
	error = image_sync(db->written);
	if (close(db->written) != 0 && error == 0)
		error = errno;
	db->written = -1;
	return error;
}

/*
 * To free a replaced file's blocks took 0.35 ms on ext4, more than the claim
 * itself: that waits until the lock is free and the reply on its way.
 */
void
image_retire(struct vacation_db *db, int fd)
{
	if (db->replaced >= 0)
		close(db->replaced);
	db->replaced = fd;
}

/*
 * What a delivery that was killed left: a file of ours, empty, or as gdbm
 * begins one, or zeroes after a power cut.  0, or EEXIST: something else is there.
 */
static int
remove_stale(struct vacation_db *db)
{
	int fd = openat(db->dir_fd, db->fresh, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	static const unsigned char zero[HEAD];
	unsigned char head[HEAD];
	struct stat st;
	bool ours;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? 0 : errno == ELOOP ? EEXIST : errno;
	n = pread(fd, head, sizeof head, 0);
	ours = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    (st.st_size == 0 || (n == HEAD && (image_magic(head, HEAD) || memcmp(head, zero, HEAD) == 0)));
	close(fd);
	if (!ours)
		return EEXIST;
	return unlinkat(db->dir_fd, db->fresh, 0) == 0 || errno == ENOENT ? 0 : errno;
}

static int
write_fresh(struct vacation_db *db, int image)
{
	int error = remove_stale(db);

	if (error != 0)
		return error;
	if (db->written >= 0)
		close(db->written);
	db->written = openat(db->dir_fd, db->fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (db->written < 0)
		return errno;
	error = fchmod(db->written, 0600) == 0 ? image_copy(image, db->written) : errno;
	if (error == 0 && !keeps_order(db->written))
		error = image_finish(db);
	if (error != 0)
		unlinkat(db->dir_fd, db->fresh, 0);
	return error;
}

/* What is at db->fresh, unless error says that nothing is, takes its place. */
static enum vacation_db_result
take_place(struct vacation_db *db, int error, const char *name, struct vacation_db_info *info)
{
	bool replaced = error == 0 && !lock_current(db->locked, db->dir_fd, db->lock);

	if (error == 0 && !replaced && renameat(db->dir_fd, db->fresh, db->dir_fd, name) != 0) {
		error = errno;
		unlinkat(db->dir_fd, db->fresh, 0);
	}
	if (error == 0 && !replaced)
		return VACATION_DB_FREE;
	if (db->written >= 0)
		close(db->written);
	db->written = -1;
	if (replaced) {
		table_detail(info, "the table's lock file was replaced meanwhile");
		return VACATION_DB_BUSY;
	}
	if (error == EEXIST) {
		table_detail(info, "%s is in the way, and backsoon did not write it: left alone", db->fresh);
		return VACATION_DB_UNREADABLE;
	}
	return lock_errno(error, "new table", info->detail, sizeof info->detail);
}

enum vacation_db_result
image_publish(struct vacation_db *db, int image, const char *name, struct vacation_db_info *info)
{
	return take_place(db, write_fresh(db, image), name, info);
}

/* Where the file cannot get a name, in memory or without /proc, its bytes are copied. */
enum vacation_db_result
image_place(struct vacation_db *db, int spare, const char *name, struct vacation_db_info *info)
{
	char self[sizeof "/proc/self/fd/" + 12];
	int error = remove_stale(db);

	snprintf(self, sizeof self, "/proc/self/fd/%d", spare);
	if (error == 0 && linkat(AT_FDCWD, self, db->dir_fd, db->fresh, AT_SYMLINK_FOLLOW) != 0) {
		if (errno != EEXIST)
			return image_publish(db, spare, name, info);
		error = EEXIST;
	}
	return take_place(db, error, name, info);
}
