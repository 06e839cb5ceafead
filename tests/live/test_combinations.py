"""Each host of terminals through each backend: what docs/requirements.md lists as the four combinations."""

import contextlib
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support.lending import Lending  # noqa: E402
from support import processes  # noqa: E402
from support.processes import wait_until  # noqa: E402
from support.tmate_case import MISSING  # noqa: E402
from support.zellij import missing_zellij, zellij_dir  # noqa: E402

REASON = MISSING or missing_zellij()


@unittest.skipIf(REASON, REASON)
class Combinations(unittest.TestCase):
    def setUp(self):
        home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(home, settings=f'[terminals]\nzellij = "{zellij_dir()}/zellij"\n'))
        self.ending = self.enterContext(contextlib.ExitStack())

    def terminal(self, host):
        made = self.system.json("terminal", "new", host, "--host", host, "--", "sh", "-c", "echo lo-and-behold; exec cat")
        self.ending.callback(self.system.run, "terminal", "close", host)
        return made

    def shared(self, host, backend):
        self.terminal(host)
        look = self.system.share(host, "--via", backend)
        guest = self.system.guest(look)
        guest.wait_for("lo-and-behold")
        guest.type("not-wanted\r")
        touch = self.system.share(host, "--via", backend, "--mode", "rw")
        writer = self.system.guest(touch)
        writer.wait_for("lo-and-behold")
        writer.type("wanted\r")
        writer.wait_for("wanted")
        guest.wait_for("wanted")
        self.assertNotIn(b"not-wanted", guest.seen + writer.seen)
        self.system.json("extend", look["share_id"], "5m")
        self.system.json("revoke", look["share_id"], "--reason", "enough-of-it")
        guest.wait_gone()
        self.assertIn(b"enough-of-it", guest.seen)
        self.system.json("terminal", "close", host)
        writer.wait_gone()
        wait_until(lambda: self.system.shown(touch)["end_reason"] == "terminal_closed", "the terminal has ended it")
        self.system.wait_clean()

    def test_tmux_through_upterm(self):
        """[FR-026-001]"""
        self.shared("tmux", "upterm")

    def test_tmux_through_tmate(self):
        """[FR-026-001]"""
        self.shared("tmux", "tmate")

    def test_zellij_through_upterm(self):
        """[FR-026-001]"""
        self.shared("zellij", "upterm")

    def test_zellij_through_tmate(self):
        """[FR-026-001]"""
        self.shared("zellij", "tmate")


if __name__ == "__main__":
    unittest.main()
