/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diag - log lines, sanitised in one place
 *
 * syslog(3) formats the time with the time zone's file, which costs more than
 * all the rest of a refusal; the line is sent to the log socket as the
 * syslog protocol allows it, without a time (the daemon puts in its own).  No
 * daemon: the line is lost, as with syslog(3).  Nothing here fails loudly, and
 * a daemon that is behind is waited for, but not for long (LOG_WAIT_US).
 */
#include "diag.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "text.h"

#define DIAG_LAST_WORDS_MAX 160
#define LOG_SOCKET "/dev/log"
#define PRIORITY_LEN 4		/* <22> */
#define LOG_WAIT_US 300000	/* for a daemon that is behind */

static enum diag_target target = DIAG_STDERR;
static const char *ident = "backsoon";
static bool echo;

void
diag_echo(bool on)
{
	echo = on;
}

void
diag_to(enum diag_target where, const char *name)
{
	target = where;
	if (name != NULL)
		ident = name;
}

/* Appends s with control bytes and invalid UTF-8 made visible. */
void
diag_visible(struct buf *b, const char *s, size_t len)
{
	size_t n, plain = 0;

	while (plain < len) {
		n = plain;
		while (n < len && (unsigned char)s[n] >= ' ' && (unsigned char)s[n] < 0x7f)
			n++;
		buf_add(b, s + plain, n - plain);
		plain = n;
		if (plain == len)
			return;
		n = (unsigned char)s[plain] >= 0x80 ? text_utf8_len(s + plain, len - plain) : 0;
		/* C1 controls and the bidirectional ones change what a terminal shows; others show nothing. */
		if (n == 2 && (unsigned char)s[plain] == 0xc2 && (unsigned char)s[plain + 1] < 0xa0)
			n = 0;
		if (n == 3 && (unsigned char)s[plain] == 0xe2 &&
		    (((unsigned char)s[plain + 1] == 0x80 && (((unsigned char)s[plain + 2] >= 0xa8 &&
		    (unsigned char)s[plain + 2] <= 0xae) || (unsigned char)s[plain + 2] == 0x8b || (unsigned char)s[plain + 2] == 0x8e ||
		    (unsigned char)s[plain + 2] == 0x8f)) ||
		    ((unsigned char)s[plain + 1] == 0x81 && ((unsigned char)s[plain + 2] >= 0xa6 || (unsigned char)s[plain + 2] == 0xa0))))
			n = 0;
		if (n == 3 && memcmp(s + plain, "\xef\xbb\xbf", 3) == 0)
			n = 0;
		if (n > 0)
			buf_add(b, s + plain, n);
		else if (s[plain] == '\n')
			buf_adds(b, "\\n");
		else if (s[plain] == '\t')
			buf_adds(b, "\\t");
		else if (s[plain] == '\r')
			buf_adds(b, "\\r");
		else
			buf_addf(b, "\\x%02x", (unsigned char)s[plain]);
		plain += n > 0 ? n : 1;
	}
}

static void
send_line(const char *line, size_t len)
{
	static const struct timeval patience = { 0, LOG_WAIT_US };
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = LOG_SOCKET };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return;
	if (sendto(fd, line, len, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to) == -1 && errno == EAGAIN &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0)
		(void)sendto(fd, line, len, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
	close(fd);
}

_Static_assert((LOG_MAIL | LOG_ERR) == 19, "diag_last_words() says so");
_Static_assert((LOG_MAIL | LOG_DEBUG) >= 10 && (LOG_MAIL | LOG_DEBUG) < 100, "a priority has two digits");

static void
emit(enum diag_level level, const char *text, size_t len)
{
	static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
	struct buf line = BUF_INIT;
	size_t skip;

	if (target == DIAG_SYSLOG) {
		buf_addc(&line, '<');
		buf_addc(&line, '0' + (LOG_MAIL | priorities[level]) / 10);
		buf_addc(&line, '0' + (LOG_MAIL | priorities[level]) % 10);
		buf_addc(&line, '>');
	}
	buf_adds(&line, ident);
	buf_adds(&line, ": ");
	diag_visible(&line, text, len);
	buf_truncate(&line, text_utf8_cut(buf_str(&line), line.len, DIAG_LINE_MAX));
	if (target == DIAG_SYSLOG)
		send_line(buf_str(&line), line.len);
	if (target == DIAG_STDERR || echo) {
		skip = target == DIAG_SYSLOG ? PRIORITY_LEN : 0;
		buf_addc(&line, '\n');
		(void)!write(STDERR_FILENO, buf_str(&line) + skip, line.len - skip);
	}
	buf_free(&line);
}

void
diag_last_words(const char *text)
{
	char line[DIAG_LAST_WORDS_MAX] = "<19>backsoon: ";	/* LOG_MAIL | LOG_ERR */
	size_t len = strlen(line), more = strlen(text);

	if (len + more + 1 > sizeof line)
		more = sizeof line - len - 1;
	memcpy(line + len, text, more);
	len += more;
	if (target == DIAG_SYSLOG)
		send_line(line, len);
	else if (target == DIAG_STDERR) {
		line[len++] = '\n';
		(void)!write(STDERR_FILENO, line + 4, len - 4);
	}
}

static void __attribute__((format(printf, 2, 0)))
vsay(enum diag_level level, const char *fmt, va_list ap)
{
	int saved = errno;
	struct buf text = BUF_INIT;

	if (target != DIAG_NOWHERE) {
		buf_vaddf(&text, fmt, ap);
		emit(level, buf_str(&text), text.len);
		buf_free(&text);
	}
	errno = saved;
}

void
diag_line(enum diag_level level, const struct buf *text)
{
	int saved = errno;

	if (target != DIAG_NOWHERE)
		emit(level, buf_str(text), text->len);
	errno = saved;
}

void
diag_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(DIAG_ERROR, fmt, ap);
	va_end(ap);
}

void
diag_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(DIAG_WARN, fmt, ap);
	va_end(ap);
}

void
diag_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(DIAG_INFO, fmt, ap);
	va_end(ap);
}
