# SPDX-License-Identifier: GPL-3.0-or-later
#
# Postfix on the private machine.
#
# A test may set mailbox_command and alias_maps, and add to main.cf or master.cf
# before it calls run_scenarios.

postfix_set_up()
{
	system_user postfix 901
	system_user postdrop 902
	mkdir -p /etc/postfix /var/lib/postfix /var/spool/postfix
	chown postfix: /var/lib/postfix
	cp /usr/share/postfix/postfix-files /etc/postfix/ 2>/dev/null
	chgrp postdrop /usr/sbin/postdrop /usr/sbin/postqueue
	chmod 2755 /usr/sbin/postdrop /usr/sbin/postqueue
	cat >/etc/postfix/main.cf <<-END
	compatibility_level = 3.6
	daemon_directory = /usr/lib/postfix/sbin
	myhostname = mail.$domain
	mydomain = $domain
	myorigin = $domain
	mydestination = $domain, mail.$domain, localhost
	inet_interfaces = 127.0.0.1
	inet_protocols = ipv4
	mynetworks = 127.0.0.0/8
	disable_dns_lookups = yes
	smtpd_peername_lookup = no
	alias_maps = ${alias_maps:-}
	alias_database =
	biff = no
	mailbox_command = ${mailbox_command:-}
	notify_classes = 2bounce, resource, software
	queue_run_delay = 2s
	minimal_backoff_time = 2s
	maximal_backoff_time = 2s
	local_destination_concurrency_limit = 20
	END
	cat >/etc/postfix/master.cf <<-END
	smtp inet n - n - - smtpd
	pickup unix n - n 1 1 pickup
	cleanup unix n - n - 0 cleanup
	qmgr unix n - n 300 1 qmgr
	rewrite unix - - n - - trivial-rewrite
	bounce unix - - n - 0 bounce
	defer unix - - n - 0 bounce
	trace unix - - n - 0 bounce
	verify unix - - n - 1 verify
	flush unix n - n 1000 0 flush
	proxymap unix - - n - - proxymap
	showq unix n - n - - showq
	error unix - - n - - error
	retry unix - - n - - error
	local unix - n n - - local
	anvil unix - - n - 1 anvil
	END
}

start_mail()
{
	for map in virtual transport; do
		[ ! -f "/etc/postfix/$map" ] || postmap "/etc/postfix/$map"
	done
	postfix -c /etc/postfix start >/tmp/postfix.out 2>&1 ||
	    { cat /tmp/postfix.out; return 1; }
	wait_for 10 listening
}

queue_empty()
{
	[ "$(postqueue -j | wc -l)" -eq "$stays" ]
}
