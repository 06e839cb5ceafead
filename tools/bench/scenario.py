"""The numbers of scenarios: how fast virtual time is, each with its bar.

./bench scenario [--seeds N] [--json]; exits 1 when a bar is missed. There is no raw program to compare with: what a
scenario plays takes half an hour where it is real.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from measuring.figures import Bar, Line, Table

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"
MAIN = SCENARIOS / "FR-026-004-warns-extends-expires.json"
RUNS = 200
LONGEST = 600  # seconds
TITLE = "scenario"
ABOUT = "a share of 30 minutes that is warned, extended and expires, in virtual time"


def arguments():
    parser = argparse.ArgumentParser(prog="./bench scenario", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10000, metavar="N", help="to explore (default: 10000)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = parser.parse_args()
    if given.seeds < 1:
        parser.error("--seeds has to be at least 1")
    return given


def asked(*words):
    """What a command answers as JSON, and the seconds that it took."""
    program = pathlib.Path(os.environ.get("TERMLEASE_BIN", ROOT / "build" / "release" / "bin")) / "termlease"
    began = time.monotonic()
    done = subprocess.run([program, "scenario", *map(str, words), "--json"], capture_output=True, text=True,
                          timeout=LONGEST, check=True)
    return json.loads(done.stdout), time.monotonic() - began


def measured(seeds):
    runs = [1000 * asked("run", MAIN)[1] for _ in range(RUNS)]
    yield Line("one run, process and all", "ms", runs, [], [Bar("median", statistics.median(runs), 20, "ms")])
    found, took = asked("explore", MAIN, "--seeds", seeds, "--strategy", "random")
    if not found["passed"]:
        raise RuntimeError(f"seed {found['failing_seed']} fails: no figure")
    seconds = took * 10000 / seeds
    yield Line("10,000 seeds of it, all processors", "s", [seconds], [], [Bar("all", seconds, 60, "s")])
    rate = found["turns"] / took
    yield Line("messages delivered a second", "", [rate], [],
               [Bar("for 500,000 messages", 500000 / rate, 1, "s")])


def main():
    given = arguments()
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and not given.json
    table = Table(lambda text: print(text, file=sys.stderr if given.json else sys.stdout, flush=True), colours)
    table.heading(TITLE, ABOUT)
    lines = []
    for line in measured(given.seeds):
        table.line(line)
        lines.append(line)
    missed = sum(not bar.met for line in lines for bar in line.bars)
    if given.json:
        print(json.dumps({"processors": os.cpu_count(), "lines": [each.as_json() for each in lines],
                          "missed": missed}, indent=2))
    table.say(f"\nmissed: {missed}" if missed else "\nevery bar is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
