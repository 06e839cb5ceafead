"""Each layer that ends processes, alone: what the other layers would have ended by themselves is kept from them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import cgroup, processes  # noqa: E402
from support.command_line import missing_program, running  # noqa: E402
from support.lending import Lending  # noqa: E402
from support.processes import alive, descendants, wait_until  # noqa: E402
from support.worker_case import MISSING, WorkerTestCase  # noqa: E402

# Starts its words and waits; what it starts has this program's stdin, which others keep open.
PARENT = "import subprocess, sys; subprocess.Popen(sys.argv[1:], stdin=0).wait()"


def started_by(program, words):
    """A process that started `words`, and the number of what it started."""
    parent = subprocess.Popen([sys.executable, "-c", program, *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    child = wait_until(lambda: descendants(parent.pid), "it has started it").pop()
    return parent, child


def end_if_alive(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def names_of(pids):
    names = []
    for pid in pids:
        with contextlib.suppress(OSError):
            names.append(Path(f"/proc/{pid}/comm").read_text().strip())
    return names


@unittest.skipIf(MISSING, MISSING)
class OfAWorker(WorkerTestCase):
    def below(self, worker):
        """Its descendants, of which the test leaves none behind, whatever it finds."""
        found = descendants(worker.pid)
        for each in found:
            self.addCleanup(end_if_alive, each)
        return found

    def test_the_end_of_its_pipe_ends_a_worker_whose_parent_lives(self):
        worker = self.open_share(heartbeat="10m")  # by which it would notice, too
        below = self.below(worker)
        worker.close_stdin()
        self.assertEqual(worker.wait_ended(), 0)
        self.assert_nothing_left(below)

    def test_the_death_of_its_parent_ends_a_worker_whose_pipe_stays_open(self):
        parent, worker = started_by(PARENT, [processes.programs_dir() / "termlease-worker"])
        with parent:
            wait_until(lambda: names_of([worker]) == ["termlease-worke"], "it is the worker")
            self.wait_until_it_listens(worker)
            parent.kill()
            parent.wait()
            wait_until(lambda: not alive(worker), "the worker has ended")  # while our end of its stdin is open

    def wait_until_it_listens(self, worker):
        """Its own death signal is set by then: it catches SIGTERM through a descriptor."""
        def blocked():
            text = Path(f"/proc/{worker}/status").read_text()
            mask = int(next(line.split()[1] for line in text.splitlines() if line.startswith("SigBlk")), 16)
            return mask >> (signal.SIGTERM - 1) & 1
        wait_until(blocked, "it waits for signals")

    def test_the_death_of_a_worker_ends_its_backend_which_has_no_pipe_to_it(self):
        worker = self.open_share()
        below = self.below(worker)
        self.assertIn("upterm", names_of(below))
        worker.process.kill()
        worker.wait_ended()
        self.assert_nothing_left(below)

    def test_what_a_backend_sent_into_the_background_is_inherited_by_the_worker_and_ended(self):
        (self.folder / "stray").symlink_to(shutil.which("sleep"))
        backend = self.folder / "backend"
        backend.write_text(textwrap.dedent(f"""\
            #!/bin/sh
            ({shutil.which('setsid')} {self.folder}/stray 1000 &)
            exec {processes.upterm_dir()}/upterm "$@"
            """))
        backend.chmod(0o700)
        worker = self.open_share(program=str(backend))
        wait_until(lambda: "stray" in names_of(descendants(worker.pid)), "it is still found below the worker")
        below = self.below(worker)
        worker.send("end", text="over")
        self.assertEqual(worker.wait_ended(), 0)
        self.assert_nothing_left(below)


@unittest.skipIf(missing_program() or MISSING, missing_program() or MISSING)
class OfARuntime(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(self.home))

    def shared(self):
        share = self.system.share()
        guest = self.system.guest(share)
        guest.wait_for("lo-and-behold")
        return share, guest

    def test_a_worker_and_its_runtime_that_are_killed_in_the_same_moment_leave_nothing(self):
        self.system.terminal()
        _, guest = self.shared()
        runtime = self.system.pid()
        for each in (self.system.process("termlease-worke"), runtime):
            os.kill(each, signal.SIGKILL)
        guest.wait_gone()
        wait_until(lambda: not alive(runtime) and not self.system.share_processes(), "nothing of it is left")
        self.assertIn("lo-and-behold", self.system.pane("demo"))

    @unittest.skipIf(cgroup.MISSING, cgroup.MISSING)
    def test_what_left_everything_but_its_cgroup_is_ended_with_the_share(self):
        group, _ = self.in_a_cgroup()
        with self.stray() as stray:
            share, _ = self.shared()
            part = self.part_of(group, self.system.process("termlease-worke"))
            (part / "cgroup.procs").write_text(str(stray.pid))
            self.system.run("stop", share["share_id"], check=True)
            self.assertEqual(stray.wait(processes.GENEROUS), -signal.SIGKILL)
            wait_until(lambda: not part.exists(), "its cgroup is removed")
            self.assertIn("lo-and-behold", self.system.pane("demo"))

    @unittest.skipIf(cgroup.MISSING, cgroup.MISSING)
    def test_the_next_runtime_ends_what_is_in_the_cgroups_of_the_killed_one(self):
        group, runtime = self.in_a_cgroup()
        with self.stray() as stray:
            self.shared()
            part = self.part_of(group, self.system.process("termlease-worke"))
            (part / "cgroup.procs").write_text(str(stray.pid))
            runtime.kill()
            runtime.wait()
            self.assertIsNone(stray.poll())
            with self.runtime_in(group):
                self.assertEqual(stray.wait(processes.GENEROUS), -signal.SIGKILL)
                self.assertIn("lo-and-behold", self.system.pane("demo"))

    def in_a_cgroup(self):
        group = self.enterContext(cgroup.delegated())
        runtime = self.enterContext(self.runtime_in(group))
        self.system.terminal()
        return group, runtime

    def runtime_in(self, group):
        process = subprocess.Popen(cgroup.inside(group, *self.system.words("daemon")), env=self.system.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_until(lambda: self.system.run("daemon", "--status", "--no-start").returncode == 0, "it runs")
        return running(process)

    def stray(self):
        """A process that no runtime started, marked or is above."""
        return running(subprocess.Popen(["sleep", "1000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE))

    def part_of(self, group, pid):
        return next(file.parent for file in group.glob("*/cgroup.procs") if str(pid) in file.read_text().split())


if __name__ == "__main__":
    unittest.main()
