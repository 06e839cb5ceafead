"""What recording takes from the router: commands that a client sends as fast as they are answered."""

from . import processes
from .figures import Bar, Line, paired_slowdown
from .runtime import Runtime

TITLE = "router"
ABOUT = "commands through the router, by one client that keeps 100 of them under way; recorded and not"
TRIES = 40
COMMANDS = 2000
AT_ONCE = 100
MOST = 3  # percent


def took(home):
    """Seconds for all of them."""
    began = processes.now()
    waiting = []
    for number in range(COMMANDS):
        if number >= AT_ONCE:
            home.bus.answer(waiting.pop(0))
        waiting.append(home.bus.send("token.list"))
    for each in waiting:
        home.bus.answer(each)
    return processes.now() - began


def measure(tries):
    on, off = [], []
    with Runtime() as recording, Runtime(settings="[trace]\nring = 0\n") as silent:
        for home in (recording, silent):
            took(home)
        for number in range(tries):
            for home in (recording, silent) if number % 2 else (silent, recording):
                (on if home is recording else off).append(took(home))
    rates = [[COMMANDS / each for each in series] for series in (on, off)]
    yield Line("commands a second (raw: not recorded)", "1/s", *rates,
               [Bar("fewer", paired_slowdown(on, off), MOST, "%")])
