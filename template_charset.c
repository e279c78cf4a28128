/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * template_charset - what the owner wrote becomes UTF-8, whatever it is in
 *
 * People copy header fields from one file to the next, and editors save as
 * they like: what a file declares may be wrong.  Nobody's text is lost by that.  What
 * is valid UTF-8 is UTF-8, as hardly anything else looks like it; what cannot be read as
 * declared is read as windows-1252, where each byte is something.
 *
 * Failures: the buffer's sticky error.  Limits: those of mime.h.
 */
#include "template.h"

#include <string.h>

#include "text.h"

#define ESCAPE 0x1b
#define SPOILT_SHARE 8	/* one character in so many may be wrong in a text that is otherwise what it declares */

void
template_from_wide(struct buf *b)
{
	struct buf text = BUF_INIT;
	const char *name = mime_guess_wide(buf_str(b), b->len);

	if (name == NULL)
		return;
	mime_to_utf8(NULL, &text, name, buf_str(b), b->len);
	text.failed = text.failed || b->failed;
	buf_free(b);
	*b = text;
}

static bool
is_utf8_name(const char *charset)
{
	return text_equal(charset, "utf-8") || text_equal(charset, "utf8");
}

/* Texts of these may be ASCII alone and say something else. */
static bool
is_ascii_in_disguise(const char *charset, const struct buf *b)
{
	return memchr(buf_str(b), ESCAPE, b->len) != NULL || text_contains(charset, "utf-7") || text_begins(charset, "hz");
}

/* Characters beyond ASCII in UTF-8; bytes beyond it. */
static void
count(const struct buf *b, size_t *characters, size_t *bytes, bool *long_ones)
{
	*characters = *bytes = 0;
	*long_ones = false;
	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->data[i];

		*bytes += c >= 0x80;
		*characters += c >= 0xc0;
		*long_ones = *long_ones || c >= 0xe0;
	}
}

/*
 * Valid UTF-8, and yet what it declares: a few characters of a Chinese or Korean charset, two
 * bytes each, may look like it.  They look like Greek or Cyrillic then, which nobody declares as that.
 */
static bool
is_looking_like_utf8(const struct buf *b, const struct buf *read)
{
	size_t characters, bytes, none;
	bool long_ones, any;

	count(b, &none, &bytes, &long_ones);
	count(read, &characters, &none, &any);
	return !long_ones && characters < bytes;
}

enum reading { AS_IT_IS, AS_DECLARED, AS_WINDOWS_1252 };

/* What becomes of b, which is no plain ASCII; `read' is what it is as declared. */
static enum reading
judge(const struct buf *b, const struct buf *read, size_t wrong)
{
	bool valid = text_utf8_valid(buf_str(b), b->len), any;
	size_t characters, bytes;

	if (valid && !text_is_ascii(buf_str(b), b->len))
		return wrong == 0 && is_looking_like_utf8(b, read) ? AS_DECLARED : AS_IT_IS;
	count(read, &characters, &bytes, &any);
	if (wrong == 0 || wrong * SPOILT_SHARE <= characters)
		return AS_DECLARED;
	return valid ? AS_IT_IS : AS_WINDOWS_1252;
}

static void
replace(struct buf *b, enum reading reading, struct buf *read)
{
	if (reading == AS_WINDOWS_1252) {
		buf_reset(read);
		text_latin1_to_utf8(read, buf_str(b), b->len);
	}
	if (reading != AS_IT_IS) {
		struct buf old = *b;

		*b = *read;
		*read = old;
		b->failed = b->failed || old.failed;
	}
	buf_free(read);
}

/* A text that declares nothing, or the one charset that needs no looking up. */
static bool
read_undeclared(struct buf *b, const char *charset)
{
	struct buf read = BUF_INIT;
	bool valid = text_utf8_valid(buf_str(b), b->len);

	if (!valid)
		replace(b, AS_WINDOWS_1252, &read);
	if (text_ends(charset, "ascii"))
		return !text_is_ascii(buf_str(b), b->len);
	return !valid && *charset != '\0';
}

bool
template_to_utf8(struct buf *b, struct mime *m, const char *charset)
{
	static const char jis[] = "\x1b$";
	struct buf read = BUF_INIT;
	enum reading reading;
	size_t wrong;
	bool undeclared = *charset == '\0' || is_utf8_name(charset) || text_ends(charset, "ascii"), wrongly = *charset != '\0' && undeclared;

	if (undeclared && text_is_ascii(buf_str(b), b->len) && memmem(buf_str(b), b->len, jis, strlen(jis)) != NULL)
		charset = "ISO-2022-JP";
	else if (undeclared)
		return read_undeclared(b, charset);
	if (text_is_ascii(buf_str(b), b->len) && memchr(buf_str(b), '\0', b->len) == NULL && !is_ascii_in_disguise(charset, b))
		return false;
	/* The file was in it as a whole. */
	if (mime_is_wide(charset) && text_utf8_valid(buf_str(b), b->len) && memchr(buf_str(b), '\0', b->len) == NULL)
		return false;
	if (!mime_expect_charset(m, charset) || !mime_to_utf8_counting(m, &read, charset, buf_str(b), b->len, &wrong)) {
		read_undeclared(b, "");
		return true;
	}
	reading = judge(b, &read, wrong);
	replace(b, reading, &read);
	return reading != AS_DECLARED || wrong > 0 || wrongly;
}

bool
template_is_text(const char *bytes, size_t len)
{
	return memchr(bytes, '\0', len) == NULL || mime_guess_wide(bytes, len) != NULL;
}
