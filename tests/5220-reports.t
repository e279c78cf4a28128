#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Delivery status notifications, feedback reports and forwards as others read
# them: Python's email package, and maildrop's reformime where it is.

# shellcheck source=tests/lib.sh
. tests/lib.sh

mailbot=$dir/bin/mailbot
ln -s backsoon "$mailbot"
echo 'I am away.' >"$HOME/text"

cat >"$dir/read.py" <<'END'
# Structure of a message, a part a line; the fields of a part for programs; what is wrong by the RFCs.
import email, email.policy, re, sys

data = open(sys.argv[1], "rb").read()
msg = email.message_from_bytes(data, policy=email.policy.default)

def wrong(text):
    print("wrong:", text)

def walk(part, depth):
    print("%s%s" % ("  " * depth, part.get_content_type()))
    for defect in part.defects:
        wrong(repr(defect))
    kind = part.get_content_type()
    if kind in ("message/delivery-status", "message/feedback-report"):
        payload = part.get_payload()
        blocks = payload if isinstance(payload, list) else [email.message_from_string(payload)]
        for block in blocks:
            for name, value in block.items():
                print("%s- %s: %s" % ("  " * depth, name, value))
        return
    if kind == "message/rfc822" and part["Content-Transfer-Encoding"] not in (None, "7bit", "8bit"):
        wrong("RFC 2046 5.2.1")
    if part.is_multipart():
        for sub in part.get_payload():
            walk(sub, depth + 1)

if any(b > 127 for b in data):
    wrong("8-bit bytes")
if any(len(line) > 998 for line in data.split(b"\n")):
    wrong("a line is too long")
if msg.get_content_type() == "multipart/report":
    kinds = [p.get_content_type() for p in msg.get_payload()]
    if not 2 <= len(kinds) <= 3:
        wrong("RFC 6522 3: parts")
    if kinds[1] != "message/" + msg["Content-Type"].params["report-type"]:
        wrong("RFC 6522 3: report-type")
walk(msg, 0)
END

# A file without blank lines at its end: length and SHA-1, as the parsers write them.
sum()
{
	printf '%s' "$(cat "$1")" >"$dir/summed"
	echo "$(wc -c <"$dir/summed" | tr -d ' ') $(sha1sum "$dir/summed" | cut -d ' ' -f 1)"
}

# The reply to $mail as `python' reads it, and the types that reformime finds.
shown()		# OPTION...
{
	run "$mailbot" --now "$now" --sendmail "$dir/sendmail" -t text -N -A 'From: bob@example.org' -A 'To: boss@example.org' -n "$@" <"$mail"
	printf '%s\n' "$out" >"$dir/reply"
	seen=$(python3 "$dir/read.py" "$dir/reply")
}

types()		# of the parts, in order, as the other parser has them
{
	reformime -i <"$dir/reply" | sed -n 's/^content-type: //p' | tr '\n' ' ' | sed 's/ $//'
}

is_form()	# STRUCTURE NAME OPTION...
{
	want=$1 name=$2
	shift 2
	shown "$@"
	is "$(printf '%s\n' "$seen" | grep -v -e '- ' | sed 's/^ *//' | tr '\n' ' ' | sed 's/ $//')" "$want" "$name"
	if command -v reformime >/dev/null; then
		is "$(types | sed 's, message/\(rfc822\|global-headers\) .*, message/\1,')" "$(echo "$want" | sed 's, message/\(rfc822\|global-headers\) .*, message/\1,')" "$name: reformime"
	else
		skip "$name: reformime" "maildrop is not installed"
	fi
	same_parts "$dir/reply" "$name"
}

message plain
is_form "multipart/report text/plain message/delivery-status text/rfc822-headers" "a delivery status notification" -T replydsn
is "$(printf '%s\n' "$seen" | sed -n 's/^ *- //p' | grep -v Arrival)" "Reporting-MTA: dns; example.org
Final-Recipient: rfc822; bob@example.org
Action: delivered
Status: 2.0.0" "its fields"
is_form "multipart/report text/plain message/delivery-status message/rfc822 text/plain" "with the whole message" -T replydsn -a
like "$parts" "^1 message/rfc822 .* $(sum "$mail")\$" "which is there to the byte"
sed '/^$/,$d' "$mail" >"$dir/header"
is_form "multipart/report text/plain message/delivery-status text/rfc822-headers" "-M" -M carol@example.net
like "$seen" 'Final-Recipient: rfc822; carol@example\.net$' "-M: about whom"
is_form "multipart/report text/plain message/feedback-report text/rfc822-headers" "a feedback report" -T feedback -R abuse \
    --feedback-source-ip 2001:db8::1 --feedback-original-rcpt-to bob@example.org --feedback-original-rcpt-to c@example.org
is "$(printf '%s\n' "$seen" | sed -n 's/^ *- //p' | grep -v -e Arrival -e Agent)" "Feedback-Type: abuse
Version: 1
Source-IP: IPv6:2001:db8::1
Original-Rcpt-To: <bob@example.org>
Original-Rcpt-To: <c@example.org>" "its fields"
like "$parts" "^1 text/rfc822-headers .* $(sum "$dir/header")\$" "the message's header is there to the byte"
is "$(sed -n '/^$/q; s/^Subject: //p' "$dir/reply")" "Lunch on Friday?" "its subject is the message's"
is_form "multipart/report text/plain message/feedback-report message/rfc822 text/plain" "one to the sender" -T replyfeedback -R virus -a
is_form "multipart/mixed text/plain message/rfc822 text/plain" "a forward, attached" -T forwardatt
like "$parts" "^1 message/rfc822 .* $(sum "$mail")\$" "to the byte"
is_form "text/plain" "a forward as text" -T forward
like "$(cat "$dir/reply")" '^--- Forwarded message ---$' "its marker"
like "$(cat "$dir/reply")" '^shall we have lunch on Friday\?$' "and the message's text"

# What a stranger may send.
message plain 'Content-Type: text/plain; charset=iso-8859-1' 'Content-Transfer-Encoding: 8bit'
printf 'Gr\374\337e\r\n%01200d\n' 0 >>"$mail"
is_form "multipart/report text/plain message/delivery-status message/rfc822 text/plain" "an 8-bit message with a long line" -T replydsn -a
message plain 'Subject: Gr\303\274n'
is_form "multipart/report text/plain message/delivery-status message/global-headers text/plain" "a header in UTF-8" -T replydsn
message plain 'Subject: Gr\374n'
is_form "multipart/report text/plain message/delivery-status text/rfc822-headers" "a header in Latin-1" -T replydsn
message plain 'Content-Type: multipart/mixed; boundary="=_0"'
printf '%s\n' '--=_0' 'Content-Type: text/plain' '' 'one' '--=_0--' >>"$mail"
is_form "multipart/report text/plain message/delivery-status message/rfc822 multipart/mixed text/plain" "a multipart" -T replydsn -a

# As a setting of everybody's.
printf 'form = dsn\nalias = bob@example.org\n' >"$HOME/.vacation.conf"
message plain
deliver
is "$rule" answer "form = dsn"
cp "$dir/sent.1.mail" "$dir/reply"
is "$(python3 "$dir/read.py" "$dir/reply" | grep -v -e '- ' | tr -d ' ' | tr '\n' ' ')" \
    "multipart/report text/plain message/delivery-status text/rfc822-headers " "a delivery status notification"

done_testing
