/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MIME_H
#define MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "confine.h"

/*
 * Charsets, encoded words and transfer encodings: the only module that
 * touches libmailutils (mime.c) and iconv (mime_charset.c, mime_output.c); the
 * transfer encodings (mime_transfer.c, mime_decode.c) and parameters (mime_param.c) are our own.  libmailutils is loaded (dlopen) on first need,
 * and only in the confined child; what is UTF-8, ASCII or Latin-1 needs
 * neither to be read, what is ASCII neither to be written.
 */

#define MIME_CHARSETS_MAX 8		/* opened ahead of the sandbox */
#define MIME_CHARSET_NAME_MAX 64	/* [A-Za-z0-9._:-] */
#define MIME_OUTPUT_NAME_MAX 16		/* with its end */
#define MIME_VALUE_MAX ((size_t)64 * 1024)	/* bytes of an incoming header value that are decoded */
#define MIME_FIELD_MAX ((size_t)8 * 1024)	/* bytes of text in a header field that we write */
#define MIME_PHRASE_MAX ((size_t)320)		/* bytes of text in a display name that we write */

struct mime;

/* In the child, before its sandbox.  NULL: no memory.  mime_free() accepts NULL. */
struct mime *mime_new(void);
void mime_free(struct mime *);
/* Opens a converter to UTF-8 for every charset named after `=?' and `charset=' in s. */
void mime_expect_charsets(struct mime *, const char *s, size_t len);
/* The same for one name; false when there is no converter and none is needed by hand. */
bool mime_expect_charset(struct mime *, const char *charset);
/* Loads libmailutils; false when it is not loadable. */
bool mime_load(struct mime *);

/* Whether a header value needs mime_load() to be decoded or text needs it to be encoded as a header. */
bool mime_value_needs_library(const char *, size_t);
bool mime_text_needs_library(const char *, size_t);

/* To clean UTF-8 on one line (text_clean_line), appended.  Never fails for lack of a charset or of the library: what could
 * not be decoded stays as it was.  A value without encoded words that is no UTF-8 is taken as windows-1252. */
void mime_decode_header(struct mime *, struct buf *out, const char *value, size_t len);
/* Converts a body's bytes; false when the charset is unknown (out untouched). Undecodable bytes become U+FFFD. */
bool mime_to_utf8(struct mime *, struct buf *out, const char *charset, const char *bytes, size_t len);

/* The same, and how many places of it could not be read. */
bool mime_to_utf8_counting(struct mime *, struct buf *out, const char *charset, const char *bytes, size_t len, size_t *wrong);
/* The name of the UTF-16 or UTF-32 that a whole file is in, by its byte order mark or by an ASCII beginning; NULL: neither. */
const char *mime_guess_wide(const char *bytes, size_t len);

/* Whether that is a name of UTF-16 or UTF-32, or of the like of them. */
bool mime_is_wide(const char *charset);

/*
 * The charset that is written.  Without one, and where a text does not fit
 * into it, that is UTF-8.
 */
/* Ahead of the sandbox: opens what it takes to write that charset.  false: it cannot be written in mail. */
bool mime_expect_output(struct mime *, const char *charset);
/* Text in that charset, appended; false, and nothing appended, when some character would not come back as it was, or there is no
 * such charset. */
bool mime_from_utf8(struct mime *, struct buf *out, const char *utf8, size_t len);
/* Its preferred name; `utf-8' when there is none. */
const char *mime_output_name(const struct mime *);

/*
 * `Name: value' folded at 76, non-ASCII as encoded words (<= 75, split on
 * characters), in the charset that is written where the text fits.  Ends with a newline.  The text is cleaned first and cut at
 * MIME_FIELD_MAX: no text can end the line.  Both return false when encoded words
 * were needed and libmailutils was not loaded, or on out->failed.
 */
bool mime_put_text_field(struct mime *, struct buf *out, const char *name, const char *utf8);
/* A blank and a display name as a phrase (RFC 5322 3.2.5): atoms, quoted string or encoded words; cut at MIME_PHRASE_MAX. */
bool mime_put_phrase(struct mime *, struct buf *out, const char *utf8);

/* One encoded word in UTF-8 of at most MIME_WORD_MAX characters; for mime_header.c.  false: libmailutils is not
 * loaded, gave something else, or out->failed. */
#define MIME_WORD_MAX 71	/* legal are 75, but the library puts an empty line behind a word of 72 or more */
#define MIME_WORD_FRAME 12	/* =?UTF-8?B??= */
bool mime_encode_word(const struct mime *, struct buf *out, const char *s, size_t len, bool base64);

enum mime_encoding { MIME_7BIT, MIME_8BIT, MIME_QUOTED_PRINTABLE, MIME_BASE64 };
/* The lightest encoding that carries the text unharmed: lines <= 998, no trailing blanks lost, no bare CR, no NUL,
 * `From ' and `.' safe.  8-bit only when the path takes it. */
enum mime_encoding mime_choose_encoding(const char *text, size_t len, bool eight_bit);
/* The same for text in a charset whose shifts begin with an escape character, which is no reason to encode it there. */
enum mime_encoding mime_choose_encoding_in(const char *charset, const char *text, size_t len, bool eight_bit);
const char *mime_encoding_name(enum mime_encoding);
/* Text with LF line ends; ends with a newline unless the text is empty.  In base64 the line ends become CRLF,
 * the canonical form (RFC 2045 6.8).  false: out->failed. */
bool mime_put_body(struct buf *out, const char *text, size_t len, enum mime_encoding);
/* Bytes as they are, in base64 in lines of 76; ends with a newline unless there are none. */
void mime_put_base64(struct buf *out, const void *bytes, size_t len);
/* Undoes a Content-Transfer-Encoding (NULL: none); false when the name is unknown (out untouched). */
bool mime_decode_body(struct buf *out, const char *encoding, const char *bytes, size_t len);
/* The same for the first max bytes of the result, with the work that these take.  Fewer came: that was all. */
bool mime_decode_some(struct buf *out, const char *encoding, const char *bytes, size_t len, size_t max);

/*
 * Appends `;', a folded line and `name=value': a parameter of Content-Type or Content-Disposition.  The value is cleaned and cut at
 * MIME_PARAM_MAX (its extension stays).  A token or quoted string where it is ASCII without quotes and backslashes and short,
 * else by RFC 2231, in numbered pieces where one line of 76 does not hold it.
 */
#define MIME_PARAM_MAX ((size_t)255)		/* bytes of UTF-8 */
#define MIME_PARAM_NAME_MAX 20			/* bytes of a parameter's name */
void mime_put_param(struct buf *out, const char *name, const char *utf8);
/*
 * The same for programs that do not know RFC 2231: always one ASCII line, accents taken off, other characters as `_'.  It goes into
 * another field (name of Content-Type beside filename of Content-Disposition): of two forms in
 * one field some parsers take the first one, others the plain one.
 */
void mime_put_plain_param(struct buf *out, const char *name, const char *utf8);
/* Cuts a file's name in UTF-8 to at most max bytes (more than 16): a short extension stays. */
void mime_cut_name(struct buf *name, size_t max);

/*
 * A multipart: begin writes its Content-Type (parameters: "; name=value" or ""), part the delimiter before each part, whose header
 * fields come next, end the last delimiter.  number: a random one, another for each.
 */
#define MIME_OWN_BOUNDARY 32
struct mime_multipart {
	char boundary[MIME_OWN_BOUNDARY];
};
void mime_multipart_begin(struct buf *out, struct mime_multipart *, const char *subtype, const char *parameters, uint64_t number);
void mime_multipart_part(struct buf *out, const struct mime_multipart *);
void mime_multipart_end(struct buf *out, const struct mime_multipart *);

/* One header value decoded to clean UTF-8 in a confined child of its own: for a rule that needs it.  false: could not be. */
bool mime_decode_confined(struct buf *out, const char *value, size_t len, int64_t deadline);

#endif
