"""Real processes for live tests: a relay, a tmux server, ssh guests. Each is a context manager that
ends exactly what it started. Nothing here sleeps for a fixed time: `wait_until` waits for an event.
"""

import contextlib
import errno
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GENEROUS = 20.0  # seconds; only a broken system takes that long


def programs_dir():
    """Where the built programs are: TERMLEASE_BIN, or the default build folder."""
    return Path(os.environ.get("TERMLEASE_BIN", ROOT / "build" / "release" / "bin"))


def release_is_tested():
    """Whether the programs are those that users run, not ones built to be looked into."""
    return programs_dir().resolve() == ROOT / "build" / "release" / "bin"


def upterm_dir():
    """The folder of upterm and uptermd, or None with nothing started."""
    if os.environ.get("TERMLEASE_UPTERM_DIR"):
        return Path(os.environ["TERMLEASE_UPTERM_DIR"])
    finder = ROOT / "tools" / "backends" / "find-upterm"
    if not finder.exists():
        return None
    found = subprocess.run([finder], capture_output=True, text=True, check=False)
    return Path(found.stdout.strip()) if found.returncode == 0 else None


def tmate_relay():
    """What starts tmate's relay, or None."""
    finder = ROOT / "tools" / "backends" / "fetch-tmate-relay"
    found = subprocess.run([finder, "--find"], capture_output=True, text=True, check=False)
    return Path(found.stdout.strip()) if found.returncode == 0 else None


def missing_for_tmate():
    """Why a live test of a share through tmate can't run here; None when it can."""
    for program in ("tmate", "tmux", "ssh", "ssh-keygen"):
        if shutil.which(program) is None:
            return f"no {program} on PATH"
    return None if tmate_relay() else "no tmate relay: run tools/backends/fetch-tmate-relay"


def missing_for_live_tests():
    """Why a live test of a share can't run here; None when it can."""
    if upterm_dir() is None:
        return "no upterm and uptermd: run tools/backends/build-upterm"
    for program in ("tmux", "ssh", "ssh-keygen"):
        if shutil.which(program) is None:
            return f"no {program} on PATH"
    for program in ("termlease-worker", "termlease-guest"):
        if not (programs_dir() / program).exists():
            return f"{program} is not built in {programs_dir()}"
    return None


def wait_until(happened, what, limit=GENEROUS):
    """Returns the first true result of `happened()`; fails with `what` at the limit."""
    deadline = time.monotonic() + limit
    while True:
        result = happened()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {limit} s: {what}")
        time.sleep(0.002)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def alive(pid):
    """Whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid):
    """Every process below `pid`, zombies included."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text()
                parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def command_line_of(pid):
    """As the kernel tells it; empty for a process that is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def private_memory(pid):
    """Private bytes of a process."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(int(line.split()[1]) for line in rollup.splitlines()
                      if line.startswith("Private_"))


def end_process(process, limit=GENEROUS):
    """Ends a subprocess of ours, politely first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def make_key(path):
    """Makes an ed25519 key pair; returns the public line."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path], check=True)
    return Path(f"{path}.pub").read_text().strip()


@contextlib.contextmanager
def scratch_dir():
    """A private folder with a short path, so that sockets fit into it."""
    path = tempfile.mkdtemp(prefix="tl-", dir="/tmp")
    try:
        yield Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Relay:
    """A uptermd on loopback, with its host key pinned in `known_hosts`."""

    def __init__(self, folder):
        self.port = free_port()
        self.known_hosts = folder / "known_hosts"
        key = folder / "relay_key"
        pinned = f"[127.0.0.1]:{self.port} {' '.join(make_key(key).split()[:2])}\n"
        # upterm is shown a certificate that the relay's key signed; a guest's ssh the key itself.
        self.known_hosts.write_text(f"@cert-authority {pinned}{pinned}")
        self._log = open(folder / "relay.log", "wb")
        self.process = subprocess.Popen(
            [upterm_dir() / "uptermd", "--ssh-addr", f"127.0.0.1:{self.port}", "--private-key", key],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            env={"HOME": str(folder), "PATH": os.defpath})

    def __enter__(self):
        wait_until(self._answers, "the relay listens")
        return self

    def _answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def __exit__(self, *_):
        end_process(self.process)
        self._log.close()


class TmateRelay:
    """A tmate-ssh-server of our own on loopback, as a user might have one."""

    def __init__(self, folder):
        self.port = free_port()
        self.keys = folder / "relay_keys"
        self.keys.mkdir()
        self.fingerprints = {}
        for kind in ("rsa", "ed25519"):
            key = self.keys / f"ssh_host_{kind}_key"
            subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", key], check=True)
            shown = subprocess.run(["ssh-keygen", "-lf", key], capture_output=True, text=True, check=True)
            self.fingerprints[kind] = shown.stdout.split()[1]
        self._log = open(folder / "tmate_relay.log", "wb")
        self.process = subprocess.Popen([tmate_relay(), str(self.port), self.keys], stdin=subprocess.PIPE,
                                        stdout=self._log, stderr=self._log)

    def settings(self, **instead):
        told = {"port": self.port, **self.fingerprints, **instead}
        return (f'[tmate]\nrelay_host = "127.0.0.1"\nrelay_port = {told["port"]}\n'
                f'relay_rsa_fingerprint = "{told["rsa"]}"\nrelay_ed25519_fingerprint = "{told["ed25519"]}"\n')

    def sessions(self):
        """The relay's processes that serve one share each."""
        return [pid for pid in descendants(self.process.pid) if b"(daemon)" in command_line_of(pid)]

    def __enter__(self):
        log = Path(self._log.name)
        wait_until(lambda: b"Accepting connections" in log.read_bytes(), "the relay listens")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(GENEROUS)
        self._log.close()


class Tmux:
    """A tmux server of our own with one session."""

    def __init__(self, folder, command="cat", size=(80, 24)):
        self.socket = folder / "tmux"
        self._base = ["tmux", "-S", str(self.socket), "-f", "/dev/null"]
        self._start = ["new-session", "-d", "-s", "lent", "-x", str(size[0]), "-y", str(size[1]), command]

    def run(self, *words):
        environment = {"HOME": "/", "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        done = subprocess.run([*self._base, *words], capture_output=True, text=True, check=True,
                              env=environment)
        return done.stdout.rstrip("\n")

    def __enter__(self):
        self.run(*self._start)
        self.pane = self.run("display-message", "-p", "-t", "lent", "#{pane_id}")
        self.pid = int(self.run("display-message", "-p", "#{pid}"))
        return self

    def shown(self):
        return self.run("capture-pane", "-p", "-t", self.pane)

    def __exit__(self, *_):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.run("kill-server")
        wait_until(lambda: not alive(self.pid), "the tmux server is gone")


def ssh_options(key, folder):
    """Options for an ssh that uses one key and nothing of the user's own."""
    return ["-F", "none", "-i", str(key), "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
            "-o", f"UserKnownHostsFile={folder}/known_hosts", "-o", "StrictHostKeyChecking=yes",
            "-o", "LogLevel=ERROR", "-o", "BatchMode=yes"]


def ssh_command(link, key, folder, *options):
    """The guest's whole command for a printed link."""
    program, *rest = link.split()
    assert program == "ssh", "a link is an ssh command"
    return [program, *ssh_options(key, folder), *options, *rest]


class Guest:
    """An ssh in a pty of its own. `seen` is every byte that reached its terminal."""

    def __init__(self, command, size=(80, 24)):
        self.seen = b""
        self.left_at = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # As from a terminal, also where these tests were started with nohup, or in the background.
            for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(each, signal.SIG_DFL)
            os.environ["TERM"] = "xterm-256color"
            os.execvp(command[0], [str(word) for word in command])
        self.resize(*size)

    def resize(self, columns, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def minds_its_size(self):
        """Whether it would hear of a new size: before it listens for that signal, a change passes it by."""
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", Path(f"/proc/{self.pid}/status").read_text(), re.MULTILINE)
        return bool(int(caught[1], 16) >> (signal.SIGWINCH - 1) & 1)

    def type(self, text):
        os.write(self.fd, text if isinstance(text, bytes) else text.encode())

    def type_all(self, data):
        """Types as fast as it is taken, and reads meanwhile."""
        ready = select.poll()
        ready.register(self.fd, select.POLLOUT)
        deadline = time.monotonic() + GENEROUS
        while data:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(data)} bytes are not taken")
            if ready.poll(10):
                data = data[os.write(self.fd, data[:4000]):]
            self.pump()

    def pump(self, limit=0.0):
        """Takes what arrived; returns False once the terminal is closed."""
        ready = select.poll()
        ready.register(self.fd, select.POLLIN)
        while ready.poll(1000 * limit):
            try:
                part = os.read(self.fd, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                part = b""
            if not part:
                return False
            self.seen += part
            limit = 0.0
        return True

    def wait_for(self, text, limit=GENEROUS):
        wanted = text if isinstance(text, bytes) else text.encode()

        def arrived():
            open_still = self.pump(0.01)
            assert open_still or wanted in self.seen, f"ssh ended; it showed {self.seen[-400:]!r}"
            return wanted in self.seen

        try:
            wait_until(arrived, f"{text!r} on the guest's screen", limit)
        except AssertionError as error:
            raise AssertionError(f"{error}; last it showed {self.seen[-400:]!r}") from None

    def gone(self):
        """Whether ssh has exited; notes when that was first seen."""
        if self.left_at is None:
            self.pump()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.left_at = time.monotonic()
                self.status = os.waitstatus_to_exitcode(status)
                self.pump()  # its last words
        return self.left_at is not None

    def wait_gone(self, limit=GENEROUS):
        wait_until(self.gone, "the guest's ssh has ended", limit)

    def close(self):
        if self.fd < 0:
            return
        if not self.gone():
            os.kill(self.pid, signal.SIGKILL)
            self.wait_gone()
        os.close(self.fd)
        self.fd = -1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
