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
 * Limits: IDENTIFY_SCAN_MAX bytes of each part of the file; a script or a wrapper is never identified.
 * Not identified is no failure: the plain argument vector fits all.
 */
#include "submit_identify.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IDENTIFY_SCAN_MAX ((off_t)4 * 1024 * 1024)
#define IDENTIFY_WINDOW 8192
#define IDENTIFY_SECTIONS_MAX 64
#define IDENTIFY_DIRECTORY_MAX 24
#define IDENTIFY_MARK_MAX 64		/* a mark is shorter: windows overlap by this */

/* Last components of real paths. */
static const struct {
	char base[IDENTIFY_DIRECTORY_MAX];
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
	char directory[IDENTIFY_DIRECTORY_MAX];
	enum submit_kind kind;
} directories[] = {
	{ "/var/qmail/", SUBMIT_KIND_QMAIL },
	{ "/usr/libexec/sendmail/", SUBMIT_KIND_SENDMAIL },	/* FreeBSD, NetBSD, Debian */
	{ "/usr/lib/sm.bin/", SUBMIT_KIND_SENDMAIL },
	{ "/usr/lib/courier/", SUBMIT_KIND_COURIER },
};

/* Strings that one of them has and no other: looked up in the programs of Debian 12. */
static const struct {
	char mark[IDENTIFY_MARK_MAX / 2];
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
kind_of_bytes(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < COUNT(marks); i++)
		if (memmem(p, n, marks[i].mark, strlen(marks[i].mark)) != NULL)
			return marks[i].kind;
	return SUBMIT_KIND_UNKNOWN;
}

/* Looks through a part of the file, by windows that overlap. */
static enum submit_kind
kind_of_part(int fd, off_t from, off_t size)
{
	char window[IDENTIFY_WINDOW];
	enum submit_kind kind = SUBMIT_KIND_UNKNOWN;
	off_t end = from + (size < IDENTIFY_SCAN_MAX ? size : IDENTIFY_SCAN_MAX);
	size_t want;
	ssize_t n;

	while (kind == SUBMIT_KIND_UNKNOWN && from < end) {
		want = end - from < IDENTIFY_WINDOW ? (size_t)(end - from) : IDENTIFY_WINDOW;
		n = read_at(fd, window, want, from);
		if (n <= 0)
			break;
		kind = kind_of_bytes(window, (size_t)n);
		from += (size_t)n < want || want < IDENTIFY_WINDOW ? (off_t)want : IDENTIFY_WINDOW - IDENTIFY_MARK_MAX;
	}
	return kind;
}

/* Constants and the names of libraries: what is loaded, and neither code nor writable. */
static bool
may_hold_marks(const Elf64_Shdr *s)
{
	return (s->sh_type == SHT_PROGBITS || s->sh_type == SHT_STRTAB) && (s->sh_flags & SHF_ALLOC) != 0 &&
	    (s->sh_flags & (SHF_EXECINSTR | SHF_WRITE)) == 0;
}

/* None of the programs known here is installed without the system's C library;
 * somebody's own static one is not searched, which would take longer than its run. */
static bool
is_linked_dynamically(const Elf64_Shdr *sections, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (sections[i].sh_type == SHT_DYNAMIC)
			return true;
	return false;
}

/* Only the sections that may hold marks are read: a large program would cost
 * a first reply more than all the rest.  Without section headers, or with those of 32 bits, all of it. */
static enum submit_kind
kind_of_file(int fd)
{
	Elf64_Ehdr head;
	Elf64_Shdr sections[IDENTIFY_SECTIONS_MAX];
	enum submit_kind kind = SUBMIT_KIND_UNKNOWN;
	size_t i;

	if (read_at(fd, (char *)&head, sizeof(head), 0) != (ssize_t)sizeof(head) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
		return SUBMIT_KIND_UNKNOWN;
	if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_shnum == 0 || head.e_shnum > IDENTIFY_SECTIONS_MAX ||
	    head.e_shentsize != sizeof(sections[0]) || head.e_shoff > INT64_MAX ||
	    read_at(fd, (char *)sections, head.e_shnum * sizeof(sections[0]), (off_t)head.e_shoff) !=
	    (ssize_t)(head.e_shnum * sizeof(sections[0])))
		return kind_of_part(fd, 0, IDENTIFY_SCAN_MAX);
	if (!is_linked_dynamically(sections, head.e_shnum))
		return SUBMIT_KIND_UNKNOWN;
	for (i = 0; kind == SUBMIT_KIND_UNKNOWN && i < head.e_shnum; i++)
		if (may_hold_marks(&sections[i]) && sections[i].sh_offset <= INT64_MAX / 2 && sections[i].sh_size <= INT64_MAX / 2)
			kind = kind_of_part(fd, (off_t)sections[i].sh_offset, (off_t)sections[i].sh_size);
	return kind;
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
