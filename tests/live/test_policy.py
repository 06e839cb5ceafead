"""Who may share what: the policy gate, approvals and tokens, with real shares behind them."""

import json
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program, running  # noqa: E402
from support.lending import OPEN, Lending  # noqa: E402
from support.processes import wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
ASKED = """
version = 1
[[rule]]
name = "ask-ann"
effect = "require"
requesters = ["operator", "human:*", "agent:*"]
approvers = ["human:ann"]
deadline = "{deadline}"
"""
DENIED, FAILED, NO_ANSWER = 3, 1, 4


@unittest.skipIf(MISSING, MISSING)
class Gate(unittest.TestCase):
    def setUp(self):
        self.system = self.enterContext(Lending(self.enterContext(processes.scratch_dir()), policy=None))

    def starter_policy(self):
        self.system.run("policy", "init", check=True)
        self.system.terminal()

    def token(self, name, kind):
        text = self.system.run("token", "create", name, "--kind", kind, check=True).stdout.strip()
        return {"environment": {"TERMLEASE_TOKEN": text}}

    def asking(self, *words, environment=None):
        """A `share` that goes on in the background."""
        return self.enterContext(running(self.system.start(*self.system.share_words("demo", *words),
                                                           "--json", environment=environment)))

    def question(self):
        return wait_until(lambda: self.system.json("approvals"), "somebody is asked")[0]

    def result_of(self, share):
        out, err = share.communicate(timeout=processes.GENEROUS)
        return share.returncode, json.loads(out) if out else None, err

    def assert_nothing_started(self):
        self.assertEqual(self.system.share_processes(), {})
        started = {"share.allowed", "share.session.started", "relay.started"}
        self.assertFalse(started & set(self.system.event_types()))

    # --- approvals ---

    def test_read_only_starts_at_once_and_read_write_is_asked_for(self):
        """[FR-026-002]"""
        self.starter_policy()
        self.assertEqual(self.system.share()["state"], "active")
        asking = self.asking("--mode", "rw", "--reason", "pairing on the build")
        question = self.question()
        self.assertEqual((question["action"], question["mode"], question["reason"]),
                         ("share.start", "rw", "pairing on the build"))
        states = {each["share_id"]: each["state"] for each in self.system.json("shares")}
        self.assertEqual(states[question["share_id"]], "awaiting_approval")
        self.assertEqual(list(self.system.share_processes().values()).count("termlease-worke"), 1)
        self.system.run("approve", question["approval_id"], check=True)
        code, share, err = self.result_of(asking)
        self.assertEqual((code, share["state"]), (0, "active"), err)
        guest = self.system.guest(share)
        guest.wait_for("lo-and-behold")
        guest.type("it-was-approved\r")
        wait_until(lambda: "it-was-approved" in self.system.pane("demo"), "the guest types")
        told = self.system.event_types(share)
        order = ["share.requested", "approval.requested", "approval.resolved", "share.allowed",
                 "share.session.started"]
        self.assertEqual([each for each in told if each in order], order)

    def test_a_denial_says_why_and_starts_nothing(self):
        """[FR-026-002]"""
        self.starter_policy()
        asking = self.asking("--mode", "rw")
        self.system.run("deny", self.question()["approval_id"], "--reason", "not today", check=True)
        code, said, _ = self.result_of(asking)
        self.assertEqual((code, said["error"]["code"]), (DENIED, "denied"))
        self.assertIn("not today", said["error"]["message"])
        self.assert_nothing_started()
        self.assertEqual(self.system.json("approvals"), [])

    def test_silence_until_the_deadline_is_a_denial(self):
        """[FR-026-002]"""
        self.system.rules(ASKED.format(deadline="2s"))
        self.system.terminal()
        code, said, _ = self.result_of(self.asking())
        self.assertEqual((code, said["error"]["code"]), (DENIED, "denied"))
        self.assertIn("nobody answered in time", said["error"]["message"])
        self.assertEqual(self.system.json("approvals"), [])
        self.assert_nothing_started()

    def test_an_extension_is_a_new_decision(self):
        """[FR-026-005]"""
        self.system.rules(OPEN + ASKED.format(deadline="1m").replace("version = 1", "").replace(
            "effect", 'actions = ["share.extend"]\neffect'))
        self.system.terminal()
        share = self.system.share("demo", "--ttl", "1h")
        ann = self.token("ann", "human")
        for verdict, code in (("deny", DENIED), ("approve", 0)):
            extending = self.enterContext(running(self.system.start("extend", share["share_id"], "15m",
                                                                    "--json")))
            question = self.question()
            self.assertEqual(question["action"], "share.extend")
            self.assertEqual(self.system.shown(share)["expires_at"], share["expires_at"])
            self.system.run(verdict, question["approval_id"], check=True, **ann)
            self.assertEqual(self.result_of(extending)[0], code)
        self.assertNotEqual(self.system.shown(share)["expires_at"], share["expires_at"])

    # --- who asks, and who may answer ---

    def test_an_agent_never_approves_its_own_request(self):
        self.starter_policy()
        bot = self.token("bot", "agent")
        asking = self.asking(**bot)
        question = self.question()
        self.assertEqual(question["requested_by"], "agent:bot")
        refused = self.system.run("approve", question["approval_id"], **bot)
        self.assertEqual(refused.returncode, DENIED, refused.stderr)
        self.assertIn("not_an_approver", refused.stderr)
        self.assertEqual(self.system.share_processes(), {})
        self.system.run("approve", question["approval_id"], check=True)
        code, share, err = self.result_of(asking)
        self.assertEqual((code, share["requested_by"]), (0, "agent:bot"), err)
        self.assertEqual(self.system.json("shares", "--links", **bot)[0]["link"], share["link"])
        # Even where a rule names it.
        self.system.rules(ASKED.format(deadline="1m").replace("human:ann", "agent:*"))
        asking = self.asking(**bot)
        question = self.question()
        self.assertEqual(self.system.run("approve", question["approval_id"], **bot).returncode, DENIED)
        asking.send_signal(signal.SIGINT)
        self.assertEqual(asking.wait(processes.GENEROUS), 130)

    def test_only_the_named_person_answers_not_even_the_operator(self):
        self.system.rules(ASKED.format(deadline="1m"))
        self.system.terminal()
        ann, ben = self.token("ann", "human"), self.token("ben", "human")
        asking = self.asking()
        question = self.question()
        for wrong in ({}, ben):
            refused = self.system.run("approve", question["approval_id"], **wrong)
            self.assertEqual(refused.returncode, DENIED)
            self.assertIn("not_an_approver", refused.stderr)
        self.system.run("approve", question["approval_id"], check=True, **ann)
        code, share, err = self.result_of(asking)
        self.assertEqual((code, share["state"]), (0, "active"), err)
        answered = [each for each in self.system.audit(share) if each["eventType"] == "approval.resolved"]
        self.assertEqual(answered[0]["actor"], {"kind": "human", "id": "ann"})

    def test_others_see_no_link_and_end_no_share_of_the_operator(self):
        self.starter_policy()
        bot = self.token("bot", "agent")
        share = self.system.share()
        seen = self.system.json("shares", "--links", **bot)
        self.assertNotIn("link", seen[0])
        for command in ("revoke", "stop"):
            refused = self.system.run(command, share["share_id"], **bot)
            self.assertEqual(refused.returncode, DENIED, refused.stderr)
        extending = self.system.run("extend", share["share_id"], "5m", "--wait", "0s", **bot)
        self.assertNotEqual(extending.returncode, 0)
        self.assertEqual(self.system.shown(share)["expires_at"], share["expires_at"])
        for words in (("audit",), ("terminal", "new", "x"), ("token", "create", "y", "--kind", "human"),
                      ("daemon", "--stop")):
            refused = self.system.run(*words, **bot)
            self.assertEqual(refused.returncode, DENIED, f"{words}: {refused.stderr}")

    def test_a_token_that_was_revoked_or_made_up_opens_nothing(self):
        self.starter_policy()
        bot = self.token("bot", "agent")
        self.system.run("token", "revoke", "bot", check=True)
        made_up = {"environment": {"TERMLEASE_TOKEN": "tlt_" + 40 * "x"}}
        for wrong in (bot, made_up):
            refused = self.system.run(*self.system.share_words(), **wrong)
            self.assertEqual(refused.returncode, DENIED, refused.stderr)
            self.assertIn("bad_token", refused.stderr)
        self.assert_nothing_started()

    # --- a gate that can't decide stays shut ---

    def test_without_a_policy_everything_is_denied(self):
        """[FR-026-002]"""
        self.system.terminal()
        denied = self.system.run(*self.system.share_words())
        self.assertEqual(denied.returncode, DENIED)
        self.assertIn("policy init", denied.stderr)
        self.assert_nothing_started()

    def test_a_broken_policy_denies_everything_and_is_told_with_its_line(self):
        """[FR-026-002]"""
        self.starter_policy()
        share = self.system.share()
        file = self.system.home / "config" / "policy.toml"
        good = file.read_text()
        for bad, line in (('version = 1\n[[rule]]\nname = "x"\neffect = "alow"\n', 4),
                          ("version = 1\n[[rule]\n", 2)):
            self.system.rules(bad)
            for words in (self.system.share_words(), ("extend", share["share_id"], "5m")):
                denied = self.system.run(*words)
                self.assertEqual(denied.returncode, DENIED, denied.stderr)
                self.assertIn(f"{file}:{line}", denied.stderr)
            self.assertIn(f"{file}:{line}", self.system.json("daemon", "--status")["policy_problem"])
        self.assertEqual(self.system.shown(share)["state"], "active", "what was allowed goes on")
        self.system.rules(good)
        self.assertEqual(self.system.share()["state"], "active")
        self.assertIn("policy.rejected", self.system.event_types())

    def test_a_policy_that_others_can_write_decides_nothing(self):
        """[FR-026-002]"""
        self.starter_policy()
        (self.system.home / "config" / "policy.toml").chmod(0o666)
        denied = self.system.run(*self.system.share_words())
        self.assertEqual(denied.returncode, DENIED, denied.stderr)
        self.assert_nothing_started()

    def test_what_no_rule_names_is_denied_and_explained(self):
        """[FR-026-002]"""
        self.starter_policy()
        denied = self.system.run(*self.system.share_words("demo", "--ttl", "2h"))
        self.assertEqual(denied.returncode, DENIED)
        self.assertIn("next:", denied.stderr)
        explained = self.system.json("policy", "explain", "share", "demo", "--ttl", "2h")
        self.assertEqual(explained["effect"], "deny")
        explained = self.system.json("policy", "explain", "share", "demo", "--as", "agent:bot")
        self.assertEqual((explained["effect"], explained["rules"]), ("require", ["agents-ask"]))
        self.assert_nothing_started()

    # --- leaving while it is decided ---

    def test_whoever_stops_waiting_leaves_nothing_shared(self):
        self.starter_policy()
        for how, code in ((signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)):
            asking = self.asking("--mode", "rw")
            self.question()
            asking.send_signal(how)
            self.assertEqual(asking.wait(processes.GENEROUS), code)
            wait_until(lambda: self.system.json("approvals") == [], "the question is withdrawn")
            wait_until(lambda: self.system.json("shares") == [], "the request is withdrawn")
        self.assert_nothing_started()
        done = self.system.run(*self.system.share_words("demo", "--mode", "rw", "--wait", "0s"))
        self.assertEqual(done.returncode, NO_ANSWER, done.stderr)


if __name__ == "__main__":
    unittest.main()
