"""What the runtime does when the system gives it nothing more: it refuses, says why, and goes on."""

import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes, scarcity  # noqa: E402
from support.command_line import missing_program, running  # noqa: E402
from support.lending import Lending  # noqa: E402
from support.processes import wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()


@unittest.skipIf(MISSING, MISSING)
class Scarcity(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(self.home))

    def foreground(self, words):
        """A runtime that is run in that way; returns once it answers."""
        process = subprocess.Popen(words, env=self.system.environment, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.enterContext(running(process))
        wait_until(lambda: process.poll() is not None or
                   self.system.run("daemon", "--status", "--no-start").returncode == 0, "it runs")
        self.assertIsNone(process.poll(), process.poll() is not None and process.stderr.read())
        return process

    def asked_to_share(self, bus):
        key = Path(f"{self.system.key()}.pub").read_text().strip()
        return bus.ask("share.start", terminal="demo", keys=[key])

    def assert_terminal_is_open(self):
        self.assertEqual([each["state"] for each in self.system.json("terminals")], ["open"])
        self.assertIn("lo-and-behold", self.system.pane("demo"))

    def test_without_descriptors_what_runs_goes_on_and_nothing_new_is_begun(self):
        self.system.terminal()
        share = self.system.share()
        guest = self.system.guest(share)
        guest.wait_for("lo-and-behold")
        with self.system.bus() as bus, self.system.bus() as watching:
            watching.ask("runtime.status")
            with scarcity.no_descriptor_left(self.system.pid()):
                refused = self.asked_to_share(bus)
                self.assertEqual(refused["status"], "error", refused)
                self.assertNotEqual(refused["error"]["details"]["hint"], "")
                print(f"\n  {refused['error']['code']}: {refused['error']['message']}", end="")
                spawned = bus.ask("terminal.spawn", name="other")
                self.assertEqual(spawned["status"], "error", spawned)
                late = self.enterContext(self.system.bus())  # in the queue of the socket
                late.begin("runtime.status")
                self.system.type("demo", "typed-meanwhile")
                guest.wait_for("typed-meanwhile")
                self.assertEqual(bus.ask("share.extend", share=share["share_id"], by="5m")["status"], "ok")
                self.assertFalse(guest.gone())
                self.assertEqual([each["state"] for each in bus.ask("terminal.list")["result"]["terminals"]], ["open"])
            self.assertEqual(late.response()["status"], "ok")
            self.assertEqual(self.asked_to_share(bus)["status"], "ok")
        self.system.run("stop", share["share_id"], check=True)
        guest.wait_gone()
        self.assert_terminal_is_open()
        self.system.run("audit", "verify", check=True)

    def test_without_a_process_to_be_had_a_share_is_refused_and_a_terminal_lives_on(self):
        self.system.terminal()
        self.system.share()  # the relay's keys are there
        self.system.run("daemon", "--stop", check=True)
        self.foreground(scarcity.without_fork(*self.system.words("daemon")))
        with self.system.bus() as bus:
            refused = self.asked_to_share(bus)
            self.assertEqual(refused["status"], "error", refused)
            self.assertIn("Cannot allocate memory", refused["error"]["message"])
            self.assertEqual(bus.ask("terminal.spawn", name="other")["status"], "error")
            shares = bus.ask("share.list")["result"]["shares"]
        self.assertEqual([each["state"] for each in shares if each["state"] != "failed"], [])
        self.system.wait_clean()
        self.assert_terminal_is_open()
        self.system.run("audit", "verify", check=True)

    @unittest.skipIf(scarcity.MISSING_DISK, scarcity.MISSING_DISK)
    def test_on_a_full_disk_nothing_is_granted_and_an_end_is_recorded_later(self):
        state = self.home / "state"
        state.mkdir(mode=0o700)
        runtime = self.foreground(scarcity.on_a_small_disk(state, "2m", *self.system.words("daemon")))
        self.system.terminal()
        share = self.system.share()
        filler = Path(f"/proc/{runtime.pid}/root{state}/filler")
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        refused = wait_until(lambda: not (said := self.system.run(*self.system.share_words())).returncode == 0 and said,
                             "the rest of the journal's log is used up")
        self.assertIn("journal_full", refused.stderr)
        self.system.run("stop", share["share_id"])
        self.system.wait_clean()
        self.assertNotIn("share.session.stopped", self.system.event_types(share))
        filler.unlink()
        wait_until(lambda: "share.session.stopped" in self.system.event_types(share), "the end is recorded")
        self.system.share()
        self.assert_terminal_is_open()
        self.system.run("audit", "verify", check=True)


if __name__ == "__main__":
    unittest.main()
