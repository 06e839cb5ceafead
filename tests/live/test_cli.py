"""The CLI as a user meets it: a real runtime that it starts, a real tmux, a real share."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import CommandLine, missing_program, running  # noqa: E402
from support.processes import Guest, Tmux, alive, wait_until  # noqa: E402

MISSING = missing_program()
MISSING_FOR_SHARES = MISSING or processes.missing_for_live_tests()


@unittest.skipIf(MISSING, MISSING)
class WithoutAShare(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(processes.scratch_dir())
        self.cli = self.enterContext(CommandLine(self.home))

    def test_a_command_starts_the_runtime_and_the_next_ones_find_it(self):
        self.assertEqual(self.cli.run("daemon", "--status").returncode, 1)
        self.assertEqual(self.cli.run("shares", "--no-start").returncode, 4)
        self.assertEqual(self.cli.json("shares"), [])
        first = self.cli.json("daemon", "--status")
        self.assertTrue(alive(first["pid"]))
        self.assertEqual(self.cli.json("daemon", "--status")["pid"], first["pid"])
        self.assertEqual(self.cli.run("daemon", "--stop").returncode, 0)
        self.assertFalse(alive(first["pid"]), "stop returns once the runtime is gone")

    def test_commands_that_start_at_once_share_one_runtime(self):
        started = [self.cli.start("shares", "--json") for _ in range(6)]
        for each in started:
            with running(each):
                out, err = each.communicate(timeout=processes.GENEROUS)
                self.assertEqual((each.returncode, out.strip()), (0, "[]"), err)
        pid = self.cli.json("daemon", "--status")["pid"]
        runtimes = [entry.name for entry in Path("/proc").iterdir()
                    if entry.name.isdigit() and self.is_runtime(entry)]
        self.assertEqual(runtimes, [str(pid)])

    def is_runtime(self, entry):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            home = f"TERMLEASE_HOME={self.home}".encode()
            return b"daemon" in words and home in (entry / "environ").read_bytes()
        except OSError:
            return False

    def test_a_second_runtime_says_who_holds_the_socket(self):
        self.cli.run("shares", check=True)
        pid = self.cli.json("daemon", "--status")["pid"]
        second = self.cli.run("daemon")
        self.assertEqual(second.returncode, 1)
        self.assertIn(str(pid), second.stderr)

    def test_terminals_are_opened_listed_adopted_and_closed(self):
        opened = self.cli.json("terminal", "new", "demo", "--lane", "ci", "--", "sh", "-c", "cat; [x]")
        self.assertEqual((opened["name"], opened["lane"], opened["adopted"]), ("demo", "ci", False))
        again = self.cli.run("terminal", "new", "demo", "--json")
        self.assertEqual(again.returncode, 1)
        self.assertIn("error", json.loads(again.stdout))
        tmux = self.enterContext(Tmux(Path(self.enterContext(processes.scratch_dir()))))
        adopted = self.cli.json("terminal", "adopt", "work", "--tmux-session", "lent",
                                "--tmux-socket", tmux.socket)
        self.assertEqual((adopted["adopted"], adopted["pane"]), (True, tmux.pane))
        self.assertEqual([each["name"] for each in self.cli.json("terminals")], ["demo", "work"])
        self.cli.run("terminal", "close", "work", check=True)
        self.assertEqual(tmux.run("list-sessions", "-F", "#S"), "lent", "forgotten, not ended")
        self.cli.run("terminal", "close", "demo", check=True)
        self.assertEqual(self.cli.json("terminals"), [])
        self.assertEqual(len(self.cli.json("terminals", "--all")), 2)

    def test_attaching_shows_the_terminal(self):
        self.cli.run("terminal", "new", "demo", "--", "sh", "-c", "echo lo-and-behold; cat", check=True)
        self.assertEqual(self.cli.run("terminal", "attach", "demo").returncode, 1, "stdin is no tty")
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        os.environ.update(self.cli.environment)
        os.environ.pop("TMUX", None)
        with Guest(self.cli.words("terminal", "attach", "demo")) as window:
            window.wait_for("lo-and-behold")
            subprocess.run(["tmux", "-S", self.home / "run" / "tmux.sock", "detach-client", "-s", "=demo"],
                           check=True)
            window.wait_gone()
            self.assertIn(b"detached", window.seen)

    def test_completion_knows_what_the_runtime_knows(self):
        self.cli.run("terminal", "new", "demo", check=True)
        script = ("source <(termlease completion bash); COMP_WORDS=(termlease share d); COMP_CWORD=2; "
                  '_termlease; echo "${COMPREPLY[@]}"')
        path = f"{processes.programs_dir()}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True,
                              env={**self.cli.environment, "PATH": path})
        self.assertEqual(done.stdout.strip(), "demo")

    def test_doctor_names_what_is_missing_and_how_to_get_it(self):
        (self.home / "config" / "policy.toml").unlink()
        done = self.cli.run("doctor", "--json")
        self.assertEqual(done.returncode, 1)
        found = {each["name"]: each for each in json.loads(done.stdout)["findings"]}
        self.assertEqual(found["policy"]["state"], "missing")
        self.assertIn("policy init", found["policy"]["hint"])
        self.assertEqual(found["tmux"]["state"], "ok")

    def test_a_token_is_another_caller(self):
        token = self.cli.run("token", "create", "bot", "--kind", "agent", check=True).stdout.strip()
        as_bot = {"environment": {"TERMLEASE_TOKEN": token}}
        self.assertEqual(self.cli.run("shares", **as_bot).returncode, 0)
        self.assertEqual(self.cli.run("token", "create", "x", "--kind", "agent", **as_bot).returncode, 3)
        self.cli.run("token", "revoke", "bot", check=True)
        self.assertEqual(self.cli.run("shares", **as_bot).returncode, 3)

    def test_watch_tells_what_happens_and_ends_quietly(self):
        self.cli.run("shares", check=True)
        with running(self.cli.start("watch", "--json", "--topics", "terminal.>")) as watch:
            self.opened_while(watch)
            topics = (json.loads(line)["topic"] for line in watch.stdout)
            self.assertEqual(next(each for each in topics if not each.endswith(".snapshot")),
                             "terminal.spawned")
            watch.send_signal(signal.SIGINT)
            self.assertEqual(watch.wait(processes.GENEROUS), 0)
            self.assertEqual(watch.stderr.read(), "")

    def opened_while(self, watch):
        """Opens a terminal once the watcher is a client of the runtime."""
        wait_until(lambda: self.cli.json("daemon", "--status")["clients"] > 1, "the watcher is there")
        self.assertIsNone(watch.poll())
        self.cli.run("terminal", "new", "seen", check=True)


@unittest.skipIf(MISSING_FOR_SHARES, MISSING_FOR_SHARES)
class WithAShare(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(processes.scratch_dir())
        self.cli = self.enterContext(CommandLine(self.home))
        self.cli.run("terminal", "new", "demo", "--", "sh", "-c", "echo lo-and-behold; cat", check=True)

    def guest(self, link, key):
        program, *rest = link.split()
        self.assertEqual(program, "ssh")
        options = [word.replace("StrictHostKeyChecking=yes", "StrictHostKeyChecking=accept-new")
                   for word in processes.ssh_options(key, self.home)]
        return self.enterContext(Guest([program, *options, *rest]))

    def test_the_link_with_the_key_that_was_made_lets_a_guest_look(self):
        share = self.cli.json("share", "demo", "--ttl", "5m")
        key = self.home / "guest_key"
        key.touch(mode=0o600)
        key.write_text(share["private_key"])
        guest = self.guest(share["link"], key)
        guest.wait_for("lo-and-behold")
        shown = wait_until(lambda: self.cli.json("show", share["share_id"][-8:])["guests"], "a guest")
        self.assertEqual(shown[0]["key_fingerprint"], share["key_fingerprints"][0])
        self.assertNotIn("link", self.cli.json("shares")[0])
        self.assertEqual(self.cli.json("shares", "--links")[0]["link"], share["link"])
        self.assertIn("ends in", self.cli.run("extend", share["share_id"], "5m").stdout)
        revoked = self.cli.json("revoke", share["share_id"], "--reason", "enough")
        self.assertEqual((revoked["state"], revoked["end_reason"]), ("ended", "revoked"))
        guest.wait_gone()
        self.assertEqual(self.cli.run("extend", share["share_id"], "5m").returncode, 1)
        self.assertEqual(self.cli.run("audit", "verify").returncode, 0)
        told = [each["eventType"] for each in self.cli.json("audit", "--share", share["share_id"])]
        self.assertLess(told.index("share.requested"), told.index("share.session.stopped"))

    def test_an_approval_is_waited_for_in_sight(self):
        with running(self.cli.start("share", "demo", "--mode", "rw")) as share:
            line = share.stderr.readline()
            self.assertRegex(line, r"waiting for approval \w{8} by operator")
            self.cli.run("approve", line.split()[-1], check=True)
            out, _ = share.communicate(timeout=processes.GENEROUS)
            self.assertEqual(share.returncode, 0)
            self.assertTrue(out.startswith("ssh "))

    def test_interrupting_a_share_that_waits_leaves_nothing_shared(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            with running(self.cli.start("share", "demo", "--mode", "rw")) as share:
                share.stderr.readline()
                share.send_signal(how)
                self.assertEqual(share.wait(processes.GENEROUS), 130)
                self.assertIn("nothing is shared", share.stderr.read())
            wait_until(lambda: self.cli.json("shares") == [], "the request is withdrawn")
            self.assertEqual(self.cli.json("approvals"), [])

    def test_interrupting_a_share_at_any_moment_leaves_it_whole_or_not_at_all(self):
        for step in range(12):
            with running(self.cli.start("share", "demo", "--json")) as share:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    share.wait(step * 0.006)  # whatever moment this is has to be right
                share.send_signal(signal.SIGINT)
                out, err = share.communicate(timeout=processes.GENEROUS)
            left = self.cli.json("shares")
            if share.returncode == 0:
                self.assertEqual([each["share_id"] for each in left], [json.loads(out)["share_id"]])
                self.cli.run("stop", left[0]["share_id"], check=True)
            else:
                self.assertIn(share.returncode, (130, -signal.SIGINT), err)
                wait_until(lambda: self.cli.json("shares") == [], "nothing is shared")

    def test_silence_is_told_with_code_4_and_a_denial_with_code_3(self):
        done = self.cli.run("share", "demo", "--mode", "rw", "--wait", "1s", "--json")
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertEqual(json.loads(done.stdout)["state"], "awaiting_approval")
        denied = self.cli.run("share", "demo", "--ttl", "2h")
        self.assertEqual(denied.returncode, 3, denied.stderr)
        self.assertIn("next:", denied.stderr)

    def test_inside_tmux_the_pane_around_is_shared_without_a_name(self):
        tmux = self.enterContext(Tmux(Path(self.enterContext(processes.scratch_dir()))))
        inside = {"TMUX": f"{tmux.socket},{tmux.pid},0", "TMUX_PANE": tmux.pane}
        first = self.cli.json("share", environment=inside)
        self.assertEqual(first["terminal_name"], "lent")
        again = self.cli.json("share", environment=inside)
        self.assertEqual(again["terminal_id"], first["terminal_id"], "adopted once")


if __name__ == "__main__":
    unittest.main()
