/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply_ids - message-ids: their syntax, and the thread of a reply
 *
 * What stands in Message-ID, References and In-Reply-To of the message is a
 * stranger's.  An id is copied only when every byte of it has been looked
 * at; all else between and around them is left out, and so are ids that are
 * too long or come twice.  Of a long thread the first id stays, which
 * names it, and the last ones, which place the reply in it.
 *
 * Failures: the output buffer's sticky error.
 */
#include "reply_ids.h"

#include <string.h>

#include "reply.h"
#include "text.h"

struct id {
	const char *s;
	size_t len;
};

/* The first ids, then a window on the last ones. */
struct thread {
	struct id ids[REPLY_REFERENCES_MAX];
	size_t n;
};

static bool
all_of(const char *s, size_t len, const char *extra)
{
	for (size_t i = 0; i < len; i++) {
		bool letter = (s[i] >= '0' && s[i] <= '9') || (text_lower(s[i]) >= 'a' && text_lower(s[i]) <= 'z');

		if (!letter && (s[i] == '\0' || strchr(extra, s[i]) == NULL))
			return false;
	}
	return len > 0;
}

static bool
is_left(const char *s, size_t len)
{
	if (len > 2 && s[0] == '"' && s[len - 1] == '"')
		return all_of(s + 1, len - 2, "!#$%&'*+-/=?^_`{|}~.:;,@[]()");
	return all_of(s, len, "!#$%&'*+-/=?^_`{|}~.:@[]");
}

static bool
is_right(const char *s, size_t len)
{
	if (len > 2 && s[0] == '[' && s[len - 1] == ']')
		return all_of(s + 1, len - 2, "!#$%&'*+-/=?^_`{|}~.:");
	return all_of(s, len, "!#$%&'*+-/=?^_`{|}~.:");
}

bool
reply_id_ok(const char *s, size_t len)
{
	const char *at;

	if (len < 5 || len > REPLY_ID_MAX || s[0] != '<' || s[len - 1] != '>')
		return false;
	at = memrchr(s, '@', len);
	return at != NULL && !text_has_encoded_word(s, len) && is_left(s + 1, (size_t)(at - s - 1)) && is_right(at + 1, (size_t)(s + len - 2 - at));
}

/* The next usable id at or behind *p. */
static bool
next_id(const char **p, const char *end, struct id *id)
{
	const char *open = NULL, *s = *p;

	for (; s < end; s++) {
		if (*s == '<')
			open = s;
		if (*s != '>' || open == NULL)
			continue;
		*id = (struct id){ open, (size_t)(s + 1 - open) };
		open = NULL;
		if (!reply_id_ok(id->s, id->len))
			continue;
		*p = s + 1;
		return true;
	}
	return false;
}

static bool
same_id(const struct id *a, const struct id *b)
{
	return a->len == b->len && memcmp(a->s, b->s, a->len) == 0;
}

/* At the end; one that is there already moves to the end, unless it is the first. */
static void
thread_add(struct thread *t, const struct id *id)
{
	size_t i = t->n > 0 ? 1 : 0;

	if (t->n > 0 && same_id(&t->ids[0], id))
		return;
	while (i < t->n && !same_id(&t->ids[i], id))
		i++;
	if (i == REPLY_REFERENCES_MAX)
		i = 1;
	if (i < t->n) {
		memmove(&t->ids[i], &t->ids[i + 1], (t->n - i - 1) * sizeof t->ids[0]);
		t->n--;
	}
	t->ids[t->n++] = *id;
}

static size_t
add_field(struct thread *t, const struct field *f)
{
	const char *p = f != NULL ? f->value : "", *end = f != NULL ? p + f->value_len : p;
	struct id id;
	size_t n = 0;

	for (; next_id(&p, end, &id); n++)
		thread_add(t, &id);
	return n;
}

void
reply_put_thread(struct buf *out, const struct message *msg)
{
	const struct field *f = message_find(msg, "Message-ID", NULL);
	const char *p = f != NULL ? f->value : "", *end = f != NULL ? p + f->value_len : p;
	struct thread t = { .n = 0 }, parent = { .n = 0 };
	struct id id;
	bool has_id = next_id(&p, end, &id);

	if (add_field(&t, message_find(msg, "References", NULL)) == 0 &&
	    add_field(&parent, message_find(msg, "In-Reply-To", NULL)) == 1)
		t = parent;
	if (has_id) {
		thread_add(&t, &id);
		buf_adds(out, "In-Reply-To: ");
		buf_add(out, id.s, id.len);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < t.n; i++) {
		buf_adds(out, i == 0 ? "References: " : "\n ");
		buf_add(out, t.ids[i].s, t.ids[i].len);
	}
	if (t.n > 0)
		buf_addc(out, '\n');
}
