"""Every scenario here passes, and together they reach every transition of a share's and an approval's life."""

import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import jsonschema

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAM = Path(os.environ.get("TERMLEASE_BIN", ROOT / "build" / "release" / "bin")) / "termlease"
LIMIT = 60  # seconds; a scenario takes milliseconds

# What can happen to a share and to an approval (docs/architecture.md, "Life of a share").
TRANSITIONS = {
    "share: (new) -> requested", "share: requested -> denied", "share: requested -> awaiting_approval",
    "share: requested -> starting", "share: awaiting_approval -> starting",
    "share: awaiting_approval -> denied", "share: awaiting_approval -> ended",
    "share: starting -> active", "share: starting -> ended", "share: starting -> denied", "share: active -> expiring",
    "share: expiring -> active", "share: active -> ended", "share: expiring -> ended",
    "approval: (new) -> pending", "approval: pending -> approved", "approval: pending -> denied",
    "approval: pending -> expired", "approval: pending -> withdrawn",
}

ONLY_REAL = {"NFR-026-002"}  # memory


def play(file, *words):
    done = subprocess.run([PROGRAM, "scenario", "run", file, "--json", *words], capture_output=True,
                          text=True, timeout=LIMIT, check=False)
    return json.loads(done.stdout) if done.stdout else {"passed": False, "failure": done.stderr}


class Scenarios(unittest.TestCase):
    def test_together_they_reach_every_transition(self):
        reached = {}
        for file in sorted(HERE.glob("*.json")):
            for each in play(file).get("transitions", []):
                reached.setdefault(each, []).append(file.stem)
        print()
        for each in sorted(TRANSITIONS | set(reached)):
            print(f"  {len(reached.get(each, [])):3} scenarios  {each}")
        self.assertEqual(set(reached), TRANSITIONS)

    def test_every_number_that_has_a_meaning_in_virtual_time_has_a_scenario(self):
        requirements = (ROOT / "docs" / "requirements.md").read_text()
        claimed = set(re.findall(r"^\| ([A-Z]+-026-\d+) \|.*\| (?:this version|in part) \|$", requirements, re.M))
        shown = set()
        for file in HERE.glob("*.json"):
            text = re.sub(r"^ *//.*$", "", file.read_text(), flags=re.M)
            shown |= set(json.loads(text).get("shows", []))
        self.assertEqual(claimed - shown - ONLY_REAL, set())
        self.assertEqual(shown - claimed, set(), "no scenario shows what is not claimed")

    def test_two_runs_of_one_seed_are_the_same_run(self):
        for file in sorted(HERE.glob("*.json"))[:5]:
            for strategy in ("fifo", "random", "pct"):
                words = ("--seed", "11", "--strategy", strategy)
                self.assertEqual(play(file, *words)["trace"], play(file, *words)["trace"], f"{file} {strategy}")


class Traces(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def played(self, file, *words):
        """Plays it, and makes a scenario of what was recorded; both outcomes."""
        recording, again = self.folder / "run.trace", self.folder / "again.json"
        again.unlink(missing_ok=True)
        first = play(file, "--trace", recording, *words)
        subprocess.run([PROGRAM, "scenario", "from-trace", recording, "-o", again], check=True, timeout=LIMIT,
                       capture_output=True)
        return first, play(again)

    def test_a_recording_of_a_run_plays_the_same_run_again(self):
        for file in sorted(HERE.glob("*.json"))[::7]:
            for words in ((), ("--seed", "11", "--strategy", "random"), ("--seed", "5", "--strategy", "pct")):
                with self.subTest(file=file.name, words=words):
                    first, again = self.played(file, *words)
                    self.assertTrue(again["passed"], again)
                    self.assertEqual(again["trace"], first["trace"])

    def test_a_recording_of_a_failing_run_fails_alike(self):
        text = (HERE / "FR-026-003-links-have-a-time-to-live.json").read_text()
        failing = self.folder / "failing.json"
        failing.write_text(text.replace('"steps": [', '"steps": [{"expect": "share.session.started"},', 1))
        first, again = self.played(failing, "--seed", "3", "--strategy", "random")
        self.assertFalse(first["passed"])
        self.assertEqual((again["trace"], again["failure"]["what"]), (first["trace"], first["failure"]["what"]))

    def test_what_caused_what_is_the_same_tree_in_each_known_flow(self):
        for expected in sorted((HERE / "trees").glob("*.txt")):
            with self.subTest(flow=expected.stem):
                recording = self.folder / f"{expected.stem}.trace"
                self.assertTrue(play(HERE / f"{expected.stem}.json", "--trace", recording)["passed"])
                self.assertEqual(self.tree(recording), expected.read_text())

    @staticmethod
    def tree(recording):
        """Who did what, indented below what it came of; ids are told in the order in which they are met."""
        shown = subprocess.run([PROGRAM, "trace", "--file", recording, "--actor", "shares/*", "--json"], check=True,
                               capture_output=True, text=True, timeout=LIMIT).stdout
        steps = json.loads(shown)
        below, ids = {}, {}
        for each in steps:
            below.setdefault(each["parent"], []).append(each)
        known = {each["id"] for each in steps}

        def plain(match):
            return ids.setdefault(match[0], f"#{len(ids) + 1}")

        def lines(of, depth):
            actor = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", plain, of["actor"])
            fate = of["outcome"] if of["outcome"] != "done" else of["kind"] if of["kind"] == "dead letter" else ""
            yield f"{'  ' * depth}{actor}  {of['message']}  {fate}".rstrip()
            for each in below.get(of["id"], []):
                yield from lines(each, depth + 1)
        told = [line for each in steps if each["parent"] not in known for line in lines(each, 0)]
        return "".join(line + "\n" for line in told)


class TheCommands(unittest.TestCase):
    def scenario(self, *words):
        return subprocess.run([PROGRAM, "scenario", *map(str, words)], capture_output=True, text=True, timeout=LIMIT,
                              check=False)

    def write(self, **more):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        file = Path(folder, "written.json")
        file.write_text(json.dumps({"scenario": "written by a test", "setting": {"policy": "open"}, **more}))
        return file

    def test_the_examples_of_the_documentation_pass(self):
        file = self.write(steps=[])
        for document in ("scenarios.md", "policy.md"):
            text = (ROOT / "docs" / document).read_text()
            for example in re.findall(r'```json\n(\{[^`]*"scenario":[^`]*)```', text):
                file.write_text(example)
                done = self.scenario("run", file)
                self.assertEqual(done.returncode, 0, done.stdout)

    def test_each_step_is_told_with_its_moment(self):
        self.assertRegex(self.scenario("run", HERE / "FR-026-004-warns-extends-expires.json").stdout,
                         r"(?m)^ +25m  expect share.warned")

    def test_a_policy_of_ones_own_decides(self):
        file = self.write(steps=[{"do": "share.start", "with": {"terminal": "demo"}}])
        policy = file.with_name("policy.toml")
        policy.write_text('version = 1\n[[rule]]\nname = "nobody"\neffect = "deny"\nactions = ["share.start"]\n')
        self.assertEqual(self.scenario("run", file).returncode, 0)
        denied = self.scenario("run", file, "--policy", policy)
        self.assertEqual(denied.returncode, 1)
        self.assertIn("denied by rule 'nobody'", denied.stdout)
        self.assertIn("what the bus said", denied.stdout)

    def test_a_mistake_is_named_with_its_line_and_the_nearest_word(self):
        file = self.write(steps=[{"fault": "disc full"}])
        done = self.scenario("run", file)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"written\.json:1: .*'disc full' is no fault.*disk full")

    def test_a_failing_seed_is_told_with_the_commands_that_replay_it(self):
        file = self.write(steps=[{"do": "share.list"},
                                 {"do": "share.start", "with": {"terminal": "demo"}, "answer": "denied"}])
        done = self.scenario("explore", file, "--seeds", 10)
        self.assertEqual(done.returncode, 1)
        commands = re.findall(r"^ +termlease scenario (run .*)$", done.stdout, re.M)
        self.assertEqual(len(commands), 2, done.stdout)
        for each in commands:
            self.assertEqual(self.scenario(*each.split()).returncode, 1, each)
        short = json.loads(Path(commands[1].split()[1]).read_text())
        self.assertEqual(len(short["steps"]), 1)

    def test_what_may_stand_in_a_scenario_is_described_for_people_and_editors(self):
        words = self.scenario("describe").stdout
        for each in ("share.start", "share.warned", "disk full", "eventually", "together"):
            self.assertIn(each, words)
        schema = json.loads(self.scenario("describe", "--schema").stdout)
        self.assertEqual(schema["$schema"], "https://json-schema.org/draft/2020-12/schema")

    def test_an_editor_takes_what_the_program_takes_and_marks_what_it_refuses(self):
        schema = jsonschema.Draft202012Validator(json.loads(self.scenario("describe", "--schema").stdout))
        for file in sorted(HERE.glob("*.json")):
            text = re.sub(r"^ *//.*$", "", file.read_text(), flags=re.M)
            self.assertEqual([str(each)[:300] for each in schema.iter_errors(json.loads(text))], [], file.name)
        wrong_steps = [{"fault": "crash", "actor": "nobody"}, {"fault": "disk full", "chance": 101},
                       {"fault": "disk full", "by": "1s"}, {"fault": "disk full", "when": "no.topic"},
                       {"do": "share.start", "with": {"terminl": "demo"}}, {"inside": -1},
                       {"expect": "share.warned", "with": {"share": {"stat": "active"}}}]
        wrong = [{"steps": [each]} for each in wrong_steps]
        wrong += [{"steps": [], "strategy": "fastest"}, {"steps": [], "setting": {"policy": "opne"}},
                  {"steps": [], "setting": {"people": {"ann": "cat"}}},
                  {"steps": [], "properties": [{"always": "share.warned", "has": {"shar": 1}}]}]
        for each in wrong:
            with self.subTest(each):
                self.assertFalse(schema.is_valid({"scenario": "wrong", **each}))
                self.assertEqual(self.scenario("run", self.write(**each)).returncode, 1)

    def test_a_mistake_in_the_setting_is_named_with_its_line(self):
        file = self.write(steps=[])
        for setting, mistake in (({"policy": "opne"}, "open"), ({"policy": {"file": "none.toml"}}, "none.toml"),
                                 ({"policy": ["version = 1", "[[rule]]", 'effect = "alow"']}, "allow"),
                                 ({"settings": {"shares.max_tll": "2h"}}, "max_ttl")):
            with self.subTest(mistake):
                file.write_text(json.dumps({"scenario": "wrong", "setting": setting, "steps": []}, indent=1))
                done = self.scenario("run", file)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stdout, rf"written\.json:[4-9]\d?: setting\..*{re.escape(mistake)}")

    def test_a_file_that_cannot_be_played_holds_up_no_other(self):
        good = self.write(steps=[{"do": "share.list"}])
        done = self.scenario("run", good.with_name("missing.json"), good)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"failed +\S*missing\.json")
        self.assertRegex(done.stdout, r"passed +\S*written\.json")

    def test_what_never_happened_in_any_run_is_told(self):
        file = self.write(steps=[{"do": "share.list"}], properties=[{"sometimes": "share.revoked"}])
        done = self.scenario("explore", file, "--seeds", 5)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no run has seen it", done.stdout)


def add(file):
    def test(self):
        result = play(file)
        self.assertTrue(result["passed"], json.dumps({key: result.get(key) for key in ("failure", "around", "mistakes")},
                                                     indent=1))
    setattr(Scenarios, "test_" + file.stem.replace("-", "_"), test)


for each_file in sorted(HERE.glob("*.json")):
    add(each_file)

if __name__ == "__main__":
    unittest.main()
