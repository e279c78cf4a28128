/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dates - days and times in the reply's language
 *
 * One row a language: the names of the months as they stand beside a day
 * (in the genitive where the language has one), and patterns.  In these %d is the
 * day, %D the same in two digits, %m the month's name, %n and %N its number, %y
 * the year, %H and %h the hour, %g the hour of twelve, %p its half of the day,
 * %M the minute.  Rows follow what CLDR and style guides have; the text around
 * a date is the owner's, so that no pattern begins with a preposition or
 * ends with an abbreviation's full stop where another form is usual.
 *
 * This file is UTF-8.
 *
 * Failures: memory, by the buffer.  Limits: DATES_*_MAX; all fixed widths, so that
 * the table needs no relocation.
 */
#include "dates.h"

#include <stddef.h>
#include <string.h>

#include "text.h"

#define DATES_TAG_MAX 6
#define DATES_MONTH_MAX 24
#define DATES_PATTERN_MAX 24
#define DATES_WORD_MAX 8

struct language {
	char tag[DATES_TAG_MAX];
	char with_year[DATES_PATTERN_MAX];
	char without_year[DATES_PATTERN_MAX];
	char clock[DATES_PATTERN_MAX];		/* stands behind a day */
	char first[DATES_WORD_MAX];		/* %d of the first of a month, where it is not 1 */
	char half[2][DATES_WORD_MAX];
	char months[12][DATES_MONTH_MAX];
};

#define ENGLISH { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", \
	"November", "December" }
#define PORTUGUESE { "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", \
	"novembro", "dezembro" }

/* The first row is for who has said nothing, the last for languages that are not here. */
static const struct language languages[] = {
	{ "en", "%d %m %y", "%d %m", " at %H:%M", "", { "", "" }, ENGLISH },
	{ "en-US", "%m %d, %y", "%m %d", " at %g:%M %p", "", { "AM", "PM" }, ENGLISH },
	{ "de", "%d. %m %y", "%d. %m", ", %H:%M Uhr", "", { "", "" },
	    { "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
	    "November", "Dezember" } },
	{ "de-AT", "%d. %m %y", "%d. %m", ", %H:%M Uhr", "", { "", "" },
	    { "Jänner", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
	    "November", "Dezember" } },
	{ "fr", "%d %m %y", "%d %m", " à %H:%M", "1er", { "", "" },
	    { "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
	    "novembre", "décembre" } },
	{ "fr-CA", "%d %m %y", "%d %m", " à %h h %M", "1er", { "", "" },
	    { "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
	    "novembre", "décembre" } },
	{ "es", "%d de %m de %y", "%d de %m", ", %h:%M", "", { "", "" },
	    { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
	    "noviembre", "diciembre" } },
	{ "ca", "%d %m de %y", "%d %m", ", %h:%M", "", { "", "" },
	    { "de gener", "de febrer", "de març", "d’abril", "de maig", "de juny", "de juliol", "d’agost",
	    "de setembre", "d’octubre", "de novembre", "de desembre" } },
	{ "it", "%d %m %y", "%d %m", ", ore %H:%M", "1º", { "", "" },
	    { "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
	    "novembre", "dicembre" } },
	{ "nl", "%d %m %y", "%d %m", " om %H:%M", "", { "", "" },
	    { "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
	    "november", "december" } },
	{ "pt", "%d de %m de %y", "%d de %m", " às %H:%M", "", { "", "" }, PORTUGUESE },
	{ "pt-BR", "%d de %m de %y", "%d de %m", " às %H:%M", "1º", { "", "" }, PORTUGUESE },
	{ "pl", "%d %m %y", "%d %m", ", godz. %H:%M", "", { "", "" },
	    { "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września",
	    "października", "listopada", "grudnia" } },
	{ "cs", "%d. %m %y", "%d. %m", ", %h:%M", "", { "", "" },
	    { "ledna", "února", "března", "dubna", "května", "června", "července", "srpna", "září", "října",
	    "listopadu", "prosince" } },
	{ "sk", "%d. %m %y", "%d. %m", ", %h:%M", "", { "", "" },
	    { "januára", "februára", "marca", "apríla", "mája", "júna", "júla", "augusta", "septembra", "októbra",
	    "novembra", "decembra" } },
	{ "sv", "%d %m %y", "%d %m", " kl. %H:%M", "", { "", "" },
	    { "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
	    "november", "december" } },
	{ "da", "%d. %m %y", "%d. %m", " kl. %H.%M", "", { "", "" },
	    { "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober",
	    "november", "december" } },
	{ "nb", "%d. %m %y", "%d. %m", " kl. %H:%M", "", { "", "" },
	    { "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober",
	    "november", "desember" } },
	{ "fi", "%d. %m %y", "%d. %m", " klo %h.%M", "", { "", "" },
	    { "tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta", "kesäkuuta", "heinäkuuta",
	    "elokuuta", "syyskuuta", "lokakuuta", "marraskuuta", "joulukuuta" } },
	{ "hu", "%y. %m %d.", "%m %d.", ", %h:%M", "", { "", "" },
	    { "január", "február", "március", "április", "május", "június", "július", "augusztus", "szeptember",
	    "október", "november", "december" } },
	{ "ro", "%d %m %y", "%d %m", ", %H:%M", "", { "", "" },
	    { "ianuarie", "februarie", "martie", "aprilie", "mai", "iunie", "iulie", "august", "septembrie",
	    "octombrie", "noiembrie", "decembrie" } },
	{ "el", "%d %m %y", "%d %m", ", %H:%M", "", { "", "" },
	    { "Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου", "Αυγούστου",
	    "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου" } },
	{ "tr", "%d %m %y", "%d %m", ", saat %H:%M", "", { "", "" },
	    { "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım",
	    "Aralık" } },
	{ "ru", "%d %m %y года", "%d %m", ", %H:%M", "", { "", "" },
	    { "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
	    "ноября", "декабря" } },
	{ "uk", "%d %m %y року", "%d %m", ", %H:%M", "", { "", "" },
	    { "січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня",
	    "листопада", "грудня" } },
	{ "ja", "%y年%n月%d日", "%n月%d日", " %h:%M", "", { "", "" }, { "" } },
	{ "zh", "%y年%n月%d日", "%n月%d日", " %H:%M", "", { "", "" }, { "" } },
	{ "ko", "%y년 %n월 %d일", "%n월 %d일", " %p %g:%M", "", { "오전", "오후" }, { "" } },
	{ "", "%y-%N-%D", "%N-%D", " %H:%M", "", { "", "" }, { "" } },
};

/* Tags under which another row is meant. */
static const struct {
	char tag[DATES_TAG_MAX], meant[DATES_TAG_MAX];
} others[] = {
	{ "en-CA", "en-US" }, { "en-PH", "en-US" }, { "no", "nb" }, { "nn", "nb" }, { "C", "en" }, { "POSIX", "en" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TAG_END ".@:"		/* of a locale's name */

static char
tag_character(char c)
{
	return c == '_' ? '-' : (char)text_lower((unsigned char)c);
}

static bool
is_tag(const char *tag, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len && tag[i] != '\0'; i++)
		if (tag_character(tag[i]) != tag_character(s[i]))
			return false;
	return i == len && tag[i] == '\0';
}

static const struct language *
find_exactly(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < COUNT(others); i++)
		if (is_tag(others[i].tag, s, len)) {
			s = others[i].meant;
			len = strlen(s);
			break;
		}
	for (i = 0; i + 1 < COUNT(languages); i++)
		if (is_tag(languages[i].tag, s, len))
			return &languages[i];
	return NULL;
}

/* The tag, then the tag without its last part, and so on (RFC 4647 3.4). */
static const struct language *
find(const char *s)
{
	size_t len = s != NULL ? strcspn(s, TAG_END) : 0;
	const struct language *l;

	if (len == 0)
		return &languages[0];
	for (; len > 0; len--)
		if (strchr("-_" TAG_END, s[len]) != NULL && (l = find_exactly(s, len)) != NULL)
			return l;
	return &languages[COUNT(languages) - 1];
}

static void
put_part(struct buf *out, const struct language *l, const struct tm *tm, char part)
{
	switch (part) {
	case 'd':
		if (tm->tm_mday == 1 && l->first[0] != '\0')
			buf_adds(out, l->first);
		else
			buf_addf(out, "%d", tm->tm_mday);
		break;
	case 'D':
		buf_addf(out, "%02d", tm->tm_mday);
		break;
	case 'm':
		buf_adds(out, l->months[tm->tm_mon]);
		break;
	case 'n':
		buf_addf(out, "%d", tm->tm_mon + 1);
		break;
	case 'N':
		buf_addf(out, "%02d", tm->tm_mon + 1);
		break;
	case 'y':
		buf_addf(out, "%d", tm->tm_year + 1900);
		break;
	case 'H':
		buf_addf(out, "%02d", tm->tm_hour);
		break;
	case 'h':
		buf_addf(out, "%d", tm->tm_hour);
		break;
	case 'g':
		buf_addf(out, "%d", (tm->tm_hour + 11) % 12 + 1);
		break;
	case 'p':
		buf_adds(out, l->half[tm->tm_hour >= 12]);
		break;
	case 'M':
		buf_addf(out, "%02d", tm->tm_min);
		break;
	}
}

static void
put(struct buf *out, const struct language *l, const struct tm *tm, const char *pattern)
{
	for (; *pattern != '\0'; pattern++)
		if (*pattern == '%')
			put_part(out, l, tm, *++pattern);
		else
			buf_addc(out, *pattern);
}

void
dates_add(struct buf *out, const char *language, const struct tm *tm, unsigned parts)
{
	const struct language *l = find(language);

	put(out, l, tm, (parts & DATES_YEAR) != 0 ? l->with_year : l->without_year);
	if ((parts & DATES_TIME) != 0)
		put(out, l, tm, l->clock);
}
