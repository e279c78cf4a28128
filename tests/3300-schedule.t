#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2154 # what lib.sh sets
#
# When the owner is away, through the program: days and times in several
# zones, changes of the clock, recurring hours, what the reply says of it;
# and that outside of it nothing is touched.

# shellcheck source=tests/lib.sh
. tests/lib.sh

[ -e /usr/share/zoneinfo/Europe/Berlin ] || skip_all "no time zones are installed"

me=bob@example.org
message plain

# --- each side of each limit ------------------------------------------------------------
#
# now | settings, by `;' | away, or here.  `now' has its offset, so that the row
# does not use what it tests.

while IFS='|' read -r at options want; do
	[ -n "$at" ] || continue
	at=${at%"${at##*[! ]}"} want=${want# }
	printf '%s\n' "$options" | tr ';' '\n' >"$HOME/.vacation.conf"
	run "$backsoon" explain --json --recipient $me --sendmail "$dir/sendmail" --now "$at" "$mail"
	rule=$(json_value rule "$out")
	[ -z "$rule" ] && rule=away
	[ "$rule" = not-active ] && rule=here
	is "$status:$rule" "0:$want" "$at:$options"
done <<'END'
2026-12-18T22:59:59Z | from-date = 2026-12-19; until = 2027-01-03; timezone = Europe/Berlin | here
2026-12-18T23:00:00Z | from-date = 2026-12-19; until = 2027-01-03; timezone = Europe/Berlin | away
2027-01-03T22:59:59Z | from-date = 2026-12-19; until = 2027-01-03; timezone = Europe/Berlin | away
2027-01-03T23:00:00Z | from-date = 2026-12-19; until = 2027-01-03; timezone = Europe/Berlin | here
2026-12-19T04:59:59Z | from-date = 2026-12-19; until = 2027-01-03; timezone = America/New_York | here
2026-12-19T05:00:00Z | from-date = 2026-12-19; until = 2027-01-03; timezone = America/New_York | away
2027-01-04T04:59:59Z | from-date = 2026-12-19; until = 2027-01-03; timezone = America/New_York | away
2027-01-04T05:00:00Z | from-date = 2026-12-19; until = 2027-01-03; timezone = America/New_York | here
2026-12-18T12:59:59Z | from-date = 2026-12-19; until = 2027-01-03; timezone = Australia/Lord_Howe | here
2026-12-18T13:00:00Z | from-date = 2026-12-19; until = 2027-01-03; timezone = Australia/Lord_Howe | away
2027-01-03T12:59:59Z | from-date = 2026-12-19; until = 2027-01-03; timezone = Australia/Lord_Howe | away
2027-01-03T13:00:00Z | from-date = 2026-12-19; until = 2027-01-03; timezone = Australia/Lord_Howe | here
2026-03-29T21:59:59Z | until = 2026-03-29; timezone = Europe/Berlin | away
2026-03-29T22:00:00Z | until = 2026-03-29; timezone = Europe/Berlin | here
2026-10-25T22:59:59Z | until = 2026-10-25; timezone = Europe/Berlin | away
2026-10-25T23:00:00Z | until = 2026-10-25; timezone = Europe/Berlin | here
2026-03-29T00:59:59Z | from-date = 2026-03-29 02:30; timezone = Europe/Berlin | here
2026-03-29T01:00:00Z | from-date = 2026-03-29 02:30; timezone = Europe/Berlin | away
2026-10-25T00:29:59Z | from-date = 2026-10-25 02:30; timezone = Europe/Berlin | here
2026-10-25T00:30:00Z | from-date = 2026-10-25 02:30; timezone = Europe/Berlin | away
2026-10-25T01:29:59Z | until = 2026-10-25 02:30; timezone = Europe/Berlin | away
2026-10-25T01:30:00Z | until = 2026-10-25 02:30; timezone = Europe/Berlin | here
2026-11-01T05:29:59Z | from-date = 2026-11-01 01:30; timezone = America/New_York | here
2026-11-01T05:30:00Z | from-date = 2026-11-01 01:30; timezone = America/New_York | away
2026-11-01T06:29:59Z | until = 2026-11-01 01:30; timezone = America/New_York | away
2026-11-01T06:30:00Z | until = 2026-11-01 01:30; timezone = America/New_York | here
2026-04-04T14:44:59Z | from-date = 2026-04-05 01:45; timezone = Australia/Lord_Howe | here
2026-04-04T14:45:00Z | from-date = 2026-04-05 01:45; timezone = Australia/Lord_Howe | away
2026-04-04T15:14:59Z | until = 2026-04-05 01:45; timezone = Australia/Lord_Howe | away
2026-04-04T15:15:00Z | until = 2026-04-05 01:45; timezone = Australia/Lord_Howe | here
2026-10-03T15:29:59Z | from-date = 2026-10-04 02:10; timezone = Australia/Lord_Howe | here
2026-10-03T15:30:00Z | from-date = 2026-10-04 02:10; timezone = Australia/Lord_Howe | away
2011-12-30T09:59:59Z | until = 2011-12-29; timezone = Pacific/Apia | away
2011-12-30T10:00:00Z | until = 2011-12-29; timezone = Pacific/Apia | here
2011-12-30T09:59:59Z | until = 2011-12-30; timezone = Pacific/Apia | away
2011-12-30T10:00:00Z | until = 2011-12-30; timezone = Pacific/Apia | here
2011-12-30T09:59:59Z | from-date = 2011-12-30; timezone = Pacific/Apia | here
2011-12-30T10:00:00Z | from-date = 2011-12-30; timezone = Pacific/Apia | away
2040-02-29T22:59:59Z | until = 2040-02-29; timezone = Europe/Berlin | away
2040-02-29T23:00:00Z | until = 2040-02-29; timezone = Europe/Berlin | here
2050-06-30T21:59:59Z | from-date = 2050-07-01; timezone = Europe/Berlin | here
2050-06-30T22:00:00Z | from-date = 2050-07-01; timezone = Europe/Berlin | away
2026-12-24T12:59:59Z | until = 2026-12-24T14:00+01:00; timezone = Asia/Tokyo | away
2026-12-24T13:00:00Z | until = 2026-12-24T14:00+01:00; timezone = Asia/Tokyo | here
2026-11-20T16:59:59Z | hours = Mon-Fri 18:00-08:30, Sat, Sun; timezone = Europe/Berlin | here
2026-11-20T17:00:00Z | hours = Mon-Fri 18:00-08:30, Sat, Sun; timezone = Europe/Berlin | away
2026-11-20T23:00:00Z | hours = Mon-Fri 18:00-08:30, Sat, Sun; timezone = Europe/Berlin | away
2026-11-22T23:00:00Z | hours = Mon-Fri 18:00-08:30, Sat, Sun; timezone = Europe/Berlin | away
2026-11-23T07:29:59Z | hours = Mon-Fri 18:00-08:30, Sat, Sun; timezone = Europe/Berlin | away
2026-11-23T07:30:00Z | hours = Mon-Fri 18:00-08:30, Sat, Sun; timezone = Europe/Berlin | here
2026-12-25T11:00:00Z | hours = Mon-Fri 18:00-08:30; holidays = 2026-12-25; timezone = Europe/Berlin | away
2026-12-28T11:00:00Z | hours = Mon-Fri 18:00-08:30; holidays = 2026-12-25; timezone = Europe/Berlin | here
2026-12-26T08:00:00Z | hours = Sat, Sun; from-date = 2026-12-27; timezone = Europe/Berlin | here
2026-12-27T08:00:00Z | hours = Sat, Sun; from-date = 2026-12-27; timezone = Europe/Berlin | away
END

# --- what is refused, with its place ----------------------------------------------------

wrong()		# LINE WHAT-THE-TROUBLE-IS-LIKE NAME
{
	printf '# dates\n%s\n' "$1" >"$HOME/.vacation.conf"
	run "$backsoon" explain --json --recipient $me --sendmail "$dir/sendmail" --now "$now" "$mail"
	like "$status:$(printf '%s\n' "$out" | grep '"trouble"')" "^64:$2" "$3"
	deliver --recipient $me
	is "$status:$verdict:$(replies)" "0:settings:0" "$3: no reply, and no bounce"
}

wrong 'until = 2026-05-01
from-date = 2026-06-01' '.*conf:2: until: the period ends before it begins: from 2026-06-01 until 2026-05-01' "an end before the start"
wrong 'timezone = Europe/Berlinn' '.*conf:2: timezone: no such zone is installed: .*Europe/Berlinn.*did you mean Europe/Berlin\?' "an unknown zone, and the one that was meant"
wrong 'timezone = berlin' '.*did you mean Europe/Berlin\?' "a zone without its continent"
wrong 'timezone = Nowhere/Land' '.*no such zone is installed: .*Nowhere/Land[^?]*,$' "a zone like no other"
wrong 'until = 2026-02-30' '.*conf:2: until: not a date or time' "a day that there is not"
wrong 'hours = Mon-Fri 18' '.*conf:2: hours: not understood' "hours that are none"

# --- the reply's dates ------------------------------------------------------------------

says()		# WANT NAME OPTION...: with what $text makes of the dates
{
	want=$1 name=$2
	shift 2
	run "$backsoon" explain --recipient $me --sendmail "$dir/sendmail" --now '2026-12-20T12:00Z' --timezone Europe/Berlin "$@" "$mail"
	is "$(printf '%s\n' "$out" | sed -n 's/^    dates: //p')" "$want" "$name"
}

rm "$HOME/.vacation.conf"
text()		# HEADER-FIELD...
{
	printf '%s\n' "Subject: away" "$@" '' 'dates: $FROM_DATE - $UNTIL - $DATE' >"$HOME/.vacation.msg"
}

text
set -- --from-date 2026-12-19 --until 2027-01-03
says "19 December 2026 - 3 January 2027 - 20 December 2026" "English, when nothing is said" "$@"
says "19. Dezember 2026 - 3. Januar 2027 - 20. Dezember 2026" "language = de" --language de "$@"
says "December 19, 2026 - January 3, 2027 - December 20, 2026" "language = en-US" --language en-US "$@"
says "19 décembre 2026 - 1er janvier 2027 - 20 décembre 2026" "language = fr: the first" --language fr --from-date 2026-12-19 --until 2027-01-01
says "2026年12月19日 - 2027年1月3日 - 2026年12月20日" "language = ja" --language ja "$@"
says "2026-12-19 - 2027-01-03 - 2026-12-20" "a language whose months are not known" --language sw "$@"
says "19 December 2026 at 08:30 - 3 January 2027 at 14:00 - 20 December 2026" "with times" --from-date '2026-12-19 08:30' --until '2027-01-03 14:00'
says "19 December 2026 - 3 January 2027 at 15:00 - 20 December 2026" "a time of another zone is shown in the owner's" --from-date 2026-12-19 --until 2027-01-03T14:00Z
says "19 December 2026 - 3 January 2027 at 15:00 - 20 December 2026" "and so are seconds" --from-date 2026-12-19 --until @1798984800
says "24 October 2026 - 31 December 2026 - 20 December 2026" "the last day is the one that was written" --from-date 2026-10-24 --until 2026-12-31
text 'Content-Language: pt-BR, en'
says "19 de dezembro de 2026 - 3 de janeiro de 2027 - 20 de dezembro de 2026" "the language that the text says it has" "$@"
says "19. Dezember 2026 - 3. Januar 2027 - 20. Dezember 2026" "the setting wins over it" --language de "$@"
printf 'Subject: Abwesend bis $UNTIL\nContent-Language: de\n\nx\n' >"$HOME/.vacation.msg"
run "$backsoon" explain --recipient $me --sendmail "$dir/sendmail" --now '2026-12-20 12:00' --until 2027-03-03 "$mail"
like "$out" '^    Subject: Abwesend bis 3\. März 2027$' "in the subject"
unlike "$out" '^Hint' "nothing is amiss"

text
run "$backsoon" explain --recipient $me --sendmail "$dir/sendmail" --now '2026-12-20 12:00' "$mail"
like "$out" '^Hint        the reply shows \$UNTIL, but the setting until has no value' "a date that is not set: explain says so"
like "$out" '^Hint        the reply shows \$FROM_DATE, but the setting from-date has no value' "both"
run "$backsoon" explain --json --recipient $me --sendmail "$dir/sendmail" --now '2026-12-20 12:00' --from-date 2026-12-19 "$mail"
is "$(printf '%s\n' "$out" | tr -d ' \n' | sed 's/.*"unset_variables":\[\([^]]*\)\].*/\1/')" '"UNTIL"' "--json too: only the one that is not set"
printf 'Subject: away\n\nIt costs $$UNTIL and $UNTILS ${UNTIL\n' >"$HOME/.vacation.msg"
run "$backsoon" explain --recipient $me --sendmail "$dir/sendmail" --now '2026-12-20 12:00' "$mail"
unlike "$out" '^Hint' "what only looks like a variable is none"
run "$backsoon" explain --recipient $me --sendmail "$dir/sendmail" --now '2026-12-20 12:00' --subject 'until ${UNTIL}' "$mail"
like "$out" '^Hint .*\$UNTIL' "a subject's variable counts"

# --- outside of it nothing is touched ---------------------------------------------------

# A table, a text and contacts that cannot be read, and no sendmail: errors, were they asked for.
fresh
rm "$HOME/.vacation.msg"
mkdir "$HOME/.vacation.msg" "$HOME/.vacation.gdbm" "$HOME/contacts"
set -- --recipient $me --sendmail "$dir/nowhere" --contacts contacts --only-known --until 2026-05-31 --timezone Europe/Berlin
deliver "$@"
is "$status:$rule" "0:not-active" "after the end: refused, whatever state the rest is in"
unlike "$err" 'contacts|gdbm|nowhere|vacation\.msg' "and the rest is not looked at"
deliver "$@" --until 2026-06-01
is "$verdict" "message-file" "on the last day it is"

if strace -o /dev/null true 2>/dev/null; then
	strace -f -e trace=open,openat,creat,connect,execve -o "$dir/trace" \
	    "$backsoon" --log stderr --now "$now" "$@" <"$mail" 2>/dev/null
	is "$(grep -v execve "$dir/trace" | grep -o "\"$HOME[^\"]*\"\|\"[^\"]*\.vacation[^\"]*\"\|\"contacts\"\|\"/etc/passwd\"" | tr -d '"' | sed "s,^$HOME/*,," | sort -u | tr '\n' ' ')" \
	    " .vacation.conf .vacation.journal " "home directory, settings and journal are all that is opened"
	is "$(grep -c execve "$dir/trace")" 1 "and no program is started"
else
	skip "home directory, settings and journal are all that is opened" "strace does not work here"
fi

done_testing
