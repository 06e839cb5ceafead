#include "messages/runtime.hpp"
#include "messages/supervision.hpp"
#include "messages/tokens.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <optional>

using namespace termlease;
using namespace termlease::messages;
using scenario::share_request;
using scenario::the_operator;
using scenario::world;

namespace {

/// A machine on which one runtime crashes and another one comes after it.
struct twice {
  twice() {
    w.emplace(machine);
    w->open_terminal();
  }

  void crash() {
    w.reset();
    w.emplace(machine);
  }

  share_view only_share(bool all = true) {
    const auto found = w->ask(the_operator, list_shares{all, false}).as<share_list>().shares;
    REQUIRE(found.size() == 1);
    return found[0];
  }

  std::shared_ptr<scenario::machine> machine = std::make_shared<scenario::machine>();
  std::optional<world> w;
};

start_share writable() {
  auto wanted = share_request();
  wanted.mode = share_mode::rw;
  return wanted;
}

} // namespace

TEST_CASE("after a crash open shares are over, and the record says why",
          "[FR-026-011] [SC-026-005]") {
  twice t;
  const auto share = t.w->open_share();
  t.crash();
  const auto after = t.only_share();
  CHECK(after.share_id == share.share_id);
  CHECK(after.state == share_state::ended);
  CHECK(after.end_reason == end_reason::runtime_restarted);
  CHECK(t.w->last<share_stopped>().share.share_id == share.share_id);
  CHECK(t.w->records_of("share.session.stopped").at(0).correlation_id == share.correlation_id);
  CHECK(t.w->ask(the_operator, extend_share{share.share_id, minutes(1), {}}).code() ==
        "share_ended");
  t.crash();
  CHECK(t.w->count<share_stopped>() == 1); // buried once
}

TEST_CASE("after a crash a share that waited for an approval still waits, and can start",
          "[FR-026-002]") {
  twice t;
  const auto asked = t.w->ask_for_share(the_operator, writable());
  CHECK_FALSE(asked.answered());
  const auto question = t.w->last<approval_requested>().approval;
  t.crash();
  CHECK(t.only_share().state == share_state::awaiting_approval);
  CHECK(t.w->processes().children.empty());
  const auto pending = t.w->ask(the_operator, list_approvals{}).as<approval_list>().approvals;
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].deadline == question.deadline);
  SECTION("approved") {
    t.w->ask(the_operator, resolve_approval{question.approval_id, verdict::approve, {}});
    CHECK(t.only_share().state == share_state::active);
    CHECK(t.w->worker().heard<worker_lines::start>().at(0).authorized_keys == share_request().keys);
  }
  SECTION("denied") {
    t.w->ask(the_operator, resolve_approval{question.approval_id, verdict::deny, {}});
    CHECK(t.only_share().state == share_state::denied);
  }
  SECTION("silence") {
    t.w->advance(minutes(10));
    CHECK(t.only_share().state == share_state::denied);
  }
  SECTION("its terminal ends") {
    t.w->ask(the_operator, close_terminal{"demo"});
    CHECK(t.only_share().state == share_state::ended);
    CHECK(t.w->last<approval_resolved>().approval.state == approval_state::withdrawn);
  }
}

TEST_CASE("a deadline that passed while the runtime was away is a denial", "[FR-026-002]") {
  twice t;
  t.w->ask_for_share(the_operator, writable());
  t.w.reset();
  t.machine->clock->wall = t.machine->clock->wall + hours(1);
  t.w.emplace(t.machine);
  CHECK(t.only_share().state == share_state::denied);
  CHECK(t.w->last<approval_resolved>().approval.state == approval_state::expired);
}

TEST_CASE("a share whose terminal ended while the runtime was away is over") {
  twice t;
  t.w->ask_for_share(the_operator, writable());
  t.w.reset();
  t.machine->processes.panes.clear();
  t.w.emplace(t.machine);
  CHECK(t.only_share().end_reason == end_reason::runtime_restarted);
  CHECK(t.w->last<terminal_closed>().reason == "it ended while the runtime was away");
}

TEST_CASE("terminals outlive a runtime, and are known to be the same by their process",
          "[NFR-026-004]") {
  twice t;
  t.w->open_terminal("second");
  t.w.reset();
  t.machine->processes.panes.back().pid += 1; // a pane of the same name, but another program
  t.w.emplace(t.machine);
  const auto open = t.w->ask(the_operator, list_terminals{}).as<terminal_list>().terminals;
  REQUIRE(open.size() == 1);
  CHECK(open[0].name == "demo");
  CHECK(t.w->open_share().state == share_state::active);
  CHECK(t.w->last<terminal_closed>().terminal.name == "second");
}

TEST_CASE("tokens are good after a restart, and revoked ones are not") {
  twice t;
  const auto good =
      t.w->ask(the_operator, create_token{"good", identity_kind::agent}).as<new_token>().text;
  const auto bad =
      t.w->ask(the_operator, create_token{"bad", identity_kind::human}).as<new_token>().text;
  t.w->ask(the_operator, revoke_token{"bad"});
  t.crash();
  const identity first{identity_kind::operator_, "first"};
  const identity second{identity_kind::operator_, "second"};
  CHECK(t.w->ask(first, authenticate{good}).as<identity>() ==
        identity{identity_kind::agent, "good"});
  CHECK(t.w->ask(second, authenticate{bad}).code() == "bad_token");
}

TEST_CASE("a branch that crashes comes back with what the journal knows", "[NFR-026-004]") {
  twice t;
  auto& w = *t.w;
  const auto before = w.ask(the_operator, list_terminals{}).as<terminal_list>().terminals.at(0);
  SECTION("the terminals") {
    const auto share = w.open_share();
    w.crash("terminals");
    w.advance(seconds(1));
    const auto after = w.ask(the_operator, list_terminals{}).as<terminal_list>().terminals.at(0);
    CHECK(encode(after) == encode(before));
    CHECK(w.open_share().state == share_state::active);
  }
  SECTION("the approvals") {
    const auto asked = w.ask_for_share(the_operator, writable());
    const auto id = w.last<approval_requested>().approval.approval_id;
    w.crash("approvals");
    w.advance(seconds(1));
    w.ask(the_operator, resolve_approval{id, verdict::approve, {}});
    CHECK(asked.share().state == share_state::active);
  }
  SECTION("the shares") {
    const auto share = w.open_share();
    w.crash("shares");
    w.advance(seconds(5));
    CHECK(w.share(share.share_id).state == share_state::ended);
    CHECK(w.processes().running("termlease-worker") == 0);
    CHECK(w.count<share_stopped>() == 1);
    CHECK(w.open_share().state == share_state::active);
  }
  SECTION("the policy gate") {
    w.crash("policy gate");
    const auto asked = w.ask_for_share();
    w.advance(seconds(1));
    CHECK(asked.share().state == share_state::active);
  }
  SECTION("the router") {
    w.crash("router");
    w.advance(seconds(1));
    CHECK_FALSE(w.ask(the_operator, list_shares{}).answered()); // its connection has to come again
    CHECK(w.desk->clients.at(1).closed);
  }
  SECTION("the relays") {
    const auto share = w.open_share();
    w.crash("relays");
    w.advance(seconds(1));
    CHECK(w.open_share().state == share_state::active);
    CHECK(w.processes().running("uptermd") == 1);
  }
  CHECK(w.last<actor_restarted>().attempt == 1);
  CHECK(w.last<actor_restarted>().budget_left == 4);
}

TEST_CASE("a receipt counts the turns of the terminals beside it", "[NFR-026-004]") {
  world w;
  const auto terminal = w.open_terminal();
  w.open_share();
  w.crash("policy gate");
  w.settle();
  const auto receipt = w.last<actor_restarted>();
  CHECK(receipt.after == span{0});
  REQUIRE(receipt.terminals.size() == 1);
  CHECK(receipt.terminals[0].terminal_id == terminal.terminal_id);
  CHECK(receipt.terminals[0].before == receipt.terminals[0].after);
}

TEST_CASE("the tree is told as it runs") {
  world w;
  w.open_terminal();
  const auto share = w.open_share();
  const auto told = [&](const std::string& path) -> std::optional<actor_view> {
    for (const auto& each : w.ask(the_operator, get_tree{}).as<actor_list>().actors)
      if (each.actor == path) return each;
    return {};
  };
  const auto clock = "shares/" + share.share_id + "/ttl clock";
  REQUIRE(told(clock));
  CHECK(told("shares")->turns > 0);
  CHECK(told(clock)->mailbox == 0);
  CHECK(told("shares")->budget_left == 5);
  w.crash("policy gate");
  CHECK(told("policy gate")->restarts == 1);
  w.crash("policy gate"); // comes back after a moment
  CHECK(told("policy gate")->state == actor_state::restarting);
  w.advance(seconds(1));
  CHECK(told("policy gate")->state == actor_state::running);
  w.ask(the_operator, stop_share{share.share_id});
  w.settle();
  CHECK_FALSE(told(clock));
  CHECK_FALSE(told("shares/" + share.share_id));
}

TEST_CASE("a part is made to crash only where the settings allow it, and on the record first") {
  const auto machine = std::make_shared<scenario::machine>();
  {
    world w(machine);
    CHECK(w.ask(the_operator, crash_actor{"terminals"}).code() == "chaos_forbidden");
    CHECK(w.stop());
  }
  machine->settings.supervision.chaos = "allowed";
  world w(machine);
  CHECK(w.ask(the_operator, crash_actor{"nobody"}).code() == "no_such_actor");
  CHECK(w.ask(the_operator, crash_actor{"terminals"}).code().empty());
  w.advance(seconds(1));
  const auto told = w.topics();
  const auto crashed = std::find(told.begin(), told.end(), "chaos.crashed");
  CHECK(std::find(crashed, told.end(), "actor.restarted") != told.end());
  CHECK(w.last<actor_restarted>().actor == "terminals");
}
