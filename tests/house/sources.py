"""The project's own files, and C++ seen without comments and strings.

Why: the tests of the house read sources as text. A scanner that knows comments, strings and braces
is enough for the rules that they check, and needs nothing installed.
"""

import ast
import os
import pathlib
import re

REPO = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("TERMLEASE_BIN", REPO / "build/release/bin"))
ROOMS = ("messages", "config", "bus", "actors", "tools")
NOT_OURS = {"build", "__pycache__", "node_modules", "vendor"}


def project_files(*suffixes, under="."):
    """Every file of ours with one of the suffixes, as paths relative to the repository."""
    found = []
    for folder, folders, names in os.walk(REPO / under):
        folders[:] = sorted(f for f in folders if f not in NOT_OURS and not f.startswith("."))
        found += [pathlib.Path(folder, name) for name in sorted(names) if name.endswith(suffixes)]
    return [path.relative_to(REPO) for path in found]


def headers():
    return project_files(".hpp")


def read(path):
    return (REPO / path).read_text(encoding="utf-8")


def shell_scripts():
    """Files that bash runs or sources: by their ending, or by their first line."""
    scripts = project_files(".sh")
    candidates = [p for p in project_files("") if "." not in p.name] + [pathlib.Path(".ci/run")]
    for path in candidates:
        with open(REPO / path, "rb") as file:
            if re.match(rb"#!.*\b(ba)?sh\b", file.readline()):
                scripts.append(path)
    return scripts


TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL | re.VERBOSE,
)


def bare(text, keep_strings=False):
    """C++ without comments and, unless asked to keep them, strings; line numbers stay."""

    def blank(match):
        token = match.group(0)
        if keep_strings and not token.startswith(("//", "/*")):
            return token
        return "\n" * token.count("\n") or " "

    return TOKENS.sub(blank, text)


def includes(path):
    """(quoted names, angled names) of a C++ file."""
    text = bare(read(path), keep_strings=True)
    return (re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.M),
            re.findall(r"^\s*#\s*include\s+<([^>]+)>", text, re.M))


def all_includes(path, seen=None):
    """Every header that a file reaches through our own ones: (ours, foreign)."""
    seen = seen if seen is not None else (set(), set())
    quoted, angled = includes(path)
    seen[1].update(angled)
    for name in quoted:
        if name not in seen[0] and (REPO / name).is_file():
            seen[0].add(name)
            all_includes(name, seen)
    return seen


NOT_A_FUNCTION = re.compile(r"\b(namespace|class|struct|union|enum|concept|extern)\b")


def cpp_functions(text):
    """(line, length, head) of each outermost brace block that has a parameter list."""
    text = re.sub(r"^\s*#.*?(?<!\\)$", lambda m: "\n" * m.group(0).count("\n"), bare(text),
                  flags=re.M | re.S)
    stack, head, head_line, line = [], "", 1, 1
    for char in text:
        if char == "\n":
            line += 1
        inside = any(kind == "function" for kind, _, _ in stack)
        if char == "{":
            plain = re.sub(r"template\s*<[^{}]*?>\s*(?=\w)", "", head)
            scope = "(" not in plain or NOT_A_FUNCTION.search(plain.split("(")[0])
            kind = "block" if inside or scope else "function"
            stack.append((kind, head_line, " ".join(head.split())))
            head, head_line = "", line
        elif char == "}":
            if stack:
                kind, start, what = stack.pop()
                if kind == "function":
                    yield start, line - start + 1, what
            head, head_line = "", line
        elif char == ";":
            head, head_line = "", line
        else:
            if not head.strip() and not char.isspace():
                head_line = line
            head += char


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1, node.name


def shell_functions(text):
    for found in re.finditer(r"^([\w:-]+)\(\) \{\n(.*?)^\}", text, re.M | re.S):
        yield text[:found.start()].count("\n") + 1, found.group(0).count("\n") + 1, found.group(1)
