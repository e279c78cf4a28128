/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outcome - what became of a message: one row each
 *
 * `temporary' outcomes are met before the table's claim, or after it was
 * withdrawn, so a second try of the whole delivery is harmless; an
 * `uncertain' one is met when the reply may already be on its way.
 */
#include "outcome.h"

#include <sysexits.h>

#include "i18n.h"

#define QMAIL_HARD 100	/* qmail-command(8): permanent failure */

static const struct outcome_row rows[OUTCOMES] = {
	[OUTCOME_ANSWERED] = { "answered", DIAG_INFO, false, false, false, N_("a reply was handed to sendmail") },
	[OUTCOME_REFUSED] = { "refused", DIAG_INFO, false, false, false, N_("a rule said no") },
	[OUTCOME_NO_MESSAGE_FILE] = { "no-message-file", DIAG_ERROR, true, false, false,
	    N_("there is no message file, so there is nothing to say") },
	[OUTCOME_MESSAGE_FILE] = { "message-file", DIAG_ERROR, true, false, false, N_("the message file or an attached one cannot be used") },
	[OUTCOME_SETTINGS] = { "settings", DIAG_ERROR, true, false, false, N_("the settings have an error") },
	[OUTCOME_WRONG_USER] = { "wrong-user", DIAG_ERROR, true, false, false,
	    N_("the login named is not the user who runs the program") },
	[OUTCOME_HOME_MISSING] = { "home-missing", DIAG_ERROR, true, true, false, N_("the home directory is not there") },
	[OUTCOME_HOME_FOREIGN] = { "home-foreign", DIAG_ERROR, true, false, false,
	    N_("the home directory is not the user's alone") },
	[OUTCOME_TABLE_BUSY] = { "table-busy", DIAG_ERROR, true, true, false, N_("the table is in use") },
	[OUTCOME_TABLE_UNREADABLE] = { "table-unreadable", DIAG_ERROR, true, false, false, N_("the table cannot be read") },
	[OUTCOME_TABLE_FULL] = { "table-full", DIAG_ERROR, true, true, false, N_("no space is left for the table") },
	[OUTCOME_TABLE_ERROR] = { "table-error", DIAG_ERROR, true, true, false, N_("the table could not be used") },
	[OUTCOME_LIBRARY] = { "library", DIAG_ERROR, true, false, false, N_("a library that this reply needs is not there") },
	[OUTCOME_UNREADABLE] = { "unreadable", DIAG_ERROR, true, false, false, N_("the reply could not be composed") },
	[OUTCOME_SENDMAIL_MISSING] = { "sendmail-missing", DIAG_ERROR, true, false, false,
	    N_("the sendmail program could not be started") },
	[OUTCOME_SENDMAIL_REFUSED] = { "sendmail-refused", DIAG_ERROR, true, false, false, N_("sendmail refused the reply") },
	[OUTCOME_SENDMAIL_DEFERRED] = { "sendmail-deferred", DIAG_ERROR, true, true, false,
	    N_("sendmail could not take the reply now") },
	[OUTCOME_SENDMAIL_UNKNOWN] = { "sendmail-unknown", DIAG_ERROR, true, false, true,
	    N_("sendmail did not say what became of the reply") },
	[OUTCOME_NO_TIME] = { "no-time", DIAG_ERROR, true, true, false, N_("the time limit was reached") },
	[OUTCOME_SYSTEM] = { "system", DIAG_ERROR, true, true, false, N_("the system refused memory or a process") },
};

const struct outcome_row *
outcome_row(enum outcome o)
{
	return &rows[o];
}

int
outcome_exit(enum outcome o, enum failure_policy policy, bool under_qmail)
{
	const struct outcome_row *row = &rows[o];

	if (policy == FAILURE_SAFE || !row->failure || row->uncertain)
		return 0;
	if (row->temporary)
		return EX_TEMPFAIL;
	if (policy == FAILURE_SOFT)
		return 0;
	return under_qmail ? QMAIL_HARD : EX_UNAVAILABLE;
}
