/* SPDX-License-Identifier: GPL-3.0-or-later */
/* authres.h: what trusted Authentication-Results say of the sender, and which fields are trusted. */
#include "authres.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])

static const char *const verdicts[] = {
	[AUTHRES_SILENT] = "silent", [AUTHRES_PASS] = "pass", [AUTHRES_FAIL] = "fail", [AUTHRES_NEUTRAL] = "neutral",
};

static const char *
judge(const char *header, const char *trusted, const char *sender, const char *author, struct buf *why)
{
	struct address answered, from = { NULL, NULL, NULL };
	struct setting_list list = { NULL, 0 };
	struct settings s;
	struct message m;
	enum authres_verdict v;
	int fd = memfd_create("message", MFD_CLOEXEC);

	if (fd == -1 || write(fd, header, strlen(header)) == -1 || lseek(fd, 0, SEEK_SET) != 0)
		ok(false, "a file for the test");
	message_read(&m, fd, 0);
	close(fd);
	settings_init(&s);
	settings_append(&s, &list, trusted);
	settings_append(&s, &list, "other.example.org");
	address_parse(sender, strlen(sender), &answered);
	address_parse(author, strlen(author), &from);
	v = authres_judge(&m, &list, &answered, &from, why);
	address_free(&answered);
	address_free(&from);
	free(list.item);
	settings_free(&s);
	message_free(&m);
	return verdicts[v];
}

#define AR "Authentication-Results: mx.example.org; "
#define OURS "Received: from a.example (b.example [192.0.2.7]) by mx.example.org with ESMTP; today\n"
#define INSIDE "Received: by store.example.org (LMTP) id 7; today\n"
#define FOREIGN "Received: from c.example by out.example.com; today\n"

static void
test_results(void)
{
	static const struct {
		const char *name, *header, *want;
	} rows[] = {
		{ "nothing", OURS, "silent" },
		{ "no result", "Authentication-Results: mx.example.org; none\n", "silent" },
		{ "not understood", AR "auth=pass smtp.auth=x\n", "neutral" },

		{ "spf pass", AR "spf=pass smtp.mailfrom=alice@example.com\n", "pass" },
		{ "spf pass, domain alone", AR "spf=pass smtp.mailfrom=example.com\n", "pass" },
		{ "spf pass of a domain below", AR "spf=pass smtp.mailfrom=x@mail.example.com\n", "pass" },
		{ "spf pass of another domain", AR "spf=pass smtp.mailfrom=x@example.net\n", "neutral" },
		{ "spf pass of a domain that ends alike", AR "spf=pass smtp.mailfrom=x@badexample.com\n", "neutral" },
		{ "spf fail of the sender", AR "spf=fail smtp.mailfrom=alice@example.com\n", "fail" },
		{ "spf fail, other case", AR "SPF=Fail SMTP.MailFrom=Alice@Example.COM\n", "fail" },
		{ "spf fail, domain alone", AR "spf=fail smtp.mailfrom=example.com\n", "fail" },
		{ "spf fail with a comment", AR "spf=fail (example.com: 192.0.2.7 is not (surely) allowed; no) smtp.mailfrom=alice@example.com\n",
		    "fail" },
		{ "spf fail with a version", "Authentication-Results: mx.example.org 1; spf/1=fail smtp.mailfrom=alice@example.com\n", "fail" },
		{ "spf fail, folded", AR "\n dkim=none;\n\tspf=fail\n smtp.mailfrom=alice@example.com\n", "fail" },
		{ "spf fail, quoted", AR "spf=fail smtp.mailfrom=\"alice@example.com\"\n", "fail" },
		{ "spf fail of somebody else", AR "spf=fail smtp.mailfrom=carol@example.com\n", "neutral" },
		{ "spf fail of another domain", AR "spf=fail smtp.mailfrom=example.net\n", "neutral" },
		{ "spf fail of nobody", AR "spf=fail smtp.helo=example.com\n", "neutral" },
		{ "spf softfail", AR "spf=softfail smtp.mailfrom=alice@example.com\n", "neutral" },
		{ "spf neutral", AR "spf=neutral smtp.mailfrom=alice@example.com\n", "neutral" },
		{ "spf fail in a comment", AR "dkim=none (spf=fail smtp.mailfrom=alice@example.com)\n", "neutral" },

		{ "dkim pass", AR "dkim=pass header.d=example.com header.b=x\n", "pass" },
		{ "dkim pass, header.i", AR "dkim=pass header.i=@example.com\n", "pass" },
		{ "dkim pass of a domain below", AR "dkim=pass header.d=com.example.com\n", "pass" },
		{ "dkim pass of another", AR "dkim=pass header.d=example.net\n", "neutral" },
		{ "dkim fail", AR "dkim=fail header.d=example.com\n", "neutral" },
		{ "spf fail, aligned dkim pass", AR "spf=fail smtp.mailfrom=alice@example.com; dkim=pass header.d=example.com\n", "pass" },
		{ "the same in two fields", AR "spf=fail smtp.mailfrom=alice@example.com\n" AR "dkim=pass header.d=example.com\n", "pass" },
		{ "spf fail, another's dkim pass", AR "spf=fail smtp.mailfrom=alice@example.com; dkim=pass header.d=example.net\n", "fail" },

		{ "dmarc pass", AR "dmarc=pass (p=none) header.from=example.com\n", "pass" },
		{ "dmarc fail, p=none", AR "dmarc=fail (p=none dis=none) header.from=example.com\n", "neutral" },
		{ "dmarc fail, no policy said", AR "dmarc=fail header.from=example.com\n", "neutral" },
		{ "dmarc fail, p=reject", AR "dmarc=fail (p=REJECT dis=none) header.from=example.com\n", "fail" },
		{ "dmarc fail, p=quarantine", AR "dmarc=fail (p=quarantine sp=none) header.from=example.com\n", "fail" },
		{ "dmarc fail, sp=reject is not p=reject", AR "dmarc=fail (sp=reject p=none) header.from=example.com\n", "neutral" },
		{ "dmarc fail, dis=quarantine", AR "dmarc=fail (p=none dis=quarantine) header.from=example.com\n", "fail" },
		{ "dmarc fail, Microsoft's action", AR "dmarc=fail action=oreject header.from=example.com\n", "fail" },
		{ "dmarc fail, enforced, although spf passes", AR "spf=pass smtp.mailfrom=alice@example.com; dmarc=fail (p=reject)\n", "fail" },

		{ "arc pass of a trusted sealer", "ARC-Seal: i=1; a=rsa-sha256; d=other.example.org; s=x\n" AR
		    "dmarc=fail (p=reject); arc=pass\n", "pass" },
		{ "arc pass of somebody", "ARC-Seal: i=1; d=example.net\n" AR "dmarc=fail (p=reject); arc=pass\n", "fail" },
		{ "arc pass without a seal", AR "dmarc=fail (p=reject); arc=pass\n", "fail" },
		{ "arc fail", "ARC-Seal: i=1; d=other.example.org\n" AR "spf=fail smtp.mailfrom=alice@example.com; arc=fail\n", "fail" },

		{ "not trusted", "Authentication-Results: mx.example.net; spf=fail smtp.mailfrom=alice@example.com\n", "silent" },
		{ "an id that begins alike", "Authentication-Results: mx.example.org.evil.example; spf=pass smtp.mailfrom=example.com\n", "silent" },
		{ "an id below", "Authentication-Results: x.mx.example.org; spf=pass smtp.mailfrom=example.com\n", "silent" },
		{ "the other trusted id, other case", "authentication-results: OTHER.example.org; spf=fail smtp.mailfrom=example.com\n", "fail" },
		{ "no id", "Authentication-Results: ; spf=fail smtp.mailfrom=alice@example.com\n", "silent" },
		{ "empty", "Authentication-Results:\n", "silent" },
		{ "unclosed comment", AR "spf=fail (smtp.mailfrom=alice@example.com\n", "neutral" },
		{ "nothing but semicolons", AR ";;;=;x=;=y;\n", "neutral" },

		{ "below our own Received", INSIDE OURS AR "spf=fail smtp.mailfrom=alice@example.com\n", "fail" },
		{ "below a foreign Received", OURS FOREIGN AR "spf=fail smtp.mailfrom=alice@example.com\n", "silent" },
		{ "a forged pass below a foreign Received does not help", AR "spf=fail smtp.mailfrom=alice@example.com\n" OURS FOREIGN AR
		    "dkim=pass header.d=example.com\n", "fail" },
		{ "a Received that says nothing is foreign", "Received: yesterday\n" AR "dkim=pass header.d=example.com\n", "silent" },
		{ "a Received whose comment names us is foreign", "Received: from x (by mx.example.org) by y.example; today\n" AR
		    "dkim=pass header.d=example.com\n", "silent" },
	};
	struct buf why = BUF_INIT;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buf_reset(&why);
		is_str(judge(rows[i].header, "mx.example.org", "alice@example.com", "Alice@example.com", &why), rows[i].want, rows[i].name);
		if (strcmp(rows[i].want, "fail") == 0)
			ok(why.len > 0, "%s: it says why", rows[i].name);
	}
	buf_free(&why);
}

/* DMARC judges From; we answer the envelope. */
static void
test_other_author(void)
{
	struct buf why = BUF_INIT;

	is_str(judge(AR "dmarc=pass header.from=example.net\n", "mx.example.org", "alice@example.com", "x@example.net", &why), "neutral",
	    "dmarc pass of an author who is not the sender");
	is_str(judge(AR "spf=fail smtp.mailfrom=alice@[192.0.2.7]\n", "mx.example.org", "alice@[192.0.2.7]", "x@y", &why), "fail",
	    "spf fail of an address literal");
	is_str(judge(AR "spf=fail smtp.mailfrom=alice\n", "mx.example.org", "alice", "x@y", &why), "neutral",
	    "a sender without a domain");
	buf_free(&why);
}

int
main(void)
{
	test_results();
	test_other_author();
	return done_testing();
}
