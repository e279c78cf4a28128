/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_json - what `backsoon explain' has found, for programs
 *
 * One object; its names are stable, its sentences English.  Times are
 * seconds since 1970.  json.c makes what comes from the message harmless.
 *
 * Failures: memory, which leaves the text incomplete.
 */
#include "explain.h"

#include <stdio.h>

#include "../json.h"

static void
json_rules(struct json *j, const struct explain *v)
{
	struct buf value = BUF_INIT;
	enum verdict verdict;
	size_t i;

	json_key(j, "rules");
	json_array_begin(j);
	for (i = 0; i < rules_count; i++) {
		verdict = policy_test(&rules[i], &v->a->facts, &value);
		json_object_begin(j);
		json_put_string(j, "id", rules[i].id);
		json_put_string(j, "verdict", explain_verdict(verdict));
		json_put_string(j, "sentence", rules[i].sentence);
		json_put_string(j, "source", rules[i].source);
		json_put_string(j, "value", value.len > 0 ? buf_str(&value) : NULL);
		json_object_end(j);
	}
	json_array_end(j);
	buf_free(&value);
}

static void
json_time(struct json *j, const char *key, int64_t t)
{
	json_key(j, key);
	if (t == INT64_MAX || t == 0)
		json_null(j);
	else
		json_int(j, t);
}

static void
json_table(struct json *j, const struct explain *v)
{
	const struct vacation_db_info *seen = &v->a->seen;

	json_key(j, "table");
	json_object_begin(j);
	json_time(j, "first_answered", seen->first_answered);
	json_time(j, "last_answered", seen->last_answered);
	json_put_int(j, "answers", seen->count);
	json_time(j, "next_answer", seen->next == 0 ? v->a->now : seen->next);
	json_put_bool(j, "never_again", seen->next == INT64_MAX);
	json_object_end(j);
}

static void
json_unset(struct json *j, const struct explain *v)
{
	const struct answer_dated *found[ANSWER_DATED_MAX];
	size_t n = explain_unset(v, found);

	json_key(j, "unset_variables");
	json_array_begin(j);
	for (size_t i = 0; i < n; i++)
		json_string(j, found[i]->variable);
	json_array_end(j);
}

void
explain_json(const struct explain *v)
{
	const struct answer *a = v->a;
	struct buf out = BUF_INIT, text = BUF_INIT;
	struct json j;

	json_init(&j, &out);
	json_object_begin(&j);
	json_put_bool(&j, "reply_goes_out", v->due);
	json_put_string(&j, "verdict", outcome_row(a->outcome)->name);
	json_put_string(&j, "rule", a->outcome == OUTCOME_REFUSED ? a->decision.rule->id : NULL);
	json_put_string(&j, "value", a->decision.value.len > 0 ? buf_str(&a->decision.value) : NULL);
	explain_decision(v, &text);
	json_put_string(&j, "sentence", buf_str(&text));
	json_put_string(&j, "trouble", a->why.len > 0 ? buf_str(&a->why) : NULL);
	json_put_string(&j, "sender", a->envelope.state == SENDER_NULL ? "<>" : a->envelope.text);
	json_put_string(&j, "sender_source", a->envelope.source);
	json_put_string(&j, "owner", a->from_address.len > 0 ? buf_str(&a->from_address) : NULL);
	json_put_string(&j, "message_id", message_value(a->message, "Message-ID"));
	policy_subject(a->message, &text);
	json_put_string(&j, "subject", a->subject.len > 0 ? buf_str(&a->subject) : buf_str(&text));
	json_put_int(&j, "now", a->now);
	json_rules(&j, v);
	explain_audience_json(&j, a);
	json_table(&j, v);
	json_unset(&j, v);
	json_put_string(&j, "reply", v->reply.len > 0 ? buf_str(&v->reply) : NULL);
	json_object_end(&j);
	json_end(&j);
	fwrite(buf_str(&out), 1, out.len, stdout);
	buf_free(&out);
	buf_free(&text);
}
