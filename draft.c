/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft - a message in a mail folder as the text of the reply
 *
 * Which message it is, draft_folder.c and draft_mbox.c find out.  Here it is
 * cleaned: of its header only what an owner means for his readers is kept.
 * Mail programs write so much else into a draft (keys of accounts, identities,
 * who was asked for a receipt, what it answers) that a list of what must
 * go would never be whole.
 *
 * Failures: see draft.h.  Limits: DRAFT_*, and max of the caller.
 */
#include "draft.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "draft_parts.h"
#include "template.h"
#include "text.h"

#define WORD_MAX 16
#define MAGIC_MAX 8
#define FROM_LINE "From "

enum kind { KIND_MAILDIR, KIND_MBOX, KIND_MH, KINDS };

static const char prefixes[KINDS][WORD_MAX] = { [KIND_MAILDIR] = "maildir:", [KIND_MBOX] = "mbox:", [KIND_MH] = "mh:" };

/* What Dovecot's plug-ins make of stored mail. */
static const struct {
	char magic[MAGIC_MAX], what[WORD_MAX];
} packed[] = {
	{ "\x1f\x8b", "compressed" },			/* gzip */
	{ "BZh", "compressed" },			/* bzip2 */
	{ "\xfd" "7zXZ", "compressed" },		/* xz */
	{ "\x28\xb5\x2f\xfd", "compressed" },		/* zstd */
	{ "Dovecot", "compressed" },			/* Dovecot-LZ4 */
	{ "CRYPTED", "encrypted" },
};

/* What goes into the reply; Content-Length is the mailbox's own. */
static const char kept[][WORD_MAX] = { "Subject", "From", "Reply-To", "Organization", "MIME-Version" };

/* KINDS: none. */
static enum kind
kind_of(const char *spec)
{
	int kind = KIND_MAILDIR;

	while (kind < KINDS && !text_begins(spec, prefixes[kind]))
		kind++;
	return (enum kind)kind;
}

bool
draft_is(const char *spec)
{
	return kind_of(spec) != KINDS;
}

const char *
draft_folder(const char *spec)
{
	enum kind kind = kind_of(spec);

	return kind != KINDS ? spec + strlen(prefixes[kind]) : NULL;
}

enum draft_found
draft_fail(struct draft_source *s, int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(s->why, fmt, ap);
	va_end(ap);
	errno = error;
	return DRAFT_FAILED;
}

enum draft_found
draft_unopened(void)
{
	return errno == ENOENT ? DRAFT_NONE : DRAFT_FAILED;
}

bool
draft_is_internal(const char *bytes, size_t len)
{
	static const char subject[] = "DON'T DELETE THIS MESSAGE";
	size_t value_len, blanks;
	const char *value = template_head_value(bytes, len, "Subject", &value_len);

	if (value == NULL)
		return false;
	blanks = strspn(value, " \t");
	return value_len >= blanks + strlen(subject) && memcmp(value + blanks, subject, strlen(subject)) == 0;
}

static bool
is_kept(const char *name, size_t len)
{
	if (text_equal_n(name, len, "Content-Length"))
		return false;
	if (len > strlen("Content-") && text_equal_n(name, strlen("Content-"), "Content-"))
		return true;
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (text_equal_n(name, len, kept[i]))
			return true;
	return false;
}

/* Behind the line at p. */
static const char *
line_after(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol != NULL ? eol + 1 : end;
}

/* Some put the line of an mbox at the top of a file. */
static const char *
behind_from_line(const char *p, const char *end)
{
	if ((size_t)(end - p) > strlen(FROM_LINE) && *p == '>')
		return strncmp(p + 1, FROM_LINE, strlen(FROM_LINE)) == 0 ? line_after(p, end) : p;
	return (size_t)(end - p) > strlen(FROM_LINE) && strncmp(p, FROM_LINE, strlen(FROM_LINE)) == 0 ? line_after(p, end) : p;
}

/* The name of the field that begins at p, 0: none does. */
static size_t
field_name(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p > ' ' && *p < 0x7f && *p != ':')
		p++;
	return p < end && *p == ':' ? (size_t)(p - start) : 0;
}

/* Whatever its end was. */
static void
put_line(struct buf *out, const char *p, const char *next)
{
	while (next > p && (next[-1] == '\n' || next[-1] == '\r'))
		next--;
	buf_add(out, p, (size_t)(next - p));
	buf_addc(out, '\n');
}

/* Header fields that may be shown, unfolded, blank line, body; where there is no header all is body. */
static void
clean(struct buf *out, const char *p, size_t len)
{
	const char *end = p + len, *next;
	bool keep = false;
	size_t name;

	for (p = behind_from_line(p, end); p < end; p = next) {
		next = line_after(p, end);
		if (*p != ' ' && *p != '\t') {
			name = field_name(p, end);
			if (name == 0)
				break;
			keep = is_kept(p, name);
		}
		else if (keep && out->len > 0)
			buf_truncate(out, out->len - 1);
		if (keep)
			put_line(out, p, next);
	}
	if (p < end && (*p == '\n' || (*p == '\r' && end - p > 1 && p[1] == '\n')))
		p = line_after(p, end);
	buf_addc(out, '\n');
	buf_add(out, p, (size_t)(end - p));
}

/* Only what came by mail has these; a copy of one's own sent mail does not. */
static bool
was_received(const struct buf *raw)
{
	static const char fields[][WORD_MAX] = { "Received", "Return-Path", "Delivered-To" };
	size_t len;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (template_head_value(buf_str(raw), raw->len, fields[i], &len) != NULL)
			return true;
	return false;
}

static enum draft_found
check_form(struct draft_source *s)
{
	/* What a full disk leaves of a message says nothing to anybody. */
	if (s->raw->len == 0 && !s->raw->failed)
		return draft_fail(s, ENOENT, "the newest message of %s is empty", s->folder);
	for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++) {
		size_t len = strnlen(packed[i].magic, MAGIC_MAX);

		if (s->raw->len > len && memcmp(buf_str(s->raw), packed[i].magic, len) == 0)
			return draft_fail(s, EINVAL, "the newest message of %s is stored %s, and cannot be read", s->folder, packed[i].what);
	}
	return DRAFT_FOUND;
}

static enum draft_found
find(const char *spec, struct draft_source *s)
{
	enum kind kind = kind_of(spec);

	if (kind == KINDS || *s->folder == '\0')
		return draft_fail(s, EINVAL, "%s names no folder", spec);
	if (kind == KIND_MBOX)
		return draft_from_mbox(s);
	return kind == KIND_MH ? draft_from_mh(s) : draft_from_maildir(s);
}

bool
draft_read(const struct home *h, const char *spec, size_t max, struct buf *out, struct draft_about *about, struct buf *why)
{
	struct buf raw = BUF_INIT;
	struct draft_source s = { .home = h, .folder = draft_folder(spec), .max = max, .raw = &raw, .why = why, .time = INT64_MIN };
	enum draft_found found = find(spec, &s);
	int error = found == DRAFT_NONE ? ENOENT : errno;

	if (found == DRAFT_FOUND && (found = check_form(&s)) != DRAFT_FOUND)
		error = errno;
	if (found == DRAFT_NONE && why->len == 0)
		buf_addf(why, "there is no folder %s", s.folder);
	if (found == DRAFT_FOUND) {
		clean(out, buf_str(&raw), raw.len);
		if (about != NULL)
			*about = (struct draft_about){ s.time, was_received(&raw) };
		if (raw.failed || out->failed) {
			buf_adds(why, "not enough memory");
			found = DRAFT_FAILED;
			error = ENOMEM;
		}
	}
	buf_free(&raw);
	errno = error;
	return found == DRAFT_FOUND;
}

bool
draft_looks_like(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-");

	return len > 0 && name[len] == ':';
}

bool
draft_read_text(const struct home *h, const char *name, size_t max, struct buf *out, struct buf *why)
{
	if (draft_is(name))
		return draft_read(h, name, max, out, NULL, why);
	if (home_read_file(h, name, max, out, why))
		return true;
	if (errno != ENOENT)
		return false;
	buf_addf(why, "%s: there is no such file", name);
	if (draft_looks_like(name))
		buf_adds(why, "; the newest message of a folder is named as maildir:PATH, mbox:PATH or mh:PATH");
	errno = ENOENT;
	return false;
}
