# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures inside the room that room.sh makes; report.py writes it down.

Instructions are callgrind's, wall times those of runner.c (paired: each round
runs every program once), system calls strace's, peak memory wait4's.
Failures: a program that does not do what the scenario is about (reply, or
not) is reported beside its numbers, never left out.
"""

import argparse
import base64
import glob
import itertools
import json
import os
import pwd
import random
import re
import shutil
import statistics
import subprocess
import sys
import time

import report

HOME = "/mnt/anna"
LOG = "/mnt/started"
WORK = "/mnt/work"
ENV = {"HOME": HOME, "USER": "anna", "LOGNAME": "anna", "PATH": "/usr/bin:/bin"}
UID = pwd.getpwnam("anna").pw_uid
WARM = 5                        # rounds that are not counted
MEGABYTES = 100
MANY = 1000000
PARALLEL = 200

TEMPLATE = """From: Anna Example <anna@home.example>
Subject: Away until the 5th: $SUBJECT

Hello,

I am away until the 5th of December and read no mail until then. Your mail
about "$SUBJECT" waits for me. For what cannot wait call Carla.

Anna
"""

PEERS = "/mnt/peers/usr/bin/"
PROGRAMS = {
    "empty": ["/mnt/bin/empty"],
    "backsoon": ["/mnt/bin/backsoon", "--recipient", "anna@home.example"],
    "vacation": [PEERS + "vacation", "anna"],
    "mailbot": [PEERS + "mailbot", "-N", "-d", HOME + "/mailbot", "-D", "7", "-t", HOME + "/mailbot.txt",
                "-s", "Away", "/usr/sbin/sendmail", "-f", "<>", "-t"],
}
# What a program remembers: its table, and what stands beside it.
TABLES = {
    "empty": [],
    "backsoon": [".vacation.gdbm", ".vacation.gdbm.lock"],
    "vacation": [".vacation.db"],
    "mailbot": ["mailbot.gdbm", "mailbot.lock"],
}
UNBRAKED = ["--max-per-hour", "0", "--max-per-day", "0"]


class Scenario:
    """A message, what the tables know, and whether a reply is due."""

    def __init__(self, key, title, message, state, replies, rounds=1500, through_pipe=False):
        self.key, self.title, self.message, self.state = key, title, message, state
        self.replies, self.rounds, self.through_pipe = replies, rounds, through_pipe


SCENARIOS = [
    Scenario("list", "A list message (no reply for its headers)", "list.eml", "ten", False),
    Scenario("answered", "A sender who was answered before", "person.eml", "answered", False),
    Scenario("first", "A first reply, plain subject", "person.eml", "ten", True, 500),
    Scenario("encoded", "A first reply, encoded words in UTF-8", "encoded.eml", "ten", True, 150),
    Scenario("encoded-jp", "A first reply, encoded words in ISO-2022-JP", "encoded-jp.eml", "ten", True, 150),
]
PARTS = [scenario.key for scenario in SCENARIOS] + ["full", "large", "many", "parallel"]


def as_anna(argv, message, **more):
    """One run, not measured."""
    with open(message, "rb") as stdin:
        return subprocess.run(argv, stdin=stdin, env=ENV, user=UID, group=UID, extra_groups=[], cwd=HOME,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


def syslog_listener():
    """A process that reads /dev/log and forgets it."""
    sink = subprocess.Popen(["/mnt/bin/log-sink", "/dev/log"])
    while not os.path.exists("/dev/log"):
        time.sleep(0.01)
    return sink


def write_message(path, sender, source="person.eml"):
    with open("/mnt/" + source, encoding="ascii") as f:
        text = f.read()
    with open(path, "w", encoding="ascii") as f:
        f.write(text.replace("bob@sender.example", sender))


def copy_tables(program, source, target):
    for name in TABLES[program]:
        if os.path.exists(f"{source}/{name}"):
            shutil.copy(f"{source}/{name}", f"{target}/{name}")
            os.chown(f"{target}/{name}", UID, UID)


def prepare_home():
    """Tables that know ten senders, and the same with Bob answered."""
    for path in (HOME, WORK, "/mnt/ten", "/mnt/answered", "/mnt/none"):
        shutil.rmtree(path, ignore_errors=True)
        os.mkdir(path, 0o755)
        os.chown(path, UID, UID)
    with open(LOG, "w", encoding="ascii"):
        os.chmod(LOG, 0o666)
    for name, text in ((".vacation.msg", TEMPLATE), ("mailbot.txt", TEMPLATE.split("\n\n", 1)[1])):
        with open(f"{HOME}/{name}", "w", encoding="ascii") as f:
            f.write(text)
    for i in range(2 * PARALLEL):
        write_message(f"{WORK}/{i}.eml", f"person{i:07d}@people.example")
    if "vacation" in PROGRAMS:
        as_anna([PEERS + "vacation", "-i"], "/dev/null")
        copy_tables("vacation", HOME, "/mnt/none")
    for program, argv in PROGRAMS.items():
        for i in range(10):
            as_anna(argv, f"{WORK}/{i}.eml")
        time.sleep(0.2)
        copy_tables(program, HOME, "/mnt/ten")
        as_anna(argv, "/mnt/person.eml")
        time.sleep(0.2)
        copy_tables(program, HOME, "/mnt/answered")


def sendmail_lines():
    with open(LOG, encoding="ascii") as f:
        return f.read().splitlines()


def forget_sendmail():
    os.truncate(LOG, 0)


def valgrind(program, argv, scenario, *options):
    """Runs argv under valgrind; its log."""
    log = f"{WORK}/valgrind.log"
    copy_tables(program, "/mnt/" + scenario.state, HOME)
    as_anna(["/usr/bin/valgrind", "--log-file=" + log, *options, *argv], "/mnt/" + scenario.message)
    time.sleep(0.1)
    with open(log, encoding="utf-8", errors="replace") as f:
        return f.read()


def instructions(program, argv, scenario):
    """(of the process itself, of the children it forked) or None.

    Callgrind writes a part, and counts from zero again, before each fork
    and exec. A confined child cannot write one and fails for that: then lackey
    counts, which only prints its total and differs by less than one per cent.
    """
    out = f"{WORK}/callgrind.out"
    log = valgrind(program, argv, scenario, "--tool=callgrind", "--dump-before=fork", "--dump-before=execve",
                   f"--callgrind-out-file={out}.%p")
    parts = callgrind_parts(out)
    main, *children = sorted(set(parts) | {int(pid) for pid in re.findall(r"==(\d+)==", log)}) or [None]
    if main not in parts:
        return None
    if all(pid in parts for pid in children):
        return sum(parts[main]), sum(sum(parts[pid]) for pid in children)
    return lackey_instructions(program, argv, scenario, list(itertools.accumulate(parts[main])))


def lackey_instructions(program, argv, scenario, at_fork):
    """As instructions(); at_fork: what the main process had counted before its first fork, second fork..."""
    log = valgrind(program, argv, scenario, "--tool=lackey")
    counts = sorted((int(pid), int(n.replace(",", ""))) for pid, n in re.findall(r"==(\d+)== +guest instrs: +([\d,]+)", log))
    if not counts:
        return None
    total = counts[0][1]
    # callgrind's last part is no fork; a later fork than it saw inherited about all
    inherited = at_fork[:-1] + [total] * len(counts)
    return total, sum(max(0, count - inherited[i]) for i, (_, count) in enumerate(counts[1:]))


def callgrind_parts(out):
    """pid -> instructions of each part, in order; the files are removed."""
    found = {}
    for path in glob.glob(out + ".*"):
        pid, part = (path.removeprefix(out + ".").split(".") + ["999999"])[:2]
        with open(path, encoding="utf-8", errors="replace") as f:
            total = re.search(r"^totals: (\d+)", f.read(), re.M)
        found.setdefault(int(pid), []).append((int(part), int(total.group(1)) if total else 0))
        os.unlink(path)
    return {pid: [total for _, total in sorted(parts)] for pid, parts in found.items()}


def system_calls(program, argv, scenario):
    """(of the process itself, of its children until they become sendmail)."""
    trace = f"{WORK}/strace"
    copy_tables(program, "/mnt/" + scenario.state, HOME)
    as_anna(["/usr/bin/strace", "-f", "-o", trace] + argv, "/mnt/" + scenario.message)
    time.sleep(0.1)
    counts, gone, main = {}, set(), None
    with open(trace, encoding="utf-8", errors="replace") as f:
        for line in f:
            pid, call = line.split(maxsplit=1)
            main = main or pid
            if pid in gone or not re.match(r"[a-z_0-9]+\(", call):
                continue
            counts[pid] = counts.get(pid, 0) + 1
            if call.startswith('execve("/usr/sbin/sendmail"'):
                gone.add(pid)
    os.unlink(trace)
    return counts[main], sum(n for pid, n in counts.items() if pid != main)


def plan_text(commands, stdin, restores):
    """The runner's plan for (name, argv) pairs; restores: name -> list of (from, to)."""
    lines = [f"env {k}={v}" for k, v in ENV.items()] + [f"stdin {stdin}"]
    for name, argv in commands:
        lines.append(f"name {name}")
        lines += [f"restore {a} {b}" for a, b in restores.get(name, [])]
        lines.append("run " + " ".join(argv))
    return "\n".join(lines) + "\n"


def run_plan(text, *options):
    """name -> list of rows (wall, sendmail began, all ended, cpu, peak KB, status), times in microseconds."""
    plan = f"{WORK}/plan"
    with open(plan, "w", encoding="ascii") as f:
        f.write(text)
    done = subprocess.run(["/mnt/bin/runner", "-l", LOG, *options, plan], user=UID, group=UID, extra_groups=[], cwd=HOME,
                          stdout=subprocess.PIPE, text=True, check=True)
    rows = {}
    for line in done.stdout.splitlines():
        _, name, *numbers = line.split("\t")
        rows.setdefault(name, []).append([float(n) for n in numbers])
    return rows


def summary(rows, base=None):
    """Medians; the ratios to base are medians of each round's ratio."""
    rows = rows[WARM:] if len(rows) > 2 * WARM else rows
    middle = [statistics.median(column) for column in zip(*rows)]
    result = dict(zip(("wall", "start", "all", "cpu", "peak"), middle))
    result["replied"] = sum(row[1] > 0 for row in rows) / len(rows)
    result["statuses"] = sorted({int(row[5]) for row in rows})
    if base is not None:
        base = base[-len(rows):]
        result["wall_ratio"] = statistics.median(a[0] / b[0] for a, b in zip(rows, base))
        if all(row[1] > 0 for row in rows + base):
            result["start_ratio"] = statistics.median(a[1] / b[1] for a, b in zip(rows, base))
    return result


def restores_for(scenario):
    return {p: [(f"/mnt/{scenario.state}/{t}", f"{HOME}/{t}") for t in tables if os.path.exists(f"/mnt/{scenario.state}/{t}")]
            for p, tables in TABLES.items()}


def measure(scenario, rounds):
    """program -> numbers."""
    print(f"... {scenario.title}", file=sys.stderr, flush=True)
    restores = restores_for(scenario) if scenario.replies else {}
    for program in PROGRAMS:
        copy_tables(program, "/mnt/" + scenario.state, HOME)
    rows = run_plan(plan_text(PROGRAMS.items(), "/mnt/" + scenario.message, restores), "-n", str(rounds))
    result = {}
    for program, argv in PROGRAMS.items():
        numbers = summary(rows[program], rows.get("vacation"))
        numbers["ir"] = instructions(program, argv, scenario)
        numbers["calls"] = system_calls(program, argv, scenario)
        numbers["wrong"] = program != "empty" and numbers["replied"] != (1.0 if scenario.replies else 0.0)
        result[program] = numbers
    return result


HTML = """<html><body><h1>Away</h1><p>Hello $FROM_NAME,</p>
<p>I am away until the <b>5th of December</b>. Your mail about &ldquo;$SUBJECT&rdquo; waits for me; for what cannot wait
<a href="https://home.example/carla">call Carla</a>.</p>
<ul><li>orders: orders@home.example</li><li>press: press@home.example</li></ul>
<p><img src="cid:logo.png" alt="The logo of Home"></p></body></html>
"""
LOGO_KB, PAPER_KB = 20, 50      # the two attached files
ORIGINAL_KB = 1024              # the message: text, and a file beside it


def write_full():
    """The files of a reply with everything, and a message of a megabyte: 200 KB of text, the rest an attachment."""
    with open(f"{HOME}/away.html", "w", encoding="ascii") as f:
        f.write(HTML)
    for name, size in (("logo.png", LOGO_KB), ("paper.pdf", PAPER_KB)):
        with open(f"{HOME}/{name}", "wb") as f:
            f.write(b"\x89PNG\r\n\x1a\n" if name.endswith("png") else b"%PDF-1.5\n")
            f.write(random.Random(size).randbytes(size * 1024))
    with open("/mnt/person.eml", encoding="ascii") as f:
        header = f.read().split("\n\n", 1)[0]
    header = re.sub(r"(?im)^(content-|mime-).*\n([ \t].*\n)*", "", header + "\n")
    line = "Gr=C3=BC=C3=9Fe, und hier steht eine Zeile, wie sie in Briefen eben steht.\n"
    file = base64.encodebytes(random.Random(1).randbytes((ORIGINAL_KB - 200) * 1024 * 3 // 4)).decode()
    with open("/mnt/full.eml", "w", encoding="ascii") as f:
        f.write(f'{header}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b1"\n\n--b1\n'
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
                f"{line * (200 * 1024 // len(line))}\n--b1\nContent-Type: application/pdf; name=a.pdf\n"
                f"Content-Transfer-Encoding: base64\n\n{file}\n--b1--\n")


def measure_full(rounds):
    """A first reply with HTML, two files and the original quoted, beside a plain one: to the same message."""
    print("... a reply with everything", file=sys.stderr, flush=True)
    write_full()
    plain = PROGRAMS["backsoon"]
    full = plain + ["--html", f"{HOME}/away.html", "--attach", f"{HOME}/logo.png", "--attach", f"{HOME}/paper.pdf", "--quote", "text"]
    restores = [(f"/mnt/ten/{t}", f"{HOME}/{t}") for t in TABLES["backsoon"]]
    commands = [("plain", plain), ("full", full)]
    rows = run_plan(plan_text(commands, "/mnt/full.eml", {"plain": restores, "full": restores}), "-n", str(rounds))
    scenario = Scenario("full", "", "full.eml", "ten", True)
    result = {}
    for name, argv in commands:
        numbers = summary(rows[name], rows["plain"])
        numbers["ir"] = instructions("backsoon", argv, scenario)
        numbers["calls"] = system_calls("backsoon", argv, scenario)
        numbers["wrong"] = numbers["replied"] != 1.0
        result[name] = numbers
    return result


def measure_large(rounds):
    """100 MB from a file and through a pipe, beside cat."""
    print(f"... {MEGABYTES} MB", file=sys.stderr, flush=True)
    large = "/mnt/large.eml"
    with open("/mnt/list.eml", "rb") as f, open(large, "wb") as out:
        out.write(f.read())
        line = b"A line of the body, as long as lines usually are, which nobody looks at here.\n"
        out.write(line * (MEGABYTES * 1000000 // len(line)))
    result = {}
    commands = [("cat", ["/bin/cat"])] + [(p, a) for p, a in PROGRAMS.items() if p != "empty"]
    for key, options in (("file", []), ("pipe", ["-f"])):
        rows = run_plan(plan_text(commands, large, {}), "-n", str(rounds), *options)
        result[key] = {}
        for name, _ in commands:
            result[key][name] = summary(rows[name], rows["cat"])
    os.unlink(large)
    return result


def fill_tables(count, directory):
    """directory/backsoon.gdbm and directory/vacation.db with so many senders; seconds that each took."""
    shutil.rmtree(directory, ignore_errors=True)
    os.mkdir(directory)
    os.chown(directory, UID, UID)
    took = {}
    began = time.monotonic()
    in_memory = "/mnt/memory/backsoon.gdbm"
    as_anna(["/mnt/bin/fill", "add", in_memory, "1000", str(count)], "/dev/null", check=True)
    took["backsoon"] = time.monotonic() - began
    for path in glob.glob(in_memory + "*"):
        moved = f"{directory}/{os.path.basename(path)}"
        shutil.move(path, moved)
        os.chown(moved, UID, UID)
    if "vacation" in PROGRAMS:
        names = f"{WORK}/names"
        with open(names, "w", encoding="ascii") as f:
            f.writelines(f"person{i:07d}@people.example\n" for i in range(1000, 1000 + count))
        as_anna([PEERS + "vacation", "-f", f"{directory}/vacation.db", "-i"], "/dev/null", check=True)
        began = time.monotonic()
        as_anna([PEERS + "vacation", "-f", f"{directory}/vacation.db", "-x"], names, check=True)
        took["vacation"] = time.monotonic() - began
    os.sync()
    return took


def fill_once(count, directory):
    """As fill_tables(), unless that was done by an earlier run of the same filler."""
    stamp = directory + "/filled"
    if os.path.exists(stamp) and os.path.getmtime(stamp) > os.path.getmtime("/mnt/bin/fill"):
        with open(stamp, encoding="ascii") as f:
            return json.load(f)
    took = fill_tables(count, directory)
    with open(stamp, "w", encoding="ascii") as f:
        json.dump(took, f)
    return took


def measure_many(rounds):
    """An answered sender and first replies with ten senders in the table and with a million."""
    print(f"... {MANY:,} senders", file=sys.stderr, flush=True)
    fill_tables(10, "/mnt/few")
    result = {"took": fill_once(MANY, "/mnt/many"), "bytes": {}}
    large = PROGRAMS["backsoon"] + UNBRAKED + ["--max-senders", str(2 * MANY), "--table"]
    commands = {"backsoon": [(where, large + [f"/mnt/{where}/backsoon.gdbm"]) for where in ("few", "many")]}
    if "vacation" in PROGRAMS:
        commands["vacation"] = [(where, [PEERS + "vacation", "-f", f"/mnt/{where}/vacation.db", "anna"]) for where in ("few", "many")]
    fresh = int(time.time())
    for i in range(rounds + 1):
        write_message(f"{WORK}/new{i}.eml", f"fresh{fresh}.{i}@people.example")
    for program, pair in commands.items():
        for _, argv in pair:
            as_anna(argv, "/mnt/person.eml")
        os.sync()
        result[program] = {"answered": compare(pair, "/mnt/person.eml", rounds),
                           "first": compare(pair, f"{WORK}/new%d.eml", rounds)}
    for path in glob.glob("/mnt/many/*.gdbm") + glob.glob("/mnt/many/*.db"):
        result["bytes"][os.path.basename(path).split(".")[0]] = os.path.getsize(path)
    return result


def compare(commands, stdin, rounds):
    rows = run_plan(plan_text(commands, stdin, {}), "-n", str(rounds))
    result = {}
    last = Scenario("", "", stdin.replace("%d", str(rounds)).removeprefix("/mnt/"), "none", None)
    for name, argv in commands:
        result[name] = summary(rows[name], rows["few"])
        result[name]["ir"] = instructions("empty", argv, last)
    return result


def senders_remembered(program):
    """How many senders the program's table holds, None when there is no way to ask."""
    if program == "backsoon":
        argv = ["/mnt/bin/fill", "list", f"{HOME}/.vacation.gdbm"]
    elif program == "vacation":
        argv = [PEERS + "vacation", "-l"]
    elif shutil.which("gdbmtool"):
        argv = ["gdbmtool", "-r", f"{HOME}/mailbot.gdbm", "list"]
    else:
        return None
    done = subprocess.run(argv, env=ENV, user=UID, group=UID, extra_groups=[], cwd=HOME, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        return None
    return len({line.split()[0] for line in done.stdout.splitlines() if "@" in line})


def measure_parallel():
    """Replies and entries of 200 deliveries at once: of one message, of 200 senders."""
    print(f"... {PARALLEL} at once", file=sys.stderr, flush=True)
    result = {}
    for key, stdin in (("same", f"{WORK}/0.eml"), ("different", f"{WORK}/%d.eml")):
        result[key] = {}
        for program, argv in PROGRAMS.items():
            if program == "empty":
                continue
            for name in TABLES[program]:
                if os.path.exists(f"{HOME}/{name}"):
                    os.unlink(f"{HOME}/{name}")
            copy_tables(program, "/mnt/none", HOME)
            forget_sendmail()
            argv = argv + (UNBRAKED if program == "backsoon" else [])
            rows = run_plan(plan_text([(program, argv)], stdin, {}), "-p", str(PARALLEL))[program]
            time.sleep(0.5)
            lines = sendmail_lines()
            result[key][program] = {
                "replies": len(lines),
                "recipients": len({line.split()[-1] for line in lines if "@" in line}),
                "entries": senders_remembered(program),
                "wall": max(row[0] for row in rows),
                "statuses": sorted({int(row[5]) for row in rows}),
            }
    return result


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true", help="few rounds, to try the benchmark itself")
    options.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    args = options.parse_args()
    for name in [n for n, argv in PROGRAMS.items() if not os.access(argv[0], os.X_OK)]:
        print(f"bench: {name} is not there: left out", file=sys.stderr)
        del PROGRAMS[name]
    listener = syslog_listener()
    try:
        prepare_home()
        data = {"scenarios": [], "programs": list(PROGRAMS)}
        for scenario in SCENARIOS:
            if scenario.key in args.only:
                data["scenarios"].append((scenario, measure(scenario, 30 if args.quick else scenario.rounds)))
        if "full" in args.only:
            data["full"] = measure_full(30 if args.quick else 150)
        if "large" in args.only:
            data["large"] = measure_large(3 if args.quick else 15)
        if "many" in args.only:
            data["many"] = measure_many(30 if args.quick else 150)
        if "parallel" in args.only:
            data["parallel"] = measure_parallel()
        report.write(data, "/mnt/RESULTS.md")
    finally:
        listener.kill()


if __name__ == "__main__":
    main()
