/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wiring_site - what the mail system of this machine does with the user's files
 *
 * Asked without rights: the user database, the sendmail program's kind (submit_identify.c), postconf(1),
 * exim -bP, doveconf(1), sendmail.cf.  A refusal needs an answer that says so; what cannot be asked, or fails,
 * or takes longer than WIRING_ASK_MS, is not known, and that is no refusal.
 *
 * Limits: SITE_OUTPUT_MAX bytes of what a program prints.
 */
#include "wiring_parts.h"

#include <sys/stat.h>

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "child_output.h"
#include "deadline.h"
#include "i18n.h"
#include "text.h"

#define SITE_OUTPUT_MAX ((size_t)1024 * 1024)
#define SITE_ARGS_MAX 16

void
wiring_site_free(struct wiring_site *s)
{
	buf_free(&s->stranger);
	buf_free(&s->stranger_advice);
	buf_free(&s->no_forward);
	buf_free(&s->forward_advice);
	buf_free(&s->no_sieve);
}

/* The first of the programs that is there prints into out. */
static bool
ask(const char *const *programs, const char *const *args, struct buf *out)
{
	const char *argv[SITE_ARGS_MAX], *envp[SUBMIT_ENV_MAX];
	struct child_spec spec = { NULL, argv, envp, -1 };
	size_t n;

	for (; *programs != NULL && access(*programs, X_OK) != 0; programs++)
		;
	if (*programs == NULL)
		return false;
	spec.path = argv[0] = *programs;
	for (n = 0; args[n] != NULL && n < SITE_ARGS_MAX - 2; n++)
		argv[n + 1] = args[n];
	argv[n + 1] = NULL;
	submit_envp(envp);
	return child_output(&spec, deadline_clock() + WIRING_ASK_MS, SITE_OUTPUT_MAX, out);
}

/* The value of the line `name = value' of what a program printed; false when there is none. */
static bool
value_of(const char *output, const char *name, struct buf *value)
{
	const char *p = output, *end = output + strlen(output), *next;
	size_t n, len = strlen(name);

	buf_reset(value);
	for (; p < end; p = next) {
		n = wiring_line(p, end, &next);
		while (n > 0 && (*p == ' ' || *p == '\t'))
			p++, n--;
		if (n < len + 2 || memcmp(p, name, len) != 0 || memcmp(p + len, " =", 2) != 0)
			continue;
		p += len + 2, n -= len + 2;
		while (n > 0 && *p == ' ')
			p++, n--;
		buf_add(value, p, n);
		return !value->failed;
	}
	return false;
}

/* Whether a list parted by blanks and commas has the word. */
static bool
has_word(const struct buf *list, const char *word)
{
	const char *p = buf_str(list);
	size_t n;

	while (*(p += strspn(p, " ,\t+")) != '\0') {
		n = strcspn(p, " ,\t+");
		if (text_equal_n(p, n, word))
			return true;
		p += n;
	}
	return false;
}

static enum wiring_agent
agent_of(const char *command, const char *transport, const char *maps)
{
	if (maps[0] != '\0')
		return WIRING_AGENT_UNKNOWN;
	if (transport[0] != '\0')
		return strstr(transport, "dovecot") != NULL ? WIRING_AGENT_DOVECOT :
		    strstr(transport, "maildrop") != NULL ? WIRING_AGENT_MAILDROP : WIRING_AGENT_UNKNOWN;
	if (command[0] == '\0')
		return WIRING_AGENT_NONE;
	return strstr(command, "procmail") != NULL ? WIRING_AGENT_PROCMAIL :
	    strstr(command, "maildrop") != NULL ? WIRING_AGENT_MAILDROP :
	    strstr(command, "dovecot") != NULL ? WIRING_AGENT_DOVECOT : WIRING_AGENT_UNKNOWN;
}

static void
read_agent(const char *output, struct wiring_site *site)
{
	struct buf command = BUF_INIT, transport = BUF_INIT, maps = BUF_INIT, more = BUF_INIT;

	if (value_of(output, "mailbox_command", &command) && value_of(output, "mailbox_transport", &transport) &&
	    value_of(output, "mailbox_command_maps", &maps) && value_of(output, "mailbox_transport_maps", &more)) {
		buf_adds(&maps, buf_str(&more));
		site->agent = agent_of(buf_str(&command), buf_str(&transport), buf_str(&maps));
	}
	buf_free(&command);
	buf_free(&transport);
	buf_free(&maps);
	buf_free(&more);
}

/* The first of Postfix's settings that keeps ~/.forward from being read, or its pipe from being run. */
void
wiring_read_postconf(const char *output, struct wiring_site *site)
{
	struct buf v = BUF_INIT, origin = BUF_INIT;

	read_agent(output, site);
	if (value_of(output, "allow_mail_to_commands", &v) && !has_word(&v, "forward")) {
		buf_adds(&site->no_forward, _("Postfix here starts no programs from ~/.forward (allow_mail_to_commands)."));
		buf_adds(&site->forward_advice, _("Ask the postmaster for this line in main.cf:"));
		buf_adds(&site->forward_advice, "\nallow_mail_to_commands = alias, forward\n");
	} else if (value_of(output, "forward_path", &v) && strstr(buf_str(&v), "$home/.forward") == NULL &&
	    strstr(buf_str(&v), "${home}/.forward") == NULL && strstr(buf_str(&v), "$(home)/.forward") == NULL) {
		buf_adds(&site->no_forward, _("Postfix here does not read ~/.forward (forward_path)."));
		buf_adds(&site->forward_advice, _("Ask the postmaster where your forward file is; forward_path is:"));
		buf_addf(&site->forward_advice, "\n%s\n", buf_str(&v));
	} else if (value_of(output, "local_transport", &v) && !text_begins(buf_str(&v), "local")) {
		buf_adds(&site->no_forward, _("Postfix here gives the mail of local users to another program, which does not read ~/.forward (local_transport)."));
		buf_addf(&site->forward_advice, "local_transport = %s\n", buf_str(&v));
	} else if (value_of(output, "mydestination", &v) && v.len == 0) {
		buf_adds(&site->no_forward, _("Postfix here delivers no mail to local users, so that nobody reads ~/.forward (mydestination is empty)."));
		buf_adds(&site->forward_advice, _("For virtual users, see the recipe for pipe(8) in the README, or turn it on where your mailbox is."));
		buf_addc(&site->forward_advice, '\n');
	} else if (value_of(output, "myorigin", &origin) && value_of(output, "virtual_mailbox_domains", &v) && origin.len > 0 &&
	    has_word(&v, buf_str(&origin))) {
		buf_addf(&site->no_forward, _("%s is a virtual domain of Postfix, whose mailboxes have no ~/.forward (virtual_mailbox_domains)."),
		    buf_str(&origin));
		buf_adds(&site->forward_advice, _("For virtual users, see the recipe for pipe(8) in the README, or turn it on where your mailbox is."));
		buf_addc(&site->forward_advice, '\n');
	}
	buf_free(&v);
	buf_free(&origin);
}

static void
ask_postfix(struct wiring_site *site)
{
	static const char *const programs[] = { "/usr/sbin/postconf", "/usr/local/sbin/postconf", "/usr/bin/postconf", NULL };
	static const char *const args[] = { "allow_mail_to_commands", "forward_path", "local_transport", "mydestination", "myorigin",
		"virtual_mailbox_domains", "mailbox_command", "mailbox_transport", "mailbox_command_maps", "mailbox_transport_maps", NULL };
	struct buf out = BUF_INIT;

	if (ask(programs, args, &out))
		wiring_read_postconf(buf_str(&out), site);
	buf_free(&out);
}

/* One of Exim's routers, from its `NAME router:' to the next. */
struct exim_router {
	bool forward;			/* reads ~/.forward */
	bool no_pipe;			/* may not start programs, or has no transport for it */
};

static void
read_router_line(const char *p, size_t n, struct exim_router *r)
{
	static const char file[] = "file = ", transport[] = "pipe_transport = ", forbid[] = "forbid_pipe";

	if (n >= sizeof file - 1 && memcmp(p, file, sizeof file - 1) == 0)
		r->forward = memmem(p, n, "/.forward", 9) != NULL;
	else if (n == sizeof transport - 1 && memcmp(p, transport, n) == 0)
		r->no_pipe = true;
	else if (n == sizeof forbid - 1 && memcmp(p, forbid, n) == 0)
		r->no_pipe = true;
}

/* What `exim -bP routers' prints: the first router with ~/.forward is the one that counts. */
void
wiring_read_exim(const char *output, struct wiring_site *site)
{
	static const char head[] = " router:";
	const char *p = output, *end = output + strlen(output), *next;
	struct exim_router r = { false, false };
	bool any = false;
	size_t n;

	for (; p < end; p = next) {
		n = wiring_line(p, end, &next);
		if (n > sizeof head - 1 && memcmp(p + n - sizeof head + 1, head, sizeof head - 1) == 0) {
			if (r.forward)
				break;
			r = (struct exim_router){ false, false };
			any = true;
		} else
			read_router_line(p, n, &r);
	}
	if (!any || (r.forward && !r.no_pipe))
		return;
	buf_adds(&site->no_forward, r.forward ? _("Exim here starts no programs from ~/.forward.") :
	    _("Exim here has no router that reads ~/.forward."));
	buf_adds(&site->forward_advice, _("Ask the postmaster for a router as in the recipe for Exim in the README."));
	buf_addc(&site->forward_advice, '\n');
}

static void
ask_exim(const char *sendmail, struct wiring_site *site)
{
	const char *const programs[] = { sendmail, NULL };
	static const char *const args[] = { "-bP", "routers", NULL };
	struct buf out = BUF_INIT;

	if (ask(programs, args, &out))
		wiring_read_exim(buf_str(&out), site);
	buf_free(&out);
}

/* Whether the mailer for pipes, `Mprog', is sendmail's restricted shell. */
bool
wiring_uses_smrsh(const char *cf)
{
	const char *p = cf, *end = cf + strlen(cf), *next;
	bool prog = false;
	size_t n;

	for (; p < end; p = next) {
		n = wiring_line(p, end, &next);
		/* A definition goes on in lines that begin with a blank. */
		if (n == 0 || (*p != ' ' && *p != '\t'))
			prog = n > 5 && memcmp(p, "Mprog", 5) == 0;
		if (prog && memmem(p, n, "smrsh", 5) != NULL)
			return true;
	}
	return false;
}

/* sendmail's restricted shell starts only what has a link in its directory. */
static void
ask_sendmail(const struct home *h, const struct wiring_facts *f, struct wiring_site *site)
{
	static const char *const directories[] = { "/etc/mail/smrsh", "/etc/smrsh", "/usr/lib/sm.bin", "/usr/libexec/sm.bin", "/usr/adm/sm.bin",
		"/var/adm/sm.bin" };
	static const char *const files[] = { "/etc/mail/sendmail.cf", "/etc/sendmail.cf" };
	struct buf cf = BUF_INIT, path = BUF_INIT, ignored = BUF_INIT;
	const char *base = strrchr(f->program, '/'), *there = NULL;
	size_t i;

	if (!home_read_file(h, files[0], SITE_OUTPUT_MAX, &cf, &ignored))
		home_read_file(h, files[1], SITE_OUTPUT_MAX, &cf, &ignored);
	if (base == NULL || !wiring_uses_smrsh(buf_str(&cf)))
		goto out;
	for (i = 0; i < sizeof directories / sizeof directories[0]; i++) {
		buf_reset(&path);
		buf_addf(&path, "%s%s", directories[i], base);
		if (access(buf_str(&path), X_OK) == 0)
			goto out;
		if (there == NULL && access(directories[i], F_OK) == 0)
			there = directories[i];
	}
	buf_adds(&site->no_forward, _("sendmail here starts only programs that are linked into the directory of smrsh, and backsoon is not."));
	buf_adds(&site->forward_advice, _("Ask the postmaster for this link:"));
	buf_addf(&site->forward_advice, "\nln -s %s %s%s\n", f->program, there != NULL ? there : directories[0], base);
out:
	buf_free(&cf);
	buf_free(&path);
	buf_free(&ignored);
}

/* Dovecot's settings for scripts, in the form of its 2.3 and, where it is the same, 2.4. */
void
wiring_read_doveconf(const char *output, struct wiring_site *site)
{
	struct buf v = BUF_INIT, path = BUF_INIT;

	buf_reset(&site->no_sieve);
	if (!value_of(output, "sieve_plugins", &v) || !has_word(&v, "sieve_extprograms"))
		buf_adds(&site->no_sieve, _("Dovecot here starts no programs from Sieve scripts (sieve_plugins)."));
	else if (!value_of(output, "sieve_extensions", &v) || !has_word(&v, "vnd.dovecot.pipe"))
		buf_adds(&site->no_sieve, _("Dovecot here does not permit vnd.dovecot.pipe in your script (sieve_extensions)."));
	else if (value_of(output, "sieve", &v) && strstr(buf_str(&v), "active=") != NULL &&
	    strstr(buf_str(&v), "active=~/.dovecot.sieve") == NULL)
		buf_addf(&site->no_sieve, _("Dovecot here has your active script in another place: %s."), buf_str(&v));
	else if (value_of(output, "sieve_pipe_bin_dir", &v)) {
		buf_addf(&path, "%s/backsoon", buf_str(&v));
		if (access(buf_str(&path), X_OK) != 0)
			buf_addf(&site->no_sieve, _("%s, which Sieve scripts would start, is not there."), buf_str(&path));
	} else
		buf_adds(&site->no_sieve, _("Dovecot here has no directory with programs for Sieve scripts (sieve_pipe_bin_dir)."));
	buf_free(&v);
	buf_free(&path);
}

void
wiring_survey_sieve(struct wiring_site *site)
{
	static const char *const programs[] = { "/usr/bin/doveconf", "/usr/local/bin/doveconf", "/usr/sbin/doveconf", NULL };
	static const char *const args[] = { "-n", NULL };
	struct buf out = BUF_INIT;

	if (ask(programs, args, &out))
		wiring_read_doveconf(buf_str(&out), site);
	buf_free(&out);
}

/* Whether a mail server would come to this home directory at all. */
static void
look_at_home(const struct home *h, const struct wiring_facts *f, struct wiring_site *site)
{
	const struct passwd *pw = getpwnam(f->login);
	struct stat mine, theirs;

	if (fstat(h->fd, &mine) == -1)
		return;
	if (pw == NULL)
		buf_addf(&site->stranger, _("%s is not in the user database of this machine, so that no mail server looks into %s."), f->login, h->path);
	else if (stat(pw->pw_dir, &theirs) == -1 || mine.st_dev != theirs.st_dev || mine.st_ino != theirs.st_ino)
		buf_addf(&site->stranger, _("The home directory of %s is %s, so that no mail server looks into %s."), f->login, pw->pw_dir, h->path);
	else if ((mine.st_mode & S_IWOTH) != 0 || ((mine.st_mode & S_IWGRP) != 0 &&
	    (site->mta == SUBMIT_KIND_SENDMAIL || site->mta == SUBMIT_KIND_UNKNOWN))) {
		buf_addf(&site->stranger, _("%s may be written by others than you, and mail servers use no file in such a directory."), h->path);
		buf_addf(&site->stranger_advice, "chmod go-w %s\n", h->path);
		return;
	} else
		return;
	buf_adds(&site->stranger_advice, _("Turn it on where your mail is delivered, or see the recipes in the README for users without a home there."));
	buf_addc(&site->stranger_advice, '\n');
}

void
wiring_survey(const struct home *h, const struct wiring_facts *f, struct wiring_site *site)
{
	struct submitter s;
	struct buf why = BUF_INIT;

	*site = (struct wiring_site){ .mta = SUBMIT_KIND_UNKNOWN };
	buf_adds(&site->no_sieve, _("It could not be found out whether Sieve scripts may start programs here."));
	if (submit_open(&s, f->sendmail, f->sendmail_kind, &why)) {
		site->mta = s.kind;
		if (s.kind == SUBMIT_KIND_POSTFIX)
			ask_postfix(site);
		else if (s.kind == SUBMIT_KIND_EXIM)
			ask_exim(s.path, site);
		else if (s.kind == SUBMIT_KIND_SENDMAIL)
			ask_sendmail(h, f, site);
	}
	submit_close(&s);
	buf_free(&why);
	look_at_home(h, f, site);
}
