"""A log of ShiViz's, read by its rules, and by a few that it has not.

Its page begins with one expression for logs, which is the one here. ShiViz wants clocks in which each
host counts itself from 1, and knows no host that isn't there. Stricter here: nothing stands outside of
events, and no clock forgets what one before it knew.
"""

import json
import re
from pathlib import Path

ANY = "[^\n\r\u2028\u2029]*"  # what "." is in JavaScript
EVENT = re.compile(rf"(?P<event>{ANY})\n(?P<host>\S*) (?P<clock>\{{{ANY}\}})", re.M)


def prepare():
    """Nothing is needed."""


def events_of(text):
    """(host, clock, event) in the order of the log."""
    events, at = [], 0
    for found in EVENT.finditer(text):
        assert not text[at:found.start()].strip("\n"), f"no event is {text[at:found.start()]!r}"
        at = found.end()
        clock = json.loads(found["clock"])
        assert all(type(count) is int and count >= 0 for count in clock.values()), clock
        assert clock.get(found["host"]), f"{found['host']} is not in its own clock {clock}"
        events.append((found["host"], clock, found["event"]))
    assert not text[at:].strip("\n"), f"no event is {text[at:]!r}"
    assert events, "the log has no events"
    return events


def by_host(events):
    """host -> the clocks of its events; each counts the host one further."""
    hosts = {}
    for host, clock, _ in events:
        hosts.setdefault(host, []).append(clock)
    for host, clocks in hosts.items():
        clocks.sort(key=lambda clock: clock[host])
        counts = [clock[host] for clock in clocks]
        assert counts == list(range(1, len(counts) + 1)), f"{host} counts itself {counts}"
    return hosts


def check_clock(hosts, host, clock, before):
    """A clock knows what the host knew before, and of each event that it knows what that knew."""
    forgotten = {other: count for other, count in before.items() if clock.get(other, 0) < count}
    assert not forgotten, f"event {clock[host]} of {host} forgets {forgotten}"
    for other, count in clock.items():
        if other == host or count == 0:
            continue
        assert count <= len(hosts.get(other, ())), f"{host} knows event {count} of {other}, which is none"
        seen = hosts[other][count - 1]
        assert seen.get(host, 0) < clock[host], f"{host} {clock[host]} and {other} {count} are in a circle"
        unseen = {each: known for each, known in seen.items() if clock.get(each, 0) < known}
        assert not unseen, f"{host} {clock[host]} knows {other} {count}, and not its {unseen}"


def read(file):
    """The events, each (host, clock, event)."""
    events = events_of(Path(file).read_bytes().decode())
    hosts = by_host(events)
    for host, clocks in hosts.items():
        before = {}
        for clock in clocks:
            check_clock(hosts, host, clock, before)
            before = clock
    return events
