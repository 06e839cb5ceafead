"""Terminals in a real zellij: what their guests see and can do, and their life as that of any terminal."""

import contextlib
import json
import os
import signal
import statistics
import string
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import processes  # noqa: E402
from support.command_line import missing_program  # noqa: E402
from support.lending import Lending  # noqa: E402
from support.processes import Guest, alive, private_memory, wait_until  # noqa: E402
from support.screen import GuestScreen  # noqa: E402
from support.zellij import PrivateZellij, Zellij, ZellijHall, hall_is_built, missing_zellij, zellij_dir  # noqa: E402

NO_ZELLIJ = missing_zellij()
NO_HALL = NO_ZELLIJ or (None if hall_is_built() else "termlease-hall-host is not built")
MISSING = NO_ZELLIJ or missing_program() or processes.missing_for_live_tests()
SHELL = "PS1='$ ' exec bash --norc --noprofile"
KEYS, PASTED = 40, 100_000


class MirrorTest(unittest.TestCase):
    def lend(self, command=SHELL, mode="rw", attached=(26, 80)):
        zellij = self.enterContext(PrivateZellij(command))
        if attached:
            self.operator = wait_until(lambda: self.attached(zellij, *attached), "the operator looks at it")
        return zellij, self.enterContext(ZellijHall(zellij, mode))

    def attached(self, zellij, rows, columns):
        operator = self.enterContext(zellij.attach(rows, columns))
        with contextlib.suppress(AssertionError):  # a client is sent away when another leaves in that moment
            return wait_until(lambda: zellij.looked_at_by(operator, rows, columns) and operator, "", 5)

    def guest(self, hall, **size):
        return self.enterContext(GuestScreen(hall, **size))

    def sees(self, guest, text, what=None):
        wait_until(lambda: text in guest.text(), what or f"{text!r} on the guest's screen")

    def arrives(self, zellij, text):
        wait_until(lambda: text in zellij.text(), f"{text!r} in the pane")


@unittest.skipIf(NO_HALL, NO_HALL)
class Picture(MirrorTest):
    def test_a_guest_sees_text_colours_and_cursor_also_when_it_comes_late(self):
        zellij, hall = self.lend()
        first = self.guest(hall)
        zellij.type("clear; printf '\\033[1;31mred\\033[0m 日本 \\033[44mblue\\033[0m\\n'\r")
        late = None
        for guest in (first, late):
            guest = guest or self.guest(hall)
            self.sees(guest, "red 日本 blue")
            wait_until(lambda g=guest: g.cells()[0][:1] == [("r", (("1", "1"), ("38", "31")))], "the colour")
            row = guest.cells()[0]
            self.assertEqual([look for text, look in row if text == "b"], [(("48", "44"),)])
            wait_until(lambda g=guest: g.cursor() == zellij.cursor(), "the cursor")

    def test_nobody_need_look_at_the_session(self):
        zellij, hall = self.lend(attached=None)
        guest = self.guest(hall)
        guest.type("echo de''tached\r")
        self.sees(guest, "detached")

    def test_a_cursor_that_only_moves_is_followed(self):
        zellij, hall = self.lend("printf 'abc\\033[?25h'; stty raw -echo; exec cat")
        guest = self.guest(hall)
        self.sees(guest, "abc")
        for keys, place in (("\033[10;20H", (19, 9)), ("\033[3;1H", (0, 2))):
            zellij.type(keys)
            wait_until(lambda at=place: guest.cursor() == at, f"the cursor is at {place}")
        zellij.type("\033[?25l")
        wait_until(lambda: guest.cursor() is None, "the cursor is hidden")

    def test_a_tab_that_the_operator_leaves_is_seen_as_it_goes_on(self):
        zellij, hall = self.lend()
        guest = self.guest(hall)
        zellij.type("echo be''fore\r")
        self.sees(guest, "before")
        zellij.action("new-tab")
        for word in ("hid''den", "still''hidden"):
            zellij.type(f"echo {word}\r")
            self.sees(guest, word.replace("''", ""))
        late = self.guest(hall)
        self.sees(late, "stillhidden")
        zellij.action("go-to-tab", "1")
        zellij.type("echo ba''ck\r")
        self.sees(guest, "back")

    def test_a_resize_of_the_pane_is_followed(self):
        zellij, hall = self.lend()
        guest = self.guest(hall, rows=45, columns=120)
        zellij.type("seq -f 'line %g' 60\r")
        self.sees(guest, "line 60")
        for columns, rows in ((100, 32), (40, 12), (80, 26)):
            self.operator.resize(columns, rows)
            wait_until(lambda size=(columns, rows - 2): self.operator.pump() and zellij.size() == size, "the pane")
            self.operator.pump()
            wait_until(lambda: guest.cursor() == zellij.cursor(), f"the picture of {columns}x{rows}")
            self.sees(guest, "line 60")

    def test_a_full_screen_program_looks_right(self):
        zellij, hall = self.lend()
        guest = self.guest(hall)
        numbers = zellij.folder / "numbers"
        numbers.write_text("".join(f"number {n}\n" for n in range(200)))
        zellij.type(f"less {numbers}\r")
        self.sees(guest, "number 0")
        guest.type("G")
        self.sees(guest, "number 199")
        guest.keys("Up", "Up", "Up")
        wait_until(lambda: "number 199" not in guest.text(), "three lines up, by keys that less asked for")
        guest.type("q")
        wait_until(lambda: guest.text().split("\n")[0].startswith("$"), "the shell again")

    def test_other_panes_tabs_and_the_session_manager_are_never_seen(self):
        zellij, hall = self.lend()
        guest = self.guest(hall)
        zellij.action("new-pane", "--", "sh", "-c", "echo secret-pane; cat")
        zellij.action("new-tab", "--name", "secret-tab")
        zellij.action("go-to-tab", "1")
        zellij.action("launch-or-focus-plugin", "--floating", "session-manager")
        zellij.type("echo ma''rk\r")
        self.sees(guest, "mark")
        seen = guest.text()
        for word in ("secret", "Zellij", "lent", "Tab #"):
            self.assertNotIn(word, seen)

    def test_a_guest_may_have_any_size(self):
        zellij, hall = self.lend()
        guest = self.guest(hall, rows=7, columns=30)
        zellij.type("clear; seq 100 119\r")
        self.sees(guest, "119")
        for rows, columns in ((1, 1), (2, 2), (60, 200)):
            guest.resize(rows, columns)
            wait_until(lambda size=f"{columns} {rows}": guest.ask("#{pane_width} #{pane_height}") == size, "its size")
        self.sees(guest, "119")
        self.assertEqual(zellij.size(), (80, 24))


@unittest.skipIf(NO_HALL, NO_HALL)
class Typing(MirrorTest):
    def test_a_read_only_guest_cannot_send_a_byte(self):
        zellij, hall = self.lend("exec cat -v", mode="ro")
        reader = self.guest(hall)
        for text in ("typed", "\x03", "\x1b[200~pasted\x1b[201~", "\x0fd", "\x11", "\x1b[<0;3;3M"):
            reader.type(text)
        zellij.type("mark\r")
        self.sees(reader, "mark")
        self.assertEqual(zellij.text().split()[0], "mark")

    def test_keys_that_lead_a_client_of_zellij_elsewhere_reach_the_program_only(self):
        zellij, hall = self.lend("stty raw -echo; exec cat -v")
        guest = self.guest(hall)
        before = sorted(zellij.panes())
        for text in ("\x0fw", "\x0fd", "\x10n", "\x14n", "\x11", "\x07", "\x1bn", "\x1b[<0;3;1M\x1b[<0;3;1m",
                     "\x1b[M !!", "\x1b]52;c;Zm9v\x07", "\x1bP>|x\x1b\\", "\x1b[>84;0;0c", "\x1b_Gx\x1b\\"):
            guest.type(text)
        guest.type("mark")
        self.arrives(zellij, "mark")
        self.assertIn("^Ow^Od^Pn^Tn^Q^G^[n", zellij.text().replace("\n", ""))
        self.assertEqual(sorted(zellij.panes()), before)
        self.assertTrue(alive(self.operator.pid))

    def test_a_paste_is_bracketed_where_the_program_wants_it(self):
        for wants, expected in (("h", "ready^[[200~two^Mlines; \"$HOME\" '\\^[[201~"),
                                ("l", "readytwo^Mlines; \"$HOME\" '\\")):
            with self.subTest(wants):
                zellij, hall = self.lend(f"stty raw -echo; printf '\\033[?2004{wants}ready'; exec cat -v", attached=None)
                guest = self.guest(hall)
                self.sees(guest, "ready")
                guest.type("\x1b[200~two\rlines; \"$HOME\" '\\\x1b[201~")
                wait_until(lambda text=expected: zellij.text().replace("\n", "") == text, "all of it, and no more")

    def test_a_large_paste_arrives_whole(self):
        zellij, hall = self.lend("stty raw -echo; printf ready; exec head -c %d > \"$0.got\"" % PASTED)
        guest = self.enterContext(Guest(hall.command.split()))
        guest.wait_for("ready")
        text = "".join(f"{n:07d} 日\n" for n in range(PASTED // 12 + 1)).encode()[:PASTED]
        got = zellij.folder / "sh.got"
        begun = time.monotonic()
        for start in range(0, PASTED, 4000):
            guest.type((b"\x1b[200~" if start == 0 else b"") + text[start:start + 4000])
            guest.pump()
        guest.type(b"\x1b[201~")
        wait_until(lambda: got.exists() and got.stat().st_size == PASTED, "100 kB are pasted")
        print(f"\n  a paste of {PASTED} bytes: {time.monotonic() - begun:.2f} s")
        self.assertEqual(got.read_bytes(), text)

    def test_an_echo_is_on_the_guests_screen_soon(self):
        zellij, hall = self.lend("stty raw -echo; printf ready; exec cat")
        guest = self.enterContext(Guest(hall.command.split()))
        guest.wait_for("ready")
        times = []
        for letter in string.ascii_letters[:KEYS]:
            key, before = 6 * letter, time.monotonic()  # all of it differs from what was there
            guest.type("\r" + key)
            guest.wait_for(key)
            times.append(1000 * (time.monotonic() - before))
        print(f"\n  key to echo: median {statistics.median(times):.0f} ms; "
              f"the hall's private memory {private_memory(hall.process.pid) / 1e6:.1f} MB")
        self.assertLess(statistics.median(times), 500)


@unittest.skipIf(NO_HALL, NO_HALL)
class End(MirrorTest):
    def ends(self, hall, guest):
        self.assertEqual(hall.heard().split()[0], "arrived")
        self.assertEqual(hall.heard(), "gone terminal_gone")
        guest.wait_gone()
        self.assertIn(b"terminal was closed", guest.seen)

    def test_the_end_of_the_pane_of_the_session_and_of_its_server_are_noticed(self):
        def close(zellij):
            zellij.action("close-pane", "--pane-id", "terminal_0")

        def kill_session(zellij):
            zellij.run("kill-session", zellij.session)

        def kill_server(zellij):
            os.kill(zellij.server(), signal.SIGKILL)

        for end in (close, kill_session, kill_server):
            with self.subTest(end.__name__):
                zellij, hall = self.lend("echo lo-and-behold; exec cat", attached=None)
                if end is close:
                    zellij.action("new-tab")
                guest = self.enterContext(Guest(hall.command.split()))
                guest.wait_for("lo-and-behold")
                end(zellij)
                self.ends(hall, guest)

    def test_a_subscription_that_ends_by_itself_is_begun_again(self):
        zellij, hall = self.lend()
        guest = self.guest(hall)
        found = wait_until(lambda: [pid for pid in processes.descendants(hall.process.pid)
                                    if b"subscribe" in self.words_of(pid)], "the subscription")
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        zellij.type("echo ag''ain\r")
        self.sees(guest, "again")

    @staticmethod
    def words_of(pid):
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        return b""

    def test_nothing_of_the_mirror_runs_while_nobody_is_in(self):
        zellij, hall = self.lend()
        self.assertEqual(hall.children(), [])
        guest = self.enterContext(Guest(hall.command.split()))
        guest.wait_for("demo")
        self.assertIn("zellij", hall.children())
        guest.close()
        wait_until(lambda: not hall.children(), "the mirror ends with its last guest")


@unittest.skipIf(MISSING, MISSING)
class Sharing(unittest.TestCase):
    def setUp(self):
        home = self.enterContext(processes.scratch_dir())
        self.system = self.enterContext(Lending(home))
        with open(home / "config" / "config.toml", "a") as file:
            file.write(f'[terminals]\nzellij = "{zellij_dir()}/zellij"\n')

    def terminal(self, name="demo", command="echo lo-and-behold; exec cat"):
        made = self.system.json("terminal", "new", name, "--host", "zellij", "--", "sh", "-c", command)
        self.addCleanup(self.end, made)
        return made, Zellij(made["socket_dir"], made["session"])

    @staticmethod
    def end(made):
        Zellij(made["socket_dir"], made["session"]).run("kill-session", made["session"], check=False)

    def test_a_terminal_is_opened_listed_shared_typed_into_and_closed(self):
        made, zellij = self.terminal()
        self.assertEqual((made["host"], made["pane"]), ("zellij", "terminal_0"))
        self.assertEqual(Path(f"/proc/{made['pane_pid']}/comm").read_text(), "cat\n")
        self.assertIn("zellij", self.system.run("terminals").stdout)
        before = time.monotonic()
        share = self.system.share("demo", "--mode", "rw")
        print(f"\n  share to link: {1000 * (time.monotonic() - before):.0f} ms")
        guest = self.system.guest(share)
        guest.wait_for("lo-and-behold")
        guest.type("typed-by-the-guest\r")
        wait_until(lambda: zellij.text().count("typed-by-the-guest") == 2, "cat has repeated it")
        worker = self.system.process("termlease-worke")
        print(f"  the worker's private memory: {private_memory(worker) / 1e6:.1f} MB")
        self.system.run("terminal", "close", "demo", check=True)
        guest.wait_gone()
        self.assertEqual(self.system.wait_state(share, "ended")["end_reason"], "terminal_closed")
        wait_until(lambda: not alive(made["pane_pid"]), "its program has ended")
        self.system.wait_clean()

    def test_a_read_only_guest_cannot_type(self):
        _, zellij = self.terminal()
        guest = self.system.guest(self.system.share("demo"))
        guest.wait_for("lo-and-behold")
        guest.type("not-wanted\r\x03\x04")
        zellij.type("after-it\r")
        guest.wait_for("after-it")
        self.assertNotIn("not-wanted", zellij.text())

    def test_a_session_that_was_there_is_adopted_shared_and_given_back(self):
        theirs = self.enterContext(PrivateZellij("echo lo-and-behold; exec cat", session="their work"))
        for words, code in ((("--zellij-session", "nobody's"), "no_such_session"),
                            (("--zellij-session", "their work", "--pane", "plugin_1"), "bad_payload"),
                            (("--zellij-session", "their work", "--pane", "terminal_7"), "no_such_session")):
            done = self.system.run("terminal", "adopt", "work", *words, "--zellij-sockets", theirs.sockets)
            self.assertIn(code, done.stderr)
        adopted = self.system.json("terminal", "adopt", "work", "--zellij-session", "their work", "--zellij-sockets",
                                   theirs.sockets)
        self.assertTrue(adopted["adopted"])
        guest = self.system.guest(self.system.share("work", "--mode", "rw"))
        guest.wait_for("lo-and-behold")
        self.system.run("terminal", "close", "work", check=True)
        guest.wait_gone()
        self.assertIn("terminal_0", theirs.panes(), "it was never ours")

    def test_inside_zellij_the_pane_around_is_shared_without_being_named(self):
        key, out = self.system.key(), self.system.home / "shared.json"
        words = " ".join(map(str, self.system.words("--json", "share", "--key", f"{key}.pub")))
        variables = " ".join(f"{name}='{value}'" for name, value in self.system.environment.items())
        theirs = self.enterContext(PrivateZellij(f"{variables} {words} > {out}.new; mv {out}.new {out}; exec cat"))
        share = json.loads(wait_until(lambda: out.exists() and out.read_text(), "it is shared"))
        [terminal] = self.system.json("terminals")
        self.assertEqual((terminal["host"], terminal["session"], terminal["pane"], terminal["adopted"]),
                         ("zellij", "lent", "terminal_0", True))
        guest = self.system.guest(share)
        theirs.type("from-inside\r")
        guest.wait_for("from-inside")

    def test_a_terminal_is_attached_to(self):
        _, zellij = self.terminal()
        window = self.enterContext(Guest(["env", *(f"{name}={value}" for name, value in
                                                   self.system.environment.items()),
                                          *self.system.words("terminal", "attach", "demo")], (100, 30)))
        wait_until(lambda: window.pump() and zellij.size() == (100, 28), "it has the window's size")
        window.type("typed-while-attached\r")
        wait_until(lambda: window.pump() and "typed-while-attached" in zellij.text(), "it arrives")

    def test_a_terminal_outlives_its_runtime_and_is_found_again(self):
        made, zellij = self.terminal()
        gone, _ = self.terminal("gone")
        self.system.kill_runtime()
        self.end(gone)
        wait_until(lambda: not alive(gone["pane_pid"]), "its program has ended")
        [found] = self.system.json("terminals")
        self.assertEqual(found["pane_pid"], made["pane_pid"])
        guest = self.system.guest(self.system.share())
        zellij.type("still-here\r")
        guest.wait_for("still-here")

    def test_the_end_of_the_program_of_the_session_or_of_its_server_ends_the_share(self):
        def exit_program(made, zellij):
            os.kill(made["pane_pid"], signal.SIGKILL)

        def kill_session(made, zellij):
            zellij.run("kill-session", made["session"])

        def kill_server(made, zellij):
            os.kill(zellij.server(), signal.SIGKILL)

        for number, end in enumerate((exit_program, kill_session, kill_server)):
            with self.subTest(end.__name__):
                made, zellij = self.terminal(f"t{number}")
                share = self.system.share(f"t{number}")
                guest = self.system.guest(share)
                guest.wait_for("lo-and-behold")
                end(made, zellij)
                guest.wait_gone()
                self.assertEqual(self.system.wait_state(share, "ended")["end_reason"], "terminal_closed")
        self.system.wait_clean()

    def test_an_unknown_host_and_a_missing_zellij_are_refused_by_name(self):
        done = self.system.run("terminal", "new", "demo", "--host", "screen")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown_host", done.stderr)
        self.assertIn("tmux, zellij", done.stderr)
        bare = self.enterContext(Lending(self.enterContext(processes.scratch_dir())))
        with open(bare.home / "config" / "config.toml", "a") as file:
            file.write('[terminals]\nzellij = "/nonexistent/zellij"\n')
        bare.environment["PATH"] = "/usr/bin:/bin"
        bare.environment["HOME"] = str(bare.home)
        done = bare.run("terminal", "new", "demo", "--host", "zellij")
        self.assertEqual(done.returncode, 1)
        self.assertIn("host_missing", done.stderr)


if __name__ == "__main__":
    unittest.main()
