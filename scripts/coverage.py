"""Line coverage of our own code, in total and per room, from what instrumented programs left.

Why: a bar that is not checked erodes. The rooms are listed one by one, so that a new room without
tests shows. Exits 1 below the bar.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOMS = ("messages", "config", "bus", "actors", "tools")


def measure(build):
    """gcovr's summary: one entry per file of ours."""
    root = pathlib.Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as folder:
        summary = pathlib.Path(folder, "summary.json")
        command = ["gcovr", "--root", str(root), "--object-directory", str(build), str(build),
                   "--json-summary", str(summary), "-j", str(os.cpu_count() or 1),
                   "--gcov-ignore-parse-errors", "--exclude-unreachable-branches"]
        for room in ROOMS:
            command += ["--filter", f"{root}/{room}/"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if not summary.exists():
            sys.exit(f"gcovr failed:\n{ran.stderr}")
        return json.loads(summary.read_text())["files"]


def row(name, files):
    total = sum(each["line_total"] for each in files)
    covered = sum(each["line_covered"] for each in files)
    percent = 100 * covered / total if total else 0.0
    print(f"  {name:<28}{covered:>7} of {total:>6} lines {percent:>6.1f} %")
    return percent


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help="build folder with the .gcda files")
    parser.add_argument("--bar", type=float, default=85.0, help="least percentage in total")
    parser.add_argument("--worst", type=int, default=8, help="how many weak files to name")
    arguments = parser.parse_args()
    files = measure(arguments.build)
    for room in ROOMS:
        inside = [each for each in files if each["filename"].startswith(f"{room}/")]
        row(room, inside)
        parts = sorted({tuple(e["filename"].split("/")[1:-1])[:1] for e in inside} - {()})
        for part in parts:
            folder = f"{room}/{part[0]}/"
            row(f"  {part[0]}", [e for e in inside if e["filename"].startswith(folder)])
    total = row("total", files)
    weak = sorted(files, key=lambda each: each["line_covered"] - each["line_total"])
    print("  most lines without a test:")
    for each in weak[:arguments.worst]:
        missing = each["line_total"] - each["line_covered"]
        if missing:
            print(f"    {each['filename']}: {missing}")
    if total < arguments.bar:
        sys.exit(f"line coverage is {total:.1f} %, below the bar of {arguments.bar:.0f} %")


if __name__ == "__main__":
    main()
