"""A flood in the pane, with guests who read it and one who reads nothing."""

from . import processes
from .figures import Bar, Line, paired_slowdown
from .memory import WORKER
from .raw import RawHost, RawTmux, Relay
from .runtime import Runtime
from .scenes import FILLING, Pane, Scene

TITLE = "flood"
ABOUT = "`yes | head -200000` in the pane, 5 guests: until the pane is done, until the last of 4 readers has its end"
TRIES = 30
NEEDS_BACKEND = True
READERS = 4          # and one more, who reads in one scene and doesn't in the other
MOST_SLOWER = 10     # percent
MOST_GROWTH = 4      # MB that a program's peak may be above what it was before
ALONE, READING, STUCK, RAW = range(4)


class Peaks:
    """The peaks of what could grow: the workers, and the tmux servers."""

    def __init__(self, home, tmux):
        self.pids = {"a worker": processes.descendants(home.process.pid)[WORKER],
                     "the tmux server": [home.tmux_pid()], "raw": [tmux.pid()]}
        self.before = self.now()

    def now(self):
        return {name: max(processes.resident(pid)[1] for pid in pids) for name, pids in self.pids.items()}

    def lines(self):
        peaks = self.now()
        raw = peaks.pop("raw")
        for name, peak in peaks.items():
            yield Line(f"peak resident memory of {name}", "MB", [peak],
                       [raw] if name == "the tmux server" else [],
                       [Bar("more than before the first picture", peak - self.before[name], MOST_GROWTH, "MB")])


def open_panes(home, tmux):
    """Nobody looks; five readers; four readers and one who reads nothing; the last with raw upterm."""
    def ours(name, *command):
        return home.open_terminal(name, *command)["tmux_session"]
    return [Scene(home, home.enter(Pane(home, name, opened)))
            for name, opened in (("alone", ours), ("reading", ours), ("stuck", ours), ("raw", tmux.open))]


def build(home):
    """The scenes with their guests, the peaks so far, and how long the stuck guests were fed."""
    tmux = home.enter(RawTmux(home))
    scenes = open_panes(home, tmux)
    shares = {which: home.share(scenes[which].pane.name) for which in (READING, STUCK)}
    relay = Relay(home, shares[READING]["link"])
    host = home.enter(RawHost(home, relay, tmux.attach_command(scenes[RAW].pane.session)))
    links = {READING: shares[READING]["link"], STUCK: shares[STUCK]["link"], RAW: host.link}
    for which, link in links.items():
        scenes[which].invite(home, link, READERS)
    peaks = Peaks(home, tmux)
    scenes[READING].invite_one_more(home, links[READING], reads=True)
    program = scenes[STUCK].invite_one_more(home, links[STUCK], reads=False)
    fillings = scenes[STUCK].fill(program=program)
    scenes[RAW].invite_one_more(home, links[RAW], reads=False)
    scenes[RAW].fill(times=fillings)
    return scenes, peaks, fillings


def slower(what, ours, base):
    return Bar(what, paired_slowdown(ours, base), MOST_SLOWER, "%")


def measure(tries):
    with Runtime() as home:
        scenes, peaks, fillings = build(home)
        panes, guests = [[] for _ in scenes], [[] for _ in scenes]
        for turn in range(tries + 1):
            for place in range(len(scenes)):
                which = (turn + place) % len(scenes)
                printed, seen = scenes[which].flood()
                if turn > 0:  # the first round warms everything up
                    panes[which].append(printed)
                    guests[which].append(seen)
        memory = list(peaks.lines())
    yield Line("pane, nobody looks", "ms", panes[ALONE])
    yield Line("pane, five guests read", "ms", panes[READING], [],
               [slower("slower than with nobody", panes[READING], panes[ALONE])])
    yield Line("pane, one of five guests reads nothing", "ms", panes[STUCK], panes[RAW],
               [slower("slower than with nobody", panes[STUCK], panes[ALONE])],
               f"raw `tmux attach`: {paired_slowdown(panes[RAW], panes[ALONE]):+.0f} % against nobody; whoever reads "
               f"nothing had {fillings * FILLING:g} s of pictures before")
    yield Line("guests, all five read", "ms", guests[READING])
    yield Line("guests, one of five reads nothing", "ms", guests[STUCK], guests[RAW],
               [slower("slower than when all read", guests[STUCK], guests[READING])])
    yield from memory
