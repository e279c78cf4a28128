/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * submit_identify - which program is installed as sendmail?
 *
 * All of them are called sendmail.  First their real path is looked at, behind the links of
 * alternatives(8) and of packages; then, for those that really are called so, the file: an ELF
 * file names the libraries that it needs and the programs and files that it uses.
 * Nothing is run: to ask a program for its version is to start a stranger with options
 * that may mean anything to it.
 *
 * Limits: IDENTIFY_SCAN_MAX bytes of the file; a script or a wrapper is never identified.
 * Not identified is no failure: the plain argument vector fits all.
 */
#include "submit_identify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IDENTIFY_SCAN_MAX ((off_t)4 * 1024 * 1024)
#define IDENTIFY_WINDOW 32768
#define IDENTIFY_MARK_MAX 64		/* a mark is shorter: windows overlap by this */

/* Last components of real paths. */
static const struct {
	const char *base;
	enum submit_kind kind;
} bases[] = {
	{ "exim", SUBMIT_KIND_EXIM },
	{ "exim4", SUBMIT_KIND_EXIM },
	{ "smtpctl", SUBMIT_KIND_OPENSMTPD },
	{ "msmtp", SUBMIT_KIND_MSMTP },
	{ "dma", SUBMIT_KIND_DMA },
	{ "ssmtp", SUBMIT_KIND_SSMTP },
	/* alternatives(8) of Fedora and its relatives */
	{ "sendmail.postfix", SUBMIT_KIND_POSTFIX },
	{ "sendmail.sendmail", SUBMIT_KIND_SENDMAIL },
	{ "sendmail.exim", SUBMIT_KIND_EXIM },
	{ "sendmail.opensmtpd", SUBMIT_KIND_OPENSMTPD },
	{ "sendmail.ssmtp", SUBMIT_KIND_SSMTP },
	{ "sendmail.dma", SUBMIT_KIND_DMA },
};

/* Where real paths begin. */
static const struct {
	const char *directory;
	enum submit_kind kind;
} directories[] = {
	{ "/var/qmail/", SUBMIT_KIND_QMAIL },
	{ "/usr/libexec/sendmail/", SUBMIT_KIND_SENDMAIL },	/* FreeBSD, NetBSD, Debian */
	{ "/usr/lib/sm.bin/", SUBMIT_KIND_SENDMAIL },
	{ "/usr/lib/courier/", SUBMIT_KIND_COURIER },
};

/* Strings that one of them has and no other: looked up in the programs of Debian 12. */
static const struct {
	const char *mark;
	enum submit_kind kind;
} marks[] = {
	{ "libpostfix-", SUBMIT_KIND_POSTFIX },			/* DT_NEEDED since 3.0 */
	{ "Postfix sendmail command", SUBMIT_KIND_POSTFIX },	/* linked statically */
	{ "DontBlameSendmail", SUBMIT_KIND_SENDMAIL },
	{ "Exim is a Mail Transfer Agent", SUBMIT_KIND_EXIM },
	{ "incompatible smtpctl and smtpd", SUBMIT_KIND_OPENSMTPD },
	{ "bin/qmail-inject", SUBMIT_KIND_QMAIL },
	{ "/courier/submit", SUBMIT_KIND_COURIER },
	{ ".msmtprc", SUBMIT_KIND_MSMTP },
	{ "nullmailer-inject", SUBMIT_KIND_NULLMAILER },
	{ "DragonFly Mail Agent", SUBMIT_KIND_DMA },
	{ "sSMTP sendmail emulation", SUBMIT_KIND_SSMTP },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static enum submit_kind
kind_of_path(const char *real)
{
	const char *base = strrchr(real, '/');
	size_t i;

	for (i = 0; base != NULL && i < COUNT(bases); i++)
		if (strcmp(base + 1, bases[i].base) == 0)
			return bases[i].kind;
	for (i = 0; i < COUNT(directories); i++)
		if (strncmp(real, directories[i].directory, strlen(directories[i].directory)) == 0)
			return directories[i].kind;
	return SUBMIT_KIND_UNKNOWN;
}

/* As many bytes as there are from offset on, at most size; -1 on error. */
static ssize_t
read_at(int fd, char *p, size_t size, off_t offset)
{
	size_t have = 0;
	ssize_t n;

	while (have < size) {
		n = pread(fd, p + have, size - have, offset + (off_t)have);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static enum submit_kind
kind_of_file(int fd)
{
	char window[IDENTIFY_WINDOW];
	off_t offset;
	ssize_t n;
	size_t i;

	for (offset = 0; offset < IDENTIFY_SCAN_MAX; offset += IDENTIFY_WINDOW - IDENTIFY_MARK_MAX) {
		n = read_at(fd, window, sizeof(window), offset);
		if (n <= 0 || (offset == 0 && (n < 4 || memcmp(window, "\177ELF", 4) != 0)))
			break;
		for (i = 0; i < COUNT(marks); i++)
			if (memmem(window, (size_t)n, marks[i].mark, strlen(marks[i].mark)) != NULL)
				return marks[i].kind;
		if (n < IDENTIFY_WINDOW)
			break;
	}
	return SUBMIT_KIND_UNKNOWN;
}

enum submit_kind
submit_identify(const char *path, const char **how)
{
	enum submit_kind kind = SUBMIT_KIND_UNKNOWN;
	char *real;
	int fd;

	*how = "real path";
	real = realpath(path, NULL);
	if (real != NULL)
		kind = kind_of_path(real);
	free(real);
	if (kind != SUBMIT_KIND_UNKNOWN)
		return kind;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd != -1) {
		kind = kind_of_file(fd);
		close(fd);
	}
	*how = kind != SUBMIT_KIND_UNKNOWN ? "what its file names" : "not identified";
	return kind;
}
