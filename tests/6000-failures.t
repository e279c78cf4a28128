#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# When something breaks: delivery ends by itself in time, with 0 unless the
# failure policy says otherwise, prints nothing, and says in its log what it was.
# Afterwards the sender is answered by the next message, unless the reply may have gone.

. tests/lib.sh

me=bob@example.org
limit=2		# seconds

# One message under a failure: what becomes of it by each policy, and of the
# next one when all is well again.  break_it and mend_it are the case's own.
fails()		# NAME RULE SOFT HARD NEXT OPTION...
{
	name=$1 want=$2 soft=$3 hard=$4 next=$5
	shift 5
	statuses=
	for policy in safe soft hard; do
		fresh
		break_it
		began=$(date +%s)
		run "$backsoon" --sendmail "$dir/sendmail" --recipient "$me" --now "$now" --time-limit "${limit}s" --failure $policy "$@" \
		    <"$mail"
		statuses="$statuses $status"
		took=$(($(date +%s) - began))
		[ "$out$err" = "" ] || statuses="$statuses (prints)"
		[ $took -le $((limit + 2)) ] || statuses="$statuses ($took seconds)"
	done
	is "$statuses" " 0 $soft $hard" "$name: status by policy, in time, in silence"

	fresh
	break_it
	deliver --recipient "$me" --time-limit "${limit}s" "$@"
	is "$rule" "$want" "$name: said in the log"
	mend_it
	deliver --recipient "$me"
	is "$rule" "$next" "$name: the next message"
}

break_it() { rm "$HOME/.vacation.msg"; }
mend_it() { message_file 'I am away.'; }
message plain
fails "no message file" no-message-file 0 69 answer

break_it() { chmod o+w "$HOME/.vacation.msg"; }
mend_it() { chmod o-w "$HOME/.vacation.msg"; }
fails "a message file that everybody may write" message-file 0 69 answer

break_it() { echo 'every = soon' >"$HOME/.vacation.conf"; }
mend_it() { rm "$HOME/.vacation.conf"; }
fails "a bad settings line" settings 0 69 answer

break_it() { :; }
mend_it() { :; }
fails "home directory missing" home-missing 75 75 answer --home "$dir/nowhere"
if [ "$(id -u)" = "$(stat -c %u /)" ]; then
	mkdir -m 755 "$dir/foreign"
	chown 65534 "$dir/foreign"
	fails "home directory of somebody else" home-foreign 0 69 answer --home "$dir/foreign"
else
	fails "home directory of somebody else" home-foreign 0 69 answer --home /
fi

# --- the table -------------------------------------------------------------------------

break_it() { mkdir "$HOME/.vacation.gdbm"; }
mend_it() { rmdir "$HOME/.vacation.gdbm"; }
fails "a directory in the table's place" table-unreadable 0 69 answer

break_it() { : >"$dir/elsewhere"; ln -s "$dir/elsewhere" "$HOME/.vacation.gdbm"; }
mend_it() { rm "$HOME/.vacation.gdbm"; }
fails "the table is a link" table-unreadable 0 69 answer

if command -v flock >/dev/null; then
	# Held by descriptor 9 of this shell.
	break_it()
	{
		: >"$HOME/.vacation.gdbm.lock"
		chmod 600 "$HOME/.vacation.gdbm.lock"
		exec 9<"$HOME/.vacation.gdbm.lock"
		flock 9
	}
	mend_it() { exec 9<&-; }
	fails "the lock is not had in time" table-busy 75 75 answer
else
	skip "the lock is not had in time" "there is no flock(1)"
fi

# Of a full disk it has what matters: a write that fails.
fresh
(ulimit -f 0; exec "$backsoon" --sendmail "$dir/sendmail" --recipient "$me" --now "$now" --failure soft <"$mail")
is "$?:$(replies)" "75:0" "full disk: soft"
fresh
(ulimit -f 0; exec "$backsoon" --sendmail "$dir/sendmail" --recipient "$me" --now "$now" <"$mail")
is "$?:$(replies)" "0:0" "full disk: safe"
deliver --recipient "$me"
is "$rule" answer "full disk: the next message"

# --- sendmail --------------------------------------------------------------------------

mend_it() { sendmail_does accept; }

break_it() { :; }
fails "sendmail missing" sendmail-missing 0 69 answer --sendmail "$dir/no-sendmail"

: >"$dir/no-program"
fails "sendmail may not be executed" sendmail-missing 0 69 answer --sendmail "$dir/no-program"
printf '#!/nonexistent/interpreter\n' >"$dir/no-interpreter"
chmod +x "$dir/no-interpreter"
fails "sendmail has no interpreter" sendmail-missing 0 69 answer --sendmail "$dir/no-interpreter"

break_it() { sendmail_does 'exit 1'; }
fails "sendmail exits 1" sendmail-refused 0 69 answer
break_it() { sendmail_does 'unread 64'; }
fails "sendmail exits 64 and reads nothing" sendmail-refused 0 69 answer
break_it() { sendmail_does 'exit 127'; }
fails "sendmail exits 127" sendmail-missing 0 69 answer
break_it() { sendmail_does 'exit 75'; }
fails "sendmail exits 75, unknown program" sendmail-unknown 0 0 answered
fails "sendmail exits 75, Postfix" sendmail-deferred 75 75 answer --sendmail-kind postfix
fails "sendmail exits 75, sendmail.org" answer 0 0 answered --sendmail-kind sendmail
break_it() { sendmail_does 'exit 111'; }
fails "sendmail exits 111, qmail" sendmail-deferred 75 75 answer --sendmail-kind qmail
break_it() { sendmail_does kill; }
fails "sendmail is killed" sendmail-unknown 0 0 answered
break_it() { sendmail_does close-input; }
fails "sendmail closes its input" sendmail-unknown 0 0 answered
break_it() { sendmail_does 'unread 0'; }
fails "sendmail exits 0 and reads nothing" sendmail-unknown 0 0 answered
break_it() { sendmail_does hang; }
fails "sendmail hangs" sendmail-unknown 0 0 answered
break_it() { sendmail_does stubborn; }
fails "sendmail hangs, and does not end when it is told to" sendmail-unknown 0 0 answered

fresh
sendmail_does kill-parent
run "$backsoon" --sendmail "$dir/sendmail" --recipient "$me" --now "$now" <"$mail"
sendmail_does accept
deliver --recipient "$me"
is "$rule" answered "killed while sendmail runs: nobody is answered twice"

# --- the composer ----------------------------------------------------------------------
#
# A subject that takes libmailutils to decode, and a libmailutils of the test's own.

message plain 'Subject: =?ISO-2022-JP?B?GyRCJCokZCQ5JF8bKEI=?='
fresh
deliver --recipient "$me"
is "$rule" answer "a subject in ISO-2022-JP"

spoil_library()	# C-CODE that runs when it is loaded
{
	mkdir -p "$dir/lib"
	printf '#include <signal.h>\n#include <unistd.h>\n__attribute__((constructor)) static void spoil(void) { %s }\n' "$1" |
	    cc -shared -fPIC -Wl,-soname,libmailutils.so.9 -o "$dir/lib/libmailutils.so.9" -x c - 2>"$dir/stderr"
}

# Whatever can still be said may go out; nobody is answered twice, and nothing else happens.
composer()	# NAME
{
	fresh
	LD_LIBRARY_PATH=$dir/lib
	export LD_LIBRARY_PATH
	began=$(date +%s)
	run "$backsoon" --sendmail "$dir/sendmail" --recipient "$me" --now "$now" <"$mail"
	is "$status:$out:$err" "0::" "$1: status 0, in silence"
	[ $(($(date +%s) - began)) -le 9 ] || fail "$1: in time"
	sent=$(replies)
	unset LD_LIBRARY_PATH
	deliver --recipient "$me"
	is "$rule:$(replies)" "$([ "$sent" = 1 ] && echo answered:1 || echo answer:1)" "$1: the next message"
}

if command -v cc >/dev/null && spoil_library ''; then
	composer "libmailutils without its functions"
	spoil_library 'raise(SIGKILL);'
	composer "the composer is killed"
	spoil_library 'raise(SIGSEGV);'
	composer "the composer crashes"
	spoil_library 'for (;;) pause();'
	composer "the composer hangs"
	echo 'no library' >"$dir/lib/libmailutils.so.9"
	composer "libmailutils cannot be loaded"
else
	skip "a broken libmailutils" "there is no compiler"
fi

done_testing
