#!/usr/bin/env python3
"""Draws docs/images/demo.svg: what an operator and a guest see during a real share.

Why: a picture of a program goes out of date unnoticed; one that is made by running the program doesn't.
A real runtime, relay, tmux and ssh are started in a folder of their own, and what their screens show is
drawn cell by cell. Usage: docs/images/draw_demo.py [FILE], with termlease on PATH or TERMLEASE_BIN set.
"""

import contextlib
import html
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
REPO = HERE.parents[1]
PROGRAMS = os.environ.get("TERMLEASE_BIN", str(REPO / "build/release/bin"))
CACHE = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))  # where upterm was built
PATIENCE = 30.0  # seconds; only a broken system takes that long
COLUMNS = 84
CELL = (8.0, 17.0)  # of the picture's units
PALETTE = ["#1d2021", "#fb4934", "#98971a", "#d79921", "#6a9fd8", "#b16286", "#689d6a", "#d5c4a1",
           "#928374", "#fb4934", "#b8bb26", "#fabd2f", "#83a598", "#d3869b", "#8ec07c", "#fbf1c7"]
FRONT, BACK, FRAME = "#ebdbb2", "#1d2021", "#3c3836"


class Stage:
    """A private tmux server with two windows: the operator's and the guest's."""

    def __init__(self, home):
        self.folder, self.socket = home, home / "stage"
        self.environment = {
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": str(home), "XDG_CACHE_HOME": CACHE,
            "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "TERMLEASE_HOME": str(home),
            "HISTFILE": "/dev/null"}

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", *map(str, words)], text=True,
                              capture_output=True, check=True, env=self.environment)
        return done.stdout

    def window(self, name, rows):
        self.tmux("new-session", "-d", "-s", name, "-x", COLUMNS, "-y", rows, "-c", self.folder,
                  "bash --norc --noprofile")
        self.tmux("set", "-g", "status", "off")
        self.tmux("resize-window", "-t", name, "-x", COLUMNS, "-y", rows)
        self.wait(name, r"[$#] *$")
        self.type(name, "PS1='$ '; clear")
        self.wait(name, r"\A\$ *$")

    def type(self, name, line):
        self.tmux("send-keys", "-t", name, "-l", line)
        self.tmux("send-keys", "-t", name, "Enter")

    def shown(self, name):
        return self.tmux("capture-pane", "-p", "-t", name)

    def wait(self, name, pattern):
        """Waits until the screen has a line like that."""
        until = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.shown(name), re.M)):
            if time.monotonic() > until:
                raise SystemExit(f"the {name}'s screen never showed {pattern}:\n{self.shown(name)}")
            time.sleep(0.01)
        return found

    def cells(self, name):
        lines = self.tmux("capture-pane", "-p", "-e", "-N", "-t", name).rstrip("\n").split("\n")
        rows = list(rows_of(lines))
        while rows and not "".join(text for text, _ in rows[-1]).strip():
            rows.pop()
        return rows


def rows_of(lines):
    """Each line as runs of (text, look)."""
    look = {}
    for line in lines:
        runs = []
        for codes, text in re.findall(r"\x1b\[([0-9;]*)m|([^\x1b]+)", line.replace("\x0e", "")):
            if text:
                runs.append((text, dict(look)))
            else:
                look = look_after(codes, look)
        yield runs


def look_after(codes, look):
    look = dict(look)
    numbers = [int(each or 0) for each in codes.split(";")]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            look = {}
        elif code in (1, 2, 7):
            look[code] = True
        elif 30 <= code <= 37 or 90 <= code <= 97:
            look["front"] = PALETTE[code - 30 if code < 90 else code - 82]
        elif 40 <= code <= 47 or 100 <= code <= 107:
            look["back"] = PALETTE[code - 40 if code < 100 else code - 92]
        elif code in (39, 49):
            look.pop("front" if code == 39 else "back", None)
    return look


def run_svg(x, y, text, look):
    """One run of cells: its ground, when it has one of its own, and its text."""
    front, back = look.get("front", FRONT), look.get("back", BACK)
    if look.get(7):
        front, back = back, front
    width = len(text) * CELL[0]
    parts = []
    if back != BACK:
        parts.append(f'<rect x="{x:g}" y="{y - 13:g}" width="{width:g}" height="{CELL[1]:g}" fill="{back}"/>')
    bare = text.strip()
    if bare:
        x += (len(text) - len(text.lstrip())) * CELL[0]
        weight = ' font-weight="bold"' if look.get(1) else ""
        faint = ' opacity="0.65"' if look.get(2) else ""
        colour = "" if front == FRONT else f' fill="{front}"'
        parts.append(f'<text x="{x:g}" y="{y:g}" textLength="{len(bare) * CELL[0]:g}"{colour}{weight}{faint}>'
                     f"{html.escape(bare)}</text>")
    return parts


def window_svg(title, rows, top):
    """A window with its title; returns its parts and where the next one begins."""
    width, height = COLUMNS * CELL[0] + 24, len(rows) * CELL[1] + 42
    parts = [f'<rect x="0" y="{top:g}" width="{width:g}" height="{height:g}" rx="8" fill="{BACK}" '
             f'stroke="{FRAME}"/>',
             f'<text x="12" y="{top + 20:g}" fill="#a89984" font-style="italic">{html.escape(title)}</text>']
    for number, runs in enumerate(rows):
        x, y = 12.0, top + 46 + number * CELL[1]
        for text, look in runs:
            parts += run_svg(x, y, text, look)
            x += len(text) * CELL[0]
    return parts, top + height + 12


def svg(windows):
    parts, top = [], 0.0
    for title, rows in windows:
        more, top = window_svg(title, rows, top)
        parts += more
    width = COLUMNS * CELL[0] + 24
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {top - 12:g}" width="{width:g}" '
        f'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" '
        f'fill="{FRONT}" xml:space="preserve">', *parts, "</svg>", ""])


def act(stage, home):
    """Plays the share and returns what the two saw."""
    stage.window("operator", 24)
    stage.window("guest", 8)
    stage.type("operator", "termlease terminal new demo")
    stage.wait("operator", r"^lend it: ")
    lent = ["tmux", "-S", home / "run" / "tmux.sock", "send-keys", "-t", "demo"]
    show = f"cd {REPO}; PS1='lent$ '; clear; ls --color=always"
    subprocess.run([*lent, show, "Enter"], check=True, env=stage.environment)
    stage.type("operator", "termlease share demo --ttl 10m --key guest.pub")
    link = stage.wait("operator", r"^(ssh \S+ -p \d+) *$").group(1)
    stage.type("guest", "ssh() { command ssh -F ssh_config \"$@\"; }; clear")
    stage.type("guest", link)
    stage.wait("guest", r"CHANGELOG\.md")
    stage.type("operator", "termlease shares")
    share = stage.wait("operator", r"^(\w{8})  demo +active +ro +upterm +1 ").group(1)
    during = stage.cells("guest")
    stage.type("operator", f"termlease revoke {share} --reason 'thank you'")
    stage.wait("operator", r"is revoked; nobody is in")
    stage.wait("guest", r"This share has ended")
    return [("The operator's window", stage.cells("operator")),
            ("The guest's window, while it is shared", during),
            ("The guest's window, afterwards", stage.cells("guest"))]


def prepare(home):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "guest", "-f", home / "guest"],
                   check=True)
    (home / "ssh_config").write_text(
        f"Host *\n  IdentityFile {home}/guest\n  IdentitiesOnly yes\n  IdentityAgent none\n"
        f"  UserKnownHostsFile {home}/known_hosts\n  StrictHostKeyChecking accept-new\n  LogLevel ERROR\n")


def main():
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "demo.svg"
    with tempfile.TemporaryDirectory(prefix="tl-", dir="/tmp") as folder, contextlib.ExitStack() as after:
        home = pathlib.Path(folder)
        prepare(home)
        stage = Stage(home)
        run = {"env": stage.environment, "check": False, "capture_output": True}
        after.callback(lambda: subprocess.run(["tmux", "-S", home / "run/tmux.sock", "kill-server"], **run))
        after.callback(lambda: subprocess.run(["termlease", "daemon", "--stop"], **run))
        after.callback(lambda: subprocess.run(["tmux", "-S", stage.socket, "kill-server"], **run))
        subprocess.run(["termlease", "policy", "init"], **{**run, "check": True})
        target.write_text(svg(act(stage, home)))


if __name__ == "__main__":
    main()
