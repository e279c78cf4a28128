#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# OpenSMTPD delivers to real users through their ~/.forward.

. "$(dirname "$0")/peers/world.sh"
world opensmtpd
. tests/peers/scenarios.sh

# Without a home there is no .forward.
not_here=nohome
null_sender='^From MAILER-DAEMON '

give_recipe()
{
	recipe forward-opensmtpd "$1" | put "$home/.forward" "$1"
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
run_scenarios
