"""From a guest's key to its echo on the guest's terminal."""

import itertools
import random

from . import processes
from .figures import Bar, Line, paired_difference
from .guests import Crowd
from .raw import RawHost, RawTmux, Relay
from .runtime import Runtime

TITLE = "keys"
ABOUT = "keystroke to echo: guest, ssh, relay, upterm, our guest program (raw: `tmux attach`), pane"
TRIES = 30
KEYS_PER_TRY = 10
MOST_MORE = 0.5          # ms at the median, more than a plain `tmux attach`
PAUSE = (0.010, 0.040)   # seconds between two keys, as a fast typist's
PER_LINE = 40            # keys, then a line of its own, so that nothing wraps
# Letters that end no control sequence, so that only an echo can bring them.
LETTERS = "jvwyz"


def echo(crowd, guest, letter):
    """Seconds until the letter that was typed is shown."""
    guest.seen = b""
    began = processes.now()
    guest.type(letter)
    crowd.wait(lambda: letter in guest.seen, "the echo of a key", 5)
    return processes.now() - began


def type_interleaved(crowd, guests, count):
    """Types the same keys as each guest in turn; returns milliseconds for each guest."""
    took = [[] for _ in guests]
    letters = itertools.cycle(LETTERS)
    source = random.Random(1)
    for turn in range(count):
        letter = next(letters).encode()
        for place in range(len(guests)):
            which = (turn + place) % len(guests)
            crowd.settle(source.uniform(*PAUSE))
            took[which].append(1000 * echo(crowd, guests[which], letter))
        if turn % PER_LINE == PER_LINE - 1:
            for guest in guests:
                guest.type(b"\r")
            crowd.settle()
    return took


def measure(tries):
    with Runtime() as home:
        home.open_terminal("ours", "sh", "-c", "echo seen-ours; exec cat")
        tmux = home.enter(RawTmux(home))
        session = tmux.open("raw", "sh", "-c", "echo seen-raw; exec cat")
        share = home.share("ours", mode="rw")
        relay = Relay(home, share["link"])
        raw = home.enter(RawHost(home, relay, tmux.attach_command(session)))
        crowd = home.enter(Crowd())
        guests = crowd.invite(home, share["link"]) + crowd.invite(home, raw.link)
        crowd.wait(lambda: b"seen-ours" in guests[0].seen and b"seen-raw" in guests[1].seen, "both are in")
        type_interleaved(crowd, guests, KEYS_PER_TRY)
        ours, theirs = type_interleaved(crowd, guests, KEYS_PER_TRY * tries)
    yield Line("key to echo", "ms", ours, theirs,
               [Bar("median more than `tmux attach`", paired_difference(ours, theirs), MOST_MORE, "ms")])
