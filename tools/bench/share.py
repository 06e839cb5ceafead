"""The numbers of a share: ours beside the raw program, measured in turns, each with its bar.

./bench share [--tries N] [--only link,revoke,…] [--json]; exits 1 when a bar is missed or a figure
could not be measured. Everything happens in folders of its own, which are gone afterwards.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import sys

from measuring import flood, idle, keys, kick, link, memory, processes, revocation, runtime, switch, tmate, zellij
from measuring.figures import Table

ROWS = {row.TITLE: row for row in (link, revocation, kick, memory, keys, flood, idle, tmate, switch, zellij)}
ROOT = pathlib.Path(__file__).resolve().parents[2]
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NEEDED = ("tmux", "ssh", "ssh-keygen")


def arguments():
    parser = argparse.ArgumentParser(prog="./bench share", description=__doc__.splitlines()[0])
    parser.add_argument("--tries", type=int, metavar="N",
                        help="of each measurement (default: 30; 100 revocations)")
    parser.add_argument("--only", default="", metavar="ROWS", help=f"some of {','.join(ROWS)}")
    parser.add_argument("--realtime", action="store_true",
                        help="run ahead of everything else on a busy machine (root; SCHED_RR)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = parser.parse_args()
    given.rows = given.only.split(",") if given.only else list(ROWS)
    unknown = [name for name in given.rows if name not in ROWS]
    if unknown:
        parser.error(f"there is no row '{unknown[0]}'; there is: {', '.join(ROWS)}")
    if given.tries is not None and given.tries < 1:
        parser.error("--tries has to be at least 1")
    return given


def missing():
    """Why nothing can be measured here; empty when it can."""
    os.environ.setdefault("TERMLEASE_BIN", str(ROOT / "build" / "release" / "bin"))
    for program in ("termlease", "termlease-worker", "termlease-guest"):
        if not pathlib.Path(os.environ["TERMLEASE_BIN"], program).exists():
            return f"{program} is not built in {os.environ['TERMLEASE_BIN']}: run ./bench share"
    for program in NEEDED:
        if shutil.which(program) is None:
            return f"there is no {program} on PATH"
    if not os.environ.get("TERMLEASE_UPTERM_DIR"):
        return "there is no upterm: tools/backends/build-upterm makes one"
    if os.geteuid() != 0:
        return "the memory of the worker, which hides itself, is shown to root only: run it as root"
    return ""


def load():
    return [round(each, 2) for each in os.getloadavg()]


def measure(row, tries, table):
    """Measures one row; returns its part of the JSON."""
    table.heading(row.TITLE, row.ABOUT)
    before, lines, problem = load(), [], ""
    try:
        for line in row.measure(tries or row.TRIES):
            table.line(line)
            lines.append(line)
    except (RuntimeError, OSError, KeyError, ValueError) as error:
        problem = f"{type(error).__name__}: {error}"
        table.problem(problem)
    table.say(f"  load average {before[0]} before, {load()[0]} after, {os.cpu_count()} processors")
    missed = bool(problem) + sum(not bar.met for line in lines for bar in line.bars)
    return {"row": row.TITLE, "load_before": before, "load_after": load(), "problem": problem,
            "missed": missed, "lines": [line.as_json() for line in lines]}


def stop(*_):
    # Once: what has to be ended is ended without another interruption.
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def run(given):
    """Measures what was asked for; returns the exit code."""
    if given.realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and not given.json
    out = sys.stderr if given.json else sys.stdout
    table = Table(lambda text: print(text, file=out, flush=True), colours)
    if given.realtime:
        table.say("measured ahead of everything else that runs here (SCHED_RR)")
    rows = [measure(ROWS[name], given.tries, table) for name in given.rows]
    missed = sum(row["missed"] for row in rows)
    if given.json:
        print(json.dumps({"processors": os.cpu_count(), "realtime": given.realtime, "rows": rows,
                          "missed": missed}, indent=2))
    table.say(f"\nmissed: {missed}" if missed else "\nevery bar is met")
    return 1 if missed else 0


def main():
    given = arguments()
    reason = missing()
    if reason:
        print(f"error: {reason}", file=sys.stderr)
        return 1
    for ending in ENDINGS:
        signal.signal(ending, stop)
    base = None
    try:
        processes.adopt_orphans()
        base = runtime.make_base()
        return run(given)
    except KeyboardInterrupt:
        print("\ninterrupted: what was started is being ended", file=sys.stderr)
        return 130
    finally:
        processes.end_everything_below()
        if base:
            shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
