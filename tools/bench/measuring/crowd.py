"""Many shares at once: how soon each has its link, and that each ends in time."""

import pathlib
from datetime import datetime

from . import processes
from .figures import Bar, Line, percentile
from .ledger import Ledger
from .runtime import Runtime

TITLE = "crowd"
ABOUT = "100 shares of one runtime that are asked for at the same moment, and expire"
TRIES = 100
MOST_LINK = 3000  # ms, p95
MOST_LATE = 1000  # ms, all
TERMINALS = ("here", "there")
TTL = 20          # seconds
SETTINGS = """
[shares]
per_terminal_limit = 100
total_limit = 200
"""


def measure(tries):
    with Runtime(settings=SETTINGS) as home:
        for name in TERMINALS:
            home.open_terminal(name, "cat")
        key = pathlib.Path(f"{home.key}.pub").read_text().strip()
        home.stop(home.share(TERMINALS[0]))  # its relay is there
        began = processes.now()
        asked = [home.bus.send("share.start", terminal=TERMINALS[number % len(TERMINALS)], backend="upterm",
                               ttl=f"{TTL}s", keys=[key]) for number in range(tries)]
        took, shares = [], []
        for each in asked:
            shares.append(home.bus.answer(each))
            took.append(1000 * (processes.now() - began))
        yield Line(f"{tries} requests at once, each to its link", "ms", took, [],
                   [Bar("p95", percentile(took, 0.95), MOST_LINK, "ms")])
        ends = {each["share_id"]: each["expires_at"] for each in shares}
        processes.wait_until(lambda: not home.bus.call("share.list")["shares"], "all have expired", TTL + 20, 0.2)
        home.bus.close()
        late = lateness(home, ends)
        yield Line("expiry to the record of the end", "ms", late, [], [Bar("all", max(late), MOST_LATE, "ms")])


def lateness(home, ends):
    """How long after its time each share was recorded as ended, in ms."""
    def at(text):
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()

    records = Ledger(home.folder / "state" / "journal.db").records
    stopped = {each["shareId"]: each["timestamp"] for each in records if each["eventType"] == "share.session.stopped"}
    return [1000 * (at(stopped[share]) - at(end)) for share, end in ends.items()]
