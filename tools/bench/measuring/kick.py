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
    return [each["guest_id"] for each in home.bus.call("share.show", share=share["share_id"])["guests"]]


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
        wait = home.ask(through_cli, ("kick", share["share_id"], guest), "guest.kick",
                        share=share["share_id"], guest=guest)
        gone, last = crowd.wait_left(LIMIT)
        wait()
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
