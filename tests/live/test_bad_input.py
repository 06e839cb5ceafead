"""Bad input: a clear error, nothing lost, nothing half-started."""

import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program, running  # noqa: E402
from support.lending import Lending, touched_by  # noqa: E402
from support.processes import free_port, wait_until  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
FAILED, USAGE = 1, 2
FILLED = 8 << 20  # bytes of the small disk


@unittest.skipIf(MISSING, MISSING)
class BadInput(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(self.home))
        self.system.terminal()

    def assert_refused(self, done, code, *words):
        self.assertIn(done.returncode, code if isinstance(code, tuple) else (code,), done.stderr)
        self.assertIn("error:", done.stderr)
        self.assertIn("next:", done.stderr)
        for each in words:
            self.assertIn(each, done.stderr)
        self.assertNotIn("ssh ", done.stdout)
        self.assertEqual(self.system.share_processes(), {})
        self.assertEqual(self.system.json("shares"), [])

    # --- keys ---

    def test_a_key_file_that_is_no_key_never_opens_a_door(self):
        files = {"empty": b"", "blank": b"\n  \n# only a comment\n", "garbage": b"this is no key\n",
                 "binary": bytes(range(256)), "half": b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\n",
                 "command": b'command="sh" ' + Path(f"{self.system.key()}.pub").read_bytes()}
        for name, content in files.items():
            with self.subTest(key=name):
                (self.home / name).write_bytes(content)
                self.assert_refused(self.system.run("share", "demo", "--key", self.home / name), FAILED, name)
        self.assert_refused(self.system.run("share", "demo", "--key", self.home / "nowhere"), FAILED,
                            "no_key_file")
        self.assert_refused(self.system.run("share", "demo", "--key", self.home), FAILED, "folder")
        good, bad = f"{self.system.key()}.pub", self.home / "garbage"
        self.assert_refused(self.system.run("share", "demo", "--key", good, "--key", bad), FAILED, "garbage")
        self.assert_refused(self.system.run("share", "demo", "--key", "-"), FAILED, "standard input")

    def test_a_private_key_is_refused_unless_its_public_half_lies_beside_it(self):
        lonely = self.home / "lonely"
        lonely.write_bytes(self.system.key().read_bytes())
        self.assert_refused(self.system.run("share", "demo", "--key", lonely), FAILED, "private key")
        done = self.system.run("share", "demo", "--key", self.system.key())
        self.assertEqual(done.returncode, 0, done.stderr)
        private = self.system.key().read_text().splitlines()[1]
        for file in (self.home / "state").iterdir():
            if file.is_file():
                self.assertNotIn(private.encode(), file.read_bytes())

    # --- times, names, ids ---

    def test_a_ttl_that_makes_no_sense_is_refused(self):
        """[FR-026-003]"""
        for wrong in ("0", "0s", "-5m", "soon", "", "5", "1e9h", "99999999999999999999h", "9h", "31d"):
            with self.subTest(ttl=wrong):
                self.assert_refused(self.system.run(*self.system.share_words(), f"--ttl={wrong}"),
                                    (FAILED, USAGE))
        for words in (("--ttl", "5m", "--warn", "5m"), ("--ttl", "1m", "--warn", "1h"), ("--warn", "x")):
            with self.subTest(words=words):
                self.assert_refused(self.system.run(*self.system.share_words(), *words), (FAILED, USAGE))

    def test_what_does_not_exist_is_named(self):
        self.assert_refused(self.system.run(*self.system.share_words("nowhere")), FAILED,
                            "no_such_terminal", "nowhere")
        self.system.terminal("gone")
        self.system.run("terminal", "close", "gone", check=True)
        self.assert_refused(self.system.run(*self.system.share_words("gone")), FAILED, "no_such_terminal")
        for command in (("show",), ("stop",), ("revoke",), ("extend",)):
            done = self.system.run(*command, "01234567", *(("5m",) if command == ("extend",) else ()))
            self.assert_refused(done, FAILED, "no_such_share")
        for command in ("approve", "deny"):
            self.assert_refused(self.system.run(command, "01234567"), FAILED, "no_such_approval")
        self.assert_refused(self.system.run("share", "demo", "--mode", "rwx"), USAGE)
        self.assert_refused(self.system.run("shaer", "demo"), USAGE, "share")

    def test_a_terminal_does_not_start_where_it_cannot(self):
        file = self.home / "file"
        file.write_text("")
        for folder in (self.home / "nowhere", file):
            with self.subTest(folder=folder.name):
                done = self.system.run("terminal", "new", "lost", "--cd", folder)
                self.assert_refused(done, FAILED, "bad_folder", str(folder))
        self.assertEqual([each["name"] for each in self.system.json("terminals")], ["demo"])

    # --- backends ---

    def with_settings(self, text):
        """A runtime that has these settings beside those that are there."""
        self.system.run("daemon", "--stop", check=True)
        (self.home / "config" / "config.toml").write_text(text)

    def program(self, name, text):
        path = self.home / name
        path.write_text(text)
        path.chmod(0o700)
        return path

    def test_a_backend_that_cannot_work_is_named_with_what_to_do(self):
        uptermd = processes.upterm_dir() / "uptermd"
        old = self.program("old", "#!/bin/sh\necho 'Upterm version 0.9.0'\n")
        exits = self.program("exits", "#!/bin/sh\n[ \"$1\" = version ] && echo 'Upterm version v0.24.0' "
                                      "&& exit 0\nexit 7\n")
        for upterm in (self.home / "nowhere", self.home / "guest.pub", old, exits):
            with self.subTest(upterm=upterm.name):
                self.with_settings(f'[upterm]\nprogram = "{upterm}"\nuptermd_program = "{uptermd}"\n')
                self.assert_refused(self.system.run(*self.system.share_words()), FAILED)
                self.assertNotEqual(self.system.run("doctor").returncode if upterm != exits else 1, 0)
        self.assertEqual(list((self.home / "run" / "shares").iterdir()), [])

    def test_a_relay_that_cannot_work_is_named(self):
        upterm = processes.upterm_dir() / "upterm"
        with self.subTest("one's own on a closed port"):
            (self.home / "hosts").write_text("")
            self.with_settings(f'[upterm]\nprogram = "{upterm}"\nrelay_host = "127.0.0.1"\n'
                               f'relay_port = {free_port()}\nknown_hosts = "{self.home}/hosts"\n')
            self.assert_refused(self.system.run(*self.system.share_words()), FAILED, "relay")
        with self.subTest("ours, which exits at once"):
            exits = self.program("relay", "#!/bin/sh\n[ \"$1\" = version ] && echo 'Upterm version v0.24.0' "
                                          "&& exit 0\necho nothing works >&2\nexit 7\n")
            self.with_settings(f'[upterm]\nprogram = "{upterm}"\nuptermd_program = "{exits}"\n')
            self.assert_refused(self.system.run(*self.system.share_words()), FAILED, "relay")

    def test_a_mistake_in_the_settings_is_told_with_its_line(self):
        self.with_settings('[shares]\ndefault_ttl = "soon"\nmax_tll = "1h"\n')
        done = self.system.run("shares")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("config.toml:2", done.stderr)
        (self.home / "config" / "config.toml").unlink()

    # --- the disk ---

    def use_up_what_the_journal_has(self):
        """SQLite has some space of its own in its files."""
        with self.system.bus() as bus:
            while (bus.ask("token.create", name="ann", kind="human")["status"] == "ok"
                   and bus.ask("token.revoke", name="ann")["status"] == "ok"):
                pass

    @unittest.skipIf(os.geteuid() != 0, "only root can make a small disk")
    def test_on_a_full_disk_no_share_starts_and_with_space_again_one_does(self):
        self.system.run("daemon", "--stop", check=True)
        state = self.home / "state"
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={FILLED},mode=700", "tmpfs", state],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest(f"no small disk can be made: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", state], check=True)
        self.system.terminal("small")
        share = self.system.share("small")
        filler = state / "filler"
        with open(filler, "wb") as file, self.assertRaises(OSError):
            while True:
                os.write(file.fileno(), bytes(4096))
        self.use_up_what_the_journal_has()
        refused = self.system.run(*self.system.share_words("small"))
        self.assertEqual(refused.returncode, FAILED, refused.stderr)
        self.assertIn("journal_full", refused.stderr)
        self.assertIn("next:", refused.stderr)
        self.assertEqual(list(self.system.share_processes().values()).count("termlease-worke"), 1)
        revoked = self.system.run("revoke", share["share_id"])
        wait_until(lambda: not self.system.share_processes(), f"the door closes: {revoked.stderr}")
        filler.unlink()
        again = wait_until(lambda: self.system.run("--json", *self.system.share_words("small")), "an answer")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.system.run("audit", "verify", check=True)
        self.system.run("daemon", "--stop", check=True)

    # --- Ctrl-C ---

    def test_an_interrupted_share_is_whole_or_not_at_all(self):
        moments = ("share.requested", "share.allowed", "relay.started", "share.session.started")
        for how in (signal.SIGINT, signal.SIGTERM):
            for moment in moments:
                if moment == "relay.started":
                    self.system.run("daemon", "--stop", check=True)
                    self.system.json("shares")
                with self.subTest(moment=moment, how=how.name), self.system.bus() as bus:
                    bus.ask("bus.subscribe", topics=[moment], state=False)
                    with running(self.system.start(*self.system.share_words(), "--json")) as asking:
                        bus.event(moment)
                        asking.send_signal(how)
                        out, err = asking.communicate(timeout=processes.GENEROUS)
                    if asking.returncode == 0:
                        self.assertIn('"link"', out)
                        self.system.run("stop", self.system.json("shares")[0]["share_id"], check=True)
                    else:
                        self.assertEqual(asking.returncode, 130, err)
                    wait_until(lambda: self.system.json("shares") == [], "nothing is shared")
                    self.system.wait_clean()
        left = set(touched_by(self.home).values())
        self.assertFalse(left & {"termlease-worke", "termlease-guest", "upterm"})


if __name__ == "__main__":
    unittest.main()
