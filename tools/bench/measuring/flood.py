"""A flood in the pane, with guests who read it and one who doesn't."""

import os
import pathlib
import sys

from . import processes
from .figures import Bar, Line, paired_slowdown
from .guests import Crowd
from .memory import WORKER
from .raw import RawHost, Relay, attach_command
from .runtime import Runtime

TITLE = "flood"
ABOUT = "`yes | head -200000` in the pane: until it has printed END, and until the last reading guest has it"
TRIES = 30
NEEDS_BACKEND = True
FLOOD_LINES = 200000
GUESTS = 5
MOST_SLOWER = 10     # percent
MOST_GROWTH = 4      # MB that a worker, or the tmux server, may have been larger at its peak
FILLING = 1.0        # seconds of pictures at a time, until a guest that reads nothing takes no more
FILLINGS = 20        # at most
ALPHABET = "ABDEFGIKLNOPQSTUVWXZ"


def markers():
    """Markers that share no letter at any place with the one before, since only changes are drawn."""
    turn = 0
    while True:
        turn += 1
        pair = ALPHABET[turn % len(ALPHABET)] + ALPHABET[(turn + 7) % len(ALPHABET)]
        yield "END" if turn == 0 else pair * 4


class Pane:
    """A terminal that floods on command."""

    marker = markers()

    def __init__(self, home, name):
        self.name = name
        paths = [home.folder / f"{name}.orders", home.folder / f"{name}.answers"]
        for path in paths:
            os.mkfifo(path, 0o600)
        program = pathlib.Path(__file__).with_name("pane.py")
        # Both ends are opened for both ways, so that opening waits for nobody.
        self._orders, self.answers = (os.open(path, os.O_RDWR | os.O_NONBLOCK) for path in paths)
        self.session = home.open_terminal(name, sys.executable, program, *paths)["tmux_session"]

    def order(self, *words):
        os.write(self._orders, (" ".join(map(str, words)) + "\n").encode())

    def answer(self):
        """When the pane began and when it was done; None while it isn't."""
        try:
            text = os.read(self.answers, 4096)
        except BlockingIOError:
            return None
        return tuple(map(float, text.split()))

    def close(self):
        os.close(self._orders)
        os.close(self.answers)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Scene:
    """One pane, how it is shared, and who looks at it; the last guest may be one who never reads."""

    def __init__(self, home, pane, link=None, stuck=False):
        self.pane = pane
        self.crowd = home.enter(Crowd())
        self.crowd.watch_also(pane.answers)
        self.stuck = []
        if link:
            guests = self.crowd.invite(home, link, GUESTS)
            self.crowd.wait_for(b"ready-to-flood", "every guest sees the pane")
            self.stuck = guests[-1:] if stuck else []
        for guest in self.stuck:
            self.crowd.ignore(guest)
        # The same number in each scene, so that the last of them is comparable.
        self.readers = self.crowd.guests[:GUESTS - 1]

    def _done(self):
        answer = []
        self.crowd.wait(lambda: answer or answer.extend(self.pane.answer() or ()), "the pane is done", 60)
        return answer

    def flood(self):
        """Milliseconds until the pane was done, and until the last reader saw its end."""
        marker = next(Pane.marker)
        wanted = marker.encode()
        seen_at, done = {}, []
        for guest in self.crowd.guests:
            guest.seen = b""
        self.pane.order("flood", FLOOD_LINES, marker)

        def finished():
            for guest in self.readers:
                if guest not in seen_at and wanted in guest.seen:
                    seen_at[guest] = processes.now()
            if not done:
                done.extend(self.pane.answer() or ())
            return done and len(seen_at) == len(self.readers)

        self.crowd.wait(finished, f"the end of a flood in {self.pane.name}", 60)
        self.crowd.settle()
        began, ended = done
        return 1000 * (ended - began), 1000 * (max(seen_at.values(), default=ended) - began)

    def fill(self, times, program):
        """Prints pictures until the guest who reads nothing takes no more; returns how often."""
        for turn in range(times):
            before = written(program) if program else 0
            self.pane.order("fill", FILLING)
            self._done()
            self.crowd.settle()
            if program and written(program) == before:
                return turn + 1
        return times


def written(pid):
    """How many bytes a process has written."""
    for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    raise RuntimeError("this kernel tells no bytes written")


class Watch:
    """The peaks of the programs that could grow: the workers, and the tmux server."""

    def __init__(self, home):
        self.pids = {"worker": processes.descendants(home.process.pid).get(WORKER, [])}
        shown = home.tmux("display-message", "-p", "#{pid}")
        self.pids["tmux server"] = [int(shown)]
        self.before = self.peaks()

    def peaks(self):
        return {name: max(processes.resident(pid)[1] for pid in pids) for name, pids in self.pids.items()}

    def lines(self):
        for name, peak in self.peaks().items():
            grown = peak - self.before[name]
            yield Line(f"peak resident memory of the {name}", "MB", [peak], [],
                       [Bar("more than before the first flood", grown, MOST_GROWTH, "MB")])


def build_scenes(home):
    """Alone; five readers; four readers and one who reads nothing; the same with plain upterm."""
    panes = [home.enter(Pane(home, name)) for name in ("alone", "reading", "stuck", "raw")]
    alone, reading, stuck, raw = panes
    share = home.share(reading.name)
    relay = Relay(home, share["link"])
    host = home.enter(RawHost(home, relay, attach_command(home, raw.session)))
    before = set(processes.descendants(home.process.pid).get("termlease-guest", []))
    scenes = [Scene(home, alone), Scene(home, reading, share["link"])]
    scenes.append(Scene(home, stuck, home.share(stuck.name)["link"], stuck=True))
    scenes.append(Scene(home, raw, host.link, stuck=True))
    return scenes, before


def measure(tries):
    with Runtime() as home:
        scenes, _ = build_scenes(home)
        watch = Watch(home)
        pane, guest = [[] for _ in scenes], [[] for _ in scenes]
        for turn in range(tries):
            for place in range(len(scenes)):
                which = (turn + place) % len(scenes)
                printed, seen = scenes[which].flood()
                pane[which].append(printed)
                guest[which].append(seen)
        memory = list(watch.lines())
    yield Line("pane, nobody looks", "ms", pane[0])
    yield from memory
