"""What `trace export` writes of a real share, as the programs that it is for read it."""

import datetime
import json
import re
import sys
import unittest
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

from readers import mermaid, otlp, perfetto, shiviz  # noqa: E402
from readers.fetching import Missing  # noqa: E402
from support import processes  # noqa: E402
from support.command_line import missing_program  # noqa: E402
from support.lending import Lending  # noqa: E402

MISSING = missing_program() or processes.missing_for_live_tests()
READERS = {"perfetto": perfetto, "otlp": otlp, "mermaid": mermaid, "shiviz": shiviz}
# A client calls its commands what it wants; nothing of this may mean anything to a reader.
AWKWARD = 'end"}];{#35;\n<b>%% \\ \u2028é😀'
THEIR_TRACE, THEIR_SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
MOST_IN_A_DIAGRAM = 500


def nanoseconds(text):
    """Of "2026-03-01T12:00:00.123456789Z"."""
    whole, fraction = text.rstrip("Z").split(".")
    moment = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return int(moment.timestamp()) * 1_000_000_000 + int(fraction)


def answered(row):
    """Whether a step is an answer: it continues the question, not whoever gave it."""
    return row["parent"] not in ("", row["cause"], THEIR_SPAN)


@unittest.skipIf(MISSING, MISSING)
class Exports(unittest.TestCase):
    """Everything is taken from one recording, so that each format tells of the same steps."""

    @classmethod
    def setUpClass(cls):
        cls.lacking = {}
        for form, reader in READERS.items():
            try:
                reader.prepare()
            except Missing as what:
                cls.lacking[form] = f"nothing here reads {form}: {what}"
        cls.home = cls.enterClassContext(processes.scratch_dir())
        cls.system = cls.enterClassContext(Lending(cls.home))
        cls.system.terminal()
        cls.share = cls.system.share()
        cls.system.guest(cls.share).wait_for("lo-and-behold")
        with cls.system.bus() as bus:
            assert bus.ask("share.list", correlation_id=AWKWARD)["status"] == "ok"
            bus.send(json.dumps({"id": "x", "type": "command", "method": "share.list", "payload": {},
                                 "traceparent": f"00-{THEIR_TRACE}-{THEIR_SPAN}-01"}).encode() + b"\n")
            assert bus.response()["status"] == "ok"
            for _ in range(MOST_IN_A_DIAGRAM // 3):  # each is a command, a question and its answer
                assert bus.ask("share.list")["status"] == "ok"
        cls.system.run("stop", cls.share["share_id"], check=True)
        cls.system.wait_state(cls.share, "ended")
        cls.recording = cls.home / "share.trace"
        cls.system.run("trace", "record", "--last", "1h", "-o", cls.recording, check=True)
        cls.rows = [json.loads(line) for line in cls.text_of("ndjson").splitlines()]

    @classmethod
    def export(cls, form, *words):
        file = cls.home / f"export.{form}"
        cls.system.run("trace", "export", "--format", form, "--file", cls.recording, "-o", file, *words,
                       check=True)
        return file

    @classmethod
    def text_of(cls, form, *words):
        return cls.export(form, *words).read_bytes().decode()

    def reader(self, form):
        if form in self.lacking:
            self.skipTest(self.lacking[form])
        return READERS[form]

    def read(self, form, *words):
        return self.reader(form).read(self.export(form, *words))

    def known(self):
        """id -> step; of the whole recording."""
        return {row["id"]: row for row in self.rows}

    @staticmethod
    def number(row):
        """What a span is in the trace itself."""
        return int(row["id"], 16) & ((1 << 40) - 1)

    # --- the steps themselves ---

    def test_ndjson_tells_each_step_once_and_after_what_it_continues(self):
        self.assertGreater(len(self.rows), MOST_IN_A_DIAGRAM)
        places = {row["id"]: place for place, row in enumerate(self.rows)}
        self.assertEqual(len(places), len(self.rows))
        for place, row in enumerate(self.rows):
            self.assertLess(places.get(row["parent"], -1), place)
            self.assertEqual(row["waited_ns"], nanoseconds(row["began"]) - nanoseconds(row["arrived"]), row)
        session = f"shares/{self.share['share_id']}"
        self.assertLessEqual({"router", "journal", "shares", session, f"{session}/share worker"},
                             {row["actor"] for row in self.rows})
        self.assertIn(AWKWARD, {row["correlation"] for row in self.rows})

    # --- perfetto ---

    def test_perfetto_draws_each_step_on_its_actors_track_and_an_arrow_from_each_cause(self):
        read = self.read("perfetto")
        self.assertEqual(read["problems"], [])
        tracks = {each["id"]: each for each in read["tracks"]}

        def path(track):
            above = tracks[track]["parent"]
            return tracks[track]["name"] if above is None else f"{path(above)}/{tracks[track]['name']}"

        self.assertEqual(len(read["slices"]), len(self.rows))
        drawn = {each["turn"]: each for each in read["slices"]}
        for row in self.rows:
            each = drawn[self.number(row)]
            self.assertEqual((path(each["track"]), each["name"], each["outcome"], each["correlation"] or ""),
                             (row["actor"], row["message"], row["outcome"], row["correlation"]))
            self.assertEqual((int(each["wall"]), each["wait_us"]),
                             (nanoseconds(row["began"]), row["waited_ns"] // 1000))
            lasts = row["kind"] in ("turn", "birth")
            if row["outcome"] != "running":
                self.assertEqual(each["dur"], row["ran_ns"] if lasts else 0, row)
            if lasts:
                self.assertEqual(each["depth"], 0, "turns of one track lie beside each other")
        known = self.known()
        arrows = {(self.number(known[row["cause"]]), self.number(row)) for row in self.rows
                  if row["cause"] in known}
        self.assertGreater(len(arrows), 300)
        self.assertEqual(sorted((each["cause"], each["effect"]) for each in read["flows"]), sorted(arrows))

    def test_perfetto_nests_the_tracks_of_a_share_as_the_tree_does(self):
        read = self.read("perfetto", "--share", self.share["share_id"])
        names = {each["id"]: each["name"] for each in read["tracks"]}
        below = {(each["name"], names.get(each["parent"])) for each in read["tracks"]}
        share = self.share["share_id"]
        self.assertLessEqual({("shares", None), (share, "shares"), ("ttl clock", share), ("share worker", share),
                              ("edges", None), ("processes", "edges")}, below)
        self.assertEqual([each["slices"] for each in read["tracks"] if each["name"] == "edges"], [0])

    # --- otlp ---

    def test_a_collector_reads_a_span_for_each_step(self):
        read = self.read("otlp")
        (resource,) = read["resources"]
        self.assertEqual((resource["service.name"], resource["process.pid"]), ("termlease", self.system.pid()))
        self.assertEqual(read["scopes"], ["termlease.actors"])
        self.assertEqual([each["id"] for each in read["spans"]], [row["id"] for row in self.rows])
        for span, row in zip(read["spans"], self.rows):
            told = span["attributes"]
            self.assertEqual((span["name"], told["actor"], told["kind"], told["outcome"], told["waited_ns"],
                              told["waiting"], told.get("correlation", "")),
                             (row["message"], row["actor"], row["kind"], row["outcome"], row["waited_ns"],
                              row["waiting"], row["correlation"]))
            self.assertEqual(span["start"], nanoseconds(row["began"]))
            if row["ended"]:
                self.assertEqual(span["end"], nanoseconds(row["ended"]))
            if row["trace_id"]:
                self.assertEqual(span["trace"], row["trace_id"])
            self.assertEqual(span["kind"], "Server" if row["message"].startswith("client ") else "Internal")
            self.assertEqual(span["status"] == "Error",
                             row["outcome"] == "crashed" or row["kind"] == "dead letter")

    def test_a_span_continues_the_question_and_has_a_link_to_the_answer(self):
        spans = {each["id"]: each for each in self.read("otlp")["spans"]}
        seen = Counter()
        for row in self.rows:
            span = spans[row["id"]]
            links = [each["span"] for each in span["links"]]
            where = "parent" if span["parent"] else "link" if row["parent"] in links else "none"
            self.assertEqual(span["parent"] or (links[0] if where == "link" else ""), row["parent"], row)
            if answered(row) and row["cause"]:
                self.assertIn(row["cause"], links)
                seen["answers"] += 1
            seen[where] += 1
        self.assertGreater(min(seen["answers"], seen["parent"], seen["none"]), 0, seen)

    def test_a_clients_own_span_is_the_parent_of_its_command(self):
        (command,) = [each for each in self.read("otlp")["spans"] if each["parent"] == THEIR_SPAN]
        self.assertEqual((command["trace"], command["name"], command["kind"]),
                         (THEIR_TRACE, "client share.list", "Server"))

    # --- mermaid ---

    def expected_lines(self, rows):
        """Each line, with all that its kind may be: of some answers a row can't tell that they are."""
        known = {row["id"]: row["actor"] for row in rows}
        for row in rows[:MOST_IN_A_DIAGRAM]:
            actor, crashed = row["actor"], row["outcome"] == "crashed"
            if row["kind"] in ("turn", "dead letter"):
                kinds = {"SOLID_CROSS"} if crashed else {"DOTTED"} if answered(row) else {"SOLID", "DOTTED"}
                sender = known.get(row["cause"], "not in this trace" if row["cause"] else "outside")
                yield kinds, sender, actor, row["message"]
            else:
                yield {"NOTE"}, actor, actor, "begins" if row["kind"] == "birth" else "ends"
            if crashed and row["kind"] != "dead letter":
                yield {"NOTE"}, actor, actor, "crashed"

    def check_lines(self, read, rows):
        """Returns the lines behind those of the steps."""
        names = read["participants"]
        self.assertEqual(list(names), [f"p{number}" for number in range(len(names))])
        self.assertEqual(len(set(names.values())), len(names))
        lines = read["lines"]
        expected = list(self.expected_lines(rows))
        for (kind, one, other, text), (kinds, *wanted) in zip(lines, expected):
            self.assertEqual([names[one], names[other], text], wanted)
            self.assertIn(kind, kinds, wanted)
        self.assertGreaterEqual(len(lines), len(expected))
        return lines[len(expected):]

    def test_mermaid_reads_who_told_whom(self):
        words = ("--share", self.share["share_id"])
        rows = [json.loads(line) for line in self.text_of("ndjson", *words).splitlines()]
        read = self.read("mermaid", *words)
        self.check_lines(read, rows)
        self.assertIn("DOTTED", [line[0] for line in read["lines"]])

    def test_a_diagram_says_how_much_of_a_long_trace_it_leaves_out(self):
        rest = self.check_lines(self.read("mermaid"), self.rows)
        left_out = len(self.rows) - MOST_IN_A_DIAGRAM
        self.assertGreater(left_out, 0)
        self.assertEqual([[line[0], line[3]] for line in rest],
                         [["NOTE", f"{left_out} more steps are left out"]])

    # --- shiviz ---

    def test_shiviz_knows_of_each_step_what_led_to_it(self):
        events = self.read("shiviz")
        self.assertEqual([host for host, _, _ in events], [row["actor"].replace(" ", "_") for row in self.rows])
        places = {row["id"]: place for place, row in enumerate(self.rows)}
        for row, (_, clock, event) in zip(self.rows, events):
            self.assertTrue(event.startswith(re.sub(r"[^ \w./()-]", "_", row["message"])), (event, row))
            for before in (row["cause"], row["parent"]):
                if before in places:
                    host, known, _ = events[places[before]]
                    self.assertGreaterEqual(clock.get(host, 0), known[host], row)

    # --- the readers ---

    def test_a_reader_refuses_what_is_broken(self):
        """A reader that takes anything would prove nothing."""
        broken = {
            "otlp": [('"traceId":"', '"traceId":"00'), ('"startTimeUnixNano":"', '"startTimeUnixNano":"9')],
            "mermaid": [("participant p0 as ", "participant p0 as x;"), (": begins", " begins")],
            "shiviz": [('{"', '{"nobody":1,"'), (":1}", ":3}")],
        }
        for form, changes in broken.items():
            if form in self.lacking:
                continue  # the tests of that format say why
            text = self.text_of(form)
            for before, after in changes:
                with self.subTest(format=form, change=after):
                    self.assertTrue(before in text, "what is to be broken isn't there")
                    (self.home / "broken").write_text(text.replace(before, after, 1))
                    with self.assertRaises((AssertionError, ValueError)):
                        READERS[form].read(self.home / "broken")

    def test_the_running_runtime_is_exported_to_stdout_as_well(self):
        said = self.system.run("trace", "export", "--format", "ndjson", "--share", self.share["share_id"],
                               check=True).stdout
        told = {json.loads(line)["id"] for line in said.splitlines()}
        words = ("--share", self.share["share_id"])
        kept = {json.loads(line)["id"] for line in self.text_of("ndjson", *words).splitlines()}
        self.assertLessEqual(kept, told)

    def test_a_format_that_is_none_is_refused_with_those_that_are(self):
        refused = self.system.run("trace", "export", "--format", "svg", "--file", self.recording)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        for form in ("ndjson", *READERS):
            self.assertIn(form, refused.stderr)


if __name__ == "__main__":
    unittest.main()
