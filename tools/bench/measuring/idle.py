"""The runtime alone: how soon it answers, and what it takes while it has nothing to do."""

import contextlib
import json

from . import processes
from .figures import Bar, Line, percentile
from .guests import Crowd
from .runtime import Home, Runtime

TITLE = "runtime"
ABOUT = "start to first answer, and what it takes while nothing is shared"
TRIES = 30
MOST_START = 150     # ms
MOST_RESIDENT = 30   # MB
WINDOW = 10.0        # seconds in which nothing may wake up
WINDOWS = 3          # at most
QUIET = 0.5          # seconds without a wake-up before a window begins
QUIET_LIMIT = 10.0


def start(home):
    """Seconds from the start of `termlease daemon` to its first answer on the bus."""
    began = processes.now()
    process = processes.start(home.words("daemon"), home.environment)
    try:
        with contextlib.closing(home.connect()) as bus:
            bus.call("runtime.status")
            return processes.now() - began
    finally:
        processes.end(process)


def start_through_cli(home):
    """Seconds that `termlease shares` takes where it has to start the runtime first."""
    began = processes.now()
    home.cli("shares")
    took = processes.now() - began
    pid = json.loads(home.cli("daemon", "--status", "--json"))["pid"]
    home.cli("daemon", "--stop")
    processes.wait_gone(pid)
    return took


def wake_ups(pid):
    """How often the process was woken in one window."""
    deadline = processes.now() + QUIET_LIMIT
    before = processes.context_switches(pid)
    while processes.now() < deadline:
        processes.pause(QUIET)
        after = processes.context_switches(pid)
        if after == before:
            break
        before = after
    processes.pause(WINDOW)
    after = processes.context_switches(pid)
    return sum(after.get(thread, count) - count for thread, count in before.items())


def idle_figures(what, pid, windows):
    resident = processes.resident(pid)[0]
    pss, private = processes.memory(pid)
    yield Line(f"resident memory, {what}", "MB", [resident], [],
               [Bar("resident", resident, MOST_RESIDENT, "MB")],
               f"PSS {pss:.1f} MB, private {private:.1f} MB")
    woken = [wake_ups(pid) for _ in range(windows)]
    yield Line(f"wake-ups in {WINDOW:g} s, {what}", "", woken, [],
               [Bar("in the last", woken[-1], 0, "")],
               f"one after the other: {', '.join(map(str, woken))}; a deadline of what is over still fires, once")


def after_a_share(home):
    """Leaves the runtime as one that has shared: a guest came, the share ended, the relay is gone."""
    with contextlib.closing(home.connect()) as bus:
        home.bus = bus
        home.open_terminal("demo", "sh", "-c", "echo lent-and-seen; exec cat")
        share = home.share("demo")
        with Crowd() as crowd:
            crowd.invite(home, share["link"])
            crowd.wait_for(b"lent-and-seen", "the guest sees the pane")
        home.stop(share)
        processes.wait_until(lambda: "uptermd" not in processes.descendants(home.process.pid),
                             "the relay has gone", pause=0.05)
        bus.call("terminal.close", terminal="demo")


def measure(tries):
    took, cli = [], []
    with Home() as home:
        start(home)
        for _ in range(tries):
            took.append(1000 * start(home))
            cli.append(1000 * start_through_cli(home))
    yield Line("`termlease daemon`, process start to answer", "ms", took, [],
               [Bar("p95", percentile(took, 0.95), MOST_START, "ms")])
    yield Line("`termlease shares` with no runtime there yet", "ms", cli, [],
               [Bar("p95", percentile(cli, 0.95), MOST_START, "ms")])
    with Runtime(relay_linger="1s") as home:
        home.bus.call("runtime.status")
        home.bus.close()
        windows = min(WINDOWS, tries)
        yield from idle_figures("nothing shared yet", home.process.pid, windows)
        after_a_share(home)
        yield from idle_figures("nothing shared any more", home.process.pid, windows)
