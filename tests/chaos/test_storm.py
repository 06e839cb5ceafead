"""Thirty rounds of the kill storm that `./bench chaos` plays a thousand of, always with the same seed."""

import shutil
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "bench"))

from measuring import processes, program, runtime, storm  # noqa: E402

ROUNDS, SEED = 30, 20260101
MISSING = program.missing("chaos", as_root=False)


@unittest.skipIf(MISSING, MISSING)
class KillStorm(unittest.TestCase):
    def test_whatever_dies_leaves_nothing_behind_and_the_terminal_alone(self):
        """[NFR-026-004] [SC-026-004] [SC-026-005]"""
        base = runtime.make_base()
        self.addCleanup(shutil.rmtree, base, ignore_errors=True)
        self.addCleanup(processes.end_everything_below)
        processes.adopt_orphans()
        failures = []
        counts, reaped = storm.rounds(ROUNDS, SEED, failures.append)
        self.assertEqual(failures, [])
        self.assertGreaterEqual(len([kind for kind in storm.VICTIMS if counts[kind]]), 5, counts)
        self.assertLess(max(reaped), 1000 * storm.GONE_WITHIN)


if __name__ == "__main__":
    unittest.main()
