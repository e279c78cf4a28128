#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# list, forget, exclude, include, prune, export, import: what is said, what is
# done, exit statuses, and all of it while deliveries run.

# shellcheck source=tests/lib.sh
. tests/lib.sh

answer()	# SENDER [OPTION...]
{
	sender=$1
	shift
	message plain "Return-Path: <$sender>" "From: <$sender>"
	deliver --recipient owner@example.org --any-recipient "$@"
}

people()	# COMMAND ARGUMENT...
{
	command=$1
	shift
	run "$backsoon" "$command" --now "$now" "$@"
}

people list
is "$status $out" "0 Nobody was answered yet." "list: nobody yet is a sentence"
people list --json
is "$(printf '%s' "$out" | tr -d '\n ')" "[]" "list --json: nobody"
people forget a@b.example
is "$status $out" "1 a@b.example: not there" "forget: nobody is there"
is "$(ls -A "$HOME")" ".vacation.msg" "... and nothing was made"

answer bob@sender.example
is "$rule" answer "a sender is answered"
answer carol@x.example
people list
like "$out" '^bob@sender.example  +1  2026-06-01 12:00  2026-06-01 12:00  2026-06-01 12:00  2026-06-08 12:00$' "list: first, last, heard and next"
people list --json --sender BOB
is "$(printf '%s' "$out" | tr -d '\n ' | sed 's/:[0-9]\{10\}/:N/g')" \
    '[{"sender":"bob@sender.example","answers":1,"first":N,"last":N,"heard":N,"answerable":"later","next":N,"excluded":false}]' "list --json"
people list --sort sender
is "$(printf '%s\n' "$out" | awk 'NR > 1 { print $1 }' | tr '\n' ' ')" "bob@sender.example carol@x.example " "list --sort sender"
people list --sort sender --reverse
is "$(printf '%s\n' "$out" | awk 'NR > 1 { print $1 }' | tr '\n' ' ')" "carol@x.example bob@sender.example " "list --reverse"
people list --sort size
is "$status" 64 "list --sort: a column that does not exist"
people list --excluded
is "$out" "Nobody like that." "list --excluded: nobody"

# Widths: what is cut is the sender, never a date; columns go before that.
: >"$dir/lines"
for columns in 60 40; do
	if ! command -v expect >/dev/null; then
		[ -n "${CI:-}" ] && fail "list in $columns columns" "expect is not installed" || skip "list in $columns columns" "expect is not installed"
		continue
	fi
	run env DIALOGUE_COLUMNS=$columns NO_COLOR=1 tests/dialogue "$dir/lines" "$backsoon" list --now '2026-06-03 12:00'
	is "$(printf '%s\n' "$out" | sed 's/…/./g' | awk -v most="$columns" 'length($0) > most')" "" "list in $columns columns: fits"
	like "$out" '^[a-z@.]*  .*  (20[0-9]{2}-[0-9]{2}-[0-9]{2}|excluded|now)$' "list in $columns columns: when again"
	unlike "$out" '20[0-9-]*…' "list in $columns columns: no date is cut"
done

people exclude Carol@X.example @.Spam.example
is "$status $out" "0 carol@x.example: excluded
@.spam.example: excluded" "exclude"
people exclude carol@x.example
is "$status $out" "1 carol@x.example: was excluded already" "exclude: twice"
answer someone@deep.spam.example
is "$rule" excluded "who is excluded is not answered"
people list --excluded
like "$out" '^carol@x.example .*excluded$' "list: an excluded sender"
people list --waiting
unlike "$out" carol "list --waiting: without who is excluded"
people exclude 'not an address' b@x
is "$status" 64 "exclude: no address"
people list --sender b@x
is "$out" "Nobody like that." "... and nothing was changed"
people include carol@x.example
is "$status $out" "0 carol@x.example: not excluded any more" "include"
people include carol@x.example
is "$status $out" "1 carol@x.example: was not excluded" "include: twice"
for word in exclude forget include; do
	people $word garbage
	like "$status $err" '^64 .*garbage is no address; it takes anna@example\.org, @example\.org' "$word: a word alone"
done
people exclude @x.example
people include --json carol@x.example
like "$out" '"excluded_by": "@x\.example"' "include --json: the domain that excludes her"
people include carol@x.example
is "$status $out" "1 carol@x.example: was not excluded
carol@x.example: still excluded with @x.example; to take that back: backsoon include @x.example" "include: her domain is excluded"
people include @x.example
is "$status $out" "0 @x.example: not excluded any more" "include: the domain"
people include carol@deep.spam.example
like "$out" 'still excluded with @\.spam\.example; ' "include: a domain above hers is excluded"
people include carol@nospam.example
unlike "$out" 'still' "include: a domain that only ends like it"

"$backsoon" export >"$dir/before"
is "$(head -n 1 "$dir/before"; tail -n 1 "$dir/before")" "backsoon-export 1
end	3" "export: first and last line"
people export "$dir/file"
is "$status $out" "0 3 records written to $dir/file" "export to a file"
is "$(stat -c %a "$dir/file"; cmp "$dir/before" "$dir/file" && ls "$dir" | grep -c part)" "600
0" "... whole, private, nothing left over"

people forget BOB@sender.example nobody@x
is "$status $out" "0 bob@sender.example: forgotten
nobody@x: not there" "forget"
answer bob@sender.example
is "$rule" answer "who was forgotten is answered again"
people forget @.example --json
is "$(printf '%s' "$out" | tr -d '\n ')" '[{"address":"@.example","forgotten":2}]' "forget: a domain and those below"
people forget --all </dev/null
is "$status" 1 "forget --all: nobody is left"
answer bob@sender.example
people forget --all </dev/null
is "$status" 64 "forget --all: asks, and nobody is there"
people forget --all --yes
is "$status $out" "0 1 person forgotten" "forget --all --yes"
people list
like "$out" '^@.spam.example .*excluded$' "... exclusions stay"

rm -f "$HOME"/.vacation.gdbm*
people import "$dir/file" </dev/null
is "$status" 64 "import: asks, and nobody is there"
is "$(ls -A "$HOME" | grep -c gdbm)" 0 "... and nothing was made"
people import --dry-run "$dir/file"
like "$out" ' 2  answered senders in it' "import --dry-run: shows"
is "$(ls -A "$HOME" | grep -c gdbm)" 0 "... and nothing was made"
people import --yes "$dir/file"
is "$status" 0 "import"
is "$("$backsoon" export | sort)" "$(sort "$dir/before")" "what was exported is there again"
people import --yes --json "$dir/file"
is "$(json_value new "$out") $(json_value known "$out") $(json_value imported "$out")" "0 2 true" "import: twice changes nothing"
answer bob@sender.example
is "$rule" answered "who was imported is not answered again"
head -n 2 "$dir/file" | "$backsoon" import --yes - 2>"$dir/err"
is "$? $(cat "$dir/err")" "65 backsoon: -:2: the file is not whole: its last line, \"end\", is missing" "import: half a file is refused"
people import "$dir"
is "$status $err" "66 backsoon: $dir: Is a directory" "import: a directory"
printf 'backsoon-export 1\nanswered\tlate@x.example\t@1\t@9223372036854775807\t1\t604800\th\nend\t1\n' >"$dir/late"
people import --yes "$dir/late"
is "$status $("$backsoon" export | grep -c 9223372036854775807)" "0 0" "import: a time that nobody lives to see counts as now"
people forget late@x.example
if command -v gdbm_dump >/dev/null; then
	gdbm_dump "$HOME/.vacation.gdbm" "$dir/dumped"
	people import "$dir/dumped"
	like "$status $err" "^65 .*a dump of a table of backsoon's" "import: a dump of our own table is no other program's"
else
	skip "import: a dump of our own table" "there is no gdbm_dump"
fi
people import "$dir/nowhere"
is "$status" 66 "import: no such file"

people prune
is "$status $out" "0 0 people forgotten" "prune: nobody"
people prune --now 2027-06-01 --dry-run
is "$out" "2 people would be forgotten" "prune --dry-run"
people prune --now 2027-06-01 --every once
like "$out" "every entry is needed" "prune: with once everything is needed"
people prune --now 2027-06-01
is "$out" "2 people forgotten" "prune"

# Fifty deliveries, and meanwhile somebody is forgotten again and again, and others are imported.
fresh
message x 'Return-Path: <x@y.example>' 'From: <x@y.example>'
i=0
while [ $i -lt 50 ]; do
	sed "s/x@y\.example/p$i@crowd.example/" "$mail" >"$dir/mail.$i"
	"$backsoon" --sendmail "$dir/sendmail" --log stderr --now "$now" --recipient owner@example.org --any-recipient --max-per-hour 0 \
	    --max-per-day 0 <"$dir/mail.$i" >/dev/null 2>>"$dir/log" &
	i=$((i + 1))
done
for i in 1 2 3; do
	"$backsoon" forget nobody@nowhere.example >/dev/null || [ $? = 1 ] || echo "forget: $?" >>"$dir/wrong"
	printf 'backsoon-export 1\nanswered\tnew%s@x\t@1780300000\t@1780300000\t604800\t1\th\nend\t1\n' $i | "$backsoon" import --yes >/dev/null || echo "import: $?" >>"$dir/wrong"
	"$backsoon" forget @x >/dev/null || echo "forget @x: $?" >>"$dir/wrong"
done
wait
is "$(cat "$dir/wrong" 2>/dev/null)" "" "forget and import, while deliveries run"
is "$(grep -c verdict=answered "$dir/log") $("$backsoon" export | grep -c '^answered.p[0-9]*@crowd.example')" "50 50" "... and of 50 deliveries none is lost"

done_testing
