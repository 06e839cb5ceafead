#pragma once

// Why: a step is about a moment, a property about all of a run. It is looked at when the run is
// over, in what was recorded.

#include "messages/json.hpp"
#include "messages/record.hpp"

#include <string>
#include <vector>

namespace termlease::scenario {

/// Checks one property of kind `what`; `published` tells of each record when that was, since the
/// beginning. Returns whether a `sometimes` has been seen. Throws `unmet` for one that does not
/// hold.
bool check_property(const std::string& what, const messages::json& words,
                    const std::vector<messages::record>& records,
                    const std::vector<messages::span>& published);

/// What the bus said last, a line each, for whoever has to find out why something did not hold.
std::vector<std::string> last_events(const std::vector<messages::record>& records,
                                     messages::instant began);

} // namespace termlease::scenario
