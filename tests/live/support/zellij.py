"""A real zellij of a test's own: its sockets in a private folder, one session, and an operator who may look at it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from .processes import GENEROUS, ROOT, Guest, alive, programs_dir, wait_until
from .screen import Hall

CONFIG = """session_serialization false
show_startup_tips false
show_release_notes false
on_force_close "detach"
"""


def zellij_dir():
    """The folder of zellij, or None."""
    if os.environ.get("TERMLEASE_ZELLIJ_DIR"):
        return Path(os.environ["TERMLEASE_ZELLIJ_DIR"])
    found = subprocess.run([ROOT / "tools" / "hosts" / "find-zellij"], capture_output=True, text=True, check=False)
    return Path(found.stdout.strip()) if found.returncode == 0 else None


def missing_zellij():
    """Why a live test with zellij can't run here; None when it can."""
    return None if zellij_dir() else "no zellij: run tools/hosts/build-zellij"


class Zellij:
    """Commands to one session, with its sockets in `sockets`."""

    def __init__(self, sockets, session):
        self.sockets, self.session = Path(sockets), session
        self.program = zellij_dir() / "zellij"
        self.environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8",
                            "TERM": "xterm-256color", "ZELLIJ_SOCKET_DIR": str(sockets)}

    def run(self, *words, check=True, **more):
        done = subprocess.run([self.program, *map(str, words)], capture_output=True, stdin=subprocess.DEVNULL,
                              timeout=GENEROUS, env=self.environment, check=check, **more)
        return done.stdout.decode()

    def action(self, *words):
        """What an action says. It is repeated where zellij's program says that there is no such session: it does so
        now and then of one that is there, when another client leaves in that moment."""
        said, refusals = [], []

        def succeeds():
            try:
                said.append(self.run("--session", self.session, "action", *words))
            except subprocess.CalledProcessError as refused:
                refusals.append(refused.stderr)
            return bool(said)

        try:
            wait_until(succeeds, f"zellij does {words[0]}")
        except AssertionError as error:
            raise AssertionError(f"{error}; last it said {refusals[-1]!r}") from None
        return said[0]

    def panes(self):
        """Of terminals only, by their names."""
        # Now and then zellij's program says nothing, too.
        listed = json.loads(wait_until(lambda: self.action("list-panes", "--all", "--json"), "a list of panes"))
        return {f"terminal_{each['id']}": each for each in listed if not each["is_plugin"]}

    def size(self, pane="terminal_0"):
        facts = self.panes()[pane]
        return facts["pane_content_columns"], facts["pane_content_rows"]

    def cursor(self, pane="terminal_0"):
        facts = self.panes()[pane]
        at = facts["cursor_coordinates_in_pane"]
        return at and (at[0] - facts["pane_content_x"] + facts["pane_x"],
                       at[1] - facts["pane_content_y"] + facts["pane_y"])

    def type(self, text, pane="terminal_0"):
        self.action("write", "--pane-id", pane, *text.encode())

    def text(self, pane="terminal_0"):
        """What is in the pane; long lines whole."""
        return self.action("dump-screen", "--pane-id", pane)

    def server(self):
        """The pid of the session's server; None when there is none."""
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                socket = words[words.index(b"--server") + 1].decode() if b"--server" in words else ""
                if socket.startswith(f"{self.sockets}/") and socket.endswith(f"/{self.session}") and alive(entry.name):
                    return int(entry.name)
        return None

    def attach(self, rows=26, columns=80):
        """An operator who looks at the session: two rows are zellij's own bars."""
        command = ["env", *(f"{name}={value}" for name, value in self.environment.items()), self.program, "attach",
                   self.session]
        return Guest(command, (columns, rows))

    def looked_at_by(self, operator, rows, columns):
        """Whether that client is there: the session has its size, and it would hear of another."""
        return operator.pump() and self.size() == (columns, rows - 2) and operator.minds_its_size()


class PrivateZellij(Zellij):
    """A session that was there before anybody lent it."""

    def __init__(self, command="cat", session="lent"):
        self.folder = Path(tempfile.mkdtemp(prefix="tl-", dir="/tmp"))
        super().__init__(self.folder / "z", session)
        self.sockets.mkdir(mode=0o700)
        config = self.folder / "config.kdl"
        config.write_text(CONFIG)
        self.run("--config", config, "attach", "--create-background", session, "--close-on-exit", "--", "sh", "-c",
                 command, cwd=self.folder)
        wait_until(self.panes, "the session's first pane")
        self.pid = self.server()

    def is_gone(self):
        return self.pid is None or not alive(self.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run("kill-session", self.session, check=False)
        with contextlib.suppress(AssertionError):  # one whose client was killed while it came does not hear of it
            wait_until(self.is_gone, "", 5)
        if not self.is_gone():
            os.kill(self.pid, signal.SIGKILL)
            wait_until(self.is_gone, "the session's server is gone")
        shutil.rmtree(self.folder, ignore_errors=True)


class ZellijHall(Hall):
    """The hall's test host on a pane of zellij."""

    def __init__(self, lent, mode="rw", pane="terminal_0"):
        self.start(lent.folder / "guests", "zellij", lent.program, lent.sockets, lent.session, pane, mode)

    def children(self):
        """What it has started just now, by name."""
        found = subprocess.run(["ps", "--ppid", str(self.process.pid), "-o", "comm="], capture_output=True, text=True,
                               check=False)
        return found.stdout.split()


def hall_is_built():
    return (programs_dir() / "termlease-hall-host").exists()
