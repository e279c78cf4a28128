#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Postfix hands all mail to Dovecot's LDA, whose Sieve scripts pipe a copy to
# a program of the administrator's choice (extprograms).

. "$(dirname "$0")/peers/world.sh"
world postfix dovecot-sieve
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

# Without a home there is no script.
not_here=nohome
other_logs=/var/log/dovecot

give_recipe()
{
	recipe dovecot.sieve "$1" | put "$home/.dovecot.sieve" "$1"
	case $1 in
	vacation)	sed -i 's/"backsoon"/"vacation" ["vacation"]/' "$home/.dovecot.sieve" ;;
	missing)	sed -i 's/"backsoon"/"not-installed"/' "$home/.dovecot.sieve" ;;
	esac
}

dovecot_set_up()
{
	system_user dovecot 911
	system_user dovenull 912
	install -m 666 /dev/null /var/log/dovecot
	mkdir -p /etc/dovecot /var/dovecot /usr/lib/dovecot/sieve-pipe
	chmod 1777 /var/dovecot
	ln -s /usr/bin/backsoon /usr/lib/dovecot/sieve-pipe/backsoon
	ln -s /usr/bin/vacation /usr/lib/dovecot/sieve-pipe/vacation
	{
		cat <<-END
		ssl = no
		log_path = /var/log/dovecot
		mail_location = mbox:/var/dovecot/%u:INBOX=/var/mail/%u
		mbox_write_locks = fcntl
		postmaster_address = postmaster@$domain
		END
		cat tests/peers/recipes/dovecot.conf
	} >/etc/dovecot/dovecot.conf
}

mailbox_command='/usr/lib/dovecot/dovecot-lda -f "$SENDER" -a "$RECIPIENT"'
dovecot_set_up
postfix_set_up
run_scenarios
