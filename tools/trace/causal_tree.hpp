#pragma once

// Why: what happened is a tree: each turn has one turn that it continues, and several that continue
// it. Heartbeats and the like make such a tree long without saying anything, so neighbours that are
// alike are told once, with how many there were.

#include "bus/trace/reader.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace termlease::trace {

/// From when on a step stands out.
struct slowness {
  std::int64_t waited = 100'000'000; ///< nanoseconds
  std::int64_t ran = 20'000'000;

  bool operator()(const step& each) const {
    return each.what.kind == step_kind::turn && (each.waited() >= waited || each.ran() >= ran);
  }
};

/// One line of a tree that is told.
struct branch_line {
  const step* of = nullptr;
  std::size_t depth = 0;
  std::size_t alike = 0;      ///< so many more neighbours looked the same, with all below them
  const step* root = nullptr; ///< of its tree
  bool is_orphan = false;     ///< a root whose cause isn't in the trace any more
};

/// Tells the steps of `from` as trees, in the order in which the trees began. `fold` merges
/// neighbours that are alike; what failed or was slow is always told.
void tell_trees(const log& from, bool fold, const slowness& slow,
                const std::function<void(const branch_line&)>& tell);

} // namespace termlease::trace
