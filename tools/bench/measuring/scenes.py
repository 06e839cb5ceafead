"""Panes that flood on command, and who looks at them."""

import itertools
import os
import pathlib
import sys

from . import processes
from .guests import Crowd

FLOOD_LINES = 200000
FILLING = 1.0     # seconds of pictures at a time, until a guest that reads nothing takes no more
FILLINGS = 20     # at most
LONGEST = 60      # seconds; only a broken system needs that long for a flood
# One letter is drawn whole, ends no control sequence, and is not on the screen already.
ENDS = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
GUEST_PROGRAM = "termlease-guest"


class Pane:
    """A terminal that floods on command; `opened` opens it and returns its tmux session."""

    ends = itertools.cycle(ENDS)

    def __init__(self, home, name, opened):
        self.name = name
        paths = [home.folder / f"{name}.{what}" for what in ("orders", "answers")]
        for path in paths:
            os.mkfifo(path, 0o600)
        # Open for both ways, so that opening waits for nobody.
        self._orders, self.answers = (os.open(path, os.O_RDWR | os.O_NONBLOCK) for path in paths)
        program = pathlib.Path(__file__).with_name("pane.py")
        self.session = opened(name, sys.executable, program, *paths)

    def order(self, *words):
        os.write(self._orders, (" ".join(map(str, words)) + "\n").encode())

    def answer(self):
        """When the pane began and when it was done; empty while it isn't."""
        try:
            return [float(word) for word in os.read(self.answers, 4096).split()]
        except BlockingIOError:
            return []

    def close(self):
        os.close(self._orders)
        os.close(self.answers)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def written(pid):
    """How many bytes a process has written."""
    for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    raise RuntimeError("this kernel tells no bytes written")


class Scene:
    """One pane and its guests: `readers`, and perhaps one more who reads, or who reads nothing."""

    def __init__(self, home, pane):
        self.pane = pane
        self.readers = []
        self.crowd = home.enter(Crowd())
        self.crowd.watch_also(pane.answers)

    def invite(self, home, link, readers):
        self.readers = list(self.crowd.invite(home, link, readers))
        self.crowd.wait_for(b"ready-to-flood", "every guest sees the pane")

    def invite_one_more(self, home, link, reads):
        """Returns the program that shows the pane to this guest, where it is ours."""
        before = set(processes.descendants(home.process.pid).get(GUEST_PROGRAM, []))
        guest = self.crowd.invite(home, link)[0]
        self.crowd.wait_for(b"ready-to-flood", "one more guest sees the pane")
        if not reads:
            self.crowd.ignore(guest)
        fresh = set(processes.descendants(home.process.pid).get(GUEST_PROGRAM, [])) - before
        return fresh.pop() if fresh else None

    def flood(self):
        """Milliseconds until the pane was done, and until the last reader saw the end."""
        end = next(Pane.ends)
        wanted = end.encode()
        seen_at, done = {}, []
        for guest in self.readers:
            guest.seen = b""

        def finished():
            for guest in self.readers:
                if guest not in seen_at and wanted in guest.seen:
                    seen_at[guest] = processes.now()
            done.extend(self.pane.answer())
            return done and len(seen_at) == len(self.readers)

        self.pane.order("flood", FLOOD_LINES, end)
        self.crowd.wait(finished, f"the end of a flood in the pane '{self.pane.name}'", LONGEST)
        self.crowd.settle()
        began, ended = done
        return 1000 * (ended - began), 1000 * (max(seen_at.values(), default=ended) - began)

    def fill(self, times=FILLINGS, program=None):
        """Prints pictures until `program` can write no more; returns how often it took."""
        for turn in range(times):
            before = written(program) if program else 0
            done = []
            self.pane.order("fill", FILLING)
            self.crowd.wait(lambda: done or done.extend(self.pane.answer()) or done, "the pane is done", LONGEST)
            self.crowd.settle()
            if program and written(program) == before:
                return turn + 1
        return times
