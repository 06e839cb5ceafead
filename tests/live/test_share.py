"""A share as its operator and its guests meet it: the link, what a guest sees, and what a guest can do."""

import statistics
import sys
import time
import unittest
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program, running  # noqa: E402
from support.lending import Lending  # noqa: E402
from support.pictures import GuestWindow, LentTerminal  # noqa: E402
from support.processes import Guest, Tmux, alive, wait_until  # noqa: E402
from support.screen import assert_same  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
LINKS = 20
SHARES = 4
CONFIRMED = """
version = 1
[[rule]]
name = "the-operator-confirms"
effect = "require"
requesters = ["operator"]
approvers = ["operator"]
"""


def minutes_between(first, second):
    start, end = (datetime.fromisoformat(each.replace("Z", "+00:00")) for each in (first, second))
    return (end - start).total_seconds() / 60


def proportional_memory(pid):
    """Bytes, with each page that several processes share counted in parts."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


@unittest.skipIf(MISSING, MISSING)
class Sharing(unittest.TestCase):
    def lending(self, **more):
        home = self.enterContext(processes.scratch_dir())
        return self.enterContext(Lending(home, **more))

    def setUp(self):
        self.system = self.lending()

    # --- what a guest sees and does ---

    def test_the_link_shows_a_guest_the_pane_and_below_it_a_status_line(self):
        """[FR-026-001]"""
        self.system.terminal(command="printf '\\033[1;32mgreen\\033[0m 日本 ┌─┐\\n'; cat")
        share = self.system.share()
        self.assertEqual(share["link"].split()[0], "ssh")
        window = self.enterContext(GuestWindow(self.system, share))
        window.wait_status("demo | read-only | ends at")
        lent = LentTerminal(self.system, "demo")
        assert_same(lent, window)
        self.system.type("demo", "typed-by-the-operator")
        wait_until(lambda: "typed-by-the-operator" in window.text(), "the guest sees what is typed")
        assert_same(lent, window)

    def test_a_read_only_guest_cannot_type(self):
        self.system.terminal()
        guest = self.system.guest(self.system.share("demo", "--mode", "ro"))
        guest.wait_for("lo-and-behold")
        guest.type("not-wanted\r\x03\x04")
        self.system.type("demo", "after-it")
        guest.wait_for("after-it")
        self.assertNotIn("not-wanted", self.system.pane("demo"))

    def test_a_read_write_guest_types_into_the_pane(self):
        self.system.terminal()
        guest = self.system.guest(self.system.share("demo", "--mode", "rw"))
        guest.wait_for("lo-and-behold")
        guest.type("typed-by-the-guest\r")
        wait_until(lambda: self.system.pane("demo").count("typed-by-the-guest") == 2, "cat has repeated it")

    def test_a_guest_without_the_key_stays_outside(self):
        self.system.terminal()
        stranger = self.system.guest(self.system.share(), key="stranger")
        stranger.wait_gone()
        self.assertEqual(stranger.status, 255)
        self.assertNotIn(b"lo-and-behold", stranger.seen)

    def test_who_is_in_is_listed_and_who_has_left_is_not(self):
        self.system.terminal()
        share = self.system.share()
        first, second = self.system.guest(share), self.system.guest(share)
        listed = self.system.wait_guests(share, 2)
        self.assertEqual(len({each["guest_id"] for each in listed}), 2)
        self.assertTrue(all(each["key_fingerprint"].startswith("SHA256:") for each in listed))
        self.assertTrue(all(each["address"].startswith("127.0.0.1:") for each in listed))
        first.close()
        self.system.wait_guests(share, 1)
        second.close()
        wait_until(lambda: self.system.shown(share)["guests"] == [], "nobody is in")
        self.assertEqual(self.system.shown(share)["state"], "active", "the door stays open")

    # --- terminals and workers ---

    def test_each_terminal_is_shared_by_itself(self):
        """[FR-026-001]"""
        shares, guests = {}, {}
        for name in ("left", "right"):
            self.system.terminal(name, f"echo only-on-the-{name}; cat")
            shares[name] = self.system.share(name, "--via", "upterm")
            guests[name] = self.system.guest(shares[name])
            guests[name].wait_for(f"only-on-the-{name}")
        self.assertNotEqual(shares["left"]["link"], shares["right"]["link"])
        self.system.run("stop", shares["left"]["share_id"], check=True)
        guests["left"].wait_gone()
        self.system.type("right", "still-here")
        guests["right"].wait_for("still-here")
        self.assertNotIn(b"only-on-the-left", guests["right"].seen)

    def test_a_backend_that_there_is_not_is_refused_with_those_that_there_are(self):
        """[FR-026-001]"""
        self.system.terminal()
        done = self.system.run(*self.system.share_words(), "--via", "pigeon")
        self.assertEqual(done.returncode, 1)
        self.assertIn("pigeon", done.stderr)
        self.assertIn("upterm, tmate", done.stderr)
        self.assertEqual(self.system.share_processes(), {})

    def test_workers_run_only_while_a_share_needs_them(self):
        """[FR-026-009]"""
        def workers():
            return list(self.system.share_processes().values()).count("termlease-worke")

        for name in ("one", "two", "three"):
            self.system.terminal(name)
        self.assertEqual(self.system.share_processes(), {}, "terminals need none")
        shares = [self.system.share("one"), self.system.share("two")]
        self.assertEqual(workers(), 2)
        self.system.run("stop", shares[0]["share_id"], check=True)
        self.assertEqual(workers(), 1)
        self.system.run("stop", shares[1]["share_id"], check=True)
        self.system.wait_clean()

    def test_a_terminal_that_was_there_is_shared_without_resizing_its_window(self):
        """[FR-026-001]"""
        with Tmux(self.enterContext(processes.scratch_dir()), size=(100, 30)) as theirs:
            theirs.run("set", "-g", "status", "off")
            window = self.enterContext(Guest(["tmux", "-S", theirs.socket, "attach"], size=(100, 30)))
            wait_until(lambda: theirs.run("list-clients"), "the operator looks at it")
            adopted = self.system.json("terminal", "adopt", "work", "--tmux-session", "lent",
                                       "--tmux-socket", theirs.socket)
            self.assertTrue(adopted["adopted"])
            theirs.run("send-keys", "-t", "lent", "in-their-window", "Enter")
            share = self.system.share("work", "--mode", "rw")
            for size in ((60, 15), (140, 50)):
                guest = self.system.guest(share, size=size)
                guest.wait_for("in-their-window")
                guest.type(f"from-{size[0]}\r")
                wait_until(lambda word=f"from-{size[0]}": word in theirs.shown(), "it arrives")
                self.assertEqual(theirs.run("display", "-p", "#{window_width}x#{window_height}"), "100x30")
            window.wait_for("from-140")
            self.system.run("terminal", "close", "work", check=True)
            guest.wait_gone()
            self.assertEqual(theirs.run("list-sessions", "-F", "#S"), "lent", "it was never ours")
            self.assertTrue(alive(window.pid))

    # --- times and limits ---

    def test_a_share_lasts_as_long_as_the_setting_or_the_request_says(self):
        """[FR-026-003] [FR-026-004]"""
        self.system = self.lending(settings='[shares]\ndefault_ttl = "45m"\nmax_ttl = "2h"\n')
        self.system.terminal()
        for words, lasts, warns in (((), 45, 40), (("--ttl", "30m"), 30, 25),
                                    (("--ttl", "90m", "--warn", "20m"), 90, 70)):
            share = self.system.share("demo", *words)
            start = share["expires_at"]
            self.assertAlmostEqual(minutes_between(share["created_at"], start), lasts, delta=0.2)
            self.assertAlmostEqual(minutes_between(share["warns_at"], start), lasts - warns, delta=0.01)

    def test_a_terminal_has_only_as_many_shares_as_it_may(self):
        """[FR-026-006]"""
        self.system = self.lending(settings="[shares]\nper_terminal_limit = 2\n")
        self.system.terminal()
        self.system.terminal("other")
        shares = [self.system.share(), self.system.share()]
        done = self.system.run(*self.system.share_words())
        self.assertEqual(done.returncode, 1)
        self.assertIn("limit_reached", done.stderr)
        self.system.share("other")
        self.system.run("stop", shares[0]["share_id"], check=True)
        self.system.share()

    def test_a_link_is_there_within_3_seconds_of_the_approval(self):
        """[NFR-026-001] [SC-026-001]"""
        self.system = self.lending(policy=CONFIRMED)
        self.system.terminal()
        times = []
        for _ in range(LINKS):
            with running(self.system.start(*self.system.share_words(), "--json")) as share:
                waiting = wait_until(lambda: self.system.json("approvals"), "the question is there")
                before = time.monotonic()
                self.system.run("approve", waiting[0]["approval_id"], check=True)
                out, err = share.communicate(timeout=processes.GENEROUS)
                times.append(time.monotonic() - before)
                self.assertIn('"link"', out, err)
            self.system.run("stop", waiting[0]["share_id"], check=True)
        times.sort()
        p95 = times[int(0.95 * len(times)) - 1]
        print(f"\n  approval to printed link: median {1000 * statistics.median(times):.0f} ms, "
              f"p95 {1000 * p95:.0f} ms, max {1000 * times[-1]:.0f} ms, {len(times)} tries")
        self.assertLess(p95, 3)

    def test_an_active_share_with_a_guest_takes_at_most_15_mb(self):
        """[NFR-026-002]"""
        for number in range(SHARES):
            self.system.terminal(f"t{number}")
            share = self.system.share(f"t{number}")
            self.system.guest(share).wait_for("lo-and-behold")
        used = sum(proportional_memory(pid) for pid in self.system.share_processes()) / SHARES
        print(f"\n  worker, guest program and upterm: {used / 1e6:.1f} MB a share")
        self.assertLess(used, 15e6)


if __name__ == "__main__":
    unittest.main()
