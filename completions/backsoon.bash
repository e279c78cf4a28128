# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for backsoon, and for vacation and mailbot where they are backsoon.
# The program itself knows what fits.  It is never asked under those names,
# which may be other programs'.

_backsoon()
{
	local program=${COMP_WORDS[0]/#\~\//$HOME/} current=${COMP_WORDS[COMP_CWORD]} kind line
	local -a answer=() words=("${COMP_WORDS[@]:0:COMP_CWORD+1}")

	COMPREPLY=()
	words[0]=${program##*/}
	program=${program%vacation} program=${program%mailbot}
	[[ -n $program && $program != */ ]] || program+=backsoon
	type -P "$program" >/dev/null || return
	mapfile -t answer < <("$program" --help --complete "${words[@]}" 2>/dev/null </dev/null)
	[[ $current != '=' ]] || current=
	kind=${answer[0]-}
	for line in "${answer[@]:1}"; do
		[[ ${line%%$'\t'*} != "$current"* ]] || COMPREPLY+=("${line%%$'\t'*}")
	done
	if [[ $kind == files ]]; then
		compopt -o filenames 2>/dev/null
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
	fi
}

complete -F _backsoon backsoon vacation mailbot
