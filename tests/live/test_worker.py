"""The worker by itself, against a real upterm, uptermd, tmux and OpenSSH guests."""

import os
import signal
import statistics
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.processes import Guest, alive, descendants, ssh_command, wait_until  # noqa: E402
from support.worker_case import MISSING, WorkerTestCase  # noqa: E402

END_TRIES = int(os.environ.get("TERMLEASE_END_TRIES", "10"))
GUESTS = 5


@unittest.skipIf(MISSING, MISSING)
class WorkerTest(WorkerTestCase):
    # --- getting in ---

    def test_the_link_lets_a_guest_see_and_use_the_lent_pane(self):
        worker = self.open_share()
        self.tmux.run("send-keys", "-t", self.tmux.pane, "typed-here", "Enter")
        guest = self.guest(worker)
        joined = worker.wait_for("guest_joined")
        self.assertEqual(joined["guest_id"], "g1")
        self.assertEqual(joined["key_fingerprint"], self.fingerprint("anna"))
        self.assertTrue(joined["address"].startswith("127.0.0.1:"))
        self.assertIn(joined["pid"], descendants(worker.pid))
        guest.wait_for("typed-here")
        guest.type("typed-by-guest\r")
        wait_until(lambda: "typed-by-guest" in self.tmux.shown(), "the guest's words are in the pane")

    def test_a_read_only_guest_sees_the_pane_and_cannot_type(self):
        worker = self.open_share(mode="ro")
        self.tmux.run("send-keys", "-t", self.tmux.pane, "shown-by-operator", "Enter")
        guest = self.guest(worker)
        worker.wait_for("guest_joined")
        guest.wait_for("shown-by-operator")
        guest.type("not-wanted\r")
        self.tmux.run("send-keys", "-t", self.tmux.pane, "after-it", "Enter")
        guest.wait_for("after-it")
        self.assertNotIn("not-wanted", self.tmux.shown())

    def test_guests_with_different_keys_are_told_apart(self):
        worker = self.open_share()
        for number, key in enumerate(("ben", "anna", "ben"), 1):
            self.guest(worker, key)
            joined = worker.wait_for("guest_joined", number)
            self.assertEqual(joined["key_fingerprint"], self.fingerprint(key))

    def test_sessions_of_one_shared_connection_are_each_a_guest(self):
        worker = self.open_share(keys=("anna",))
        control = f"{self.folder}/%C"
        options = ("-o", "ControlMaster=auto", "-o", f"ControlPath={control}")
        self.guest(worker, "anna", *options)
        first = worker.wait_for("guest_joined")
        self.guest(worker, "anna", *options)
        second = worker.wait_for("guest_joined", 2)
        self.assertEqual(first["address"], second["address"])
        self.assertNotEqual(first["pid"], second["pid"])

    def test_a_guest_who_leaves_is_noticed_and_the_share_goes_on(self):
        worker = self.open_share()
        guest = self.guest(worker)
        worker.wait_for("guest_joined")
        guest.close()
        self.assertEqual(worker.wait_for("guest_left")["guest_id"], "g1")
        self.enterContext(Guest(ssh_command(worker.link, self.folder / "ben", self.folder)))
        self.assertEqual(worker.wait_for("guest_joined", 2)["guest_id"], "g2")

    # --- keeping out ---

    def test_a_key_that_is_not_listed_is_refused(self):
        worker = self.open_share()
        guest = self.guest(worker, "stranger")
        guest.wait_gone()
        self.assertEqual(guest.status, 255)
        self.assertEqual(worker.said("guest_joined"), [])

    def test_no_other_command_file_transfer_or_forwarding_gets_through(self):
        worker = self.open_share()
        marker = self.folder / "marker"
        done = self.run_as_guest(worker, "ssh", words=("touch", str(marker)))
        self.assertNotEqual(done.returncode, 0)
        done = self.run_as_guest(worker, "ssh", "-T", words=("id",))
        self.assertNotIn(b"uid=", done.stdout)
        user = worker.link.split()[1]
        done = self.run_as_guest(worker, "scp", words=("/etc/hostname", f"{user}:{marker}"))
        self.assertNotEqual(done.returncode, 0)
        done = self.run_as_guest(worker, "scp", "-O", words=(f"{user}:/etc/hostname", str(marker)))
        self.assertNotEqual(done.returncode, 0)
        self.assertNotEqual(self.run_as_guest(worker, "sftp").returncode, 0)
        done = self.run_as_guest(worker, "ssh", "-W", f"127.0.0.1:{self.relay.port}")
        self.assertNotIn(b"SSH-2.0", done.stdout)
        done = self.run_as_guest(worker, "ssh", "-N", "-o", "ExitOnForwardFailure=yes",
                                 "-R", f"{processes.free_port()}:127.0.0.1:22")
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse(marker.exists())
        self.assertEqual(worker.said("guest_joined"), [])

    def test_a_command_with_a_terminal_shows_the_pane_instead(self):
        worker = self.open_share()
        self.tmux.run("send-keys", "-t", self.tmux.pane, "the-lent-pane", "Enter")
        command = ssh_command(worker.link, self.folder / "anna", self.folder, "-tt")
        guest = self.enterContext(Guest([*command, "id"]))
        guest.wait_for("the-lent-pane")
        self.assertNotIn(b"uid=", guest.seen)

    def test_one_guest_more_than_allowed_is_told_and_let_go(self):
        worker = self.open_share(max_guests=1)
        self.guest(worker)
        worker.wait_for("guest_joined")
        late = self.guest(worker, "ben")
        late.wait_gone()
        self.assertEqual(len(worker.said("guest_joined")), 1)

    def test_nothing_secret_is_on_a_command_line_or_in_an_environment(self):
        worker = self.open_share()
        self.guest(worker)
        worker.wait_for("guest_joined")
        user = worker.link.split()[1].split("@")[0].encode()
        session = user.split(b":")[0]
        for pid in descendants(worker.pid):
            try:
                if os.readlink(f"/proc/{pid}/exe").endswith("termlease-worker"):
                    continue  # between fork and exec
                shown = Path(f"/proc/{pid}/cmdline").read_bytes()
                environment = Path(f"/proc/{pid}/environ").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended meanwhile
            self.assertNotIn(session, shown)
            self.assertNotIn(b"AAAA", shown)
            self.assertNotIn(b"TERMLEASE_SECRET", environment)
            self.assertNotIn(b"TMUX=", environment)

    # --- ending ---

    def test_an_end_is_said_to_the_guest_and_leaves_nothing(self):
        worker = self.open_share()
        guest = self.guest(worker)
        worker.wait_for("guest_joined")
        below = descendants(worker.pid)
        worker.send("end", text="The share was revoked.")
        guest.wait_gone()
        self.assertIn(b"The share was revoked.", guest.seen)
        self.assertEqual(worker.wait_ended(), 0)
        self.assertEqual([line["type"] for line in worker.lines][-2:], ["guest_left", "ended"])
        self.assertEqual(worker.said("ended")[0]["guests_told"], 1)
        self.assert_nothing_left(below)
        self.assert_folder_clean(worker)

    def test_five_guests_are_out_within_milliseconds_of_the_end(self):
        times = []
        for _ in range(END_TRIES):
            worker = self.open_share()
            guests = [self.guest(worker) for _ in range(GUESTS)]
            worker.wait_for("guest_joined", GUESTS)
            worker.send("end", text="over")
            asked = time.monotonic()
            wait_until(lambda: all([guest.gone() for guest in guests]), "all guests are out", 5)
            times += [max(guest.left_at for guest in guests) - asked]
            self.assertEqual(worker.wait_ended(), 0)
            for guest in guests:
                guest.close()
        times.sort()
        p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
        print(f"\n  last of {GUESTS} guests out after: median {1000 * statistics.median(times):.1f} ms, "
              f"p95 {1000 * p95:.1f} ms, max {1000 * times[-1]:.1f} ms, {len(times)} tries")
        self.assertLess(p95, 5.0)

    def test_a_guest_who_reads_nothing_does_not_hold_up_the_others(self):
        worker = self.open_share()
        guests = [self.guest(worker) for _ in range(3)]
        worker.wait_for("guest_joined", 3)
        os.kill(guests[0].pid, signal.SIGSTOP)
        self.tmux.run("respawn-pane", "-k", "-t", self.tmux.pane, "yes this goes on and on")
        guests[1].wait_for("this goes on and on")
        below = descendants(worker.pid)
        asked = time.monotonic()
        worker.send("end", text="over")
        wait_until(lambda: all([guest.gone() for guest in guests[1:]]), "the others are out")
        self.assertEqual(worker.wait_ended(), 0)
        print(f"\n  others out after {1000 * (max(g.left_at for g in guests[1:]) - asked):.1f} ms, "
              f"all ended after {1000 * (time.monotonic() - asked):.1f} ms")
        self.assert_nothing_left(below)
        os.kill(guests[0].pid, signal.SIGCONT)

    def test_a_closed_pipe_ends_everything(self):
        worker = self.open_share()
        guest = self.guest(worker)
        worker.wait_for("guest_joined")
        below = descendants(worker.pid)
        worker.close_stdin()
        guest.wait_gone()
        self.assertEqual(worker.wait_ended(), 0)
        self.assert_nothing_left(below)
        self.assert_folder_clean(worker)

    def test_a_signal_ends_everything(self):
        worker = self.open_share()
        guest = self.guest(worker)
        worker.wait_for("guest_joined")
        below = descendants(worker.pid)
        worker.process.terminate()
        guest.wait_gone()
        self.assertEqual(worker.wait_ended(), 0)
        self.assert_nothing_left(below)

    def test_a_killed_worker_leaves_no_process_behind(self):
        worker = self.open_share()
        self.guest(worker)
        worker.wait_for("guest_joined")
        below = descendants(worker.pid)
        self.assertGreaterEqual(len(below), 3)
        worker.process.kill()
        worker.wait_ended()
        self.assert_nothing_left(below)
        self.assertEqual(self.tmux.run("display-message", "-p", "alive"), "alive")

    def test_workers_that_die_at_any_moment_leave_the_terminal_alone(self):
        # A tmux client that is killed while it greets its server can take the server with it.
        for moment in range(10):
            worker = self.open_share()
            guest = self.guest(worker)
            worker.wait_for("guest_joined")
            if moment % 2:
                worker.process.kill()
            else:
                worker.send("end", text="over")
            worker.wait_ended()
            guest.close()
            self.assertTrue(alive(self.tmux.pid), "the tmux server lives")
        wait_until(lambda: not self.tmux.run("list-clients"), "no client is left behind")

    def test_guest_programs_that_hang_do_not_hold_up_an_end(self):
        worker = self.open_share()
        self.guest(worker)
        pid = worker.wait_for("guest_joined")["pid"]
        below = descendants(worker.pid)
        os.kill(pid, signal.SIGSTOP)
        worker.send("end", text="over")
        self.assertEqual(worker.wait_ended(), 0)
        self.assert_nothing_left(below)

    def test_an_upterm_that_hangs_does_not_hold_up_an_end(self):
        worker = self.open_share()
        below = descendants(worker.pid)
        os.kill(self.upterm_of(worker), signal.SIGSTOP)
        worker.send("end", text="over")
        self.assertEqual(worker.wait_ended(), 0)
        self.assert_nothing_left(below)

    def test_a_status_reaches_the_guest_and_heartbeats_keep_coming(self):
        worker = self.open_share(heartbeat="50ms")
        guest = self.guest(worker)
        worker.wait_for("guest_joined")
        worker.send("status", text="five-minutes-left", alert=True)
        guest.wait_for("five-minutes-left")
        worker.wait_for("heartbeat", 3)

    @unittest.skipUnless(processes.release_is_tested(), "a figure of the release, and these are other programs")
    def test_a_worker_without_guests_is_small(self):
        worker = self.open_share()
        private = processes.private_memory(worker.pid)
        print(f"\n  private memory of the worker: {private / 1e6:.2f} MB")
        self.assertLess(private, 1.5e6)


if __name__ == "__main__":
    unittest.main()
