# SPDX-License-Identifier: GPL-3.0-or-later
#
# Exim on the private machine.

# exim_set_up ROUTER TRANSPORT: with these two recipes.
exim_set_up()
{
	system_user Debian-exim 921
	system_user mailnobody 922
	mkdir -p /etc/exim4 /var/spool/exim4 /var/log/exim4
	chown -R Debian-exim: /var/spool/exim4 /var/log/exim4
	other_logs='/var/log/exim4/mainlog /var/log/exim4/paniclog'
	cat >/etc/exim4/exim4.conf <<-END
	primary_hostname = mail.$domain
	qualify_domain = $domain
	domainlist local_domains = $domain : mail.$domain
	local_interfaces = 127.0.0.1
	disable_ipv6
	host_lookup =
	rfc1413_hosts =
	smtp_accept_queue_per_connection = 0
	acl_smtp_rcpt = accept
	acl_smtp_data = accept
	never_users =
	trusted_users = Debian-exim
	begin routers
	$(cat "tests/peers/recipes/$1")
	mailbox:
	  driver = accept
	  check_local_user
	  domains = +local_domains
	  transport = mailbox
	root:
	  driver = redirect
	  data = root@$domain
	begin transports
	$(cat "tests/peers/recipes/$2")
	address_file:
	  driver = appendfile
	mailbox:
	  driver = appendfile
	  file = /var/mail/\$local_part_data
	  group = mail
	  mode = 0660
	  mode_fail_narrower = false
	  envelope_to_add
	  return_path_add
	begin retry
	* * F,1h,2s
	END
}

start_mail()
{
	exim4 -bd -q1s || return 1
	wait_for 10 listening
}

queue_empty()
{
	[ "$(exim4 -bpc)" -eq "$stays" ]
}
