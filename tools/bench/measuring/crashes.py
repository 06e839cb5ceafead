"""An actor that crashes, and how soon the next one is there."""

import contextlib

from .figures import Bar, Line, percentile
from . import processes
from .runtime import Runtime

TITLE = "crashes"
ABOUT = "an actor is made to crash; until it answers again"
TRIES = 100
MOST = 10  # ms, p95, at the first try
PARTS = {"policy gate": ("policy.explain", {"terminal": "demo"}), "approvals": ("approval.list", {}),
         "tokens": ("token.list", {}), "terminals": ("terminal.list", {}), "shares": ("share.list", {})}
SETTINGS = """
[supervision]
chaos = "allowed"
restarts = 100
window = "1s"
"""


def crash(home, part):
    """Seconds from the crash, which is on the record by then, until the part answers."""
    method, payload = PARTS[part]
    home.bus.call("chaos.crash", actor=part)
    began = processes.now()
    while True:
        # Whoever asks in the very moment of the crash is told so, and asks again.
        with contextlib.suppress(RuntimeError):
            home.bus.call(method, **payload)
            return processes.now() - began


def measure(tries):
    with Runtime(settings=SETTINGS) as home:
        home.open_terminal("demo", "cat")
        for part in PARTS:
            took = []
            for _ in range(tries // len(PARTS)):
                took.append(1000 * crash(home, part))
                processes.pause(1.05)  # its budget is whole again: the next crash is a first one
            yield Line(f"{part}: crash, restart, answer", "ms", took, [],
                       [Bar("p95", percentile(took, 0.95), MOST, "ms")])
