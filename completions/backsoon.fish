# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for backsoon, and for vacation and mailbot where they are backsoon.
# The program itself knows what fits.  It is never asked under those names,
# which may be other programs'.

function __backsoon_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l before ''
    set -l program (string replace -r '(vacation|mailbot)$' backsoon -- $words[1])
    type -q -- $program; or return
    set words[1] (string replace -r '.*/' '' -- $words[1])
    set -l answer ($program --help --complete $words "$current" 2>/dev/null </dev/null)
    # A candidate is the whole word here.
    if string match -qr -- '^--[a-z-]+=' $current
        set before (string match -r -- '^--[a-z-]+=' $current)
        set current (string replace -- "$before" '' $current)
    end
    for line in $answer[2..-1]
        printf '%s\n' "$before$line"
    end
    if test "$answer[1]" = files
        for file in (__fish_complete_path "$current")
            printf '%s\n' "$before$file"
        end
    end
end

complete -c backsoon -f -a '(__backsoon_complete)'
complete -c vacation -f -a '(__backsoon_complete)'
complete -c mailbot -f -a '(__backsoon_complete)'
