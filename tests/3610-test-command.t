#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2002,SC2016 # the file may be missing; variables of the message file
#
# backsoon test ADDR: the reply that ADDR would get goes to the owner, through
# the sendmail program that is set, and leaves no trace.

. tests/lib.sh

conf=$HOME/.vacation.conf

good()
{
	fresh
	printf 'Subject: Away: $SUBJECT\n\nHello $FROM_NAME.\n' >"$HOME/.vacation.msg"
	printf '%s\n' 'alias = bob@example.org' 'alias = info@example.org' "sendmail = $dir/sendmail" >"$conf"
}

try()		# OPTION... ADDR
{
	rm -f "$dir"/sent.*
	run "$backsoon" test --home "$HOME" --now "$now" "$@"
	argv=$(cat "$dir/sent.1.argv" 2>/dev/null | tr '\n' ' ')
	out=$(printf '%s' "$out" | tr '\n' ' ')
	reply=$(cat "$dir/sent.1.mail" 2>/dev/null)
}

body()		# of $reply, decoded
{
	printf '%s\n' "$reply" | python3 -c 'import email, sys
sys.stdout.write(email.message_from_binary_file(sys.stdin.buffer).get_payload(decode=True).decode())'
}

good
try alice@example.com
is "$status" 0 "it is sent"
is "$argv" "$dir/sendmail -i -f <> -- bob@example.org " "to the owner, with the empty envelope sender"
like "$reply" '^To: alice@example\.com$' "as ADDR would get it"
like "$reply" '^From: .*bob@example\.org' "from the owner"
like "$reply" '^Subject: \[Test\] Away: ' "its subject says that it is a test"
like "$reply" '^X-Backsoon-Test: yes$' "a field says that it is a test"
like "$reply" '^Auto-Submitted: auto-replied$' "nobody answers it"
is "$(body | head -n 1)" "[Test of backsoon: alice@example.com would get this reply.]" "its first line says that it is a test"
is "$(body | sed -n 3p)" "Hello alice@example.com." "the text is the reply's"
like "$out" '^sent: .*alice@example\.com would get' "what was done is said"
like "$out" 'mailbox of bob@example\.org' "where to look is said"
unlike "$out" 'no reply' "nothing is in the way of a real one"
is "$(ls -A "$HOME" | tr '\n' ' ')" ".vacation.conf .vacation.msg " "neither table nor journal"

try --to info@example.org alice@example.com
is "$status:$argv" "0:$dir/sendmail -i -f <> -- info@example.org " "to another address of the owner's"
try --to carl@example.net alice@example.com
like "$status:$err" '^64:.*carl@example\.net is not one of your addresses' "to somebody else"
is "$(replies)" 0 "to somebody else: nothing is sent"
try --return-path=bob@example.org --sendmail-kind=postfix alice@example.com
is "$argv" "$dir/sendmail -i -N never -f bob@example.org -- bob@example.org " "the options are those of a real reply"

printf 'Subject: Gr\303\274\303\237e\n\nIch bin im Urlaub, gr\303\274\303\237e.\n' >"$HOME/.vacation.msg"
try alice@example.com
like "$reply" '^Subject: \[Test\] =\?' "an encoded subject"
like "$(body)" '^\[Test of backsoon: alice@example\.com would get this reply\.\]$' "an encoded text: the first line"
like "$(body)" '^Ich bin im Urlaub, grüße\.$' "an encoded text: the rest"
printf 'Subject: x\n\n\316\261\316\262\316\263\316\264\316\265\316\266\316\267\316\270\n' >"$HOME/.vacation.msg"
try alice@example.com
like "$reply" '^Content-Transfer-Encoding: base64$' "a text in base64"
is "$(body | tr -d '\r' | sed -n '1p;3p' | tr '\n' ' ')" "[Test of backsoon: alice@example.com would get this reply.] αβγδεζηθ " "a text in base64: both"
printf 'Subject: x\nContent-Type: text/html; charset=utf-8\n\n<p>Away</p>\n' >"$HOME/.vacation.msg"
try alice@example.com
like "$(printf '%s\n' "$reply")" "^<p>\\[Test of backsoon: alice@example.com would get this reply.\\]</p>" "a text in HTML"
like "$(printf '%s\n' "$reply")" "^\\[Test of backsoon: alice@example.com would get this reply.\\]$" "and in the plain text made of it"

good
try noreply@example.com
is "$status:$(replies)" 0:1 "a robot's address is tried all the same"
like "$out" 'A real message of noreply@example\.com would get no reply now: ' "a robot's address: what a real one would get"
try --paused alice@example.com
is "$status:$(replies)" 0:1 "while it is off"
like "$out" 'no reply now: the owner is not away' "while it is off: said"
try --json alice@example.com
is "$(printf '%s\n' "$out" | python3 -c 'import json, sys
t = json.load(sys.stdin)
print(t["result"], t["as"], t["to"], t["envelope_sender"], t["answered_now"], t["rule"], t["trouble"], "[Test]" in t["reply"])')" \
    "accepted alice@example.com bob@example.org <> True None None True" "--json"

# --- what goes wrong ---------------------------------------------------------------------

sendmail_does 'exit 1'
try alice@example.com
like "$status:$out" '^69:failed: The reply was not sent: .*status 1' "sendmail refuses it"
sendmail_does 'exit 75'
try --sendmail-kind=postfix alice@example.com
is "$status" 75 "sendmail cannot take it now"
try --sendmail-kind=sendmail alice@example.com
is "$status" 0 "sendmail has queued it"
sendmail_does hang
try --time-limit=1s alice@example.com
like "$status:$out" '^69:.*did not end in time' "sendmail hangs"
sendmail_does accept
try --sendmail=/no/such/program alice@example.com
like "$status:$out$err" '^(69|78):.*/no/such/program' "there is no sendmail"
rm -f "$HOME/.vacation.msg"
try alice@example.com
like "$status:$err" '^78:.*no reply to test: .*no such file' "there is no text"
good
echo 'evry = 3d' >>"$conf"
try alice@example.com
like "$status:$err" '^78:.*~/\.vacation\.conf:4: ' "the settings have an error"
good
for wrong in '' 'alice@example.com carl@example.com' '--evry=3d alice@example.com' '<>' "x@y@z" nonsense; do
	# shellcheck disable=SC2086 # words
	try $wrong
	is "$status:$(replies)" 64:0 "wrong usage: test $wrong"
done
try nonsense
like "$err" 'nonsense is no address; test needs one, as in backsoon test anna@example\.org' "no address: it says what is needed"

done_testing
