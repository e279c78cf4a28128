#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Postfix hands all mail to maildrop.

. "$(dirname "$0")/peers/world.sh"
world postfix maildrop
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

# maildrop itself delivers nothing where the home is missing or another's.
not_here="nohome foreign"

give_recipe()
{
	recipe mailfilter "$1" | put "$home/.mailfilter" "$1"
	chmod 600 "$home/.mailfilter"
}

mailbox_command='/usr/bin/maildrop'
postfix_set_up
run_scenarios
