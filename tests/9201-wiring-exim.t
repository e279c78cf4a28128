#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The line in .forward where Exim delivers: put in, delivered through, taken out (peers/wiring.sh).

. "$(dirname "$0")/peers/world.sh"
world exim4-daemon-light
. tests/peers/scenarios.sh
. tests/peers/exim.sh
. tests/peers/wiring.sh

cases='
none		forward		none		no .forward
self		forward		self		.forward with the login, no newline at its end
elsewhere	forward		eva		.forward to somebody else alone
mixed		forward		mixed,dora	.forward with comments, a file and an include
'

give_files()
{
	case $1 in
	none)		return ;;
	self)		printf '\\self' ;;
	elsewhere)	printf 'eva@example.test\n' ;;
	mixed)		echo dora@example.test | put "$home/others" mixed
			printf '# one, "two\n\\mixed,\n\n  /home/mixed/copy ,\n:include:/home/mixed/others' ;;
	esac | put "$home/.forward" "$1"
}

after_put()
{
	is "$(cat /home/none/.forward)" '\none, "|/bin/sh -c \"/usr/bin/backsoon || exit 0\""' "a new .forward"
	person filter
	install -d -o filter /home/filter
	printf '# Exim filter\nfinish\n' | put /home/filter/.forward filter
	refuses filter "Exim filter" "a filter of Exim's"
	person later
	install -d -o later /home/later
	cp /etc/exim4/exim4.conf /tmp/exim4.conf.old
	sed 's/allow_filter/forbid_pipe/' /etc/exim4/exim4.conf >/tmp/exim4.conf
	mount --bind /tmp/exim4.conf /etc/exim4/exim4.conf
	refuses later "starts no programs" "Exim that starts no programs"
	sed 's|\$home/.forward|/etc/forward/$local_part|' /tmp/exim4.conf.old >/tmp/exim4.conf
	refuses later "no router" "Exim without a router for .forward"
	umount /etc/exim4/exim4.conf
}

exim_set_up exim-router exim-transport
run_cases
