/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer_text - the text of the reply, and the name under which it is remembered
 *
 * Which text is decided by audience.c; here the files are read.  The name (the
 * handle) is a hash over all texts that there are, not over the one that was
 * chosen: whoever writes to another address of the owner's, or in another
 * language, is not told again.
 */
#include "answer_lookup.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "address.h"
#include "audience.h"
#include "compat_mailbot.h"
#include "diag.h"
#include "draft.h"
#include "template.h"

#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)

/* mailbot's -t and -m: a text, or none at all for what is more than a text. */
static bool
read_text_alone(struct answer *a, const char *file, struct buf *why)
{
	if (strcmp(file, COMPAT_MAILBOT_NO_TEXT) != 0 && !home_read_file(a->home, file, REPLY_TEMPLATE_MAX, &a->template_text, why)) {
		if (errno == ENOENT)
			buf_addf(why, "%s: there is no such file", file);
		return false;
	}
	template_from_wide(&a->template_text);
	compat_mailbot_text(a->settings, &a->template_text);
	return true;
}

/* The file of one choice.  false: why, and errno is ENOENT when there is none. */
static bool
read_text(struct answer *a, const char *file, struct buf *why)
{
	buf_reset(&a->template_text);
	if (a->settings->text_alone && file == a->settings->message)
		return read_text_alone(a, file, why);
	if (!draft_read_text(a->home, file, REPLY_FILE_MAX, &a->template_text, why))
		return false;
	template_from_wide(&a->template_text);
	if (a->template_text.len > 0) {
		if (a->settings->fields.n > 0 && file == a->settings->message)
			compat_mailbot_fields(a->settings, &a->template_text);
		return true;
	}
	buf_addf(why, "%s is empty", file);
	errno = ENOENT;
	return false;
}

static bool
no_text(struct answer *a, const struct buf *why, bool missing)
{
	buf_adds(&a->why, buf_str(why));
	a->outcome = missing ? OUTCOME_NO_MESSAGE_FILE : OUTCOME_MESSAGE_FILE;
	return false;
}

/* The owner's address that the reply comes from: whose text it is to be. */
static const struct address *
own_address(struct answer *a)
{
	const struct address *which = envelope_addressed(&a->envelope);

	return which != NULL ? which : envelope_first_own(&a->envelope);
}

bool
answer_lookup_text(struct answer *a)
{
	struct audience_facts facts = { .settings = a->settings, .message = a->message };
	struct buf why = BUF_INIT;
	bool found = false, missing = false;
	size_t i;

	if (audience_is_divided(a->settings)) {
		facts.answered = a->envelope.state == SENDER_GIVEN ? &a->envelope.sender : NULL;
		facts.from = envelope_from(&a->envelope);
		facts.own = own_address(a);
	}
	audience_choose(&facts, &a->audience);
	for (i = 0; !found && i < a->audience.n; i++) {
		if (i > 0)
			diag_warn("%s; the text of %s takes its place", buf_str(&why), a->audience.choice[i].name);
		buf_reset(&why);
		a->text = &a->audience.choice[i];
		if (a->text->own_head)
			buf_addf(&why, "%s: ", a->text->name);
		found = read_text(a, a->text->file, &why);
		missing = errno == ENOENT;
		/* The HTML is a text. */
		if (!found && missing && !a->text->own_head && a->settings->html != NULL) {
			buf_reset(&a->template_text);
			buf_addc(&a->template_text, '\n');
			found = true;
		}
	}
	if (!found) {
		a->text = NULL;
		buf_reset(&a->template_text);
		no_text(a, &why, missing);
	}
	buf_free(&why);
	return found;
}

/* FNV-1a, 64 bits: tells an edited text from the one before, nothing more. */
static uint64_t
hash(uint64_t h, const void *p, size_t len)
{
	const unsigned char *s = p;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ s[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
hash_text(uint64_t h, const char *s)
{
	return s != NULL ? hash(h, s, strlen(s) + 1) : hash(h, "\xff", 1);
}

/* One that cannot be read counts as one that is not there; but not one that is being written: people would be told again. */
static uint64_t
hash_file(struct answer *a, uint64_t h, const char *file)
{
	struct buf text = BUF_INIT, why = BUF_INIT;

	if (draft_read_text(a->home, file, REPLY_FILE_MAX, &text, &why))
		h = hash(h, buf_str(&text), text.len);
	else {
		if (errno == EAGAIN) {
			a->handle.failed = true;
			buf_adds(&a->why, buf_str(&why));
		}
		h = hash_text(h, NULL);
	}
	buf_free(&text);
	buf_free(&why);
	return h;
}

/* Summed up, so that the order of their lines does not matter. */
static uint64_t
hash_others(struct answer *a)
{
	const struct settings *s = a->settings;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < s->texts.n; i++)
		sum += hash_file(a, hash_text(HASH_BEGIN, s->texts.item[i].name), s->texts.item[i].file);
	if (s->internal_message != NULL)
		sum += hash_file(a, hash_text(HASH_BEGIN, "internal-message"), s->internal_message);
	return sum;
}

/* RFC 5230 4.2: over what is shown, before variables are expanded. */
void
answer_make_handle(struct answer *a)
{
	const struct settings *s = a->settings;
	bool divided = audience_is_divided(s);
	uint64_t h = HASH_BEGIN;

	if (s->handle != NULL) {
		buf_adds(&a->handle, s->handle);
		return;
	}
	if (divided)
		h = hash_file(a, h, s->message);
	else
		h = hash(h, buf_str(&a->template_text), a->template_text.len);
	h = hash_text(h, s->subject);
	h = hash_text(h, s->from);
	h = hash_text(h, s->from_date);
	h = hash_text(h, s->until);
	if (s->html != NULL)
		h = hash_file(a, h, s->html);
	for (size_t i = 0; i < s->attach.n; i++)
		h = hash_text(h, s->attach.item[i]);
	if (s->begun != NULL)
		h = hash_text(h, s->begun);
	if (divided)
		h += hash_others(a);
	buf_addf(&a->handle, "%016" PRIx64, h);
}

bool
answer_draft_author(struct answer *a)
{
	struct address from = { NULL, NULL, NULL };
	size_t len;
	const char *value = template_head_value(buf_str(&a->template_text), a->template_text.len, "From", &len);
	bool own = value != NULL && address_first(value, len, &from) && from.name != NULL && envelope_is_own(&a->envelope, &from);

	if (own)
		buf_adds(&a->from_name, from.name);
	address_free(&from);
	return own;
}

bool
answer_lookup_handle(struct answer *a)
{
	struct buf why = BUF_INIT;
	bool found = a->settings->handle != NULL || audience_is_divided(a->settings) || read_text(a, a->settings->message, &why);

	buf_free(&why);
	if (!found)
		return false;
	answer_make_handle(a);
	return !a->handle.failed;
}
