#pragma once

// Why: what a runtime knows it has from its journal, and the next one knows the same. So what the
// bus shows before and after a restart is compared, with the one difference that a restart makes:
// who was let in is out.

#include "tools/scenario/simulation/world.hpp"

#include <map>
#include <optional>
#include <string>

namespace termlease::scenario {

/// Everything that the bus shows of what is and was, by its id.
using knowledge = std::map<std::string, messages::json>;

knowledge what_is_known(world& in);

/// What a restart changed that it may not, in words; nothing when all is well.
std::optional<std::string> changed_by_restart(const knowledge& before, const knowledge& after);

} // namespace termlease::scenario
