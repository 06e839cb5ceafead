"""The bus as a stranger's client meets it: bytes over the socket, good ones and bad ones."""

import json
import os
import socket
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program  # noqa: E402
from support.lending import Lending  # noqa: E402
from support.processes import wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
LARGEST = 1 << 20
NOBODY = 65534


@unittest.skipIf(MISSING, MISSING)
class RawClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = cls.enterClassContext(Lending(cls.enterClassContext(processes.scratch_dir())))
        cls.system.terminal()

    def client(self):
        return self.enterContext(self.system.bus())

    def public_key(self):
        return Path(f"{self.system.key()}.pub").read_text().strip()

    # --- the names that clients already use ---

    def test_the_backends_own_method_names_start_and_stop_a_share(self):
        bus = self.client()
        bus.ask("bus.subscribe", topics=["share.session.*"], state=False)
        said = bus.ask("share.upterm.start", correlation_id="from-elsewhere", terminal="demo",
                       keys=[self.public_key()], ttl="1m")
        self.assertEqual((said["type"], said["status"], said["method"]),
                         ("response", "ok", "share.upterm.start"), said)
        self.assertEqual(said["correlation_id"], "from-elsewhere")
        share = said["result"]
        self.assertEqual((share["state"], share["backend"]), ("active", "upterm"))
        self.system.guest(share).wait_for("lo-and-behold")
        started = bus.event("share.session.started")
        self.assertEqual((started["type"], started["share_id"], started["correlation_id"]),
                         ("event", share["share_id"], "from-elsewhere"))
        self.assertNotIn(share["link"].split("@")[0].split()[-1], json.dumps(started))
        said = bus.ask("share.upterm.stop", share=share["share_id"])
        self.assertEqual((said["status"], said["result"]["end_reason"]), ("ok", "stopped"))
        self.assertEqual(bus.event("share.session.stopped")["share_id"], share["share_id"])

    def test_the_bus_describes_every_method_and_topic_itself(self):
        described = self.client().ask("bus.describe")["result"]
        methods = {each["method"] for each in described["methods"]}
        self.assertLessEqual({"share.upterm.start", "share.upterm.stop", "approval.request.resolve",
                              "terminal.spawn"}, methods)
        topics = {each["topic"] for each in described["topics"]}
        self.assertLessEqual({"share.session.started", "share.session.stopped", "approval.requested",
                              "approval.resolved", "terminal.spawned", "audit.recorded"}, topics)

    def test_a_subscriber_gets_the_state_first_and_can_replay_the_past(self):
        """[SC-026-005]"""
        share = self.system.share()
        bus = self.client()
        bus.ask("bus.subscribe", topics=["share.>"], share_id=share["share_id"])
        now = bus.event("share.snapshot")
        self.assertEqual([each["share_id"] for each in now["payload"]["shares"]], [share["share_id"]])
        self.system.run("stop", share["share_id"], check=True)
        late = self.client()
        late.ask("bus.subscribe", **{"from": 1})
        sequences = []
        while not sequences or late.events or sequences[-1] < self.last_sequence():
            said = late.events.pop(0) if late.events else late.line()
            if said["type"] == "event" and said["topic"] != "audit.recorded":
                sequences.append(said["sequence"])
        self.assertEqual(sequences, list(range(1, len(sequences) + 1)))

    def last_sequence(self):
        return self.system.audit()[-1]["sequence"]

    # --- bad clients ---

    def assert_still_served(self):
        self.assertEqual(self.client().ask("share.list")["status"], "ok")

    def test_garbage_is_answered_with_what_is_wrong_and_disturbs_nobody(self):
        share = self.system.share()
        guest = self.system.guest(share)
        guest.wait_for("lo-and-behold")
        command = {"type": "command", "method": "share.list", "payload": {}}
        for garbage in (b"\x00\xff\xfe\x80", b"hello", b"[]", b"null", b"{", b'"x"', b"{}" * 3,
                        b'{"type":"command"}', b'{"type":"event","topic":"share.session.stopped"}',
                        b'{"type":"response","status":"ok"}', b'{"type":7,"method":[]}', b"[" * 100000,
                        json.dumps({**command, "method": "no.such"}).encode(),
                        json.dumps({**command, "payload": 5}).encode(),
                        json.dumps({**command, "payload": {"all": "maybe"}}).encode(),
                        json.dumps({**command, "method": "share.stop", "payload": {"share": None}}).encode()):
            with self.subTest(garbage=garbage[:40]):
                bus = self.client()
                bus.send(garbage + b"\n")
                said = bus.response()
                self.assertEqual(said["status"], "error")
                self.assertTrue(said["error"]["code"] and said["error"]["message"])
                self.assertEqual(bus.ask("share.list")["status"], "ok", "the connection goes on")
        self.assertEqual(self.system.shown(share)["state"], "active")
        self.assertFalse(guest.gone())
        self.system.run("stop", share["share_id"], check=True)

    def test_an_envelope_that_is_too_large_is_refused_and_its_sender_let_go(self):
        for text in (b"x" * (LARGEST + 2), b'{"type":"command","method":"' + b"y" * LARGEST):
            bus = self.client()
            try:
                bus.send(text)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it was refused before all of it was sent
            said = bus.line()
            self.assertTrue(said is None or said["error"]["code"] == "too_large", said)
            self.assertIsNone(bus.line())
        self.assert_still_served()

    def test_half_a_line_harms_nobody(self):
        waiting = self.client()
        waiting.send(b'{"type":"command","me')
        leaving = self.system.bus()
        leaving.send(b'{"type":"comm')
        leaving.socket.close()
        self.assert_still_served()
        waiting.send(b'thod":"share.list","payload":{}}\n')
        self.assertEqual(waiting.response()["status"], "ok")

    def test_a_client_that_never_reads_holds_up_nobody(self):
        deaf = self.client()
        deaf.begin("bus.subscribe", topics=[">"])
        deaf.socket.setblocking(False)
        try:
            for number in range(20000):
                deaf.send(json.dumps({"id": f"d{number}", "type": "command", "method": "bus.describe",
                                      "payload": {}}).encode() + b"\n")
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            pass
        share = self.system.share()
        guest = self.system.guest(share)
        guest.wait_for("lo-and-behold")
        self.system.run("revoke", share["share_id"], check=True)
        guest.wait_gone()
        status = Path(f"/proc/{self.system.pid()}/status").read_text()
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        self.assertLess(resident, 200 * 1024, "what it doesn't read is not kept without bound")

    def test_many_clients_that_say_nothing_leave_room_for_the_operator(self):
        idle = [self.client() for _ in range(150)]
        self.assert_still_served()
        for each in idle:
            each.socket.close()
        wait_until(lambda: self.system.json("daemon", "--status")["clients"] < 10, "they are forgotten")

    @unittest.skipIf(os.geteuid() != 0, "only root can be another user")
    def test_another_user_gets_nothing_at_the_socket(self):
        folder, path = self.system.home / "run", self.system.home / "run" / "bus.sock"
        self.assertEqual((folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777), (0o700, 0o600))
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setresuid(NOBODY, NOBODY, NOBODY)
            with socket.socket(socket.AF_UNIX) as stranger:
                os.write(write, str(stranger.connect_ex(str(path))).encode())
            os._exit(0)
        os.waitpid(pid, 0)
        self.assertNotEqual(os.read(read, 16), b"0", "the folder keeps others out")
        os.close(read), os.close(write)
        # Even past the folder and the socket's mode the peer's uid is looked at.
        for each, mode in ((self.system.home, 0o711), (folder, 0o711), (path, 0o666)):
            before = each.stat().st_mode & 0o777
            each.chmod(mode)
            self.addCleanup(each.chmod, before)
        said = self.said_to(NOBODY, path)
        self.assertEqual(said["error"]["code"], "not_yours")

    def said_to(self, uid, path):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setresuid(uid, uid, uid)
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.connect(str(path))
                os.write(write, stranger.recv(4096))
            os._exit(0)
        os.waitpid(pid, 0)
        os.close(write)
        with os.fdopen(read, "rb") as answer:
            return json.loads(answer.read())


if __name__ == "__main__":
    unittest.main()
