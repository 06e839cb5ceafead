#pragma once

// Why: a ring holds a million turns of everything, and one question is about a few dozen of them.
// What belongs to a question is what matches it, what led there, and what came of it; not what
// merely happened beside it.

#include "bus/trace/reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace termlease::trace {

/// What somebody wants to see; an empty wish is for everything. Wishes add up: all of them must
/// hold.
struct wish {
  std::string share;       ///< a share's whole id
  std::string correlation; ///< an id, or how it begins
  std::string actor;       ///< a pattern as a shell has them: "shares/*", "journal"
  std::string topic;       ///< a topic or method, "*" and ">" as at the bus
  std::int64_t since = 0;  ///< not before this time of the trace's clock

  bool is_for_all() const {
    return share.empty() && correlation.empty() && actor.empty() && topic.empty();
  }
};

/// For each step of `from`, by its place, whether it belongs to the answer. A step's parent has a
/// smaller id, so two passes over all steps are enough.
std::vector<bool> select(const log& from, const wish& of);

/// Only the steps that match themselves.
std::vector<bool> matching(const log& from, const wish& of);

/// The same trace with these steps only.
log only(const log& from, const std::vector<bool>& chosen);

} // namespace termlease::trace
