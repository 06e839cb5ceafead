"""docs/requirements.md lists every number, and each that it claims has a test that carries its tag."""

import re
import unittest

import sources

NUMBERS = ([f"FR-026-{n:03}" for n in range(1, 12)] + [f"NFR-026-{n:03}" for n in range(1, 5)]
           + [f"SC-026-{n:03}" for n in range(1, 6)])
STATES = {"this version", "in part", "later work"}
TAG = re.compile(r"\[((?:FR|NFR|SC)-026-\d{3})\]")
ROW = re.compile(r"^\| *((?:FR|NFR|SC)-026-\d{3}) *\| *(.+?) *\| *([^|\n]+?) *\|", re.M)


def listed():
    """number -> state, from the tables of the document."""
    return {number: state for number, _, state in ROW.findall(sources.read("docs/requirements.md"))}


def tagged():
    """number -> files with a test that carries it."""
    found = {}
    for path in sources.project_files(".cpp", ".py", under="tests"):
        if path.parts[1] == "house":
            continue
        for number in TAG.findall(sources.read(path)):
            found.setdefault(number, set()).add(str(path))
    return found


class Requirements(unittest.TestCase):
    def test_every_number_is_listed_with_a_known_state(self):
        states = listed()
        self.assertEqual(sorted(states), sorted(NUMBERS))
        for number, state in states.items():
            with self.subTest(number=number):
                self.assertIn(state, STATES)

    def test_every_number_that_is_claimed_has_a_test(self):
        tests = tagged()
        for number, state in listed().items():
            if state == "later work":
                continue
            with self.subTest(number=number):
                self.assertTrue(tests.get(number), "no test carries this number's tag")

    def test_no_test_claims_a_number_of_later_work(self):
        states = listed()
        for number, files in tagged().items():
            with self.subTest(number=number, files=sorted(files)):
                self.assertIn(number, states)
                self.assertNotEqual(states[number], "later work")

    def test_what_is_covered_in_part_says_what_is_missing(self):
        text = sources.read("docs/requirements.md")
        for number, state in listed().items():
            if state == "this version":
                continue
            with self.subTest(number=number):
                missing = text.split("## Covered by later work")[1]
                self.assertIn(number, missing)


if __name__ == "__main__":
    unittest.main()
