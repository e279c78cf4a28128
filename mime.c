/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime - encoded words that are read, and the library: the only file that touches libmailutils
 *
 * It is loaded in prepare(), ahead of the sandbox, where it can still be read.
 * libmailutils writes our encoded words and reads those in charsets that are
 * neither UTF-8, ASCII nor Latin-1.  It gives up on a whole value for one
 * word that it cannot read, cuts at a NUL, writes octal escapes and lets line breaks
 * and invalid UTF-8 through: its results are checked, and where they fail our
 * own decoder keeps what iconv can read.
 *
 * Failures: a library that cannot be loaded matters only for writing, where
 * the caller is told.  Limits: MIME_*_MAX in the header.
 */
#include "mime_parts.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define LIBMAILUTILS "libmailutils.so.9"
#define READ_CHUNK 4096

/* What packagers read: this program opens that library at run time (FDO .note.dlopen metadata). */
#define NOTE_TYPE 0x407c0c0aU
#define NOTE_JSON "[{\"soname\":[\"" LIBMAILUTILS "\"],\"feature\":\"mime\",\"priority\":\"recommended\"," \
	"\"description\":\"non-ASCII text in the header of a reply\"}]"

static const struct {
	uint32_t name_len, json_len, type;
	char name[4];
	_Alignas(4) char json[sizeof NOTE_JSON];
} note __attribute__((used, section(".note.dlopen"), aligned(4))) = { 4, sizeof NOTE_JSON, NOTE_TYPE, "FDO", NOTE_JSON };

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	{ "mu_rfc2047_encode", offsetof(struct library, rfc2047_encode) },
	{ "mu_rfc2047_decode", offsetof(struct library, rfc2047_decode) },
};

struct mime *
mime_new(void)
{
	return calloc(1, sizeof(struct mime));
}

void
mime_free(struct mime *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->ncharsets; i++)
		iconv_close(m->charsets[i].converter);
	mime_close_output(m);
	/* The library stays loaded: it keeps memory of its own, which would be lost. */
	free(m);
}

bool
mime_load(struct mime *m)
{
	void *handle, *function;

	if (m->handle != NULL)
		return true;
	handle = dlopen(LIBMAILUTILS, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return false;
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		function = dlsym(handle, functions[i].name);
		if (function == NULL) {
			dlclose(handle);
			return false;
		}
		memcpy((char *)&m->library + functions[i].offset, &function, sizeof function);
	}
	m->handle = handle;
	return true;
}

bool
mime_value_needs_library(const char *s, size_t len)
{
	struct buf scratch = BUF_INIT;
	bool complete;

	if (len > MIME_VALUE_MAX)
		len = MIME_VALUE_MAX;
	if (memmem(s, len, "=?", 2) == NULL)
		return false;
	complete = text_decode_words(&scratch, s, len, NULL, NULL);
	buf_free(&scratch);
	return !complete;
}

static bool
convert_word(void *ctx, const char *charset, const char *bytes, size_t len, struct buf *out)
{
	return mime_to_utf8(ctx, out, charset, bytes, len);
}

static bool
know_word(void *ctx, const char *charset, const char *bytes, size_t len, struct buf *out)
{
	(void)bytes;
	(void)len;
	(void)out;
	return mime_find_charset(ctx, charset) != NULL && mime_charset_meant(charset) == charset;
}

/* For a charset that is not open under its own name, and for RFC 2231's languages, it would fail and lose memory. */
static bool
is_for_library(struct mime *m, const char *value, size_t len)
{
	struct buf scratch = BUF_INIT;
	bool good = m->handle != NULL && memchr(value, '*', len) == NULL &&
	    text_decode_words(&scratch, value, len, know_word, m);

	buf_free(&scratch);
	return good;
}

/* It writes the bytes that a charset does not have as \377. */
static bool
has_octal_escape(const char *s)
{
	while ((s = strchr(s, '\\')) != NULL)
		if (strspn(++s, "01234567") >= 3)
			return true;
	return false;
}

/* The library's reading of the whole value; false when it has none, or not all of it. */
static bool
decode_by_library(const struct mime *m, struct buf *out, const char *value)
{
	char *result = NULL;
	bool good = m->library.rfc2047_decode("UTF-8", value, &result) == 0 && result != NULL &&
	    text_utf8_valid(result, strlen(result)) && !has_octal_escape(result);
	if (good)
		buf_adds(out, result);
	free(result);
	return good;
}

void
mime_decode_header(struct mime *m, struct buf *out, const char *value, size_t len)
{
	struct buf raw = BUF_INIT, text = BUF_INIT;

	len = text_utf8_cut(value, len, MIME_VALUE_MAX);
	/* Raw bytes in an encoded word are of its charset. */
	if (text_utf8_valid(value, len) || memmem(value, len, "=?", 2) != NULL)
		buf_add(&raw, value, len);
	else
		text_latin1_to_utf8(&raw, value, len);
	if (!text_decode_words(&text, buf_str(&raw), raw.len, NULL, NULL)) {
		buf_reset(&text);
		if (!is_for_library(m, buf_str(&raw), raw.len) || !decode_by_library(m, &text, buf_str(&raw)))
			text_decode_words(&text, buf_str(&raw), raw.len, convert_word, m);
	}
	text_clean_line(out, buf_str(&text), text.len, 3 * text.len);	/* one wrong byte is three of U+FFFD */
	out->failed = out->failed || raw.failed || text.failed;
	buf_free(&raw);
	buf_free(&text);
}

/* Never trusted: one encoded word of legal length and nothing else. */
static bool
is_encoded_word(const char *s)
{
	size_t len = strlen(s);

	if (len < MIME_WORD_FRAME || len > MIME_WORD_MAX || memcmp(s, "=?UTF-8?", 8) != 0 || s[9] != '?' ||
	    memcmp(s + len - 2, "?=", 2) != 0)
		return false;
	for (size_t i = 10; i < len - 2; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '?')
			return false;
	return true;
}

bool
mime_encode_word(const struct mime *m, struct buf *out, const char *s, size_t len, bool base64)
{
	struct buf text = BUF_INIT;
	char *result = NULL;
	bool good;
	int error;

	if (m->handle == NULL)
		return false;
	buf_add(&text, s, len);
	error = text.failed ? ENOMEM :
	    m->library.rfc2047_encode("UTF-8", base64 ? "base64" : "quoted-printable", buf_str(&text), &result);
	good = error == 0 && result != NULL && is_encoded_word(result);
	if (good)
		buf_adds(out, result);
	out->failed = out->failed || error == ENOMEM;
	free(result);
	buf_free(&text);
	return good;
}

struct decoding {
	struct mime *mime;
	const char *value;
	size_t len;
};

static enum confine_verdict
decoding_prepare(void *ctx)
{
	struct decoding *d = ctx;

	d->mime = mime_new();
	if (d->mime == NULL)
		return CONFINE_NO_MEMORY;
	mime_expect_charsets(d->mime, d->value, d->len);
	if (mime_value_needs_library(d->value, d->len))
		mime_load(d->mime);
	return CONFINE_OK;
}

static enum confine_verdict
decoding_work(void *ctx, struct buf *out)
{
	struct decoding *d = ctx;

	mime_decode_header(d->mime, out, d->value, d->len);
	return out->failed ? CONFINE_NO_MEMORY : CONFINE_OK;
}

static bool
read_all(struct buf *out, int fd)
{
	char chunk[READ_CHUNK];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n > 0)
			buf_add(out, chunk, (size_t)n);
		else if (errno != EINTR)
			return false;
	}
	return !out->failed;
}

bool
mime_decode_confined(struct buf *out, const char *value, size_t len, int64_t deadline)
{
	struct decoding d = { NULL, value, len };
	struct confine_task task = { decoding_prepare, decoding_work, &d };
	struct child_status status;
	enum confine_verdict verdict;
	int fd;
	bool good;

	if (confine_run(&task, deadline, &fd, &verdict, &status) != CONFINE_DONE)
		return false;
	good = read_all(out, fd);
	close(fd);
	return good;
}
