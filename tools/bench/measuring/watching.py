"""What `termlease top` takes of a processor while it shows a runtime with shares."""

import fcntl
import os
import pty
import select
import struct
import termios

from . import processes
from .figures import Bar, Line
from .runtime import Runtime

TITLE = "top"
ABOUT = "`termlease top` on a terminal of 120 by 40, with its own interval"
TRIES = 3
WINDOW = 10  # seconds
TERMINALS = 20
MOST = 2  # percent of a core
TICKS = os.sysconf("SC_CLK_TCK")


def processor_time(pid):
    """Seconds that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def shown_in(home, columns=120, rows=40):
    """The program on a terminal of its own; returns its pid and the terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(home.words("top")[0], [str(word) for word in home.words("top")], home.environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return pid, terminal


def read_for(terminal, seconds):
    """Reads what is shown, as a terminal does."""
    until = processes.now() + seconds
    seen = 0
    while (left := until - processes.now()) > 0:
        if select.select([terminal], [], [], left)[0]:
            seen += len(os.read(terminal, 65536))
    return seen


def measure(tries):
    with Runtime() as home:
        for number in range(TERMINALS):
            home.open_terminal(f"t{number}", "cat")
        used = []
        pid, terminal = shown_in(home)
        try:
            if not read_for(terminal, 2):
                raise RuntimeError("it shows nothing")
            for _ in range(tries):
                before = processor_time(pid)
                read_for(terminal, WINDOW)
                used.append(100 * (processor_time(pid) - before) / WINDOW)
        finally:
            os.write(terminal, b"q")
            os.waitpid(pid, 0)
            os.close(terminal)
        yield Line(f"{TERMINALS} terminals are shown", "%", used, [], [Bar("all", max(used), MOST, "%")])
