"""What every live test of a share through tmate starts from: a system, and looks behind its tmate and its relay."""

import subprocess
import unittest

from . import processes
from .command_line import missing_program
from .lending import Lending
from .processes import command_line_of, descendants

MISSING = missing_program() or processes.missing_for_tmate()


class TmateTestCase(unittest.TestCase):
    def lending(self, **more):
        self.system = self.enterContext(Lending(self.enterContext(processes.scratch_dir()), **more))
        self.system.terminal()
        return self.system

    def share(self, *words, terminal="demo", **more):
        return self.system.share(terminal, "--via", "tmate", *words, **more)

    def guest_of(self, share, **more):
        guest = self.system.guest(share, **more)
        guest.wait_for("lo-and-behold")
        return guest

    def refused(self, *words):
        """How a share is refused, before anything starts."""
        done = self.system.run(*self.system.share_words(), "--via", "tmate", *words)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stderr

    def assert_ended(self, share, reason):
        view = self.system.wait_state(share, "ended")
        self.assertEqual(view["end_reason"], reason, view)
        self.assertEqual(view["guests"], [])
        self.system.wait_clean()
        return view

    def tmate(self, *words):
        """Asks the tmate of the one share."""
        (socket,) = (self.system.home / "run" / "shares").glob("*/*/tmate")
        return subprocess.run(["tmate", "-S", socket, *words], capture_output=True, text=True, check=True).stdout

    def relay_sessions(self):
        """What our relay runs for each share."""
        relay = self.system.process("unshare")
        return [pid for pid in descendants(relay) if b"(daemon)" in command_line_of(pid)]
