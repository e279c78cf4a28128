#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The manual is the specification: whatever can be named in it and in the
# program is in both.  Each test makes two lists, one from the program or its
# sources and one from the source of the page, and compares them.
#
# What the pages must look like for that is said in their first comments.

# shellcheck source=tests/lib.sh
. tests/lib.sh

command=man/backsoon.1
file=man/vacation.conf.5

same()	# PROGRAM MANUAL NAME: two lists, a line each
{
	if [ -z "$1" ]; then
		fail "$3" "nothing was found in the program: has its source changed its form?"
		return
	fi
	printf '%s\n' "$1" >"$dir/program"
	printf '%s\n' "$2" >"$dir/manual"
	if diff -u "$dir/program" "$dir/manual" >"$dir/diff"; then
		pass "$3"
	else
		fail "$3" "$(sed 1,2d "$dir/diff"; echo '- only in the program, + only in the manual')"
	fi
}

section()	# PAGE NAME: the source of one section
{
	awk -v name="$2" '/^\.Sh / { inside = ($0 == ".Sh " name) } inside' "$1"
}

display()	# PAGE MARK: the lines of the display behind the comment MARK
{
	awk -v mark=".\\\\\" $2" '$0 == mark { inside = 1; next } /^\.Ed/ { inside = 0 } inside && !/^\.[A-Z]/' "$1" |
	    sed -e 's/\\&//g' -e 's/\\-/-/g'
}

words()		# one a line of what is separated by commas
{
	tr '\n' ' ' | sed -e 's/, */,/g' -e 's/ *$//' | tr ',' '\n'
}

# Strings of a C array that begins with the line that holds WHAT.
array()		# FILE WHAT
{
	awk -v what="$2" 'index($0, what) { inside = 1; sub(/.*=/, "") } inside { print } inside && /};/ { exit }' "$1" |
	    sed 's|/\*.*\*/||' | grep -o '"[^"]*"' | tr -d '"' | grep . |
	    perl -pe 's/\\x([0-9a-f]{2})/chr hex $1/ge'
}

# mandoc's opinion.

for page in $command $file man/backsoon-export.5; do
	if command -v mandoc >/dev/null; then
		run mandoc -T lint -W warning "$page"
		is "$status$out" 0 "mandoc has nothing against $page"
	elif [ -n "${CI:-}" ]; then
		fail "mandoc has nothing against $page" "mandoc is not installed"
	else
		skip "mandoc has nothing against $page" "mandoc is not installed"
	fi
done

# Settings.

# name kind place argument, of settings.c
options=$(sed -n 's/^	{ "\([a-z.*-]*\)", [A-Z]*, \([A-Z]*\), \([A-Z_]*\), .*, "*\([^"]*\)"* },$/\1 \2 \3 \4/p' settings.c)
items=$(sed -n 's/^\.It Ic \([a-z.*-]*\) = \(.*\)/\1 \2/p' $file)

same "$("$backsoon" --help | sed -n '/^Who, what/,$p' | grep -o -e '--[a-z.*-]*[a-z]\(\.\*\)\{0,1\}' | sed -e 's/^--//')" \
    "$(printf '%s\n' "$options" | sed 's/ .*//')" "--help has every setting of settings.c"
same "$(printf '%s\n' "$options" | awk '$3 == "ANYWHERE" { print $1 }')" "$(printf '%s\n' "$items" | sed 's/ .*//')" \
    "vacation.conf(5) has every setting, in the program's order, and no other"
same "$(printf '%s\n' "$options" | awk '$3 == "COMMAND_LINE" { print $1 }' | sort)" \
    "$(section $command OPTIONS | sed -n 's/^\.It Fl -\([a-z-]*\) Ns = .*/\1/p' | sort)" \
    "backsoon(1) has every option of the command line alone, and no other"

of_kind()	# KIND: settings of that kind
{
	printf '%s\n' "$options" | awk -v kind="$1" '$2 == kind && $3 == "ANYWHERE" { print $1 }'
}

shown_as()	# TEXT: settings that the manual shows with that argument
{
	printf '%s\n' "$items" | sed -n "s/ $1\$//p"
}

same "$(of_kind BOOLEAN)" "$(shown_as 'Ar yes | no')" "what is yes or no"
same "$(of_kind COUNT)" "$(shown_as 'Ar number')" "what is a number"
same "$(of_kind PERIOD)" "$(shown_as 'Ar period')" "what is a period"
same "$(printf '%s\n' "$options" | awk '$2 == "CHOICE" { gsub(/\|/, " | ", $4); print $1, $4 }' | sort)" \
    "$({ printf '%s\n' "$items" | sed -n 's/ Cm / /p'
	section $command OPTIONS | sed -n 's/^\.It Fl -\([a-z-]*\) Ns = Ns Cm /\1 /p'; } | sort)" "what is one of some words"
same "$(of_kind LIST)" \
    "$(awk '/^\.It Ic/ { name = $3 } /^May be repeated\.$/ { print name }' $file)" "what may be repeated"

# Defaults: what settings_init() sets, written as a user would.
named()		# NAME: the string behind a macro of settings.h
{
	sed -n "s/^#define $1 \"\(.*\)\"\$/\1/p" settings.h
}

same "$(sed -n '/^settings_init/,/^}/s/^		\.\([a-z_]*\) = \(.*\),$/\1 \2/p' settings.c | grep -v -e '^compat ' -e '^problems ' |
    while read -r name value; do
	case $value in
	SETTINGS_ONCE) value=once ;;
	SETTINGS_*) value=$(named "$value") ;;
	FAILURE_* | LOG_TO_*) value=$(printf '%s\n' "${value##*_}" | tr '[:upper:]' '[:lower:]') ;;
	*' * DAY') value=${value%% *}d ;;
	*' * MIB') value=${value%% *}M ;;
	esac
	[ "$name" != time_limit ] || value=${value}s
	printf '%s %s\n' "$name" "$value"
    done | tr -d '"' | tr _ - | sed 's/:$//' | sort)" \
    "$(awk '/^\.It Ic/ { name = $3 } default && /^\.(Ql|Cm|Pa) / { sub(/^\.[A-Z][a-z] /, ""); sub(/ [.,;:]$/, ""); print name, $0 } { default_line = 0 }
	{ default = /^The default is$/ }' $file | grep -v -e ' 0$' -e '^subject ' | sed 's/:$//' | sort)" \
    "defaults that are not nothing"

# Rules.

same "$("$backsoon" explain --rules)" \
    "$(section $command RULES | awk '
	/^\.It Cm / { id = $3; getline sentence; getline source
		sub(/\.$/, "", sentence); sub(/^\.Pq /, "", source)
		printf "%-20s %s (%s)\n", id, tolower(substr(sentence, 1, 1)) substr(sentence, 2), source }')" \
    "every rule with its sentence and its source, in order"

headers()	# ARRAY: rows of rules.c as the manual shows them
{
	awk -v what="struct rule_header $1[]" 'index($0, what) { inside = 1; next } inside && /};/ { exit } inside' rules.c |
	    sed -e "s/RULES_OWN_MARKER/$(sed -n 's/^#define RULES_OWN_MARKER //p' rules.h)/" -e '/{ ""/d' \
		-e 's/^.*{ "\(.*\)", \(MATCH_[A-Z_]*\), \(.*\) },$/\2 \1 (\3)/' \
		-e 's/^MATCH_PRESENT \(.*\) ("")$/\1/' -e 's/^MATCH_PREFIX \(.*\) ("")$/\1 (any field that begins so)/' \
		-e "s/^MATCH_OWN \(.*\) (\"\")\$/\1 (one of the owner's addresses)/" -e 's/^MATCH_[A-Z_]* //' |
	    sed -e 's/"//g' -e 's/|/, /g'
}

for list in mailing_list precedence suppressed report robot_header spam; do
	same "$(headers $list)" "$(display $command "rules.c: $list")" "header fields: $list"
done
for list in robot_whole robot_begins robot_ends robot_envelope_ends robot_domain_labels; do
	same "$(array rules.c "char ${list}[]")" "$(display $command "rules.c: $list" | words)" "addresses: $list"
done
for list in robot_subject_begins robot_subject_whole; do
	same "$(array rules.c "char ${list}[]")" "$(display $command "rules.c: $list")" "subjects: $list"
done

# Outcomes and exit statuses, by the rule of outcome_exit().

same "$(sed 's/N_(\(".*"\))/\1/' outcome.c | tr '\n\t' '  ' | grep -o '{ "[^}]*" }' |
    sed 's/{ "\(.*\)", [A-Z_]*, \([a-z]*\), \([a-z]*\), \([a-z]*\), *"\(.*\)" }/\1|\2|\3|\4|\5/' |
    awk -F '|' '{
	soft = hard = 0
	if ($2 == "true" && $4 == "false") {
		soft = $3 == "true" ? 75 : 0
		hard = $3 == "true" ? 75 : 69
	}
	print $1, soft, hard, $5
    }')" \
    "$(section $command "EXIT STATUS" | sed -n 's/^\.It Cm \([a-z-]*\) Ta \([0-9]*\) Ta \([0-9]*\) Ta /\1 \2 \3 /p')" \
    "every outcome with its exit statuses and its sentence"
like "$(section $command "EXIT STATUS")" " $(sed -n 's/^#define QMAIL_HARD \([0-9]*\).*/\1/p' outcome.c) under qmail\.\$" \
    "the status under qmail"

# Exit statuses of commands: sysexits(3), and what has a name of its own.  Those of dialect.c are vacation's.

number()	# NAME of sysexits(3)
{
	case $1 in
	EX_USAGE) echo 64 ;;	EX_DATAERR) echo 65 ;;		EX_NOINPUT) echo 66 ;;	EX_NOUSER) echo 67 ;;
	EX_UNAVAILABLE) echo 69 ;;	EX_OSERR) echo 71 ;;	EX_CANTCREAT) echo 73 ;;	EX_IOERR) echo 74 ;;
	EX_TEMPFAIL) echo 75 ;;	EX_CONFIG) echo 78 ;;		EX_OK) echo 0 ;;	*) echo "$1" ;;
	esac
}

same "$({
	grep -oh '\<EX_[A-Z]*' $(ls commands/*.c | grep -v dialect) | sort -u | while read -r name; do number "$name"; done
	sed -n -e 's/^#define EXIT_NOTHING \([0-9]*\).*/\1/p' -e 's/^#define ON_INTERRUPTED \([0-9]*\).*/\1/p' commands/*.[ch]
	sed -n '/^enum survey_state/,/^};/s/^	SURVEY_.*/x/p' commands/survey.h | awk '{ print NR - 1 }'
    } | grep -vx 0 | sort -nu)" \
    "$(section $command "EXIT STATUS" | sed -n 's/^\.It \([0-9]*\)$/\1/p')" "every exit status of a command"

# Files.

same "$({
	for name in USER_FILE MESSAGE TABLE JOURNAL; do
		named SETTINGS_$name
	done
	sed -n 's|^#define [A-Z]*_FILE "\(~/.*\)"|\1|p' wiring_*.c
    } | sort)" \
    "$(section $command FILES | sed -n 's|^\.It Pa \(~/\)|\1|p' | sed 's/ , /\n/g' | grep -vE '\.lock$|\.backsoon-[a-z]*$' | sort)" "the user's files"
like "$(section $command FILES)" "~/\.forward$(sed -n 's/^#define WIRING_KEPT "\(.*\)"/\1/p' wiring.h | sed 's/\./\\./')" "the kept copy"
site=$(sed -n 's/^#define SETTINGS_SITE_FILE BACKSOON_SYSCONFDIR "\(.*\)"/\1/p' settings.h)
for page in $command $file; do
	like "$(section $page FILES)" "^\.It Pa /etc$site\$" "the site's file is in $page"
done
for suffix in $(grep -oh 'with_suffix(name, "\.[a-z]*")' vacation_*.c | cut -d '"' -f 2); do
	like "$(cat $command)" "(gdbm|\.Pa )\\$suffix" "the table's file with $suffix"
done

# Dialects: `D a true' is Debian's -a, which has an argument.

same "$(awk "
	/^static const struct flag / { dialect = toupper(substr(\$5, 1, 1)) }
	/^};/ { dialect = \"\" }
	dialect != \"\" { print dialect, \$0 }" compat.c |
    awk '{ line = substr($0, 3); while (match(line, /\{ .[A-Za-z]., (true|false)/)) {
		print $1, substr(line, RSTART + 3, 1), substr(line, RSTART + 7, RLENGTH - 7); line = substr(line, RSTART + RLENGTH) } }' |
    sort)" \
    "$(section $command "THE VACATION DIALECTS" | sed -n 's/^\.It Fl \([A-Za-z]\) \(.*\)Pq \(.*\)/\1 \3 \2/p' |
    awk '{ argument = / Ar / ? "true" : "false"; for (i = 2; i <= NF && $i ~ /^[DSNO]$/; i++) print $i, $1, argument }' |
    sort)" \
    "every flag of every dialect"

# mailbot's options: `A true' has an argument.

mailbot=$(section $command "IN THE PLACE OF MAILBOT")
same "$(grep -o "{ '[A-Za-z]', [A-Z]*, " compat_mailbot.c | awk '{ print substr($2, 2, 1), $3 == "NONE," ? "false" : "true" }' | sort)" \
    "$(printf '%s\n' "$mailbot" | sed -n 's/^\.It Fl \([A-Za-z]\)\( .*\)*$/\1\2/p' | awk '{ print $1, / Ar / ? "true" : "false" }' | sort)" \
    "every option of mailbot"
same "$(sed -n '/^static const struct row/,/^};/s/^	{ "\([A-Za-z-]*\)".*/\1/p' feedback.c | tr '[:upper:]' '[:lower:]')" \
    "$(printf '%s\n' "$mailbot" | sed -n 's/^\.It Fl -feedback-\([a-z-]*\) Ar .*/\1/p')" "every field of a feedback report"
same "$(sed -n '/^} forms/,/^};/p' compat_mailbot.c | grep -o '"[a-z]*"' | tr -d '"' | sort)" \
    "$(printf '%s\n' "$mailbot" | sed -n '/^\.It Fl T/,/^\.It Fl X/s/^\.It Cm //p' | sed 's/ , /\n/g' | sort)" "every form of a reply"

# Commands and their options.

same "$(sed -n 's/^	{ "\([a-z]*\)", [a-z]*_command, .*/\1/p' filter.c | sort)" \
    "$(section $command COMMANDS | sed -n 's/^\.It Cm \([a-z-]*\) .*/\1/p' | sort -u)" "every command"
same "$(grep -oh 'command_[a-z]*(&argc, argv, "--[a-z-]*")' commands/*.c | cut -d '"' -f 2 | sed 's/^--//' | sort -u)" \
    "$(section $command COMMANDS | grep '^\.It Cm' | grep -o 'Fl -[a-z-]*' | sed 's/^Fl -//' | sort -u)" \
    "every option of a command"

# Findings of status and check.

same "$(sed -n 's/^	{ "\([a-z0-9][a-z0-9-]*\)", AREA_\([A-Z]*\), FINDING_\([A-Z]*\),.*/\1 \2 \3/p' commands/findings.c |
    sed 's/DANGER$/BROKEN/' | tr '[:upper:]' '[:lower:]')" \
    "$(section $command FINDINGS | sed -n 's/^\.It Cm \([a-z0-9-]*\) Ta \([a-z]*\) Ta \([a-z]*\) Ta .*/\1 \2 \3/p')" \
    "every finding with its area and its grade"
same "$(sed -n 's/^	{ "\([a-z0-9][a-z0-9-]*\)", AREA_[A-Z]*, FINDING_DANGER,.*/\1/p' commands/findings.c)" \
    "$(section $command FINDINGS | sed -n '/except for$/,/:$/s/^\.Cm \([a-z0-9-]*\).*/\1/p')" \
    "every finding that stands above off"

# The rest: what the reply's text may hold, what is read of the environment,
# what a message file may not say, which sendmail programs are known.

same "$(sed -n 's/.*set_variable(.*, "\([A-Z_]*\)", .*/\1/p' reply_values.c | sort)" \
    "$(section $command "THE REPLY" | sed -n 's/^\.It Va \$\([A-Z_]*\)$/\1/p' | grep . | sort)" "every variable"
same "$(grep -oh 'env("[A-Z_]*")' ./*.c commands/*.c | cut -d '"' -f 2 | sort -u)" \
    "$(section $command ENVIRONMENT | sed -n 's/^\.It Ev //p' | sed 's/ , /\
/g' | sort -u)" "every variable of the environment"
same "$(array submit.c submit_environment | sort)" \
    "$(section $command ENVIRONMENT | sed '1,/^\.El/d' | tr ' ,' '\n\n' | grep -x '[A-Z_]*[A-Z]' | grep -vx PATH | sort)" \
    "what sendmail gets of the environment"
same "$(array template.c 'char dropped[]')" "$(display $command "template.c: dropped" | words)" \
    "fields that a message file cannot set"
same "$(sed -n 's/^	{ "\([a-zA-Z-]*\)", "%.*/\1/p' dates.c)" "$(display $file "dates.c: languages" | words)" "languages of dates"
same "$(sed -n 's/^	\[SUBMIT_KIND_[A-Z]*\] = { "\([a-z]*\)".*/\1/p' submit.c)" \
    "$(display $file "submit.c: programs" | words)" "every kind of sendmail program"

done_testing
