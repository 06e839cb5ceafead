"""A runtime that starts with a long journal."""

import contextlib
import statistics

from . import processes
from .figures import Bar, Line
from .idle import start
from .runtime import Runtime

TITLE = "restart"
ABOUT = "start of the runtime, to its first answer, with 100,000 records"
TRIES = 10
RECORDS = 100_000
MOST = 1000  # ms


def fill(home):
    """Real records, by a real runtime: tokens that are made and taken back."""
    recorded = home.bus.call("runtime.status")["sequence"]
    window, number = [], 0
    while recorded < RECORDS:
        for method in ("token.create", "token.revoke"):
            payload = {"name": f"t{number}", **({"kind": "agent"} if method == "token.create" else {})}
            window.append(home.bus.send(method, **payload))
        number += 1
        recorded += 2
        if len(window) >= 400:
            for each in window:
                home.bus.answer(each)
            window.clear()
    for each in window:
        home.bus.answer(each)
    return home.bus.call("runtime.status")["sequence"]


def measure(tries):
    with Runtime() as home:
        recorded = fill(home)
        home.bus.close()
        processes.end(home.process)
        took = [1000 * start(home) for _ in range(tries)]
        yield Line(f"start with {recorded:,} records", "ms", took, [], [Bar("all", max(took), MOST, "ms")])
