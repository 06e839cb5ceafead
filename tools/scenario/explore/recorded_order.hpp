#pragma once

// Why: a trace of a real runtime tells whose turn came after whose. Played again, actors get their
// turns in that order, as far as it can be: the played machine has edges of its own, and whoever
// isn't in the trace, or not any more, gets its turn when nobody who is has anything to do.

#include "tools/scenario/explore/schedules.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::scenario {

/// Ids are others in each run: in the path of an actor they become "#1", "#2" in the order in which
/// they are met, of each branch by itself.
class plain_paths {
public:
  std::string plain(std::string_view path);

private:
  std::map<std::string, std::string, std::less<>> known_;
  std::map<std::string, std::size_t> counts_; ///< of ids, by the path in front of them
};

/// The machine below the tree; a played one has its own order.
inline bool is_edge(std::string_view path) {
  return path.starts_with("edges/");
}

/// `order` holds plain paths, one for each turn.
std::shared_ptr<traced_schedule> in_recorded_order(const std::vector<std::string>& order);

} // namespace termlease::scenario
