#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The line in .qmail, run by peers/qmail-local (see 9190-qmail.t): put in, delivered through, taken out (peers/wiring.sh).

. "$(dirname "$0")/peers/world.sh"
world
. tests/peers/scenarios.sh
. tests/peers/wiring.sh

cases='
mailbox		qmail		mailbox		.qmail with a mailbox, no newline at its end
program		qmail		program		.qmail with a program before the mailbox
'

give_files()
{
	ln -s "/var/mail/$1" "$home/Mailbox"
	case $1 in
	mailbox)	printf '# mine\n./Mailbox' ;;
	program)	printf '|cat >/dev/null\n./Mailbox\n' ;;
	esac | put "$home/.qmail" "$1"
}

after_put()
{
	for who in nothing alone; do
		person $who
		install -d -o $who /home/$who
	done
	echo '|preline /usr/bin/procmail' | put /home/alone/.qmail alone
	refuses nothing "There is no" "no .qmail"
	refuses alone "names no mailbox" ".qmail with a program alone"
	is "$(tail -n 1 /home/mailbox/.qmail)" "|/usr/bin/backsoon || exit 0" "the line is the last"
}

# As 9190-qmail.t: qmail's sendmail takes no options that it does not know, and delivers to carol.
start_mail()
{
	mkdir -p /var/qmail/bin
	cat >/var/qmail/bin/sendmail <<-'END'
	#!/bin/sh
	shift $(($# - 1))
	[ "$*" = carol@example.test ] || exit 100
	exec flock /var/mail/carol sh -c 'echo "From <> now"; echo "Return-Path: <>"; cat; echo' >>/var/mail/carol
	END
	chmod 755 /var/qmail/bin/sendmail
	ln -sf /var/qmail/bin/sendmail /usr/sbin/sendmail
	chmod 666 /var/mail/carol
}

deliver_all()
{
	while read -r sender recipient file; do
		perl tests/peers/qmail-local "$sender" "${recipient%@*}" "$domain" "$file" || return
	done
}

queue_empty()
{
	true
}

run_cases
