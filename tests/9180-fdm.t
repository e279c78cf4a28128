#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# fdm sorts the mail that Postfix pipes into it from ~/.forward.

. "$(dirname "$0")/peers/world.sh"
world postfix fdm
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

# fdm needs a home of the user's own for its lock.
not_here="nohome foreign"

give_recipe()
{
	recipe fdm.conf "$1" | put "$home/.fdm.conf" "$1"
	chmod 600 "$home/.fdm.conf"
	recipe forward-fdm "$1" | put "$home/.forward" "$1"
}

mailbox_command=''
postfix_set_up
run_scenarios
