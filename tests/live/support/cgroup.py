"""A cgroup that is delegated as systemd does it, for a runtime to divide."""

import contextlib
import os
from pathlib import Path

from .processes import wait_until


def unified():
    """Where the unified hierarchy is mounted; None where it isn't."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        if " - cgroup2 " in line:
            return Path(line.split()[4])
    return None


MISSING = "" if os.geteuid() == 0 and unified() and (unified() / "cgroup.procs").exists() else \
    "only root may delegate a cgroup, where the unified hierarchy is mounted"


@contextlib.contextmanager
def delegated():
    folder = unified() / f"termlease-test-{os.getpid()}"
    folder.mkdir()
    try:
        os.setxattr(folder, "user.delegate", b"1")
        yield folder
    finally:
        (folder / "cgroup.kill").write_text("1")
        wait_until(lambda: not members(folder), "the cgroup is empty")
        for each in [*folder.glob("*/"), folder]:
            each.rmdir()


def members(folder):
    """Of it and of its parts."""
    return [int(pid) for file in folder.glob("**/cgroup.procs") for pid in file.read_text().split()]


def inside(folder, *words):
    """The words that run a program as a member of it."""
    return ["sh", "-c", 'echo $$ > "$0"/cgroup.procs && exec "$@"', str(folder), *words]
