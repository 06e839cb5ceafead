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


def first_folder(path):
    return pathlib.PurePath(path).parts[0]


class HeadersAlone(unittest.TestCase):
    """A test a room, since each has a time limit of its own."""

    def headers_compile_on_their_own(self, room):
        command, version = compiler()
        found = [path for path in sources.headers() if first_folder(path) == room]
        self.assertTrue(found)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = list(pool.map(lambda path: compile_alone(path, command, version), found))
        for path, words in zip(found, said):
            with self.subTest(header=str(path)):
                self.assertEqual(words, "")

    def test_of_messages(self):
        self.headers_compile_on_their_own("messages")

    def test_of_config(self):
        self.headers_compile_on_their_own("config")

    def test_of_the_bus(self):
        self.headers_compile_on_their_own("bus")

    def test_of_the_actors(self):
        self.headers_compile_on_their_own("actors")

    def test_of_the_tools(self):
        self.headers_compile_on_their_own("tools")

    def test_of_the_tests(self):
        self.headers_compile_on_their_own("tests")

    def test_no_header_is_in_another_folder(self):
        rooms = {"messages", "config", "bus", "actors", "tools", "tests"}
        self.assertEqual({first_folder(path) for path in sources.headers()} - rooms, set())


if __name__ == "__main__":
    unittest.main()
