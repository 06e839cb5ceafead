"""What ten shares at once take."""

import contextlib
import statistics

from . import processes
from .figures import Bar, Line
from .guests import Crowd
from .raw import RawHost, Relay
from .runtime import Runtime

TITLE = "memory"
ABOUT = "per share, ten at once, of a terminal of 80x24 each"
TRIES = 30
SHARES = 10
MOST_PER_SHARE = 7     # MB without guests
MOST_WORKER = 1.5      # MB of private memory
MOST_GUEST = 1         # MB of private memory
STEADY = 0.1           # MB: the sum has settled when it moves less than that
SETTLING = 0.2         # seconds between two looks
LOOKS = 15             # at most
SHOWN = b"lent-and-seen"
# As the kernel shortens them.
WORKER, GUEST, UPTERM, HOLDER = "termlease-worke", "termlease-guest", "upterm", "sleep"


class Round:
    """What the programs of each kind take: lists of MB by name."""

    def __init__(self, roots, with_roots=False):
        """Counts every process below `roots`, once their memory has settled."""
        before = -1.0
        for _ in range(LOOKS):
            self._count(roots, with_roots)
            total = sum(map(sum, self.pss.values()))
            if abs(total - before) < STEADY:
                break
            before = total
            processes.pause(SETTLING)

    def _count(self, roots, with_roots):
        self.pss, self.private = {}, {}
        for root in roots:
            found = processes.descendants(root)
            if with_roots:
                found.setdefault(UPTERM, []).append(root)
            for name, pids in found.items():
                for taken in filter(None, map(processes.memory, pids)):
                    self.pss.setdefault(name, []).append(taken[0])
                    self.private.setdefault(name, []).append(taken[1])

    def per_share(self, *names):
        return sum(sum(self.pss.get(name, [])) for name in names) / SHARES


class Figures:
    """All rounds of one kind."""

    def __init__(self):
        self.rounds = []
        self.available = []
        self.with_guests = []


def run_ours(home, figures):
    before = processes.available()
    asked = [home.ask_for_share(f"t{each}") for each in range(SHARES)]
    shares = [home.bus.answer(each) for each in asked]
    figures.rounds.append(Round([home.process.pid]))
    during = processes.available()
    with Crowd() as crowd:
        for share in shares:
            crowd.invite(home, share["link"])
        crowd.wait_for(SHOWN, "a guest of each share sees its pane")
        crowd.settle()
        figures.with_guests.append(Round([home.process.pid]))
    alone = processes.available()
    for share in shares:
        home.stop(share)
    after = processes.available()
    figures.available.append(statistics.mean((before - during, after - alone)) / SHARES)


def run_raw(home, relay, figures):
    before = processes.available()
    with contextlib.ExitStack() as hosts:
        pids = [hosts.enter_context(RawHost(home, relay)).process.pid for _ in range(SHARES)]
        figures.rounds.append(Round(pids, with_roots=True))
        during = processes.available()
    after = processes.available()
    figures.available.append(statistics.mean((before - during, after - during)) / SHARES)


def values(rounds, of, *names):
    """Every process's figure in every round."""
    return [each for one in rounds for name in names for each in getattr(one, of).get(name, [])]


def lines(ours, raw):
    shares = [each.per_share(WORKER, UPTERM, GUEST) for each in ours.rounds]
    yield Line("PSS of worker and upterm, no guest", "MB", shares,
               [each.per_share(UPTERM) for each in raw.rounds],
               [Bar("median", statistics.median(shares), MOST_PER_SHARE, "MB")])
    yield Line("MemAvailable, no guest", "MB", ours.available, raw.available,
               [Bar("median", statistics.median(ours.available), MOST_PER_SHARE, "MB")],
               "all that the machine misses; other programs' comings and goings are in it")
    for what, name, limit, rounds in (("worker, private", WORKER, MOST_WORKER, ours.rounds),
                                      ("worker, private, with a guest", WORKER, MOST_WORKER, ours.with_guests),
                                      ("guest program, private", GUEST, MOST_GUEST, ours.with_guests)):
        found = values(rounds, "private", name)
        yield Line(what, "MB", found, [], [Bar("median", statistics.median(found), limit, "MB"),
                                           Bar("largest", max(found), limit, "MB")])
    yield Line("PSS of worker, upterm and guest, one guest", "MB",
               [each.per_share(WORKER, UPTERM, GUEST) for each in ours.with_guests])
    yield Line("PSS of upterm", "MB", values(ours.rounds, "pss", UPTERM), values(raw.rounds, "pss", UPTERM))
    yield Line("PSS of the worker", "MB", values(ours.rounds, "pss", WORKER))
    yield Line("PSS of the holder", "MB", values(ours.rounds, "pss", HOLDER), values(raw.rounds, "pss", HOLDER))


def measure(tries):
    ours, raw = Figures(), Figures()
    with Runtime() as home:
        for each in range(SHARES):
            home.open_terminal(f"t{each}", "sh", "-c", f"echo {SHOWN.decode()}; exec cat")
        first = home.share("t0")
        relay = Relay(home, first["link"])
        home.stop(first)
        for turn in range(tries):
            kinds = [lambda: run_ours(home, ours), lambda: run_raw(home, relay, raw)]
            for kind in kinds if turn % 2 == 0 else reversed(kinds):
                kind()
    yield from lines(ours, raw)
