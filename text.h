/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/*
 * Small text helpers that need no library: UTF-8, ASCII and Latin-1 by hand,
 * encoded words (RFC 2047), and the token syntax of structured header fields
 * (RFC 5322 3.2).  Nothing here depends on the locale.
 */

/* ASCII only: never the locale's. */
int  text_lower(int c);
int  text_hex(int c);						/* the digit's value, or -1 */
bool text_is_ascii(const char *, size_t);
bool text_equal(const char *, const char *);			/* without regard to ASCII case */
bool text_equal_n(const char *, size_t, const char *);		/* first is not terminated */
bool text_begins(const char *s, const char *prefix);		/* without regard to ASCII case */
bool text_contains(const char *s, const char *part);		/* without regard to ASCII case */
bool text_ends(const char *s, const char *suffix);		/* without regard to ASCII case */

/* Length of the valid UTF-8 sequence at s (1..4), 0 when it is none
 * (RFC 3629: no surrogates, no overlong forms, no more than U+10FFFF). */
size_t text_utf8_len(const char *s, size_t left);
bool   text_utf8_valid(const char *, size_t);
/* The character of a sequence that text_utf8_len() found to be n bytes long; and the way back, for a character
 * that is no surrogate and at most U+10FFFF. */
uint32_t text_utf8_char(const char *, size_t n);
void     text_utf8_add(struct buf *, uint32_t);
/* Bytes of the character at s (left > 0; one that is none counts as a byte) and the columns that terminals show it in, 0 to 2. */
size_t text_width_next(const char *s, size_t left, size_t *columns);
size_t text_width(const char *, size_t len);
/* Valid UTF-8 in which text_clean_line() would find nothing to drop or replace (spaces apart). */
bool   text_is_clean(const char *, size_t);
uint32_t text_windows1252(int c);	/* the character of the byte 0x80 to 0x9f */
void   text_latin1_to_utf8(struct buf *, const char *, size_t);	/* 0x80-0x9f as windows-1252, which is what mail means by it */

/* How many letters to change, add, drop or swap (Damerau) from one name to the other, for suggestions; TEXT_DISTANCE_MAX when one is longer than that. */
#define TEXT_DISTANCE_MAX 48
unsigned text_distance(const char *, const char *);

/* A copy of len bytes with a NUL behind them, owned by the caller; NULL without memory.
 * (In place of strdup(3) and strndup(3): every library function that the common path calls costs it 900 instructions to bind.) */
char *text_copy(const char *, size_t len);

/* The largest n <= max that does not cut a UTF-8 character of s. */
size_t text_utf8_cut(const char *s, size_t len, size_t max);

/* Appends s as clean one-line UTF-8: C0 and C1 controls, DEL, line and
 * paragraph separators and bidi controls go or become a space (white space runs become
 * one space, none is left at either end), invalid bytes U+FFFD; at most max bytes, whole characters. */
void text_clean_line(struct buf *, const char *s, size_t len, size_t max);

/* Whether something in it begins like an encoded word. */
bool text_has_encoded_word(const char *, size_t);

/*
 * Encoded words.  Decodes those in UTF-8, US-ASCII and ISO-8859-1 (also
 * windows-1252), drops the white space between two encoded words, joins
 * characters that were split over words of one charset and keeps all other text as it
 * is.  Words in other charsets go to `other' with their decoded bytes; when
 * that is NULL or returns false they are left as they are.  The result may hold any byte: run
 * text_clean_line() on it.  Returns false when a word was left as it was
 * because of its charset (somebody with iconv could do more).
 */
typedef bool text_charset_fn(void *ctx, const char *charset, const char *bytes, size_t len, struct buf *out);
bool text_decode_words(struct buf *out, const char *s, size_t len, text_charset_fn *other, void *ctx);

/*
 * A cursor over a structured field's value.  Comments (nested, bounded by
 * TEXT_COMMENT_DEPTH) count as white space.
 */
#define TEXT_COMMENT_DEPTH 32
struct text_cursor {
	const char *p, *end;
	bool bad;		/* an unclosed comment or quoted string was met */
};
/* p stands on the opening parenthesis or quote: where the comment or quoted string ends (behind its last
 * character), NULL when it is unclosed or too deep. */
const char *text_comment_end(const char *p, const char *end);
const char *text_quoted_end(const char *p, const char *end);
void text_cursor_init(struct text_cursor *, const char *, size_t);
void text_skip_cfws(struct text_cursor *);
/* RFC 2045 token after CFWS: points into the value, length 0 when there is none. */
size_t text_token(struct text_cursor *, const char **tok);
/* token or quoted-string after CFWS, unquoted into out (which is reset); false when there is neither, or no memory.
 * An unclosed quoted string runs to the end and sets `bad'. */
bool text_value(struct text_cursor *, struct buf *out);
/* Takes c when it comes next after CFWS. */
bool text_take(struct text_cursor *, int c);
bool text_at_end(struct text_cursor *);

/* The value of a `; name=value' parameter list (RFC 2045), from the current position of the cursor.
 * RFC 2231 forms name*= and name*0*= are found too (charset kept undecoded, sections joined when they stand in
 * order); a plain name= wins over them.  out is reset; false when there is none, or no memory. */
bool text_param(struct text_cursor, const char *name, struct buf *out);

#endif
