"""An open share changes its backend, with real relays and real guests on both sides of it."""

import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.tmate_case import MISSING, TmateTestCase  # noqa: E402


@unittest.skipIf(MISSING, MISSING)
class Switching(TmateTestCase):
    def setUp(self):
        self.lending(settings="[shares]\nper_terminal_limit = 1\n")

    def switch(self, share, backend):
        return self.system.json("switch", share["share_id"], "--via", backend)

    def test_the_share_goes_on_by_another_link_and_the_one_before_is_closed(self):
        """[FR-026-001]"""
        for first, second in (("upterm", "tmate"), ("tmate", "upterm")):
            with self.subTest(f"{first} to {second}"):
                share = self.system.share("demo", "--via", first, "--ttl", "10m")
                guest = self.guest_of(share)
                self.system.wait_guests(share, 1)
                switched = self.switch(share, second)
                guest.wait_gone()
                self.assertIn(b"superseded", guest.seen)
                self.assertEqual(switched["backend"], second)
                self.assertNotEqual(switched["link"], share["link"])
                for same in ("share_id", "correlation_id", "expires_at", "created_at", "mode"):
                    self.assertEqual(switched[same], share[same], same)
                late = self.system.guest({**share})
                late.wait_gone()
                self.assertNotIn(b"lo-and-behold", late.seen)
                again = self.guest_of(switched)
                (listed,) = self.system.wait_guests(switched, 1)
                self.assertEqual(listed["guest_id"], "g2", "no id is given twice")
                told = self.system.event_types(share)
                self.assertLess(told.index("share.switch.allowed"), told.index("share.guest.left"))
                self.assertLess(told.index("share.guest.left"), told.index("share.switched"))
                self.assertNotIn(switched["link"].split()[1], str(self.system.audit()))
                self.system.run("stop", share["share_id"], check=True)
                again.wait_gone()
                self.system.wait_clean()

    def test_a_backend_that_does_not_come_up_changes_nothing(self):
        with open(self.system.home / "config" / "config.toml", "a") as file:
            file.write('[tmate]\nprogram = "/bin/false"\n')
        self.system.run("daemon", "--stop", check=True)
        share = self.system.share("demo")
        guest = self.guest_of(share)
        done = self.system.run("switch", share["share_id"], "--via", "tmate")
        self.assertEqual(done.returncode, 1)
        self.assertIn("stays with upterm", done.stderr)
        self.system.type("demo", "still-here")
        guest.wait_for("still-here")
        view = self.system.shown(share)
        self.assertEqual((view["state"], view["backend"]), ("active", "upterm"))
        self.assertIn("share.switch.failed", self.system.event_types(share))

    def test_ten_switches_at_once_are_one(self):
        share = self.system.share("demo")
        answers = []

        def ask():
            answers.append(self.system.run("switch", share["share_id"], "--via", "tmate"))

        threads = [threading.Thread(target=ask) for _ in range(10)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(sum(each.returncode == 0 for each in answers), 1, [each.stderr for each in answers])
        for each in answers:
            if each.returncode != 0:
                self.assertRegex(each.stderr, "just gets a new link through tmate|goes through tmate already")
        self.assertEqual(self.system.event_types(share).count("share.switched"), 1)
        self.system.run("revoke", share["share_id"], check=True)
        self.system.wait_clean()

    def test_mistakes_are_told(self):
        share = self.system.share("demo")
        for backend, said in (("upterm", "goes through upterm already"), ("screen", "no backend 'screen'")):
            done = self.system.run("switch", share["share_id"], "--via", backend)
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stderr)
        self.system.run("stop", share["share_id"], check=True)
        done = self.system.run("switch", share["share_id"], "--via", "tmate")
        self.assertEqual(done.returncode, 1)
        self.assertIn("this share is over", done.stderr)

    def test_a_share_that_is_revoked_while_it_changes_leaves_nothing(self):
        for wait in (0, 0.01, 0.03, 0.05):
            with self.subTest(wait):
                share = self.system.share("demo")
                asked = threading.Thread(target=self.system.run,
                                         args=("switch", share["share_id"], "--via", "tmate"))
                asked.start()
                # The moment is what is tried here.
                threading.Event().wait(wait)
                self.system.run("revoke", share["share_id"], check=True)
                asked.join()
                self.assert_ended(share, "revoked")

    def test_a_switch_takes_less_than_a_blink(self):
        took = []
        share = self.system.share("demo")
        for turn in range(10):
            guest = self.guest_of(share)
            began = time.monotonic()
            share = self.switch(share, ("tmate", "upterm")[turn % 2])
            took.append(time.monotonic() - began)
            guest.wait_gone()
        took.sort()
        print(f"\n  switch to the new link: median {took[5] * 1000:.0f} ms, max {took[-1] * 1000:.0f} ms, 10 tries")
        self.assertLess(took[-1], processes.GENEROUS)


if __name__ == "__main__":
    unittest.main()
