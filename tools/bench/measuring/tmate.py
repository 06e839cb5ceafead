"""A share through tmate: its link, its end, and what it takes."""

import statistics

from . import link, memory, processes, revocation
from .figures import Bar, Line
from .guests import Crowd
from .raw import RawTmate
from .runtime import Runtime

TITLE = "tmate"
ABOUT = "the same as link, revoke and memory, through tmate"
TRIES = 100
LINKS = 30
MOST_PER_SHARE = 8  # MB of PSS: ours and tmate's
TMATE = "tmate"
COMMAND = f"sh -c 'echo {revocation.SHOWN.decode()}; exec cat'"


def raw_link(home, first):
    with RawTmate(home, first) as raw:
        return raw.took


def taken(home):
    """MB of PSS of one share with a guest, by its programs."""
    share = home.share("demo", backend="tmate")
    with Crowd() as crowd:
        crowd.invite(home, share["link"])
        crowd.wait_for(revocation.SHOWN, "the guest sees the pane")
        crowd.settle()
        found = memory.Round([home.process.pid]).pss
    home.stop(share)
    return sum(sum(found.get(name, [])) for name in (memory.WORKER, memory.GUEST, TMATE))


def measure(tries):
    with Runtime() as home:
        home.open_terminal("demo", "sh", "-c", f"echo {revocation.SHOWN.decode()}; exec cat")
        began = processes.now()
        first = home.share("demo", backend="tmate")
        cold = 1000 * (processes.now() - began)
        home.stop(first)
        took = link.in_turns(min(tries, LINKS), lambda: link.through_cli(home, "tmate"),
                             lambda: link.over_bus(home, "tmate"), lambda: raw_link(home, first["link"]))
        yield from link.lines(" --via tmate", *took, "tmate -F")
        yield Line("the first one, which starts the relay", "ms", [cold])
        measured = revocation.rounds(
            tries, lambda through_cli: revocation.revoke(home, through_cli, backend="tmate"),
            lambda: revocation.stop_raw(home, RawTmate(home, first["link"], COMMAND)))
        yield from revocation.lines(" of tmate", *measured, "tmate -F")
        shares = [taken(home) for _ in range(10)]
        yield Line("PSS of worker, guest program and tmate, one guest", "MB", shares, [],
                   [Bar("median", statistics.median(shares), MOST_PER_SHARE, "MB")])
