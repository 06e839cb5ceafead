"""What the documents show is done: shell lines by the real program, bus lines by a real runtime, each in a home
of its own. A block that can't be run has a comment in front of it that says why.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest
from xml.etree import ElementTree

from markdown import REPO, blocks

sys.path.insert(0, str(REPO / "tests" / "live"))

from support import processes  # noqa: E402
from support.bus import Bus  # noqa: E402
from support.command_line import CommandLine, missing_program, running  # noqa: E402
from support.processes import GENEROUS, Tmux, scratch_dir, wait_until  # noqa: E402

MISSING = missing_program()
MISSING_FOR_SHARES = MISSING or processes.missing_for_live_tests()
SOME_ID = "3f2a9c1d"  # stands for an id that was printed before
ENVELOPE = {"id", "type", "ts", "workspace_id", "lane_id", "session_id", "terminal_id", "share_id",
            "handoff_id", "actor", "method", "topic", "payload", "status", "result", "error",
            "correlation_id", "causation_id", "traceparent", "sequence"}


class Reader:
    """Somebody who types what a document shows, inside a tmux of their own."""

    def __init__(self, test, policy):
        self.test = test
        self.folder = test.enterContext(scratch_dir())
        self.cli = test.enterContext(CommandLine(self.folder / "home", policy=policy))
        tmux = test.enterContext(Tmux(self.folder))
        processes.make_key(self.folder / "guest")
        (self.folder / "Makefile").write_text("all:\n\t@echo building; sleep 1000\n")
        self.environment = {
            **self.cli.environment, "PATH": f"{processes.programs_dir()}:{os.environ['PATH']}",
            "TMUX": f"{tmux.socket},{tmux.pid},0", "TMUX_PANE": tmux.pane,
            "STATE": str(self.folder / "home/state")}
        self.waits = None

    def start(self, line):
        return subprocess.Popen(["bash", "-c", f"exec {line}"], cwd=self.folder,
                                env=self.environment, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, line):
        done = subprocess.run(["bash", "-c", line], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
        self.test.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}{done.stderr}")
        return done.stdout

    def with_real_id(self, line):
        if SOME_ID not in line:
            return line
        if re.search(r" (approve|deny) ", line):
            pending = wait_until(lambda: self.cli.json("approvals"), "somebody waits for an approval")
            return line.replace(SOME_ID, pending[-1]["approval_id"])
        shares = [each for each in self.cli.json("shares") if each["mode"] == "ro"]
        return line.replace(SOME_ID, shares[-1]["share_id"]) if shares else line

    def follow(self, line):
        """A command that goes on until Ctrl-C."""
        with running(self.start(line)) as process:
            self.test.assertTrue(process.stdout.readline(), "it tells the present state first")
            process.send_signal(signal.SIGINT)
            self.test.assertEqual(process.wait(GENEROUS), 0, line)

    def type(self, line):
        line = re.sub(r" +#.*", "", self.with_real_id(line)).strip()
        if not line or (line.startswith("sqlite3") and not shutil.which("sqlite3")):
            return
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            self.environment[name] = self.run(f"printf %s {value}")
        elif "--mode rw" in line and " share " in line:
            self.waits = self.test.enterContext(running(self.start(f"env {line}")))
        elif line.startswith("termlease watch") or "--follow" in line:
            self.follow(line)
        else:
            self.run(line)
        if line.startswith("termlease approve") and self.waits:
            out, err = self.waits.communicate(timeout=GENEROUS)
            self.test.assertTrue(out.startswith("ssh "), err)


class ShellExamples(unittest.TestCase):
    def type_all(self, document):
        texts = blocks(document, "sh")
        self.assertTrue(texts, "no example")
        reader = Reader(self, policy=not any("policy init" in text for text in texts))
        for text in texts:
            for line in text.splitlines():
                with self.subTest(line=line):
                    reader.type(line)
        return reader

    @unittest.skipIf(MISSING_FOR_SHARES, MISSING_FOR_SHARES)
    def test_the_examples_of_the_readme_work(self):
        self.type_all("README.md")

    @unittest.skipIf(MISSING, MISSING)
    def test_the_examples_of_operations_work_and_the_journal_can_be_checked_without_us(self):
        reader = self.type_all("docs/operations.md")
        (check,) = blocks("docs/operations.md", "python")
        (reader.folder / "check.py").write_text(check)
        said = reader.run('python3 check.py "$STATE/journal.db"').split()
        report = reader.cli.json("audit", "verify")
        self.assertEqual((said[0], said[-1]), (str(report["records"]), report["head"]))

    @unittest.skipIf(MISSING, MISSING)
    def test_the_settings_that_operations_show_are_taken(self):
        cli = self.enterContext(CommandLine(self.enterContext(scratch_dir())))
        shown = blocks("docs/operations.md", "toml")
        self.assertTrue(shown)
        for text in shown:
            (cli.home / "config/config.toml").write_text(text)
            told = {each["key"]: each["value"] for each in cli.json("settings")["settings"]}
            section = text.partition("]")[0].strip("[\n")
            self.assertEqual(told[f"{section}.relay_host"], '"relay.example.org"')


class Picture(unittest.TestCase):
    @unittest.skipIf(MISSING_FOR_SHARES, MISSING_FOR_SHARES)
    def test_the_picture_can_be_drawn_anew_and_shows_what_the_one_in_the_readme_shows(self):
        drawn = self.enterContext(scratch_dir()) / "demo.svg"
        path = os.pathsep.join(filter(None, [str(processes.upterm_dir() or ""), os.environ["PATH"]]))
        subprocess.run([sys.executable, REPO / "docs/images/draw_demo.py", drawn], check=True, timeout=120,
                       env={**os.environ, "TERMLEASE_BIN": str(processes.programs_dir()), "PATH": path})
        for file in (drawn, REPO / "docs/images/demo.svg"):
            texts = [each.text for each in ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}text")]
            with self.subTest(file=file.name):
                for wanted in ("demo is shared", "CHANGELOG.md", "demo | read-only | ends at",
                               "is revoked; nobody is in", "This share has ended: revoked (revoked by operator: thank you)."):
                    self.assertTrue(any(wanted in text for text in texts), f"{wanted} is not among {texts}")


class Conversation:
    """Sends what a block shows and compares what comes with what it shows."""

    def __init__(self, test, bus, known):
        self.test, self.bus, self.known = test, bus, known
        self.waiting = []

    def send(self, line):
        for mark, real in self.known.items():
            line = line.replace(mark, real)
        self.bus.send(line.encode() + b"\n")

    def expect(self, line):
        wanted = json.loads(line)
        said = next((each for each in self.waiting if self.is_it(wanted, each)), None)
        while said is None:
            said = self.bus.line()
            self.test.assertIsNotNone(said, "the connection was closed")
            fields = ENVELOPE if said["status"] == "error" else ENVELOPE - {"error"}
            self.test.assertEqual(set(said), fields, "every field is there")
            if not self.is_it(wanted, said):
                self.waiting.append(said)
                said = None
        if said in self.waiting:
            self.waiting.remove(said)
        self.compare(wanted, said, "")
        self.learn(said["result"])

    @staticmethod
    def is_it(wanted, said):
        if wanted["type"] == "event":
            return said["type"] == "event" and said["topic"] == wanted["topic"]
        return said["type"] == "response" and said["causation_id"] == wanted["causation_id"]

    def learn(self, result):
        if "share_id" in result:
            self.known[SOME_ID] = result["share_id"]
        if "text" in result:
            self.known["tlt_…"] = result["text"]

    def compare(self, wanted, said, where):
        if isinstance(wanted, dict):
            for key, value in wanted.items():
                self.test.assertIn(key, said, where)
                self.compare(value, said[key], f"{where}.{key}")
        elif isinstance(wanted, list):
            self.test.assertTrue(bool(wanted) == bool(said) and len(said) >= len(wanted), f"{where}: {said}")
            for number, value in enumerate(wanted):
                self.compare(value, said[number], f"{where}[{number}]")
        elif isinstance(wanted, str) and "…" in wanted:
            self.test.assertRegex(said, "(?s)^" + re.escape(wanted).replace("…", ".+") + "$", where)
        elif isinstance(wanted, int) and not isinstance(wanted, bool) and wanted > 1:
            self.test.assertIsInstance(said, int, where)
        else:
            self.test.assertEqual(said, wanted, where)


@unittest.skipIf(MISSING, MISSING)
class BusExamples(unittest.TestCase):
    def test_the_conversations_of_the_protocol_go_as_shown(self):
        home = self.enterContext(scratch_dir())
        cli = self.enterContext(CommandLine(home))
        known = {"ssh-ed25519 AAAA… guest": processes.make_key(home / "guest")}
        cli.run("shares", check=True)
        texts = re.findall(r"^```(bus[^\n]*)\n(.*?)^```$", (REPO / "docs/protocol.md").read_text(), re.M | re.S)
        self.assertGreater(len(texts), 5)
        for kind, text in texts:
            if "needs upterm" in kind and MISSING_FOR_SHARES:
                continue
            with Bus(home / "run" / "bus.sock") as bus:
                talk = Conversation(self, bus, known)
                for line in text.splitlines():
                    with self.subTest(line=line[:110]):
                        (talk.send if line.startswith("> ") else talk.expect)(line[2:])


if __name__ == "__main__":
    unittest.main()
