#include "messages/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/worker_start.hpp"
#include "tools/worker/tmate/command.hpp"
#include "tools/worker/tmate/door.hpp"
#include "tools/worker/tmate/output.hpp"

#include <algorithm>
#include <csignal>
#include <string>

using namespace termlease;
using namespace termlease::worker::tmate;

namespace {

const auto some_key = "SHA256:" + std::string(43, 'A');

messages::worker_lines::start sample() {
  auto share = tests::share_start();
  share.backend = "tmate";
  share.relay_ed25519 = some_key;
  share.program = "/usr/bin/tmate";
  return share;
}

const files where("/run/share/w");
const std::string guest_socket = "/run/share/w/guests";

bool refused(const messages::worker_lines::start& share) {
  return tests::refused_as_bad_start([&] { check(share, where, guest_socket); });
}

constexpr int exited(int code) {
  return code << 8;
}

} // namespace

TEST_CASE("tmate's two links are told apart, and written as upterm's are") {
  const auto open = read_line("ssh session: ssh -p24101 MjCNGEgy@127.0.0.1\r");
  CHECK(open.kind == saying::read_write_link);
  CHECK(open.text == "ssh MjCNGEgy@127.0.0.1 -p 24101");
  CHECK(door_of(open.text) == "MjCN");
  const auto closed = read_line("ssh session read only: ssh ro-q9vv@relay.example.org");
  CHECK(closed.kind == saying::read_only_link);
  CHECK(closed.text == "ssh ro-q9vv@relay.example.org");
  CHECK(door_of("") == "");
}

TEST_CASE("nothing but a plain ssh command is taken for a link of tmate's") {
  for (const auto* command :
       {"", "ssh", "ssh user", "ssh @host", "ssh -p u@host", "ssh -p123456 u@host",
        "ssh -p22 -oProxyCommand=id@host", "ssh u@$(id)", "ssh `id`@host", "ssh u@host; id",
        "ssh -p22 u@host x", "telnet u@host", "ssh -ou@host"}) {
    const auto said = read_line(std::string("ssh session: ") + command);
    CHECK(said.kind == saying::other);
    CHECK(said.text.empty());
  }
  CHECK(read_line("  ssh session: ssh u@host").kind == saying::other);
}

TEST_CASE("what tmate would try for ever is trouble") {
  CHECK(read_line("Reconnecting...").kind == saying::reconnecting);
  CHECK(read_line("Reconnecting... (timeout)").kind == saying::reconnecting);
  CHECK(read_line("Connecting to 127.0.0.1...").kind == saying::other);
  const auto explained = [](const char* line) {
    CHECK(read_line(line).kind == saying::trouble);
    return explain(read_line(line).text);
  };
  const auto key = explained("Cannot authenticate server");
  CHECK(key.why.code == "relay_key_mismatch");
  CHECK_FALSE(key.relay_lost);
  CHECK(explained("Error connecting: Connection refused").why.code == "relay_unreachable");
  CHECK(explained("r.invalid lookup failure. Retrying in 2 seconds (unknown)").relay_lost);
  CHECK_THAT(explained("Cannot initialize the DNS lookup service").why.message,
             ContainsSubstring("nameserver"));
}

TEST_CASE("an end of tmate that nobody asked for is explained") {
  CHECK(explain_end(SIGKILL, "").why.code == "backend_killed");
  CHECK(explain_end(exited(127), "").why.code == "backend_not_runnable");
  CHECK(explain_end(exited(1), "Cannot initialize the DNS lookup service").why.code ==
        "relay_unreachable");
  const auto other = explain_end(exited(1), "Session closed");
  CHECK(other.why.code == "backend_exited");
  CHECK(other.why.message == "tmate ended by itself: Session closed");
}

TEST_CASE("a guest of tmate finds no key bound and no other program, and no secret is in sight") {
  const auto configuration = configuration_text(sample(), where);
  for (const auto* line :
       {"set -g prefix 'None'\n", "set -g prefix2 'None'\n", "unbind -a\n", "set -g status 'off'\n",
        "set -g mouse 'off'\n", "set -g tmate-foreground-restart '0'\n",
        "set -g tmate-authorized-keys '/run/share/w/authorized_keys'\n",
        "set -g tmate-server-rsa-fingerprint 'none'\n"})
    CHECK_THAT(configuration, ContainsSubstring(line));
  CHECK_THAT(configuration, ContainsSubstring("tmate-server-ed25519-fingerprint '" + some_key));
  CHECK(session_text(sample(), where, guest_socket, {25, 80}) ==
        "new-session -x 80 -y 25 /bin/sh -c "
        R"('"$0" -S "$1" wait tmate-ready; exec "$2" --stay "$3"' )"
        "'/usr/bin/tmate' '/run/share/w/tmate' '/opt/term lease/guest' '/run/share/w/guests'\n");
  const auto command = host_command(sample(), where);
  for (const auto& word : command.argv) CHECK(word.find("AAAA") == std::string::npos);
  for (const auto& entry : command.env) CHECK_FALSE(entry.starts_with("TMUX"));
}

TEST_CASE(
    "a shut door names no key, and an open one the keys of the share without their comments") {
  auto share = sample();
  share.authorized_keys = {"ssh-ed25519 AAAAC3Nz ann's key; kill-server", "ssh-rsa AAAAB3Nz+/=="};
  CHECK(door_text(share, false) == "set -g tmate-authorized-keys ''\n");
  CHECK(door_text(share, true) == "set -g tmate-authorized-keys ''\n"
                                  "set tmate-set 'authorized_keys=ssh-ed25519 AAAAC3Nz'\n"
                                  "set tmate-set 'authorized_keys=ssh-rsa AAAAB3Nz+/=='\n");
  share.authorized_keys = {"ssh-rsa AAAA'\";run"};
  CHECK(tests::refused_as_bad_start([&] { door_text(share, true); }));
}

TEST_CASE("whoever only looks finds a window as large as the pane, whoever types one of its own") {
  using messages::share_mode;
  CHECK(window_size(share_mode::ro, {24, 80}) == worker::extent{25, 80});
  CHECK(window_size(share_mode::ro, {1000, 1000}) == worker::extent{200, 500});
  CHECK(window_size(share_mode::rw, {24, 80}) == worker::extent{200, 500});
}

TEST_CASE("a share through tmate that could mean something else to it never starts") {
  CHECK_FALSE(refused(sample()));
  const auto with = [](auto change) {
    auto share = sample();
    change(share);
    return refused(share);
  };
  using order = messages::worker_lines::start;
  CHECK(with([](order& share) { share.authorized_keys.clear(); }));
  CHECK(with([](order& share) { share.authorized_keys = {"command=\"id\" ssh-ed25519 AAAA"}; }));
  CHECK(with([](order& share) { share.relay_ed25519.clear(); }));
  CHECK(with([](order& share) { share.relay_rsa = "SHA256:x'; run-shell id '"; }));
  CHECK(with([](order& share) { share.relay_host = "host'\nrun-shell id"; }));
  CHECK(with([](order& share) { share.relay_port = 0; }));
  CHECK(with([](order& share) { share.guest_program = "/opt/it's/guest"; }));
  CHECK(refused(sample()) == false);
}
