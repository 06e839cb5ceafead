"""A runtime on a network of its own, which can be cut: packets vanish, and nothing closes."""

import os
import subprocess
import sys

from .processes import GENEROUS

LOOPBACK = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    flags = 1 if sys.argv[1] == "up" else 0  # IFF_UP
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", flags))  # SIOCSIFFLAGS
if sys.argv[2:]:
    os.execvp(sys.argv[2], sys.argv[2:])
"""
MISSING = "" if os.geteuid() == 0 else "only root may cut a network"


def on_its_own_network(*words):
    """The words that run a program on a new network with a loopback of its own."""
    return ["unshare", "--net", sys.executable, "-c", LOOPBACK, "up", *words]


def inside(pid, *words):
    """The words that run a program on the network of that process."""
    return ["nsenter", "--target", str(pid), "--net", "--", *words]


def cut(pid):
    subprocess.run(inside(pid, sys.executable, "-c", LOOPBACK, "down"), check=True, timeout=GENEROUS)
