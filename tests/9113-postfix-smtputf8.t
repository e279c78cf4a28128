#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Senders whose addresses are not ASCII, with Postfix, which takes them (RFC
# 6531), and with a sendmail program of which that is not known.

. "$(dirname "$0")/peers/world.sh"
world postfix
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

scenarios='
utflocal	1 answered		a sender with a UTF-8 local part
utfother	1 answered		the same on another host that takes SMTPUTF8
utfold		0 answered		the same on a host that does not
utfdomain	1 answered		a sender in a domain with letters beyond ASCII
utfalias	1 answered		both have UTF-8 addresses
utfunknown	0 unsendable		a sendmail program that is not known to take it
utfexim		0 unsendable		one that is known not to
idnunknown	1 answered		such a domain needs no SMTPUTF8
'

sender_of()
{
	case $1 in
	utfother)	echo jürgen@other.test ;;
	utfold)		echo jürgen@old.test ;;
	utfdomain | idnunknown) echo carol@bücher.test ;;
	*)		echo jürgen@$domain ;;
	esac
}

address_of()
{
	case $1 in
	utfalias)	echo "büro@$domain" ;;
	*)		echo "$1@$domain" ;;
	esac
}

# To the aliases that she asked for, Anna says yes.
give_recipe()
{
	recipe forward "$1" | put "$home/.forward" "$1"
	case $1 in
	utfalias)	echo "alias = $(address_of "$1")" ;;
	utfexim)	echo 'sendmail-kind = exim' ;;
	*unknown)	echo "sendmail = $wrapper" ;;
	esac | put "$home/.vacation.conf" "$1"
}

# Message by message, from the sender that its header names.
send_letters()
{
	mkdir -p /tmp/letters
	for who in $people; do
		message "$who" 1 | sed "s/^From: .*/From: Jürgen <$(sender_of "$who")>/" >"/tmp/letters/$who.1"
		echo "$(sender_of "$who") $(address_of "$who") /tmp/letters/$who.1"
	done | perl tests/peers/inject "$port"
}

reply_to()	# WHO FIELD: a field of the reply to WHO's letter
{
	awk -v id="$1.1@" -v field="$2: " '
	/^From / { value = "" }
	index($0, field) == 1 && value == "" { value = substr($0, length(field) + 1) }
	index($0, "In-Reply-To: <" id) == 1 { seen = 1 }
	/^$/ { if (seen) print value; seen = 0 }' /var/mail/carol
}

wrapper=/usr/local/bin/wrapped-sendmail
printf '#!/bin/sh\nexec /usr/sbin/sendmail "$@"\n' >$wrapper
chmod 755 $wrapper

alias_maps='inline:{ jürgen=carol, büro=utfalias }'
postfix_set_up
sed -i "s/^mydestination = .*/&, bücher.test, xn--bcher-kva.test/" /etc/postfix/main.cf
# Two more hosts: this one at other ports.  SMTP takes the replies there.
cat >>/etc/postfix/main.cf <<-END
	transport_maps = inline:{ other.test=smtp:[127.0.0.1]:2525, old.test=smtp:[127.0.0.1]:2526 }
	END
cat >>/etc/postfix/master.cf <<-END
	smtp unix - - n - - smtp
	2525 inet n - n - - smtpd
	  -o myhostname=mail.other.test -o cleanup_service_name=elsewhere
	2526 inet n - n - - smtpd
	  -o myhostname=mail.old.test -o cleanup_service_name=elsewhere -o smtpd_discard_ehlo_keywords=smtputf8
	elsewhere unix n - n - 0 cleanup
	  -o virtual_alias_maps=inline:{{jürgen@other.test=carol@$domain}}
	END

# What run_scenarios does not look at: for whom the reply is, and how it went.
check_more()
{
	is "$(reply_to utflocal To)" "jürgen@$domain" "the address stands in the reply as it was"
	is "$(reply_to utfalias From)" "Anna utfalias <büro@$domain>" "so does the one that was written to"
	is "$(reply_to utfdomain To)" "carol@xn--bcher-kva.test" "a domain goes in its ASCII form"
	is "$(grep -c 'by mail.other.test .* with UTF8SMTP' /var/mail/carol)" 1 "SMTPUTF8 was asked for"
	is "$(grep -c "to=<jürgen@old.test>.* status=bounced .*SMTPUTF8" /var/log/mail)" 1 "a host that does not offer it does not get the reply"
}

run_scenarios
