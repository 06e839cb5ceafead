#pragma once

// Why: workers and relays go with their runtime by several means, and still somebody has to be able
// to see that none was left. They are found by the mark that their runtime gave them.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace termlease::actors {

/// A process whose mark names a runtime that is no more.
struct orphan {
  std::int32_t pid = 0;
  std::uint64_t started = 0; ///< ticks since the boot
  std::string program;       ///< its first argument
  std::string runtime;       ///< the number of the runtime that started it
};

/// Of this user. Throws `failed` (`find_failed`).
std::vector<orphan> find_orphans();

/// Asks each to end, and kills what is still there after `patience`. Returns how many are gone.
std::size_t reap(const std::vector<orphan>& orphans, std::chrono::milliseconds patience);

} // namespace termlease::actors
