/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wiring-driver look|put|take-out LOGIN PROGRAM [KIND]: wiring.h for the script tests/9200-wiring.t.
 * Works on $HOME.  look prints the plan as lines `name: value'; status 0 done or nothing to do,
 * 1 refused (the reason on standard output), 64 wrong usage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "home.h"
#include "wiring.h"

static int
look(const struct home *h, const struct wiring_facts *f, bool put)
{
	struct wiring_plan p;
	struct buf why = BUF_INIT;
	int status = 1;

	if (!wiring_look(h, f, &p))
		goto out;
	printf("kind: %s\nwired: %d\nours: %d\nline: %s\n", p.kind < WIRING_KINDS ? wiring_name(p.kind) : "unknown", p.wired, p.ours,
	    buf_str(&p.line));
	printf("refusal: %s\nadvice: %s\n", buf_str(&p.refusal), buf_str(&p.advice));
	status = p.refusal.len > 0;
	if (put && !wiring_put(h, &p, &why)) {
		printf("why: %s\n", buf_str(&why));
		status = 1;
	}
out:
	wiring_free(&p);
	buf_free(&why);
	return status;
}

static int
take_out(const struct home *h, const struct wiring_facts *f)
{
	struct buf done = BUF_INIT, why = BUF_INIT;
	bool changed;
	int status = wiring_take_out(h, f, &changed, &done, &why) ? 0 : 1;

	printf("changed: %d\n%s%s", changed, buf_str(&done), buf_str(&why));
	buf_free(&done);
	buf_free(&why);
	return status;
}

int
main(int argc, char **argv)
{
	struct wiring_facts f = { .want = WIRING_UNKNOWN };
	struct buf why = BUF_INIT;
	struct home h;
	int status = 64;

	if (argc < 4 || (argc > 4 && !wiring_parse(argv[4], &f.want)))
		return 64;
	f.login = argv[2];
	f.program = argv[3];
	if (home_open(&h, NULL, false, &why) != OUTCOME_ANSWERED) {
		printf("%s\n", buf_str(&why));
		status = 1;
	} else if (strcmp(argv[1], "take-out") == 0)
		status = take_out(&h, &f);
	else if (strcmp(argv[1], "look") == 0 || strcmp(argv[1], "put") == 0)
		status = look(&h, &f, strcmp(argv[1], "put") == 0);
	home_close(&h);
	buf_free(&why);
	return status;
}
