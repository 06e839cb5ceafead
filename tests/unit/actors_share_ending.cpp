#include "messages/runtime.hpp"
#include "messages/supervision.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <csignal>
#include <optional>

using namespace termlease;
using namespace termlease::messages;
using scenario::share_request;
using scenario::the_operator;
using scenario::world;

namespace {

const identity bot{identity_kind::agent, "bot"};

/// One terminal with one share, active unless the worker is told otherwise first.
struct lent {
  lent() {
    machine->policy->replace(scenario::all_is_allowed);
    terminal = w.open_terminal();
  }

  void open() { id = w.open_share().share_id; }

  share_view share() { return w.share(id); }

  scenario::asked revoke(const std::string& reason = {}) {
    return w.ask(the_operator, revoke_share{id, reason});
  }

  /// The terminal is as it was: open, the same process in its pane, and to be shared again.
  void check_terminal_lives() {
    const auto all = w.ask(the_operator, list_terminals{}).as<terminal_list>().terminals;
    REQUIRE(all.size() == 1);
    CHECK(all[0].pane_pid == terminal.pane_pid);
    w.processes().worker = {};
    CHECK(w.open_share().state == share_state::active);
  }

  std::shared_ptr<scenario::machine> machine = std::make_shared<scenario::machine>();
  world w{machine};
  terminal_view terminal;
  std::string id;
};

} // namespace

TEST_CASE("a revocation lets the guests go, then says that they are gone", "[FR-026-007]") {
  lent l;
  l.open();
  const auto answer = l.revoke("enough").share();
  CHECK(answer.state == share_state::ended);
  CHECK(answer.end_reason == end_reason::revoked);
  CHECK(answer.detail == "revoked by operator: enough");
  CHECK_FALSE(l.w.worker().running);
  CHECK_THAT(l.w.worker().heard<worker_lines::end>().at(0).text,
             ContainsSubstring("revoked by operator: enough"));
  CHECK(l.w.last<share_stopped>().share.end_reason == end_reason::revoked);
  CHECK(l.revoke().code() == "share_ended");
}

TEST_CASE("a revocation waits for no disk", "[FR-026-007] [SC-026-004]") {
  lent l;
  l.open();
  l.w.disk().hold();
  const auto answer = l.revoke();
  CHECK_FALSE(l.w.worker().running);
  CHECK(answer.share().state == share_state::ended);
  CHECK(l.w.count<share_revoked>() == 0);
  l.w.disk().release();
  l.w.settle();
  CHECK(l.w.count<share_revoked>() == 1);
  CHECK(l.w.count<share_stopped>() == 1);
}

TEST_CASE("the end of a share is recorded even where the disk is full for a while",
          "[FR-026-011]") {
  lent l;
  l.open();
  l.w.disk().problem = {"journal_full", "no space is left", "make some", true};
  CHECK(l.revoke().share().state == share_state::ended);
  l.w.advance(minutes(3));
  CHECK(l.w.count<share_stopped>() == 0);
  l.w.disk().problem = {};
  l.w.advance(seconds(5));
  CHECK(l.w.count<share_revoked>() == 1);
  CHECK(l.w.count<share_stopped>() == 1);
}

TEST_CASE("a revocation before a share is open lets nothing open", "[FR-026-007]") {
  lent l;
  l.machine->processes.worker.gets_ready = false;
  const auto asked = l.w.ask_for_share();
  l.id = l.w.ask(the_operator, list_shares{}).as<share_list>().shares.at(0).share_id;
  CHECK(l.revoke().share().end_reason == end_reason::revoked);
  CHECK(asked.code() == "share_ended");
  CHECK(l.w.processes().running("termlease-worker") == 0);
}

TEST_CASE("a worker that does not end when told is killed in time", "[FR-026-007] [NFR-026-004]") {
  lent l;
  l.open();
  l.machine->processes.worker.obeys_end = false;
  const auto deadline = l.w.worker().heard<worker_lines::start>().at(0).end_deadline;
  CHECK(deadline == l.machine->settings.shares.end_deadline);
  const auto answer = l.revoke();
  l.w.advance({deadline.ms * 4 / 3 - 1}); // its own steps may take the whole deadline
  CHECK_FALSE(answer.answered());
  l.w.advance({1});
  CHECK(l.w.worker().signals == std::vector<int>{SIGKILL});
  CHECK(answer.share().end_reason == end_reason::revoked);
  l.check_terminal_lives();
}

TEST_CASE("a share is ended by the operator and by its requester, and by nobody else",
          "[FR-026-002]") {
  lent l;
  l.id = l.w.ask_for_share(bot).share().share_id;
  const identity other{identity_kind::agent, "other"};
  CHECK(l.w.ask(other, revoke_share{l.id, {}}).code() == "denied");
  CHECK(l.w.ask(other, stop_share{l.id}).code() == "denied");
  CHECK(l.share().state == share_state::active);
  CHECK(l.w.ask(bot, stop_share{l.id}).share().end_reason == end_reason::stopped);
  l.open();
  CHECK(l.w.ask(bot, stop_share{l.id}).code() == "denied");
  CHECK(l.w.ask(bot, revoke_share{l.id, {}}).code() == "denied");
  CHECK(l.w.ask(the_operator, revoke_share{l.id, std::string(2000, 'x')}).code() == "bad_reason");
}

TEST_CASE("a worker that goes wrong ends its share with the reason, and the terminal lives",
          "[NFR-026-004]") {
  lent l;
  l.open();
  SECTION("crashed") {
    l.w.processes().exit(l.w.worker(), 139);
    l.w.settle();
    CHECK_THAT(l.share().detail, ContainsSubstring("139"));
  }
  SECTION("said what means nothing") {
    l.w.processes().say(l.w.worker(), "Segmentation fault");
    l.w.settle();
  }
  SECTION("said a line of another protocol") {
    l.w.processes().say(l.w.worker(), R"({"type":"reboot"})");
    l.w.settle();
    CHECK_THAT(l.share().detail, ContainsSubstring("reboot"));
  }
  SECTION("said a known line with a wrong field") {
    l.w.processes().say(l.w.worker(), R"({"type":"guest_joined","guest_id":7})");
    l.w.settle();
  }
  SECTION("hangs") {
    l.machine->processes.worker.beats = false;
    l.machine->processes.worker.obeys_end = false;
    l.w.advance({seconds(15).ms - 1}); // three heartbeats
    CHECK(l.w.worker().signals.empty());
    l.w.advance(seconds(1));
    CHECK(l.w.worker().signals == std::vector<int>{SIGKILL});
    CHECK_THAT(l.share().detail, ContainsSubstring("hangs"));
  }
  SECTION("its actor crashed") {
    l.w.crash("shares/" + l.id + "/share worker");
    CHECK(l.w.worker().input_closed);
  }
  SECTION("its session crashed") {
    l.w.crash("shares/" + l.w.youngest_of("shares"));
  }
  l.w.advance(seconds(5));
  CHECK(l.w.processes().running("termlease-worker") == 0);
  CHECK(l.share().state == share_state::ended);
  CHECK(l.share().end_reason == end_reason::worker_failed);
  CHECK(l.w.count<share_stopped>() == 1);
  l.check_terminal_lives();
}

TEST_CASE("whoever waits for a share whose session crashes is answered once its worker is gone",
          "[NFR-026-004]") {
  lent l;
  SECTION("asking for it") {
    l.machine->processes.worker.gets_ready = false;
    const auto asked = l.w.ask_for_share();
    l.w.crash("shares/" + l.w.youngest_of("shares"));
    CHECK(asked.code() == "share_ended");
    CHECK_THAT(asked.response().error.message, ContainsSubstring("its session failed"));
  }
  SECTION("asking for more time") {
    l.open();
    l.w.disk().hold();
    const auto asked = l.w.ask(the_operator, extend_share{l.id, minutes(5), {}});
    l.w.crash("shares/" + l.w.youngest_of("shares"));
    CHECK(asked.code() == "share_ended");
    l.w.disk().release();
  }
  SECTION("asking for its end") {
    l.open();
    l.machine->processes.worker.obeys_end = false;
    const auto revoked = l.revoke();
    const auto stopped = l.w.ask(the_operator, stop_share{l.id});
    l.w.crash("shares/" + l.w.youngest_of("shares"));
    CHECK_FALSE(revoked.answered());
    l.w.advance(seconds(5)); // it ignores its end, and is killed
    CHECK(revoked.share().end_reason == end_reason::worker_failed);
    CHECK(stopped.share().state == share_state::ended);
  }
  SECTION("and the runtime, for all ends") {
    l.open();
    l.machine->processes.worker.obeys_end = false;
    l.w.ask(the_operator, stop_runtime{});
    CHECK_FALSE(l.w.ended());
    l.w.crash("shares/" + l.w.youngest_of("shares"));
    l.w.advance(seconds(5));
    CHECK(l.w.ended());
  }
}

TEST_CASE("a worker that never gets ready ends its share with the reason", "[NFR-026-004]") {
  lent l;
  l.machine->processes.worker.gets_ready = false;
  std::string code = "worker_failed";
  const auto start = [&] { return l.w.ask_for_share(); };
  std::optional<scenario::asked> asked;
  SECTION("it can't be started") {
    l.machine->processes.worker.cannot_start = {"program_missing", "no such program", {}, false};
    asked = start();
    code = "program_missing";
  }
  SECTION("it ends before") {
    asked = start();
    l.w.processes().exit(l.w.worker(), 1);
  }
  SECTION("it says why not") {
    asked = start();
    l.w.processes().say_line(
        l.w.worker(), worker_lines::problem{{"backend_failed", "upterm said no", {}, false}});
    code = "backend_failed";
  }
  SECTION("its folder can't be made") {
    l.machine->files.problem = {"file_failed", "read-only", {}, true};
    asked = start();
    code = "file_failed";
  }
  l.w.settle();
  CHECK(asked->code() == code);
  CHECK(l.w.last<share_stopped>().share.end_reason == end_reason::worker_failed);
  CHECK(l.w.processes().running("termlease-worker") == 0);
  l.machine->files.problem = {};
  l.check_terminal_lives();
}

TEST_CASE("a share whose terminal or relay is lost says so") {
  lent l;
  l.open();
  SECTION("the worker saw the terminal go") {
    l.w.processes().say_line(
        l.w.worker(), worker_lines::problem{{"gone", "the pane is gone", {}, false}, false, true});
    l.w.settle();
    CHECK(l.share().end_reason == end_reason::terminal_closed);
  }
  SECTION("the worker lost the relay") {
    l.w.processes().say_line(l.w.worker(),
                             worker_lines::problem{{"lost", "no relay", {}, false}, true, false});
    l.w.settle();
    CHECK(l.share().end_reason == end_reason::relay_lost);
  }
  CHECK_FALSE(l.w.worker().running);
}

TEST_CASE("the end of a terminal ends its shares, and no other's", "[SC-026-004]") {
  lent l;
  l.w.open_terminal("other");
  l.open();
  const auto waiting = l.w.open_share(share_request("other")).share_id;
  SECTION("its program ended") {
    l.w.processes().end_pane("demo");
  }
  SECTION("it was closed") {
    l.w.ask(the_operator, close_terminal{"demo"});
  }
  l.w.settle();
  CHECK(l.share().end_reason == end_reason::terminal_closed);
  CHECK(l.w.share(waiting).state == share_state::active);
  CHECK(l.w.processes().running("termlease-worker") == 1);
  CHECK(l.w.ask_for_share().code() == "no_such_terminal");
}

TEST_CASE("a share in the middle of its start ends with its terminal", "[SC-026-004]") {
  lent l;
  l.machine->processes.worker.gets_ready = false;
  const auto asked = l.w.ask_for_share();
  l.w.ask(the_operator, close_terminal{"demo"});
  CHECK(asked.code() == "share_ended");
  CHECK(l.w.processes().running("termlease-worker") == 0);
}

TEST_CASE("guests come and go on the record, and nothing is left when a share ends",
          "[FR-026-011]") {
  lent l;
  l.open();
  auto& p = l.w.processes();
  p.say_line(l.w.worker(), worker_lines::guest_joined{"g1", "SHA256:x", "::1", 9});
  p.say_line(l.w.worker(), worker_lines::guest_joined{"g2", "SHA256:y", "::1", 10});
  p.say_line(l.w.worker(), worker_lines::guest_left{"g1", {}});
  p.say_line(l.w.worker(), worker_lines::guest_left{"g9", {}});
  l.w.settle();
  REQUIRE(l.share().guests.size() == 1);
  CHECK(l.share().guests[0].guest_id == "g2");
  CHECK(l.share().guests[0].key_fingerprint == "SHA256:y");
  CHECK(l.w.count<share_guest_joined>() == 2);
  CHECK(l.w.count<share_guest_left>() == 1);
  CHECK(l.revoke().share().guests.empty());
  CHECK(l.machine->files.folders.count(l.w.worker().working_directory) == 0);
}

TEST_CASE("what a worker says after its share began to end changes nothing") {
  lent l;
  l.open();
  l.machine->processes.worker.obeys_end = false;
  const auto revoked = l.revoke();
  l.w.processes().say_line(l.w.worker(), worker_lines::ready{"ssh again"});
  l.w.processes().say_line(l.w.worker(), worker_lines::guest_joined{"g1", "x", "y", 9});
  l.w.processes().say(l.w.worker(), "garbage");
  l.w.advance(seconds(5));
  CHECK(revoked.share().end_reason == end_reason::revoked);
  CHECK(l.w.count<share_guest_joined>() == 0);
  CHECK(l.w.count<share_started>() == 1);
}

TEST_CASE("the runtime ends every share before itself, and no terminal", "[SC-026-004]") {
  lent l;
  l.open();
  const auto panes = l.w.processes().panes.size();
  CHECK(l.w.ask(the_operator, stop_runtime{}).code().empty());
  l.w.settle();
  CHECK(l.w.ended());
  CHECK(l.w.status() == 0);
  CHECK(l.w.processes().running("termlease-worker") == 0);
  CHECK(l.w.processes().panes.size() == panes);
  CHECK(l.w.topics().back() == "runtime.stopped");
  CHECK(l.w.last<share_stopped>().share.end_reason == end_reason::stopped);
}

TEST_CASE("whatever crashes while the runtime ends, it ends, and nobody is left",
          "[NFR-026-004] [SC-026-004]") {
  lent l;
  l.open();
  l.machine->processes.worker.end_takes = seconds(1);
  const auto panes = l.w.processes().panes.size();
  const auto share = "shares/" + l.id;
  const auto part = GENERATE_COPY(as<std::string>{}, "journal", "router", "policy gate",
                                  "approvals", "tokens", "terminals", "relays", "shares", share,
                                  share + "/share worker", share + "/ttl clock");
  INFO(part);
  l.w.ask(the_operator, stop_runtime{});
  CHECK_FALSE(l.w.ended());
  l.w.crash(part);
  l.w.advance(seconds(30));
  CHECK(l.w.ended());
  CHECK(l.w.processes().running("termlease-worker") == 0);
  CHECK(l.w.processes().panes.size() == panes);
  CHECK(l.w.count<share_stopped>() == 1);
  CHECK(l.w.count<runtime_stopped>() == 1);
}

TEST_CASE("a worker that hangs does not keep the runtime from ending") {
  lent l;
  l.open();
  l.machine->processes.worker.obeys_end = l.machine->processes.worker.dies_at_kill = false;
  CHECK(l.w.stop());
}

TEST_CASE("a part that fails too often ends the runtime, and fails it", "[NFR-026-004]") {
  lent l;
  for (int i = 0; i < 5; ++i) {
    l.w.crash("tokens");
    l.w.advance(seconds(4));
  }
  CHECK_FALSE(l.w.ended());
  CHECK(l.w.last<actor_restarted>().budget_left == 0);
  l.w.crash("tokens");
  l.w.advance(seconds(10));
  CHECK(l.w.ended());
  CHECK(l.w.status() == 1);
}
