#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Exim delivers to real users through their ~/.forward.

. "$(dirname "$0")/peers/world.sh"
world exim4-daemon-light
. tests/peers/scenarios.sh
. tests/peers/exim.sh

# Without a home there is no .forward.
not_here=nohome

give_recipe()
{
	recipe forward-exim "$1" | put "$home/.forward" "$1"
}

exim_set_up exim-router exim-transport
run_scenarios
