#pragma once

// Why: whatever a real part of the world can do wrong, a played one can be told to do. Here each
// name of the vocabulary meets the switch that it turns.

#include "tools/scenario/simulation/world.hpp"

#include <string>

namespace termlease::scenario {

/// Turns the fault of that name on, or off again. `words` are its step's; `share` is the id of the
/// share that it is about, where it is about one. Not for the faults that end the runtime. Nobody's
/// turn comes meanwhile, except where time has to pass for it.
/// Throws `failed` (`bad_scenario`) for what can't be repaired.
void turn(world& in, machine& on, const std::string& fault, const messages::json& words,
          const std::string& share, bool wrong);

} // namespace termlease::scenario
