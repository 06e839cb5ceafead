"""Many clients, many questions, and one client that never reads."""

import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program  # noqa: E402
from support.lending import Lending  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
CLIENTS, QUESTIONS, TERMINALS = 200, 1000, 11
SETTINGS = f"""
[bus]
max_clients = {CLIENTS + 20}
subscriber_queue = {QUESTIONS + 500}
[approvals]
pending_limit = {QUESTIONS}
[shares]
per_terminal_limit = 100
total_limit = {QUESTIONS + 10}
"""
ASKS_FIRST = """
version = 1
[[rule]]
name = "a-person-decides"
effect = "require"
requesters = ["operator"]
approvers = ["operator"]
"""


def resident(pid):
    """MiB."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS"))) / 1024


@unittest.skipIf(MISSING, MISSING)
class Load(unittest.TestCase):
    def setUp(self):
        home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(home, policy=ASKS_FIRST, settings=SETTINGS))
        for number in range(TERMINALS):
            self.system.terminal(f"t{number}", "cat")

    def connected(self):
        return self.enterContext(self.system.bus())

    def test_two_hundred_clients_hear_of_a_thousand_questions_which_survive_the_runtime(self):
        silent = self.connected()
        silent.begin("bus.subscribe", topics=[">"])
        watchers = [self.connected() for _ in range(CLIENTS)]
        for each in watchers:
            self.assertEqual(each.ask("bus.subscribe", topics=["approval.requested"])["status"], "ok")
        asker = self.connected()
        key = Path(f"{self.system.key()}.pub").read_text().strip()
        began = time.monotonic()
        for number in range(QUESTIONS):
            asker.begin("share.start", terminal=f"t{number % TERMINALS}", keys=[key], wait="0s")
        states = {asker.response()["result"]["state"] for _ in range(QUESTIONS)}
        took = time.monotonic() - began
        self.assertEqual(states, {"awaiting_approval"})
        began = time.monotonic()
        pending = asker.ask("approval.list")["result"]["approvals"]
        print(f"\n  {QUESTIONS} questions in {took:.2f} s, listed in {1000 * (time.monotonic() - began):.0f} ms, "
              f"{resident(self.system.pid()):.0f} MiB", end="")
        self.assertEqual(len(pending), QUESTIONS)
        for each in watchers:
            heard = {each.event("approval.requested")["payload"]["approval"]["approval_id"] for _ in range(QUESTIONS)}
            self.assertEqual(heard, {one["approval_id"] for one in pending})
        silent.event("bus.gap")  # who didn't read is told what it missed
        self.system.kill_runtime()
        kept = {each["approval_id"] for each in self.system.json("approvals")}
        self.assertEqual(kept, {each["approval_id"] for each in pending})
        self.system.run("audit", "verify", check=True)

    def test_one_question_more_than_may_wait_is_denied(self):
        asker = self.connected()
        key = Path(f"{self.system.key()}.pub").read_text().strip()
        for number in range(QUESTIONS + 1):
            asker.begin("share.start", terminal=f"t{number % TERMINALS}", keys=[key], wait="0s")
        answers = [asker.response() for _ in range(QUESTIONS + 1)]
        (refused,) = [each for each in answers if each["status"] == "error"]
        self.assertIn("approvals are pending, which is the limit", refused["error"]["message"])


if __name__ == "__main__":
    unittest.main()
