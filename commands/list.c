/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list - who was answered, how often, and when again
 *
 * One row a person: the entries of all texts (handles) are one.  When the
 * next answer is due is asked of the entry of the text that answers now, as
 * delivery does.  Who was last heard of comes from the journal, which only
 * knows the last messages.
 *
 * All of it is held in memory to be sorted: about 150 bytes a person.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../answer_lookup.h"
#include "../diag.h"
#include "../i18n.h"
#include "../import.h"
#include "../journal.h"
#include "../schedule.h"
#include "../text.h"
#include "commands.h"
#include "list.h"

/* When a person may be answered again by this entry, as delivery sees it. */
static int64_t
next_of(const struct list *l, const struct vacation_db_row *row)
{
	int64_t last = row->last_answered, now = l->p.l.now;

	if (l->limits.period <= 0 || strcmp(row->handle, buf_str(&l->handle)) != 0)
		return 0;
	if (last > now && last - now > VACATION_DB_FUTURE_MAX)
		last = now;
	if (l->limits.period == VACATION_DB_FOREVER || last > INT64_MAX - l->limits.period)
		return INT64_MAX;
	return last + l->limits.period > now ? last + l->limits.period : 0;
}

static bool
collect(void *ctx, const struct vacation_db_row *row)
{
	struct list *l = ctx;
	struct person *grown, *p;

	if (l->n == l->room) {
		l->room = l->room != 0 ? l->room * 2 : 64;
		grown = realloc(l->person, l->room * sizeof *grown);
		if (grown == NULL) {
			l->short_of_memory = true;
			return false;
		}
		l->person = grown;
	}
	p = &l->person[l->n];
	*p = (struct person){
		.sender = text_copy(row->sender, strlen(row->sender)), .first = row->first_answered, .last = row->last_answered,
		.next = row->excluded ? INT64_MAX : next_of(l, row), .count = row->count, .excluded = row->excluded, .pattern = row->excluded,
	};
	l->short_of_memory = p->sender == NULL;
	l->n += p->sender != NULL;
	return !l->short_of_memory;
}

static int
by_sender(const void *va, const void *vb)
{
	const struct person *a = va, *b = vb;

	return strcmp(a->sender, b->sender);
}

static void
merge(struct person *to, const struct person *from)
{
	if (from->first != 0 && (to->first == 0 || from->first < to->first))
		to->first = from->first;
	if (from->last > to->last)
		to->last = from->last;
	if (from->next > to->next)
		to->next = from->next;
	if (from->count > to->count)
		to->count = from->count;
	to->excluded |= from->excluded;
	to->pattern &= from->pattern;
}

static void
unite(struct list *l)
{
	size_t i, n = 0;

	if (l->n > 1)
		qsort(l->person, l->n, sizeof *l->person, by_sender);
	for (i = 0; i < l->n; i++) {
		if (n > 0 && strcmp(l->person[n - 1].sender, l->person[i].sender) == 0) {
			merge(&l->person[n - 1], &l->person[i]);
			free(l->person[i].sender);
		} else
			l->person[n++] = l->person[i];
	}
	l->n = n;
}

static const struct person *
find(const struct list *l, const char *sender)
{
	struct person key = { .sender = (char *)(uintptr_t)sender };

	return l->n == 0 ? NULL : bsearch(&key, l->person, l->n, sizeof *l->person, by_sender);
}

static bool
is_excluded(const struct list *l, const char *pattern)
{
	const struct person *p = find(l, pattern);

	return p != NULL && p->pattern;
}

/* By the domain: @domain, or @.domain of it or of one above. */
static bool
domain_excluded(const struct list *l, const char *sender, struct buf *pattern)
{
	const char *domain = strrchr(sender, '@');
	bool found;

	if (domain == NULL)
		return false;
	found = is_excluded(l, domain++);
	for (; !found && domain != NULL; domain = strchr(domain, '.')) {
		domain += *domain == '.';
		buf_reset(pattern);
		buf_adds(pattern, "@.");
		buf_adds(pattern, domain);
		found = is_excluded(l, buf_str(pattern));
	}
	return found;
}

static void
settle(struct list *l)
{
	struct buf pattern = BUF_INIT;
	struct person *p;
	size_t i;

	for (i = 0; i < l->n; i++) {
		p = &l->person[i];
		if (!p->pattern && domain_excluded(l, p->sender, &pattern))
			p->excluded = true;
		if (p->excluded || (l->limits.max_replies != 0 && p->count >= l->limits.max_replies))
			p->next = INT64_MAX;
	}
	buf_free(&pattern);
}

static int
by_heard(const void *va, const void *vb)
{
	const struct heard *a = va, *b = vb;
	int order = strcmp(a->sender, b->sender);

	return order != 0 ? order : (b->time > a->time) - (b->time < a->time);
}

/* The newest record of each sender; a journal that cannot be read is told of, and costs only this column. */
static void
read_journal(struct list *l)
{
	const struct journal_entry *entries;
	struct buf key = BUF_INIT;
	struct journal *j;
	const char *name;
	int dir_fd;
	size_t i, n;

	name = home_place(&l->p.l.home, l->p.l.settings.journal, &dir_fd);
	j = journal_open(dir_fd, name);
	if (j == NULL) {
		if (errno != ENOENT && strcmp(l->p.l.settings.journal, "none") != 0)
			diag_warn("%s: %s", l->p.l.settings.journal, journal_error(errno));
		return;
	}
	n = journal_entries(j, &entries);
	l->heard = calloc(n + 1, sizeof *l->heard);
	for (i = 0; l->heard != NULL && i < n; i++) {
		if (!import_key(&key, entries[i].sender, strlen(entries[i].sender), l->p.delimiter))
			continue;
		l->heard[l->nheard].sender = text_copy(buf_str(&key), key.len);
		l->heard[l->nheard].time = entries[i].time;
		l->nheard += l->heard[l->nheard].sender != NULL;
	}
	if (l->nheard > 1)
		qsort(l->heard, l->nheard, sizeof *l->heard, by_heard);
	journal_close(j);
	buf_free(&key);
}

/* Both are sorted by sender. */
static void
match_heard(struct list *l)
{
	size_t i = 0, k = 0;
	int order;

	while (i < l->n && k < l->nheard) {
		order = strcmp(l->person[i].sender, l->heard[k].sender);
		if (order == 0)
			l->person[i].heard = l->heard[k].time;
		if (order <= 0)
			i++;
		else
			k++;
	}
}

static void
filter(struct list *l)
{
	size_t i, n = 0;
	bool stays;

	for (i = 0; i < l->n; i++) {
		const struct person *p = &l->person[i];

		stays = (l->text == NULL || text_contains(p->sender, l->text)) && (!l->excluded || p->excluded) &&
		    (!l->waiting || (!p->excluded && p->next != 0));
		if (stays)
			l->person[n++] = *p;
		else
			free(p->sender);
	}
	l->n = n;
}

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_last(const void *va, const void *vb)
{
	const struct person *a = va, *b = vb;

	return a->last != b->last ? compare(b->last, a->last) : by_sender(a, b);
}

static int
by_count(const void *va, const void *vb)
{
	const struct person *a = va, *b = vb;

	return a->count != b->count ? compare(b->count, a->count) : by_sender(a, b);
}

static int
by_next(const void *va, const void *vb)
{
	const struct person *a = va, *b = vb;

	return a->next != b->next ? compare(a->next, b->next) : by_sender(a, b);
}

static int
by_last_heard(const void *va, const void *vb)
{
	const struct person *a = va, *b = vb;

	return a->heard != b->heard ? compare(b->heard, a->heard) : by_sender(a, b);
}

static const struct {
	const char *name;
	int (*order)(const void *, const void *);
} orders[] = {
	{ "last", by_last }, { "sender", by_sender }, { "count", by_count }, { "next", by_next }, { "heard", by_last_heard },
};

static bool
find_order(const char *name, int (**order)(const void *, const void *))
{
	size_t i;

	for (i = 0; i < sizeof orders / sizeof orders[0]; i++)
		if (name == NULL || text_equal(name, orders[i].name)) {
			*order = orders[i].order;
			return true;
		}
	diag_error(_("--sort: \"%s\" is no column: sender, last, count, next, heard"), name);
	return false;
}

/* Without a text nobody was answered with, everybody would be answered now. */
static void
find_handle(struct list *l)
{
	struct answer a;

	answer_init(&a);
	a.settings = &l->p.l.settings;
	a.home = &l->p.l.home;
	if (answer_lookup_handle(&a))
		buf_adds(&l->handle, buf_str(&a.handle));
	answer_free(&a);
}

static int
run(struct list *l, int (*order)(const void *, const void *))
{
	struct buf why = BUF_INIT;
	int status;

	l->zone = schedule_new(l->p.l.settings.timezone, NULL, NULL, NULL, NULL, &why);
	if (l->zone == NULL)
		diag_error("%s", buf_str(&why));
	buf_free(&why);
	if (l->zone == NULL)
		return EX_CONFIG;
	people_limits(&l->p, &l->limits);
	find_handle(l);
	status = people_result(&l->p, vacation_db_list(l->p.table, collect, l, &l->p.info));
	if (l->short_of_memory) {
		diag_error("%s", _("not enough memory"));
		status = EX_OSERR;
	}
	if (status != EX_OK)
		return status;
	unite(l);
	settle(l);
	read_journal(l);
	match_heard(l);
	filter(l);
	if (l->n > 1)
		qsort(l->person, l->n, sizeof *l->person, order);
	return list_print(l);
}

int
list_command(int argc, char **argv)
{
	struct list l = { .n = 0 };
	int (*order)(const void *, const void *) = NULL;
	const char *sort;
	int status = EX_USAGE;
	size_t i;

	l.json = command_flag(&argc, argv, "--json");
	l.reverse = command_flag(&argc, argv, "--reverse");
	l.excluded = command_flag(&argc, argv, "--excluded");
	l.waiting = command_flag(&argc, argv, "--waiting");
	l.text = command_value(&argc, argv, "--sender");
	sort = command_value(&argc, argv, "--sort");
	l.colour = !l.json && command_colour(STDOUT_FILENO);
	l.width = isatty(STDOUT_FILENO) ? command_width(STDOUT_FILENO) : 0;
	if (find_order(sort, &order))
		status = people_open(&l.p, argc, argv);
	if (status == EX_OK && l.p.l.rest < argc) {
		diag_error(_("list takes no argument like %s"), argv[l.p.l.rest]);
		status = EX_USAGE;
	}
	if (status == EX_OK)
		status = run(&l, order);
	for (i = 0; i < l.n; i++)
		free(l.person[i].sender);
	for (i = 0; i < l.nheard; i++)
		free(l.heard[i].sender);
	free(l.person);
	free(l.heard);
	schedule_free(l.zone);
	buf_free(&l.handle);
	if (order != NULL)
		people_close(&l.p);
	return status;
}
