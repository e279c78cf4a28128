/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes the reply: the input is a message file, a NUL byte, and a message.  By hand:
 *
 *   clang -g -O1 -std=c11 -D_GNU_SOURCE -I. -fsanitize=fuzzer,address,undefined -o fuzz-reply tests/fuzz/reply.c \
 *	reply*.c template.c mime*.c message.c address*.c text*.c buf.c confine*.c child.c
 *   ASAN_OPTIONS=detect_leaks=0 ./fuzz-reply -max_len=4096 -max_total_time=120
 *
 * Besides memory errors it looks for broken promises: a header that is
 * ASCII in legal lines, with the fields that are ours once, and none of those that
 * would send the reply elsewhere.  Leaks are not looked for, because
 * libmailutils has some.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reply.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
read_message(struct message *msg, const void *bytes, size_t len)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	must(fd != -1 && write(fd, bytes, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	message_read(msg, fd, 0);
	close(fd);
}

static void
check_fields(const struct buf *reply)
{
	static const char *const none[] = { "Bcc", "Cc", "Resent-To", "Sender", "Return-Path", "Received" };
	static const char *const once[] = { "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
	    "MIME-Version", "Content-Transfer-Encoding", "X-Backsoon" };
	struct message msg;

	read_message(&msg, reply->data, reply->len);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		must(message_find(&msg, none[i], NULL) == NULL);
	for (size_t i = 0; i < sizeof once / sizeof once[0]; i++) {
		const struct field *f = message_find(&msg, once[i], NULL);

		must(f != NULL && message_find(&msg, once[i], f) == NULL);
	}
	must(strcmp(message_value(&msg, "To"), "ben@example.net") == 0);
	must(strcmp(message_value(&msg, "Auto-Submitted"), "auto-replied") == 0);
	message_free(&msg);
}

static void
check_lines(const struct buf *reply)
{
	const char *p = reply->data;

	must(text_is_ascii(p, reply->len) && memchr(p, '\0', reply->len) == NULL && memchr(p, '\r', reply->len) == NULL);
	for (bool head = true; *p != '\0';) {
		size_t n = strcspn(p, "\n");

		must(n <= 998 && p[n] == '\n');
		head = head && n > 0;
		must(!head || strspn(p, " \t") < n);
		p += n + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *split = memchr(data, '\0', len);
	size_t head = split != NULL ? (size_t)(split - data) : 0;
	struct request rq = { .to = "ben@example.net", .from_address = "anna@example.org", .from_name = "Anna",
		.template_bytes = (const char *)data, .template_len = head, .date = "Sat, 12 Dec 2026 00:00:00 +0100" };
	struct message msg;
	struct buf out = BUF_INIT;

	if (split == NULL)
		return 0;
	read_message(&msg, split + 1, len - head - 1);
	if (reply_build(&rq, &msg, &out) == CONFINE_OK) {
		check_fields(&out);
		check_lines(&out);
	}
	buf_free(&out);
	message_free(&msg);
	return 0;
}
