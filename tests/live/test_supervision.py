"""What hangs, vanishes or crashes: who notices, how soon, and what is told of it."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import island, processes  # noqa: E402
from support.command_line import missing_program, running  # noqa: E402
from support.lending import Lending, touched_by  # noqa: E402
from support.processes import Guest, wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
PATIENCE = 3  # seconds: the shortest that may be set
SETTINGS = f"""
[shares]
heartbeat_timeout = "{PATIENCE}s"
per_terminal_limit = 5
[supervision]
chaos = "allowed"
[tmate]
when_relay_returns = "end"
"""


def environment_of(pid):
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


@unittest.skipIf(MISSING, MISSING)
class Supervision(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(self.home, settings=SETTINGS))

    def shared(self):
        self.system.terminal()
        share = self.system.share()
        guest = self.system.guest(share)
        guest.wait_for("lo-and-behold")
        return share, guest

    def worker(self):
        return self.system.process("termlease-worke")

    def test_every_part_can_crash_and_is_told_of_with_the_terminals_untouched(self):
        """[NFR-026-004]"""
        share, guest = self.shared()
        before = self.system.tmux("list-panes", "-a", "-F", "#{pane_pid}")
        clock = f"shares/{share['share_id']}/ttl clock"
        parts = ["policy gate", "approvals", "tokens", "terminals", clock]
        for each in parts:
            self.system.json("chaos", "crash", each)
            # A branch that begins again finds its terminals first: until then none stands beside a crash.
            wait_until(lambda: [one for one in self.system.json("tree") if one["actor"].startswith("terminals/")],
                       "the terminal is known again")
        receipts = wait_until(lambda: self.restarted(len(parts)), "each is started again")
        told = [receipt["metadata"] for receipt in receipts]
        self.assertEqual([each["actor"] for each in told], parts)
        for each in told:
            if each["actor"] != "terminals":
                self.assertEqual([one["before"] - one["after"] for one in each["terminals"]], [0], each)
        shown = self.system.run("restarts", check=True).stdout
        self.assertIn("1 untouched", shown)
        tree = {each["actor"]: each for each in self.system.json("tree")}
        self.assertEqual({tree[each]["state"] for each in parts}, {"running"})
        self.assertEqual(tree[clock]["restarts"], 1)
        self.assertFalse(guest.gone())
        self.assertEqual(self.system.tmux("list-panes", "-a", "-F", "#{pane_pid}"), before)
        self.ended_by_a_crash_of(f"shares/{share['share_id']}", share, guest, "worker_failed")
        share = self.system.share()
        guest = self.system.guest(share)
        guest.wait_for("lo-and-behold")
        self.ended_by_a_crash_of("relays", share, guest, "relay_lost")
        self.system.wait_clean()
        self.system.run("audit", "verify", check=True)

    def test_a_root_that_crashes_ends_the_runtime_at_once_and_no_terminal(self):
        share, guest = self.shared()
        self.assertIn("root", [each["actor"] for each in self.system.json("tree")])
        runtime = self.system.pid()
        self.system.run("chaos", "crash", "root")
        guest.wait_gone()
        wait_until(lambda: not processes.alive(runtime), "the runtime is gone")
        wait_until(lambda: not self.system.share_processes(), "nothing of it is left")
        self.assertEqual(self.system.wait_state(share, "ended")["end_reason"], "runtime_restarted")
        self.assertNotEqual(self.system.pid(), runtime)
        self.assertEqual([each["state"] for each in self.system.json("terminals")], ["open"])
        self.system.run("audit", "verify", check=True)

    def ended_by_a_crash_of(self, part, share, guest, reason):
        self.system.json("chaos", "crash", part)
        guest.wait_gone()
        self.assertEqual(self.system.wait_state(share, "ended")["end_reason"], reason)

    def restarted(self, count):
        found = self.system.json("restarts")
        return found if len(found) >= count else None

    def test_a_worker_that_stands_still_is_ended_with_all_of_its_own(self):
        """[NFR-026-004]"""
        share, guest = self.shared()
        began = time.monotonic()
        os.kill(self.worker(), signal.SIGSTOP)
        guest.wait_gone()
        self.assertLess(time.monotonic() - began, 2 * PATIENCE)
        self.assertEqual(self.system.wait_state(share, "ended")["end_reason"], "worker_failed")
        self.system.wait_clean()

    def test_a_runtime_that_stands_still_lets_nobody_stay_in(self):
        share, guest = self.shared()
        runtime = self.system.pid()
        began = time.monotonic()
        os.kill(runtime, signal.SIGSTOP)
        try:
            guest.wait_gone()
            print(f"\n  a runtime that hangs: out after {time.monotonic() - began:.1f} s of {PATIENCE}", end="")
            self.assertLess(time.monotonic() - began, 2 * PATIENCE)
            self.assertIn(b"its runtime hangs", guest.seen)
            wait_until(lambda: not self.system.share_processes().keys() - {self.relay()}, "its worker is gone")
        finally:
            os.kill(runtime, signal.SIGCONT)
        ended = self.system.wait_state(share, "ended")
        self.assertEqual(ended["end_reason"], "worker_failed")
        self.system.wait_clean()

    def relay(self):
        return self.system.process("uptermd")

    def test_what_a_runtime_left_behind_is_found_by_its_mark_and_ended(self):
        share, _ = self.shared()
        self.assertEqual(self.system.json("doctor", "--orphans")["orphans"], [], "whose runtime lives is no orphan")
        marked = {pid for pid in touched_by(self.home) if b"TERMLEASE_RUNTIME=" in environment_of(pid)}
        self.assertLessEqual(self.system.share_processes().keys(), marked)
        self.assertNotIn(int(self.system.json("terminals")[0]["pane_pid"]), marked)
        mark = {"TERMLEASE_RUNTIME": f"{self.worker()}.1", "PATH": os.environ["PATH"]}  # a number that lives, another start
        planted = [subprocess.Popen(words, env=mark) for words in
                   (["sleep", "1000"], ["sh", "-c", "trap '' TERM; while :; do sleep 1000; done"])]
        try:
            self.assertLessEqual({each.pid for each in planted}, self.orphans())
            done = self.system.run("doctor", "--orphans", "--reap", check=True)
            self.assertIn("ended", done.stdout)
            for each in planted:
                self.assertIn(each.wait(processes.GENEROUS), (-signal.SIGTERM, -signal.SIGKILL))
        finally:
            for each in planted:
                each.kill()
                each.wait()
        self.assertEqual(self.orphans(), set())
        self.assertEqual(self.system.shown(share)["state"], "active")

    def orphans(self):
        return {each["pid"] for each in json.loads(self.system.run("doctor", "--orphans", "--json").stdout)["orphans"]}

    def test_what_the_last_runtime_left_behind_is_ended_by_the_next(self):
        mark = {"TERMLEASE_RUNTIME": f"{os.getpid()}.1", "PATH": os.environ["PATH"]}
        with subprocess.Popen(["sleep", "1000"], env=mark) as planted:
            self.system.terminal()
            self.assertIn(planted.wait(processes.GENEROUS), (-signal.SIGTERM, -signal.SIGKILL))

    @unittest.skipIf(island.MISSING, island.MISSING)
    def test_a_network_that_is_cut_ends_the_share_as_a_lost_relay(self):
        self.cut_the_network_of("upterm")

    @unittest.skipIf(island.MISSING or processes.missing_for_tmate(), island.MISSING or processes.missing_for_tmate())
    def test_a_network_that_is_cut_ends_a_share_through_tmate_as_well(self):
        self.cut_the_network_of("tmate")

    def cut_the_network_of(self, backend):
        words = island.on_its_own_network(*self.system.words("daemon"))
        with running(subprocess.Popen(words, env=self.system.environment, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)):
            wait_until(lambda: self.system.run("daemon", "--status", "--no-start").returncode == 0, "it runs")
            self.system.terminal()
            share = self.system.share("demo", "--via", backend)
            runtime = self.system.pid()
            guest = self.enterContext(Guest(island.inside(runtime, *map(str, self.system.ssh(share)))))
            guest.wait_for("lo-and-behold")
            began = time.monotonic()
            island.cut(runtime)
            ended = self.system.wait_state(share, "ended")
            took = time.monotonic() - began
            print(f"\n  a network that is cut under {backend}: noticed after {took:.1f} s of {PATIENCE}", end="")
            self.assertEqual(ended["end_reason"], "relay_lost")
            self.assertLess(took, PATIENCE + 2)
            self.system.wait_clean()
            guest.close()


if __name__ == "__main__":
    unittest.main()
