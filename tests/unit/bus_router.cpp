#include "bus/router/router.hpp"
#include "messages/approvals.hpp"
#include "messages/runtime.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"
#include "messages/tokens.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/recording_outbox.hpp"
#include "tests/support/virtual_time.hpp"

#include <set>

using namespace termlease;
using namespace termlease::messages;

namespace {

const identity op{identity_kind::operator_, "root"};
const identity bot{identity_kind::agent, "bot"};

/// A router with branches that answer whatever they are asked, and a journal in memory.
struct bench {
  bench() {
    bus::router_options options;
    for (const auto each : {bus::branch::terminals, bus::branch::shares, bus::branch::approvals,
                            bus::branch::policy, bus::branch::runtime})
      options.branches[each] =
          keep(time.system().spawn([this](caf::event_based_actor* self) { return branch(self); }));
    options.branches[bus::branch::tokens] = keep(time.system().spawn([this]() -> caf::behavior {
      return {[this](const check_token& shown) {
        return shown.text.text == "good" ? token_checked{bot, {}}
                                         : token_checked{{}, {"bad_token", "no", {}, false}};
      }};
    }));
    options.branches[bus::branch::journal] =
        keep(time.system().spawn([this](caf::event_based_actor* self) -> caf::behavior {
          return {[=, this](const read_records& which) -> caf::result<journal_part> {
            auto promise = self->make_response_promise<journal_part>();
            reads.push_back({which, promise});
            if (!hold_reads) answer_reads();
            return promise;
          }};
        }));
    options.clients = desk;
    options.next_id = [this] { return "id-" + std::to_string(++ids); };
    options.now = [this] { return time.now(); };
    options.replay_chunk = 10;
    router = keep(time.system().spawn(bus::router, options));
    connect(1, op);
  }

  ~bench() {
    reads.clear();
    held.clear();
    for (const auto& each : actors) caf::anon_send_exit(each, caf::exit_reason::kill);
    time.settle();
  }

  caf::actor keep(caf::actor made) {
    actors.push_back(made);
    return made;
  }

  /// Answers any command with its caller; `hold_answers` makes it wait.
  caf::behavior branch(caf::event_based_actor* self) {
    const auto take = [=, this](const caller& from) -> caf::result<answer> {
      callers.push_back(from);
      auto promise = self->make_response_promise<answer>();
      if (hold_answers) {
        held.push_back(promise);
      } else {
        promise.deliver(answer_with(from.who));
      }
      return promise;
    };
    return {
        [=](const caller& from, const list_shares&) { return take(from); },
        [=](const caller& from, const list_terminals&) { return take(from); },
        [=](const caller& from, const list_approvals&) { return take(from); },
        [=](const caller& from, const stop_runtime&) { return take(from); },
        [=](const caller& from, const start_share& wanted) -> caf::result<answer> {
          if (wanted.reason == "crash") return caf::make_error(caf::sec::runtime_error, "crashed");
          return take(from);
        },
        [this](const client_gone& news) { gone.push_back(news.connection); },
    };
  }

  void answer_reads() {
    for (auto& [which, promise] : std::exchange(reads, {})) {
      journal_part part;
      for (const auto& each : journal)
        if (each.sequence >= which.from && part.records.size() < which.limit)
          part.records.push_back(each);
      promise.deliver(part);
    }
  }

  void connect(std::uint64_t number, const identity& who) {
    caf::anon_send(router, client_connected{number, who});
    time.settle();
  }

  void leave(std::uint64_t number) {
    caf::anon_send(router, client_gone{number});
    time.settle();
  }

  template <class Command>
  std::string ask(const Command& command, std::uint64_t from = 1, const envelope& like = {}) {
    return send(std::string(Command::describe().name), encode(command), from, like);
  }

  std::string send(const std::string& method, const json& payload, std::uint64_t from = 1,
                   envelope like = {}) {
    like.id = "c" + std::to_string(++ids);
    like.method = method;
    like.payload.text = payload.dump();
    caf::anon_send(router, client_command{from, like});
    time.settle();
    return like.id;
  }

  std::string code(const std::string& id) const {
    const auto* got = desk->response_to(id);
    return got == nullptr ? "unanswered" : got->error.code;
  }

  /// Something happens, is recorded, and is published.
  void happen(const std::string& topic, const std::string& share = {},
              const std::string& metadata = "{}") {
    record news;
    news.id = "r" + std::to_string(journal.size() + 1);
    news.event_type = topic;
    news.share_id = share;
    news.sequence = journal.size() + 1;
    news.correlation_id = "because";
    news.metadata.text = metadata;
    journal.push_back(news);
    caf::anon_send(router, publish{{news}});
    time.settle();
  }

  void happen(int times) {
    for (int i = 0; i < times; ++i) happen("share.warned");
  }

  /// The client has read all that was queued.
  void drain(std::uint64_t number = 1) {
    caf::anon_send(router, client_drained{number});
    time.settle();
  }

  std::vector<std::uint64_t> heard(std::uint64_t number = 1,
                                   const std::string& topic = "share.warned") {
    std::vector<std::uint64_t> sequences;
    for (const auto& each : desk->clients[number].events)
      if (each.topic == topic) sequences.push_back(each.sequence);
    return sequences;
  }

  tests::virtual_time time;
  std::shared_ptr<tests::recording_outbox> desk = std::make_shared<tests::recording_outbox>();
  std::vector<caf::actor> actors;
  caf::actor router;
  std::vector<caller> callers;
  std::vector<caf::typed_response_promise<answer>> held;
  std::vector<std::pair<read_records, caf::typed_response_promise<journal_part>>> reads;
  std::vector<record> journal;
  std::vector<std::uint64_t> gone;
  bool hold_answers = false;
  bool hold_reads = false;
  int ids = 0;
};

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
  b.hold_answers = false;
  while (!b.held.empty()) {
    for (auto& each : std::exchange(b.held, {})) each.deliver(answer{});
    b.time.settle();
  }
  b.drain();
  b.happen(1);
  const auto& events = b.desk->clients[1].events;
  REQUIRE(events.size() == 6);
  CHECK(events[0].topic == "snapshot.terminal_list");
  CHECK(events[1].topic == "snapshot.share_list");
  CHECK(events[2].topic == "snapshot.approval_list");
  CHECK(b.heard() == numbers(4, 6));
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
  b.hold_reads = false;
  b.answer_reads();
  b.time.settle();
  for (int i = 0; i < 5; ++i) b.drain();
  b.happen(1);
  CHECK(b.heard() == numbers(3, 26));
}

TEST_CASE("a record is heard as what happened and as audit.recorded, serialized once for all") {
  bench b;
  b.connect(2, bot);
  b.ask(from(1, {">"}), 1);
  b.ask(from(1, {">"}), 2);
  b.happen("share.warned", "s1", R"({"n":1})");
  const auto& first = b.desk->clients[1];
  REQUIRE(first.events.size() == 2);
  CHECK(first.events[0].topic == "share.warned");
  CHECK(first.events[0].payload.text == R"({"n":1})");
  CHECK(first.events[0].share_id == "s1");
  CHECK(first.events[0].correlation_id == "because");
  CHECK(first.events[1].topic == "audit.recorded");
  CHECK(json::parse(first.events[1].payload.text)["shareId"] == "s1");
  CHECK(first.event_bytes[0] == b.desk->clients[2].event_bytes[0]);
  CHECK(first.event_bytes[1] == b.desk->clients[2].event_bytes[1]);
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
    b.hold_answers = false;
    while (!b.held.empty()) {
      for (auto& each : std::exchange(b.held, {})) each.deliver(answer{});
      b.time.settle();
    }
    if (leaves) b.connect(2, op);
    b.hold_reads = true;
    b.ask(from(1), 2);
    leaves ? b.leave(2) : void(b.ask(unsubscribe{}, 2));
    b.hold_reads = false;
    b.answer_reads();
    b.time.settle();
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
