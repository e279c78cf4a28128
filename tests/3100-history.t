#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# backsoon history: what deliveries left in the journal, for people and for programs.

top=$(cd "$(dirname "$0")/.." && pwd)
BACKSOON=${BACKSOON:-${BUILD:-$top/build}/backsoon}
case $BACKSOON in /*) ;; *) BACKSOON=$PWD/$BACKSOON ;; esac
[ -x "$BACKSOON" ] || { echo "1..0 # SKIP $BACKSOON is not built"; exit 0; }

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
home=$dir/home
mkdir -m 700 "$home"
cp "$top/tests/fake-sendmail" "$dir/sendmail"
printf 'out=%s\n' "$dir/sent" >"$dir/sendmail.conf"
printf 'Subject: away\n\nI am away.\n' >"$home/.vacation.msg"
unset TZ NO_COLOR
export TZ=UTC0 LC_ALL=C

n=0
is()	# name, got, want
{
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "got:" "$2" "want:" "$3" | sed 's/^/# /'
	fi
}

deliver()	# time, sender, subject, further header field
{
	printf 'From: %s\nTo: me@example.org\nSubject: %s\nMessage-ID: <%s@example.com>\n%s\nhello\n' \
	    "$2" "$3" "$1" "${4:+$4
}" |
	    "$BACKSOON" --home="$home" --sendmail="$dir/sendmail" --sender="$2" --recipient=me@example.org --now="@$1"
}

history()
{
	"$BACKSOON" history --home="$home" "$@"
}

is "no journal yet: an empty list" "$(history --json)" "[]"

deliver 1797000000 anna@example.net 'first'
deliver 1797000060 list@example.com 'news' 'List-Id: <news.example.com>'
deliver 1797000120 bert@example.net '=?utf-8?q?Gr=C3=BC=C3=9Fe?='
is "status of a history" "$(history >"$dir/out"; echo $?)" 0
is "a record a message and a head" "$(wc -l <"$dir/out" | tr -d ' ')" 4
is "newest first" "$(sed -n '2,$s/^\(2026-12-11 14:4[0-9]\).*/\1/p' "$dir/out" | tr '\n' ' ')" \
    "2026-12-11 14:42 2026-12-11 14:41 2026-12-11 14:40 "
is "the subject is decoded" "$(sed -n 2p "$dir/out" | grep -c 'answered  *bert@example.net  *Grüße$')" 1
is "the rule is named" "$(sed -n 3p "$dir/out" | grep -c 'refused  *mailing-list  *list@example.com  *news$')" 1
is "no colour in a pipe" "$(grep -c "$(printf '\033')" "$dir/out")" 0

is "one sender's" "$(history --sender=ANNA@ | sed 1d | grep -c anna)" 1
is "one rule's" "$(history --rule mailing-list | sed 1d | wc -l | tr -d ' ')" 1
is "since a time" "$(history --since=@1797000100 | sed 1d | wc -l | tr -d ' ')" 1
is "at most one" "$(history --limit=1 | sed 1d | wc -l | tr -d ' ')" 1
is "a rule that does not exist" "$(history --rule=nonsense 2>&1; echo $?)" \
    "backsoon: there is no rule or outcome of the name nonsense; see backsoon explain --rules
64"
is "a rule misspelt" "$(history --rule mailinglist 2>&1 | grep -c 'did you mean mailing-list?$')" 1
is "--since, no time" "$(history --since yesterday 2>&1; echo $?)" \
    "backsoon: --since: not a date or time, as 2027-01-03 is: \"yesterday\"; or how long ago, as in 7d
64"
is "--limit, no number" "$(history --limit -1 2>&1; echo $?)" "backsoon: --limit: \"-1\" is not a number, as in --limit 20
64"

is "a subject that would colour the terminal" \
    "$(deliver 1797000180 carl@example.net "$(printf 'x\033[31my')"; history --limit=1 | grep -c "$(printf '\033')")" 0
is "JSON holds them all" "$(history --json | grep -c '"sequence"')" 4
if command -v python3 >/dev/null; then
	is "JSON that others can read" \
	    "$(history --json --rule=mailing-list | python3 -c 'import json,sys; print(*[(e["rule"], e["sender"], e["time"]) for e in json.load(sys.stdin)])')" \
	    "('mailing-list', 'list@example.com', 1797000060)"
else
	n=$((n + 1))
	echo "ok $n - JSON that others can read # skip no python3"
fi

is "mode of the journal" "$(stat -c %a "$home/.vacation.journal" 2>/dev/null || stat -f %Lp "$home/.vacation.journal")" 600
before=$(history --json | grep -c '"sequence"')
printf 'From: e@example.net\nTo: me@example.org\n\n' |
    "$BACKSOON" --home="$home" --sendmail="$dir/sendmail" --sender=e@example.net --recipient=me@example.org --journal=none
is "journal=none writes no record" "$(history --json | grep -c '"sequence"')" "$before"
mv "$home/.vacation.journal" "$home/kept"
ln -s kept "$home/.vacation.journal"
is "a link is not read" "$(history 2>/dev/null; echo $?)" 66
rm -f "$home"/.vacation.journal "$home"/.vacation.gdbm*
echo 'not a journal' >"$home/.vacation.journal"
deliver 1797000300 e@example.net 'foreign'
is "a foreign file stays as it is" "$(cat "$home/.vacation.journal")" "not a journal"

rm -f "$home"/.vacation.journal "$home"/.vacation.gdbm*

# --follow, into a file through a pipe: what is written arrives at once.
lines()		# wait until the file has so many lines, at most 10 s
{
	for _ in $(seq 100); do
		[ "$(wc -l <"$1")" -ge "$2" ] && return
		sleep 0.1
	done
}
"$BACKSOON" history --home="$home" --follow --json >"$dir/follow" 2>"$dir/follow.err" &
follower=$!
"$BACKSOON" history --home="$home" --follow --rule=answered >"$dir/table" 2>&1 &
table=$!
lines "$dir/table" 1
is "--follow before there is a journal: the head alone" "$(cut -c 1-25 "$dir/table")" "TIME              VERDICT"
deliver 1797000000 anna@example.net 'first'
lines "$dir/follow" 1
deliver 1797000060 list@example.com 'news' 'List-Id: <news.example.com>'
lines "$dir/follow" 2
is "an object a line, oldest first" "$(sed 's/.*"sender": "\([a-z]*\).*"because": .* }$/\1/' "$dir/follow" | tr '\n' ' ')" "anna list "
mv "$home/.vacation.journal" "$home/kept"
deliver 1797000120 bert@example.net 'anew'
lines "$dir/follow" 3
is "a journal that was begun anew" "$(sed -n '3s/.*"sequence": 1,.*"sender": "\([a-z]*\).*/\1/p' "$dir/follow")" bert
printf 'XXXX' | dd of="$home/.vacation.journal" conv=notrunc 2>/dev/null
deliver 1797000180 carl@example.net 'mended'
lines "$dir/follow" 4
is "one that was damaged" "$(sed -n '4s/.*"sender": "\([a-z]*\).*/\1/p' "$dir/follow")" carl
cp "$home/.vacation.journal" "$home/copy" && mv "$home/copy" "$home/.vacation.journal"
echo 'nonsense, and longer than a head has to be: this is nobody'"'"'s journal' >"$home/other"
cp "$home/.vacation.journal" "$home/good" && mv "$home/other" "$home/.vacation.journal"
for _ in $(seq 100); do
	[ -s "$dir/follow.err" ] && break
	sleep 0.1
done
mv "$home/good" "$home/.vacation.journal"
deliver 1797000240 dora@example.net 'back'
lines "$dir/follow" 5
is "one that was replaced, and put back: nothing twice" "$(sed 's/.*"sender": "\([a-z]*\).*/\1/' "$dir/follow" | tr '\n' ' ')" "anna list bert carl dora "
# The head may be seen while it is damaged, or not.
is "what could not be read is said once" "$(sort "$dir/follow.err" | uniq -d | wc -l; [ -s "$dir/follow.err" ] && echo said)" "0
said"
kill -TERM "$follower"
wait "$follower"
is "a signal ends it, status" "$?" 0
lines "$dir/table" 5
is "with a filter, as a table" "$(sed 1d "$dir/table" | grep -v '^backsoon' | awk '{ print $3, $4 }' | tr '\n' ' ')" \
    "answered anna@example.net answered bert@example.net answered carl@example.net answered dora@example.net "
kill -TERM "$table"
wait "$table"
is "its status" "$?" 0
is "some of the past comes first" "$(timeout 1 "$BACKSOON" history --home="$home" --follow --limit=1 --json | sed 's/.*"sender": "\([a-z]*\).*/\1/')" dora
is "it ends when nobody reads any more" "$(timeout 20 sh -c '"$0" history --home="$1" --follow; echo $? >&3' "$BACKSOON" "$home" 3>"$dir/status" | head -n 1 >/dev/null; cat "$dir/status")" 0

is "--chart" "$(history --chart --now=@1797000240 --since=@1797000000 | sed -n '1p;3p')" "# replied 2  - refused 0  ! failed 0
Fri 2026-12-11  ##  2  0  0"
is "--chart and --follow" "$(history --chart --follow 2>/dev/null; echo $?)" 64

echo "1..$n"
