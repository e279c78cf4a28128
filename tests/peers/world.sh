# SPDX-License-Identifier: GPL-3.0-or-later
#
# A private machine for one test with a real mail program.
#
# A test calls `world PROGRAM...' first.  Outside, that starts the test again
# in namespaces of its own (mounts, network, processes) on a copy-on-write
# view of this system's root, into which the Debian packages of the programs
# are unpacked (tests/setup check has fetched them).  Nothing is installed,
# no file of the system changes, the network is the loopback of that
# namespace, and all processes end with the test.  Inside, world returns.
#
# It needs root and a system that permits namespaces and overlay mounts;
# otherwise the test is skipped with the reason, or fails where CI is set.

peers_skip()
{
	if [ -n "${CI:-}" ]; then
		echo "1..1"
		echo "not ok 1 - $1 (in CI nothing may be skipped)"
		exit 1
	fi
	echo "1..0 # SKIP $1"
	exit 0
}

world()
{
	[ -z "${PEERS_INSIDE:-}" ] || return 0
	top=$(cd "$(dirname "$0")/.." && pwd)
	cd "$top" || exit 1
	BUILD=${BUILD:-build}
	mkdir -p "$BUILD" && BUILD=$(cd "$BUILD" && pwd)
	BACKSOON=${BACKSOON:-$BUILD/backsoon}

	root=
	if [ "$(id -u)" != 0 ]; then
		root="sudo -n"
		$root true 2>/dev/null ||
		    peers_skip "private namespaces need root or sudo"
	fi
	[ -x "$BACKSOON" ] || peers_skip "$BACKSOON is not built"
	for program; do
		[ -s "$BUILD/peers/$program.debs" ] ||
		    peers_skip "$program was not fetched: run tests/setup check"
	done
	$root unshare -mnp --fork true 2>/dev/null ||
	    peers_skip "namespaces are not permitted here"
	mkdir -p "$BUILD/peers/world"
	exec $root env BUILD="$BUILD" BACKSOON="$BACKSOON" CI="${CI:-}" \
	    PEERS_ONLY="${PEERS_ONLY:-}" PEERS_SHOW="${PEERS_SHOW:-}" \
	    unshare --mount --net --pid --fork --kill-child \
	    --propagation private /bin/sh "$top/tests/peers/enter" "$top" "$(basename "$0")" "$@"
}
