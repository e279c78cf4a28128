# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns what measure.py found into tables, compares it with the targets, and
writes RESULTS.md.  A figure that falls short is written as such."""

import datetime
import os
import platform
import re
import subprocess

# Of the issue that asked for the benchmark: what, how it is told, limit.
LIST_IR_EMPTY = 1.75
LIST_IR_VACATION = 0.32
LIST_WALL_VACATION = 0.7
ANSWERED_IR_VACATION = 0.35
FIRST_START_VACATION = 1.0
ENCODED_START_VACATION = 2.0
LARGE_PEAK_KB = 4096
LARGE_WALL_CAT = 1.3
MANY_COST = 1.1
FULL_START_PLAIN = 1.5


def command(*argv):
    try:
        return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = re.search(r"model name\s*: (.*)", f.read())
    with open("/etc/os-release", encoding="utf-8") as f:
        system = re.search(r'PRETTY_NAME="?([^"\n]*)', f.read())
    return [
        ("date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
        ("processor", f"{cpu.group(1) if cpu else platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"),
        ("kernel", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("system", system.group(1) if system else "?"),
        ("libc", " ".join(platform.libc_ver())),
        ("file system of the home", command("findmnt", "-n", "-o", "FSTYPE", "-T", "/mnt")),
        ("backsoon", command("/mnt/bin/backsoon", "--version").splitlines()[0] if os.path.exists("/mnt/bin/backsoon") else "?"),
        ("peers", peers()),
        ("tools", command("valgrind", "--version") + ", " + command("strace", "--version").split("\n", maxsplit=1)[0]),
    ]


def peers():
    """Package names with versions, as run wrote them down."""
    with open("/mnt/peers.txt", encoding="utf-8") as f:
        return ", ".join(" ".join(line.split("_")[:2]) for line in f if re.match("vacation_|maildrop_", line))


def thousands(number):
    return f"{number:,.0f}"


def ratio(a, b):
    return f"{a / b:.2f}" if b else "-"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" + "|--:" * (len(header) - 1) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def scenario_rows(numbers):
    """One row a program; ratios to the empty program and to vacation."""
    empty_ir = numbers["empty"]["ir"][0]
    peer = numbers.get("vacation")
    for program, n in numbers.items():
        main, children = n["ir"] or (0, 0)
        yield [
            program + (" (**did not do it**)" if n["wrong"] else ""),
            thousands(main) + (f" + {thousands(children)}" if children else ""),
            ratio(main + children, empty_ir),
            ratio(main + children, sum(peer["ir"])) if peer else "-",
            thousands(n["wall"]),
            f"{n['wall_ratio']:.2f}" if "wall_ratio" in n else "-",
            thousands(n["start"]) if n["start"] else "-",
            f"{n['start_ratio']:.2f}" if n["start"] and "start_ratio" in n else "-",
            f"{n['calls'][0]}" + (f" + {n['calls'][1]}" if n["calls"][1] else ""),
            thousands(n["peak"]),
        ]


def scenario_table(scenario, numbers):
    header = ["", "instructions", "of empty", "of vacation", "wall µs", "of vacation", "to sendmail µs", "of vacation", "system calls", "peak KB"]
    return [f"### {scenario.title}", ""] + table(header, scenario_rows(numbers))


def full_table(full):
    rows = []
    for name, title in (("plain", "a plain text"), ("full", "HTML, two files of 20 and 50 KB, a quotation of 100 lines")):
        n = full[name]
        main, children = n["ir"] or (0, 0)
        rows.append([title + (" (**did not do it**)" if n["wrong"] else ""), f"{thousands(main)} + {thousands(children)}",
                     thousands(n["start"]), f"{n['start_ratio']:.2f}" if "start_ratio" in n else "-",
                     f"{n['calls'][0]} + {n['calls'][1]}", thousands(n["peak"])])
    return ["### A first reply to a message of a megabyte", ""] + table(
        ["", "instructions", "to sendmail µs", "of plain", "system calls", "peak KB"], rows)


def large_table(large):
    lines = ["### A list message of 100 MB", ""]
    rows = []
    for name in large["file"]:
        file, pipe = large["file"][name], large["pipe"][name]
        rows.append([name, thousands(file["wall"] / 1000), f"{file['wall_ratio']:.2f}", thousands(pipe["wall"] / 1000),
                     f"{pipe['wall_ratio']:.2f}", thousands(max(file["peak"], pipe["peak"]))])
    return lines + table(["", "from a file, ms", "of cat", "through a pipe, ms", "of cat", "peak KB"], rows)


def many_table(many):
    rows, filled = [], []
    for program in ("backsoon", "vacation"):
        if program not in many:
            continue
        for key, title in (("answered", "answered sender"), ("first", "first reply")):
            few = sum(many[program][key]["few"]["ir"])
            for where, name in (("few", "ten"), ("many", "a million")):
                n = many[program][key][where]
                rows.append([f"{program}, {title}, {name}", thousands(sum(n["ir"])), ratio(sum(n["ir"]), few),
                             thousands(n["wall"]), f"{n['wall_ratio']:.2f}", thousands(n["peak"])])
        filled.append(f"{program}'s is {many['bytes'][program] / 1e6:.0f} MB, filled in {many['took'][program]:.0f} s")
    lines = ["### A table with a million senders", "", "; ".join(filled) + " (backsoon by one import, vacation by one `-x`).", ""]
    return lines + table(["", "instructions", "of ten", "wall µs", "of ten", "peak KB"], rows)


def parallel_table(parallel):
    rows = []
    for key, title in (("same", "one message"), ("different", "as many senders")):
        for program, n in parallel[key].items():
            entries = "?" if n["entries"] is None else str(n["entries"])
            rows.append([f"{title}, {program}", str(n["replies"]), str(n["recipients"] or "?"), entries,
                         thousands(n["wall"] / 1000), " ".join(map(str, n["statuses"]))])
    return ["### 200 deliveries at once", ""] + table(["", "replies", "recipients", "entries", "until the last ended, ms", "statuses"], rows)


def targets(data):
    """(what, limit, measured, met) for everything that was measured."""
    found = {scenario.key: numbers for scenario, numbers in data["scenarios"]}
    rows = []

    def at_most(what, limit, value, unit=""):
        rows.append((what, f"≤ {limit}{unit}", f"{value:.3f}{unit}" if isinstance(value, float) else f"{value:,}{unit}", value <= limit))

    def exactly(what, want, got):
        rows.append((what, str(want), str(got), want == got))

    def ir(key, program):
        return sum(found[key][program]["ir"])

    if "list" in found:
        at_most("list message, instructions of the empty program's", LIST_IR_EMPTY, ir("list", "backsoon") / ir("list", "empty"))
    if "vacation" in data["programs"]:
        if "list" in found:
            at_most("list message, instructions of vacation's", LIST_IR_VACATION, ir("list", "backsoon") / ir("list", "vacation"))
            at_most("list message, wall of vacation's", LIST_WALL_VACATION, found["list"]["backsoon"]["wall_ratio"])
        if "answered" in found:
            at_most("answered sender, instructions of vacation's", ANSWERED_IR_VACATION, ir("answered", "backsoon") / ir("answered", "vacation"))
        for key, what, limit in (("first", "first reply, time to sendmail of vacation's", FIRST_START_VACATION),
                                 ("encoded", "the same, encoded words in UTF-8", ENCODED_START_VACATION),
                                 ("encoded-jp", "the same, encoded words in ISO-2022-JP", ENCODED_START_VACATION)):
            if key in found:
                at_most(what, limit, found[key]["backsoon"].get("start_ratio", float("inf")))
    if "full" in data:
        at_most("a reply with HTML, two files and a quotation, time to sendmail of a plain one's", FULL_START_PLAIN,
                data["full"]["full"].get("start_ratio", float("inf")))
        if any(n["wrong"] for n in data["full"].values()):
            rows.append(("scenario `full` did what it is about", "always", "not always", False))
    if "large" in data:
        both = [data["large"][key]["backsoon"] for key in ("file", "pipe")]
        at_most("100 MB, peak memory", LARGE_PEAK_KB, int(max(n["peak"] for n in both)), " KB")
        for key, n in zip(("file", "pipe"), both):
            at_most(f"100 MB from a {key}, wall of cat's", LARGE_WALL_CAT, n["wall_ratio"])
    if "many" in data:
        for key in ("answered", "first"):
            few, many = (data["many"]["backsoon"][key][where] for where in ("few", "many"))
            what = {"answered": "answered sender", "first": "first reply"}[key] + ", a million senders against ten, "
            at_most(what + "instructions", MANY_COST, sum(many["ir"]) / sum(few["ir"]))
            at_most(what + "wall", MANY_COST, many["wall_ratio"])
    if "parallel" in data:
        same, different = (data["parallel"][key]["backsoon"] for key in ("same", "different"))
        exactly("200 deliveries of one message, replies", 1, same["replies"])
        exactly("200 deliveries of 200 senders, replies", 200, different["recipients"])
        exactly("200 deliveries of 200 senders, entries", 200, different["entries"])
    for key, numbers in found.items():
        if numbers["backsoon"]["wrong"]:
            rows.append((f"scenario `{key}` did what it is about", "always", f"replied in {numbers['backsoon']['replied']:.0%} of the rounds", False))
    return rows


NOTES = """What is what: *instructions* are callgrind's count of the process itself, plus that of children which it forked and
which stayed the same program (backsoon's confined composer; where there is one, lackey counts, as callgrind would have to write a
file in there; the two differ by half a per cent); sendmail is not in it. *Wall* is the median from posix_spawn until
wait4 has the process (vacation does not wait for its sendmail, mailbot becomes it); *to sendmail* until the first
instruction of sendmail's main(). Ratios of times are medians of each round's ratio; a round runs every program once, in turn.
*System calls* are those of the process, plus its children's until they exec sendmail. *Peak* is ru_maxrss, the largest of
the process and the children it waited for. All run as an ordinary user with an empty environment but HOME, USER, LOGNAME
and PATH, with a listener on /dev/log (of these only backsoon logs refusals; vacation and mailbot log nothing here), the same
template and tables that know ten other senders. The sendmail is bench/null-sendmail.c, static. A list message also carries
`Precedence: list`, the only sign of it that vacation knows.
"""


def write(data, path):
    lines = ["# What it costs", "", "Written by `make bench`; do not edit.", ""]
    lines += [f"- {name}: {value}" for name, value in machine()] + ["", "## Targets", ""]
    rows = [[what, limit, value, "met" if met else "**falls short**"] for what, limit, value, met in targets(data)]
    lines += table(["", "target", "measured", ""], rows)
    lines += ["## Side by side", "", NOTES]
    for scenario, numbers in data["scenarios"]:
        lines += scenario_table(scenario, numbers)
    for key, render in (("full", full_table), ("large", large_table), ("many", many_table),
                        ("parallel", parallel_table)):
        if key in data:
            lines += render(data[key])
    text = "\n".join(lines)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    print(text)
