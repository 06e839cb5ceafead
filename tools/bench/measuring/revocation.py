"""From a revocation until every guest's ssh is gone."""

import math

from . import processes
from .figures import Bar, Line, percentile
from .guests import Crowd
from .raw import RawHost, Relay
from .runtime import Runtime

TITLE = "revoke"
ABOUT = "from `revoke` until the last of 5 guests' ssh processes is gone"
TRIES = 100
GUESTS = 5
MOST = 50           # ms at p95
TRIES_PER_RAW = 3   # a raw try loses a second whenever upterm leaves a guest behind
OUR_LIMIT = 5.0     # seconds until a guest counts as left behind
RAW_LIMIT = 1.0
SHOWN = b"lent-and-seen"


def revoke(home, through_cli, terminal="demo", **more):
    """Shares, lets guests in, revokes; returns seconds until the last was out, and until the answer."""
    share = home.share(terminal, **more)
    with Crowd() as crowd:
        crowd.invite(home, share["link"], GUESTS)
        crowd.wait_for(SHOWN, "every guest sees the pane")
        crowd.settle()
        began = processes.now()
        wait = home.ask(through_cli, ("revoke", share["share_id"]), "share.revoke", share=share["share_id"])
        gone, last = crowd.wait_left(OUR_LIMIT)
        wait()
        answered = processes.now() - began
    return (last - began if gone == GUESTS else math.inf), answered


def stop_upterm(home, relay):
    """The same with `upterm host` alone: SIGTERM is all there is."""
    return stop_raw(home, RawHost(home, relay, f"sh -c 'echo {SHOWN.decode()}; cat'"))


def stop_raw(home, host):
    with host as raw, Crowd() as crowd:
        crowd.invite(home, raw.link, GUESTS)
        crowd.wait_for(SHOWN, "every guest of the backend alone is in")
        crowd.settle()
        began = processes.now()
        raw.process.terminate()
        gone, last = crowd.wait_left(RAW_LIMIT)
    return last - began if gone == GUESTS else math.inf


def in_ms(seconds):
    return [1000 * each for each in seconds]


def all_out(took):
    return sum(1 for each in took if math.isfinite(each))


def rounds(tries, ours, stop_alone):
    """Revokes by the program and on the bus, in turns; returns the three lists of seconds."""
    took, answers, raw = {True: [], False: []}, [], []
    for turn in range(tries):
        for through_cli in (turn % 2 == 0, turn % 2 == 1):
            gone, answered = ours(through_cli)
            took[through_cli].append(gone)
            if through_cli:
                answers.append(answered)
        if turn % TRIES_PER_RAW == 0:
            raw.append(stop_alone())
    return took, answers, raw


def lines(what, took, answers, raw, of_raw):
    raw_note = f"raw: SIGTERM to `{of_raw}`; all guests out in {all_out(raw)} of {len(raw)}"
    for through_cli, way in ((True, f"`termlease revoke`{what}, process start to last ssh"),
                             (False, f"share.revoke{what} on the bus, command to last ssh")):
        tries = len(took[through_cli])
        lost = tries - all_out(took[through_cli])
        yield Line(way, "ms", in_ms(took[through_cli]), in_ms(raw),
                   [Bar("p95", 1000 * percentile(took[through_cli], 0.95), MOST, "ms"),
                    Bar(f"tries of {tries} that left a guest behind", lost, 0, "")], raw_note)
        raw_note = ""
    yield Line(f"`termlease revoke`{what}, process start to its end", "ms", in_ms(answers))


def measure(tries):
    with Runtime() as home:
        home.open_terminal("demo", "sh", "-c", f"echo {SHOWN.decode()}; exec cat")
        first = home.share("demo")
        relay = Relay(home, first["link"])
        home.stop(first)
        measured = rounds(tries, lambda through_cli: revoke(home, through_cli), lambda: stop_upterm(home, relay))
    yield from lines("", *measured, "upterm host")
