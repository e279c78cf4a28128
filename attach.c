/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attach - files that go along with a reply, read
 *
 * Each is opened under the rules of home.h and read whole: a file that is
 * mapped and then cut by whoever owns it would end the composer by a signal,
 * and what was read stays what it was.  The sizes are asked first, so that
 * too much is said before it is read.
 *
 * Failures: said with the file and what to do; see attach.h for errno.
 * Limits: ATTACH_FILES_MAX, ATTACH_NAME_MAX, and the owner's max-attachments.
 */
#include "attach_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "mime.h"
#include "text.h"

#define KB 1024
#define MB ((uint64_t)KB * KB)
#define NAMELESS "attachment"
#define SEEN_MAX (4 * ATTACH_NAME_MAX)	/* bytes of a name that are looked at */

void
attach_put_size(struct buf *out, uint64_t bytes)
{
	if (bytes < KB)
		buf_addf(out, "%llu B", (unsigned long long)bytes);
	else if (bytes < MB)
		buf_addf(out, "%llu KB", (unsigned long long)((bytes + KB - 1) / KB));
	else if (bytes % MB == 0)
		buf_addf(out, "%llu MB", (unsigned long long)(bytes / MB));
	else
		/* Rounded up, so that 10 MB and a byte are not "10 MB, more than 10 MB". */
		buf_addf(out, "%llu.%llu MB", (unsigned long long)((bytes * 10 + MB - 1) / MB / 10),
		    (unsigned long long)((bytes * 10 + MB - 1) / MB % 10));
}

/* The last part of a path as a reader may see it, appended. */
static void
put_name(struct buf *out, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	struct buf decoded = BUF_INIT, clean = BUF_INIT;

	if (text_utf8_valid(name, strlen(name)))
		buf_adds(&decoded, name);
	else
		text_latin1_to_utf8(&decoded, name, strlen(name));
	text_clean_line(&clean, buf_str(&decoded), decoded.len, SEEN_MAX);
	mime_cut_name(&clean, ATTACH_NAME_MAX);
	buf_adds(out, clean.len > 0 ? buf_str(&clean) : NAMELESS);
	if (decoded.failed || clean.failed)
		out->failed = true;
	buf_free(&decoded);
	buf_free(&clean);
}

/* -1, and why says what to do. */
static int
open_file(const struct home *h, const char *file, struct stat *st, struct buf *why)
{
	int fd = home_open_file(h, file, why), error;

	if (fd == -1) {
		error = errno;
		if (error == ENOENT)
			buf_addf(why, _("%s: there is no such file"), file);
		errno = error;
		return -1;
	}
	if (fstat(fd, st) == -1) {
		error = errno;
		buf_addf(why, "%s: %s", file, strerror(error));
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

bool
attach_measure(const struct home *h, const char *file, uint64_t *size, struct buf *why)
{
	struct stat st;
	int fd = open_file(h, file, &st, why);

	if (fd == -1)
		return false;
	*size = (uint64_t)st.st_size;
	close(fd);
	return true;
}

static void
say_too_large(const char *file, uint64_t total, uint64_t max, struct buf *why)
{
	struct buf have = BUF_INIT, allowed = BUF_INIT;

	attach_put_size(&have, total);
	attach_put_size(&allowed, max);
	buf_addf(why, _("%s: with it the attached files have %s, and max-attachments allows %s: take a file out, or raise it"), file,
	    buf_str(&have), buf_str(&allowed));
	buf_free(&have);
	buf_free(&allowed);
}

/* Up to its size; bytes has room for one more, which shows that it grows.  -1: errno. */
static ssize_t
read_bytes(int fd, char *bytes, size_t size)
{
	size_t len = 0;
	ssize_t got = 1;

	while (got != 0 && len <= size) {
		got = read(fd, bytes + len, size + 1 - len);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -1;
		len += (size_t)got;
	}
	if (len > size) {
		errno = EBUSY;
		return -1;
	}
	return (ssize_t)len;
}

static bool
read_file(int fd, const char *file, size_t size, struct attachment *item, struct buf *why)
{
	ssize_t len;
	int error;

	item->bytes = malloc(size + 1);
	if (item->bytes == NULL) {
		buf_memory_short();
		buf_addf(why, _("%s: not enough memory"), file);
		errno = ENOMEM;
		return false;
	}
	len = read_bytes(fd, item->bytes, size);
	if (len == -1) {
		error = errno;
		if (error == EBUSY)
			buf_addf(why, _("%s is being written by another program: try again when that is done"), file);
		else
			buf_addf(why, "%s: %s", file, strerror(error));
		errno = error;
		return false;
	}
	item->len = (size_t)len;
	return true;
}

static bool
name_file(const char *file, struct attachment *item, struct buf *why)
{
	struct buf name = BUF_INIT;

	put_name(&name, file);
	item->name = name.failed ? NULL : text_copy(buf_str(&name), name.len);
	buf_free(&name);
	if (item->name != NULL)
		return true;
	buf_addf(why, _("%s: not enough memory"), file);
	errno = ENOMEM;
	return false;
}

static bool
make_room(struct attachments *a, const char *file, struct buf *why)
{
	struct attachment *grown;

	if (a->n == ATTACH_FILES_MAX) {
		buf_addf(why, _("%s: more than %d files for one reply: put some of them into an archive"), file, ATTACH_FILES_MAX);
		errno = EFBIG;
		return false;
	}
	grown = realloc(a->item, (a->n + 1) * sizeof *grown);
	if (grown == NULL) {
		buf_memory_short();
		buf_addf(why, _("%s: not enough memory"), file);
		errno = ENOMEM;
		return false;
	}
	a->item = grown;
	return true;
}

static void
free_one(struct attachment *item)
{
	free(item->name);
	free(item->bytes);
	free(item->id);
}

bool
attach_add(struct attachments *a, const struct home *h, const char *file, uint64_t max_total, struct buf *why)
{
	struct attachment *item;
	struct stat st;
	int fd, error;
	bool good;

	if (!make_room(a, file, why))
		return false;
	fd = open_file(h, file, &st, why);
	if (fd == -1)
		return false;
	if ((uint64_t)st.st_size > max_total || a->total > max_total - (uint64_t)st.st_size) {
		close(fd);
		say_too_large(file, a->total + (uint64_t)st.st_size, max_total, why);
		errno = EFBIG;
		return false;
	}
	item = &a->item[a->n];
	*item = (struct attachment){ .name = NULL };
	good = read_file(fd, file, (size_t)st.st_size, item, why) && name_file(file, item, why);
	error = errno;
	close(fd);
	if (good) {
		a->n++;
		a->total += item->len;
		attach_type(a, h, item->name, item->bytes, item->len, item->type);
	} else
		free_one(item);
	errno = error;
	return good;
}

bool
attach_open(struct attachments *a, const struct home *h, const struct setting_list *files, uint64_t max_total, struct buf *why)
{
	size_t i;

	for (i = 0; i < files->n; i++)
		if (!attach_add(a, h, files->item[i], max_total, why))
			return false;
	return true;
}

void
attach_free(struct attachments *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		free_one(&a->item[i]);
	free(a->item);
	buf_free(&a->missing);
	for (i = 0; i < ATTACH_CACHES; i++)
		buf_free(&a->cache[i]);
	*a = (struct attachments)ATTACHMENTS_INIT;
}
