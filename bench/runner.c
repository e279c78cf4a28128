/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs the commands of a plan in turn, A B C A B C, and prints one line for
 * each run: round, name, microseconds until the command had ended, until the
 * first sendmail began, until all its children had ended (0: none seen), its CPU time,
 * its peak memory in KB (the largest of it and the children that it waited for), its status.
 * With -p COUNT copies of each command run at once instead, held at the
 * gate by their standard input, a pipe that none sees the end of before all are started.
 * With -f standard input is a pipe that a process of ours fills.
 *
 *	runner [-f] [-n ROUNDS | -p COUNT] [-l LOG] PLAN
 *
 * A plan has lines of words: `name N', `env A=B', `stdin PATH' (%d: the
 * round), `restore FROM TO' (before each round, outside the time),
 * and `run PROGRAM ARG...', which ends a command; env and stdin go on
 * to the next.  LOG is what bench/null-sendmail writes.
 *
 * Failures: a sentence on stderr and status 1.  Limits: see the macros.
 * Linked statically: the memory of a process before exec counts into the
 * peak of the program it becomes, so this one must be small.
 */

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS 8
#define WORDS 40		/* arguments of a command, and environment */
#define RESTORES 4
#define PARALLEL 400
#define LINE 2000
#define MESSAGE_MAX 60000	/* of a message at the gate: less than a pipe holds */

struct command {
	const char *name, *input;
	const char *from[RESTORES], *to[RESTORES];
	char *argv[WORDS], *envp[WORDS];
	int restores;
};

struct result {
	long long ended, all;	/* nanoseconds */
	struct rusage usage;
	int status;
};

static struct command plan[COMMANDS];
static int commands;
static const char *sendmail_log;

static long long
nanoseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static char *
keep(const char *word)
{
	char *copy = strdup(word);

	if (copy == NULL)
		err(1, NULL);
	return copy;
}

static int
split(char *line, char **words, int max)
{
	int count = 0;

	for (char *word = strtok(line, " \n"); word != NULL && count < max - 1; word = strtok(NULL, " \n"))
		words[count++] = keep(word);
	words[count] = NULL;
	return count;
}

/* One line of the plan into the command being built; true when that is whole. */
static bool
plan_line(struct command *c, char *line)
{
	char *words[WORDS];
	int count = split(line, words, WORDS), i = 0;

	if (count < 2)
		return false;
	if (strcmp(words[0], "run") == 0) {
		memcpy(c->argv, words + 1, sizeof(*words) * (size_t)count);
		return true;
	}
	if (strcmp(words[0], "name") == 0)
		c->name = words[1];
	else if (strcmp(words[0], "stdin") == 0)
		c->input = words[1];
	else if (strcmp(words[0], "env") == 0) {
		while (c->envp[i] != NULL && i < WORDS - 2)
			i++;
		c->envp[i] = words[1];
	} else if (strcmp(words[0], "restore") == 0 && count == 3 && c->restores < RESTORES) {
		c->from[c->restores] = words[1];
		c->to[c->restores++] = words[2];
	} else
		errx(1, "plan: %s?", words[0]);
	return false;
}

static void
plan_read(const char *path)
{
	struct command next = { .name = NULL };
	char line[LINE];
	FILE *f = fopen(path, "re");

	if (f == NULL)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), f) != NULL && commands < COMMANDS)
		if (plan_line(&next, line)) {
			plan[commands++] = next;
			next.restores = 0;
		}
	fclose(f);
}

static int
open_input(const char *pattern, int number)
{
	char path[LINE];
	const char *mark = strstr(pattern, "%d");
	int fd;

	if (mark == NULL)
		snprintf(path, sizeof(path), "%s", pattern);
	else
		snprintf(path, sizeof(path), "%.*s%d%s", (int)(mark - pattern), pattern, number, mark + 2);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		err(1, "%s", path);
	return fd;
}

/* Until the end or an error: a reader that leaves early is its own affair. */
static void
copy(int in, int out)
{
	static char buf[65536];
	ssize_t got;

	while ((got = read(in, buf, sizeof(buf))) > 0)
		for (ssize_t put = 0, n; put < got; put += n)
			if ((n = write(out, buf + put, (size_t)(got - put))) == -1)
				return;
}

/* On disk before the clock starts, or the program would pay for our writing. */
static void
restore(const struct command *c)
{
	for (int i = 0; i < c->restores; i++) {
		int in = open(c->from[i], O_RDONLY | O_CLOEXEC);
		int out = open(c->to[i], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		if (in == -1 || out == -1)
			err(1, "%s to %s", c->from[i], c->to[i]);
		copy(in, out);
		fsync(out);
		close(in);
		close(out);
	}
	if (sendmail_log != NULL && truncate(sendmail_log, 0) == -1)
		err(1, "%s", sendmail_log);
}

static pid_t
start(const struct command *c, int in)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t pipe_default;
	pid_t pid;
	int error;

	/* we ignore it, the program must not inherit that */
	sigemptyset(&pipe_default);
	sigaddset(&pipe_default, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigdefault(&attr, &pipe_default);

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	error = posix_spawn(&pid, c->argv[0], &actions, &attr, c->argv, c->envp);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	if (error != 0)
		errx(1, "%s: %s", c->argv[0], strerror(error));
	return pid;
}

/* A process of ours that writes the input into a pipe, as an MTA does. */
static int
feed(int in)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		err(1, "pipe");
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		close(ends[0]);
		copy(in, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	close(in);
	return ends[0];
}

/* All children, orphans too: they are ours, see main(). */
static void
wait_all(const pid_t *pids, struct result *results, int count)
{
	struct rusage usage;
	pid_t pid;
	int status;

	while ((pid = wait4(-1, &status, 0, &usage)) != -1 || errno == EINTR)
		for (int i = 0; i < count; i++)
			if (pid == pids[i]) {
				results[i].ended = nanoseconds();
				results[i].usage = usage;
				results[i].status = status;
			}
	for (int i = 0; i < count; i++)
		results[i].all = nanoseconds();
}

static long long
sendmail_began(void)
{
	FILE *f = sendmail_log != NULL ? fopen(sendmail_log, "re") : NULL;
	long long began = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%lld", &began) != 1)
		began = 0;
	fclose(f);
	return began;
}

static void
print(int number, const char *name, long long from, long long sendmail, const struct result *r)
{
	const struct rusage *u = &r->usage;
	long long cpu = (long long)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000 + u->ru_utime.tv_usec + u->ru_stime.tv_usec;

	printf("%d\t%s\t%.1f\t%.1f\t%.1f\t%lld\t%ld\t%d\n", number, name, (double)(r->ended - from) / 1e3,
	    sendmail > 0 ? (double)(sendmail - from) / 1e3 : 0.0, (double)(r->all - from) / 1e3, cpu, u->ru_maxrss,
	    WIFEXITED(r->status) ? WEXITSTATUS(r->status) : 128 + WTERMSIG(r->status));
}

static void
one_round(int number, bool through_pipe)
{
	for (int i = 0; i < commands; i++) {
		struct result result;
		long long from;
		pid_t pid;
		int in;

		restore(&plan[i]);
		in = open_input(plan[i].input, number);
		if (through_pipe)
			in = feed(in);
		from = nanoseconds();
		pid = start(&plan[i], in);
		close(in);
		wait_all(&pid, &result, 1);
		print(number, plan[i].name, from, sendmail_began(), &result);
	}
}

/* Started, with its message but without the end of its input. */
static pid_t
start_at_gate(const struct command *c, int number, int *gate)
{
	int ends[2], in = open_input(c->input, number);
	char message[MESSAGE_MAX];
	ssize_t len = read(in, message, sizeof(message));
	pid_t pid;

	close(in);
	if (len == -1 || pipe2(ends, O_CLOEXEC) == -1)
		err(1, "%s", c->input);
	pid = start(c, ends[0]);
	close(ends[0]);
	if (write(ends[1], message, (size_t)len) != len)
		warn("%s ended early", c->name);
	*gate = ends[1];
	return pid;
}

static void
all_at_once(const struct command *c, int count)
{
	static struct result results[PARALLEL];
	static pid_t pids[PARALLEL];
	static int gates[PARALLEL];
	long long from;

	restore(c);
	for (int i = 0; i < count; i++)
		pids[i] = start_at_gate(c, i, &gates[i]);
	usleep(300000);
	from = nanoseconds();
	for (int i = 0; i < count; i++)
		close(gates[i]);
	wait_all(pids, results, count);
	for (int i = 0; i < count; i++)
		print(i, c->name, from, sendmail_began(), &results[i]);
}

int
main(int argc, char **argv)
{
	int option, rounds = 1, parallel = 0;
	bool through_pipe = false;

	while ((option = getopt(argc, argv, "fl:n:p:")) != -1)
		switch (option) {
		case 'f': through_pipe = true; break;
		case 'l': sendmail_log = optarg; break;
		case 'n': rounds = atoi(optarg); break;
		case 'p': parallel = atoi(optarg); break;
		default: return 1;
		}
	if (optind != argc - 1 || parallel > PARALLEL)
		errx(1, "usage: runner [-f] [-n rounds | -p count] [-l log] plan");
	plan_read(argv[optind]);
	/* vacation does not wait for sendmail: its orphans come to us */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	for (int i = 0; i < commands && parallel > 0; i++)
		all_at_once(&plan[i], parallel);
	for (int i = 0; i < rounds && parallel == 0; i++)
		one_round(i, through_pipe);
	return 0;
}
