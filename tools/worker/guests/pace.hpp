#pragma once

// Why: an echo must be on a guest's screen at once, and every picture wakes a chain of programs for
// each guest, at the cost of what prints. What answers a key is drawn at once; what nobody asked
// for a moment later, when it is clear whether it is the beginning of a flood; a flood now and
// then.

#include "tools/worker/loop.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace termlease::worker {

class pace {
public:
  using time_point = loop::clock::time_point;

  static constexpr std::chrono::milliseconds lead{8};         ///< before what answers no key
  static constexpr std::chrono::milliseconds step{12};        ///< between pictures
  static constexpr std::chrono::milliseconds flood_step{100}; ///< between those of a flood
  static constexpr std::chrono::milliseconds answer_time{50}; ///< what comes so soon answers a key
  static constexpr std::size_t much_output = 4096;            ///< bytes that are no mere answer

  /// A guest typed.
  void typed(time_point now) { typed_ = now; }

  /// The pane changed, by `bytes` of output.
  void changed(std::size_t bytes, time_point now) {
    if (!since_) since_ = now;
    waiting_ += bytes;
  }

  /// How long to wait before the next picture; zero for not at all.
  std::chrono::milliseconds wait(time_point now, bool flooded) const;

  /// A picture was drawn.
  void drew(time_point now) {
    last_ = now;
    since_.reset();
    waiting_ = 0;
  }

private:
  time_point typed_{};
  time_point last_{};
  std::optional<time_point> since_; ///< the first change that is not drawn
  std::size_t waiting_ = 0;
};

} // namespace termlease::worker
