#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The line in .forward, .procmailrc, .mailfilter and a Sieve script, where Postfix delivers: put in, delivered
# through, taken out (peers/wiring.sh).

. "$(dirname "$0")/peers/world.sh"
world postfix procmail maildrop dovecot-sieve
. tests/peers/scenarios.sh
. tests/peers/postfix.sh
. tests/peers/wiring.sh

other_logs=/var/log/dovecot
cases='
none		forward		none		no .forward
self		forward		self		.forward with the login, no newline at its end
address		forward		address		.forward with the own address
elsewhere	forward		eva		.forward to somebody else alone
piped		forward		piped		.forward with a pipe to procmail
replaced	forward		replaced	.forward with a pipe to vacation
mixed		forward		mixed,dora	.forward with comments, a file and an include
procmail	procmail	procmail	.procmailrc with a SHELL and a PATH of no use
maildrop	maildrop	maildrop	.mailfilter
sieve		sieve		sieve		a Sieve script behind a link
'

give_files()
{
	case $1 in
	self)		printf '\\self' ;;
	address)	printf 'address@example.test  \n' ;;
	elsewhere)	printf 'eva@example.test\n' ;;
	piped)		printf '"|IFS='"' '"' && exec /usr/bin/procmail -f- || exit 75 #piped"\n' ;;
	replaced)	printf '\\replaced, "|/usr/local/bin/vacation -a me@example.net replaced"\n' ;;
	mixed)		echo dora@example.test | put "$home/others" mixed
			printf '# one, "two\n\\mixed (that is me, too),\n\n  "/home/mixed/my copy" ,\n:include:/home/mixed/others' ;;
	procmail)	printf 'SHELL=/bin/false\nPATH=/nonexistent\nLOGFILE=$HOME/log\n\n:0\n* ^Subject: never\n/dev/null\n' |
			    put "$home/.procmailrc" procmail ;;
	maildrop)	printf 'logfile "/home/maildrop/log"\nif (/^Subject: never/)\n{\n\texit\n}' |
			    put "$home/.mailfilter" maildrop
			chmod 600 "$home/.mailfilter" ;;
	sieve)		install -d -o sieve "$home/sieve"
			printf 'require ["fileinto"]; # mine\n/* require */\nif header :is "subject" "never" { discard; }\n' |
			    put "$home/sieve/main.sieve" sieve
			ln -s sieve/main.sieve "$home/.dovecot.sieve" ;;
	esac | {
		case $1 in
		none|procmail|maildrop|sieve)	;;
		*)	put "$home/.forward" "$1" ;;
		esac
	}
}

# What is seen of a mode is what a umask of 077 has not changed.
after_put()
{
	is "$(stat -c %a /home/none/.forward)" 644 ".forward may be read by the mail server"
	is "$(stat -c %a /home/maildrop/.mailfilter)" 600 ".mailfilter may be read by nobody else"
	is "$(stat -c %a /home/self/.forward.backsoon-kept)" 600 "nor may the kept copy"
	is "$(cat /home/none/.forward)" '\none, "|/usr/bin/backsoon || exit 0"' "a new .forward"
	is "$(readlink /home/sieve/.dovecot.sieve)" sieve/main.sieve "the link stays a link"
	cp /etc/postfix/main.cf /tmp/main.cf.old
	sed 's/^mydomain.*/allow_mail_to_commands = alias/' /etc/postfix/main.cf >/tmp/main.cf
	mount --bind /tmp/main.cf /etc/postfix/main.cf
	person later
	install -d -o later /home/later
	refuses later allow_mail_to_commands "Postfix that starts no programs"
	sed 's/^mydestination.*/mydestination =/' /tmp/main.cf.old >/tmp/main.cf
	refuses later mydestination "Postfix without local users"
	umount /etc/postfix/main.cf
}

after_first()
{
	! [ -e /tmp/vacation-ran ]
	ok $? "the vacation that was replaced did not run"
}

after_second()
{
	[ -e /tmp/vacation-ran ]
	ok $? "and runs again when its line is back"
}

dovecot_set_up()
{
	system_user dovecot 911
	system_user dovenull 912
	install -m 666 /dev/null /var/log/dovecot
	mkdir -p /etc/dovecot /var/dovecot /usr/lib/dovecot/sieve-pipe
	chmod 1777 /var/dovecot
	ln -s /usr/bin/backsoon /usr/lib/dovecot/sieve-pipe/backsoon
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

mkdir -p /usr/local/bin
printf '#!/bin/sh\ncat >/dev/null\n: >/tmp/vacation-ran\n' >/usr/local/bin/vacation
chmod 755 /usr/local/bin/vacation
dovecot_set_up
postfix_set_up
cat >/etc/postfix/commands <<-'END'
procmail /usr/bin/procmail
maildrop /usr/bin/maildrop
sieve /usr/lib/dovecot/dovecot-lda -f "$SENDER" -a "$RECIPIENT"
END
echo 'mailbox_command_maps = texthash:/etc/postfix/commands' >>/etc/postfix/main.cf
run_cases
