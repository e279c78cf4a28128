/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * langtag - languages by name, and which of them somebody wants
 *
 * The codes of two letters are known, because people write a country's code
 * for its language, and such a text would never be chosen; codes of three
 * letters are thousands, and are taken as they are.  A list may come from
 * anywhere: what is no range is skipped, `de_AT' is taken for de-AT.
 *
 * Failures: none.  Limits: LANGTAG_RANGES_MAX.
 */
#include "langtag.h"

#include <string.h>

#include "text.h"

#define WEIGHT_MAX 1000
#define SUBTAG_MAX 8		/* RFC 5646 2.1 */

/* ISO 639-1, each with a blank behind it. */
static const char codes[] =
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu "
    "fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km "
    "kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr "
    "ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";

/* A country's code, or one that was withdrawn, and the language. */
static const char meant[][2][3] = {
	{ "at", "de" }, { "au", "en" }, { "cn", "zh" }, { "cz", "cs" }, { "dk", "da" }, { "gb", "en" }, { "gr", "el" },
	{ "il", "he" }, { "in", "id" }, { "ir", "fa" }, { "iw", "he" }, { "jp", "ja" }, { "mx", "es" }, { "rs", "sr" },
	{ "ua", "uk" }, { "us", "en" }, { "vn", "vi" },
};

static bool
is_letter(char c)
{
	return text_lower(c) >= 'a' && text_lower(c) <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_code(const char *tag, size_t len)
{
	size_t i;

	if (len == 3)
		return true;
	for (i = 0; len == 2 && codes[i] != '\0'; i += 3)
		if (text_lower(tag[0]) == codes[i] && text_lower(tag[1]) == codes[i + 1])
			return true;
	return false;
}

bool
langtag_ok(const char *tag)
{
	size_t i, len = 0;
	bool first = true;

	for (i = 0;; i++) {
		if (tag[i] == '-' || tag[i] == '\0') {
			if (len == 0 || len > SUBTAG_MAX || (first && !is_code(tag, len)))
				return false;
			if (tag[i] == '\0')
				return i <= LANGTAG_MAX;
			first = false;
			len = 0;
		} else if (is_letter(tag[i]) || (!first && is_digit(tag[i])))
			len++;
		else
			return false;
	}
}

const char *
langtag_meant(const char *tag)
{
	size_t i;

	for (i = 0; i < sizeof meant / sizeof meant[0]; i++)
		if (text_equal(tag, meant[i][0]))
			return meant[i][1];
	return NULL;
}

/* 0.8 is 800.  What is no weight at all counts as none given. */
static unsigned
read_weight(const char *s, size_t len)
{
	unsigned weight, unit = WEIGHT_MAX / 10;
	size_t i;

	if (len == 0 || (s[0] != '0' && s[0] != '1') || (len > 1 && s[1] != '.'))
		return WEIGHT_MAX;
	weight = s[0] == '1' ? WEIGHT_MAX : 0;
	for (i = 2; i < len && is_digit(s[i]) && unit > 0; i++, unit /= 10)
		weight += (unsigned)(s[i] - '0') * unit;
	return weight < WEIGHT_MAX ? weight : WEIGHT_MAX;
}

static bool
is_range(const char *s, size_t len)
{
	size_t i;

	if (len == 1 && s[0] == '*')
		return true;
	for (i = 0; i < len; i++)
		if (!is_letter(s[i]) && !is_digit(s[i]) && s[i] != '-' && s[i] != '_' && s[i] != '*')
			return false;
	return len > 0 && is_letter(s[0]);
}

/* Behind all of its field that weigh as much. */
static void
insert(struct langtag_list *l, size_t begin, const struct langtag_range *r)
{
	size_t at = l->n;

	if (l->n == LANGTAG_RANGES_MAX)
		return;
	while (at > begin && l->range[at - 1].weight < r->weight) {
		l->range[at] = l->range[at - 1];
		at--;
	}
	l->range[at] = *r;
	l->n++;
}

void
langtag_read(struct langtag_list *l, const char *value, size_t len, const char *field)
{
	struct langtag_range r = { .field = field };
	struct text_cursor c;
	const char *name, *number;
	size_t begin = l->n, name_len;

	text_cursor_init(&c, value, len);
	while (!text_at_end(&c)) {
		r.len = text_token(&c, &r.text);
		r.weight = WEIGHT_MAX;
		while (text_take(&c, ';')) {
			name_len = text_token(&c, &name);
			if (text_take(&c, '=') && text_equal_n(name, name_len, "q")) {
				name_len = text_token(&c, &number);
				r.weight = read_weight(number, name_len);
			}
		}
		if (is_range(r.text, r.len))
			insert(l, begin, &r);
		/* What else stands there up to the comma is nothing we know. */
		while (!text_take(&c, ',') && !text_at_end(&c))
			if (text_token(&c, &name) == 0)
				c.p++;
	}
}

static int
fold(char c)
{
	return c == '_' ? '-' : text_lower(c);
}

/* Whether the first len bytes of the range are the tag's first as well, and the tag goes on with a new piece, or ends. */
static bool
begins_with(const char *tag, const char *range, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (tag[i] == '\0' || fold(tag[i]) != fold(range[i]))
			return false;
	return tag[len] == '\0' || tag[len] == '-';
}

/* The longest range that the tag falls under says that it is not wanted. */
static bool
is_unwanted(const struct langtag_list *l, const char *tag)
{
	const struct langtag_range *longest = NULL;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (begins_with(tag, l->range[i].text, l->range[i].len) && (longest == NULL || l->range[i].len > longest->len))
			longest = &l->range[i];
	return longest != NULL && longest->weight == 0;
}

/* Without its last piece; a single letter does not stay behind alone (RFC 4647 3.4). */
static size_t
shorter(const char *range, size_t len)
{
	while (len > 0 && fold(range[len - 1]) != '-')
		len--;
	if (len > 0)
		len--;
	if (len > 2 && fold(range[len - 2]) == '-')
		len -= 2;
	return len;
}

static int
find(const struct langtag_list *l, const char *const *tags, size_t n, const char *range, size_t len, bool below)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (tags[i] != NULL && begins_with(tags[i], range, len) && (below || tags[i][len] == '\0') && !is_unwanted(l, tags[i]))
			return (int)i;
	return -1;
}

int
langtag_lookup(const struct langtag_list *l, const char *const *tags, size_t n, const struct langtag_range **which)
{
	const struct langtag_range *r;
	size_t len;
	int found;

	for (r = l->range; r < l->range + l->n; r++) {
		if (r->weight == 0 || r->text[0] == '*')
			continue;
		found = -1;
		for (len = r->len; found < 0 && len > 0; len = shorter(r->text, len))
			found = find(l, tags, n, r->text, len, false);
		if (found < 0)
			found = find(l, tags, n, r->text, r->len, true);
		if (found >= 0) {
			*which = r;
			return found;
		}
	}
	return -1;
}
