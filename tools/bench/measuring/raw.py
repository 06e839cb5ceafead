"""The raw programs: `upterm host` and `tmate -F` as a person would run them, through the same relays."""

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


class RawProgram:
    """A program that prints a link. `link` is how its guests get in; `took` how long it needed to print it."""

    numbered = 0

    def __init__(self, home):
        RawProgram.numbered += 1
        self.folder = home.folder / f"raw{RawProgram.numbered}"
        self.folder.mkdir(mode=0o700)

    def start(self, words, environment, is_link):
        """Returns the line with the link."""
        began = processes.now()
        self.process = processes.start(words, environment, stdout=processes.subprocess.PIPE)
        try:
            said, at = processes.read_line_with(self.process, is_link)
        except BaseException:
            self.close()
            raise
        self.took = at - began
        return said

    def close(self):
        processes.end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class RawHost(RawProgram):
    """One `upterm host`."""

    def __init__(self, home, relay, force_command="/bin/cat"):
        super().__init__(home)
        host_key = self.folder / "host_key"
        shutil.copy(home.key, host_key)
        environment = {"HOME": self.folder, "XDG_RUNTIME_DIR": self.folder, "XDG_STATE_HOME": self.folder,
                       "XDG_CONFIG_HOME": self.folder, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        words = [runtime.upterm(), "host", "--server", f"ssh://127.0.0.1:{relay.port}", "--accept",
                 "--known-hosts", relay.known_hosts, "--private-key", host_key, "--authorized-keys",
                 f"{home.key}.pub", "--no-sftp", "--force-command", force_command, "--", "sleep", "infinity"]
        self.link = self.start(words, {name: str(value) for name, value in environment.items()},
                               lambda line: line.startswith(b"ssh "))


class RawTmate(RawProgram):
    """One `tmate -F` through a runtime's relay, whose only pane runs a program, as a person would set it up."""

    def __init__(self, home, link, command="cat"):
        super().__init__(home)
        keys = home.folder / "state" / "relay" / "tmate"
        settings = {"tmate-server-host": "127.0.0.1", "tmate-server-port": link.split()[-1],
                    "tmate-server-rsa-fingerprint": fingerprint(keys / "ssh_host_rsa_key.pub"),
                    "tmate-server-ed25519-fingerprint": fingerprint(keys / "ssh_host_ed25519_key.pub"),
                    "tmate-authorized-keys": f"{home.key}.pub", "tmate-foreground-restart": "0"}
        configuration = self.folder / "tmate.conf"
        configuration.write_text("".join(f'set -g {name} "{value}"\n' for name, value in settings.items()))
        tmate, socket = shutil.which("tmate"), self.folder / "socket"
        words = [tmate, "-F", "-f", configuration, "-S", socket, "new-session", "-x", "80", "-y", "26",
                 f"{tmate} -S {socket} wait tmate-ready; exec {command}"]
        said = self.start(words, runtime.clean_environment(HOME=self.folder),
                          lambda line: line.startswith(b"ssh session:") and b"ssh -p" in line)
        self.link = said.split(": ", 1)[1]


def fingerprint(key):
    shown = processes.subprocess.run(["ssh-keygen", "-lf", key], check=True, capture_output=True, text=True).stdout
    return shown.split()[1]


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
