#pragma once

// Why: tmux writes a pane's output for us byte by byte, and a flood of it would slow down the pane.
// A screenful is followed as it comes; what goes beyond is looked at in snapshots, which cost the
// same however much was printed in between. Once nothing more was scrolled from one snapshot to the
// next the pane is followed again; that is a trial, since a program that draws on the whole screen
// scrolls nothing. As long as a flood isn't over, the snapshots come less often.

#include "tools/worker/loop.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace termlease::worker {

class flood_gauge {
public:
  using time_point = loop::clock::time_point;
  using milliseconds = std::chrono::milliseconds;

  static constexpr std::int64_t burst = 16384;               ///< bytes that may come at once
  static constexpr std::int64_t bytes_per_millisecond = 256; ///< that may come all the time
  static constexpr std::int64_t trial = 2048;                ///< at once, after a snapshot
  static constexpr milliseconds shortest_step{16};           ///< until a snapshot
  static constexpr milliseconds longest_step{32};

  /// Notes `bytes` of output; true when they are too much.
  bool overflows(std::size_t bytes, time_point now) {
    const auto passed = std::chrono::duration_cast<milliseconds>(now - filled_).count();
    if (passed > 0) {
      room_ = std::min(burst, room_ + std::min(passed, burst) * bytes_per_millisecond);
      filled_ = now;
    }
    room_ = std::max(room_ - static_cast<std::int64_t>(bytes), std::int64_t{-1});
    return room_ < 0;
  }

  /// The pane is not followed any more; returns how long until a snapshot is due.
  milliseconds paused(time_point now) {
    if (now - resumed_ < shortest_step) return goes_on();
    return step_ = shortest_step;
  }

  /// A snapshot has shown that the flood isn't over; returns how long until the next one.
  milliseconds goes_on() { return step_ = std::min(2 * step_, longest_step); }

  /// The pane is followed again.
  void resumed(time_point now) {
    resumed_ = filled_ = now;
    room_ = trial;
  }

private:
  std::int64_t room_ = burst;
  milliseconds step_ = shortest_step;
  time_point filled_{};
  time_point resumed_{};
};

} // namespace termlease::worker
