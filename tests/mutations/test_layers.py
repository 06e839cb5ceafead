"""Each layer that ends processes is taken out, and the test that is named for it has to fail.

Behind each layer are others. So a test of one proves something only when it has been seen to fail without that layer.
"""

import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import changed_sources  # noqa: E402
from changed_sources import PROGRAMS, ROOT, run  # noqa: E402

TARGETS = ("termlease", "termlease-worker", "termlease-guest")


def played(name):
    """Plays one live test against what is built."""
    environment = {**os.environ, "TERMLEASE_BIN": str(PROGRAMS)}
    return run(sys.executable, "-m", "unittest", name, check=False, cwd=ROOT / "tests" / "live", env=environment)


class Layers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        changed_sources.copy()

    def missed(self, layer):
        changed_sources.build(*TARGETS)
        before = played(layer["test"])
        self.assertEqual(before.returncode, 0, before.stderr)
        self.assertNotIn("skipped", before.stderr)
        changed_sources.change(self, layer, *TARGETS)
        without = played(layer["test"])
        self.assertEqual(without.returncode, 1, f"{layer['test']} passes without {layer['name']}")
        self.assertIn("FAILED", without.stderr)


def add(layer):
    def test(self):
        self.missed(layer)
    setattr(Layers, "test_" + layer["name"].replace(" ", "_").replace("'", "_"), test)


for each_layer in changed_sources.listed("layers.json"):
    add(each_layer)

if __name__ == "__main__":
    unittest.main()
