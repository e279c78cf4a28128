/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MIME_PARTS_H
#define MIME_PARTS_H

#include <iconv.h>

#include "mime.h"

/* What the files of mime share. */

/* All that is called in libmailutils. */
struct library {
	int (*rfc2047_encode)(const char *charset, const char *encoding, const char *text, char **result);
	int (*rfc2047_decode)(const char *tocode, const char *text, char **result);
};

struct charset {
	char name[MIME_CHARSET_NAME_MAX + 1];
	iconv_t converter;
};

/* What is written: text is converted as the charset is registered, and read back as mail programs take it. */
enum output_kind { OUTPUT_NONE, OUTPUT_ASCII, OUTPUT_ICONV };
struct output {
	enum output_kind kind;
	char name[MIME_OUTPUT_NAME_MAX];
	iconv_t to, from;
};

struct mime {
	struct library library;
	void *handle;		/* NULL: not loaded */
	struct charset charsets[MIME_CHARSETS_MAX];
	size_t ncharsets;
	struct output output;
};

/* mime_charset.c: what a name stands for in mail, for iconv_open(3). */
const char *mime_charset_meant(const char *name);
/* A converter that was opened under that name and not by hand, or NULL. */
const struct charset *mime_find_charset(const struct mime *, const char *name);
/* Converts with a converter of ours; returns how many bytes or characters it refused, which became U+FFFD. */
size_t mime_convert(iconv_t, struct buf *out, const char *bytes, size_t len);

/* mime_wide.c: to UTF-8; returns how many units were wrong, which became U+FFFD.  A byte order mark goes before the name, and is dropped. */
size_t mime_read_wide(struct buf *out, const char *charset, const char *bytes, size_t len);

/* mime_output.c: closes what mime_expect_output() opened. */
void mime_close_output(struct mime *);

/* mime_word.c: encoded words in the charset of the output, behind `room' characters of a line; for a text that fits. */
void mime_put_output_words(struct mime *, struct buf *out, const char *s, size_t len, bool phrase, size_t room);

/* mime_transfer.c: one line of base64 at most, without a line end. */
#define MIME_BASE64_LINE_BYTES ((size_t)57)	/* 76 characters */
void mime_put_base64_run(struct buf *out, const char *, size_t len);

#endif
