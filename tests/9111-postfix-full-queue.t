#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Postfix's own sendmail when there is no room for a reply in the queue: its
# postdrop, a set-group-ID program, waits for better times and cannot be
# ended by us.

. "$(dirname "$0")/peers/world.sh"
world postfix
. tests/peers/scenarios.sh
. tests/peers/postfix.sh

scenarios='
answered	0 sendmail-unknown	the mail queue is full
bylist		0 mailing-list		a message from a mailing list meanwhile
'

give_recipe()
{
	recipe forward "$1" | put "$home/.forward" "$1"
}

postfix_set_up
mkdir /var/spool/postfix/maildrop
mount -t tmpfs -o nr_inodes=1,mode=1730,gid=902,uid=901 peers /var/spool/postfix/maildrop
run_scenarios
