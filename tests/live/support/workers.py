"""A `termlease-worker` that a test talks to, as the runtime would."""

import json
import os
import shutil
import subprocess
import threading
import time

from support import processes


class Worker:
    """Runs the worker in a folder; `lines` is what it said so far, each with its time of arrival."""

    def __init__(self, folder):
        self.work_dir = folder / f"share-{time.monotonic_ns()}"
        self.work_dir.mkdir(mode=0o700)
        self.lines = []
        self._log = open(folder / "worker.log", "ab")
        self.process = subprocess.Popen(
            [processes.programs_dir() / "termlease-worker"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._log,
            env={**os.environ, "TERMLEASE_SECRET": "never passed on", "TMUX": "/nonexistent,1,0"})
        self.pid = self.process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append({**json.loads(line), "at": time.monotonic()})

    def send(self, kind, **fields):
        self.send_raw(json.dumps({"type": kind, **fields}).encode() + b"\n")

    def send_raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def start(self, relay, tmux, keys, mode="rw", **more):
        bin_dir = processes.programs_dir()
        order = {
            "share_id": "s1", "backend": "upterm", "mode": mode, "terminal_name": "demo",
            "host_socket": str(tmux.socket), "pane": tmux.pane, "authorized_keys": keys,
            "relay_host": "127.0.0.1", "relay_port": relay.port, "known_hosts": str(relay.known_hosts),
            "work_dir": str(self.work_dir), "program": str(processes.upterm_dir() / "upterm"),
            "host_program": shutil.which("tmux"), "guest_program": str(bin_dir / "termlease-guest"),
            "status": "lent", **more}
        self.send("start", **order)

    def said(self, kind):
        return [line for line in self.lines if line["type"] == kind]

    def wait_for(self, kind, count=1, limit=processes.GENEROUS):
        """The `count`th line of that kind."""
        def there():
            failed = self.said("failed")
            assert kind == "failed" or not failed, f"the worker failed: {failed}"
            return self.said(kind)[count - 1:]
        return processes.wait_until(there, f"the worker says '{kind}'", limit)[0]

    def wait_ended(self):
        """Waits for the exit; returns the exit code."""
        code = self.process.wait(processes.GENEROUS)
        self._reader.join(processes.GENEROUS)
        return code

    def close_stdin(self):
        self.process.stdin.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            try:
                self.close_stdin()
                self.process.wait(processes.GENEROUS)
            except (subprocess.TimeoutExpired, OSError):
                self.process.kill()
                self.process.wait()
        self._reader.join(processes.GENEROUS)
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.stdout.close()
        self._log.close()
