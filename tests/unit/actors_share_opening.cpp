#include "messages/runtime.hpp"
#include "messages/tokens.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <algorithm>

using namespace termlease;
using namespace termlease::messages;
using scenario::share_request;
using scenario::the_operator;
using scenario::world;

namespace {

const identity bot{identity_kind::agent, "bot"};

const failure disk_is_full{"journal_full", "no space is left", "make some", true};

start_share lasting(span ttl, span warn = not_given) {
  auto wanted = share_request();
  wanted.ttl = ttl;
  wanted.warn = warn;
  return wanted;
}

start_share writable() {
  auto wanted = share_request();
  wanted.mode = share_mode::rw;
  return wanted;
}

/// The topics of a share's records, in order.
std::vector<std::string> story(const world& w, const std::string& share_id) {
  std::vector<std::string> topics;
  for (const auto& each : w.records())
    if (each.share_id == share_id) topics.push_back(each.event_type);
  return topics;
}

using topics = std::vector<std::string>;

} // namespace

TEST_CASE("an allowed share is opened, and its requester gets the link", "[FR-026-003]") {
  world w;
  w.open_terminal();
  const auto share = w.open_share();
  CHECK(share.state == share_state::active);
  CHECK(share.link.text == w.processes().worker.link);
  CHECK(share.rules == std::vector<std::string>{"operator-lends-read-only"});
  CHECK(share.requested_by == "operator");
  CHECK(story(w, share.share_id) ==
        topics{"share.requested", "share.allowed", "share.session.started"});
}

TEST_CASE("the worker gets everything that its one share needs, and nothing else runs",
          "[FR-026-009]") {
  world w;
  const auto terminal = w.open_terminal();
  CHECK(w.processes().children.empty());
  const auto share = w.open_share();
  const auto start = w.worker().heard<worker_lines::start>().at(0);
  CHECK(start.share_id == share.share_id);
  CHECK(start.mode == share_mode::ro);
  CHECK(start.host_socket == terminal.tmux_socket);
  CHECK(start.pane == terminal.pane);
  CHECK(start.authorized_keys == share_request().keys);
  CHECK(start.relay_host == "127.0.0.1");
  CHECK(start.relay_port == 4001);
  CHECK(start.work_dir == w.worker().working_directory);
  CHECK(w.processes().running("termlease-worker") == 1);
  CHECK(w.processes().running("uptermd") == 1);
}

TEST_CASE("nothing starts before the decision is durable", "[FR-026-002]") {
  world w;
  w.open_terminal();
  w.disk().hold();
  const auto asked = w.ask_for_share();
  w.advance(seconds(1));
  CHECK(w.processes().children.empty());
  CHECK_FALSE(asked.answered());
  w.disk().release();
  w.settle();
  CHECK(asked.share().state == share_state::active);
}

TEST_CASE("no share starts that can't be recorded", "[FR-026-002]") {
  world w;
  w.open_terminal();
  w.disk().problem = disk_is_full;
  const auto asked = w.ask_for_share();
  const auto approval = w.ask_for_share(the_operator, writable());
  w.advance(seconds(1)); // the disk rests after a failure, and whoever asks waits for the next try
  CHECK(asked.code() == "journal_full");
  CHECK(approval.code() == "journal_full");
  w.disk().problem = {};
  w.advance(minutes(1));
  CHECK(w.processes().children.empty());
  CHECK(w.count<share_started>() == 0);
}

TEST_CASE("a journal that crashes with a decision in its hands lets nothing start",
          "[FR-026-002]") {
  world w;
  w.open_terminal();
  w.disk().hold();
  const auto asked = w.ask_for_share();
  w.crash("journal");
  w.disk().release();
  w.advance(minutes(1));
  CHECK(asked.code() == "journal_unavailable");
  CHECK(w.processes().children.empty());
  CHECK(w.open_share().state == share_state::active); // with the journal that came after it
}

TEST_CASE("a share that can't be recorded as open is not opened", "[FR-026-011]") {
  world w;
  w.open_terminal();
  w.processes().worker.gets_ready = false;
  const auto asked = w.ask_for_share();
  w.disk().problem = disk_is_full;
  w.processes().say_line(w.worker(), worker_lines::ready{"ssh secret-link"});
  w.settle();
  CHECK(asked.code() == "journal_full");
  CHECK_FALSE(w.worker().running);
}

TEST_CASE("what the policy denies is denied, with the rule's words and a record", "[FR-026-002]") {
  world w;
  w.open_terminal();
  const auto asked = w.ask_for_share(the_operator, lasting(hours(2)));
  CHECK(asked.code() == "denied");
  CHECK_THAT(asked.response().error.message, ContainsSubstring("2h"));
  CHECK(w.processes().children.empty());
  const auto denied = w.last<share_denied>().share;
  CHECK(denied.state == share_state::denied);
  CHECK(story(w, denied.share_id) == topics{"share.requested", "share.denied"});
  CHECK(w.records_of("share.denied").at(0).result == "denied");
}

TEST_CASE("a policy that breaks shuts the gate, and a mended one opens it", "[FR-026-002]") {
  auto machine = std::make_shared<scenario::machine>();
  world w(machine);
  w.open_terminal();
  machine->policy->replace("version = 1\n[[rule]]\nname = 5\n");
  CHECK(w.ask_for_share().code() == "denied");
  CHECK(w.count<policy_rejected>() == 1);
  CHECK(std::any_of(w.log.begin(), w.log.end(), [](const std::string& line) {
    return line.find("the policy gate is shut") != std::string::npos;
  }));
  CHECK_FALSE(w.ask(the_operator, get_status{}).as<runtime_status>().policy_problem.empty());
  machine->policy->replace(scenario::all_is_allowed);
  CHECK(w.open_share().state == share_state::active);
  CHECK(w.ask(the_operator, get_status{}).as<runtime_status>().policy_problem.empty());
  CHECK(w.last<policy_loaded>().rules == 1);
}

TEST_CASE("without a gate there is no decision, and without a decision no share", "[FR-026-002]") {
  auto machine = std::make_shared<scenario::machine>();
  world w(machine);
  w.open_terminal();
  const auto broken = w.time().system().spawn([]() -> caf::behavior {
    return {[](const policy_request&) -> caf::result<policy_decision> {
      return caf::make_error(caf::sec::runtime_error, "it decides nothing");
    }};
  });
  caf::anon_send(w.environment().policy, actors::stand_for{broken});
  w.settle();
  CHECK(w.ask_for_share().code() == "denied");
  CHECK(w.processes().children.empty());
  caf::anon_send_exit(broken, caf::exit_reason::kill);
}

TEST_CASE("a share lasts as long as asked, the default otherwise, and never over the maximum",
          "[FR-026-003]") {
  auto machine = std::make_shared<scenario::machine>();
  machine->policy->replace(scenario::all_is_allowed);
  world w(machine);
  w.open_terminal();
  const auto by_default = w.open_share();
  CHECK(by_default.expires_at == w.now() + minutes(30));
  CHECK(by_default.warns_at == w.now() + minutes(25));
  CHECK(w.open_share(lasting(hours(8))).expires_at == w.now() + hours(8));
  const auto own_warning = w.open_share(lasting(minutes(10), minutes(1)));
  CHECK(own_warning.warns_at == w.now() + minutes(9));
  CHECK(w.ask_for_share(the_operator, lasting(span{hours(8).ms + 1})).code() == "bad_ttl");
}

TEST_CASE("the default and the maximum are settings", "[FR-026-003]") {
  auto machine = std::make_shared<scenario::machine>();
  machine->settings.shares.default_ttl = minutes(2);
  machine->settings.shares.max_ttl = minutes(3);
  world w(machine);
  w.open_terminal();
  const auto share = w.open_share();
  CHECK(share.expires_at == w.now() + minutes(2));
  CHECK(share.warns_at == w.now() + seconds(100));
  CHECK(w.ask_for_share(the_operator, lasting(minutes(4))).code() == "bad_ttl");
}

TEST_CASE("a request with a mistake is refused before anybody is asked", "[FR-026-003]") {
  world w;
  w.open_terminal();
  const auto before = w.records().size();
  const auto code = [&](auto change) {
    auto wanted = share_request();
    change(wanted);
    return w.ask_for_share(the_operator, wanted).code();
  };
  CHECK(code([](auto& wanted) { wanted.ttl = {0}; }) == "bad_ttl");
  CHECK(code([](auto& wanted) { wanted.ttl = hours(24 * 365); }) == "bad_ttl");
  CHECK(code([](auto& wanted) { wanted.warn = minutes(30); }) == "bad_warn");
  CHECK(code([](auto& wanted) { wanted.warn = hours(1); }) == "bad_warn");
  CHECK(code([](auto& wanted) { wanted.keys.clear(); }) == "no_keys");
  CHECK(code([](auto& wanted) { wanted.keys = {"not a key"}; }) == "bad_key");
  CHECK(code([](auto& wanted) { wanted.keys.assign(65, wanted.keys[0]); }) == "too_many_keys");
  CHECK(code([](auto& wanted) { wanted.keys[0] += std::string(5000, 'x'); }) == "bad_key");
  CHECK(code([](auto& wanted) { wanted.backend = "pigeon"; }) == "unknown_backend");
  CHECK(code([](auto& wanted) { wanted.reason.assign(1025, 'x'); }) == "bad_reason");
  CHECK(code([](auto& wanted) { wanted.terminal = "elsewhere"; }) == "no_such_terminal");
  const auto negative = w.send(the_operator, "share.start", {{"terminal", "demo"}, {"ttl", "-5m"}});
  CHECK(negative.code() == "bad_duration");
  CHECK(w.records().size() == before);
}

TEST_CASE("a terminal has at most as many shares as the limit allows", "[FR-026-006]") {
  auto machine = std::make_shared<scenario::machine>();
  machine->settings.shares.per_terminal_limit = 2;
  machine->settings.shares.total_limit = 3;
  world w(machine);
  w.open_terminal("one");
  w.open_terminal("two");
  const auto first = w.open_share(share_request("one"));
  const auto second = w.open_share(share_request("one"));
  const auto refused = w.ask_for_share(the_operator, share_request("one"));
  CHECK(refused.code() == "limit_reached");
  CHECK_THAT(refused.response().error.message, ContainsSubstring(first.share_id));
  w.open_share(share_request("two"));
  CHECK(w.ask_for_share(the_operator, share_request("two")).code() == "limit_reached");
  w.ask(the_operator, stop_share{first.share_id});
  w.ask(the_operator, stop_share{second.share_id});
  CHECK(w.open_share(share_request("one")).state == share_state::active);
}

TEST_CASE("shares that were asked for at the same time count, too", "[FR-026-006]") {
  auto machine = std::make_shared<scenario::machine>();
  machine->settings.shares.per_terminal_limit = 1;
  world w(machine);
  w.open_terminal();
  w.disk().hold();
  const auto first = w.ask_for_share();
  const auto second = w.ask_for_share();
  w.disk().release();
  w.settle();
  CHECK(first.code().empty());
  CHECK(second.code() == "limit_reached");
}

TEST_CASE("each action on a share is a record with its ids, and so is each event",
          "[FR-026-011] [SC-026-005]") {
  world w;
  w.open_terminal();
  w.ask(the_operator, subscribe{});
  const auto asked = w.ask_for_share();
  const auto share = asked.share();
  w.processes().say_line(w.worker(), worker_lines::guest_joined{"g1", "SHA256:x", "::1", 9});
  w.settle();
  w.ask(the_operator, extend_share{share.share_id, minutes(5), minutes(1)});
  w.processes().say_line(w.worker(), worker_lines::guest_left{"g1", {}});
  w.advance(minutes(31));
  w.ask(the_operator, revoke_share{share.share_id, "enough"});
  CHECK(story(w, share.share_id) == topics{"share.requested", "share.allowed",
                                           "share.session.started", "share.guest.joined",
                                           "share.extended", "share.guest.left", "share.warned",
                                           "share.revoked", "share.session.stopped"});
  for (const auto& each : w.records()) {
    INFO(each.event_type);
    CHECK(each.id.size() == 36);
    CHECK_FALSE(each.action.empty());
    CHECK(each.timestamp);
    if (each.share_id.empty()) continue;
    CHECK(each.correlation_id == share.correlation_id);
    CHECK_FALSE(each.causation_id.empty());
    CHECK_FALSE(each.terminal_id.empty());
    CHECK_FALSE(each.target.empty());
  }
  std::size_t events = 0;
  for (const auto& each : w.desk->clients.at(1).events)
    if (!each.share_id.empty() && each.topic != "audit.recorded") ++events;
  CHECK(events == story(w, share.share_id).size());
}

TEST_CASE("a link is in the answer to who may have it, and in no event, record or log") {
  world w;
  w.open_terminal();
  w.ask(bot, subscribe{});
  const auto share = w.open_share();
  const auto listed = w.ask(the_operator, list_shares{false, true}).as<share_list>().shares;
  CHECK(listed.at(0).link.text == share.link.text);
  CHECK(w.ask(the_operator, list_shares{}).as<share_list>().shares.at(0).link.text.empty());
  CHECK(w.ask(bot, list_shares{true, true}).as<share_list>().shares.at(0).link.text.empty());
  CHECK(w.ask(bot, show_share{share.share_id, true}).share().link.text.empty());
  w.processes().say(w.worker(), "garbage " + share.link.text);
  w.advance(minutes(1));
  CHECK(
      w.ask(the_operator, list_shares{true, true}).as<share_list>().shares.at(0).link.text.empty());
  for (const auto& each : w.records())
    CHECK(each.metadata.text.find("secret-link") == std::string::npos);
  for (const auto& each : w.log) CHECK(each.find("secret-link") == std::string::npos);
  for (const auto& [number, client] : w.desk->clients)
    for (const auto& each : client.event_bytes)
      CHECK(each->find("secret-link") == std::string::npos);
}

TEST_CASE("a requester that goes away while it waits takes its request along") {
  world w;
  w.open_terminal();
  SECTION("for the worker") {
    w.processes().worker.gets_ready = false;
  }
  SECTION("for the record") {
    w.disk().hold();
  }
  const auto asked = w.ask_for_share();
  CHECK_FALSE(asked.answered());
  w.disconnect(the_operator);
  w.disk().release();
  w.advance(seconds(10));
  CHECK(w.processes().running("termlease-worker") == 0);
  CHECK(w.ask(the_operator, list_shares{}).as<share_list>().shares.empty());
  CHECK(w.count<share_started>() == 0);
}

TEST_CASE("a requester that got its share may leave without it") {
  world w;
  w.open_terminal();
  const auto share = w.open_share();
  w.disconnect(the_operator);
  CHECK(w.share(share.share_id).state == share_state::active);
}

TEST_CASE("a share is found by its id or by an unambiguous part of it") {
  world w;
  w.open_terminal();
  const auto share = w.open_share();
  const auto id = share.share_id;
  CHECK(w.share(id.substr(id.size() - 6)).share_id == id);
  CHECK(w.ask(the_operator, show_share{"zzzz", false}).code() == "no_such_share");
  CHECK(w.ask(the_operator, show_share{"", false}).code() == "no_such_share");
  CHECK(w.ask(the_operator, extend_share{"zzzz", minutes(1), {}}).code() == "no_such_share");
  CHECK(w.ask(the_operator, revoke_share{"zzzz", {}}).code() == "no_such_share");
  w.open_share();
  CHECK(w.ask(the_operator, show_share{id.substr(0, 4), false}).code() == "ambiguous_id");
}
