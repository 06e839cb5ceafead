"""The runtime that is killed: what goes with it, what stays, and what the next one knows."""

import os
import signal
import sqlite3
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program, running  # noqa: E402
from support.lending import Lending, touched_by  # noqa: E402
from support.processes import alive, end_process, wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
WITH_APPROVALS = """
version = 1
[[rule]]
name = "to-look-at"
effect = "allow"
requesters = ["operator"]
modes = ["ro"]
[[rule]]
name = "to-type-into"
effect = "require"
requesters = ["operator"]
modes = ["rw"]
approvers = ["operator"]
"""


def torn(log):
    """SQLite's write-ahead log with one byte of its last frame changed."""
    page = int.from_bytes(log[8:12], "big")
    salts = log[16:24]
    frames = [at for at in range(32, len(log), 24 + page) if log[at + 8:at + 16] == salts]
    at = frames[-1] + 24 + page // 2
    return log[:at] + bytes([log[at] ^ 1]) + log[at + 1:]


@unittest.skipIf(MISSING, MISSING)
class Restart(unittest.TestCase):
    def setUp(self):
        home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(home, policy=WITH_APPROVALS))
        self.system.terminal()

    def test_a_killed_runtime_takes_every_share_with_it_and_no_terminal(self):
        """[NFR-026-004] [SC-026-004]"""
        share = self.system.share()
        guests = [self.system.guest(share) for _ in range(3)]
        self.system.wait_guests(share, 3)
        before = self.system.tmux("list-panes", "-a", "-F", "#{session_name} #{pane_pid}")
        self.system.kill_runtime()
        for each in guests:
            each.wait_gone()
        gone = {"termlease-worke", "termlease-guest", "upterm", "uptermd"}
        wait_until(lambda: not gone & set(touched_by(self.system.home).values()), "all of it is gone")
        self.assertEqual(self.system.tmux("list-panes", "-a", "-F", "#{session_name} #{pane_pid}"), before)
        self.system.type("demo", "typed-while-nobody-runs")
        # The next command starts the next runtime.
        ended = self.system.wait_state(share, "ended")
        self.assertEqual((ended["end_reason"], ended["guests"]), ("runtime_restarted", []))
        self.assertEqual([each["name"] for each in self.system.json("terminals")], ["demo"])
        self.assertEqual(self.system.run("extend", share["share_id"], "5m").returncode, 1)
        self.system.run("audit", "verify", check=True)
        self.system.wait_clean()
        again = self.system.guest(self.system.share())
        again.wait_for("typed-while-nobody-runs")

    def test_a_question_survives_the_runtime_and_its_answer_starts_the_share(self):
        """[FR-026-002]"""
        done = self.system.run(*self.system.share_words("demo", "--mode", "rw", "--wait", "0s"))
        self.assertEqual(done.returncode, 4, done.stderr)
        question = self.system.json("approvals")[0]
        self.system.kill_runtime()
        kept = self.system.json("approvals")
        self.assertEqual([each["approval_id"] for each in kept], [question["approval_id"]])
        self.assertEqual(self.system.json("shares")[0]["state"], "awaiting_approval")
        self.system.run("approve", question["approval_id"], check=True)
        share = {"share_id": question["share_id"]}
        self.system.wait_state(share, "active")
        share = self.system.json("shares", "--links")[0]
        self.system.guest(share).wait_for("lo-and-behold")
        self.system.run("audit", "verify", check=True)

    def test_a_journal_that_was_changed_is_only_read_and_the_reason_is_told(self):
        """[FR-026-011]"""
        self.system.share()
        self.system.kill_runtime()
        with sqlite3.connect(self.system.home / "state" / "journal.db") as file:
            file.execute("DROP TRIGGER record_no_update")
            file.execute("UPDATE record SET body = replace(body, 'demo', 'omed') WHERE sequence = 4")
        status = self.system.run("daemon", "--status")
        self.assertEqual(status.returncode, 1, "asking starts nothing")
        known = self.system.run("audit", "--json")
        self.assertEqual(known.returncode, 0, known.stderr)
        self.assertIn("can only be read", self.system.run("daemon", "--status").stdout)
        done = self.system.run("terminal", "new", "other")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("journal_corrupt", done.stderr)
        self.assertIn("audit verify", done.stderr)
        self.assertEqual(self.system.run("audit", "verify").returncode, 1)
        self.assertEqual(self.system.run("daemon", "--stop").returncode, 0)
        with sqlite3.connect(self.system.home / "state" / "journal.db") as file:
            self.assertEqual(file.execute("SELECT count(*) FROM record WHERE event_type = 'runtime.stopped'").fetchone(), (0,))

    def test_a_write_that_was_torn_by_a_crash_is_cut_and_recorded(self):
        """[FR-026-011]"""
        self.system.kill_runtime()
        journal = self.system.home / "state" / "journal.db"
        log = journal.with_name("journal.db-wal")
        log.write_bytes(torn(log.read_bytes()))
        journal.with_name("journal.db-shm").unlink()
        self.system.json("terminals")
        told = self.system.json("audit")
        cut = [each["metadata"]["cut_bytes"] for each in told if each["eventType"] == "journal.recovered"]
        self.assertEqual(len(cut), 1, [each["eventType"] for each in told])
        self.assertGreater(cut[0], 4096)
        self.system.run("audit", "verify", check=True)

    def test_a_token_survives_the_runtime_and_so_does_its_end(self):
        kept, lost = ({"environment": {"TERMLEASE_TOKEN": self.system.run(
            "token", "create", name, "--kind", "human", check=True).stdout.strip()}} for name in ("ann", "ben"))
        self.system.run("token", "revoke", "ben", check=True)
        self.system.kill_runtime()
        self.assertEqual(self.system.run("shares", **kept).returncode, 0)
        self.assertEqual(self.system.run("shares", **lost).returncode, 3)

    def test_a_terminal_that_ended_meanwhile_is_not_believed_in(self):
        self.system.terminal("other")
        self.system.kill_runtime()
        self.system.tmux("kill-session", "-t", "demo")
        wait_until(lambda: [each["name"] for each in self.system.json("terminals")] == ["other"],
                   "only the living one is listed")
        denied = self.system.run(*self.system.share_words())
        self.assertEqual(denied.returncode, 1)
        self.assertIn("no_such_terminal", denied.stderr)

    def test_kills_at_any_moment_of_a_start_leave_nothing(self):
        """[SC-026-004]"""
        for moment in ("share.requested", "relay.started", "share.session.started", "share.guest.joined"):
            with self.subTest(moment=moment), self.system.bus() as bus:
                bus.ask("bus.subscribe", topics=[moment], state=False)
                with running(self.system.start(*self.system.share_words(), "--json")) as asking:
                    if moment == "share.guest.joined":
                        share = wait_until(lambda: self.system.json("shares", "--links"), "a share")[0]
                        share = wait_until(lambda s=share: self.system.json("show", s["share_id"], "--links")
                                           if self.system.shown(s)["state"] == "active" else None, "active")
                        self.system.guest(share)
                    bus.event(moment)
                    self.system.kill_runtime()
                    asking.wait(processes.GENEROUS)
                wait_until(lambda: not self.system.share_processes(), "no process of a share is left")
                self.assertEqual(self.system.json("shares"), [])
                self.system.run("audit", "verify", check=True)
                self.system.wait_clean()

    def test_half_a_key_of_a_relay_whose_making_was_cut_short_is_no_obstacle(self):
        keys = self.system.home / "state" / "relay"
        keys.mkdir(mode=0o700)
        (keys / "upterm_host_ed25519").touch(mode=0o600)
        share = self.system.share()
        self.system.guest(share).wait_for("lo-and-behold")

    def test_a_second_runtime_says_who_is_there_and_harms_nothing(self):
        share = self.system.share()
        second = self.system.run("daemon")
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"pid {self.system.pid()}", second.stderr)
        self.assertIn("daemon --stop", second.stderr)
        self.assertEqual(self.system.shown(share)["state"], "active")

    def test_a_socket_that_a_dead_runtime_left_is_no_obstacle(self):
        self.system.kill_runtime()
        self.assertTrue((self.system.home / "run" / "bus.sock").is_socket())
        front = subprocess.Popen(self.system.words("daemon"), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 env=self.system.environment)
        self.addCleanup(end_process, front)
        wait_until(lambda: self.system.run("daemon", "--status").returncode == 0, "it answers")
        self.assertEqual(self.system.pid(), front.pid)
        os.kill(front.pid, signal.SIGTERM)
        self.assertEqual(front.wait(processes.GENEROUS), 0)
        self.assertFalse(alive(front.pid))


if __name__ == "__main__":
    unittest.main()
