#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2012,SC2086 # names of ours, and lists of them
#
# The sources against what DESIGN says of them: which module may include which, who alone
# touches what library or starts programs, sizes; and the manual against the program.

. tests/lib.sh

sources=$(ls ./*.c ./*.h commands/*.c commands/*.h | sed 's,^\./,,')
code=$(ls ./*.c commands/*.c | sed 's,^\./,,')

# --- layers ----------------------------------------------------------------------------
#
# A module includes only modules of layers above its own line.  A file belongs to the
# module by whose name, or name and `_', it begins.

layers='
buf deadline
text i18n
html_text flowed quote
diag address langtag json child message journal html_charset
outcome feedback schedule dates confine vacation_db submit signals
settings home mime rules
conf_edit attach
userfile import
wiring
import
envelope authres contacts compat reply audience
draft
policy load
answer
report
deliver
commands
filter
'
# Parts whose files have names of their own.
parts='template=reply vacation=vacation_db lmtp=deliver'

includes=$(for file in $sources; do
	sed -n "s!^#include \"\(\.\./\)\{0,1\}\(.*\)\"!$file \2!p" "$file"
done)

wrong=$(printf '%s\n' "$includes" | awk -v layers="$layers" -v parts="$parts" '
	function module_of(file,	name) {
		if (file ~ /^commands\// || (file !~ /\// && file in command_file))
			return "commands"
		name = file
		sub(/\.[ch]$/, "", name)
		while (!(name in layer)) {
			if (name in part)
				return part[name]
			if (!sub(/_[^_]*$/, "", name))
				return ""
		}
		return name
	}
	BEGIN {
		n = split(layers, line, "\n")
		for (i = 1; i <= n; i++) {
			m = split(line[i], word, " ")
			for (k = 1; k <= m; k++)
				layer[word[k]] = i
		}
		n = split(parts, word, " ")
		for (i = 1; i <= n; i++) {
			split(word[i], pair, "=")
			part[pair[1]] = pair[2]
		}
		command_file["columns.h"]; command_file["explain.h"]; command_file["history.h"]; command_file["commands.h"]
		command_file["chart.h"]; command_file["history_parts.h"]; command_file["names.h"]
		command_file["on.h"]; command_file["ask.h"]; command_file["editor.h"]; command_file["probe.h"]
		command_file["absence.h"]; command_file["reply_show.h"]
		command_file["findings.h"]; command_file["letter.h"]; command_file["show.h"]
		command_file["survey.h"]; command_file["survey_parts.h"]
		command_file["people.h"]; command_file["list.h"]; command_file["attached.h"]
	}
	{
		a = module_of($1)
		b = module_of($2)
		if (a == "")
			print $1 " is in no layer"
		else if (b == "")
			print $2 " is in no layer"
		else if (a != b && layer[b] >= layer[a])
			print $1 " includes " $2
	}' | sort -u)
is "$wrong" "" "modules include only what is below them"

for pair in 'message mime' 'message submit' 'message vacation' 'mime message' 'mime submit' 'mime vacation' 'submit message' \
    'submit mime' 'submit vacation' 'vacation message' 'vacation mime' 'vacation submit'; do
	from=${pair% *} to=${pair#* }
	is "$(printf '%s\n' "$includes" | grep "^${from}[a-z_]*\.[ch] $to")" "" "adapters do not know each other: $from, $to"
done
is "$(printf '%s\n' "$includes" | grep -E '^(policy|rules|authres)[a-z_]*\.[ch] (mime|submit|child|confine|home|journal|reply|answer|schedule)')" "" \
    "policy includes no adapter but message and address"
is "$(grep -lE 'vacation_db_[a-z_]+\(' policy*.c rules.c)" "" "policy knows the table's verdicts, and calls nothing of it"

# --- who alone does what ----------------------------------------------------------------

is "$(grep -l '^#include <gdbm' $sources)" vacation_db.c "only vacation_db.c includes <gdbm.h>"
is "$(grep -lE '<iconv\.h>|<mailutils/|libmailutils\.so|iconv_open|mu_[a-z0-9]+_[a-z0-9_]+ *\(' $sources | grep -v '^mime')" "" \
    "only mime*.c touches libmailutils and iconv"
is "$(grep -lE '(^|[^a-z_])(fork|vfork|clone|execv[pe]*|execvpe|execl[pe]*|fexecve|posix_spawnp*|system|popen) ?\(' $code | grep -vE '^(child|confine)')" "" \
    "only child*.c and confine*.c start processes"
is "$(grep -E '(^|[^a-z_])(exit|abort|quick_exit) ?\(' $code | grep -vE '^[^:]*:[	 ]*/?\*')" "" "no module ends the program"
is "$(grep -lE '(^|[^a-z_])_exit ?\(' $code | grep -vE '^(child|confine|signals|deliver)')" "" "only children, signal handlers and delivery's end _exit"
is "$(grep -lE '(^|[^a-z_])(strcpy|strcat|sprintf|gets|strtok|setlocale) ?\(' $code | grep -v '^i18n')" "" "no strcpy and its like, no locale"
is "$(grep -l 'getenv' $code | grep -vE '^(home|deliver|commands/|submit|schedule|i18n)')" "" "few modules read the environment"

# --- sizes and form ---------------------------------------------------------------------

lengths=$(awk '/^{$/ { start = FNR } /^}$/ && start { print FNR - start - 1, FILENAME ":" start; start = 0 }' $code | sort -n)
is "$(printf '%s\n' "$lengths" | awk '$1 > 80')" "" "no function has more than 80 lines"
is "$(printf '%s\n' "$lengths" | awk '$1 <= 40 { n++ } END { print (n / NR >= 0.9) }')" 1 "nine of ten functions have at most 40 lines"
is "$(printf '%s\n' "$lengths" | awk '{ l[NR] = $1 } END { print (l[int((NR + 1) / 2)] <= 20) }')" 1 "the median function has at most 20 lines"

is "$(for file in $sources tests/unit/*.c; do
	[ "$(head -n 1 "$file")" = '/* SPDX-License-Identifier: GPL-3.0-or-later */' ] || echo "$file"
done)" "" "each source begins with its licence"
is "$(for file in $code; do
	[ "$(sed -n 2p "$file")" = '/*' ] || echo "$file"
done)" "" "each .c says at its top what it is for"
is "$(for file in *.h commands/*.h; do
	grep -q "^#ifndef [A-Z_]*$(basename "$file" | tr 'a-z.' 'A-Z_')\$" "$file" || echo "$file"
done)" "" "each header has a guard of its name"
is "$(grep -nE '[ 	]+$' $sources tests/*.t tests/lib.sh tests/unit/*.c)" "" "no blanks at the end of a line"
is "$(grep -nE 'TODO|FIXME' $sources)" "" "nothing is left for later"

# --- tests ------------------------------------------------------------------------------

is "$(for file in tests/*.t; do
	case ${file#tests/} in
	[0-9][0-9][0-9][0-9]-*.t) [ -x "$file" ] || echo "$file" ;;
	*) echo "$file" ;;
	esac
done)" "" "scripts are numbered, and may be executed"
is "$(grep -lE '[^a-z_](time|localtime|localtime_r|ctime|getaddrinfo|gethostbyname|getpwnam|gettimeofday) ?\(|CLOCK_REALTIME' tests/unit/*.c)" "" \
    "unit tests know no clock, no DNS and no user database"

# --- the manual -------------------------------------------------------------------------

if [ -e man/backsoon.1 ]; then
	manual=$(cat man/*.[1-8])
	missing()	# those of the words on standard input that the manual does not have
	{
		while read -r word; do
			printf '%s\n' "$manual" | grep -qE -e "(^|[ \"(-])$word([] \"),.;:]|\$)" || echo "$word"
		done
	}
	is "$("$backsoon" explain --rules | awk '{ print $1 }' | missing)" "" "the manual has each rule"
	is "$(sed -n 's/^	{ "\([a-z-]*\)", [A-Z]*, [A-Z]*, [A-Z_]*, AT(.*/\1/p' settings.c | missing)" "" "the manual has each setting"
	is "$(sed -n 's/^	\[OUTCOME_[A-Z_]*\] = { "\([a-z-]*\)",.*/\1/p' outcome.c | missing)" "" "the manual has each outcome"
	is "$(printf '%s\n' 0 64 66 67 69 75 100 | missing)" "" "the manual has each exit status"
	is "$(sed -n 's/^	{ "\([a-z]*\)", [a-z]*_command, .*/\1/p' filter.c | missing)" "" "the manual has each command"
else
	skip "the manual" "it is not written yet"
fi

done_testing
