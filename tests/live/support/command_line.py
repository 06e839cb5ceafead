"""The program `termlease` as a user runs it, in a home of its own. Whatever it starts ends with it."""

import contextlib
import json
import os
import shutil
import subprocess

from . import processes
from .processes import GENEROUS, alive, end_process, wait_until


def missing_program():
    """Why the program can't be run here; None when it can."""
    if not (processes.programs_dir() / "termlease").exists():
        return f"termlease is not built in {processes.programs_dir()}"
    if shutil.which("tmux") is None:
        return "no tmux on PATH"
    return None


class CommandLine:
    """Runs commands against the runtime of one private home."""

    def __init__(self, home, policy=True):
        self.home = home
        self.environment = {"HOME": os.environ.get("HOME", "/"), "PATH": os.environ["PATH"],
                            "LANG": "C.UTF-8", "TERM": "xterm-256color", "TERMLEASE_HOME": str(home)}
        if processes.upterm_dir() is not None:
            found = processes.upterm_dir()
            (home / "config").mkdir(parents=True, exist_ok=True)
            settings = f'[upterm]\nprogram = "{found}/upterm"\nuptermd_program = "{found}/uptermd"\n'
            (home / "config" / "config.toml").write_text(settings)
        if policy:
            self.run("policy", "init", check=True)

    def words(self, *arguments):
        return [str(processes.programs_dir() / "termlease"), *map(str, arguments)]

    def run(self, *arguments, check=False, **more):
        environment = {**self.environment, **more.pop("environment", {})}
        return subprocess.run(self.words(*arguments), capture_output=True, text=True, check=check,
                              timeout=more.pop("timeout", 60), env=environment,
                              stdin=more.pop("stdin", subprocess.DEVNULL), **more)

    def json(self, *arguments, **more):
        """The value that a command prints with --json; it has to succeed."""
        done = self.run("--json", *arguments, **more)
        assert done.returncode == 0, f"{arguments}: {done.returncode}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def start(self, *arguments, environment=None):
        """A command that goes on; the caller ends it."""
        return subprocess.Popen(self.words(*arguments), stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**self.environment, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        status = self.run("daemon", "--status", "--json")
        self.run("daemon", "--stop")
        if status.returncode == 0:
            pid = json.loads(status.stdout)["pid"]
            wait_until(lambda: not alive(pid), "the runtime is gone")
        socket = self.home / "run" / "tmux.sock"
        if socket.exists():
            subprocess.run(["tmux", "-S", socket, "kill-server"], capture_output=True, check=False)


@contextlib.contextmanager
def running(process):
    """Ends a started command and closes its pipes."""
    try:
        yield process
    finally:
        end_process(process, GENEROUS)
        process.stdout.close()
        process.stderr.close()
