# SPDX-License-Identifier: GPL-3.0-or-later
#
# The people of the private machine, one for each thing that may happen, and
# what must have become of their mail.
#
# carol writes to everybody, all at once.  Afterwards each one's own mail must
# be there exactly once, the replies that carol has must be those of the table
# below, and nobody else has any mail: no bounce, no notice to the postmaster.
#
# A test of a mail program supplies
#	give_recipe USER	puts the program's recipe into USER's $home
#	start_mail		starts it, ready to take SMTP at $port
#	queue_empty		status 0 when it has nothing left to deliver but
#				the $stays messages that are known to stay
#	not_here		scenarios that make no sense with it
#	null_sender		how a mailbox shows it, if not by Return-Path
# and may replace scenarios, send_letters, address_of, home_of, owner_of
# (where the program looks for USER's files, and whose they are) and
# check_more (what else must be so).  Then it calls run_scenarios.
# In the environment, PEERS_ONLY (names) leaves out all other scenarios, and
# PEERS_SHOW=1 shows logs and mailboxes also when nothing failed.

domain=example.test
port=25
last_uid=2000
not_here=
other_logs=
stays=0
null_sender='^Return-Path: <>'

# name, replies that carol gets, verdict or rule in the log, the case
scenarios='
answered	1 answered		a person writes
vacation	1 answered		the program is called by the name vacation
again		1 answered		a person writes twice
bylist		0 mailing-list		a message from a mailing list
nullsend	0 null-sender		a message with the null sender
nomessage	0 no-message-file	no message file
badtable	0 table-unreadable	unreadable table
fulldisk	0 table-full		full disk
locked		0 table-busy		the lock is not had in time
nosendmail	0 sendmail-missing	sendmail is missing
defers		0 sendmail-unknown	sendmail exits 75
refuses		0 sendmail-refused	sendmail exits 1
hangs		0 sendmail-unknown	sendmail hangs
closes		0 sendmail-unknown	sendmail closes its input
badline		0 settings		bad line in the settings
nolibrary	0 library		libmailutils cannot be loaded
killed		0 unreadable		the composer is killed
stuck		0 unreadable		the composer hangs
nohome		0 home-missing		the home directory is missing
foreign		0 home-foreign		the home directory is of somebody else
missing		0 -			the program itself is missing
'

count=0
failed=

# ok STATUS NAME
ok()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=1
	fi
	return "$1"
}

# is GOT WANT NAME
is()
{
	[ "$1" = "$2" ]
	ok $? "$3" || echo "# got $1, want $2"
}

# wait_for SECONDS COMMAND...: status 0 as soon as COMMAND succeeds.
wait_for()
{
	tenths=$(($1 * 10))
	shift
	until "$@"; do
		tenths=$((tenths - 1))
		[ "$tenths" -gt 0 ] || return 1
		sleep 0.1
	done
}

# system_user NAME UID: an account for a service.
system_user()
{
	sed -i "/^$1:/d" /etc/passwd /etc/group
	echo "$1:x:$2:$2::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
	echo "$1:x:$2:" >>/etc/group
}

# person NAME: an account with a home and an empty mailbox.
person()
{
	last_uid=$((last_uid + 1))
	echo "$1:x:$last_uid:$last_uid:Anna $1,room 7:/home/$1:/bin/sh" >>/etc/passwd
	echo "$1:x:$last_uid:" >>/etc/group
	install -o "$1" -g mail -m 600 /dev/null "/var/mail/$1"
}

# address_of NAME: where carol's letters to NAME go.
address_of()
{
	echo "$1@$domain"
}

home_of()
{
	echo "/home/$1"
}

owner_of()
{
	echo "$1"
}

# recipe NAME USER: the snippet that README quotes, for another user than anna.
# All run with the simplest one, so that every status of ours is seen; only
# where the program is missing, with the one that has a guard against that.
recipe()
{
	file=tests/peers/recipes/$1
	change=
	case $2 in
	vacation)	change='s|/usr/bin/backsoon|/usr/bin/vacation vacation|' ;;
	missing)	change='s|/usr/bin/backsoon|/usr/bin/not-installed|'
			[ ! -f "$file-guarded" ] || file=$file-guarded ;;
	esac
	sed -e "s/anna/$2/g" -e "$change" "$file"
}

# put FILE USER: standard input becomes the user's file.
put()
{
	cat >"$1"
	chown "$(owner_of "$2"):" "$1"
}

# message NAME NUMBER [HEADER]: one that carol writes.  Its encoded word, which
# the reply shows, takes libmailutils to decode.
message()
{
	cat <<-END
	From: Carol Sender <carol@$domain>
	To: $(address_of "$1")
	Subject: =?KOI8-R?B?7sHTy8/M2MvP?= $1
	Date: Thu, 01 Jan 2026 12:00:00 +0000
	Message-ID: <$1.$2@$domain>
	${3:-MIME-Version: 1.0}

	Are you there?
	END
}

# break_things USER: what is wrong with USER's set-up.
break_things()
{
	home=$(home_of "$1")
	sendmail=/usr/local/bin/sendmail-$1
	case $1 in
	nomessage)	rm "$home/.vacation.msg" ;;
	badtable)	echo secret | put "$home/.vacation.gdbm" "$1"
			chmod 0 "$home/.vacation.gdbm" ;;
	fulldisk)	cat /dev/zero >"$home/ballast" 2>/dev/null ;;
	locked)		put "$home/.vacation.gdbm.lock" "$1" </dev/null
			flock "$home/.vacation.gdbm.lock" sleep 1000 & ;;
	nosendmail)	use_sendmail "$1" ;;
	defers)		fake_sendmail "$1" 'cat >/dev/null; exit 75' ;;
	refuses)	fake_sendmail "$1" 'cat >/dev/null; exit 1' ;;
	hangs)		fake_sendmail "$1" 'exec sleep 1000' ;;
	closes)		fake_sendmail "$1" 'exec <&-; exec sleep 1' ;;
	badline)	echo 'no such setting = 1' | put "$home/.vacation.conf" "$1" ;;
	esac
}

use_sendmail()
{
	echo "sendmail = $sendmail" | put "$home/.vacation.conf" "$1"
}

# fake_sendmail USER COMMAND
fake_sendmail()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$sendmail"
	chmod 755 "$sendmail"
	use_sendmail "$1"
}

# uid_of NAME: also the number of the group; nobody's where NAME was not asked.
uid_of()
{
	id -u "$1" 2>/dev/null || echo 65534
}

# break_library: libmailutils becomes a file that nolibrary's group may not
# read, and that kills or stops the process that loads it for two others.
break_library()
{
	for library in /usr/lib/*/libmailutils.so.9; do
		directory=$(dirname "$library")
		real=$(readlink -f "$library")
		gone=$directory/libmailutils-real.so.9
		cc -shared -Wl,-soname,libmailutils-real.so.9 -o "$gone" -x c /dev/null
		rm "$library"
		cc -shared -fPIC -o "$library" \
		    -DKILLED="$(uid_of killed)" -DSTUCK="$(uid_of stuck)" \
		    tests/peers/mailutils.c -Wl,--no-as-needed "$gone"
		ln -sf "$real" "$gone"
		chgrp "$(uid_of nolibrary)" "$library"
		chmod 705 "$library"
	done
}

# give_home USER: the files of somebody who is away.
give_home()
{
	home=$(home_of "$1")
	mkdir -p "$home"
	[ "$1" != fulldisk ] || mount -t tmpfs -o size=64k peers "$home"
	chown "$(owner_of "$1"):" "$home"
	chmod 755 "$home"
	printf 'Subject: away: $SUBJECT\n\nThis is %s.\n' "$1" |
	    put "$home/.vacation.msg" "$1"
	give_recipe "$1"
}

# take_home USER: last, when everything is in place.
take_home()
{
	case $1 in
	nohome)		rm -rf "$(home_of nohome)" ;;
	foreign)	chown root: "$(home_of foreign)" ;;
	esac
}

# letters: the lines for inject, and the messages in /tmp/letters.
letters()
{
	mkdir -p /tmp/letters
	for who in $people; do
		header= sender=carol@$domain numbers=1
		case $who in
		bylist | mailbotlist) header='List-Id: <dogs.example.org>' ;;
		nullsend)	sender='<>' ;;
		again)		numbers='1 2' ;;
		esac
		for number in $numbers; do
			message "$who" "$number" "$header" >"/tmp/letters/$who.$number"
			echo "$sender $(address_of "$who") /tmp/letters/$who.$number"
		done
	done
}

send_letters()
{
	letters | perl tests/peers/inject "$port"
}

# listening: something answers at $port.
listening()
{
	perl -MIO::Socket::INET -e \
	    'exit !IO::Socket::INET->new("127.0.0.1:$ARGV[0]")' "$port"
}

# mails FILE: how many are in a mailbox.
mails()
{
	grep -c '^From ' "$1" 2>/dev/null
}

# arrived: how many different letters have come to a mailbox.
arrived()
{
	grep -h '^Message-I[Dd]: <[a-z]*\.[12]@' /var/mail/* | sort -u | wc -l
}

# idle: all letters are there, and nothing is on its way any more.
idle()
{
	[ "$(arrived)" -eq "$(ls /tmp/letters | wc -l)" ] && queue_empty &&
	    ! pgrep -x backsoon >/dev/null && ! pgrep -x vacation >/dev/null && ! pgrep -x mailbot >/dev/null &&
	    sleep 0.3 && queue_empty
}

# logged NAME VERDICT: how many lines with it there are about NAME's letters.
logged()
{
	grep -E '^<[0-9]+>(.* )?backsoon(:|\[)' /var/log/mail |
	    grep "<$1\.[12]@$domain>" | grep -cE "(verdict|rule)=$2( |:|\$)"
}

# check_person NAME REPLIES VERDICT CASE
check_person()
{
	letters=$(ls /tmp/letters | grep -c "^$1\.")
	is "$(grep -c "^Message-I[Dd]: <$1\." "/var/mail/$1")" "$letters" \
	    "$4: own mail arrives exactly once"
	is "$(mails "/var/mail/$1")" "$letters" "$4: and nothing else with it"
	is "$(grep -c "^In-Reply-To: <$1\." /var/mail/carol)" "$2" \
	    "$4: replies that arrive"
	is "$(grep "^From: " /var/mail/carol |
	    grep -ciE "[ <]$(address_of "$1" | sed 's/+/[+]/')>?\$")" "$2" \
	    "$4: from the address that was written to"
	all_replies=$((all_replies + $2))
	[ "$3" = - ] || {
		is "$(logged "$1" '[a-z-]+')" "$letters" "$4: one line in the log"
		is "$(logged "$1" "$3")" "$letters" "$4: which says $3"
	}
}

show_logs()
{
	[ -n "$failed$PEERS_SHOW" ] || return 0
	for file in /var/log/mail $other_logs /var/mail/*; do
		[ ! -s "$file" ] || sed "s|^|# $(basename "$file"): |" "$file"
	done
}

# asked: the names of the scenarios to run.
asked()
{
	echo "$scenarios" | while read -r who rest; do
		case " $not_here " in
		*" $who "*) continue ;;
		esac
		case " ${PEERS_ONLY:-$who} " in
		*" $who "*) echo "$who" ;;
		esac
	done | xargs
}

set_up_people()
{
	person carol
	install -d -o carol /home/carol
	for who in $people; do
		person "$who"
	done
	for who in $people; do
		give_home "$who"
		break_things "$who"
		take_home "$who"
	done
	case " $people " in
	*" nolibrary "*|*" killed "*|*" stuck "*) break_library ;;
	esac
}

start_logging()
{
	touch /var/log/mail
	perl tests/peers/logsink /var/log/mail &
	wait_for 5 test -S /dev/log
}

check_everybody()
{
	all_replies=0
	while read -r who replies verdict what; do
		case " $people " in
		*" $who "*) check_person "$who" "$replies" "$verdict" "$what" ;;
		esac
	done <<-END
	$scenarios
	END
	is "$(mails /var/mail/carol)" "$all_replies" "carol has no bounce"
	is "$(grep -ci "$null_sender" /var/mail/carol)" "$all_replies" \
	    "all replies have the null sender"
	is "$(grep -c '^Auto-Submitted: auto-replied' /var/mail/carol)" \
	    "$all_replies" "all replies say that they are automatic"
	is "$(cat /var/mail/root /var/mail/postmaster 2>/dev/null | wc -l)" 0 \
	    "no notice to the postmaster"
}

check_more()
{
	:
}

run_scenarios()
{
	people=$(asked)
	set_up_people
	start_logging
	start_mail
	ok $? "the mail program starts" &&
	    send_letters
	ok $? "all messages are accepted" &&
	    wait_for 60 idle
	ok $? "everything is delivered and the queue is empty"
	check_everybody
	check_more
	echo "1..$count"
	show_logs
}
