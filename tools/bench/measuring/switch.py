"""From a switch of the backend until the new link is printed and every old guest is gone."""

from . import processes
from .figures import Bar, Line, percentile
from .guests import Crowd
from .link import printed
from .raw import RawHost, RawTmate, Relay
from .revocation import GUESTS, OUR_LIMIT, SHOWN, in_ms
from .runtime import Runtime

TITLE = "switch"
ABOUT = "from `switch` until the new link is printed and the last of 5 old guests is gone"
TRIES = 100
MOST = 300  # ms at p95


def switch(home, share, backend):
    """Returns seconds until both, and the new link."""
    with Crowd() as crowd:
        crowd.invite(home, share["link"], GUESTS)
        crowd.wait_for(SHOWN, "every guest sees the pane")
        crowd.settle()
        link, began, at = printed(home, "switch", share["share_id"], "--via", backend)
        gone, last = crowd.wait_left(OUR_LIMIT)
        if gone != GUESTS:
            raise RuntimeError(f"{GUESTS - gone} guests were left behind")
    return max(at, last) - began, link


def by_hand(home, relay, tmate_link):
    """What a person does: ends `upterm host`, and starts `tmate -F`; the guests are not waited for."""
    raw = RawHost(home, relay)
    began = processes.now()
    raw.close()
    with RawTmate(home, tmate_link):
        return processes.now() - began


def measure(tries):
    took = {"tmate": [], "upterm": []}
    raw = []
    with Runtime() as home:
        home.open_terminal("demo", "sh", "-c", f"echo {SHOWN.decode()}; exec cat")
        share = home.share("demo")
        relay, links = Relay(home, share["link"]), {}
        for turn in range(tries):
            backend = ("tmate", "upterm")[turn % 2]
            seconds, share["link"] = switch(home, share, backend)
            links[backend] = share["link"]
            # The first one starts the relay, as the first share through it does.
            if turn > 0:
                took[backend].append(seconds)
            if turn % 10 == 0:
                raw.append(by_hand(home, relay, links["tmate"]))
        home.stop(share)
    for backend, seconds in took.items():
        other = {"tmate": "upterm", "upterm": "tmate"}[backend]
        yield Line(f"`termlease switch`, {other} to {backend}", "ms", in_ms(seconds), in_ms(raw),
                   [Bar("p95", 1000 * percentile(seconds, 0.95), MOST, "ms")],
                   "raw: the end of `upterm host` and the start of `tmate -F`, by hand")
