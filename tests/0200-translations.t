#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The messages of the commands in other languages: each message of the
# sources is in each catalogue, and what a German and a French owner see.
# `make update-po' brings the catalogues up to date; what is new there waits
# to be translated.

# shellcheck source=tests/lib.sh
. tests/lib.sh

for tool in xgettext msgfmt msgcmp msgattrib; do
	command -v $tool >/dev/null || skip_all "gettext is not installed"
done

languages=$(cd po && ls ./*.po | sed -e 's,^\./,,' -e 's/\.po$//')
is "$(printf '%s ' $languages)" "de fr " "languages"

# --- the catalogues and the sources -----------------------------------------------------

cp -r ./*.c commands Makefile po "$dir/" 2>/dev/null
(cd "$dir" && make -s pot) 2>"$dir/xgettext"
is "$(cat "$dir/xgettext")" "" "xgettext has nothing against the sources"
is "$(diff -u po/backsoon.pot "$dir/po/backsoon.pot")" "" "po/backsoon.pot has the messages of the sources: make update-po"

for language in $languages; do
	run msgfmt --check -o "$dir/$language.mo" "po/$language.po"
	is "$status:$err" "0:" "$language: well-formed, with the same format specifiers"
	# Missing, untranslated and fuzzy ones all count.
	run msgcmp "po/$language.po" "$dir/po/backsoon.pot"
	is "$status:$err" "0:" "$language: every message is translated"
	is "$(msgattrib --only-fuzzy "po/$language.po")$(msgattrib --only-obsolete "po/$language.po")" "" "$language: nothing fuzzy, nothing left over"
	mkdir -p "$dir/locale/$language/LC_MESSAGES"
	cp "$dir/$language.mo" "$dir/locale/$language/LC_MESSAGES/backsoon.mo"
done

# A test of the test: one message more, and one specifier less.
printf '\n#: new.c\nmsgid "a new message"\nmsgstr ""\n' >>"$dir/po/backsoon.pot"
run msgcmp po/de.po "$dir/po/backsoon.pot"
like "$status:$err" '^1:.*a new message|^1:.*used but not defined' "a message that is missing would be found"
sed 's/^msgstr "keine Antwort: %s"/msgstr "keine Antwort: %d"/' po/de.po >"$dir/wrong.po"
run msgfmt --check -o /dev/null "$dir/wrong.po"
like "$status:$err" '^1:.*format specifications' "another format specifier would be found"

# --- what people see --------------------------------------------------------------------

LC_ALL=C.UTF-8 TEXTDOMAINDIR=$dir/locale
export LC_ALL TEXTDOMAINDIR

# The text of a line or column: where its value begins, in characters.
columns_of()	# EXTENDED-REGULAR-EXPRESSION: of lines whose beginning it is
{
	printf '%s\n' "$out" | perl -CS -ne 'BEGIN { $re = shift } /^($re)/ and print length($1), "\n"' "$1" | sort -u | tr '\n' ' '
}

speak()		# LANGUAGE COMMAND...
{
	LANGUAGE=$1
	export LANGUAGE
	shift
	run "$backsoon" "$@"
}

me=bob@example.org now='2026-06-01 12:00Z'
message plain
printf 'timezone = Europe/Berlin\nuntil = 2026-06-03\n' >"$HOME/.vacation.conf"
deliver --recipient $me

set -- explain --recipient $me --sendmail "$dir/sendmail" --now "$now" "$mail"
speak de "$@"
like "$out" '^Entscheidung    keine Antwort: der Absender weiß schon Bescheid \(Regel answered: ' "German: the decision"
like "$out" '^Tabelle         zuletzt beantwortet: 1\. Juni 2026, 14:00 Uhr \(CEST\), insgesamt 1 Antwort$' "German: a date, the singular"
like "$out" '^> lehnt ab      answered' "German: a verdict"
is "$(columns_of '(Absender|Betreff|Message-ID|Inhaber|Entscheidung|Tabelle|Nächste Antwort) +')" "16 " "German: the labels are aligned"
is "$(columns_of '[> ] (lässt durch|lehnt ab|nicht gefragt|übergangen) +')" "16 " "German: the verdicts are aligned"
like "$out" '^Die Antwort, die sonst hinausginge' "German: the reply's title"
speak fr "$@"
like "$out" '^Décision       pas de réponse : l’expéditeur a déjà été prévenu \(règle answered : ' "French: the decision"
like "$out" '^Table          dernière réponse : 1er juin 2026 à 14:00 \(CEST\), 1 réponse en tout$' "French: a date, the singular"
is "$(columns_of '(Expéditeur|Objet|Message-ID|Titulaire|Décision|Table|Prochaine fois) +')" "15 " "French: the labels are aligned"
is "$(columns_of '[> ] (passe|refuse|non évaluée|neutralisée) +')" "14 " "French: the verdicts are aligned"
speak en "$@"
like "$out" '^Table       last answered 1 June 2026 at 14:00 \(CEST\), 1 answer in all$' "English"
speak en_US "$@"
like "$out" 'last answered June 1, 2026 at 2:00 PM' "American"
set -- explain --recipient $me --sendmail "$dir/sendmail" --now 2027-01-07 "$mail"
speak de_AT "$@"
like "$out" '^Entscheidung    keine Antwort: der Inhaber ist jetzt nicht abwesend' "Austria: German"
speak es explain --recipient $me --sendmail "$dir/sendmail" --now "$now" "$mail"
like "$out" 'last answered 1 June 2026 at 14:00' "a language without a catalogue: English words, and the date in English"

speak de explain --rules
like "$out" '^own-address          der Absender ist der Inhaber selbst \(üblich\)$' "German: the rules"
speak de explain --json --now "$now" --handle new --recipient none@example.org --sendmail "$dir/nowhere" "$mail"
unlike "$out$err" 'Antwort|Absender|Regel' "JSON is English"
like "$out" '"sentence": "no reply: none of the owner.s addresses is in To, Cc or Bcc"' "JSON has its sentence in English"
like "$out" '"trouble": ".*No such file or directory"' "and the system's too"

speak de history
like "$out" '^ZEIT              ERGEBNIS  REGEL  ABSENDER           BETREFF$' "history: German titles"
like "$out" '^2026-06-01 14:00  answered         alice@example.com  Lunch on Friday\?$' "history: the columns under them"
speak fr history
like "$out" '^DATE              VERDICT   RÈGLE  EXPÉDITEUR         OBJET$' "history: French titles, aligned"
like "$out" '^2026-06-01 14:00  answered         alice@example.com  Lunch on Friday\?$' "history: the columns under them"
speak de history --limit=x
is "$status:$err" "64:backsoon: --limit: „x“ ist keine Zahl, wie in --limit 20" "history: a German error"
speak de --help
like "$out" '^Befehle    explain' "--help: German"
speak fr --help
like "$out" '^À qui      --' "--help: French titles are aligned"

# Mistakes in the settings, which modules find, and their places.
speak de explain --every=soon "$mail"
like "$status:$err" '^64:backsoon: Kommandozeile: every: „soon“ ist kein Zeitraum' "German: a wrong value"
speak fr explain --evry=3d "$mail"
like "$status:$err" '^64:backsoon: ligne de commande : option inconnue --evry : vouliez-vous dire --every' "French: an unknown setting"
printf 'timezone = berlin\n' >"$HOME/.vacation.conf"
speak de explain --recipient $me --now "$now" "$mail"
like "$status:$out" '^Problem         ~/\.vacation\.conf:1: timezone: keine solche Zeitzone ist installiert: „berlin“: Meinten Sie Europe/Berlin\?' "German: a zone that there is not"
# A locale that is not installed speaks its language all the same; C is English.
unset LANGUAGE
LC_ALL=de_DE.UTF-8 run "$backsoon" explain --help
like "$out" 'warum eine Nachricht' "a locale that is not installed"
LC_ALL=C run "$backsoon" explain --help
like "$out" 'why a message' "C"

# Delivery stays English, whatever the environment says.
LANGUAGE=de
export LANGUAGE
message plain
deliver --recipient $me
like "$err" 'verdict=settings: .*no such zone is installed' "the log is English"
unlike "$err" 'Zeitzone|Meinten' "and has no German"

done_testing
