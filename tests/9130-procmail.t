#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Postfix hands all mail to procmail.

. "$(dirname "$0")/peers/world.sh"
world postfix procmail
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

# Without a home there is no .procmailrc.
not_here=nohome

give_recipe()
{
	recipe procmailrc "$1" | put "$home/.procmailrc" "$1"
}

mailbox_command='/usr/bin/procmail'
postfix_set_up
run_scenarios
