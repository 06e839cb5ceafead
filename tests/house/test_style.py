"""Sizes, formatting and words: what a reader meets first in every file."""

import re
import shutil
import subprocess
import unittest

import sources

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 70
FORMATTER = "14"  # the major version whose output the tree has; others differ in details
CODE = (".hpp", ".cpp", ".py", ".sh", ".go")
# Written in two halves, since this file is read as well.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|not imple" r"mented")
ONE_MACHINE = re.compile(r"(?<![\w.$}~-])/(work|ro" r"ot)/\w")


def functions(path):
    text = sources.read(path)
    if path.suffix in (".hpp", ".cpp"):
        return sources.cpp_functions(text)
    if path.suffix == ".py":
        return sources.python_functions(text)
    if path in sources.shell_scripts():
        return sources.shell_functions(text)
    return ()


def code_files():
    return sorted(set(sources.project_files(*CODE)) | set(sources.shell_scripts()))


class Sizes(unittest.TestCase):
    def test_no_file_is_longer_than_400_lines(self):
        for path in code_files():
            with self.subTest(file=str(path)):
                self.assertLessEqual(sources.read(path).count("\n"), MOST_LINES_OF_A_FILE)

    def test_no_function_is_longer_than_70_lines(self):
        for path in code_files():
            for line, length, head in functions(path):
                with self.subTest(function=f"{path}:{line} {head[-60:]}"):
                    self.assertLessEqual(length, MOST_LINES_OF_A_FUNCTION)

    def test_the_scanner_sees_functions_where_they_are(self):
        text = """namespace a {
struct b { int c() const { return 1; } };
template <class T>
concept named = requires { T::x; };
int d(int e) {
  if (e) { return 1; }
  return [] { return '{'; }();
}
b::b() : x_{1}, y_(2) {
  // }
}
constexpr int table[] = {1, 2};
TEST_CASE("braces } in a string") {
  auto raw = R"({)";
}
} // namespace a
"""
        found = [(line, length) for line, length, _ in sources.cpp_functions(text)]
        self.assertIn((2, 1), found)
        self.assertIn((5, 4), found)
        self.assertTrue(any(line == 9 for line, _ in found), found)
        self.assertIn((13, 3), found)
        self.assertEqual(max(length for _, length in found), 4)


class Headers(unittest.TestCase):
    def test_every_header_is_included_once_and_opens_with_why_it_is_as_it_is(self):
        for path in sources.headers():
            with self.subTest(file=str(path)):
                lines = [line for line in sources.read(path).splitlines() if line.strip()]
                self.assertEqual(lines[0], "#pragma once")
                self.assertTrue(lines[1].startswith("// Why: "), lines[1])


class Words(unittest.TestCase):
    def everything(self):
        texts = sources.project_files(*CODE, ".md", ".txt", ".cmake", ".toml", ".json", ".service")
        return sorted(set(texts) | set(sources.shell_scripts()))

    def test_nothing_is_left_for_later_in_the_code(self):
        for path in code_files():
            with self.subTest(file=str(path)):
                self.assertEqual(UNFINISHED.findall(sources.read(path)), [])

    def test_nothing_names_a_folder_of_one_machine(self):
        for path in self.everything():
            for number, line in enumerate(sources.read(path).splitlines(), 1):
                with self.subTest(place=f"{path}:{number}"):
                    self.assertNotRegex(line, ONE_MACHINE)

    def test_no_line_ends_in_blanks_and_every_file_ends_in_a_newline(self):
        for path in self.everything():
            text = sources.read(path)
            with self.subTest(file=str(path)):
                self.assertIsNone(re.search(r"[ \t]+$", text, re.M), "blanks at the end of a line")
                self.assertTrue(not text or text.endswith("\n"), "no newline at the end")


class Formatting(unittest.TestCase):
    def test_sources_are_formatted_by_clang_format(self):
        formatter = shutil.which(f"clang-format-{FORMATTER}") or shutil.which("clang-format")
        if not formatter:
            self.skipTest("clang-format is not installed")
        version = subprocess.run([formatter, "--version"], capture_output=True, text=True,
                                 check=True).stdout
        if not re.search(rf"version {FORMATTER}\.", version):
            self.skipTest(f"the tree has the format of clang-format {FORMATTER}, here is {version}")
        files = [str(path) for path in sources.project_files(".hpp", ".cpp")]
        ran = subprocess.run([formatter, "--dry-run", "-Werror", *files], cwd=sources.REPO,
                             capture_output=True, text=True, check=False)
        wrong = sorted({line.split(":")[0] for line in ran.stderr.splitlines()
                        if "clang-format-violations" in line})
        self.assertEqual(wrong, [], f"clang-format -i {' '.join(wrong)}")
        self.assertEqual(ran.returncode, 0, ran.stderr[:2000])


if __name__ == "__main__":
    unittest.main()
