"""A terminal in zellij, shared through upterm: its link and its end, and what zellij itself takes."""

import pathlib
import subprocess

from . import link, processes, revocation
from .figures import Line
from .raw import Relay
from .runtime import Runtime

TITLE = "zellij"
ABOUT = "the same as link and revoke, of a terminal in zellij"
TRIES = 100
LINKS = 30
FIND = pathlib.Path(__file__).resolve().parents[2] / "hosts" / "find-zellij"


def server_memory(home):
    """MB of PSS of zellij's servers."""
    return [processes.memory(pid)[0] for pid in map(int, subprocess.run(
        ["pgrep", "-f", f"zellij.*--server {home.folder}"], capture_output=True, text=True, check=False).stdout.split())]


def measure(tries):
    found = subprocess.run([FIND], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise RuntimeError("there is no zellij: tools/hosts/build-zellij makes one")
    with Runtime() as home:
        began = processes.now()
        home.bus.call("terminal.spawn", name="demo", host="zellij",
                      command=["sh", "-c", f"echo {revocation.SHOWN.decode()}; exec cat"])
        yield Line("terminal.spawn --host zellij, command to answer", "ms", [1000 * (processes.now() - began)])
        first = home.share("demo")
        relay = Relay(home, first["link"])
        home.stop(first)
        took = link.in_turns(min(tries, LINKS), lambda: link.through_cli(home), lambda: link.over_bus(home),
                             lambda: link.through_upterm(home, relay))
        yield from link.lines(" of zellij", *took, "upterm host")
        measured = revocation.rounds(tries, lambda through_cli: revocation.revoke(home, through_cli),
                                     lambda: revocation.stop_upterm(home, relay))
        yield from revocation.lines(" of zellij", *measured, "upterm host")
        yield Line("PSS of zellij's server", "MB", server_memory(home))
        home.bus.call("terminal.close", terminal="demo")
