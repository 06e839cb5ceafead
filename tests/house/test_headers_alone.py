"""Every header compiles on its own.

Compiling is slow, so what compiled is remembered by its content: the header, everything of ours that
it reaches, the compiler and the flags.
"""

import concurrent.futures
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import sources

FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion",
         "-Wno-sign-conversion", "-Werror"]
REMEMBERED = sources.PROGRAMS.parent / "headers-alone"


def compiler():
    found = shutil.which(os.environ.get("CXX", "g++"))
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    launcher = shutil.which("ccache")
    return ([launcher] if launcher else []) + [found], version.stdout


def digest(path, version):
    sum_ = hashlib.sha256((version + " ".join(FLAGS)).encode())
    for name in [str(path), *sorted(sources.all_includes(path)[0])]:
        sum_.update(name.encode() + b"\0" + sources.read(name).encode())
    return sum_.hexdigest()


def compile_alone(path, command, version):
    """The compiler's words about a header that does not compile alone, or nothing."""
    seal = REMEMBERED / digest(path, version)
    if seal.exists():
        return ""
    with tempfile.TemporaryDirectory() as folder:
        unit = pathlib.Path(folder, "unit.cpp")
        unit.write_text(f'#include "{path}"\n')
        ran = subprocess.run([*command, *FLAGS, "-I", ".", "-c", unit, "-o", f"{folder}/unit.o"],
                             cwd=sources.REPO, capture_output=True, text=True, check=False)
    if ran.returncode == 0:
        REMEMBERED.mkdir(parents=True, exist_ok=True)
        seal.touch()
        return ""
    return ran.stderr[:3000]


class HeadersAlone(unittest.TestCase):
    def test_every_header_compiles_on_its_own(self):
        command, version = compiler()
        found = sources.headers()
        self.assertTrue(found)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = list(pool.map(lambda path: compile_alone(path, command, version), found))
        for path, words in zip(found, said):
            with self.subTest(header=str(path)):
                self.assertEqual(words, "")


if __name__ == "__main__":
    unittest.main()
