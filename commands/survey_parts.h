/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_SURVEY_PARTS_H
#define COMMANDS_SURVEY_PARTS_H

#include "../i18n.h"
#include "survey.h"

/* The parts of a survey, for survey.c alone: each looks at one area, adds its findings and its fact. */

void survey_home(struct survey *);
void survey_text(struct survey *);
void survey_table(struct survey *);
void survey_journal(struct survey *);
void survey_delivery(struct survey *);	/* behind text and journal */
void survey_sendmail(struct survey *);
void survey_system(struct survey *);
void survey_rehearsal(struct survey *);	/* behind all others */

/* Whether the settings want no journal. */
bool survey_no_journal(const struct survey *);

#endif
