"""Runs one folder of unittest files, each file in a process of its own.

Why: a live test that hangs or crashes must not take the others with it, and what could not run must
be counted as skipped, with its reason, never as passed. So every test has a limit of time, every
file has one too, and the counts go to a file that the caller adds up.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

COLOURS = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
MARKS = {"passed": "32", "failed": "31", "skipped": "33"}


class TookTooLong(BaseException):
    """Raised inside a test that exceeded its limit; not an Exception, so no test swallows it."""


def print_outcome(outcome, name, seconds, reason=""):
    word = f"{outcome:7}"
    if COLOURS:
        word = f"\x1b[{MARKS[outcome]}m{word}\x1b[0m"
    tail = f"  ({reason})" if reason else ""
    print(f"  {word} {name}  {seconds:.2f} s{tail}", flush=True)


class Report(unittest.TestResult):
    """Prints a line per test and gives each test a limit of time."""

    def __init__(self, limit):
        super().__init__()
        self.limit = limit
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.started = time.monotonic()
        self.subtest_failed = False

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()
        self.subtest_failed = False

        def expire(*_):
            raise TookTooLong(f"{test} took longer than {self.limit} s")

        signal.signal(signal.SIGALRM, expire)
        signal.alarm(self.limit)

    def stopTest(self, test):
        signal.alarm(0)
        super().stopTest(test)

    def conclude(self, outcome, test, reason="", details=""):
        self.counts[outcome] += 1
        print_outcome(outcome, test.id(), time.monotonic() - self.started, reason)
        if details:
            print("".join(f"      {line}\n" for line in details.splitlines()), flush=True)

    def addSuccess(self, test):
        if not self.subtest_failed:
            self.conclude("passed", test)

    def addSkip(self, test, reason):
        self.conclude("skipped", test, reason)

    def addFailure(self, test, err):
        self.conclude("failed", test, details=self._exc_info_to_string(err, test))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None and not self.subtest_failed:
            self.subtest_failed = True
            self.counts["failed"] += 1
            print_outcome("failed", test.id(), time.monotonic() - self.started)
        if err is not None:
            # Which of many cases it was tells more than the line of the loop that tries them.
            print(f"      {subtest._subDescription()}: {str(err[1])[:2000]}", flush=True)

    def addExpectedFailure(self, test, err):
        self.conclude("passed", test, "fails, as expected")

    def addUnexpectedSuccess(self, test):
        self.conclude("failed", test, "was expected to fail")


def guarded(test):
    """Wraps each test's method so that TookTooLong becomes an ordinary failure with a traceback."""
    for each in test:
        if isinstance(each, unittest.TestSuite):
            guarded(each)
            continue
        method = getattr(each, each._testMethodName, None)
        if method is None:
            continue

        def limited(method=method, each=each):
            try:
                return method()
            except TookTooLong as late:
                raise each.failureException(str(late)) from late

        limited.__doc__ = method.__doc__
        setattr(each, each._testMethodName, limited)
    return test


def run_file(arguments):
    file = pathlib.Path(arguments.file).resolve()
    sys.path[:0] = [str(file.parent), str(pathlib.Path(__file__).resolve().parent.parent)]
    loader = unittest.TestLoader()
    if arguments.pattern:
        loader.testNamePatterns = [f"*{arguments.pattern}*"]
    suite = guarded(loader.loadTestsFromName(file.stem))
    report = Report(arguments.limit)
    suite.run(report)
    pathlib.Path(arguments.counts).write_text(json.dumps(report.counts))


def end_group(process):
    """Lets a file's tests clean up; then ends what is left of its process group."""
    for ending, patience in ((signal.SIGINT, 20), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, ending)
            process.wait(patience)
            return
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def run_one(script, file, arguments):
    """Returns the counts of one file; a file that dies or hangs counts as one failure."""
    with tempfile.TemporaryDirectory() as folder:
        counts = pathlib.Path(folder, "counts")
        command = [sys.executable, script, "--file", str(file), "--counts", str(counts),
                   "--limit", str(arguments.limit), "--pattern", arguments.pattern]
        # A group of its own, so that a file that hangs can be ended with all that it started.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            code = process.wait(arguments.file_limit)
            reason = f"ended with {code} before its last test"
        except subprocess.TimeoutExpired:
            reason = f"took longer than {arguments.file_limit} s"
        finally:
            if process.poll() is None:
                end_group(process)
        if counts.exists():
            return json.loads(counts.read_text())
    print_outcome("failed", file.stem, 0, reason)
    return {"passed": 0, "failed": 1, "skipped": 0}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", help="folder with test_*.py files")
    parser.add_argument("--file", help=argparse.SUPPRESS)
    parser.add_argument("--counts", required=True, help="where the counts are written, as JSON")
    parser.add_argument("--limit", type=int, default=180, help="seconds per test")
    parser.add_argument("--file-limit", type=int, default=1200, help="seconds per file")
    parser.add_argument("--pattern", default="", help="only tests whose name has this in it")
    arguments = parser.parse_args()
    if arguments.file:
        run_file(arguments)
        return
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for file in sorted(pathlib.Path(arguments.folder).glob("test_*.py")):
        for outcome, count in run_one(sys.argv[0], file, arguments).items():
            total[outcome] += count
    pathlib.Path(arguments.counts).write_text(json.dumps(total))


if __name__ == "__main__":
    main()
