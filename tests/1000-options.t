#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Command lines: help, mistakes, the vacation(1) dialects' flags and exit
# codes; and that delivery ends with 0 and prints nothing, whatever it is given.

. tests/lib.sh

me=bob@example.org

# --- help and version ------------------------------------------------------------------

run "$backsoon" --help </dev/null
is "$status:$err" "0:" "--help"
is "$(printf '%s\n' "$out" | awk 'length > 80' | wc -l)" 0 "--help: no line is wider than 80 columns"
is "$(printf '%s\n' "$out" | awk 'END { print (NR <= 24) }')" 1 "--help: not longer than 24 lines"
like "$out" '^usage: backsoon ' "--help: begins with the usage"
like "$out" '^Commands  .* explain' "--help: names the commands"
run "$backsoon" explain --help </dev/null
like "$status:$err:$out" '^0::usage: backsoon explain .*FILE' "a command's --help: its own usage"
run "$backsoon" --version </dev/null
like "$status:$out:$err" '^0:backsoon [0-9.]+:$' "--version"
if [ -w /dev/full ]; then
	"$backsoon" --help </dev/null >/dev/full 2>&1
	is $? 74 "--help that cannot be written"
else
	skip "--help that cannot be written" "there is no /dev/full"
fi

# --- commands: mistakes are shown, and are usage errors --------------------------------

message plain
run "$backsoon" explain --recipent "$me" <"$mail"
is "$status:$out" "64:" "explain, unknown option"
like "$err" 'recipent.*did you mean --recipient' "explain, unknown option: a suggestion"
run "$backsoon" explain --every <"$mail"
like "$status:$err" '^64:.*--every needs a value' "explain, option without its value"
run "$backsoon" explain --every=soon <"$mail"
like "$status:$err" '^64:.*"soon" is not a period' "explain, wrong value"
run "$backsoon" explain "$mail" "$mail"
is "$status:$out" "64:" "explain, two messages"
run "$backsoon" explain "$dir/nothing"
like "$status:$err" '^66:.*nothing' "explain, no such file"
run "$backsoon" explain --home "$dir/nowhere" "$mail"
like "$status:$err" '^67:.*nowhere' "explain, no such home"
run "$backsoon" explain --recipient "$me" --sendmail "$dir/sendmail" "$mail"
like "$status:$out" '^0:.*' "explain, message from a file"
like "$out" 'a reply goes out' "explain, message from a file: the decision"
run "$backsoon" explain --rules
is "$status:$(printf '%s\n' "$out" | awk 'END { print NR }')" "0:27" "explain --rules: a line a rule"

if command -v script >/dev/null; then
	# A command line with a terminal for standard input.
	on_terminal()
	{
		run script -qec "$1" /dev/null </dev/null
		out=$(printf '%s' "$out" | tr -d '\r')
	}
	on_terminal "$backsoon"
	like "$status:$out" '^[0-2]:' "on a terminal: the status"
	like "$out" 'backsoon\(1\)' "on a terminal: where to read on"
	on_terminal "$backsoon frobnicate"
	like "$status:$out" '^64:.*frobnicate' "on a terminal: no such command"
	on_terminal "$backsoon histroy"
	like "$status:$out" '^64:.*histroy is no command: did you mean history\?' "on a terminal: a command misspelt"
	on_terminal "$backsoon --untl 3"
	like "$status:$out" '^64:.*unknown option --untl: did you mean --until\?' "on a terminal: an option misspelt"
	on_terminal "$backsoon --every=3d"
	like "$status:$out" '^64:.*a message to answer comes on standard input' "on a terminal: options alone"
	on_terminal "$backsoon --every=3d status"
	like "$status:$out" '^64:.*a command stands before its options: backsoon status' "on a terminal: an option before the command"
	on_terminal "$vacation"
	like "$status:$out" '^1:.*login is missing' "vacation on a terminal, without a login"
	like "$out" 'usage: vacation' "vacation on a terminal, without a login: usage"
	on_terminal "$backsoon --compat=sendmail"
	like "$status" '^64$' "sendmail.org's on a terminal, without a login"
else
	skip "on a terminal" "there is no script(1)"
fi

# --- settings files --------------------------------------------------------------------

fresh
message plain 'To: robert@example.org'
echo 'alias = robert@example.org' >"$HOME/.vacation.conf"
deliver
is "$rule" answer "the settings file is read"
fresh
echo 'max-hops = 1' >"$HOME/.vacation.conf"
message plain 'Received: x\nReceived: y\nReceived: z' 'Return-Path: <alice@example.com>'
deliver --recipient "$me" --sender alice@example.com
is "$rule" hop-count "the settings file holds"
deliver --recipient "$me" --sender alice@example.com --max-hops 3
is "$rule" answer "the command line goes before the settings file"

message plain
fresh
printf '# mine\n\nevery = soon\nalias robert\n' >"$HOME/.vacation.conf"
deliver --recipient "$me"
is "$status:$rule" "0:settings" "a bad settings line: no reply, no error"
like "$err" '\.vacation\.conf:3: every: "soon" is not a period' "a bad settings line: file and line in the log"
like "$err" '\.vacation\.conf:4: ' "a second bad settings line is in the log too"
is "$(replies)" 0 "a bad settings line: no reply is sent"
fresh
echo 'any-recipent = yes' >"$HOME/.vacation.conf"
deliver --recipient "$me"
like "$err" '\.vacation\.conf:1: .*did you mean any-recipient' "an unknown name in the settings: a suggestion"
fresh
echo 'sender = alice@example.com' >"$HOME/.vacation.conf"
deliver --recipient "$me"
like "$err" 'only on the command line' "a setting that belongs to the command line"
fresh
echo 'every = 3d' >"$HOME/.vacation.conf"
chmod o+w "$HOME/.vacation.conf"
deliver --recipient "$me"
is "$rule" settings "a settings file that everybody may write is not believed"
fresh
echo 'log = stderr' >"$HOME/.vacation.conf"
run "$backsoon" --sendmail "$dir/sendmail" --recipient "$me" <"$mail"
like "$err" 'verdict=answered' "log = stderr in the settings file"

# --- the dialects: what is done instead of an answer ------------------------------------

fresh
for flag in -i -I; do
	run "$vacation" $flag
	is "$status:$out:$err" "0::" "vacation $flag"
	[ -e "$HOME/.vacation.gdbm" ] || fail "vacation $flag makes the table"
	vacation -a "$me" "$login"
	is "$rule" answer "vacation $flag: answers again"
	vacation -a "$me" "$login"
	is "$rule" answered "vacation $flag: and only once"
done

run "$vacation" -l
like "$status:$out" '^0:alice@example.com {32}.*2026$' "vacation -l: address and time"
echo carol@example.net | "$vacation" -x
run "$vacation" -l
like "$out" '^carol@example.net +\(never deleted\)$' "vacation -l: an exclusion"
run "$backsoon" --compat=sendmail -l
like "$out" '^carol@example.net +\(exclusion\)$' "sendmail.org's -l: an exclusion"
run "$vacation" -i
run "$vacation" -l
is "$(printf '%s\n' "$out" | awk '{ print $1 }')" carol@example.net "vacation -i keeps exclusions, and nothing else"

fresh
printf 'no address at all\nalice@example.com\n' >"$dir/exclusions"
run "$vacation" -x <"$dir/exclusions"
like "$status:$err" '^1:.*no address at all' "vacation -x: what is no address is said, status 1"
run "$backsoon" --compat=sendmail -x <"$dir/exclusions"
is "$status" 65 "sendmail.org's -x: what is no address, status 65"
vacation -a "$me" "$login"
is "$rule" excluded "vacation -x: the lines behind it are taken all the same"

fresh
run "$vacation" -i -r 3
vacation -a "$me" "$login"
now='2026-06-03 12:00'
vacation -a "$me" "$login"
is "$rule" answered "vacation -i -r 3: not again after two days"
now='2026-06-05 12:00'
vacation -a "$me" "$login"
is "$rule" answer "vacation -i -r 3: again after four"
now='2026-06-01 12:00'

run "$vacation" -q -l
is "$status" 1 "vacation, unknown flag outside delivery: status 1"
run "$backsoon" --compat=sendmail -q -l
is "$status" 64 "sendmail.org's, unknown flag outside delivery: status 64"
run "$vacation" -l --home
is "$status" 1 "vacation, unknown letters outside delivery"
run "$vacation" --home "$dir/nowhere" -l
is "$status" 1 "vacation -l without a home: status 1"
run "$backsoon" --compat=sendmail --home "$dir/nowhere" -l
is "$status" 67 "sendmail.org's -l without a home: status 67"

# --- the dialects: delivery ------------------------------------------------------------

# The message of alice to To, through flags; the rule.
flags()		# WANT NAME FLAG...
{
	want=$1 name=$2
	shift 2
	fresh
	vacation "$@"
	is "$rule:$status" "$want:0" "$name"
}

message plain
flags answer "vacation login: the login counts in every domain" -a "$me" "$login"
message plain "To: $login@anything.example"
flags answer "vacation login: the login counts in every domain, no alias" "$login"
like "$(sed -n '/^From/p' "$dir/sent.1.mail")" "<$login@anything.example>" "vacation login: From is what was written to"
message plain 'To: carol@example.org'
flags not-addressed "vacation login: to somebody else" "$login"
flags answer "vacation -j" -j "$login"
like "$(sed -n '/^From/p' "$dir/sent.1.mail")" "<$login@[^>]+>" "vacation -j: From has a domain"
host=$(uname -n)
message plain "To: $login@$host" "Return-Path: <$login@$host>" "From: $login@$host"
fresh
vacation "$login"
# Nobody's name is a robot's as well.
like "$rule" '^(own-address|robot-sender)$' "vacation login: the owner's own mail"

message plain
fresh
printf 'Subject: other\n\nThe other text.\n' >"$HOME/other.msg"
vacation -a "$me" -m other.msg "$login"
like "$(cat "$dir"/sent.1.mail)" '^The other text\.$' "vacation -m: relative to the home directory"
fresh
vacation -a "$me" -f answered.db "$login"
is "$(ls "$HOME"/answered.db)" "$HOME/answered.db" "vacation -f: as it is"
vacation -a "$me" -f answered.db "$login"
is "$rule" answered "vacation -f: is read"
fresh
run "$backsoon" --compat=sendmail --sendmail "$dir/sendmail" -a "$me" -f answered "$login" <"$mail"
is "$(ls "$HOME"/answered.gdbm)" "$HOME/answered.gdbm" "sendmail.org's -f: a base name"
flags answer "vacation -c" -a "$me" -c carol@example.net "$login"
is "$(cat "$dir"/sent.*.argv | grep -c '^alice@example.com$\|^carol@example.net$')" 2 "vacation -c: a second recipient"
flags answer "vacation -z" -a "$me" -z "$login"
is "$(sed -n 4p "$dir/sent.1.argv")" '<>' "vacation -z: null sender"
flags answer "vacation -R" -a "$me" -R owner@example.org "$login"
is "$(sed -n 4p "$dir/sent.1.argv")" owner@example.org "vacation -R: return address"
flags answer "vacation -s" -a "$me" -s eve@example.net "$login"
is "$(tail -n 1 "$dir/sent.1.argv")" eve@example.net "vacation -s: sender"
flags answer "vacation -C, -t: taken and ignored" -a "$me" -C /etc/mail/sendmail.cf -t 1 "$login"
flags answer "vacation -r 0: every message" -a "$me" -r 0 "$login"
vacation -a "$me" -r 0 "$login"
is "$rule" answer "vacation -r 0: the second message"
flags answer "vacation -r infinite" -a "$me" -r infinite "$login"
now='2036-06-01 12:00'
vacation -a "$me" -r infinite "$login"
is "$rule" answered "vacation -r infinite: ten years later"
now='2026-06-01 12:00'
flags answer "vacation -U" -U -f "$HOME/answered.db" -m "$HOME/.vacation.msg" -a "$me" nobody-of-that-name
flags wrong-user "vacation, a login that there is not" -a "$me" nobody-of-that-name
flags settings "vacation, two logins" -a "$me" "$login" carol
flags settings "vacation, unknown flag in delivery" -q "$login"

fresh
run "$vacation" --sendmail "$dir/sendmail" -a "$me" -d "$login" <"$mail"
like "$err" 'verdict=answered' "vacation -d: the log goes to stderr"
fresh
run "$backsoon" --compat=netbsd --sendmail "$dir/sendmail" -a "$me" -d "$login" <"$mail"
like "$out" '^Auto-Submitted: auto-replied' "NetBSD's -d: the reply is printed"
is "$status:$(replies):$("$vacation" -l | wc -l)" "0:0:0" "NetBSD's -d: nothing is sent or remembered"
fresh
run "$backsoon" --compat=openbsd --sendmail "$dir/sendmail" -a "$me" "$login" <"$mail"
is "$status:$(replies)" "0:1" "OpenBSD's"

# --- delivery: status 0 and silence -----------------------------------------------------

fresh
while read -r arguments; do
	eval "run \"\$backsoon\" --sendmail \"\$dir/sendmail\" $arguments" <"$mail"
	is "$status:$out:$err" "0::" "delivery: $arguments"
done <<'E2'
--no-such-option
--every
--every=
--every=soon
-q
-h
word
word and more words
''
--
-- word
---
--=
--compat=solaris
--compat
--home /nonexistent
--home ''
--user nobody-of-that-name
--message /nonexistent
--table /nonexistent/table
--journal /nonexistent/journal
--sendmail relative/path
--sendmail ''
--sendmail /nonexistent
--sendmail-kind pigeon
--timezone Middle/Earth
--hours 'whenever'
--until 'the cows come home'
--now 'tomorrow'
--language 'x"y'
--from 'no address'
--return-path 'no address'
--contacts /nonexistent --only-known
E2

for streams in '<&-' '>&-' '2>&-' '<&- >&- 2>&-' '</dev/null' '</'; do
	eval "\"\$backsoon\" --sendmail \"\$dir/sendmail\" --recipient \"\$me\" $streams"
	is $? 0 "delivery with $streams"
done
fresh
is "$("$backsoon" --sendmail "$dir/sendmail" --recipient "$me" 2>&1 >&- <"$mail"; echo $?):$(replies)" 0:1 \
    "delivery without standard output answers"

done_testing
