/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf - growable byte string with a sticky error
 *
 * Growth doubles and is checked in one place, buf_room().  A buffer that
 * could not grow keeps what it had, remembers the failure and ignores every
 * later write, so that composing code can stay a straight list of puts.
 */
#include "buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 256

static bool was_short;

static void
fail(struct buf *b)
{
	b->failed = true;
	was_short = true;
}

static bool
buf_room(struct buf *b, size_t more)
{
	size_t cap;
	char *data;

	if (b->failed)
		return false;
	if (more >= BUF_MAX - b->len) {
		fail(b);
		return false;
	}
	if (b->len + more < b->cap)
		return true;
	cap = b->cap != 0 ? b->cap : BUF_FIRST;
	while (cap <= b->len + more)
		cap *= 2;
	data = realloc(b->data, cap);
	if (data == NULL) {
		fail(b);
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

bool
buf_was_short(void)
{
	return was_short;
}

void
buf_memory_short(void)
{
	was_short = true;
}

void
buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT;
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (!buf_room(b, n))
		return;
	if (n > 0)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, int c)
{
	char byte = (char)c;

	buf_add(b, &byte, 1);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

/* Most texts fit into what is there: formatted once, and again only when not. */
void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	if (buf_room(b, BUF_FIRST / 2)) {
		n = vsnprintf(b->data + b->len, b->cap - b->len, fmt, ap);
		if (n < 0 || !buf_room(b, (size_t)n))
			fail(b);
		else {
			if ((size_t)n >= BUF_FIRST / 2)
				vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
			b->len += (size_t)n;
		}
		b->data[b->len] = '\0';
	}
	va_end(again);
}

void
buf_truncate(struct buf *b, size_t len)
{
	if (len < b->len) {
		b->len = len;
		b->data[len] = '\0';
	}
}

const char *
buf_str(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}

bool
buf_equal(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(buf_str(a), buf_str(b), a->len) == 0;
}
