/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audience.h, langtag.h: which text for whom, by the address that is answered, the one that was written to, and languages. */
#include "audience.h"

#include <sys/mman.h>
#include <unistd.h>

#include "commands/explain.h"
#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])

static void
read_text(struct message *m, const char *header)
{
	int fd = memfd_create("message", MFD_CLOEXEC);
	size_t len = strlen(header);

	if (fd == -1 || write(fd, header, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		ok(false, "a file for the test");
	message_read(m, fd, 0);
	close(fd);
}

static void
parse(struct address *a, const char *text)
{
	*a = (struct address){ NULL, NULL, NULL };
	if (text != NULL && !address_parse(text, strlen(text), a))
		ok(false, "%s is an address", text);
}

/* The choices' names in their order. */
static void
choose(struct buf *out, const char *lines, const char *answered, const char *from, const char *own, const char *header)
{
	struct settings s;
	struct message m;
	struct address a, f, o;
	struct audience_facts facts = { .settings = &s, .message = &m };
	struct audience audience;
	size_t i;

	settings_init(&s);
	settings_text(&s, lines, strlen(lines), "f");
	is_str(buf_str(&s.problems), "", "settings of a test");
	read_text(&m, header);
	parse(&a, answered);
	parse(&f, from);
	parse(&o, own);
	facts.answered = answered != NULL ? &a : NULL;
	facts.from = &f;
	facts.own = own != NULL ? &o : NULL;
	audience_choose(&facts, &audience);
	for (i = 0; i < audience.n; i++)
		buf_addf(out, "%s%s", i > 0 ? " " : "", audience.choice[i].name);
	buf_adds(out, ": ");
	explain_reasons(&audience, &audience.choice[0], &s, out);
	address_free(&a);
	address_free(&f);
	address_free(&o);
	message_free(&m);
	settings_free(&s);
}

#define HEAD "Subject: x\n"
#define ALL "internal-domain = example.org\nmessage.sales@example.org = s\ninternal-message = i\n" \
    "internal-message.sales@example.org = is\nmessage.de = d\nmessage.fr = f\ninternal-message.de = id\nmessage.sales@example.org/de = sd\n"
#define IN "internal-domain = example.org\ninternal-message = i\n"
#define BELOW "internal-domain = .example.org\ninternal-message = i\n"

static void
test_levels(void)
{
	static const struct {
		const char *name, *settings, *answered, *from, *own, *header, *want;
	} rows[] = {
		{ "nothing to choose", "", "a@b.example", NULL, "anna@example.org", HEAD, "message: it is for everybody" },
		{ "nobody to answer", ALL, NULL, NULL, NULL, HEAD, "message: no other text fits" },
		/* the manual's list, row by row */
		{ "1: an insider to that address", ALL, "bob@example.org", NULL, "sales@example.org", HEAD,
		    "internal-message.sales@example.org message.sales@example.org: "
		    "it was written to sales@example.org; the sender is in example.org (internal-domain)" },
		{ "2: anybody to that address", ALL, "a@b.example", NULL, "sales@example.org", HEAD,
		    "message.sales@example.org: it was written to sales@example.org" },
		{ "3: an insider", ALL, "bob@example.org", NULL, "anna@example.org", HEAD,
		    "internal-message message: the sender is in example.org (internal-domain)" },
		{ "4: everybody", ALL, "a@b.example", NULL, "anna@example.org", HEAD, "message: no other text fits" },
		{ "2 in a language", ALL, "a@b.example", NULL, "sales@example.org", HEAD "Accept-Language: de\n",
		    "message.sales@example.org/de message.sales@example.org: it was written to sales@example.org; Accept-Language asks for de" },
		{ "3 in a language", ALL, "bob@example.org", NULL, "anna@example.org", HEAD "Accept-Language: de\n",
		    "internal-message.de internal-message message.de message: "
		    "the sender is in example.org (internal-domain); Accept-Language asks for de" },
		{ "4 in a language", ALL, "a@b.example", NULL, "anna@example.org", HEAD "Accept-Language: fr\n",
		    "message.fr message: Accept-Language asks for fr" },
		{ "2 has no French: its own text, not the French one for everybody", ALL, "a@b.example", NULL, "sales@example.org",
		    HEAD "Accept-Language: fr\n", "message.sales@example.org: it was written to sales@example.org" },
		{ "a level with languages alone, and none of them asked for", IN "message.sales@example.org/de = x\n", "a@b.example", NULL,
		    "sales@example.org", HEAD, "message: no other text fits" },

		/* addresses */
		{ "the address without regard to case", "message.Sales@Example.ORG = x", "a@b.example", NULL, "sales@example.org", HEAD,
		    "message.Sales@Example.ORG: it was written to Sales@Example.ORG" },
		{ "its detail", "message.sales@example.org = x", "a@b.example", NULL, "sales+eu@example.org", HEAD,
		    "message.sales@example.org: it was written to sales@example.org" },
		{ "a detail with a text of its own", "message.sales@example.org = x\nmessage.sales+eu@example.org = y", "a@b.example", NULL,
		    "sales+eu@example.org", HEAD, "message.sales+eu@example.org: it was written to sales+eu@example.org" },
		{ "another detail is the base's", "message.sales@example.org = x\nmessage.sales+eu@example.org = y", "a@b.example", NULL,
		    "sales+us@example.org", HEAD, "message.sales@example.org: it was written to sales@example.org" },
		{ "a site without details", "delimiter =\nmessage.sales@example.org = x", "a@b.example", NULL, "sales+eu@example.org", HEAD,
		    "message: no other text fits" },
		{ "in every domain", "message.sales@ = x", "a@b.example", NULL, "sales@example.net", HEAD,
		    "message.sales@: it was written to sales" },
		{ "a whole address goes before every domain", "message.sales@ = x\nmessage.sales@example.net = y", "a@b.example", NULL,
		    "sales@example.net", HEAD, "message.sales@example.net: it was written to sales@example.net" },
		{ "part of a local part", "message.sales@example.org = x", "a@b.example", NULL, "presales@example.org", HEAD,
		    "message: no other text fits" },
		{ "an IDN", "message.s@b\xc3\xbc" "cher.example = x", "a@b.example", NULL, "s@xn--bcher-kva.example", HEAD,
		    "message.s@b\xc3\xbc" "cher.example: it was written to s@b\xc3\xbc" "cher.example" },

		/* insiders */
		{ "below a domain", IN, "bob@mail.example.org", NULL, NULL, HEAD, "message: no other text fits" },
		{ "below a domain with a dot", BELOW, "bob@mail.example.org", NULL, NULL, HEAD,
		    "internal-message message: the sender is in .example.org (internal-domain)" },
		{ "a domain with a dot itself", BELOW, "bob@EXAMPLE.org", NULL, NULL, HEAD,
		    "internal-message message: the sender is in .example.org (internal-domain)" },
		{ "a domain that ends alike", BELOW, "bob@badexample.org", NULL, NULL, HEAD, "message: no other text fits" },
		{ "a domain that begins alike", BELOW, "bob@example.org.evil.example", NULL, NULL, HEAD, "message: no other text fits" },
		{ "the final dot", IN, "bob@example.org.", NULL, NULL, HEAD,
		    "internal-message message: the sender is in example.org (internal-domain)" },
		{ "no domain", IN, "bob", NULL, NULL, HEAD, "message: no other text fits" },
		{ "a forwarder's envelope: the reply goes to the forwarder", IN, "SRS0=x1Y2=AB=example.org=bob@evil.example", NULL, NULL, HEAD,
		    "message: no other text fits" },
		{ "From inside, the reply goes outside", IN, "eve@evil.example", "bob@example.org", NULL, HEAD, "message: no other text fits" },
		{ "From inside, the reply goes below", IN, "bounce-7@host.example.org", "bob@example.org", NULL, HEAD,
		    "internal-message message: From is in example.org (internal-domain)" },
		{ "From inside, the reply goes above", "internal-domain = staff.example.org\ninternal-message = i\n", "student@example.org", "dean@staff.example.org", NULL, HEAD,
		    "message: no other text fits" },
		{ "From outside, the reply goes inside", IN, "bob@example.org", "eve@evil.example", NULL, HEAD,
		    "internal-message message: the sender is in example.org (internal-domain)" },
		{ "an insider's text without a domain is nobody's", "internal-message = i\n", "bob@example.org", NULL, NULL, HEAD,
		    "message: no other text fits" },
		{ "insiders in no language but one", "internal-domain = example.org\ninternal-message.de = i\n", "bob@example.org", NULL, NULL,
		    HEAD, "message: no other text fits" },
	};
	struct buf got = BUF_INIT;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buf_reset(&got);
		choose(&got, rows[i].settings, rows[i].answered, rows[i].from, rows[i].own, rows[i].header);
		is_str(buf_str(&got), rows[i].want, rows[i].name);
	}
	buf_free(&got);
}

/* The first choice's name, by the languages of a message. */
static void
test_languages(void)
{
	static const char both[] = "message.de = d\nmessage.fr = f\nmessage.pt-BR = p\nmessage.zh-Hant = z\n";
	static const char english[] = "language = en\nmessage.de = d\nmessage.fr = f\n";
	static const struct {
		const char *name, *settings, *header, *want;
	} rows[] = {
		{ "none", both, HEAD, "message" },
		{ "one", both, "Accept-Language: de\n", "message.de" },
		{ "a country's", both, "Accept-Language: de-AT\n", "message.de" },
		{ "an underscore", both, "Accept-Language: de_AT\n", "message.de" },
		{ "capitals", both, "ACCEPT-LANGUAGE: DE-at\n", "message.de" },
		{ "longer than there is", both, "Accept-Language: zh-Hant-TW-x-wadegile\n", "message.zh-Hant" },
		{ "shorter than there is", both, "Accept-Language: pt\n", "message.pt-BR" },
		{ "another country's", both, "Accept-Language: pt-PT\n", "message" },
		{ "another script", both, "Accept-Language: zh-Hans\n", "message" },
		{ "one that begins alike", both, "Accept-Language: den, fro\n", "message" },
		{ "by weight", both, "Accept-Language: de;q=0.5, fr;q=0.8\n", "message.fr" },
		{ "no weight is 1", both, "Accept-Language: de;q=0.9, fr\n", "message.fr" },
		{ "three decimals", both, "Accept-Language: de;q=0.801, fr;q=0.802\n", "message.fr" },
		{ "equal weights keep their order", both, "Accept-Language: fr;q=0.5, de;q=0.5\n", "message.fr" },
		{ "the next best", both, "Accept-Language: nl, sv;q=0.9, de;q=0.1\n", "message.de" },
		{ "comments and blanks (RFC 3282)", both, "Accept-Language: (hello) fr (French) ; q = 0.3 , de ; q=0.4 (x, fr)\n", "message.de" },
		{ "folded", both, "Accept-Language: nl,\n\tde\n", "message.de" },
		{ "not wanted", both, "Accept-Language: de;q=0\n", "message" },
		{ "not wanted, but all others", both, "Accept-Language: *, de;q=0\nContent-Language: de\n", "message" },
		{ "not wanted, but one of it", "message.de = d\nmessage.de-CH = c\n", "Accept-Language: de-CH, de;q=0\n", "message.de-CH" },
		{ "a country's wanted, not the rest", both, "Accept-Language: de-AT, de;q=0, fr;q=0.1\n", "message.fr" },
		{ "anything", both, "Accept-Language: *\n", "message" },
		{ "anything, and one", both, "Accept-Language: *, fr;q=0.1\n", "message.fr" },
		{ "the language of the message", both, "Content-Language: fr\n", "message.fr" },
		{ "what is wanted goes before what is written", both, "Content-Language: fr\nAccept-Language: de;q=0.1\n", "message.de" },
		{ "what is written, where nothing else is wanted", both, "Content-Language: fr\nAccept-Language: nl\n", "message.fr" },
		{ "a message in two", both, "Content-Language: en, fr\n", "message.fr" },
		{ "two fields", both, "Accept-Language: nl\nAccept-Language: fr\n", "message.fr" },
		{ "the text that all get is in a language", english, "Accept-Language: en-GB, de;q=0.5\n", "message" },
		{ "and is not wanted first", english, "Accept-Language: de, en;q=0.5\n", "message.de" },
		{ "without a language it is the last", both, "Accept-Language: en, de;q=0.5\n", "message.de" },
		{ "rubbish", both, "Accept-Language: ;;,,=?=, \"de\", <fr>, de fr\n", "message.de" },
		{ "an unclosed comment", both, "Accept-Language: fr, (de\n", "message.fr" },
		{ "rubbish for a weight", both, "Accept-Language: de;q=much, fr;q=0.9\n", "message.de" },
		{ "more than are looked at", both, "Accept-Language: nl,nl,nl,nl,nl,nl,nl,nl,nl,nl,nl,nl,nl,nl,nl,nl,de\n", "message" },
		{ "empty", both, "Accept-Language:\nContent-Language:\n", "message" },
	};
	struct buf got = BUF_INIT;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buf_reset(&got);
		choose(&got, rows[i].settings, "a@b.example", NULL, "anna@example.org", rows[i].header);
		buf_truncate(&got, strcspn(buf_str(&got), " :"));
		is_str(buf_str(&got), rows[i].want, rows[i].name);
	}
	buf_free(&got);
}

static void
test_tags(void)
{
	static const struct {
		const char *tag;
		bool good;
	} rows[] = {
		{ "de", true }, { "DE", true }, { "pt-BR", true }, { "zh-Hant-TW", true }, { "gsw", true }, { "nds-DE", true }, { "es-419", true },
		{ "de-1996", true }, { "", false }, { "d", false }, { "deu-", false }, { "-de", false }, { "de--AT", false }, { "de_AT", false },
		{ "xx", false }, { "jp", false }, { "sales", false }, { "d3", false }, { "de-abcdefghi", false }, { "de AT", false }, { "*", false },
		{ "de-aaaaaaaa-bbbbbbbb-cccccccc-ddddd", true }, { "de-aaaaaaaa-bbbbbbbb-cccccccc-dddddd", false },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_int(langtag_ok(rows[i].tag), rows[i].good, rows[i].tag);
	is_str(langtag_meant("JP"), "ja", "Japan's language");
	is_str(langtag_meant("de"), NULL, "de is meant");
}

int
main(void)
{
	test_levels();
	test_languages();
	test_tags();
	return done_testing();
}
