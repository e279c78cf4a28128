#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2016,SC2088 # variables of the message file, names as people write them
#
# backsoon status, backsoon check and backsoon alone on a terminal: is it on,
# and what is wrong?  Each finding is provoked in a home directory in which there was none.

. tests/lib.sh

when="--now=$now"
conf=$HOME/.vacation.conf
forward=$HOME/.forward
text=$HOME/.vacation.msg

# A home directory in which all is well, and one person was answered.
good()
{
	fresh
	chmod 600 "$text"
	printf '\\%s, "|%s"\n' "$login" "$backsoon" >"$forward"
	chmod 644 "$forward"
	printf '%s\n' 'alias = bob@example.org' "sendmail = $dir/sendmail" 'sendmail-kind = postfix' >"$conf"
	message plain 'To: bob@example.org'
	run "$backsoon" "$when" --sender alice@example.com <"$mail"
}

check()		# OPTION...: leaves the findings' ids in $ids, the status in $status
{
	run "$backsoon" check --json --home "$HOME" "$when" "$@"
	ids=$(printf '%s\n' "$out" | sed -n 's/^ *"id": "\(.*\)",$/\1/p')
}

status()	# OPTION...
{
	run "$backsoon" status --home "$HOME" "$when" "$@"
}

has()		# ID: whether it was found
{
	printf '%s\n' "$ids" | grep -qx "$1"
}

no_journal()
{
	rm -f "$HOME/.vacation.journal"
}

# Somebody else writes.
writes()	# SENDER TIME
{
	message plain 'To: bob@example.org' "From: $1"
	run "$backsoon" --sender "$1" --now="$2" <"$mail"
}

hold_table()
{
	rm -f "$dir/locked"
	python3 -c 'import fcntl, sys, time
f = open(sys.argv[1], "r+")
fcntl.flock(f, fcntl.LOCK_EX)
open(sys.argv[2], "w").close()
time.sleep(60)' "$HOME/.vacation.gdbm.lock" "$dir/locked" &
	holder=$!
	while [ ! -e "$dir/locked" ]; do sleep 0.05; done
}

# Every second byte of the middle of the table.
damage()
{
	python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
	bytes = bytearray(f.read())
	bytes[64:-64:2] = b"\377" * len(bytes[64:-64:2])
	f.seek(0)
	f.write(bytes)' "$HOME/.vacation.gdbm"
}

unwire()
{
	printf '\\%s\n' "$login" >"$forward"
}

set_conf()	# LINE...
{
	printf '%s\n' "$@" >>"$conf"
}

# --- all is well -----------------------------------------------------------------------

good
check
is "$status:$ids" "0:" "check, all is well: nothing is found"
like "$out" '"answers": "yes"' "check, all is well: the answer"
like "$out" '"stranger_answered_now": true' "check, all is well: the rehearsal"
run "$backsoon" check --home "$HOME" "$when"
like "$out" '^Mail will be answered\.$' "check for people: the last line"
is "$(printf '%s\n' "$out" | grep -c '^ok ')" 10 "check for people: all areas are well"
unlike "$out" "$(printf '\033')" "check, no colour in a pipe"
status
like "$status:$out" '^0:Mail is answered\.' "status, all is well"
like "$out" '^Delivery +~/\.forward starts backsoon$' "status: delivery"
like "$out" '^Answered +2026-06-01 12:00  alice@example\.com' "status: who was answered last"
like "$out" '^Subject +away: \$SUBJECT$' "status: the subject"
like "$out" '^Text +I am away\.$' "status: the text"
like "$out" '^Counts +replied 1, failed 0, refused 0$' "status: the counts"
unlike "$out" 'warning|broken|->' "status: nothing is wrong"
message plain 'To: bob@example.org'
run "$backsoon" "$when" --sender alice@example.com <"$mail"
status
like "$out" '^Counts +replied 1, failed 0, refused 1 \(answered 1\)$' "status: a reply, and the rule that somebody has one"
like "$out" '^Last mail .*alice@example\.com  refused: answered$' "status: why the last one got none"
unlike "$out" "$(printf '\033')" "status, no colour in a pipe"
before=$(cd "$HOME" && ls -A && cat .v* | cksum)
check
status
is "$(cd "$HOME" && ls -A && cat .v* | cksum)" "$before" "neither writes anything"

# --- each finding, with the status of check --------------------------------------------

found()		# ID STATUS OPTIONS COMMANDS: not found before the commands, found after them
{
	id=$1 want=$2 options=$3
	shift 3
	good
	check $options
	if has "$id" && [ "$options" = "" ]; then
		fail "$id: not found where all is well"
		return
	fi
	eval "$*"
	check $options
	if has "$id"; then
		is "$status" "$want" "$id"
	else
		fail "$id" "found: $ids
$(printf '%s\n' "$out" | head -40)$err"
	fi
}

found settings 2 '' "set_conf 'evry = 3d'"
like "$out" '~/\.vacation\.conf:4: .*did you mean every' "settings: with file and line"
found only-known 2 '' "set_conf 'only-known = yes'"
found contacts 0 '' "set_conf 'contacts = ~/no-such-file'"
found no-alias 0 '' "sed -i /alias/d '$conf'"
found home 2 '' 'chmod o+w "$HOME"'
chmod 700 "$HOME"
# The passwd entry's directory is looked at then, and only read.
there=$(getent passwd "$login" | cut -d: -f6)
if [ "$(stat -c %u:%a "$there" 2>/dev/null | sed 's/[0145][0145]$/ok/')" = "$(id -u):7ok" ]; then
	good
	chmod o+w "$HOME"
	run "$backsoon" check --json "$when"
	like "$out" '"id": "home-unused"' "home-unused"
	like "$out" "HOME is not used: $HOME may be written by everybody" "home-unused: why"
	run "$backsoon" status "$when"
	like "$out" 'HOME is not used: ' "home-unused: status says it, too"
	for command in list history 'test x@example.com'; do
		run "$backsoon" ${command%% *} --sendmail=/no/such "$when" $([ "$command" = "${command#* }" ] || echo "${command#* }")
		like "$err" "HOME is not used: $HOME may be written by everybody: chmod o-w; this is about $there\$" "home-unused: $command"
	done
	chmod 700 "$HOME"
	run "$backsoon" list "$when"
	is "$err" "" "home-unused: not where it is"
else
	skip "home-unused" "the home directory of the passwd entry is not the user's alone"
fi
found home-mode 0 '' 'chmod g+w "$HOME"'
found home-sticky 2 '' "rm -f '$forward'; printf 'cc \"|%s\"\n' '$backsoon' >'$HOME/.mailfilter'; chmod 600 '$HOME/.mailfilter'; chmod +t '$HOME'"
chmod -t "$HOME"
found private 0 '' 'chmod 644 "$HOME/.vacation.journal"'
found not-wired 2 '' "unwire; no_journal; set_conf 'begun = 2026-05-31'"
found unwired 1 '' 'unwire; no_journal'
found program-gone 2 '' 'printf "\\\\%s, \"|/nowhere/backsoon\"\n" "$login" >"$forward"'
found wired-elsewhere 0 '' unwire
found wiring-unknown 0 '' "rm -f '$forward'; no_journal"
found never-seen 0 '' no_journal
found delivery-mode 2 '' "chmod g+w '$forward'"
if [ "$(id -u)" = 0 ]; then
	found delivery-owner 2 '' "chown 12345 '$forward'"
else
	skip "delivery-owner" "only root can give a file away"
fi
found failure-policy 0 '' "set_conf 'failure = hard'"
found log-output 0 '' "set_conf 'log = stderr'"
found no-text 2 '' "rm -f '$text'"
found no-text 2 '' ": >'$text'"
found text-unusable 2 '' "chmod o+w '$text'"
found no-body 0 '' "printf 'Subject: away\n\n' >'$text'"
found empty-subject 0 '' "printf 'Subject:\n\nI am away.\n' >'$text'"
found charset 0 '' "printf 'I am away f\\374r immer.\n' >'$text'"
good
printf 'Content-Type: text/plain; charset=iso-8859-1\n\nI am away f\374r immer.\n' >"$text"
check
if has charset; then fail "charset: not where it is declared"; else pass "charset: not where it is declared"; fi
found charset-wrong 0 '' "printf 'Content-Type: text/plain; charset=iso-2022-jp\n\nI am away f\\374r immer.\n' >'$text'"
like "$out" 'is declared as iso-2022-jp, but is not' "charset-wrong: which"
printf '\376\377\000H\000i\000\n' >"$text"
check
if has charset || has charset-wrong; then fail "charset: not UTF-16"; else pass "charset: not UTF-16"; fi
found charset-unknown 0 '' "set_conf 'charset = utf-16'"
like "$out" 'charset = utf-16, which' "charset-unknown: which"
set_conf 'charset = koi8-r'
check
if has charset-unknown; then fail "charset-unknown: not KOI8-R"; else pass "charset-unknown: not KOI8-R"; fi
good
found variable 0 '' "printf 'Hello \$NAMEE\n' >'$text'"
like "$out" 'holds \$NAMEE, which' "variable: which"
found variable-empty 0 '' "printf 'Back on \${UNTIL}, \$\$5\n' >'$text'"
if has variable; then fail "variable: neither known ones nor \$\$"; else pass "variable: neither known ones nor \$\$"; fi
found variant 0 '' "set_conf 'message.de = ~/gone.msg'"
like "$out" '~/\.vacation\.conf:4: message\.de: this text cannot be used: ~/gone\.msg: there is no such file' "variant: setting, file and line"
found variant 0 '' ": >'$HOME/de.msg'; set_conf 'message.de = ~/de.msg'"
like "$out" 'de\.msg is empty' "variant: empty"
found variant 0 '' "echo hi >'$HOME/in.msg'; chmod 666 '$HOME/in.msg'; set_conf 'internal-message = ~/in.msg'"
like "$out" '~/\.vacation\.conf:4: internal-message: .*written by everybody' "variant: internal-message"
found no-text 2 '' "rm -f '$text'; set_conf 'message.de = ~/gone.msg'"
good
echo hallo >"$HOME/de.msg"
set_conf 'message.de = ~/de.msg' 'internal-message = ~/de.msg'
check
is "$status:$ids" "0:" "variant: not where the files are there"
found dates 2 '' "set_conf 'until = tomorrow'"
like "$out" '~/\.vacation\.conf:4: until' "dates: with file and line"
found paused 1 '' "set_conf 'paused = yes'"
found not-yet 1 '' "set_conf 'from-date = 2026-06-02'"
found over 1 '' "set_conf 'until = 2026-05-31'"
found outside-hours 1 '' "set_conf 'hours = Sat, Sun'"
found never-on 1 '' 'rm -f "$forward" "$text"; no_journal'
is "$ids" never-on "never-on: what is missing then is not wrong"
found zone-here 0 '' "set_conf 'until = 2026-07-01'"
found table-busy 2 '' hold_table
kill $holder
found table-unusable 2 '' "rm -f '$HOME/.vacation.gdbm'; ln -s nowhere '$HOME/.vacation.gdbm'"
found table-foreign 0 '' "rm -f '$HOME/.vacation.gdbm'*; echo 'a table of another program' >'$HOME/.vacation.gdbm'"
like "$out" '~/\.vacation\.gdbm is another program.s file; the table is beside it, in ~/\.vacation\.gdbm\.gdbm' "table-foreign: which"
found table-foreign 0 '' "rm -f '$HOME/.vacation.gdbm'*; head -c 100 /dev/zero | tr '\\0' '\\001' >'$HOME/.vacation.gdbm'"
unlike "$out" '"what": "free"' "table-foreign: a sentence"
found table-lost 0 '' ": >'$HOME/.vacation.gdbm'"
found table-lost 0 '' "rm '$HOME/.vacation.gdbm'"
good
rm "$HOME/.vacation.gdbm" "$HOME/.vacation.gdbm.lock"
check
is "$status:$ids" "0:" "table-lost: not where there was none"
found table-damaged 0 '' damage
found journal 0 '' "echo nonsense >'$HOME/.vacation.journal'"
found journal-off 0 '' "set_conf 'journal = none'"
found last-failed 0 '' "sendmail_does 'exit 1'; writes dora@example.com '2026-06-01 12:01'"
sendmail_does accept
writes emil@example.com '2026-06-01 12:02'
check --now="2026-06-01 12:03"
if has last-failed; then fail "last-failed: not after one that went out"; else pass "last-failed: not after one that went out"; fi
run "$backsoon" status --home "$HOME" --now="2026-06-01 12:03"
like "$out" '^Last error +2026-06-01 12:01  dora@example\.com  sendmail-refused: ' "status: the last error"
found clock 0 '' 'writes carl@example.com 2026-07-01'
is "$(printf '%s\n' "$ids" | grep -c '^clock$')" 2 "clock: table and journal"
found sendmail 2 '' "set_conf 'sendmail = /no/such/program'"
found sendmail-unknown 0 '' "sed -i /kind/d '$conf'"
found null-sender 0 '' "set_conf 'sendmail-kind = dma'"
found null-sender-unproven 0 '' "no_journal; set_conf 'sendmail-kind = msmtp'"
set_conf 'return-path = bob@example.org'
check
if has null-sender-unproven; then fail "null-sender-unproven: not with return-path"; else pass "null-sender-unproven: not with return-path"; fi
if command -v setpriv >/dev/null && setpriv --no-new-privs true 2>/dev/null; then
	good
	run setpriv --no-new-privs "$backsoon" check --json --home "$HOME" "$when"
	like "$status:$out" '^0:|"id": "no-new-privs"' "no-new-privs"
	like "$out" '"id": "no-new-privs"' "no-new-privs: found"
else
	skip "no-new-privs" "there is no setpriv(1)"
fi
mkdir "$dir/lib"
for library in libmailutils libidn2; do
	: >"$dir/lib/$(grep -oh "\"$library\.so\.[0-9]*\"" ./*.c | tr -d '"' | head -n 1)"
done
good
run env LD_LIBRARY_PATH="$dir/lib" "$backsoon" check --json --home "$HOME" "$when"
like "$out" '"id": "libmailutils"' "libmailutils"
like "$out" '"id": "libidn2"' "libidn2"
is "$status" 0 "libraries that this text does not need"
printf 'Subject: Gr\303\274\303\237e\n\nI am away.\n' >"$text"
check
is "$status:$ids" "0:" "a subject beyond ASCII"
run env LD_LIBRARY_PATH="$dir/lib" "$backsoon" check --json --home "$HOME" "$when"
like "$status:$(printf '%s\n' "$out" | grep '"id"' | tr -d '\n')" '^2:.*"rehearsal"' "rehearsal: a library that this text needs"
if command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null; then
	good
	run strace -f -o /dev/null -e inject=seccomp,prctl:error=EINVAL "$backsoon" check --json --home "$HOME" "$when"
	like "$out" '"id": "walls"' "walls"
else
	skip "walls" "there is no strace(1), or it may not trace"
fi
if unshare -m true 2>/dev/null; then
	good
	# Little room is enough for the files that are there, and not for more.
	run unshare -m sh -c "cp -a '$HOME' '$dir/copy' && mount -t tmpfs -o size=400k,mode=700 none '$HOME' && cp -a '$dir/copy/.' '$HOME' &&
	    exec '$backsoon' check --json --home '$HOME' '$when'"
	like "$status:$(printf '%s\n' "$out" | grep '"id"' | tr -d '\n')" '^2:.*"space"' "space"
else
	skip "space" "a file system cannot be mounted here"
fi
found refused 2 '' "set_conf 'exclude = @example.invalid'"
found known-only 0 '' "echo alice@example.com >'$HOME/people'; set_conf 'only-known = yes' 'contacts = ~/people'"

# --- off and broken ----------------------------------------------------------------------

good
set_conf 'paused = yes'
rm -f "$text"
status
like "$status:$out" '^1:No mail is answered: it is off\.' "status, off"
like "$out" '^off: It is turned off \(~/\.vacation\.conf:4\)\.$' "status, off: why"
like "$out" '^    -> backsoon on$' "status, off: what mends it"
unlike "$out" 'message file' "status, off: what is missing does not matter"
set_conf 'nonsense'
status
like "$status:$out" '^2:No mail is answered: something is broken\.' "status, broken: the settings can say anything"
good
set_conf 'from-date = 2026-06-08' 'until = 2026-06-12'
status
like "$status:$out" '^1:.*off' "status, before it begins"
like "$out" '^From +2026-06-08$' "status, before it begins: when"
status --now '2026-06-12 23:59'
is "$status" 0 "status, the last day"
like "$out" '^Until +2026-06-12$' "status, the last day: when"
status --now '2026-06-13 00:00'
like "$status:$out" '^1:' "status, over"
like "$out" '^off: It is over since 2026-06-13 00:00\.' "status, over: since when"
fresh
rm -rf "$HOME"
status
is "$status" 2 "status, no home directory"
check
is "$status:$(printf '%s\n' "$ids" | grep home)" "2:home-missing" "check, no home directory"
mkdir -m 700 "$HOME"
mkdir "$HOME/.vacation.journal" "$HOME/.vacation.gdbm" "$HOME/.vacation.msg" "$HOME/.vacation.conf" "$HOME/.forward"
status
is "$status" 2 "status, directories in place of all files"
check
for id in settings journal table-unusable text-unusable; do
	if has $id; then pass "directories in place of all files: $id"; else fail "directories in place of all files: $id" "$ids"; fi
done
fresh

# --- the command line --------------------------------------------------------------------

for command in status check; do
	run "$backsoon" $command --home "$HOME" --evry=3d
	like "$status:$err" '^64:.*unknown option --evry: did you mean --every' "$command, a wrong option"
	run "$backsoon" $command --home "$HOME" now
	like "$status:$err" "^64:.*$command takes no argument like now" "$command, an argument"
	run "$backsoon" $command --user no-such-user
	like "$status" '^67$' "$command, no such user"
	run sh -c "'$backsoon' $command --home '$HOME' >/dev/full"
	is "$status" 74 "$command, output that cannot be written"
	for state in good fresh; do
		$state
		run "$backsoon" $command --json --home "$HOME" "$when"
		printf '%s\n' "$out" >"$dir/json"
		run python3 -m json.tool "$dir/json"
		is "$status$err" 0 "$command --json, $state"
	done
done
good
run "$backsoon" status --json --home "$HOME" "$when"
is "$(printf '%s\n' "$out" | python3 -c 'import json, sys
s = json.load(sys.stdin)
print(s["state"], s["wired"], s["delivery_file"], s["last_answered"]["sender"], s["last_error"], s["until"], s["findings"])')" \
    "on True ~/.forward alice@example.com None None []" "status --json, what is in it"

if [ -e "$BUILD/locale/de/LC_MESSAGES/backsoon.mo" ]; then
	set_conf 'paused = yes'
	run env LC_ALL=de_DE.UTF-8 TEXTDOMAINDIR="$BUILD/locale" "$backsoon" check --home "$HOME" "$when"
	like "$out" '^aus: Es ist ausgeschaltet' "check, in the language of the environment"
	run env LC_ALL=de_DE.UTF-8 TEXTDOMAINDIR="$BUILD/locale" "$backsoon" check --json --home "$HOME" "$when"
	like "$out" '"what": "It is turned off \(~/\.vacation\.conf:4\)\."' "check --json stays English"
else
	skip "check, in the language of the environment" "the catalogues are not built"
	skip "check --json stays English" "the catalogues are not built"
fi

# --- on a terminal -----------------------------------------------------------------------

on_terminal()	# COMMAND...: on one of 80 columns and 24 lines
{
	run python3 -c 'import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
	fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
	os.execv(sys.argv[1], sys.argv[1:])
seen = b""
try:
	while True:
		got = os.read(fd, 4096)
		if not got: break
		seen += got
except OSError:
	pass
sys.stdout.buffer.write(seen.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@"
}

good
set_conf 'from-date = 2026-05-30' 'until = 2026-06-12'
TERM=xterm
export TERM
on_terminal "$backsoon" status --home "$HOME" "$when"
is "$status" 0 "status on a terminal"
is "$(($(wc -l <"$dir/stdout") < 24))" 1 "status on a terminal fits the screen"
like "$out" "$(printf '\033')\[1;32mMail is answered" "status on a terminal: colours"
is "$(sed "s/$(printf '\033')\[[0-9;]*m//g" "$dir/stdout" | awk 'length($0) > 80')" "" "status on a terminal: no line is too wide"
NO_COLOR=1
export NO_COLOR
on_terminal "$backsoon" status --home "$HOME" "$when"
unlike "$out" "$(printf '\033')" "status on a terminal, NO_COLOR"
on_terminal "$backsoon" check --home "$HOME" "$when"
is "$(awk 'length($0) > 80' "$dir/stdout")" "" "check on a terminal: no line is too wide"
on_terminal "$backsoon"
like "$status:$out" '^[0-2]:' "backsoon alone on a terminal: the status"
like "$out" 'backsoon on.*backsoon\(1\)' "backsoon alone on a terminal: where to read on"

done_testing
