/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * on_folder - `backsoon on' with a draft for its text
 *
 * The newest message of a mail folder is the text; it is written with a mail
 * program.  Here only the setting that names the folder is written, and no
 * editor is opened.  A text of another kind (--text, --message FILE) takes the
 * setting back to the message file.
 */
#include "on.h"

#include <sysexits.h>

#include "../diag.h"
#include "../draft.h"
#include "../i18n.h"

bool
on_is_draft(const struct on *on)
{
	return draft_is(on->message.name);
}

int
on_choose_text(struct on *on, const char **name)
{
	bool other = on->source != NULL || on->text != NULL;

	*name = on->load.settings.message;
	if (on->source != NULL && draft_is(on->source)) {
		*name = on->source;
		on->source = NULL;
		if (!on_change(on, "message", *name))
			return EX_USAGE;
	} else if (other && draft_is(*name)) {
		*name = SETTINGS_MESSAGE;
		if (!on_change(on, "message", *name))
			return EX_USAGE;
	}
	if (on->edit && draft_is(*name)) {
		diag_error(_("--edit: the text is the newest message of %s; change it there, with your mail program"), draft_folder(*name));
		return EX_USAGE;
	}
	return EX_OK;
}
