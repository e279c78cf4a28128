#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # $SUBJECT is the text's; lib.sh sets the rest
#
# backsoon on, backsoon off: on a terminal and without one; what is in the home
# directory afterwards, to the byte, however it ends.

. tests/lib.sh

command -v expect >/dev/null || {
	[ -z "${CI:-}" ] || { echo "1..1"; echo "not ok 1 - expect is not installed"; exit 1; }
	skip_all "expect is not installed"
}

tab=$(printf '\t')
TMPDIR=$dir/tmp
export TMPDIR
mkdir "$TMPDIR"
unset VISUAL EDITOR LANGUAGE
TERM=xterm
export TERM

# Editors: one that puts a line to the text, one that fails, one that empties it, none.
printf '#!/bin/sh\nprintf "And more, %%s.\\n" "${1:+caf\303\251}" >>"$1"\n' >"$dir/bin/append"
printf '#!/bin/sh\nexit 3\n' >"$dir/bin/failing"
printf '#!/bin/sh\n[ -e "$0.2" ] && exec cp "$0.2" "$2"\ncp /dev/null "$2"; echo Later. >"$0.2"\n' >"$dir/bin/emptying"
chmod +x "$dir"/bin/*

begin()		# a home with nothing in it but where sendmail is
{
	fresh
	rm -f "$HOME/.vacation.msg"
	printf '# mine\nsendmail = %s   # the test'"'"'s\n' "$dir/sendmail" >"$HOME/.vacation.conf"
	chmod 600 "$HOME/.vacation.conf"
}

# Names, types, modes, times and contents of everything in the home.
home()
{
	(cd "$HOME" && find . -printf '%p %y %m %T@ %l\n' | sort && find . -type f | sort | xargs -r cksum)
}

on()		# OPTION...: without a terminal
{
	run "$backsoon" on --now "$now" "$@" </dev/null
}

off()
{
	run "$backsoon" off --now "$now" "$@" </dev/null
}

talk()		# LINES COMMAND...: see tests/dialogue
{
	printf '%s\n' "$1" >"$dir/lines"
	shift
	run tests/dialogue "$dir/lines" "$@"
}

conf()		# the settings file without what was in it before
{
	sed -e 1,2d "$HOME/.vacation.conf"
}

# --- with options ------------------------------------------------------------------------

begin
before=$(home)
on --wire forward --until 2026-06-14 --from-date 2026-06-02 --subject 'Bin weg: $SUBJECT' --alias me@example.org \
    --alias sales@example.org --every 3d --text 'Grüße, ich bin am Meer.' --dry-run
is "$status" 0 "a dry run"
is "$(home)" "$before" "a dry run writes nothing"
like "$out" '^    \+ until = 2026-06-14$' "a dry run shows the lines of the settings"
like "$out" '^    \+ \\?.*, "\|.*backsoon"$' "a dry run shows the line of .forward"
like "$out" '^    Subject: Bin weg: Lunch on Friday\?$' "a dry run shows the reply, decoded"
like "$out" '^    Grüße, ich bin am Meer\.$' "a dry run shows the text, decoded"

on --wire forward --until 2026-06-14 --from-date 2026-06-02 --subject 'Bin weg: $SUBJECT' --alias me@example.org \
    --alias sales@example.org --every 3d --text 'Grüße, ich bin am Meer.'
is "$status$err" 0 "on"
is "$(cat "$HOME/.vacation.conf")" "# mine
sendmail = $dir/sendmail   # the test's
subject = Bin weg: \$SUBJECT
alias = me@example.org
alias = sales@example.org
every = 3d
from-date = 2026-06-02
until = 2026-06-14
begun = 2026-06-01T12:00:00Z" "the settings that were given, below the ones that were there"
is "$(cat "$HOME/.vacation.msg")" 'Subject: Bin weg: $SUBJECT

Grüße, ich bin am Meer.' "the text"
is "$(cat "$HOME/.forward")" "\\$login, \"|$backsoon\"" ".forward"
is "$(ls -A "$TMPDIR")" "" "nothing is left in TMPDIR"

before=$(home)
on --wire forward
is "$status" 0 "on again"
like "$out" '^It is on already: from 2026-06-02 until 2026-06-14\. Nothing was changed\.$' "on again says so"
is "$(home)" "$before" "on again changes nothing"
on --wire forward --until 2026-06-14 --every=3d --alias sales@example.org
is "$(home)" "$before" "on again with the same settings changes nothing"
on --wire forward --until 2026-06-20
is "$(diff "$HOME/.vacation.conf" - <<EOF
$(sed 's/2026-06-14/2026-06-20/' "$HOME/.vacation.conf")
EOF
)" "" "another end is written"
like "$(conf)" '^begun = 2026-06-01T12:00:00Z$' "and it is the same absence"
on --wire forward --now '2026-06-03 09:00' --again
like "$(conf)" '^begun = 2026-06-03T09:00:00Z$' "--again begins a new one"
on --wire forward --until none --from-date now
unlike "$(conf)" '^(until|from-date)' "--until none and --from-date now take the dates out"

before=$(cat "$HOME/.vacation.msg")
printf 'I am away.\n' >"$dir/away.txt"
on --wire forward --message "$dir/away.txt"
is "$(cat "$HOME/.vacation.msg")" 'I am away.' "--message copies the text"
is "$(cat "$HOME/.vacation.msg.backsoon-kept")" "$before" "the one that was there is kept"
printf 'By pipe.\n' | "$backsoon" on --wire forward --message - --now "$now" >/dev/null
is "$(cat "$HOME/.vacation.msg")" 'By pipe.' "--message - reads standard input"

off
is "$status$err" 0 "off"
is "$([ -e "$HOME/.forward" ] && echo there)" "" "off removes the .forward that on made"
like "$(conf)" '^paused = yes$' "off sets paused"
before=$(home)
off
is "$status" 0 "off again"
like "$out" '^It is off already' "off again says so"
is "$(home)" "$before" "off again changes nothing"
on --wire forward --now '2026-07-01 10:00'
unlike "$(conf)" '^paused' "on takes paused out"
like "$(conf)" '^begun = 2026-07-01T10:00:00Z$' "and begins a new absence"
on --wire forward --now '2026-07-01 10:00' --until 2026-07-05 --from-date 2026-07-02
on --wire forward --now '2026-08-01 10:00'
unlike "$(conf)" '^(until|from-date)' "the dates of an absence that is over go"
like "$out" '^It is on, since 2026-08-01 10:00, with no end\.$' "and it says from when it is on"

# --- what cannot be -----------------------------------------------------------------------

refused()	# NAME STATUS WANTED OPTION...
{
	name=$1 want_status=$2 want=$3
	shift 3
	begin
	before=$(home)
	on --wire forward "$@"
	is "$status" "$want_status" "$name: status"
	like "$err" "$want" "$name: what is wrong"
	is "$(home)" "$before" "$name: nothing was written"
}

refused "no date" 64 'until: not a date.*"soon".* A day is written as 2027-01-03' --until soon
refused "no such day" 64 'until: .*2026-02-30' --until 2026-02-30
refused "an end that is over" 64 'until: 2026-05-01 is over already' --until 2026-05-01
refused "an end before the start" 64 'ends before it begins' --until 2026-06-10 --from-date 2026-06-11
refused "no such zone" 64 'timezone: no such zone is installed: "Mars/Base"' --timezone Mars/Base
refused "no hours" 64 'hours: not understood.* Hours are written as Mon-Fri' --hours 'Montag'
refused "no holidays" 64 'holidays: not understood.* Holidays are written as 2026-12-25' --holidays 'Christmas'
refused "no period" 64 'every: "7" is not a period' --every 7
refused "no address" 64 'alias: "me@" is not an address' --alias me@
refused "no such text" 66 '/nowhere: No such file' --message /nowhere
refused "a directory as the text" 66 'Is a directory' --message /
refused "an empty text" 65 'is empty' --message /dev/null
refused "two texts" 64 'two texts' --message /dev/null --text x
refused "no such wiring" 64 'unknown option --wire|none of forward' --wire pigeon
refused "a word" 64 'on takes no argument like now' now
refused "no such option" 64 'unknown option --untill: did you mean --until' --untill 2026-06-10
refused "paused" 64 'writes it itself' --paused
refused "a value that no line can hold" 64 'no line of ~/.vacation.conf can hold this' --subject 'a " # b'
refused "an editor without a terminal" 64 'needs a terminal' --edit

begin
printf '%s\n' 'alias = me@example.org' 'sendmail = /no/such' >"$HOME/.vacation.conf"
on --wire forward
like "$status:$err" '^65:.*there is no sendmail program to hand it to: /no/such: .*; name it with --sendmail' "no sendmail program"
begin
printf 'every = often\nbut no setting\n' >>"$HOME/.vacation.conf"
before=$(home)
on --wire forward
is "$status" 64 "settings with mistakes: status"
like "$err" 'vacation\.conf:3: every: "often"' "the first, with its line"
like "$err" 'vacation\.conf:4: this is not' "the second"
is "$(home)" "$before" "settings with mistakes: nothing was written"
off
is "$status" 0 "off works all the same"
like "$(cat "$HOME/.vacation.conf")" '^paused = yes$' "and says so in the file"

begin
before=$(home)
on
is "$status" 69 "where it is not known how mail is delivered"
like "$out" '"\|.*backsoon"' "the line to add is shown"
like "$err" 'nothing was written' "and that nothing was written"
is "$(home)" "$before" "and nothing was"
on --json
is "$status$(printf '%s\n' "$out" | head -n 1)$(json_value on "$out")" "69{false" "the same for programs"
on --wire none
is "$status" 0 "--wire none"
like "$(conf)" '^begun' "--wire none writes the settings"
is "$([ -e "$HOME/.forward" ] && echo there)" "" "--wire none leaves the rest alone"
like "$out" 'backsoon"' "--wire none shows the line to add"

# --- files that were there ----------------------------------------------------------------

restored()	# NAME: $HOME/.forward is as it is to be
{
	(cd "$HOME" && ls -l .forward* && cksum .forward) >"$dir/before"
	on --wire forward
	is "$status$err" 0 "$1: on"
	is "$(grep -c "|$backsoon" "$HOME/.forward")" 1 "$1: the line is in"
	off
	is "$status$err" 0 "$1: off"
	(cd "$HOME" && ls -l .forward* && cksum .forward) >"$dir/after"
	is "$(cat "$dir/after")" "$(cat "$dir/before")" "$1: as it was, to the byte"
}

forward()	# FORMAT
{
	begin
	printf "$1" "$login" >"$HOME/.forward"
	chmod 644 "$HOME/.forward"
}

forward '\\%s\n';					restored "a .forward with the login"
forward '\\%s';						restored "a .forward without a line break"
forward '# mine\n\n\\%s,\n  other@example.org  # and she\n';	restored "a .forward with comments"
forward '\\%s\r\nother@example.org\r\n';		restored "a .forward with CRLF"
forward '\\%s\n/var/tmp/copy\n"|/bin/cat >/dev/null"\n';	restored "a .forward with a file and a pipe"
forward '\\%s\n'; chmod 600 "$HOME/.forward"
mkdir "$HOME/dot"; mv "$HOME/.forward" "$HOME/dot/f"; ln -s dot/f "$HOME/.forward"
restored "a .forward that is a link"

for mask in 077 000; do
	begin
	(umask $mask && "$backsoon" on --wire forward --text hello >/dev/null 2>&1 </dev/null)
	is "$(stat -c '%a %n' "$HOME"/.forward "$HOME"/.vacation.msg "$HOME"/.vacation.conf | sed "s,$HOME/,,")" \
	    "644 .forward
600 .vacation.msg
600 .vacation.conf" "modes with umask $mask"
done
chmod 640 "$HOME/.vacation.msg" "$HOME/.vacation.conf"
on --wire forward --text other --every 1d
is "$(stat -c %a "$HOME/.vacation.msg" "$HOME/.vacation.conf" | tr '\n' ' ')" "640 640 " "files keep the mode that they have"

begin
printf '#!/bin/sh\nexec "$@"\n' >"$dir/bin/as-owner"
if [ "$(id -u)" = 0 ]; then	# root writes everywhere
	chmod 755 "$dir" "$dir/bin"
	chmod 777 "$TMPDIR"
	printf '#!/bin/sh\nexec setpriv --reuid nobody --regid nogroup --clear-groups "$@"\n' >"$dir/bin/as-owner"
	chown -R nobody "$HOME"
fi
chmod +x "$dir/bin/as-owner"
for what in 500 'a file'; do
	chmod 700 "$HOME"
	if [ "$what" = 500 ]; then
		chmod 500 "$HOME"
		name="a read-only home"
	else
		mkdir "$HOME/.forward"	# the third of three cannot be written
		name="a .forward that is a directory"
	fi
	before=$(home | grep -v '^\. ')
	run "$dir/bin/as-owner" "$backsoon" on --wire forward --text hello </dev/null
	unlike "$status" '^0$' "$name: status"
	is "$(home | grep -v '^\. ')" "$before" "$name: nothing was written"
done
rm -rf "$HOME"
fresh
mkdir "$HOME/.forward"
before=$(find "$HOME" -type f -exec cksum {} +)
on --wire forward --text other
unlike "$status" '^0$' "another text, but no line: status"
is "$(find "$HOME" -type f -exec cksum {} +)" "$before" "another text, but no line: nothing stays"
rm -rf "$HOME"
fresh

# --- on a terminal ------------------------------------------------------------------------

questions="no end] ${tab}2026-06-14\\n
[now] ${tab}\\n
[Away: \$SUBJECT] ${tab}\\n
[none] ${tab}\\n
Turn it on? [Y/n] ${tab}\\n
to yourself, to see that it works? [y/N] ${tab}\\n"

begin
EDITOR="'$dir/bin/append'"
export EDITOR
for DIALOGUE_COLUMNS in 60 40; do
	export DIALOGUE_COLUMNS
	talk "no end] $tab^C" "$backsoon" on --wire forward --now "$now"
	is "$status" 130 "$DIALOGUE_COLUMNS columns"
	is "$(printf '%s\n' "$out" | awk -v most="$DIALOGUE_COLUMNS" 'length($0) > most')" "" "questions are filled into lines"
	: >"$dir/lines"
	run tests/dialogue "$dir/lines" "$backsoon" on --help
	is "$(printf '%s\n' "$out" | awk -v most="$DIALOGUE_COLUMNS" 'length($0) > most')" "" "so is --help"
	like "$out" '^       .*\[--message FILE \| --text TEXT\]' "between options"
done
unset DIALOGUE_COLUMNS
talk "$questions" "$backsoon" on --wire forward --now "$now"
is "$status" 0 "on a terminal"
like "$out" 'This is what a correspondent gets:' "the reply is shown"
like "$out" '^    And more, café\.$' "with what the editor has added"
like "$out" '^It is on: from 2026-06-01 12:00 until 2026-06-14\.$' "and that it is on"
is "$(tail -n 2 "$HOME/.vacation.msg")" "This answer was written automatically; you get it once.
And more, café." "the edited text is written"
is "$(conf)" "until = 2026-06-14
begun = 2026-06-01T12:00:00Z" "the settings are written"
is "$(ls -A "$TMPDIR")" "" "nothing is left in TMPDIR"

before=$(home)
talk "Change something? [y/N] ${tab}\\n" "$backsoon" on --wire forward --now "$now"
is "$status" 0 "on again on a terminal"
like "$out" 'It is on already' "it says so"
is "$(home)" "$before" "and changes nothing"
talk "Change something? [y/N] ${tab}y\\n
[2026-06-14] ${tab}2026-06-15\\n
[now] ${tab}\\n
[Away: \$SUBJECT] ${tab}Weg: \$SUBJECT – bis bald\\n
[none] ${tab}\\n
Turn it on? [Y/n] ${tab}\\n
works? [y/N] ${tab}\\n" "$backsoon" on --wire forward --now "$now"
is "$status" 0 "on again, with other answers"
is "$(conf)" "until = 2026-06-15
begun = 2026-06-01T12:00:00Z
subject = Weg: \$SUBJECT – bis bald" "they are written"

begin
talk "no end] ${tab}soon\\n
A day is written as 2027-01-03${tab}
no end] ${tab}2020-01-01\\n
That is over already.${tab}
no end] ${tab}2026-06-14\\n
[now] ${tab}2026-06-15\\n
ends before it begins${tab}
[now] ${tab}2026-06-10\\n
SUBJECT] ${tab}Weg\\n
[none] ${tab}me@, you@example.org\\n
is not an address${tab}
[none] ${tab}me@example.org ,sales@example.org\\n
Turn it on? [Y/n] ${tab}maybe\\n
Please answer y or n.${tab}
Turn it on? [Y/n] ${tab}y\\n
works? [y/N] ${tab}n\\n" "$backsoon" on --wire forward --now "$now"
is "$status" 0 "wrong answers are asked for again"
is "$(conf | sort)" "alias = me@example.org
alias = sales@example.org
begun = 2026-06-01T12:00:00Z
from-date = 2026-06-10
until = 2026-06-14" "and only right ones are written"
like "$(cat "$HOME/.vacation.msg")" '^Subject: Weg$' "the subject of a new text goes into it"

begin
before=$(home)
talk "$(printf '%s\n' "$questions" | sed -e '/to yourself/d' -e "s/^Turn it on.*/Turn it on? [Y\/n] ${tab}n\\\\n/")" \
    "$backsoon" on --wire forward --now "$now"
is "$status" 0 "no to the last question"
like "$out" 'Nothing was written\.' "it says that nothing was written"
is "$(home)" "$before" "nothing was"

for key in '^C' '^D'; do
	for n in 1 2 3 4 5; do
		begin
		forward '\\%s\n'
		before=$(home)
		talk "$(printf '%s\n' "$questions" | sed -n "1,${n}p" | sed "${n}s/${tab}.*/${tab}$key/")" "$backsoon" on --wire forward --now "$now"
		is "$status" 130 "$key at question $n: status"
		is "$(printf '%s\n' "$out" | tail -n 1)" "Stopped. Nothing was written." "$key at question $n: one line says so"
		is "$(home)" "$before" "$key at question $n: nothing was written"
		is "$(ls -A "$TMPDIR")" "" "$key at question $n: nothing is left in TMPDIR"
	done
done
begin
talk "$(printf '%s\n' "$questions" | sed "6s/${tab}.*/${tab}^C/")" "$backsoon" on --wire forward --now "$now"
is "$status" 0 "^C at the offer of a test message: it is on"
like "$(conf)" '^begun' "and the settings are written"

# Texts without an editor.
typed="no end] ${tab}\\n
[now] ${tab}\\n
SUBJECT] ${tab}\\n
[none] ${tab}\\n
only a dot. The dot alone keeps the text.${tab}Ich bin in Århus.\\n\\nGrüße\\n.\\n
Turn it on? [Y/n] ${tab}\\n
works? [y/N] ${tab}\\n"
begin
EDITOR=$dir/bin/failing
talk "$typed" "$backsoon" on --wire forward --now "$now"
is "$status" 0 "an editor that fails"
like "$out" 'failing" ended with status 3\.' "it is said"
is "$(cat "$HOME/.vacation.msg")" 'Subject: Away: $SUBJECT

Ich bin in Århus.

Grüße' "the text that was typed is written"
begin
EDITOR=no-such-editor
talk "$typed" "$backsoon" on --wire forward --now "$now"
is "$status" 0 "an editor that does not exist"
like "$out" '"no-such-editor" cannot be started: there is no such program\.' "it is said"
begin
unset EDITOR
mkdir -p "$dir/empty"
talk "$typed" env PATH="$dir/empty" "$backsoon" on --wire forward --now "$now"
is "$status" 0 "no editor"
like "$out" 'There is no editor: set EDITOR' "it is said"
begin
talk "$(printf '%s\n' "$typed" | sed 's/Ich bin.*/.\\n/')" env PATH="$dir/empty" "$backsoon" on --wire forward --now "$now"
like "$(cat "$HOME/.vacation.msg")" 'I am away at the moment' "a dot alone keeps the text"
for key in '^C' '^D'; do
	begin
	before=$(home)
	talk "$(printf '%s\n' "$typed" | sed -n 1,5p | sed "5s/${tab}.*/${tab}Ich bin\\\\n$key/")" env PATH="$dir/empty" "$backsoon" on --wire forward
	is "$status" 130 "$key in the text: status"
	is "$(home)" "$before" "$key in the text: nothing was written"
done
begin
EDITOR="$dir/bin/emptying -x"
export EDITOR
talk "$(printf '%s\n' "$questions" | sed "4a\\
The text is empty. Edit it again? [Y/n] ${tab}\\\\n")" "$backsoon" on --wire forward --now "$now"
is "$status$(cat "$HOME/.vacation.msg")" "0Later." "an empty text is edited again"
begin
message_file 'Mine.'
EDITOR="$dir/bin/append"
talk "Turn it on${tab}" "$backsoon" on --wire forward --edit --until 2026-06-20 --now "$now"
is "$(tail -n 2 "$HOME/.vacation.msg")" "Mine.
And more, café." "--edit opens the editor, and asks nothing"

begin
before=$(home)
talk "no end] ${tab}\\n
[now] ${tab}\\n
SUBJECT] ${tab}\\n
[none] ${tab}\\n
Write text and settings all the same? [y/N] ${tab}\\n" "$backsoon" on --now "$now"
is "$status" 69 "on a terminal, where it is not known how mail is delivered"
is "$(home)" "$before" "nothing is written unasked"

# --- languages ------------------------------------------------------------------------------

if [ -e "$BUILD/locale/de/LC_MESSAGES/backsoon.mo" ]; then
	begin
	talk "[kein Ende] ${tab}2026-06-14\\n
[jetzt] ${tab}\\n
[Abwesend: \$SUBJECT] ${tab}\\n
[keine] ${tab}\\n
Einschalten? [J/n] ${tab}ja\\n
[j/N] ${tab}\\n" env LC_ALL=de_DE.UTF-8 TEXTDOMAINDIR="$BUILD/locale" EDITOR=true "$backsoon" on --wire forward --now "$now"
	is "$status" 0 "on, in German"
	like "$out" '^    bis 14\. Juni 2026 bin ich nicht da\.' "the text and its dates are German"
	is "$(sed -n 1,2p "$HOME/.vacation.msg")" 'Subject: Abwesend: $SUBJECT
Content-Language: de' "and say so"
	run env LC_ALL=fr_FR.UTF-8 TEXTDOMAINDIR="$BUILD/locale" "$backsoon" off --now "$now"
	like "$out" "désactivé" "off, in French"
else
	skip "on, in German" "the translations are not built: there is no msgfmt"
fi

# --- the test message -----------------------------------------------------------------------

# A mail system of one user: his messages come to him, through .forward.
cat >"$dir/sendmail" <<EOF
#!/bin/sh
echo "\$*" >>"$dir/sendmail.args"
cat >"$dir/sent.\$\$.mail"
HOME=$HOME "$backsoon" --sender "\$(echo "\$*" | sed 's/.*-f \\([^ ]*\\).*/\\1/')" --recipient me@example.org <"$dir/sent.\$\$.mail"
EOF
begin
rm -f "$dir/sendmail.args"
before=$(home)
on --wire forward --alias sales@example.org --text hello --probe
is "$status" 64 "no test message to an address that others may read"
like "$err" 'say with --probe-to where' "it says what to do"
on --wire forward --alias sales@example.org --text hello --probe-to other@example.org
is "$status" 64 "none to somebody else's address"
like "$err" 'other@example\.org is not one of your addresses' "it is said"
is "$(home)$(ls "$dir"/sendmail.args 2>/dev/null)" "$before" "nothing was written, or sent"
on --wire forward --alias me@example.org --text hello --probe-to me@example.org
is "$status$err" 0 "a test message"
like "$out" 'It arrived after [0-9]+ s; what was decided about it: own-address\.' "it is seen to arrive"
like "$out" 'sendmail took it with the sender <>; it goes to me@example\.org\.' "its reply goes to the owner"
is "$(wc -l <"$dir/sendmail.args" | tr -d ' ')" 2 "two messages were sent"
unlike "$(sed 's/ me@example\.org$//' "$dir/sendmail.args")" '[^f] [^ <]*@' "and nobody else was written to"
is "$(grep -l '^X-Backsoon-Probe: [0-9a-f]\{16\}$' "$dir"/sent.*.mail | wc -l | tr -d ' ')" 2 "both have the probe's field"
on --wire forward --probe-to me@example.org --json
is "$status$(printf '%s\n' "$out" | grep -cE '"(sent|arrived|replied)": true')" 03 "a test message by itself, as JSON"
sendmail_does accept
cp "$top/tests/fake-sendmail" "$dir/sendmail"
on --wire forward --alias "$login@example.org" --dry-run --probe
is "$status" 0 "an address with the login needs no word"
on --wire forward --probe --probe-to me@example.org --probe-wait 1s
is "$status" 69 "a test message that does not arrive"
like "$out" 'Not proved: no delivery of it was seen within 1 second\.' "it says what is not proved"
like "$(conf)" '^begun' "it is on all the same"
rm "$dir/sendmail"
cp "$top/tests/fake-sendmail" "$dir/sendmail"
sendmail_does refuse 2>/dev/null || true

# --- off, and who wrote -----------------------------------------------------------------------

begin
on --wire forward --alias bob@example.org --text 'I am away.'
message plain
sendmail_does accept
deliver --now '2026-06-02 08:00'
deliver --now '2026-06-02 09:00'
message plain 'Return-Path: <list@example.com>' 'From: list@example.com' 'List-Id: <l.example.com>' 'Subject: News für alle'
deliver --now '2026-06-02 10:00'
off --now '2026-06-03 08:00'
like "$out" '^1 person was answered since 2026-06-01 12:00\.$' "off says how many were answered"
like "$out" '^2026-06-02 08:00 +answered +alice@example\.com' "who, and when"
like "$out" '^2026-06-02 10:00 +refused +mailing-list +list@example\.com +News für alle$' "and who not, and why"
is "$(printf '%s\n' "$out" | grep -c '^2026-')" 3 "each message"
off --json --limit 1
if command -v python3 >/dev/null; then
	is "$(printf '%s\n' "$out" | python3 -c 'import json,sys
o = json.load(sys.stdin)
print(o["off"], o["was_off"], o["since"], o["people_answered"], o["messages_seen"], [m["rule"] for m in o["messages"]])')" \
	    "True True 1780315200 1 3 ['mailing-list']" "the same for programs"
else
	skip "the same for programs" "there is no python3"
fi

begin
on --wire forward --text hello
off --at 2026-05-20
is "$status" 64 "an end that is over"
like "$err" 'over already; to turn it off now' "it says what to do"
off --at someday
like "$status:$err" '^64:.*not a date or time, as 2027-01-03 is: "someday"' "no date"
off --at 2026-06-20
is "$status$(conf | grep until)" "0until = 2026-06-20" "off --at sets until"
is "$(grep -c "|$backsoon" "$HOME/.forward")" 1 "and leaves the rest"
before=$(home)
off --at 2026-06-20
like "$out" 'It is on until 2026-06-20 already' "twice says so"
is "$(home)" "$before" "and changes nothing"
off
off --at 2026-06-21
is "$status" 0 "off --at, when it is off"
like "$out" 'off already' "says that it is"
off --limit few
is "$status" 64 "no number"
off now
is "$status" 64 "no such argument"

done_testing
