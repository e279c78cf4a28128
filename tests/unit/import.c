/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Foreign forms of who was answered: rows of file and what is read, or why
 * it is refused.  Real files are in tests/9210-import.t.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "import.h"
#include "tests/tap.h"

#define NOW 1800000000

struct row {
	const char *name, *text;
	size_t len;		/* 0: strlen */
	const char *want;	/* rows, or the end of why */
};

static bool
write_row(void *ctx, const struct vacation_db_row *row)
{
	import_write_row(ctx, row);
	return true;
}

#define HEAD "backsoon-export 1\n"
#define PRINT "VERSION=3\nformat=print\ntype=hash\nHEADER=END\n"
#define BYTES "VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END\n"
#define GDBM "# GDBM dump file created by x\n#:version=1.1\n# End of header\n"
#define ROW(s) "answered\t" s "\t2027-01-15T08:00:00Z\t2027-01-15T08:00:00Z\t1\t604800\th\n"

static const struct row rows[] = {
	{ "nothing", "", 0, "-: it is empty" },
	{ "export: nobody", HEAD "end\t0\n", 0, "" },
	{ "export: a row", HEAD ROW("a@x") "end\t1\n", 0, ROW("a@x") },
	{ "export: comments, capitals, CRLF", HEAD "# hello\r\n\nexclude\tA@X\r\nend\t1\r\n", 0, "exclude\ta@x\n" },
	{ "export: escapes", HEAD "exclude\ta\\x5cb@x\nend\t1\n", 0, "exclude\ta\\x5cb@x\n" },
	{ "export: control bytes stay escaped", HEAD "exclude\ta\\x1bb@x\nend\t1\n", 0, "exclude\ta\\x1bb@x\n" },
	{ "export: From, owner, once, seconds", HEAD "from\ta@x\t@0\t@5\t3\tonce\t-\tme\nend\t1\n", 0, "from\ta@x\t@0\t1970-01-01T00:00:05Z\t3\tonce\t-\tme\n" },
	{ "export: a newer one", "backsoon-export 2\nend\t0\n", 0, "-:1: it was written by a newer version of backsoon" },
	{ "export: no version", "backsoon-export x\nend\t0\n", 0, "-:1: no version stands behind \"backsoon-export\"" },
	{ "export: cut off", HEAD ROW("a@x"), 0, "-:2: the file is not whole: its last line, \"end\", is missing" },
	{ "export: a line is missing", HEAD ROW("a@x") "end\t2\n", 0, "the file is not whole" },
	{ "export: too few fields", HEAD "answered\ta@x\t@1\nend\t1\n", 0, "-:2: \"answered\" has 6 or 7 fields behind it, not 2" },
	{ "export: no time", HEAD "answered\ta@x\tyesterday\t@1\t1\t1\th\nend\t1\n", 0, "or @ and the seconds since 1970" },
	{ "export: no count", HEAD "answered\ta@x\t@1\t@1\t-1\t1\th\nend\t1\n", 0, "\"-1\" is no number of answers" },
	{ "export: no period", HEAD "answered\ta@x\t@1\t@1\t1\t7d\th\nend\t1\n", 0, "\"7d\" is no period: seconds, or once" },
	{ "export: an unknown word", HEAD "hello\nend\t0\n", 0, "-:2: no line begins like this one" },
	{ "export: behind the end", HEAD "end\t0\nexclude\ta@x\n", 0, "-:3: there is something behind the end" },
	{ "export: NUL", HEAD "exclude\ta\0b@x\nend\t1\n", sizeof(HEAD "exclude\ta\0b@x\nend\t1\n") - 1, "-:2: there is a NUL in the line" },
	{ "vacation -l: Debian's", "bob@sender.example                                Fri Jan 15 08:00:00 2027\n"
	    "@excluded.example                                 (never deleted)\n", 0, ROW("bob@sender.example") "exclude\t@excluded.example\n" },
	{ "vacation -l: Debian's, a long address", "Anna.Long@some-very-long-domain-name-that-goes-on.and.on.example.orgFri Jan 15 08:00:00 2027\n", 0,
	    ROW("anna.long@some-very-long-domain-name-that-goes-on.and.on.example.org") },
	{ "vacation -l: sendmail.org's", "bob@sender.example                       Fri Jan 15 08:00:00 2027\n"
	    "carol@x.example                          (exclusion)\n", 0, ROW("bob@sender.example") "exclude\tcarol@x.example\n" },
	{ "vacation -l: sendmail.org's, cut off", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@xxxx Fri Jan 15 08:00:00 2027\n", 0, "1 skipped" },
	{ "vacation -l: a time in the future", "bob@x                                             Fri Jan 15 08:00:00 2028\n", 0, "1 skipped" },
	{ "vacation -l: no address", "bob@@x                                            Fri Jan 15 08:00:00 2027\n", 0, "1 skipped" },
	{ "vacation -l: no time", "bob@x                                             Fri Jan 15 08:00:00 2027\ncarol@x\n", 0,
	    "-:2: behind the address stands no time as `vacation -l' prints it" },
	{ "some text", "Dear Anna,\n\nI am away.\n", 0, "-:1: it is of no form that is known" },
	{ "db_dump: print, 8 bytes", PRINT " bob@x\n \\00\\d2Ik\\00\\00\\00\\00\n @y\n \\ff\\ff\\ff\\ff\\ff\\ff\\ff\\7f\nDATA=END\n", 0,
	    ROW("bob@x") "exclude\t@y\n" },
	{ "db_dump: bytevalue, big-endian", BYTES " 626f624078\n 000000006b49d200\nDATA=END\n", 0, ROW("bob@x") },
	{ "db_dump: 4 bytes, little-endian", BYTES " 626f624078\n 00d2496b\nDATA=END\n", 0, ROW("bob@x") },
	{ "db_dump: 4 bytes, big-endian", BYTES " 626f624078\n 6b49d200\n 61\n 6b49d201\nDATA=END\n", 0,
	    ROW("bob@x") "answered\ta\t2027-01-15T08:00:01Z\t2027-01-15T08:00:01Z\t1\t604800\th\n" },
	{ "db_dump: 0 is an exclusion", BYTES " 626f624078\n 00000000\nDATA=END\n", 0, "exclude\tbob@x\n" },
	{ "db_dump: the interval", PRINT " __VACATION__INTERVAL__TIMER__\\00\n \\80\\f4\\03\\00\\00\\00\\00\\00\n bob@x\n \\00\\d2Ik\\00\\00\\00\\00\nDATA=END\n", 0,
	    "interval 259200\nanswered\tbob@x\t2027-01-15T08:00:00Z\t2027-01-15T08:00:00Z\t1\t259200\th\n" },
	{ "db_dump: a key with NUL", PRINT " bob@x\\00\n \\00\\d2Ik\\00\\00\\00\\00\nDATA=END\n", 0, ROW("bob@x") },
	{ "db_dump: seconds as text", PRINT " bob@x\n 1800000000\\00\nDATA=END\n", 0, ROW("bob@x") },
	{ "db_dump: no time", PRINT " bob@x\n hello\nDATA=END\n", 0, "1 skipped" },
	{ "db_dump: cut off", PRINT " bob@x\n \\00\\d2Ik\\00\\00\\00\\00\n", 0, "-:6: the dump is not whole: its last line is missing" },
	{ "db_dump: a key without a value", PRINT " bob@x\nDATA=END\n", 0, "its last line is missing" },
	{ "db_dump: a broken line", PRINT " bob@x\n \\zz\nDATA=END\n", 0, "-:6: this is no line of a dump" },
	{ "db_dump: header cut off", "VERSION=3\nformat=print\n", 0, "its header does not end" },
	{ "db_dump: another version", "VERSION=9\nformat=print\nHEADER=END\nDATA=END\n", 0, "-:1: a dump of this version is not known: VERSION=3 is" },
	{ "gdbm_dump", GDBM "#:len=5\nYm9iQHg=\n#:len=8\nANJJawAAAAA=\n#:count=1\n# End of data\n", 0, ROW("bob@x") },
	{ "gdbm_dump: cut off", GDBM "#:len=5\nYm9iQHg=\n#:len=8\nANJJawAAAAA=\n", 0, "its last lines are missing" },
	{ "gdbm_dump: a pair is missing", GDBM "#:len=5\nYm9iQHg=\n#:len=8\nANJJawAAAAA=\n#:count=2\n", 0, "it says 2 entries, and has 1" },
	{ "gdbm_dump: a short value", GDBM "#:len=5\nYm9iQHg=\n#:len=9\nANJJawAAAAA=\n#:count=1\n", 0, "before this line stand 8 bytes, and 9 should" },
	{ "gdbm_dump: another version", "# GDBM dump file\n#:version=2.0\n", 0, "-:2: a dump of this version is not known: 1 is" },
	{ "Berkeley DB 1.85", "\x61\x15\x06\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00", 16,
	    "give what db_dump or db_dump185 (Debian: db5.3-util) prints of it, or `vacation -l'" },
	{ "Berkeley DB: a tree", "\0\0\0\0\1\0\0\0\0\0\0\0\x62\x31\x05\x00", 16, "(Debian: db5.3-util) prints of it, or `vacation -l'" },
	{ "Berkeley DB: cut off", "\0\0\0\0\1\0\0\0\0\0\0\0\x61\x15\x06\x00", 16, "-: the database is not whole" },
	{ "gdbm: cut off", "\xcf\x9a\x57\x13\0\0\0\0", 8, "" },
	{ "garbage", "\x01\x02\xff\xfe\x03\x04\n", 7, "it is of no form that is known" },
	{ "garbage with NUL", "\x01\x02\0\xff", 4, "it is of no form that is known" },
};

static bool
ends(const char *s, const char *end)
{
	size_t n = strlen(s), e = strlen(end);

	return n >= e && (strcmp(s + n - e, end) == 0 || strstr(s, end) != NULL);
}

static int
file_of(const char *text, size_t len)
{
	int fd = memfd_create("t", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		exit(1);
	return fd;
}

static void
test_row(const struct row *r)
{
	struct import im = { .now = NOW, .handle = "h", .zone = "UTC" };
	struct buf got = BUF_INIT;

	im.fd = file_of(r->text, r->len != 0 ? r->len : strlen(r->text));
	if (!import_scan(&im)) {
		if (!ok(im.why.len > 0 && ends(buf_str(&im.why), r->want), "%s", r->name))
			printf("#   why: %s\n#  want: %s\n", buf_str(&im.why), r->want);
	} else {
		if (im.interval >= 0)
			buf_addf(&got, "interval %lld\n", (long long)im.interval);
		if (im.skipped != 0)
			buf_addf(&got, "%llu skipped", (unsigned long long)im.skipped);
		is_int(import_give(&im, write_row, &got), 1, r->name);
		is_str(buf_str(&got), r->want, r->name);
	}
	close(im.fd);
	import_free(&im);
	buf_free(&got);
}

/* Every beginning of a whole file is refused, or has its rows; none may read beyond it. */
static void
test_halves(void)
{
	static const char *const whole[] = {
		HEAD ROW("a@x") ROW("b@x") "end\t2\n",
		PRINT " bob@x\n \\00\\d2Ik\\00\\00\\00\\00\nDATA=END\n",
		GDBM "#:len=5\nYm9iQHg=\n#:len=8\nANJJawAAAAA=\n#:count=1\n# End of data\n",
	};
	/* the last line without its line break, and gdbm_dump's last comment, do not matter */
	static const size_t enough[] = { 1, 1, sizeof "\n# End of data\n" - 1 };
	size_t i, len;
	int bad;

	for (i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		bad = 0;
		for (len = 0; len < strlen(whole[i]) - enough[i]; len++) {
			struct import im = { .now = NOW, .handle = "h", .fd = file_of(whole[i], len) };

			if (import_scan(&im)) {
				printf("# %zu of %zu bytes were read\n", len, strlen(whole[i]));
				bad++;
			}
			close(im.fd);
			import_free(&im);
		}
		is_int(bad, 0, "half a file is refused");
	}
}

static void
test_keys(void)
{
	static const struct {
		const char *text, *delimiter, *want;
	} keys[] = {
		{ "Bob@Example.ORG", NULL, "bob@example.org" }, { "<bob@x.>", NULL, "bob@x" }, { "bob+list@x", "+", "bob@x" },
		{ "bob+list@x", NULL, "bob+list@x" }, { "@Example.org", NULL, "@example.org" }, { "@.Example.org", NULL, "@.example.org" },
		{ "prvs=1234567890=bob@x", NULL, "bob@x" }, { "@", NULL, NULL }, { "@.", NULL, NULL }, { "a b@x", NULL, NULL }, { "", NULL, NULL },
		{ "@b\303\274cher.example", NULL, "@xn--bcher-kva.example" },
	};
	struct buf key = BUF_INIT;
	bool good;
	size_t i;

	for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		good = import_key(&key, keys[i].text, strlen(keys[i].text), keys[i].delimiter);
		is_str(good ? buf_str(&key) : NULL, keys[i].want, keys[i].text);
	}
	buf_free(&key);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		test_row(&rows[i]);
	test_halves();
	test_keys();
	return done_testing();
}
