"""Adds up what the suites counted: JUnit files of ctest (.xml) and counts of python_suite (.json).

Why: whoever runs everything reads one line, `N passed, N failed, N skipped`, and it must be the sum
of what really ran. Exits 1 when something failed or when nothing ran.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree


def counts_of(file):
    if file.suffix == ".json":
        return json.loads(file.read_text())
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for case in xml.etree.ElementTree.parse(file).getroot().iter("testcase"):
        if case.get("status") in ("notrun", "disabled") or case.find("skipped") is not None:
            total["skipped"] += 1
        elif case.find("failure") is not None or case.get("status") == "fail":
            total["failed"] += 1
        else:
            total["passed"] += 1
    return total


def main():
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for name in sys.argv[1:]:
        for outcome, count in counts_of(pathlib.Path(name)).items():
            total[outcome] += count
    print(", ".join(f"{count} {outcome}" for outcome, count in total.items()))
    sys.exit(1 if total["failed"] or not total["passed"] else 0)


if __name__ == "__main__":
    main()
