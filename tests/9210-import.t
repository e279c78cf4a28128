#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# import of files that Debian's vacation, mailbot and formail have just
# written, and of gdbm files in SourceForge vacation's layout.  The programs
# run as a user of their own in a private mount namespace.

# shellcheck source=tests/lib.sh
. tests/lib.sh

skip_peers()	# REASON
{
	[ -z "${CI:-}" ] || { echo "1..1"; echo "not ok 1 - $1 (in CI nothing may be skipped)"; exit 1; }
	skip_all "$1"
}

[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip_peers "needs root and mount namespaces"
mkdir "$dir/root" "$dir/sbin"
for peer in vacation maildrop procmail; do
	[ -s "$BUILD/peers/$peer.debs" ] || skip_peers "$peer was not fetched: run tests/setup check"
	while read -r deb; do
		dpkg-deb -x "$BUILD/peers/$deb" "$dir/root"
	done <"$BUILD/peers/$peer.debs"
done

cat >"$dir/write" <<'END'
set -e
{ grep -v '^zed:' /etc/passwd; echo "zed:x:61000:61000:Zed:$1/zed:/bin/sh"; } >"$1/passwd"
mount --bind "$1/passwd" /etc/passwd
ln -s /bin/true "$1/sbin/sendmail"
mount --bind "$1/sbin" /usr/sbin
mkdir "$1/zed"
chown 61000:61000 "$1/zed"
chmod 755 "$1"
cd "$1/zed"
home=$1
LD_LIBRARY_PATH=$(find "$1/root" -name 'lib*.so.*' -printf '%h\n' | sort -u | tr '\n' ':')
as_zed() { setpriv --reuid 61000 --regid 61000 --clear-groups env HOME="$home/zed" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" "$@"; }
bin=$1/root/usr/bin
printf 'Subject: away\n\naway\n' >.vacation.msg
as_zed "$bin/vacation" -i -r 3
for sender in bob@sender.example Anna.Long@some-very-long-domain-name-that-goes-on.and.on.example.org; do
	printf 'From %s Sat Nov 21 05:52:05 2026\nFrom: <%s>\nTo: zed@here\nSubject: hi\n\nx\n' "$sender" "$sender" |
	    as_zed "$bin/vacation" -j zed
done
printf 'boss@example.org\n@lists.example\n' | as_zed "$bin/vacation" -x
as_zed "$bin/vacation" -l >list
echo text >text
for sender in Carol@X.Example dave@y.example; do
	printf 'From: <%s>\nTo: zed@here\nSubject: hi\n\nx\n' "$sender" |
	    as_zed "$bin/mailbot" -d "$home/zed/mailbot" -t text /bin/true
	printf 'Return-Path: <%s>\nFrom: <%s>\nTo: zed@here\nSubject: hi\n\nx\n' "$sender" "$sender" |
	    as_zed "$bin/formail" -rD 8192 "$home/zed/formail.cache" >/dev/null || true
done
END
run unshare -m sh "$dir/write" "$dir"
is "$status" 0 "Debian's vacation, mailbot and formail write their files" || note "$err"
zed=$dir/zed

imported()	# what was imported into an empty table: address or exclusion, a line each
{
	rm -f "$HOME"/.vacation.gdbm*
	run "$backsoon" import --yes "$@"
	"$backsoon" export | awk '/^(answered|exclude)/ { print $1, $2 }' | sort
}

debian='answered anna.long@some-very-long-domain-name-that-goes-on.and.on.example.org
answered bob@sender.example
exclude @lists.example
exclude boss@example.org'
is "$(imported "$zed/.vacation.db")" "$debian" "Debian's .vacation.db"
is "$("$backsoon" export | grep '^interval')" "interval	259200" "... its interval"
is "$("$backsoon" export | awk '/bob/ { print $4 }')" "$(awk '/^bob/ { print $(NF), $(NF - 3), $(NF - 2), $(NF - 1) }' "$zed/list" |
    { read -r y m d t; date -u -d "$m $d $y $t" +%Y-%m-%dT%H:%M:%SZ; })" "... its times"
is "$(imported "$zed/list")" "$debian" "what Debian's vacation -l prints"
is "$(imported "$zed/mailbot.gdbm")" "answered carol@x.example
answered dave@y.example" "mailbot's gdbm file"
is "$(imported "$zed/formail.cache")" "answered carol@x.example
answered dave@y.example" "formail's cache"

if command -v gdbm_dump >/dev/null; then
	gdbm_dump "$zed/mailbot.gdbm" "$dir/dump"
	is "$(imported "$dir/dump")" "answered carol@x.example
answered dave@y.example" "what gdbm_dump prints of it"
else
	skip "what gdbm_dump prints of it" "it is not installed"
fi
# SourceForge's vacation: the address, with and without the NUL behind it, and time_t.
python3 - >"$dir/sf.dump" <<'END'
import base64, struct
print("# GDBM dump file\n#:version=1.1\n#:format=standard\n# End of header")
for key in (b"bob@sender.example", b"carol@x.example\0"):
	for datum in (key, struct.pack("<q", 1790000000)):
		print("#:len=%d\n%s" % (len(datum), base64.b64encode(datum).decode()))
print("#:count=2\n# End of data")
END
gdbm_load "$dir/sf.dump" "$dir/sf.db" >/dev/null 2>&1
is "$(imported "$dir/sf.db")" "answered bob@sender.example
answered carol@x.example" "SourceForge vacation's gdbm file"

head -c 6000 "$zed/.vacation.db" >"$dir/half"
imported "$dir/half" >/dev/null
is "$status" 65 "half a Berkeley DB is refused"
like "$err" "$dir/half.*the database is not whole" "... and why"
is "$(ls -A "$HOME" | grep -c gdbm)" 0 "... and nothing was made"

done_testing
