#include "tests/support/catch.hpp"
#include "tests/unit/bus_router_bench.hpp"

using namespace termlease;
using namespace termlease::router_tests;

namespace {

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (auto n = first; n <= last; ++n) all.push_back(n);
  return all;
}

subscribe from(std::uint64_t sequence, std::vector<std::string> topics = {"share.>"}) {
  return {std::move(topics), sequence, {}, {}, true};
}

} // namespace

TEST_CASE("a command goes to its branch with the identity of its connection", "[FR-026-011]") {
  bench b;
  b.connect(2, bot);
  envelope claims;
  claims.actor = op; // what a client says of itself counts for nothing
  claims.correlation_id = "mine";
  claims.lane_id = "lane";
  const auto id = b.ask(list_shares{}, 2, claims);
  REQUIRE(b.callers.size() == 1);
  CHECK(b.callers[0].who == bot);
  CHECK(b.callers[0].connection == 2);
  CHECK(b.callers[0].correlation_id == "mine");
  CHECK(b.callers[0].command_id == id);
  CHECK(b.callers[0].lane_id == "lane");
  const auto& response = *b.desk->response_to(id);
  CHECK(response.status == "ok");
  CHECK(response.method == "share.list");
  CHECK(response.correlation_id == "mine");
}

TEST_CASE("a command without a correlation id gets one", "[FR-026-011]") {
  bench b;
  b.ask(list_shares{});
  b.ask(list_shares{});
  REQUIRE(b.callers.size() == 2);
  CHECK_FALSE(b.callers[0].correlation_id.empty());
  CHECK(b.callers[0].correlation_id != b.callers[1].correlation_id);
}

TEST_CASE("bad commands are answered with their reason", "[FR-026-002]") {
  bench b;
  b.connect(2, bot);
  CHECK(b.code(b.send("share.steal", json::object())) == "unknown_method");
  CHECK(b.code(b.ask(stop_runtime{}, 2)) == "operator_only");
  CHECK(b.code(b.ask(stop_runtime{}, 1)).empty());
  CHECK(b.code(b.ask(from(1), 2)) == "operator_only");
  CHECK(b.code(b.send("share.list", {{"al", true}})) == "bad_payload");
  CHECK(b.code(b.send("share.start", {{"ttl", "soon"}})) == "bad_duration");
  CHECK(b.code(b.send("bus.subscribe", {{"topics", {"a..b"}}})) == "bad_pattern");
  start_share crash;
  crash.reason = "crash";
  auto payload = encode(crash);
  payload.erase("ttl");
  payload.erase("warn");
  CHECK(b.code(b.send("share.start", payload)) == "internal");
}

TEST_CASE("ids that no honest client sends are refused before they reach a record") {
  bench b;
  envelope odd;
  odd.correlation_id = std::string(100'000, 'x');
  CHECK(b.code(b.ask(list_shares{}, 1, odd)) == "bad_envelope");
  CHECK(b.callers.empty());
}

TEST_CASE("a connection that the router does not know is closed") {
  bench b;
  b.ask(list_shares{}, 99);
  CHECK(b.desk->clients[99].closed);
  CHECK(b.callers.empty());
}

TEST_CASE("a good token says who a connection is, a bad one closes it", "[FR-026-002]") {
  bench b;
  CHECK(b.code(b.ask(authenticate{{"good"}})).empty());
  b.ask(list_shares{});
  CHECK(b.callers.at(0).who == bot);
  b.connect(2, op);
  CHECK(b.code(b.ask(authenticate{{"stolen"}}, 2)) == "bad_token");
  CHECK(b.desk->clients[2].closed);
  CHECK(b.desk->bytes.find("stolen") == std::string::npos);
}

TEST_CASE("whoever uses a revoked token is disconnected, and nothing more is done for it") {
  bench b;
  b.connect(2, bot);
  b.connect(3, {identity_kind::human, "bot"});
  b.happen("token.revoked", {},
           encode(token_revoked{{"bot", identity_kind::agent, {}, {}}}).dump());
  CHECK(b.desk->clients[2].closed);
  CHECK_FALSE(b.desk->clients[3].closed);
  CHECK_FALSE(b.desk->clients[1].closed);
  // A command that was on its way already.
  b.ask(list_shares{}, 2);
  CHECK(b.callers.empty());
}

TEST_CASE("the shares learn of a requester that is gone") {
  bench b;
  b.leave(1);
  CHECK(b.gone == std::vector<std::uint64_t>{1});
}

TEST_CASE("a subscriber gets the state first, then what changes, without a hole") {
  bench b;
  b.happen(3);
  b.hold_answers = true;
  const auto id = b.ask(from(0));
  CHECK(b.code(id).empty());
  b.happen(2); // while the state is still being collected
  b.answer_held();
  b.drain();
  b.happen(1);
  const auto& events = b.desk->clients[1].events;
  REQUIRE(events.size() == 4); // of the three lists, the one that its topics ask for
  CHECK(events[0].topic == "share.snapshot");
  CHECK(b.heard() == numbers(4, 6));
}

TEST_CASE("the state is handed over as its branch told it, read only where it has to be narrowed") {
  bench b;
  b.ask(from(0));
  const auto& events = b.desk->clients[1].events;
  REQUIRE(events.size() == 1);
  // What these branches tell is no list at all.
  CHECK(events[0].payload.text == encode(op).dump());
}

TEST_CASE("a subscriber that wants no state gets only what changes") {
  bench b;
  b.happen(2);
  auto wanted = from(0);
  wanted.state = false;
  b.ask(wanted);
  b.happen(2);
  CHECK(b.desk->clients[1].events.size() == 2);
  CHECK(b.heard() == numbers(3, 4));
}

TEST_CASE("from a sequence on, the journal is replayed in parts and goes over without a seam",
          "[FR-026-011]") {
  bench b;
  b.happen(25);
  b.ask(from(3));
  CHECK(b.heard() == numbers(3, 12));
  CHECK(b.desk->clients[1].wants_drained == 1);
  b.happen(3); // meanwhile; no place in the middle of a replay
  CHECK(b.heard() == numbers(3, 12));
  b.drain();
  b.happen(1);
  b.drain();
  b.drain();
  b.happen(2);
  CHECK(b.heard() == numbers(3, 31));
}

TEST_CASE("a replay that is overtaken by another subscription leaves no trace in it") {
  bench b;
  b.happen(25);
  b.hold_reads = true;
  b.ask(from(20));
  b.ask(from(3));
  b.answer_reads();
  for (int i = 0; i < 5; ++i) b.drain();
  b.happen(1);
  CHECK(b.heard() == numbers(3, 26));
}

TEST_CASE("what was recorded but never published is caught up with", "[FR-026-011]") {
  bench b;
  b.ask(from(1));
  b.happen(1);
  b.journal.push_back(b.journal.back());
  b.journal.back().sequence = 2;
  b.happen(1);
  CHECK(b.heard() == numbers(1, 3));
  b.drain();
  b.happen(1);
  CHECK(b.heard() == numbers(1, 4));
}

TEST_CASE("a record is heard as what happened and as audit.recorded, serialized once for all") {
  bench b;
  b.connect(2, bot);
  b.ask(from(1, {">"}), 1);
  auto live = from(0, {">"});
  live.state = false;
  b.ask(live, 2);
  b.happen("share.warned", "s1", R"({"n":1})");
  const auto& first = b.desk->clients[1];
  const auto& second = b.desk->clients[2];
  REQUIRE(first.events.size() == 2);
  REQUIRE(second.events.size() == 2);
  CHECK(first.events[0].topic == "share.warned");
  CHECK(first.events[0].payload.text == R"({"n":1})");
  CHECK(first.events[0].share_id == "s1");
  CHECK(first.events[0].correlation_id == "because");
  CHECK(first.events[1].topic == "audit.recorded");
  CHECK(json::parse(first.events[1].payload.text)["shareId"] == "s1");
  CHECK(first.event_bytes[0] == second.event_bytes[0]);
  CHECK(first.event_bytes[1] == second.event_bytes[1]);
}

TEST_CASE("a filter on a share hears that share alone, and unsubscribing ends it") {
  bench b;
  auto wanted = from(1);
  wanted.share_id = "s2";
  b.ask(wanted);
  b.happen("share.warned", "s1");
  b.happen("share.warned", "s2");
  CHECK(b.heard() == numbers(2, 2));
  b.ask(unsubscribe{});
  b.happen("share.warned", "s2");
  CHECK(b.heard() == numbers(2, 2));
}

TEST_CASE("a client that leaves or unsubscribes at any moment of its subscription harms nobody") {
  for (const bool leaves : {true, false}) {
    bench b;
    b.connect(2, op);
    b.happen(5);
    b.hold_answers = true;
    b.ask(from(0), 2);
    leaves ? b.leave(2) : void(b.ask(unsubscribe{}, 2));
    b.answer_held();
    if (leaves) b.connect(2, op);
    b.hold_reads = true;
    b.ask(from(1), 2);
    leaves ? b.leave(2) : void(b.ask(unsubscribe{}, 2));
    b.answer_reads();
    b.drain(2);
    b.happen(1);
    CHECK(b.heard(2).empty());
    CHECK(b.code(b.ask(list_shares{}, 1)).empty());
  }
}

TEST_CASE("what the bus says of itself has every method") {
  bench b;
  const auto id = b.ask(introspect{});
  const auto all = json::parse(b.desk->response_to(id)->result.text);
  CHECK(all["methods"].size() == bus::methods().size());
}
