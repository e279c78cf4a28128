/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * submit - the system's sendmail program, whichever it is
 *
 * They all read a message and take -i, -f and --; beyond that each differs, and what differs is
 * a row of a table here: how the null sender is spelled, whether -N never suppresses bounces (to Exim
 * it means "do not deliver"), and which status says that the message was queued although it
 * is not 0, or that it was not taken and may be tried again.
 *
 * The columns were taken from the manual pages and, where these are silent, from the sources; what
 * Debian 12's programs make of the vector was tried (postfix and sendmail.org apart).
 *
 * Failures: submit_result and a sentence; nothing is printed.  A message whose fate is not known
 * (a signal, a time-out, 75 from a program that does not document it) is SUBMIT_UNKNOWN.
 */
#include "submit.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "submit_identify.h"
#include "submit_parts.h"

#define STATUS_NOT_EXECUTED 127		/* the loader's and the shell's */
#define STATUS_TEMPFAIL 75
#define NONE -1

/* flags of a program */
#define NOTIFY_NEVER 0x01	/* -N never: no bounce, no delay warning */
#define DASH_IS_LOST 0x02	/* a recipient that begins with - is lost or taken for an option in spite of -- */
#define COMMA_SPLITS 0x04	/* splits a recipient at each comma, inside quotes too */
#define SMTPUTF8 0x08
#define NO_NULL_SENDER 0x20	/* it cannot have one: -f is left out */
#define PROGRAM_NAME_MAX 12
#define EIGHT_BIT 0x10		/* takes 8-bit bodies, and converts them for those who do not */

struct program {
	char name[PROGRAM_NAME_MAX];	/* of `sendmail-kind' */
	char null_sender[4];		/* the argument of -f */
	int queued;			/* a status other than 0 with which it has taken the message */
	int temporary;			/* a status with which it has not, but may the next time */
	unsigned int flags;
};

static const struct program programs[SUBMIT_KINDS] = {
	/* It may be a wrapper that loses -- : no address is worth an option of somebody else's choice. */
	[SUBMIT_KIND_UNKNOWN] = { "unknown", "<>", NONE, NONE, DASH_IS_LOST },
	/*
	 * sendmail(1), sendmail.c: 75 is a queue file or a postdrop that failed before the end.  It detects by itself
	 * what needs SMTPUTF8 (smtputf8_autodetect_classes).
	 */
	[SUBMIT_KIND_POSTFIX] = { "postfix", "<>", NONE, STATUS_TEMPFAIL, NOTIFY_NEVER | SMTPUTF8 | EIGHT_BIT },
	/* sendmail(8): 75 says that it is in the queue for a later attempt */
	[SUBMIT_KIND_SENDMAIL] = { "sendmail", "<>", STATUS_TEMPFAIL, NONE, NOTIFY_NEVER | EIGHT_BIT },
	/* exim(8): -N is a debugging option that inhibits delivery.  75 is not among its statuses. */
	[SUBMIT_KIND_EXIM] = { "exim", "<>", NONE, NONE, 0 },
	/*
	 * enqueue.c: while smtpd is down it stores the message for later and then ends with 75.  The stored
	 * arguments come from an array in which it has cut "<>" to "<", which later fails: empty it is.
	 */
	[SUBMIT_KIND_OPENSMTPD] = { "opensmtpd", "", STATUS_TEMPFAIL, NONE, NOTIFY_NEVER | COMMA_SPLITS },
	/* sendmail.c: -N is an error.  qmail-inject(8): 111 temporary, 100 permanent, -f is quoted unless empty. */
	[SUBMIT_KIND_QMAIL] = { "qmail", "", NONE, 111, 0 },
	/* sendmail(1): zero if the message was scheduled, non-zero if there was a problem accepting it; its own mailbot says -f "" */
	[SUBMIT_KIND_COURIER] = { "courier", "", NONE, STATUS_TEMPFAIL, DASH_IS_LOST | EIGHT_BIT },
	/* msmtp(1): the statuses of sysexits.h, after a whole SMTP session: what is not 0 was not taken */
	[SUBMIT_KIND_MSMTP] = { "msmtp", "<>", NONE, STATUS_TEMPFAIL, NOTIFY_NEVER },
	/* nullmailer-inject(1): 0 or 1.  sendmail.cc hands the recipients on without --. */
	[SUBMIT_KIND_NULLMAILER] = { "nullmailer", "<>", NONE, NONE, DASH_IS_LOST },
	/* dma.c: any sender without a host gets one, so that <> becomes <>@host; 75 is not among its statuses */
	[SUBMIT_KIND_DMA] = { "dma", "", NONE, NONE, NO_NULL_SENDER },
	/* ssmtp(8): -f counts only without a From field; a recipient with - in front is dropped, with status 0 */
	[SUBMIT_KIND_SSMTP] = { "ssmtp", "", NONE, NONE, DASH_IS_LOST | NO_NULL_SENDER },
};

/* Tried in this order when none is set. */
static const char *const usual_paths[] = { BACKSOON_SENDMAIL, "/usr/sbin/sendmail", "/usr/lib/sendmail", "/usr/bin/sendmail" };

/*
 * Who we are, the time zone of a Date that is added, and where Postfix and msmtp have their configuration.  Not
 * here: QMAIL*, NULLMAILER_*, MAILUSER, MAILHOST, NAME, EMAIL, which would rewrite the From that we composed.
 */
const char *const submit_environment[] = { "HOME", "LOGNAME", "USER", "TZ", "MAIL_CONFIG", "XDG_CONFIG_HOME", NULL };

extern char **environ;

const char *
submit_kind_name(enum submit_kind kind)
{
	return (unsigned int)kind < SUBMIT_KINDS ? programs[kind].name : NULL;
}

bool
submit_kind_parse(const char *name, enum submit_kind *kind)
{
	int i;

	for (i = 0; i < SUBMIT_KINDS; i++)
		if (strcmp(name, programs[i].name) == 0) {
			*kind = (enum submit_kind)i;
			return true;
		}
	return false;
}

/* Says why not, one phrase after another. */
static bool
is_program(const char *path, struct buf *why)
{
	struct stat st;
	const char *reason = NULL;

	if (path[0] != '/')
		reason = "not an absolute path";
	else if (stat(path, &st) == -1)
		reason = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		reason = "not a file";
	else if (access(path, X_OK) == -1)
		reason = strerror(errno);
	if (reason != NULL)
		buf_addf(why, "%s%s: %s", why->len > 0 ? "; " : "", path, reason);
	return reason == NULL;
}

static const char *
find_program(const char *path, struct buf *why)
{
	size_t i, j;

	if (path != NULL)
		return is_program(path, why) ? path : NULL;
	for (i = 0; i < sizeof(usual_paths) / sizeof(usual_paths[0]); i++) {
		for (j = 0; j < i && strcmp(usual_paths[j], usual_paths[i]) != 0; j++)
			;
		if (j == i && is_program(usual_paths[i], why))
			return usual_paths[i];
	}
	return NULL;
}

void
submit_set_abilities(struct submitter *s)
{
	s->smtputf8 = (programs[s->kind].flags & SMTPUTF8) != 0;
	s->eight_bit = (programs[s->kind].flags & EIGHT_BIT) != 0;
}

bool
submit_open(struct submitter *s, const char *path, const char *kind_name, struct buf *why)
{
	const char *found;

	*s = (struct submitter){ .how = "not identified" };
	if (kind_name != NULL && !submit_kind_parse(kind_name, &s->kind)) {
		buf_addf(why, "sendmail-kind: no program is called %s here", kind_name);
		return false;
	}
	found = find_program(path, why);
	if (found == NULL)
		return false;
	buf_reset(why);
	s->path = strdup(found);
	if (s->path == NULL) {
		buf_adds(why, strerror(ENOMEM));
		return false;
	}
	if (kind_name != NULL)
		s->how = "sendmail-kind";
	else
		s->kind = submit_identify(s->path, &s->how);
	submit_set_abilities(s);
	return true;
}

void
submit_close(struct submitter *s)
{
	free(s->path);
	s->path = NULL;
}

/*
 * Most programs read the argument as the contents of a To field.  That it
 * is one address there and nothing else, whatever produced it, is made sure of here.
 */
static bool
is_one_address(const char *address, unsigned int flags)
{
	const unsigned char *p;
	bool quoted = false;

	if (address[0] == '\0' || (address[0] == '-' && (flags & DASH_IS_LOST) != 0))
		return false;
	if ((flags & COMMA_SPLITS) != 0 && strchr(address, ',') != NULL)
		return false;
	for (p = (const unsigned char *)address; *p != '\0'; p++) {
		if (*p < ' ' || *p == 0x7f)
			return false;
		if (*p == '"')
			quoted = !quoted;
		else if (quoted && *p == '\\' && p[1] > ' ' && p[1] < 0x7f)
			p++;
		else if (!quoted && strchr(" ,;()<>\\", *p) != NULL)
			return false;
	}
	return !quoted;
}

/* Strings are put one after another, and found again once they have all been put: they move while mem grows. */
struct arguments {
	struct buf *mem;
	size_t start[SUBMIT_ARGS_MAX];
	size_t n;
};

static void
put(struct arguments *a, const char *argument)
{
	a->start[a->n++] = a->mem->len;
	buf_add(a->mem, argument, strlen(argument) + 1);
}

static bool
take(const struct arguments *a, const char *argv[SUBMIT_ARGS_MAX])
{
	size_t i;

	if (a->mem->failed)
		return false;
	for (i = 0; i < a->n; i++)
		argv[i] = a->mem->data + a->start[i];
	argv[i] = NULL;
	return true;
}

/* The owner's own words, each as it was written. */
static bool
put_words(const struct submitter *s, const char *recipient, struct arguments *a)
{
	size_t i;

	if (s->add_recipient && !is_one_address(recipient, programs[s->kind].flags))
		return false;
	for (i = 0; i < s->nwords; i++)
		put(a, s->words[i]);
	if (s->add_recipient && strcmp(s->words[s->nwords - 1], "--") != 0)
		put(a, "--");
	if (s->add_recipient)
		put(a, recipient);
	return true;
}

bool
submit_argv(const struct submitter *s, const char *envelope_from, const char *recipient, struct buf *mem,
    const char *argv[SUBMIT_ARGS_MAX])
{
	const struct program *program = &programs[s->kind];
	struct arguments a = { mem, { 0 }, 0 };
	bool null_sender = envelope_from[0] == '\0' || strcmp(envelope_from, "<>") == 0;

	if (s->words != NULL)
		return put_words(s, recipient, &a) && take(&a, argv);
	/* The sender is the argument of an option, so that a - in front is safe. */
	if (!is_one_address(recipient, program->flags) || (!null_sender && !is_one_address(envelope_from, 0)))
		return false;
	put(&a, s->path);
	put(&a, "-i");
	if ((program->flags & NOTIFY_NEVER) != 0) {
		put(&a, "-N");
		put(&a, "never");
	}
	if (!null_sender || (program->flags & NO_NULL_SENDER) == 0) {
		put(&a, "-f");
		put(&a, null_sender ? program->null_sender : envelope_from);
	}
	put(&a, "--");
	put(&a, recipient);
	return take(&a, argv);
}

static bool
is_wanted(const char *variable)
{
	size_t i, len;

	for (i = 0; submit_environment[i] != NULL; i++) {
		len = strlen(submit_environment[i]);
		if (strncmp(variable, submit_environment[i], len) == 0 && variable[len] == '=')
			return true;
	}
	return false;
}

void
submit_envp(const char *envp[SUBMIT_ENV_MAX])
{
	char **variable;
	size_t n = 0;

	envp[n++] = SUBMIT_SEARCH_PATH;
	for (variable = environ; variable != NULL && *variable != NULL && n < SUBMIT_ENV_MAX - 1; variable++)
		if (is_wanted(*variable))
			envp[n++] = *variable;
	envp[n] = NULL;
}

bool
submit_privileges_locked(void)
{
#ifdef __linux__
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
#else
	return false;
#endif
}

static enum submit_result
result_of_exit(const struct submitter *s, int code, struct buf *why)
{
	const struct program *program = &programs[s->kind];

	if (code == 0 || code == program->queued)
		return SUBMIT_ACCEPTED;
	buf_addf(why, "%s ended with status %d", s->path, code);
	if (code == STATUS_NOT_EXECUTED) {
		buf_adds(why, ": it could not be executed (is a library missing?)");
		return SUBMIT_MISSING;
	}
	if (code == STATUS_TEMPFAIL && code != program->temporary) {
		buf_adds(why, ", which may mean that it has queued the message");
		return SUBMIT_UNKNOWN;
	}
	if (submit_privileges_locked())
		buf_adds(why, "; no_new_privs is set, with which set-ID programs such as Postfix's postdrop do not work");
	return code == program->temporary ? SUBMIT_DEFERRED : SUBMIT_REFUSED;
}

static enum submit_result
result_of(const struct submitter *s, const struct child_status *status, struct buf *why)
{
	switch (status->end) {
	case CHILD_EXITED:
		return result_of_exit(s, status->code, why);
	case CHILD_SIGNALED:
		buf_addf(why, "%s was ended by signal %d", s->path, status->code);
		break;
	case CHILD_TIMEOUT:
		buf_addf(why, "%s did not end in time and was killed", s->path);
		break;
	case CHILD_ABANDONED:
		buf_addf(why, "%s did not end in time, could not be killed and was left alone", s->path);
		break;
	case CHILD_NOT_STARTED:
		buf_addf(why, "%s could not be started: %s", s->path, strerror(status->code));
		if (status->code == EACCES && access(s->path, X_OK) == 0)
			buf_adds(why, " (by the system's security policy: owner and mode allow it)");
		return SUBMIT_MISSING;
	}
	return SUBMIT_UNKNOWN;
}

void
submit_start(struct submission *sub, const struct submitter *s, int fd, const char *envelope_from, const char *recipient, struct buf *why)
{
	const char *argv[SUBMIT_ARGS_MAX], *envp[SUBMIT_ENV_MAX];
	struct child_spec spec = { s->path, argv, envp, fd };
	struct buf mem = BUF_INIT;

	*sub = (struct submission){ .submitter = s, .fd = fd };
	if (!submit_argv(s, envelope_from, recipient, &mem, argv))
		buf_addf(why, "%s: %s", s->path, mem.failed ? strerror(ENOMEM) : "it cannot be given these addresses safely");
	else if (lseek(fd, 0, SEEK_SET) == -1)
		buf_addf(why, "the message could not be rewound: %s", strerror(errno));
	else {
		submit_envp(envp);
		child_start(&sub->child, &spec);
		sub->started = true;
	}
	buf_free(&mem);
}

enum submit_result
submit_finish(struct submission *sub, int64_t deadline, struct buf *why)
{
	struct child_status status;
	enum submit_result result;

	if (!sub->started)
		return SUBMIT_REFUSED;
	child_finish(&sub->child, deadline, &status);
	result = result_of(sub->submitter, &status, why);
	/* The offset is shared: at the start still, nobody has read the reply (or somebody in the background has yet to). */
	if (result == SUBMIT_ACCEPTED && lseek(sub->fd, 0, SEEK_CUR) == 0) {
		buf_addf(why, "%s ended with status 0 and has not read the reply", sub->submitter->path);
		result = SUBMIT_UNKNOWN;
	}
	return result;
}

enum submit_result
submit_send(const struct submitter *s, int fd, const char *envelope_from, const char *recipient, int64_t deadline,
    struct buf *why)
{
	struct submission sub;

	submit_start(&sub, s, fd, envelope_from, recipient, why);
	return submit_finish(&sub, deadline, why);
}
