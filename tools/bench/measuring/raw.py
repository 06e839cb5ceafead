"""The raw program: `upterm host` as a person would run it, through the same relay."""

import os
import pathlib
import re
import shutil

from . import processes, runtime

LINK = re.compile(r"ssh \S+@(?P<host>\S+) -p (?P<port>\d+)")


class Relay:
    """Where the relay of a runtime is, found in the link of one of its shares."""

    def __init__(self, home, link):
        self.port = LINK.fullmatch(link)["port"]
        self.known_hosts = home.folder / "state" / "relay" / "upterm_known_hosts"


class RawHost:
    """One `upterm host`. `link` is how its guests get in; `took` how long it needed to print it."""

    numbered = 0

    def __init__(self, home, relay, force_command="/bin/cat"):
        RawHost.numbered += 1
        self.folder = home.folder / f"raw{RawHost.numbered}"
        self.folder.mkdir(mode=0o700)
        host_key = self.folder / "host_key"
        shutil.copy(home.key, host_key)
        environment = {"HOME": self.folder, "XDG_RUNTIME_DIR": self.folder, "XDG_STATE_HOME": self.folder,
                       "XDG_CONFIG_HOME": self.folder, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        words = [runtime.upterm(), "host", "--server", f"ssh://127.0.0.1:{relay.port}", "--accept",
                 "--known-hosts", relay.known_hosts, "--private-key", host_key, "--authorized-keys",
                 f"{home.key}.pub", "--no-sftp", "--force-command", force_command, "--", "sleep", "infinity"]
        began = processes.now()
        self.process = processes.start(words, {name: str(value) for name, value in environment.items()},
                                       stdout=processes.subprocess.PIPE)
        try:
            self.link, at = processes.read_line_with(self.process, lambda line: line.startswith(b"ssh "))
        except BaseException:
            self.close()
            raise
        self.took = at - began

    def close(self):
        processes.end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def attach_command(home, session):
    """What a person would force on their guests to lend a tmux session as it is."""
    tmux = pathlib.Path(shutil.which("tmux"))
    return f"{tmux} -u -S {home.tmux_socket} attach-session -t ={session}"
