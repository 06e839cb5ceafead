#pragma once

// Why: tmux writes a pane's output for us byte by byte, and a flood of it would slow down the pane.
// A screenful is followed as it comes; what goes beyond is looked at in snapshots, which cost the
// same however much was printed in between.

#include "tools/worker/loop.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace termlease::worker {

class flood_gauge {
public:
  using time_point = loop::clock::time_point;

  static constexpr std::int64_t burst = 24576;               ///< bytes that may come at once
  static constexpr std::int64_t bytes_per_millisecond = 512; ///< that may come all the time

  /// Notes `bytes` of output; true when they are too much.
  bool overflows(std::size_t bytes, time_point now) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(now - filled_).count();
    if (passed > 0) {
      room_ =
          std::min(burst, room_ + std::min<std::int64_t>(passed, burst) * bytes_per_millisecond);
      filled_ = now;
    }
    room_ = std::max(room_ - static_cast<std::int64_t>(bytes), std::int64_t{-1});
    return room_ < 0;
  }

private:
  std::int64_t room_ = burst;
  time_point filled_{};
};

} // namespace termlease::worker
