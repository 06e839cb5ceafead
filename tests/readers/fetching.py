"""Where readers are kept, and how they get there: once, what is pinned, and as little as will do."""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
FETCHING = 300  # seconds that a download may take
READING = 120


class Missing(Exception):
    """What a reader needs isn't here; the text says what."""


def cache():
    """The user's own folder, which is made when it is asked for."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base, "termlease", "readers")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def program(name):
    found = shutil.which(name)
    if found is None:
        raise Missing(f"no {name} on PATH")
    return found


def node(oldest=18):
    found = program("node")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().lstrip("v").split(".")[0]) < oldest:
        raise Missing(f"node is {version.strip()}, needed is {oldest} or newer")
    return found


def fetched(words, what, **more):
    """Runs what downloads; a failure of it is a lack, and no fault of what is tested."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=FETCHING, check=False, **more)
    except subprocess.TimeoutExpired:
        raise Missing(f"{what} was not fetched within {FETCHING} s") from None
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["nothing was said of it"]
        raise Missing(f"{what} can't be fetched: {said[0]}")
    return done.stdout


def kept(name, make):
    """A folder of the cache. `make(folder)` fills it once; half of it is never seen."""
    folder = cache() / name
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=cache(), prefix=".new-") as fresh:
            made = Path(fresh, "made")
            made.mkdir()
            make(made)
            try:
                made.rename(folder)
            except OSError:  # another test was faster
                if not folder.exists():
                    raise
    return folder


@dataclass(frozen=True)
class Package:
    """A package of npm that needs no installing: files are taken out of it, and nothing is run."""
    name: str  # with its version
    sha256: str  # of the archive
    files: tuple  # how the paths begin that are kept; never what only a debugger reads

    def folder(self):
        short = self.name.strip("@").replace("/", "-").replace("@", "-")
        return kept(f"{short}-{self.sha256[:12]}", self.unpack)

    def unpack(self, into):
        npm = program("npm")
        with tempfile.TemporaryDirectory() as work:
            fetched([npm, "pack", "--loglevel=error", "--logs-max=0", "--fetch-retries=1", "--cache", f"{work}/cache",
                     "--pack-destination", work, self.name], self.name, cwd=work)
            (archive,) = Path(work).glob("*.tgz")
            found = hashlib.sha256(archive.read_bytes()).hexdigest()
            assert found == self.sha256, f"{self.name} is not what it was: its SHA-256 is {found}"
            with tarfile.open(archive) as packed:
                for member in packed:
                    path = member.name.partition("/")[2]
                    assert ".." not in path, path
                    if member.isfile() and path.startswith(self.files) and not path.endswith(".map"):
                        (into / path).parent.mkdir(parents=True, exist_ok=True)
                        (into / path).write_bytes(packed.extractfile(member).read())


def said_by(words, **more):
    """What a reader says, as JSON. It fails with the reader's own words."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=READING,
                          check=False, **more)
    assert done.returncode == 0, f"{Path(words[0]).name} refuses it: {done.stderr.strip()[-2000:]}"
    return json.loads(done.stdout)
