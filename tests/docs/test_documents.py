"""What the documents name is there."""

import os
import pathlib
import re
import subprocess
import unittest

REPO = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("TERMLEASE_BIN", REPO / "build/release/bin"), "termlease")
DOCUMENTS = sorted([*REPO.glob("*.md"), *REPO.glob("docs/**/*.md")])
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)([^)\s]+)\)")
NAMED_FILE = re.compile(
    r"`((?:messages|config|bus|actors|tools|tests|docs|scripts|cmake|packaging)/[\w./-]+)`")
COMMAND = re.compile(r"(?:termlease|\./run) ([a-z][a-z-]+)(?: ([a-z]+)\b)?")


def anchors(text):
    """The anchors of a document's headings, as a web view of it makes them."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", text, re.M):
        words = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(words.replace(" ", "-"))
    return found


class Documents(unittest.TestCase):
    def test_every_link_leads_to_a_file_and_to_a_heading_of_it(self):
        for document in DOCUMENTS:
            for target in LINK.findall(document.read_text()):
                name, _, anchor = target.partition("#")
                file = (document.parent / name).resolve() if name else document
                with self.subTest(document=document.name, link=target):
                    self.assertTrue(file.exists(), "no such file")
                    if anchor and file.suffix == ".md":
                        self.assertIn(anchor, anchors(file.read_text()))

    def test_every_file_that_a_document_names_is_there(self):
        for document in DOCUMENTS:
            for name in NAMED_FILE.findall(document.read_text()):
                with self.subTest(document=document.name, file=name):
                    self.assertTrue((REPO / name).exists(), "no such file or folder")

    def test_every_command_that_a_document_shows_is_one_of_the_program(self):
        if not PROGRAM.exists():
            self.skipTest(f"{PROGRAM} is not built")
        known = {}
        for document in DOCUMENTS:
            for code in re.findall(r"```.*?```|`[^`]+`", document.read_text(), re.S):
                for command, _ in COMMAND.findall(code):
                    if command not in known:
                        ran = subprocess.run([PROGRAM, command, "--help"], capture_output=True,
                                             stdin=subprocess.DEVNULL, timeout=20, check=False)
                        known[command] = ran.returncode
                    with self.subTest(document=document.name, command=command):
                        self.assertEqual(known[command], 0)


if __name__ == "__main__":
    unittest.main()
