"""Who may come in by tmate, whose guests all see the same: as many as a share takes, and one by one where they knock."""

import os
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support.processes import alive, wait_until  # noqa: E402
from support.tmate_case import MISSING, TmateTestCase  # noqa: E402
from support.zellij import missing_zellij, zellij_dir  # noqa: E402

KNOCKS = "You knock: wait until somebody lets you in"
AT_ONCE = 5


class Door(TmateTestCase):
    def states(self, share):
        return [each["state"] for each in self.system.shown(share)["guests"]]

    def knocks(self, share, **more):
        guest = self.system.guest(share, **more)
        guest.wait_for(KNOCKS)
        wait_until(lambda: self.states(share) == ["knocking"], "it is known that one knocks")
        return guest, self.system.shown(share)["guests"][0]["guest_id"]

    def refused_at_door(self, share):
        guest = self.system.guest(share)
        guest.wait_gone()
        self.assertNotIn(b"lo-and-behold", guest.seen)
        self.assertNotIn(KNOCKS.encode(), guest.seen)

    def nobody_is_in(self, share):
        wait_until(lambda: self.states(share) == [], "nobody is in")


@unittest.skipIf(MISSING, MISSING)
class Knocking(Door):
    def setUp(self):
        self.lending()

    def test_who_knocks_sees_nothing_before_somebody_lets_it_in(self):
        share = self.share("--knock")
        guest, number = self.knocks(share)
        self.assertNotIn(b"lo-and-behold", guest.seen)
        self.assertIn("1 knocking", self.system.run("shares", check=True).stdout)
        admitted = self.system.json("admit", share["share_id"], number)
        self.assertEqual([each["state"] for each in admitted["guests"]], ["in"])
        guest.wait_for("lo-and-behold")
        kinds = self.system.event_types(share)
        order = [kinds.index(f"share.guest.{each}") for each in ("knocked", "admitted", "joined")]
        self.assertEqual(order, sorted(order))

    def test_while_one_is_at_the_door_or_in_nobody_else_comes(self):
        share = self.share("--knock")
        guest, number = self.knocks(share)
        self.refused_at_door(share)
        self.system.json("admit", share["share_id"], number)
        guest.wait_for("lo-and-behold")
        self.refused_at_door(share)
        self.assertFalse(guest.gone())
        self.assertEqual(self.states(share), ["in"])

    def test_who_comes_after_another_has_left_knocks_as_well_and_sees_nothing_of_it(self):
        share = self.share("--knock")
        for _ in range(2):
            guest, number = self.knocks(share)
            self.assertNotIn(b"lo-and-behold", guest.seen)
            self.system.json("admit", share["share_id"], number)
            guest.wait_for("lo-and-behold")
            guest.close()
            self.nobody_is_in(share)

    def test_who_is_denied_is_told_why_and_put_out_and_the_next_one_may_knock(self):
        share = self.share("--knock")
        guest, number = self.knocks(share)
        self.system.run("deny", share["share_id"], number, "--reason", "not today", check=True)
        guest.wait_gone()
        self.assertIn(b"You were not let in: not today.", guest.seen)
        self.assertNotIn(b"lo-and-behold", guest.seen)
        self.nobody_is_in(share)
        self.knocks(share)

    def test_what_one_types_at_the_door_is_lost_and_afterwards_it_is_not(self):
        share = self.share("--knock", "--mode", "rw")
        guest, number = self.knocks(share)
        guest.type("too-early\r")
        self.system.json("admit", share["share_id"], number)
        guest.wait_for("demo | read-write")
        guest.type("in-time\r")
        wait_until(lambda: self.system.pane("demo").count("in-time") == 2, "cat has repeated it")
        self.assertNotIn("too-early", self.system.pane("demo"))

    def test_of_many_who_come_at_the_same_moment_one_stays(self):
        share = self.share("--knock")
        crowd = [self.system.guest(share) for _ in range(AT_ONCE)]
        wait_until(lambda: sum(not each.gone() for each in crowd) == 1 and self.states(share) == ["knocking"],
                   "one of them is left")
        number = self.system.shown(share)["guests"][0]["guest_id"]
        self.system.json("admit", share["share_id"], number)
        (left,) = [each for each in crowd if not each.gone()]
        left.wait_for("lo-and-behold")
        for each in crowd:
            self.assertTrue(each is left or b"lo-and-behold" not in each.seen)

    def test_a_stranger_does_not_come_in_by_a_door_that_was_opened_again(self):
        share = self.share("--knock")
        guest, _ = self.knocks(share)
        guest.close()
        self.nobody_is_in(share)
        self.knocks(share)[0].close()
        self.nobody_is_in(share)
        stranger = self.system.guest(share, key="stranger")
        stranger.wait_gone()
        self.assertNotIn(KNOCKS.encode(), stranger.seen)
        self.assertEqual(self.states(share), [])

    def test_the_link_that_is_never_given_out_leads_to_the_same_door(self):
        share = self.share("--knock")
        hidden = self.tmate("display", "-p", "#{tmate_ssh}").split()
        by_hidden = {**share, "link": f"ssh {hidden[-1]} -p {hidden[1][2:]}"}
        intruder, _ = self.knocks(by_hidden)
        self.refused_at_door(share)
        intruder.close()
        self.nobody_is_in(share)
        guest, number = self.knocks(share)
        self.system.json("admit", share["share_id"], number)
        guest.wait_for("lo-and-behold")
        self.refused_at_door(by_hidden)

    def test_after_the_relay_was_lost_one_knocks_again_by_the_new_link(self):
        def end_session():
            (session,) = self.relay_sessions()
            os.kill(session, signal.SIGTERM)

        share = self.share("--knock")
        for lose in (end_session, lambda: self.system.lose_relay("unshare")):
            guest, number = self.knocks(share)
            self.system.json("admit", share["share_id"], number)
            guest.wait_for("lo-and-behold")
            before = self.system.event_types(share).count("share.link.changed")
            lose()
            guest.wait_gone()
            wait_until(lambda: self.system.event_types(share).count("share.link.changed") > before, "another link")
            share = self.system.json("show", share["share_id"], "--links")
            self.assertNotIn(b"lo-and-behold", self.knocks(share)[0].seen)
            self.refused_at_door(share)
            self.system.guests[-2].close()
            self.nobody_is_in(share)

    def test_whose_terminal_is_larger_sees_nothing_of_what_scrolled_off_another_ones(self):
        share = self.share("--knock", "--mode", "rw")
        (session,) = self.relay_sessions()
        os.kill(session, signal.SIGTERM)  # a session that was found again keeps what is cleared, to be scrolled back to
        wait_until(lambda: "share.link.changed" in self.system.event_types(share), "another link")
        share = self.system.json("show", share["share_id"], "--links")
        guest, number = self.knocks(share, size=(80, 12))
        self.system.json("admit", share["share_id"], number)
        guest.wait_for("lo-and-behold")
        guest.close()
        self.nobody_is_in(share)
        tall, _ = self.knocks(share, size=(80, 50))
        self.assertNotIn(b"lo-and-behold", tall.seen)

    def test_what_is_recorded_goes_on_from_one_guest_to_the_next(self):
        share = self.share("--knock", "--record")
        for _ in range(2):
            guest, number = self.knocks(share)
            self.system.json("admit", share["share_id"], number)
            guest.wait_for("lo-and-behold")
            guest.close()
            self.nobody_is_in(share)
        self.system.run("stop", share["share_id"], check=True)
        (told,) = [each["metadata"] for each in self.system.audit(share) if each["eventType"] == "share.guest.recorded"]
        self.assertEqual(Path(told["path"]).read_text().count("lo-and-behold"), 2)

    def test_a_share_that_changes_its_backend_keeps_its_door(self):
        share = self.system.share("demo", "--knock", "--max-guests", "2")
        moved = self.system.json("switch", share["share_id"], "--via", "tmate")
        guest, number = self.knocks(moved)
        self.refused_at_door(moved)
        self.system.json("admit", share["share_id"], number)
        guest.wait_for("lo-and-behold")


@unittest.skipIf(MISSING, MISSING)
class KnockingInVain(Door):
    def test_no_answer_in_time_is_a_no(self):
        self.lending(settings='[shares]\nknock_deadline = "1s"\n')
        share = self.share("--knock")
        guest, _ = self.knocks(share)
        guest.wait_gone()
        self.assertIn(b"Nobody let you in in time.", guest.seen)
        self.assertIn("share.guest.denied", self.system.event_types(share))
        self.nobody_is_in(share)


@unittest.skipIf(MISSING or missing_zellij(), MISSING or missing_zellij())
class KnockingAtZellij(Door):
    def test_who_knocks_at_a_pane_of_zellij_sees_nothing_before_somebody_lets_it_in(self):
        self.lending(settings=f'[terminals]\nzellij = "{zellij_dir()}/zellij"\n')
        self.system.json("terminal", "new", "tiles", "--host", "zellij", "--", "sh", "-c", "echo lo-and-behold; cat")
        self.addCleanup(self.system.run, "terminal", "close", "tiles")
        share = self.share("--knock", terminal="tiles")
        guest, number = self.knocks(share)
        self.assertNotIn(b"lo-and-behold", guest.seen)
        self.system.json("admit", share["share_id"], number)
        guest.wait_for("lo-and-behold")
        self.refused_at_door(share)


@unittest.skipIf(MISSING, MISSING)
class Room(Door):
    def setUp(self):
        self.lending()

    def test_no_more_guests_come_in_than_were_asked_for(self):
        share = self.share("--max-guests", "2")
        first, second = self.guest_of(share), self.guest_of(share)
        self.system.wait_guests(share, 2)
        self.refused_at_door(share)
        self.assertEqual(self.states(share), ["in", "in"])
        first.close()
        self.system.wait_guests(share, 1)
        third = self.guest_of(share)
        self.system.wait_guests(share, 2)
        self.assertFalse(second.gone() or third.gone())

    def test_of_many_who_come_at_the_same_moment_as_many_stay_as_it_takes(self):
        share = self.share("--max-guests", "2")
        other = self.share()
        stays = self.guest_of(other)
        crowd = [self.system.guest(share) for _ in range(AT_ONCE)]
        wait_until(lambda: sum(not each.gone() for each in crowd) == 2 and self.states(share) == ["in", "in"],
                   "two of them are left")
        self.assertFalse(stays.gone(), "a guest of another share notices nothing")
        self.assertTrue(alive(stays.pid))


if __name__ == "__main__":
    unittest.main()
