#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Postfix delivers to real users through their ~/.forward.

. "$(dirname "$0")/peers/world.sh"
world postfix
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

# Without a home there is no .forward.
not_here=nohome

give_recipe()
{
	recipe forward "$1" | put "$home/.forward" "$1"
}

postfix_set_up
run_scenarios
