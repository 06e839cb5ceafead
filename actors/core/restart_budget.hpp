#pragma once

// Why: a part that crashes is started again, but not for ever: so many restarts within a window,
// each after a longer wait, with jitter so that parts that fell together don't rise together.

#include "messages/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace termlease::actors {

struct restart_limits {
  std::uint32_t restarts = 5;
  messages::span window = messages::seconds(30);
  messages::span backoff_min{100};
  messages::span backoff_max = messages::seconds(5);
};

class restart_budget {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit restart_budget(restart_limits limits) : limits_(limits) {}

  /// How long to wait before the next restart, or nothing when the budget is spent. The first one
  /// comes at once: most crashes are of one message, and that is gone.
  /// `jitter` in [0, 1) shortens the wait by up to a half.
  std::optional<messages::span> spend(time_point now, double jitter) {
    while (!spent_.empty() && now - spent_.front() > limits_.window.chrono()) spent_.pop_front();
    if (spent_.size() >= limits_.restarts) return std::nullopt;
    auto wait = spent_.empty() ? 0 : limits_.backoff_min.ms;
    for (std::size_t i = 1; i < spent_.size() && wait < limits_.backoff_max.ms; ++i) wait *= 2;
    wait = std::min(wait, limits_.backoff_max.ms);
    spent_.push_back(now);
    return messages::span{wait - static_cast<std::int64_t>(static_cast<double>(wait) * jitter / 2)};
  }

  std::uint32_t used() const { return static_cast<std::uint32_t>(spent_.size()); }

  std::uint32_t left() const { return limits_.restarts - used(); }

private:
  restart_limits limits_;
  std::deque<time_point> spent_;
};

} // namespace termlease::actors
