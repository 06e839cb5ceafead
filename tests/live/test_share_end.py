"""How a share ends: by its time, by its operator, with its terminal, or because something of it died."""

import os
import random
import signal
import statistics
import sys
import time
import unittest
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program  # noqa: E402
from support.lending import Lending, touched_by  # noqa: E402
from support.pictures import GuestWindow  # noqa: E402
from support.processes import alive, wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
GUESTS = 5
REVOCATIONS = 6
ROUNDS = 20
SEED = 26


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@unittest.skipIf(MISSING, MISSING)
class Ending(unittest.TestCase):
    def setUp(self):
        self.system = self.enterContext(Lending(self.enterContext(processes.scratch_dir())))
        self.system.terminal()

    def shared_with(self, guests=1, *words):
        share = self.system.share("demo", *words)
        inside = [self.system.guest(share) for _ in range(guests)]
        self.system.wait_guests(share, guests)
        for each in inside:
            each.wait_for("lo-and-behold")
        return share, inside

    def assert_ended(self, share, reason):
        view = self.system.wait_state(share, "ended")
        self.assertEqual(view["end_reason"], reason, view)
        self.assertEqual(view["guests"], [])
        return view

    # --- by its time ---

    def test_a_share_warns_and_ends_by_itself_when_its_time_is_up(self):
        """[FR-026-004] [SC-026-002]"""
        with self.system.bus() as bus:
            bus.ask("bus.subscribe", topics=["share.warned", "share.session.stopped"], state=False)
            share = self.system.share("demo", "--ttl", "6s", "--warn", "3s")
            window = self.enterContext(GuestWindow(self.system, share))
            window.wait_status("demo | read-only")
            guest = self.system.guest(share)
            warned = bus.event("share.warned")
            window.wait_status("ask the operator for more time")
            guest.wait_for("in 3s - ask the operator for more time")
            self.assertEqual(warned["share_id"], share["share_id"])
            early = (instant(share["warns_at"]) - instant(warned["ts"])).total_seconds()
            self.assertLess(abs(early), 1)
            self.assertEqual(self.system.shown(share)["state"], "expiring")
            ended = bus.event("share.session.stopped")
            late = (instant(ended["ts"]) - instant(share["expires_at"])).total_seconds()
            self.assertTrue(0 <= late < 2, f"it ended {late} s after its time")
        guest.wait_gone()
        self.assertIn(b"This share has ended: expired", guest.seen)
        self.assert_ended(share, "expired")
        self.system.wait_clean()
        done = self.system.run("extend", share["share_id"], "15m")
        self.assertEqual(done.returncode, 1)
        self.assertIn("share_ended", done.stderr)
        self.assertIn("expired", done.stderr)

    def test_many_shares_all_end_on_time(self):
        """[SC-026-002]"""
        shares = []
        for number in range(6):
            self.system.terminal(f"t{number}")
            shares.append(self.system.share(f"t{number}", "--ttl", f"{2 + number % 3}s"))
        for each in shares:
            self.assert_ended(each, "expired")
        self.assertLess(abs((datetime.now(timezone.utc) - max(instant(each["expires_at"]) for each in shares))
                            .total_seconds()), 3)
        self.system.wait_clean()

    def test_an_extension_during_the_warning_moves_the_end(self):
        """[FR-026-005]"""
        share, (guest,) = self.shared_with(1, "--ttl", "4s", "--warn", "3s")
        guest.wait_for("ask the operator for more time")
        seen = len(guest.seen)
        extended = self.system.json("extend", share["share_id"], "3s")
        self.assertEqual(extended["state"], "active")
        moved = instant(extended["expires_at"]) - instant(share["expires_at"])
        self.assertEqual(moved.total_seconds(), 3)
        wait_until(lambda: guest.pump() and b"ends at" in guest.seen[seen:], "the guest sees the new end")
        guest.wait_gone()
        self.assertGreaterEqual(datetime.now(timezone.utc), instant(extended["expires_at"]))
        self.assert_ended(share, "expired")
        self.assertEqual(self.system.event_types(share).count("share.warned"), 2, "it warns again")

    def test_nothing_but_an_extension_moves_the_end(self):
        """[FR-026-005]"""
        share, (guest,) = self.shared_with(1, "--ttl", "1h", "--mode", "rw")
        guest.type("still typing\r")
        self.system.guest(share)
        self.system.wait_guests(share, 2)
        self.system.run("shares", "--links", check=True)
        self.assertEqual(self.system.shown(share)["expires_at"], share["expires_at"])
        for wrong in ("0s", "-5m", "later", "24h"):
            done = self.system.run("extend", share["share_id"], wrong)
            self.assertIn(done.returncode, (1, 2), wrong)
            self.assertIn("next:", done.stderr)
        self.assertEqual(self.system.shown(share)["expires_at"], share["expires_at"])

    # --- by its operator ---

    def test_a_revocation_puts_every_guest_out_at_once(self):
        """[FR-026-007] [NFR-026-003]"""
        times = []
        for _ in range(REVOCATIONS):
            share, guests = self.shared_with(GUESTS)
            before = time.monotonic()
            revoking = self.system.start("revoke", share["share_id"], "--reason", "enough is enough")
            wait_until(lambda: all([each.gone() for each in guests]), "all guests are out", 5)
            times.append(max(each.left_at for each in guests) - before)
            out, err = revoking.communicate(timeout=processes.GENEROUS)
            self.assertEqual(revoking.returncode, 0, out + err)
            for each in guests:
                self.assertIn(b"revoked by operator: enough is enough", each.seen, f"ssh ended with {each.status}")
                each.close()
            self.assertEqual(self.system.share_processes(), {}, "the answer comes once all is gone")
            self.assertIn("revoked by operator: enough", self.assert_ended(share, "revoked")["detail"])
        times.sort()
        print(f"\n  revoke to the last of {GUESTS} guests gone: median {1000 * statistics.median(times):.0f} "
              f"ms, max {1000 * times[-1]:.0f} ms, {len(times)} tries")
        self.assertLess(times[-1], 5)

    def test_a_stop_ends_a_share_that_has_done_its_work(self):
        share, (guest,) = self.shared_with()
        self.system.run("stop", share["share_id"], check=True)
        guest.wait_gone()
        self.assertIn(b"This share has ended: stopped", guest.seen)
        self.assert_ended(share, "stopped")
        again = self.system.run("stop", share["share_id"])
        self.assertEqual(again.returncode, 1)
        self.assertIn("share_ended", again.stderr)
        self.assertEqual(self.system.run("revoke", share["share_id"]).returncode, 1)

    def test_the_runtime_that_stops_lets_the_guests_go_first_and_terminals_live(self):
        share, (guest,) = self.shared_with()
        self.system.run("daemon", "--stop", check=True)
        guest.wait_gone()
        self.assertIn(b"the runtime was stopped", guest.seen)
        wait_until(lambda: not self.system.share_processes(), "no process of a share is left")
        self.assertNotIn("uptermd", touched_by(self.system.home).values())
        self.assertIn("lo-and-behold", self.system.pane("demo"))
        self.assertEqual([each["name"] for each in self.system.json("terminals")], ["demo"])
        ends = [each["metadata"]["share"]["end_reason"] for each in self.system.audit(share)
                if each["eventType"] == "share.session.stopped"]
        self.assertEqual(ends, ["stopped"])

    # --- with its terminal ---

    def test_closing_a_terminal_ends_its_shares_and_no_others(self):
        """[SC-026-004]"""
        self.system.terminal("other", "echo other-one; cat")
        kept = self.system.share("other")
        beside = self.system.guest(kept)
        beside.wait_for("other-one")
        shares = [self.shared_with()[0], self.system.share()]
        self.system.run("terminal", "close", "demo", check=True)
        for each in shares:
            self.assert_ended(each, "terminal_closed")
        self.system.guests[1].wait_gone()
        self.assertIn(b"terminal_closed", self.system.guests[1].seen)
        self.assertEqual(self.system.shown(kept)["state"], "active")
        self.assertFalse(beside.gone())

    def test_a_terminal_that_is_killed_by_hand_ends_its_shares(self):
        """[SC-026-004]"""
        self.system.terminal("other")
        for end in ("kill-session -t demo", "kill-pane -t demo", "the program itself", "kill-server"):
            with self.subTest(end=end):
                share, (guest,) = self.shared_with()
                if end.startswith("kill"):
                    self.system.tmux(*end.split())
                else:
                    pane = self.system.tmux("display-message", "-p", "-t", "demo", "#{pane_pid}")
                    os.kill(int(pane), signal.SIGKILL)
                guest.wait_gone()
                self.assert_ended(share, "terminal_closed")
                self.system.wait_clean()
                left = [] if end == "kill-server" else ["other"]
                wait_until(lambda left=left: [each["name"] for each in self.system.json("terminals")] == left,
                           "what is left is listed")
                self.system.terminal()

    # --- because something died ---

    def test_a_worker_that_dies_never_touches_a_terminal(self):
        """[NFR-026-004]"""
        self.system.terminal("other", "echo other-one; cat")
        beside = self.system.guest(self.system.share("other"))
        beside.wait_for("other-one")
        others = set(self.system.share_processes())
        panes = self.system.tmux("list-panes", "-a", "-F", "#{session_name} #{pane_pid} #{pane_width}")
        for victim, reason in (("termlease-worke", "worker_failed"), ("upterm", "worker_failed")):
            share, (guest,) = self.shared_with()
            mine = {pid: name for pid, name in self.system.share_processes().items() if pid not in others}
            os.kill(next(pid for pid, name in mine.items() if name == victim), signal.SIGKILL)
            guest.wait_gone()
            self.assert_ended(share, reason)
            wait_until(lambda: not any(alive(pid) for pid in mine), "its processes are gone")
        now = self.system.tmux("list-panes", "-a", "-F", "#{session_name} #{pane_pid} #{pane_width}")
        self.assertEqual(now, panes)
        self.system.type("demo", "typed-afterwards")
        wait_until(lambda: self.system.pane("demo").count("typed-afterwards") == 2, "the terminal works on")
        self.system.type("other", "seen-afterwards")
        beside.wait_for("seen-afterwards")

    def test_a_relay_that_dies_ends_its_shares_and_the_next_share_gets_a_new_one(self):
        share, (guest,) = self.shared_with()
        os.kill(self.system.process("uptermd"), signal.SIGKILL)
        guest.wait_gone()
        self.assert_ended(share, "relay_lost")
        self.system.wait_clean()
        self.system.guest(self.system.share()).wait_for("lo-and-behold")

    def test_a_share_whose_relay_dies_goes_on_with_a_new_link_where_the_setting_says_so(self):
        with open(self.system.home / "config" / "config.toml", "a") as file:
            file.write('when_relay_returns = "announce"\n')  # of the section that is last: [upterm]
        self.system.run("daemon", "--stop")
        share, (guest,) = self.shared_with()
        self.system.lose_relay("uptermd")
        guest.wait_gone()
        shown = self.system.json("show", share["share_id"], "--links")
        self.assertEqual((shown["state"], shown["expires_at"]), ("active", share["expires_at"]))
        self.assertNotEqual(shown["link"], share["link"])
        again = self.system.guest(shown)
        again.wait_for("lo-and-behold")
        self.system.run("stop", share["share_id"], check=True)
        again.wait_gone()
        self.system.wait_clean()

    def test_no_process_is_left_whatever_ends_a_share_and_whenever(self):
        """[SC-026-004]"""
        chance = random.Random(SEED)
        for number in range(ROUNDS):
            name = f"r{number}"
            self.system.terminal(name)
            share = self.system.share(name, "--mode", chance.choice(("ro", "rw")))
            guests = [self.system.guest(share) for _ in range(chance.randrange(4))]
            if chance.random() < 0.5:
                self.system.wait_guests(share, len(guests))
            # Otherwise guests are still on their way in, which is a moment of its own.
            how = chance.choice(("revoke", "stop", "terminal close"))
            with self.subTest(seed=SEED, round=number, guests=len(guests), how=how):
                target = name if how == "terminal close" else share["share_id"]
                self.system.run(*how.split(), target, check=True)
                for each in guests:
                    each.wait_gone()
                self.system.wait_clean()
                self.assert_ended(share, {"revoke": "revoked", "stop": "stopped",
                                          "terminal close": "terminal_closed"}[how])


if __name__ == "__main__":
    unittest.main()
