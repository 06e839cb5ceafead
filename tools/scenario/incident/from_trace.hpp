#pragma once

// Why: a journal tells what was decided, a trace in which order the actors came to it, and bugs
// live in the order. A recording of a runtime has both; one of a played scenario has the scenario
// itself. Either becomes a scenario that can be played as often as anybody likes.

#include "bus/trace/reader.hpp"
#include "tools/scenario/script/script.hpp"

#include <string>

namespace termlease::scenario {

/// What a recording of a played scenario has behind its steps.
std::string tail_of(const script& played, std::uint64_t trace);

/// The scenario of a recording. `share` chooses one where a runtime's recording has several. Throws
/// `failed`: no_records, no_such_share, many_shares.
script scenario_of(const trace::log& recording, const std::string& share);

} // namespace termlease::scenario
