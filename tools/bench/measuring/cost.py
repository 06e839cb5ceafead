"""What a message costs more when it is recorded."""

import os
import pathlib
import statistics
import subprocess

from .figures import Bar, Line

TITLE = "messages"
ABOUT = "a message between two actors, recorded and not, inside one process"
TRIES = 15
MESSAGES = 2_000_000
MOST = 100  # ns


def turns(*words):
    """What the program prints that measures from inside."""
    program = pathlib.Path(os.environ["TERMLEASE_BIN"], "termlease-turns")
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=True).stdout


def measure(tries):
    pairs = [tuple(map(float, line.split())) for line in turns("cost", tries, MESSAGES).splitlines()]
    off, on = ([pair[which] for pair in pairs] for which in (0, 1))
    more = statistics.median(mine - theirs for theirs, mine in pairs)
    yield Line("a message (raw: not recorded)", "ns", on, off, [Bar("median above", more, MOST, "ns")])
