# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034 # what is set here is used by the scripts
#
# lib.sh - for test scripts: `. tests/lib.sh' from the project's top directory
#
# Speaks TAP, shows got and want of what fails, and gives every script a
# directory of its own, $dir, which is removed at exit: HOME ($dir/home), a
# sendmail that keeps what it is given ($dir/sendmail), and nothing of the
# environment that a mail server would set.  So scripts can run at the same time.

set -u
LC_ALL=C TZ=UTC0
export LC_ALL TZ
unset SENDER RECIPIENT ORIGINAL_RECIPIENT ORIG_RECIPIENT LOCAL LOCAL_PART DOMAIN HOST EXTENSION EXT DEFAULT RPLINE UFLINE \
    DTLINE CLIENT_ADDRESS LOCKEXT FROM LOGNAME USER NO_COLOR

top=$PWD
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
[ -x "$BUILD/backsoon" ] || { echo "1..0 # SKIP $BUILD/backsoon is not built"; exit 0; }

dir=$(mktemp -d "${TMPDIR:-/tmp}/backsoon-test.XXXXXX") || exit 1
trap 'cd / && rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
HOME=$dir/home
export HOME
mkdir -m 700 "$HOME" "$dir/bin"
login=$(id -un)
mail=$dir/mail

# The program under its two names; a copy, so that it may be built anew meanwhile.
backsoon=$dir/bin/backsoon
vacation=$dir/bin/vacation
cp "$BUILD/backsoon" "$backsoon"
ln -s backsoon "$vacation"

now='2026-06-01 12:00'	# what deliver() and explain() take for now
tests=0

plan()		# NUMBER, or nothing: the number is printed by done_testing
{
	[ $# = 0 ] || echo "1..$1"
}

done_testing()
{
	echo "1..$tests"
}

skip_all()	# REASON
{
	echo "1..0 # SKIP $1"
	exit 0
}

note()		# TEXT: every line of it as a comment
{
	printf '%s\n' "$1" | sed 's/^/# /'
}

pass()		# NAME
{
	tests=$((tests + 1))
	echo "ok $tests - $1"
}

fail()		# NAME, what else there is to say
{
	tests=$((tests + 1))
	echo "not ok $tests - $1"
	[ $# = 1 ] || note "$2"
}

skip()		# NAME, REASON
{
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

is()		# GOT WANT NAME
{
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3" "   got: $1
  want: $2"
	fi
}

like()		# GOT EXTENDED-REGULAR-EXPRESSION NAME
{
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		pass "$3"
	else
		fail "$3" "   got: $1
  want: something like $2"
	fi
}

unlike()	# GOT EXTENDED-REGULAR-EXPRESSION NAME
{
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		fail "$3" "   got: $1
  want: nothing like $2"
	else
		pass "$3"
	fi
}

# Runs a command; leaves $status, and what it printed in $out and $err.
run()
{
	"$@" >"$dir/stdout" 2>"$dir/stderr"
	status=$?
	out=$(cat "$dir/stdout")
	err=$(cat "$dir/stderr")
}

# Makes the message that is delivered next, $mail, of tests/cases/BASE.eml with header lines put on
# top of it, where they replace the base's fields of that name; `-Name' only
# takes a field away.  \n, \r, \t and \0ooo are understood as printf does.
message()	# BASE LINE...
{
	base=$top/tests/cases/$1.eml
	shift
	if [ $# = 0 ]; then
		cat "$base" >"$mail"
		return
	fi
	printf '%b\n' "$@" | awk -v base="$base" '
	function name_of(line) {
		return match(line, /^[^ \t:]+[ \t]*:/) ? tolower(substr(line, 1, match(line, /[ \t]*:/) - 1)) : ""
	}
	/^-[A-Za-z-]+$/	{ gone[tolower(substr($0, 2))] = 1; next }
			{ print; if (name_of($0) != "") gone[name_of($0)] = 1 }
	END {
		header = 1
		while ((getline line <base) > 0) {
			if (line == "")
				header = 0
			if (header && line !~ /^[ \t]/)
				drop = name_of(line) in gone
			if (!header || !drop)
				print line
		}
	}' >"$mail"
}

message_file()	# TEXT: the message file, with this text
{
	printf 'Subject: away: %s\n\n%s\n' "\$SUBJECT" "$1" >"$HOME/.vacation.msg"
}

sendmail_does()	# MODE: see tests/fake-sendmail
{
	printf 'out=%s\nmode=%s\n' "$dir/sent" "$1" >"$dir/sendmail.conf"
}

# Forgets everything: table, journal, replies.
fresh()
{
	rm -rf "$HOME" "$dir"/sent.*
	mkdir -m 700 "$HOME"
	message_file 'I am away.'
	sendmail_does accept
}

# How many replies sendmail was given.
replies()
{
	set -- "$dir"/sent.*.mail
	[ -e "$1" ] || shift
	echo $#
}

# Delivers $mail.  $verdict and $rule are the log
# line's; $rule is `answer' for a reply, and the outcome's name for a failure.
deliver()	# OPTION...
{
	run "$backsoon" --sendmail "$dir/sendmail" --log stderr --now "$now" "$@" <"$mail"
	log_says
}

vacation()	# FLAG..., the same through the dialect
{
	run "$vacation" --sendmail "$dir/sendmail" --log stderr --now "$now" "$@" <"$mail"
	log_says
}

log_says()
{
	verdict=${err##* verdict=}
	verdict=${verdict%%[!a-z-]*}
	rule=$verdict
	case $verdict in
	answered) rule=answer ;;
	refused) rule=${err##* rule=} rule=${rule%%[!a-z-]*} ;;
	esac
}

# Two parsers that have nothing to do with each other and with us, Python's email package and Perl's
# MIME::Parser, find the same in a message: fields, parts, names, texts, bytes.  $parts is what (tests/parts.py).
same_parts()	# FILE NAME
{
	parts=$(python3 tests/parts.py "$1" 2>&1)
	if [ -n "${CI:-}" ] || perl -MMIME::Parser -e 1 2>/dev/null; then
		is "$(perl tests/parts.pl "$1" 2>&1)" "$parts" "$2: two parsers agree"
	else
		skip "$2: two parsers agree" "Perl has no MIME::Parser"
	fi
	unlike "$parts" '^defect|^Traceback' "$2: no defect"
}

# One value of the outermost object of explain's JSON; null is empty.
json_value()	# KEY JSON
{
	printf '%s\n' "$2" | sed -n -e 's/,$//' -e '/^  "'"$1"'": null$/d' -e 's/^  "'"$1"'": "\{0,1\}\(.*[^"]\)"\{0,1\}$/\1/p'
}

cp tests/fake-sendmail "$dir/sendmail"
fresh
