/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contacts.h: who stands in the owner's contacts file, in the forms that address books write. */
#include "contacts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])

static struct home home;

static void
write_contacts(const char *text, mode_t mode)
{
	int fd = openat(home.fd, "contacts", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchmod(fd, mode) == -1)
		ok(false, "a contacts file");
	close(fd);
}

static bool
knows(const char *sender, const char *from, const char *delimiter)
{
	struct address a, b = { NULL, NULL, NULL };
	struct buf why = BUF_INIT;
	bool known;

	address_parse(sender, strlen(sender), &a);
	if (from != NULL)
		address_parse(from, strlen(from), &b);
	if (!contacts_know(&home, "contacts", &a, &b, delimiter, &known, &why))
		is_str(buf_str(&why), "", "the contacts can be read");
	address_free(&a);
	address_free(&b);
	buf_free(&why);
	return known;
}

static void
test_forms(void)
{
	static const struct {
		const char *name, *text, *sender, *from;
		bool known;
	} rows[] = {
		{ "empty file", "", "a@b.example", NULL, false },
		{ "an address", "a@b.example\n", "a@b.example", NULL, true },
		{ "without regard to case", "A@B.Example\n", "a@b.EXAMPLE", NULL, true },
		{ "no line end", "x@y\na@b.example", "a@b.example", NULL, true },
		{ "CRLF", "x@y\r\na@b.example\r\n", "a@b.example", NULL, true },
		{ "with a name", "Alice Liddell <a@b.example>\n", "a@b.example", NULL, true },
		{ "several on a line", "x@y, Alice <a@b.example>, z@y\n", "a@b.example", NULL, true },
		{ "a comment", "# a@b.example\n", "a@b.example", NULL, false },
		{ "a line that is no address", "nobody at all\n\na@b.example\n", "a@b.example", NULL, true },
		{ "mutt's alias", "alias al Alice Liddell <a@b.example>\n", "a@b.example", NULL, true },
		{ "mutt's alias of several", "alias them x@y, a@b.example\n", "a@b.example", NULL, true },
		{ "mutt's alias named like an address", "alias a@b.example x@y\n", "a@b.example", NULL, false },
		{ "vCard", "BEGIN:VCARD\nFN:Alice\nEMAIL:a@b.example\nEND:VCARD\n", "a@b.example", NULL, true },
		{ "vCard with a type", "EMAIL;TYPE=work,pref:a@b.example\n", "a@b.example", NULL, true },
		{ "vCard with a group", "item1.EMAIL;type=INTERNET:a@b.example\n", "a@b.example", NULL, true },
		{ "vCard in small letters", "email;type=home:a@b.example\r\n", "a@b.example", NULL, true },
		{ "mutt's alias in a group", "alias -group friends -group x al Alice <a@b.example>\n", "a@b.example", NULL, true },
		{ "mutt's group is no address", "alias -group a@b.example al x@y\n", "a@b.example", NULL, false },
		{ "mutt's alias, tabs and a note", "alias\tal\ta@b.example # met at c@d\n", "a@b.example", NULL, true },
		{ "mutt's note is no address", "alias al x@y # not a@b.example\n", "a@b.example", NULL, false },
		{ "mutt's alias over two lines", "alias them x@y, \\\n  a@b.example\n", "a@b.example", NULL, true },
		{ "an alias in CRLF", "alias them x@y, a@b.example\r\n", "a@b.example", NULL, true },
		{ "a word that begins like alias", "alias-list@b.example\n", "alias-list@b.example", NULL, true },
		{ "vCard 3, folded", "BEGIN:VCARD\r\nVERSION:3.0\r\nEMAIL;TYPE=INTERNET:a@b.exa\r\n mple\r\nEND:VCARD\r\n", "a@b.example", NULL, true },
		{ "vCard 3, folded within the name", "BEGIN:VCARD\nEMA\n IL:a@b.example\nEND:VCARD\n", "a@b.example", NULL, true },
		{ "vCard 3, folded by a tab", "BEGIN:VCARD\nEMAIL:a@\n\tb.example\nEND:VCARD\n", "a@b.example", NULL, true },
		{ "vCard 4 in quotes", "BEGIN:VCARD\nVERSION:4.0\nEMAIL;TYPE=\"home:x,y\";PREF=1:a@b.example\nEND:VCARD\n", "a@b.example", NULL, true },
		{ "vCard 4, a URI", "EMAIL;VALUE=uri:mailto:a@b.example?subject=x\n", "a@b.example", NULL, true },
		{ "vCard 4 in UTF-8", "EMAIL:j\xc3\xbcrgen@b.example\n", "j\xc3\xbcrgen@b.example", NULL, true },
		{ "vCard 2.1 in quoted-printable", "BEGIN:VCARD\nVERSION:2.1\nEMAIL;INTERNET;ENCODING=QUOTED-PRINTABLE:a=40b.example\nEND:VCARD\n",
		    "a@b.example", NULL, true },
		{ "vCard 2.1 in quoted-printable, folded", "EMAIL;INTERNET;QUOTED-PRINTABLE:a=40b.ex=\r\nample\r\n", "a@b.example", NULL, true },
		{ "vCard 2.1, a UTF-8 address", "EMAIL;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:j=C3=BCrgen@b.example\n", "j\xc3\xbcrgen@b.example",
		    NULL, true },
		{ "vCard with an escape", "EMAIL:Liddell\\, Alice <a@b.example>\n", "a@b.example", NULL, true },
		{ "vCard, two of them", "BEGIN:VCARD\nEMAIL:x@y\nEND:VCARD\nBEGIN:VCARD\nitem2.EMAIL:a@b.example\nEND:VCARD\n", "a@b.example",
		    NULL, true },
		{ "vCard, a UID is no address", "BEGIN:VCARD\nUID:a@b.example\nEMAIL:x@y\nEND:VCARD\n", "a@b.example", NULL, false },
		{ "vCard, a note is no address", "BEGIN:VCARD\nNOTE:beware of\n  a@b.example\nEND:VCARD\n", "a@b.example", NULL, false },
		{ "vCard, and a line behind it", "BEGIN:VCARD\nEMAIL:x@y\nEND:VCARD\na@b.example\n", "a@b.example", NULL, true },
		{ "an address that begins like a property", "email@b.example\nemail.x@b.example\n", "email@b.example", NULL, true },
		{ "one with a dot that does", "x@y\nanna.email@b.example\n", "anna.email@b.example", NULL, true },
		{ "another property that begins so", "BEGIN:VCARD\nEMAILER:a@b.example\nEND:VCARD\n", "a@b.example", NULL, false },
		{ "a byte order mark", "\xef\xbb\xbf" "a@b.example\n", "a@b.example", NULL, true },
		{ "UTF-8", "J\xc3\xbcrgen <j\xc3\xbcrgen@b\xc3\xbc" "cher.example>\n", "j\xc3\xbcrgen@xn--bcher-kva.example", NULL, true },
		{ "From is known", "a@b.example\n", "x17@c.example", "a@b.example", true },
		{ "neither is known", "a@b.example\n", "x17@c.example", "y@d.example", false },
		{ "an IDN", "a@b\xc3\xbc" "cher.example\n", "a@xn--bcher-kva.example", NULL, true },
		{ "a detail of somebody known", "a@b.example\n", "a+x@b.example", NULL, true },
		{ "known with a detail only", "a+x@b.example\n", "a@b.example", NULL, false },
		{ "part of a local part", "aa@b.example\n", "a@b.example", NULL, false },
		{ "part of a domain", "a@b.example.org\n", "a@b.example", NULL, false },
		{ "a local part without a domain", "a\n", "a@b.example", NULL, false },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		write_contacts(rows[i].text, 0600);
		is_int(knows(rows[i].sender, rows[i].from, "+"), rows[i].known, rows[i].name);
	}
	write_contacts("a@b.example\n", 0600);
	is_int(knows("a+x@b.example", NULL, NULL), false, "a detail where the site has none");
}

static void
test_unreadable(void)
{
	struct address a, none = { NULL, NULL, NULL };
	struct buf why = BUF_INIT;
	bool known = true;

	address_parse("a@b.example", 11, &a);
	unlinkat(home.fd, "contacts", 0);
	ok(!contacts_know(&home, "contacts", &a, &none, "+", &known, &why) && !known, "no file: nobody is known");
	ok(why.len > 0, "no file: it says why");
	buf_reset(&why);
	known = true;
	write_contacts("a@b.example\n", 0602);
	ok(!contacts_know(&home, "contacts", &a, &none, "+", &known, &why) && !known, "a file that everybody may write");
	ok(strstr(buf_str(&why), "contacts") != NULL, "a file that everybody may write: it says which");
	address_free(&a);
	buf_free(&why);
}

int
main(void)
{
	char path[] = "/tmp/backsoon-test.XXXXXX";
	struct buf why = BUF_INIT;

	if (mkdtemp(path) == NULL || home_open(&home, path, false, &why) != OUTCOME_ANSWERED) {
		ok(false, "a home directory: %s", buf_str(&why));
		return done_testing();
	}
	test_forms();
	test_unreadable();
	unlinkat(home.fd, "contacts", 0);
	home_close(&home);
	rmdir(path);
	buf_free(&why);
	return done_testing();
}
