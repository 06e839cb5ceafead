"""Processes: starting them so that Ctrl-C is ours alone, ending them by pid, and what /proc tells.

Why: what a measurement starts must be gone after it, however it ends; and memory has to be counted
the same way for ours and for the raw program.
"""

import contextlib
import ctypes
import os
import pathlib
import select
import signal
import subprocess
import time

GENEROUS = 20.0  # seconds; only a broken system takes that long
KB_PER_MB = 1024
PR_SET_CHILD_SUBREAPER = 36


def now():
    """Seconds of the clock that all processes of a machine share."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def start(words, environment, **more):
    """Starts a program in a session of its own: a Ctrl-C at the terminal doesn't reach it."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([str(word) for word in words], env=environment, start_new_session=True,
                            **{**streams, **more})


def end(process, how=signal.SIGTERM, limit=GENEROUS):
    """Ends a process of ours and closes its pipes."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def wait_until(happened, what, limit=GENEROUS, pause=0.001):
    """The first true result of `happened()`."""
    deadline = now() + limit
    while True:
        result = happened()
        if result:
            return result
        if now() > deadline:
            raise RuntimeError(f"not within {limit:g} s: {what}")
        time.sleep(pause)


def pause(seconds):
    time.sleep(seconds)


def read_line_with(process, wanted, limit=GENEROUS):
    """Reads a program's stdout until a whole line that `wanted` accepts; returns it and the time."""
    seen = b""
    deadline = now() + limit
    while now() < deadline:
        if not select.select([process.stdout], [], [], 0.1)[0]:
            continue
        part = os.read(process.stdout.fileno(), 65536)
        at = now()
        if not part:
            break
        seen += part
        for line in seen.split(b"\n")[:-1]:
            if wanted(line.strip()):
                return line.strip().decode(), at
    raise RuntimeError(f"{process.args[0]} did not print it; it said {seen[-300:]!r}")


def wait_gone(pid, limit=GENEROUS):
    """Waits for a process that need not be our child; one that doesn't go is killed."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if not select.select([handle], [], [], limit)[0]:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    finally:
        os.close(handle)


def adopt_orphans():
    """From now on whatever we start stays below us, also what goes into the background."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_everything_below():
    """Ends what is still there of all that was started; normally that is nothing."""
    for pid in [pid for pids in descendants(os.getpid()).values() for pid in pids]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def table():
    """Every process: its parent and the name of its program, as the kernel keeps it (15 bytes)."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                head, _, rest = (entry / "stat").read_text().rpartition(")")
                found[int(entry.name)] = (int(rest.split()[1]), head.partition("(")[2])
    return found


def descendants(pid):
    """Every process below `pid`, by the name of its program."""
    everything = table()
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, (parent, _) in everything.items() if parent in fresh} - found
        found |= fresh
    by_name = {}
    for each in found:
        by_name.setdefault(everything[each][1], []).append(each)
    return by_name


def _kilobytes(pid, file):
    values = {}
    for line in pathlib.Path(f"/proc/{pid}/{file}").read_text().splitlines():
        name, _, rest = line.partition(":")
        if rest.strip().endswith("kB"):
            values[name] = values.get(name, 0) + int(rest.split()[0])
    return values


def memory(pid):
    """PSS and private memory in MB, swapped out or not; None for a process that has just gone."""
    try:
        values = _kilobytes(pid, "smaps_rollup")
        private = values["Private_Clean"] + values["Private_Dirty"] + values["Swap"]
        shared_out = values["Pss"] + values["SwapPss"]
    except (ProcessLookupError, FileNotFoundError, KeyError):
        return None
    return shared_out / KB_PER_MB, private / KB_PER_MB


def resident(pid):
    """Resident memory now, and at its peak, in MB."""
    values = _kilobytes(pid, "status")
    return values["VmRSS"] / KB_PER_MB, values["VmHWM"] / KB_PER_MB


def available():
    """MemAvailable in MB, with the free pages that each processor keeps for itself.

    Newer kernels keep hundreds of MB there, which come and go: without them this would tell nothing.
    """
    free = 0
    for line in pathlib.Path("/proc/zoneinfo").read_text().splitlines():
        name, _, value = line.strip().partition(":")
        if name == "count":
            free += int(value) * os.sysconf("SC_PAGE_SIZE") / 1024
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return (int(line.split()[1]) + free) / KB_PER_MB
    raise RuntimeError("this kernel tells no MemAvailable")


def context_switches(pid):
    """How often any thread of a process was given the processor, or taken off it, by thread."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        text = (task / "status").read_text()
        found[int(task.name)] = sum(int(line.split()[1]) for line in text.splitlines()
                                    if "ctxt_switches" in line)
    return found
