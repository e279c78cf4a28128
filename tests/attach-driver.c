/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attach-driver - attach without the rest, for scripts
 *
 *	attach-driver message HTML|- FILE...	a message of the HTML text and the files
 *	attach-driver types FILE...		a line for each: type, blank, name
 *
 * Files are in the home directory (HOME) unless they say otherwise.
 */
#include "attach.h"

#include <stdio.h>
#include <string.h>

#define BOUNDARY "=_driver"
#define TOTAL_MAX (64 * 1024 * 1024)

static int
put_message(struct attachments *a, const struct home *h, const char *html, struct buf *out, struct buf *why)
{
	struct buf text = BUF_INIT;
	bool good = true;

	buf_adds(out, "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\n\n");
	if (strcmp(html, "-") != 0) {
		good = home_read_file(h, html, TOTAL_MAX, &text, why) &&
		    attach_inline(a, h, buf_str(&text), text.len, html, TOTAL_MAX, why);
		buf_adds(out, "--" BOUNDARY "\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
		attach_put_html(out, a, buf_str(&text), text.len);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; good && i < a->n; i++) {
		buf_adds(out, "--" BOUNDARY "\n");
		attach_put(out, &a->item[i]);
	}
	buf_adds(out, "--" BOUNDARY "--\n");
	buf_free(&text);
	return good ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct attachments a = ATTACHMENTS_INIT;
	struct setting_list files = { NULL, 0 };
	struct buf why = BUF_INIT, out = BUF_INIT;
	struct home home;
	bool types = argc > 1 && strcmp(argv[1], "types") == 0;
	int first = types ? 2 : 3, status = 1;
	const char *names[ATTACH_FILES_MAX];

	if (argc < first || home_open(&home, NULL, false, &why) != OUTCOME_ANSWERED)
		return 64;
	for (; first + (int)files.n < argc && files.n < ATTACH_FILES_MAX; files.n++)
		names[files.n] = argv[first + (int)files.n];
	files.item = names;
	if (attach_open(&a, &home, &files, TOTAL_MAX, &why))
		status = types ? 0 : put_message(&a, &home, argv[2], &out, &why);
	for (size_t i = 0; types && i < a.n; i++)
		buf_addf(&out, "%s %s\n", a.item[i].type, a.item[i].name);
	fwrite(buf_str(&out), 1, out.len, stdout);
	fprintf(stderr, "%s%s", buf_str(&why), buf_str(&a.missing));
	attach_free(&a);
	home_close(&home);
	buf_free(&why);
	buf_free(&out);
	return status;
}
