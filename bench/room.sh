#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# room.sh ROOM [OPTION...]: inside a private mount namespace, makes a system
# that is the same everywhere, then measures in it.  ROOM becomes /mnt; there is a user
# anna with her home there, a /dev with a socket /dev/log, a sendmail that
# takes everything, and the peers' libraries are known to ld.so by a cache
# of our own, so that they cost what they cost when installed.

set -eu
mount --bind "$1" /mnt
shift
cd /mnt
ANNA=61234

ldconfig=$(command -v ldconfig || echo /sbin/ldconfig)
{
	cat /etc/ld.so.conf 2>/dev/null
	find /mnt/peers -name 'lib*.so.*' -printf '%h\n' | sort -u
} >ld.so.conf
"$ldconfig" -X -f /mnt/ld.so.conf -C /mnt/ld.so.cache
mount --bind ld.so.cache /etc/ld.so.cache

{ grep -v '^anna:' /etc/passwd; echo "anna:x:$ANNA:$ANNA:Anna Example,,,:/mnt/anna:/bin/sh"; } >passwd
mount --bind passwd /etc/passwd
mount --bind sbin /usr/sbin

mkdir -p dev
mount -t tmpfs -o mode=755 tmpfs dev
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
ln -s /proc/self/fd dev/fd
mkdir -m 1777 dev/shm
mount --move dev /dev

# where the large table is filled: ramfs has neither disk to wait for nor
# blocks to reserve
mkdir -p memory
mount -t ramfs -o mode=777 ramfs memory

exec python3 measure.py "$@"
