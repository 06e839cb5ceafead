"""A share through tmate as its operator and its guests meet it, with tmate's own relay on loopback."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import running  # noqa: E402
from support.lending import touched_by  # noqa: E402
from support.pictures import GuestWindow, LentTerminal  # noqa: E402
from support.processes import Guest, wait_until  # noqa: E402
from support.screen import assert_same  # noqa: E402
from support.tmate_case import MISSING, TmateTestCase  # noqa: E402


@unittest.skipIf(MISSING, MISSING)
class SharingThroughTmate(TmateTestCase):
    def setUp(self):
        self.lending()

    # --- what a guest sees and does ---

    def test_the_link_shows_a_guest_the_pane_and_below_it_a_status_line(self):
        """[FR-026-001]"""
        self.system.terminal("colours", "printf '\\033[1;32mgreen\\033[0m 日本 ┌─┐\\n'; cat")
        share = self.share(terminal="colours")
        self.assertEqual((share["backend"], share["link"].split()[0]), ("tmate", "ssh"))
        window = self.enterContext(GuestWindow(self.system, share))
        window.wait_status("colours | read-only | ends at")
        lent = LentTerminal(self.system, "colours")
        assert_same(lent, window)
        self.system.type("colours", "typed-by-the-operator")
        wait_until(lambda: "typed-by-the-operator" in window.text(), "the guest sees what is typed")
        assert_same(lent, window)

    def test_a_read_only_guest_cannot_type_not_even_by_the_link_that_is_never_given_out(self):
        """[FR-026-001]"""
        share = self.share()
        self.assertIn(" ro-", share["link"])
        hidden = self.tmate("display", "-p", "#{tmate_ssh}").split()
        token = hidden[-1].partition("@")[0]
        guest = self.guest_of(share)
        intruder = self.system.guest({**share, "link": f"ssh {hidden[-1]} -p {hidden[1][2:]}"})
        intruder.wait_for("lo-and-behold")
        for each in (guest, intruder):
            each.type("not-wanted\r\x03\x04\x02c")
        self.system.type("demo", "after-it")
        for each in (guest, intruder):
            each.wait_for("after-it")
        self.assertNotIn("not-wanted", self.system.pane("demo"))
        told = self.system.run("shares", "--links", check=True).stdout + str(self.system.audit())
        logs = (self.system.home / "state" / "runtime.log").read_text()
        for secret in (token, share["link"].split()[1]):
            self.assertNotIn(secret, str(self.system.audit()) + logs)
        self.assertNotIn(token, told)
        self.assertNotIn(f"[{token[:4]}", logs)

    def test_a_read_write_guest_types_into_the_pane_and_tmate_itself_hears_no_key(self):
        share = self.share("--mode", "rw")
        guest = self.guest_of(share)
        guest.wait_for("demo | read-write")
        guest.type("typed-by-the-guest\r")
        wait_until(lambda: self.system.pane("demo").count("typed-by-the-guest") == 2, "cat has repeated it")
        guest.type("\x02d\x02c\x02%\x02:kill-server\r\x02[here\r")
        guest.wait_for("here")
        self.assertIn("d^Bc^B%^B:kill-server", self.system.pane("demo"))
        self.assertEqual(self.tmate("list-panes", "-a").count("\n"), 1)
        self.assertEqual(self.tmate("list-keys").strip(), "")
        self.assertFalse(guest.gone())

    def test_a_window_is_as_large_as_the_pane_to_look_at_and_as_the_smallest_guest_to_type_in(self):
        def size():
            return self.tmate("display", "-p", "#{window_width}x#{window_height}").strip()

        share = self.share()
        self.assertEqual(size(), "80x25")
        small = self.guest_of(share, size=(60, 15))
        self.assertEqual(size(), "80x25")
        small.close()
        self.system.run("stop", share["share_id"], check=True)
        share = self.share("--mode", "rw")
        self.guest_of(share, size=(100, 30))
        wait_until(lambda: size() == "100x30", "it has the guest's size")
        small = self.guest_of(share, size=(60, 15))
        wait_until(lambda: size() == "60x15", "it has the smaller guest's size")
        small.close()
        wait_until(lambda: size() == "100x30", "and the other's again")

    def test_a_guest_without_the_key_stays_outside(self):
        stranger = self.system.guest(self.share(), key="stranger")
        stranger.wait_gone()
        self.assertEqual(stranger.status, 255)
        self.assertNotIn(b"lo-and-behold", stranger.seen)

    def test_a_guest_gets_the_pane_and_nothing_else_whatever_its_ssh_asks_for(self):
        share = self.share("--mode", "rw")
        program, *rest = self.system.ssh(share)
        for words in (("id",), ("list-keys",), ("kill-server",)):
            with self.subTest(words=words):
                done = subprocess.run([program, "-T", *rest, *words], capture_output=True, stdin=subprocess.DEVNULL,
                                      timeout=processes.GENEROUS, check=False)
                self.assertNotIn(b"uid=", done.stdout)
                self.assertNotIn(b"bind-key", done.stdout)
        with self.assertRaises(subprocess.TimeoutExpired) as asked:  # its relay never answers that
            subprocess.run([program, *rest, "-s", "sftp"], capture_output=True, stdin=subprocess.DEVNULL,
                           timeout=1, check=True)
        self.assertFalse(asked.exception.stdout)
        self.guest_of(share)

    def test_who_is_in_is_listed_and_who_has_left_is_not(self):
        share = self.share()
        first, second = self.guest_of(share), self.guest_of(share)
        listed = self.system.wait_guests(share, 2)
        self.assertEqual([each["guest_id"] for each in listed], ["g1", "g2"])
        self.assertTrue(all(each["key_fingerprint"].startswith("SHA256:") for each in listed), listed)
        self.assertEqual({each["address"] for each in listed}, {"127.0.0.1"})
        self.assertEqual(len(self.system.json("guests", share["share_id"])), 2)
        first.close()
        self.assertEqual([each["guest_id"] for each in self.system.wait_guests(share, 1)], ["g2"])
        second.close()
        self.system.wait_guests(share, 0)
        kinds = self.system.event_types(share)
        self.assertEqual((kinds.count("share.guest.joined"), kinds.count("share.guest.left")), (2, 2))
        self.assertEqual(self.system.shown(share)["state"], "active", "the door stays open")

    def test_which_of_several_keys_a_guest_has_is_not_said(self):
        keys = [word for key in ("ann", "bob") for word in ("--key", f"{self.system.key(key)}.pub")]
        share = self.system.json("share", "demo", "--via", "tmate", *keys)
        for number, key in enumerate(("ann", "bob"), 1):
            self.guest_of(share, key=key)
            self.assertEqual(self.system.wait_guests(share, number)[-1].get("key_fingerprint", ""), "")

    def test_guests_of_several_shares_are_told_apart(self):
        shares = [self.share() for _ in range(3)]
        for count, share in enumerate(shares):
            for _ in range(count):
                self.guest_of(share)
        for count, share in enumerate(shares):
            self.system.wait_guests(share, count)

    # --- what tmate can't do ---

    def test_what_tmate_cannot_do_is_refused_before_anything_starts(self):
        self.assertIn("not_supported", self.refused("--knock", "--max-guests", "2"))
        self.assertEqual(self.system.share_processes(), {})
        self.assertNotIn("share.requested", self.system.event_types())

    def test_what_all_guests_of_a_recorded_share_see_is_one_file_with_its_digest_on_the_record(self):
        share = self.share("--record")
        guest = self.guest_of(share)
        guest.wait_for("lo-and-behold")
        self.system.run("stop", share["share_id"], check=True)
        told = [each["metadata"] for each in self.system.audit(share) if each["eventType"] == "share.guest.recorded"]
        self.assertEqual([each["guest"]["guest_id"] for each in told], [""])
        kept = Path(told[0]["path"]).read_bytes()
        self.assertEqual(hashlib.sha256(kept).hexdigest(), told[0]["sha256"])
        head, *lines = [json.loads(each) for each in kept.splitlines()]
        self.assertEqual(head["version"], 2)
        self.assertIn("lo-and-behold", "".join(data for _, kind, data in lines if kind == "o"))

    def test_one_guest_is_neither_put_out_nor_given_the_keyboard_alone(self):
        share = self.share()
        guest = self.guest_of(share)
        self.system.wait_guests(share, 1)
        for words in (("kick", share["share_id"], "g1"), ("mode", share["share_id"], "g1", "rw"),
                      ("mode", share["share_id"], "rw")):
            done = self.system.run(*words)
            self.assertEqual(done.returncode, 1)
            self.assertIn("not_supported", done.stderr)
        self.assertFalse(guest.gone())

    def test_a_share_that_nobody_joins_in_time_ends_and_one_that_somebody_joined_goes_on(self):
        visited, empty = self.share("--join-within", "4s"), self.share("--join-within", "2s")
        self.guest_of(visited)
        self.system.wait_guests(visited, 1)
        self.assertEqual(self.system.wait_state(empty, "ended")["end_reason"], "nobody_joined")
        self.assertEqual(self.system.shown(visited)["state"], "active")

    # --- times and ends ---

    def test_a_share_warns_and_ends_by_itself_when_its_time_is_up(self):
        """[FR-026-004]"""
        share = self.share("--ttl", "5s", "--warn", "3s")
        guest = self.guest_of(share)
        guest.wait_for("in 3s - ask the operator for more time")
        guest.wait_gone()
        self.assertIn(b"This share has ended: expired", guest.seen)
        self.assert_ended(share, "expired")

    def test_an_extension_moves_the_end(self):
        """[FR-026-005]"""
        share = self.share("--ttl", "1h")
        extended = self.system.json("extend", share["share_id"], "15m")
        self.assertGreater(extended["expires_at"], share["expires_at"])

    def test_every_guest_reads_the_reason_of_the_end_and_is_out(self):
        """[FR-026-007]"""
        for how, reason in (("revoke", "revoked"), ("stop", "stopped")):
            share = self.share("--mode", "rw")
            guests = [self.guest_of(share) for _ in range(3)]
            self.system.wait_guests(share, 3)
            window = self.enterContext(GuestWindow(self.system, share))
            window.wait_status("demo | read-write")
            before = time.monotonic()
            self.system.run(how, share["share_id"], check=True)
            print(f"\n  {how} of a share through tmate: {1000 * (time.monotonic() - before):.0f} ms", end="")
            for each in guests:
                each.wait_gone()
                self.assertIn(f"This share has ended: {reason}".encode(), each.seen)
            self.assert_ended(share, reason)

    def test_a_guests_terminal_still_shows_the_reason_when_its_ssh_is_gone(self):
        share = self.share()
        shell = self.enterContext(Guest(["sh", "-c", 'PS1="prompt> "; export PS1; exec sh -i']))
        shell.wait_for("prompt> ")
        shell.type(" ".join(f"'{word}'" for word in map(str, self.system.ssh(share))) + "\r")
        shell.wait_for("lo-and-behold")
        self.system.run("revoke", share["share_id"], "--reason", "enough", check=True)
        shell.wait_for("enough")
        shell.wait_for("[server exited]")
        end = shell.seen.rindex(b"This share has ended")
        self.assertNotIn(b"\x1b[J", shell.seen[end:], "nothing clears the screen after it")
        self.assertNotIn(b"\x1b[2J", shell.seen[end:])

    def test_a_terminal_that_closes_ends_its_share(self):
        share = self.share()
        guest = self.guest_of(share)
        self.system.run("terminal", "close", "demo", check=True)
        guest.wait_gone()
        self.assert_ended(share, "terminal_closed")

    def test_what_dies_of_a_share_ends_it_and_leaves_nothing(self):
        """[NFR-026-004]"""
        for victim in ("termlease-worke", "tmate", "termlease-guest"):
            with self.subTest(victim=victim):
                share = self.share()
                guest = self.guest_of(share)
                os.kill(self.system.process(victim), signal.SIGKILL)
                guest.wait_gone()
                self.assert_ended(share, "worker_failed")
        self.system.type("demo", "still-here")
        wait_until(lambda: "still-here" in self.system.pane("demo"), "the terminal works on")

    def test_a_tmate_that_is_stopped_is_noticed_and_its_guests_are_told(self):
        share = self.share()
        guest = self.guest_of(share)
        os.kill(self.system.process("tmate"), signal.SIGSTOP)
        guest.wait_gone()
        self.assertIn(b"This share has ended: worker_failed", guest.seen)
        self.assertIn("stopped by a signal", self.assert_ended(share, "worker_failed")["detail"])

    def test_a_share_that_ends_while_tmate_waits_for_the_panes_size_leaves_nothing(self):
        tmux = int(self.system.tmux("display-message", "-p", "#{pid}"))
        os.kill(tmux, signal.SIGSTOP)
        try:
            with running(self.system.start(*self.system.share_words(), "--via", "tmate")):
                self.system.process("tmate")
                (share,) = self.system.json("shares")
                self.system.run("revoke", share["share_id"], check=True)
                self.assert_ended(share, "revoked")
        finally:
            os.kill(tmux, signal.SIGCONT)
        self.assertIn("lo-and-behold", self.system.pane("demo"))

    def test_a_killed_runtime_takes_everything_along_but_the_terminal(self):
        share = self.share()
        guest = self.guest_of(share)
        self.system.kill_runtime()
        guest.wait_gone()
        wait_until(lambda: set(touched_by(self.system.home).values()) <= {"tmux: server", "sh", "cat"},
                   "nothing but the terminal is left")
        self.assertIn("lo-and-behold", self.system.pane("demo"))


if __name__ == "__main__":
    unittest.main()
