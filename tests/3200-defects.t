#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2016 # the message file's variables
#
# What is wrong with other responders, and must not be with this one: a test a
# defect, named by the program that has it.

. tests/lib.sh

me=bob@example.org

write()		# HEADER-LINE...: the plain message with these
{
	fresh
	message plain "$@"
}

# Delivers to me; the rule, or `answer'.
becomes()	# RULE NAME OPTION...
{
	want=$1 name=$2
	shift 2
	deliver --recipient "$me" "$@"
	is "$rule, status $status, stdout \"$out\"" "$want, status 0, stdout \"\"" "$name"
}

from()		# ADDRESS: sends and writes it
{
	write "Return-Path: <$1>" "From: $1"
}

last_reply()
{
	set -- "$dir"/sent.*.mail
	cat "$1"
}

listed()	# how many senders the table holds
{
	"$vacation" -l | grep -c .
}

# --- Debian vacation -------------------------------------------------------------------

dv="Debian vacation"

write 'Return-Path: <>'
run "$vacation" --sendmail "$dir/sendmail" "$login" <"$mail"
is "$status:$out:$err:$(replies)" "0:::0" "$dv: Return-Path: <> without a From line is no error, and prints nothing"

write 'List-Id: <dev.example.com>' 'List-Unsubscribe: <mailto:leave@example.com>'
becomes mailing-list "$dv: answers list mail"
write 'X-Auto-Response-Suppress: All'
becomes suppressed "$dv: answers what asks not to be"
from no-reply@example.com
becomes robot-sender "$dv: answers no-reply@"
write 'Auto-Submitted:\n auto-replied'
becomes auto-submitted "$dv: a folded Auto-Submitted is not seen"
write 'Auto-Submitted: nothing-special'
becomes auto-submitted "$dv: takes nothing-special for no"

from robert@example.org
becomes own-address "$dv: answers the owner's own alias" --alias robert@example.org
write 'To: theme@example.org'
becomes not-addressed "$dv: takes theme@ for the alias me" --alias me@example.org
write 'To: me-list@example.org'
becomes not-addressed "$dv: me-list@ is not me" --alias me@example.org
write 'To: me+tag@example.org'
becomes answer "$dv: me+tag@ is me" --alias me@example.org

chunk=$(printf '%1016s' '' | tr ' ' x)
write "X-Long: ${chunk}Precedence: bulk"
becomes answer "$dv: the second 1023 bytes of a line are no header field of their own"

write 'X-A: b'
printf '\nPrecedence: bulk\n' >>"$mail"
sed -i "s/\$/$(printf '\r')/" "$mail"
becomes answer "$dv: with CRLF line ends the body is read as header"

write
becomes answer "$dv: A@B.org and a@b.ORG are two senders" --sender ALICE@Example.com
becomes answered "$dv: A@B.org and a@b.ORG are two senders, the second message" --sender alice@EXAMPLE.com
is "$(replies)" 1 "$dv: A@B.org and a@b.ORG are two senders, replies"

write 'Subject: =?utf-8?q?Caf=C3=A9?='
message_file '1 $SUBJECT 2 $SUBJECT 3 $FROM'
becomes answer "$dv: a text with variables"
like "$(last_reply)" '^1 Caf=C3=A9 2 Caf=C3=A9 3 alice@example.com$' \
    "$dv: only the first \$SUBJECT is replaced, an encoded one raw, \$FROM not at all"

write
rm "$HOME/.vacation.msg"
becomes no-message-file "$dv: no message file is an error"
is "$(listed)" 0 "$dv: no message file, and the sender is recorded all the same"
message_file 'I am away.'
becomes answer "$dv: no message file, and the sender is silenced for a week"

write
becomes sendmail-missing "$dv: sendmail is missing" --sendmail "$dir/nothing"
becomes answer "$dv: sendmail is missing, and the sender is silenced"
write
sendmail_does 'exit 75'
becomes sendmail-deferred "$dv: sendmail exits 75" --sendmail-kind postfix
sendmail_does accept
becomes answer "$dv: sendmail exits 75, and the sender is silenced" --sendmail-kind postfix
write
sendmail_does 'exit 1'
becomes sendmail-refused "$dv: sendmail exits 1"
sendmail_does accept
becomes answer "$dv: sendmail exits 1, and the sender is silenced"

write
printf 'this is no table%2000s' '' >"$HOME/.vacation.gdbm"
deliver --recipient "$me"
is "$status:$out" "0:" "$dv: a damaged table is an error"
write
: >"$HOME/.vacation.gdbm"
becomes answer "$dv: an empty table"

write
vacation -a "$me" -r 1h "$login"
is "$rule" answer "$dv: -r 1h is taken"
vacation -a "$me" --now '2026-06-01 13:30' -r 1h "$login"
now_before=$now now='2026-06-01 13:30'
vacation -a "$me" -r 1h "$login"
is "$rule:$(replies)" "answer:2" "$dv: -r 1h means a day"
now=$now_before
write
vacation -a "$me" -t 1 "$login"
is "$rule" answer "$dv: -t is said to be known, and is not"

write
i=0
while [ $i -lt 12 ]; do
	i=$((i + 1))
	"$backsoon" --sendmail "$dir/sendmail" --recipient "$me" <"$mail" &
done
wait
is "$(replies)" 1 "$dv: twelve messages of one sender at once have two replies"

# Twenty at a time: what is tried is the table, not the machine.
write -From
i=0
while [ $i -lt 200 ]; do
	i=$((i + 1))
	"$backsoon" --sendmail "$dir/sendmail" --recipient "$me" --max-per-hour 0 --max-per-day 0 \
	    --sender "sender$i@example$i.com" <"$mail" &
	[ $((i % 20)) != 0 ] || wait
done
wait
is "$(replies) replies, $(listed) records" "200 replies, 200 records" "$dv: of 200 senders at once 79 are remembered"

for sender in bounce-1-x=y@example.com postmaster+x@example.com listserv@example.com owner-foo@example.com foo-owner@example.com \
    foo-bounces@example.com no-reply@example.com SRS0=x1Y2=AB=example.com=foo-owner@example.net \
    prvs=1234567890=no-reply@example.com; do
	from "$sender"
	becomes robot-sender "$dv: answers $sender"
done
for sender in SRS0=x1Y2=AB=example.com=alice@example.net prvs=1234567890=alice@example.com; do
	from "$sender"
	becomes answer "$dv: a person behind $sender"
done
from xmailer@example.com
becomes answer "$dv: takes xmailer@ for mailer@"

write
becomes answer "$dv: a plain reply"
for field in 'From: .*<bob@example.org>' 'To: alice@example.com' 'Subject: away: Lunch on Friday\?' 'Date: Mon, 0?1 Jun 2026 12:00:00 \+0000' \
    'Message-ID: <[^ ]+@example.org>' 'In-Reply-To: <lunch.17@example.com>' 'References: <lunch.17@example.com>' \
    'Auto-Submitted: auto-replied' 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=utf-8'; do
	like "$(last_reply)" "^$field\$" "$dv: has no ${field%%: *} in its reply"
done

write 'Return-Path: <>'
run "$vacation" --sendmail "$dir/sendmail" -d "$login" <"$mail"
like "$err" 'null-sender' "$dv: -d, and only -d, logs on stderr"

write
printf '  alice@example.com \r\n\r\n@example.net\r\n' | "$vacation" -x
becomes excluded "$dv: -x keeps blanks and CR as part of an address"
"$vacation" -i
becomes excluded "$dv: -i loses the exclusions"

# --- mailbot ---------------------------------------------------------------------------

mb=mailbot

write
sendmail_does 'exit 75'
becomes sendmail-deferred "$mb: a deferred delivery" --sendmail-kind postfix
sendmail_does accept
becomes answer "$mb: a deferred delivery is taken for a duplicate when it is tried again" --sendmail-kind postfix

write
files=$(ls -A "$HOME")
"$backsoon" explain --recipient "$me" --sendmail "$dir/sendmail" <"$mail" >"$dir/stdout"
is "$(ls -A "$HOME"):$(replies)" "$files:0" "$mb: a dry run writes the table"
becomes answer "$mb: after a dry run"
before=$(cksum "$HOME"/.vacation.* 2>&1)
"$backsoon" explain --recipient "$me" --sendmail "$dir/sendmail" <"$mail" >"$dir/stdout"
is "$(cksum "$HOME"/.vacation.* 2>&1):$(replies)" "$before:1" "$mb: a dry run changes the table"
is "$(find "$HOME" -type f -name '.vacation.*' ! -name .vacation.msg ! -perm 600)" "" \
    "$mb: table and lock can be read by everybody"

write 'Return-Path: <MAILER-DAEMON>'
becomes null-sender "$mb: answers MAILER-DAEMON"
write 'List-Unsubscribe: <mailto:leave@example.com>'
becomes mailing-list "$mb: answers what has only List-Unsubscribe"
write 'Auto-Submitted: NO'
becomes answer "$mb: does not answer Auto-Submitted: NO"
write 'Auto-Submitted: no (I wrote it)'
becomes answer "$mb: does not answer Auto-Submitted: no (comment)"
write
run "$backsoon" --sendmail "$dir/sendmail" --no-such-thing <"$mail"
is "$status:$out:$err" "0::" "$mb: wrong usage defers the mail for ever"
write
printf 'garbage' >"$HOME/.vacation.gdbm"
deliver --recipient "$me" --failure safe
is "$status" 0 "$mb: a damaged table defers the mail for ever"

# --- GNU Mailutils' vacation -----------------------------------------------------------

mu="Mailutils sieve"

write 'Auto-Submitted: auto-replied' 'Precedence: list'
becomes auto-submitted "$mu: answers Auto-Submitted: auto-replied"
write 'Precedence: list'
becomes precedence "$mu: answers Precedence: list"
from "$me"
becomes own-address "$mu: answers its own address"
write 'Return-Path: <>'
becomes null-sender "$mu: null sender"
is "$(listed)" 0 "$mu: stores a key for the null sender"
write
becomes answer "$mu: a reply"
is "$(sed -n 2,5p "$dir/sent.1.argv" | tr '\n' ' ')" "-i -f <> -- " "$mu: the reply has a sender, and no -- before the address"

# --- OpenBSD, NetBSD, sendmail.org -----------------------------------------------------

write -Return-Path 'From alice@example.com Mon Jun  1 11:58:20 2026'
becomes answer "OpenBSD vacation: sender of a From line"
message plain 'Return-Path: <alice@example.com>'
becomes answered "OpenBSD vacation: <a@b> of Return-Path and a@b of the From line are two senders"

write
run "$backsoon" --compat=openbsd --sendmail "$dir/sendmail" --log stderr -a "$me" -i -r 0 "$login"
is "$status" 0 "OpenBSD vacation: -i -r 0"
for attempt in 1 2; do
	run "$backsoon" --compat=openbsd --sendmail "$dir/sendmail" --log stderr -a "$me" "$login" <"$mail"
	log_says
	is "$rule" answer "OpenBSD vacation: -r 0 means once, not every message (message $attempt)"
done

write 'Comments: for all\n bob@example.org' 'To: carol@example.org'
becomes not-addressed "OpenBSD vacation: a field that begins with C and goes on is searched for the user"
far=$(i=0; while [ $i -lt 100 ]; do i=$((i + 1)); printf 'x%d@example.net, ' $i; done)
write "To: $far bob@example.org"
becomes answer "OpenBSD vacation: To beyond 1024 bytes is not seen"

write
rm "$HOME/.vacation.msg"
deliver --recipient "$me" --message away.msg
like "$err" 'away\.msg' "NetBSD vacation: the log names another file than the one that is missing"

for sender in foo-request@example.com foo-relay@example.com foo-owner@example.com 'Foo-Request@example.com'; do
	from "$sender"
	becomes robot-sender "sendmail.org vacation: answers $sender"
done
from foo-requestz@example.com
becomes answer "sendmail.org vacation: does not answer foo-requestz@"
write 'Return-Path: <>'
becomes null-sender "sendmail.org vacation: does not know Return-Path"

# --- gnarwl, feurix/response, Stalwart -------------------------------------------------

write 'Sender: Alice <alice@example.com>'
becomes answer "gnarwl: never answers a message with a Sender field"
write 'Subject: %s%s%n%99999d 100%'
message_file 'About $SUBJECT'
becomes answer "gnarwl: the subject is a format string"
like "$(last_reply)" '^About %s%s%n%99999d 100%$' "gnarwl: the subject is a format string, the text"

for sender in "o'hara@example.com" '100%s@example.com' joe@live.com anna@newsweek.example bob@information-systems.example \
    max.rechnung@example.com smsith@example.com joe@blogger.example arnot.reply@example.com noah.tanswer@example.com; do
	from "$sender"
	becomes answer "response: cannot answer $sender"
done
for line in 'Listening-To: The Kinks' 'X-Auto-Response-Suppress: None' 'Subject: News from our trip'; do
	write "$line"
	becomes answer "response: does not answer $line"
done
from notifications@github.com
becomes robot-sender "response: answers notifications@"
write 'Content-Type: multipart/report; report-type=delivery-status; boundary=b'
becomes report "response: answers reports"
write 'List-Id: <dev.example.com>'
becomes mailing-list "response: with its hard policy list mail is bounced" --failure hard

write 'References: <1@example.com>\n <2@example.com>' 'Subject: Grüße' 'Precedence: junk'
becomes precedence "Stalwart: answers Precedence: junk"
message plain 'References: <1@example.com>\n <2@example.com>' 'Subject: Grüße'
becomes answer "Stalwart: a reply"
like "$(last_reply | sed -n '/^References/,/^[^ R]/p' | tr -d '\n')" \
    '^References: <1@example.com> *<2@example.com> *<lunch.17@example.com>' "Stalwart: References stand in reverse order"
is "$(LC_ALL=C grep -c "$(printf '[\200-\377]')" "$dir"/sent.*.mail)" 0 "Stalwart: the Subject is sent as raw UTF-8"

# --- Pigeonhole, Cyrus, Exim, PostfixAdmin, autorespond, qmail-autoresponder ------------

for sender in FOO-REQUEST@example.com OWNER-foo@example.com; do
	from "$sender"
	becomes robot-sender "Pigeonhole and Cyrus: answer $sender"
done
from anna-requesta@example.com
becomes answer "Pigeonhole: -request anywhere in a name is a list"
write 'Auto-Submitted: no (x)'
becomes answer "Pigeonhole: does not answer Auto-Submitted: no (x)"
from listserver-admin@example.com
becomes answer "Cyrus: takes listserver-admin@ for LISTSERV"
from Majordomo@example.com
becomes robot-sender "Cyrus: Majordomo@"

write 'Reply-To: carol@example.net'
becomes answer "Exim: a message with Reply-To"
is "$(tail -n 1 "$dir/sent.1.argv")" alice@example.com "Exim: the reply goes to Reply-To, not to the envelope's sender"

write 'Auto-Submitted: none'
becomes auto-submitted "PostfixAdmin: takes none for no"
write
echo 'ignore-sender =' >"$HOME/.vacation.conf"
becomes settings "PostfixAdmin: an empty pattern matches everybody"
write 'To: noreply@example.org'
deliver --recipient noreply@example.org
is "$rule" answer "PostfixAdmin: the owner of noreply@ cannot answer"
write
becomes answer "PostfixAdmin: a reply"
is "$(sed -n 4p "$dir/sent.1.argv")" "<>" "PostfixAdmin: the envelope's sender is the From that is shown"

write "Delivered-To: $me"
becomes answer "autorespond: bounces what has its own Delivered-To"
unlike "$(last_reply)" 'shall we have lunch' "autorespond: the original text goes to a sender who may be forged"

write 'Precedence:'
becomes answer "qmail-autoresponder: an empty Precedence is junk"
write
echo 'every =' >"$HOME/.vacation.conf"
becomes settings "qmail-autoresponder: an empty number is 0"
write
echo 'evrey = 3d' >"$HOME/.vacation.conf"
becomes settings "qmail-autoresponder: unknown names are passed over"

# --- what else the review of other programs has shown ------------------------------------

write
becomes settings "Pigeonhole: a period is multiplied before its bounds are looked at" --every 99999999999999w
write
becomes settings "a period that overflows" --every 106751991167300w
write
vacation -a "$me" -r 99999999999999999999 "$login"
is "$rule:$status" "settings:0" "Debian vacation: a huge -r"

write -From
deliver --recipient "$me" --handle ab --sender c@example.com
deliver --recipient "$me" --handle a --sender bc@example.com
is "$rule" answer "Pigeonhole: handle and sender are put together without a mark between them"

write
cat >"$dir/looks" <<'END'
#!/bin/sh
sed -n 's/^NoNewPrivs:[[:space:]]*//p' /proc/self/status >"$0.privs"
ls /proc/$$/fd >"$0.fds"	# not in a pipe, of which the shell has descriptors too
cat >/dev/null
END
chmod +x "$dir/looks"
becomes answer "a sendmail that looks at what it was given" --sendmail "$dir/looks"
if [ -e /proc/self/fd ]; then
	is "$(cat "$dir/looks.privs") $(grep -c '^[3-9]$' "$dir/looks.fds")" "0 0" "qmail-autoresponder: its descriptors are passed on to sendmail"
fi

write
printf 'Subject: x\n\ncaf\303\251 and a tab\t\nend' >"$HOME/.vacation.msg"
becomes answer "OpenSMTPD: a text with a tab at the end of a line"
like "$(last_reply)" '^caf=C3=A9 and a tab=09$' "OpenSMTPD: writes = 9 for a tab at the end of a line"

write 'Subject: =?UTF-8?Q?abc?= =?UTF-8?X?def?='
becomes answer "mblaze: an encoded word that is none"
is "$(last_reply | grep -c 'abc.*abc')" 0 "mblaze: decoded text is followed by the undecoded whole"

write 'Subject: one\r\n \n Bcc: carol@example.net' 'From: =?utf-8?Q?x=0D=0ABcc:_carol@example.net?= <alice@example.com>'
message_file '$SUBJECT $FROM_NAME'
becomes answer "Mailutils: a line break in a subject"
unlike "$(sed '/^$/,$d' "$dir/sent.1.mail")" '^Bcc' "Mailutils: a line break in a subject makes a header field"

done_testing
