#pragma once

// Why: `termlease top` is played by tests as somebody uses it: polls come, keys are pressed, and
// the picture is looked at, on a terminal of any size and without one.

#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/top/board.hpp"
#include "tools/termlease/top/view.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace top_test {

using namespace termlease;
using namespace termlease::cli;
using namespace termlease::cli::top;
using messages::actor_view;

inline constexpr messages::instant some_time{1'700'000'000'000};
inline const std::string share = "shares/0190163d-8694-739b-aea5-966c26f8ad91";

inline actor_view actor(const std::string& path, std::uint64_t turns = 0,
                        std::uint64_t mailbox = 0) {
  actor_view made;
  made.actor = path;
  made.turns = turns;
  made.mailbox = mailbox;
  made.budget_left = 5;
  return made;
}

inline answer at_second(int second, std::vector<actor_view> actors) {
  messages::runtime_status who;
  who.pid = 4711;
  who.version = "1.2.3";
  who.started_at = some_time;
  return {std::move(actors), who,
          std::chrono::steady_clock::time_point(std::chrono::seconds(1000 + second))};
}

/// A runtime with one share; each poll is a second later.
inline std::vector<actor_view> some_actors() {
  return {actor("journal", 10),
          actor("policy gate", 3),
          actor("shares", 7),
          actor(share, 4),
          actor(share + "/share worker", 100, 2),
          actor(share + "/ttl clock", 1),
          actor("shares-of-old", 1),
          actor("terminals", 5)};
}

inline std::vector<std::string> labels(const std::vector<row>& rows) {
  std::vector<std::string> all;
  for (const auto& each : rows) all.push_back(std::string(2 * each.depth, ' ') + each.label);
  return all;
}

using texts = std::vector<std::string>;

inline texts shown(const scene& what, std::size_t width, std::size_t height) {
  texts all;
  for (const auto& each : draw(what, {width, height})) all.push_back(text_of(each));
  return all;
}

inline std::string whole(const scene& what, std::size_t width = 80, std::size_t height = 24) {
  std::string all;
  for (const auto& each : shown(what, width, height)) all += each + "\n";
  return all;
}

/// A board as somebody uses it, on a terminal of some size.
struct user {
  board on;
  extent size;
  int second = 0;

  explicit user(extent size_of_it = {80, 24}) : size(size_of_it) { poll(some_actors()); }

  void poll(std::vector<actor_view> actors) {
    ++second;
    on.take(at_second(second, std::move(actors)), some_time + messages::seconds(second));
    on.fit(size);
  }

  bool press(special is) { return on.press({is}); }

  bool type(std::u32string_view text) {
    bool goes_on = true;
    for (const auto each : text) goes_on = on.press({special::none, each});
    return goes_on;
  }

  std::string chosen() const { return on.now().rows.at(on.now().chosen).what.of.actor; }

  std::string picture() const { return whole(on.now(), size.width, size.height); }
};

} // namespace top_test
