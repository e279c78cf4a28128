# SPDX-License-Identifier: GPL-3.0-or-later
#
# Our line goes into the users' files, the real program delivers, and the line is taken out again.
#
# A test gives the table `cases': name, kind of file that must be chosen, whose mailboxes get the mail (parted by
# commas; all that the first has is counted), and the case; and
#	give_files USER		the files as they are before, in $home
#	start_mail, queue_empty	as for scenarios.sh; it may replace deliver_all
#	after_put, after_first, after_second	more checks: with the line in, the first letters delivered, the second
# run_cases does the rest.  carol writes twice to everybody: while the line is in, and afterwards.

command -v wiring-driver >/dev/null || peers_skip "wiring-driver is not built: make unit"

files='.forward .procmailrc .mailfilter .qmail .dovecot.sieve'

each_case()
{
	while read -r who kind boxes what; do
		[ -z "$who" ] || "$1" "$who" "$kind" "$boxes" "$what"
	done <<-END
	$cases
	END
}

# as USER COMMAND...
as()
{
	user=$1
	shift
	setpriv --reuid "$user" --regid "$user" --clear-groups env -i HOME="/home/$user" PATH=/usr/bin:/bin "$@"
}

set_up_case()
{
	person "$1"
	home=/home/$1
	install -d -o "$1" -g "$1" -m 755 "$home"
	printf 'Subject: away: $SUBJECT\n\nThis is %s.\n' "$1" | put "$home/.vacation.msg" "$1"
	give_files "$1"
	cp -a "$home" "/tmp/before/$1"
}

# What the driver says of the plan.
said()
{
	sed -n "s/^$2: //p" "/tmp/said/$1"
}

put_in_case()
{
	as "$1" sh -c "umask 077; exec wiring-driver put $1 /usr/bin/backsoon" >"/tmp/said/$1" 2>&1
	ok $? "$4: the line is put in" || sed 's/^/# /' "/tmp/said/$1"
	is "$(said "$1" kind)" "$2" "$4: it is the right file"
	cp -a "/home/$1" "/tmp/wired/$1"
	as "$1" wiring-driver put "$1" /usr/bin/backsoon >"/tmp/said/$1" 2>&1
	is "$?/$(said "$1" wired)/$(said "$1" ours)" 0/1/1 "$4: a second time there is nothing to do"
	is "$(changes "/tmp/wired/$1" "/home/$1")" "" "$4: and nothing is changed"
}

# changes BEFORE AFTER: which of the files differ, in what they hold, whether they are links, and copies.
changes()
{
	for file in $files; do
		for name in "$file" "$file.backsoon-kept" "$file.backsoon-new"; do
			if [ "$(readlink "$1/$name")" != "$(readlink "$2/$name")" ]; then
				echo "$name: link"
			elif [ -e "$1/$name" ] || [ -e "$2/$name" ]; then
				cmp "$1/$name" "$2/$name" 2>&1
			fi
		done
	done
}

take_out_case()
{
	as "$1" wiring-driver take-out "$1" /usr/bin/backsoon >"/tmp/said/$1" 2>&1
	is "$?/$(said "$1" changed)" 0/1 "$4: the line is taken out" || sed 's/^/# /' "/tmp/said/$1"
	is "$(changes "/tmp/before/$1" "/home/$1")" "" "$4: the files are what they were, to the byte"
	as "$1" wiring-driver take-out "$1" /usr/bin/backsoon >"/tmp/said/$1" 2>&1
	is "$?/$(said "$1" changed)" 0/0 "$4: a second time there is nothing to do"
	is "$(changes "/tmp/before/$1" "/home/$1")" "" "$4: and nothing is changed"
}

write_case()
{
	message "$1" "$round" >"/tmp/letters/$1.$round"
	echo "carol@$domain $1@$domain /tmp/letters/$1.$round"
}

check_case()
{
	for box in $(echo "$3" | tr , ' '); do
		is "$(grep -c "^Message-I[Dd]: <$1\.$round@" "/var/mail/$box")" 1 "$4: letter $round arrives exactly once ($box)"
	done
	is "$(mails "/var/mail/${3%%,*}")" "$round" "$4: and nothing else with it"
	[ "${3%%,*}" = "$1" ] || is "$(mails "/var/mail/$1")" 0 "$4: nothing comes to the mailbox here"
	is "$(grep -c "^In-Reply-To: <$1\.$round@" /var/mail/carol)" $((2 - round)) "$4: replies to letter $round"
}

deliver_all()
{
	perl tests/peers/inject "$port"
}

# refuses USER WORD CASE: nothing is put in, the reason has WORD in it, and no file is changed.
refuses()
{
	cp -a "/home/$1" "/tmp/before/$1"
	as "$1" wiring-driver put "$1" /usr/bin/backsoon >"/tmp/said/$1" 2>&1
	is "$?" 1 "$3: refused"
	said "$1" refusal | grep -q "$2"
	ok $? "$3: it says why" || sed 's/^/# /' "/tmp/said/$1"
	is "$(changes "/tmp/before/$1" "/home/$1")" "" "$3: nothing is changed"
}

after_put()
{
	:
}

after_first()
{
	:
}

after_second()
{
	:
}

# A round of letters, and what has become of them.
deliver_round()
{
	round=$1
	each_case write_case >/tmp/envelopes
	deliver_all </tmp/envelopes
	ok $? "all letters are accepted, round $round" && wait_for 60 idle
	ok $? "everything is delivered and the queue is empty, round $round"
	each_case check_case
}

run_cases()
{
	mkdir -p /tmp/before /tmp/wired /tmp/said /tmp/letters
	for who in carol dora eva; do
		person "$who"
		install -d -o "$who" "/home/$who"
	done
	each_case set_up_case
	start_logging
	start_mail
	ok $? "the mail program starts"
	each_case put_in_case
	after_put
	deliver_round 1
	after_first
	each_case take_out_case
	deliver_round 2
	after_second
	is "$(mails /var/mail/carol)" "$(each_case echo | wc -l)" "carol has one reply of everybody, and no bounce"
	echo "1..$count"
	show_logs
}
