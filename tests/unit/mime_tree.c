/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mime_tree: structure, fields and names, text, copies; hostile messages; all bytes through the encoders. */
#include "mime_tree.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "text.h"

static struct mime *m;

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

/* depth:type(body), bodies of leaves only. */
static const struct {
	const char *name, *message, *want;
} structures[] = {
	{ "nothing", "", "0:text/plain()" },
	{ "plain", "Subject: x\n\nHello\n", "0:text/plain(Hello|)" },
	{ "no empty line", "Subject: x\n", "0:text/plain()" },
	{ "mbox", "From a@b Mon Jan  1\nContent-Type: TEXT/Html\n\nx", "0:text/html(x)" },
	{ "quoted mbox line and CRLF", ">From a\r\nContent-Type: text/html\r\n\r\nx\r\n", "0:text/html(x~|)" },
	{ "byte order mark", "\xef\xbb\xbf" "Content-Type: text/html\n\nx", "0:text/html(x)" },
	{ "junk in the header", "what\nContent-Type: text/html\n\nx", "0:text/html(x)" },
	{ "a comment in the type", "Content-Type: (a) text (b) / html (c)\n\nx", "0:text/html(x)" },
	{ "an impossible type", "Content-Type: text\n\nx", "0:text/plain(x)" },
	{ "mixed", MIXED "pre\n--b\n\none\n--b\nContent-Type: a/b\n\ntwo\n\n--b--\nepilogue\n",
	    "0:multipart/mixed 1:text/plain(one) 1:a/b(two|)" },
	{ "mixed, CRLF", "Content-Type: multipart/mixed;\r\n\tboundary=\"b\"\r\n\r\n--b\r\n\r\none\r\n--b--\r\n",
	    "0:multipart/mixed 1:text/plain(one)" },
	{ "mixed line ends", "Content-Type: multipart/mixed; boundary=b\r\n\n--b\n\r\none\r\n--b--\n", "0:multipart/mixed 1:text/plain(one)" },
	{ "no delimiter at all", MIXED "text\n", "0:multipart/mixed(text|)" },
	{ "closing delimiter missing", MIXED "--b\n\none\n", "0:multipart/mixed 1:text/plain(one|)" },
	{ "blanks behind delimiters", MIXED "--b \t\n\none\n--b-- \n", "0:multipart/mixed 1:text/plain(one)" },
	{ "no delimiters", MIXED "--b\n\none\n--bx\n--b-\n-b\n --b\n--b--x\n--b--\n",
	    "0:multipart/mixed 1:text/plain(one|--bx|--b-|-b| --b|--b--x)" },
	{ "empty parts", MIXED "--b\n--b\n\n--b\n\n\n--b--", "0:multipart/mixed 1:text/plain() 1:text/plain() 1:text/plain()" },
	{ "part without an empty line", MIXED "--b\nHello\nyou\n--b--", "0:multipart/mixed 1:text/plain(Hello|you)" },
	{ "part that is all header", MIXED "--b\nContent-Type: a/b\n--b--", "0:multipart/mixed 1:a/b()" },
	{ "after the end", MIXED "--b\n\n1\n--b--\n--b\n\n2\n", "0:multipart/mixed 1:text/plain(1)" },
	{ "boundary missing", "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n", "0:text/plain(--b||one|--b--|)" },
	{ "boundary empty", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\none\n----\n", "0:text/plain(--||one|----|)" },
	{ "boundary with blanks", "Content-Type: multipart/mixed; boundary=\"a b \"\n\n--a b\n\none\n--a b--\n",
	    "0:multipart/mixed 1:text/plain(one)" },
	{ "boundary of 80", "Content-Type: multipart/mixed; boundary=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\n"
	    "--xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\none\n", "0:multipart/mixed 1:text/plain(one|)" },
	{ "boundary unquoted", "Content-Type: multipart/mixed; boundary=a=b/c; x=y\n\n--a=b/c\n\none\n", "0:multipart/mixed 1:text/plain(one|)" },
	{ "boundary in pieces", "Content-Type: multipart/mixed; boundary*1=b; boundary*0=a\n\n--ab\n\none\n", "0:multipart/mixed 1:text/plain(one|)" },
	{ "nested, inner closing missing", MIXED "--b\nContent-Type: multipart/alternative; boundary=bc\n\n--bc\n\n1\n--bc\n\n2\n--b\n\n3\n--b--\n",
	    "0:multipart/mixed 1:multipart/alternative 2:text/plain(1) 2:text/plain(2) 1:text/plain(3)" },
	{ "nested, inner boundary is a prefix", "Content-Type: multipart/mixed; boundary=bc\n\n"
	    "--bc\nContent-Type: multipart/x; boundary=b\n\n--b\n\n1\n--b--\nepi\n--bc\n\n2\n--bc--\n",
	    "0:multipart/mixed 1:multipart/x 2:text/plain(1) 1:text/plain(2)" },
	{ "nested, the same boundary", MIXED "--b\n" MIXED "--b\n\n1\n--b--\n--b\n\n2\n--b--\n",
	    "0:multipart/mixed 1:multipart/mixed 2:text/plain(1) 1:text/plain(2)" },
	{ "nested, outer closing ends all", MIXED "--b\nContent-Type: multipart/x; boundary=c\n\n--c\n\n1\n--b--\nrest\n--c\n\n2\n",
	    "0:multipart/mixed 1:multipart/x 2:text/plain(1)" },
	{ "digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b\nContent-Type: text/html\n\n\n--b--\n",
	    "0:multipart/digest 1:message/rfc822(Subject: x||y) 1:text/html()" },
	{ "a message stays closed", MIXED "--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/x; boundary=c\n\n--c\n\n1\n--b--\n",
	    "0:multipart/mixed 1:message/rfc822(Content-Type: multipart/x; boundary=c||--c||1)" },
};

static void
dump(struct buf *out, const struct mime_tree *tree)
{
	for (size_t i = 0; i < tree->n; i++) {
		const struct mime_part *part = &tree->part[i];

		buf_addf(out, "%s%u:%s", i > 0 ? " " : "", part->depth, part->type);
		if (part->next > i + 1)
			continue;
		if (strncmp(part->type, "multipart/", 10) == 0 && part->body_len == 0)
			continue;
		buf_addc(out, '(');
		for (size_t k = 0; k < part->body_len; k++)
			buf_addc(out, part->body[k] == '\n' ? '|' : part->body[k] == '\r' ? '~' : part->body[k]);
		buf_addc(out, ')');
	}
}

/* What holds for every tree. */
static bool
sane(const struct mime_tree *tree, const char *s, size_t len)
{
	bool good = tree->n > 0 && tree->n <= MIME_PARTS_MAX && tree->part[0].next == tree->n;

	for (size_t i = 0; good && i < tree->n; i++) {
		const struct mime_part *p = &tree->part[i], *up = &tree->part[p->parent];

		good = p->next > i && p->next <= tree->n && p->depth <= MIME_DEPTH_MAX && p->head >= s && p->body >= p->head + p->head_len &&
		    p->body + p->body_len <= s + len && strlen(p->type) > 2;
		if (i > 0)
			good = good && p->parent < i && up->depth + 1 == p->depth && p->next <= up->next && p->head >= up->body &&
			    p->body + p->body_len <= up->body + up->body_len;
	}
	return good;
}

static void
test_structures(void)
{
	struct buf out = BUF_INIT;
	struct mime_tree tree;

	for (size_t i = 0; i < sizeof structures / sizeof structures[0]; i++) {
		size_t len = strlen(structures[i].message);
		char *exact = malloc(len + 1);	/* the sanitizers see what is read behind its end */

		memcpy(exact, structures[i].message, len);
		exact = realloc(exact, len > 0 ? len : 1);
		buf_reset(&out);
		mime_tree_read(&tree, exact, len);
		dump(&out, &tree);
		is_str(buf_str(&out), structures[i].want, structures[i].name);
		ok(sane(&tree, exact, len) && !tree.cut, "%s: sane", structures[i].name);
		mime_tree_free(&tree);
		free(exact);
	}
	buf_free(&out);
}

static void
check_hostile(const char *name, const struct buf *message, size_t parts, bool cut)
{
	struct mime_tree tree;
	struct buf out = BUF_INIT;

	ok(mime_tree_read(&tree, buf_str(message), message->len) && sane(&tree, buf_str(message), message->len), "%s", name);
	is_int((long long)tree.n, (long long)parts, name);
	is_int(tree.cut, cut, name);
	mime_tree_text(&tree, "text/plain");
	mime_tree_expect(&tree, m);
	ok(mime_part_copy(&out, &tree, &tree.part[0], false), "%s: copied", name);
	mime_tree_free(&tree);
	buf_free(&out);
}

static void
test_hostile(void)
{
	struct buf s = BUF_INIT;

	buf_adds(&s, MIXED);
	for (int i = 0; i < 10000; i++)
		buf_adds(&s, "--b\n\nx\xff\n");
	check_hostile("10,000 parts", &s, MIME_PARTS_MAX, true);
	buf_reset(&s);
	buf_adds(&s, "Content-Type: multipart/mixed; boundary=b0\n\n");
	for (int i = 0; i < 1000; i++)
		buf_addf(&s, "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i + 1);
	buf_adds(&s, "\n\xff\n");
	check_hostile("nesting of 1,000", &s, MIME_DEPTH_MAX + 1, true);
	buf_reset(&s);
	buf_adds(&s, MIXED);
	while (s.len < 2 * 1024 * 1024)
		buf_adds(&s, "--b--\n--bb\n");
	check_hostile("2 MB of delimiters", &s, 1, false);
	buf_reset(&s);
	for (int i = 0; i < 300; i++)
		buf_adds(&s, "Content-Type: message/rfc822\n\n");
	buf_adds(&s, "\n\xff\n");
	check_hostile("messages in messages", &s, 1, false);
	buf_reset(&s);
	buf_adds(&s, "Content-Type: text/plain; charset=x");
	while (s.len < 1024 * 1024)
		buf_adds(&s, "; charset*0*=(((((\r\r\r");
	check_hostile("a field of 1 MB", &s, 1, false);
	buf_free(&s);
}

#define UTF8_NAME "\xe2\x82\xac \xc3\xbc.txt"

static const struct {
	const char *name, *head, *want;
} names[] = {
	{ "token", "Content-Disposition: attachment; filename=a.pdf", "a.pdf" },
	{ "quoted", "Content-Disposition: attachment; filename=\"a (1); \\\"b\\\".pdf\"", "a (1); \"b\".pdf" },
	{ "of the type", "Content-Type: a/b;\n name=\"x y.pdf\"", "x y.pdf" },
	{ "both", "Content-Type: a/b; name=no\nContent-Disposition: inline; filename=yes", "yes" },
	{ "none", "Content-Disposition: attachment", NULL },
	{ "empty", "Content-Disposition: attachment; filename=\"\"", NULL },
	{ "2231", "Content-Disposition: attachment; filename*=UTF-8''%e2%82%ac%20%C3%BC.txt", UTF8_NAME },
	{ "2231 before plain", "Content-Disposition: attachment; filename=\"x.txt\"; filename*=UTF-8'en'%e2%82%ac%20%C3%BC.txt", UTF8_NAME },
	{ "2231 in pieces, out of order", "Content-Disposition: attachment; filename*2=.txt;\n filename*0*=utf-8''%e2%82;\n filename*1*=%ac%20%C3%BC", UTF8_NAME },
	{ "2231 with a gap", "Content-Disposition: attachment; filename*0=a; filename*2=c", "a" },
	{ "2231 that never begins", "Content-Disposition: attachment; filename*1=a; filename=b", "b" },
	{ "2231 without charset", "Content-Disposition: attachment; filename*=a%20b", "a b" },
	{ "2231 in KOI8-R", "Content-Disposition: attachment; filename*=koi8-r''%F0.txt", "\xd0\x9f.txt" },
	{ "2231 in an unknown charset", "Content-Disposition: attachment; filename*=x-none''%F0; filename=plain", "plain" },
	{ "2231 in an unknown charset alone", "Content-Disposition: attachment; filename*=x-none''%F0", "\xc3\xb0" },
	{ "2231 what crashed libmailutils", "Content-Type: a/b; name*=UTF-8", "UTF-8" },
	{ "2231 what crashed it too", "Content-Type: a/b; name*0*=zz''a", "a" },
	{ "2231 cut in an escape", "Content-Type: a/b; name*=utf-8''a%", "a%" },
	{ "encoded word", "Content-Type: a/b; name=\"=?utf-8?Q?=E2=82=AC_=C3=BC=2Etxt?=\"", UTF8_NAME },
	{ "encoded words folded", "Content-Type: a/b; name=\"=?utf-8?B?4oKs?=\n =?utf-8?Q?_=C3=BC.txt?=\"", UTF8_NAME },
	{ "encoded word without quotes", "Content-Type: a/b; name==?koi8-r?B?8A==?=.txt", "\xd0\x9f.txt" },
	{ "raw UTF-8", "Content-Type: a/b; name=\"\xe2\x82\xac \xc3\xbc.txt\"", UTF8_NAME },
	{ "raw Latin-1", "Content-Type: a/b; name=\"\xfc.txt\"", "\xc3\xbc.txt" },
	{ "blanks without quotes", "Content-Type: a/b; name=my own file.doc ; x=y", "my own file.doc" },
	{ "Unix path", "Content-Type: a/b; name=\"../../etc/passwd\"", "passwd" },
	{ "Windows path", "Content-Type: a/b; name=\"C:\\My Files\\a.doc\"", "a.doc" },
	{ "path in an escape", "Content-Type: a/b; name*=utf-8''..%2F..%2fx", "x" },
	{ "a directory", "Content-Type: a/b; name=\"a/..\"", NULL },
	{ "line break", "Content-Type: a/b; name*=utf-8''a%0D%0ABcc:%20x", "a Bcc: x" },
	{ "NUL and bidi control", "Content-Type: a/b; name*=utf-8''a%00b%E2%80%AEfdp.exe", "abfdp.exe" },
	{ "open quote", "Content-Type: a/b; name=\"a.txt", "a.txt" },
	{ "another name that begins so", "Content-Type: a/b; named=x; name-x=y", NULL },
};

static void
test_names(void)
{
	struct buf out = BUF_INIT, s = BUF_INIT;
	struct mime_tree tree;

	mime_expect_charset(m, "koi8-r");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		mime_tree_read(&tree, names[i].head, strlen(names[i].head));
		is_str(mime_part_name(tree.part, m, &out) ? buf_str(&out) : NULL, names[i].want, names[i].name);
		mime_tree_free(&tree);
	}
	buf_adds(&s, "Content-Type: a/b; name=\"");
	for (int i = 0; i < 500; i++)
		buf_adds(&s, "\xc3\xbc");
	mime_tree_read(&tree, buf_str(&s), s.len);
	ok(mime_part_name(tree.part, m, &out) && out.len <= MIME_NAME_MAX && out.len >= MIME_NAME_MAX - 3 && text_utf8_valid(out.data, out.len),
	    "a name of 1,000 bytes is cut between characters");
	mime_tree_free(&tree);
	buf_free(&out);
	buf_free(&s);
}

static const struct {
	const char *name, *head;
	bool want;
} attachments[] = {
	{ "text", "X: y", false },
	{ "disposition", "Content-Disposition: Attachment; filename=x", true },
	{ "inline", "Content-Disposition: inline", false },
	{ "unknown disposition", "Content-Disposition: form-data", true },
	{ "empty disposition", "Content-Disposition: ; filename=x", false },
	{ "application", "Content-Type: application/pdf", true },
	{ "application inline", "Content-Type: application/pdf\nContent-Disposition: inline", true },
	{ "picture", "Content-Type: image/png", true },
	{ "picture referred to", "Content-Type: image/png\nContent-ID: <a@b>", false },
	{ "picture inline", "Content-Type: image/png\nContent-Disposition: inline", false },
	{ "multipart", MIXED "--b\n\nx\n", false },
	{ "message", "Content-Type: message/rfc822", true },
};

static void
test_attachments(void)
{
	struct mime_tree tree;

	for (size_t i = 0; i < sizeof attachments / sizeof attachments[0]; i++) {
		mime_tree_read(&tree, attachments[i].head, strlen(attachments[i].head));
		is_int(mime_part_is_attachment(tree.part), attachments[i].want, attachments[i].name);
		mime_tree_free(&tree);
	}
}

#define ALTERNATIVE(b) "Content-Type: multipart/alternative; boundary=" b "\n\n"
#define P(text) "\n" text "\n"
#define H(text) "Content-Type: text/html\n\n" text "\n"
#define PNG "Content-Type: image/png\n\nxx\n"

static const struct {
	const char *name, *message, *plain, *html;
} shown[] = {
	{ "plain", "\nhello", "hello", NULL },
	{ "html", H("hello"), NULL, "hello\n" },
	{ "markdown", "Content-Type: text/markdown\n\n# x", "# x", NULL },
	{ "an image", PNG, NULL, NULL },
	{ "alternative", ALTERNATIVE("b") "--b\n" P("p") "--b\n" H("h") "--b--", "p", "h" },
	{ "alternative of two", ALTERNATIVE("b") "--b\n" P("p") "--b\n" P("q") "--b--", "q", NULL },
	{ "alternative, html with a footer", ALTERNATIVE("b") "--b\n" P("p") "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n" H("h")
	    "--c\n" P("foot") "--c--\n--b--", "p", "h" },
	{ "alternative, related", ALTERNATIVE("b") "--b\n" P("p") "--b\nContent-Type: multipart/related; boundary=c\n\n--c\n" H("h")
	    "--c\n" PNG "--c--\n--b--", "p", "h" },
	{ "related with start", "Content-Type: multipart/related; boundary=b; start=\"<r>\"\n\n--b\n" H("no") "--b\nContent-ID: <r>\n" H("yes") "--b--",
	    NULL, "yes" },
	{ "related, start is nowhere", "Content-Type: multipart/related; boundary=b; start=\"<r>\"\n\n--b\n" H("yes") "--b\n" H("no") "--b--",
	    NULL, "yes" },
	{ "mixed, a footer is no text", MIXED "--b\n" H("h") "--b\n" P("-- list") "--b--", NULL, "h" },
	{ "mixed, the picture first", MIXED "--b\n" PNG "--b\n" P("p") "--b--", "p", NULL },
	{ "mixed, an attached text first", MIXED "--b\nContent-Disposition: attachment\n" P("no") "--b\n" P("yes") "--b--", "yes", NULL },
	{ "mixed, an empty text first", MIXED "--b\n" P(" ") "--b\n" H("h") "--b--", NULL, "h" },
	{ "mixed, alternative", MIXED "--b\n" ALTERNATIVE("c") "--c\n" P("p") "--c\n" H("h") "--c--\n--b\n" P("foot") "--b--", "p", "h" },
	{ "signed", "Content-Type: multipart/signed; boundary=b\n\n--b\n" P("p") "--b\nContent-Type: application/pgp-signature\n\nx\n--b--", "p", NULL },
	{ "report", "Content-Type: multipart/report; boundary=b\n\n--b\n" PNG "--b\n" P("q") "--b--", NULL, NULL },
	{ "encrypted", "Content-Type: multipart/encrypted; boundary=b\n\n--b\n" P("Version: 1") "--b--", NULL, NULL },
	{ "an attached multipart", MIXED "--b\nContent-Disposition: attachment\n" ALTERNATIVE("c") "--c\n" P("p") "--c--\n--b--", NULL, NULL },
	{ "a message", "Content-Type: message/rfc822\n\nSubject: x\n\ny\n", NULL, NULL },
	{ "no parts", MIXED, NULL, NULL },
};

static void
test_shown(void)
{
	static const char *const types[] = { "text/plain", "text/html" };
	struct mime_tree tree;

	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
		mime_tree_read(&tree, shown[i].message, strlen(shown[i].message));
		for (size_t k = 0; k < 2; k++) {
			const struct mime_part *part = mime_tree_text(&tree, types[k]);
			char *body = part != NULL ? text_copy(part->body, part->body_len) : NULL;
			char name[100];

			snprintf(name, sizeof name, "%s of %s", types[k], shown[i].name);
			is_str(body, k == 0 ? shown[i].plain : shown[i].html, name);
			free(body);
		}
		mime_tree_free(&tree);
	}
}

static const struct {
	const char *name, *message;
	size_t max;
	const char *want;
} texts[] = {
	{ "plain", "\na\r\nb\rc\r\r\nd\n", 100, "a\nb\nc\nd\n" },
	{ "nothing", "\n", 100, "" },
	{ "cut", "\nabcdef", 3, "abc" },
	{ "cut at no bytes", "\nabcdef", 0, "" },
	{ "undeclared UTF-8", "\n\xc3\xa9", 100, "\xc3\xa9" },
	{ "undeclared Latin-1", "\n\xe9\x80", 100, "\xc3\xa9\xe2\x82\xac" },
	{ "ASCII that is none", "Content-Type: text/plain; charset=us-ascii\n\n\xe9", 100, "\xc3\xa9" },
	{ "unknown charset", "Content-Type: text/plain; charset=x-none\n\n\xe9", 100, "\xc3\xa9" },
	{ "UTF-8 that is wrong", "Content-Type: text/plain; charset=utf-8\n\na\xe9", 100, "a\xef\xbf\xbd" },
	{ "byte order mark", "\n\xef\xbb\xbf" "a", 100, "a" },
	{ "KOI8-R in quoted-printable", "Content-Type: text/plain; charset=KOI8-R\nContent-Transfer-Encoding: Quoted-Printable (x)\n\n=F0=\n=F0", 100,
	    "\xd0\x9f\xd0\x9f" },
	{ "UTF-16 in base64", "Content-Type: text/plain; charset=utf-16be\nContent-Transfer-Encoding: base64\n\nAGEADQAKAGI=", 100, "a\nb" },
	{ "UTF-16 cut", "Content-Type: text/plain; charset=utf-16be\nContent-Transfer-Encoding: base64\n\nAGEADQAKAGIAYwBkAGUAZgBn", 4, "a\nbc" },
	{ "NUL", "Content-Transfer-Encoding: base64\n\nYQBiAA==", 100, "ab" },
	{ "not cut in a character", "\n\xe2\x82\xac\xe2\x82\xac", 5, "\xe2\x82\xac" },
	{ "undeclared UTF-8, cut", "\n\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 3, "\xc3\xa9" },
	{ "unknown encoding", "Content-Transfer-Encoding: x-uuencode\n\nx", 100, NULL },
};

static void
test_texts(void)
{
	struct buf out = BUF_INIT;
	struct mime_tree tree;
	bool good;

	mime_expect_charset(m, "utf-16be");
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		buf_reset(&out);
		mime_tree_read(&tree, texts[i].message, strlen(texts[i].message));
		good = mime_part_text(tree.part, m, &out, texts[i].max);
		is_str(good ? buf_str(&out) : NULL, texts[i].want, texts[i].name);
		mime_tree_free(&tree);
	}
	buf_reset(&out);
	for (int i = 0; i < 3000; i++)
		buf_adds(&out, i == 0 ? "Content-Type: text/plain; charset=iso-2022-jp\n\n" : "\x1b$B\x1b(B\x1b$BF|\x1b(B");
	mime_tree_read(&tree, out.data, out.len);
	mime_tree_expect(&tree, m);
	{
		struct buf text = BUF_INIT;

		ok(mime_part_text(tree.part, m, &text, 100) && text.len == 99 && text_utf8_valid(text.data, text.len), "escapes are no text");
		buf_free(&text);
	}
	mime_tree_free(&tree);
	buf_free(&out);
}

static void
test_expect(void)
{
	static const char message[] = MIXED "--b\nContent-Type: text/plain; charset=koi8-u\n\nx\n"
	    "--b\nContent-Type: a/b; name*=\"windows-1250''x\"\nContent-Disposition: x; filename=\"=?big5?Q?a?=\"\n\n--b--";
	static const char *const wanted[] = { "koi8-u", "windows-1250", "big5" };
	struct mime *fresh = mime_new();
	struct mime_tree tree;
	struct buf out = BUF_INIT;

	mime_tree_read(&tree, message, strlen(message));
	mime_tree_expect(&tree, fresh);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		ok(mime_to_utf8(fresh, &out, wanted[i], "a", 1), "opens %s", wanted[i]);
	mime_tree_free(&tree);
	mime_free(fresh);
	buf_free(&out);
}

#define X100 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X1000 X100 X100 X100 X100 X100 X100 X100 X100 X100 X100

static const struct {
	const char *name, *message;
	bool eight_bit;
	const char *want;
} copies[] = {
	{ "as it is", "Subject: x\nContent-Type: text/plain;\r\n charset=utf-8\r\nX: y\n\r\na\r\nb", false, "Content-Type: text/plain;\n charset=utf-8\n\na\nb" },
	{ "nothing", "", false, "\n" },
	{ "multipart as it is", "To: x\n" MIXED "pre\n--b\n\n=\n--b--\nepi\n", false, MIXED "pre\n--b\n\n=\n--b--\nepi\n" },
	{ "8 bits on a path for them", "Content-Transfer-Encoding: 8bit\n\n\xc3\xa9\n", true, "Content-Transfer-Encoding: 8bit\n\n\xc3\xa9\n" },
	{ "8 bits without a label", "\n\xc3\xa9\n", true, "Content-Transfer-Encoding: 8bit\n\n\xc3\xa9\n" },
	{ "binary that is not", "Content-Transfer-Encoding: binary\n\nx\n", true, "Content-Transfer-Encoding: 7bit\n\nx\n" },
	{ "8 bits", "Content-Transfer-Encoding: 8bit\nContent-ID: <a>\n\nxxxx xxxx xxxx \xc3\xa9\n", false,
	    "Content-ID: <a>\nContent-Transfer-Encoding: quoted-printable\n\nxxxx xxxx xxxx =C3=A9\n" },
	{ "8 bits, no line end", "\nxxxx xxxx xxxx \xc3\xa9", false, "Content-Transfer-Encoding: quoted-printable\n\nxxxx xxxx xxxx =C3=A9" },
	{ "bytes", "Content-Type: a/b\n\n\xff\n\xff", false, "Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n/wr/\n" },
	{ "bare CR", "\nxxxxxxxxxxxx\rx\n", false, "Content-Transfer-Encoding: 7bit\n\nxxxxxxxxxxxx\nx\n" },
	{ "a field that would end itself", "Content-X: a\rBcc: b\n\nx", false, "Content-X: a Bcc: b\n\nx" },
	{ "a field that is too long", "Content-X: " X1000 "\nContent-Y: z\n\nx", false, "Content-Y: z\n\nx" },
	{ "parts", MIXED "pre\n--b\nX-A: y\n\nxxxx xxxx xxxx \xc3\xa9\n--b\nContent-Type: a/b\n\nok\n\n--b--\n", false,
	    "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 7bit\n\n--b\nX-A: y\nContent-Transfer-Encoding: quoted-printable\n\n"
	    "xxxx xxxx xxxx =C3=A9\n--b\nContent-Type: a/b\n\nok\n\n--b--\n" },
	{ "parts, their line end is kept", MIXED "--b\n\nxxxx xxxx xxxx \xc3\xa9\n\n--b--\n", false,
	    "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 7bit\n\n--b\nContent-Transfer-Encoding: quoted-printable\n\n"
	    "xxxx xxxx xxxx =C3=A9\n\n--b--\n" },
	{ "a message", "Content-Type: message/rfc822\n\nSubject: a\n\nxxxx xxxx xxxx \xc3\xa9\n", false,
	    "Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n\nSubject: a\nContent-Transfer-Encoding: quoted-printable\n\nxxxx xxxx xxxx =C3=A9\n" },
};

static void
test_copies(void)
{
	struct buf out = BUF_INIT;
	struct mime_tree tree;

	for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
		buf_reset(&out);
		mime_tree_read(&tree, copies[i].message, strlen(copies[i].message));
		ok(mime_part_copy(&out, &tree, tree.part, copies[i].eight_bit), "copies %s", copies[i].name);
		is_str(buf_str(&out), copies[i].want, copies[i].name);
		mime_tree_free(&tree);
	}
	buf_free(&out);
}

/* A boundary that the parts hold once they are encoded, one that no standard allows: another one takes its place. */
static void
test_new_boundary(void)
{
	static const char *const messages[] = {
		"Content-Type: multipart/mixed; boundary=b; x=\"y z\"\n\n--b\nContent-Transfer-Encoding: base64\n\n\xffZm9vCi0tYgpiYXIK\n--b--\n",
		"Content-Type: multipart/mixed; x=\"y z\"; boundary=" X100 "\n\n--" X100 "\nContent-Transfer-Encoding: base64\n\n\xffZm9vCi0tYgpiYXIK\n",
	};
	struct buf out = BUF_INIT, text = BUF_INIT;
	struct mime_tree tree;

	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
		buf_reset(&out);
		buf_reset(&text);
		mime_tree_read(&tree, messages[i], strlen(messages[i]));
		mime_part_copy(&out, &tree, tree.part, false);
		mime_tree_free(&tree);
		mime_tree_read(&tree, out.data, out.len);
		is_int((long long)tree.n, 2, "another boundary: the same parts");
		ok(mime_part_param(tree.part, NULL, "Content-Type", "x", &text) && strcmp(text.data, "y z") == 0, "the other parameters stay");
		buf_reset(&text);
		mime_part_text(&tree.part[tree.n - 1], m, &text, 100);
		is_str(buf_str(&text), "foo\n--b\nbar\n", "the text stays");
		mime_tree_free(&tree);
	}
	buf_free(&out);
	buf_free(&text);
}

/* All bytes in all places of a base64 line and a quoted-printable one, read back whole and in part. */
static void
test_bytes(void)
{
	struct buf bytes = BUF_INIT, out = BUF_INIT, back = BUF_INIT;
	bool whole = true, some = true, copied = true;

	for (size_t pad = 0; pad < 60; pad++) {
		struct mime_tree tree;

		buf_reset(&bytes);
		for (size_t i = 0; i < pad; i++)
			buf_addc(&bytes, 'x');
		for (int c = 0; c < 512; c++)
			buf_addc(&bytes, c < 256 ? c : 511 - c);
		buf_reset(&out);
		buf_reset(&back);
		mime_put_base64(&out, bytes.data, bytes.len);
		whole = whole && mime_decode_body(&back, "base64", out.data, out.len) && buf_equal(&back, &bytes);
		buf_reset(&back);
		mime_decode_some(&back, "base64", out.data, out.len, 100 + pad);
		some = some && back.len == 100 + pad && memcmp(back.data, bytes.data, back.len) == 0;
		buf_reset(&out);
		buf_adds(&out, "Content-Type: a/b\n\n");
		buf_add(&out, bytes.data, bytes.len);
		mime_tree_read(&tree, out.data, out.len);
		buf_reset(&back);
		mime_part_copy(&back, &tree, tree.part, true);
		mime_tree_free(&tree);
		mime_tree_read(&tree, back.data, back.len);
		buf_reset(&out);
		mime_decode_body(&out, "base64", tree.part->body, tree.part->body_len);
		copied = copied && buf_equal(&out, &bytes);
		mime_tree_free(&tree);
	}
	ok(whole, "base64 of bytes gives them back");
	ok(some, "and the first of them, where no more are wanted");
	ok(copied, "a copy that has to be encoded gives them back");
	buf_free(&bytes);
	buf_free(&out);
	buf_free(&back);
}

static const struct {
	const char *name, *encoding, *in;
	size_t max;
	const char *want;
} beginnings[] = {
	{ "8bit", "8bit", "abcdef", 3, "abc" },
	{ "quoted-printable", "quoted-printable", "a=3Db=\nc =\n d   \ne", 5, "a=bc " },
	{ "quoted-printable in one line", "quoted-printable", "=41=42=43=44=45=46=47", 2, "AB" },
	{ "base64 with junk", "base64", "S-G\nVs bG8=", 4, "Hell" },
	{ "more than there is", "base64", "SGVsbG8=", 50, "Hello" },
	{ "nothing", "base64", "SGVsbG8=", 0, "" },
};

static void
test_beginnings(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
		buf_reset(&out);
		mime_decode_some(&out, beginnings[i].encoding, beginnings[i].in, strlen(beginnings[i].in), beginnings[i].max);
		is_str(buf_str(&out), beginnings[i].want, beginnings[i].name);
	}
	buf_free(&out);
}

int
main(void)
{
	m = mime_new();
	test_structures();
	test_hostile();
	test_names();
	test_attachments();
	test_shown();
	test_texts();
	test_expect();
	test_copies();
	test_new_boundary();
	test_bytes();
	test_beginnings();
	mime_free(m);
	return done_testing();
}
