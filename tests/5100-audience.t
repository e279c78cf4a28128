#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Which text whom: whole deliveries, the files that cannot be used, what
# explain says of it, and that nobody is told twice because of another text.

# shellcheck source=tests/lib.sh
. tests/lib.sh

# One text a file, each with its own name for a text.
texts()		# SETTING...
{
	for setting; do
		file=$(printf '%s' "$setting" | tr '@/' '__').msg
		printf 'the text of %s\n' "$setting" >"$HOME/$file"
		printf '%s = %s\n' "$setting" "$file" >>"$HOME/.vacation.conf"
	done
}

# Everything of the manual's list.
all()
{
	fresh
	printf 'internal-domain = .example.org\n' >"$HOME/.vacation.conf"
	printf 'the text of message\n' >"$HOME/.vacation.msg"
	texts message.sales@example.org message.sales@example.org/de message.de message.fr \
	    internal-message internal-message.de internal-message.sales@example.org
}

# The text that the reply of one delivery has, after `the text of'.
told()
{
	cat "$dir"/sent.*.mail 2>/dev/null | sed -n 's/^the text of //p' | tail -n 1
}

from()		# SENDER TO LINE...: a message that is delivered to bob
{
	sender=$1 to=$2
	shift 2
	message plain "From: $sender" "To: $to" "$@"
	deliver --recipient bob@example.org --sender "$sender" $options
}
options=

# --- the list ---------------------------------------------------------------------------

row()		# WANT SENDER TO LINE...
{
	want=$1
	shift
	all
	from "$@"
	is "$(told)" "$want" "$2 from $*: $want"
}

de='Accept-Language: de-AT, en;q=0.1'
row message alice@example.com bob@example.org
row message.de alice@example.com bob@example.org "$de"
row message.fr alice@example.com bob@example.org 'Content-Language: fr'
row message alice@example.com bob@example.org 'Content-Language: nl'
row message.sales@example.org alice@example.com sales@example.org
row message.sales@example.org alice@example.com SALES+eu@example.org
row message.sales@example.org/de alice@example.com sales@example.org "$de"
row internal-message carol@example.org bob@example.org
row internal-message carol@it.example.org bob@example.org
row internal-message.de carol@example.org bob@example.org "$de"
row internal-message carol@example.org bob@example.org 'Accept-Language: fr'
row internal-message.sales@example.org carol@example.org sales@example.org
row internal-message.sales@example.org carol@example.org sales@example.org "$de"

all
message plain 'From: carol@example.org' 'To: bob@example.org'
deliver --recipient bob@example.org --sender eve@example.com
is "$(told)" message "an outsider who writes an insider's name into From"
all
deliver --recipient bob@example.org --sender SRS0=x1Y2=AB=example.org=carol@example.com
is "$(told)" message "an insider's address wrapped by an outsider"

# --- what the reply says -----------------------------------------------------------------

field()		# NAME
{
	sed -n "s/^$1: //p" "$dir/sent.1.mail"
}

all
printf 'Subject: Abwesend\nFrom: Verkauf <verkauf@example.org>\n\nx\n' >"$HOME/message.de.msg"
options='--subject Away --from office@example.org --language en'
from alice@example.com bob@example.org "$de"
is "$(field Subject)" Abwesend "a text's own Subject goes before the setting"
is "$(field From)" 'Verkauf <verkauf@example.org>' "a text's own From goes before the setting"
is "$(field Content-Language)" de "its language is said"
all
from alice@example.com bob@example.org 'Accept-Language: fr'
is "$(field Subject):$(field From):$(field Content-Language)" Away:office@example.org:fr "a text without a head has the settings'"
all
printf 'Subject: mine\n\nx\n' >"$HOME/.vacation.msg"
from alice@example.com bob@example.org
is "$(field Subject):$(field Content-Language)" Away:en "the message file's Subject gives way to the setting"
options=
all
printf 'Content-Language: de-CH\n\nx\n' >"$HOME/message.de.msg"
from alice@example.com bob@example.org "$de"
is "$(field Content-Language)" de-CH "a text that says its language itself"
all
from alice@example.com sales@example.org
is "$(field From | sed 's/.*<\(.*\)>/\1/')" sales@example.org "an address with a text is the owner's, and the reply comes from it"

# --- files that cannot be used -----------------------------------------------------------

all
rm "$HOME/message.de.msg"
from alice@example.com bob@example.org "$de"
is "$(told)" message "no file in a language: the text without one"
like "$err" 'message\.de: message\.de\.msg: there is no such file; the text of message takes its place' "and a word of it"
all
: >"$HOME/internal-message.msg"
from carol@example.org bob@example.org
is "$(told)" message "an empty file for insiders: what everybody gets"
like "$err" 'internal-message: internal-message\.msg is empty' "and a word of it"
all
chmod o+w "$HOME/internal-message.sales@example.org.msg" 2>/dev/null || chmod o+w "$HOME/internal-message.sales_example.org.msg"
from carol@example.org sales@example.org
is "$(told)" message.sales@example.org "insiders to an address: what others get there"
all
rm "$HOME/message.sales_example.org.msg"
from alice@example.com sales@example.org
is "$verdict:$(told)" no-message-file: "no file for an address: no reply, never the text for all"
like "$err" 'message\.sales@example\.org: message\.sales_example\.org\.msg: there is no such file' "and which it is"
all
rm "$HOME/.vacation.msg"
from alice@example.com bob@example.org
is "$verdict:$(told)" no-message-file: "no text for everybody: no reply"
from carol@example.org bob@example.org
is "$(told)" internal-message "no text for everybody: insiders have theirs"
all
chmod o+w "$HOME/.vacation.msg"
from alice@example.com bob@example.org
is "$verdict:$(told)" message-file: "a text that everybody may write"

# --- once ------------------------------------------------------------------------------

all
from alice@example.com bob@example.org
from alice@example.com sales@example.org
is "$rule:$(replies)" answered:1 "nobody is told again because of another address"
from alice@example.com bob@example.org "$de"
is "$rule:$(replies)" answered:1 "nor in another language"
sort "$HOME/.vacation.conf" -o "$HOME/.vacation.conf"
from alice@example.com bob@example.org
is "$rule:$(replies)" answered:1 "the order of the lines does not matter"
echo 'also this' >>"$HOME/message.fr.msg"
from alice@example.com bob@example.org
is "$rule:$(replies)" answer:2 "a text that has changed, whichever: people are told"

# --- explain ---------------------------------------------------------------------------

explained()	# SENDER TO LINE...
{
	sender=$1 to=$2
	shift 2
	message plain "From: $sender" "To: $to" "$@"
	run "$backsoon" explain --now "$now" --sendmail "$dir/sendmail" --recipient bob@example.org --sender "$sender" "$mail"
	printf '%s\n' "$out" | sed -n 's/^Text  *//p'
}

all
is "$(explained alice@example.com sales@example.org "$de")" \
    'message.sales@example.org/de = message.sales_example.org_de.msg (it was written to sales@example.org; Accept-Language asks for de-AT)' \
    "explain: an address and a language"
is "$(explained carol@it.example.org bob@example.org)" \
    'internal-message = internal-message.msg (the sender is in .example.org (internal-domain))' "explain: an insider"
rm "$HOME/message.de.msg"
like "$(explained alice@example.com bob@example.org "$de")" '^message = .*; not usable: message\.de = message\.de\.msg$' "explain: a file that is not there"
run "$backsoon" explain --json --sendmail "$dir/sendmail" --recipient bob@example.org --sender carol@example.org --now "$now" "$mail"
is "$(printf '%s' "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin)["text"])')" \
    "{'setting': 'internal-message.de', 'file': 'internal-message.de.msg', 'internal': True, 'alias': None, 'language': 'de', 'because': 'the sender is in .example.org (internal-domain); Accept-Language asks for de-AT', 'unusable': []}" \
    "explain --json"
fresh
is "$(explained alice@example.com bob@example.org)" 'message = ~/.vacation.msg (it is for everybody)' "explain: nothing to choose from"

# --- the site's bounds -------------------------------------------------------------------

# A world with another /etc: the site's file is where the program was built for.
site()		# LINES OPTION...: one message at noon and one a day and a half later; how many replies
{
	mkdir -p "$dir/etc"
	cp /etc/passwd /etc/group "$dir/etc/"
	printf '%b' "$1" >"$dir/etc/backsoon.conf"
	shift
	fresh
	message plain
	for at in '2026-06-01 12:00' '2026-06-03 00:00'; do
		unshare -rm sh -c 'mount --bind "$1" /etc && shift && exec "$@"' sh "$dir/etc" "$backsoon" --sendmail "$dir/sendmail" \
		    --recipient bob@example.org --now "$at" "$@" <"$mail" >/dev/null 2>&1
	done
	replies
}

if unshare -rm true 2>/dev/null; then
	is "$(site '' --every 1d)" 2 "no bounds"
	is "$(site 'min-period = 2d\n' --every 1d)" 1 "min-period of the site"
	is "$(site 'min-period = 2d\n' --every 1d --min-period 1h)" 1 "the user cannot lower min-period"
	is "$(site 'min-period = 1h\n' --every 1d --min-period 2d)" 1 "the user can raise min-period"
	is "$(site 'min-period = 2d\n' --every 9d --max-period 1d)" 1 "nor pass it by max-period"
	is "$(site 'max-period = 1d\n' --every 9d)" 2 "max-period of the site"
	is "$(site 'max-period = 1d\n' --every 9d --max-period 9d)" 2 "the user cannot raise max-period"
	is "$(site 'max-period = 9d\n' --every 9d --max-period 1d)" 2 "the user can lower max-period"
	is "$(site 'max-period = 1d\n' --every 9d --min-period 9d)" 2 "nor pass it by min-period"
	is "$(site 'every = 9d\n' --every 1d)" 2 "other settings of the site are defaults"
	is "$(site 'max-per-day = 0\n' --every 1d --max-per-day 5)" 2 "no limit is no bound"
else
	skip "the site's bounds" "there are no user namespaces"
fi

# --- errors name their place -----------------------------------------------------------

for line in 'alias = no address here, is it' 'from = Anna <anna@>' 'language = jp' 'return-path = x y' 'sendmail-kind = pigeon' \
    'trust-auth = a, b' 'internal-domain = *' 'message.sales = x' 'require-authenticated = yes'; do
	fresh
	message plain
	printf '# mine\n%s\n' "$line" >"$HOME/.vacation.conf"
	deliver --recipient bob@example.org
	is "$status:$verdict:$(replies)" 0:settings:0 "$line: no reply"
	like "$err" '~/\.vacation\.conf:2: .*( as |did you mean)' "$line: its place, and an example"
done

done_testing
