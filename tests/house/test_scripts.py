"""Scripts are read by the shell without complaint, and tests wait for events, never for time."""

import os
import re
import subprocess
import unittest

import sources

# A wait between two looks at a condition is no wait for time; it lives in a support folder.
SLEEPS = re.compile(r"sleep_for|sleep_until|\busleep\(|\bnanosleep\(|\btime\.sleep\(")


class Scripts(unittest.TestCase):
    def test_every_shell_script_parses(self):
        scripts = sources.shell_scripts()
        self.assertTrue(scripts)
        for path in scripts:
            with self.subTest(script=str(path)):
                ran = subprocess.run(["bash", "-n", sources.REPO / path], capture_output=True,
                                     text=True, check=False)
                self.assertEqual((ran.returncode, ran.stderr), (0, ""))

    def test_every_script_with_an_interpreter_can_be_executed(self):
        for name in ("run", "test", "bench", ".ci/run"):
            with self.subTest(script=name):
                self.assertTrue(os.access(sources.REPO / name, os.X_OK))

    def test_no_script_ends_processes_by_name(self):
        by_name = re.compile(r"\b(pkill|killall)\b")
        for path in [*sources.shell_scripts(), *sources.project_files(".py", ".cpp")]:
            if path.parts[:2] == ("tests", "house"):
                continue
            with self.subTest(file=str(path)):
                self.assertIsNone(by_name.search(sources.read(path)))


class Sleeps(unittest.TestCase):
    def test_no_test_sleeps(self):
        for path in sources.project_files(".cpp", ".hpp", ".py", under="tests"):
            if path.parts[1] == "house" or "support" in path.parts:
                continue
            for number, line in enumerate(sources.read(path).splitlines(), 1):
                with self.subTest(place=f"{path}:{number}"):
                    self.assertNotRegex(line, SLEEPS)


if __name__ == "__main__":
    unittest.main()
