"""What recording takes from the router: commands that a client sends as fast as they are answered.

Two runs of one program differ by more than is measured here, as their threads get in each other's way or
don't, and as the kernel places what they have in memory. So it is measured twice: with one processor for the
runtime and another for the client, which shows what recording itself takes, and on all of them, as people run
it. What counts is the median over pairs of runtimes, of which it takes many: of the same two programs on all
processors, six pairs were seen to say 1 % more, twelve 4 % fewer, and twenty-four 5 % more. Both have worked
before, and the one that records has filled its ring, as it is for the rest of its life: until then the kernel
has to find memory for each page.
"""

import contextlib
import json
import os
import socket
import statistics

from . import processes
from .figures import Bar, Line, paired_slowdown
from .runtime import Runtime

TITLE = "router"
ABOUT = "commands through the router, by one client that keeps 100 of them under way; recorded and not"
TRIES = 24           # pairs of runtimes
ROUNDS = 20          # of each pair
COMMANDS = 2000      # in a round
AT_ONCE = 100
WARM = 400_000       # commands, of which each takes three turns: the ring of a million is full
MOST = 3             # percent


class Client:
    """Sends a command's line, which was made before, and counts answers."""

    def __init__(self, home):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(home.folder / "run" / "bus.sock"))
        self._socket.settimeout(processes.GENEROUS)
        line = json.dumps({"id": "b1", "type": "command", "method": "token.list", "payload": {}})
        self._half = (line.encode() + b"\n") * (AT_ONCE // 2)

    def close(self):
        self._socket.close()

    def took(self, commands=COMMANDS):
        """Seconds for so many."""
        began = processes.now()
        sent = answered = 0
        while answered < commands:
            while sent < commands and sent - answered <= AT_ONCE // 2:
                self._socket.sendall(self._half)
                sent += AT_ONCE // 2
            part = self._socket.recv(1 << 20)
            if not part:
                raise RuntimeError("the runtime closed the connection")
            answered += part.count(b"\n")
        return processes.now() - began


def keep_to(processor, pid):
    """All its threads, and those that they make."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(thread), {processor})


def measure_pair(processor):
    """Seconds of each round, recorded and not, by runtimes that have this processor; None: all."""
    with contextlib.ExitStack() as inside:
        homes = [inside.enter_context(Runtime(settings=settings)) for settings in ("", "[trace]\nring = 0\n")]
        recording, silent = clients = [inside.enter_context(contextlib.closing(Client(home))) for home in homes]
        for home in homes:
            if processor is not None:
                keep_to(processor, home.process.pid)
            home.bus.call("token.list")  # that it is answered
        for client in clients:
            client.took(WARM)
        took = {client: [] for client in clients}
        for number in range(ROUNDS):
            for client in clients if number % 2 else reversed(clients):
                took[client].append(client.took())
        return took[recording], took[silent]


def measure(tries):
    mine = os.sched_getaffinity(0)
    if len(mine) < 2:
        raise RuntimeError("it needs two processors, one for the runtime and one for its client")
    os.sched_setaffinity(0, {min(mine)})
    try:
        pairs = [measure_pair(max(mine)) for _ in range(tries)]
    finally:
        os.sched_setaffinity(0, mine)
    yield line_of("on processors of their own", pairs)
    yield line_of("on all processors", [measure_pair(None) for _ in range(tries)])


def line_of(where, pairs):
    rates = [[COMMANDS / each for pair in pairs for each in pair[which]] for which in (0, 1)]
    return Line(f"commands a second, {where}", "1/s", *rates,
                [Bar("fewer", statistics.median(paired_slowdown(*pair) for pair in pairs), MOST, "%")])
