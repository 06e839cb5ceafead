"""A flood in the pane, with guests who read it and one who reads nothing."""

import random

from . import processes
from .figures import Bar, Line, paired_slowdown
from .memory import WORKER
from .raw import RawHost, RawTmux, Relay
from .runtime import Runtime
from .scenes import FILLING, Pane, Scene

TITLE = "flood"
ABOUT = "`yes | head -200000` in the pane, 5 guests: until the pane is done, until the last of 4 readers has its end"
TRIES = 30
ROUNDS_PER_TRY = 3   # a flood is short, and its bar is tight
READERS = 4          # and one more, who reads in one scene and doesn't in the other
MOST_SLOWER = 10     # percent
MOST_GROWTH = 4      # MB that a program's peak may be above what it was before
ALONE, READING, STUCK, RAW = range(4)


class Growth:
    """What the programs that could grow take: the workers, and the tmux servers, ours and raw's."""

    def __init__(self, home, tmux):
        self._pids = {"worker": processes.descendants(home.process.pid)[WORKER],
                      "ours": [home.tmux_pid()], "raw": [tmux.pid()]}
        self.fillings = 1
        self._first = self._fed = self._now()

    def _now(self):
        return {name: max(processes.resident(pid)[1] for pid in pids) for name, pids in self._pids.items()}

    def fed(self, fillings):
        """Notes that the guests who read nothing have been fed until they took no more."""
        self._fed, self.fillings = self._now(), fillings

    def lines(self):
        last, seconds = self._now(), self.fillings * FILLING
        grown = {name: last[name] - self._fed[name] for name in last}
        pictures = {name: (self._fed[name] - self._first[name]) / seconds for name in last}
        yield Line("worker, peak resident memory", "MB", [last["worker"]], [],
                   [Bar("more than before anything was printed", last["worker"] - self._first["worker"],
                        MOST_GROWTH, "MB")])
        yield Line("tmux server, grown by all these floods", "MB", [grown["ours"]], [grown["raw"]],
                   [Bar("growth", grown["ours"], MOST_GROWTH, "MB")])
        yield Line("tmux server, grown a second of pictures", "MB", [pictures["ours"]], [pictures["raw"]], [],
                   f"{seconds:g} s of pictures in full colour, which filled up the guest who reads nothing")


def open_panes(home, tmux):
    """Nobody looks; five readers; four readers and one who reads nothing; the last with raw upterm."""
    def ours(name, *command):
        return home.open_terminal(name, *command)["tmux_session"]
    return [Scene(home, home.enter(Pane(home, name, opened)))
            for name, opened in (("alone", ours), ("reading", ours), ("stuck", ours), ("raw", tmux.open))]


def build(home):
    """The scenes with their guests, and what may grow."""
    tmux = home.enter(RawTmux(home))
    scenes = open_panes(home, tmux)
    shares = {which: home.share(scenes[which].pane.name) for which in (READING, STUCK)}
    relay = Relay(home, shares[READING]["link"])
    host = home.enter(RawHost(home, relay, tmux.attach_command(scenes[RAW].pane.session)))
    links = {READING: shares[READING]["link"], STUCK: shares[STUCK]["link"], RAW: host.link}
    for which, link in links.items():
        scenes[which].invite(home, link, READERS)
    growth = Growth(home, tmux)
    scenes[READING].invite_one_more(home, links[READING], reads=True)
    program = scenes[STUCK].invite_one_more(home, links[STUCK], reads=False)
    fillings = scenes[STUCK].fill(program=program)
    scenes[RAW].invite_one_more(home, links[RAW], reads=False)
    scenes[RAW].fill(times=fillings)
    growth.fed(fillings)
    return scenes, growth


def slower(what, ours, base):
    return Bar(what, paired_slowdown(ours, base), MOST_SLOWER, "%")


def measure(tries):
    with Runtime() as home:
        scenes, growth = build(home)
        order = random.Random(0)  # each scene comes after each other one: what a flood leaves to do is not the next one's
        panes, guests = [[] for _ in scenes], [[] for _ in scenes]
        for turn in range(ROUNDS_PER_TRY * tries + 1):
            for which in order.sample(range(len(scenes)), len(scenes)):
                printed, seen = scenes[which].flood()
                if turn > 0:  # the first round warms everything up
                    panes[which].append(printed)
                    guests[which].append(seen)
        memory = list(growth.lines())
    yield Line("pane, nobody looks", "ms", panes[ALONE])
    yield Line("pane, five guests read", "ms", panes[READING], [],
               [slower("slower than with nobody", panes[READING], panes[ALONE])])
    yield Line("pane, one of five guests reads nothing", "ms", panes[STUCK], panes[RAW],
               [slower("slower than with nobody", panes[STUCK], panes[ALONE])],
               f"raw `tmux attach`: {paired_slowdown(panes[RAW], panes[ALONE]):+.0f} % against nobody")
    yield Line("guests, all five read", "ms", guests[READING])
    yield Line("guests, one of five reads nothing", "ms", guests[STUCK], guests[RAW],
               [slower("slower than when all read", guests[STUCK], guests[READING])])
    yield from memory
