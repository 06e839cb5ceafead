"""Small harmful changes to the actors, each of which the scenarios must notice.

A scenario that passes proves little as long as nobody has seen it fail. So a copy of the sources is changed, built and
played: first every scenario as it stands, then many orders of turns of each. A change that only shows in some orders is
a race: it has to be found, made short, and to fail again in the same way.
"""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import changed_sources  # noqa: E402
from changed_sources import PROGRAMS, SOURCE, run  # noqa: E402

PROGRAM = PROGRAMS / "termlease"
SCENARIOS = SOURCE / "tests" / "scenarios"
SEEDS = 1000
STEP = 100       # seeds of one scenario at a time
REPLAYS = 10
LONGER = 2       # steps that a script made short may have more than the shortest one


def played():
    """The scenarios that fail as they stand."""
    failing = []
    for file in sorted(SCENARIOS.glob("*.json")):
        if run(PROGRAM, "scenario", "run", "--quiet", file, check=False).returncode != 0:
            failing.append(file)
    return failing


def explored():
    """The first scenario that fails in some order: its file, strategy, how many seeds it took, and what it says."""
    for first in range(1, SEEDS, STEP):
        for strategy in ("random", "pct"):
            for file in sorted(SCENARIOS.glob("[!f]*.json")):
                done = run(PROGRAM, "scenario", "explore", file, "--seeds", STEP, "--seed", first, "--strategy", strategy,
                           "--json", check=False)
                found = json.loads(done.stdout)
                if found.get("failing_seed"):
                    return file, strategy, found["failing_seed"], found
    return None


class Mutations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        changed_sources.copy()
        changed_sources.build("termlease")
        if failing := played():
            raise AssertionError(f"without any change these fail: {failing}")

    def notice(self, mutation):
        changed_sources.change(self, mutation, "termlease")
        failing = played()
        if failing and not mutation.get("race"):
            print(f"\n  {mutation['name']}: {failing[0].stem} and {len(failing) - 1} more", flush=True)
            return
        # What exploring once found is kept with its seed, and that is no order of arrival.
        failing = [each for each in failing if not each.stem.startswith("found-")]
        self.assertEqual(failing, [], "a race doesn't show in the order of arrival")
        found = explored()
        self.assertIsNotNone(found, f"no scenario notices that {mutation['name']}")
        file, strategy, seed, result = found
        print(f"\n  {mutation['name']}: {file.stem}, seed {seed} of {strategy}", flush=True)
        self.replay(result["short_script"], mutation.get("shortest"))

    def replay(self, script, shortest):
        """The short script fails again, each time in the same way; `shortest` is the length of the shortest one known."""
        self.addCleanup(Path(script).unlink)
        runs = {run(PROGRAM, "scenario", "run", script, "--json", check=False).stdout for _ in range(REPLAYS)}
        self.assertEqual(len(runs), 1)
        self.assertFalse(json.loads(runs.pop())["passed"])
        if shortest:
            self.assertLessEqual(len(json.loads(Path(script).read_text())["steps"]), shortest + LONGER)


def add(mutation):
    def test(self):
        self.notice(mutation)
    setattr(Mutations, "test_" + mutation["name"].replace(" ", "_").replace("'", "_"), test)


for each_mutation in changed_sources.listed("mutations.json"):
    add(each_mutation)

if __name__ == "__main__":
    unittest.main()
