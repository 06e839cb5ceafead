"""From the request to the printed link."""

import subprocess

from . import processes
from .figures import Bar, Line, paired_difference, percentile
from .raw import RawHost, Relay
from .runtime import Runtime

TITLE = "link"
ABOUT = "from the request to the printed link; the policy allows, the relay is up"
TRIES = 30
MOST_MORE = 25  # ms at the median, more than upterm alone
MOST = 3000     # ms at p95


def printed(home, *arguments):
    """Runs a command of the CLI; returns the link on its stdout, when it began, and when the link was there."""
    began = processes.now()
    process = processes.start(home.words(*arguments), home.environment, stdout=subprocess.PIPE)
    try:
        link, at = processes.read_line_with(process, lambda line: line.startswith(b"ssh "))
    finally:
        process.wait(processes.GENEROUS)
        process.stdout.close()
    return link, began, at


def through_cli(home, backend="upterm", terminal="demo"):
    """`termlease share`, from its start to the link on its stdout."""
    link, began, at = printed(home, "share", terminal, "--via", backend, "--ttl", "10m", "--key", f"{home.key}.pub")
    share = [each for each in home.bus.call("share.list", links=True)["shares"] if each["link"] == link][0]
    home.stop(share)
    return at - began


def over_bus(home, backend="upterm", terminal="demo"):
    """The same request by a client that is connected already."""
    began = processes.now()
    share = home.share(terminal, backend=backend)
    took = processes.now() - began
    home.stop(share)
    return took


def through_upterm(home, relay):
    with RawHost(home, relay) as raw:
        return raw.took


def in_turns(tries, *ways):
    """Calls each way `tries` times, each first in its turn; returns their times in ms."""
    took = [[] for _ in ways]
    for turn in range(tries):
        for place in range(len(ways)):
            way = (turn + place) % len(ways)
            took[way].append(1000 * ways[way]())
    return took


def lines(what, cli, bus, raw, of_raw):
    """The same two lines for each backend and host."""
    yield Line(f"`termlease share`{what}, process start to link", "ms", cli, raw,
               [Bar(f"median more than raw `{of_raw}`", paired_difference(cli, raw), MOST_MORE, "ms"),
                Bar("p95", percentile(cli, 0.95), MOST, "ms")])
    yield Line(f"share.start{what} on the bus, command to answer", "ms", bus, raw,
               [Bar(f"median more than raw `{of_raw}`", paired_difference(bus, raw), MOST_MORE, "ms")])


def measure(tries):
    with Runtime() as home:
        home.open_terminal("demo", "cat")
        began = processes.now()
        first = home.share("demo")
        cold = 1000 * (processes.now() - began)
        relay = Relay(home, first["link"])
        home.stop(first)
        took = in_turns(tries, lambda: through_cli(home), lambda: over_bus(home), lambda: through_upterm(home, relay))
    yield from lines("", *took, "upterm host")
    yield Line("the first one, which starts the relay", "ms", [cold])
