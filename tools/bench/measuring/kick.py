"""From a kick until that one guest's ssh is gone, while others stay."""

import math

from . import processes
from .figures import Bar, Line, percentile
from .guests import Crowd
from .runtime import Runtime

TITLE = "kick"
ABOUT = "from `kick` until that guest's ssh process is gone; 4 others stay"
TRIES = 30
OTHERS = 4
MOST = 50     # ms at p95
LIMIT = 5.0   # seconds until a guest counts as left behind
SHOWN = b"lent-and-seen"


def guest_ids(home, share):
    shown = home.bus.answer(home.bus.send("share.show", share=share["share_id"]))
    return [each["guest_id"] for each in shown["guests"]]


def kick(home, share, through_cli):
    """Lets one more guest in and puts it out; seconds until it was gone."""
    before = set(guest_ids(home, share))
    with Crowd() as crowd:
        crowd.invite(home, share["link"], 1)
        crowd.wait_for(SHOWN, "the guest sees the pane")
        crowd.wait(lambda: set(guest_ids(home, share)) - before, "the runtime knows the guest")
        (guest,) = set(guest_ids(home, share)) - before
        crowd.settle()
        began = processes.now()
        if through_cli:
            command = processes.start(home.words("kick", share["share_id"], guest), home.environment)
        else:
            asked = home.bus.send("guest.kick", share=share["share_id"], guest=guest)
        gone, last = crowd.wait_left(LIMIT)
        if through_cli:
            code = command.wait(processes.GENEROUS)
            if code != 0:
                raise RuntimeError(f"`termlease kick` ended with {code}")
        else:
            home.bus.answer(asked)
    return last - began if gone else math.inf


def measure(tries):
    took = {True: [], False: []}
    with Runtime() as home:
        home.open_terminal("demo", "sh", "-c", f"echo {SHOWN.decode()}; exec cat")
        share = home.share("demo")
        with Crowd() as others:
            others.invite(home, share["link"], OTHERS)
            others.wait_for(SHOWN, "the other guests see the pane")
            others.wait(lambda: len(guest_ids(home, share)) == OTHERS, "the runtime knows them")
            for turn in range(tries):
                for through_cli in (turn % 2 == 0, turn % 2 == 1):
                    took[through_cli].append(kick(home, share, through_cli))
            others.wait(lambda: len(guest_ids(home, share)) <= OTHERS, "whoever was put out is gone")
            stayed = len(guest_ids(home, share))
    for through_cli, what in ((True, "`termlease kick`, process start to ssh gone"),
                              (False, "guest.kick on the bus, command to ssh gone")):
        yield Line(what, "ms", [1000 * each for each in took[through_cli]], [],
                   [Bar("p95", 1000 * percentile(took[through_cli], 0.95), MOST, "ms")])
    yield Line("others who were put out as well", "", [OTHERS - stayed], [],
               [Bar("all", OTHERS - stayed, 0, "")])
