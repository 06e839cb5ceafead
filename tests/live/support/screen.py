"""What is on a screen, exactly: tmux itself is the judge.

A guest program runs in a pane of a second, private tmux server, whose screen is then compared with the
lent pane, cell by cell.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .processes import GENEROUS, programs_dir, wait_until

TMUX = shutil.which("tmux")
LINE_DRAWING = dict(zip("`abcdefghijklmnopqrstuvwxyz{|}~",
                        "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"))


def cells_of(line, pen):
    """The cells of one captured row as (text, attributes) and the pen after it."""
    cells = []
    for code, shift, text in re.findall(r"\x1b\[([0-9;:]*)m|([\x0e\x0f])|(.)", line, re.S):
        if text:
            drawn = LINE_DRAWING.get(text, text) if pen.get("shifted") else text
            look = tuple(sorted((k, v) for k, v in pen.items() if k != "shifted"))
            cells.append((drawn, look))
        elif shift:
            pen = {k: v for k, v in pen.items() if k != "shifted"}
            if shift == "\x0e":
                pen["shifted"] = True
        else:
            pen = rendition(code, pen)
    return cells, pen


def rendition(code, pen):
    """The pen after an SGR sequence with the parameters `code`, as tmux 3.3 captures write them."""
    pen = dict(pen)
    words = code.replace("5:3", "53").split(";") if code else ["0"]
    while words:
        word = words.pop(0)
        if word in ("", "0"):
            pen = {k: v for k, v in pen.items() if k == "shifted"}
        elif word in ("38", "48", "58"):
            length = 2 if words[0] == "5" else 4
            pen[word] = ";".join(words[:length])
            del words[:length]
        elif word.startswith("4:"):
            pen["4"] = word[2:]
        elif word in ("39", "49"):
            pen.pop("38" if word == "39" else "48", None)
        elif re.fullmatch(r"3[0-7]|9[0-7]", word):
            pen["38"] = word
        elif re.fullmatch(r"4[0-7]|10[0-7]", word):
            pen["48"] = word
        else:
            pen[word] = "1"
    return pen


def picture(captured):
    """Rows of cells of a `capture-pane -p -e -N`; blank cells at the ends of rows don't count."""
    rows, pen = [], {}
    for line in captured.split("\n"):
        cells, pen = cells_of(line, pen)
        while cells and cells[-1][0] == " " and not [k for k, _ in cells[-1][1] if k not in ("38", "48")]:
            cells.pop()
        rows.append(cells)
    return rows


class PrivateTmux:
    """A tmux server of the test's own."""

    def __init__(self, rows=24, columns=80, command="cat"):
        self.folder = Path(tempfile.mkdtemp(prefix="tl-", dir="/tmp"))
        self.socket = str(self.folder / "tmux")
        self.run("-f", "/dev/null", "new-session", "-d", "-s", "lent", "-x", str(columns), "-y", str(rows),
                 command)
        self.run("set", "-g", "status", "off")
        self.run("set", "-sg", "escape-time", "0")
        self.resize(rows, columns)  # from now on no client sizes this window
        self.pane = self.ask("#{pane_id}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run([TMUX, "-S", self.socket, "kill-server"], capture_output=True, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *words, check=True):
        done = subprocess.run([TMUX, "-u", "-S", self.socket, *words], capture_output=True, check=check,
                              timeout=GENEROUS, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                                                     "TERM": "xterm-256color", "HOME": str(self.folder)})
        return done.stdout.decode()

    def ask(self, text, target="lent:"):
        return self.run("display-message", "-p", "-t", target, text).rstrip("\n")

    def resize(self, rows, columns):
        self.run("resize-window", "-t", "lent:", "-x", str(columns), "-y", str(rows))

    def keys(self, *names):
        self.run("send-keys", "-t", "lent:", *names)

    def type(self, text):
        self.run("send-keys", "-t", "lent:", "-l", text)

    def text(self, target="lent:"):
        return self.run("capture-pane", "-p", "-t", target)

    def cells(self, target="lent:"):
        return picture(self.run("capture-pane", "-p", "-e", "-N", "-t", target)[:-1])

    def cursor(self, target="lent:"):
        x, y, width, on = map(int, self.ask("#{cursor_x} #{cursor_y} #{pane_width} #{cursor_flag}",
                                            target).split())
        return (min(x, width - 1), y) if on else None


class Hall:
    """The hall's test host on one pane."""

    def __init__(self, tmux, mode="rw", pane=None, socket=None):
        self.start(tmux.folder / "guests", "tmux", TMUX, socket or tmux.socket, "", pane or tmux.pane, mode)

    def start(self, guests, host, program, socket, session, pane, mode):
        self.guests = str(guests)
        self.process = subprocess.Popen(
            [programs_dir() / "termlease-hall-host", host, program, socket, session, pane, self.guests, mode],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        assert self.process.stdout.readline() == "ready\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(GENEROUS)
        self.process.stdout.close()

    def order(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def heard(self):
        return self.process.stdout.readline().rstrip("\n")

    @property
    def command(self):
        return f"{programs_dir()}/termlease-guest {self.guests}"


class GuestScreen(PrivateTmux):
    """A guest program on a terminal of the given size."""

    def __init__(self, hall, rows=25, columns=80):
        super().__init__(rows, columns, f"sleep 0.05; stty size > /dev/null; exec {hall.command}")
        self.run("set", "-g", "remain-on-exit", "on")
        wait_until(lambda: "demo" in self.text(), "the guest sees the status line")

    def pane_cells(self):
        return self.cells()[:-1]


def same(lent, guest):
    """What differs between a lent pane and a guest's picture of all of it; empty when nothing does."""
    ours, theirs = guest.pane_cells(), lent.cells()
    for y, (left, right) in enumerate(zip(ours, theirs)):
        if left != right:
            return f"row {y}: guest {left} pane {right}"
    if guest.cursor() != lent.cursor():
        return f"cursor: guest {guest.cursor()} pane {lent.cursor()}"
    return ""


def assert_same(lent, guest):
    """Waits until both are the same; fails with the last difference."""
    last = [""]

    def equal():
        last[0] = same(lent, guest)
        return not last[0]

    try:
        wait_until(equal, "the guest's picture equals the pane", 5)
    except AssertionError as error:
        raise AssertionError(f"{error}: {last[0][:1500]}") from None
