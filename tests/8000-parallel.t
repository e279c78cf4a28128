#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Many deliveries at the same time, and deliveries that are killed at any moment:
# nobody is answered twice, and nothing that was written gets lost.

. tests/lib.sh

me=bob@example.org

# Starts a delivery in the background; nothing of it counts but its reply.
start()		# OPTION...
{
	"$backsoon" --sendmail "$dir/sendmail" --recipient "$me" "$@" <"$mail" &
}

counts()	# REPLIES RECORDS NAME
{
	is "$(replies) replies, $("$vacation" -l | grep -c .) records" "$1 replies, $2 records" "$3"
}

fresh
message plain
i=0
while [ $i -lt 200 ]; do
	i=$((i + 1))
	start
done
wait
counts 1 1 "200 messages of one sender"

fresh
message plain -From
i=0
while [ $i -lt 200 ]; do
	i=$((i + 1))
	start --max-per-hour 0 --max-per-day 0 --time-limit 60s --sender "sender$i@example$i.com"
done
wait
# A lock is waited for two seconds: on a slow machine some may have to give up, which is no loss of records.
is "$(replies)" "$("$vacation" -l | grep -c .)" "200 senders: each reply has its record"
[ "$(replies)" -ge 150 ] && pass "200 senders are answered" || fail "200 senders are answered" "only $(replies) are"


# The journal: a record and a count each, in both rings, of deliveries that all find no journal yet.
fresh
message plain -From
cp "$mail" "$dir/plain"
message plain -From 'List-Id: <news.example.com>'
cp "$mail" "$dir/list"
i=0
while [ $i -lt 100 ]; do
	i=$((i + 1))
	mail=$dir/list
	start --now "$now" --sender "list$i@example.com"
	mail=$dir/plain
	start --now "$now" --max-per-hour 0 --max-per-day 0 --time-limit 60s --sender "person$i@example$i.com"
done
wait
mail=$dir/mail
"$backsoon" history --json --limit 0 >"$dir/history"
is "$(sed -n 's/^    "sender": "\(.*\)",/\1/p' "$dir/history" | sort -u | wc -l), $(grep -c '"sender"' "$dir/history")" "200, 200" "200 deliveries at once: each has its record"
is "$(sed -n 's/^    "sequence": \(.*\),/\1/p' "$dir/history" | sort -n | tail -n 1)" 200 "numbered without a gap"
"$backsoon" history --chart --json --now "$now" >"$dir/chart"
is "$(awk '/"count"/ { n += $2 } END { print n }' "$dir/chart"), $(grep -A 2 '"mailing-list"' "$dir/chart" | grep -c ': 100$')" "200, 1" "the counters are exact"
is "$(find "$HOME" -name '*.new')" "" "nothing is left of those who were second to create it"

fresh
message plain
i=0
while [ $i -lt 50 ]; do
	i=$((i + 1))
	start --sender "envelope$i@example$i.com"
done
wait
is "$(replies)" 1 "50 messages of one author, a fresh envelope each"

fresh
message plain -From
i=0
while [ $i -lt 60 ]; do
	i=$((i + 1))
	start --max-per-hour 10 --sender "sender$i@example$i.com"
done
wait
counts 10 10 "60 senders where ten replies an hour are allowed"

# Killed after 0 to 19 milliseconds, each at another moment; then once more, unharmed.
fresh
message plain -From
killed=0
i=0
while [ $i -lt 80 ]; do
	i=$((i + 1))
	start --max-per-hour 0 --sender "sender$i@example$i.com"
	pid=$!
	sleep "0.0$(printf '%02d' $((i % 20)))"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ $? -le 128 ] || killed=$((killed + 1))
done
note "$killed of 80 were killed"
sleep 0.3
while [ $i -gt 0 ]; do
	start --max-per-hour 0 --sender "sender$i@example$i.com"
	wait
	i=$((i - 1))
done
is "$(tail -q -n 1 "$dir"/sent.*.argv | sort | uniq -d)" "" "killed at any moment: nobody is answered twice"
run "$vacation" -l
is "$status:$err:$(printf '%s\n' "$out" | grep -c .)" "0::80" "killed at any moment: the table holds everybody"
run "$backsoon" history
is "$status:$err" "0:" "killed at any moment: the journal can be read"

done_testing
