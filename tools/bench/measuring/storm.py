"""Kill storms: a random victim, killed at a random moment of a random operation, and then a look at everything.

Why: nobody can think of every moment at which a process may die. Each round does something real, with a
real guest inside, kills something, and looks at the system itself: the process table, ssh's exit, the
pane's own process and text, and the journal's file.
"""

import collections
import contextlib
import os
import pathlib
import random
import signal

from . import processes
from .figures import Bar, Line, percentile
from .guests import Crowd, start_on_terminal
from .ledger import Ledger
from .runtime import Runtime

TITLE = "storm"
ABOUT = "a random victim is killed at a random moment of a random operation"
TRIES = 1000
GONE_WITHIN = 5.0     # seconds: guests, and what belongs to no runtime
REAPED_WITHIN = 1000  # ms, p99
ANSWER_WITHIN = 20.0
LATEST = 0.12         # seconds after the operation's begin
SHOWN = "lo-and-behold"
SETTINGS = """
[shares]
per_terminal_limit = 9
[supervision]
restarts = 100
"""
TOLD = "runtime, by SIGTERM"
# The kernel keeps 15 bytes of a name; the relay of tmate is fetched with a loader of its own.
VICTIMS = {"worker": "termlease-worke", "upterm": "upterm", "tmate": "tmate", "guest program": "termlease-guest",
           "upterm's relay": "uptermd", "tmate's relay": "ld-linux-x86-64", "terminal client": "tmux: client",
           "runtime": "termlease", TOLD: "termlease"}
OPERATIONS = ("share", "share through tmate", "revoke", "stop", "extend", "switch", "kick", "join", "nothing")
SEED = None


def take(given):
    """From the command line."""
    global SEED  # pylint: disable=global-statement
    SEED = given.seed


class Broken(RuntimeError):
    """What a round found."""


class Onlooker:
    """The operator, who looks at the terminal by a tmux client of their own."""

    def __init__(self, home):
        self.process, self.end = start_on_terminal(["tmux", "-S", home.tmux_socket, "attach", "-t", "demo"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        processes.end(self.process, signal.SIGKILL)
        os.close(self.end)


class Storm:
    def __init__(self, home, seed):
        self.home = home
        self.seed = seed
        self.chance = random.Random(seed)
        self.home.open_terminal("demo", "sh", "-c", f"echo {SHOWN}; exec cat")
        self.pane = self.panes()
        self.before = Ledger(self.journal)
        self.counts = collections.Counter()
        self.reaped = []  # ms, of each killed runtime
        self.typed = ""
        self.what = "the start"
        self.promised = []  # what the runtime said that it has done: event and share

    @property
    def journal(self):
        return self.home.folder / "state" / "journal.db"

    def panes(self):
        return self.home.tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid}")

    # --- one round ---

    def round(self, number):
        self.typed = f"round-{number}"
        self.home.tmux("send-keys", "-t", "demo", "C-l", self.typed, "Enter")
        backend = self.chance.choice(("upterm", "upterm", "tmate"))
        with Crowd() as crowd, Onlooker(self.home) as operator:
            share = self.home.share("demo", backend=backend)
            self.promised.append(("share.session.started", share["share_id"]))
            crowd.invite(self.home, share["link"], self.chance.choice((0, 1, 2)))
            crowd.wait_for(SHOWN.encode() if number == 0 else self.typed.encode(), "guests see the pane")
            operation = self.chance.choice(OPERATIONS)
            asked = self.begin(operation, share, crowd)
            processes.pause(self.chance.random() * LATEST)
            victim = self.kill(operator)
            self.counts[victim] += 1
            self.what = f"{operation} of a share through {backend}, {victim} killed"
            self.settle(asked, share, victim)
            self.look(crowd)

    def begin(self, operation, share, crowd):
        bus, name = self.home.bus, share["share_id"]
        if operation in ("share", "share through tmate"):
            backend = "tmate" if "tmate" in operation else "upterm"
            return self.home.ask_for_share("demo", backend=backend)
        if operation in ("revoke", "stop"):
            return bus.send(f"share.{operation}", share=name)
        if operation == "extend":
            return bus.send("share.extend", share=name, by="5m")
        if operation == "switch":
            other = "tmate" if share["backend"] == "upterm" else "upterm"
            return bus.send("share.switch", share=name, backend=other)
        if operation == "kick":
            return bus.send("share.guest.kick", share=name, guest="g1")
        if operation == "join":
            crowd.invite(self.home, share["link"])
        return None

    def kill(self, operator):
        """Kills one of those that there are; a kind is as likely as another."""
        below = processes.descendants(self.home.process.pid)
        below["termlease"] = [self.home.process.pid]
        below["tmux: client"] = [operator.process.pid]
        there = [kind for kind, name in VICTIMS.items() if below.get(name)]
        kind = self.chance.choice(there)
        pid = self.chance.choice(sorted(below[VICTIMS[kind]]))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM if kind == TOLD else signal.SIGKILL)
        return kind

    def of_shares(self):
        """Whatever has the home of this runtime in its words or its environment, but the runtime, tmux and panes."""
        mine = str(self.home.folder).encode()
        panes = {int(line.split()[1]) for line in self.panes().splitlines()}
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) in panes:
                continue
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes()
                if mine not in words + (entry / "environ").read_bytes():
                    continue
                program = words.split(b"\0")[0].rsplit(b"/", 1)[-1]
                if program not in (b"termlease", b"tmux", b"ssh", b"ssh-keygen", b""):
                    found[int(entry.name)] = program.decode()
        return found

    def settle(self, asked, share, victim):
        """The operation's answer, and the next runtime where there is none."""
        if victim in ("runtime", TOLD):
            began = processes.now()
            if victim == TOLD and (status := self.home.process.wait(ANSWER_WITHIN)) != 0:
                self.broken("stops", f"it ended with {status}")
            processes.wait_until(lambda: not self.of_shares(), f"all of a killed runtime is gone: {self.of_shares()}",
                                 GONE_WITHIN, 0.005)
            if victim == "runtime":
                self.reaped.append(1000 * (processes.now() - began))
            self.home.process.wait()
            self.home.bus.close()
            self.home.begin()
            return
        if asked is None:
            return
        try:
            answer = self.home.bus.answer(asked)
        except RuntimeError:
            return  # it may fail; what it must not do is to leave something behind
        if "end_reason" in answer and answer.get("state") == "ended":
            self.promised.append(("share.session.stopped", answer["share_id"]))
        elif answer.get("share_id"):
            self.promised.append(("share.session.started", answer["share_id"]))

    # --- what is looked at ---

    def look(self, crowd):
        # Only a share that is active may have guests; so all are ended, and nobody may be in.
        for each in self.home.bus.call("share.list")["shares"]:
            with contextlib.suppress(RuntimeError):
                self.home.bus.call("share.stop", share=each["share_id"])
        left, _ = crowd.wait_left(GONE_WITHIN)
        if left < len(crowd.guests):
            self.broken("guests in", f"{len(crowd.guests) - left} guests are still in")
        relays = {"uptermd", "tmate-ssh-server", "unshare", "sh", "ld-linux-x86-64.so.2", "relay"}

        def rest():
            return {pid: name for pid, name in self.of_shares().items() if name not in relays}

        with contextlib.suppress(RuntimeError):
            processes.wait_until(lambda: not rest(), "", GONE_WITHIN, 0.01)
        if rest():
            self.broken("orphans", f"left behind: {rest()}")
        if self.panes() != self.pane or self.typed not in self.home.tmux("capture-pane", "-p", "-t", "demo"):
            self.broken("terminals", "the terminal has changed")
        now = Ledger(self.journal)
        if now.problem:
            self.broken("chain", now.problem)
        lost = [each for each in self.promised if not now.has(*each)]
        if lost or not now.continues(self.before):
            self.broken("records", f"lost: {lost}")
        self.before, self.promised = now, []

    def broken(self, what, text):
        self.counts[what] += 1
        raise Broken(f"{self.what}: {text}")


def rounds(count, seed, say):
    """Plays the rounds; returns the counts and the times. `say` is told of each failure."""
    with Runtime(settings=SETTINGS) as home:
        storm = Storm(home, seed)
        for number in range(count):
            try:
                storm.round(number)
            except Broken as problem:
                say(f"seed {seed}, round {number}: {problem}")
            except RuntimeError as problem:
                server = "lives" if storm.panes() == storm.pane else "has changed"
                raise RuntimeError(f"seed {seed}, round {number}, after {storm.what}: {problem}; tmux {server}") from problem
        return storm.counts, storm.reaped


def measure(tries):
    seed = SEED if SEED is not None else random.randrange(1 << 32)
    failures = []
    counts, reaped = rounds(tries, seed, failures.append)
    killed = ", ".join(f"{name} {counts[name]}" for name in VICTIMS if counts[name])
    bars = [Bar(says, counts[what], 0, "") for what, says in
            (("orphans", "rounds with a process left behind"), ("guests in", "rounds with a guest in after 5 s"),
             ("terminals", "rounds with a changed terminal"), ("records", "rounds with a lost record"),
             ("chain", "rounds with a broken chain"), ("stops", "rounds in which SIGTERM did not end it in order"))]
    yield Line(f"rounds, seed {seed}", "", [tries], [], bars, "; ".join([f"killed: {killed}", *failures[:5]]))
    if reaped:
        yield Line("kill -9 of the runtime to the last of its processes gone", "ms", reaped, [],
                   [Bar("p99", percentile(reaped, 0.99), REAPED_WITHIN, "ms")])
