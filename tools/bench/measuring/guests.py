"""Guests: real ssh processes, each on a pty of its own, all watched by one poll loop.

Why: what counts is what arrives at a guest's terminal and when its ssh is gone; both are seen here
at the moment they happen, for all guests at once.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import termios

from . import processes, runtime

KEPT = 8192  # bytes of what a guest saw last
OPTIONS = ("-F", "none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
           "-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR",
           # Newer clients hide when keys are typed by sending them in steps of 20 ms.
           "-o", "IgnoreUnknown=ObscureKeystrokeTiming", "-o", "ObscureKeystrokeTiming=no")


def start_on_terminal(words, columns=80, rows=24):
    """Starts a program on a pty of its own; returns its process and the pty's other end."""
    end, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    try:
        return processes.start(words, runtime.clean_environment(), stdin=inner, stdout=inner, stderr=inner), end
    except BaseException:
        os.close(end)
        raise
    finally:
        os.close(inner)


class Guest:
    """One ssh on a pty. `seen` is the end of what it showed, `size` how much it showed in all."""

    def __init__(self, home, link, columns=80, rows=24):
        self.seen = b""
        self.size = 0
        self.left_at = None
        program, *rest = link.split()
        self.process, self.fd = start_on_terminal([program, "-i", home.key, *OPTIONS, *rest], columns, rows)
        self.handle = os.pidfd_open(self.process.pid)

    def read(self):
        try:
            part = os.read(self.fd, 65536)
        except OSError:
            return b""
        self.seen = (self.seen + part)[-KEPT:]
        self.size += len(part)
        return part

    def type(self, data):
        os.write(self.fd, data)

    def close(self):
        processes.end(self.process, signal.SIGKILL)
        os.close(self.fd)
        os.close(self.handle)


class Crowd:
    """Some guests, watched together. A guest that is `ignored` is never read."""

    def __init__(self, ignored=()):
        self.guests = []
        self.ignored = set(ignored)
        self._poll = select.poll()
        self._owners = {}

    def invite(self, home, link, count=1):
        """Starts guests; returns at once."""
        for _ in range(count):
            guest = Guest(home, link)
            self.guests.append(guest)
            self._watch(guest)
        return self.guests[-count:]

    def _watch(self, guest):
        for descriptor in (guest.fd, guest.handle):
            self._owners[descriptor] = guest
            self._poll.register(descriptor, select.POLLIN)

    def _forget(self, descriptor):
        if self._owners.pop(descriptor, None) is not None:
            self._poll.unregister(descriptor)

    def ignore(self, guest):
        """From now on nothing is read for this guest; its terminal fills up."""
        self._forget(guest.fd)

    def watch_also(self, descriptor):
        """Wakes the loop when something else can be read; `pump` doesn't touch it."""
        self._poll.register(descriptor, select.POLLIN)

    def pump(self, limit):
        """Waits for something to happen, takes it, and returns the guests that it happened to."""
        moved = []
        for descriptor, _ in self._poll.poll(1000 * max(0.0, limit)):
            guest = self._owners.get(descriptor)
            if guest is None:
                continue
            at = processes.now()
            if descriptor == guest.handle:
                guest.left_at = at
                self._forget(descriptor)
            elif not guest.read():
                self._forget(descriptor)
            moved.append(guest)
        return moved

    def wait(self, happened, what, limit=processes.GENEROUS):
        """Takes what comes until `happened()`."""
        deadline = processes.now() + limit
        while not happened():
            if processes.now() > deadline:
                raise RuntimeError(f"not within {limit:g} s: {what}")
            self.pump(0.1)

    def wait_for(self, text, what):
        """Waits until every guest shows `text`."""
        def shown():
            for guest in self.guests:
                if guest.left_at is not None and text not in guest.seen:
                    raise RuntimeError(f"a guest's ssh ended; it showed {guest.seen[-200:]!r}")
            return all(text in guest.seen for guest in self.guests)
        self.wait(shown, what)

    def settle(self, quiet=0.05):
        """Takes what comes until nothing comes for `quiet` seconds."""
        while self.pump(quiet):
            pass

    def wait_left(self, limit):
        """How many guests have gone within `limit` seconds, and when the last of them did."""
        deadline = processes.now() + limit
        while any(guest.left_at is None for guest in self.guests) and processes.now() < deadline:
            self.pump(deadline - processes.now())
        times = [guest.left_at for guest in self.guests if guest.left_at is not None]
        return len(times), max(times, default=0.0)

    def close(self):
        for guest in self.guests:
            self._forget(guest.fd)
            self._forget(guest.handle)
            guest.close()
        self.guests.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
