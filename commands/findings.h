/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_FINDINGS_H
#define COMMANDS_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "../buf.h"
#include "../json.h"

/*
 * What can be wrong with somebody's set-up: ONE list for `status' and
 * `check', a row each, in findings.c: what it is, why it matters, how it is
 * mended.  Ids are stable; the manual lists them.
 */

/* Where it was found: one line of `check' each, in this order. */
enum finding_area {
	AREA_SETTINGS, AREA_HOME, AREA_DELIVERY, AREA_TEXT, AREA_WHEN, AREA_TABLE, AREA_JOURNAL, AREA_SENDMAIL, AREA_SYSTEM,
	AREA_REHEARSAL,
	FINDING_AREAS
};

enum finding_grade {
	FINDING_NOTE,		/* worth knowing; `status' leaves it out */
	FINDING_WARNING,	/* mail is answered, but not as it should be */
	FINDING_OFF,		/* no mail is answered, by the owner's choice */
	FINDING_BROKEN,		/* no mail is answered, and it was not meant so; nothing to mend while it is off */
	FINDING_DANGER		/* broken, also while it is off: what was meant is not known, or mail itself is in danger */
};

/* Of fixed widths, because a pointer each would be relocated at every start, also of a delivery. */
#define FINDING_ID_MAX 24
#define FINDING_WHAT_MAX 96
#define FINDING_WHY_MAX 168
#define FINDING_MEND_MAX 120

struct finding_row {
	char id[FINDING_ID_MAX];
	enum finding_area area;
	enum finding_grade grade;
	char what[FINDING_WHAT_MAX];	/* %1 and %2 stand for what was found */
	char why[FINDING_WHY_MAX];
	char mend[FINDING_MEND_MAX];
};

struct finding {
	const struct finding_row *row;
	char *first, *second;	/* %1 and %2; owned */
};

#define FINDINGS_MAX 64		/* a settings file with more wrong lines shows its first ones */

struct findings {
	struct finding item[FINDINGS_MAX];
	size_t n;
	bool failed;		/* no memory, or more than FINDINGS_MAX: something is missing */
};

/* The rows, ended by one whose id is empty. */
extern const struct finding_row finding_rows[];

/* Adds the row of that id, which must exist; NULL counts as "". */
void findings_add(struct findings *, const char *id, const char *first, const char *second);
void findings_free(struct findings *);
bool findings_have(const struct findings *, enum finding_grade);
/* The worst in one area; false: there is none. */
bool findings_worst(const struct findings *, enum finding_area, enum finding_grade *);

const char *finding_area_name(enum finding_area);	/* stable: --json */
const char *finding_area_title(enum finding_area);	/* for people, translated */
const char *finding_grade_name(enum finding_grade);	/* stable: --json; _() has it for people */

/* Appends a sentence of a row with %1 and %2 filled in, translated. */
void finding_what(struct buf *, const struct finding *);
void finding_why(struct buf *, const struct finding *);
void finding_mend(struct buf *, const struct finding *);

/* { id, area, grade, what, why, mend }; for programs these are English: i18n_stop(). */
void finding_json(struct json *, const struct finding *);

#endif
