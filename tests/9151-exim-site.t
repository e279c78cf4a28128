#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Exim itself gives every user's mail to the program, besides delivering it.

. "$(dirname "$0")/peers/world.sh"
world exim4-daemon-light
. tests/peers/scenarios.sh
. tests/peers/exim.sh

# Exim itself waits with all mail of a user whose home is missing.
not_here="vacation nohome"

give_recipe()
{
	:
}

# Of two users of the recipe, only the one named missing lacks the program.
for part in router transport; do
	recipe=tests/peers/recipes/exim-site-$part
	sed -e 's/^backsoon:/missing:/' -e 's/transport = backsoon/transport = missing/' \
	    -e 's|/usr/bin/backsoon|/usr/bin/not-installed|' \
	    -e 's/check_local_user/&\n  local_parts = missing/' "$recipe" >/tmp/$part
	sed -i 's/check_local_user/&\n  local_parts = ! missing/' "$recipe"
	cat /tmp/$part >>"$recipe"
done
exim_set_up exim-site-router exim-site-transport
run_scenarios
