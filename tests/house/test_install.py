"""What a package would hold is what the programs look for, where they look for it."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import sources

INSTALLED = (
    "bin/termlease",
    "libexec/termlease/termlease-worker",
    "libexec/termlease/termlease-guest",
    "libexec/termlease/hosts/build-zellij",
    "libexec/termlease/hosts/zellij/recipe.bash",
    "lib/systemd/user/termlease.service",
    "share/man/man1/termlease.1",
    "share/bash-completion/completions/termlease",
    "share/zsh/site-functions/_termlease",
    "share/fish/vendor_completions.d/termlease.fish",
)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.prefix = pathlib.Path(folder.name)
        cls.ran = subprocess.run(
            ["cmake", "--install", sources.PROGRAMS.parent, "--prefix", cls.prefix],
            capture_output=True, text=True, check=False)

    def test_everything_that_a_package_holds_is_installed(self):
        self.assertEqual(self.ran.returncode, 0, self.ran.stderr)
        for name in INSTALLED:
            with self.subTest(file=name):
                file = self.prefix / name
                self.assertTrue(file.is_file())
                self.assertGreater(file.stat().st_size, 0)

    def test_the_service_starts_an_absolute_path(self):
        self.assertEqual(self.ran.returncode, 0, self.ran.stderr)
        unit = (self.prefix / "lib/systemd/user/termlease.service").read_text()
        self.assertRegex(unit, re.compile(r"^ExecStart=/\S+/termlease daemon$", re.M))
        self.assertNotIn("@", unit)

    def test_the_installed_program_runs(self):
        self.assertEqual(self.ran.returncode, 0, self.ran.stderr)
        ran = subprocess.run([self.prefix / "bin/termlease", "--version"], capture_output=True,
                             text=True, timeout=20, check=False)
        self.assertEqual(ran.returncode, 0, ran.stderr)


if __name__ == "__main__":
    unittest.main()
