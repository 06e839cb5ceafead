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
PASTED = 1_000_000
LO = "echo lo-and-behold"
SIZES = ((1, 1), (10000, 10000), (1, 300), (500, 2), (80, 25))
HOSTILE = (b"\x02c\x02d\x02:kill-server\r\x02&y\x02[",                     # keys of tmux, and of tmate
           b"\x0fd\x10n\x14n\x11\x07\x1bn\x13",                             # keys of zellij; none is a signal
           b"\x1b[<0;1;1M\x1b[<0;1;1m\x1b[M !!\x1b[<64;9999;9999M",          # mouse, whether or not it was asked for
           b"\x1bPtmux;\x1b\x1b]52;c;aGFjaw==\x07\x1b\\\x1b]52;c;?\x07",      # a clipboard, through tmux and directly
           b"\x1b]0;title\x07\x1b[?1049h\x1b[>c\x1b[6n\x1bP+q544e\x1b\\\x1b[201~",
           b"\xff\xfe\xc0\x80\xed\xa0\x80\x00", b"\x1b[" + 5000 * b"9", b"\x1b]" + 5000 * b"x" + b"\x07")


@unittest.skipIf(REASON, REASON)
class Combinations(unittest.TestCase):
    def setUp(self):
        home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(home, settings=f'[terminals]\nzellij = "{zellij_dir()}/zellij"\n'))
        self.ending = self.enterContext(contextlib.ExitStack())

    def terminal(self, host, script=f"{LO}; exec cat"):
        made = self.system.json("terminal", "new", host, "--host", host, "--", "sh", "-c", script)
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

    def besieged(self, host, backend):
        """A guest who may type does what it can; the terminal and the other guest have nothing of it but the keys."""
        got = self.system.home / "got"
        made = self.terminal(host, f"{LO}; stty raw -echo; head -c {PASTED} > {got}; stty sane -isig; echo pasted; exec cat")
        looker = self.system.guest(self.system.share(host, "--via", backend))
        looker.wait_for("lo-and-behold")
        share = self.system.share(host, "--via", backend, "--mode", "rw")
        hostile = self.system.guest(share)
        hostile.wait_for("lo-and-behold")
        text = "".join(f"{n:07d}\n" for n in range(PASTED // 8)).encode()
        hostile.type_all(b"\x1b[200~" + text + b"\x1b[201~")
        looker.wait_for("pasted")
        self.assertEqual(got.read_bytes(), text)
        for size in SIZES:
            hostile.resize(*size)
            for each in HOSTILE:
                hostile.type_all(each)
            hostile.type_all(b"\r\x15")
        self.assertFalse(hostile.gone())
        late = self.system.guest(share)
        late.wait_for("read-write")
        def typed():  # what the host answered to all that may be in the midst of its line
            late.type("\x15here-I-am\r")
            with contextlib.suppress(AssertionError):
                return bool(looker.wait_for("here-I-am", 2)) or True

        wait_until(typed, "the terminal takes lines")
        self.assertEqual([each["pane_pid"] for each in self.system.json("terminals")], [made["pane_pid"]])
        self.assertEqual(self.system.shown(share)["state"], "active")
        if host == "tmux":
            self.assertEqual(self.system.tmux("list-panes", "-a", "-F", "#{pane_pid}").split(), [str(made["pane_pid"])])

    def test_a_hostile_guest_of_tmux_through_upterm(self):
        self.besieged("tmux", "upterm")

    def test_a_hostile_guest_of_tmux_through_tmate(self):
        self.besieged("tmux", "tmate")

    def test_a_hostile_guest_of_zellij_through_upterm(self):
        self.besieged("zellij", "upterm")

    def test_a_hostile_guest_of_zellij_through_tmate(self):
        self.besieged("zellij", "tmate")

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
