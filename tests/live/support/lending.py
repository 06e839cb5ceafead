"""A whole system in a home of its own: runtime, relay, terminals, shares, and the guests of the shares."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from . import processes
from .bus import Bus
from .command_line import CommandLine
from .processes import Guest, alive, make_key, ssh_command, wait_until

# Everything that the operator asks for starts at once.
OPEN = """
version = 1
[[rule]]
name = "the-operator-may"
effect = "allow"
requesters = ["operator"]
"""
OF_A_SHARE = {"termlease-worke", "termlease-guest", "upterm", "tmate"}  # the kernel keeps 15 characters


def touched_by(home):
    """pid -> name of every living process that has the home in its arguments, environment or folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or not alive(entry.name):
            continue
        with contextlib.suppress(OSError):
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            if str(home).encode() in told or os.readlink(entry / "cwd").startswith(str(home)):
                found[int(entry.name)] = (entry / "comm").read_text().strip()
    return found


class Lending(CommandLine):
    """The operator's side by the CLI, and guests by ssh. Ends all that it started."""

    def __init__(self, home, policy=OPEN, settings=""):
        super().__init__(home, policy=False)
        (home / "config").mkdir(parents=True, exist_ok=True)
        self.guests = []
        if policy:
            self.rules(policy)
        if settings:
            with open(home / "config" / "config.toml", "a") as file:
                file.write(settings)

    def rules(self, text):
        """Replaces the policy in one step, as an editor does."""
        fresh = self.home / "config" / "policy.new"
        fresh.write_text(text)
        fresh.rename(self.home / "config" / "policy.toml")

    # --- asking ---

    def terminal(self, name="demo", command="echo lo-and-behold; cat"):
        return self.json("terminal", "new", name, "--", "sh", "-c", command)

    def key(self, name="guest"):
        """The private key's path; made when first asked for."""
        path = self.home / name
        if not path.exists():
            make_key(path)
        return path

    def share(self, terminal="demo", *words, key="guest", **more):
        return self.json("share", terminal, "--key", f"{self.key(key)}.pub", *words, **more)

    def share_words(self, terminal="demo", *words):
        return ("share", terminal, "--key", f"{self.key()}.pub", *words)

    def shown(self, share):
        return self.json("show", share["share_id"])

    def wait_state(self, share, state, limit=processes.GENEROUS):
        return wait_until(lambda: (view := self.shown(share))["state"] == state and view,
                          f"the share is {state}", limit)

    def audit(self, share=None):
        return self.json("audit", *(("--share", share["share_id"]) if share else ()))

    def event_types(self, share=None):
        return [each["eventType"] for each in self.audit(share)]

    def bus(self):
        return Bus(self.home / "run" / "bus.sock")

    # --- guests ---

    def ssh(self, share, key="guest"):
        """The guest's command; ssh trusts our relay's own key, and nothing else."""
        keys = {"upterm": "upterm_host_ed25519", "tmate": "tmate/ssh_host_ed25519_key"}[share["backend"]]
        relay = (self.home / "state" / "relay" / f"{keys}.pub").read_text().split()[:2]
        port = share["link"].split()[-1]
        # In one step: an ssh that was started just before may be reading it.
        fresh = self.home / "known_hosts.new"
        fresh.write_text(f"[127.0.0.1]:{port} {' '.join(relay)}\n")
        fresh.rename(self.home / "known_hosts")
        return ssh_command(share["link"], self.key(key), self.home)

    def guest(self, share, key="guest", size=(80, 25)):
        self.guests.append(Guest(self.ssh(share, key), size))
        return self.guests[-1]

    def wait_guests(self, share, count):
        wait_until(lambda: len(self.shown(share)["guests"]) == count, f"{count} guests are in")
        return self.shown(share)["guests"]

    # --- looking behind it ---

    def tmux(self, *words):
        """Asks the tmux server of our own terminals."""
        done = subprocess.run(["tmux", "-S", self.home / "run" / "tmux.sock", *words], text=True,
                              capture_output=True, check=True, env=self.environment)
        return done.stdout.rstrip("\n")

    def type(self, terminal, text):
        self.tmux("send-keys", "-t", terminal, "-l", text)
        self.tmux("send-keys", "-t", terminal, "Enter")

    def pane(self, terminal):
        return self.tmux("capture-pane", "-p", "-t", terminal)

    def pid(self):
        return self.json("daemon", "--status")["pid"]

    def kill_runtime(self):
        """Ends it as a crash would; returns once it is gone."""
        pid = self.pid()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not alive(pid), "the runtime is gone")

    def share_processes(self):
        return {pid: name for pid, name in touched_by(self.home).items() if name in OF_A_SHARE}

    def process(self, name):
        """The one process with that name."""
        def found():
            return [pid for pid, each in touched_by(self.home).items() if each == name]
        # For a moment a program that it starts is called as it is.
        return wait_until(lambda: len(found()) == 1 and found(), f"one process is called {name}")[0]

    def lose_relay(self, program):
        """Kills it; returns once its shares were announced to be without one, and to have a new link."""
        with self.bus() as bus:
            bus.ask("bus.subscribe", topics=["share.relay.lost", "share.link.changed"], state=False)
            os.kill(self.process(program), signal.SIGKILL)
            bus.event("share.relay.lost")
            bus.event("share.link.changed")

    def wait_clean(self):
        """Nothing of any share is left: no process, no folder."""
        wait_until(lambda: not self.share_processes(), "no process of a share is left")
        shares = self.home / "run" / "shares"
        wait_until(lambda: not shares.exists() or not any(shares.iterdir()), "no share's folder is left")

    def __exit__(self, *problem):
        for each in self.guests:
            each.close()
        super().__exit__(*problem)
