/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_text_link - the address behind a link
 *
 * Only addresses that a reader can use by hand are shown: web pages, mail
 * addresses, telephone numbers.  Whatever else an href may be (scripts, data,
 * files, places within the page) is not.  What the sender says a link is and
 * what it is may differ: the address is left out only when the text is that address.
 *
 * Failures: memory, by the buffer.  Limits: HTML_URL_MAX.
 */
#include "html_text_parts.h"

#include <string.h>

#include "text.h"

static void
drop_front(struct buf *b, size_t n)
{
	memmove(b->data, b->data + n, b->len - n);
	buf_truncate(b, b->len - n);
}

/* Line ends and tabs are no part of an address (URL Standard 4.4), nor are blanks around it. */
static void
strip(struct buf *b)
{
	size_t used = 0, first = 0;

	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->data[i];

		if (c != '\t' && c != '\n' && c != '\r')
			b->data[used++] = (char)c;
	}
	while (used > 0 && (unsigned char)b->data[used - 1] <= ' ')
		used--;
	while (first < used && (unsigned char)b->data[first] <= ' ')
		first++;
	buf_truncate(b, used);
	drop_front(b, first);
}

/* What would end the address for a reader, or is not to be seen, in its escaped form. */
static void
escape(struct buf *b)
{
	struct buf plain = *b;
	size_t n;

	*b = (struct buf)BUF_INIT;
	for (const char *p = plain.data, *end = p + plain.len; p < end; p += n) {
		n = text_utf8_len(p, (size_t)(end - p));
		if (n == 0 || *p == ' ' || *p == '<' || *p == '>' || *p == '"' || !text_is_clean(p, n)) {
			n = n == 0 ? 1 : n;
			for (size_t i = 0; i < n; i++)
				buf_addf(b, "%%%02X", (unsigned)(unsigned char)p[i]);
		} else {
			buf_add(b, p, n);
		}
	}
	buf_free(&plain);
}

/* The way back from %40, for an address that people read; only what is printable. */
static void
unescape(struct buf *b)
{
	size_t used = 0;

	for (size_t i = 0; i < b->len; i++) {
		int high = i + 2 < b->len && b->data[i] == '%' ? text_hex(b->data[i + 1]) : -1;
		int low = high >= 0 ? text_hex(b->data[i + 2]) : -1;

		if (low >= 0) {
			b->data[used++] = (char)(high << 4 | low);
			i += 2;
		} else {
			b->data[used++] = b->data[i];
		}
	}
	buf_truncate(b, used);
}

bool
html_link_address(struct buf *href)
{
	bool mail;

	if (href->failed || href->len == 0 || href->len > HTML_URL_MAX || memchr(href->data, '\0', href->len) != NULL)
		return false;
	strip(href);
	mail = text_begins(buf_str(href), "mailto:");
	if (mail || text_begins(buf_str(href), "tel:")) {
		drop_front(href, strcspn(href->data, ":") + 1);
		buf_truncate(href, strcspn(href->data, "?"));
		unescape(href);
		strip(href);
		escape(href);
		return href->len > 0 && !href->failed;
	}
	if (!text_begins(buf_str(href), "http://") && !text_begins(buf_str(href), "https://"))
		return false;
	escape(href);
	return !href->failed && href->len > strlen("https://");
}

/* What makes no difference in front of an address. */
static const char *
bare(const char *s)
{
	static const char prefixes[][8] = { "http://", "https:/", "/", "mailto:", "tel:", "www." };

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		if (text_begins(s, prefixes[i]))
			s += strlen(prefixes[i]);
	}
	return s;
}

/* Blanks, and what people write into telephone numbers, do not count. */
static const char *
skip(const char *s, bool number)
{
	return s + strspn(s, number ? " ()-/." : " ");
}

bool
html_link_same(const struct buf *text, const struct buf *address)
{
	const char *a = bare(buf_str(text)), *b = bare(buf_str(address));
	bool number = *b == '+' || (*b >= '0' && *b <= '9' && strspn(b, "0123456789 ()-/.") == strlen(b));

	for (;;) {
		a = skip(a, number);
		b = skip(b, number);
		if (*a == '\0' || text_lower(*a) != text_lower(*b))
			break;
		a++;
		b++;
	}
	a += *a == '/' && a[1] == '\0';
	b += *b == '/' && b[1] == '\0';
	return *a == '\0' && *b == '\0';
}
