"""A copy of the sources that tests change and build, without a trace in the tree itself."""

import json
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "mutations"
SOURCE = FOLDER / "source"
PROGRAMS = FOLDER / "build" / "bin"
LEFT_OUT = {"build", ".git"}  # of the tree
LONGEST = 1800   # seconds


def listed(name):
    return json.loads((ROOT / "tests" / "mutations" / name).read_text())


def run(*words, check=True, **more):
    done = subprocess.run([str(each) for each in words], capture_output=True, text=True, timeout=LONGEST, check=False,
                          **{"cwd": FOLDER, **more})
    if check and done.returncode != 0:
        raise AssertionError(f"{words[0]} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done


def copy():
    """As they are now; what is the same already keeps its time, so that it isn't built again."""
    wanted = {each.relative_to(ROOT) for room in ROOT.iterdir() if room.name not in LEFT_OUT
              for each in ([room] if room.is_file() else room.rglob("*")) if each.is_file()}
    for old in SOURCE.rglob("*"):
        if old.is_file() and old.relative_to(SOURCE) not in wanted:
            old.unlink()
    for each in wanted:
        ours, theirs = ROOT / each, SOURCE / each
        if not theirs.exists() or theirs.read_bytes() != ours.read_bytes():
            theirs.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ours, theirs)
    if not (FOLDER / "build" / "build.ninja").exists():
        run("cmake", "-S", SOURCE, "-B", FOLDER / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release")


def build(*targets):
    run("ninja", "-C", FOLDER / "build", *targets)


def change(test, mutation, *targets):
    """Builds with the change; it is taken back when the test ends."""
    for each in [mutation, *mutation.get("also", [])]:
        file = SOURCE / each["file"]
        text = file.read_text()
        test.assertEqual(text.count(each["was"]), 1, f"{each['file']} has changed: mend the mutation")
        test.addCleanup(file.write_text, text)
        file.write_text(text.replace(each["was"], each["is"]))
    build(*targets)
