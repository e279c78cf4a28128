#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What Postfix says of the address that was written to: with an extension, in
# other letters, and an alias that is not the user's alone.

. "$(dirname "$0")/peers/world.sh"
world postfix
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

scenarios='
detail		1 answered		an address with an extension
capital		1 answered		an address in capital letters
team		0 not-addressed		an alias for several people
'

address_of()
{
	case $1 in
	detail)		echo "detail+dogs@$domain" ;;
	capital)	echo CAPITAL@EXAMPLE.TEST ;;
	team)		echo "all-staff@$domain" ;;
	*)		echo "$1@$domain" ;;
	esac
}

give_recipe()
{
	recipe forward "$1" | put "$home/.forward" "$1"
}

alias_maps='inline:{ all-staff=team }'
postfix_set_up
echo 'recipient_delimiter = +' >>/etc/postfix/main.cf
run_scenarios
