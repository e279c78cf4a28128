#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Postfix gives a copy to a pipe(8) transport, whose users have no account;
# their files are in directories of the user backsoon.

. "$(dirname "$0")/peers/world.sh"
world postfix
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

# --home is the recipe's, not a dialect's.
not_here=vacation

# As nothing else is delivered with this copy, Postfix may try it again.
scenarios="$scenarios
waits		1 -	failure = soft, and the lock is free at a second attempt
"

home_of()
{
	echo "/var/lib/backsoon/$1"
}

# Where the library fails by the user who runs us, that is the person.
owner_of()
{
	case $1 in
	nolibrary|killed|stuck)	echo "$1" ;;
	*)			echo backsoon ;;
	esac
}

give_recipe()
{
	transport=autoreply.invalid
	case $1 in
	nolibrary|killed|stuck|missing)
		transport=$1.invalid
		recipe postfix-master.cf "$1" | sed -e "s/^backsoon/$1/" \
		    -e "s/user=backsoon/user=$(owner_of "$1")/" >>/etc/postfix/master.cf
		echo "$transport $1:$domain" >>/etc/postfix/transport
		echo "$1_destination_recipient_limit = 1" >>/etc/postfix/main.cf ;;
	esac
	if [ "$1" = waits ]; then
		echo 'failure = soft' | put "$home/.vacation.conf" "$1"
		put "$home/.vacation.gdbm.lock" "$1" </dev/null
		flock "$home/.vacation.gdbm.lock" sh -c 'until grep -q \
		    "orig_to=<waits@.*status=deferred" /var/log/mail
		do sleep 0.2; done 2>/dev/null' &
	fi
	echo "$1@$domain $1@$domain, $1@$transport" >>/etc/postfix/virtual
}

# Without the program the copy that is for us waits in the queue.
stays=1

system_user backsoon 950
postfix_set_up
recipe postfix-main.cf anna >>/etc/postfix/main.cf
recipe postfix-master.cf anna >>/etc/postfix/master.cf
echo "autoreply.invalid backsoon:$domain" >/etc/postfix/transport
run_scenarios
