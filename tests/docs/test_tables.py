"""The tables of the documents say what the running program says of itself."""

import re
import sys
import unittest

from markdown import REPO, names, section, table

sys.path.insert(0, str(REPO / "tests" / "live"))

from support.command_line import CommandLine, missing_program  # noqa: E402
from support.processes import scratch_dir  # noqa: E402

MISSING = missing_program()
PROTOCOL = "docs/protocol.md"
# A code is the first text of a failure, with something behind it.
CODE = re.compile(r'(?:\{|\b(?:failed|usage_error|because|as_failure)\()\s*'
                  r'"([a-z]+(?:_[a-z]+)+|denied|internal|interrupted|unexpected|usage)",\s*[^,)}\s]')
CHOSEN_CODE = re.compile(r'code = "([a-z]+(?:_[a-z]+)+)"')
NO_CODES_IN = {"schema.cpp", "snapshot.cpp", "event_text.cpp", "rules.cpp", "source.cpp", "incident.cpp", "faults.cpp",
                "step_json.cpp", "otlp.cpp"}
NOT_ERRORS = {"policy_missing", "policy_broken"}  # but decisions, which policy.md lists


def sources():
    for room in ("messages", "config", "bus", "actors", "tools"):
        yield from sorted((REPO / room).rglob("*.?pp"))


@unittest.skipIf(MISSING, MISSING)
class Described(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        home = cls.enterClassContext(scratch_dir())
        cli = cls.enterClassContext(CommandLine(home))
        cls.described = cli.json("methods")
        cls.settings = cli.json("settings")["settings"]
        cls.standard = {each["key"]: each for each in cls.settings}

    def test_every_method_is_listed_with_its_payload_and_who_may_ask(self):
        rows = {names(row[0])[0]: row for row in table(section(PROTOCOL, "Commands"))}
        methods = {each["method"]: each for each in self.described["methods"]}
        self.assertEqual(sorted(rows), sorted(methods))
        for name, each in methods.items():
            with self.subTest(method=name):
                self.assertEqual(rows[name][3] == "operator", each["operator_only"])
                if not rows[name][1].startswith("as "):
                    told = re.findall(r"\w+", rows[name][1])
                    self.assertEqual([key for key in each["payload"] if key not in told], [])

    def test_every_topic_is_listed_with_its_payload(self):
        rows = {name: row for row in table(section(PROTOCOL, "Events")) for name in names(row[0])}
        topics = {each["topic"]: each for each in self.described["topics"]}
        self.assertEqual(sorted(rows), sorted(topics))
        for name, each in topics.items():
            if name != "audit.recorded":
                with self.subTest(topic=name):
                    self.assertEqual(sorted(names(rows[name][1])), sorted(each["payload"]))

    def test_the_fields_of_terminals_shares_and_records_are_named(self):
        payloads = {each["topic"]: each["payload"] for each in self.described["topics"]}
        wanted = {"A terminal": payloads["terminal.spawned"]["terminal"],
                  "A share": payloads["share.allowed"]["share"], "Records": payloads["audit.recorded"]}
        for heading, fields in wanted.items():
            told = names(section(PROTOCOL, heading))
            with self.subTest(section=heading):
                self.assertEqual([key for key in fields if key not in told], [])

    def test_every_setting_is_listed_with_its_default_and_its_range(self):
        rows = {names(row[0])[0]: row for row in table(section("docs/operations.md", "Settings"))}
        self.assertEqual(list(rows), list(self.standard))
        for key, each in self.standard.items():
            with self.subTest(setting=key):
                told = [f"`{each['default']}`", each["allowed"], each["doc"]]
                self.assertEqual(rows[key][1:], told)

    def test_every_setting_that_a_sentence_of_the_code_names_is_one(self):
        sections = "|".join({key.split(".")[0] for key in self.standard})
        named = set()
        for path in sources():
            for sentence in re.findall(r'"([^"\n]* [^"\n]*)"', path.read_text()):
                named |= set(re.findall(rf"\b(?:{sections})\.[a-z_]+\b", sentence))
        self.assertIn("shares.max_ttl", named)
        self.assertEqual(sorted(named - set(self.standard)), [])


class Codes(unittest.TestCase):
    def listed(self):
        of_the_runtime = table(section(PROTOCOL, "From the runtime"))
        of_the_program = table(section(PROTOCOL, "From the program `termlease` itself"))
        return {name for row in of_the_runtime + of_the_program for name in names(row[0])}

    def test_every_error_code_of_the_code_is_listed_and_no_other(self):
        used = set()
        for path in sources():
            if path.name not in NO_CODES_IN:
                text = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
                used |= set(CODE.findall(text)) | set(CHOSEN_CODE.findall(text))
        self.assertEqual(sorted(used - self.listed() - NOT_ERRORS), [], "not in the table")
        texts = "".join(path.read_text() for path in sources())
        unused = [code for code in self.listed() if f'"{code}"' not in texts]
        self.assertEqual(unused, [], "not in the code")

    def test_every_code_that_operations_explain_is_one(self):
        known = self.listed()
        for row in table(section("docs/operations.md", "Troubleshooting")):
            for code in names(row[0]):
                with self.subTest(code=code):
                    self.assertIn(code, known)


if __name__ == "__main__":
    unittest.main()
