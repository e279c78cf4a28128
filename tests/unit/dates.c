/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dates: each language's words, order and clock; how a language is found by its tag. */
#include "dates.h"

#include <string.h>

#include "text.h"

#include "tests/tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ALL (DATES_YEAR | DATES_TIME)

static const struct {
	const char *language;
	int month, day, hour, minute;
	unsigned parts;
	const char *want;
} rows[] = {
	{ "en", 1, 3, 14, 0, DATES_YEAR, "3 January 2027" },
	{ "en", 1, 3, 14, 0, 0, "3 January" },
	{ "en", 1, 3, 9, 5, ALL, "3 January 2027 at 09:05" },
	{ "en", 1, 3, 14, 0, DATES_TIME, "3 January at 14:00" },
	{ "en-US", 1, 3, 14, 0, DATES_YEAR, "January 3, 2027" },
	{ "en-US", 1, 3, 0, 5, ALL, "January 3, 2027 at 12:05 AM" },
	{ "en-US", 1, 3, 12, 0, ALL, "January 3, 2027 at 12:00 PM" },
	{ "en-US", 1, 3, 23, 59, ALL, "January 3, 2027 at 11:59 PM" },
	{ "de", 3, 1, 8, 30, ALL, "1. März 2027, 08:30 Uhr" },
	{ "de-AT", 1, 1, 0, 0, DATES_YEAR, "1. Jänner 2027" },
	{ "de-CH", 1, 1, 0, 0, DATES_YEAR, "1. Januar 2027" },
	{ "fr", 8, 1, 14, 0, ALL, "1er août 2027 à 14:00" },
	{ "fr", 2, 2, 0, 0, 0, "2 février" },
	{ "fr-CA", 2, 2, 8, 5, ALL, "2 février 2027 à 8 h 05" },
	{ "es", 9, 3, 9, 0, ALL, "3 de septiembre de 2027, 9:00" },
	{ "ca", 4, 1, 0, 0, DATES_YEAR, "1 d’abril de 2027" },
	{ "it", 12, 1, 14, 0, ALL, "1º dicembre 2027, ore 14:00" },
	{ "nl", 3, 3, 14, 0, ALL, "3 maart 2027 om 14:00" },
	{ "pt", 3, 1, 14, 0, ALL, "1 de março de 2027 às 14:00" },
	{ "pt-BR", 3, 1, 14, 0, 0, "1º de março" },
	{ "pl", 10, 3, 14, 0, ALL, "3 października 2027, godz. 14:00" },
	{ "cs", 9, 3, 9, 0, ALL, "3. září 2027, 9:00" },
	{ "sk", 5, 3, 0, 0, DATES_YEAR, "3. mája 2027" },
	{ "sv", 1, 3, 14, 0, ALL, "3 januari 2027 kl. 14:00" },
	{ "da", 3, 3, 14, 0, ALL, "3. marts 2027 kl. 14.00" },
	{ "nb", 12, 3, 14, 0, ALL, "3. desember 2027 kl. 14:00" },
	{ "fi", 6, 3, 9, 0, ALL, "3. kesäkuuta 2027 klo 9.00" },
	{ "hu", 1, 3, 9, 0, ALL, "2027. január 3., 9:00" },
	{ "hu", 1, 3, 0, 0, 0, "január 3." },
	{ "ro", 11, 3, 14, 0, ALL, "3 noiembrie 2027, 14:00" },
	{ "el", 9, 3, 14, 0, ALL, "3 Σεπτεμβρίου 2027, 14:00" },
	{ "tr", 2, 3, 14, 0, ALL, "3 Şubat 2027, saat 14:00" },
	{ "ru", 5, 3, 14, 0, ALL, "3 мая 2027 года, 14:00" },
	{ "uk", 11, 3, 14, 0, DATES_YEAR, "3 листопада 2027 року" },
	{ "ja", 1, 3, 9, 0, ALL, "2027年1月3日 9:00" },
	{ "ja", 1, 3, 0, 0, 0, "1月3日" },
	{ "zh", 12, 31, 9, 0, ALL, "2027年12月31日 09:00" },
	{ "ko", 1, 3, 14, 0, ALL, "2027년 1월 3일 오후 2:00" },
	{ "ko", 1, 3, 0, 30, DATES_TIME, "1월 3일 오전 12:30" },

	/* How a language is found. */
	{ NULL, 1, 3, 0, 0, DATES_YEAR, "3 January 2027" },
	{ "", 1, 3, 0, 0, DATES_YEAR, "3 January 2027" },
	{ "C", 1, 3, 0, 0, DATES_YEAR, "3 January 2027" },
	{ "C.UTF-8", 1, 3, 0, 0, DATES_YEAR, "3 January 2027" },
	{ "POSIX", 1, 3, 0, 0, DATES_YEAR, "3 January 2027" },
	{ "EN-us", 1, 3, 0, 0, DATES_YEAR, "January 3, 2027" },
	{ "en-CA", 1, 3, 0, 0, DATES_YEAR, "January 3, 2027" },
	{ "en-AU", 1, 3, 0, 0, DATES_YEAR, "3 January 2027" },
	{ "de_AT.UTF-8@euro", 1, 3, 0, 0, DATES_YEAR, "3. Jänner 2027" },
	{ "de_DE@euro", 1, 3, 0, 0, DATES_YEAR, "3. Januar 2027" },
	{ "de:en", 1, 3, 0, 0, DATES_YEAR, "3. Januar 2027" },
	{ "zh-Hant-TW", 1, 3, 0, 0, DATES_YEAR, "2027年1月3日" },
	{ "no", 5, 3, 0, 0, DATES_YEAR, "3. mai 2027" },
	{ "nn-NO", 5, 3, 0, 0, DATES_YEAR, "3. mai 2027" },
	{ "sw", 1, 3, 9, 5, ALL, "2027-01-03 09:05" },
	{ "sw", 1, 3, 9, 5, 0, "01-03" },
	{ "deu", 1, 3, 0, 0, DATES_YEAR, "2027-01-03" },
	{ "d", 1, 3, 0, 0, DATES_YEAR, "2027-01-03" },
	{ "-", 1, 3, 0, 0, DATES_YEAR, "2027-01-03" },
};

static void
test_rows(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tm tm = { .tm_year = 127, .tm_mon = rows[i].month - 1, .tm_mday = rows[i].day, .tm_hour = rows[i].hour,
			.tm_min = rows[i].minute };
		struct buf got = BUF_INIT;

		dates_add(&got, rows[i].language, &tm, rows[i].parts);
		is_str(buf_str(&got), rows[i].want, rows[i].want);
		buf_free(&got);
	}
}

/* Twelve different months in each language; all of it UTF-8. */
static void
test_months(void)
{
	static const char *const tags[] = { "en", "en-US", "de", "de-AT", "fr", "es", "ca", "it", "nl", "pt", "pt-BR", "pl", "cs", "sk",
		"sv", "da", "nb", "fi", "hu", "ro", "el", "tr", "ru", "uk", "ja", "zh", "ko", "xx" };

	for (size_t i = 0; i < COUNT(tags); i++) {
		struct buf text[12];
		bool differ = true, clean = true;

		for (int m = 0; m < 12; m++) {
			struct tm tm = { .tm_year = 128, .tm_mon = m, .tm_mday = 29 };

			text[m] = (struct buf)BUF_INIT;
			dates_add(&text[m], tags[i], &tm, ALL);
			clean = clean && text_is_clean(buf_str(&text[m]), text[m].len) && strstr(buf_str(&text[m]), "2028") != NULL;
			for (int k = 0; k < m; k++)
				differ = differ && strcmp(buf_str(&text[k]), buf_str(&text[m])) != 0;
		}
		ok(differ && clean, "%s: twelve months", tags[i]);
		for (int m = 0; m < 12; m++)
			buf_free(&text[m]);
	}
}

int
main(void)
{
	test_rows();
	test_months();
	return done_testing();
}
