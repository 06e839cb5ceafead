"""What every live test of the worker starts from: a relay, a tmux, keys, and ways to be a guest."""

import contextlib
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import processes
from support.processes import Guest, alive, descendants, ssh_command, ssh_options, wait_until
from support.workers import Worker

MISSING = processes.missing_for_live_tests()


class WorkerTestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(processes.scratch_dir())
        cls.relay = cls.enterClassContext(processes.Relay(cls.folder))
        cls.keys = {}
        for name in ("anna", "ben", "stranger"):
            processes.make_key(cls.folder / name)
            cls.keys[name] = (cls.folder / f"{name}.pub").read_text().strip()

    def setUp(self):
        self.tmux = self.enterContext(processes.Tmux(Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="tl-", dir="/tmp")))))

    def open_share(self, mode="rw", keys=("anna", "ben"), **more):
        worker = self.enterContext(Worker(self.folder))
        worker.start(self.relay, self.tmux, [self.keys[key] for key in keys], mode, **more)
        worker.link = worker.wait_for("ready")["link"]
        return worker

    def guest(self, worker, key="anna", *options, **more):
        command = ssh_command(worker.link, self.folder / key, self.folder, *options)
        return self.enterContext(Guest(command, **more))

    def run_as_guest(self, worker, program, *options, words=(), key="anna"):
        """Runs a one-shot client (ssh, scp, sftp) against the share, without a terminal."""
        user, port = worker.link.split()[1], worker.link.split()[-1]
        place = {"ssh": ["-p", port, user], "sftp": ["-P", port, user], "scp": ["-P", port]}[program]
        command = [program, *ssh_options(self.folder / key, self.folder), *options, *place, *words]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=processes.GENEROUS, check=False)

    def fingerprint(self, key):
        shown = subprocess.run(["ssh-keygen", "-l", "-f", self.folder / f"{key}.pub"],
                               capture_output=True, text=True, check=True)
        return shown.stdout.split()[1]

    def assert_nothing_left(self, below):
        wait_until(lambda: not [pid for pid in below if alive(pid)], "every descendant is gone")

    def assert_folder_clean(self, worker):
        self.assertEqual(list(worker.work_dir.iterdir()), [])

    def upterm_of(self, worker):
        for pid in descendants(worker.pid):
            with contextlib.suppress(FileNotFoundError):  # some are gone the moment after they came
                if os.readlink(f"/proc/{pid}/exe").endswith("/upterm"):
                    return pid
        self.fail("no upterm below the worker")
