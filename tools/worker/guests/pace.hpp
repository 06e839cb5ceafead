#pragma once

// Why: an echo must be on a guest's screen at once, and a flood must not be drawn line by line.
// Little output is drawn at once as long as it is rare, or answers a key; much output, and what
// comes without a pause, is drawn in steps.

#include "tools/worker/loop.hpp"

#include <chrono>
#include <cstddef>

namespace termlease::worker {

class pace {
public:
  using time_point = loop::clock::time_point;

  static constexpr std::chrono::milliseconds step{12};        ///< between pictures of a flood
  static constexpr std::chrono::milliseconds small_step{4};   ///< between small ones, on average
  static constexpr std::chrono::milliseconds answer_time{50}; ///< what comes so soon answers a key
  static constexpr int burst = 8;                             ///< small ones that may come at once
  static constexpr std::size_t much_output = 4096;            ///< bytes since the last picture

  /// A guest typed.
  void typed(time_point now) { typed_ = now; }

  /// The pane printed.
  void printed(std::size_t bytes) { waiting_ += bytes; }

  /// How long to wait before the next picture; zero for not at all.
  std::chrono::milliseconds wait(time_point now);
  /// A picture was drawn.
  void drew(time_point now);

private:
  void refill(time_point now);

  time_point typed_{};
  time_point last_{};
  time_point refilled_{};
  std::size_t waiting_ = 0;
  int left_ = burst;
};

} // namespace termlease::worker
