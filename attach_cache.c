/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attach_cache - types from the cache of shared-mime-info
 *
 * The file mime.cache as the Shared MIME-info Database specification has it
 * (version 1.2): big-endian numbers that are offsets into the file.  Names
 * are looked up in its literal names, its tree of suffixes (read backwards)
 * and its patterns; the heaviest, then the longest one counts.  Where that
 * leaves none, or several types, the magic rules look at the contents.
 *
 * A cache may be damaged: each number goes through number(), which answers 0
 * beyond the end, and each count is cut at what fits into the file.
 *
 * Failures: none; what is not understood matches nothing.
 * Limits: CANDIDATES_MAX, MAGIC_DEPTH, MAGIC_BUDGET.
 */
#include "attach_parts.h"

#include <fnmatch.h>
#include <string.h>

#include "text.h"

#define VERSION 1		/* the minor one only adds */
#define AT_PARENTS 8
#define AT_LITERALS 12
#define AT_SUFFIXES 16
#define AT_PATTERNS 20
#define AT_MAGIC 24
#define PARENT_SIZE 8
#define NAME_SIZE 12		/* a literal, a pattern, a node of the tree */
#define MATCH_SIZE 16
#define RULE_SIZE 32
#define WEIGHT 0xff
#define CASE_MATTERS 0x100
#define CANDIDATES_MAX 8	/* types of one name */
#define ANCESTORS_MAX 8		/* steps from a type to what it is a kind of */
#define MAGIC_DEPTH 16
#define MAGIC_BUDGET 4000000	/* bytes compared for one file; the rules of version 2.2 need 350,000 */

struct candidate {
	const char *type;
	uint32_t weight;
	size_t len;		/* of the pattern */
};

struct search {
	const struct buf *cache;
	const char *name;
	size_t len;
	bool folded;		/* the name is in lower case: patterns whose case matters do not count */
	struct candidate found[CANDIDATES_MAX];	/* the best ones, equal in weight and length */
	size_t n;
};

struct sniff {
	const struct buf *cache;
	const char *bytes;
	size_t len;
	size_t budget;
};

static uint32_t
number(const struct buf *cache, size_t at)
{
	const unsigned char *p;

	if (cache->len < 4 || at > cache->len - 4)
		return 0;
	p = (const unsigned char *)cache->data + at;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* How many of n things of a size fit between `at' and the end. */
static uint32_t
fitting(const struct buf *cache, uint32_t n, size_t at, size_t size)
{
	size_t room = at < cache->len ? (cache->len - at) / size : 0;

	return n < room ? n : (uint32_t)room;
}

/* NULL: it does not end within the file. */
static const char *
string(const struct buf *cache, uint32_t at)
{
	if (at == 0 || at >= cache->len || memchr(cache->data + at, '\0', cache->len - at) == NULL)
		return NULL;
	return cache->data + at;
}

static void
consider(struct search *s, uint32_t type_at, uint32_t flags, size_t len)
{
	struct candidate c = { string(s->cache, type_at), flags & WEIGHT, len };
	size_t i;

	if (c.type == NULL || (s->folded && (flags & CASE_MATTERS) != 0))
		return;
	if (s->n > 0 && (c.weight < s->found[0].weight || (c.weight == s->found[0].weight && c.len < s->found[0].len)))
		return;
	if (s->n > 0 && (c.weight > s->found[0].weight || c.len > s->found[0].len))
		s->n = 0;
	for (i = 0; i < s->n; i++)
		if (strcmp(s->found[i].type, c.type) == 0)
			return;
	if (s->n < CANDIDATES_MAX)
		s->found[s->n++] = c;
}

static void
search_literals(struct search *s)
{
	uint32_t list = number(s->cache, AT_LITERALS), n = fitting(s->cache, number(s->cache, list), (size_t)list + 4, NAME_SIZE);
	const char *literal;
	size_t at = (size_t)list + 4;

	for (; n > 0; n--, at += NAME_SIZE) {
		literal = string(s->cache, number(s->cache, at));
		if (literal != NULL && strcmp(literal, s->name) == 0)
			consider(s, number(s->cache, at + 4), number(s->cache, at + 8), s->len);
	}
}

static uint32_t
character_before(const char *name, size_t *end)
{
	unsigned char c = (unsigned char)name[--*end];
	uint32_t character = c, shift = 0;

	if (c < 0x80)
		return c;
	for (character = 0; *end > 0 && (c & 0xc0) == 0x80; c = (unsigned char)name[--*end]) {
		character |= (uint32_t)(c & 0x3f) << shift;
		shift += shift < 24 ? 6 : 0;
	}
	return character | (uint32_t)(c & (0x7f >> (shift / 6 + 1))) << shift;
}

/* A list of nodes is sorted: those whose character is 0 are types, and stand first. */
static void
search_suffixes(struct search *s)
{
	uint32_t tree = number(s->cache, AT_SUFFIXES), n = number(s->cache, tree), list = number(s->cache, (size_t)tree + 4);
	uint32_t i, wanted;
	size_t end = s->len, at;

	while (end > 0) {
		wanted = character_before(s->name, &end);
		n = fitting(s->cache, n, list, NAME_SIZE);
		for (i = 0, at = list; i < n && number(s->cache, at) != wanted; i++)
			at += NAME_SIZE;
		if (i == n)
			return;
		n = number(s->cache, at + 4);
		list = number(s->cache, at + 8);
		n = fitting(s->cache, n, list, NAME_SIZE);
		for (i = 0, at = list; i < n && number(s->cache, at) == 0; i++, at += NAME_SIZE)
			consider(s, number(s->cache, at + 4), number(s->cache, at + 8), s->len - end);
	}
}

static void
search_patterns(struct search *s)
{
	uint32_t list = number(s->cache, AT_PATTERNS), n = fitting(s->cache, number(s->cache, list), (size_t)list + 4, NAME_SIZE);
	const char *pattern;
	size_t at = (size_t)list + 4;

	for (; n > 0; n--, at += NAME_SIZE) {
		pattern = string(s->cache, number(s->cache, at));
		if (pattern != NULL && strlen(pattern) <= ATTACH_NAME_MAX && fnmatch(pattern, s->name, 0) == 0)
			consider(s, number(s->cache, at + 4), number(s->cache, at + 8), strlen(pattern));
	}
}

static void
search_all(struct search *s)
{
	search_literals(s);
	search_suffixes(s);
	search_patterns(s);
}

/* As it is written, then in lower case. */
static void
search_name(struct search *s, const char *name)
{
	char folded[ATTACH_NAME_MAX + 1];
	size_t i;

	s->name = name;
	s->len = strlen(name);
	if (s->len > ATTACH_NAME_MAX)
		return;
	search_all(s);
	for (i = 0; i <= s->len; i++)
		folded[i] = (char)text_lower((unsigned char)name[i]);
	s->name = folded;
	s->folded = true;
	search_all(s);
	s->name = NULL;
}

/* Whether the value stands at that place of the bytes. */
static bool
stands_at(const struct sniff *s, size_t place, const char *value, const char *mask, size_t len)
{
	size_t i;

	if (mask == NULL)
		return memcmp(s->bytes + place, value, len) == 0;
	for (i = 0; i < len; i++)
		if (((s->bytes[place + i] ^ value[i]) & mask[i]) != 0)
			return false;
	return true;
}

static bool
rule_stands(struct sniff *s, size_t rule)
{
	const struct buf *cache = s->cache;
	size_t start = number(cache, rule), range = number(cache, rule + 4), len = number(cache, rule + 12);
	size_t value = number(cache, rule + 16), mask = number(cache, rule + 20), i;

	if (len == 0 || len > cache->len || value > cache->len - len || mask > cache->len - len)
		return false;
	for (i = 0; i < range && start + i <= s->len && len <= s->len - (start + i); i++) {
		if (s->budget < len)
			return false;
		s->budget -= len;
		if (stands_at(s, start + i, cache->data + value, mask != 0 ? cache->data + mask : NULL, len))
			return true;
	}
	return false;
}

/* Of a list of rules one must hold, with one of those below it where there are any. */
static bool
rules_hold(struct sniff *s, uint32_t n, size_t list, unsigned depth)
{
	uint32_t i, below;
	size_t rule = list;

	n = fitting(s->cache, n, list, RULE_SIZE);
	for (i = 0; i < n && s->budget > 0; i++, rule += RULE_SIZE) {
		s->budget--;
		below = number(s->cache, rule + 24);
		if (rule_stands(s, rule) && (below == 0 ||
		    (depth < MAGIC_DEPTH && rules_hold(s, below, number(s->cache, rule + 28), depth + 1))))
			return true;
	}
	return false;
}

/* The matches are sorted, the most certain first. */
static const char *
sniff(const struct buf *cache, const char *bytes, size_t len)
{
	uint32_t list = number(cache, AT_MAGIC), n = number(cache, list);
	size_t extent = number(cache, (size_t)list + 4), match = number(cache, (size_t)list + 8);
	struct sniff s = { cache, bytes, len < extent ? len : extent, MAGIC_BUDGET };
	const char *type;

	for (n = fitting(cache, n, match, MATCH_SIZE); n > 0; n--, match += MATCH_SIZE) {
		type = string(cache, number(cache, match + 4));
		if (type != NULL && rules_hold(&s, number(cache, match + 8), number(cache, match + 12), 0))
			return type;
	}
	return NULL;
}

/* What the type is a kind of: the first one that the cache names, or NULL. */
static const char *
parent(const struct buf *cache, const char *type)
{
	uint32_t list = number(cache, AT_PARENTS), n = fitting(cache, number(cache, list), (size_t)list + 4, PARENT_SIZE), parents;
	size_t at = (size_t)list + 4;
	const char *entry;

	for (; n > 0; n--, at += PARENT_SIZE) {
		entry = string(cache, number(cache, at));
		if (entry == NULL || strcmp(entry, type) != 0)
			continue;
		parents = number(cache, at + 4);
		return number(cache, parents) > 0 ? string(cache, number(cache, (size_t)parents + 4)) : NULL;
	}
	return NULL;
}

static bool
is_kind_of(const struct buf *cache, const char *type, const char *general)
{
	unsigned steps;

	for (steps = 0; type != NULL && steps < ANCESTORS_MAX; steps++) {
		if (strcmp(type, general) == 0)
			return true;
		type = parent(cache, type);
	}
	return false;
}

const char *
attach_cache_type(const struct buf *cache, const char *name, const char *bytes, size_t len)
{
	struct search s = { .cache = cache };
	const char *seen;
	size_t i;

	if (cache->len < AT_MAGIC + 4 || number(cache, 0) >> 16 != VERSION)
		return NULL;
	search_name(&s, name);
	if (s.n == 1)
		return s.found[0].type;
	seen = sniff(cache, bytes, len);
	for (i = 0; i < s.n && seen != NULL; i++)
		if (is_kind_of(cache, s.found[i].type, seen))
			return s.found[i].type;
	return seen == NULL && s.n > 0 ? s.found[0].type : seen;
}
