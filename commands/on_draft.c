/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * on_draft - what was typed is not lost
 *
 * A hangup, or SIGTERM, ends the editor: the text as it was saved, or the
 * safety copy that the editor has made, goes into the home, where its owner
 * finds it.  The same happens to a text that could not be written in the end.
 *
 * Failures: the directory in TMPDIR stays then, and it is said where it is.
 */
#include "on.h"

#include <string.h>

#include "../diag.h"
#include "../i18n.h"
#include "../reply.h"

bool
on_save_draft(const struct on *on, const struct buf *text)
{
	struct on_copy copy = { on->message.name, ON_DRAFT, text, on->message.mode };
	struct buf place = BUF_INIT, why = BUF_INIT;
	bool made, good = on_copy(&on->load.home, &copy, &place, &made, &why);

	if (good)
		diag_error(_("the text that was edited is in %s"), buf_str(&place));
	else
		diag_error("%s", buf_str(&why));
	buf_free(&place);
	buf_free(&why);
	return good;
}

void
on_rescue(struct on *on)
{
	const struct buf *was = &on->message.after;
	struct buf text = BUF_INIT, why = BUF_INIT;
	bool hidden = false, left;

	left = !scratch_rescue(&on->scratch, REPLY_TEMPLATE_MAX, &text, &hidden, &why);
	if (!left && (text.len != was->len || memcmp(buf_str(&text), buf_str(was), text.len) != 0))
		left = !on_save_draft(on, &text);
	if ((left || hidden) && on->scratch.directory.len > 0) {
		diag_error(_("what the editor has left of the text is in %s"), buf_str(&on->scratch.directory));
		scratch_leave(&on->scratch);
	}
	buf_free(&text);
	buf_free(&why);
}
