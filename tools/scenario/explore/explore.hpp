#pragma once

// Why: one order of turns shows one behaviour. The same script under thousands of orders, each from
// a seed, shows those that nobody thought of; and a failing one, replayed from its seed, is made as
// short as it can be before a person reads it.

#include "tools/scenario/play/player.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace termlease::scenario {

struct explore_options {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1000;
  std::string strategy = "random";
  std::string policy;         ///< as in play_options
  std::size_t processors = 0; ///< how many runs at once; 0: one for each processor
};

struct exploration {
  std::uint64_t seeds = 0; ///< that were played
  std::uint64_t turns = 0;
  std::optional<std::uint64_t> failing; ///< the lowest seed that failed
  outcome failure;                      ///< of that seed
  /// Lines of properties `sometimes` that no run has seen; empty unless all seeds were played.
  std::vector<std::uint32_t> never_seen;
};

/// Plays seed after seed until one fails or all have passed.
exploration explore(const script& which, const explore_options& options);

/// The shortest script that still fails in the same way with the same strategy, and still passes in
/// the order of arrival where the whole one did. Steps and properties are left out, never changed;
/// its seed is its own.
script shrink(const script& failing, const play_options& options);

} // namespace termlease::scenario
