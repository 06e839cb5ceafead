"""Each harmful change of the mutation tests still has its place: those are seldom run, and take long to say so."""

import json
import unittest

import sources


class Mutations(unittest.TestCase):
    def test_every_harmful_change_has_its_place_in_the_sources(self):
        for name in ("mutations.json", "layers.json"):
            for mutation in json.loads(sources.read(f"tests/mutations/{name}")):
                for each in [mutation, *mutation.get("also", [])]:
                    with self.subTest(mutation=mutation["name"], file=each["file"]):
                        self.assertEqual(sources.read(each["file"]).count(each["was"]), 1)


if __name__ == "__main__":
    unittest.main()
