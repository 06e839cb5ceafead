"""`./run` as a user types it, and the ssh line that it prints as their guest types it."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program  # noqa: E402
from support.lending import touched_by  # noqa: E402
from support.processes import ROOT, Guest, wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
if not MISSING and not processes.release_is_tested():
    MISSING = "./run shows the release, and these tests look at other programs"
FIRST_LINE = 120.0  # seconds: it may have to look at what is built
SECOND_START = 10.0
COLOURS = re.compile(rb"\x1b\[[0-9;]*m")


class Demo(Guest):
    """`./run` on a terminal of its own."""

    def __init__(self):
        self.began = time.monotonic()
        # What a user's own shell reads first may take its time.
        super().__init__(["env", "SHELL=/bin/sh", ROOT / "run"], size=(140, 50))

    def text(self):
        return COLOURS.sub(b"", self.seen).replace(b"\r", b"").decode()

    def invitation(self, limit=FIRST_LINE):
        """The printed ssh line, once the whole invitation is there."""
        self.wait_for("until Ctrl-C", limit)
        self.took = time.monotonic() - self.began
        return re.search(r"^ *(ssh .+)$", self.text(), re.M).group(1)

    def home(self):
        return Path(re.search(r"TERMLEASE_HOME=(\S+)", self.text()).group(1))


@unittest.skipIf(MISSING, MISSING)
class TheDemo(unittest.TestCase):
    def start(self):
        demo = self.enterContext(Demo())
        # On a failure it still gets the Ctrl-C that ends what it started.
        self.addCleanup(lambda: demo.gone() or (demo.type("\x03"), demo.wait_gone()))
        return demo

    def assert_all_ended(self, demo, home):
        demo.wait_gone()
        self.assertFalse(home.exists(), "its folder is gone")
        self.assertEqual({pid: name for pid, name in touched_by(home).items() if pid != demo.pid}, {})

    def test_the_printed_line_works_and_control_c_ends_everything(self):
        demo = self.start()
        line = demo.invitation()
        home = demo.home()
        guest = self.enterContext(Guest(["bash", "-c", f"exec {line}"]))
        guest.wait_for("demo | read-only")
        demo.wait_for("guest joined")
        subprocess.run(["tmux", "-S", home / "run" / "tmux.sock", "send-keys", "-t", "demo", "echo he''llo",
                        "Enter"], check=True)
        guest.wait_for("hello")
        self.assertNotIn("he''llo", demo.text(), "events tell nothing of what is typed")
        demo.type("\x03")
        guest.wait_gone()
        self.assertIn(b"This share has ended", guest.seen)
        self.assert_all_ended(demo, home)
        self.assertEqual(demo.status, 0)

    def test_the_commands_that_it_names_work(self):
        demo = self.start()
        demo.invitation()
        home = demo.home()
        commands = re.findall(r"^ *\./run (extend|revoke) (\S+)(.*?) *#", demo.text(), re.M)
        self.assertEqual([each[0] for each in commands], ["extend", "revoke"])
        environment = {**os.environ, "TERMLEASE_HOME": str(home)}
        for name, share, rest in commands:
            done = subprocess.run([ROOT / "run", name, share, *shlex.split(rest)], env=environment,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        demo.wait_for("share ended")
        demo.type("\x03")
        self.assert_all_ended(demo, home)

    def test_a_second_start_is_quick(self):
        times = []
        for _ in range(2):
            demo = self.start()
            demo.invitation()
            times.append(demo.took)
            home = demo.home()
            demo.type("\x03")
            self.assert_all_ended(demo, home)
        print(f"\n  ./run to its invitation: {times[0]:.2f} s, and again {times[1]:.2f} s")
        self.assertLess(times[1], SECOND_START)

    def test_a_demo_that_is_ended_from_outside_leaves_nothing_either(self):
        for how in (signal.SIGTERM, signal.SIGHUP):
            demo = self.start()
            demo.invitation()
            home = demo.home()
            os.kill(demo.pid, how)
            self.assert_all_ended(demo, home)

    def test_control_c_before_it_is_up_leaves_nothing(self):
        before = self.homes()
        for moment in ("home", "run", "state"):
            demo = self.start()
            wait_until(lambda: self.grown_to(before, moment) or demo.pump() is None, "it is that far", FIRST_LINE)
            demo.type("\x03")
            demo.wait_gone()
            self.assertEqual(self.homes(), before)

    @staticmethod
    def homes():
        folders = [Path("/tmp"), Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp"))]
        return {path for each in folders if each.is_dir() for path in each.glob("termlease.????")}

    def grown_to(self, before, moment):
        return any((each if moment == "home" else each / moment).exists() for each in self.homes() - before)


if __name__ == "__main__":
    unittest.main()
