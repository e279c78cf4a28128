#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Walks tests/cases.tsv.  Every message is explained and then delivered: both
# must come to the same rule, and only `answer' may leave a reply.
# CASE in the environment, a pattern: only the rows whose name it fits.
# shellcheck disable=SC2254

. tests/lib.sh

tab=$(printf '\t')
plain='RECIPIENT=bob@example.org'	# the environment unless a row has its own

# What rows use to make their message ...

repeat()		# N CHARACTER
{
	printf "%${1}s" '' | tr ' ' "$2"
}

in_header()	# puts standard input behind the message's header
{
	sed "/^\$/,\$d" "$mail" >"$mail.new"
	cat >>"$mail.new"
	sed -n "/^\$/,\$p" "$mail" >>"$mail.new"
	mv "$mail.new" "$mail"
}

many_fields()	# N LAST-LINE
{
	awk -v n="$1" -v last="${2:-}" 'BEGIN {
		for (i = 1; i <= n; i++)
			print "X-Field-" i ": x"
		if (last != "")
			print last
	}' | in_header
}

long_field()	# BYTES
{
	{ printf 'X-Long: '; repeat "$1" x; echo; } | in_header
}

many_recipients()	# N
{
	awk -v n="$1" 'BEGIN { printf "Cc: x@example.net"; for (i = 1; i < n; i++) printf ",\n x%d@example.net", i; print "" }' |
	    in_header
}

many_hops()	# N, the one that is there included
{
	awk -v n="$1" 'BEGIN { for (i = 1; i < n; i++) print "Received: by hop" i ".example.net; Mon, 1 Jun 2026 11:00:00 +0000" }' |
	    in_header
}

header_alone()
{
	sed -i "/^\$/,\$d" "$mail"
}

crlf()
{
	sed -i "s/\$/$(printf '\r')/" "$mail"
}

# ... and what was before it.

earlier()	# FROM-LINE OPTION...: another message
{
	mail=$dir/earlier
	message plain "$1"
	shift
	env $plain "$backsoon" --sendmail "$dir/sendmail" "$@" <"$mail"
	mail=$dir/mail
	rm -f "$dir"/sent.*
}

answered_at()	# TIME OPTION...: the plain message was answered then
{
	at=$1
	shift
	earlier 'X-Earlier: yes' --now "$at" "$@"
}

from_others()	# N TIME: so many others were answered then, each from a domain of its own
{
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		earlier -From --now "$2" --sender "other@example$i.net"
	done
}

exclude()	# ADDRESS
{
	echo "$1" | "$vacation" -x
}

contacts()	# LINE
{
	echo "$1" >"$HOME/contacts"
}

# The rule that a command's JSON names.
explained()
{
	if [ "$(json_value reply_goes_out "$out")" = true ]; then
		echo answer
	elif grep -q '^  "rule": null' "$dir/stdout"; then
		json_value verdict "$out"
	else
		json_value rule "$out"
	fi
}

run_backsoon()	# WORD...: the row's options and environment behind these words
{
	eval "set -- \"\$@\" --sendmail \"\$dir/sendmail\" --now \"\$now\" $options"
	eval "run env $environment "'"$backsoon" "$@"' <"$mail"
}

row()
{
	case $environment in
	'') environment=$plain ;;
	none) environment= ;;
	esac
	fresh
	message "$base" ${header:+"$header"}
	eval "$before"

	run_backsoon explain --json
	if [ "$status" = 0 ]; then
		explain=$(explained)
	else
		# Wrong settings or no home: explain says so by its own status.
		explain=$want
		[ "$status" = 64 ] || [ "$status" = 67 ] || explain="status $status"
	fi
	[ "$(replies)" = 0 ] || explain="$explain, and sent a reply"

	run_backsoon --log stderr
	log_says
	replies=0
	[ "$want" != answer ] || replies=1
	is "explain: $explain; delivery: $rule; exit: $status; replies: $(replies); stdout: $out" \
	    "explain: $want; delivery: $want; exit: $exit; replies: $replies; stdout: " "$name"
}

while IFS=$tab read -r name base header before options environment want exit; do
	case $name in
	'' | '#'*) continue ;;
	${CASE:-*}) ;;
	*) continue ;;
	esac
	for column in header before options environment; do
		eval "[ \"\$$column\" != - ] || $column="
	done
	row
done <tests/cases.tsv

[ -n "${CASE:-}" ] || for id in $("$backsoon" explain --rules | awk '{ print $1 }'); do
	for direction in "$id" answer; do
		is "$(awk -F '\t' -v name="$id: " -v want="$direction" \
		    'index($1, name) == 1 && $7 == want { n = 1 } END { print n + 0 }' tests/cases.tsv)" 1 \
		    "rule $id has a row that wants $direction"
	done
done

done_testing
