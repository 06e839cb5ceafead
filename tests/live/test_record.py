"""The record: every action is there, tied together, complete in its fields, and without a secret."""

import json
import os
import re
import subprocess
import sys
import unittest
import uuid
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program, running  # noqa: E402
from support.lending import Lending, touched_by  # noqa: E402
from support.processes import wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
FIELDS = {"id", "eventType", "actor", "action", "target", "result", "timestamp", "workspaceId", "laneId",
          "sessionId", "terminalId", "shareId", "correlationId", "causationId", "metadata", "sequence"}
LIFE = ["share.requested", "approval.requested", "approval.resolved", "share.allowed",
        "share.session.started", "share.guest.joined", "share.warned", "share.extended", "share.revoked",
        "share.guest.left", "share.session.stopped"]


@unittest.skipIf(MISSING, MISSING)
class Record(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One share that goes through everything, and one that is denied."""
        system = cls.system = cls.enterClassContext(Lending(cls.enterClassContext(processes.scratch_dir()),
                                                            policy=None))
        system.run("policy", "init", check=True)
        system.terminal()
        cls.token = system.run("token", "create", "bot", "--kind", "agent", check=True).stdout.strip()
        cls.watched = cls.enterClassContext(running(system.start("watch", "--json")))
        wait_until(lambda: system.json("daemon", "--status")["clients"] > 1, "somebody watches")
        asked = cls.enterClassContext(running(system.start(
            *system.share_words("demo", "--mode", "rw", "--ttl", "4s", "--warn", "3s"), "--json")))
        question = wait_until(lambda: system.json("approvals"), "a question")[0]
        system.run("approve", question["approval_id"], check=True)
        cls.share = json.loads(asked.communicate(timeout=processes.GENEROUS)[0])
        cls.guest = system.guest(cls.share)
        cls.guest.wait_for("ask the operator for more time")
        extending = cls.enterClassContext(running(system.start("extend", cls.share["share_id"], "30m")))
        system.run("approve", wait_until(lambda: system.json("approvals"), "a question")[0]["approval_id"],
                   check=True)
        assert extending.wait(processes.GENEROUS) == 0
        cls.arguments = cls.command_lines()
        system.run("revoke", cls.share["share_id"], "--reason", "done", check=True)
        cls.guest.wait_gone()
        cls.denied = system.run(*system.share_words("demo", "--ttl", "3h"))
        cls.records = system.audit()

    @classmethod
    def command_lines(cls):
        """What `ps` shows everybody of our processes, without the guests' own."""
        told = b""
        for pid, name in touched_by(cls.system.home).items():
            if name != "ssh":
                told += Path(f"/proc/{pid}/cmdline").read_bytes() + b"\n"
        return told

    def of_the_share(self):
        return [each for each in self.records if each["shareId"] == self.share["share_id"]]

    def test_every_action_on_a_share_is_recorded_in_its_order(self):
        """[FR-026-011] [SC-026-005]"""
        told = [each["eventType"] for each in self.of_the_share()]
        self.assertLessEqual(set(LIFE), set(told))
        places = [told.index(each) for each in LIFE if each not in ("share.revoked", "share.guest.left")]
        self.assertEqual(places, sorted(places), told)
        self.assertEqual(self.denied.returncode, 3, self.denied.stderr)
        self.assertIn("share.denied", [each["eventType"] for each in self.records])

    def test_every_record_has_the_fields_that_clients_know(self):
        """[FR-026-011]"""
        for number, each in enumerate(self.records, 1):
            with self.subTest(record=each["eventType"]):
                self.assertEqual(set(each), FIELDS)
                self.assertEqual(uuid.UUID(each["id"]).version, 7)
                self.assertEqual(each["sequence"], number)
                self.assertIn(each["result"], ("ok", "denied", "error"))
                self.assertEqual(set(each["actor"]), {"kind", "id"})
                self.assertTrue(each["timestamp"].endswith("Z"))
                datetime.fromisoformat(each["timestamp"].replace("Z", "+00:00"))
                self.assertIsInstance(each["metadata"], dict)

    def test_the_records_of_a_share_are_tied_by_its_correlation_id(self):
        """[FR-026-011] [SC-026-005]"""
        records = self.of_the_share()
        self.assertTrue(self.share["correlation_id"])
        for each in records:
            with self.subTest(record=each["eventType"]):
                if each["eventType"].startswith("share."):
                    self.assertEqual(each["correlationId"], self.share["correlation_id"])
                self.assertTrue(each["correlationId"])
                self.assertEqual(each["terminalId"], self.share["terminal_id"])
        asked_for = [each for each in records if each["eventType"] in
                     ("share.requested", "share.extended", "share.revoked", "approval.requested")]
        self.assertTrue(all(each["causationId"] for each in asked_for), "a command caused each of these")
        denied = [each for each in self.records if each["eventType"] == "share.denied"]
        self.assertEqual([each["result"] for each in denied], ["denied"])

    def test_the_record_is_whole_and_notices_a_change(self):
        self.system.run("audit", "verify", check=True)
        verified = self.system.json("audit", "verify")
        self.assertEqual((verified["valid"], verified["records"] >= len(self.records)), (True, True))

    def test_no_secret_is_anywhere_but_in_its_answer(self):
        secrets = {"link": re.search(r"ssh ([\w-]+)", self.share["link"]).group(1).encode(),
                   "link's address": self.share["link"].split(":")[1].split("@")[0].encode(),
                   "token": self.token.encode(),
                   # Its first lines are the same in many keys.
                   "key": self.system.key().read_bytes().splitlines()[4]}
        seen = {"command lines": self.arguments, "records": str(self.records).encode()}
        for file in self.system.home.rglob("*"):
            if file.is_file() and file != self.system.key():
                seen[str(file)] = file.read_bytes()
        self.assertTrue(any(each.endswith("journal.db") for each in seen))
        self.watched.terminate()
        seen["events"] = self.watched.communicate(timeout=processes.GENEROUS)[0].encode()
        self.assertIn(b"share.session.started", seen["events"])
        for place, text in seen.items():
            for name, secret in secrets.items():
                with self.subTest(place=place, secret=name):
                    self.assertNotIn(secret, text)

    def test_what_the_runtime_keeps_is_closed_to_others(self):
        for path in (self.system.home / "state", self.system.home / "run", self.system.home / "run" / "shares"):
            self.assertEqual(path.stat().st_mode & 0o777, 0o700, path)
        for path in (self.system.home / "state").rglob("*"):
            if path.is_file() and path.suffix != ".pub":
                self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    @unittest.skipIf(os.geteuid() != 0, "only root can look as another user")
    def test_another_user_sees_no_secret_of_a_running_share(self):
        share = self.system.share("demo", "--ttl", "5m")
        secret = share["link"].split()[1].split(":")[0].encode()
        shown = subprocess.run(["ps", "-eo", "args", "ww"], user=65534, capture_output=True, check=True).stdout
        environments = subprocess.run(["ps", "axeww"], user=65534, capture_output=True, check=True).stdout
        self.assertIn(b"termlease-worker", shown)
        self.assertNotIn(secret, shown + environments)
        self.system.run("stop", share["share_id"], check=True)

    def test_what_happened_can_be_played_again_as_a_scenario(self):
        short = self.system.share("demo", "--ttl", "2s", "--warn", "1s")
        self.system.guest(short).wait_for("ask the operator for more time")
        self.system.wait_state(short, "ended")
        for share in (self.share, short):
            with self.subTest(self.system.shown(share)["end_reason"]):
                file = self.system.home / f"{share['share_id']}.json"
                self.system.run("scenario", "from-journal", share["share_id"], "-o", file, check=True)
                played = self.system.run("scenario", "run", file)
                self.assertEqual(played.returncode, 0, played.stdout)


if __name__ == "__main__":
    unittest.main()
