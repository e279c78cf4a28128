/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * findings - what can be wrong, and how it is mended
 *
 * The table is data: who looks (survey*.c) names a row by its id and says
 * what was found.  %1 and %2 in a row's sentences stand for that, so that a
 * translation may turn them round.  What is found may come from a file or a
 * message: it is made visible before a terminal sees it.
 *
 * Failures: memory, and more findings than FINDINGS_MAX, are remembered in `failed'.
 */
#include "findings.h"

#include <stdlib.h>
#include <string.h>

#include "../diag.h"
#include "../i18n.h"
#include "../text.h"

#define ON "backsoon on"
#define MANUAL_OF_SETTINGS N_("Correct the line; vacation.conf(5) has all names and values.")

const struct finding_row finding_rows[] = {
	{ "settings", AREA_SETTINGS, FINDING_DANGER, "%1",
	    N_("With a line that is wrong nobody is answered, because what was meant cannot be guessed."), MANUAL_OF_SETTINGS },
	{ "only-known", AREA_SETTINGS, FINDING_BROKEN, N_("only-known is set, but the contacts cannot be read: %1"),
	    N_("Nobody is known then, so nobody is answered."),
	    N_("Write addresses into a file and name it with: contacts = FILE") },
	{ "contacts", AREA_SETTINGS, FINDING_WARNING, N_("The contacts cannot be read: %1"),
	    N_("Your contacts count for the storm brake like strangers."), N_("Mend the file, or take out the line: contacts = FILE") },
	{ "no-alias", AREA_SETTINGS, FINDING_NOTE, N_("No alias is set; your address is taken to be %1."),
	    N_("Mail to another address of yours is answered only where the mail server tells which one it came to."),
	    N_("For each address of yours a line: alias = you@example.org") },
	{ "home", AREA_HOME, FINDING_DANGER, "%1",
	    N_("Who can write there can speak in your name, so nothing in it is used."),
	    N_("Make the directory yours alone (chmod go-w), or name another with --home.") },
	{ "home-unused", AREA_HOME, FINDING_WARNING, N_("HOME is not used: %1."),
	    N_("All that is said here is about %2 instead."),
	    N_("Make the directory yours alone (chmod go-w), or name the right one with --home.") },
	{ "home-missing", AREA_HOME, FINDING_DANGER, "%1", N_("Text, settings and table would be there, so nobody is answered."),
	    N_("Make it, or name another with --home.") },
	{ "home-mode", AREA_HOME, FINDING_WARNING, N_("%1 may be written by its group (mode %2)."),
	    N_("Exim, sendmail and procmail do not use files of such a directory."), "chmod g-w %1" },
	{ "home-sticky", AREA_HOME, FINDING_DANGER, N_("%1 has the sticky bit (mode %2)."),
	    N_("qmail and maildrop hold all your mail back as long as it is set."), "chmod -t %1" },
	{ "private", AREA_HOME, FINDING_WARNING, N_("%1 can be read by others (mode %2)."),
	    N_("It holds who wrote to you and when."), "chmod 600 %1" },
	{ "space", AREA_HOME, FINDING_BROKEN, N_("There is no room for the table in the home directory: %1"),
	    N_("Who was answered cannot be written down, so nobody is answered."), N_("Make room, or ask for a larger quota.") },
	{ "not-wired", AREA_DELIVERY, FINDING_BROKEN, N_("Nothing in %1 starts backsoon, so no message reaches it."),
	    N_("The text and the settings alone answer nobody."), "%2" },
	{ "unwired", AREA_DELIVERY, FINDING_OFF, N_("Nothing in %1 starts backsoon."), N_("No message reaches it, so nobody is answered."), "%2" },
	{ "program-gone", AREA_DELIVERY, FINDING_DANGER, N_("%1 starts a program that is not there."),
	    N_("Mail servers bounce mail, or hold it back, when a program of such a file cannot be started."), N_("backsoon on, or take the line out") },
	{ "wired-elsewhere", AREA_DELIVERY, FINDING_WARNING, N_("Nothing in %1 starts backsoon, but the last message reached it at %2."),
	    N_("Something else starts it, or it was taken out since."), N_("Send yourself a message, then look at: backsoon history") },
	{ "wiring-unknown", AREA_DELIVERY, FINDING_WARNING, N_("How your mail is delivered could not be found out: %1"),
	    N_("Whether messages reach backsoon is not known."), "%2" },
	{ "never-seen", AREA_DELIVERY, FINDING_NOTE, N_("No message has reached backsoon yet."),
	    N_("Whether the mail server follows %1 shows with the first one."),
	    N_("Send yourself a message, then look at: backsoon history") },
	{ "delivery-mode", AREA_DELIVERY, FINDING_DANGER, N_("%1 has mode %2."),
	    N_("Mail servers do not use a file with these rights: they hold mail back, or deliver it as if the file were not there."),
	    N_("chmod 600 %1; where the mail server must read it as another user: chmod 644 %1") },
	{ "delivery-owner", AREA_DELIVERY, FINDING_DANGER, N_("%1 belongs to another user."),
	    N_("Mail servers do not use somebody else's file: they hold mail back, or deliver it as if the file were not there."),
	    N_("chown it to yourself") },
	{ "failure-policy", AREA_DELIVERY, FINDING_WARNING, N_("%1: failure = %2, but backsoon is not the only delivery."),
	    N_("When a reply fails, the mail server tries again or bounces, and your mailbox gets the message once more each time."),
	    N_("Take out the line: failure = safe is the default.") },
	{ "log-output", AREA_DELIVERY, FINDING_WARNING, N_("%1: log = stderr."),
	    N_("Some mail servers, Exim among them, bounce a message when a program prints anything."),
	    N_("Take out the line: log = syslog is the default.") },
	{ "no-text", AREA_TEXT, FINDING_BROKEN, N_("%1: there is no message file, or it is empty."), N_("There is nothing to say, so nobody is answered."), ON },
	{ "no-draft", AREA_TEXT, FINDING_BROKEN, N_("The text is to be the newest message of a folder: %1."), N_("There is nothing to say, so nobody is answered."),
	    N_("Put a message into that folder with your mail program, or name another folder or file: backsoon on --message FILE") },
	{ "folder-kind", AREA_TEXT, FINDING_WARNING, N_("%1 is not the name of a file."), N_("If a mail folder is meant, its kind is not known."),
	    N_("Write message = maildir:PATH, mbox:PATH or mh:PATH") },
	{ "draft-received", AREA_TEXT, FINDING_WARNING, N_("The newest message of %1 came by mail: you may not have written it."),
	    N_("Everybody who writes to you gets it as the reply."), N_("Keep a folder for these texts alone, to which no filter delivers.") },
	{ "text-unusable", AREA_TEXT, FINDING_BROKEN, "%1", N_("The text cannot be used, so nobody is answered."),
	    N_("Mend the file; it must be a regular file of yours that nobody else can write.") },
	{ "no-body", AREA_TEXT, FINDING_WARNING, N_("%1 has header fields, but no text."), N_("People get an empty reply."),
	    N_("Put an empty line behind the header fields, and the text below it.") },
	{ "empty-subject", AREA_TEXT, FINDING_WARNING, N_("%1 has a Subject field without a text."),
	    N_("The reply's subject is then made of the message's, with `Auto:' before it."), N_("Write a subject there, or take the line out.") },
	{ "charset", AREA_TEXT, FINDING_WARNING, N_("%1 is not UTF-8 and does not say what it is."),
	    N_("It is taken for windows-1252; if it is something else, people read nonsense."), N_("Save it as UTF-8.") },
	{ "charset-wrong", AREA_TEXT, FINDING_WARNING, N_("%1 is declared as %2, but is not."),
	    N_("What is valid UTF-8 is taken for that, all else for windows-1252 or with marks for what is wrong: people may read nonsense."),
	    N_("Save it as UTF-8, and take the charset out of its Content-Type line, or write what is true there.") },
	{ "charset-unknown", AREA_TEXT, FINDING_WARNING, N_("%1: charset = %2, which mail is not written in."),
	    N_("The replies are in UTF-8."), N_("vacation.conf(5) says what can stand there.") },
	{ "variable", AREA_TEXT, FINDING_WARNING, N_("%1 holds $%2, which is no variable."), N_("People read it as it stands there."),
	    N_("backsoon(1) has the variables; a dollar sign that is one is written $$.") },
	{ "variable-empty", AREA_TEXT, FINDING_WARNING, N_("%1 holds $%2, but no such date is set."), N_("Nothing stands in its place."),
	    N_("Set the date with backsoon on, or write the text without it.") },
	{ "variant", AREA_TEXT, FINDING_WARNING, N_("%1: this text cannot be used: %2"),
	    N_("The people whom it is for get another of your texts, or none."), N_("Write the file, or take out the line.") },
	{ "html", AREA_TEXT, FINDING_BROKEN, "%1", N_("The text in HTML cannot be used, so nobody is answered."),
	    N_("Mend the file, or take out the line: html = FILE") },
	{ "html-no-text", AREA_TEXT, FINDING_BROKEN, N_("%1 is no HTML: it is no text at all."),
	    N_("There is no reply with it, so nobody is answered."),
	    N_("Save it as HTML, in UTF-8.") },
	{ "attach", AREA_TEXT, FINDING_BROKEN, "%1", N_("With a file that cannot go along there is no reply, so nobody is answered."),
	    N_("Mend the file, or take out the line: attach = FILE") },
	{ "attach-size", AREA_TEXT, FINDING_BROKEN, N_("The attached files have %1 together, and max-attachments allows %2."),
	    N_("With more than that there is no reply, so nobody is answered."), N_("Take a file out, or raise it: max-attachments = SIZE") },
	{ "attach-type", AREA_TEXT, FINDING_WARNING, N_("%1: many mail servers refuse a file of this kind."),
	    N_("They drop the whole reply, or send it back."), N_("Send it in another form, or put a link into the text.") },
	{ "cid", AREA_TEXT, FINDING_WARNING, N_("%1 shows the picture cid:%2, and there is no such file beside it or attached."),
	    N_("People see an empty frame in its place."), N_("Put the picture beside the HTML file, or correct its name.") },
	{ "dates", AREA_WHEN, FINDING_DANGER, "%1", N_("Whether you are away cannot be told, so nobody is answered."), MANUAL_OF_SETTINGS },
	{ "paused", AREA_WHEN, FINDING_OFF, N_("It is turned off (%1)."), N_("Nobody is answered."), ON },
	{ "not-yet", AREA_WHEN, FINDING_OFF, N_("It begins at %1."), N_("Nobody is answered before."), ON },
	{ "over", AREA_WHEN, FINDING_OFF, N_("It is over since %1."), N_("Nobody is answered any more."), ON },
	{ "outside-hours", AREA_WHEN, FINDING_OFF, N_("Now is outside the hours that are set (%1)."), N_("Nobody is answered until they begin."), ON },
	{ "never-on", AREA_WHEN, FINDING_OFF, N_("It has not been set up."), N_("Nobody is answered."), ON },
	{ "zone-here", AREA_WHEN, FINDING_NOTE, N_("TZ is %1 in this shell, and no time zone is set."),
	    N_("The mail server takes the system's: dates may begin and end at another hour than is shown here."),
	    N_("Set it for both: timezone = Area/City") },
	{ "table-busy", AREA_TABLE, FINDING_BROKEN, "%1: %2", N_("As long as another program holds the table nobody is answered."),
	    N_("Look which program has the lock file open: fuser %1.lock") },
	{ "table-unusable", AREA_TABLE, FINDING_BROKEN, "%1: %2", N_("Who was answered is not known, so nobody is answered."),
	    N_("If it is worth nothing, move it away: a new one is begun, and people may be answered once more.") },
	{ "table-foreign", AREA_TABLE, FINDING_NOTE, N_("%1 is another program's file; the table is beside it, in %1.gdbm."),
	    N_("Who was answered or excluded in that file is not known here: these people are answered once more."),
	    N_("If it is a vacation program's: backsoon import %1; if it is worth nothing, move it away.") },
	{ "table-lost", AREA_TABLE, FINDING_WARNING, N_("%1 is empty or gone, but people were in it."),
	    N_("Who was answered or excluded is forgotten: they are answered once more."),
	    N_("Bring the file back from a backup, or exclude people anew: backsoon exclude ADDRESS") },
	{ "table-damaged", AREA_TABLE, FINDING_WARNING, "%1: %2", N_("People may be answered once more."), N_("The next message mends it; look at the disk.") },
	{ "table-crowded", AREA_TABLE, FINDING_WARNING, N_("The table holds %1 senders of at most %2."),
	    N_("When it is full, new senders get no reply until old ones have expired."), N_("Raise max-senders.") },
	{ "journal", AREA_JOURNAL, FINDING_WARNING, N_("The journal cannot be read: %1: %2"), N_("Mail is answered, but nobody can see who and why."),
	    N_("Move the file away: the next message makes a new one.") },
	{ "journal-off", AREA_JOURNAL, FINDING_NOTE, N_("No journal is kept (%1)."), N_("The last messages and their number are not known here."),
	    N_("Take out the line: journal = none") },
	{ "last-failed", AREA_JOURNAL, FINDING_WARNING, N_("The last reply that was due did not go out: %1"),
	    N_("The next one may fail likewise."), N_("Try it: backsoon test ADDRESS") },
	{ "clock", AREA_JOURNAL, FINDING_WARNING, N_("%1 has a time in the future: %2."), N_("The clock is wrong now, or was; who was answered then may get no reply for longer."),
	    N_("Look at: date") },
	{ "sendmail", AREA_SENDMAIL, FINDING_BROKEN, N_("There is no sendmail program: %1"), N_("Nothing can be sent, so nobody is answered."),
	    N_("Install a mail server, or name the program with: sendmail = PATH") },
	{ "sendmail-unknown", AREA_SENDMAIL, FINDING_NOTE, N_("Which program %1 is could not be told."),
	    N_("It gets plain options only, and status 75 of it is not understood."), N_("Name it with: sendmail-kind = NAME") },
	{ "null-sender", AREA_SENDMAIL, FINDING_WARNING, N_("%1 (%2) cannot send with an empty envelope sender."),
	    N_("A reply that cannot be delivered comes back to you, and may be answered by another responder."),
	    N_("Use another sendmail program, for instance msmtp.") },
	{ "null-sender-unproven", AREA_SENDMAIL, FINDING_NOTE, N_("Whether %1 gets a reply with an empty envelope sender through is not known."),
	    N_("It was not tried, because that means to send one; some mail servers refuse it."),
	    N_("Try it: backsoon test ADDRESS; if it is refused: return-path = you@example.org") },
	{ "no-new-privs", AREA_SENDMAIL, FINDING_WARNING, N_("no_new_privs is set in this session."),
	    N_("Set-ID programs do not work under it, as Postfix's postdrop; whether it is set where mail is delivered cannot be seen from here."),
	    N_("Take NoNewPrivileges out of the service that delivers mail.") },
	{ "libmailutils", AREA_SYSTEM, FINDING_WARNING, N_("libmailutils cannot be loaded."),
	    N_("A reply whose header needs characters beyond ASCII cannot be composed."), N_("Install it (Debian: libmailutils9).") },
	{ "libidn2", AREA_SYSTEM, FINDING_NOTE, N_("libidn2 cannot be loaded."), N_("Domains beyond ASCII are compared in one form only."),
	    N_("Install it (Debian: libidn2-0).") },
	{ "walls", AREA_SYSTEM, FINDING_WARNING, N_("The composer's sandbox has only: %1."),
	    N_("A message that takes the composer over could do more than write a bad reply."), N_("Use a kernel with seccomp filters.") },
	{ "rehearsal", AREA_REHEARSAL, FINDING_BROKEN, N_("A reply to a stranger could not be made: %1"), N_("So nobody is answered."), N_("backsoon explain FILE says more for a real message.") },
	{ "refused", AREA_REHEARSAL, FINDING_BROKEN, N_("A stranger's message gets no reply: %1 (rule %2)."), N_("Others may get none for the same reason."), N_("backsoon explain FILE says more for a real message.") },
	{ "known-only", AREA_REHEARSAL, FINDING_NOTE, N_("Only people in your contacts are answered."), N_("only-known is set."), N_("Nothing needs to be done.") },
	{ "", AREA_SETTINGS, FINDING_NOTE, "", "", "" },
};

#define WORD_MAX 12

static const struct {
	char name[WORD_MAX], title[WORD_MAX];
} areas[FINDING_AREAS] = {
	[AREA_SETTINGS] = { "settings", N_("Settings") },
	[AREA_HOME] = { "home", N_("Home") },
	[AREA_DELIVERY] = { "delivery", N_("Delivery") },
	[AREA_TEXT] = { "text", N_("Text") },
	[AREA_WHEN] = { "when", N_("When") },
	[AREA_TABLE] = { "table", N_("Table") },
	[AREA_JOURNAL] = { "journal", N_("Journal") },
	[AREA_SENDMAIL] = { "sendmail", N_("Sendmail") },
	[AREA_SYSTEM] = { "system", N_("System") },
	[AREA_REHEARSAL] = { "rehearsal", N_("Rehearsal") },
};

static const char grades[][WORD_MAX] = {
	[FINDING_NOTE] = N_("note"), [FINDING_WARNING] = N_("warning"), [FINDING_OFF] = N_("off"), [FINDING_BROKEN] = N_("broken"),
	[FINDING_DANGER] = N_("broken"),
};

const char *
finding_area_name(enum finding_area a)
{
	return areas[a].name;
}

const char *
finding_area_title(enum finding_area a)
{
	return _(areas[a].title);
}

const char *
finding_grade_name(enum finding_grade g)
{
	return grades[g];
}

static char *
copy(const char *text)
{
	return text_copy(text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

void
findings_add(struct findings *f, const char *id, const char *first, const char *second)
{
	const struct finding_row *row = finding_rows;
	struct finding *item = &f->item[f->n];

	while (row->id[0] != '\0' && strcmp(row->id, id) != 0)
		row++;
	if (f->n == FINDINGS_MAX || row->id[0] == '\0') {
		f->failed = true;
		return;
	}
	*item = (struct finding){ row, copy(first), copy(second) };
	f->failed |= item->first == NULL || item->second == NULL;
	f->n++;
}

void
findings_free(struct findings *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		free(f->item[i].first);
		free(f->item[i].second);
	}
	f->n = 0;
}

bool
findings_have(const struct findings *f, enum finding_grade grade)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->item[i].row->grade == grade)
			return true;
	return false;
}

bool
findings_worst(const struct findings *f, enum finding_area area, enum finding_grade *grade)
{
	bool found = false;
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (f->item[i].row->area != area || (found && f->item[i].row->grade <= *grade))
			continue;
		*grade = f->item[i].row->grade;
		found = true;
	}
	return found;
}

/* Its lines stay lines. */
static void
add_value(struct buf *out, const char *value)
{
	size_t len;

	for (; value != NULL && *value != '\0'; value += len) {
		len = strcspn(value, "\n");
		diag_visible(out, value, len);
		if (value[len] == '\n') {
			buf_addc(out, '\n');
			len++;
		}
	}
}

static void
fill(struct buf *out, const struct finding *f, const char *sentence)
{
	const char *p;

	for (p = sentence; *p != '\0'; p++) {
		if (p[0] == '%' && (p[1] == '1' || p[1] == '2'))
			add_value(out, *++p == '1' ? f->first : f->second);
		else
			buf_addc(out, *p);
	}
}

void
finding_what(struct buf *out, const struct finding *f)
{
	fill(out, f, _(f->row->what));
}

void
finding_why(struct buf *out, const struct finding *f)
{
	fill(out, f, _(f->row->why));
}

void
finding_mend(struct buf *out, const struct finding *f)
{
	fill(out, f, _(f->row->mend));
}

static void
put(struct json *j, const char *key, struct buf *text)
{
	json_put_string(j, key, buf_str(text));
	buf_free(text);
}

void
finding_json(struct json *j, const struct finding *f)
{
	struct buf text = BUF_INIT;

	json_object_begin(j);
	json_put_string(j, "id", f->row->id);
	json_put_string(j, "area", areas[f->row->area].name);
	json_put_string(j, "grade", grades[f->row->grade]);
	finding_what(&text, f);
	put(j, "what", &text);
	finding_why(&text, f);
	put(j, "why", &text);
	finding_mend(&text, f);
	put(j, "mend", &text);
	json_object_end(j);
}
