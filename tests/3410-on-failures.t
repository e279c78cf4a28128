#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2154 # lib.sh sets it
#
# backsoon on, backsoon off, when something goes wrong halfway: a full disk, two at
# once, an editor in another window.  What the user had is still there, or it is said where.

. tests/lib.sh

TMPDIR=$dir/tmp
export TMPDIR
mkdir "$TMPDIR"
unset VISUAL EDITOR LANGUAGE
# A program that is traced cannot look for its leaks.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS

begin()		# a home with a text, settings and a .forward
{
	rm -rf "$HOME"
	mkdir -m 700 "$HOME"
	echo ORIGINAL >"$HOME/.vacation.msg"
	printf '# mine\nsendmail = %s\nsendmail-kind = postfix\nalias = anna@example.org\n' "$dir/sendmail" >"$HOME/.vacation.conf"
	printf '\\%s\n' "$login" >"$HOME/.forward"
	chmod 600 "$HOME/.vacation.msg" "$HOME/.vacation.conf"
	chmod 644 "$HOME/.forward"
}

files()		# names and contents, without what is there for moments
{
	(cd "$HOME" && find . -type f ! -name '*.backsoon-new' | sort | xargs -r cksum)
}

on()
{
	run "$@" "$backsoon" on --wire forward --now "$now" --text hi </dev/null
}

# --- system calls that fail ---------------------------------------------------------------

injects=false
if command -v strace >/dev/null && strace -o /dev/null -e inject=fsync:error=EIO:when=99 true 2>/dev/null; then
	injects=true
fi
for call in write:error=ENOSPC fsync:error=EIO renameat:error=EROFS; do
	$injects || { skip "$call" "there is no strace that may inject"; continue; }
	wrong='' said=''
	only=	# what is written to a terminal is no part of it
	if [ "${call%%:*}" = write ]; then
		for name in .vacation.msg .vacation.conf .forward; do
			only="$only -P $HOME/$name.backsoon-new -P $HOME/$name.backsoon-kept.backsoon-new"
		done
	fi
	n=0
	while [ $n -lt 14 ]; do
		n=$((n + 1))
		begin
		before=$(files)
		# shellcheck disable=SC2086 # words
		on strace -f -o /dev/null $only -e "trace=${call%%:*}" -e "inject=$call:when=$n+"
		[ "$status" = 0 ] && continue
		grep -qrx ORIGINAL "$HOME" || wrong="$wrong $n:lost"
		if [ "$(files)" != "$before" ]; then
			printf '%s\n' "$err" | grep -q 'on; everything is as it was' && wrong="$wrong $n:untrue"
			grep -qx ORIGINAL "$HOME/.vacation.msg" || printf '%s\n' "$err" | grep -q 'what it was is in .*msg.backsoon-kept$' ||
			    wrong="$wrong $n:unsaid"
		fi
		[ -z "$err" ] || said=yes
	done
	is "$wrong" "" "$call, at any call on: the text is there, and what is said is true"
	is "$said" yes "$call: some of these failed"
done
if $injects; then
	begin
	before=$(files)
	on strace -f -o /dev/null -e trace=renameat -e inject=renameat:error=EROFS:when=4
	is "$(files)" "$before" "one rename that fails: everything goes back"
	like "$err" 'on; everything is as it was$' "and this is said"
else
	skip "one rename that fails" "there is no strace that may inject"
fi

# --- older copies -------------------------------------------------------------------------

begin
on
is "$status" 0 "another text"
is "$(cat "$HOME/.vacation.msg.backsoon-kept")" ORIGINAL "the one that was there is kept"
is "$(cd "$HOME" && echo .vacation.conf.back*)" ".vacation.conf.back*" "the copy of the settings goes"
run "$backsoon" on --wire forward --now "$now" --text second </dev/null
is "$(cat "$HOME/.vacation.msg.backsoon-kept")" ORIGINAL "a third one: the first is still kept"
is "$(tail -n 1 "$HOME/.vacation.msg.backsoon-kept.2")" hi "and the second beside it"
run "$backsoon" on --wire forward --now "$now" --text hi </dev/null
run "$backsoon" on --wire forward --now "$now" --text second </dev/null
is "$(cd "$HOME" && ls -d .vacation.msg.backsoon-kept* | wc -l | tr -d ' ')" 3 "the same text is not kept twice"
rm "$HOME/.forward"
mkdir "$HOME/.forward"
before=$(files)
run "$backsoon" on --wire forward --now "$now" --text third </dev/null
unlike "$status" '^0$' "another one that fails"
is "$(files)" "$before" "leaves all of them"

# --- two at once ----------------------------------------------------------------------------

begin
for i in 1 2 3 4 5 6; do
	"$backsoon" on --wire forward --now "$now" --text "text $i" >/dev/null 2>"$dir/err.$i" </dev/null &
done
wait
is "$(cat "$dir"/err.*)" "" "six at once: none fails"
is "$(grep -c "|$backsoon" "$HOME/.forward")" 1 "the line is in once"
is "$(cat "$HOME"/.vacation.msg* | grep -c '^text [1-6]$')" 6 "each text is there, or kept"
is "$(cat "$HOME/.vacation.msg.backsoon-kept")" ORIGINAL "so is the first"
if command -v flock >/dev/null; then
	begin
	before=$(files)
	flock "$HOME" sleep 13 &
	sleep 0.3
	on
	is "$status" 75 "one that is at work for long"
	like "$err" 'another .*is at work here' "it is said"
	is "$(files)" "$before" "nothing was written"
	wait
else
	skip "one that is at work for long" "there is no flock"
fi

# --- edited meanwhile -----------------------------------------------------------------------

if command -v expect >/dev/null; then
	for file in .vacation.conf .vacation.msg; do
		begin
		printf '#!/bin/sh\necho "# note" >>"$HOME/%s"\necho more >>"$1"\n' $file >"$dir/bin/editor"
		chmod +x "$dir/bin/editor"
		printf 'meanwhile\t\n' >"$dir/lines"
		run env TERM=xterm EDITOR="$dir/bin/editor" tests/dialogue "$dir/lines" "$backsoon" on --wire forward --now "$now" --edit
		is "$status" 73 "$file edited meanwhile: status"
		like "$out" "$file has been changed by somebody else meanwhile" "$file edited meanwhile: it is said"
		is "$(tail -n 1 "$HOME/$file")" "# note" "$file edited meanwhile: the edit is there"
		is "$(cat "$HOME/.forward")" "\\$login" "$file edited meanwhile: nothing was written"
		is "$(tail -n 1 "$HOME/.vacation.msg.backsoon-draft")" more "$file edited meanwhile: what was typed is kept"
	done
else
	skip "edited meanwhile" "there is no expect"
fi

# --- ended while the editor is open ---------------------------------------------------------

ended()		# NAME SIGNAL EDITOR-COMMANDS: an editor that tells us of the signal, and waits
{
	begin
	rm -rf "$TMPDIR"
	mkdir "$TMPDIR"
	before=$(files)
	printf '#!/bin/sh\n%s\nkill -%s $PPID\nwhile :; do sleep 0.1; done\n' "$3" "$2" >"$dir/bin/editor"
	chmod +x "$dir/bin/editor"
	printf 'opens in\t\n' >"$dir/lines"
	run env TERM=xterm EDITOR="$dir/bin/editor" tests/dialogue "$dir/lines" "$backsoon" on --wire forward --now "$now" --edit
	is "$status" 130 "$1: status"
}
if command -v expect >/dev/null; then
	for signal in HUP TERM; do
		ended "$signal in the editor" $signal :
		is "$(files)" "$before" "$signal in the editor: nothing was written"
		is "$(ls -A "$TMPDIR")" "" "$signal in the editor: nothing is left in TMPDIR"
		ended "$signal after saving" $signal 'echo typed >>"$1"'
		is "$(cat "$HOME/.vacation.msg.backsoon-draft")" "ORIGINAL
typed" "$signal after saving: the text is kept"
		like "$out" 'that was edited is in ~/.vacation.msg.backsoon-draft' "$signal after saving: it is said where"
		is "$(cat "$HOME/.vacation.msg")" ORIGINAL "$signal after saving: the text that counts is as it was"
		is "$(ls -A "$TMPDIR")" "" "$signal after saving: nothing is left in TMPDIR"
	done
	ended "an editor with a safety copy" HUP 'echo unsaved >"$1.save"'
	is "$(cat "$HOME/.vacation.msg.backsoon-draft")" unsaved "an editor with a safety copy: that is kept"
	ended "an editor with a file of its own" HUP 'echo swap >"${1%/*}/.vacation.msg.swp"'
	like "$out" "has left of the text is in $TMPDIR/backsoon" "an editor with a file of its own: it is said where that is"
	is "$(cat "$TMPDIR"/backsoon.*/.vacation.msg.swp)" swap "an editor with a file of its own: it is there"
else
	skip "ended while the editor is open" "there is no expect"
fi

# --- settings that nobody expects -----------------------------------------------------------

begin
printf 'every = 3d\n# a\0b\nfrom = Anna\n' >>"$HOME/.vacation.conf"
run "$backsoon" off --now "$now" </dev/null
is "$(tail -n 2 "$HOME/.vacation.conf")" "from = Anna
paused = yes" "off: what is behind a NUL byte stays"

begin
head -c $((262140 - $(wc -c <"$HOME/.vacation.conf"))) /dev/zero | tr '\0' '#' >>"$HOME/.vacation.conf"
before=$(files)
on
is "$status" 64 "on would make the settings too large"
like "$err" 'would have more than 262144 bytes' "it is said"
is "$(files)" "$before" "nothing was written"

begin
on
head -c 270000 /dev/zero | tr '\0' '#' >>"$HOME/.vacation.conf"
run "$backsoon" off --now "$now" </dev/null
unlike "$status" '^0$' "off, with settings that cannot be read"
like "$err" 'no longer brought here by that line' "what is done and what is left is said"
is "$(cat "$HOME/.forward")" "\\$login" "the line is out all the same"

begin
printf 'subject = foo # boss is a fool\n' >>"$HOME/.vacation.conf"
run "$backsoon" on --wire forward --now "$now" --subject 'the "x' </dev/null
is "$(sed -n '5,6p' "$HOME/.vacation.conf")" '# boss is a fool
subject = the "x' "a comment is not swallowed by the value"

done_testing
