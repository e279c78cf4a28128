/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * submit_program - a program of the owner's choice takes the reply
 *
 * As mailbot has it: the program and its arguments stand on the command line
 * and are run as they are, without a shell.  Only where it is a sendmail and its
 * arguments say neither a recipient nor -t is the recipient added, behind `--',
 * under the same rules as in submit.c.
 *
 * Failures: as of submit_open() and submit_argv().  Limits: SUBMIT_WORDS_MAX.
 */
#include "submit.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "submit_identify.h"
#include "submit_parts.h"

#define SENDMAIL "sendmail"
/* Options of the sendmail programs that have a value: in the same word or in the next one. */
#define WITH_VALUE "ABCDFLNORVXbefhopr"
#define DELIVERY_MODE 'b'
#define FROM_STANDARD_INPUT 'm'

static bool
is_program(const struct buf *path)
{
	struct stat st;

	return !path->failed && stat(buf_str(path), &st) == 0 && S_ISREG(st.st_mode) && access(buf_str(path), X_OK) == 0;
}

/* The program will be run in another directory than this. */
static bool
put_absolute(const char *word, struct buf *path)
{
	char *here = word[0] == '/' ? NULL : getcwd(NULL, 0);

	if (word[0] != '/' && here == NULL)
		return false;
	if (here != NULL)
		buf_addf(path, "%s/", here);
	buf_adds(path, word);
	free(here);
	return !path->failed;
}

/* Looked for where commands are; one with a slash is where it says. */
static bool
find_word(const char *word, struct buf *path)
{
	const char *dirs = strchr(SUBMIT_SEARCH_PATH, '=') + 1;
	size_t len;

	if (strchr(word, '/') != NULL)
		return put_absolute(word, path) && is_program(path);
	for (; *dirs != '\0'; dirs += len + (dirs[len] == ':')) {
		len = strcspn(dirs, ":");
		buf_reset(path);
		buf_add(path, dirs, len);
		buf_addf(path, "/%s", word);
		if (is_program(path))
			return true;
	}
	return false;
}

static bool
is_sendmail(const struct submitter *s)
{
	const char *slash = strrchr(s->path, '/');

	return s->kind != SUBMIT_KIND_UNKNOWN || strcmp(slash != NULL ? slash + 1 : s->path, SENDMAIL) == 0;
}

/* Whether the arguments say who gets it, or ask for something else than to take a message. */
static bool
says_recipients(const struct submitter *s)
{
	const char *word, *p;
	size_t i;

	for (i = 1; i < s->nwords; i++) {
		word = s->words[i];
		if (word[0] != '-' || word[1] == '\0')
			return true;
		if (strcmp(word, "--") == 0)
			return i + 1 < s->nwords;
		for (p = word + 1; *p != '\0'; p++) {
			if (*p == 't')
				return true;
			if (strchr(WITH_VALUE, *p) == NULL)
				continue;
			if (*p == DELIVERY_MODE && (p[1] != '\0' ? p[1] : i + 1 < s->nwords ? s->words[i + 1][0] : '\0') != FROM_STANDARD_INPUT)
				return true;
			i += p[1] == '\0';
			break;
		}
	}
	return false;
}

bool
submit_open_program(struct submitter *s, const char *const *words, size_t nwords, struct buf *why)
{
	struct buf path = BUF_INIT;

	*s = (struct submitter){ .how = "not identified" };
	if (nwords > SUBMIT_WORDS_MAX) {
		buf_addf(why, "%s has more than %d arguments", words[0], SUBMIT_WORDS_MAX);
		return false;
	}
	if (find_word(words[0], &path))
		s->path = strdup(buf_str(&path));
	else
		buf_addf(why, "%s: there is no such program", words[0]);
	buf_free(&path);
	if (s->path == NULL)
		return false;
	s->kind = submit_identify(s->path, &s->how);
	submit_set_abilities(s);
	s->words = words;
	s->nwords = nwords;
	s->add_recipient = is_sendmail(s) && !says_recipients(s);
	return true;
}
