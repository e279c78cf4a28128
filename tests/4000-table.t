#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The table seen from outside: what gdbm's own tools find in it, other
# programs' databases in its place, a full disk.

BUILD=${BUILD:-build}
driver=$BUILD/tests/unit/vacation_race
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
n=0

is() {	# got want name
	n=$((n + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $n - $3"
	else
		echo "not ok $n - $3"
		printf '#   got: %s\n#  want: %s\n' "$1" "$2"
	fi
}

skip() {	# name reason
	n=$((n + 1))
	echo "ok $n - $1 # skip $2"
}

ask() {	# claim|peek path sender seconds [from]
	"$driver" "$@"
}

if [ ! -x "$driver" ]; then
	echo "1..0 # skip $driver is not built"
	exit 0
fi

is "$(ask claim "$dir/t" a@x 1800000000)" granted "a new table"
is "$(ask claim "$dir/t" a@x 1800000001)" answered "is read by the next process"
is "$(ask claim "$dir/t" b-1@svc 1800000000 a@x)" answered "From was answered"
is "$(stat -c %a "$dir/t") $(stat -c %a "$dir/t.lock")" "600 600" "modes"
is "$(ask claim "$dir/v" a@x 1800000000)" granted "a table that will vanish"
: >"$dir/v"
is "$(ask claim "$dir/v" a@x 1800000001)" "granted healed" "it was emptied: that is said"
is "$(ask claim "$dir/v" a@x 1800000002)" answered "and the new one is read"
rm "$dir/v" "$dir/v.lock"
is "$(ls "$dir" | tr '\n' ' ')" "t t.lock " "no other files"

if command -v gdbmtool >/dev/null 2>&1; then
	# mark, record and lifetime record
	is "$(printf 'count\n' | gdbmtool -r "$dir/t" 2>/dev/null | grep -c '3 ')" 1 "gdbmtool reads it: three keys"

	printf 'store someone@example.org 12345678\n' | gdbmtool -n "$dir/sf" >/dev/null 2>&1
	before=$(cksum <"$dir/sf")
	is "$(ask claim "$dir/sf" a@x 1800000000)" "granted beside" "another program's gdbm table: ours goes beside"
	is "$(ask peek "$dir/sf" a@x 1800000001)" "answered beside" "another program's gdbm table: found there again"
	is "$(cksum <"$dir/sf")" "$before" "another program's gdbm table: left alone"
	is "$(test -f "$dir/sf.gdbm" && echo yes)" yes "another program's gdbm table: named .gdbm"
	rm "$dir/sf"
	is "$(ask claim "$dir/sf" a@x 1800000001)" answered "its file removed: nobody is forgotten"
else
	skip "gdbmtool" "gdbmtool is not installed"
fi

printf 'picture\001\002\377' >"$dir/p"
is "$(ask peek "$dir/p" a@x 1800000000)" "free beside" "another program's file of no known kind: peek"
is "$(ask claim "$dir/p" a@x 1800000000)" "granted beside" "another program's file of no known kind: the table goes beside"
rm "$dir/p.gdbm"
is "$(ask claim "$dir/p" a@x 1800000000)" "granted beside" "another program's file: also when that is removed"
is "$(cat "$dir/p")" "$(printf 'picture\001\002\377')" "another program's file of no known kind: left alone"

printf '\317\232\127\023garbage\001\002\377' >"$dir/g"
is "$(ask peek "$dir/g" a@x 1800000000)" free "damage: peek leaves it to the claim"
is "$(ask claim "$dir/g" a@x 1800000000)" "granted healed" "damage: healed by the claim"
is "$(ls "$dir" | grep -c '^g\.damaged-20270115$')" 1 "damage: set aside under its date"
is "$(ask claim "$dir/g" b@x 1800000000)" granted "damage: said once"

# What only looks like our temporary files is the user's.
echo precious >"$dir/k.new"
echo precious >"$dir/k.mended"
echo precious >"$dir/k.mended.abcdef"
is "$(ask claim "$dir/k" a@x 1800000000)" granted "files of similar names"
is "$(cat "$dir/k.new" "$dir/k.mended" "$dir/k.mended.abcdef" | grep -c precious)" 3 "files of similar names: left alone"

# A table whose first bytes are gone has its senders still, also where there is no /proc.
ask claim "$dir/r" a@x 1800000000 >/dev/null
printf '\001\002\003\377' | dd of="$dir/r" conv=notrunc 2>/dev/null
cp "$dir/r" "$dir/r2"
is "$(ask claim "$dir/r" a@x 1800000001)" "answered healed" "damage: nobody is forgotten whose record is whole"
if grep -q __asan_init "$driver"; then
	skip "damage: mended without /proc" "AddressSanitizer itself needs /proc"
elif [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	is "$(unshare -m sh -c 'mount -t tmpfs p /proc && "$1" claim "$2" a@x 1800000001' sh "$driver" "$dir/r2")" "answered healed" "damage: mended without /proc"
else
	skip "damage: mended without /proc" "no mount namespace here"
fi

if [ "$(id -u)" -eq 0 ]; then
	: >"$dir/o"
	chown 65534 "$dir/o"
	is "$(ask claim "$dir/o" a@x 1800000000)" unreadable "somebody else's file"
	mkdir "$dir/m"
	if out=$(unshare -m sh -c 'mount -t tmpfs -o size=256k tmpfs "$1" && "$2" full "$1"' sh "$dir/m" "$driver" 2>&1); then
		is "$(echo "$out" | grep -c '^not ok')" 0 "full disk: full, everybody known, granted again when there is room"
	elif echo "$out" | grep -q '^not ok'; then
		is "$out" "" "full disk"
	else
		skip "full disk" "no mount namespace here"
	fi
else
	skip "somebody else's file" "needs root"
	skip "full disk" "needs root to mount a small file system"
fi
echo "1..$n"
