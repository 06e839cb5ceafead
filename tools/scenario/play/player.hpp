#pragma once

// Why: a scenario is played step by step in virtual time over the production actors. What happens
// between two steps happens by itself: warnings, ends, heartbeats. So a failure is a step and a
// moment, and what the bus said around it.

#include "bus/trace/recorder.hpp"
#include "tools/scenario/play/guardian.hpp"
#include "tools/scenario/play/names.hpp"
#include "tools/scenario/script/script.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace termlease::scenario {

/// How a run ended.
struct outcome {
  bool passed = false;
  std::string failure;                   ///< what was expected, and what was there instead
  std::uint32_t line = 0;                ///< of the step or property that failed
  messages::span at;                     ///< when it failed
  std::vector<std::string> around;       ///< what the bus said around it, a line each
  std::uint64_t trace = 0;               ///< the same for two runs that were the same
  std::size_t turns = 0;                 ///< how often an actor's turn came
  std::set<std::string> transitions;     ///< of shares and approvals
  std::set<std::size_t> sometimes;       ///< which properties of this kind have been seen
  std::vector<messages::record> records; ///< all that the journal holds, the last restart's too
};

struct play_options {
  std::uint64_t seed = 0;
  std::string strategy = "fifo";
  std::string policy; ///< text of a policy to use instead of the scenario's; may be empty
  std::vector<std::string> order{};            ///< of turns, for the strategy "recorded"
  std::shared_ptr<trace::recorder> recorder{}; ///< of what the actors do; may be null
  /// Told each step once it has been done; may be empty.
  std::function<void(messages::span at, const step& done)> told;
};

/// The options that a scenario asks for itself.
play_options own_options(const script& which);

/// Plays it once. Throws `failed` for a scenario whose setting makes no sense.
outcome play(const script& which, const play_options& options);

} // namespace termlease::scenario
