/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy.h and rules.c: every listed word and field refuses, and its near misses are answered.
 * The lists stand here once more, so that a word that gets lost over there is missed.
 */
#include "policy.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"
#include "vacation_db.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define ANSWER "answer"

static const char *
no_environment(const char *name)
{
	return strcmp(name, "RECIPIENT") == 0 ? "bob@example.org" : NULL;
}

/* A message, its settings, and the facts made of them. */
struct scene {
	struct message message;
	struct settings settings;
	struct envelope envelope;
	struct facts facts;
	struct decision decision;
};

static bool
has_field(const char *header, const char *name)
{
	const char *line;
	size_t len = strlen(name);

	for (line = header; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return true;
	}
	return false;
}

/* The row's lines, and of a plain message what they do not replace. */
static int
message_of(const char *header)
{
	static const char *const plain[][2] = {
		{ "Return-Path", "<alice@example.com>" }, { "Received", "from x by mx.example.org; Mon, 1 Jun 2026 11:58:20 +0000" },
		{ "From", "Alice <alice@example.com>" }, { "To", "Bob <bob@example.org>" }, { "Subject", "Lunch on Friday?" },
	};
	struct buf b = BUF_INIT;
	size_t i;
	int fd = memfd_create("message", MFD_CLOEXEC);

	buf_adds(&b, header);
	if (b.len > 0 && b.data[b.len - 1] != '\n')
		buf_addc(&b, '\n');
	for (i = 0; i < COUNT(plain); i++)
		if (!has_field(header, plain[i][0]))
			buf_addf(&b, "%s: %s\n", plain[i][0], plain[i][1]);
	buf_adds(&b, "\nbody\n");
	if (fd == -1 || write(fd, b.data, b.len) != (ssize_t)b.len || lseek(fd, 0, SEEK_SET) != 0)
		ok(false, "a file for the test");
	buf_free(&b);
	return fd;
}

static void
begin(struct scene *s, const char *header, const char *settings)
{
	int fd = message_of(header);

	memset(s, 0, sizeof *s);
	message_read(&s->message, fd, 0);
	close(fd);
	settings_init(&s->settings);
	settings_text(&s->settings, settings, strlen(settings), "settings");
	if (s->settings.nproblems > 0)
		is_str(buf_str(&s->settings.problems), "", "settings of a test");
	envelope_read(&s->envelope, &s->message, &s->settings, no_environment);
	s->facts = (struct facts){ .message = &s->message, .settings = &s->settings, .envelope = &s->envelope, .active = true,
		.sendable = true, .looked_up = true, .owner_known = true, .table = VACATION_DB_FREE };
}

static const char *
decide(struct scene *s)
{
	policy_decide(&s->facts, &s->decision);
	return s->decision.rule != NULL ? s->decision.rule->id : ANSWER;
}

static void
end(struct scene *s)
{
	envelope_free(&s->envelope);
	settings_free(&s->settings);
	message_free(&s->message);
	buf_free(&s->decision.value);
}

/* A header as the name of a test: on one line. */
static const char *
one_line(const char *header)
{
	static char line[200];
	char *p;

	snprintf(line, sizeof line, "%s", header);
	while ((p = strchr(line, '\n')) != NULL)
		*p = '/';
	return line;
}

static void
becomes(const char *header, const char *settings, const char *want, const char *name)
{
	struct scene s;

	begin(&s, header, settings);
	is_str(decide(&s), want, one_line(name));
	end(&s);
}

/* What becomes of somebody who writes from that envelope address, with From the same. */
static void
sender_becomes(const char *want, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
sender_becomes(const char *want, const char *fmt, ...)
{
	struct buf address = BUF_INIT, header = BUF_INIT, name = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&address, fmt, ap);
	va_end(ap);
	buf_addf(&header, "Return-Path: <%s>\nFrom: <%s>\n", buf_str(&address), buf_str(&address));
	buf_addf(&name, "%s: %s", buf_str(&address), want);
	becomes(buf_str(&header), "", want, buf_str(&name));
	buf_free(&address);
	buf_free(&header);
	buf_free(&name);
}

#define ROBOT "robot-sender"

static const char *
upper(const char *s)
{
	static char up[100];
	size_t i;

	for (i = 0; s[i] != '\0' && i < sizeof up - 1; i++)
		up[i] = s[i] >= 'a' && s[i] <= 'z' ? (char)(s[i] - 32) : s[i];
	up[i] = '\0';
	return up;
}

static void
test_robots_whole(void)
{
	static const char *const words[] = {
		"mailer-daemon", "mailer", "mailerdaemon", "postmaster", "post_master", "uucp", "nuucp", "mmdf", "listserv",
		"listproc", "majordom", "majordomo", "mailman", "sympa", "ezmlm", "smartlist", "daemon", "nobody", "bounce",
		"bounces", "autoresponder", "auto-reply", "autoreply", "newsletter", "newsletters", "notification",
		"notifications", "alert", "alerts", "www-data", "apache", "wordpress", "cron", "nagios", "zabbix", "jenkins",
		"logwatch", "monitoring",
	};
	size_t i;

	for (i = 0; i < COUNT(words); i++) {
		sender_becomes(ROBOT, "%s@example.com", words[i]);
		sender_becomes(ROBOT, "%s@example.com", upper(words[i]));
		sender_becomes(ANSWER, "x%s@example.com", words[i]);
		if (strcmp(words[i], "mailer-daemon") != 0)
			sender_becomes(ANSWER, "%sx@example.com", words[i]);
		sender_becomes(ANSWER, "anna.%s@example.com", words[i]);
	}
	sender_becomes(ROBOT, "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@example.com");
	sender_becomes(ROBOT, "MicrosoftExchange329E71EC88AE4615BBC36AB6CE41109E@example.com");
	sender_becomes(ANSWER, "microsoftexchange329e71ec88ae4615bbc36ab6ce41109@example.com");
	sender_becomes(ANSWER, "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e0@example.com");
	sender_becomes(ANSWER, "microsoftexchange329e71ec88ae4615bbc36ab6ce41109g@example.com");
	sender_becomes(ANSWER, "microsoftexchange@example.com");
}

static void
test_robots_begin(void)
{
	static const char *const words[] = {
		"owner-", "request-", "bounce-", "bounces-", "bounce+", "bounces+", "noreply", "no-reply", "no_reply", "no.reply",
		"donotreply", "do-not-reply", "do_not_reply", "do.not.reply", "dontreply", "ne-pas-repondre", "nepasrepondre",
		"keine-antwort", "nicht-antworten", "no-responder", "noresponder", "nao-responda", "niet-beantwoorden",
		"nie-odpowiadac", "non-rispondere", "mailer-daemon", "msprvs1=", "newsletter+", "notification+", "notifications+",
	};
	size_t i;

	for (i = 0; i < COUNT(words); i++) {
		sender_becomes(ROBOT, "%sx17@example.com", words[i]);
		sender_becomes(ROBOT, "%sX17@example.com", upper(words[i]));
		sender_becomes(ANSWER, "x%sx17@example.com", words[i]);
	}
	sender_becomes(ANSWER, "owner@example.com");
	sender_becomes(ANSWER, "requests@example.com");
	sender_becomes(ANSWER, "noah.reply@example.com");
	sender_becomes(ANSWER, "noreplay@example.com");
}

static void
test_robots_end(void)
{
	static const char *const words[] = {
		"-return", "-request", "-owner", "-owners", "-bounce", "-bounces", "-relay", "-outgoing", "-errors", "-noreply",
		"-no-reply", "_noreply", ".noreply", "-donotreply", "-confirm", "-subscribe", "-unsubscribe", "+bounces",
	};
	size_t i;

	for (i = 0; i < COUNT(words); i++) {
		sender_becomes(ROBOT, "dev%s@example.com", words[i]);
		sender_becomes(ROBOT, "DEV%s@example.com", upper(words[i]));
		sender_becomes(ROBOT, "dev%s+alice@example.com", words[i]);
		sender_becomes(ROBOT, "dev%s+alice=example.org@example.com", words[i]);
		sender_becomes(ROBOT, "dev%s-alice=example.org@example.com", words[i]);
		sender_becomes(ROBOT, "dev%s-42-alice=example.org@example.com", words[i]);
		sender_becomes(ANSWER, "dev%sx@example.com", words[i]);
		sender_becomes(ANSWER, "dev%s.alice@example.com", words[i]);
		sender_becomes(ANSWER, "dev%s-alice@example.com", words[i]);
	}
}

static void
test_people(void)
{
	static const char *const people[] = {
		"joe@live.com", "anna@newsweek.example", "bouncer@example.com", "info@example.com", "support@example.com",
		"sales@example.com", "root@example.com", "admin@example.com", "webmaster@example.com", "hostmaster@example.com",
		"abuse@example.com", "office@example.com", "service@example.com", "dev-admin@example.com", "news@example.com",
		"maria.bounce@example.com", "requestor@example.com", "alice@mail.bounces.example", "alice@bouncer.example.com",
		"alice@bounces", "alice@bncs.example.com", "ship-owner1@example.com", "returns@example.com", "o'no-reply@example.com",
	};
	size_t i;

	for (i = 0; i < COUNT(people); i++)
		sender_becomes(ANSWER, "%s", people[i]);
	sender_becomes(ROBOT, "x17@bounce.example.com");
	sender_becomes(ROBOT, "x17@bounces.example.com");
	sender_becomes(ROBOT, "x17@BNC.example.com");
}

static void
test_robots_by_field(void)
{
	static const struct {
		const char *name, *header, *settings, *want;
	} rows[] = {
		{ "From is a robot", "From: Shop <noreply@example.com>", "", ROBOT },
		{ "From's domain does not matter", "From: Alice <alice@bounces.example.com>", "", ANSWER },
		{ "the second mailbox of From counts, too", "From: alice@example.com, noreply@example.com", "", ROBOT },
		{ "so does the second From", "From: alice@example.com\nFrom: noreply@example.com", "", ROBOT },
		{ "two people", "From: alice@example.com, carol@example.com", "", ANSWER },
		{ "envelope, -admin", "Return-Path: <dev-admin@example.com>", "", ROBOT },
		{ "envelope, -admin, VERP", "Return-Path: <dev-admin+bob=example.org@example.com>", "", ROBOT },
		{ "-admin in From alone", "From: <dev-admin@example.com>", "", ANSWER },
		{ "envelope, -admin, no From", "Return-Path: <dev-admin@example.com>\nFrom:", "", ANSWER },
		{ "behind BATV, a robot", "Return-Path: <prvs=1234567890=noreply@example.com>", "", ROBOT },
		{ "behind btv1, a robot", "Return-Path: <btv1==abc==noreply@example.com>", "", ROBOT },
		{ "behind BATV, a person", "Return-Path: <prvs=1234567890=alice@example.com>", "", ANSWER },
		{ "behind SRS0, a robot", "Return-Path: <SRS0=x1Y2=AB=example.com=noreply@f.example>", "", ROBOT },
		{ "behind SRS0+, a person", "Return-Path: <SRS0+x1Y2=AB=example.com=alice@f.example>", "", ANSWER },
		{ "behind SRS0-, a person", "Return-Path: <SRS0-x1Y2=AB=example.com=alice@f.example>", "", ANSWER },
		{ "behind SRS1, a robot", "Return-Path: <SRS1=zz=f.example==x1Y2=AB=example.com=noreply@g.example>", "", ROBOT },
		{ "behind SRS1, a person", "Return-Path: <SRS1=zz=f.example==x1Y2=AB=example.com=alice@g.example>", "", ANSWER },
		{ "behind Microsoft's, a robot", "Return-Path: <carol+SRS=x1Y2=AB=example.com=noreply@f.example>", "", ROBOT },
		{ "behind Microsoft's, a person", "Return-Path: <carol+SRS=x1Y2=AB=example.com=alice@f.example>", "", ANSWER },
		{ "behind Microsoft's bounces, a person", "Return-Path: <bounces+SRS=x1Y2=AB=example.com=alice@f.example>", "", ANSWER },
		{ "hidden sender, From is a person", "Return-Path: <bounces+SRS=x1Y2=AB@f.example>", "", ANSWER },
		{ "hidden sender, From is a robot", "Return-Path: <bounces+SRS=x1Y2=AB@f.example>\nFrom: <noreply@x>", "", ROBOT },
		{ "unwrapped domain is a robot's", "Return-Path: <SRS0=x1Y2=AB=bounces.example.com=x@f.example>", "", ROBOT },
		{ "ignore-sender, address", "", "ignore-sender = alice@example.com", ROBOT },
		{ "ignore-sender, domain", "", "ignore-sender = @example.com", ROBOT },
		{ "ignore-sender, local part", "", "ignore-sender = alice@", ROBOT },
		{ "ignore-sender, From", "Return-Path: <x@example.net>", "ignore-sender = *@example.com", ROBOT },
		{ "ignore-sender, wrapped form", "Return-Path: <prvs=1=alice@example.com>\nFrom: x@y", "ignore-sender = prvs=*", ROBOT },
		{ "ignore-sender, another", "", "ignore-sender = lice@example.com\nignore-sender = @xample.com", ANSWER },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		becomes(rows[i].header, rows[i].settings, rows[i].want, rows[i].name);
}

/* Each of these fields alone, with any value. */
static void
test_fields(void)
{
	static const struct {
		const char *want, *names[20];
	} rows[] = {
		{ "mailing-list", { "List-Id", "List-Help", "List-Subscribe", "List-Unsubscribe", "List-Post", "List-Owner", "List-Archive",
		    "List-Unsubscribe-Post", "Mailing-List", "X-Mailing-List", "X-ML-Name", "X-BeenThere", "X-Mailman-Version",
		    "X-List-Processor-Version", "X-ListProcessor-Version", "X-Google-Group-Id", "X-Sympa-To", NULL } },
		{ "robot-header", { "X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Auto-Reply-From", "X-Mail-Autoreply",
		    "X-Autogenerated", "X-MS-Exchange-Generated-Message-Source", "X-Cron-Env", "X-GitHub-Reason", "X-Facebook-Notify",
		    "X-Bugzilla-Type", "X-Bugzilla-Who", "X-Jira-FingerPrint", RULES_OWN_MARKER, NULL } },
		{ "report", { "X-Failed-Recipients", NULL } },
		{ ANSWER, { "List", "List-Price", "Listening-To", "X-List", "X-Mailing", "X-BeenThere-Too", "Feedback-ID", "X-Mailer",
		    "X-Auto", "X-Autoreplying", "X-Bugzilla", "X-GitHub", "X-Failed", "Auto-Submitted-By", "Precedence-Over", "Errors-To",
		    "Sender", NULL } },
	};
	char header[120];
	size_t i, n;

	for (i = 0; i < COUNT(rows); i++)
		for (n = 0; rows[i].names[n] != NULL; n++) {
			snprintf(header, sizeof header, "%s: any value", rows[i].names[n]);
			becomes(header, "", rows[i].want, header);
			snprintf(header, sizeof header, "%s:", upper(rows[i].names[n]));
			becomes(header, "", rows[i].want, header);
		}
}

static void
test_values(void)
{
	static const struct {
		const char *header, *want;
	} rows[] = {
		{ "Auto-Submitted: auto-generated", "auto-submitted" },
		{ "Auto-Submitted: auto-replied", "auto-submitted" },
		{ "Auto-Submitted: auto-notified; owner-email=\"bob@example.org\"; x=y", "auto-submitted" },
		{ "Auto-Submitted: AUTO-GENERATED (rejected)", "auto-submitted" },
		{ "Auto-Submitted:\n auto-generated", "auto-submitted" },
		{ "Auto-Submitted: something-else", "auto-submitted" },
		{ "Auto-Submitted: nothing", "auto-submitted" },
		{ "Auto-Submitted: no-idea", "auto-submitted" },
		{ "Auto-Submitted: n", "auto-submitted" },
		{ "Auto-Submitted:", "auto-submitted" },
		{ "Auto-Submitted: ()", "auto-submitted" },
		{ "Auto-Submitted: ;", "auto-submitted" },
		{ "Auto-Submitted: \"no\"", "auto-submitted" },
		{ "Auto-Submitted: no yes", "auto-submitted" },
		{ "Auto-Submitted: no; x", "auto-submitted" },
		{ "Auto-Submitted: no; x=", "auto-submitted" },
		{ "Auto-Submitted: no (unclosed", "auto-submitted" },
		{ "Auto-Submitted: no; x=\"unclosed", "auto-submitted" },
		{ "Auto-Submitted: no\nAuto-Submitted: auto-replied", "auto-submitted" },
		{ "Auto-Submitted: no", ANSWER },
		{ "Auto-Submitted: No", ANSWER },
		{ "Auto-Submitted: (a (nested) comment) no (really)", ANSWER },
		{ "Auto-Submitted: no; x=y", ANSWER },
		{ "Auto-Submitted: no ; x = \"y; z\" ;", ANSWER },
		{ "Auto-Submitted: no\nAuto-Submitted: no", ANSWER },

		{ "Precedence: bulk", "precedence" },
		{ "Precedence: JUNK", "precedence" },
		{ "Precedence: list", "precedence" },
		{ "Precedence: auto_reply", "precedence" },
		{ "X-Precedence: bulk", "precedence" },
		{ "Precedence: (really) bulk", "precedence" },
		{ "Precedence: normal\nPrecedence: bulk", "precedence" },
		{ "Precedence:", ANSWER },
		{ "Precedence: b", ANSWER },
		{ "Precedence: bul", ANSWER },
		{ "Precedence: bulky", ANSWER },
		{ "Precedence: special-delivery", ANSWER },
		{ "Precedence: normal, bulk", "precedence" },

		{ "X-Auto-Response-Suppress: All", "suppressed" },
		{ "X-Auto-Response-Suppress: OOF", "suppressed" },
		{ "X-Auto-Response-Suppress: AutoReply", "suppressed" },
		{ "X-Auto-Response-Suppress: DR, RN,NRN ,autoreply", "suppressed" },
		{ "X-Auto-Response-Suppress: DR, NDR, RN, NRN", ANSWER },
		{ "X-Auto-Response-Suppress: DR\nX-Auto-Response-Suppress: All", "suppressed" },
		{ "X-Auto-Response-Suppress: NDR", ANSWER },
		{ "X-Auto-Response-Suppress: None", ANSWER },
		{ "X-Auto-Response-Suppress: Allow", ANSWER },
		{ "X-Auto-Response-Suppress:", ANSWER },

		{ "Content-Type: multipart/report; report-type=delivery-status", "report" },
		{ "Content-Type: MULTIPART/REPORT", "report" },
		{ "Content-Type: multipart (x) / report", "report" },
		{ "Content-Type: message/delivery-status", "report" },
		{ "Content-Type: message/disposition-notification", "report" },
		{ "Content-Type: message/feedback-report", "report" },
		{ "Content-Type: multipart/mixed; x=\"multipart/report\"", ANSWER },
		{ "Content-Type: multipart/reporting", ANSWER },
		{ "Content-Type: text/report", ANSWER },
		{ "Content-Type: message/rfc822", ANSWER },
		{ "Content-Type: report", ANSWER },

		{ "Content-Type: text/calendar; method=REPLY", "calendar-answer" },
		{ "Content-Type: text/calendar; charset=utf-8; method=\"cancel\"", "calendar-answer" },
		{ "Content-Type: text/calendar; METHOD=refresh", "calendar-answer" },
		{ "Content-Type: text/calendar; method=REQUEST", ANSWER },
		{ "Content-Type: text/calendar; method=publish", ANSWER },
		{ "Content-Type: text/calendar", ANSWER },
		{ "Content-Type: text/calendars; method=REPLY", ANSWER },
		{ "Content-Type: text/plain; method=REPLY", ANSWER },

		{ "X-FC-MachineGenerated: true", "robot-header" },
		{ "X-FC-MachineGenerated: false", ANSWER },
		{ "X-Amazon-Mail-Relay-Type: notification", "robot-header" },
		{ "X-Amazon-Mail-Relay-Type: personal", ANSWER },
		{ "X-Loop: bob@example.org", "robot-header" },
		{ "X-Loop: <BOB@example.org>", "robot-header" },
		{ "X-Loop: x\nX-Loop: bob@example.org", "robot-header" },
		{ "X-Loop: carol@example.org", ANSWER },
		{ "X-Loop: bob", ANSWER },
		{ "X-MS-Exchange-Inbox-Rules-Loop: bob@example.org", "robot-header" },
		{ "X-MS-Exchange-Inbox-Rules-Loop: carol@example.org", ANSWER },

		{ "X-Spam-Flag: YES", "spam" },
		{ "X-Spam-Flag: true", "spam" },
		{ "X-Spam-Flag: NO", ANSWER },
		{ "X-Spam-Flag: yesterday", ANSWER },
		{ "X-Spam-Flag:", ANSWER },
		{ "X-Spam-Status: Yes, score=9.9", "spam" },
		{ "X-Spam-Status: No, score=0.1 tests=YES", ANSWER },
		{ "X-Spam: yes", "spam" },
		{ "X-Spam: no", ANSWER },
		{ "X-Spam-Action: reject", "spam" },
		{ "X-Spam-Action: add header", "spam" },
		{ "X-Spam-Action: no action", ANSWER },
		{ "X-Spam-Action: greylist", ANSWER },
		{ "X-Spamd-Result: default: True [15.00 / 6.00]", "spam" },
		{ "X-Spamd-Result: default: False [1.00 / 6.00]", ANSWER },
		{ "X-Barracuda-Spam-Status: Yes, SCORE=5", "spam" },
		{ "X-Barracuda-Spam-Status: No, SCORE=0", ANSWER },
		{ "X-DSPAM-Result: Spam", "spam" },
		{ "X-DSPAM-Result: Innocent", ANSWER },
		{ "X-Virus-Status: Infected (Eicar)", "spam" },
		{ "X-Virus-Status: Clean", ANSWER },
		{ "X-MS-Exchange-Organization-SCL: 5", "spam" },
		{ "X-MS-Exchange-Organization-SCL: 9", "spam" },
		{ "X-MS-Exchange-Organization-SCL: 4", ANSWER },
		{ "X-MS-Exchange-Organization-SCL: -1", ANSWER },
		{ "X-MS-Exchange-Organization-SCL: high", ANSWER },
		{ "X-Proofpoint-Spam-Details: rule=spam policy=default", "spam" },
		{ "X-Proofpoint-Spam-Details: policy=default rule=spam", "spam" },
		{ "X-Proofpoint-Spam-Details: rule=notspam policy=default", ANSWER },
		{ "X-Proofpoint-Spam-Details: rule=spam_low", ANSWER },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		becomes(rows[i].header, "", rows[i].want, rows[i].header);
}

#define SUBJECT "robot-subject"

static void
test_subjects(void)
{
	static const struct {
		const char *subject, *want;
	} rows[] = {
		{ "[Auto-Reply] Lunch", SUBJECT },
		{ "Out of Office: Lunch", SUBJECT },
		{ "Out of Office AutoReply: Lunch", SUBJECT },
		{ "Automatic reply: Lunch", SUBJECT },
		{ "Auto reply: Lunch", SUBJECT },
		{ "Autoreply: Lunch", SUBJECT },
		{ "Undeliverable: Lunch", SUBJECT },
		{ "Undelivered Mail Returned to Sender", SUBJECT },
		{ "Returned mail: see transcript for details", SUBJECT },
		{ "Mail delivery failed: returning message to sender", SUBJECT },
		{ "Delivery Status Notification (Failure)", SUBJECT },
		{ "complaint about message from 192.0.2.7", SUBJECT },
		{ "failure notice", SUBJECT },
		{ "Out of Office reply", SUBJECT },
		{ "OUT OF OFFICE: LUNCH", SUBJECT },
		{ "  automatic reply: Lunch", SUBJECT },
		{ "Automatic\n reply: Lunch", SUBJECT },
		{ "=?us-ascii?Q?Automatic_reply:?= Lunch", SUBJECT },
		{ "=?utf-8?B?QXV0b21hdGljIHJl?= =?utf-8?B?cGx5OiB4?=", SUBJECT },
		{ "Automatische Antwort: Mittag", SUBJECT },
		{ "Abwesenheitsnotiz: Mittag", SUBJECT },
		{ "Unzustellbar: Mittag", SUBJECT },
		{ "=?iso-8859-1?Q?R=E9ponse_automatique_:_Lunch?=", SUBJECT },
		{ "R\xc3\xa9ponse automatique: Lunch", SUBJECT },
		{ "R\xc3\xa9ponse automatique\xc2\xa0: Lunch", SUBJECT },
		{ "Absence du bureau : Lunch", SUBJECT },
		{ "Respuesta autom\xc3\xa1tica: Lunch", SUBJECT },
		{ "Fuera de la oficina: Lunch", SUBJECT },
		{ "Risposta automatica: Lunch", SUBJECT },
		{ "Fuori sede: Lunch", SUBJECT },
		{ "Automatisch antwoord: Lunch", SUBJECT },
		{ "Niet te bezorgen: Lunch", SUBJECT },
		{ "Resposta autom\xc3\xa1tica: Lunch", SUBJECT },
		{ "Odpowied\xc5\xba automatyczna: Lunch", SUBJECT },
		{ "=?utf-8?B?6Ieq5YuV5b+c562UOiBMdW5jaA==?=", SUBJECT },
		{ "\xe8\x87\xaa\xe5\x8b\x95\xe5\xbf\x9c\xe7\xad\x94\xef\xbc\x9aLunch", SUBJECT },
		{ "Re: Automatic reply: Lunch", ANSWER },
		{ "Fwd: Undeliverable: Lunch", ANSWER },
		{ "AW: Automatische Antwort: Mittag", ANSWER },
		{ "Automatic replies: how to set them up", ANSWER },
		{ "Automatic reply", ANSWER },
		{ "Auto: Lunch", ANSWER },
		{ "Read: chapter 5", ANSWER },
		{ "Out of office next week?", ANSWER },
		{ "Out of Office reply is on", ANSWER },
		{ "failure notices", ANSWER },
		{ "Undeliverable parcel", ANSWER },
		{ "Returned mail", ANSWER },
		{ "R\xc3\xa9ponse automatiquement", ANSWER },
		{ "Automatische Antwort", ANSWER },
		{ "", ANSWER },
	};
	struct buf header = BUF_INIT;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buf_reset(&header);
		buf_addf(&header, "Subject: %s", rows[i].subject);
		becomes(buf_str(&header), "", rows[i].want, buf_str(&header));
	}
	buf_free(&header);
	becomes("Subject: Ticket 17", "ignore-subject = ticket ", SUBJECT, "the owner's list, and the blank at its end is trimmed");
	becomes("Subject: Tickets!", "ignore-subject = \"ticket \"", ANSWER, "a blank at the end is kept in quotes");
	becomes("Subject: Undeliverable: x", "answer-subject = Undeliverable:", ANSWER, "the owner takes one away");
	becomes("Subject: Undeliverable: x", "answer-subject = Automatic", SUBJECT, "the owner takes another away");
}

/* The owner's word: from robot-sender to robot-subject, for the senders that it names. */
static void
test_answer_anyway(void)
{
	static const struct {
		const char *header, *id;
	} rows[] = {
		{ "Return-Path: <alice@bounces.example.com>\nX-A: b", "robot-sender" },
		{ "Auto-Submitted: auto-replied", "auto-submitted" },
		{ "List-Id: <x>", "mailing-list" },
		{ "Precedence: bulk", "precedence" },
		{ "X-Auto-Response-Suppress: All", "suppressed" },
		{ "Content-Type: multipart/report", "report" },
		{ "Content-Type: text/calendar; method=REPLY", "calendar-answer" },
		{ "X-Autoreply: yes", "robot-header" },
		{ "Subject: Automatic reply: x", "robot-subject" },
	};
	struct buf value = BUF_INIT;
	struct scene s;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		begin(&s, rows[i].header, "answer-sender = alice@*");
		is_str(decide(&s), ANSWER, rows[i].id);
		is_int(policy_test(rules_find(rows[i].id), &s.facts, &value), VERDICT_OVERRIDDEN, rows[i].id);
		ok(policy_answers_anyway(&s.facts), "%s: the owner's word", rows[i].id);
		end(&s);
		becomes(rows[i].header, "answer-sender = carol@*", rows[i].id, rows[i].id);
	}
	becomes("X-Spam-Flag: YES", "answer-sender = alice@*", "spam", "not for spam");
	becomes("To: carol@example.org", "answer-sender = alice@*", "not-addressed", "not for mail to others");
	becomes("", "answer-sender = alice@*\nexclude = alice@example.com", "excluded", "not against exclude");
	becomes("Return-Path: <>", "answer-sender = *", "null-sender", "not for the null sender");
	becomes("Return-Path: <bob@example.org>", "answer-sender = *", "own-address", "not for the owner");
	buf_free(&value);
}

/* Rules that are asked about facts. */
static void
test_facts(void)
{
	struct buf value = BUF_INIT;
	struct scene s;

	begin(&s, "", "");
	s.facts.active = false;
	s.facts.inactive_why = "not yet";
	is_str(decide(&s), "not-active", "outside the dates");
	is_str(buf_str(&s.decision.value), "not yet", "outside the dates: why");
	s.facts.active = true;
	s.facts.sendable = false;
	is_str(decide(&s), "unsendable", "cannot be sent");
	s.facts.sendable = true;
	s.facts.table = VACATION_DB_ANSWERED;
	is_str(decide(&s), "answered", "the table: answered");
	s.facts.table = VACATION_DB_EXCLUDED;
	is_str(decide(&s), "excluded", "the table: excluded");
	s.facts.table = VACATION_DB_SENDER_LIMIT;
	is_str(decide(&s), "sender-limit", "the table: had enough");
	s.facts.table = VACATION_DB_STORM;
	is_str(decide(&s), "storm", "the table: storm");
	s.facts.looked_up = false;
	is_str(decide(&s), ANSWER, "the first pass does not ask the table");
	is_int(policy_test(rules_find("storm"), &s.facts, &value), VERDICT_LATER, "and says so");
	s.facts.looked_up = true;
	s.facts.table = VACATION_DB_FREE;
	s.facts.subject = "Automatic reply: x";
	is_str(decide(&s), "robot-subject", "a subject that was decoded elsewhere");
	end(&s);
	begin(&s, "", "only-known = yes");
	is_str(decide(&s), "stranger", "only-known, not known");
	s.facts.known = true;
	is_str(decide(&s), ANSWER, "only-known, known");
	end(&s);
	begin(&s, "", "");
	s.message.problem = "a limit";
	is_str(decide(&s), "unreadable", "a message with a problem");
	is_str(buf_str(&s.decision.value), "a limit", "a message with a problem: which");
	end(&s);
	buf_free(&value);
}

/* The value behind a refusal is what the owner reads. */
static void
test_shown(void)
{
	static const struct {
		const char *header, *want;
	} rows[] = {
		{ "Precedence: normal\nPRECEDENCE: bulk", "PRECEDENCE: bulk" },
		{ "Auto-Submitted: no\nAuto-Submitted: auto-replied (x)", "Auto-Submitted: auto-replied (x)" },
		{ "Return-Path: <noreply@example.com>", "Return-Path: noreply@example.com" },
		{ "From: Shop <noreply@example.com>", "From: Shop <noreply@example.com>" },
		{ "To: carol@example.org", "To: carol@example.org" },
		{ "Subject: =?utf-8?Q?Automatic_reply:_=C3=BC?=", "Subject: Automatic reply: \xc3\xbc" },
		{ "", "" },
	};
	struct buf header = BUF_INIT;
	struct scene s;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		begin(&s, rows[i].header, "");
		decide(&s);
		is_str(buf_str(&s.decision.value), rows[i].want, one_line(rows[i].header));
		end(&s);
	}
	buf_adds(&header, "Precedence: bulk ");
	for (i = 0; i < 1000; i++)
		buf_adds(&header, "\xc3\xbc");
	begin(&s, buf_str(&header), "");
	decide(&s);
	ok(s.decision.value.len < 250 && (s.decision.value.len - strlen("Precedence: bulk ")) % 2 == 0,
	    "a long value is cut, between characters");
	end(&s);
	buf_free(&header);
}

static void
test_table(void)
{
	static const char *const order[] = {
		"no-message", "unreadable", "not-active", "no-sender", "null-sender", "bad-sender", "own-address", "robot-sender",
		"auto-submitted", "mailing-list", "precedence", "suppressed", "report", "calendar-answer", "robot-header", "robot-subject",
		"spam", "forged", "not-addressed", "too-many-recipients", "hop-count", "excluded", "stranger", "unsendable", "answered",
		"sender-limit", "storm",
	};
	size_t i;

	is_int((long long)rules_count, COUNT(order), "rules");
	for (i = 0; i < COUNT(order) && i < rules_count; i++) {
		is_str(rules[i].id, order[i], "order of the rules");
		ok(rules_find(order[i]) == &rules[i], "%s: found", order[i]);
		ok(rules[i].sentence[0] != '\0' && rules[i].source[0] != '\0', "%s: sentence and source", order[i]);
		is_int((rules[i].flags & RULE_OVERRIDABLE) != 0, i >= 7 && i <= 15, "answer-sender holds from robot-sender to robot-subject");
	}
	ok(rules_find("robot") == NULL && rules_find("") == NULL, "no such rule");
}

int
main(void)
{
	test_robots_whole();
	test_robots_begin();
	test_robots_end();
	test_people();
	test_robots_by_field();
	test_fields();
	test_values();
	test_subjects();
	test_answer_anyway();
	test_facts();
	test_shown();
	test_table();
	return done_testing();
}
