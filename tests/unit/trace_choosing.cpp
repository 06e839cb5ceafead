#include "bus/trace/recorder.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/explore/recorded_order.hpp"
#include "tools/trace/causal_tree.hpp"
#include "tools/trace/selection.hpp"
#include "tools/trace/words.hpp"

#include <string>
#include <vector>

using namespace termlease::trace;

namespace {

/// A ring that is filled by hand, a step every ten nanoseconds.
class hand_made {
public:
  std::uint64_t add(const char* actor, const char* message, std::uint64_t cause = 0,
                    const char* correlation = "", std::int64_t ran = 1) {
    beginning next;
    next.cause = {cause, ring_.name(correlation)};
    next.actor = ring_.name(actor);
    next.message = {ring_.name(message), false};
    next.arrived = next.began = now_ += 10;
    const auto id = ring_.begin(next);
    ring_.finish(id, how, now_ + ran);
    return id;
  }

  termlease::trace::log read() const { return read_trace(ring_.bytes()); }

  step_outcome how = step_outcome::done;

private:
  static recorder_options small() {
    recorder_options places;
    places.steps = 4096;
    return places;
  }

  recorder ring_{small()};
  std::int64_t now_ = 0;
};

std::vector<std::uint64_t> chosen(const termlease::trace::log& from, const wish& of) {
  std::vector<std::uint64_t> ids;
  for (const auto& each : only(from, select(from, of)).steps) ids.push_back(each.id);
  return ids;
}

std::vector<std::string> told(const termlease::trace::log& from, bool fold) {
  std::vector<std::string> lines;
  tell_trees(from, fold, {}, [&](const branch_line& line) {
    lines.push_back(std::string(line.depth, '.') + std::string(message_of(from, *line.of)) +
                    (line.alike > 0 ? " +" + std::to_string(line.alike) : ""));
  });
  return lines;
}

} // namespace

TEST_CASE("what belongs to a share is what led to it and what came of it, and nothing beside it") {
  hand_made trace;
  const auto command = trace.add("router", "client share.start");
  const auto branch = trace.add("shares", "share.start", command);
  const auto beside = trace.add("relays", "acquire", branch);
  const auto session = trace.add("shares/s1", "go", branch);
  const auto journal = trace.add("journal", "append share.requested", session);
  trace.add("shares/s10", "go", branch);
  trace.add("shares/s2/ttl clock", "tick");
  wish of;
  of.share = "s1";
  CHECK(chosen(trace.read(), of) == std::vector<std::uint64_t>{command, branch, session, journal});
  of.share = "s2";
  CHECK(chosen(trace.read(), of).size() == 1);
  of.share = "s3";
  CHECK(chosen(trace.read(), of).empty());
  CHECK(beside == 3);
}

TEST_CASE("correlation, actor, topic and time choose as well, and all of them have to hold") {
  hand_made trace;
  trace.add("router", "client share.start", 0, "0197-one");
  trace.add("journal", "append share.allowed and 2 more", 1, "0197-one");
  trace.add("journal", "keep policy.loaded", 0, "0198-two");
  const auto all = trace.read();
  wish of;
  CHECK(of.is_for_all());
  CHECK(chosen(all, of).size() == 3);
  of.correlation = "0197";
  CHECK(chosen(all, of) == std::vector<std::uint64_t>{1, 2});
  of.actor = "jour*";
  CHECK(chosen(all, of) == std::vector<std::uint64_t>{1, 2}); // the first led there
  of.topic = "policy.>";
  CHECK(chosen(all, of).empty());
  wish by_topic;
  by_topic.topic = "share.*";
  CHECK(chosen(all, by_topic) == std::vector<std::uint64_t>{1, 2});
  wish late;
  late.since = 25;
  CHECK(chosen(all, late) == std::vector<std::uint64_t>{3});
}

TEST_CASE("neighbours that are alike are told once, and what failed or was slow always") {
  hand_made trace;
  const auto root = trace.add("router", "begin");
  for (int i = 0; i < 5; ++i) trace.add("worker", "beat", trace.add("edge", "line", root));
  trace.how = step_outcome::crashed;
  trace.add("edge", "line", root);
  trace.how = step_outcome::done;
  trace.add("edge", "line", root, "", 30'000'000);
  trace.add("edge", "line", root);
  const auto all = trace.read();
  CHECK(told(all, true) ==
        std::vector<std::string>{"begin", ".line +4", "..beat", ".line", ".line", ".line"});
  CHECK(told(all, false).size() == 14);
}

TEST_CASE("a step whose cause is gone begins a tree of its own") {
  hand_made trace;
  trace.add("a", "first", 4000);
  std::vector<bool> orphans;
  const auto all = trace.read();
  tell_trees(all, true, {}, [&](const branch_line& line) { orphans.push_back(line.is_orphan); });
  CHECK(orphans == std::vector<bool>{true});
}

TEST_CASE("lengths and times are told so that they can be compared") {
  CHECK(length_of(870) == "870 ns");
  CHECK(length_of(1'200) == "1.2 us");
  CHECK(length_of(45'000) == "45 us");
  CHECK(length_of(3'400'000) == "3.4 ms");
  CHECK(length_of(1'200'000'000) == "1.2 s");
  CHECK(length_of(65'000'000'000) == "1m5s");
  termlease::trace::log empty;
  empty.about.wall_ms = 1'772'366'400'123;
  empty.about.clock_ns = 1'000;
  CHECK(exact_time(empty, 1'000) == "2026-03-01T12:00:00.123000000Z");
  CHECK(exact_time(empty, 4'456'789) == "2026-03-01T12:00:00.127455789Z");
}

TEST_CASE("actors get their turns as they were recorded, whatever their ids are") {
  using namespace termlease::scenario;
  const std::string first = "shares/019ca945-0a00-7c3e-bdfd-3a7feecc5a50";
  const std::string second = "shares/019ca945-fc30-7241-8a49-da253b55803d";
  plain_paths paths;
  CHECK(paths.plain(first + "/ttl clock") == "shares/#1/ttl clock");
  CHECK(paths.plain(second) == "shares/#2");
  CHECK(paths.plain(first) == "shares/#1");
  const auto order = in_recorded_order({"journal", "shares/#1", "router"});
  const std::vector<scheduling::candidate> ready{
      {1, "router"}, {2, "shares/019ca945-0000-7241-8a49-da253b55803d"}, {3, "journal"}};
  CHECK(order->next(ready) == 2);
  CHECK(order->next(ready) == 1);
  CHECK(order->next(ready) == 0);
  CHECK(order->next(ready) == 0);                    // nobody is in the order any more: the first
  CHECK(order->next({{1, "router"}, {9, ""}}) == 1); // who is no part of it comes first
  CHECK(order->turns() == 5);
}
