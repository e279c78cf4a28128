/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table: a scene is a fresh directory and the steps that run in it, one
 * row each; a row without a scene belongs to the one above.  Times are given,
 * never asked.  What needs a file prepared or looked at has a function at the end.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "tests/tap.h"
#include "vacation_db.h"
#include "vacation_lock.h"
#include "vacation_record.h"
#include "vacation_table.h"

#define T 1800000000	/* the moment at which every scene begins */
#define H 3600
#define D 86400
#define ONCE VACATION_DB_FOREVER
#define SOON 500	/* ms to wait for a lock */

static char root[] = "/tmp/vacation_db.XXXXXX";
static char dir[64];
static int dir_fd = -1;
static int scenes;

/* Descriptor of a fresh directory; the last one is removed at the end with all others. */
static void
scene_begin(void)
{
	if (dir_fd >= 0)
		close(dir_fd);
	snprintf(dir, sizeof dir, "%s/%d", root, ++scenes);
	if (mkdir(dir, 0700) != 0)
		exit(1);
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct vacation_db *
table(void)
{
	return vacation_db_new(dir_fd, "t", deadline_clock() + SOON);
}

enum op { PEEK, AHEAD, NOTE, CLAIM, WITHDRAW, EXCLUDE, INCLUDE, CLEAR, CLEAR_ALL };

struct step {
	const char *scene, *name;
	enum op op;
	const char *sender;
	int64_t at;
	enum vacation_db_result want;
	const char *from, *handle;
	struct vacation_db_limits limits;
	int64_t next;		/* wanted, relative to T; 0 not looked at */
	uint32_t count;		/* wanted, 0 not looked at */
};

#define WEEK .limits = { .period = 7 * D, .max_senders = 1000 }
#define EVERY .limits = { .period = 0, .max_senders = 1000 }
#define ONLY_ONCE .limits = { .period = ONCE, .max_senders = 1000 }
#define NONE .limits = { .period = 0 }
#define FREE VACATION_DB_FREE
#define GRANTED VACATION_DB_GRANTED
#define ANSWERED VACATION_DB_ANSWERED
#define STORM VACATION_DB_STORM
#define EXCLUDED VACATION_DB_EXCLUDED

static const struct step steps[] = {
	{ "period", "no table: free", PEEK, "a@x", 0, FREE, WEEK },
	{ NULL, "first claim", CLAIM, "a@x", 0, GRANTED, WEEK, .count = 1, .next = 7 * D },
	{ NULL, "peek sees it", PEEK, "a@x", 1, ANSWERED, WEEK, .next = 7 * D },
	{ NULL, "claim sees it", CLAIM, "a@x", 1, ANSWERED, WEEK, .next = 7 * D },
	{ NULL, "another sender", CLAIM, "b@x", 1, GRANTED, WEEK },
	{ NULL, "last second of the period", CLAIM, "a@x", 7 * D - 1, ANSWERED, WEEK },
	{ NULL, "the period is over", PEEK, "a@x", 7 * D, FREE, WEEK },
	{ NULL, "... and claimed", CLAIM, "a@x", 7 * D, GRANTED, WEEK, .count = 2, .next = 14 * D },
	{ NULL, "a shorter period counts from the same answer", PEEK, "a@x", 8 * D, FREE, .limits = { .period = D } },
	{ NULL, "a longer one too", PEEK, "b@x", 8 * D, ANSWERED, .limits = { .period = 9 * D } },

	{ "once", "first", CLAIM, "a@x", 0, GRANTED, ONLY_ONCE },
	{ NULL, "ten years later", CLAIM, "a@x", 3650 * (int64_t)D, ANSWERED, ONLY_ONCE },

	{ "handle", "first text", CLAIM, "a@x", 0, GRANTED, .handle = "one", WEEK },
	{ NULL, "same text", CLAIM, "a@x", 1, ANSWERED, .handle = "one", WEEK },
	{ NULL, "another text: told again", CLAIM, "a@x", 1, GRANTED, .handle = "two", WEEK, .count = 2 },
	{ NULL, "lengths keep fields apart", PEEK, "oa@x", 1, FREE, .handle = "tw", WEEK },

	{ "long handle", "claim", CLAIM, "a@x", 0, GRANTED, .handle = "LONG", WEEK },
	{ NULL, "again", CLAIM, "a@x", 0, ANSWERED, .handle = "LONG", WEEK },
	{ NULL, "one byte more is another", PEEK, "a@x", 0, FREE, .handle = "LONGER", WEEK },

	{ "both keys", "sender and From", CLAIM, "bounce-1@svc", 0, GRANTED, .from = "a@x", WEEK },
	{ NULL, "fresh sender, same From", CLAIM, "bounce-2@svc", 1, ANSWERED, .from = "a@x", WEEK },
	{ NULL, "same sender, another From", CLAIM, "bounce-1@svc", 1, ANSWERED, .from = "b@x", WEEK },
	{ NULL, "From as the sender", PEEK, "a@x", 1, ANSWERED, WEEK },
	{ NULL, "neither", CLAIM, "bounce-3@svc", 1, GRANTED, .from = "b@x", WEEK },
	{ NULL, "From equal to the sender is one key", CLAIM, "c@x", 1, GRANTED, .from = "c@x", WEEK },

	{ "withdraw", "claim", CLAIM, "a@x", 0, GRANTED, .from = "b@x", WEEK },
	{ NULL, "taken back", WITHDRAW, "a@x", 0, FREE, .from = "b@x" },
	{ NULL, "as if never answered", PEEK, "a@x", 1, FREE, .from = "b@x", WEEK },
	{ NULL, "From too", PEEK, "b@x", 1, FREE, WEEK },
	{ NULL, "claim again", CLAIM, "a@x", 1, GRANTED, WEEK, .count = 1 },
	{ NULL, "claim after the period", CLAIM, "a@x", 8 * D, GRANTED, WEEK, .count = 2 },
	{ NULL, "taken back: the old record returns", WITHDRAW, "a@x", 8 * D, FREE, NONE },
	{ NULL, "its count too", PEEK, "a@x", 2, ANSWERED, WEEK, .next = 7 * D + 1, .count = 1 },
	{ NULL, "a second time: nothing happens", WITHDRAW, "a@x", 8 * D, FREE, NONE },
	{ NULL, "still the old record", PEEK, "a@x", 2, ANSWERED, WEEK, .next = 7 * D + 1 },

	{ "clock", "answered by a clock ten days ahead", CLAIM, "a@x", 10 * D, GRANTED, WEEK },
	{ NULL, "counts as now", AHEAD, "a@x", 0, ANSWERED, WEEK, .next = 7 * D },
	{ NULL, "the claim notes it", CLAIM, "a@x", 0, ANSWERED, WEEK, .next = 7 * D },
	{ NULL, "and the period runs from there", PEEK, "a@x", 6 * D, ANSWERED, WEEK, .next = 7 * D },
	{ NULL, "until it is over", CLAIM, "a@x", 7 * D, GRANTED, WEEK },
	{ "clock of 1970", "answered", CLAIM, "a@x", 0, GRANTED, WEEK },
	{ NULL, "the clock fell back for a while", CLAIM, "a@x", 100 - (int64_t)T, ANSWERED, WEEK },
	{ NULL, "it came back: nobody is told twice", CLAIM, "a@x", 3 * D, ANSWERED, WEEK, .next = 7 * D },
	{ "clock, noted", "answered by a clock of 2030", CLAIM, "a@x", 1300 * (int64_t)D, GRANTED, .from = "b@x", WEEK },
	{ NULL, "peek says that it is ahead", AHEAD, "a@x", 0, ANSWERED, .from = "b@x", WEEK, .next = 7 * D },
	{ NULL, "noted", NOTE, "a@x", 0, FREE, .from = "b@x", NONE },
	{ NULL, "said no more", PEEK, "a@x", D, ANSWERED, .from = "b@x", WEEK, .next = 7 * D },
	{ NULL, "From is noted too", PEEK, "c@x", D, ANSWERED, .from = "b@x", WEEK, .next = 7 * D },
	{ NULL, "a second time: as it was", NOTE, "a@x", 2 * D, FREE, .from = "b@x", NONE },
	{ NULL, "a period after the first time", PEEK, "a@x", 7 * D, FREE, .from = "b@x", WEEK },
	{ NULL, "... claimed", CLAIM, "a@x", 7 * D, GRANTED, .from = "b@x", WEEK, .next = 14 * D },
	{ "clock, small", "half an hour ahead", CLAIM, "a@x", H / 2, GRANTED, WEEK },
	{ NULL, "is taken as it is", PEEK, "a@x", 0, ANSWERED, WEEK, .next = 7 * D + H / 2 },

	{ "max-replies", "one", CLAIM, "a@x", 0, GRANTED, .handle = "1", .limits = { .period = D, .max_replies = 2 } },
	{ NULL, "two, another text", CLAIM, "a@x", 0, GRANTED, .handle = "2", .limits = { .period = D, .max_replies = 2 } },
	{ NULL, "no third", CLAIM, "a@x", 2 * D, VACATION_DB_SENDER_LIMIT, .handle = "1", .limits = { .period = D, .max_replies = 2 }, .next = -1 },
	{ NULL, "peek says so", PEEK, "a@x", 2 * D, VACATION_DB_SENDER_LIMIT, .handle = "3", .limits = { .period = D, .max_replies = 2 } },
	{ NULL, "others are free", PEEK, "b@x", 2 * D, FREE, .limits = { .period = D, .max_replies = 2 } },
	{ NULL, "no limit", PEEK, "a@x", 2 * D, FREE, .handle = "1", .limits = { .period = D } },

	{ "storm, hour", "one", CLAIM, "a@x", 0, GRANTED, .limits = { .period = D, .max_per_hour = 2 } },
	{ NULL, "two", CLAIM, "a@y", 10, GRANTED, .limits = { .period = D, .max_per_hour = 2 } },
	{ NULL, "no third", CLAIM, "a@z", 20, STORM, .limits = { .period = D, .max_per_hour = 2 }, .next = H },
	{ NULL, "peek says so", PEEK, "a@z", 20, STORM, .limits = { .period = D, .max_per_hour = 2 }, .next = H },
	{ NULL, "a contact passes", CLAIM, "a@v", 20, GRANTED, .limits = { .period = D, .max_per_hour = 2, .contact = true } },
	{ NULL, "an answered sender is answered, not storm", PEEK, "a@x", 20, ANSWERED, .limits = { .period = D, .max_per_hour = 2 } },
	{ NULL, "the brake off", PEEK, "a@z", 20, FREE, .limits = { .period = D } },
	{ NULL, "next hour", CLAIM, "a@z", H, GRANTED, .limits = { .period = D, .max_per_hour = 2 } },
	{ "storm, day", "one", CLAIM, "a@x", 0, GRANTED, .limits = { .period = D, .max_per_day = 2 } },
	{ NULL, "two", CLAIM, "a@y", 2 * H, GRANTED, .limits = { .period = D, .max_per_day = 2 } },
	{ NULL, "no third", CLAIM, "a@z", 4 * H, STORM, .limits = { .period = D, .max_per_day = 2 }, .next = D },
	{ "storm, domain", "one of four", CLAIM, "a@x", 0, GRANTED, .limits = { .period = D, .max_per_hour = 4 } },
	{ NULL, "two of four", CLAIM, "b@x", 0, GRANTED, .limits = { .period = D, .max_per_hour = 4 } },
	{ NULL, "a domain has half", CLAIM, "c@x", 0, STORM, .limits = { .period = D, .max_per_hour = 4 } },
	{ NULL, "another domain", CLAIM, "c@y", 0, GRANTED, .limits = { .period = D, .max_per_hour = 4 } },
	{ "storm, withdrawn", "one", CLAIM, "a@x", 0, GRANTED, .limits = { .period = D, .max_per_hour = 1 } },
	{ NULL, "taken back", WITHDRAW, "a@x", 0, FREE, NONE },
	{ NULL, "does not count", CLAIM, "b@x", 0, GRANTED, .limits = { .period = D, .max_per_hour = 1 } },
	{ NULL, "this one does", CLAIM, "c@y", 0, STORM, .limits = { .period = D, .max_per_hour = 1 } },
	{ "storm, clock", "counted by a clock ahead", CLAIM, "a@x", 30 * D, GRANTED, .limits = { .period = D, .max_per_hour = 1 } },
	{ NULL, "still runs", AHEAD, "b@y", 0, STORM, .limits = { .period = D, .max_per_hour = 1 }, .next = H },
	{ NULL, "noted", NOTE, "b@y", 0, FREE, NONE },
	{ NULL, "runs from there", PEEK, "b@y", H - 1, STORM, .limits = { .period = D, .max_per_hour = 1 }, .next = H },
	{ NULL, "does not brake for a month", CLAIM, "b@y", H, GRANTED, .limits = { .period = D, .max_per_hour = 1 } },
	{ "storm, clock, claims only", "counted by a clock ahead", CLAIM, "a@x", 30 * D, GRANTED, .limits = { .period = D, .max_per_hour = 1 } },
	{ NULL, "still runs", CLAIM, "b@y", 0, STORM, .limits = { .period = D, .max_per_hour = 1 }, .next = H },
	{ NULL, "until an hour later", CLAIM, "b@y", H, GRANTED, .limits = { .period = D, .max_per_hour = 1 } },
	{ "storm, clock back", "counted", CLAIM, "a@x", 0, GRANTED, .limits = { .period = D, .max_per_hour = 1 } },
	{ NULL, "61 minutes back: no fresh hour", CLAIM, "b@y", -61 * 60, STORM, .limits = { .period = D, .max_per_hour = 1 } },

	{ "exclusions", "address", EXCLUDE, "a@x", 0, FREE, NONE },
	{ NULL, "excluded", PEEK, "a@x", 0, EXCLUDED, WEEK },
	{ NULL, "claim too", CLAIM, "a@x", 0, EXCLUDED, WEEK },
	{ NULL, "neighbour", PEEK, "b@x", 0, FREE, WEEK },
	{ NULL, "by From", PEEK, "b@x", 0, EXCLUDED, .from = "a@x", WEEK },
	{ NULL, "domain", EXCLUDE, "@d.example", 0, FREE, NONE },
	{ NULL, "of the domain", PEEK, "q@d.example", 0, EXCLUDED, WEEK },
	{ NULL, "not its subdomain", PEEK, "q@s.d.example", 0, FREE, WEEK },
	{ NULL, "with subdomains", EXCLUDE, "@.e.example", 0, FREE, NONE },
	{ NULL, "itself", PEEK, "q@e.example", 0, EXCLUDED, WEEK },
	{ NULL, "two below", PEEK, "q@a.b.e.example", 0, EXCLUDED, WEEK },
	{ NULL, "only whole labels", PEEK, "q@be.example", 0, FREE, WEEK },
	{ NULL, "survive another text", PEEK, "a@x", 0, EXCLUDED, .handle = "new", WEEK },
	{ NULL, "answered, then excluded", CLAIM, "c@x", 0, GRANTED, WEEK },
	{ NULL, "exclude", EXCLUDE, "c@x", 0, FREE, NONE },
	{ NULL, "excluded goes first", PEEK, "c@x", 0, EXCLUDED, WEEK },
	{ NULL, "clear keeps exclusions", CLEAR, NULL, 0, FREE, NONE },
	{ NULL, "still excluded", PEEK, "a@x", 0, EXCLUDED, WEEK },
	{ NULL, "remove", INCLUDE, "c@x", 0, FREE, NONE },
	{ NULL, "remove twice", INCLUDE, "c@x", 0, FREE, NONE },
	{ NULL, "forgotten by clear", PEEK, "c@x", 0, FREE, WEEK },
	{ NULL, "clear all", CLEAR_ALL, NULL, 0, FREE, NONE },
	{ NULL, "exclusions gone", PEEK, "a@x", 0, FREE, WEEK },

	{ "full", "one", CLAIM, "a@x", 0, GRANTED, .limits = { .period = D, .max_senders = 2 } },
	{ NULL, "two", CLAIM, "b@x", 0, GRANTED, .limits = { .period = D, .max_senders = 2 } },
	{ NULL, "no third", CLAIM, "c@x", 0, STORM, .limits = { .period = D, .max_senders = 2 } },
	{ NULL, "a known sender still fits", CLAIM, "a@x", 2 * D, GRANTED, .limits = { .period = D, .max_senders = 2 } },
	{ NULL, "ninety days later b is over", CLAIM, "c@x", 91 * D, GRANTED, .limits = { .period = D, .max_senders = 2 } },
	{ NULL, "and a is not", CLAIM, "d@x", 91 * D, STORM, .limits = { .period = D, .max_senders = 2 } },
	{ "full, once", "one", CLAIM, "a@x", 0, GRANTED, .limits = { .period = ONCE, .max_senders = 1 } },
	{ NULL, "once is never retired", CLAIM, "c@x", 9999 * (int64_t)D, STORM, .limits = { .period = D, .max_senders = 1 } },
	{ "full, max-replies", "one", CLAIM, "a@x", 0, GRANTED, .limits = { .period = D, .max_senders = 1, .max_replies = 1 } },
	{ NULL, "max-replies needs it", CLAIM, "c@x", 999 * D, STORM, .limits = { .period = D, .max_senders = 1, .max_replies = 1 } },
};

static const char *
handle_of(const char *name)
{
	static char longer[4001];

	memset(longer, 'h', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	if (name != NULL && strcmp(name, "LONG") == 0)
		return longer + 1;
	return name != NULL && strcmp(name, "LONGER") == 0 ? longer : name != NULL ? name : "h";
}

static enum vacation_db_result
run(struct vacation_db *db, const struct step *s, struct vacation_db_claim *claim, struct vacation_db_info *info)
{
	const struct vacation_db_who who = { "anna", handle_of(s->handle), s->sender, s->from };
	enum vacation_db_result r;

	switch (s->op) {
	case PEEK:
	case AHEAD:
		r = vacation_db_peek(db, &who, &s->limits, T + s->at, info);
		return info->ahead == (s->op == AHEAD) ? r : VACATION_DB_ERROR;
	case NOTE:
		return vacation_db_note(db, &who, T + s->at, info);
	case CLAIM:
		return vacation_db_claim(db, &who, &s->limits, T + s->at, claim, info);
	case WITHDRAW:
		return vacation_db_withdraw(db, &who, claim, T + s->at, info);
	case EXCLUDE:
		return vacation_db_exclude(db, "anna", s->sender, true, info);
	case INCLUDE:
		return vacation_db_exclude(db, "anna", s->sender, false, info);
	case CLEAR:
	case CLEAR_ALL:
	default:
		return vacation_db_clear(db, s->op == CLEAR, info);
	}
}

static void
test_steps(void)
{
	const char *scene = "";
	struct vacation_db *db = NULL;
	struct vacation_db_claim claim = { 0 };
	struct vacation_db_info info;
	const struct step *s;
	enum vacation_db_result got;
	bool good;

	for (s = steps; s < steps + sizeof steps / sizeof *steps; s++) {
		if (s->scene != NULL) {
			scene = s->scene;
			scene_begin();
		}
		db = table();
		got = run(db, s, &claim, &info);
		vacation_db_free(db);
		good = got == s->want && (s->count == 0 || info.count == s->count) &&
		    (s->next == 0 || info.next == (s->next < 0 ? VACATION_DB_FOREVER : T + s->next));
		if (!ok(good, "%s: %s", scene, s->name))
			printf("#   got: %s, next %lld, count %u (%s)\n#  want: %s, next %lld\n", vacation_db_result_name(got), (long long)info.next - T,
			    info.count, info.detail, vacation_db_result_name(s->want), (long long)s->next);
	}
}

static const struct vacation_db_limits week = { .period = 7 * D, .max_senders = 100000 };

static enum vacation_db_result
claim_with(const char *sender, int64_t at, const struct vacation_db_limits *limits, struct vacation_db_info *info)
{
	const struct vacation_db_who who = { "anna", "h", sender, NULL };
	struct vacation_db *db = table();
	struct vacation_db_claim claim;
	enum vacation_db_result r = vacation_db_claim(db, &who, limits, T + at, &claim, info);

	vacation_db_free(db);
	return r;
}

static enum vacation_db_result
claim_at(const char *sender, int64_t at, struct vacation_db_info *info)
{
	return claim_with(sender, at, &week, info);
}

static enum vacation_db_result
peek_at(const char *sender, int64_t at, struct vacation_db_info *info)
{
	const struct vacation_db_who who = { "anna", "h", sender, NULL };
	struct vacation_db *db = table();
	enum vacation_db_result r = vacation_db_peek(db, &who, &week, T + at, info);

	vacation_db_free(db);
	return r;
}

static bool
is_result(enum vacation_db_result got, enum vacation_db_result want, const char *name, const struct vacation_db_info *info)
{
	bool same = ok(got == want, "%s", name);

	if (!same)
		printf("#   got: %s (%s)\n#  want: %s\n", vacation_db_result_name(got), info->detail, vacation_db_result_name(want));
	return same;
}

static void
put_file(const char *name, const void *data, size_t len, mode_t mode)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len || fchmod(fd, mode) != 0)
		exit(1);
	close(fd);
}

static size_t
get_file(const char *name, void *data, size_t size)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, data, size) : -1;

	if (fd >= 0)
		close(fd);
	return n < 0 ? 0 : (size_t)n;
}

static int
count_files(const char *prefix)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (strncmp(e->d_name, prefix, strlen(prefix)) == 0 && e->d_name[0] != '.')
			n++;
	if (d != NULL)
		closedir(d);
	return n;
}

/* Files at the table's path that backsoon must not touch, or may replace. */
static const struct {
	const char *name;
	const char *bytes;
	size_t len;
	mode_t mode;
	enum vacation_db_result want;
	bool beside, healed;
} files[] = {
	{ "an empty file is new", "", 0, 0600, GRANTED, false, false },
	{ "Berkeley DB 1.85, this byte order", "\x61\x15\x06\x00rest", 8, 0600, GRANTED, true, false },
	{ "Berkeley DB 1.85, the other", "\x00\x06\x15\x61rest", 8, 0600, GRANTED, true, false },
	{ "Berkeley DB 5", "\0\0\0\0\0\0\0\0\0\0\0\0\x61\x15\x06\0....", 20, 0600, GRANTED, true, false },
	{ "Berkeley DB 5, the other byte order", "\0\0\0\0\0\0\0\0\0\0\0\0\0\x06\x15\x61....", 20, 0600, GRANTED, true, false },
	{ "a text: somebody's message file", "Subject: away\n\nI am away.\n", 26, 0600, GRANTED, true, false },
	{ "SQLite", "SQLite format 3\0....", 20, 0600, GRANTED, true, false },
	{ "gdbm of the other byte order", "\x13\x57\x9a\xcf\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 40, 0600,
	    VACATION_DB_UNREADABLE, false, false },
	{ "gdbm with 32-bit offsets", "\xcd\x9a\x57\x13\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 40, 0600,
	    VACATION_DB_UNREADABLE, false, false },
	{ "JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01", 13, 0600, GRANTED, true, false },
	{ "bytes of no known kind", "\x8f\x01\x02\x03\xff\xfe\x00\x10\x11\x80", 10, 0600, GRANTED, true, false },
	{ "gdbm's synchronous kind, cut", "\xd1\x9a\x57\x13", 4, 0600, GRANTED, false, true },
	{ "a cut header is damage", "\xcf\x9a\x57\x13", 4, 0600, GRANTED, false, true },
	{ "open to everybody", "\xcf\x9a\x57\x13", 4, 0666, VACATION_DB_UNREADABLE, false, false },
};

static void
test_files(void)
{
	struct vacation_db_info info;
	char now[64], label[128];
	size_t i, n;

	for (i = 0; i < sizeof files / sizeof *files; i++) {
		scene_begin();
		put_file("t", files[i].bytes, files[i].len, files[i].mode);
		is_result(claim_at("a@x", 0, &info), files[i].want, files[i].name, &info);
		snprintf(label, sizeof label, "%s: beside, healed", files[i].name);
		if (!ok(info.beside == files[i].beside && info.healed == files[i].healed, "%s", label))
			printf("#   got: beside %d, healed %d (%s)\n", info.beside, info.healed, info.detail);
		if (files[i].want == GRANTED) {
			snprintf(label, sizeof label, "%s: answered then", files[i].name);
			is_result(peek_at("a@x", 1, &info), ANSWERED, label, &info);
		}
		if (files[i].want == GRANTED && !files[i].beside)
			continue;
		n = get_file("t", now, sizeof now);
		ok(n == files[i].len && memcmp(now, files[i].bytes, n) == 0, "%s: left alone", files[i].name);
	}
}

/* Bytes of a healthy table, to be spoiled. */
static unsigned char image[1 << 20];
static size_t image_len;

static void
make_image(int senders)
{
	struct vacation_db_info info;
	struct vacation_db *db;
	char sender[32];
	int i;

	scene_begin();
	db = table();
	vacation_db_exclude(db, "anna", "kept@x", true, &info);
	vacation_db_exclude(db, "anna", "dropped@x", true, &info);
	vacation_db_exclude(db, "anna", "dropped@x", false, &info);
	vacation_db_set_interval(db, 3 * D, &info);
	vacation_db_free(db);
	for (i = 0; i < senders; i++) {
		snprintf(sender, sizeof sender, "s%d@x", i);
		claim_at(sender, 0, &info);
	}
	image_len = get_file("t", image, sizeof image);
}

static void
test_set_aside(void)
{
	const struct vacation_db_limits brake = { .period = 7 * D, .max_per_hour = 60 };
	struct vacation_db_info info;
	struct vacation_db *db;
	int64_t interval;

	make_image(5);
	image[0] ^= 0x55;	/* the magic number: gdbm does not open this */
	scene_begin();
	put_file("t", image, image_len, 0600);
	is_result(peek_at("s0@x", 1, &info), FREE, "damage: peek leaves it to the claim", &info);
	ok(info.detail[0] != '\0' && count_files("t") == 1, "damage: peek says so and touches nothing");
	is_result(claim_with("new0@x", 1, &brake, &info), GRANTED, "damage: a new table", &info);
	ok(info.healed && strstr(info.detail, "recovered") != NULL, "damage: said");
	is_int(count_files("t.damaged-"), 0, "damage: nothing to set aside");
	is_result(peek_at("s0@x", 1, &info), ANSWERED, "damage: nobody is forgotten whose record is whole", &info);
	is_result(peek_at("kept@x", 1, &info), EXCLUDED, "damage: exclusions kept", &info);
	is_result(peek_at("dropped@x", 1, &info), FREE, "damage: removed ones do not return", &info);
	db = table();
	vacation_db_interval(db, &interval, &info);
	vacation_db_free(db);
	is_int(interval, 3 * D, "damage: interval kept");
	is_result(claim_with("new1@y", 1, &brake, &info), GRANTED, "damage: a tenth of the brake is 6 an hour, 3 a domain", &info);
	claim_with("new2@x", 1, &brake, &info);
	claim_with("new3@x", 1, &brake, &info);
	is_result(claim_with("new4@x", 1, &brake, &info), STORM, "damage: the fourth of a domain is braked", &info);
	is_result(claim_with("new4@x", 8 * D, &brake, &info), GRANTED, "damage: after one period the brake is whole", &info);
	memset(image + 4, 0xff, image_len - 4);
	put_file("t", image, image_len, 0600);
	is_result(claim_at("new5@x", 2, &info), GRANTED, "damage, no record left: a new table", &info);
	ok(info.healed && strstr(info.detail, "t.damaged-20270115") != NULL, "damage, no record left: said with its dated name");
	is_int(count_files("t.damaged-"), 1, "damage, no record left: set aside");
	is_result(claim_at("new6@x", 2, &info), GRANTED, "damage, no record left: said once", &info);
	put_file("t", image, image_len, 0600);
	is_result(claim_at("new5@x", 2, &info), VACATION_DB_UNREADABLE, "damage: a second time on that day is left alone", &info);
	is_result(claim_at("new5@x", D, &info), GRANTED, "damage: the next day is another", &info);
	is_int(count_files("t.damaged-"), 2, "damage: two set aside");
	is_int(count_files(""), 4, "damage: nothing else left behind");
}

/* What the owner asks for works on a table that claims leave alone. */
static void
test_clear_damaged(void)
{
	struct vacation_db_info info;
	struct vacation_db *db;
	char label[64];
	int i;

	make_image(5);
	image[0] ^= 0x55;
	scene_begin();
	db = table();
	put_file("t", image, image_len, 0600);
	is_result(vacation_db_clear(db, true, &info), FREE, "clear: of a damaged table", &info);
	is_result(peek_at("kept@x", 1, &info), EXCLUDED, "clear: exclusions kept", &info);
	memset(image + 4, 0xff, image_len - 4);
	for (i = 1; i <= 11; i++) {
		image[100] = (unsigned char)i;
		put_file("spoiled", image, image_len, 0600);
		renameat(dir_fd, "spoiled", dir_fd, "t");
		snprintf(label, sizeof label, "clear: damage number %d of the day", i);
		is_result(vacation_db_clear(db, true, &info), FREE, label, &info);
	}
	vacation_db_free(db);
	is_int(count_files("t.damaged-"), 9, "clear: nine damaged files a day are kept");
	is_result(claim_at("s0@x", 1, &info), GRANTED, "clear: everybody forgotten", &info);
}

/* Whatever block of a table is spoiled, a fresh start keeps the exclusions whose records are whole. */
static void
test_clear_blocks(void)
{
	static unsigned char spoiled[sizeof image];
	struct vacation_db_info info;
	struct record_key key;
	struct vacation_db *db;
	int bad = 0, blocks = 0;
	size_t at;

	make_image(200);
	record_key(&key, RECORD_EXCLUSION, "anna", "", "kept@x");
	for (at = 0; at < image_len; at += 4096) {
		if (memmem(image + at, 4096, key.data, key.len) != NULL)
			continue;
		memcpy(spoiled, image, image_len);
		memset(spoiled + at, 0xff, 4096);
		if (at == 0)
			memcpy(spoiled, image, 4);
		scene_begin();
		put_file("t", spoiled, image_len, 0600);
		db = table();
		if (vacation_db_clear(db, true, &info) != FREE || peek_at("kept@x", 1, &info) != EXCLUDED) {
			printf("# block at %zu: %s\n", at, info.detail);
			bad++;
		}
		vacation_db_free(db);
		blocks++;
	}
	ok(bad == 0 && blocks > 4, "clear: each of %d blocks spoiled: exclusions kept", blocks);
}

static bool
nothing(void *ctx, const struct vacation_db_row *row)
{
	(void)ctx, (void)row;
	return true;
}

/* The table beside another program's database is spoken of once. */
static void
test_beside(void)
{
	static const char other[20] = "\0\0\0\0\0\0\0\0\0\0\0\0\x61\x15\x06\0....";
	struct vacation_db_info info;
	struct vacation_db *db;
	int64_t interval;

	scene_begin();
	put_file("t", other, sizeof other, 0600);
	claim_at("a@x", 0, &info);
	ok(info.beside && strstr(info.detail, "holds another program's database") != NULL, "beside: said when it is made");
	claim_at("b@x", 0, &info);
	is_str(info.detail, "", "beside: not by the next claim");
	peek_at("b@x", 0, &info);
	is_str(info.detail, "", "beside: nor by peek");
	db = table();
	vacation_db_interval(db, &interval, &info);
	is_str(info.detail, "", "beside: nor for the interval");
	vacation_db_list(db, nothing, NULL, &info);
	is_str(info.detail, "", "beside: nor by the list");
	vacation_db_free(db);
}

/* Zeroes after a power cut: damage only where the lock file says that the table was there. */
static void
test_evidence(void)
{
	static const unsigned char zero[4096], photo[40] = "\xff\xd8\xff\xe0\x00\x10JFIF";
	struct vacation_db_info info;

	scene_begin();
	claim_at("a@x", 0, &info);
	put_file("t", zero, sizeof zero, 0600);
	is_result(claim_at("b@x", 0, &info), GRANTED, "evidence: the lock file says that it was ours", &info);
	ok(info.healed && !info.beside && count_files("t.damaged-") == 1, "evidence: set aside");
	scene_begin();
	put_file("t", photo, sizeof photo, 0600);
	claim_at("a@x", 0, &info);
	unlinkat(dir_fd, "t.gdbm", 0);
	is_result(claim_at("a@x", 0, &info), GRANTED, "evidence: the table beside a picture was removed", &info);
	ok(info.beside && count_files("t.damaged-") == 0, "evidence: the picture stays, lock file or not");
}

/* Names that deliveries use for a moment, and what they must not remove. */
static void
test_temporary(void)
{
	struct vacation_db_info info;
	char now[64];

	scene_begin();
	put_file("t.new", "precious", 8, 0600);
	put_file("t.mended", "precious", 8, 0600);
	put_file(".t.backsoon-new", "precious", 8, 0600);
	is_result(claim_at("a@x", 0, &info), VACATION_DB_UNREADABLE, "temporary: something else is in the way", &info);
	ok(get_file(".t.backsoon-new", now, sizeof now) == 8 && info.detail[0] != '\0', "temporary: left alone, and said");
	put_file(".t.backsoon-new", "\xcf\x9a\x57\x13", 4, 0600);
	is_result(claim_at("a@x", 0, &info), GRANTED, "temporary: what a kill left goes", &info);
	put_file(".t.backsoon-new", "", 0, 0600);
	is_result(claim_at("b@x", 0, &info), GRANTED, "temporary: an empty one goes", &info);
	ok(get_file("t.new", now, sizeof now) == 8 && get_file("t.mended", now, sizeof now) == 8, "temporary: .new and .mended are the user's");
	ok(faccessat(dir_fd, ".t.backsoon-new", F_OK, 0) != 0, "temporary: nothing left behind");
}

/* A table that has to be mended while there is no descriptor, or no room, to do it with. */
static void
test_mend_later(void)
{
	struct vacation_db_info info;
	struct rlimit all, few;
	enum vacation_db_result r;
	int i, bad = 0;

	make_image(5);
	image[0] ^= 0x55;
	scene_begin();
	put_file("t", image, image_len, 0600);
	getrlimit(RLIMIT_NOFILE, &all);
	for (i = 0; i < 16; i++) {
		few = all;
		few.rlim_cur = (rlim_t)(dir_fd + 1 + i);
		setrlimit(RLIMIT_NOFILE, &few);
		r = claim_at("s0@x", 1, &info);
		setrlimit(RLIMIT_NOFILE, &all);
		bad += (r != VACATION_DB_ERROR && r != ANSWERED) || (r == VACATION_DB_ERROR && info.healed) || count_files("t.damaged-") != 0;
	}
	is_int(bad, 0, "mend later: too few descriptors: an error, and the file left alone");
	put_file("t", image, image_len, 0600);
	getrlimit(RLIMIT_FSIZE, &all);
	few = all;
	signal(SIGXFSZ, SIG_IGN);
	few.rlim_cur = 8192;
	setrlimit(RLIMIT_FSIZE, &few);
	r = claim_at("s0@x", 1, &info);
	setrlimit(RLIMIT_FSIZE, &all);
	is_result(r, VACATION_DB_FULL, "mend later: no room", &info);
	is_int(count_files("t.damaged-"), 0, "mend later: not set aside");
	is_result(claim_at("s0@x", 1, &info), ANSWERED, "mend later: nobody was forgotten", &info);
}

/* A lock file that is another at each look: busy at the deadline, not for ever. */
static void
test_lock_replaced(void)
{
	struct vacation_db_info info;
	pid_t pid;
	int64_t began;

	scene_begin();
	claim_at("a@x", 0, &info);
	pid = fork();
	if (pid == 0) {
		char name[96], other[96];

		snprintf(name, sizeof name, "%s/t.lock", dir);
		snprintf(other, sizeof other, "%s/o", dir);
		for (;;) {
			int fd = open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

			close(fd);
			rename(other, name);
		}
	}
	began = deadline_clock();
	claim_at("b@x", 0, &info);
	ok(deadline_clock() - began < 10 * SOON, "lock replaced: the deadline holds");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A file longer than its header knows: what a kill can leave. */
static void
test_recovery(void)
{
	struct vacation_db_info info;

	make_image(5);
	memset(image + image_len, 0, 4096);
	scene_begin();
	put_file("t", image, image_len + 4096, 0600);
	is_result(claim_at("s0@x", 1, &info), ANSWERED, "recovery: nobody is forgotten", &info);
	ok(info.healed, "recovery: said");
	is_int(count_files("t.damaged-"), 0, "recovery: nothing to set aside");
	is_result(claim_at("new@x", 1, &info), GRANTED, "recovery: writable again", &info);
	is_result(peek_at("kept@x", 1, &info), EXCLUDED, "recovery: exclusions kept", &info);
}

static void
test_broken_value(void)
{
	struct vacation_db_info info;
	struct record_key key;
	unsigned char *at;

	make_image(3);
	record_key(&key, RECORD_ANSWER, "anna", "h", "s1@x");
	at = memmem(image, image_len, key.data, key.len);
	if (!ok(at != NULL, "broken value: found in the file"))
		return;
	at[key.len + 16] ^= 0xff;	/* last answered */
	put_file("t", image, image_len, 0600);
	is_result(peek_at("s1@x", 9 * D, &info), FREE, "broken value: peek leaves it to the claim", &info);
	is_result(claim_at("s1@x", 9 * D, &info), ANSWERED, "broken value: an answer there was, so the period begins anew", &info);
	is_result(peek_at("s1@x", 15 * D, &info), ANSWERED, "broken value: and runs", &info);
	is_result(claim_at("s1@x", 16 * D, &info), GRANTED, "broken value: and ends", &info);
	record_key(&key, RECORD_META, "", "", "");
	at = memmem(image, image_len, key.data, key.len);
	at[key.len] = RECORD_VERSION + 1;
	put_file("t", image, image_len, 0600);
	is_result(peek_at("s0@x", 1, &info), VACATION_DB_UNREADABLE, "newer version: left alone by peek", &info);
	is_result(claim_at("s0@x", 1, &info), VACATION_DB_UNREADABLE, "newer version: left alone by claim", &info);
	is_int(count_files("t.damaged-"), 0, "newer version: no damage");
}

/* No crash, no hang, always a result; ASan and valgrind run this too. */
static void
test_spoiled(void)
{
	static unsigned char spoiled[sizeof image];
	struct vacation_db_info info;
	uint32_t seed = 1;
	int round, k, bad = 0;
	size_t len;

	make_image(20);
	for (round = 0; round < 150; round++) {
		scene_begin();
		memcpy(spoiled, image, image_len);
		len = image_len;
		for (k = 0; k < 1 + round % 64; k++) {
			seed = seed * 1664525 + 1013904223;
			spoiled[(seed >> 8) % (round % 3 == 0 ? 256 : image_len)] = (unsigned char)(seed >> 3);
		}
		if (round % 5 == 0)
			len = (seed >> 8) % image_len;
		put_file("t", spoiled, len, 0600);
		peek_at("s3@x", 1, &info);
		claim_at("s3@x", 1, &info);
		if (claim_at("fresh@x", 1, &info) != GRANTED && info.detail[0] == '\0' && ++bad)
			printf("# round %d: no sentence\n", round);
		claim_at("fresh@x", D, &info);
		if (peek_at("fresh@x", D + 1, &info) == FREE && ++bad)
			printf("# round %d: forgotten (%s)\n", round, info.detail);
	}
	is_int(bad, 0, "150 spoiled files: a result or a sentence for each, and none answered twice");
}

static void
test_untouchable(void)
{
	struct vacation_db_info info;
	struct stat st;
	mode_t mask;

	scene_begin();
	put_file("elsewhere", "", 0, 0600);
	ok(symlinkat("elsewhere", dir_fd, "t") == 0, "link: made");
	is_result(claim_at("a@x", 0, &info), VACATION_DB_UNREADABLE, "link: the table is never one", &info);
	scene_begin();
	put_file("elsewhere", "", 0, 0600);
	ok(symlinkat("elsewhere", dir_fd, "t.lock") == 0, "link: made");
	is_result(claim_at("a@x", 0, &info), VACATION_DB_UNREADABLE, "link: nor is the lock", &info);
	scene_begin();
	ok(mkdirat(dir_fd, "t", 0700) == 0, "directory: made");
	is_result(claim_at("a@x", 0, &info), VACATION_DB_UNREADABLE, "directory: left alone", &info);
	scene_begin();
	ok(mkfifoat(dir_fd, "t", 0600) == 0, "fifo: made");
	is_result(claim_at("a@x", 0, &info), VACATION_DB_UNREADABLE, "fifo: left alone", &info);
	scene_begin();
	put_file("t.lock", "somebody's notes", 16, 0600);
	is_result(claim_at("a@x", 0, &info), VACATION_DB_UNREADABLE, "lock file: somebody else's contents", &info);
	scene_begin();
	is_result(peek_at("a@x", 0, &info), FREE, "peek: no table", &info);
	is_int(count_files(""), 0, "peek: creates nothing");
	mask = umask(0);
	claim_at("a@x", 0, &info);
	umask(mask);
	ok(fstatat(dir_fd, "t", &st, 0) == 0 && (st.st_mode & 07777) == 0600, "mode: table 0600 under umask 0");
	ok(fstatat(dir_fd, "t.lock", &st, 0) == 0 && (st.st_mode & 07777) == 0600, "mode: lock 0600 under umask 0");
	scene_begin();
	mask = umask(0277);
	claim_at("a@x", 0, &info);
	umask(mask);
	ok(fstatat(dir_fd, "t", &st, 0) == 0 && (st.st_mode & 07777) == 0600, "mode: table 0600 under umask 0277");
	scene_begin();
	rmdir(dir);
	is_result(claim_at("a@x", 0, &info), VACATION_DB_ERROR, "directory gone: an error, not an answer", &info);
}

static void
test_busy(void)
{
	struct vacation_db_info info;
	char detail[200];
	int fd;

	scene_begin();
	claim_at("a@x", 0, &info);
	ok(lock_take(dir_fd, "t.lock", true, deadline_clock() + SOON, &fd, detail, sizeof detail) == GRANTED, "busy: lock held");
	is_result(claim_at("b@x", 0, &info), VACATION_DB_BUSY, "busy: claim gives up at the deadline", &info);
	is_result(peek_at("b@x", 0, &info), VACATION_DB_BUSY, "busy: unknown is not free", &info);
	is_result(peek_at("a@x", 0, &info), ANSWERED, "busy: a whole record needs no lock", &info);
	close(fd);
	is_result(claim_at("b@x", 0, &info), GRANTED, "busy: no longer", &info);
	unlinkat(dir_fd, "t.lock", 0);
	is_result(claim_at("b@x", 1, &info), ANSWERED, "lock file removed: the table still counts", &info);
	is_result(claim_at("c@x", 1, &info), GRANTED, "lock file removed: made again", &info);
}

static void
test_limit_of_size(void)
{
	struct rlimit all, small;
	struct vacation_db_info info;
	char sender[32];
	enum vacation_db_result r = GRANTED;
	int i, granted = 0, bad = 0;

	scene_begin();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &all);
	small = all;
	small.rlim_cur = 131072;
	setrlimit(RLIMIT_FSIZE, &small);
	for (i = 0; i < 3000 && r == GRANTED; i++) {
		snprintf(sender, sizeof sender, "s%d@x", i);
		r = claim_at(sender, 0, &info);
		granted += r == GRANTED;
	}
	is_result(r, VACATION_DB_FULL, "size limit: full", &info);
	is_result(claim_at("late@x", 0, &info), VACATION_DB_FULL, "size limit: and stays so", &info);
	for (i = 0; i < granted; i++) {
		snprintf(sender, sizeof sender, "s%d@x", i);
		bad += peek_at(sender, 0, &info) != ANSWERED;
	}
	is_int(bad, 0, "size limit: everybody is still known");
	setrlimit(RLIMIT_FSIZE, &all);
	is_result(claim_at("late@x", 0, &info), GRANTED, "size limit: lifted", &info);
	ok(!info.healed, "size limit: nothing was damaged");
	scene_begin();
	small.rlim_cur = 8192;
	setrlimit(RLIMIT_FSIZE, &small);
	is_result(claim_at("a@x", 0, &info), VACATION_DB_FULL, "size limit: no room for a table", &info);
	setrlimit(RLIMIT_FSIZE, &all);
	ok(faccessat(dir_fd, ".t.backsoon-new", F_OK, 0) != 0, "size limit: nothing half made");
}

/*
 * The table gets records that make it larger than what is copied, by the module's own inside: 100,000 claims would take too long.
 */
static bool
many(void *ctx, struct table *t)
{
	const struct record r = { .state = RECORD_LIVE, .first = T, .last = T, .period = VACATION_DB_FOREVER };
	struct record_key key;
	char sender[400];
	int i, *n = ctx;

	memset(sender, 'l', sizeof sender);
	for (i = 0; i < *n; i++) {
		snprintf(sender + sizeof sender - 20, 20, "%d@big", i);
		record_key(&key, RECORD_ANSWER, "anna", "h", sender);
		if (!table_add(t, &key, &r))
			return false;
	}
	return true;
}

static void
enlarge(void)
{
	struct vacation_db *db = table();
	struct vacation_db_info info;
	struct table_work w;
	struct record_key key;
	struct record meta;
	int n = VACATION_DB_COPY_MAX / 400;

	table_meta(&key, &meta);
	if (table_enter(db, &w, NULL, T, &info) != FREE || table_create(db, "t", &meta, many, &n, &info) != FREE)
		exit(1);
	table_leave(db, &w, FREE, &info);
	vacation_db_free(db);
}

/* What may not be written is not replaced either. */
static void
test_read_only(void)
{
	struct vacation_db_info info;
	struct stat before, after;

	scene_begin();
	claim_at("a@x", 0, &info);
	if (geteuid() == 0 || fchmodat(dir_fd, "t", 0400, 0) != 0) {
		printf("ok %d - read-only table # skip root writes everything\n", ++tap_run);
		return;
	}
	fstatat(dir_fd, "t", &before, 0);
	is_result(claim_at("b@x", 0, &info), VACATION_DB_UNREADABLE, "read-only table: left alone", &info);
	fstatat(dir_fd, "t", &after, 0);
	ok(before.st_ino == after.st_ino, "read-only table: the same file");
}

/* Above the size that is copied: the same file, marked while it changes. */
static void
test_in_place(void)
{
	struct vacation_db_info info;
	struct stat before, after;
	struct rlimit all, small;
	char sender[32];
	int i, bad = 0;

	scene_begin();
	claim_at("a@x", 0, &info);
	if (!ok(fstatat(dir_fd, "t", &before, 0) == 0, "in place: a table"))
		return;
	enlarge();
	fstatat(dir_fd, "t", &before, 0);
	ok(before.st_size > VACATION_DB_COPY_MAX, "in place: large");
	for (i = 0; i < 200; i++) {
		snprintf(sender, sizeof sender, "s%d@x", i);
		bad += claim_at(sender, 0, &info) != GRANTED || info.healed || claim_at(sender, 1, &info) != ANSWERED;
	}
	is_int(bad, 0, "in place: 200 claims");
	fstatat(dir_fd, "t", &after, 0);
	ok(before.st_ino == after.st_ino && count_files("") == 2, "in place: the same file");
	getrlimit(RLIMIT_FSIZE, &all);
	small = all;
	small.rlim_cur = (rlim_t)after.st_size;
	setrlimit(RLIMIT_FSIZE, &small);
	is_result(claim_at("late@x", 0, &info), VACATION_DB_FULL, "in place: full", &info);
	setrlimit(RLIMIT_FSIZE, &all);
	is_result(claim_at("late@x", 0, &info), GRANTED, "in place: room again", &info);
	ok(!info.healed, "in place: nothing was damaged");
}

static void
test_every(void)
{
	const struct vacation_db_limits every = { .period = 0, .max_senders = 1000 };
	struct vacation_db_info info;
	int i, granted = 0, day = 0;

	scene_begin();
	for (i = 0; i < 20; i++)
		granted += claim_with("a@x", i, &every, &info) == GRANTED;
	is_int(granted, VACATION_DB_EVERY_HOUR, "every = 0: ten in an hour");
	is_int(info.next, T + H, "every = 0: free again after the hour");
	for (i = 0; i < 23; i++)
		day += claim_with("a@x", (int64_t)i * H + 1800, &every, &info) == GRANTED;
	for (i = 0; i < 200; i++)
		day += claim_with("a@x", 23 * H + i, &every, &info) == GRANTED;
	ok(granted + day <= VACATION_DB_EVERY_DAY, "every = 0: at most fifty in a day");
	for (i = granted = 0; i < 20; i++)
		granted += claim_with("b@x", i % 2 == 0 ? 5 : 4, &every, &info) == GRANTED;
	is_int(granted, VACATION_DB_EVERY_HOUR, "every = 0: clocks a second apart do not begin the hour anew");
}

static void
test_every_clock(void)
{
	const struct vacation_db_limits every = { .period = 0 };
	const struct vacation_db_who who = { "anna", "h", "a@x", NULL };
	static const int64_t back[] = { -2 * H, -4 * H, H / 2 };
	struct vacation_db_info info;
	struct vacation_db *db;
	size_t i;

	scene_begin();
	for (i = 0; i < VACATION_DB_EVERY_HOUR; i++)
		claim_with("a@x", 0, &every, &info);
	for (i = 0; i < sizeof back / sizeof *back; i++)
		is_result(claim_with("a@x", back[i], &every, &info), ANSWERED, "every = 0: the clock goes back: the hour still runs", &info);
	scene_begin();
	for (i = 0; i < VACATION_DB_EVERY_HOUR; i++)
		claim_with("a@x", 1300 * (int64_t)D, &every, &info);
	db = table();
	is_result(vacation_db_peek(db, &who, &every, T, &info), ANSWERED, "every = 0: a clock of 2030", &info);
	ok(info.ahead && info.next == T + H, "every = 0: ahead, an hour from now");
	is_result(vacation_db_note(db, &who, T, &info), FREE, "every = 0: noted", &info);
	is_result(vacation_db_peek(db, &who, &every, T + H - 1, &info), ANSWERED, "every = 0: runs from there", &info);
	ok(!info.ahead, "every = 0: said no more");
	is_result(claim_with("a@x", H, &every, &info), GRANTED, "every = 0: and ends", &info);
	for (i = 1; i < VACATION_DB_EVERY_HOUR; i++)
		claim_with("a@x", H, &every, &info);
	is_result(claim_with("a@x", H, &every, &info), ANSWERED, "every = 0: ten again", &info);
	vacation_db_free(db);
}

/* A fresh envelope address for every message does not get round the caps: From is counted. */
static void
test_every_from(void)
{
	const struct vacation_db_limits every = { .period = 0 };
	struct vacation_db_claim claim;
	struct vacation_db_info info;
	struct vacation_db *db;
	char sender[32];
	int i, granted = 0;

	scene_begin();
	db = table();
	for (i = 0; i < 30; i++) {
		snprintf(sender, sizeof sender, "bounce-%d@svc", i);
		granted += vacation_db_claim(db, &(struct vacation_db_who){ "anna", "h", sender, "a@x" }, &every, T, &claim, &info) == GRANTED;
	}
	vacation_db_free(db);
	is_int(granted, VACATION_DB_EVERY_HOUR, "every = 0: From is counted");
}

struct rows {
	int answered, excluded;
	uint32_t counts;
	bool wrong;
};

static bool
count_row(void *ctx, const struct vacation_db_row *row)
{
	struct rows *n = ctx;

	if (row->excluded)
		n->excluded++;
	else
		n->answered++;
	n->counts += row->count;
	n->wrong |= strcmp(row->owner, "anna") != 0 || strchr(row->sender, '@') == NULL;
	return true;
}

static bool
stop_row(void *ctx, const struct vacation_db_row *row)
{
	(void)row;
	++*(int *)ctx;
	return false;
}

static void
test_list(void)
{
	struct vacation_db_info info;
	struct vacation_db *db;
	struct rows n = { 0 };
	int64_t interval = 5;
	int seen = 0;

	scene_begin();
	db = table();
	is_result(vacation_db_list(db, count_row, &n, &info), FREE, "list: no table", &info);
	is_result(vacation_db_interval(db, &interval, &info), FREE, "interval: no table", &info);
	is_int(interval, -1, "interval: none");
	is_int(count_files(""), 0, "list: creates nothing");
	vacation_db_exclude(db, "anna", "@d", true, &info);
	claim_at("a@x", 0, &info);
	claim_at("b@x", 0, &info);
	claim_at("b@x", 8 * D, &info);
	vacation_db_list(db, count_row, &n, &info);
	ok(n.answered == 2 && n.excluded == 1 && n.counts == 3 && !n.wrong, "list: two senders, three answers, one exclusion");
	vacation_db_list(db, stop_row, &seen, &info);
	is_int(seen, 1, "list: the visitor stops it");
	is_result(vacation_db_set_interval(db, 0, &info), FREE, "interval: set", &info);
	vacation_db_interval(db, &interval, &info);
	is_int(interval, 0, "interval: kept");
	vacation_db_clear(db, true, &info);
	vacation_db_interval(db, &interval, &info);
	is_int(interval, -1, "clear: forgets the interval, as vacation -i does");
	vacation_db_free(db);
}

/* Steady traffic of new senders over years: the table stays near what 90 days hold. */
static void
test_sweep(void)
{
	struct vacation_db_info info;
	struct rows n = { 0 };
	struct vacation_db *db;
	char sender[32];
	int i;

	scene_begin();
	for (i = 0; i < 1200; i++) {
		snprintf(sender, sizeof sender, "s%d@x", i);
		claim_at(sender, (int64_t)i * D, &info);
	}
	db = table();
	vacation_db_list(db, count_row, &n, &info);
	vacation_db_free(db);
	ok(n.answered >= 90 && n.answered < 200, "sweep: 1200 days, one sender a day, %d left", n.answered);
}

/* What is set against the other key of a message must not be swept away under it, nor lost when taken back. */
static void
test_clock_sweep(void)
{
	struct vacation_db_info info;

	scene_begin();
	claim_at("a@x", 4000 * (int64_t)D, &info);
	claim_at("b@x", 0, &info);
	claim_at("c@x", 0, &info);
	is_result(peek_at("a@x", 6 * D, &info), ANSWERED, "clock: a claim of others notes the time in the future", &info);
	is_result(peek_at("a@x", 7 * D, &info), FREE, "clock: so that it ends a period later", &info);
}

static void
test_owners(void)
{
	struct vacation_db_claim claim;
	struct vacation_db_info info;
	struct vacation_db *db;

	scene_begin();
	claim_at("a@x", 0, &info);
	db = table();
	vacation_db_exclude(db, "anna", "b@x", true, &info);
	is_result(vacation_db_claim(db, &(struct vacation_db_who){ "bert", "h", "a@x", NULL }, &week, T, &claim, &info), GRANTED,
	    "owners: each has his own senders", &info);
	is_result(vacation_db_peek(db, &(struct vacation_db_who){ "bert", "h", "b@x", NULL }, &week, T, &info), FREE,
	    "owners: and his own exclusions", &info);
	vacation_db_free(db);
}

static void
test_names(void)
{
	is_str(vacation_db_result_name(VACATION_DB_SENDER_LIMIT), "sender-limit", "names: sender-limit");
	is_str(vacation_db_result_name((enum vacation_db_result)99), "unknown", "names: none");
}

static void
remove_all(void)
{
	struct dirent *e, *f;
	DIR *d = opendir(root), *sub;
	int fd;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		fd = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		sub = fd >= 0 ? fdopendir(fd) : NULL;
		while (sub != NULL && (f = readdir(sub)) != NULL)
			if (unlinkat(fd, f->d_name, 0) != 0)
				unlinkat(fd, f->d_name, AT_REMOVEDIR);
		if (sub != NULL)
			closedir(sub);
		unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	}
	if (d != NULL)
		closedir(d);
	rmdir(root);
}

int
main(void)
{
	if (mkdtemp(root) == NULL)
		return 1;
	test_steps();
	test_files();
	test_set_aside();
	test_clear_damaged();
	test_clear_blocks();
	test_beside();
	test_evidence();
	test_temporary();
	test_mend_later();
	test_lock_replaced();
	test_recovery();
	test_read_only();
	test_in_place();
	test_broken_value();
	test_spoiled();
	test_untouchable();
	test_busy();
	test_limit_of_size();
	test_every();
	test_every_clock();
	test_every_from();
	test_list();
	test_sweep();
	test_clock_sweep();
	test_owners();
	test_names();
	remove_all();
	return done_testing();
}
