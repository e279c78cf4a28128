#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Under mailbot's name: each of its options, the program that takes the reply,
# its database, and side by side with mailbot itself where it is installed.

# shellcheck source=tests/lib.sh
. tests/lib.sh

me=bob@example.org
mailbot=$dir/bin/mailbot
ln -s backsoon "$mailbot"
theirs=$(PATH=/usr/local/bin:/usr/bin:/bin command -v mailbot)
take=$dir/take		# a program that is no sendmail

cat >"$take" <<END
#!/bin/sh
for argument; do printf '<%s>' "\$argument"; done >"$dir/taken.argv"
exec cat >"$dir/taken"
END
chmod 755 "$take"

clean()
{
	fresh
	rm -f "$dir"/taken*
	printf 'I am away, \nuntil Monday.\n\nIt costs $5 and $SUBJECT.\n' >"$HOME/text"
}

# Delivers $mail; $rule as deliver() has it.
ours()		# OPTION...
{
	run "$mailbot" --sendmail "$dir/sendmail" --log stderr --now "$now" "$@" <"$mail"
	log_says
}

field()		# NAME FILE
{
	sed -n -e '/^$/q' -e "s/^$1: //p" "$2"
}

# --- delivery ------------------------------------------------------------------------

message plain
clean
ours -t text -N -A "From: $me"
is "$rule:$status" answer:0 "mailbot without a program: as everywhere"
is "$(tail -n 1 "$dir/sent.1.argv")" alice@example.com "to the envelope sender"
is "$(field From "$dir/sent.1.mail")" "$me" "-A From"
is "$(sed '1,/^$/d' "$dir/sent.1.mail" | sed -e 's/=20$/ /' -e 's/=24/$/g')" "$(cat "$HOME/text")" "-t: the text, with no variables in it"
like "$(field Content-Type "$dir/sent.1.mail")" 'format=flowed; delsp=yes' "which is flowed"

# Whether, how and to whom PROGRAM is run: what its arguments are.
given()		# WANT NAME ARGUMENT...
{
	want=$1 name=$2
	shift 2
	clean
	ours -t text -N -A "From: $me" "$@"
	is "$rule:$(cat "$dir/taken.argv" 2>/dev/null || sed 1d "$dir/sent.1.argv" | tr '\n' ' ')" "answer:$want" "$name"
}

given "-f  -- alice@example.com " "sendmail -f '': the answered address behind it" "$dir/sendmail" -f ''
given "-oi -t " "sendmail -t: nothing is added" "$dir/sendmail" -oi -t
given "-f  carol@example.net " "sendmail with a recipient: nothing is added" "$dir/sendmail" -f '' carol@example.net
given "<a  b><\$HOME;><*>" "another program: its arguments as they are, without a shell" "$take" 'a  b' "\$HOME;" '*'
is "$(field To "$dir/taken")" alice@example.com "it reads the reply"
given "" "a program without arguments" "$take"
clean
ours -t text "$dir/nowhere"
is "$rule:$status" sendmail-missing:0 "a program that is not there: status 0"
clean
sendmail_does 'exit 1'
ours -t text -d seen "$dir/sendmail" -f ''
is "$rule:$status" sendmail-refused:0 "a program that fails: status 0"
sendmail_does accept
ours -t text -d seen "$dir/sendmail" -f ''
is "$rule" answer "and the sender is answered the next time"

# What each option does to the reply: FIELD is WANT.
says()		# FIELD WANT NAME OPTION...
{
	field=$1 want=$2 name=$3
	shift 3
	clean
	ours -t text -N "$@" "$take"
	is "$rule:$(field "$field" "$dir/taken")" "answer:$want" "$name"
}

says Subject 'costs $5' "-s" -s 'costs $5'
says Subject 'second' "the last subject counts" -A 'Subject: first' -s second
says X-Test 'a $1 b' "-A, any field" -A 'X-Test: a $1 b'
says Auto-Submitted auto-replied "-A cannot make it look like something else" -A 'Auto-Submitted: no'
says To alice@example.com "nor send it elsewhere" -A 'To: eve@example.net' -A 'Bcc: eve@example.net'
says Bcc '' "nor to anybody besides" -A 'Bcc: eve@example.net'
says To eve@example.net "-faddress" -feve@example.net
says To alice@example.com "-f" -f
says To alice@example.com "-e" -e
printf 'Content-Type: text/plain; format=flowed; delsp=yes; charset="iso-8859-1"\n\nGr\374n ist die Heide.\n' >"$dir/mime"
clean
ours -N -m "$dir/mime" "$take"
like "$(cat "$dir/taken")" "^Gr(=C3=BC|=FC)n ist" "-m: the charset of its header"
clean
printf 'Gr\374n ist die Heide.\n' >"$HOME/text"
ours -N -t text -c iso-8859-1 "$take"
like "$(cat "$dir/taken")" "^Gr(=C3=BC|=FC)n ist" "-c: the charset of the text"

message plain 'To: carol@example.net'
says To alice@example.com "to whom it is does not matter"
clean
ours -t text -r "x@example.org, $me"
is "$rule" not-addressed "-r: none of them in To or Cc"
message plain 'To: carol@example.net' "Cc: X@EXAMPLE.org"
clean
ours -t text -r "x@example.org, $me"
is "$rule" answer "-r: one in Cc"

message plain
for form in replydsn replyall replyfeedback; do
	says To alice@example.com "-T $form" -T $form -R abuse
done
clean
ours -T forward -A 'To: boss@example.org, x@example.net' -t text "$dir/sendmail" -f ''
is "$(cat "$dir"/sent.*.argv | grep @ | sort | tr '\n' ' ')" "boss@example.org x@example.net " "-T forward: to whom -A says"
clean
ours -T forwardatt "$dir/sendmail" -f '' boss@example.org
is "$(sed 1d "$dir/sent.1.argv" | tr '\n' ' ')" "-f  boss@example.org " "-T forwardatt: to whom the arguments say, without a text"
is "$(replies)" 1 "once"
mkdir -p "$HOME/Maildir/.Vacation/cur" "$HOME/Maildir/.Vacation/new" "$HOME/Maildir/.Vacation/tmp"
printf 'From: draft@example.org\nSubject: drafted $5\n\nThe draft.\n' >"$HOME/Maildir/.Vacation/cur/1.1.x:2,S"
ours -T replydraft -N -l ./Maildir/.Vacation -A "From: $me" "$take"
is "$rule:$(field Subject "$dir/taken"):$(field From "$dir/taken")" "answer:drafted \$5:$me" "-T replydraft -l"

# --- the database ----------------------------------------------------------------------

message plain
clean
for want in answer answer answer; do
	ours -t text "$dir/sendmail" -f ''
	is "$rule" "$want" "without -d: each message is answered"
done
clean
ours -t text -d seen
is "$rule" answer "-d: the first"
ours -t text -d seen
is "$rule" answered "-d: not the second"
now='2026-06-02 13:00'
ours -t text -d seen
is "$rule" answer "-d: again after a day"
ours -t text -d seen -D 7
is "$rule" answered "-D 7: not within a week"
ours -t text -d seen -D 0
is "$rule" answer "-D 0: each message"
echo other >"$HOME/text"
ours -t text -d seen -D 7
is "$rule" answered "-d: another text is no reason to tell anybody again"
now='2026-06-01 12:00'
is "$(cd "$HOME" && echo seen*)" "seen.backsoon seen.backsoon.lock" "the table's name is not mailbot's"

clean
printf garbage >"$HOME/seen.gdbm"
ours -t text -d seen
is "$rule:$status" answer:0 "a database of mailbot's that is damaged: answered all the same"
like "$err" 'seen\.gdbm was not taken over' "and said"
ours -t text -d seen -D 0
unlike "$err" 'taken over' "once"
is "$(cat "$HOME/seen.gdbm")" garbage "and left as it is"

# A delivery that was ended while it took over leaves a table that nobody is in yet.
clean
ours -t text -d seen -fcarol@example.net
printf 'alice@example.com %s\n' 'Mon Jun  1 10:00:00 2026' >"$HOME/seen.gdbm"
ours -t text -d seen
is "$rule" answered "there is a table already: whom mailbot has told is not told again"
like "$err" 'seen\.gdbm was taken over: 1 ' "which the log says"
ours -t text -d seen
unlike "$err" 'taken over' "once"

# --- -n, and mistakes --------------------------------------------------------------------

clean
run "$mailbot" --now "$now" --sendmail /nowhere -t text -N -d seen -n "$take" <"$mail"
like "$out" '^To: alice@example\.com$' "-n shows the reply, even where no sendmail is"
is "$status:$(ls -A "$HOME" | tr '\n' ' ')" "0:.vacation.msg text " "and writes nothing"
is "$(cd "$dir" && echo taken*)" "taken*" "and runs nothing"
message plain 'List-Id: <x.example.org>'
run "$mailbot" --now "$now" -t text -n <"$mail"
like "$out:$err" '^:.*rule=mailing-list' "-n says why there is no reply"
message plain

# Outside delivery: status 64 and the sentence.  In delivery: status 0 and the log's.
wrong()		# SENTENCE OPTION...
{
	want=$1
	shift
	clean
	run "$mailbot" -n "$@" <"$mail"
	like "$status:$err" "^64:mailbot: command line: $want" "$*"
	like "$err" '^usage: mailbot ' "$*: usage"
	ours "$@"
	is "$rule:$status:$(replies)" settings:0:0 "$*: in delivery"
}

wrong "-t FILE, or -m FILE, is missing"
wrong 'there is no flag -Z' -t text -Z
wrong '-A: "broken" is no header field' -t text -A broken
wrong '-c: "utf-8; x=y" is no name of a charset' -t text -c 'utf-8; x=y'
wrong '-T: "bogus" is no form' -t text -T bogus
wrong '-R: "bogus" is none of' -t text -R bogus
wrong '-D: "x" is not a number of days' -t text -d db -D x
wrong "-R abuse, fraud, other or virus is missing" -t text -T replyfeedback
wrong "-A 'To: ADDRESS' is missing" -t text -T forward
wrong '--feedback-source-ip: "300.1.1.1" is no Source-IP' -t text --feedback-source-ip 300.1.1.1
wrong '--feedback-spam: a feedback report has no field' -t text --feedback-spam 1
wrong "-T replydraft needs -l" -T replydraft

# --- side by side ----------------------------------------------------------------------

# mailbot and we with the same options: same arguments, same fields; WHAT differs is what DESIGN says.
same()		# NAME OPTION...
{
	name=$1
	shift
	clean
	(cd "$HOME" && "$theirs" "$@" "$take" -f '' <"$mail" >/dev/null 2>&1)
	sed -e '/^$/q' "$dir/taken" 2>/dev/null | grep -E '^(From|Cc|X-Test|In-Reply-To):' | sort >"$dir/want"
	cat "$dir/taken.argv" >>"$dir/want" 2>/dev/null
	clean
	ours "$@" "$take" -f ''
	sed -e '/^$/q' "$dir/taken" 2>/dev/null | grep -E '^(From|Cc|X-Test|In-Reply-To):' | sort >"$dir/got"
	cat "$dir/taken.argv" >>"$dir/got" 2>/dev/null
	is "$(cat "$dir/got")" "$(cat "$dir/want")" "as mailbot: $name"
}

if [ -n "$theirs" ]; then
	SENDER=alice@example.com
	export SENDER
	same "a reply" -t text -A "From: $me"
	same "without a quotation" -t text -N -A "From: $me" -A 'X-Test: yes'
	same "-r, and it is not" -t text -A "From: $me" -r nobody@example.org
	same "-r, and it is" -t text -A "From: $me" -r "$me"
	same "-s, -c" -t text -N -A "From: $me" -s other -c utf-8
	same "only the first letter of a word counts" -t text -A "From: $me" -Nx
	same "a value in the same word" -ttext -A"From: $me" -N
	same "no draft" -T replydraft -l nowhere -A "From: $me"
	message plain 'Precedence: bulk'
	same "bulk mail" -t text -A "From: $me"
	message plain 'Auto-Submitted: auto-replied'
	same "a robot's mail" -t text -A "From: $me"
	message plain
	clean
	(cd "$HOME" && "$theirs" -t text -N -f -d seen -A "From: $me" "$take" <"$mail")
	cp "$HOME/seen.gdbm" "$dir/before"
	rm -f "$dir"/taken*
	now=$(date -u '+%Y-%m-%d %H:%M')
	ours -t text -N -d seen -A "From: $me" "$take"
	is "$rule" answered "whom mailbot has told is not told again"
	like "$err" 'seen\.gdbm was taken over: 1 ' "which the log says"
	ours -t text -N -d seen -A "From: $me" "$take"
	unlike "$err" 'taken over' "once"
	cmp -s "$HOME/seen.gdbm" "$dir/before"
	is $? 0 "mailbot's file is as it was"
else
	skip "side by side with mailbot" "maildrop is not installed"
fi

done_testing
