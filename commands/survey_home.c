/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey_home - the home directory, and how mail gets from it to us
 *
 * What a mail server refuses is taken from its sources: Postfix wants
 * .forward not writable by everybody, sendmail and Exim not by the group
 * either; procmail the same of its rcfile; qmail-local also looks for the
 * execute bit; maildrop wants .mailfilter to be nobody else's at all; qmail and maildrop take the
 * sticky bit of the home directory for "hold mail back".
 *
 * Room is proved by a file without a name, which is gone at once.  Where
 * there are none of that kind the file system is only asked, and a quota stays unknown.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "survey_parts.h"

#define ROOM_MIN ((off_t)512 * 1024)	/* the journal once, and a table of some hundred people */
#define SEEN_RECENTLY (7 * 86400)
#define PROGRAM_MAX 4096
#define POLICY_MAX 8
#define OUR_NAME "backsoon"

/* Mode bits that a mail program refuses in its file. */
static const struct {
	enum wiring_kind kind;
	mode_t refused;
} modes[] = {
	{ WIRING_FORWARD, S_IWGRP | S_IWOTH },
	{ WIRING_PROCMAIL, S_IWGRP | S_IWOTH },
	{ WIRING_MAILDROP, S_IRWXG | S_IRWXO },
	{ WIRING_QMAIL, S_IWGRP | S_IWOTH | S_IXUSR | S_IXGRP | S_IXOTH },
};

static void
add_mode(struct survey *s, const char *id, const char *name, mode_t mode)
{
	struct buf text = BUF_INIT;

	buf_addf(&text, "%04o", (unsigned)(mode & 07777));
	findings_add(&s->findings, id, name, buf_str(&text));
	buf_free(&text);
}

static void
find_private(struct survey *s, const char *name)
{
	struct stat st;
	const char *place;
	int dir_fd;

	place = home_place(&s->load->home, name, &dir_fd);
	if (fstatat(dir_fd, place, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_uid == s->load->home.uid &&
	    (st.st_mode & (S_IRGRP | S_IROTH)) != 0)
		add_mode(s, "private", name, st.st_mode);
}

/* Takes the room and gives it back.  0, or the errno of what was in the way. */
static int
try_room(int home)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	struct statvfs fs;
	int fd = openat(home, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600), error = EOPNOTSUPP;

	if (fd == -1 && errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return errno;
	if (fd != -1) {
		/* The shell's limit of a file's size is a signal. */
		sigaction(SIGXFSZ, &ignore, &before);
		error = posix_fallocate(fd, 0, ROOM_MIN);
		sigaction(SIGXFSZ, &before, NULL);
		close(fd);
	}
	if (error != EOPNOTSUPP && error != EINVAL)
		return error;
	return fstatvfs(home, &fs) == 0 && (off_t)(fs.f_bavail * fs.f_frsize) < ROOM_MIN ? ENOSPC : 0;
}

void
survey_home(struct survey *s)
{
	const struct home *h = &s->load->home;
	struct stat st;
	int error;

	if (h->fd == -1 || fstat(h->fd, &st) == -1) {
		findings_add(&s->findings, s->load->outcome == OUTCOME_HOME_FOREIGN ? "home" : "home-missing", buf_str(&s->load->why), NULL);
		return;
	}
	buf_adds(&s->facts[AREA_HOME], h->path);
	if (h->passed_over != NULL)
		findings_add(&s->findings, "home-unused", h->passed_over, h->path);
	if ((st.st_mode & S_IWGRP) != 0)
		add_mode(s, "home-mode", h->path, st.st_mode);
	find_private(s, s->load->settings.table);
	if (!survey_no_journal(s))
		find_private(s, s->load->settings.journal);
	error = try_room(h->fd);
	if (error != 0)
		findings_add(&s->findings, "space", strerror(error), NULL);
}

/* Delivery. */

static void
find_modes(struct survey *s)
{
	const struct wiring_plan *w = &s->wiring;
	const char *name = buf_str(&w->file), *place;
	struct stat st, home;
	size_t i;
	int dir_fd;

	place = home_place(&s->load->home, name, &dir_fd);
	if (!w->there || fstatat(dir_fd, place, &st, 0) == -1 || fstat(s->load->home.fd, &home) == -1)
		return;
	if (st.st_uid != s->load->home.uid && st.st_uid != 0)
		findings_add(&s->findings, "delivery-owner", name, NULL);
	for (i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (modes[i].kind == w->kind && (st.st_mode & modes[i].refused) != 0)
			add_mode(s, "delivery-mode", name, st.st_mode);
	if ((w->kind == WIRING_QMAIL || w->kind == WIRING_MAILDROP) && (home.st_mode & S_ISVTX) != 0)
		add_mode(s, "home-sticky", s->load->home.path, home.st_mode);
}

/* What does not fit a delivery beside others. */
static void
find_policy(struct survey *s)
{
	static const char policies[][POLICY_MAX] = { [FAILURE_SAFE] = "safe", [FAILURE_SOFT] = "soft", [FAILURE_HARD] = "hard" };
	const struct settings *o = &s->load->settings;

	if (!s->wiring.wired)
		return;
	if (o->failure != FAILURE_SAFE)
		findings_add(&s->findings, "failure-policy", settings_where(o, "failure"), policies[o->failure]);
	if (o->log == LOG_TO_STDERR)
		findings_add(&s->findings, "log-output", settings_where(o, "log"), NULL);
}

static bool
was_seen_recently(const struct survey *s)
{
	return s->nentries > 0 && s->entries[0].time > s->load->now - SEEN_RECENTLY;
}

/* Not wired, and yet a line of the file has our name: it does not run what it names. */
static bool
names_us(const struct survey *s)
{
	const char *line = buf_str(&s->wiring.before), *end, *first;

	for (; *line != '\0'; line = *end == '\n' ? end + 1 : end) {
		end = strchrnul(line, '\n');
		first = line + strspn(line, " \t");
		if (*first != '#' && memmem(line, (size_t)(end - line), OUR_NAME, strlen(OUR_NAME)) != NULL)
			return true;
	}
	return false;
}

/* Somebody who never began, or took our line out by hand, has chosen so. */
static void
find_unwired(struct survey *s)
{
	const char *file = buf_str(&s->wiring.file);
	bool begun = s->load->settings.begun != NULL;
	struct buf seen = BUF_INIT, mend = BUF_INIT;

	if (s->wiring.refusal.len > 0)
		buf_addf(&mend, "%s %s", buf_str(&s->wiring.refusal), buf_str(&s->wiring.advice));
	else
		buf_adds(&mend, "backsoon on");
	s->never_on = !begun && !names_us(s) && !s->have_text && !was_seen_recently(s);
	if (s->never_on)
		findings_add(&s->findings, "never-on", NULL, NULL);
	else if (names_us(s))
		findings_add(&s->findings, "program-gone", file, NULL);
	else if (!s->wiring_known)
		findings_add(&s->findings, "wiring-unknown", buf_str(&s->wiring.refusal), buf_str(&s->wiring.advice));
	else if (was_seen_recently(s)) {
		survey_time(s, &seen, s->entries[0].time);
		findings_add(&s->findings, "wired-elsewhere", file, buf_str(&seen));
	} else
		findings_add(&s->findings, begun ? "not-wired" : "unwired", file, buf_str(&mend));
	buf_free(&seen);
	buf_free(&mend);
}

static void
delivery_fact(struct survey *s)
{
	struct buf *fact = &s->facts[AREA_DELIVERY];

	if (!s->wiring_known)
		buf_adds(fact, _("not known"));
	else if (s->wiring.wired)
		buf_addf(fact, _("%s starts backsoon"), buf_str(&s->wiring.file));
	else
		buf_addf(fact, _("nothing in %s"), buf_str(&s->wiring.file));
}

void
survey_delivery(struct survey *s)
{
	struct wiring_facts facts = { .login = s->login, .sendmail = s->load->settings.sendmail, .want = WIRING_UNKNOWN };
	char program[PROGRAM_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);

	program[n > 0 ? n : 0] = '\0';
	facts.program = program;
	if (s->login == NULL || !wiring_look(&s->load->home, &facts, &s->wiring))
		return;
	s->wiring_known = s->wiring.kind != WIRING_UNKNOWN;
	find_modes(s);
	find_policy(s);
	delivery_fact(s);
	if (!s->wiring.wired)
		find_unwired(s);
	else if (s->nentries == 0 && !survey_no_journal(s))
		findings_add(&s->findings, "never-seen", buf_str(&s->wiring.file), NULL);
}
