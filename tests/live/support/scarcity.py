"""A runtime to which the system gives nothing more: no descriptor, no process, no space on the disk."""

import contextlib
import os
import resource
import shlex
import sys

WITHOUT_FORK = """
import ctypes, errno, os, struct, sys
CLONE, CLONE3, VFORKS = {"x86_64": (56, 435, (57, 58)), "aarch64": (220, 435, ())}[os.uname().machine]
LOAD, EQUALS, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
CLONE_THREAD = 0x10000
rules = [(LOAD, 0, 0, 0), (EQUALS, 0, 1, CLONE3), (RETURN, 0, 0, REFUSE | errno.ENOSYS)]
for number in VFORKS:
    rules += [(EQUALS, 0, 1, number), (RETURN, 0, 0, REFUSE | errno.ENOMEM)]
rules += [(EQUALS, 0, 3, CLONE), (LOAD, 0, 0, 16), (ANY_BIT, 1, 0, CLONE_THREAD),
          (RETURN, 0, 0, REFUSE | errno.ENOMEM), (RETURN, 0, 0, ALLOW)]
code = b"".join(struct.pack("HBBI", *each) for each in rules)
held = ctypes.create_string_buffer(code)
program = struct.pack("HxxxxxxP", len(rules), ctypes.addressof(held))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):  # PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP
    sys.exit(os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
"""
MISSING_DISK = "" if os.geteuid() == 0 else "only root may mount a disk"


def without_fork(*words):
    """The words that run a program whose every fork fails with ENOMEM; threads it may have."""
    return [sys.executable, "-c", WITHOUT_FORK, *words]


def on_a_small_disk(folder, size, *words):
    """The words that run a program for which `folder` is an empty disk of that size."""
    mount = f"mount -t tmpfs -o size={size},mode=700 small {shlex.quote(str(folder))}"
    return ["unshare", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh", *words]


@contextlib.contextmanager
def no_descriptor_left(pid):
    """For that process; what it has open stays open."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = {int(each) for each in os.listdir(f"/proc/{pid}/fd")}
    first_free = next(number for number in range(before[0]) if number not in used)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (first_free, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
