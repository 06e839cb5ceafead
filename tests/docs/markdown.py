"""Documents as tests read them: fenced blocks and tables."""

import pathlib
import re

REPO = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?P<skip><!-- not run: [^>]+ -->\n)?^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S)
ROW = re.compile(r"^\|(.+)\|$")


def read(name):
    return (REPO / name).read_text(encoding="utf-8")


def blocks(name, kind):
    """The texts of the blocks that begin with ```KIND, without those that say why they aren't run."""
    return [each["text"] for each in BLOCK.finditer(read(name)) if each["kind"] == kind and not each["skip"]]


def section(name, heading):
    """The text below a heading, up to the next one of its level or above."""
    text = read(name)
    start = re.search(rf"^(#+) {re.escape(heading)}$", text, re.M)
    rest = text[start.end():]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, re.M)
    return rest[:end.start()] if end else rest


def table(text):
    """The rows of the first table in a text, as lists of cells, without its head."""
    rows = []
    for line in text.splitlines():
        found = ROW.match(line)
        if found:
            rows.append([cell.strip() for cell in found[1].split("|")])
        elif rows:
            break
    return rows[2:]


def names(cell):
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)
