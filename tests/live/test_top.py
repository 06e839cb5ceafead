"""`termlease top` in a real terminal: what it shows, what its keys do, and how it leaves."""

import os
import pty
import shlex
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import CommandLine, missing_program  # noqa: E402
from support.lending import Lending  # noqa: E402
from support.processes import alive, wait_until  # noqa: E402
from support.screen import PrivateTmux  # noqa: E402

MISSING = missing_program()
MISSING_FOR_SHARES = MISSING or processes.missing_for_live_tests()
BRANCHES = ["approvals", "journal", "policy gate", "relays", "root", "router", "shares", "terminals", "tokens"]
SETTINGS = """
[supervision]
chaos = "allowed"
"""


class Window(PrivateTmux):
    """A terminal in which somebody typed `termlease top`; what was there before says "before"."""

    def __init__(self, system, *words, rows=24, columns=80, **more):
        told = {**system.environment, "TERM": "screen", **more}
        command = shlex.join(["env", *(f"{key}={value}" for key, value in told.items()),
                              *system.words("top", *words)])
        super().__init__(rows, columns, f"echo before; {command}; echo left with $?; stty -a; cat")

    def wait_that(self, happened, what):
        try:
            return wait_until(happened, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; on the screen:\n{self.text()}") from None

    def wait(self, *texts):
        """Until all of these are on the screen."""
        self.wait_that(lambda: all(each in self.text() for each in texts), f"it shows {texts}")

    def wait_without(self, text):
        self.wait_that(lambda: text not in self.text(), f"it shows no {text!r}")

    def row(self, name):
        """The line of an actor; nothing when there is none."""
        return next((line for line in self.text().splitlines() if line[4:].strip("+- ").startswith(name)), None)

    def wait_row(self, name, *texts):
        return self.wait_that(lambda: (row := self.row(name)) and all(each in row for each in texts) and row,
                              f"{name} with {texts}")

    def wait_chosen(self, name):
        self.wait_that(lambda: any(line.startswith(">") and name in line for line in self.text().splitlines()),
                       f"{name} is chosen")

    def top(self):
        """The process."""
        (found,) = [pid for pid in processes.descendants(int(self.ask("#{pane_pid}")))
                    if b"top" in processes.command_line_of(pid).split(b"\0")]
        return found


@unittest.skipIf(MISSING, MISSING)
class Top(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(processes.scratch_dir())
        (self.home / "config").mkdir()
        self.system = self.enterContext(CommandLine(self.home))
        with open(self.home / "config" / "config.toml", "a") as file:
            file.write(SETTINGS)

    def window(self, *words, **more):
        return self.enterContext(Window(self.system, "--interval", "100ms", *words, **more))

    def shown(self, *words, **more):
        window = self.window(*words, **more)
        window.wait("pid ", "9 actors", "journal")
        return window

    def pid(self):
        return self.system.json("daemon", "--status")["pid"]

    def test_every_branch_is_there_with_what_it_does(self):
        window = self.shown()
        window.wait(f"pid {self.pid()}", "ACTOR", "STATE", "MAILBOX", "MSG/S", "BUSY", "RESTARTS", "LEFT", "TIMERS",
                    "DEAD", "0 dead letters", *BRANCHES)
        # It asks itself ten times a second, which goes through the router.
        window.wait_that(lambda: self.rate_of(window, "router") > 5, "the router's messages a second")
        self.system.run("chaos", "crash", "tokens", check=True)
        window.wait("1 restart ")
        self.assertEqual(window.wait_row("tokens", " running ").split()[4], "1")

    def rate_of(self, window, name):
        shown = window.wait_row(name).split()[3]
        return 0 if shown == "-" else float(shown)

    def test_rows_are_moved_through_sorted_filtered_and_paused(self):
        window = self.shown()
        window.wait_chosen("approvals")
        window.keys("Down", "j")
        window.wait_chosen("policy gate")
        window.keys("End")
        window.wait_chosen("tokens")
        window.keys("g")
        window.wait_chosen("approvals")
        window.keys("s", "s")
        window.wait("by messages/s")
        window.wait_that(lambda: "router" in window.text().splitlines()[3], "the busiest is the first")
        window.keys("S", "S")
        window.wait_without("by ")
        window.type("/ROU")
        window.wait("/ROU_", "router")
        window.wait_without("journal")
        window.keys("Enter")
        window.wait("/ROU  termlease")
        window.keys("Escape")
        window.wait("journal")
        window.keys("p")
        window.wait("PAUSED")
        self.system.run("terminal", "new", "demo", "--", "cat", check=True)
        self.assertIn("9 actors", window.text())
        window.keys("p")
        window.wait("10 actors")
        window.keys("?")
        window.wait("KEYS", "Space: fold")
        window.keys("q")
        window.wait("journal")

    def test_an_actor_is_opened_with_its_last_messages_and_who_sent_them(self):
        window = self.shown()
        window.type("/router")
        window.wait_without("journal")
        window.keys("Enter", "Enter")
        window.wait("TIME", "MESSAGE", "WAITED", "RAN", "OUTCOME", "FROM", "done")
        before = window.text().splitlines()[3]
        window.wait_that(lambda: window.text().splitlines()[3] != before, "new messages come in front")
        window.keys("Escape")
        window.wait("STATE")

    def test_without_a_ring_the_messages_say_why(self):
        with open(self.home / "config" / "config.toml", "a") as file:
            file.write("[trace]\nring = 0\n")
        window = self.shown()
        window.keys("Enter")
        window.wait("nothing is kept: the setting trace.ring is 0")

    def test_it_leaves_the_terminal_as_it_was(self):
        for keys in (["q"], ["C-c"]):
            with self.subTest(keys=keys):
                window = self.shown()
                self.assertNotIn("before", window.text())
                window.keys(*keys)
                window.wait("before", "left with 0", " echo ", " icanon ")
                self.assertIsNotNone(window.cursor(), "the cursor is shown again")

    def test_any_size_shows_something_also_when_it_changes(self):
        window = self.window(rows=5, columns=20)
        window.wait("9 actors", "ACTOR", "MAILBOX", ">   approva~", "q quit")
        self.assertEqual(max(map(len, window.text().splitlines())), 20)
        window.keys("End")
        window.wait_chosen("tokens")
        for rows, columns in ((24, 80), (1, 10), (50, 200), (2, 3), (5, 20)):
            window.resize(rows, columns)
            if rows > 4:
                window.wait("q quit")
                window.wait_chosen("tokens")
        window.resize(24, 80)
        window.wait("DEAD", "pid ", *BRANCHES)

    def test_colours_are_left_out_when_nobody_wants_them(self):
        for words, more in (([], {"NO_COLOR": "1"}), (["--no-color"], {})):
            with self.subTest(words=words):
                window = self.shown(*words, **more)
                window.keys("p")
                window.wait("PAUSED")
                self.assertFalse(self.coloured(window))
        window = self.shown()
        window.keys("p")
        window.wait("PAUSED")
        self.assertTrue(self.coloured(window))

    def coloured(self, window):
        return [cell for row in window.cells() for cell in row if "38" in dict(cell[1])]

    def test_where_there_is_no_terminal_it_says_what_to_do(self):
        done = self.system.run("top")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("termlease tree", done.stderr)
        master, terminal = pty.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, terminal)
        for stdin, stdout, term in ((terminal, subprocess.PIPE, "xterm"), (subprocess.DEVNULL, terminal, "xterm"),
                                    (terminal, terminal, "dumb"), (terminal, terminal, "no-such-terminal")):
            with self.subTest(stdin=stdin, stdout=stdout, term=term):
                done = subprocess.run(self.system.words("top"), stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
                                      env={**self.system.environment, "TERM": term}, text=True, check=False,
                                      timeout=processes.GENEROUS)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("termlease tree", done.stderr)
        self.assertEqual(self.system.run("daemon", "--status").returncode, 1, "no runtime was started for it")

    def test_a_runtime_that_goes_away_is_told_of_and_the_next_one_is_found(self):
        window = self.shown()
        pid = self.pid()
        os.kill(pid, signal.SIGKILL)
        window.wait("the runtime is gone since", "trying again", "journal")
        self.assertEqual(self.system.run("daemon", "--status").returncode, 1, "top doesn't start one")
        self.system.run("shares", check=True)
        window.wait(f"pid {self.pid()}")
        window.wait_without("gone")

    def test_a_runtime_that_hangs_is_told_of_and_one_can_look_and_leave(self):
        window = self.shown()
        pid = self.pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            window.wait("the runtime doesn't answer since")
            window.type("/router")
            window.wait_without("journal")
            window.keys("Enter", "Enter")
            window.wait("MESSAGE", "done")  # the ring is there without the runtime
            window.keys("q", "q")
            window.wait("left with 0")
        finally:
            os.kill(pid, signal.SIGCONT)

    def test_a_terminal_that_is_closed_ends_it(self):
        window = self.shown()
        pid = window.top()
        window.run("kill-server")
        wait_until(lambda: not alive(pid), "it is gone")


@unittest.skipIf(MISSING_FOR_SHARES, MISSING_FOR_SHARES)
class Shares(unittest.TestCase):
    def test_a_share_comes_with_its_parts_folds_and_goes(self):
        home = self.enterContext(processes.scratch_dir())
        system = self.enterContext(Lending(home))
        system.terminal()
        window = self.enterContext(Window(system, "--interval", "100ms"))
        window.wait("10 actors")
        share = system.share()
        short = share["share_id"][-8:]
        window.wait(f"  - {short}", "ttl clock", "share worker")
        window.type("/ttl")
        window.wait_without("journal")
        window.wait("- shares", short, "ttl clock")
        window.keys("Escape")
        window.wait("journal")
        window.wait("- relays", "upterm")
        window.keys("Home", *["Down"] * (BRANCHES.index("shares") + 1))
        window.wait_chosen("- shares")
        window.keys("Space")
        window.wait("+ shares (+3)")
        window.wait_without("ttl clock")
        window.keys("Right")
        window.wait("ttl clock")
        window.keys("Down")
        window.wait_chosen(short)
        window.keys("Enter")
        window.wait(f"shares/{share['share_id']}", "MESSAGE")
        system.run("revoke", share["share_id"], check=True)
        window.wait("this actor is gone")
        window.keys("Escape")
        window.wait_without(short)


if __name__ == "__main__":
    unittest.main()
