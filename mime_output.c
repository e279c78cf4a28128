/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_output - charsets that are written
 *
 * Only those that have a name in mail, and in which ASCII is what it is:
 * not UTF-16, UTF-7 or EBCDIC, and none whose writer in some libc has been a
 * way in (ISO-2022-CN-EXT).  A text fits when its characters are in the
 * charset's own table, and are read back as they were by the larger one that
 * mail programs take for it; then nobody reads another character than was meant.
 *
 * Failures: false where something does not fit, and the caller writes UTF-8.
 * Limits: the charsets of the table below.
 */
#include "mime_parts.h"

#include <string.h>

#include "text.h"

#define OTHER_NAMES_MAX 96
#define NO_CONVERTER ((iconv_t)-1)

/* Names as registered with IANA, the preferred ones; beside each what else mail calls it.  Compared by letters and digits alone. */
static const struct {
	char name[MIME_OUTPUT_NAME_MAX];
	char others[OTHER_NAMES_MAX];
} registered[] = {
	{ "US-ASCII", "ascii ansix3.41968 iso646us cp367 ibm367" },
	{ "ISO-8859-1", "latin1 l1 iso885911987 cp819 ibm819" }, { "ISO-8859-2", "latin2 l2 iso885921987" },
	{ "ISO-8859-3", "latin3 l3 iso885931988" }, { "ISO-8859-4", "latin4 l4 iso885941988" },
	{ "ISO-8859-5", "cyrillic iso885951988" }, { "ISO-8859-6", "arabic iso885961987" },
	{ "ISO-8859-7", "greek iso885971987" }, { "ISO-8859-8", "hebrew iso88598i iso885981988" },
	{ "ISO-8859-9", "latin5 l5 iso885991989" }, { "ISO-8859-10", "latin6 l6" }, { "ISO-8859-13", "latin7" },
	{ "ISO-8859-14", "latin8 l8" }, { "ISO-8859-15", "latin9" }, { "ISO-8859-16", "latin10 l10" },
	{ "KOI8-R", "koi8" }, { "KOI8-U", "koi8ru" }, { "TIS-620", "iso885911" },
	{ "windows-874", "cp874" }, { "windows-1250", "cp1250" }, { "windows-1251", "cp1251" }, { "windows-1252", "cp1252" },
	{ "windows-1253", "cp1253" }, { "windows-1254", "cp1254" }, { "windows-1255", "cp1255" }, { "windows-1256", "cp1256" },
	{ "windows-1257", "cp1257" }, { "windows-1258", "cp1258" }, { "macintosh", "mac macroman" },
	{ "IBM437", "cp437 437" }, { "IBM850", "cp850 850" }, { "IBM852", "cp852 852" }, { "IBM866", "cp866 866" },
	{ "GB2312", "euccn gb231280 csgb2312" }, { "GBK", "cp936 ms936 windows936" }, { "GB18030", "gb180302000" },
	{ "Big5", "cnbig5 bigfive" }, { "Big5-HKSCS", "" },
	{ "Shift_JIS", "sjis mskanji shiftjis ms932 cp932 windows31j" }, { "ISO-2022-JP", "jis" }, { "EUC-JP", "ujis" },
	{ "EUC-KR", "ksc5601 ksc56011987 korean cp949 ms949 uhc windows949" },
};

static bool
is_alnum(char c)
{
	c = (char)text_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The names of one charset differ in punctuation, case, and an `x-' or `cs' before them. */
static bool
is_same(const char *name, const char *other, size_t len)
{
	const char *end = other + len;

	while (*name != '\0' || other < end) {
		if (*name != '\0' && !is_alnum(*name))
			name++;
		else if (other < end && !is_alnum(*other))
			other++;
		else if (*name == '\0' || other == end || text_lower(*name++) != text_lower(*other++))
			return false;
	}
	return true;
}

static bool
is_any(const char *name, const char *others)
{
	for (size_t n; *others != '\0'; others += n + (others[n] == ' ')) {
		n = strcspn(others, " ");
		if (is_same(name, others, n))
			return true;
	}
	return false;
}

/* The name that mail has for that charset, whatever it is called; NULL when none of ours is meant. */
static const char *
preferred_name(const char *name)
{
	if (text_begins(name, "x-") || text_begins(name, "cs"))
		name += 2;
	for (size_t i = 0; i < sizeof registered / sizeof registered[0]; i++)
		if (is_same(name, registered[i].name, strlen(registered[i].name)) || is_any(name, registered[i].others))
			return registered[i].name;
	if (is_same(name, "utf-8", 5) || is_same(name, "unicode-1-1-utf-8", 17))
		return "UTF-8";
	return NULL;
}

static void
close_converter(iconv_t *cd)
{
	if (*cd != NO_CONVERTER)
		iconv_close(*cd);
	*cd = NO_CONVERTER;
}

void
mime_close_output(struct mime *m)
{
	if (m->output.kind == OUTPUT_ICONV) {
		close_converter(&m->output.to);
		close_converter(&m->output.from);
	}
	m->output.kind = OUTPUT_NONE;
}

/* The blank and what is visible of ASCII are written as they are: header fields and MIME rely on it. */
static bool
is_ascii_superset(iconv_t to)
{
	struct buf ascii = BUF_INIT, coded = BUF_INIT;
	bool same;

	for (int c = ' '; c <= '~'; c++)
		buf_addc(&ascii, c);
	buf_adds(&ascii, "\t\n");
	same = mime_convert(to, &coded, buf_str(&ascii), ascii.len) == 0 && buf_equal(&ascii, &coded) && !ascii.failed && !coded.failed;
	buf_free(&ascii);
	buf_free(&coded);
	return same;
}

/* How programs read a charset may be a larger one than its name says. */
static const char *
read_as(const char *name)
{
	return text_equal(name, "ISO-8859-1") ? "CP1252" : mime_charset_meant(name);
}

bool
mime_expect_output(struct mime *m, const char *charset)
{
	struct output *o = &m->output;
	const char *name = preferred_name(charset);

	mime_close_output(m);
	if (name == NULL)
		return false;
	memcpy(o->name, name, strlen(name) + 1);
	if (strcmp(name, "US-ASCII") == 0)
		o->kind = OUTPUT_ASCII;
	if (strcmp(name, "US-ASCII") == 0 || strcmp(name, "UTF-8") == 0)
		return true;
	o->kind = OUTPUT_ICONV;
	o->to = iconv_open(name, "UTF-8");
	o->from = iconv_open("UTF-8", read_as(name));
	if (o->to != NO_CONVERTER && o->from != NO_CONVERTER && is_ascii_superset(o->to))
		return true;
	mime_close_output(m);
	return false;
}

const char *
mime_output_name(const struct mime *m)
{
	return m->output.kind == OUTPUT_NONE ? "utf-8" : m->output.name;
}

static bool
reads_back(iconv_t from, const struct buf *coded, const char *utf8, size_t len)
{
	struct buf back = BUF_INIT;
	bool same = mime_convert(from, &back, buf_str(coded), coded->len) == 0 && !back.failed && back.len == len &&
	    memcmp(buf_str(&back), utf8, len) == 0;

	buf_free(&back);
	return same;
}

bool
mime_from_utf8(struct mime *m, struct buf *out, const char *utf8, size_t len)
{
	const struct output *o = &m->output;
	struct buf coded = BUF_INIT;
	bool fits;

	if (o->kind == OUTPUT_NONE || (o->kind == OUTPUT_ASCII && !text_is_ascii(utf8, len)))
		return false;
	if (o->kind == OUTPUT_ASCII) {
		buf_add(out, utf8, len);
		return true;
	}
	fits = mime_convert(o->to, &coded, utf8, len) == 0 && !coded.failed && reads_back(o->from, &coded, utf8, len);
	if (fits)
		buf_add(out, buf_str(&coded), coded.len);
	out->failed = out->failed || coded.failed;
	buf_free(&coded);
	return fits;
}
