"""The raw program: `upterm host` as a person would run it, through the same relay."""

import os
import re
import shlex
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


class RawTmux:
    """A tmux server of its own, which no runtime knows; a person would lend a session of it as it is."""

    def __init__(self, home):
        self._home = home
        self.socket = home.folder / "raw.tmux"

    def open(self, name, *command):
        self._home.tmux("-f", "/dev/null", "new-session", "-d", "-s", name, "-x", "80", "-y", "24",
                        shlex.join(map(str, command)), socket=self.socket)
        return name

    def pid(self):
        return self._home.tmux_pid(self.socket)

    def attach_command(self, session):
        return f"{shutil.which('tmux')} -u -S {self.socket} attach-session -t ={session}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._home.end_tmux(self.socket)
