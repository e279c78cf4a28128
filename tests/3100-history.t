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
export TZ=UTC0

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
is "a rule that does not exist" "$(history --rule=nonsense 2>/dev/null; echo $?)" 64

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
rm "$home/.vacation.journal"
echo 'not a journal' >"$home/.vacation.journal"
deliver 1797000300 e@example.net 'foreign'
is "a foreign file stays as it is" "$(cat "$home/.vacation.journal")" "not a journal"

echo "1..$n"
