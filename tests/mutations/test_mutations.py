"""Small harmful changes to the actors, each of which the scenarios must notice.

A scenario that passes proves little as long as nobody has seen it fail. So a copy of the sources is changed, built and
played: first every scenario as it stands, then many orders of turns of each. A change that only shows in some orders is
a race: it has to be found, made short, and to fail again in the same way.
"""

import json
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "mutations"
SOURCE = FOLDER / "source"
PROGRAM = FOLDER / "build" / "bin" / "termlease"
SCENARIOS = SOURCE / "tests" / "scenarios"
LEFT_OUT = {"build", ".git"}  # of the tree
MUTATIONS = json.loads((ROOT / "tests" / "mutations" / "mutations.json").read_text())
SEEDS = 1000
STEP = 100       # seeds of one scenario at a time
REPLAYS = 10
LONGER = 2       # steps that a script made short may have more than the shortest one
LONGEST = 1800   # seconds


def run(*words, check=True):
    done = subprocess.run([str(each) for each in words], capture_output=True, text=True, timeout=LONGEST, check=False,
                          cwd=FOLDER)
    if check and done.returncode != 0:
        raise AssertionError(f"{words[0]} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done


def copy_sources():
    """As they are now; what is the same already keeps its time, so that it isn't built again."""
    wanted = {each.relative_to(ROOT) for room in ROOT.iterdir() if room.name not in LEFT_OUT
              for each in ([room] if room.is_file() else room.rglob("*")) if each.is_file()}
    for old in SOURCE.rglob("*"):
        if old.is_file() and old.relative_to(SOURCE) not in wanted:
            old.unlink()
    for each in wanted:
        ours, copy = ROOT / each, SOURCE / each
        if not copy.exists() or copy.read_bytes() != ours.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ours, copy)


def build():
    run("ninja", "-C", FOLDER / "build", "termlease")


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
        copy_sources()
        if not (FOLDER / "build" / "build.ninja").exists():
            run("cmake", "-S", SOURCE, "-B", FOLDER / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release")
        build()
        if failing := played():
            raise AssertionError(f"without any change these fail: {failing}")

    def change(self, mutation):
        changes = [mutation, *mutation.get("also", [])]
        for each in changes:
            file = SOURCE / each["file"]
            text = file.read_text()
            self.assertEqual(text.count(each["was"]), 1, f"{each['file']} has changed: mend the mutation")
            self.addCleanup(file.write_text, text)
            file.write_text(text.replace(each["was"], each["is"]))
        build()

    def notice(self, mutation):
        self.change(mutation)
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


for each_mutation in MUTATIONS:
    add(each_mutation)

if __name__ == "__main__":
    unittest.main()
