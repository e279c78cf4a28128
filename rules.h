/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_H
#define RULES_H

#include <stddef.h>

/*
 * DATA ONLY: whom we do not answer.  One row a rule, in the order in which
 * they are asked; the first that refuses decides.  policy.c walks the rows.
 * Ids are stable: the log, the journal, `explain', the manual and the tests use them.
 */

/* What a row asks.  TEST_HEADERS is answered by the row's data alone. */
enum rule_test {
	TEST_NO_MESSAGE, TEST_UNREADABLE, TEST_NOT_ACTIVE, TEST_NO_SENDER, TEST_NULL_SENDER, TEST_BAD_SENDER,
	TEST_OWN_ADDRESS, TEST_ROBOT_SENDER, TEST_AUTO_SUBMITTED, TEST_HEADERS, TEST_REPORT, TEST_CALENDAR,
	TEST_ROBOT_SUBJECT, TEST_FORGED, TEST_NOT_ADDRESSED, TEST_TOO_MANY_RECIPIENTS, TEST_HOP_COUNT,
	TEST_EXCLUDED, TEST_STRANGER, TEST_UNSENDABLE, TEST_TABLE,
	RULE_TESTS
};

/* How a header field's value is compared: without regard to case, by whole tokens. */
enum header_match {
	MATCH_PRESENT,		/* any value */
	MATCH_PREFIX,		/* any field whose name begins so */
	MATCH_WORD,		/* the value's first word is one of words */
	MATCH_LISTED,		/* a comma-separated list that holds one of words */
	MATCH_BEGINS,		/* the value begins with one of words */
	MATCH_CONTAINS,		/* words separated by blanks, commas or semicolons, one of which is one of words */
	MATCH_AT_LEAST,		/* a number not below words */
	MATCH_OWN		/* holds one of the owner's addresses */
};

/* Fixed widths, ended by an empty row: a pointer each would be relocated at every start. */
#define RULE_ID_MAX 24
#define RULE_NAME_MAX 40
#define RULE_WORDS_MAX 32
#define RULE_SENTENCE_MAX 64
#define RULE_SOURCE_MAX 40
#define ROBOT_WORD_MAX 20
#define ROBOT_SUBJECT_MAX 48

struct rule_header {
	char name[RULE_NAME_MAX];
	enum header_match match;
	char words[RULE_WORDS_MAX];	/* separated by `|' */
};

enum rule_headers {
	HEADERS_NONE, HEADERS_MAILING_LIST, HEADERS_PRECEDENCE, HEADERS_SUPPRESSED, HEADERS_REPORT, HEADERS_ROBOT, HEADERS_SPAM
};

/* OVERRIDABLE: answer-sender lifts it.  LOOKED_UP: asked in the second pass alone.
 * OWNER: depends on the owner's addresses, of which one may be found between the passes. */
enum { RULE_OVERRIDABLE = 1, RULE_LOOKED_UP = 2, RULE_OWNER = 4 };

struct rule {
	char id[RULE_ID_MAX];
	enum rule_test test;
	unsigned flags;
	enum rule_headers headers;	/* for TEST_HEADERS and TEST_REPORT */
	int result;			/* TEST_TABLE: the table's verdict that this row is about */
	char sentence[RULE_SENTENCE_MAX];	/* for the owner: "no reply: ..." */
	char source[RULE_SOURCE_MAX];
};

extern const struct rule rules[];
extern const size_t rules_count;

/* Robot senders: local parts compared without regard to case; see RULE `robot-sender'. */
extern const char robot_whole[][ROBOT_WORD_MAX];
extern const char robot_begins[][ROBOT_WORD_MAX];
extern const char robot_ends[][ROBOT_WORD_MAX];		/* also followed by +anything, -anything=domain */
extern const char robot_envelope_ends[][ROBOT_WORD_MAX];	/* only on the envelope when From is another address */
extern const char robot_domain_labels[][ROBOT_WORD_MAX];	/* first label of the envelope's domain */

/* Robots' subjects: how they begin, and what they are as a whole. */
extern const char robot_subject_begins[][ROBOT_SUBJECT_MAX];
extern const char robot_subject_whole[][ROBOT_SUBJECT_MAX];

/* The field that our own replies carry, so that we know ourselves again. */
#define RULES_OWN_MARKER "X-Backsoon"

/* The fields of a row, behind them one with an empty name; NULL for NONE. */
const struct rule_header *rules_headers(enum rule_headers);

/* The row of that id, NULL when there is none. */
const struct rule *rules_find(const char *id);

#endif
