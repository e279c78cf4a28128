#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Drafts: the newest message of a mail folder is the reply.  What goes out of it,
# and what the commands say of it, from delivery to `on'.

# Texts and folders hold signs that are backsoon's.
# shellcheck disable=SC2016,SC2088
. tests/lib.sh

box=$HOME/Maildir/.Vacation

folder()	# an empty Maildir folder, and a home that is as new
{
	fresh
	rm -f "$HOME/.vacation.msg"
	(umask 077 && mkdir -p "$box/cur" "$box/new" "$box/tmp")
}

draft()		# NAME SUBJECT TEXT: as a mail program saves it
{
	printf '%s\n' 'To: somebody@example.net' 'Bcc: secret@example.net' 'From: Bob Example <bob@example.org>' "Subject: $2" \
	    'Message-ID: <draft.1@example.org>' 'Date: Mon, 1 Jun 2026 09:00:00 +0200' 'User-Agent: Some Mailer' \
	    'X-Mozilla-Draft-Info: internal/draft' 'X-Identity-Key: id1' 'Fcc: imap://bob@example.org/Sent' 'Thread-Index: AAAA' \
	    'DKIM-Signature: v=1;' '	b=abc' 'List-Id: <x.example>' 'Importance: high' 'MIME-Version: 1.0' \
	    'Content-Type: text/plain; charset=UTF-8' 'Content-Transfer-Encoding: 8bit' '' "$3" >"$box/$1"
	chmod 600 "$box/$1"
}

answer_from()	# SPEC OPTION...
{
	spec=$1
	shift
	deliver --recipient bob@example.org --message "$spec" "$@"
}

head_of()	# FIELD: of the first reply
{
	sed -n -e '/^$/q' -e "s/^$1: //p" "$dir/sent.1.mail"
}

text_of()
{
	sed '1,/^$/d' "$dir/sent.1.mail"
}

message plain

# --- what goes out ----------------------------------------------------------------------

folder
draft 'cur/1000.a:2,DS' 'Away until Monday' 'I am away: $UNTIL, 5$$.'
answer_from maildir:~/Maildir/.Vacation
is "$rule" answer 'a draft is sent'
is "$(head_of Subject)" 'Away until Monday' 'its subject'
is "$(text_of)" 'I am away: $UNTIL, 5$$.' 'its text, without anything put in'
is "$(head_of To)" 'alice@example.com' 'to whom it goes'
is "$(head_of From)" 'Bob Example <bob@example.org>' 'the name is the draft'"'"'s'
unlike "$(cat "$dir/sent.1.mail")" 'secret|somebody|draft\.1|09:00:00|Some Mailer|Mozilla|Identity|Fcc|Thread|DKIM|b=abc|List-Id|Importance' \
    'nothing else of it'
is "$(sed '/^$/q' "$dir/sent.1.mail" | grep -cE '^(From|To|Subject|Date|Message-ID|MIME-Version|Content-Type):')" 7 'each field once'

# The address that was written to is the one that answers; a From that is not the owner's says nothing.
folder
draft 'cur/1000.a:2,S' 'Away' 'I am away.'
message plain 'To: sales@example.org'
answer_from maildir:~/Maildir/.Vacation --alias bob@example.org --recipient sales@example.org --alias sales@example.org
is "$(head_of From)" 'Bob Example <sales@example.org>' 'his name, and the address that was written to'
message plain
folder
draft 'cur/1000.a:2,S' 'Away' 'I am away.'
sed -i 's/^From:.*/From: Mallory <mallory@example.com>/' "$box/cur/1000.a:2,S"
answer_from maildir:~/Maildir/.Vacation
is "$rule" answer 'a draft with somebody else'"'"'s From is sent'
unlike "$(cat "$dir/sent.1.mail")" 'Mallory|mallory' 'without his name'
folder
draft 'cur/1000.a:2,S' 'Away' 'I am away.'
sed -i 's/^From:.*/From: =?ISO-8859-2?Q?Bob_=A3?=\n =?ISO-8859-2?Q?ukasz_$TO?= <bob@example.org>/' "$box/cur/1000.a:2,S"
answer_from maildir:~/Maildir/.Vacation
is "$(python3 -c 'import email, email.policy, sys; print(email.message_from_file(open(sys.argv[1]), policy=email.policy.default)["From"])' \
    "$dir/sent.1.mail")" 'Bob Łukasz $TO <bob@example.org>' 'a folded name in another charset, with a dollar sign'
folder
draft 'cur/1000.a:2,S' 'Away' 'I am away.'
answer_from maildir:~/Maildir/.Vacation --from 'The Office <office@example.org>' --subject 'Re: $SUBJECT'
is "$(head_of From) $(head_of Subject)" "The Office <office@example.org> Re: $(sed -n 's/^Subject: //p' "$mail")" 'the settings go before it'

folder
draft 'cur/1000.a:2,S' '' 'I am away.'
answer_from maildir:~/Maildir/.Vacation
is "$(head_of Subject)" "Auto: $(sed -n 's/^Subject: //p' "$mail")" 'no subject: the default one'

# --- which message it is ----------------------------------------------------------------

folder
draft 'cur/1000.a:2,S' 'Old' 'old'
draft 'new/2000.a' 'New' 'new'
draft 'cur/3000.a:2,ST' 'Deleted' 'deleted'
answer_from maildir:~/Maildir/.Vacation
is "$(head_of Subject)" 'New' 'Maildir: the newest that is not deleted'

folder
printf 'From a@b Mon Jun  1 12:00:00 2026\nSubject: one\n\n1\n\nFrom a@b Mon Jun  1 12:00:00 2026\nStatus: RO\nSubject: two\n\n>From me\n' \
    >"$HOME/Vacation"
answer_from mbox:~/Vacation
is "$(head_of Subject): $(text_of)" 'two: From me' 'mbox: the last one'

folder
(umask 077 && mkdir -p "$HOME/Mail/vacation")
printf 'Subject: nine\n\n9\n' >"$HOME/Mail/vacation/9"
printf 'Subject: ten\n\n10\n' >"$HOME/Mail/vacation/10"
answer_from mh:Mail/vacation
is "$(head_of Subject)" 'ten' 'MH: the highest number'

# --- whatever mail programs put into one: both parsers read the same in the draft and in the reply ---

mkdir "$dir/made"
python3 tests/drafts.py "$dir/made"

# The draft of $made, whose parts are $want, out of a folder of that kind.
comes_out()	# SPEC NAME
{
	answer_from "$1"
	is "$rule" answer "$2: is sent"
	same_parts "$dir/sent.1.mail" "$2, the reply"
	is "$parts" "$want" "$2: texts, names and bytes are the draft's"
	is "$(LC_ALL=C awk 'length($0) > 998 || /[^\t -~]/' "$dir/sent.1.mail" | head -n 3)" "" "$2: 7-bit lines of at most 998"
}

for made in "$dir"/made/*.eml; do
	what=$(basename "$made" .eml)
	same_parts "$made" "$what"
	want=$parts
	folder
	cp "$made" "$box/cur/1000.a:2,DS"
	chmod 600 "$box/cur/1000.a:2,DS"
	comes_out maildir:~/Maildir/.Vacation "$what"
	case $what in
	files | inside | 8bit) ;;
	*) continue ;;
	esac
	folder
	{ printf 'From bob Mon Jun  1 12:00:00 2026\nSubject: old\n\nold\n\nFrom bob Mon Jun  1 12:00:00 2026\n' && cat "$made" && echo; } >"$HOME/Vacation"
	comes_out mbox:~/Vacation "$what, mbox"
	folder
	(umask 077 && mkdir -p "$HOME/Mail/vacation" && cp "$made" "$HOME/Mail/vacation/7")
	comes_out mh:Mail/vacation "$what, MH"
done

# --- nothing there ----------------------------------------------------------------------

folder
answer_from maildir:~/Maildir/.Vacation
is "$status:$rule:$(replies)" 0:no-message-file:0 'an empty folder: nothing to say'
like "$err" 'no message in ~/Maildir/\.Vacation' 'and it says which'
answer_from maildir:~/Maildir/.Nowhere
is "$status:$rule:$(replies)" 0:no-message-file:0 'no folder: nothing to say'
like "$err" 'no folder ~/Maildir/\.Nowhere' 'and it says which'
answer_from imap:INBOX
is "$status:$rule" 0:no-message-file 'a kind that does not exist: a file that is not there'
like "$err" 'imap:INBOX.*maildir:PATH, mbox:PATH or mh:PATH' 'and what there is'
printf 'Subject: from a file\n\nx\n' >"$HOME/imap:INBOX"
answer_from imap:INBOX
is "$(head_of Subject)" 'from a file' 'which may be there'
folder
draft 'cur/1000.a:2,S' 'Away' 'I am away.'
chmod 606 "$box/cur/1000.a:2,S"
answer_from maildir:~/Maildir/.Vacation
is "$rule:$(replies)" message-file:0 'one that everybody may write is not sent'
gzip -n "$box/cur/1000.a:2,S" && mv "$box/cur/1000.a:2,S.gz" "$box/cur/1000.a:2,S" && chmod 600 "$box/cur/1000.a:2,S"
answer_from maildir:~/Maildir/.Vacation
is "$rule:$(replies)" message-file:0 'one that is compressed is not sent'
like "$err" 'compressed' 'and it says so'
folder
draft 'cur/1000.a:2,S' 'older' 'The older one.'
: >"$box/cur/1001.a:2,S"
answer_from maildir:~/Maildir/.Vacation
is "$rule:$(replies)" no-message-file:0 'one of which nothing is left is not sent'
like "$err" 'is empty' 'and it says so'

# --- who is told again ------------------------------------------------------------------

folder
draft 'cur/1000.a:2,S' 'Away' 'I am away.'
answer_from maildir:~/Maildir/.Vacation
mv "$box/cur/1000.a:2,S" "$box/cur/1000.a:2,FRS"
answer_from maildir:~/Maildir/.Vacation
is "$rule" answered 'another flag: nobody is told again'
draft 'cur/1001.a:2,S' 'Away' 'I am away.'
sed -i -e '/^X-Moz/d' -e 's/^Message-ID.*/Message-ID: <other@x>/' "$box/cur/1001.a:2,S"
answer_from maildir:~/Maildir/.Vacation
is "$rule" answered 'the same text saved anew: nobody is told again'
draft 'cur/1002.a:2,S' 'Away' 'I am away for longer.'
answer_from maildir:~/Maildir/.Vacation
is "$rule:$(replies)" answer:2 'another text: people are told again'

folder
printf 'From a@b Mon Jun  1 12:00:00 2026\nSubject: one\n\n1\n' >"$HOME/Vacation"
answer_from mbox:~/Vacation
printf 'From a@b Mon Jun  1 12:00:00 2026\nX-IMAPbase: 1 1\nX-UID: 1\nStatus: RO\nX-Status: A\nContent-Length: 2\nSubject: one\n\n1\n' \
    >"$HOME/Vacation"
answer_from mbox:~/Vacation
is "$rule" answered 'mbox: what a mail server notes in it changes nothing'

# --- texts for some people --------------------------------------------------------------

folder
draft 'cur/1000.a:2,S' 'Away' 'I am away.'
(umask 077 && mkdir -p "$HOME/de/cur" "$HOME/in/cur")
printf 'Subject: Verreist\n\nx\n' >"$HOME/de/cur/1.a"
printf 'Subject: Colleagues\n\nx\n' >"$HOME/in/cur/1.a"
printf '%s\n' 'message = maildir:~/Maildir/.Vacation' 'message.de = maildir:de' 'internal-message = maildir:in' \
    'internal-domain = example.net' >"$HOME/.vacation.conf"
message plain 'Accept-Language: de'
deliver --recipient bob@example.org
is "$(head_of Subject)" Verreist 'a text in a language'
message plain 'From: carol@example.net' 'Return-Path: <carol@example.net>' 'Message-ID: <c@example.net>'
deliver --recipient bob@example.org
is "$(sed -n 's/^Subject: //p' "$dir/sent.2.mail")" Colleagues 'a text for insiders'
message plain
run "$backsoon" explain --sendmail "$dir/sendmail" --now "$now" --recipient bob@example.org "$mail"
like "$out" 'maildir:~/Maildir/\.Vacation' 'explain names the folder'

# --- the commands -----------------------------------------------------------------------

ask()		# COMMAND OPTION...
{
	command=$1
	shift
	run "$backsoon" "$command" --sendmail "$dir/sendmail" --now "$now" "$@"
}

folder
draft 'cur/1000.a:2,S' '=?UTF-8?Q?Bin_weg?=' 'I am away: $UNTIL.'
TZ=UTC0 touch -d '2026-05-30 10:11:12' "$box/cur/1000.a:2,S"
ask on --message maildir:~/Maildir/.Vacation --alias bob@example.org --wire none
is "$status" 0 'on with a draft'
unlike "$err" 'UNTIL' 'a dollar sign in a draft is no variable'
is "$(sed -n '/^message/p' "$HOME/.vacation.conf")" 'message = maildir:~/Maildir/.Vacation' 'on writes the setting'
is "$(ls -A "$HOME")" "$(printf '.vacation.conf\nMaildir')" 'and no message file'
ask status
like "$out" '^Draft  *the newest message of ~/Maildir/\.Vacation \(2026-05-30 10:11\)$' 'status: which message it is'
like "$out" '^Subject  *Bin weg$' 'status: its subject'
ask status --json
is "$(json_value text_from "$out"):$(json_value draft_time "$out")" 'maildir:~/Maildir/.Vacation:1780135872' 'status --json'
ask check
like "$out" 'Text .*the newest message of ~/Maildir/\.Vacation' 'check: which message it is'
unlike "$out" 'UNTIL|came by mail' 'check: nothing against it'
ask test carol@example.net
is "$status:$(sed -n 's/^Subject: //p' "$dir/sent.1.mail")" '0:[Test] Bin weg' 'test sends it'
before=$(cat "$box/cur/1000.a:2,S")
ask on --until none --again
is "$status:$(cat "$box/cur/1000.a:2,S")" "0:$before" 'on again leaves the draft alone'

sed -i '1i Received: from x by y' "$box/cur/1000.a:2,S"
ask check --json
like "$out" '"id": "draft-received"' 'check: a message that came by mail'
rm "$box/cur/1000.a:2,S"
ask check --json
like "$out" '"id": "no-draft"' 'check: an empty folder'
unlike "$out" '"id": "no-text"' 'check: not that a message file is missing'
ask status
is "$status" 2 'status: broken'
like "$out" 'newest message of a folder: there is no message in' 'status: why'
ask on
is "$status" 66 'on: an empty folder is refused'
like "$err" 'there is no message in ~/Maildir/\.Vacation' 'on: and it says why'
draft 'cur/1000.a:2,S' 'Away' ''
ask check --json
like "$out" '"id": "no-body"' 'check: a draft without a text'
ask on --text 'I am away.' --wire none
is "$status:$(sed -n 's/^message = //p' "$HOME/.vacation.conf")" '0:~/.vacation.msg' 'on --text goes back to the message file'
like "$(cat "$HOME/.vacation.msg")" 'I am away' 'which has the text'
ask on --message maildir:~/nowhere
is "$status:$(sed -n 's/^message = //p' "$HOME/.vacation.conf")" '66:~/.vacation.msg' 'on: a folder that is not there is refused, nothing is written'
sed -i 's/^message = .*/message = imap:INBOX/' "$HOME/.vacation.conf"
ask check --json
like "$out" '"id": "folder-kind"' 'check: a kind of folder that does not exist'

done_testing
