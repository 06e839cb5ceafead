"""A runtime in a home of its own, its CLI, and its bus.

Why: a measurement must not meet a runtime, a tmux server, a relay or a policy of the user's; and a
client on the bus shows what the runtime takes without the start of a CLI process around it.
"""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from . import processes

POLICY = """version = 1

[[rule]]
name = "the-measurement-lends-anything"
effect = "allow"
requesters = ["operator"]
"""


def programs():
    return pathlib.Path(os.environ["TERMLEASE_BIN"])


def upterm():
    return pathlib.Path(os.environ["TERMLEASE_UPTERM_DIR"], "upterm")


def clean_environment(**more):
    """Nothing of the user's own gets in but where programs and the home are."""
    return {"HOME": os.environ.get("HOME", "/"), "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
            "TERM": "xterm-256color", **{name: str(value) for name, value in more.items()}}


def make_base():
    """Makes the folder that everything happens in; its path is short, since sockets are in it."""
    base = pathlib.Path(tempfile.mkdtemp(prefix="tlb-", dir="/tmp"))
    Home.base = base
    return base


class Bus:
    """One connection to the bus."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._socket.settimeout(processes.GENEROUS)
        self._rest = b""
        self._asked = 0
        self._answers = {}

    def send(self, method, **payload):
        """Sends a command; returns its id."""
        self._asked += 1
        command = {"id": f"b{self._asked}", "type": "command", "method": method, "payload": payload}
        self._socket.sendall(json.dumps(command).encode() + b"\n")
        return command["id"]

    def answer(self, asked):
        """Waits for the result of a command that was sent; others may be answered before it."""
        while asked not in self._answers:
            while b"\n" not in self._rest:
                part = self._socket.recv(65536)
                if not part:
                    raise RuntimeError("the runtime closed the connection")
                self._rest += part
            line, _, self._rest = self._rest.partition(b"\n")
            got = json.loads(line)
            if got["type"] == "response":
                self._answers[got["causation_id"]] = got
        got = self._answers.pop(asked)
        if got["status"] != "ok":
            raise RuntimeError(f"{got['method']}: {got['error']['message']}")
        return got["result"]

    def call(self, method, **payload):
        return self.answer(self.send(method, **payload))

    def close(self):
        self._socket.close()


class Home:
    """A folder with a policy that allows everything, and what runs in it."""

    base = None
    numbered = 0

    def __init__(self, relay_linger="1d", settings=""):
        Home.numbered += 1
        self.folder = Home.base / str(Home.numbered)
        self.folder.mkdir(mode=0o700)
        self.environment = clean_environment(TERMLEASE_HOME=self.folder)
        self._inside = contextlib.ExitStack()
        self._inside.callback(shutil.rmtree, self.folder, ignore_errors=True)
        config = self.folder / "config"
        config.mkdir(mode=0o700)
        backend = upterm()
        (config / "config.toml").write_text(
            f'[upterm]\nprogram = "{backend}"\nuptermd_program = "{backend}d"\n'
            f'relay_linger = "{relay_linger}"\n{settings}')
        (config / "policy.toml").write_text(POLICY)
        self.key = self.make_key("guest")
        self._inside.callback(self.end_tmux)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._inside.close()

    def enter(self, thing):
        """Ends `thing` before the home goes."""
        return self._inside.enter_context(thing)

    def make_key(self, name):
        path = self.folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", path],
                       check=True, stdin=subprocess.DEVNULL)
        return path

    @property
    def tmux_socket(self):
        return self.folder / "run" / "tmux.sock"

    def words(self, *arguments):
        return [programs() / "termlease", *arguments]

    def ask(self, through_cli, words, method, **payload):
        """Begins a command, by the program or on the bus; returns what waits for its end."""
        if not through_cli:
            asked = self.bus.send(method, **payload)
            return lambda: self.bus.answer(asked)
        command = processes.start(self.words(*words), self.environment)

        def wait():
            code = command.wait(processes.GENEROUS)
            if code != 0:
                raise RuntimeError(f"`termlease {words[0]}` ended with {code}")
        return wait

    def cli(self, *arguments):
        """Runs a command to its end; returns what it printed."""
        done = subprocess.run(self.words(*arguments), env=self.environment, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"termlease {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def start_runtime(self):
        """Starts the runtime and returns it; it ends with the home."""
        log = self._inside.enter_context(open(self.folder / "runtime.log", "ab"))
        process = processes.start(self.words("daemon"), self.environment, stderr=log)
        self._inside.callback(processes.end, process)
        return process

    def connect(self):
        """A bus connection as soon as the runtime takes one; the caller closes it."""
        path = self.folder / "run" / "bus.sock"

        def tried():
            with contextlib.suppress(OSError):
                return Bus(path)
            return None

        return processes.wait_until(tried, "the runtime answers", pause=0.0002)

    def tmux(self, *words, socket=None):
        """Asks a tmux server, the runtime's own by default; empty where there is none."""
        done = subprocess.run(["tmux", "-S", socket or self.tmux_socket, *words], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, check=False, timeout=10,
                              env=clean_environment())
        return done.stdout.strip()

    def tmux_pid(self, socket=None):
        """The process of a tmux server; None where there is none."""
        shown = self.tmux("display-message", "-p", "#{pid}", socket=socket)
        return int(shown) if shown else None

    def end_tmux(self, socket=None):
        """Returns once the server is gone."""
        server = self.tmux_pid(socket) if (socket or self.tmux_socket).exists() else None
        if server:
            self.tmux("kill-server", socket=socket)
            processes.wait_gone(server)


class Runtime(Home):
    """A home with its runtime up, and one bus connection to it."""

    def __init__(self, relay_linger="1d", settings=""):
        super().__init__(relay_linger, settings)
        self.process = None
        self.bus = None

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self):
        """Starts it, also once more after its end."""
        self.process = self.start_runtime()
        self.bus = self.enter(contextlib.closing(self.connect()))

    def open_terminal(self, name, *command):
        return self.bus.call("terminal.spawn", name=name, command=[str(word) for word in command],
                             working_directory=str(self.folder))

    def ask_for_share(self, terminal, mode="ro", backend="upterm"):
        """Sends the request; `bus.answer` has the share with its link."""
        return self.bus.send("share.start", terminal=terminal, mode=mode, backend=backend, ttl="30m",
                             keys=[pathlib.Path(f"{self.key}.pub").read_text().strip()])

    def share(self, terminal, mode="ro", backend="upterm"):
        return self.bus.answer(self.ask_for_share(terminal, mode, backend))

    def stop(self, share):
        self.bus.call("share.stop", share=share["share_id"])
