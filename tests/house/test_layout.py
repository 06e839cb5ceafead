"""Rooms build on each other in one direction, and the small programs stay small."""

import pathlib
import re
import subprocess
import unittest

import sources

# What each room may include, besides itself.
BELOW = {room: set(sources.ROOMS[:place + 1]) for place, room in enumerate(sources.ROOMS)}
# Where the tree is planted, and what every branch of it stands on.
SHARED_BY_ACTORS = {"core"}
PLANTS_THE_TREE = {"runtime"}
SMALL_PROGRAMS = ("worker", "guest")
TOO_BIG_FOR_THEM = re.compile(r"^(caf|boost|spdlog)/")


def cpp_files(room):
    return sources.project_files(".hpp", ".cpp", under=room)


class Layout(unittest.TestCase):
    def test_rooms_include_only_rooms_below_them(self):
        for room in sources.ROOMS:
            for path in cpp_files(room):
                for name in sources.includes(path)[0]:
                    with self.subTest(file=str(path), includes=name):
                        self.assertIn(name.split("/")[0], BELOW[room])

    def test_every_quoted_include_is_a_file_named_from_the_repository_root(self):
        for path in sources.project_files(".hpp", ".cpp"):
            for name in sources.includes(path)[0]:
                with self.subTest(file=str(path), includes=name):
                    self.assertTrue((sources.REPO / name).is_file(), "no such file")

    def test_branches_of_the_actor_tree_meet_only_through_messages_and_the_core(self):
        for path in cpp_files("actors"):
            branch = path.parts[1]
            if branch in PLANTS_THE_TREE or len(path.parts) < 3:
                continue
            for name in sources.includes(path)[0]:
                parts = name.split("/")
                if parts[0] != "actors":
                    continue
                with self.subTest(file=str(path), includes=name):
                    self.assertIn(parts[1], SHARED_BY_ACTORS | {branch})

    def test_messages_know_no_actor_library_no_socket_and_no_log(self):
        for path in cpp_files("messages"):
            for name in sources.includes(path)[1]:
                with self.subTest(file=str(path)):
                    self.assertNotRegex(name, TOO_BIG_FOR_THEM)

    def test_worker_and_guest_reach_neither_caf_nor_boost_nor_spdlog(self):
        for program in SMALL_PROGRAMS:
            for path in cpp_files(f"tools/{program}"):
                ours, foreign = sources.all_includes(path)
                with self.subTest(file=str(path)):
                    self.assertEqual([n for n in foreign if TOO_BIG_FOR_THEM.match(n)], [])
                    self.assertEqual([n for n in ours if n.startswith(("actors/", "bus/"))], [])

    def test_worker_and_guest_link_neither_caf_nor_boost_nor_spdlog(self):
        for program in SMALL_PROGRAMS:
            binary = sources.PROGRAMS / f"termlease-{program}"
            with self.subTest(program=binary.name):
                self.assertTrue(binary.is_file(), f"{binary} was not built")
                linked = subprocess.run(["readelf", "-d", binary], capture_output=True, text=True,
                                        check=True).stdout
                needed = re.findall(r"\(NEEDED\).*\[(.+)\]", linked)
                self.assertTrue(needed, "readelf named no library at all")
                big = [n for n in needed if re.match(r"lib(caf|boost|spdlog|fmt|sqlite|sodium)", n)]
                self.assertEqual(big, [])

    def test_no_program_carries_symbols_of_what_it_must_not_link(self):
        for program in SMALL_PROGRAMS:
            binary = sources.PROGRAMS / f"termlease-{program}"
            with self.subTest(program=binary.name):
                self.assertTrue(binary.is_file(), f"{binary} was not built")
                data = binary.read_bytes()
                for symbol in (b"_ZN3caf", b"_ZN6spdlog", b"_ZN5boost"):
                    self.assertNotIn(symbol, data)


class Includes(unittest.TestCase):
    """The scanner itself: a rule checked by a blind scanner would always hold."""

    def test_an_include_in_a_comment_is_none(self):
        text = '// #include "bus/a.hpp"\n#include "messages/b.hpp"\n/* #include <x> */\n'
        bare = sources.bare(text, keep_strings=True)
        self.assertEqual(re.findall(r'#include "([^"]+)"', bare), ["messages/b.hpp"])

    def test_every_room_of_the_design_exists(self):
        for room in sources.ROOMS:
            self.assertTrue(pathlib.Path(sources.REPO, room).is_dir(), room)


if __name__ == "__main__":
    unittest.main()
