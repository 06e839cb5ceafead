"""What the actors did, asked of a real runtime and of what it left: by `trace`, `why` and the bus."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes, scarcity  # noqa: E402
from support.command_line import missing_program  # noqa: E402
from support.lending import Lending  # noqa: E402
from support.processes import end_process, wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
SETTINGS = """
[supervision]
chaos = "allowed"
"""
DENIES = """version = 1
[[rule]]
name = "no-typing"
effect = "deny"
modes = ["rw"]
[[rule]]
name = "looking"
effect = "allow"
requesters = ["operator"]
"""


class Case(unittest.TestCase):
    settings = SETTINGS

    def setUp(self):
        self.home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(self.home, settings=self.settings))
        self.ring = self.home / "state" / "traces" / "ring.trace"

    def trace(self, *words):
        return self.system.json("trace", *words)

    def path(self, steps, last):
        """From the root to that step: who did what."""
        by_id = {each["id"]: each for each in steps}
        way = [last]
        while way[0]["parent"] in by_id:
            way.insert(0, by_id[way[0]["parent"]])
        return [(each["actor"], each["message"]) for each in way]

    @staticmethod
    def of(steps, message):
        found = [each for each in steps if each["message"] == message]
        assert found, f"no step is about {message}: {sorted({each['message'] for each in steps})}"
        return found

    def a_share_with_a_guest(self):
        self.system.terminal()
        share = self.system.share()
        guest = self.system.guest(share)
        guest.wait_for("lo-and-behold")
        self.system.wait_guests(share, 1)
        return share, guest


@unittest.skipIf(MISSING, MISSING)
class Traces(Case):
    def test_a_guest_is_followed_back_to_the_command_that_let_it_in(self):
        share, _ = self.a_share_with_a_guest()
        steps = self.trace("--share", share["share_id"])
        joined = self.path(steps, self.of(steps, "line guest_joined")[0])
        self.assertEqual(joined[0], ("router", "client share.start"))
        session = f"shares/{share['share_id']}"
        self.assertIn(("shares", "share.start"), joined)
        self.assertEqual(joined[-1], (f"{session}/share worker", "line guest_joined"))
        for actor, message in [("policy gate", "policy_request"), ("edges/storage", "commit share.requested and 1 more"),
                               (f"{session}/share worker", "line ready"), (session, "(begins)"),
                               (f"{session}/ttl clock", "(begins)")]:
            self.assertIn((actor, message), {(each["actor"], each["message"]) for each in steps})
        own = [each for each in steps if each["actor"].startswith(session) and each["message"] != "reqgone"]
        self.assertEqual({each["correlation"] for each in own}, {share["correlation_id"]})
        shown = self.system.run("trace", "--share", share["share_id"], check=True).stdout
        self.assertIn("client share.start", shown)
        self.assertIn("WAITED", shown)

    def test_nothing_secret_is_in_the_trace(self):
        share, _ = self.a_share_with_a_guest()
        door = share["link"].split("@")[0].removeprefix("ssh ")
        kept = self.ring.read_bytes()
        self.assertIn(share["share_id"].encode(), kept)
        for secret in (door, door.split(":")[0], "lo-and-behold", f"{self.system.key()}.pub"):
            self.assertNotIn(secret.encode(), kept)
        self.assertEqual(os.stat(self.ring).st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(self.ring.parent).st_mode & 0o777, 0o700)

    def test_what_is_shown_is_chosen_by_share_correlation_actor_topic_and_time(self):
        self.system.terminal()
        first, second = self.system.share(), self.system.share()
        names = {each["actor"] for each in self.trace("--share", first["share_id"])}
        self.assertFalse([each for each in names if second["share_id"] in each])
        own = self.trace("--correlation", first["correlation_id"])
        self.assertIn("client share.start", [each["message"] for each in own])
        journal = [each for each in self.trace("--actor", "journal") if each["actor"] == "journal"]
        self.assertGreater(len(journal), 4)
        topics = {each["message"] for each in self.trace("--topic", "share.session.*")}
        self.assertIn("append share.session.started", topics)
        self.assertEqual(self.trace("--topic", "nothing.of.that"), [])
        self.assertEqual(self.trace("--since", "2040-01-01T00:00:00Z"), [])

    def test_a_crash_is_followed_back_to_the_command_that_began_it_by_its_file_alone(self):
        share, _ = self.a_share_with_a_guest()
        actor = f"shares/{share['share_id']}/share worker"
        self.system.json("chaos", "crash", actor)
        wait_until(lambda: "share.session.stopped" in self.system.event_types(share), "its share has ended")
        steps = self.trace("--share", share["share_id"])
        deaths = [each for each in steps if each["outcome"] == "crashed"]
        self.assertEqual({each["actor"] for each in deaths}, {actor})
        self.assertEqual(self.path(steps, deaths[-1])[0], ("router", "client chaos.crash"),
                         [self.path(steps, each) for each in deaths])
        self.assertIn("CRASHED", self.system.run("trace", "--share", share["share_id"], check=True).stdout)

    def test_what_led_to_a_crash_is_kept_in_a_file_that_the_receipt_names(self):
        self.system.terminal()
        self.system.json("chaos", "crash", "policy gate")
        receipt = wait_until(lambda: [each["metadata"] for each in self.system.audit()
                                      if each["eventType"] == "actor.restarted"], "it is started again")[0]
        kept = Path(receipt["trace"])
        wait_until(kept.exists, "the file is written")
        self.assertEqual(os.stat(kept).st_mode & 0o777, 0o600)
        steps = self.trace("--file", kept)
        death = [each for each in steps if each["outcome"] == "crashed"]
        self.assertEqual([each["actor"] for each in death], ["policy gate"])
        self.assertEqual(self.path(steps, death[0])[0], ("router", "client chaos.crash"))
        self.assertIn(kept.name, self.system.run("restarts", "--json", check=True).stdout)

    def test_a_killed_runtime_leaves_its_trace_and_the_next_one_keeps_it(self):
        share, _ = self.a_share_with_a_guest()
        self.system.kill_runtime()
        before = self.trace("--share", share["share_id"])
        self.of(before, "line guest_joined")
        self.system.run("terminals", check=True)
        previous = self.ring.with_name("previous.trace")
        self.assertEqual(len(self.trace("--file", previous, "--share", share["share_id"])), len(before))

    def test_steps_are_followed_as_they_happen(self):
        self.system.terminal()
        with self.system.start("trace", "--follow", "--topic", "share.start", "--json") as follower:
            self.addCleanup(end_process, follower)
            # It tells nothing that was before it, so something has to happen until it listens.
            said = self.told_by(follower, lambda: self.system.run(*self.system.share_words("nobody")))
            self.assertEqual(said["message"], "client share.start")
            follower.send_signal(signal.SIGINT)
            self.assertEqual(follower.wait(processes.GENEROUS), 0)

    def told_by(self, follower, happen):
        os.set_blocking(follower.stdout.fileno(), False)

        def heard():
            line = follower.stdout.readline()
            if not line:
                happen()
            return line
        return json.loads(wait_until(heard, "it tells a step"))

    def test_a_follower_goes_on_with_the_runtime_that_comes_after(self):
        self.system.terminal()
        with self.system.start("trace", "--follow", "--topic", "share.start", "--json") as follower:
            self.addCleanup(end_process, follower)
            ask = lambda: self.system.run(*self.system.share_words("nobody"))  # noqa: E731
            self.told_by(follower, ask)
            self.system.run("daemon", "--stop", check=True)
            self.system.run("terminals", check=True)
            instance = self.trace("--since", "1m")[-1]["id"][:6]
            wait_until(lambda: self.told_by(follower, ask)["id"].startswith(instance), "it tells of the new one")
            follower.send_signal(signal.SIGINT)
            self.assertEqual(follower.wait(processes.GENEROUS), 0)

    def test_what_is_chosen_counts_on_either_side_of_the_command(self):
        self.system.terminal()
        before, behind = (self.system.run(*words, check=True).stdout for words in (
            ("trace", "--actor", "nobody", "export", "--format", "ndjson"),
            ("trace", "export", "--actor", "nobody", "--format", "ndjson")))
        self.assertEqual((before, behind), ("", ""))
        for words in (("--follow", "export", "--format", "ndjson"), ("--follow", "--since", "1m"),
                      ("--follow", "--file", "x")):
            self.assertEqual(self.system.run("trace", *words).returncode, 2, words)

    def test_a_client_of_a_larger_trace_finds_itself_in_ours_and_us_in_its_own(self):
        self.system.terminal()
        theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        with self.system.bus() as bus:
            bus.ask("bus.subscribe", topics=["share.requested"], state=False)
            command = {"id": "a", "type": "command", "method": "share.start", "traceparent": theirs,
                       "payload": {"terminal": "demo",
                                   "keys": [Path(f"{self.system.key()}.pub").read_text().strip()]}}
            bus.send(json.dumps(command).encode() + b"\n")
            answer = bus.response()
            event = bus.event("share.requested")
        self.assertEqual(answer["correlation_id"], "0af76519-16cd-43dd-8448-eb211c80319c")
        for said in (answer, event):
            version, trace, span, _ = said["traceparent"].split("-")
            self.assertEqual((version, trace), ("00", "0af7651916cd43dd8448eb211c80319c"))
            steps = self.trace("--correlation", answer["correlation_id"])
            self.assertIn(span, [each["id"] for each in steps])
        command = self.of(steps, "client share.start")[0]
        self.assertEqual(command["parent"], "b7ad6b7169203331")
        self.assertEqual(command["trace_id"], "0af7651916cd43dd8448eb211c80319c")

    def test_a_recording_becomes_a_scenario_that_plays_the_same_crash_again(self):
        share, _ = self.a_share_with_a_guest()
        self.system.json("chaos", "crash", f"shares/{share['share_id']}/ttl clock")
        wait_until(lambda: "actor.restarted" in [each["eventType"] for each in self.system.audit()], "it is told")
        self.system.run("revoke", share["share_id"], "--reason", "enough", check=True)
        kept = self.home / "incident.trace"
        # Two recorders at once read the same ring.
        with self.system.start("trace", "record", "--last", "1h", "-o", str(self.home / "other.trace")) as other:
            self.system.run("trace", "record", "--last", "1h", "-o", kept, check=True)
            self.assertEqual(other.wait(processes.GENEROUS), 0)
        script = self.home / "incident.json"
        self.system.run("scenario", "from-trace", kept, "-o", script, check=True)
        played = [self.system.json("scenario", "run", script) for _ in range(2)]
        self.assertTrue(played[0]["passed"], played[0])
        self.assertEqual(played[0]["trace"], played[1]["trace"])
        self.assertIn('"actor": "ttl clock"', script.read_text())
        self.assertIn('"recorded"', script.read_text())

    def test_what_can_not_be_read_is_told_with_its_reason(self):
        self.system.terminal()
        share = self.system.share()
        bad = self.home / "bad.trace"
        bad.write_bytes(b"not a trace at all" * 1000)
        kept = self.home / "kept.trace"
        self.system.run("trace", "record", "-o", kept, check=True)
        newer = bytearray(kept.read_bytes())
        newer[8] = 9
        (self.home / "newer.trace").write_bytes(newer)
        for file, code in [(bad, "bad_trace"), (self.home / "newer.trace", "trace_version"),
                           (self.home / "none.trace", "no_trace"), (self.home, "bad_trace")]:
            refused = self.system.run("--json", "trace", "--file", file)
            self.assertIn(code, refused.stdout + refused.stderr)
            self.assertNotEqual(refused.returncode, 0)
        (self.home / "cut.trace").write_bytes(kept.read_bytes()[:-200])
        self.assertIn("cut", self.system.run("trace", "--file", self.home / "cut.trace", check=True).stderr)
        unknown = self.system.run("trace", "--file", kept, "--share", "ffffffff-no-such")
        self.assertIn("termlease why", unknown.stderr)
        self.system.run("trace", "--share", share["share_id"][-8:], check=True)


@unittest.skipIf(MISSING, MISSING)
class Reasons(Case):
    def test_why_a_share_was_denied_waited_or_ended_is_told_in_sentences(self):
        self.system.rules(DENIES)
        self.system.terminal()
        self.system.run(*self.system.share_words("demo", "--mode", "rw"))
        denied = next(each for each in self.system.audit() if each["eventType"] == "share.denied")
        told = self.system.run("why", denied["shareId"], check=True).stdout
        self.assertIn("operator asked to share demo through upterm, rw", told)
        self.assertIn("It was denied: rule no-typing", told)
        share = self.system.share()
        self.system.run("revoke", share["share_id"], "--reason", "that is enough", check=True)
        told = self.system.run("why", share["share_id"][-8:], check=True).stdout
        self.assertIn("The policy allowed it: rule looking", told)
        self.assertIn("The link was there", told)
        self.assertIn("It ended as revoked", told)
        self.assertIn("that is enough", told)

    def test_a_share_that_the_trace_has_forgotten_is_told_from_the_journal(self):
        self.system.terminal()
        share = self.system.share()
        self.system.kill_runtime()
        self.system.run("terminals", check=True)
        told = self.system.run("why", share["share_id"], check=True).stdout
        self.assertIn("runtime_restarted", told)
        self.assertIn("No part of the runtime was slow", told)  # of the runtime before it is still known
        self.system.run("daemon", "--stop", check=True)
        self.system.run("terminals", check=True)
        told = self.system.run("why", share["share_id"], check=True).stdout
        self.assertIn("trace has nothing of it any more", told)
        refused = self.system.run("why", "ffffffff")
        self.assertIn("the journal holds nothing", refused.stderr)


@unittest.skipIf(MISSING, MISSING)
class WithoutARing(Case):
    settings = "[trace]\nring = 0\n"

    def test_a_runtime_without_a_ring_works_and_says_that_it_keeps_nothing(self):
        self.system.terminal()
        self.system.share()
        self.assertIn("trace.ring", self.system.run("trace").stderr)
        self.assertFalse(self.ring.exists())
        with self.system.bus() as bus:
            self.assertEqual(bus.ask("runtime.status")["traceparent"], "")


@unittest.skipIf(MISSING or scarcity.MISSING_DISK, MISSING or scarcity.MISSING_DISK)
class OnAFullDisk(Case):
    def test_a_ring_for_which_there_is_no_space_is_kept_in_memory(self):
        state = self.home / "state"
        state.mkdir(mode=0o700)
        log = tempfile.TemporaryFile()
        self.addCleanup(log.close)
        words = scarcity.on_a_small_disk(state, "4m", *self.system.words("daemon"))
        runtime = subprocess.Popen(words, env=self.system.environment, stderr=log, stdout=log)
        self.addCleanup(end_process, runtime)
        wait_until(lambda: self.system.run("daemon", "--status").returncode == 0, "it is up")
        self.system.terminal()
        self.system.share()
        inside = Path(f"/proc/{runtime.pid}/root{state}/runtime.log")
        log.seek(0)
        said = log.read().decode() + (inside.read_text() if inside.exists() else "")
        self.assertIn("is kept in memory only", said)


if __name__ == "__main__":
    unittest.main()
