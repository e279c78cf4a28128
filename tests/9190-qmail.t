#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A user's ~/.qmail, run by a script that keeps to the documented contract of
# qmail-local: Debian has no qmail.  A sendmail like qmail's, which takes no
# options that it does not know, delivers to carol.

. "$(dirname "$0")/peers/world.sh"
world
. tests/peers/scenarios.sh

# Without a home there is no .qmail.
not_here=nohome
other_logs=/tmp/qmail-local

give_recipe()
{
	recipe qmail "$1" | put "$home/.qmail" "$1"
	ln -sf "/var/mail/$1" "$home/Mailbox"
	[ -s "$home/.vacation.conf" ] ||
	    echo "sendmail-kind = qmail" | put "$home/.vacation.conf" "$1"
}

start_mail()
{
	mkdir -p /var/qmail
	cat >/usr/sbin/sendmail <<-'END'
	#!/bin/sh
	while getopts :if: option; do
		case $option in
		f)	sender=$OPTARG ;;
		i)	;;
		*)	exit 100 ;;
		esac
	done
	shift $((OPTIND - 1))
	[ "$*" = carol@example.test ] && [ "$sender" = "<>" -o -z "$sender" ] || exit 100
	exec flock /var/mail/carol sh -c 'echo "From <> now"; echo "Return-Path: <>"; cat; echo' >>/var/mail/carol
	END
	chmod 755 /usr/sbin/sendmail
	chmod 666 /var/mail/carol
}

# Again after 111 as qmail does, though sooner; 100 is a bounce.
deliver()
{
	for try in 1 2 3; do
		perl tests/peers/qmail-local "$1" "${2%@*}" "$domain" "$3" \
		    >>/tmp/qmail-local 2>&1
		status=$?
		[ $status = 111 ] || break
	done
	[ $status = 0 ] || echo "From bounce of $2: $status" >>/var/mail/carol
}

# To several users at once, but one user's letters one after the other.
send_letters()
{
	letters >/tmp/jobs
	deliveries=
	while read -r sender recipient file; do
		[ "$sender" != "<>" ] || sender=
		deliver "$sender" "$recipient" "$file" &
		case $file in
		*/again.*)	wait $! ;;
		*)		deliveries="$deliveries $!" ;;
		esac
	done </tmp/jobs
	wait $deliveries
}

queue_empty()
{
	true
}

run_scenarios
