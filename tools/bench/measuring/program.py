"""The program around the rows of a bench: what was asked for, what is missing, and that nothing stays behind."""

import argparse
import json
import os
import pathlib
import shutil
import signal
import sys

from . import processes, runtime
from .figures import Table

ROOT = pathlib.Path(__file__).resolve().parents[3]
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NEEDED = ("tmux", "ssh", "ssh-keygen")


def arguments(name, about, rows, more):
    parser = argparse.ArgumentParser(prog=f"./bench {name}", description=about.splitlines()[0])
    parser.add_argument("--tries", type=int, metavar="N",
                        help="of each measurement, instead of its own number")
    parser.add_argument("--only", default="", metavar="ROWS", help=f"some of {','.join(rows)}")
    parser.add_argument("--realtime", action="store_true",
                        help="run ahead of everything else on a busy machine (root; SCHED_RR)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    more(parser)
    given = parser.parse_args()
    given.rows = given.only.split(",") if given.only else list(rows)
    unknown = [name for name in given.rows if name not in rows]
    if unknown:
        parser.error(f"there is no row '{unknown[0]}'; there is: {', '.join(rows)}")
    if given.tries is not None and given.tries < 1:
        parser.error("--tries has to be at least 1")
    return given


def missing(name, as_root):
    """Why nothing can be measured here; empty when it can."""
    os.environ.setdefault("TERMLEASE_BIN", str(ROOT / "build" / "release" / "bin"))
    for program in ("termlease", "termlease-worker", "termlease-guest"):
        if not pathlib.Path(os.environ["TERMLEASE_BIN"], program).exists():
            return f"{program} is not built in {os.environ['TERMLEASE_BIN']}: run ./bench {name}"
    for program in NEEDED:
        if shutil.which(program) is None:
            return f"there is no {program} on PATH"
    if not os.environ.get("TERMLEASE_UPTERM_DIR"):
        return "there is no upterm: tools/backends/build-upterm makes one"
    if as_root and os.geteuid() != 0:
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


def run(given, rows):
    """Measures what was asked for; returns the exit code."""
    if given.realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and not given.json
    out = sys.stderr if given.json else sys.stdout
    table = Table(lambda text: print(text, file=out, flush=True), colours)
    if given.realtime:
        table.say("measured ahead of everything else that runs here (SCHED_RR)")
    measured = [measure(rows[name], given.tries, table) for name in given.rows]
    missed = sum(row["missed"] for row in measured)
    if given.json:
        print(json.dumps({"processors": os.cpu_count(), "realtime": given.realtime, "rows": measured,
                          "missed": missed}, indent=2))
    table.say(f"\nmissed: {missed}" if missed else "\nevery bar is met")
    return 1 if missed else 0


def main(name, about, rows, more=lambda parser: None, as_root=False):
    """Measures the rows that were asked for, in folders that are gone afterwards; returns the exit code."""
    rows = {row.TITLE: row for row in rows}
    given = arguments(name, about, rows, more)
    for row in rows.values():
        if hasattr(row, "take"):
            row.take(given)
    reason = missing(name, as_root)
    if reason:
        print(f"error: {reason}", file=sys.stderr)
        return 1
    for ending in ENDINGS:
        signal.signal(ending, stop)
    base = None
    try:
        processes.adopt_orphans()
        base = runtime.make_base()
        return run(given, rows)
    except KeyboardInterrupt:
        print("\ninterrupted: what was started is being ended", file=sys.stderr)
        return 130
    finally:
        processes.end_everything_below()
        if base:
            shutil.rmtree(base, ignore_errors=True)
