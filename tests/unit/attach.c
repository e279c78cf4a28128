/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attach: what may be read, names, sizes, cids, types with and without a cache, the part in the message. */
#include "attach_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tap.h"

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
#define CACHE "/usr/share/mime/mime.cache"
#define ROOM 1000

static char dir[] = "/tmp/backsoon-attach-XXXXXX";
static struct home home;

static void
write_file(const char *name, const char *bytes, size_t len, mode_t mode)
{
	int fd = openat(home.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd == -1 || write(fd, bytes, len) != (ssize_t)len || fchmod(fd, mode) == -1)
		ok(false, "%s: %s", name, strerror(errno));
	if (fd != -1)
		close(fd);
}

static bool
open_one(struct attachments *a, const char *file, uint64_t max, struct buf *why)
{
	const struct setting_list files = { &file, 1 };

	return attach_open(a, &home, &files, max, why);
}

static const struct {
	const char *name, *file;
	uint64_t max;
	int error;
	const char *want;	/* the name, or why not */
} opening[] = {
	{ "a file", "~/a.txt", ROOM, 0, "a.txt" },
	{ "of a directory", "sub/b.txt", ROOM, 0, "b.txt" },
	{ "just small enough", "a.txt", 6, 0, "a.txt" },
	{ "empty", "empty", 0, 0, "empty" },
	{ "a name in Latin-1", "caf\xe9.txt", ROOM, 0, "caf\xc3\xa9.txt" },
	{ "controls and turned text in the name", "a\n\x1b\xe2\x80\xae" "b.txt", ROOM, 0, "a b.txt" },
	{ "a name of nothing but controls", "\x01\x02", ROOM, 0, "attachment" },
	{ "not there", "~/none", ROOM, ENOENT, "~/none: there is no such file" },
	{ "too large", "a.txt", 5, EFBIG,
	    "a.txt: with it the attached files have 6 B, and max-attachments allows 5 B: take a file out, or raise it" },
	{ "a directory", "sub", ROOM, EPERM, "sub is not a regular file" },
	{ "a pipe", "pipe", ROOM, EPERM, "pipe is not a regular file" },
	{ "open to all", "open", ROOM, EPERM, "open may be written by everybody: chmod o-w" },
	{ "a file as a directory", "a.txt/x", ROOM, ENOTDIR, "a.txt/x: Not a directory" },
};

static void
test_opening(void)
{
	for (size_t i = 0; i < sizeof opening / sizeof opening[0]; i++) {
		struct attachments a = ATTACHMENTS_INIT;
		struct buf why = BUF_INIT;
		bool good = open_one(&a, opening[i].file, opening[i].max, &why);

		is_int(good ? 0 : errno, opening[i].error, opening[i].name);
		is_str(good ? a.item[0].name : buf_str(&why), opening[i].want, opening[i].name);
		attach_free(&a);
		buf_free(&why);
	}
}

static void
test_together(void)
{
	static const char *names[] = { "a.txt", "sub/b.txt", "a.txt" };
	const struct setting_list files = { names, 3 };
	struct attachments a = ATTACHMENTS_INIT;
	struct buf why = BUF_INIT;
	uint64_t size = 0;

	ok(attach_open(&a, &home, &files, 16, &why), "three files, one of them twice");
	is_int((long long)a.total, 16, "the sizes together");
	is_int((long long)a.n, 3, "all of them");
	attach_free(&a);
	ok(!attach_open(&a, &home, &files, 15, &why) && errno == EFBIG, "one byte too much");
	attach_free(&a);
	ok(attach_measure(&home, "sub/b.txt", &size, &why) && size == 4, "measured");
	buf_reset(&why);
	ok(!attach_measure(&home, "none", &size, &why) && errno == ENOENT, "nothing to measure");
	buf_free(&why);
}

static void
test_many(void)
{
	const char *names[ATTACH_FILES_MAX + 1];
	struct setting_list files = { names, ATTACH_FILES_MAX };
	struct attachments a = ATTACHMENTS_INIT;
	struct buf why = BUF_INIT;

	for (size_t i = 0; i <= ATTACH_FILES_MAX; i++)
		names[i] = "empty";
	ok(attach_open(&a, &home, &files, ROOM, &why), "as many as may be");
	attach_free(&a);
	files.n++;
	ok(!attach_open(&a, &home, &files, ROOM, &why) && errno == EFBIG, "one too many");
	is_str(buf_str(&why), "empty: more than 100 files for one reply: put some of them into an archive", "and what to do");
	attach_free(&a);
	buf_free(&why);
}

static const struct {
	unsigned long long bytes;
	const char *want;
} sizes[] = {
	{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1 KB" }, { 1025, "2 KB" }, { 1048575, "1024 KB" }, { 1048576, "1 MB" },
	{ 10485760, "10 MB" }, { 10485761, "10.1 MB" }, { 12582911, "12.0 MB" }, { 4294967296, "4096 MB" },
};

static void
test_sizes(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		buf_reset(&out);
		attach_put_size(&out, sizes[i].bytes);
		is_str(buf_str(&out), sizes[i].want, "a size");
	}
	buf_free(&out);
}

/* What of `logo.png', `my pic.png' and `attached.gif' goes in, and which names are nobody's. */
static const struct {
	const char *name, *html, *pictures, *missing;
} inlining[] = {
	{ "a picture beside the HTML file", "<img src=\"cid:logo.png\">", "logo.png", "" },
	{ "single quotes", "<img src='cid:logo.png'>", "logo.png", "" },
	{ "no quotes", "<img src=cid:logo.png>", "logo.png", "" },
	{ "no quotes, at the end", "<img src=cid:logo.png", "logo.png", "" },
	{ "no end", "<img src=\"cid:logo.png", "logo.png", "" },
	{ "capitals", "<IMG SRC=\"CID:logo.png\">", "logo.png", "" },
	{ "twice", "<img src=\"cid:logo.png\"><img src=\"cid:logo.png\">", "logo.png", "" },
	{ "a style", "<td style=\"background: url(cid:logo.png)\">", "logo.png", "" },
	{ "a style with quotes", "<td style=\"background: url('cid:logo.png')\">", "logo.png", "" },
	{ "a style with escaped quotes", "<td style=\"background: url(&quot;cid:logo.png&quot;)\">", "logo.png", "" },
	{ "an escaped blank", "<img src=\"cid:my%20pic.png\">", "my pic.png", "" },
	{ "a blank", "<img src=\"cid:my pic.png\">", "my pic.png", "" },
	{ "all escaped", "<img src=\"cid:%6c%6F%67%6f%2e%70%6e%67\">", "logo.png", "" },
	{ "an ampersand", "<img src=\"cid:a&amp;b.png\">", "a&b.png", "" },
	{ "an attached file", "<img src=\"cid:attached.gif\">", "attached.gif", "" },
	{ "two", "<img src=\"cid:attached.gif\"><img src=\"cid:logo.png\">", "attached.gif logo.png", "" },
	{ "prose", "Write cid:logo.png; or acid:logo.png", "", "" },
	{ "nothing behind it", "<img src=\"cid:\"><img src=cid:><img src=\"cid", "", "" },
	{ "at the beginning", "cid:logo.png", "", "" },
	{ "a short text", ":", "", "" },
	{ "nobody", "<img src=\"cid:nobody.png\">", "", "nobody.png\n" },
	{ "nobody, twice, and another", "<img src=\"cid:nobody.png\"><img src='cid:nobody.png'><img src='cid:body.png'>", "",
	    "nobody.png\nbody.png\n" },
	{ "out of the directory", "<img src=\"cid:../a.txt\"><img src=\"cid:..%2fa.txt\"><img src=\"cid:sub/b.txt\">", "",
	    "../a.txt\n..%2fa.txt\nsub/b.txt\n" },
	{ "a hidden file", "<img src=\"cid:.hidden\"><img src=\"cid:%2ehidden\">", "", ".hidden\n%2ehidden\n" },
	{ "NUL and line break", "<img src=\"cid:logo.png%00.gif\"><img src=\"cid:logo.png%0a\">", "", "logo.png%00.gif\nlogo.png%0a\n" },
	{ "half an escape", "<img src=\"cid:logo.png%\"><img src=\"cid:logo.png%4\">", "", "logo.png%\nlogo.png%4\n" },
	{ "a home directory", "<img src=\"cid:~\">", "", "~\n" },
};

static void
test_inlining(void)
{
	for (size_t i = 0; i < sizeof inlining / sizeof inlining[0]; i++) {
		struct attachments a = ATTACHMENTS_INIT;
		struct buf why = BUF_INIT, pictures = BUF_INIT;
		const char *html = inlining[i].html;
		bool good = open_one(&a, "attached.gif", ROOM, &why) &&
		    attach_inline(&a, &home, html, strlen(html), "~/page/page.html", ROOM, &why);

		for (size_t k = 0; k < a.n; k++) {
			if (a.item[k].inlined)
				buf_addf(&pictures, "%s%s", pictures.len > 0 ? " " : "", a.item[k].name);
			good = good && a.item[k].inlined == (a.item[k].id != NULL);
		}
		ok(good, "%s", inlining[i].name);
		is_str(buf_str(&pictures), inlining[i].pictures, inlining[i].name);
		is_str(buf_str(&a.missing), inlining[i].missing, inlining[i].name);
		attach_free(&a);
		buf_free(&pictures);
		buf_free(&why);
	}
}

static void
test_inline_limits(void)
{
	struct attachments a = ATTACHMENTS_INIT;
	struct buf html = BUF_INIT, why = BUF_INIT;
	static const char page[] = "<img src=\"cid:logo.png\">";

	ok(!attach_inline(&a, &home, page, strlen(page), "page/page.html", 3, &why) && errno == EFBIG, "a picture that is too large");
	attach_free(&a);
	buf_reset(&why);
	ok(!attach_inline(&a, &home, "<img src='cid:open.png'>", 24, "page/page.html", ROOM, &why) && errno == EPERM, "one that others may write");
	is_str(buf_str(&why), "page/open.png may be written by everybody: chmod o-w", "and which");
	attach_free(&a);
	buf_reset(&why);
	for (int i = 0; i < 2 * ATTACH_CIDS_MAX; i++)
		buf_addf(&html, "<img src='cid:%d'>", i);
	buf_addf(&html, "<img src='cid:");
	for (int i = 0; i < 100000; i++)
		buf_adds(&html, "%41");
	ok(attach_inline(&a, &home, buf_str(&html), html.len, "page/page.html", ROOM, &why), "more cids than are looked at");
	ok(strstr(buf_str(&a.missing), "199\n") != NULL && strstr(buf_str(&a.missing), "200\n") == NULL, "ends at the limit");
	attach_free(&a);
	buf_free(&html);
	buf_free(&why);
}

static void
test_html(void)
{
	static const char page[] = "<p>cid:logo.png</p><img src=\"cid:logo.png\"><img src=cid:nobody><b style='url(CID:%6Cogo.png)'>\r\n";
	struct attachments a = ATTACHMENTS_INIT, b = ATTACHMENTS_INIT;
	struct buf why = BUF_INIT, out = BUF_INIT, want = BUF_INIT;

	attach_inline(&a, &home, page, strlen(page), "page/page.html", ROOM, &why);
	attach_inline(&b, &home, page, strlen(page), "page/page.html", ROOM, &why);
	if (ok(a.n == 1 && b.n == 1, "one picture")) {
		is_str(a.item[0].id, "logo.png@c4c35744.81a36c76", "an id: name and hash");
		is_str(a.item[0].id, b.item[0].id, "the same each time");
		buf_addf(&want, "<p>cid:logo.png</p><img src=\"cid:%s\"><img src=cid:nobody><b style='url(CID:%s)'>\r\n", a.item[0].id, a.item[0].id);
		attach_put_html(&out, &a, page, strlen(page));
		is_str(buf_str(&out), buf_str(&want), "ids in place of names, all else as it was");
	}
	attach_free(&a);
	attach_free(&b);
	buf_free(&out);
	buf_free(&want);
	buf_free(&why);
}

/* Those that do not depend on what is installed. */
static const struct {
	const char *name, *bytes;
	size_t len;
	const char *want;
} types[] = {
	{ "a.pdf", "%PDF-1.4", 8, "application/pdf" },
	{ "A.PDF", "", 0, "application/pdf" },
	{ "a.png", PNG, sizeof PNG - 1, "image/png" },
	{ "a.jpg", "", 0, "image/jpeg" },
	{ "a.jpeg", "", 0, "image/jpeg" },
	{ "a.gif", "GIF89a", 6, "image/gif" },
	{ "a.svg", "<svg/>", 6, "image/svg+xml" },
	{ "a.webp", "", 0, "image/webp" },
	{ "a.txt", "hello", 5, "text/plain" },
	{ "a.html", "<html>", 6, "text/html" },
	{ "a.ics", "BEGIN:VCALENDAR", 15, "text/calendar" },
	{ "a.vcf", "BEGIN:VCARD", 11, "text/vcard" },
	{ "a.csv", "a,b", 3, "text/csv" },
	{ "a.zip", "PK\3\4", 4, "application/zip" },
	{ "a.docx", "PK\3\4", 4, "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ "a.xlsx", "PK\3\4", 4, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ "a.pptx", "PK\3\4", 4, "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
	{ "a.odt", "PK\3\4", 4, "application/vnd.oasis.opendocument.text" },
	{ "a.ods", "PK\3\4", 4, "application/vnd.oasis.opendocument.spreadsheet" },
	{ "a.odp", "PK\3\4", 4, "application/vnd.oasis.opendocument.presentation" },
	{ "a.doc", "\xd0\xcf\x11\xe0", 4, "application/msword" },
	{ "a.xls", "\xd0\xcf\x11\xe0", 4, "application/vnd.ms-excel" },
	{ "a.ppt", "\xd0\xcf\x11\xe0", 4, "application/vnd.ms-powerpoint" },
	{ "smime.p7s", "", 0, "application/pkcs7-signature" },
	{ "a.mp3", "", 0, "audio/mpeg" },
	{ "a.mp4", "", 0, "video/mp4" },
	{ "a.tar", "", 0, "application/x-tar" },
	{ "a.7z", "", 0, "application/x-7z-compressed" },
	{ "a.eml", "Subject: x\n\ny\n", 14, "message/rfc822" },
	{ "crlf.eml", "Subject: x\r\n\r\ny\r\n", 17, "message/rfc822" },
	{ "mixed.eml", "Subject: x\r\n\r\ny\n", 16, "application/octet-stream" },
	{ "8bit.eml", "Subject: x\n\n\xc3\xa4\n", 15, "application/octet-stream" },
	{ "mbox.eml", "From x\nSubject: x\n\ny\n", 21, "application/octet-stream" },
	{ "unended.eml", "Subject: x\n\ny", 13, "application/octet-stream" },
	{ "nul.eml", "Subject: x\n\n\0\n", 14, "application/octet-stream" },
	{ "empty.eml", "", 0, "application/octet-stream" },
	{ "nul.txt", "a\0b", 3, "application/octet-stream" },
	{ "utf-16.txt", "\xff\xfe" "a\0", 4, "text/plain" },
	{ "a.exe", "MZ", 2, "application/octet-stream" },
	{ "a.js", "x", 1, "application/octet-stream" },
	{ "a.bat", "x", 1, "application/octet-stream" },
	{ "unknown", "just words\n", 11, "text/plain" },
	{ "unknown", "caf\xe9", 4, "application/octet-stream" },
	{ "unknown", "a\0b", 3, "application/octet-stream" },
	{ "what.is-this", "\x01\x02", 2, "application/octet-stream" },
};

static void
test_types(bool cache)
{
	struct attachments a = ATTACHMENTS_INIT;
	char type[ATTACH_TYPE_MAX], name[60];

	a.have_caches = !cache;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		attach_type(&a, &home, types[i].name, types[i].bytes, types[i].len, type);
		snprintf(name, sizeof name, "%s%s", types[i].name, cache ? "" : ", without a cache");
		is_str(type, types[i].want, name);
	}
	attach_free(&a);
}

static const struct {
	const char *name;
	bool refused;
} refusals[] = {
	{ "a.exe", true }, { "A.EXE", true }, { "a.js", true }, { "a.bat", true }, { "a.docm", true }, { "a.pdf.exe", true },
	{ "a.exe.pdf", false }, { "exe", false }, { "a.docx", false }, { "a.", false }, { "", false }, { "a.json", false },
};

static void
test_refusals(void)
{
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
		is_int(attach_is_refused(refusals[i].name), refusals[i].refused, refusals[i].name);
}

static void
put32(unsigned char *p, unsigned long v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
}

/*
 * A cache of our own: a literal, two types for .x of which the contents
 * decide, the suffix .long.x, a case that matters, a pattern, weights.
 */
static const struct {
	unsigned at;
	unsigned long number;
} numbers[] = {
	{ 0, 0x10002 }, { 8, 100 }, { 12, 200 }, { 16, 300 }, { 20, 600 }, { 24, 700 },
	{ 100, 1 }, { 104, 1020 }, { 108, 120 }, { 120, 1 }, { 124, 1010 },	/* t/b is a kind of t/a */
	{ 200, 1 }, { 204, 1100 }, { 208, 1030 }, { 212, 50 },			/* README: t/c */
	{ 300, 2 }, { 304, 310 },
	{ 310, 'C' }, { 314, 1 }, { 318, 334 }, { 322, 'x' }, { 326, 1 }, { 330, 370 },
	{ 334, '.' }, { 338, 1 }, { 342, 346 }, { 346, 0 }, { 350, 1040 }, { 354, 0x132 },	/* .C: t/d, case matters */
	{ 370, '.' }, { 374, 3 }, { 378, 382 },
	{ 382, 0 }, { 386, 1020 }, { 390, 50 }, { 394, 0 }, { 398, 1050 }, { 402, 50 },	/* .x: t/b, t/e */
	{ 406, 0xe9 }, { 410, 1 }, { 414, 418 }, { 418, 0 }, { 422, 1040 }, { 426, 50 },	/* é.x: t/d */
	{ 600, 2 }, { 604, 1110 }, { 608, 1030 }, { 612, 10 }, { 616, 1120 }, { 620, 1050 }, { 624, 60 },	/* a*: light; h*.x: heavy */
	{ 700, 1 }, { 704, 8 }, { 708, 720 }, { 720, 50 }, { 724, 1010 }, { 728, 1 }, { 732, 740 },	/* MAGI or MAgi, then x: t/a */
	{ 740, 0 }, { 744, 2 }, { 748, 1 }, { 752, 4 }, { 756, 1130 }, { 760, 1140 }, { 764, 1 }, { 768, 780 },
	{ 780, 4 }, { 784, 1 }, { 788, 1 }, { 792, 1 }, { 796, 1150 }, { 800, 0 }, { 804, 0 }, { 808, 0 },
};
static const struct {
	unsigned at;
	const char *text;
} strings[] = {
	{ 1010, "t/a" }, { 1020, "t/b" }, { 1030, "t/c" }, { 1040, "t/d" }, { 1050, "t/e" }, { 1100, "README" }, { 1110, "a*" },
	{ 1120, "h*.x" }, { 1130, "MAGI" }, { 1140, "\xff\xff\xdf\xdf" }, { 1150, "x" },
};
#define OWN_SIZE 1160

static void
make_cache(struct buf *cache)
{
	unsigned char bytes[OWN_SIZE] = { 0 };

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		put32(bytes + numbers[i].at, numbers[i].number);
	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
		memcpy(bytes + strings[i].at, strings[i].text, strlen(strings[i].text));
	buf_add(cache, bytes, sizeof bytes);
}

static const struct {
	const char *what, *name, *bytes, *want;
} lookups[] = {
	{ "a literal", "README", "", "t/c" },
	{ "a literal in other letters", "readme", "", NULL },
	{ "a suffix where case matters", "f.C", "", "t/d" },
	{ "in the other case", "f.c", "", NULL },
	{ "two types, contents say nothing", "f.x", "", "t/b" },
	{ "two types, contents say what one is a kind of", "f.x", "MAGIx", "t/b" },
	{ "a longer suffix, not ASCII", "f\xc3\xa9.x", "", "t/d" },
	{ "capitals", "F.X", "", "t/b" },
	{ "a light pattern", "abc", "", "t/c" },
	{ "a light pattern and a suffix", "abc.x", "", "t/b" },
	{ "a heavy pattern and a suffix", "hbc.x", "", "t/e" },
	{ "contents", "f", "MAGIx", "t/a" },
	{ "contents, by the mask", "f", "MAgix", "t/a" },
	{ "contents, the first rule alone", "f", "MAGIy", NULL },
	{ "contents, too short", "f", "MAGI", NULL },
	{ "contents, at no place of the range", "f", "  MAGIx", NULL },
	{ "nothing", "f", "", NULL },
	{ "no name", "", "", NULL },
	{ "a suffix alone", ".x", "", "t/b" },
	{ "invalid UTF-8", "\xa9.x", "", "t/b" },
};

static void
test_lookups(void)
{
	struct buf cache = BUF_INIT;

	make_cache(&cache);
	for (size_t i = 0; i < sizeof lookups / sizeof lookups[0]; i++)
		is_str(attach_cache_type(&cache, lookups[i].name, lookups[i].bytes, strlen(lookups[i].bytes)), lookups[i].want, lookups[i].what);
	buf_free(&cache);
}

/* Every end, and every number of it replaced by what leads out, around or to itself. */
static void
test_damage(void)
{
	static const unsigned long wrong[] = { 0, 1, 300, 740, OWN_SIZE - 1, OWN_SIZE, 0x7fffffff, 0xfffffffc, 0xffffffff };
	struct buf cache = BUF_INIT, copy = BUF_INIT;
	unsigned odd = 0;

	make_cache(&cache);
	for (size_t n = 0; n <= cache.len; n++) {
		buf_free(&copy);	/* so that a sanitizer sees its end */
		buf_add(&copy, cache.data, n);
		attach_cache_type(&copy, "f\xc3\xa9.x", "MAGIx", 5);
		attach_cache_type(&copy, "f", "MAGIx", 5);
	}
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
			const char *type;

			buf_free(&copy);
			buf_add(&copy, cache.data, cache.len);
			put32((unsigned char *)copy.data + numbers[i].at, wrong[k]);
			type = attach_cache_type(&copy, "hf\xc3\xa9.x", "MAGIx", 5);
			odd += type != NULL && (type < copy.data || type >= copy.data + copy.len);
			attach_cache_type(&copy, "f", "MAGIx", 5);
		}
	}
	is_int(odd, 0, "a damaged cache leads nowhere");
	buf_free(&cache);
	buf_free(&copy);
}

/* The system's, where it is: what its rules say of contents alone. */
static const struct {
	const char *bytes;
	size_t len;
	const char *want;
} contents[] = {
	{ PNG, sizeof PNG - 1, "image/png" }, { "%PDF-1.7\n", 9, "application/pdf" }, { "GIF89a\1\0", 8, "image/gif" },
	{ "\xff\xd8\xff\xe0", 4, "image/jpeg" }, { "PK\3\4\24\0", 6, "application/zip" }, { "\x1f\x8b\x08\0", 4, "application/gzip" },
	{ "BZh91AY&SY", 10, "application/x-bzip" }, { "BEGIN:VCALENDAR\r\n", 17, "text/calendar" },
	{ "OggS", 4, "application/ogg" }, { "fLaC", 4, "audio/flac" }, { "\xfd" "7zXZ\0", 6, "application/x-xz" },
};

static void
test_system_cache(void)
{
	struct attachments a = ATTACHMENTS_INIT;
	char type[ATTACH_TYPE_MAX];

	for (size_t i = 0; i < sizeof contents / sizeof contents[0] && access(CACHE, R_OK) == 0; i++) {
		attach_type(&a, &home, "unknown", contents[i].bytes, contents[i].len, type);
		is_str(type, contents[i].want, "by its contents");
	}
	attach_free(&a);
}

#define HEAD(type, name, encoding, how, filename) "Content-Type: " type ";\n name=" name "\nContent-Transfer-Encoding: " encoding \
    "\nContent-Disposition: " how ";\n filename=" filename "\n"
#define TEXT_HEAD(charset, encoding) HEAD("text/plain; charset=" charset, "a.txt", encoding, "attachment", "a.txt") "\n"

static const struct {
	const char *what, *type, *bytes;
	size_t len;
	const char *id, *want;
} parts[] = {
	{ "text", "text/plain", "one\ntwo\n", 8, NULL, TEXT_HEAD("us-ascii", "7bit") "one\ntwo\n\n" },
	{ "text without a last line end", "text/plain", "one", 3, NULL, TEXT_HEAD("us-ascii", "7bit") "one\n" },
	{ "nothing", "text/plain", "", 0, NULL, TEXT_HEAD("us-ascii", "7bit") "" },
	{ "UTF-8", "text/plain", "one of them: caf\xc3\xa9\n", 19, NULL, TEXT_HEAD("utf-8", "quoted-printable") "one of them: caf=C3=A9\n\n" },
	{ "a blank at the end", "text/plain", "-- \n.x\nFrom y", 13, NULL, TEXT_HEAD("us-ascii", "quoted-printable") "--=20\n=2Ex\n=46rom y\n" },
	{ "carriage returns", "text/plain", "a\r\n", 3, NULL, TEXT_HEAD("us-ascii", "base64") "YQ0K\n" },
	{ "Latin-1", "text/plain", "caf\xe9", 4, NULL,
	    HEAD("text/plain", "a.txt", "base64", "attachment", "a.txt") "\nY2Fm6Q==\n" },
	{ "UTF-16", "text/plain", "\xff\xfe" "a\0", 4, NULL, TEXT_HEAD("utf-16", "base64") "//5hAA==\n" },
	{ "bytes", "application/pdf", "%PDF", 4, NULL, HEAD("application/pdf", "a.txt", "base64", "attachment", "a.txt") "\nJVBERg==\n" },
	{ "a picture", "image/png", "\0\xff", 2, "a@b",
	    HEAD("image/png", "a.txt", "base64", "inline", "a.txt") "Content-ID: <a@b>\n\nAP8=\n" },
	{ "a message", "message/rfc822", "S: x\r\n\r\ny \r\n", 12, NULL,
	    HEAD("message/rfc822", "a.txt", "7bit", "attachment", "a.txt") "\nS: x\n\ny \n\n" },
};

static void
test_parts(void)
{
	static char name[] = "a.txt";

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct attachment a = { .name = name, .len = parts[i].len, .inlined = parts[i].id != NULL };
		struct buf out = BUF_INIT, bytes = BUF_INIT, id = BUF_INIT;

		buf_add(&bytes, parts[i].bytes, parts[i].len);
		buf_adds(&id, parts[i].id != NULL ? parts[i].id : "");
		strncpy(a.type, parts[i].type, sizeof a.type - 1);
		a.bytes = bytes.data;
		a.id = parts[i].id != NULL ? id.data : NULL;
		attach_put(&out, &a);
		is_str(buf_str(&out), parts[i].want, parts[i].what);
		buf_free(&out);
		buf_free(&bytes);
		buf_free(&id);
	}
}

static void
make_files(void)
{
	mkdirat(home.fd, "sub", 0700);
	mkdirat(home.fd, "page", 0700);
	write_file("a.txt", "hello\n", 6, 0600);
	write_file("sub/b.txt", "text", 4, 0600);
	write_file("empty", "", 0, 0600);
	write_file("caf\xe9.txt", "x", 1, 0600);
	write_file("a\n\x1b\xe2\x80\xae" "b.txt", "x", 1, 0600);
	write_file("\x01\x02", "x", 1, 0600);
	write_file("open", "x", 1, 0602);
	write_file("attached.gif", "GIF89a", 6, 0600);
	write_file("page/logo.png", PNG, sizeof PNG - 1, 0600);
	write_file("page/my pic.png", PNG, sizeof PNG - 1, 0600);
	write_file("page/a&b.png", PNG, sizeof PNG - 1, 0600);
	write_file("page/open.png", PNG, sizeof PNG - 1, 0602);
	write_file("page/.hidden", "x", 1, 0600);
	mkfifoat(home.fd, "pipe", 0600);
}

static void
remove_files(void)
{
	static const char names[][24] = {
		"a.txt", "sub/b.txt", "empty", "caf\xe9.txt", "a\n\x1b\xe2\x80\xae" "b.txt", "\x01\x02", "open", "attached.gif",
		"page/logo.png", "page/my pic.png", "page/a&b.png", "page/open.png", "page/.hidden", "pipe",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unlinkat(home.fd, names[i], 0);
	unlinkat(home.fd, "sub", AT_REMOVEDIR);
	unlinkat(home.fd, "page", AT_REMOVEDIR);
	rmdir(dir);
}

int
main(void)
{
	struct buf why = BUF_INIT;

	if (mkdtemp(dir) == NULL || home_open(&home, dir, false, &why) != OUTCOME_ANSWERED)
		return 1;
	make_files();
	test_opening();
	test_together();
	test_many();
	test_sizes();
	test_inlining();
	test_inline_limits();
	test_html();
	test_types(true);
	test_types(false);
	test_refusals();
	test_lookups();
	test_damage();
	test_system_cache();
	test_parts();
	remove_files();
	home_close(&home);
	buf_free(&why);
	return done_testing();
}
