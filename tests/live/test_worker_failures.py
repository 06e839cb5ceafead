"""How the worker fails, against a real upterm, uptermd, tmux and OpenSSH guests."""

import json
import os
import signal
import socket
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.processes import descendants  # noqa: E402
from support.worker_case import MISSING, WorkerTestCase  # noqa: E402
from support.workers import Worker  # noqa: E402


@unittest.skipIf(MISSING, MISSING)
class WorkerFailures(WorkerTestCase):
    # --- failing ---

    def assert_fails(self, worker, code, relay_lost=False):
        said = worker.wait_for("failed")
        self.assertEqual((said["why"]["code"], said["relay_lost"]), (code, relay_lost), said)
        self.assertEqual(worker.wait_ended(), 0)
        self.assertEqual(worker.lines[-1]["type"], "ended")
        return said

    def start_failing(self, **more):
        worker = self.enterContext(Worker(self.folder))
        worker.start(self.relay, self.tmux, [self.keys["anna"]], **more)
        return worker

    def test_a_killed_upterm_fails_the_share_and_lets_the_guest_go(self):
        worker = self.open_share()
        self.guest(worker)
        worker.wait_for("guest_joined")
        below = descendants(worker.pid)
        os.kill(self.upterm_of(worker), signal.SIGKILL)
        self.assert_fails(worker, "backend_killed")
        self.assertEqual(len(worker.said("guest_left")), 1)
        self.assert_nothing_left(below)

    def test_a_lost_relay_fails_the_share_as_such(self):
        relay = processes.Relay(Path(self.enterContext(tempfile.TemporaryDirectory())))
        with relay:
            worker = self.enterContext(Worker(self.folder))
            worker.start(relay, self.tmux, [self.keys["anna"]])
            worker.wait_for("ready")
        said = self.assert_fails(worker, "relay_lost", relay_lost=True)
        self.assertNotIn(worker.said("ready")[0]["link"].split("@")[0], json.dumps(said))

    def test_a_relay_that_is_not_there_is_named(self):
        self.assert_fails(self.start_failing(relay_port=processes.free_port()), "relay_unreachable", True)

    def test_a_relay_that_never_answers_is_given_up_at_the_deadline(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            worker = self.start_failing(relay_port=silent.getsockname()[1], start_deadline="300ms")
            self.assert_fails(worker, "backend_no_answer", True)

    def test_a_relay_with_another_host_key_is_not_trusted(self):
        processes.make_key(self.folder / "other_relay")
        public = (self.folder / "other_relay.pub").read_text().split()
        for name, text in (("wrong", f"[127.0.0.1]:{self.relay.port} {public[0]} {public[1]}\n"),
                           ("empty", "")):
            pinned = self.folder / f"known_{name}"
            pinned.write_text(text)
            self.assert_fails(self.start_failing(known_hosts=str(pinned)), "relay_key_mismatch")

    def test_a_backend_that_is_missing_cannot_run_or_exits_is_named(self):
        broken = self.folder / "broken"
        broken.write_text("this is no program\n")
        broken.chmod(0o700)
        self.assert_fails(self.start_failing(program=str(self.folder / "nowhere")), "backend_missing")
        self.assert_fails(self.start_failing(program=str(broken)), "backend_not_runnable")
        self.assert_fails(self.start_failing(program="/bin/false"), "backend_exited")
        self.assert_fails(self.start_failing(backend="tin-cans"), "unknown_backend")

    def test_a_lost_terminal_fails_the_share_as_such(self):
        worker = self.open_share()
        guest = self.guest(worker)
        worker.wait_for("guest_joined")
        guest.pump(0.01)
        self.tmux.run("kill-server")
        said = self.assert_fails(worker, "terminal_gone")
        self.assertTrue(said["terminal_gone"])
        guest.wait_gone()

    def test_a_share_without_a_real_key_never_starts(self):
        for keys in ([], [""], ["not a key"], ["ssh-ed25519 AAAA\nssh-ed25519 AAAA"]):
            worker = self.enterContext(Worker(self.folder))
            worker.start(self.relay, self.tmux, keys)
            self.assert_fails(worker, "bad_start")
            self.assertEqual(worker.said("ready"), [])

    def test_orders_that_make_no_sense_end_the_share(self):
        for garbage in (b"nonsense\n", b"{}\n", b'{"type":"dance"}\n', b'{"type":"status"}\n',
                        b"\x00\xff\xfe\n", b"x" * (1 << 20) + b"y"):
            worker = self.enterContext(Worker(self.folder))
            worker.send_raw(garbage)
            self.assertIn(worker.wait_for("failed")["why"]["code"], ("bad_line", "bad_json"))
            self.assertEqual(worker.wait_ended(), 0)
            self.assertEqual(worker.lines[-1]["type"], "ended")
        worker = self.open_share()
        worker.send("start", share_id="again")
        said = worker.wait_for("failed")
        self.assertEqual(said["why"]["code"], "bad_line")
        self.assertEqual(worker.wait_ended(), 0)

    def test_an_end_before_the_start_and_half_a_line_are_survived(self):
        worker = self.enterContext(Worker(self.folder))
        worker.send("end", text="never mind")
        self.assertEqual(worker.wait_ended(), 0)
        worker = self.enterContext(Worker(self.folder))
        worker.send_raw(b'{"type":"sta')
        worker.close_stdin()
        self.assertEqual(worker.wait_ended(), 0)

    def test_an_end_while_upterm_starts_leaves_nothing(self):
        for _ in range(5):
            worker = self.start_failing()
            worker.send("end", text="changed my mind")
            below = descendants(worker.pid)
            self.assertEqual(worker.wait_ended(), 0)
            self.assert_nothing_left(below)
            self.assert_folder_clean(worker)

    # --- running ---


if __name__ == "__main__":
    unittest.main()
