/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_charset - charsets that are read
 *
 * UTF-8, ASCII, Latin-1 and the wide ones (mime_wide.c) are read by hand, all
 * others by iconv(3), whose converters are opened in prepare(): inside the
 * sandbox gconv modules could not be read.  What is not open stays unknown.
 *
 * Failures: false for an unknown charset; bytes that a charset does not have
 * become U+FFFD, and can be counted.  Limits: MIME_CHARSETS_MAX, MIME_CHARSET_NAME_MAX.
 */
#include "mime_parts.h"

#include <errno.h>
#include <string.h>

#include "text.h"

#define CHARSET_ALIAS_MAX 20
#define ICONV_CHUNK 4096

#define REPLACEMENT "\xef\xbf\xbd"	/* U+FFFD */

enum by_hand { NOT_BY_HAND, AS_UTF8, AS_LATIN1, AS_WIDE };

static enum by_hand
charset_by_hand(const char *name)
{
	static const struct {
		char name[CHARSET_ALIAS_MAX];
		enum by_hand how;
	} names[] = {
		{ "utf-8", AS_UTF8 }, { "utf8", AS_UTF8 }, { "us-ascii", AS_UTF8 }, { "ascii", AS_UTF8 },
		{ "iso-8859-1", AS_LATIN1 }, { "iso_8859-1", AS_LATIN1 }, { "iso8859-1", AS_LATIN1 },
		{ "latin1", AS_LATIN1 }, { "windows-1252", AS_LATIN1 }, { "cp1252", AS_LATIN1 },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (text_equal(name, names[i].name))
			return names[i].how;
	return mime_is_wide(name) ? AS_WIDE : NOT_BY_HAND;
}

/* Mail says one thing and means its superset. */
const char *
mime_charset_meant(const char *name)
{
	static const char meant[][2][CHARSET_ALIAS_MAX] = {
		{ "gb2312", "GB18030" }, { "gbk", "GB18030" }, { "x-gbk", "GB18030" }, { "ks_c_5601-1987", "CP949" },
		{ "euc-kr", "CP949" }, { "shift_jis", "CP932" }, { "x-sjis", "CP932" }, { "tis-620", "CP874" },
		/* The same, but not for the library: it forgets the last letter, which might be composed with a next one. */
		{ "windows-1255", "CP1255" }, { "cp1255", "WINDOWS-1255" }, { "windows-1258", "CP1258" }, { "cp1258", "WINDOWS-1258" },
		{ "big5-hkscs", "BIG5-HKSCS" },
		{ "iso-8859-8-i", "ISO-8859-8" }, { "iso-8859-9", "CP1254" }, { "unicode-1-1-utf-7", "UTF-7" },
	};

	for (size_t i = 0; i < sizeof meant / sizeof meant[0]; i++)
		if (text_equal(name, meant[i][0]))
			return meant[i][1];
	return name;
}

static size_t
charset_name_len(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && ((s[n] >= '0' && s[n] <= '9') || (text_lower(s[n]) >= 'a' && text_lower(s[n]) <= 'z') ||
	    (s[n] != '\0' && strchr("._:-", s[n]) != NULL)))
		n++;
	return n;
}

const struct charset *
mime_find_charset(const struct mime *m, const char *name)
{
	for (size_t i = 0; i < m->ncharsets; i++)
		if (text_equal(m->charsets[i].name, name))
			return &m->charsets[i];
	return NULL;
}

bool
mime_expect_charset(struct mime *m, const char *name)
{
	struct charset *c;
	size_t len = strlen(name);

	if (charset_by_hand(name) != NOT_BY_HAND || mime_find_charset(m, name) != NULL)
		return true;
	if (len == 0 || len > MIME_CHARSET_NAME_MAX || charset_name_len(name, len) != len ||
	    m->ncharsets == MIME_CHARSETS_MAX)
		return false;
	c = &m->charsets[m->ncharsets];
	c->converter = iconv_open("UTF-8", mime_charset_meant(name));
	if (c->converter == (iconv_t)-1)
		return false;
	memcpy(c->name, name, len + 1);
	m->ncharsets++;
	return true;
}

static void
expect_charset_at(struct mime *m, const char *s, const char *end)
{
	char name[MIME_CHARSET_NAME_MAX + 1];
	size_t len;

	if (s < end && (*s == '"' || *s == '\''))
		s++;
	len = charset_name_len(s, (size_t)(end - s));
	if (len == 0 || len > MIME_CHARSET_NAME_MAX)
		return;
	memcpy(name, s, len);
	name[len] = '\0';
	mime_expect_charset(m, name);
}

void
mime_expect_charsets(struct mime *m, const char *s, size_t len)
{
	static const char parameter[] = "charset=";
	const char *end = s + len, *p;

	for (p = s; end - p > 2 && (p = memmem(p, (size_t)(end - p), "=?", 2)) != NULL;) {
		p += 2;
		expect_charset_at(m, p, end);
	}
	for (p = s; end - p > 8 && (p = memchr(p, '=', (size_t)(end - p))) != NULL; p++)
		if (p - s >= 7 && text_equal_n(p - 7, 8, parameter))
			expect_charset_at(m, p + 1, end);
}

/*
 * One step of a conversion that always makes progress: what iconv refuses
 * becomes U+FFFD, one byte at a time.  false: the input is used up.
 */
static bool
convert_step(iconv_t cd, struct buf *out, char **in, size_t *left, size_t *wrong)
{
	char chunk[ICONV_CHUNK], *to = chunk, *before = *in;
	size_t room = sizeof chunk;
	size_t rc = iconv(cd, in, left, &to, &room);
	int error = rc == (size_t)-1 ? errno : 0;

	buf_add(out, chunk, (size_t)(to - chunk));
	if (error == 0) {
		/* What it replaced by something like it: no character of ours is that vague. */
		*wrong += rc;
		return false;
	}
	if (error == E2BIG && (to != chunk || *in != before))
		return true;
	buf_adds(out, REPLACEMENT);
	++*wrong;
	if (error == EINVAL || *left == 0)
		return false;
	++*in;
	--*left;
	return *left > 0;
}

size_t
mime_convert(iconv_t cd, struct buf *out, const char *bytes, size_t len)
{
	char chunk[ICONV_CHUNK], *to = chunk, *in = NULL;
	size_t room = sizeof chunk, left = len, wrong = 0;

	iconv(cd, NULL, NULL, NULL, NULL);
	/* iconv does not write to its input; its prototype is older than const. */
	memcpy(&in, &bytes, sizeof in);
	while (left > 0 && !out->failed && convert_step(cd, out, &in, &left, &wrong))
		continue;
	iconv(cd, NULL, NULL, &to, &room);
	buf_add(out, chunk, (size_t)(to - chunk));
	return wrong;
}

static size_t
repair_utf8(struct buf *out, const char *s, size_t len)
{
	size_t wrong = 0;

	for (size_t n; len > 0; s += n, len -= n) {
		n = text_utf8_len(s, len);
		if (n > 0) {
			buf_add(out, s, n);
		} else {
			buf_adds(out, REPLACEMENT);
			wrong++;
			n = 1;
		}
	}
	return wrong;
}

bool
mime_to_utf8_counting(struct mime *m, struct buf *out, const char *charset, const char *bytes, size_t len, size_t *wrong)
{
	const struct charset *c;
	struct buf raw = BUF_INIT;

	*wrong = 0;
	switch (charset_by_hand(charset)) {
	case AS_UTF8:
		*wrong = repair_utf8(out, bytes, len);
		return true;
	case AS_LATIN1:
		text_latin1_to_utf8(out, bytes, len);
		return true;
	case AS_WIDE:
		*wrong = mime_read_wide(out, charset, bytes, len);
		return true;
	case NOT_BY_HAND:
		break;
	}
	c = mime_find_charset(m, charset);
	if (c == NULL)
		return false;
	*wrong = mime_convert(c->converter, &raw, bytes, len);
	*wrong += repair_utf8(out, buf_str(&raw), raw.len);
	out->failed = out->failed || raw.failed;
	buf_free(&raw);
	return true;
}

bool
mime_to_utf8(struct mime *m, struct buf *out, const char *charset, const char *bytes, size_t len)
{
	size_t wrong;

	return mime_to_utf8_counting(m, out, charset, bytes, len, &wrong);
}
