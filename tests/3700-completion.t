#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck disable=SC2016,SC2046,SC2086 # scripts of other shells, and lists of words
#
# Completion in real shells: bash, zsh and fish are given a command line up to
# the cursor and say what they would offer.  And what `make install' puts where.

# shellcheck source=tests/lib.sh
. tests/lib.sh

PATH=$dir/bin:$PATH
mkdir "$HOME/there"
: >"$HOME/there.txt"

# --- what the program knows -------------------------------------------------------------

# Each option of a command is in its usage, from which completion has it, with a value where it takes one.
for source in commands/*.c; do
	for pair in $(grep -o 'command_[a-z]*(&argc, argv, "--[a-z-]*")' "$source" | sed 's/command_\([a-z]*\)(.*"\(.*\)".*/\1:\2/'); do
		option=${pair#*:}
		words=$(for command in $(sed -n 's/^	{ "\([a-z]*\)", [a-z]*_command, .*/\1/p' filter.c); do
			"$backsoon" --help --complete backsoon "$command" -- | sed -n "s/^\($option\)\$/$command/p"
		done)
		[ -n "$words" ] && pass "$source: $option is completed" || fail "$source: $option is completed" "it is in no command's usage in filter.c"
		[ "${pair%%:*}" = value ] || continue
		unlike "$("$backsoon" --help --complete backsoon ${words%%
*} $option '' | tr '\n' ' ')" '(explain|--json)' "$source: $option takes a value"
	done
done
same_settings=$("$backsoon" --help | sed -n '/^Who, what/,$p' | grep -o -e '--[a-z.-]*' | sort)
is "$("$backsoon" --help --complete backsoon -- | sed '1d;s/	.*//' | grep -v -e '--help' -e '--version' | sort)" "$same_settings" "all settings are options"
is "$("$backsoon" --help --complete backsoon history --rule '' | sed '1d;s/	.*//' | head -n $("$backsoon" explain --rules | wc -l))" \
    "$("$backsoon" explain --rules | awk '{ print $1 }')" "all rules"
choice()	# WORD...: what is offered, in one line
{
	"$backsoon" --help --complete backsoon "$@" | sed 1d | tr '\n' ' '
}
sorted()	# what comes in, a word a line
{
	tr ' ' '\n' | grep . | sort
}
is "$(choice on --wire '' | sorted)" "$({ sed -n 's/^const struct wiring_way [a-z_]* = { "\([a-z]*\)".*/\1/p' wiring_*.c; echo none; } | sorted)" "where the line goes"
is "$(choice list --sort '' | sorted)" "$(grep -o '{ "[a-z]*", by_' commands/list.c | cut -d '"' -f 2 | sorted)" "what a list is sorted by"
is "$(choice list --sort=l)" "$(choice list --sort '')" "behind a ="
is "$("$backsoon" --help --complete; "$backsoon" --help --complete backsoon)" "words
words" "nothing is asked, nothing said"

# --- shells -----------------------------------------------------------------------------

bash_offers()	# WORD...: as COMP_WORDS, the last of them is being typed
{
	bash --norc --noprofile -c '. "$0"; cd; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _backsoon 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' \
	    "$top/completions/backsoon.bash" "$@"
}

fish_offers()	# WORD...
{
	HOME=$HOME fish --no-config -c 'source $argv[1]; cd; complete -C "$argv[2]"' "$top/completions/backsoon.fish" "$*" | sed 's/	.*//'
}

# In a pseudo-terminal, as zsh completes nowhere else; the last word with a Tab, then what the line has become, or what is listed.
cat >"$dir/zsh-offers" <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1= PS2= LISTMAX=9999; stty cols 200 -echo; fpath=($1 \$fpath); autoload -U compinit; compinit -u -d $2/zcompdump; cd"
zpty -w z 'bindkey "^I" complete-word; zstyle ":completion:*" completer _complete; zstyle ":completion:*" insert-unambiguous no'
zpty -w z '_ask() { compstate[insert]=; compstate[list]=; print -rl -- "<""<" ${(f)mine} ">"">" }'
zpty -w z 'compadd() { local -a got; builtin compadd -O got "$@"; mine+="${(F)got}"$'"'\n'"'; builtin compadd "$@" }; zle -C ask complete-word _all; _all() { mine=; _main_complete; _ask }; bindkey "^X" ask; print rea""dy'
zpty -r -m z line '*ready*'
zpty -w -n z "$3"$'\C-x'
zpty -r -m z line '*<<*>>*'
line=${line#*<<}
print -r -- ${line%%>>*}
zpty -d z
END

zsh_offers()	# WORD...
{
	timeout 30 zsh -f "$dir/zsh-offers" "$top/completions" "$dir" "$*" | tr -d '\r' | tr -s ' \n' '\n\n' | grep .
}

for shell in bash zsh fish; do
	if ! command -v $shell >/dev/null; then
		[ -n "${CI:-}" ] && fail "$shell" "it is not installed" || skip "$shell" "it is not installed"
		continue
	fi
	offers()
	{
		${shell}_offers "$@" | tr -d / | grep . | sort -u | tr '\n' ' '
	}
	all=$(sed -n 's/^	{ "\([a-z]*\)", [a-z]*_command, .*/\1/p' filter.c | sort | tr '\n' ' ')
	is "$(offers backsoon '')" "$all" "$shell: commands"
	is "$(offers backsoon expl)" "explain " "$shell: a command's beginning"
	is "$(offers backsoon history --s | tr ' ' '\n' | grep -x -e --since -e --sender -e --sendmail -e --subject | tr '\n' ' ')" \
	    "--sender --sendmail --since --subject " "$shell: a command's options, and settings"
	is "$(offers backsoon history --rule mail)" "mailing-list " "$shell: rules"
	is "$(offers backsoon history --rule sendmail-d)" "sendmail-deferred " "$shell: outcomes"
	is "$(offers backsoon --failure '')" "hard safe soft " "$shell: one of some words"
	is "$(offers backsoon list --sort l)" "last " "$shell: one of a command's words"
	like "$(offers backsoon --message the)" '^there there.txt $' "$shell: files"
	like "$(offers backsoon explain the)" '^there there.txt $' "$shell: files as arguments"
	like "$(offers backsoon --journal n)" '^none $' "$shell: a word or a file"
	is "$(offers backsoon --subject t)" "" "$shell: nothing for free text"
	is "$(offers vacation -)" "-C -I -R -U -a -c -d -f -i -j -l -m -r -s -t -x -z " "$shell: vacation's flags alone"
	is "$(offers mailbot -T x -)" "-A -D -F -M -N -R -S -T -X -a -c -d -e -f -l -m -n -r -s -t " "$shell: mailbot's flags alone"
	like "$(offers vacation -m the)" '^there there.txt $' "$shell: a flag's file"
	case $shell in
	bash)	is "$(offers backsoon --failure = s)" "safe soft " "bash: behind a =" ;;
	zsh)	is "$(offers backsoon --failure=s)" "safe soft " "zsh: behind a =" ;;
	fish)	is "$(offers backsoon --failure=s)" "--failure=safe --failure=soft " "fish: behind a =" ;;
	esac
done

# --- make install -----------------------------------------------------------------------

if command -v make >/dev/null && [ -e "$BUILD/filter.o" ]; then
	run make -s install DESTDIR="$dir/root" PREFIX=/usr BUILD="$BUILD"
	is "$status" 0 "make install"
	is "$(cd "$dir/root/usr/share" && find . -name '*backsoon*' -path './*sh*' | sort | tr '\n' ' ')" \
	    "./bash-completion/completions/backsoon ./fish/vendor_completions.d/backsoon.fish ./zsh/site-functions/_backsoon " "where shells look"
	is "$(cmp "$dir/root/usr/share/zsh/site-functions/_backsoon" completions/_backsoon 2>&1)" "" "as they are"
	run make -s install-vacation DESTDIR="$dir/root" PREFIX=/usr BUILD="$BUILD"
	is "$(readlink "$dir/root/usr/share/bash-completion/completions/vacation")" backsoon "bash loads by the name that is typed"
	is "$(readlink "$dir/root/usr/share/fish/vendor_completions.d/vacation.fish")" backsoon.fish "so does fish"
	run make -s uninstall DESTDIR="$dir/root" PREFIX=/usr BUILD="$BUILD"
	is "$(find "$dir/root" ! -type d)" "" "make uninstall leaves nothing"
else
	skip "make install" "the program was not built here"
fi

done_testing
