#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# backsoon check, test and status of a user of Postfix: what they say is true.

. "$(dirname "$0")/peers/world.sh"
world postfix
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

as_anna()	# COMMAND...
{
	runuser -u anna -- env -i HOME=/home/anna LC_ALL=C PATH="$PATH" "$@"
}

came()		# NUMBER: how many test replies anna has
{
	[ "$(grep -c '^X-Backsoon-Test: yes' /var/mail/anna)" -eq "$1" ]
}

give_recipe()
{
	recipe forward "$1" | put "$home/.forward" "$1"
}

people=anna
postfix_set_up
set_up_people
echo "alias = anna@$domain" | put /home/anna/.vacation.conf anna
start_logging
start_mail
ok $? "the mail program starts"

as_anna backsoon check >/tmp/out
is $? 0 "check: mail will be answered"
grep -q '^ok  *Sendmail .*: postfix ' /tmp/out
ok $? "check: nothing is against Postfix"
backsoon check --user anna >/tmp/out
is $? 0 "check: the same for root"
is "$(find /home/anna -newer /home/anna/.vacation.conf -name '.vacation.[gj]*')" "" "check writes nothing"

as_anna backsoon test "carol@$domain" >/tmp/out
is $? 0 "test: Postfix takes it"
wait_for 20 came 1
ok $? "test: it comes to anna"
wait_for 20 queue_empty
is "$(mails /var/mail/carol)" 0 "test: carol gets nothing"
grep -q '^Subject: \[Test\] away: ' /var/mail/anna
ok $? "test: the subject says that it is one"
grep -q "$null_sender" /var/mail/anna
ok $? "test: Postfix lets the null sender through"
grep -qE 'verdict=refused rule=(auto-submitted|own-address|null-sender)' /var/log/mail
ok $? "test: it came through .forward, and was not answered"

message anna 1 >/tmp/letter
echo "carol@$domain anna@$domain /tmp/letter" | perl tests/peers/inject "$port"
ok $? "a message is accepted"
answered() { [ "$(mails /var/mail/carol)" -eq 1 ]; }
wait_for 20 answered
ok $? "and answered"
as_anna backsoon status >/tmp/out
is $? 0 "status: on"
grep -q "^Answered  *.*  carol@$domain" /tmp/out
ok $? "status: who was answered last"

rm /home/anna/.forward
as_anna backsoon check >/tmp/out
grep -q 'Nothing in ~/.forward starts backsoon' /tmp/out
ok $? "check: without the line in .forward"
echo "1..$count"
show_logs
