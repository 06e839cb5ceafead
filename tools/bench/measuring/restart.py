"""A runtime that starts with a long journal."""

from . import processes
from .figures import Bar, Line
from .idle import start
from .runtime import Runtime

TITLE = "restart"
ABOUT = "start of the runtime, to its first answer, with 100,000 records"
TRIES = 10
RECORDS = 100_000
AT_ONCE = 50
MOST = 1000  # ms


def fill(home):
    """Real records, by a real runtime: tokens that are made and taken back."""
    while (recorded := home.bus.call("runtime.status")["sequence"]) < RECORDS:
        names = [f"t{recorded}-{number}" for number in range(AT_ONCE)]
        for method, more in (("token.create", {"kind": "agent"}), ("token.revoke", {})):
            asked = [home.bus.send(method, name=name, **more) for name in names]
            for each in asked:
                home.bus.answer(each)
    return recorded


def measure(tries):
    with Runtime() as home:
        recorded = fill(home)
        home.bus.close()
        processes.end(home.process)
        took = [1000 * start(home) for _ in range(tries)]
        yield Line(f"start with {recorded:,} records", "ms", took, [], [Bar("all", max(took), MOST, "ms")])
