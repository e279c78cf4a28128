#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2154 # peers/*.sh set the rest
#
# backsoon on, as a user types it, where Postfix delivers: he is asked, his
# test message comes back, carol is answered, and with backsoon off no more.

. "$(dirname "$0")/peers/world.sh"
world postfix
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

tab=$(printf '\t')

as_anna()	# COMMAND...; with talk= on a terminal where it is typed at
{
	${talk:-} setpriv --reuid anna --regid anna --clear-groups env -i HOME=/home/anna PATH=/usr/bin:/bin TERM=dumb LC_ALL=C.UTF-8 \
	    TZ=UTC0 EDITOR=true "$@"
}

write_to_anna()	# NUMBER
{
	message anna "$1" >/tmp/letters/anna."$1"
	echo "carol@$domain anna@$domain /tmp/letters/anna.$1" | perl tests/peers/inject "$port" && wait_for 20 idle
}

come()	# HOW MANY letters with the number
{
	[ "$(grep -c "^Message-I[Dd]: <anna\.$1@" /var/mail/anna)" = 1 ]
}

postfix_set_up
mkdir -p /tmp/letters
for who in carol anna; do
	person "$who"
	install -d -o "$who" "/home/$who"
done
start_logging
start_mail
ok $? "Postfix starts"

cat >/tmp/lines <<-END
no end] ${tab}2099-01-03\\n
[now] ${tab}\\n
SUBJECT] ${tab}\\n
[none] ${tab}anna@$domain\\n
Turn it on? [Y/n] ${tab}\\n
works? [y/N] ${tab}y\\n
END
if command -v expect >/dev/null; then
	talk='tests/dialogue /tmp/lines' as_anna backsoon on >/tmp/screen 2>&1
	is $? 0 "on, on a terminal"
else
	as_anna backsoon on --until 2099-01-03 --alias anna@$domain --probe >/tmp/screen 2>&1
	is $? 0 "on"
fi
is "$(cat /home/anna/.forward)" '\anna, "|/usr/bin/backsoon || exit 0"' "the line is in .forward"
grep -q '^Proved: mail comes to backsoon, and replies can be sent\.' /tmp/screen
ok $? "the test message came, and sendmail took its reply" || sed 's/^/# /' /tmp/screen
wait_for 20 queue_empty
is "$(grep -c '^X-Backsoon-Probe: ' /var/mail/anna)" 2 "anna has the test message and its reply"
is "$(grep -c "$null_sender" /var/mail/anna)" 1 "the reply has the null sender"
is "$(mails /var/mail/carol)" 0 "and nobody else has anything"

write_to_anna 1 && come 1
ok $? "carol's letter is there once"
is "$(grep -c 'I am away until 3 January 2099' /var/mail/carol)" 1 "carol is answered"

as_anna backsoon off >/tmp/screen 2>&1
is $? 0 "off"
grep -q '^1 person was answered since ' /tmp/screen && grep -q " answered .*carol@$domain" /tmp/screen
ok $? "it says who was answered" || sed 's/^/# /' /tmp/screen
is "$(ls -A /home/anna | tr '\n' ' ')" ".vacation.conf .vacation.gdbm .vacation.gdbm.lock .vacation.journal .vacation.msg " ".forward is gone"
write_to_anna 2 && come 2
ok $? "carol's next letter is there once"
is "$(mails /var/mail/carol)" 1 "and is not answered"
as_anna backsoon on --until 2099-01-03 >/tmp/screen 2>&1
is $? 0 "on again"
write_to_anna 3 && wait_for 20 queue_empty
is "$(mails /var/mail/carol)" 2 "in a new absence carol is told again"

echo "1..$count"
show_logs
