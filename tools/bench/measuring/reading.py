"""How many turns a ring holds, and how long it takes to find one share among them."""

from . import processes
from .cost import turns
from .figures import Bar, Line
from .runtime import Home

TITLE = "ring"
ABOUT = "a ring of 64 MiB, and `termlease trace` of one share in it"
TRIES = 20
SHARES = 200
FEWEST = 1_000_000
MOST = 300  # ms


def measure(tries):
    with Home() as home:
        file = home.folder / "full.trace"
        held = int(turns("fill", file, SHARES))
        yield Line("turns in 64 MiB", "", [held], [], [Bar("for a million", FEWEST / held, 1, "")])
        took = []
        for number in range(tries):
            began = processes.now()
            told = home.cli("trace", "--file", file, "--share", f"share-{number * SHARES // tries}", "--json")
            took.append(1000 * (processes.now() - began))
            if "share-" not in told:
                raise RuntimeError("the share was not found")
        yield Line("trace of one share", "ms", took, [], [Bar("all", max(took), MOST, "ms")])
