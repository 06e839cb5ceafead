"""Figures and the lines they are shown in.

Why: a number means something only beside its bar and beside the raw program, measured in the same
minutes on the same machine. So a line holds both series, and what decides is computed from pairs of
tries that ran right after each other: whatever else the machine does then weighs on both.
"""

import dataclasses
import math
import statistics


def percentile(values, part):
    """The smallest value that at least `part` of all values don't exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def summary(values):
    """min, median, p95 and how many; empty for no values."""
    if not values:
        return {}
    return {"tries": len(values), "min": min(values), "median": statistics.median(values),
            "p95": percentile(values, 0.95), "max": max(values)}


def paired_difference(ours, raw):
    """The median of what each try of ours took more than the raw one beside it."""
    return statistics.median(mine - theirs for mine, theirs in zip(ours, raw))


def paired_slowdown(ours, base):
    """The median of how much longer each try took than the one beside it, in percent."""
    return 100 * (statistics.median(mine / theirs for mine, theirs in zip(ours, base)) - 1)


@dataclasses.dataclass
class Bar:
    """A limit, what was measured against it, and the unit of both."""

    says: str
    measured: float
    limit: float
    unit: str

    @property
    def met(self):
        return self.measured <= self.limit


@dataclasses.dataclass
class Line:
    """One figure: ours, the raw program's, and the bars that it is held to."""

    what: str
    unit: str
    ours: list
    raw: list = dataclasses.field(default_factory=list)
    bars: list = dataclasses.field(default_factory=list)
    note: str = ""

    def as_json(self):
        bars = [{**dataclasses.asdict(bar), "met": bar.met} for bar in self.bars]
        return {"what": self.what, "unit": self.unit, "ours": summary(self.ours),
                "raw": summary(self.raw), "bars": bars, "note": self.note}


def number(value):
    """Three digits that mean something."""
    if math.isinf(value):
        return "never"
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def triple(values):
    """min, median and p95; one number where they are the same."""
    found = summary(values)
    if not found:
        return "-"
    shown = [number(found[key]) for key in ("min", "median", "p95")]
    return shown[0] if len(set(shown)) == 1 else " / ".join(shown)


class Table:
    """Prints lines as they come, so that a long run shows what it has."""

    def __init__(self, write, colours):
        self._write = write
        self._colours = colours

    def paint(self, code, text):
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours else text

    def heading(self, title, about):
        self._write(f"\n{self.paint('1', title)}  {self.paint('2', about)}")
        self._write(self.paint("2", f"  {'':46} {'tries':>5} {'unit':>4}  {'ours: min / median / p95':26}"
                                    f"raw: min / median / p95"))

    def line(self, line):
        self._write(f"  {line.what:46} {len(line.ours):5} {line.unit:>4}  {triple(line.ours):26}"
                    f"{triple(line.raw)}")
        for bar in line.bars:
            verdict = self.paint("32", "met") if bar.met else self.paint("31;1", "MISSED")
            self._write(f"      {verdict}: {bar.says}: at most {number(bar.limit)} {bar.unit}, "
                        f"measured {number(bar.measured)} {bar.unit}")
        if line.note:
            self._write(self.paint("2", f"      {line.note}"))

    def problem(self, text):
        self._write(f"  {self.paint('31;1', 'NOT MEASURED')}: {text}")

    def say(self, text):
        self._write(text)
