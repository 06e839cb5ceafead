"""The OpenTelemetry Collector's own unmarshaler, in a small program around it."""

import hashlib
import os
import shutil
import subprocess
import tempfile

from . import fetching

SOURCE = fetching.HERE / "otlp_spans"


def built(into):
    """Modules are thrown away again: of 27 MB, a program of 4 is kept."""
    go = os.environ.get("GO") or shutil.which("go", path=f"{os.environ['PATH']}:/usr/local/go/bin")
    if go is None:
        raise fetching.Missing("no go on PATH")
    with tempfile.TemporaryDirectory() as modules:
        environment = {**os.environ, "GOTOOLCHAIN": "local", "GOMODCACHE": modules,
                       "GOFLAGS": "-modcacherw -buildvcs=false", "GOWORK": "off", "CGO_ENABLED": "0"}
        fetching.fetched([go, "mod", "download"], "the unmarshaler", cwd=SOURCE, env=environment)
        done = subprocess.run([go, "build", "-trimpath", "-ldflags=-s -w", "-o", into / "otlp_spans", "."],
                              cwd=SOURCE, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def program():
    digest = hashlib.sha256()
    for name in ("main.go", "go.mod", "go.sum"):
        digest.update((SOURCE / name).read_bytes())
    return fetching.kept(f"otlp-spans-{digest.hexdigest()[:12]}", built) / "otlp_spans"


def prepare():
    program()


def read(file):
    """`resources`, a list of attributes; and `spans`."""
    return fetching.said_by([program(), file])
