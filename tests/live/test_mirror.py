"""What a guest sees and can do: a real tmux pane, real guest programs, no backend in between."""

import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support.processes import Guest, alive, private_memory, programs_dir, wait_until  # noqa: E402
from support.screen import GuestScreen, Hall, PrivateTmux, assert_same, same  # noqa: E402


def missing():
    for program in ("tmux", "bash", "less", "top"):
        if shutil.which(program) is None:
            return f"no {program} on PATH"
    for program in ("termlease-hall-host", "termlease-guest"):
        if not (programs_dir() / program).exists():
            return f"{program} is not built in {programs_dir()}"
    return None


MISSING = missing()
SHELL = "PS1='$ ' bash --norc --noprofile"
COLOURS = (r"printf '\033[1mbold\033[0;2mdim\033[0;3mitalic\033[0;4mline\033[0;21mdouble\033[0;4:3mcurly\033[0;7mreverse"
           r"\033[0;8mhidden\033[0;9mstrike\033[0;53mover\033[0m\n\033[31mred\033[97mwhite\033[44mblue\033[105mpink"
           r"\033[38;5;99mmany\033[48;5;22mmore\033[38;2;1;2;3mrgb\033[48;2;200;100;0mbg\033[K\033[0m\n"
           r"\033(0lqqk\033(B e\u0301 世界 👩‍💻 🫠 ❤️ ñ한 👍🏽 🇩🇪\n'")


class MirrorTest(unittest.TestCase):
    def lend(self, command=SHELL, mode="rw", **size):
        tmux = self.enterContext(PrivateTmux(command=command, **size))
        hall = self.enterContext(Hall(tmux, mode))
        return tmux, hall

    def guest(self, hall, **size):
        return self.enterContext(GuestScreen(hall, **size))

    def panes(self, tmux):
        return tmux.run("list-panes", "-a", "-F", "#{session_id} #{window_id} #{pane_id} #{pane_active}")

    def run_in(self, tmux, command, until):
        tmux.type(command)
        tmux.keys("Enter")
        wait_until(lambda: until in tmux.text(), f"{until!r} in the pane")


@unittest.skipIf(MISSING, MISSING)
class Picture(MirrorTest):
    def test_colours_and_characters_are_the_pane_cell_by_cell(self):
        tmux, hall = self.lend()
        guest = self.guest(hall)
        self.run_in(tmux, COLOURS, "bold")
        assert_same(tmux, guest)
        late = self.guest(hall)
        assert_same(tmux, late)

    def test_full_screen_programs_look_right_while_they_run_and_after_them(self):
        tmux, hall = self.lend()
        guest = self.guest(hall)
        text = tmux.folder / "text"
        text.write_text("".join(f"{n} \033[3{n % 8}mcolour\033[0m 世界 tail\n" for n in range(200)))
        for start, until, keys, leave in (
                (f"less -R {text}", "0 colour", ("Space", "j", "G", "b", "/", "1", "7", "Enter"), "q"),
                (f"vi {text}", "0 ", ("C-f", "j", "d", "d", "i", "x", "Escape", "C-d", "G"), ":q!"),
                ("top -d 60", "load average", ("m", "t"), "q")):
            with self.subTest(start):
                self.run_in(tmux, start, until)
                assert_same(tmux, guest)
                for key in keys:
                    tmux.keys(key)
                assert_same(tmux, guest)
                late = self.guest(hall)
                assert_same(tmux, late)
                tmux.keys(leave, "Enter")
                wait_until(lambda: tmux.ask("#{alternate_on} #{pane_current_command}") == "0 bash",
                           "the program ends")
                tmux.keys("Enter")
                assert_same(tmux, guest)
                assert_same(tmux, late)

    def test_a_resize_of_the_pane_is_followed(self):
        tmux, hall = self.lend()
        guest = self.guest(hall, rows=41, columns=120)
        self.run_in(tmux, "seq -f 'a line that is longer than a narrow pane %g' 60", "pane 60")
        for rows, columns in ((10, 30), (40, 120), (24, 80), (1, 1), (24, 80)):
            tmux.resize(rows, columns)
            wait_until(lambda: not same(tmux, guest), f"the picture of {columns}x{rows}")

    def test_a_larger_terminal_is_blank_beside_the_pane(self):
        tmux, hall = self.lend(rows=5, columns=20)
        guest = self.guest(hall, rows=12, columns=50)
        self.run_in(tmux, "seq 30", "30")
        assert_same(tmux, guest)
        self.assertEqual([row for row in guest.cells()[5:-1] if row], [])

    def test_a_smaller_terminal_shows_the_piece_around_the_cursor(self):
        tmux, hall = self.lend()
        guest = self.guest(hall, rows=6, columns=30)
        self.run_in(tmux, "clear; seq 100 119", "119")
        wait_until(lambda: guest.text().split("\n")[:5] == ["116", "117", "118", "119", "$"], "the last rows")
        guest.resize(25, 80)
        wait_until(lambda: not same(tmux, guest), "the whole picture")
        guest.resize(1, 1)
        wait_until(lambda: guest.ask("#{pane_width} #{pane_height}") == "1 1", "a size of 1x1")
        self.assertEqual(tmux.ask("#{pane_width} #{pane_height}"), "80 24")

    def test_a_flood_ends_with_the_right_picture(self):
        tmux, hall = self.lend()
        guest = self.guest(hall)
        self.run_in(tmux, r"yes | head -200000; printf '\033[31mred\033[0m e''nd\n'", "red end")
        assert_same(tmux, guest)
        tmux.type("after")
        assert_same(tmux, guest)

    def test_the_status_line_stays_whatever_the_program_draws(self):
        tmux, hall = self.lend()
        guest = self.guest(hall)
        hall.order("alert ends in five minutes")
        wait_until(lambda: guest.text().split("\n")[24] == "demo | read-write | ends in five minutes",
                   "the alert")
        self.run_in(tmux, "vi /etc/passwd", "root")
        tmux.type(":")
        tmux.keys("C-l")
        assert_same(tmux, guest)
        self.assertEqual(guest.text().split("\n")[24], "demo | read-write | ends in five minutes")

    def test_other_panes_and_windows_are_never_seen(self):
        tmux, hall = self.lend()
        guest = self.guest(hall)
        tmux.run("split-window", "-t", "lent:", "-d", "echo secret; cat")
        tmux.run("new-window", "-t", "lent", "echo secret; cat")
        tmux.type("secret")
        wait_until(lambda: not same_pane(tmux, guest), "the lent pane, smaller")
        self.assertNotIn("secret", guest.text())
        tmux.run("choose-tree", "-t", tmux.pane)
        tmux.run("send-keys", "-t", tmux.pane, "-X", "search", check=False)
        self.assertNotIn("(1 windows", guest.text())


def same_pane(tmux, guest):
    """Like `same` for a lent pane that is smaller than the guest's terminal."""
    ours, theirs = guest.pane_cells(), tmux.cells(tmux.pane)
    return [row for row, (left, right) in enumerate(zip(ours, theirs)) if left != right]


@unittest.skipIf(MISSING, MISSING)
class Typing(MirrorTest):
    def typed(self, tmux, text):
        """Waits until the keys were brought to tmux, whatever became of them."""
        wanted = "-H " + " ".join(f"{byte:02x}" for byte in text.encode())
        wait_until(lambda: wanted in tmux.run("show-messages"), f"{text!r} comes to tmux")

    def test_a_guest_types_into_the_pane(self):
        tmux, hall = self.lend()
        guest = self.guest(hall)
        guest.type("echo he''llo 世界")
        guest.keys("Enter")
        wait_until(lambda: "hello 世界" in tmux.text(), "the command's output")
        assert_same(tmux, guest)

    def test_a_read_only_guest_cannot_send_a_byte(self):
        tmux, hall = self.lend("cat -v", mode="ro")
        reader = self.guest(hall)
        for text in ("typed", "\x03", "\x1b[200~pasted\x1b[201~", "\x02c", "\x1b[<0;3;3M"):
            reader.type(text)
        reader.keys("Enter")
        tmux.type("mark")
        wait_until(lambda: "mark" in reader.text(), "the operator's own typing")
        self.assertEqual(tmux.text().split("\n")[0], "mark")

    def test_keys_that_lead_a_client_of_tmux_elsewhere_reach_the_program_only(self):
        tmux, hall = self.lend("cat -v")
        tmux.run("set", "-g", "mouse", "on")
        tmux.run("new-session", "-d", "-s", "other", "echo secret; cat")
        guest = self.guest(hall)
        before = self.panes(tmux)
        for text in ("\x02c", "\x02:", "new-window\r", "\x02s", "\x02)", "\x02d", "\x02&y", "\x02%", "\x02[", "\x02L",
                     "\x1b[<0;3;24M\x1b[<0;3;24m", "\x1b[<2;3;3M", "\x1b[M !!", "\x1b[>84;0;0c", "\x1bPtmux;x\x1b\\"):
            guest.type(text)
        guest.keys("Enter")
        guest.type("mark")
        wait_until(lambda: "mark" in tmux.text(), "all of it in the pane")
        self.assertIn("^Bc^B:new-window", tmux.text())
        self.assertEqual(self.panes(tmux), before)
        self.assertEqual(tmux.ask("#{pane_in_mode}"), "0")
        self.assertEqual(tmux.run("list-buffers"), "")
        self.assertNotIn("secret", guest.text())

    def test_nothing_a_guest_types_reaches_the_operators_tree_copy_mode_or_other_panes(self):
        tmux, hall = self.lend("cat")
        guest = self.guest(hall)
        tmux.run("split-window", "-t", "lent:", "-d", "cat")
        panes = self.panes(tmux)
        for number, mode in enumerate(("choose-tree", "copy-mode", "customize-mode")):
            with self.subTest(mode):
                tmux.run(mode, "-t", tmux.pane)
                seen = tmux.text(tmux.pane)
                for text in ("q", "\r", ":new-window\r", "x", "\x1b[200~new-window\r\x1b[201~", f"g{number}\r"):
                    guest.type(text)
                self.typed(tmux, f"g{number}\r")
                self.assertEqual(tmux.ask("#{pane_in_mode}", tmux.pane), "1")
                self.assertEqual(tmux.text(tmux.pane), seen)
                tmux.run("send-keys", "-t", tmux.pane, *(["-X", "cancel"] if mode == "copy-mode" else ["q"]))
        tmux.run("set", "-w", "-t", "lent:", "synchronize-panes", "on")
        guest.type("both")
        self.typed(tmux, "both")
        tmux.run("set", "-w", "-t", "lent:", "synchronize-panes", "off")
        guest.type("one")
        wait_until(lambda: "one" in tmux.text(tmux.pane), "typing works again")
        self.assertNotIn("both", tmux.text(tmux.pane) + tmux.text("lent:.1"))
        self.assertEqual(self.panes(tmux), panes)
        self.assertEqual(tmux.run("list-buffers"), "")

    def test_a_paste_is_bracketed_where_the_program_wants_it(self):
        for wants, expected in (("h", "^[[200~two^Mlines; \"$HOME\" #{pane_id} '\\^[[201~"),
                                ("l", "two^Mlines; \"$HOME\" #{pane_id} '\\")):
            with self.subTest(wants):
                tmux, hall = self.lend(f"printf '\\033[?2004{wants}'; stty raw -echo; cat -v")
                guest = self.guest(hall)
                guest.type("\x1b[200~two\rlines; \"$HOME\" #{pane_id} '\\\x1b[201~")
                wait_until(lambda: expected in tmux.text().replace("\n", ""), "the pasted text")
                self.assertEqual(tmux.text().replace("\n", ""), expected)
                self.assertEqual(tmux.run("list-buffers"), "")

    def test_a_program_gets_mouse_reports_in_its_own_coordinates(self):
        tmux, hall = self.lend("printf '\\033[?1002h\\033[?1006h\\033[10;60H'; stty raw -echo; cat -v")
        guest = self.guest(hall, rows=6, columns=30)
        wait_until(lambda: guest.ask("#{mouse_any_flag}#{mouse_sgr_flag}") == "11", "the mouse is asked for")
        guest.type("\x1b[<0;1;1M\x1b[<0;1;6M")
        wait_until(lambda: "M" in tmux.text(), "a report")
        self.assertEqual(tmux.text().split(), ["^[[<0;31;6M"])


@unittest.skipIf(MISSING, MISSING)
class Manners(MirrorTest):
    def test_guests_leave_the_operators_tmux_as_it_was(self):
        tmux, hall = self.lend("cat")
        tmux.run("set", "-g", "window-size", "latest")
        facts = "#{window_width}x#{window_height} #{session_attached} #{session_windows}"
        before = tmux.ask(facts), tmux.run("show-environment", "-t", "lent")
        guest = self.guest(hall, rows=10, columns=33)
        self.guest(hall, rows=60, columns=200)
        self.assertEqual(tmux.ask("#{window_width}x#{window_height}"), before[0].split()[0])
        guest.type("typed")
        wait_until(lambda: "typed" in tmux.text(), "typing")
        self.assertEqual(len(tmux.run("list-clients").splitlines()), 1)
        for client in list(self._guests(hall)):
            client.run("kill-server")
        wait_until(lambda: not tmux.run("list-clients"), "the mirror ends with its last guest")
        self.assertEqual((tmux.ask(facts), tmux.run("show-environment", "-t", "lent")), before)

    def _guests(self, hall):
        return [each for each in self.seen_guests if each.hall is hall]

    def guest(self, hall, **size):
        made = super().guest(hall, **size)
        made.hall = hall
        self.seen_guests = getattr(self, "seen_guests", []) + [made]
        return made

    def test_a_mirror_that_the_operator_detaches_comes_back(self):
        tmux, hall = self.lend()
        guest = self.guest(hall)
        tmux.run("detach-client", "-s", "lent")
        self.run_in(tmux, "echo still''here", "stillhere")
        assert_same(tmux, guest)

    def test_a_pane_that_moves_to_another_session_is_followed(self):
        tmux, hall = self.lend()
        guest = self.guest(hall)
        tmux.run("new-session", "-d", "-s", "other", "-x", "80", "-y", "24", "cat")
        tmux.run("move-window", "-s", "lent:0", "-t", "other:5")
        tmux.run("send-keys", "-t", tmux.pane, "echo mo''ved", "Enter")
        wait_until(lambda: "moved" in guest.text(), "the pane in its new session")

    def test_tmux_survives_guests_that_come_and_go_while_every_pane_floods(self):
        tmux, hall = self.lend("yes lent")
        server = tmux.ask("#{pid}")
        for _ in range(3):
            tmux.run("split-window", "-t", "lent:", "-d", "yes other")
        for round in range(15):
            with Guest(hall.command.split()) as guest:
                if round % 3:
                    guest.wait_for("lent")
        self.assertEqual(tmux.ask("#{pid}"), server)
        wait_until(lambda: not tmux.run("list-clients"), "no client is left")

    def test_the_end_is_told_on_the_normal_screen_at_once(self):
        tmux, hall = self.lend()
        guest = self.enterContext(Guest(hall.command.split()))
        guest.wait_for("demo")
        hall.order("end The share expired.")
        guest.wait_gone(2)
        self.assertEqual(guest.status, 0)
        self.assertTrue(guest.seen.endswith(b"\x1b[?1049lThe share expired.\r\n"), guest.seen[-80:])

    def test_a_guest_that_reads_nothing_slows_nobody_and_leaves_when_told(self):
        tmux, hall = self.lend()
        stuck = self.enterContext(Guest(hall.command.split()))
        stuck.wait_for("demo")
        guest = self.guest(hall)
        for _ in range(3):
            self.run_in(tmux, "clear; seq -f '%060.0f' 30000; echo e''nd", "end")
            assert_same(tmux, guest)
            tmux.keys("C-l")
        self.assertLess(private_memory(hall.process.pid), 3 << 20)
        self.assertLess(private_memory(stuck.pid), 1 << 20)
        hall.order("end The share was revoked.")
        wait_until(lambda: not alive(stuck.pid), "the stuck guest leaves", 2)

    def test_guests_are_told_when_the_worker_dies(self):
        tmux, hall = self.lend()
        guest = self.enterContext(Guest(hall.command.split()))
        guest.wait_for("demo")
        hall.process.kill()
        guest.wait_gone(2)
        self.assertIn(b"This share has ended: worker_failed (its worker is gone)", guest.seen)
        wait_until(lambda: not tmux.run("list-clients"), "the tmux client dies with the worker")

    def test_a_closed_pane_ends_the_share_and_no_other_pane_is_shown(self):
        for close in (("kill-pane", "-t", "{}"), ("kill-session", "-t", "lent"),
                      ("respawn-pane", "-k", "-t", "{}", "true")):
            with self.subTest(close[0]):
                tmux, hall = self.lend()
                tmux.run("split-window", "-t", "lent:", "-d", "echo secret; cat")
                tmux.run("new-session", "-d", "-s", "other", "cat")
                tmux.run("set", "-g", "remain-on-exit", "on")
                guest = self.enterContext(Guest(hall.command.split()))
                guest.wait_for("demo")
                tmux.run(*(word.format(tmux.pane) for word in close))
                guest.wait_gone()
                self.assertIn(b"This share has ended: terminal_closed (the shared terminal was closed)", guest.seen)
                self.assertNotIn(b"secret", guest.seen)

    def test_programs_stay_small(self):
        tmux, hall = self.lend()
        guest = self.enterContext(Guest(hall.command.split()))
        guest.wait_for("demo")
        self.run_in(tmux, COLOURS, "bold")
        self.assertLess(private_memory(guest.pid), 1 << 20)
        self.assertLess(private_memory(hall.process.pid), 3 << 19)

    def test_a_guest_without_a_hall_says_so(self):
        done = subprocess.run([programs_dir() / "termlease-guest", "/nonexistent/guests"], capture_output=True,
                              check=False, timeout=5)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"can't be reached", done.stdout)


if __name__ == "__main__":
    unittest.main()
