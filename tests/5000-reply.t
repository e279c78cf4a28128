#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The reply, as another program reads it: every one is parsed by Python's
# email package, which must find no defect in it, and gives back what was meant.

# The message files and expected texts hold dollar signs that are backsoon's.
# shellcheck disable=SC2016,SC2059
. tests/lib.sh

cat >"$dir/parse.py" <<'EOF'
# parse.py FILE WHAT: a field's decoded value, `text', or `defects' of a reply
import email
import email.header
import email.policy
import sys

with open(sys.argv[1], "rb") as file:
    raw = file.read()
what = sys.argv[2]
message = email.message_from_bytes(raw, policy=email.policy.default)
head = raw.split(b"\n\n", 1)[0]

if what == "defects":
    found = [repr(d) for d in message.defects]
    for name, value in message.items():
        found += ["%s: %r" % (name, d) for d in getattr(value, "defects", ())]
    text = "" if message.is_multipart() else message.get_content()
    found += [repr(d) for d in message.defects]
    if any(byte > 126 for byte in raw):
        found.append("8-bit bytes")
    if b"\r" in raw or b"\0" in raw:
        found.append("CR or NUL")
    if any(len(line) > 998 for line in raw.split(b"\n")):
        found.append("a line over 998")
    if any(len(line) > 76 and b"=?" in line for line in head.split(b"\n")):
        found.append("a line over 76 with an encoded word")
    once = [n.lower() for n in message.keys()]
    for name in ("from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"):
        if once.count(name) != 1:
            found.append("%d fields %s" % (once.count(name), name))
    print("; ".join(found) or "none")
elif what == "text":
    sys.stdout.buffer.write(message.get_content().replace("\r\n", "\n").encode())
elif what == "type":
    print(message.get_content_type(), message.get_content_charset())
else:
    value = message[what]
    sys.stdout.buffer.write(("(none)" if value is None else str(value)).encode() + b"\n")
EOF

parsed()	# WHAT
{
	python3 "$dir/parse.py" "$dir/sent.1.mail" "$1"
}

# One delivery of $mail with the message file that printf makes of TEMPLATE.
answer()	# NAME TEMPLATE [OPTION...]
{
	name=$1
	fresh
	printf "$2" >"$HOME/.vacation.msg"
	shift 2
	deliver --recipient bob@example.org "$@"
	is "$(replies)" 1 "$name: one reply"
	is "$(parsed defects)" none "$name: no defect"
	same_parts "$dir/sent.1.mail" "$name"
}

message plain
answer 'plain' 'Subject: away from my mail\n\nI am away until Monday.\n'
is "$(parsed Subject)" 'away from my mail' 'plain: Subject'
is "$(parsed text)" 'I am away until Monday.' 'plain: text'
is "$(parsed type)" 'text/plain utf-8' 'plain: type'
is "$(parsed To)" 'alice@example.com' 'plain: To'
is "$(parsed In-Reply-To)" '<lunch.17@example.com>' 'plain: In-Reply-To'
is "$(parsed References)" '<lunch.17@example.com>' 'plain: References'
is "$(parsed Auto-Submitted)" 'auto-replied' 'plain: Auto-Submitted'
is "$(parsed X-Auto-Response-Suppress)" 'All' 'plain: X-Auto-Response-Suppress'
like "$(parsed From)" 'bob@example\.org' 'plain: From is the address that was written to'
like "$(parsed Message-ID)" '^<[^<>]+@example\.org>$' 'plain: Message-ID with the domain of From'
like "$(parsed Date)" '^[A-Z][a-z][a-z], [0-9 ]?[0-9] Jun 2026 ' 'plain: Date is now'

answer 'no header' 'I am away.\n'
is "$(parsed Subject)" 'Auto: Lunch on Friday?' 'no header: the Subject'
is "$(parsed text)" 'I am away.' 'no header: the text'

answer 'variables' 'Subject: Re: $SUBJECT\n\nDear $FROM_NAME <$FROM>,\n$SUBJECT to $TO costs $$5.\n'
is "$(parsed Subject)" 'Re: Lunch on Friday?' 'variables: in the Subject'
is "$(parsed text)" 'Dear Alice Liddell <alice@example.com>,
Lunch on Friday? to bob@example.org costs $5.' 'variables: in the text'

message plain 'Subject: =?iso-2022-jp?B?GyRCRnxLXDhsGyhC?= =?koi8-r?B?8NLJ18XU?='
answer 'charsets' '$SUBJECT\n'
is "$(parsed Subject)" 'Auto: 日本語Привет' 'charsets: the Subject'
is "$(parsed text)" '日本語Привет' 'charsets: the text'

message plain "Subject: =?utf-8?B?$(printf 'ein langer Betreff über Größe, Übermut und Äpfel und noch viel mehr davon 😀😀😀😀😀😀😀😀' |
    base64 | tr -d '\n')?="
answer 'long subject' 'Bis n\344chsten Montag.\n'
is "$(parsed Subject)" 'Auto: ein langer Betreff über Größe, Übermut und Äpfel und noch viel mehr davon 😀😀😀😀😀😀😀😀' \
    'long subject: decoded'
is "$(parsed text)" 'Bis nächsten Montag.' 'long subject: a Latin-1 text'

message plain 'Subject: =?utf-8?Q?a=0D=0ABcc:_evil@example.com=0D=0A=0D=0Abody?=' \
    'Message-ID: <a@b>=0ABcc: evil@example.com' 'References: <1@x> junk <2 3@x> <4@x>'
answer 'injection' 'X-Was: $SUBJECT\n\n$SUBJECT\n'
is "$(parsed Bcc)" '(none)' 'injection: no Bcc'
is "$(parsed Subject)" 'Auto: a Bcc: evil@example.com body' 'injection: the Subject is one line'
is "$(parsed X-Was)" 'a Bcc: evil@example.com body' 'injection: the other field too'
is "$(parsed References)" '<1@x> <4@x> <a@b>' 'injection: references that are some'
is "$(parsed text)" 'a Bcc: evil@example.com body' 'injection: one line in the text'

message plain 'From: =?utf-8?Q?=22x=22_=3Cevil@example.com=3E=2C_=D7=90?= <alice@example.com>'
answer 'names' 'From: "$FROM_NAME" <bob@example.org>\nReply-To: =?utf-8?q?B=C3=B6b=2C_the?= <bob@example.org>, Office <o@example.org>\n\nHi $FROM_NAME\n'
is "$(parsed From)" '"\"x\" <evil@example.com>, א" <bob@example.org>' 'names: one mailbox in From'
is "$(parsed Reply-To)" '"Böb, the" <bob@example.org>, Office <o@example.org>' 'names: Reply-To'

message plain 'To: b\0303\0274ro@example.org'
answer 'an alias in UTF-8' 'Subject: away\n\nHi\n' --alias 'büro@example.org' --sendmail-kind exim
like "$(parsed From)" '<bob@example\.org>|^bob@' 'an alias in UTF-8: From is the one that needs no SMTPUTF8'

message plain
answer 'fragile lines' 'From here on:\n.\n..\n-- \ntrailing \t\n\tx\014y\n'
is "$(parsed text)" "$(printf 'From here on:\n.\n..\n-- \ntrailing \t\n\tx\014y')" 'fragile lines: as they were'

answer 'Russian' 'Subject: \320\277\321\200\320\270\n\n\320\277\321\200\320\270\n\320\262\320\265\321\202\n'
is "$(parsed Subject)" 'при' 'Russian: Subject'
is "$(parsed text)" 'при
вет' 'Russian: text'

answer 'HTML' 'Content-Type: text/html; charset=iso-8859-1\n\n<p>\374 $SUBJECT</p>\n'
is "$(parsed type)" 'multipart/alternative None' 'HTML: type'
is "$(python3 tests/parts.py "$dir/sent.1.mail" 1)" 'ü Lunch on Friday?' 'HTML: as plain text'
is "$(python3 tests/parts.py "$dir/sent.1.mail" 2)" '<p>ü Lunch on Friday?</p>' 'HTML: text'

answer 'protected fields' 'To: x@example.com\nCc: x@example.com\nbcc: x@example.com\nResent-To: x@example.com
Sender: x@example.com\nAuto-Submitted: no\nMIME-Version: 9\nDate: x\nMessage-ID: <x@x>\nOrganization: \303\226\n\nHi\n'
is "$(parsed Cc)$(parsed Bcc)$(parsed Resent-To)$(parsed Sender)" '(none)(none)(none)(none)' 'protected fields: gone'
is "$(parsed Organization)" 'Ö' 'protected fields: others stay'

long=$(awk 'BEGIN { while (n++ < 2000) printf "x" }')
answer 'a long line' "$long\\n"
is "$(parsed text)" "$long" 'a long line: whole'

fresh
: >"$HOME/.vacation.msg"
deliver --recipient bob@example.org
is "$(replies)" 0 'empty message file: nothing to say'

done_testing
