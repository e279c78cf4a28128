#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The line in .forward where OpenSMTPD delivers: put in, delivered through, taken out (peers/wiring.sh).

. "$(dirname "$0")/peers/world.sh"
world opensmtpd
. tests/peers/scenarios.sh
. tests/peers/wiring.sh

cases='
none		forward		none		no .forward
self		forward		self		.forward with the login, no newline at its end
elsewhere	forward		eva		.forward to somebody else alone
mixed		forward		mixed,dora	.forward with a comment and two addresses
'

give_files()
{
	case $1 in
	none)		return ;;
	self)		printf 'self' ;;
	elsewhere)	printf 'eva@example.test\n' ;;
	mixed)		printf '# one, "two\nmixed, dora@example.test\n' ;;
	esac | put "$home/.forward" "$1"
}

opensmtpd_set_up()
{
	system_user opensmtpd 931
	system_user opensmtpq 932
	mkdir -p /var/spool/smtpd /var/lib/opensmtpd/empty
	chgrp opensmtpq /usr/sbin/smtpctl
	chmod 2755 /usr/sbin/smtpctl
	chmod 711 /var/spool/smtpd
	echo "$domain" >/etc/mailname
	cat >/etc/smtpd.conf <<-END
	queue compression
	listen on 127.0.0.1 port 25
	listen on socket
	action "local" mbox
	match from any for domain "$domain" action "local"
	match from any for any action "local"
	END
}

start_mail()
{
	smtpd >/tmp/smtpd.out 2>&1 || { sed 's/^/# /' /tmp/smtpd.out; return 1; }
	wait_for 10 listening
}

queue_empty()
{
	[ "$(smtpctl show queue | wc -l)" -eq "$stays" ]
}

opensmtpd_set_up
run_cases
