/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey_command - what `status', `check' and `test' have in common on the command line
 *
 * What was typed must be right, or nothing is done (64); what is wrong in
 * files is what these commands are for.
 */
#include <stdio.h>
#include <sysexits.h>

#include "../diag.h"
#include "../i18n.h"
#include "commands.h"
#include "show.h"
#include "survey.h"

static bool
is_typed_right(int argc, char **argv)
{
	struct settings typed;
	bool right;

	settings_init(&typed);
	settings_arguments(&typed, argc, argv);
	right = typed.nproblems == 0;
	if (!right)
		command_complain(&typed.problems);
	settings_free(&typed);
	return right;
}

int
survey_load(struct load *l, int argc, char **argv)
{
	bool right = is_typed_right(argc, argv);

	load_run(l, argc, argv, NULL);
	if (!right)
		return EX_USAGE;
	if (l->outcome != OUTCOME_WRONG_USER)
		return EX_OK;
	command_complain(&l->why);
	return EX_NOUSER;
}

static int
run(struct load *l, bool as_json, survey_show *show, survey_show *json)
{
	struct survey s;
	struct buf out = BUF_INIT;
	int code;

	out.failed = !survey_run(&s, l);
	(as_json ? json : show)(&s, &out);
	code = show_flush(&out);
	if (code == EX_OK)
		code = (int)s.state;
	survey_free(&s);
	buf_free(&out);
	return code;
}

int
survey_command(int argc, char **argv, survey_show *show, survey_show *json)
{
	struct load l;
	bool as_json = command_flag(&argc, argv, "--json");
	int code;

	if (as_json)
		i18n_stop();
	code = survey_load(&l, argc, argv);
	if (code == EX_OK && l.rest < argc) {
		diag_error(_("%s takes no argument like %s"), argv[0], argv[l.rest]);
		code = EX_USAGE;
	}
	if (code == EX_OK)
		code = run(&l, as_json, show, json);
	load_free(&l);
	return code;
}
