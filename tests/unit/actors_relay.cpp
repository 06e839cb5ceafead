#include "actors/shares/tmate_log.hpp"
#include "messages/runtime.hpp"
#include "messages/switching.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <algorithm>
#include <csignal>
#include <optional>

using namespace termlease;
using namespace termlease::messages;
using scenario::share_request;
using scenario::the_operator;
using scenario::world;

namespace {

struct bench {
  bench() { machine->settings.shares.per_terminal_limit = 9; }

  world& start() {
    w.emplace(machine);
    w->open_terminal();
    return *w;
  }

  std::size_t relays_started() const {
    std::size_t count = 0;
    for (const auto& each : machine->processes.children) count += each.program() == "uptermd";
    return count;
  }

  void stop_share_of(const share_view& share) { w->ask(the_operator, stop_share{share.share_id}); }

  std::shared_ptr<scenario::machine> machine = std::make_shared<scenario::machine>();
  std::optional<world> w;
};

} // namespace

TEST_CASE("one relay starts with the first share and serves all", "[FR-026-009]") {
  bench b;
  auto& w = b.start();
  CHECK(b.relays_started() == 0);
  for (int i = 0; i < 3; ++i) w.open_share();
  CHECK(b.relays_started() == 1);
  CHECK(w.count<relay_started>() == 1);
  CHECK(w.last<relay_started>().address == "127.0.0.1:4001");
  const auto& argv = w.processes().last("uptermd").argv;
  CHECK(std::find(argv.begin(), argv.end(), "127.0.0.1:0") != argv.end());
}

TEST_CASE("an upterm of PATH is used when it is recent enough, otherwise the one that was built") {
  bench b;
  auto& machine = *b.machine;
  machine.upterm.where_too_old = config::upterm_programs{"/built/upterm", "/built/uptermd"};
  std::string version = GENERATE("Upterm version v0.24.0", "Upterm version 0.20.0", "v0.19.3", "");
  const bool recent = version.starts_with("Upterm");
  const auto other_programs = machine.processes.others;
  std::size_t asked = 0;
  machine.processes.others = [&](const run_program& wanted) -> program_result {
    if (wanted.argv.back() != "version") return other_programs(wanted);
    ++asked;
    return {version.empty() ? 1 : 0, version, {}, {}};
  };
  auto& w = b.start();
  w.open_share();
  w.open_share();
  const auto used = recent ? machine.upterm.first : *machine.upterm.where_too_old;
  CHECK(w.processes().last("uptermd").argv.at(0) == used.uptermd);
  CHECK(w.worker().heard<worker_lines::start>().at(0).program == used.upterm);
  CHECK(asked == (recent ? 2 : 1)); // and not again for the second share
}

TEST_CASE("shares that start at the same time wait for the same relay") {
  bench b;
  auto& w = b.start();
  b.machine->processes.relay.comes_up = false;
  const auto first = w.ask_for_share();
  const auto second = w.ask_for_share();
  CHECK(b.relays_started() == 1);
  w.processes().say(w.processes().last("uptermd"), "this is no JSON");
  w.processes().say(w.processes().last("uptermd"), R"({"msg":"loading keys"})");
  w.settle();
  CHECK_FALSE(first.answered());
  w.processes().say(w.processes().last("uptermd"),
                    R"({"msg":"starting server","ssh_addr":"127.0.0.1:7777"})");
  w.settle();
  CHECK(first.code().empty());
  CHECK(second.code().empty());
  CHECK(w.worker().heard<worker_lines::start>().at(0).relay_port == 7777);
}

TEST_CASE("the relay's host key is made once, and pinned for the backend") {
  bench b;
  auto& w = b.start();
  w.open_share();
  const auto start = w.worker().heard<worker_lines::start>().at(0);
  const auto& pinned = b.machine->files.files.at(start.known_hosts);
  CHECK(pinned.starts_with("@cert-authority [127.0.0.1]:4001 ssh-ed25519 "));
  w.crash("relays");
  w.advance(minutes(2));
  w.open_share();
  std::size_t keys_made = 0;
  for (const auto& each : w.processes().runs)
    keys_made += std::find(each.argv.begin(), each.argv.end(), "ed25519") != each.argv.end();
  CHECK(keys_made == 1);
}

TEST_CASE("the relay stays a while after the last share, and then goes") {
  bench b;
  auto& w = b.start();
  const auto one = w.open_share();
  const auto two = w.open_share();
  b.stop_share_of(one);
  w.advance(minutes(1));
  CHECK(w.processes().running("uptermd") == 1);
  b.stop_share_of(two);
  w.advance({seconds(30).ms - 1});
  CHECK(w.processes().running("uptermd") == 1);
  w.advance({1});
  CHECK(w.processes().running("uptermd") == 0);
  CHECK(w.last<relay_stopped>().reason == "no share needs it");
}

TEST_CASE("a share that comes while the relay lingers keeps it") {
  bench b;
  auto& w = b.start();
  b.stop_share_of(w.open_share());
  w.advance(seconds(20));
  w.open_share();
  w.advance(minutes(10));
  CHECK(w.processes().running("uptermd") == 1);
  CHECK(b.relays_started() == 1);
}

TEST_CASE("a share that comes while the relay goes down gets a new one") {
  bench b;
  auto& w = b.start();
  b.machine->processes.relay.obeys_term = false;
  b.stop_share_of(w.open_share());
  w.advance(seconds(31));
  CHECK(w.processes().last("uptermd").signals == std::vector<int>{SIGTERM});
  const auto asked = w.ask_for_share();
  CHECK_FALSE(asked.answered());
  w.processes().exit(w.processes().last("uptermd"), 0);
  w.settle();
  CHECK(asked.share().state == share_state::active);
  CHECK(b.relays_started() == 2);
}

TEST_CASE("a relay that dies ends the shares that it carried, and the next share gets another",
          "[NFR-026-004]") {
  bench b;
  auto& w = b.start();
  const auto share = w.open_share();
  w.processes().exit(w.processes().last("uptermd"), 1);
  w.settle();
  CHECK(w.share(share.share_id).end_reason == end_reason::relay_lost);
  CHECK(w.processes().running("termlease-worker") == 0);
  CHECK(w.last<relay_stopped>().reason == "it died");
  CHECK(w.open_share().state == share_state::active);
}

TEST_CASE("where the settings say so, a share whose relay dies goes on with a new link",
          "[FR-026-001] [NFR-026-004]") {
  bench b;
  b.machine->settings.upterm.when_relay_returns = "announce";
  auto& w = b.start();
  const auto share = w.open_share();
  w.processes().exit(w.processes().last("uptermd"), 1);
  w.settle();
  CHECK(w.count<share_relay_lost>() == 1);
  const auto now = w.share(share.share_id);
  CHECK(now.state == share_state::active);
  CHECK(now.expires_at == share.expires_at);
  CHECK(w.last<share_link_changed>().share.share_id == share.share_id);
  CHECK(b.relays_started() == 2);
  CHECK(w.processes().running("termlease-worker") == 1);
  CHECK_FALSE(w.ask(the_operator, show_share{share.share_id, true}).share().link.text.empty());
  b.stop_share_of(now);
  CHECK(w.share(share.share_id).end_reason == end_reason::stopped);
}

TEST_CASE("a share that waits for its relay's return has no link, and ends when none is found") {
  bench b;
  b.machine->settings.upterm.when_relay_returns = "announce";
  auto& w = b.start();
  const auto share = w.open_share();
  b.machine->processes.relay.comes_up = false;
  w.processes().exit(w.processes().last("uptermd"), 1);
  w.settle();
  CHECK(w.ask(the_operator, show_share{share.share_id, true}).share().link.text.empty());
  CHECK(w.share(share.share_id).state == share_state::active);
  CHECK(w.ask(the_operator, switch_share{share.share_id, "tmate"}).code() == "switch_underway");
  w.advance(seconds(60));
  CHECK(w.share(share.share_id).end_reason == end_reason::relay_lost);
  CHECK(w.processes().running("termlease-worker") == 0);
  CHECK(w.count<share_link_changed>() == 0);
}

TEST_CASE("a share that waits for its relay's return can be stopped, and ends in its time") {
  bench b;
  b.machine->settings.upterm.when_relay_returns = "announce";
  b.machine->settings.shares.start_deadline = minutes(2);
  auto& w = b.start();
  auto wanted = share_request();
  wanted.ttl = minutes(1);
  const auto share = w.open_share(wanted);
  b.machine->processes.relay.comes_up = false;
  w.processes().exit(w.processes().last("uptermd"), 1);
  w.settle();
  SECTION("stopped") {
    b.stop_share_of(share);
    w.advance(seconds(10));
    CHECK(w.share(share.share_id).end_reason == end_reason::stopped);
  }
  SECTION("expired") {
    w.advance(seconds(70));
    CHECK(w.share(share.share_id).end_reason == end_reason::expired);
  }
  CHECK(w.processes().running("termlease-worker") == 0);
}

TEST_CASE("a relay that can't come up fails the share with its last words") {
  bench b;
  auto& w = b.start();
  b.machine->processes.relay.comes_up = false;
  SECTION("it ends") {
    const auto asked = w.ask_for_share();
    w.processes().say(w.processes().last("uptermd"), "address in use", true);
    w.processes().exit(w.processes().last("uptermd"), 1);
    w.settle();
    CHECK(asked.code() == "relay_failed");
    CHECK_THAT(asked.response().error.message, ContainsSubstring("address in use"));
  }
  SECTION("it hangs") {
    const auto asked = w.ask_for_share();
    w.advance(seconds(6));
    CHECK(asked.code() == "relay_failed");
    CHECK(w.processes().running("uptermd") == 0);
  }
  SECTION("it is missing") {
    b.machine->processes.relay.cannot_start = {"program_missing", "no uptermd", {}, false};
    CHECK(w.ask_for_share().code() == "program_missing");
  }
  SECTION("its folder can't be written") {
    b.machine->files.problem = {"file_failed", "read-only", {}, true};
    CHECK(w.ask_for_share().code() == "file_failed");
  }
  SECTION("there is no ssh-keygen") {
    b.machine->processes.others = [](const run_program&) -> program_result {
      return {1, {}, "no keys today", {}};
    };
    CHECK(w.ask_for_share().code() == "relay_failed");
  }
  CHECK(w.processes().running("termlease-worker") == 0);
  CHECK(w.last<share_stopped>().share.state == share_state::ended);
}

TEST_CASE("without a backend there is no share, and the error says what is missing") {
  bench b;
  b.machine->installed.erase("upterm");
  auto& w = b.start();
  CHECK(w.ask_for_share().code() == "backend_missing");
}

TEST_CASE("a relay of one's own is used, and none is started") {
  bench b;
  b.machine->settings.upterm.relay_host = "relay.example.org";
  b.machine->settings.upterm.relay_port = 2222;
  b.machine->settings.upterm.known_hosts = "/etc/known";
  auto& w = b.start();
  w.open_share();
  const auto start = w.worker().heard<worker_lines::start>().at(0);
  CHECK(start.relay_host == "relay.example.org");
  CHECK(start.relay_port == 2222);
  CHECK(start.known_hosts == "/etc/known");
  CHECK(b.relays_started() == 0);
}

namespace {

start_share through_tmate() {
  auto wanted = share_request();
  wanted.backend = "tmate";
  return wanted;
}

} // namespace

TEST_CASE("half a host key, of a start that was cut short, is made again") {
  bench b;
  auto& w = b.start();
  for (const auto* key : {"upterm_host_ed25519", "tmate/ssh_host_rsa_key"})
    b.machine->files.files[w.environment().paths.state / "relay" / key] = "half a key";
  w.open_share();
  w.open_share(through_tmate());
  CHECK(w.count<relay_started>() == 2);
}

TEST_CASE("each backend has a relay of its own, and its shares know it by its keys") {
  bench b;
  auto& w = b.start();
  w.open_share();
  const auto share = w.open_share(through_tmate());
  CHECK(w.processes().running("uptermd") == 1);
  CHECK(w.processes().running("tmate-relay") == 1);
  CHECK(w.last<relay_started>().backend == "tmate");
  const auto start = w.worker().heard<worker_lines::start>().at(0);
  CHECK(start.program == "/usr/bin/tmate");
  CHECK(start.relay_rsa.starts_with("SHA256:"));
  CHECK(start.relay_ed25519.starts_with("SHA256:"));
  CHECK(std::to_string(start.relay_port) == w.processes().last("tmate-relay").argv.at(1));
  w.crash("relays/upterm");
  CHECK(w.share(share.share_id).state == share_state::active);
  b.stop_share_of(share);
  w.advance(seconds(31));
  CHECK(w.processes().last("tmate-relay").signals == std::vector<int>{SIGKILL});
}

TEST_CASE("a port that somebody else has is tried no more than a few times") {
  bench b;
  auto& w = b.start();
  b.machine->processes.relay.comes_up = false;
  const auto asked = w.ask_for_share(the_operator, through_tmate());
  for (int tries = 1; tries <= 5; ++tries) {
    CHECK_FALSE(asked.answered());
    auto& relay = w.processes().last("tmate-relay");
    w.processes().say(relay, "[MjCN...] of somebody", true);
    w.processes().exit(relay, 1);
    w.settle();
  }
  CHECK(asked.code() == "relay_failed");
  CHECK_THAT(asked.response().error.message, !ContainsSubstring("MjCN"));
  CHECK(w.processes().running("tmate-relay") == 0);
}

TEST_CASE("a tmate relay of one's own is used, with its fingerprints") {
  bench b;
  b.machine->settings.tmate.relay_host = "relay.example.org";
  b.machine->settings.tmate.relay_port = 2200;
  b.machine->settings.tmate.relay_ed25519_fingerprint = "SHA256:mine";
  b.machine->settings.tmate.when_relay_returns = "end";
  auto& w = b.start();
  w.open_share(through_tmate());
  const auto start = w.worker().heard<worker_lines::start>().at(0);
  CHECK(start.relay_host == "relay.example.org");
  CHECK(start.relay_port == 2200);
  CHECK(start.relay_rsa.empty());
  CHECK(start.relay_ed25519 == "SHA256:mine");
  CHECK_FALSE(start.relay_may_change);
  CHECK(w.processes().running("tmate-relay") == 0);
  auto wanted = through_tmate();
  wanted.terms.join_within = minutes(1);
  CHECK(w.ask_for_share(the_operator, wanted).code() == "not_supported");
}

TEST_CASE("a missing tmate is told, and so is a backend that there isn't") {
  bench b;
  b.machine->installed.erase("tmate");
  auto& w = b.start();
  CHECK(w.ask_for_share(the_operator, through_tmate()).code() == "backend_missing");
  auto wanted = share_request();
  wanted.backend = "pigeon";
  const auto asked = w.ask_for_share(the_operator, wanted);
  CHECK(asked.code() == "unknown_backend");
  CHECK_THAT(asked.response().error.details.hint, ContainsSubstring("upterm, tmate"));
}

TEST_CASE("tmate's relay says who is in, in lines of which no other counts") {
  actors::tmate_log log;
  CHECK(actors::tmate_log::port_in("Accepting connections on 127.0.0.1:24101") == 24101);
  CHECK(actors::tmate_log::port_in("Accepting connections on 127.0.0.1:99999") == 0);
  CHECK(actors::tmate_log::port_in("fatal: 127.0.0.1:24101: Address already in use") == 0);
  CHECK_FALSE(log.read("[ro-q...] Spawning pty client ip=10.0.0.7"));
  const auto in = log.read("[MjCN...] Client joined (cid=2)");
  REQUIRE(in);
  CHECK(in->door.text == "MjCN");
  CHECK(in->number == 2);
  CHECK(in->address == "10.0.0.7");
  CHECK(in->in);
  const auto out = log.read("[MjCN...] Client left (cid=2)");
  REQUIRE(out);
  CHECK_FALSE(out->in);
  for (const auto* line : {"", "[", "[MjCN...] ", "[MjCN] Client joined (cid=2)",
                           "Client joined (cid=2)", "[MjCN...] Client joined (cid=x)",
                           "[MjCN...] Client joined", "[MjCN...] Session terminated"})
    CHECK_FALSE(log.read(line));
}
