#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Postfix hands all mail to maildrop.  In some recipes the program has mailbot's name, as a
# .mailfilter that was written for mailbot has it.

. "$(dirname "$0")/peers/world.sh"
world postfix maildrop
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

# maildrop itself delivers nothing where the home is missing or another's.
not_here="nohome foreign"

scenarios="$scenarios
mailbot		1 answered		mailbot's name, options and program
mailbotlist	0 mailing-list		mailbot's name, and a message from a mailing list
mailbottwice	0 answered		mailbot's name, and a database in which carol is
"

# The line of mailbot(1), for another user.
mailbot_recipe()
{
	cat <<-END
	cc "| /usr/bin/mailbot -t away.txt -d answered -A 'From: $1@$domain' /usr/sbin/sendmail -f ''"
	END
	printf 'I am away, \nuntil Monday.\n' | put "$home/away.txt" "$1"
}

# As if mailbot itself had been here until now.
mailbot_database()
{
	message "$1" 0 | (cd "$home" && SENDER=carol@$domain /usr/bin/mailbot-itself -f -t away.txt -d answered cat) >/dev/null
	chown "$1:" "$home"/answered.*
}

give_recipe()
{
	case $1 in
	mailbot*)	mailbot_recipe "$1" | put "$home/.mailfilter" "$1" ;;
	*)		recipe mailfilter "$1" | put "$home/.mailfilter" "$1" ;;
	esac
	chmod 600 "$home/.mailfilter"
	[ "$1" != mailbottwice ] || mailbot_database "$1"
}

mv /usr/bin/mailbot /usr/bin/mailbot-itself
ln -s backsoon /usr/bin/mailbot

mailbox_command='/usr/bin/maildrop'
postfix_set_up
run_scenarios
