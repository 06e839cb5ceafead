"""Guests in hand: listed, let in, put out, with and without the keyboard, recorded; the others notice nothing."""

import hashlib
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.bus import Bus  # noqa: E402
from support.command_line import missing_program  # noqa: E402
from support.lending import Lending  # noqa: E402
from support.processes import Guest, wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
KICKS = 10


@unittest.skipIf(MISSING, MISSING)
class GuestsInHand(unittest.TestCase):
    def setUp(self):
        home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(home))
        self.system.terminal()

    def share_with(self, *keys, words=()):
        """A share for these keys, and a guest with each of them, in this order."""
        files = [word for key in keys for word in ("--key", f"{self.system.key(key)}.pub")]
        share = self.system.json("share", "demo", *files, *words)
        guests = []
        for number, key in enumerate(keys, 1):
            guests.append(self.system.guest(share, key))
            guests[-1].wait_for("lo-and-behold")
            self.system.wait_guests(share, number)
        return share, guests

    def reports(self, share):
        return self.system.json("guests", share["share_id"])

    def test_the_list_says_who_is_in_and_what_has_passed(self):
        share, (ann, _) = self.share_with("ann", "bob", words=("--mode", "rw"))
        ann.type("hello\r")
        wait_until(lambda: self.reports(share)[0]["bytes_in"] == 6, "what was typed is counted")
        first, second = self.reports(share)
        self.assertEqual((first["share_id"], first["terminal_name"]), (share["share_id"], "demo"))
        self.assertEqual([each["guest"]["guest_id"] for each in (first, second)], ["g1", "g2"])
        self.assertEqual([each["guest"]["mode"] for each in (first, second)], ["rw", "rw"])
        fingerprint, comment = self.listed_key("ann")
        self.assertEqual((first["guest"]["key_fingerprint"], first["guest"]["key_comment"]), (fingerprint, comment))
        self.assertGreater(second["bytes_out"], 20)
        self.assertEqual(second["bytes_in"], 0)
        self.assertIn("idle", first)
        table = self.system.run("guests", check=True).stdout
        self.assertIn(fingerprint, table)
        self.assertIn("6 B", table)

    def listed_key(self, name):
        """Its fingerprint, and the comment in its file."""
        words = subprocess.run(["ssh-keygen", "-lf", f"{self.system.key(name)}.pub"], text=True,
                               capture_output=True, check=True).stdout.split()
        return words[1], words[2]

    def test_one_guest_is_put_out_at_once_and_a_banned_one_stays_out(self):
        share, (ann, bob) = self.share_with("ann", "bob")
        before = len(bob.seen)
        kicked = self.system.json("kick", share["share_id"], "g1", "--ban", "--reason", "wrong terminal")
        ann.wait_gone(2)
        self.assertIn(b"You were put out by operator: wrong terminal.", ann.seen)
        self.assertEqual([each["guest_id"] for each in kicked["guests"]], ["g2"])
        bob.pump()
        self.assertEqual(len(bob.seen), before, "the other guest's screen didn't change")
        self.system.type("demo", "still here")
        bob.wait_for("still here")
        again = self.system.guest(share, "ann")
        again.wait_gone()
        self.assertIn(b"You were put out of this share, and can't come back.", again.seen)
        self.assertNotIn(b"lo-and-behold", again.seen)
        kinds = self.system.event_types(share)
        self.assertEqual(kinds.count("share.guest.kicked"), 1)
        self.assertEqual(kinds.count("share.guest.left"), 1)

    def test_a_ban_ends_every_session_of_the_key_also_on_a_shared_connection(self):
        share = self.system.share(key="ann")
        command = self.system.ssh(share, "ann")
        shared = [*command[:1], "-o", "ControlMaster=auto", "-o", f"ControlPath={self.system.home}/%C", *command[1:]]
        sessions = []
        for number in (1, 2):
            sessions.append(self.enterContext(Guest(shared)))
            sessions[-1].wait_for("lo-and-behold")
            self.system.wait_guests(share, number)
        self.system.json("kick", share["share_id"], "g2", "--ban")
        for each in sessions:
            each.wait_gone()
        self.assertEqual(self.system.wait_guests(share, 0), [])
        again = self.system.guest(share, "ann")
        again.wait_gone()
        self.assertNotIn(b"lo-and-behold", again.seen)

    def test_a_banned_guest_whose_connection_is_still_open_comes_in_under_no_other_name(self):
        files = [word for key in ("ann", "bob") for word in ("--key", f"{self.system.key(key)}.pub")]
        share = self.system.json("share", "demo", *files)
        command = self.system.ssh(share, "ann")
        path = f"{self.system.home}/%C"
        shared = [*command[:1], "-o", "ControlMaster=auto", "-o", f"ControlPath={path}",
                  "-o", "ControlPersist=60", *command[1:]]
        first = self.enterContext(Guest(shared))
        first.wait_for("lo-and-behold")
        self.system.wait_guests(share, 1)
        self.system.json("kick", share["share_id"], "g1", "--ban")
        first.wait_gone()
        again = [self.enterContext(Guest(shared)) for _ in range(5)]
        bob = self.system.guest(share, "bob")
        for each in (*again, bob):
            each.wait_gone()
            self.assertNotIn(b"lo-and-behold", each.seen)
        self.assertEqual(self.system.shown(share)["guests"], [])
        subprocess.run([*shared[:1], "-O", "exit", *shared[1:]], capture_output=True, check=True)
        self.system.guest(share, "bob").wait_for("lo-and-behold")

    def test_a_ban_holds_also_for_a_guest_who_has_just_left(self):
        share, (ann,) = self.share_with("ann")
        worker = self.system.process("termlease-worke")
        os.kill(worker, signal.SIGSTOP)
        try:
            os.kill(ann.pid, signal.SIGKILL)
            kicking = self.system.start("kick", share["share_id"], "g1", "--ban")
            wait_until(lambda: "share.guest.kicked" in self.system.event_types(share), "it is on the record")
        finally:
            os.kill(worker, signal.SIGCONT)
        kicking.communicate(timeout=processes.GENEROUS)
        self.system.wait_guests(share, 0)
        again = self.system.guest(share, "ann")
        again.wait_gone()
        self.assertNotIn(b"lo-and-behold", again.seen)

    def test_modes_that_change_while_the_pane_floods_break_nothing(self):
        self.system.terminal("flood", "while :; do printf '\\377\\360\\237 flood %s\\n' $RANDOM; done")
        share = self.system.share("flood")
        guest = self.system.guest(share)
        guest.wait_for("flood")
        with Bus(self.system.home / "run" / "bus.sock") as bus:
            for number in range(80):
                bus.ask("guest.mode", share=share["share_id"], mode="rw" if number % 2 == 0 else "ro")
                guest.pump()
        self.assertEqual(self.system.shown(share)["state"], "active")
        self.assertFalse(guest.gone())

    def test_a_guest_who_knocks_at_a_read_write_share_is_told_so_and_keeps_the_mode_it_was_given(self):
        share = self.system.share("demo", "--knock", "--mode", "rw")
        guest = self.system.guest(share)
        guest.wait_for("You knock: wait until somebody lets you in")
        guest.type("too early\r")
        wait_until(lambda: self.system.shown(share)["guests"], "it is known")
        self.system.json("mode", share["share_id"], "g1", "ro")
        admitted = self.system.json("admit", share["share_id"], "g1")
        self.assertEqual(admitted["guests"][0]["mode"], "ro")
        guest.wait_for("demo | read-only")
        guest.type("unheard\r")
        self.system.type("demo", "the end")
        guest.wait_for("the end")
        for text in ("too early", "unheard"):
            self.assertNotIn(text, self.system.pane("demo"))

    def test_a_recording_that_cannot_be_made_lets_nobody_in(self):
        share = self.system.share("demo", "--record")
        folder = self.system.home / "state" / "recordings" / share["share_id"]
        folder.rmdir()
        guest = self.system.guest(share)
        guest.wait_gone()
        self.assertIn(b"no recording of you can be made", guest.seen)
        self.assertNotIn(b"lo-and-behold", guest.seen)
        self.assertNotIn(str(self.system.home).encode(), guest.seen)
        self.assertNotIn("share.guest.joined", self.system.event_types(share))

    def test_what_was_seen_is_on_the_record_also_when_the_worker_is_killed(self):
        share, _ = self.share_with("ann", words=("--record",))
        os.kill(self.system.process("termlease-worke"), signal.SIGKILL)
        self.system.wait_state(share, "ended")
        (kept,) = [each for each in self.system.audit(share) if each["eventType"] == "share.guest.recorded"]
        self.assertEqual(hashlib.sha256(Path(kept["metadata"]["path"]).read_bytes()).hexdigest(),
                         kept["metadata"]["sha256"])

    def test_a_guest_who_reads_nothing_is_put_out_as_well(self):
        _, (bob,) = self.share_with("bob")
        self.system.terminal("flood", "yes flood")
        share = self.system.share("flood", key="ann")
        deaf = self.system.guest(share, "ann")
        deaf.wait_for("flood")
        counts = []

        def nothing_goes_on():
            counts.append(self.reports(share)[0]["bytes_out"])
            return len(counts) > 50 and len(set(counts[-50:])) == 1

        wait_until(nothing_goes_on, "its terminal takes no more")
        self.assertEqual(self.system.json("kick", share["share_id"], "g1")["guests"], [])
        deaf.wait_gone()
        self.assertFalse(bob.gone())

    def test_sizes_and_modes_that_change_all_the_time_let_no_key_through(self):
        share, (ann, bob) = self.share_with("ann", "bob")
        for number in range(12):
            self.system.json("mode", share["share_id"], "g1", "rw" if number % 2 else "ro")
            ann.resize(*((1, 1), (10000, 10000), (80, 25))[number % 3])
            bob.type(f"bob{number}\r")
        self.system.json("mode", share["share_id"], "g1", "ro")
        ann.resize(80, 25)
        ann.type("\x1b[200~" + "ann" * 1000 + "\x1b[201~\x02:kill-server\r")
        self.system.type("demo", "the end")
        ann.wait_for("the end")
        shown = self.system.pane("demo")
        self.assertNotIn("bob", shown)
        self.assertNotIn("ann", shown)

    def test_a_guest_who_is_put_out_is_out_within_milliseconds(self):
        times = []
        share, _ = self.share_with("bob")
        for number in range(2, 2 + KICKS):
            guest = self.system.guest(share, "bob")
            guest.wait_for("lo-and-behold")
            self.system.wait_guests(share, 2)
            before = time.monotonic()
            kicking = self.system.start("kick", share["share_id"], f"g{number}")
            wait_until(guest.gone, "the guest is out", 5)
            times.append(guest.left_at - before)
            self.assertEqual(kicking.communicate(timeout=processes.GENEROUS)[1], "")
            self.system.wait_guests(share, 1)
        print(f"\n  kick to the guest gone: median {1000 * statistics.median(times):.0f} ms, "
              f"max {1000 * max(times):.0f} ms, {len(times)} tries")

    def test_the_keyboard_is_given_and_taken_while_the_share_lives(self):
        share, (ann, bob) = self.share_with("ann", "bob")
        ann.wait_for("read-only")
        ann.type("unheard\r")
        self.system.json("mode", share["share_id"], "g1", "rw")
        ann.wait_for("demo | read-write")
        bob.type("unheard\r")
        ann.type("from ann\r")
        bob.wait_for("from ann")
        self.assertNotIn("unheard", self.system.pane("demo"))
        self.system.json("mode", share["share_id"], "rw")
        bob.wait_for("demo | read-write")
        bob.type("from bob\r")
        ann.wait_for("from bob")
        self.system.json("mode", share["share_id"], "ro")
        ann.type("too late\r")
        self.system.type("demo", "at last")
        ann.wait_for("at last")
        self.assertNotIn("too late", self.system.pane("demo"))
        self.assertEqual(self.system.event_types(share).count("share.mode.changed"), 3)

    def test_who_knocks_sees_nothing_before_somebody_lets_it_in(self):
        share = self.system.share("demo", "--knock")
        guest = self.system.guest(share)
        guest.wait_for("You knock: wait until somebody lets you in")
        wait_until(lambda: self.system.shown(share)["guests"], "it is known")
        self.assertEqual(self.system.shown(share)["guests"][0]["state"], "knocking")
        self.assertNotIn(b"lo-and-behold", guest.seen)
        self.assertIn("knock", self.system.run("guests", check=True).stdout)
        self.assertIn("1 knocking", self.system.run("shares", check=True).stdout)
        self.system.json("admit", share["share_id"], "g1")
        guest.wait_for("lo-and-behold")
        other = self.system.guest(share)
        other.wait_for("You knock")
        wait_until(lambda: len(self.system.shown(share)["guests"]) == 2, "the second one is known")
        self.system.run("deny", share["share_id"], "g2", "--reason", "not today", check=True)
        other.wait_gone()
        self.assertIn(b"You were not let in: not today.", other.seen)
        self.assertEqual([each["state"] for each in self.system.shown(share)["guests"]], ["in"])

    def test_no_more_guests_come_in_than_were_asked_for(self):
        share, _ = self.share_with("ann", words=("--max-guests", "1"))
        late = self.system.guest(share, "ann")
        late.wait_gone()
        self.assertIn(b"has as many guests as it takes", late.seen)
        self.assertEqual(len(self.system.shown(share)["guests"]), 1)

    def test_a_share_that_nobody_joins_ends_by_itself(self):
        share = self.system.share("demo", "--join-within", "1s")
        ended = self.system.wait_state(share, "ended")
        self.assertEqual(ended["end_reason"], "nobody_joined")
        self.system.wait_clean()

    def test_what_a_guest_saw_can_be_played_and_its_digest_is_on_the_record(self):
        share, (guest,) = self.share_with("ann", words=("--record",))
        self.system.type("demo", "for the record")
        guest.wait_for("for the record")
        self.system.json("stop", share["share_id"])
        (kept,) = [each for each in self.system.audit(share) if each["eventType"] == "share.guest.recorded"]
        path = Path(kept["metadata"]["path"])
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(), kept["metadata"]["sha256"])
        head, *events = [json.loads(line) for line in path.read_text().splitlines()]
        # An ssh that was quicker than its terminal's size begins with another one, and changes it.
        sizes = [f"{head['width']}x{head['height']}"] + [size for _, kind, size in events if kind == "r"]
        self.assertEqual((head["version"], sizes[-1]), (2, "80x25"))
        self.assertTrue(all(kind in "or" for _, kind, _ in events))
        self.assertEqual(sorted(at for at, _, _ in events), [at for at, _, _ in events])
        seen = "".join(text for _, kind, text in events if kind == "o")
        self.assertIn("for the record", seen)
        self.assertIn("This share has ended: stopped", seen)

    def test_keys_of_an_account_are_only_those_that_were_fetched(self):
        refused = self.system.run("share", "demo", "--keys-from", "github:ann")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("keys_not_fetched", refused.stderr)
        self.assertIn("https://github.com/ann.keys", refused.stderr)
        self.assertIn("unknown_account", self.system.run("share", "demo", "--keys-from", "github:../ann").stderr)
        folder = self.system.home / "cache" / "keys" / "github"
        folder.mkdir(parents=True)
        (folder / "ann.keys").write_text(Path(f"{self.system.key('ann')}.pub").read_text())
        share = self.system.json("share", "demo", "--keys-from", "github:ann")
        self.system.guest(share, "ann").wait_for("lo-and-behold")

    def test_mistakes_say_who_is_there(self):
        share, _ = self.share_with("ann")
        for words, code in ((("kick", share["share_id"], "g7"), "no_such_guest"),
                            (("admit", share["share_id"], "g1"), "not_knocking"),
                            (("mode", share["share_id"], "g7", "ro"), "no_such_guest")):
            refused = self.system.run(*words)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(code, refused.stderr)
        self.assertIn("there are: g1", self.system.run("kick", share["share_id"], "g7").stderr)
        self.assertEqual(self.system.run("mode", share["share_id"], "g1", "wo").returncode, 2)
        self.system.json("stop", share["share_id"])
        self.assertIn("share_ended", self.system.run("kick", share["share_id"], "g1").stderr)


if __name__ == "__main__":
    unittest.main()
