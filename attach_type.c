/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attach_type - what kind of file goes along
 *
 * shared-mime-info's cache knows a thousand kinds, and what the site has
 * added.  Without it, and for a few that everybody sends, a table; then the contents:
 * clean UTF-8 is text, all else bytes.  A message has rules of its own:
 * multipart types and those of a message must not be encoded, programs are
 * shown as what they are, a file to keep, and text/plain with NUL in it is no text.
 *
 * The caches are read, not mapped: 150 KB once a reply, and a cache that shrinks under our hands is no SIGBUS.
 *
 * Failures: none; a cache that cannot be read is not there.
 */
#include "attach_parts.h"

#include <string.h>

#include "text.h"

#define CACHE_MAX ((size_t)8 * 1024 * 1024)
#define EXTENSION_MAX 11
#define TABLE_TYPE_MAX 76
#define ANYTHING "application/octet-stream"
#define PLAIN "text/plain"
#define MESSAGE "message/rfc822"
#define LINE_LIMIT 998		/* RFC 5322 2.1.1 */

/* The site's own first.  Fixed widths: see rules.h. */
static const char caches[ATTACH_CACHES][40] = { "/usr/local/share/mime/mime.cache", "/usr/share/mime/mime.cache" };

static const struct {
	char extension[EXTENSION_MAX], type[TABLE_TYPE_MAX];
} table[] = {
	{ "7z", "application/x-7z-compressed" }, { "asc", "text/plain" }, { "avif", "image/avif" }, { "bmp", "image/bmp" },
	{ "bz2", "application/x-bzip2" }, { "css", "text/css" }, { "csv", "text/csv" }, { "doc", "application/msword" },
	{ "docm", "application/vnd.ms-word.document.macroEnabled.12" },
	{ "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" }, { "eml", MESSAGE },
	{ "epub", "application/epub+zip" }, { "flac", "audio/flac" }, { "gif", "image/gif" }, { "gpx", "application/gpx+xml" },
	{ "gz", "application/gzip" }, { "heic", "image/heif" }, { "htm", "text/html" }, { "html", "text/html" },
	{ "ico", "image/vnd.microsoft.icon" }, { "ics", "text/calendar" }, { "jpeg", "image/jpeg" }, { "jpg", "image/jpeg" },
	{ "json", "application/json" }, { "m4a", "audio/mp4" }, { "md", "text/markdown" }, { "mkv", "video/x-matroska" },
	{ "mov", "video/quicktime" }, { "mp3", "audio/mpeg" }, { "mp4", "video/mp4" },
	{ "odp", "application/vnd.oasis.opendocument.presentation" }, { "ods", "application/vnd.oasis.opendocument.spreadsheet" },
	{ "odt", "application/vnd.oasis.opendocument.text" }, { "ogg", "audio/ogg" }, { "p7c", "application/pkcs7-mime" },
	{ "p7m", "application/pkcs7-mime" }, { "p7s", "application/pkcs7-signature" }, { "pdf", "application/pdf" },
	{ "pgp", "application/pgp-encrypted" }, { "png", "image/png" }, { "ppt", "application/vnd.ms-powerpoint" },
	{ "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation" }, { "ps", "application/postscript" },
	{ "rtf", "application/rtf" }, { "sig", "application/pgp-signature" }, { "svg", "image/svg+xml" },
	{ "tar", "application/x-tar" }, { "tif", "image/tiff" }, { "tiff", "image/tiff" }, { "tsv", "text/tab-separated-values" },
	{ "txt", PLAIN }, { "vcf", "text/vcard" }, { "wav", "audio/x-wav" }, { "webm", "video/webm" }, { "webp", "image/webp" },
	{ "xls", "application/vnd.ms-excel" }, { "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ "xml", "application/xml" }, { "xz", "application/x-xz" }, { "zip", "application/zip" }, { "zst", "application/zstd" },
};

/* What Gmail, Outlook and most filters of mail servers do not let through. */
static const struct {
	char extension[EXTENSION_MAX];
	bool program;
} refused[] = {
	{ "ade", true }, { "adp", true }, { "apk", true }, { "app", true }, { "appx", true }, { "appxbundle", true }, { "bas", true },
	{ "bat", true }, { "cab", true }, { "chm", true }, { "cmd", true }, { "com", true }, { "cpl", true }, { "dll", true },
	{ "dmg", true }, { "docm", false }, { "dotm", false }, { "exe", true }, { "hta", true }, { "img", true }, { "inf", true },
	{ "ins", true }, { "iso", true }, { "isp", true }, { "jar", true }, { "jnlp", true }, { "js", true }, { "jse", true },
	{ "lnk", true }, { "mde", true }, { "msc", true }, { "msi", true }, { "msix", true }, { "msp", true }, { "mst", true },
	{ "pif", true }, { "potm", false }, { "ppam", false }, { "ppsm", false }, { "pptm", false }, { "ps1", true }, { "reg", true },
	{ "scr", true }, { "sct", true }, { "shb", true }, { "sys", true }, { "url", true }, { "vb", true }, { "vbe", true },
	{ "vbs", true }, { "vhd", true }, { "vxd", true }, { "wsc", true }, { "wsf", true }, { "wsh", true }, { "xlam", false },
	{ "xll", true }, { "xlsm", false }, { "xltm", false },
};

/* Programs that their names do not show. */
static const char programs[][56] = {
	"application/vnd.microsoft.portable-executable", "application/x-executable", "application/x-ms-dos-executable",
	"application/x-msdownload", "application/x-pie-executable", "application/x-sharedlib",
};

static const char *
extension_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL ? dot + 1 : "";
}

/* The row of the name's extension, or its number. */
static size_t
find_refused(const char *name)
{
	const char *extension = extension_of(name);
	size_t i;

	for (i = 0; i < sizeof refused / sizeof refused[0] && !text_equal(refused[i].extension, extension); i++)
		continue;
	return i;
}

bool
attach_is_refused(const char *name)
{
	return find_refused(name) < sizeof refused / sizeof refused[0];
}

static const char *
table_type(const char *name)
{
	const char *extension = extension_of(name);
	size_t i;

	for (i = 0; i < sizeof table / sizeof table[0]; i++)
		if (text_equal(table[i].extension, extension))
			return table[i].type;
	return NULL;
}

/* To read the caches takes longer than all else about a file: not for what is nothing else wherever it is asked. */
static bool
is_known(const char *name)
{
	static const char known[][6] = { "doc", "docx", "gif", "ics", "jpeg", "jpg", "mp3", "mp4", "odp", "ods", "odt", "pdf", "png", "ppt", "pptx",
		"vcf", "webp", "xls", "xlsx" };
	const char *extension = extension_of(name);
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (text_equal(known[i], extension))
			return true;
	return false;
}

static void
read_caches(struct attachments *a, const struct home *h)
{
	struct buf why = BUF_INIT;
	size_t i;

	for (i = 0; i < ATTACH_CACHES && !a->have_caches; i++)
		if (!home_read_file(h, caches[i], CACHE_MAX, &a->cache[i], &why))
			buf_reset(&a->cache[i]);
	a->have_caches = true;
	buf_free(&why);
}

/* token "/" token, in lower case. */
static bool
is_type(const char *type)
{
	static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&-^_.+";
	size_t first = strspn(type, token), second;

	if (first == 0 || type[first] != '/')
		return false;
	second = strspn(type + first + 1, token);
	return second > 0 && type[first + 1 + second] == '\0' && first + 1 + second < ATTACH_TYPE_MAX;
}

static bool
is_program(const char *type, const char *name)
{
	size_t row = find_refused(name), i;

	for (i = 0; i < sizeof programs / sizeof programs[0]; i++)
		if (strcmp(type, programs[i]) == 0)
			return true;
	return row < sizeof refused / sizeof refused[0] && refused[row].program;
}

/* Whether it can stand as message/rfc822 in a 7-bit message (RFC 2046 5.2.1 forbids to encode it). */
static bool
is_message(const char *bytes, size_t len)
{
	const char *end = bytes + len, *eol, *p, *colon;
	bool carriage = memchr(bytes, '\r', len) != NULL;

	colon = len > 0 ? memchr(bytes, ':', len) : NULL;
	for (p = bytes; colon != NULL && p < colon; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	if (colon == NULL || colon == bytes || end[-1] != '\n')
		return false;
	/* Line ends of one kind: LF for CRLF says the same in a message. */
	for (p = bytes; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol - p > LINE_LIMIT || carriage != (eol > p && eol[-1] == '\r'))
			return false;
		for (; p < eol - carriage; p++)
			if ((unsigned char)*p >= 0x7f || *p == '\0' || *p == '\r')
				return false;
	}
	return true;
}

/* Whether a message can carry it under its own type. */
static bool
is_fit(const char *type, const char *name, const char *bytes, size_t len)
{
	static const char never[][12] = { "multipart/", "inode/", "x-content/" };
	bool utf16 = len >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0);
	size_t i;

	if (!is_type(type) || is_program(type, name))
		return false;
	for (i = 0; i < sizeof never / sizeof never[0]; i++)
		if (text_begins(type, never[i]))
			return false;
	if (text_begins(type, "message/"))
		return text_equal(type, MESSAGE) && is_message(bytes, len);
	return !text_begins(type, "text/") || utf16 || len == 0 || memchr(bytes, '\0', len) == NULL;
}

/* Contents that no rule knows. */
static const char *
plain_or_not(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (((unsigned char)bytes[i] < ' ' && strchr("\t\n\f\r", bytes[i]) == NULL) || bytes[i] == '\0' || bytes[i] == 0x7f)
			return ANYTHING;
	return text_utf8_valid(bytes, len) ? PLAIN : ANYTHING;
}

void
attach_type(struct attachments *a, const struct home *h, const char *name, const char *bytes, size_t len, char type[ATTACH_TYPE_MAX])
{
	const char *best = is_known(name) ? table_type(name) : NULL;
	size_t i;

	if (best == NULL)
		read_caches(a, h);
	for (i = 0; i < ATTACH_CACHES && best == NULL; i++)
		best = attach_cache_type(&a->cache[i], name, bytes, len);
	if (best == NULL)
		best = table_type(name);
	if (best == NULL)
		best = plain_or_not(bytes, len);
	if (!is_fit(best, name, bytes, len))
		best = ANYTHING;
	for (i = 0; best[i] != '\0'; i++)
		type[i] = (char)text_lower((unsigned char)best[i]);
	type[i] = '\0';
}
