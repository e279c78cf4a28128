/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMANDS_LIST_H
#define COMMANDS_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../buf.h"
#include "../schedule.h"
#include "people.h"

/* `backsoon list': the rows that list.c collects and list_print.c shows. */

struct person {
	char *sender;
	int64_t first, last;
	int64_t next;		/* 0 now, INT64_MAX never */
	int64_t heard;		/* 0 not known */
	uint32_t count;
	bool excluded, pattern;	/* pattern: an exclusion, nobody was answered under it */
};

struct heard {
	char *sender;
	int64_t time;
};

struct list {
	struct people p;
	struct vacation_db_limits limits;
	struct buf handle;
	struct schedule *zone;
	struct person *person;
	size_t n, room;
	struct heard *heard;
	size_t nheard;
	const char *text;		/* --sender */
	bool excluded, waiting, reverse, json, colour;
	unsigned width;
	bool short_of_memory;
};

/* All of it, as people or programs read it, on standard output: an exit status. */
int list_print(struct list *);

#endif
